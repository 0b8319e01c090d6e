"""Details of a workbook that change what is read or told: attributes, relations, codes of refusals, formats of few digits."""

from __future__ import annotations

import re

import pytest

from segur_pha.erreurs import DepotRefuse, SegurError
from segur_pha.tableurs import CelluleAbimee, TableauLu, Titres, lire_tableau, ouverture, parties, titres_connus
from tests.tableurs.classeurs import TRANSITIONAL, classeur, feuille, ligne

ENTETE = ligne("Nom", "Régime")
SIMPLE = feuille(ENTETE, ligne("DURAND", "HT"))
SIMPLE_DE_DEUX = classeur(feuille(ENTETE, ligne("DURAND", "HT"), ligne("MARTIN", "TTC")))
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PAQUET = "http://schemas.openxmlformats.org/package/2006/relationships"


def lire(octets: bytes) -> TableauLu:
    return lire_tableau(octets, titres_connus(["Nom", "Régime"]), nom="c.xlsx", refus=DepotRefuse)


def cellules(octets: bytes) -> list[list[object]]:
    return [list(rangee.cellules) for rangee in lire(octets).rangees]


def lies(*liens: str) -> bytes:
    """Give a workbook whose main part has these relations."""
    tous = "".join(f"<Relationship {lien}/>" for lien in liens)
    relations = f'<Relationships xmlns="{_PAQUET}">{tous}</Relationships>'.encode()
    return classeur(SIMPLE, **{"xl/_rels/workbook.xml.rels": relations})


LA_FEUILLE = f'Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"'


def _remarques_si_masque(ecrit: str) -> list[str]:
    """Give the codes of what is told where that value says what is hidden: a row, a column."""
    colonne = f'<cols><col min="2" max="2" width="9" hidden="{ecrit}"/></cols>'
    tableau = lire(classeur(feuille(ENTETE, ligne("a", attributs=f' hidden="{ecrit}"'), avant=colonne)))
    assert len(list(tableau.rangees)) == 1
    return sorted(remarque.code for remarque in tableau.remarques)


@pytest.mark.parametrize(("vrai", "faux"), [("1", "0"), ("true", "false"), ("on", "off")])
def test_a_boolean_is_read_in_every_way_the_format_writes_it(vrai: str, faux: str) -> None:
    # ECMA-376, ST_OnOff.
    assert _remarques_si_masque(vrai) == ["colonnes-masquees", "lignes-masquees"]
    assert _remarques_si_masque(faux) == []


def test_another_sheet_may_hide_columns_and_have_titles_too_far_down() -> None:
    masquees = '<cols><col min="1" max="1" hidden="1"/></cols>'
    trop_bas = [ligne("Export")] * ouverture.LIGNES_DES_TITRES
    tableau = lire(classeur(SIMPLE, feuille(ENTETE, avant=masquees), feuille(*trop_bas, ENTETE)))
    (remarque,) = tableau.remarques
    assert "« Feuil2 » (mêmes titres), « Feuil3 » ;" in remarque.message


@pytest.mark.parametrize(
    "liens",
    [
        (LA_FEUILLE,),
        (LA_FEUILLE.replace("/sheet1", "\\sheet1"),),
        (LA_FEUILLE, f'Id="e" Type="{_OFFICE}/styles" Target="https://exemple.fr/a.xml" TargetMode="External"'),
    ],
    ids=["no styles", "backslash", "leads out of the workbook"],
)
def test_a_workbook_is_read_by_those_of_its_relations_that_lead_to_parts(liens: tuple[str, ...]) -> None:
    assert cellules(lies(*liens)) == [["DURAND", "HT"]]


def test_blanks_between_the_elements_of_a_cell_are_no_text() -> None:
    aeree = '<c t="inlineStr">\n <is>\n  <t>HT</t>\n </is>\n</c>'
    assert cellules(classeur(feuille(ENTETE, ligne("a", aeree)))) == [["a", "HT"]]


@pytest.mark.parametrize(
    ("motif", "cellule", "valeur"),
    [
        ("00000", '<c s="1"><v>0</v></c>', "00000"),
        ("00", '<c s="1"><v>7</v></c>', "07"),
        ("00", '<c t="b"><v>1</v></c>', True),
        ("00", '<c t="b"><v>true</v></c>', True),
        ("00", '<c t="b"><v>false</v></c>', False),
    ],
)
def test_zero_few_digits_and_booleans_are_what_excel_shows(motif: str, cellule: str, valeur: object) -> None:
    ((_, lue),) = cellules(classeur(feuille(ENTETE, ligne("a", cellule)), formats=(motif,)))
    assert (lue, type(lue)) == (valeur, type(valeur))


def test_a_style_that_names_no_format_is_the_general_one() -> None:
    styles = f'<styleSheet xmlns="{TRANSITIONAL}"><cellXfs><xf/></cellXfs></styleSheet>'.encode()
    octets = classeur(feuille(ENTETE, ligne("a", '<c s="0"><v>7</v></c>')), **{"xl/styles.xml": styles})
    assert cellules(octets) == [["a", 7]]


def test_a_formula_without_a_value_says_so_to_programs() -> None:
    ((_, lue),) = cellules(classeur(feuille(ENTETE, ligne("a", "<c><f>A1</f></c>"))))
    assert isinstance(lue, CelluleAbimee)
    assert lue.code == "tableur-formule-sans-valeur"


def _refus(octets: bytes) -> SegurError:
    with pytest.raises(DepotRefuse, match=r"^c\.xlsx : ") as refus:
        list(lire(octets).rangees)
    return refus.value


@pytest.mark.parametrize(
    "octets",
    [b"PK\x03\x04 rien", classeur(feuille(ENTETE, ligne("<c><v>un</v></c>"))), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
    ids=["no zip", "no number", "before 2007"],
)
def test_a_workbook_that_does_not_open_is_told_with_its_name_and_a_code(octets: bytes) -> None:
    assert _refus(octets).code == "classeur-illisible"


def test_a_workbook_out_of_all_proportion_is_told_with_its_name_and_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _refus(classeur(feuille(ENTETE, '<row><c r="IW2"><v>1</v></c></row>'))).code == "classeur-demesure"
    monkeypatch.setattr(parties, "OCTETS_DEBALLES", 1_000_000)
    assert _refus(classeur(SIMPLE, image=b"\0" * 1_000_001)).code == "classeur-demesure"


def test_more_rows_than_asked_for_are_told_with_a_code() -> None:
    tableau = lire_tableau(SIMPLE_DE_DEUX, titres_connus(["Nom"]), lignes_maximum=1, refus=DepotRefuse)
    with pytest.raises(DepotRefuse, match=r"^tableau : plus de 1 lignes") as refus:
        list(tableau.rangees)
    assert refus.value.code == "tableau-demesure"


def test_a_sheet_with_a_document_type_is_none_however_harmless() -> None:
    assert _refus(classeur(f'<!DOCTYPE worksheet [<!ENTITY a "x">]>{SIMPLE}')).code == "classeur-illisible"


@pytest.mark.parametrize("rang", ["-1", "1", "x"])
def test_a_cell_that_names_no_text_makes_the_workbook_a_damaged_one(rang: str) -> None:
    octets = classeur(feuille(ENTETE, ligne(f'<c t="s"><v>{rang}</v></c>')), partages="<si><t>TTC</t></si>")
    assert _refus(octets).code == "classeur-illisible"


@pytest.mark.parametrize(("lettres", "place"), [("Z", 25), ("AA", 26), ("AZ", 51), ("BA", 52), ("IV", 255)])
def test_columns_are_counted_as_spreadsheets_name_them(lettres: str, place: int) -> None:
    tableau = lire(classeur(feuille(f'<row><c r="{lettres}1" t="str"><v>Régime</v></c></row>')))
    assert tableau.places("Régime") == (place,)


def test_where_nobody_said_which_titles_are_looked_for_any_known_one_is() -> None:
    with pytest.raises(DepotRefuse, match=re.escape("pas de ligne d’intitulés avec un titre connu parmi")):
        lire_tableau(classeur(SIMPLE), Titres(lambda _: 0), refus=DepotRefuse)
