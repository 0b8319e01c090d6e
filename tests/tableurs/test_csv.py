"""A CSV of any French habit gives the same rows; what is not one says what to do."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.depot.export import OCTETS_MAXIMUM, ouvrir_export
from segur_pha.erreurs import DepotRefuse
from segur_pha.tableurs import (
    CelluleAbimee,
    Rangee,
    TableauIllisible,
    cle_de_titre,
    lire_mappings,
    lire_tableau,
    titres_connus,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from segur_pha.tableurs import TableauLu

HEADERS = ("Titulaire", "Montant HT", "N° demande")
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16"}
SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}

#: Nothing that a spreadsheet spoils, nor accents without a word around them: these have tests of their own.
CELLS = (
    st.lists(st.sampled_from([*map(chr, range(32, 127)), "\n", " LEFÈVRE ", " Noël ", " reçu "]), max_size=12)
    .map("".join)
    .filter(lambda text: not text.startswith(("'", "=")) and "e+" not in text.lower() and "e-" not in text.lower())
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8)


def read(source: bytes | str, known: Iterable[str] = HEADERS, **settings: str) -> TableauLu:
    return lire_tableau(source, titres_connus(known), nom="a.csv", refus=DepotRefuse, **settings)  # type: ignore[arg-type]


def rows(table: TableauLu) -> list[tuple[object, ...]]:
    found = list(table.rangees)
    assert not any(row.defaut for row in found)
    return [tuple(row.cellules) for row in found]


def as_csv(lines: list[tuple[str, ...]], separator: str = ";", end: str = "\r\n") -> str:
    stream = io.StringIO(newline="")
    # Before Python 3.13, the writer leaves a line feed bare where lines end otherwise.
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=separator, lineterminator=end, quoting=quoting).writerows(lines)
    return stream.getvalue()


@given(
    ROWS,
    st.sampled_from(sorted(ENCODINGS)),
    st.sampled_from(sorted(SEPARATORS)),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.sampled_from(["", "Commandes de mai"]), max_size=3),
)
def test_encoding_separator_and_titles_are_found_and_told(
    lines: list[tuple[str, ...]], encoding: str, separator: str, end: str, above: list[str]
) -> None:
    text = "".join(line + end for line in above) + as_csv([HEADERS, *lines], separator, end)
    table = read(text.encode(encoding))
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    assert rows(table) == filled
    said = f"CSV, {ENCODINGS[encoding]}, séparateur {SEPARATORS[separator]}, titres à la ligne {len(above) + 1}"
    assert table.description.startswith(said)
    assert table.ligne_des_titres == len(above) + 1
    assert ("au-dessus" in table.description) == any(above)


@given(st.lists(st.sampled_from(["708,33", "a,b,c", "x,y"]), min_size=2, max_size=5))
def test_decimal_commas_do_not_pass_for_separators(amounts: list[str]) -> None:
    table = read(as_csv([("nom,prénom", "Montant HT"), *((a, a) for a in amounts)]).encode())
    assert rows(table) == [(a, a) for a in amounts]


def test_excel_s_own_hint_is_followed_and_rows_keep_their_numbers() -> None:
    table = read(b"sep=,\r\nTitulaire,b\r\n\r\n1,2\r\n")
    assert [(row.numero, row.cellules) for row in table.rangees] == [(4, ["1", "2"])]
    quoted = read(b'sep=,\r\nTitulaire,b\r\n"1",2\r\n"x"y,2\r\n')
    assert [(row.numero, row.illisible) for row in quoted.rangees] == [(3, False), (4, True)]
    against = read("sep=;\nTitulaire,N° demande,x;Montant HT\n1,2,3;4\n")
    assert against.titres == ("Titulaire,N° demande,x", "Montant HT")


def test_the_separator_of_most_known_titles_wins_over_that_of_most_cells() -> None:
    table = read("Titulaire;Montant HT;a,b,c,d,e,N° demande\n1;2;3\n")
    assert table.titres == ("Titulaire", "Montant HT", "a,b,c,d,e,N° demande")


def test_a_cell_of_several_lines_is_one_row_as_in_a_spreadsheet() -> None:
    table = read(b'Titulaire;b\n"1\n2";3\n4;5\n')
    assert [(row.numero, row.cellules[0]) for row in table.rangees] == [(2, "1\n2"), (3, "4")]
    assert rows(read(b'Titulaire;b\r\n"1\r\n2";3\r\n')) == [("1\r\n2", "3")]


@pytest.mark.parametrize("quotes", ["", '"x";y;z\n'])
def test_the_apostrophe_of_our_own_csv_comes_off_before_a_formula_only(quotes: str) -> None:
    table = read(f"Titulaire;b;c\n'+33102030405;'N'GUYEN;0'=\n{quotes}")
    assert rows(table)[0] == ("+33102030405", "'N'GUYEN", "0'=")


# --- Rows and titles ---


@pytest.mark.cas(8)
def test_last_cells_that_are_empty_may_be_missing() -> None:
    (short, full, empty) = read("Titulaire;b;c\n1\n1;2;3\n1;2;;;\n").rangees
    assert (short.cellules, short.manquantes, short.defaut) == (["1", "", ""], 2, "")
    assert (full.manquantes, empty.cellules, empty.defaut) == (0, ["1", "2", ""], "")


def test_a_row_with_more_cells_than_titles_is_a_fault() -> None:
    (row,) = read("Titulaire;b\n1;2;3\n").rangees
    assert "plus de cellules" in row.defaut
    assert "1;2" not in repr(row)


def test_blank_rows_are_left_out_and_unreadable_ones_are_not() -> None:
    table = read('Titulaire;b\n;\n   \n\n"1;2\n')
    assert [(row.numero, row.illisible, row.est_vide) for row in table.rangees] == [(5, True, False)]


@pytest.mark.parametrize("first", ["1", "'=1", '="1"'])
def test_an_unreadable_row_says_why_and_how_far_it_reaches(first: str) -> None:
    table = read(f'Titulaire;b\n{first};2\n"x"y;2\n"1;2\n3;4\n')
    _, misplaced, left_open = table.rangees
    assert misplaced.defaut == "guillemet mal placé ou jamais refermé"
    assert left_open.defaut == "guillemet mal placé ou jamais refermé (jusqu’à la ligne 5)"


@given(st.lists(st.sampled_from(["1", "é", ";", '"', '""', "\n", "\r\n"]), max_size=30).map("".join))
def test_every_row_has_as_many_cells_as_there_are_titles(text: str) -> None:
    """Whoever reads a column takes its cell, also where nobody can tell what the row holds."""
    table = read(f"Titulaire;b;c\n{text}".encode())
    assert all(len(row.cellules) == len(table.titres) for row in table.rangees)
    assert all(row.defaut for row in table.rangees if row.illisible)


@pytest.mark.cas(14)
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("RE\u0301GIME", "Régime"),
        ("  régime ", "Régime"),
        ("Date d’achat", "Date d'achat"),
        ("Date d´achat", "Date d’achat"),
        ("N°\u00a0demande", "N° demande"),
        ("N°\u200b demande", "n° demande"),
        ("\ufeffRégime", "Régime"),
    ],
)
def test_titles_are_compared_as_people_read_them(written: str, meant: str) -> None:
    assert cle_de_titre(written) == cle_de_titre(meant)
    assert read(f"{written};x\n1;2\n", [meant]).places(meant) == (0,)


def test_a_title_twice_is_at_two_places() -> None:
    table = read("Titulaire;Ville;VILLE;\n1;2;3;4\n")
    assert (table.places("ville"), table.places("Titulaire"), table.places("Rue")) == ((1, 2), (0,), ())


def test_the_row_of_most_known_titles_wins_and_the_first_of_those() -> None:
    table = read("Titulaire\nTitulaire;N° demande\nTitulaire;N° demande\n")
    assert (table.ligne_des_titres, rows(table)) == (2, [("Titulaire", "N° demande")])


def test_without_anything_to_recognise_the_first_row_that_holds_anything_has_the_titles() -> None:
    assert read("\n;\na;b\n1;2\n", []).titres == ("a", "b")


def test_a_table_without_a_known_title_is_refused_with_the_row_that_may_hold_them_and_none_of_its_cells() -> None:
    with pytest.raises(DepotRefuse, match="Ligne la plus large : ligne 2, 2 cellules remplies\\. ") as refused:
        read("DURAND\nJeanne;Nancy\n1;\n")
    assert refused.value.code == "titres-introuvables"
    assert not any(cell in str(refused.value) for cell in ("DURAND", "Jeanne", "Nancy"))
    with pytest.raises(DepotRefuse, match="« t12 »…"):
        read("x\n", [f"t{i}" for i in range(1, 15)])


@pytest.mark.parametrize(
    ("octets", "word"),
    [
        (b"", "aucune colonne"),
        (b"rien\n1\n", "aucune colonne"),
        (b";;\n1;2;3\n", "aucune colonne"),
        (b'"Titulaire"x;b\n1;2\n', "aucune colonne"),
        (b"Titulaire;b\n\x00;2\n", "pas un CSV"),
        ("Titulaire;b\n".encode("utf-16") + b"x", "illisible"),
        ("Titulaire;b\n1;2\nHÉLÈNE LEFÈVRE NOËL".encode("cp1252") + b"\x9d;2\n", "ligne 3"),
        ("Titulaire;b\né;2\n".encode() + b"\xe9;\xc3\xa9\n", "ligne 3"),
    ],
)
def test_what_is_no_csv_says_what_to_do(octets: bytes, word: str) -> None:
    codes = {"aucune colonne": "titres-introuvables", "pas un CSV": "csv-illisible"}
    with pytest.raises(DepotRefuse, match=word) as refused:
        read(octets)
    assert refused.value.code == codes.get(word, "encodage-illisible")


@pytest.mark.parametrize(
    ("octets", "word"),
    [(b'Titulaire;b\n"1;2\n', "guillemet"), (b'Titulaire;b\n"' + b"x" * 200_000 + b'";2\n', "démesurée")],
)
def test_a_row_that_may_have_swallowed_others_refuses_an_export(tmp_path: Path, octets: bytes, word: str) -> None:
    (tmp_path / "a.csv").write_bytes(octets)
    with pytest.raises(DepotRefuse, match=f"a.csv, ligne 2 : .*{word}"):
        list(ouvrir_export(tmp_path / "a.csv", HEADERS).rangees)


def test_a_csv_has_no_sheet_to_choose() -> None:
    with pytest.raises(DepotRefuse, match="ôtez --feuille") as refused:
        read("Titulaire\n", feuille="1")
    assert refused.value.code == "feuille-inutile"


def test_a_refusal_is_a_value_error_of_its_own_unless_the_caller_has_one() -> None:
    with pytest.raises(TableauIllisible, match="tableau : aucune colonne"):
        lire_tableau("", titres_connus(["a"]))


# --- Cells that something spoiled ---


@pytest.mark.cas(13)
@pytest.mark.parametrize(
    ("cell", "code", "proposed"),
    [
        ('="00001"', "tableur-formule", "00001"),
        ('"=""750000002"""', "tableur-formule", "750000002"),
        ('= "a""b"', "tableur-formule", 'a"b'),
        ("1,75E+09", "tableur-notation", ""),
        ("7.5e-8", "tableur-notation", ""),
        ("DURAND_x000D_", "tableur-echappement", "DURAND"),
        ("FRAN\ufffdOIS", "caractere-perdu", ""),
        ("LEFÃˆVRE", "encodage-double", "LEFÈVRE"),
        ("FranÃ§ois", "encodage-double", "François"),
        ("Ã\x80", "encodage-double", "À"),
        ("STRAÃ\x9fE", "encodage-double", "STRAßE"),
    ],
)
def test_a_spoiled_cell_is_named_and_what_was_meant_proposed(cell: str, code: str, proposed: str) -> None:
    ((first, second),) = rows(read(f"Titulaire;b\nDUPRÉ;{cell}\n"))
    assert first == "DUPRÉ"
    assert isinstance(second, CelluleAbimee)
    assert (second.code, second.propose) == (code, proposed)
    assert (f"écrivez {proposed}" in second.message(str)) == bool(proposed)
    assert not proposed or proposed not in repr(second) + second.message()
    assert str(second) == next(csv.reader([cell], delimiter=";"))[0]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1,75E+09", "le tableur a remplacé des chiffres par « E+ » : mettez la cellule au format Texte"),
        ("LEFÃˆVRE", "ce texte a été encodé deux fois : saisissez-le de nouveau"),
    ],
)
def test_what_is_said_of_a_spoiled_cell_leads_to_what_is_to_be_done(cell: str, said: str) -> None:
    ((spoiled,),) = rows(read(f"Titulaire\n{cell}\n"))
    assert isinstance(spoiled, CelluleAbimee)
    assert spoiled.message().startswith(said)


@pytest.mark.parametrize(
    "cell", ["=A1", "1E5", "2E+5x", "_x0041_", "Ãgua", "Âge", "é", "DUPRÉ Â", "3-E+1", "RENÉ…", "«RENÉ»"]
)
def test_what_is_not_spoiled_stays(cell: str) -> None:
    assert rows(read(f'Titulaire;b\n="1";{cell}\n'))[0][1] == cell


@given(st.text(st.characters(codec="cp1252", min_codepoint=0xA0), min_size=1, max_size=8))
def test_what_was_encoded_twice_is_always_seen(word: str) -> None:
    twice = "".join(bytes([o]).decode("cp1252", errors="ignore") or chr(o) for o in word.encode())
    ((cell,),) = rows(read(f"Titulaire\nA{twice}B\n"))
    assert isinstance(cell, CelluleAbimee)
    assert cell.propose == f"A{word}B"


def test_a_row_knows_whether_it_is_empty() -> None:
    assert Rangee(1, ["", None, " "]).est_vide
    assert not Rangee(1, ["", 0]).est_vide


def test_a_row_is_never_changed() -> None:
    with pytest.raises(AttributeError):
        Rangee(1, ["a"]).numero = 2  # type: ignore[misc]


# --- Files and mappings ---


def test_mappings_need_not_have_the_same_keys() -> None:
    export = ouvrir_export([{"a": 1}, {"b": None}, {"b": " "}], ())
    assert export.titres == ("a", "b")
    assert [row.est_vide for row in export.rangees] == [False, True, True]


@pytest.mark.parametrize("source", [["a"], {1: "a"}])
def test_what_is_no_mapping_is_told_with_its_rank(source: dict[str, object]) -> None:
    with pytest.raises(DepotRefuse, match=r"^Commande 2 : indiquez un dictionnaire") as refused:
        ouvrir_export([{"a": 1}, source], ())
    assert refused.value.code == "ligne-illisible"


def test_a_table_tells_how_it_was_read_and_prints_no_row() -> None:
    mappings, file = lire_mappings([{"a": "DURAND"}]), read("Titulaire\nDURAND\n")
    assert (mappings.description, mappings.ligne_des_titres) == ("dictionnaires", 0)
    assert [row.numero for row in mappings.rangees] == [1]
    assert (mappings.feuille, mappings.encodage, file.feuille, file.encodage) == ("", "", "", "")
    assert read(b"Titulaire\nDURAND\n").encodage == "UTF-8"
    assert not any(word in repr(table) for table in (mappings, file) for word in ("rangees", "masquees"))


def test_a_file_out_of_all_proportion_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as stream:
        stream.truncate(OCTETS_MAXIMUM + 1)
    with pytest.raises(DepotRefuse, match=r"a\.csv dépasse 50 Mo : est-ce le bon fichier"):
        ouvrir_export(tmp_path / "a.csv", ())


@pytest.mark.parametrize(
    "texte", ["officine-1.exemple.fr", "2024-05-03", "lucie+dmp@exemple.fr", "a=b", "_x1", "E-1", "3e-", "LEROUX"]
)
def test_what_only_resembles_a_spoiled_text_costs_no_look_at_each_cell(texte: str) -> None:
    tableau = lire_tableau(f"Nom;Fin\n{texte};1\n", titres_connus(["Nom"]))
    assert tableau.que_des_textes
    assert [rangee.cellules for rangee in tableau.rangees] == [[texte, "1"]]


@given(
    st.from_regex(
        r"[0-9]([.,][0-9]{1,3})?[Ee][+-][0-9]{1,3}|=[ \t]?\"[0-9]{1,5}\"|[A-Z]{1,5}_x00[01][0-9A-Fa-f]_", fullmatch=True
    ),
    st.lists(st.sampled_from(["officine-1.exemple.fr", "a=b", "lucie+dmp@exemple.fr", "3e-"]), max_size=3),
)
def test_what_a_spreadsheet_spoils_is_seen_wherever_it_stands(abimee: str, autres: list[str]) -> None:
    sortie = io.StringIO()
    csv.writer(sortie, delimiter=";").writerows([["Nom", "Fin"], *([autre, "1"] for autre in autres), [abimee, "1"]])
    *_, derniere = lire_tableau(sortie.getvalue(), titres_connus(["Nom"])).rangees
    assert isinstance(derniere.cellules[0], CelluleAbimee)
    assert derniere.cellules[1] == "1"
