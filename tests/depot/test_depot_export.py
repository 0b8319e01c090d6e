"""A CSV of any French habit, a workbook or mappings give the same orders; what is not one of them says what to do."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from segur_pha import classeurs
from segur_pha.depot import tableur
from segur_pha.depot.export import OCTETS_MAXIMUM, lire_csv, ouvrir_export
from segur_pha.erreurs import DepotRefuse, ExtraManquant

if TYPE_CHECKING:
    from pathlib import Path

    from segur_pha.depot.rangees import Export

HEADERS = ("Titulaire", "Montant HT", "N° demande")
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation"}

CELLS = st.text("".join(map(chr, range(32, 127))) + "\néèêàâçùôîïÉÈÀÇÔ", max_size=20).filter(
    lambda text: not text.startswith("'")
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8)


def rows(export: Export) -> list[tuple[object, ...]]:
    read = list(export.rangees)
    assert not any(row.defaut for row in read)
    return [tuple(row.cellules.values()) for row in read]


def as_csv(lines: list[tuple[str, ...]], separator: str = ";", end: str = "\r\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator=end).writerows(lines)
    return stream.getvalue()


@given(ROWS, st.sampled_from(sorted(ENCODINGS)), st.sampled_from(sorted(SEPARATORS)), st.sampled_from(["\n", "\r\n"]))
def test_encoding_and_separator_are_found_and_shown(
    lines: list[tuple[str, ...]], encoding: str, separator: str, end: str
) -> None:
    octets = as_csv([HEADERS, *lines], separator, end).encode(encoding)
    export = lire_csv(octets, HEADERS)
    assert rows(export) == lines
    assert export.description == f"CSV, {ENCODINGS[encoding]}, séparateur {SEPARATORS[separator]}"


@given(st.lists(st.sampled_from(["708,33", "a,b,c", "x,y"]), min_size=2, max_size=5))
def test_decimal_commas_do_not_pass_for_separators(amounts: list[str]) -> None:
    export = lire_csv(as_csv([("nom,prénom", "Montant HT"), *((a, a) for a in amounts)]).encode(), {"Montant HT"})
    assert rows(export) == [(a, a) for a in amounts]


def test_without_a_known_header_the_most_columns_win() -> None:
    assert lire_csv(b"a;b;c,d\n1;2;3,4\n", {"x"}).entetes == ("a", "b", "c,d")


def test_excel_s_own_hint_is_followed_and_rows_keep_their_numbers() -> None:
    export = lire_csv(b"sep=,\r\na,b\r\n\r\n1,2\r\n", {"a"})
    assert [(row.numero, row.cellules) for row in export.rangees] == [(4, {"a": "1", "b": "2"})]


def test_a_cell_of_several_lines_is_one_row_as_in_a_spreadsheet() -> None:
    export = lire_csv(b'a;b\n"1\n2";3\n4;5\n', {"a"})
    assert [(row.numero, row.cellules["a"]) for row in export.rangees] == [(2, "1\n2"), (3, "4")]


def test_the_apostrophe_of_our_own_csv_comes_off_before_a_formula_only() -> None:
    export = lire_csv(b"a;b;c\n'+33102030405;'N'GUYEN;0'=\n", {"a"})
    assert rows(export) == [("+33102030405", "'N'GUYEN", "0'=")]


@pytest.mark.parametrize(
    ("line", "word"),
    [("1;2;3", "plus de cellules"), ("1", "moins de cellules"), ("1;2;", ""), (";", ""), ("", ""), ("   ", "")],
)
def test_a_row_that_does_not_fit_its_headers_is_a_fault(line: str, word: str) -> None:
    found = [row.defaut for row in lire_csv(f"a;b\n{line}\n".encode(), {"a"}).rangees if not row.est_vide]
    assert word in "".join(found)
    assert bool(word) == any(found)


def test_a_filled_cell_without_a_header_is_a_fault() -> None:
    (row,) = lire_csv(b"a;;b\n1;x;2\n", {"a"}).rangees
    assert "sans titre" in row.defaut
    assert row.cellules == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("octets", "word"),
    [
        (b"", "aucune colonne"),
        (b"rien\n1\n", "aucune colonne"),
        (b";;\n1;2;3\n", "titres"),
        (b"a;A\n", "deux colonnes"),
        (b'a;b\n"1;2\n', "guillemet"),
        (b'"a"x;b\n1;2\n', "aucune colonne"),
        (b"a;b\n" + b"x" * 200_000 + b";2\n", "démesurée"),
        ("a;b\n1;2\n".encode("utf-16"), "UTF-16"),
        (b"a;b\n\x00;2\n", "pas un CSV"),
        (b"a;b\n1;2\n\x81;2\n", "ligne 3"),
        ("a;b\né;2\n".encode() + b"\xe9;\xc3\xa9\n", "ligne 3"),
    ],
)
def test_what_is_no_csv_says_what_to_do(octets: bytes, word: str) -> None:
    with pytest.raises(DepotRefuse, match=word):
        list(lire_csv(octets, {"a"}).rangees)


def test_mappings_need_not_have_the_same_keys() -> None:
    export = ouvrir_export([{"a": 1}, {"b": None}, {"b": " "}], ())
    assert export.entetes == ("a", "b")
    assert [row.est_vide for row in export.rangees] == [False, True, True]


@pytest.mark.parametrize("source", [[["a"]], [{1: "a"}]])
def test_what_is_no_mapping_is_told_so(source: list[dict[str, object]]) -> None:
    with pytest.raises(DepotRefuse, match="dictionnaire"):
        ouvrir_export(source, ())


def workbook(path: Path, *lines: list[Any], mac: bool = False) -> Path:
    book = Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    assert book.active is not None
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


def test_a_workbook_gives_the_same_rows_whatever_its_name(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "export.csv", ["Titulaire", "Date", None], ["DURAND", date(2022, 11, 15)], [], ["x", 44880]
    )
    export = ouvrir_export(path, {"Titulaire"})
    assert export.description == "classeur Excel, feuille « Sheet »"
    read = list(export.rangees)
    assert [row.numero for row in read] == [2, 3, 4]
    assert [row.est_vide for row in read] == [False, True, False]
    assert str(read[0].cellules["Date"]).startswith("2022-11-15")
    assert read[2].cellules == {"Titulaire": "x", "Date": 44880}


def test_a_workbook_of_a_mac_counts_from_1904(tmp_path: Path) -> None:
    assert ouvrir_export(workbook(tmp_path / "a.xlsx", ["Date"], [39267], mac=True), ()).epoque == date(1904, 1, 1)


def test_a_formula_without_its_value_is_a_fault_of_its_row(tmp_path: Path) -> None:
    export = ouvrir_export(workbook(tmp_path / "a.xlsx", ["a"], [1], ["=1+1"]), ())
    assert [("formule" in row.defaut) for row in export.rangees] == [False, True]


def test_a_cell_beside_the_headers_is_a_fault(tmp_path: Path) -> None:
    (row,) = ouvrir_export(workbook(tmp_path / "a.xlsx", ["a"], [1, "x"]), ()).rangees
    assert "sans titre" in row.defaut


def repack(path: Path, changes: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | changes).items():
            archive.writestr(name, content)
    return path


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classeurs, "OCTETS_DEBALLES", 1_000_000)
    path = repack(workbook(tmp_path / "a.xlsx", ["a"], [1]), {"xl/media/x": b"\0" * 1_000_001})
    assert path.stat().st_size < 20_000
    with pytest.raises(DepotRefuse, match="démesuré"):
        ouvrir_export(path, ())


def test_a_bomb_of_entities_is_refused(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    sheet = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "{"x" * 50}">{levels}]><worksheet>&a11;</worksheet>'
    path = repack(workbook(tmp_path / "a.xlsx", ["a"], [1]), {"xl/worksheets/sheet1.xml": sheet.encode()})
    with pytest.raises(DepotRefuse, match="ne s’ouvre pas"):
        list(ouvrir_export(path, ()).rangees)


def test_a_sheet_that_breaks_off_is_refused_and_not_cut_short(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], *[[i] for i in range(2000)])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    export = ouvrir_export(repack(path, {"xl/worksheets/sheet1.xml": sheet[: -len(sheet) // 2]}), ())
    with pytest.raises(DepotRefuse, match="ne s’ouvre pas"):
        list(export.rangees)


def test_a_workbook_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tableur, "LIGNES_MAXIMUM", 2)
    with pytest.raises(DepotRefuse, match="plus de 2 lignes"):
        list(ouvrir_export(workbook(tmp_path / "a.xlsx", ["a"], [1], [2]), ()).rangees)


def test_a_workbook_of_charts_alone_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.create_chartsheet()
    book.remove(book.active)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DepotRefuse, match="ne s’ouvre pas"):
        ouvrir_export(tmp_path / "a.xlsx", ())


@pytest.mark.parametrize(
    ("octets", "word"),
    [(b"PK\x03\x04 rien", "ne s’ouvre pas"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "avant 2007")],
)
def test_what_is_no_workbook_says_what_to_do(tmp_path: Path, octets: bytes, word: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(octets)
    with pytest.raises(DepotRefuse, match=word):
        ouvrir_export(tmp_path / "a.xlsx", ())


def test_a_zip_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(DepotRefuse, match="ne s’ouvre pas"):
        ouvrir_export(tmp_path / "a.xlsx", ())


def test_a_file_out_of_all_proportion_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as stream:
        stream.truncate(OCTETS_MAXIMUM + 1)
    with pytest.raises(DepotRefuse, match="bon fichier"):
        ouvrir_export(tmp_path / "a.csv", ())


def test_a_workbook_without_openpyxl_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", ["a"], [1])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ExtraManquant, match="tableur"):
        ouvrir_export(path, ())
