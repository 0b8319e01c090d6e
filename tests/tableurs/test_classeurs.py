"""A workbook gives what Excel shows, whatever wrote its XML; what was hidden, left aside or never calculated is told."""

from __future__ import annotations

import sys
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from segur_pha.erreurs import DepotRefuse, ExtraManquant
from segur_pha.tableurs import CelluleAbimee, Titres, lire_tableau, ouverture, parties, titres_connus
from tests.tableurs.classeurs import STRICT, classeur, feuille, ligne, prefixer, texte

if TYPE_CHECKING:
    from segur_pha.tableurs import TableauLu

TITRES = titres_connus(["Nom", "Régime"])
ENTETE = ligne("Nom", "Régime")


def lire(octets: bytes, titres: Titres = TITRES, **reglages: str) -> TableauLu:
    return lire_tableau(octets, titres, nom="c.xlsx", refus=DepotRefuse, **reglages)  # type: ignore[arg-type]


def cellules(octets: bytes) -> list[list[object]]:
    return [list(rangee.cellules) for rangee in lire(octets).rangees]


def une(cellule: str, **reglages: object) -> object:
    """Give the value of one cell."""
    ((_, valeur),) = cellules(classeur(feuille(ENTETE, ligne("DURAND", cellule)), **reglages))  # type: ignore[arg-type]
    return valeur


# --- Formulas that nobody calculated ---

FORMULE = '<c><f>IF(1=1,"HT","TTC")</f>{}</c>'


@pytest.mark.cas(2)
@pytest.mark.parametrize("valeur", ["", "<v/>", "<v></v>"])
@pytest.mark.parametrize("prefixe", ["", "x", "main"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_formula_nobody_calculated_is_no_empty_cell(valeur: str, prefixe: str, encodage: str) -> None:
    xml = feuille(ENTETE, ligne("LEFÈVRE", FORMULE.format(valeur)))
    xml = prefixer(xml, prefixe) if prefixe else xml
    octets = f'<?xml version="1.0" encoding="{encodage}"?>{xml}'.encode(encodage)
    ((nom, regime),) = cellules(classeur(octets))
    assert nom == "LEFÈVRE"
    assert isinstance(regime, CelluleAbimee)
    assert "enregistrez-le" in regime.message(str)
    assert str(regime) == ""


@pytest.mark.parametrize(
    ("cellule", "attendue"),
    [
        ('<c t="str"><f>A1</f><v>HT</v></c>', "HT"),
        ('<c t="str"><f>A1</f><v></v></c>', None),
        ("<c><f>1+1</f><v>2</v></c>", 2),
        ("<c><f>1-1</f><v>0</v></c>", 0),
    ],
)
def test_a_formula_with_its_value_is_that_value(cellule: str, attendue: object) -> None:
    assert une(cellule) == attendue


def test_the_zero_of_a_library_that_calculates_nothing_is_no_value() -> None:
    # XlsxWriter writes 0 where it knows no result, and asks for a calculation when the workbook is opened.
    formule = "<c><f>1+1</f><v>0</v></c>"
    assert isinstance(une(formule, reglages='<calcPr fullCalcOnLoad="1"/>'), CelluleAbimee)
    assert une("<c><v>0</v></c>", reglages='<calcPr fullCalcOnLoad="1"/>') == 0


# --- What Excel shows ---


@pytest.mark.parametrize(
    ("motif", "nombre", "montre"),
    [
        ("00000", "1", "00001"),
        ("000000000", "10000024", "010000024"),
        ("00000", "123456", "123456"),
        ('0#" "##" "##" "##" "##', "102030405", "01 02 03 04 05"),
        ("0#\\ ##\\ ##\\ ##\\ ##", "102030405", "01 02 03 04 05"),
        ("00000;[Red]-00000", "1", "00001"),
        ("[$-40C]00000", "1", "00001"),
        ('"N"000', "7", "N007"),
        ("000 000 000", "10000024", "010 000 024"),
        ("##00", "7", "07"),
        ("_-00000_-", "7", "00007"),
        ("00000", "1.5", 1.5),
        ("00000", "-1", -1),
        ("00000", "1.0E3", "01000"),
        ("General", "708.33", 708.33),
        ("0.00", "708.33", 708.33),
        ("# ##0", "1708", 1708),
        ("#,##0.00 €", "708.33", 708.33),
        ('0" €"', "708", 708),
        ("General", "1.750000002E9", 1750000002),
        ("dd/mm/yyyy", "44880", datetime(2022, 11, 15)),  # noqa: DTZ001 - a workbook knows no zone
        ("dd/mm/yyyy", "1e300", "########"),
        ("hh:mm", "0.5", time(12)),
        ("[h]:mm", "1.5", timedelta(days=1, hours=12)),
    ],
)
def test_a_number_is_what_excel_shows(motif: str, nombre: str, montre: object) -> None:
    lu = une(f'<c s="1"><v>{nombre}</v></c>', formats=(motif,))
    assert (lu, type(lu)) == (montre, type(montre))


def test_a_style_that_is_not_there_is_the_general_one() -> None:
    assert une('<c s="7"><v>1</v></c>') == 1


@pytest.mark.parametrize(
    ("cellule", "valeur"),
    [
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="b"><v>0</v></c>', False),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="d"><v>2022-11-15</v></c>', date(2022, 11, 15)),
        ('<c t="d"><v>demain</v></c>', "demain"),
        ("<c><v>NaN</v></c>", "NaN"),
        ("<c><v>1e999</v></c>", "1e999"),
        ('<c t="s"><v>1</v></c>', "HT"),
        ('<c t="inlineStr"><is><r><t>H</t></r><r><t>T</t></r><rPh><t>hache</t></rPh></is></c>', "HT"),
        ('<c t="str"><v>DURAND_x000D_</v></c>', "DURAND\r"),
        ('<c t="inlineStr"><is><t>_x005F_x0041_ _xD83D__xDE00_ _xD83D_</t></is></c>', "_x0041_ \U0001f600 _xD83D_"),
        ('<c t="inlineStr"><is><t>_xyz_</t></is></c>', "_xyz_"),
    ],
)
def test_what_a_cell_holds(cellule: str, valeur: object) -> None:
    partages = "<si><t>TTC</t></si><si><r><t>H</t></r><r><t>T</t></r><rPh><t>hache</t></rPh></si>"
    assert une(cellule, partages=partages) == valeur


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12))
def test_any_text_comes_back_as_it_was_escaped(mot: str) -> None:
    # As ECMA-376 writes them: what XML cannot hold, and the escape itself.
    ecrit = "".join(f"_x{ord(c):04X}_" if c < " " or c in "_￾￿\x7f" else c for c in mot)
    lu = une(texte(f"a{ecrit}b"))
    assert str(lu) == f"a{mot}b"


def test_days_count_from_the_workbook_s_own_first_day() -> None:
    livre = openpyxl.Workbook()
    livre.epoch = CALENDAR_MAC_1904
    livre.worksheets[0].append(["Nom", "Régime"])
    livre.worksheets[0].append([datetime(2022, 11, 15), 39267])  # noqa: DTZ001 - same
    tampon = BytesIO()
    livre.save(tampon)
    tableau = lire(tampon.getvalue())
    assert tableau.epoque == date(1904, 1, 1)
    assert [rangee.cellules for rangee in tableau.rangees] == [[datetime(2022, 11, 15), 39267]]  # noqa: DTZ001 - same


@pytest.mark.cas(17)
def test_a_workbook_of_the_strict_edition_is_read() -> None:
    octets = classeur(feuille(ENTETE, ligne("DURAND", "HT")), espace=STRICT)
    assert cellules(octets) == [["DURAND", "HT"]]


def test_parts_are_found_whatever_the_case_and_the_slashes_of_their_names() -> None:
    sain, tampon = zipfile.ZipFile(BytesIO(classeur(feuille(ENTETE, ligne("a", "b"))))), BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        for nom in sain.namelist():
            info = zipfile.ZipInfo("x")
            info.filename = nom.replace("sheet", "Sheet").replace("/", "\\")
            archive.writestr(info, sain.read(nom))
    assert cellules(tampon.getvalue()) == [["a", "b"]]


# --- Rows ---


def test_cells_and_rows_say_where_they_stand_or_follow_each_other() -> None:
    octets = classeur(
        feuille(
            ligne("<c/>", "Nom", '<c r="E1" t="inlineStr"><is><t>Régime</t></is></c>', attributs=' r="3"'),
            ligne('<c r="B5"><v>1</v></c>', "<c/>", attributs=' r="5"'),
            ligne(),
            ligne("<c/>", "<c><v>2</v></c>"),
        )
    )
    tableau = lire(octets)
    assert tableau.titres == ("", "Nom", "", "", "Régime")
    assert [(r.numero, r.cellules, r.manquantes) for r in tableau.rangees] == [
        (5, [None, 1, None, None, None], 0),
        (7, [None, 2, None, None, None], 0),
    ]


@pytest.mark.cas(9)
def test_a_format_on_the_last_row_costs_nothing() -> None:
    vide = '<row r="1048576" ht="12.8"><c s="0"/></row>'
    ((rangee),) = lire(classeur(feuille(ENTETE, ligne("a", "b"), vide)), lignes_maximum=1).rangees  # type: ignore[arg-type]
    assert rangee.cellules == ["a", "b"]


def test_more_rows_than_a_table_has_are_refused() -> None:
    with pytest.raises(DepotRefuse, match="plus de 1 lignes"):
        list(lire(classeur(feuille(ENTETE, ligne("a"), ligne("b"))), lignes_maximum=1).rangees)  # type: ignore[arg-type]


def test_a_cell_beside_the_titles_is_a_fault_and_one_far_away_a_refusal() -> None:
    (rangee,) = lire(classeur(feuille(ENTETE, ligne("a", "b", "c")))).rangees
    assert ("sans titre" in rangee.defaut, rangee.cellules) == (True, ["a", "b"])
    with pytest.raises(DepotRefuse, match="démesuré"):
        lire(classeur(feuille(ENTETE, '<row><c r="IW2"><v>1</v></c></row>')))
    (rangee,) = lire(classeur(feuille(ENTETE, '<row><c r="A2"><v>1</v></c><c r="XFD2" s="0"/></row>'))).rangees
    assert rangee.defaut == ""


# --- Told ---


def test_hidden_rows_are_read_and_told() -> None:
    montrees = [ligne("a", attributs=f' hidden="{i in {3, 4, 5, 9}:d}"') for i in range(2, 10)]
    nulle = ligne("z", attributs=' ht="0.0" customHeight="1"')
    tableau = lire(classeur(feuille(ENTETE, *montrees, nulle)))
    assert tableau.remarques == ()
    assert len(list(tableau.rangees)) == 9
    (remarque,) = tableau.remarques
    assert remarque.code == "lignes-masquees"
    assert ": 3 à 5, 9 à 10 ;" in remarque.message


def test_many_hidden_rows_are_told_shortly() -> None:
    lignes = [ligne("a", attributs=' hidden="1"' if i % 2 else "") for i in range(100)]
    tableau = lire(classeur(feuille(ENTETE, *lignes)))
    list(tableau.rangees)
    assert "3, 5, 7, " in tableau.remarques[0].message
    assert " et 30 autres" in tableau.remarques[0].message


def test_a_hidden_column_is_told() -> None:
    masquees = '<cols><col min="1" max="1" width="9"/><col min="2" max="2" width="0"/><col min="3" max="16384" hidden="1"/></cols>'
    tableau = lire(classeur(feuille(ENTETE, ligne("a", "b"), avant=masquees)))
    (remarque,) = tableau.remarques
    assert remarque.code == "colonnes-masquees"
    assert "« Régime » ;" in remarque.message
    assert "Nom" not in remarque.message


MEME = feuille(ENTETE, ligne("MARTIN", "TTC"))
AUTRE = feuille(ligne("Liste"), ligne("TTC"))


@pytest.mark.cas(11)
@pytest.mark.parametrize(
    ("feuilles", "etats", "lue", "laissees"),
    [
        ((MEME,), (), "Commandes", ""),
        ((MEME, MEME), (), "Commandes", "« Feuil2 » (mêmes titres)"),
        ((MEME, AUTRE, feuille()), (), "Commandes", "« Feuil2 »"),
        ((AUTRE, MEME), ("hidden",), "Feuil2", "« Commandes » (masquée)"),
        ((MEME, MEME), ("veryHidden",), "Feuil2", "« Commandes » (mêmes titres, masquée)"),
        ((AUTRE, MEME), (), "Feuil2", "« Commandes »"),
        ((MEME, "<worksheet>"), (), "Commandes", "« Feuil2 » (illisible)"),
    ],
)
def test_the_sheet_that_was_read_is_told_and_the_others_too(
    feuilles: tuple[str, ...], etats: tuple[str, ...], lue: str, laissees: str
) -> None:
    tableau = lire(classeur(*feuilles, etats=etats))
    assert (tableau.feuille, [r.cellules[0] for r in tableau.rangees]) == (lue, ["MARTIN"])
    assert tableau.description == f"classeur Excel, feuille « {lue} », titres à la ligne 1"
    dites = [f"feuilles laissées de côté : {laissees} ; --feuille en choisit une"] if laissees else []
    assert [remarque.message for remarque in tableau.remarques] == dites


@pytest.mark.parametrize("voulue", ["Novembre", " NOVEMBRE", "2"])
def test_a_sheet_is_chosen_by_its_name_or_its_rank(voulue: str) -> None:
    octets = classeur(
        MEME, feuille(ENTETE, ligne("b")), MEME, noms=("Octobre", "Novembre", "3"), etats=("visible", "hidden")
    )
    tableau = lire(octets, feuille=voulue)
    assert tableau.feuille == "Novembre"
    assert [rangee.cellules for rangee in tableau.rangees] == [["b", None]]
    assert lire(octets, feuille="3").feuille == "3"
    with pytest.raises(DepotRefuse, match="« Octobre », « Novembre », « 3 »") as refus:
        lire(octets, feuille="4")
    assert refus.value.code == "feuille-inconnue"


def test_a_refusal_names_the_sheets_and_what_stands_there() -> None:
    with pytest.raises(
        DepotRefuse, match="« Commandes » : ligne 1, 1 cellule remplie ; feuille « Feuil2 » : aucune"
    ) as refus:
        lire(classeur(AUTRE, feuille()))
    assert refus.value.code == "titres-introuvables"
    with pytest.raises(DepotRefuse) as refus:
        lire(classeur(AUTRE, MEME), feuille="1")
    assert "Feuil2" not in str(refus.value)


def test_a_workbook_has_no_encoding_to_choose() -> None:
    with pytest.raises(DepotRefuse, match="ôtez --encodage") as refus:
        lire(classeur(MEME), encodage="utf-8")
    assert refus.value.code == "encodage-inutile"


# --- Damaged, hostile ---


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parties, "OCTETS_DEBALLES", 1_000_000)
    octets = classeur(MEME, image=b"\0" * 1_000_001)
    assert len(octets) < 20_000
    with pytest.raises(DepotRefuse, match="démesuré"):
        lire(octets)


def test_a_bomb_of_entities_is_refused() -> None:
    niveaux = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    xml = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "{"x" * 50}">{niveaux}]><worksheet>&a11;</worksheet>'
    with pytest.raises(DepotRefuse, match="ne s’ouvre pas"):
        lire(classeur(xml))


def test_a_sheet_that_breaks_off_is_refused_and_not_cut_short() -> None:
    xml = feuille(ENTETE, *[ligne("a", "b")] * 5_000)
    tableau = lire(classeur(xml[:-60]))
    with pytest.raises(DepotRefuse, match="ne s’ouvre pas"):
        list(tableau.rangees)


@pytest.mark.parametrize(
    "octets",
    [
        b"PK\x03\x04 rien",
        classeur(),
        classeur(AUTRE, etats=("hidden",)),
        classeur(feuille(ENTETE, ligne('<c t="s"><v>1</v></c>'))),
        classeur(feuille(ENTETE, ligne("<c><v>un</v></c>"))),
        classeur(feuille(ENTETE, ligne('<c r="1A"/>'))),
        classeur(feuille(ENTETE, ligne(attributs=' r="un"'))),
    ],
    ids=["no zip", "no sheet", "hidden sheet", "no shared text", "no number", "no place", "no row"],
)
def test_what_is_no_workbook_says_what_to_do(octets: bytes) -> None:
    with pytest.raises(DepotRefuse, match="« Classeur Excel"):
        list(lire(octets).rangees)


def test_a_sheet_of_charts_is_no_sheet_of_cells() -> None:
    livre = openpyxl.Workbook()
    livre.create_chartsheet("Courbe", 0)
    for cellules_de_la_ligne in (["Nom"], ["a"]):
        livre.worksheets[0].append(cellules_de_la_ligne)
    tampon = BytesIO()
    livre.save(tampon)
    tableau = lire(tampon.getvalue())
    assert (tableau.feuille, tableau.remarques) == ("Sheet", ())


def test_a_workbook_from_before_2007_is_named() -> None:
    with pytest.raises(DepotRefuse, match="avant 2007"):
        lire(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_a_zip_of_something_else_is_no_workbook() -> None:
    tampon = BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(DepotRefuse, match="ne s’ouvre pas"):
        lire(tampon.getvalue())


def test_a_workbook_without_openpyxl_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ExtraManquant, match="tableur"):
        lire(classeur(MEME))


@given(st.data())
def test_no_damage_to_a_workbook_passes_in_silence_or_breaks_the_reader(data: st.DataObject) -> None:
    octets = bytearray(classeur(feuille(ENTETE, *[ligne("DURAND", "HT")] * 3)))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(4, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        lues = [list(rangee.cellules) for rangee in lire(bytes(octets)).rangees]
    except DepotRefuse as refus:
        assert str(refus)  # noqa: PT017
    else:
        assert lues == [["DURAND", "HT"]] * 3


def test_the_first_rows_are_where_titles_are_looked_for() -> None:
    au_dessus = [ligne("Export")] * (ouverture.LIGNES_DES_TITRES - 1)
    tableau = lire(classeur(feuille(*au_dessus, ENTETE, ligne("a"))))
    assert tableau.ligne_des_titres == ouverture.LIGNES_DES_TITRES
    with pytest.raises(DepotRefuse, match="intitulés"):
        lire(classeur(feuille(*au_dessus, ligne("Export"), ENTETE, ligne("a"))))
