"""The house as CONTRIBUTING draws it: imports keep to the floors of pyproject.toml; rooms and functions are short, or say why not."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from importlinter.cli import lint_imports

import segur_pha

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = Path(segur_pha.__file__).parent
REASONS, _, _ = (
    (ROOT / "docs" / "decisions" / "33-ce-qui-est-long.md").read_text(encoding="utf-8").partition("In the tests")
)
LINES_OF_A_ROOM, LINES_OF_A_FUNCTION = 400, 40


def modules() -> Iterator[tuple[str, ast.Module, int]]:
    """Give each module but the front door: its name, its tree, its lines."""
    for path in sorted(PACKAGE.rglob("*.py")):
        *parts, last = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts if last == "__init__" else [*parts, last])
        if name:
            source = path.read_text(encoding="utf-8")
            yield name, ast.parse(source), source.count("\n")


MODULES = {name: (tree, lines) for name, tree, lines in modules()}


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Give each function and how many lines it does something in: not its signature, nor its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, sum((part.end_lineno or 0) - part.lineno + 1 for part in body)


def test_imports_run_downwards_and_in_no_circle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports(is_debug_mode=False, cache_dir=None) == 0, capsys.readouterr().out


def test_what_is_long_says_why() -> None:
    rooms = {f"{name.replace('.', '/')}.py" for name, (_, lines) in MODULES.items() if lines > LINES_OF_A_ROOM}
    long = {
        f"{name.replace('.', '/')}.py::{function}"
        for name, (tree, _) in MODULES.items()
        for function, lines in functions(tree)
        if lines > LINES_OF_A_FUNCTION
    }
    assert rooms | long == set(re.findall(r"^\| `([\w/.:]+)`", REASONS, re.MULTILINE))


def test_nothing_reaches_for_the_network() -> None:
    # Only SQLAlchemy connects, to the database that the caller names.
    network = {
        "asyncio",
        "ftplib",
        "http",
        "httpx",
        "requests",
        "smtplib",
        "socket",
        "ssl",
        "urllib.request",
        "urllib3",
    }
    asked = {
        name
        for tree, _ in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert "sqlalchemy" in asked
    assert {name for name in asked if name in network or name.split(".")[0] in network} == set()
