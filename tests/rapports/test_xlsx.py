"""Workbooks: days are days, numbers numbers, and a text that looks like a formula stays a text."""

from __future__ import annotations

import io
import sys
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.tableau import Marque, Niveau, Tableau, en_mots
from segur_pha.rapports.xlsx import en_xlsx

VALEURS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.decimals(-1000, 1000, places=2),
    st.dates(date(1900, 3, 1)),
    st.text(max_size=20),
    st.sampled_from(["=1+1", "@x", "+1", "\x00\x1b[31m", "_x000D_", "\ud800"]),
)


@given(st.lists(st.lists(VALEURS, min_size=2, max_size=2), max_size=5))
def test_every_cell_comes_back(rangees: list[list[object]]) -> None:
    tableau = Tableau(("a", "=b"), rangees, titre="Titre")  # type: ignore[arg-type]
    feuille = openpyxl.load_workbook(io.BytesIO(en_xlsx(tableau)))["Titre"]
    assert [cellule.value for cellule in feuille[1]] == ["a", "=b"]
    for rang, rangee in enumerate(rangees, 2):
        for place, valeur in enumerate(rangee, 1):
            cellule = feuille.cell(rang, place)
            if isinstance(valeur, date):
                assert cellule.value.date() == valeur
                assert cellule.number_format == "dd/mm/yyyy"
            elif isinstance(valeur, int | Decimal) and not isinstance(valeur, bool):
                assert Decimal(str(cellule.value)) == valeur
            else:
                assert cellule.data_type in ("s", "inlineStr", "n")
                assert (cellule.value or "") == en_mots(valeur)  # type: ignore[arg-type]


def test_the_same_tables_give_the_same_bytes_and_their_sheets_their_names() -> None:
    tableaux = (Tableau(("a",), [["b"]], titre="[Un]: titre / plus long que trente et un signes"), Tableau(("x",), []))
    octets = en_xlsx(*tableaux)
    assert octets == en_xlsx(*tableaux)
    livre = openpyxl.load_workbook(io.BytesIO(octets))
    assert livre.sheetnames == ["Un   titre   plus long que tre", "Tableau 2"]
    assert livre.worksheets[0].freeze_panes == "A2"
    assert {partie.date_time[0] for partie in ZipFile(io.BytesIO(octets)).infolist()} == {1980}


def test_a_mark_is_its_word() -> None:
    octets = en_xlsx(Tableau(("a",), [[Marque("rejetée", Niveau.MAUVAIS)]]))
    assert openpyxl.load_workbook(io.BytesIO(octets)).worksheets[0]["A2"].value == "rejetée"


def test_a_workbook_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ExtraManquant, match="tableur"):
        en_xlsx(Tableau(("a",), []))
