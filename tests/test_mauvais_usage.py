"""What a caller gets wrong is said in French, at once, and never judged as if it were something else."""

import contextlib
import sys
from datetime import date, datetime
from decimal import Decimal

import attrs
import pytest

from segur_pha import (
    VA1,
    Editeur,
    Fichier,
    NomFichierJSON,
    NomPiece,
    SegurError,
    avance,
    chercher_operateurs,
    construire_demande,
    controler,
    decouper,
    depassement_du_plafond,
    ecrire,
    en_json,
    lire,
    lire_retour,
    operateur,
    rapprocher,
    remede,
)
from segur_pha.certificats import lire_suivi
from segur_pha.cli import principal
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide


def test_a_request_is_not_a_file():
    with pytest.raises(SegurError, match="Fichier"):
        controler(demande_du_guide())


def test_one_id_of_advice_is_not_a_list_of_letters():
    with pytest.raises(SegurError, match=r'\["siret-cle"\]'):
        controler(b"{}", sans="siret-cle")


@pytest.mark.parametrize("taille", ["2", True, 2.0, None])
def test_the_size_of_a_lot_is_a_whole_number(taille):
    with pytest.raises(SegurError, match="200"):
        decouper([1, 2], taille)


def test_a_folder_that_is_not_there_is_named_and_no_file_of_ours(tmp_path):
    with pytest.raises(FileNotFoundError) as erreur:
        ecrire_sans_ecraser(tmp_path / "absent" / "a.json", b"{}")

    assert erreur.value.filename == str(tmp_path / "absent")


def test_a_closed_standard_input_is_unreadable(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)

    assert principal(["controler", "-"]) == 2
    assert "entrée standard" in capsys.readouterr().err


def test_a_specification_is_short_where_signatures_show_it():
    assert repr(VA1) == "<Specification PHA-LGO-Va1>"


def test_a_follow_up_export_is_a_path_bytes_or_a_text():
    with pytest.raises(SegurError, match="Path"):
        lire_suivi([{"FINESS": "750000002"}])


ODD = [
    *(
        None,
        "",
        "\0",
        "\ud800",
        "1e999",
        "NaN",
        " 5",
        "1" * 5000,
        b"\xff",
        1.5,
        True,
        10**30,
        [],
        [None],
        {},
        {"a": 1},
        object(),
    ),
    *map(Decimal, ("NaN", "sNaN", "Infinity", "1e999999", "1e-999999", "-0", "-1", "0.001", "1e30")),
    *(date.min, date.max, datetime(2022, 11, 15)),  # noqa: DTZ001 - a mistake that people make
]
ORDER = {
    "numero_editeur": "00001",
    "date_commande": date(2022, 11, 15),
    "regime_tva": "TTC",
    "montant_segur_ht": Decimal("708.33"),
    "statut_admin_technique": "E",
    "numero_carte_cpx": "1234567890",
    "nom_admin_technique": "MARTIN",
    "tel_admin_technique": "0102030405",
    "email_admin_technique": "certificats@editeur.example",
    "nom_responsable": "DURAND",
    "finess_geo": "777777777",
    "has_bal_ms_sante_personnelle": True,
}
REQUEST = demande_du_guide()
FILE = fichier_du_guide()
#: What takes a value from a caller, apart from paths that do not exist.
TAKERS = {
    **{f"construire_demande {key}": lambda v, key=key: construire_demande(**{**ORDER, key: v}) for key in ORDER},
    **{f"evolve {key}": lambda v, key=key: attrs.evolve(REQUEST, **{key: v}) for key in ("numero_editeur", "commande")},
    "avance": lambda v: avance(v, "TTC"),
    "avance regime": lambda v: avance(Decimal("1.00"), v),
    "depassement_du_plafond": lambda v: depassement_du_plafond(v, "B"),
    "depassement_du_plafond tranche": lambda v: depassement_du_plafond(Decimal(1), v),
    "en_json": en_json,
    "ecrire": lambda v: ecrire(v, "nowhere", jour=date(2022, 11, 15)),
    "lire": lire,
    "controler": controler,
    "controler sans": lambda v: controler(FILE, sans=v),
    "controler jour": lambda v: controler(FILE, jour=v),
    "controler categories": lambda v: controler(FILE, categories=v),
    "lire_retour": lire_retour,
    "rapprocher": lambda v: rapprocher(FILE, v),
    "Fichier": lambda v: Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=v),
    "NomPiece.lire": NomPiece.lire,
    "NomFichierJSON.lire": NomFichierJSON.lire,
    "NomFichierJSON": lambda v: NomFichierJSON(numero_ans="ANS0000001", jour=v, numero=1),
    "operateur": operateur,
    "chercher_operateurs": chercher_operateurs,
    "remede": remede,
    "Editeur": lambda v: Editeur(v, "12345678200010"),
    "Editeur plafonds": lambda v: Editeur("ANS0000001", "12345678200010", plafonds={"B": v}),
    "Editeur plafonds, whole": lambda v: Editeur("ANS0000001", "12345678200010", plafonds=v),
    "Editeur colonnes": lambda v: Editeur("ANS0000001", "12345678200010", colonnes=v),
    "Editeur.lire": lambda v: Editeur.lire(v) if not isinstance(v, str) or not v.isascii() or "\0" in v else None,
}


@pytest.mark.parametrize("taker", TAKERS)
def test_every_odd_value_is_taken_or_refused_by_an_error_of_ours(taker):
    for value in ODD:
        with contextlib.suppress(SegurError):
            TAKERS[taker](value)


def test_no_amount_is_too_large_or_too_small_for_its_ceiling():
    assert depassement_du_plafond(Decimal("710.00"), "B", {"B": Decimal("700.00")}) == Decimal("10.00")
    assert depassement_du_plafond(Decimal(10) ** 29, "B") == Decimal("99999999999999999999999999291.67")
