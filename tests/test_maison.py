"""The house as CONTRIBUTING draws it: imports run downwards and in no circle; rooms and functions are short, or say why not."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import segur_pha

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = Path(segur_pha.__file__).parent
REASONS, _, _ = (
    (ROOT / "docs" / "decisions" / "33-ce-qui-est-long.md").read_text(encoding="utf-8").partition("In the tests")
)
#: From the ground to the roof.
FLOORS = [
    "portes",
    "erreurs",
    "identifiants",
    "courriels",
    "classeurs",
    "fichiers",
    "rapports",
    "specification",
    "echange",
    "controle",
    "retour",
    "depot",
    "registre",
    "portail",
    "anonymiser",
    "demonstration",
    "certificats",
    "strategies",
    "cli",
    "__main__",
]
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


def imported(part: ast.AST) -> Iterator[str]:
    """Give what a module imports when it runs, wherever that stands; a report that draws itself for a notebook may look up."""
    for node in ast.iter_child_nodes(part):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("segur_pha."):
            origin = str(node.module).removeprefix("segur_pha.")
            yield from (whole if (whole := f"{origin}.{name.name}") in MODULES else origin for name in node.names)
        elif getattr(node, "name", "") != "_repr_html_":
            yield from imported(node)


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Give each function and how many lines it does something in: not its signature, nor its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, sum((part.end_lineno or 0) - part.lineno + 1 for part in body)


def test_every_import_runs_downwards() -> None:
    assert {name.split(".")[0] for name in MODULES} == set(FLOORS)
    upwards = [
        (name, other)
        for name, (tree, _) in MODULES.items()
        for other in imported(tree)
        if FLOORS.index(other.split(".")[0]) > FLOORS.index(name.split(".")[0])
    ]
    assert upwards == []


def test_no_imports_go_round_in_a_circle() -> None:
    # A package's door is asked for by whoever looks into it.
    graph = {name: {other for other in imported(tree) if other != name} for name, (tree, _) in MODULES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) >= len(MODULES)


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
