"""One shape for whatever a person must correct: every room gives it, and says where it is in the same words."""

from __future__ import annotations

import pickle
from datetime import date
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur, pdf
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import Constat, NatureEcart, controler, rapprocher
from segur_pha.certificats import lire_suivi
from segur_pha.constats import ValeurRefusee
from segur_pha.depot import CommandesRefusees, preparer_depot, verifier_depot
from segur_pha.registre.tableau_de_notes import lire_les_notes
from segur_pha.repertoire.lecture import lire_repertoire
from segur_pha.tableurs import lire_tableau, titres_connus
from segur_pha.vagues.va1.exemples import fichier_du_guide

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2022, 11, 15)


def the_findings(tmp_path: Path) -> dict[str, tuple[Constat, ...]]:
    """Make each room find something."""
    pieces = bons(tmp_path / "pieces", 2)
    with pytest.raises(CommandesRefusees) as refused:
        preparer_depot([commande(1, date_commande="x")], editeur(), pieces, tmp_path / "refuse", jour=DAY)
    (pieces / "00002.pdf").write_bytes(pdf("x"))
    folder = preparer_depot([commande(1), commande(2)], editeur(), pieces, tmp_path / "depot", jour=DAY).dossier
    (folder / "PJ-ANS0000001-20221115-001.zip").unlink()
    hidden = lire_tableau("A;B\n1;2\n", titres_connus(["A", "B"]), nom="a.csv")
    hidden.noter_masquee(2)
    sent = fichier_du_guide()
    register = tmp_path / "etalab.csv"
    register.write_text(f"finess;etalab;96;2026-07-20\nstructureet;750000002;{';' * 16}620\n")
    return {
        "orders": refused.value.fautes,
        "folder": verifier_depot(folder).fautes,
        "table": hidden.remarques,
        "answer": rapprocher(sent, controler(sent).en_retour()).ecarts,
        "notes": lire_les_notes("N° demande;Décision\n00001;peut-être\n", nom="f.csv", jour=DAY).constats,
        "certificates": lire_suivi("N° produit;Fin de validité;FINESS\n374607;;750000002\n").lignes_illisibles,
        "follow-up": lire_suivi("N° produit;Fin de validité;FINESS\n1;03/05/2026;750000002\n").avertissements,
        "register": lire_repertoire(register).remarques,
    }


def test_every_room_gives_the_same_shape(tmp_path: Path) -> None:
    found = the_findings(tmp_path)
    assert all(type(constat) is Constat for constats in found.values() for constat in constats)
    assert {room: (said[0].ou, said[0].numero) for room, said in found.items()} == {
        "orders": ("ligne 1, colonne « date_commande »", "00001"),
        "folder": ("PJ-ANS0000001-20221115-001.zip", ""),
        "table": ("", ""),
        "answer": ("", "00001"),
        "notes": ("ligne 2, colonne « Décision »", "00001"),
        "certificates": ("suivi, ligne 2", "374607"),
        "follow-up": ("suivi, colonne « Fin de validité »", ""),
        "register": ("etalab.csv", ""),
    }


def test_a_discrepancy_is_a_finding_whose_kind_is_told(tmp_path: Path) -> None:
    (found,) = the_findings(tmp_path)["answer"]
    assert (found.code, NatureEcart.de(found)) == ("ligne-ambigue", NatureEcart.LIGNE_AMBIGUE)
    assert {NatureEcart.de(Constat(code=nature.id, message="x")) for nature in NatureEcart} == set(NatureEcart)
    with pytest.raises(KeyError):
        NatureEcart.de(Constat(code="jour-illisible", message="x"))


WORDS = st.text(st.sampled_from("aé «»,:"), min_size=1, max_size=8)


@given(WORDS, WORDS, WORDS, st.none() | st.integers(1, 9))
def test_a_refusal_crosses_to_another_process_whole(code: str, message: str, expected: str, page: int | None) -> None:
    refused = ValeurRefusee(code, message, expected, page, propose="DURAND")
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own bytes
    assert again.constat == refused.constat
    assert (again.args, again.propose) == ((message,), "")


def test_a_pharmacy_s_name_is_in_no_text() -> None:
    said = Constat(code="x", message="à corriger", officine="Pharmacie DURAND", fichier="a.csv", ligne=3)
    assert str(said) == "a.csv, ligne 3 : à corriger"
    assert "DURAND" not in repr(said)
    assert said.en_ligne()["officine"] == "Pharmacie DURAND"
