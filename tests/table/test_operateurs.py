"""The 355 operators of section 4, against the text of the guide itself."""

from __future__ import annotations

import difflib
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segur_pha import Operateur, chercher_operateurs, controler, operateur, operateurs
from segur_pha.vagues.va1.operateurs import code_le_plus_proche
from tests.outils import LIGNE, demande, fautes, fichier, modifier, octets

#: Section 4 as the guide's text has it: one line per operator, apostrophes doubled, page numbers and footers left out.
SECTION_4 = (Path(__file__).parent / "section_4.txt").read_text(encoding="utf-8").splitlines()


def rows_of_the_guide() -> list[Operateur]:
    """Cut each line after the digits of its code (a code may hold a blank, so the blank cannot cut)."""
    rows = []
    for rank, line in enumerate(SECTION_4, start=1):
        code, mark, libelle = line.partition(f"_{rank} ")
        rows.append(Operateur(code + mark.rstrip(), libelle.replace("''", "'")))
    return rows


def test_the_list_is_the_guides_in_its_order() -> None:
    assert len(SECTION_4) == 355
    assert list(operateurs()) == rows_of_the_guide()


def test_the_codes_end_with_their_rank_and_are_all_different() -> None:
    assert [int(o.code.rpartition("_")[2]) for o in operateurs()] == list(range(1, 356))
    assert len({o.libelle for o in operateurs()}) == 355


def test_doubled_apostrophes_are_single_ones() -> None:
    assert operateur("CH _20") == Operateur("CH _20", "CH REGIONAL D'ORLEANS")
    assert not [o for o in operateurs() if "''" in o.libelle]


def test_all_355_codes_are_accepted_as_printed() -> None:
    lignes = [
        modifier(demande(k, f"{k:05}"), "/scenarioInstallation/operateurMessagerie", o.code)
        for k, o in enumerate(operateurs(), start=1)
    ]
    for debut in (0, 155):
        lot = [modifier(ligne, "/numLigne", k) for k, ligne in enumerate(lignes[debut : debut + 200], start=1)]
        assert controler(octets(fichier(*lot))).tout_accepte
    assert len(lignes) == 355


def test_every_operator_is_found_by_its_code_even_badly_typed() -> None:
    assert [operateur(o.code) for o in operateurs()] == list(operateurs())
    assert [code_le_plus_proche(o.code.replace(" ", "").lower()) for o in operateurs()] == [
        o.code for o in operateurs()
    ]


@pytest.mark.parametrize("o", operateurs()[19::30], ids=lambda o: o.code)
def test_an_operator_is_found_first_by_its_code_or_its_name(o: Operateur) -> None:
    assert chercher_operateurs(o.code.lower())[0] == o
    assert chercher_operateurs(o.libelle.lower())[0] == o


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CH_20", "CH _20"),
        ("ch _20", "CH _20"),
        ("CH  _20", "CH _20"),
        ("CH\u00a0_20", "CH _20"),
        ("mai_15", "MAI_15"),
        ("HOP_302", "HÔP_302"),
        ("GH_290", "GH _290"),
    ],
)
def test_a_code_that_is_not_as_printed_is_refused_with_the_near_miss(typed: str, meant: str) -> None:
    chemin = f"{LIGNE}/scenarioInstallation/operateurMessagerie"
    rapport = controler(octets(modifier(fichier(), chemin, typed)))
    assert fautes(rapport) == [("3005", chemin)]
    assert f"« {meant} »" in rapport.lignes[0].libelle_traitement


def test_a_code_like_no_other_is_refused_without_a_guess() -> None:
    rapport = controler(octets(modifier(fichier(), f"{LIGNE}/scenarioInstallation/operateurMessagerie", "zzz")))
    assert rapport.lignes[0].code_traitement == "3005"
    assert "vouliez-vous" not in rapport.lignes[0].libelle_traitement
    assert operateur("zzz") is None
    # Half alike is not enough: the rank is what tells operators apart.
    assert [code_le_plus_proche(code) for code in ("MAI_99", "HOP_999", "MAIL")] == [None] * 3


@pytest.mark.parametrize(
    ("search", "first"),
    [
        ("hopital foch", "HÔP_302"),
        ("HÔPITAL FOCH", "HÔP_302"),
        ("foch", "HÔP_302"),
        ("bordeaux chu", "CHU_244"),
        ("jacques coeur", "CH _119"),
        ("JACQUES CŒUR", "CH _119"),
        ("jacques cœur", "CH _119"),
        ("aural", "AUR_65"),
        ("chu de nice", "CHU_248"),
        ("d'orleans", "CH _20"),
        ("mailis", "MAI_15"),
        ("francois chenieux", "CLI_260"),
        ("355", "SOI_355"),
    ],
)
def test_searching_puts_the_best_match_first(search: str, first: str) -> None:
    assert chercher_operateurs(search)[0].code == first


@pytest.mark.parametrize("search", ["CH 20", "ch_20", "CH-20", "ch20", "CH _20"])
def test_a_code_is_found_whatever_stands_between_its_parts(search: str) -> None:
    assert chercher_operateurs(search)[0].code == "CH _20"


@pytest.mark.parametrize("search", ["st etienne", "Saint-Étienne", "ST-ETIENNE", "saint etienne", "St. Etienne"])
def test_saint_is_found_however_it_is_written(search: str) -> None:
    assert "CHU DE SAINT ETIENNE" in [o.libelle for o in chercher_operateurs(search)]


def test_whole_words_come_before_parts_of_words_and_ties_keep_the_guides_order() -> None:
    found = [o.libelle for o in chercher_operateurs("sens")]
    assert found[0] == "CH SENS"
    assert [o.code for o in chercher_operateurs("e-sante")] == ["GCS_13", "GCS_25"]


def test_a_near_miss_is_no_answer_where_a_part_of_a_name_or_of_a_code_is() -> None:
    holders = [o for o in operateurs() if "MAI" in o.code or "MAI" in o.libelle]
    assert len(holders) == 3
    assert list(chercher_operateurs("mai")) == holders
    # One answer is enough, though « SAINTE » and « MARTIN » are near.
    assert [o.code for o in chercher_operateurs("saintonge")] == ["CEN_22"]
    assert [o.code for o in chercher_operateurs("martinique")] == ["GCS_11"]


@pytest.mark.parametrize("search", ["", "  ", "\u00a0\n", "qxzwv"])
def test_a_search_that_finds_nothing_gives_nothing(search: str) -> None:
    assert chercher_operateurs(search) == ()


@settings(max_examples=10)
@given(st.text(max_size=12))
def test_no_search_breaks_it(search: str) -> None:
    assert set(chercher_operateurs(search)) <= set(operateurs())
    assert code_le_plus_proche(search) in {None, *(o.code for o in operateurs())}


@pytest.mark.parametrize("search", ["saint etienne", "a" * 1_000_000])
def test_what_is_found_or_far_from_every_name_is_not_compared_letter_by_letter(
    monkeypatch: pytest.MonkeyPatch, search: str
) -> None:
    monkeypatch.setattr(difflib, "SequenceMatcher", mock.Mock(side_effect=AssertionError))
    chercher_operateurs(search)
