"""Absolute sentences of the README and the documentation: each is held by a test, or was chosen and says where.

A sentence with one of the words below stands beside the name of a test, or of the decision that chose it, or it is listed in
``phrases_absolues.toml`` with the test that fails when it is no longer true.  Whoever writes a new one qualifies it or adds a line.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.test_garanties import functions_of

ROOT = Path(__file__).parents[1]
ABSOLUTE = re.compile(
    r"\b(never|always|exactly|guaranteed|in no case|cannot be wrong|jamais|toujours|exactement|en aucun cas|garanti)\b",
    re.IGNORECASE,
)
#: Pages of which no sentence is written by hand, or which say what was chosen and why.
NOT_OURS = ("docs/decisions/", "docs/reference/", "docs/exemples/")
PAGES = [
    "README.md",
    "docs/reference/cli.md",
    *sorted(
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "docs").rglob("*.md")
        if not path.relative_to(ROOT).as_posix().startswith((*NOT_OURS, "docs/_build"))
    ),
]
HELD_BESIDE = re.compile(r"`tests/[\w/]+\.py::test_\w+`|decisions/\d+-|\{doc\}`\d+-")
LISTED: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "phrases_absolues.toml").read_text(encoding="utf-8")
)


def paragraphs(text: str) -> list[str]:
    """Cut a page into paragraphs, points and rows of tables; code, comments and what is derived are left out."""
    for unread in (r"<!-- (?:aide|sortie): .*?<!-- fin -->", r"```.*?```", r"<!--.*?-->", r"\A---.*?\n---"):
        text = re.sub(unread, "\n\n", text, flags=re.DOTALL)
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n|\n(?=[-|#*] ?)", text) if part.strip()]


def sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-ZÀÉ«`*\[])", paragraph)


def absolute(page: str) -> list[str]:
    """Give the absolute sentences of a page that nothing holds where they stand."""
    return [
        sentence
        for paragraph in paragraphs((ROOT / page).read_text(encoding="utf-8"))
        if not HELD_BESIDE.search(paragraph)
        for sentence in sentences(paragraph)
        if ABSOLUTE.search(sentence)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_each_absolute_sentence_is_held_by_a_test(page: str) -> None:
    loose = [s for s in absolute(page) if not any(start in s for start in LISTED.get(page, {}))]
    assert loose == [], "qualify it, or name the test that holds it in tests/phrases_absolues.toml"


def test_the_list_names_sentences_that_stand_and_tests_that_exist() -> None:
    assert set(LISTED) <= set(PAGES)
    for page, held in LISTED.items():
        found = absolute(page)
        for words, test in held.items():
            assert any(words in sentence for sentence in found), f"{page} says no more: {words}"
            path, name = test.split("::")
            assert name in functions_of(path), test


def test_an_absolute_sentence_would_be_seen() -> None:
    page = "Never mind.\n\n```text\nnever\n```\n\n| a | It is always so. |\n\nHeld, never lost: `tests/test_x.py::test_y`.\n"
    kept = [p for p in paragraphs(page) if not HELD_BESIDE.search(p)]
    assert [s for p in kept for s in sentences(p) if ABSOLUTE.search(s)] == ["Never mind.", "| a | It is always so. |"]
