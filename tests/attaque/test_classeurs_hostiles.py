"""Workbooks of a few kB that would cost minutes, and cells longer than any: refused in words, before they are worked over."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.classeurs_hostiles import CLASSEURS, TITRES, en_classeur
from segur_pha.depot.export import ouvrir_export
from segur_pha.erreurs import DepotRefuse, SegurError
from segur_pha.tableurs import TableauIllisible, feuille, lire_tableau, parties, titres_connus, valeurs
from tests.attaque.test_formes_hostiles import appels, travail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: The longest field of the csv module, of which every cell of whatever format is held to.
MAXIMUM = 131_072
#: Shape → the code of its refusal, and a number of repetitions beyond the bounds of `petits`.
REFUSES = {
    "a long text in every cell": ("classeur-demesure", 20),
    "texts that no cell shows": ("classeur-demesure", 4_000),
    "one text in many pieces": ("classeur-demesure", 4_000),
    "empty cells": ("classeur-demesure", 40),
    "empty rows": ("classeur-demesure", 4_000),
    "hidden columns": ("classeur-demesure", 4_000),
    "styles": ("classeur-demesure", 4_000),
    "a number format of many places in every cell": ("classeur-demesure", 3_000),
    "a number format without end in every cell": ("classeur-demesure", 20),
    "sheets": ("classeur-illisible", 4_000),
}


@pytest.fixture
def petits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the bounds small, in their proportions."""
    monkeypatch.setattr(parties, "ELEMENTS_MAXIMUM", 6_000)
    monkeypatch.setattr(parties, "SIGNES_MONTRES", 600_000)
    for limite in ("LIGNES_MAXIMUM", "REGLAGES_MAXIMUM"):
        monkeypatch.setattr(feuille, limite, 3_000)
    monkeypatch.setattr(valeurs, "STYLES_MAXIMUM", 3_000)


def lire(octets: bytes) -> list[str]:
    """Give what is wrong with each row."""
    return [rangee.defaut for rangee in lire_tableau(octets, titres_connus(TITRES)).rangees]


def refus(octets: bytes) -> str:
    with pytest.raises(TableauIllisible) as leve:
        lire(octets)
    return leve.value.code


@pytest.mark.usefixtures("petits")
@pytest.mark.parametrize("nom", REFUSES)
def test_a_workbook_that_holds_more_than_any_table_is_refused_before_the_rest_of_it_is_read(nom: str) -> None:
    (forme, _), (code, fois) = CLASSEURS[nom], REFUSES[nom]
    if "without end" not in nom:
        lire(forme(1))  # a single one is in any table
    petit, grand = (appels(refus, forme(repetitions)) for repetitions in (fois, 4 * fois))
    assert refus(forme(4 * fois)) == code
    # Only what is in the block at hand is read; the refusal does not depend on how much more there is.
    assert grand <= 3 * petit


def test_a_text_of_more_pieces_than_a_cell_has_characters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    forme, _ = CLASSEURS["one text in many pieces"]
    monkeypatch.setattr(valeurs, "LONGUEUR_D_UNE_CELLULE", 100)
    lire(forme(100))
    assert refus(forme(101)) == "classeur-demesure"


@pytest.mark.parametrize("nom", sorted(CLASSEURS.keys() - REFUSES.keys()))
def test_a_cell_without_end_costs_what_it_takes_in_the_file(nom: str) -> None:
    forme, _ = CLASSEURS[nom]
    lire(forme(1))
    petit, grand = (travail(lire, forme(fois)) for fois in (2, 8))
    assert grand.appels <= 5 * petit.appels
    assert grand.octets <= 5 * petit.octets


def partage(texte: str) -> bytes:
    return en_classeur('<row><c t="s"><v>0</v></c></row>' * 2, partages=f"<si><t>{texte}</t></si>")


def en_morceaux(texte: str) -> bytes:
    moitie = len(texte) // 2
    morceaux = f"<r><t>{texte[:moitie]}</t></r><r><t>{texte[moitie:]}</t></r>"
    return en_classeur('<row><c t="s"><v>0</v></c></row>' * 2, partages=f"<si>{morceaux}</si>")


def dans_la_feuille(texte: str) -> bytes:
    return en_classeur(f'<row><c t="inlineStr"><is><t>{texte}</t></is></c></row>' * 2)


def en_nombre(texte: str) -> bytes:
    # No number is that large: it stays a text.
    return en_classeur(f"<row><c><v>{'1' * len(texte)}</v></c></row>" * 2)


def en_csv(texte: str) -> bytes:
    return f"{';'.join(TITRES)}\n{texte};\n{texte};\n".encode()


def entre_guillemets(texte: str) -> bytes:
    return f'{";".join(TITRES)}\n"{texte}";\n"{texte}";\n'.encode()


FORMATS = (partage, en_morceaux, dans_la_feuille, en_nombre, en_csv, entre_guillemets)


@given(st.integers(-3, 3), st.sampled_from("aé’"), st.sampled_from(FORMATS), st.sampled_from([MAXIMUM, 10 * MAXIMUM]))
@example(0, "a", entre_guillemets, 10 * MAXIMUM)
@example(1, "a", entre_guillemets, 10 * MAXIMUM)
def test_a_cell_longer_than_any_makes_its_row_unreadable_in_every_format(
    autour: int, lettre: str, ecrire: Callable[[str], bytes], reglage: int
) -> None:
    # Other libraries raise the csv module's limit for the whole process.
    avant = csv.field_size_limit(reglage)
    try:
        rangees = [*lire_tableau(ecrire(lettre * (MAXIMUM + autour)), titres_connus(TITRES)).rangees]
    finally:
        csv.field_size_limit(avant)
    assert [rangee.illisible for rangee in rangees] == [autour > 0] * 2
    defaut = "cellule démesurée, de plus de 131\xa0072 caractères" if autour > 0 else ""
    assert {rangee.defaut for rangee in rangees} == {defaut}
    longueurs = {len(str(cellule)) for rangee in rangees for cellule in rangee.cellules if cellule}
    assert longueurs == (set() if autour > 0 else {MAXIMUM + autour})


@pytest.mark.parametrize("ecrire", FORMATS)
def test_an_export_with_a_cell_longer_than_any_is_refused_with_its_row(
    tmp_path: Path, ecrire: Callable[[str], bytes]
) -> None:
    chemin = tmp_path / "export"
    chemin.write_bytes(ecrire("a" * 140_000))
    with pytest.raises(DepotRefuse, match="export, ligne 2 : cellule démesurée"):
        [*ouvrir_export(chemin, TITRES).rangees]


@pytest.mark.usefixtures("petits")
def test_what_sheets_hold_is_counted_over_all_of_them() -> None:
    from tests.tableurs.classeurs import classeur, ligne
    from tests.tableurs.classeurs import feuille as une_feuille

    vide, pleine = une_feuille(*["<row/>"] * 2_900), une_feuille(ligne(*TITRES), ligne("DURAND", "750000002"))
    assert lire(classeur(vide, pleine)) == [""]
    assert refus(classeur(vide, vide, vide, pleine, noms=("1", "2", "3", "4"))) == "classeur-demesure"


def test_a_workbook_has_no_more_sheets_than_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    from segur_pha.tableurs import classeur as lecture
    from tests.tableurs.classeurs import classeur, ligne
    from tests.tableurs.classeurs import feuille as une_feuille

    octets = classeur(*[une_feuille(ligne(*TITRES))] * 3)
    assert lire(octets) == []
    monkeypatch.setattr(lecture, "PARTIES_MAXIMUM", 2)
    with pytest.raises(SegurError, match="démesuré"):
        lire(octets)


def test_a_long_text_is_judged_in_as_many_calls_as_a_short_one() -> None:
    lire(dans_la_feuille("é"))
    court, long = (travail(lire, dans_la_feuille("é" * longueur)) for longueur in (100, 10_000))
    assert long.appels <= court.appels + 100
