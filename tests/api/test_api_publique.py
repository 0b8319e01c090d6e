"""What is promised is written down, and no version takes back what one before it promised (decision 92)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api import releve
from tests.api.releve import ICI, fichier_de, lire, numero_de_version, principal, relever, ruptures

if TYPE_CHECKING:
    from pathlib import Path


def lignee(numero: str) -> list[str]:
    """Give the part of a version that may not change without warning: the major number, and the minor one before 1.0."""
    majeur, mineur, _ = numero.split(".", 2)
    return [majeur] if majeur != "0" else [majeur, mineur]


def test_the_record_of_this_version_is_the_api_as_it_is() -> None:
    ecrite, presente = lire(fichier_de(numero_de_version())), relever()
    ecart = sorted(ecrite ^ presente)
    assert not ecart, f"run `python -m tests.api.releve`, and look at the difference: {ecart[:20]}"


def test_no_version_takes_back_what_an_older_one_of_its_line_promised() -> None:
    numero = numero_de_version()
    anciennes = [f for f in ICI.glob("*.txt") if lignee(f.stem) == lignee(numero)]
    assert fichier_de(numero) in anciennes
    for fichier in anciennes:
        assert ruptures(lire(fichier), relever()) == []


def test_every_kind_of_promise_is_written_down() -> None:
    lignes = relever()
    assert {
        "segur_pha.controler(source: positional or keyword)",
        "segur_pha.controler(jour: keyword-only), may be left out",
        "segur_pha.controler(jour) takes date | None",
        "segur_pha.controler(jour) is None by default",
        "segur_pha.avance(part) is Decimal('0.30') by default",
        "segur_pha.ValeursDeDemande['date_commande'] is date | str",
        "segur_pha.registre.preparer_au_registre(sortie) takes str | os.PathLike[str]",
        "segur_pha.controler gives RapportControle",
        "segur_pha.RapportControle.recevable",
        "segur_pha.RapportControle.en_retour gives bytes",
        "segur_pha.RegimeTVA.HT = 'HT'",
        "segur_pha.Fichier(demandes: keyword-only)",
        "segur_pha.DepotRefuse is a SegurError",
        "segur_pha.VA1",
        "segur_pha.NomPiece.lire(texte: positional or keyword)",
    } <= lignes
    assert "segur_pha.controler(source: positional or keyword), may be left out" not in lignes
    assert not any("._" in ligne for ligne in lignes)


AVANT = {"f", "f(a: keyword-only)", "f(b: keyword-only)", "f(b: keyword-only), may be left out", "f gives int"}


@pytest.mark.parametrize(
    ("apres", "attendues"),
    [
        (AVANT | {"g", "g(x: keyword-only)"}, []),
        (AVANT | {"f(c: keyword-only)", "f(c: keyword-only), may be left out"}, []),
        (AVANT | {"f(a: keyword-only), may be left out"}, []),
        (AVANT - {"f gives int"} | {"f gives str"}, ["gone: f gives int"]),
        (AVANT | {"f(c: keyword-only)"}, ["asked for: f(c: keyword-only)"]),
        (AVANT - {"f(b: keyword-only), may be left out"}, ["gone: f(b: keyword-only), may be left out"]),
        (AVANT - {"f(a: keyword-only)"}, ["gone: f(a: keyword-only)"]),
    ],
)
def test_what_breaks_a_user_and_what_does_not(apres: set[str], attendues: list[str]) -> None:
    assert ruptures(AVANT, apres) == attendues


def test_a_line_is_lost_only_by_saying_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releve, "RELEVES", tmp_path)
    fichier = fichier_de(numero_de_version())
    assert principal([]) == ""
    assert lire(fichier) == relever()
    fichier.write_text("segur_pha.disparue\n", encoding="utf-8")
    assert "gone: segur_pha.disparue" in principal([])
    assert lire(fichier) == {"segur_pha.disparue"}
    assert principal(["--rupture"]) == ""
    assert lire(fichier) == relever()
