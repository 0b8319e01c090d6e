from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from math import floor
from string import ascii_letters, digits

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mesure import USUAL, examples

from segur_pha import (
    FormatFichier,
    NomFichierJSON,
    NomInvalide,
    NomPiece,
    RegimeTVA,
    TypeFichier,
    avance,
    chercher_operateurs,
    operateur,
    operateurs,
)
from segur_pha.vagues.va1.operateurs import code_le_plus_proche

ALPHANUMERICS = ascii_letters + digits
PIECES = st.builds(
    NomPiece,
    type_fichier=st.sampled_from(TypeFichier),
    numero_editeur=st.text(ALPHANUMERICS, min_size=5, max_size=5),
    format_fichier=st.sampled_from(FormatFichier),
)
FILES = st.builds(
    NomFichierJSON,
    numero_ans=st.text(ALPHANUMERICS, min_size=10, max_size=10),
    jour=st.dates(),
    numero=st.integers(1, 999),
)
INTRUDERS = st.sampled_from(
    ["", "\n", "\r", "\x00", "/", "\\", "..", " ", ".", "-", "0", "a", "Z", "é", "\u0663", "\u202e"]
)


@st.composite
def damaged(draw: st.DrawFn, names: st.SearchStrategy[NomPiece | NomFichierJSON]) -> tuple[str, str]:
    """Draw a name, and the same with one place changed, taken away or put in."""
    text = str(draw(names))
    place = draw(st.integers(0, len(text)))
    return text, text[:place] + draw(INTRUDERS) + text[place + draw(st.integers(0, 1)) :]


def accepts(kind: type[NomPiece | NomFichierJSON], text: str) -> bool:
    try:
        return str(kind.lire(text)) == text
    except NomInvalide:
        return False


@USUAL
@given(PIECES)
def test_the_name_of_a_document_says_and_reads_the_same(name: NomPiece) -> None:
    code = {"BON_COMMANDE": "BDC", "PREUVE_HT": "HT"}[name.type_fichier]
    assert str(name) == f"PHA-LGO-Va1-{code}-{name.numero_editeur}.{name.format_fichier.value.lower()}"
    assert NomPiece.lire(str(name)) == name


@USUAL
@given(FILES)
def test_the_name_of_a_file_says_and_reads_the_same(name: NomFichierJSON) -> None:
    day = f"{name.jour.year:04}{name.jour.month:02}{name.jour.day:02}"
    assert str(name) == f"JSON-{name.numero_ans}-{day}-{name.numero:03}.json"
    assert NomFichierJSON.lire(str(name)) == name


def is_a_document(text: str) -> bool:
    """Take a name apart by hand, from section 3.3."""
    head, _, extension = text.partition(".")
    parts = head.split("-")
    return (
        extension in {"pdf", "png", "jpg"}
        and parts[:3] == ["PHA", "LGO", "Va1"]
        and len(parts) == 5
        and parts[3] in {"BDC", "HT"}
        and len(parts[4]) == 5
        and set(parts[4]) <= set(ALPHANUMERICS)
    )


def is_a_file(text: str) -> bool:
    parts = text.removesuffix(".json").split("-")
    if not text.endswith(".json") or [len(part) for part in parts] != [4, 10, 8, 3]:
        return False
    if parts[0] != "JSON" or not set(parts[1]) <= set(ALPHANUMERICS) or not set(parts[2] + parts[3]) <= set(digits):
        return False
    try:
        date(int(parts[2][:4]), int(parts[2][4:6]), int(parts[2][6:]))
    except ValueError:
        return False
    return parts[3] != "000"


@USUAL
@given(damaged(PIECES))
@example(("", "PHA-LGO-Va1-BDC-00001.PDF"))
@example(("", "PHA-LGO-Va1-BDC-00001.pdf\n"))
def test_a_damaged_name_of_a_document_is_refused_unless_it_is_another_name(texts: tuple[str, str]) -> None:
    assert accepts(NomPiece, texts[1]) == is_a_document(texts[1])


@USUAL
@given(damaged(FILES))
@example(("", "JSON-ANS0000001-20220231-001.json"))
@example(("", "JSON-ANS0000001-20221115-000.json"))
@example(("", "JSON-ANS0000001-20221115-001.json\n"))
@example(("", "XSON-ANS0000001-20221115-001.json"))
def test_a_damaged_name_of_a_file_is_refused_unless_it_is_another_name(texts: tuple[str, str]) -> None:
    assert accepts(NomFichierJSON, texts[1]) == is_a_file(texts[1])


@USUAL
@given(st.text())
def test_any_other_text_is_no_name(text: str) -> None:
    assert accepts(NomPiece, text) == is_a_document(text)
    assert accepts(NomFichierJSON, text) == is_a_file(text)


# --- The advance, against exact fractions ---------------------------------------------------------------------------------


def to_the_cent(amount: Fraction) -> Fraction:
    """Round half up, for amounts that are not negative."""
    return Fraction(floor(amount * 100 + Fraction(1, 2)), 100)


@USUAL
@given(
    cents=st.integers(0, 10**30) | st.integers(0, 100_000),
    regime=st.sampled_from(RegimeTVA),
    precision=st.integers(1, 60),
    as_text=st.booleans(),
)
@example(cents=70_833, regime=RegimeTVA.TTC, precision=28, as_text=True)
def test_the_advance_is_that_of_exact_fractions_whatever_the_callers_decimal_context(
    cents: int, regime: RegimeTVA, precision: int, *, as_text: bool
) -> None:
    text = f"{cents // 100}.{cents % 100:02}"
    with localcontext(Context(prec=precision)):
        result = avance(text if as_text else Decimal(text), regime)
    with_tax = to_the_cent(Fraction(cents, 100) * Fraction(120, 100))
    base = with_tax if regime == "TTC" else Fraction(cents, 100)
    assert Fraction(result.montant_ht) == Fraction(cents, 100)
    assert Fraction(result.montant_ttc) == with_tax
    assert Fraction(result.base) == base
    assert Fraction(result.montant) == to_the_cent(base * Fraction(30, 100))
    assert {value.as_tuple().exponent for value in (result.montant_ht, result.montant_ttc, result.montant)} == {-2}


@USUAL
@given(cents=st.integers(0, 10**9), percent=st.tuples(st.integers(0, 100), st.integers(0, 100)))
def test_the_rate_and_the_share_are_the_callers(cents: int, percent: tuple[int, int]) -> None:
    taux, part = (Decimal(n).scaleb(-2) for n in percent)
    result = avance(Decimal(cents).scaleb(-2), "TTC", taux=taux, part=part)
    with_tax = to_the_cent(Fraction(cents, 100) * (1 + Fraction(percent[0], 100)))
    assert Fraction(result.montant_ttc) == with_tax
    assert Fraction(result.montant) == to_the_cent(with_tax * Fraction(percent[1], 100))


# --- Operators -----------------------------------------------------------------------------------------------------------


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def test_every_code_finds_its_operator_and_every_slip_of_it_is_set_right() -> None:
    codes = [one.code for one in operateurs()]
    assert len(set(codes)) == 355
    for one in operateurs():
        assert operateur(one.code) == one
        for slip in (one.code.lower(), one.code.replace(" ", ""), f" {one.code}\n", one.code.replace("_", " _")):
            assert code_le_plus_proche(slip) == one.code


@examples(5, 355)
@given(st.sampled_from(operateurs()), st.sampled_from([str, str.lower, str.upper, without_accents, "  {}  ".format]))
def test_an_operator_is_found_first_by_its_code_and_by_its_name(one: object, spell: object) -> None:
    assert chercher_operateurs(spell(one.code))[0] == one
    namesakes = [other for other in operateurs() if other.libelle == one.libelle]
    assert chercher_operateurs(spell(one.libelle))[0] in namesakes


@examples(5, 355)
@given(st.text(max_size=12))
def test_any_search_answers_with_operators_each_once(text: str) -> None:
    found = chercher_operateurs(text)
    assert len(set(found)) == len(found)
    assert set(found) <= set(operateurs())


@pytest.mark.parametrize("text", ["", " ", "\u0301"])
def test_a_search_for_nothing_finds_nothing(text: str) -> None:
    assert chercher_operateurs(text) == ()
