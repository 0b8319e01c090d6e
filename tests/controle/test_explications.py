"""What each code means: its examples break the example file exactly as the code says, in every wave that has one."""

from __future__ import annotations

import re
from datetime import date

import pytest

from segur_pha import VA1, controler, en_json
from segur_pha.controle.explications import Exemple, Explication, explications
from segur_pha.vagues.va1.exemples import fichier_explique
from tests.vagues.inventee import INVENTEE

TEXT = en_json(fichier_explique()).decode()
ROWS = {b.nom: b for b in VA1.balises}
CODES = [e for e in explications().values() if e.code.isdigit()]
ADVICE = [e for e in explications().values() if not e.code.isdigit() and e.exemples]
#: No piece of a file shows that nothing is wrong.
WITHOUT = {"0000"}


def broken(example: Exemple) -> list[str]:
    """Put the wrong piece in the place of the right one; blanks are free and « … » is whatever stands there."""
    right = r"\s*".join(map(re.escape, re.findall(r'"[^"]*"|[^\s"]', example.juste))).replace("…", "(.{rest})")
    texts = []
    for rest in (".*?", ".*"):
        match = re.search(right.replace(".{rest}", rest), TEXT, re.DOTALL)
        assert match, example.juste
        inside = match.groups()[0] if match.groups() else ""
        texts.append(TEXT[: match.start()] + example.faux.replace("…", inside) + TEXT[match.end() :])
    return texts


def codes_of(text: str) -> set[str]:
    report = controler(text)
    return {a.code for a in report.anomalies_fichier} | {
        line.code_traitement for line in report.lignes if not line.acceptee
    }


def test_the_example_file_is_right() -> None:
    assert controler(TEXT).tout_accepte


@pytest.mark.parametrize("explication", CODES, ids=lambda e: e.code)
def test_a_wrong_example_gives_its_code_where_the_right_one_stood(explication: Explication) -> None:
    assert bool(explication.exemples) is (explication.code not in WITHOUT)
    for example in explication.exemples:
        assert any(explication.code in codes_of(text) for text in broken(example)), example


def test_every_code_of_the_catalogue_and_every_advice_is_explained_in_whole_sentences() -> None:
    assert [e.code for e in CODES] == [entry.code for entry in VA1.catalogue]
    for explication in explications().values():
        for words in (explication.controle, explication.guide, explication.origine):
            assert re.fullmatch(r"[«A-ZÀÉL].*[.]", words), words


@pytest.mark.parametrize("explication", [e for e in CODES if e.balise and e.code[2:] < "06"], ids=lambda e: e.code)
def test_the_guide_is_quoted_with_its_section_and_its_format(explication: Explication) -> None:
    row = ROWS[explication.balise]
    assert f"Section {row.section}" in explication.guide
    assert (row.imprime in explication.guide) is (row.imprime != "N/A")
    assert "segur_pha" in explication.origine
    assert row.nom in explication.libelle


def test_a_code_of_the_header_refuses_the_file_and_one_of_a_line_the_line() -> None:
    header, line = explications()["0303"], explications()["2303"]
    assert not controler(broken(header.exemples[0])[0]).recevable
    assert controler(broken(line.exemples[0])[0]).recevable


@pytest.mark.parametrize("explication", ADVICE, ids=lambda e: e.code)
def test_a_wrong_example_of_advice_earns_it(explication: Explication) -> None:
    (example,) = explication.exemples

    def times(text: str) -> int:
        report = controler(text, jour=date(2022, 11, 15))
        assert report.tout_accepte
        return [advice.id for advice in report.conseils].count(explication.code)

    assert any(times(text) > times(TEXT) for text in broken(example))


def test_advice_says_how_it_is_silenced_and_that_it_rejects_nothing() -> None:
    advice = explications()["finess-cle"]
    assert "--sans finess-cle" in advice.controle
    assert "ne rejette rien" in advice.controle


def test_a_wave_without_an_example_file_is_explained_all_the_same() -> None:
    invented = explications(INVENTEE)
    assert [code for code in invented if code.isdigit()] == [entry.code for entry in INVENTEE.catalogue]
    assert not any(e.exemples for e in invented.values())
    assert ADVICE
    assert "format non imprimé" in invented["1203"].guide
    assert invented["1607"].guide == "Le guide n’en dit rien."
