"""The pages of promises promise what a test shows: each point names one, and each of them exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "explications"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def between(page: str, start: str, end: str) -> str:
    """Give the part of a page from one line to another."""
    text = (PAGES / page).read_text(encoding="utf-8")
    assert start in text
    return text.partition(start)[2].partition(end)[0]


#: page → the part that promises, and how its points begin.
PROMISES = {
    "garanties.md": (between("garanties.md", "\n", "## What is not promised"), "- "),
    "menaces.md": (between("menaces.md", "| threat | guard | test |\n|---|---|---|\n", "\n\n"), "| "),
    "donnees-personnelles.md": (between("donnees-personnelles.md", "What holds each of these:\n", "\n## "), "- "),
}
POINTS = [
    (page, point)
    for page, (part, mark) in PROMISES.items()
    for point in re.split(f"^{re.escape(mark)}", part, flags=re.MULTILINE)[1:]
]


@cache
def functions_of(path: str) -> set[str]:
    """List the test functions of a file without importing it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_promise_names_a_test_that_exists() -> None:
    assert len(POINTS) > 45
    for page, point in POINTS:
        named = NAMED.findall(point)
        # A page may leave a point to another one, which is looked at likewise.
        elsewhere = [other for other in PROMISES if f"]({other})" in point and other != page]
        assert named or elsewhere, point
        assert [name for path, name in named if name not in functions_of(path)] == []


@pytest.mark.parametrize("page", PROMISES)
def test_a_name_that_was_mistyped_would_be_seen(page: str) -> None:
    part, _ = PROMISES[page]
    assert part.count("::test_") == len(NAMED.findall(part))
    assert "`tests/" not in (PAGES / page).read_text(encoding="utf-8").replace(part, "")
