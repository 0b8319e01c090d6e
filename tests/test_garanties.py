"""docs/explications/garanties.md promises what a test shows: each point names one, and each of them exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROMISES, _, OTHERS = (
    (ROOT / "docs" / "explications" / "garanties.md").read_text(encoding="utf-8").partition("## What is not promised")
)
POINTS = re.split(r"^- ", PROMISES, flags=re.MULTILINE)[1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def functions_of(path: str) -> set[str]:
    """List the test functions of a file without importing it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_promise_names_a_test_that_exists() -> None:
    assert len(POINTS) > 20
    for point in POINTS:
        named = NAMED.findall(point)
        assert named, point
        assert [name for path, name in named if name not in functions_of(path)] == []


def test_a_name_that_was_mistyped_would_be_seen() -> None:
    assert PROMISES.count("::test_") == len(NAMED.findall(PROMISES))
    assert "tests/" not in OTHERS
