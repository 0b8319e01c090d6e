"""The house as CONTRIBUTING draws it: imports keep to the floors of pyproject.toml; rooms and functions are short, or say why not."""

from __future__ import annotations

import ast
import errno
import importlib
import re
import socket
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import segur_pha
from segur_pha.courriels import examiner_courriel

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = Path(segur_pha.__file__).parent
REASONS, _, _ = (
    (ROOT / "docs" / "decisions" / "33-ce-qui-est-long.md").read_text(encoding="utf-8").partition("In the tests")
)
LINES_OF_A_ROOM, LINES_OF_A_SMALL_ROOM, LINES_OF_A_FUNCTION = 400, 60, 40


def modules() -> Iterator[tuple[str, ast.Module, int]]:
    """Give each module but the front door: its name, its tree, its lines."""
    for path in sorted(PACKAGE.rglob("*.py")):
        *parts, last = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts if last == "__init__" else [*parts, last])
        if name:
            source = path.read_text(encoding="utf-8")
            yield name, ast.parse(source), source.count("\n")


@cache
def parsed() -> dict[str, tuple[ast.Module, int]]:
    """Read the modules once, in the process that runs these tests."""
    return {name: (tree, lines) for name, tree, lines in modules()}


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Give each function and how many lines it does something in: not its signature, nor its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, sum((part.end_lineno or 0) - part.lineno + 1 for part in body)


def test_imports_run_downwards_and_in_no_circle(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from importlinter.cli import lint_imports  # which takes long, and one process runs this

    monkeypatch.chdir(ROOT)

    assert lint_imports(is_debug_mode=False, cache_dir=None) == 0, capsys.readouterr().out


def test_what_is_long_says_why() -> None:
    rooms = {f"{name.replace('.', '/')}.py" for name, (_, lines) in parsed().items() if lines > LINES_OF_A_ROOM}
    long = {
        f"{name.replace('.', '/')}.py::{function}"
        for name, (tree, _) in parsed().items()
        for function, lines in functions(tree)
        if lines > LINES_OF_A_FUNCTION
    }
    assert rooms | long == set(re.findall(r"^\| `([\w/.:]+)`", REASONS, re.MULTILINE))


def users() -> dict[str, set[str]]:
    """List who imports each room, at the top, for types or inside a function; the front door counts as one of them."""
    trees = {name: tree for name, (tree, _) in parsed().items()}
    trees[""] = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {name: set() for name in trees}
    for user, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("segur_pha"):
                room = (node.module or "").removeprefix("segur_pha").removeprefix(".")
                for named in {room, *(f"{room}.{alias.name}".lstrip(".") for alias in node.names)} & found.keys():
                    found[named].add(user)
    return found


def test_a_small_room_serves_several() -> None:
    # Commands, doors and packages are reached by their names.
    small = {name for name, (_, lines) in parsed().items() if lines < LINES_OF_A_SMALL_ROOM}
    assert {name: by for name, by in users().items() if name in small and len(by) == 1} == {}


def imported() -> set[str]:
    """List whatever the package imports, at the top or inside a function."""
    return {
        name
        for tree, _ in parsed().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }


def test_nothing_reaches_for_the_network() -> None:
    # Only SQLAlchemy connects, to the database that the caller names; and email-validator asks for MX records where
    # somebody says dns=True.
    network = {
        *("asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl", "urllib.request", "urllib3"),
        *("dns", "aiohttp", "telnetlib", "poplib", "imaplib", "xmlrpc", "socketserver"),
    }
    asked = imported()
    assert {"sqlalchemy", "email_validator"} <= asked
    assert {name for name in asked if name in network or name.split(".")[0] in network} == set()
    looks = [
        (name, ast.unparse(keyword.value))
        for name, (tree, _) in parsed().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "check_deliverability"
    ]
    assert looks == [("courriels", "dns")]


def test_an_address_is_looked_up_where_somebody_says_so_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Watched(socket.socket):
        def __init__(self, *_: object, **__: object) -> None:
            asked.append("socket")
            raise OSError(errno.ENETUNREACH, "no network here")

    monkeypatch.setattr(socket, "socket", Watched)
    for address in ("contact@editeur.fr", "éric@éditeur.fr", "x@", "jean.martin@gmial.com", "a@b.example"):
        examiner_courriel(address)
    assert asked == []
    examiner_courriel("contact@editeur.fr", dns=True)
    assert asked


def test_links_are_followed_in_one_place() -> None:
    # Path.resolve raises RuntimeError where links form a loop, before Python 3.13.
    follow = {
        name
        for name, (tree, _) in parsed().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"resolve", "realpath"}
    }
    assert follow == {"fichiers"}


def test_nothing_starts_another_program_than_our_own_workers() -> None:
    starters = {"system", "popen", "Popen", "startfile", "execv", "execve", "spawnv", "posix_spawn", "fork", "run"}
    started = {
        (name, ast.unparse(node.args[0]))
        for name, (tree, _) in parsed().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in starters
        # A context of variables runs functions, and no program.
        if node.func.attr != "run" or ast.unparse(node.func.value) == "subprocess"
    }
    assert [name for name, _ in started] == ["depot.ouvriers"]
    assert all(command.startswith("[sys.executable, '-P', ") for _, command in started)


# --- Waves: one folder each, which alone names balises --------------------------------------------------------------------

WAVE = re.compile(r"segur_pha\.vagues\.\w+")
#: Outside a wave's folder: the doors that show wave 1's names, and the commands and files that only wave 1 has.
ROOMS_OF_WAVE_1 = {
    "segur_pha",
    "vagues",
    "demonstration",
    "strategies",
    "cli.avance",
    "cli.demo",
    "cli.operateurs",
}
#: Plain French too, and the trade's word for a number that more than one balise holds: a sentence with it names no balise.
WORDS = {"commande", "SIRET"}
#: Strings that name a balise of wave 1 outside its folder, and why they may.
NAMED = {
    # Values that programs read since the first version; the sentences beside them name the balise of the wave at hand.
    ("portail", "numeroASP double"),
    ("portail", "numeroASP oublié"),
    ("retour.ecarts", "numeroASP double"),
    ("retour.ecarts", "numeroASP connu"),
    # The number itself, in a message on its key and in what a certificate's subject says.
    ("identifiants", "SIRET"),
    ("certificats.natures", "SIRET"),
}


def in_a_wave(name: str) -> bool:
    return name.startswith("vagues.")


def strings(tree: ast.Module) -> Iterator[str]:
    """Give each string of a module, parts of f-strings included and docstrings left out."""
    scopes = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, scopes) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_no_balise_is_named_outside_the_folder_of_its_wave() -> None:
    tags = {rangee.nom for rangee in segur_pha.VA1.balises}
    alone = re.compile(rf"/?(?:{'|'.join(WORDS)})(?:/.*)?")
    named = {
        (name, text)
        for name, (tree, _) in parsed().items()
        if not in_a_wave(name)
        for text in strings(tree)
        if tags.intersection(re.findall(r"\w+", text)) - WORDS or alone.fullmatch(text)
    }
    assert named == NAMED
    assert len(named) <= 12


def test_few_rooms_know_a_wave_by_its_name() -> None:
    front = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    trees = {"segur_pha": front, **{name: tree for name, (tree, _) in parsed().items() if not in_a_wave(name)}}
    rooms = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and WAVE.match(node.module or "")
    }
    assert rooms == ROOMS_OF_WAVE_1
    assert len(rooms) <= 8


def test_no_two_public_classes_share_a_name() -> None:
    homes: dict[str, list[str]] = {}
    for name, (tree, _) in parsed().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(name)
    assert {name: rooms for name, rooms in homes.items() if len(rooms) > 1} == {}


def _names(tree: ast.Module) -> set[str]:
    """Give what a module defines for others: classes and functions without an underscore."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")}


def _listed(module: str) -> set[str]:
    return {*getattr(importlib.import_module(module), "__all__", ())}


def test_whatever_a_module_has_for_others_is_in_its_list() -> None:
    for name, (tree, _) in parsed().items():
        if name != "__main__":
            assert _names(tree) <= _listed(f"segur_pha.{name}"), name


IMPORTED = re.compile(r"^\s*(?:>>> )?from (segur_pha[\w.]*) import (\([^)]*\)|[^\n(]*)", re.MULTILINE)


def test_what_the_documents_import_is_in_the_list_of_where_they_import_it_from() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.py")]
    found = {
        (door, name.strip().split(" as ")[0])
        for page in pages
        if "_build" not in page.parts
        for door, names in IMPORTED.findall(page.read_text("utf-8"))
        for name in re.split(r"[,\n]", re.sub(r"#.*", "", names.strip("()")))
        if name.strip()
    }
    assert len(found) > 60
    assert {(door, name) for door, name in found if name not in _listed(door)} == set()
