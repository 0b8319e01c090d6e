"""Every door: what the code opens is listed, with its bounds and with what attacks it (docs/explications/menaces.md)."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import segur_pha
from fuzz.cibles import CIBLES

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(segur_pha.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "explications" / "menaces.md"

#: What opens a file, a folder, a zip, a document or a database; a method or a function of that name.
OPENERS = {
    *("open", "read_bytes", "read_text", "ZipFile", "PdfReader", "connect", "create_engine"),
    *("iterdir", "scandir", "walk", "glob", "rglob", "listdir"),
    *("lire_jusqu_a", "octets_du_fichier", "octets_de"),
}
#: How a file of ours is made: nobody else's is read.
WRITING = {"x", "w", "xb", "wb"}


def opened(tree: ast.AST, scope: tuple[str, ...] = ()) -> Iterator[str]:
    """Give the name of each function that opens something."""
    for node in ast.iter_child_nodes(tree):
        inside = (*scope, node.name) if isinstance(node, ast.FunctionDef | ast.ClassDef) else scope
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = {a.value for a in node.args if isinstance(a, ast.Constant)}
            if name in OPENERS and not texts & WRITING:
                yield ".".join(inside)
        yield from opened(node, inside)


def doors() -> set[str]:
    return {
        f"{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}::{function}"
        for path in PACKAGE.rglob("*.py")
        for function in opened(ast.parse(path.read_text(encoding="utf-8")))
    }


def listed() -> dict[str, tuple[str, str]]:
    """Read the page: door → its bounds, and what attacks it."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition("## Every door\n")
    section, _, _ = section.partition("\n## ")
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    return {door: (bounds, attacked) for names, _, bounds, attacked in rows for door in re.findall(r"`(\S+)`", names)}


def test_every_door_has_its_row() -> None:
    assert doors() == set(listed())


def test_every_door_has_bounds_and_is_attacked() -> None:
    for door, (bounds, attacked) in listed().items():
        targets = set(re.findall(r"`(\S+)`", attacked))
        assert bounds, door
        assert targets <= set(CIBLES), door
        assert targets or attacked.startswith("ours"), door


def test_every_target_attacks_a_door() -> None:
    attacked = {target for _, cell in listed().values() for target in re.findall(r"`(\S+)`", cell)}
    assert set(CIBLES) - attacked == {"noms", "feuille", "flux"}  # a name is no file; the others lie inside one


def test_a_new_door_would_be_seen() -> None:
    source = """
class A:
    def lire(self):
        return Path("x").open("rb").read()
    def ecrire(self):
        Path("y").open("xb")
"""
    assert list(opened(ast.parse(source))) == ["A.lire"]
