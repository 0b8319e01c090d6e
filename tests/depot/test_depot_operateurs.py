"""The quick way of looking at the operators of a page only errs by doubting: what it lets pass, the plain way lets pass."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pypdf import apply_configuration

from segur_pha.depot.pages import exiger_des_operateurs, sont_ordinaires
from segur_pha.depot.texte_pdf import bornes_du_pdf

OPERANDS = [
    "0",
    "12",
    "-.5",
    "+3.",
    "40.25",
    "/F1",
    "/Im_0.a",
    "(Bon)",
    "()",
    "(1 0 R)",
    "[(B) -20 (on)]",
    "<4242>",
    "<</MCID 0>>",
]
OPERATORS = [
    "BT",
    "ET",
    "q",
    "Q",
    "Tf",
    "Td",
    "Tj",
    "TJ",
    "T*",
    "'",
    '"',
    "re",
    "cm",
    "rg",
    "Do",
    "BDC",
    "EMC",
    "BX",
    "EX",
    "f*",
]
WORDS = st.one_of(
    st.sampled_from([*OPERANDS, *OPERATORS]),
    st.sampled_from(
        ["R", "BI", "ID", "EI", "xyz", "true", "null", "% note", "\\", "(a(b)c)", "(a", "1 0 R", "--5", "1.2.3", "#"]
    ),
    st.text(st.characters(max_codepoint=255), max_size=4),
)


def let_pass(content: bytes) -> bool:
    try:
        with apply_configuration(bornes_du_pdf()):
            exiger_des_operateurs(content)
    except Exception:  # noqa: BLE001 - whatever pypdf says of what it cannot read
        return False
    return True


@given(
    st.lists(WORDS, max_size=12),
    st.sampled_from([" ", "\n", "\r\n", "  ", "", "\0", "\f"]),
    st.sampled_from(["", " ", "\n"]),
)
def test_the_quick_way_lets_no_operators_pass_that_the_plain_one_refuses(
    words: list[str], blank: str, end: str
) -> None:
    content = (end + blank.join(words) + end).encode("latin-1")
    assert let_pass(content) or not sont_ordinaires(content)


@st.composite
def operations(draw: st.DrawFn) -> str:
    """Draw an operator behind as many operands as it needs, or more."""
    number = {"Tf": 2, "Td": 2, "Tj": 1, "'": 1, "re": 4, "cm": 6, "rg": 3, "Do": 1, '"': 3}
    operator = draw(st.sampled_from([*number, "BT", "ET", "q", "Q", "T*", "f*", "W"]))
    wanted = number.get(operator, 0)
    return " ".join([*draw(st.lists(st.sampled_from(OPERANDS[:10]), min_size=wanted, max_size=wanted + 1)), operator])


@given(st.lists(operations(), max_size=8))
def test_plain_operators_need_no_plain_way(written: list[str]) -> None:
    content = "\n".join(written).encode()
    assert sont_ordinaires(content)
    assert let_pass(content)


def test_what_pypdf_would_count_is_left_to_it() -> None:
    """However many words there are, the quick way takes no more of them than pypdf may read."""
    budget = bornes_du_pdf().stream_parsing_work_maximum_count
    few, many = b"q " * (budget // 2), b"q " * (budget + 1)
    assert (sont_ordinaires(few), let_pass(few)) == (True, True)
    assert (sont_ordinaires(many), let_pass(many)) == (False, False)
