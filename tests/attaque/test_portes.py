"""Every door: what the code opens is listed, with its bounds and with what attacks it (docs/explications/menaces.md)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import segur_pha
from fuzz.cibles import CIBLES

PACKAGE = Path(segur_pha.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "explications" / "menaces.md"

#: What opens a file, a folder, a zip, a document, a database, another program or the network, whether it is called here or given
#: to something that calls it.
OPENERS = {
    *("open", "fdopen", "FileIO", "read_bytes", "read_text", "mmap", "file_digest", "fromfile", "loadtxt", "FileInput"),
    *("ZipFile", "PyZipFile", "is_zipfile", "TarFile", "is_tarfile", "unpack_archive"),
    *("GzipFile", "BZ2File", "LZMAFile", "load_workbook", "PdfReader", "read_csv", "read_excel"),
    *("copyfile", "copyfileobj", "copytree", "sendfile", "copy_file_range"),
    *("connect", "create_engine", "Connection", "deserialize"),
    *("iterdir", "scandir", "walk", "fwalk", "glob", "iglob", "rglob", "listdir"),
    *("stdin", "__stdin__", "input", "getpass"),
    *("Popen", "popen", "check_output", "system", "urlopen", "urlretrieve", "create_connection", "HTTPSConnection"),
}
#: Our own functions that open what their caller names, up to a size that it says.
OURS = {"lire_jusqu_a", "octets_du_fichier", "octets_de", "empreinte"}
#: What opens something only as a function of that module: elsewhere the word means something else.
OF_A_MODULE = {
    *(("shutil", name) for name in ("copy", "copy2", "move")),
    *(("subprocess", name) for name in ("run", "call", "check_call")),
    *(("os", name) for name in ("read", "pread", "readv", "posix_spawn")),
    *(("socket", "socket"), ("runpy", "run_path"), ("linecache", "getlines"), ("parse", "parse")),
}
#: How a file of ours is made: nobody else's is read.
WRITING = {"x", "w", "xb", "wb"}
#: What takes the name of a function as a text.
BY_NAME = {"getattr", "methodcaller", "attrgetter"}


class Doors(ast.NodeVisitor):
    """Gathers the functions that open something, and those that read the standard input."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._scope: tuple[str, ...] = ()
        self._modules: set[str] = set()
        self._openers = set(OPENERS)

    def visit_Module(self, node: ast.Module) -> None:
        self._openers |= OURS & {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
        self.generic_visit(node)

    def _inside(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._scope = (*self._scope, node.name)
        for field in ("decorator_list", "bases", "keywords", "args", "body"):
            value = getattr(node, field, [])
            for child in value if isinstance(value, list) else [value]:
                self.visit(child)
        self._scope = self._scope[:-1]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._inside(node)

    def visit_arguments(self, node: ast.arguments) -> None:
        """Look at the values that parameters have by default: what is written for type checkers opens nothing."""
        for value in (*node.defaults, *node.kw_defaults):
            if value is not None:
                self.visit(value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if getattr(node.test, "id", "") != "TYPE_CHECKING":
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self._modules |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = (node.module or "").rpartition(".")[2]
        for alias in node.names:
            if alias.name in OPENERS | OURS or (module, alias.name) in OF_A_MODULE:
                self._openers.add(alias.asname or alias.name)

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
        if name in BY_NAME:
            named = {part for a in node.args if isinstance(a, ast.Constant) for part in str(a.value).split(".")}
            if named & self._openers:
                self.found.append(".".join(self._scope))
        if name in {"open", "ZipFile"} and self._mode(node) in WRITING:
            children = [*node.args, *node.keywords]
        elif name == "isinstance":
            children = node.args[:1]
        else:
            children = [node.func, *node.args, *node.keywords]
        for child in children:
            self.visit(child)

    def _mode(self, node: ast.Call) -> object:
        """Give the mode of a call of ``open``: its second argument, its first one if it is a method."""
        method = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") not in self._modules
        given = [*node.args[0 if method else 1 :][:1], *(k.value for k in node.keywords if k.arg == "mode")]
        return getattr(given[0], "value", None) if given else None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load) and (
            node.attr in OPENERS or (getattr(node.value, "id", ""), node.attr) in OF_A_MODULE
        ):
            self.found.append(".".join(self._scope))
        self.visit(node.value)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id in self._openers:
            self.found.append(".".join(self._scope))


def opened(source: str) -> list[str]:
    """Give the name of each function that opens something."""
    doors = Doors()
    doors.visit(ast.parse(source))
    return doors.found


def doors() -> set[str]:
    return {
        f"{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}::{function}"
        for path in PACKAGE.rglob("*.py")
        for function in opened(path.read_text(encoding="utf-8"))
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


@pytest.mark.parametrize(
    "line",
    [
        'Path("x").open("rb").read()',
        "open(x)",
        'open(x, "r")',
        'open("w")',
        'open(x, encoding="w")',
        'Path("x").open(encoding="utf-8", mode="a+")',
        'io.open(x, "rb")',
        "os.fdopen(3)",
        "os.open(x, os.O_RDONLY)",
        "gzip.GzipFile(x)",
        "tarfile.TarFile(x)",
        'tarfile.open("w")',
        'zipfile.ZipFile("w")',
        "openpyxl.load_workbook(x)",
        "shutil.copyfile(x, y)",
        "shutil.copy(x, y)",
        "os.popen(x)",
        "subprocess.run([x])",
        "urllib.request.urlopen(x)",
        "list(map(Path.read_bytes, x))",
        "partial(sqlite3.connect, x)",
        "partial(open, x)",
        "x(lire=Path.read_text)",
        'methodcaller("read_bytes")(x)',
        'getattr(x, "iterdir")()',
        "sys.stdin.buffer.read(3)",
        'input("?")',
        "lambda: x.glob('*')",
        "[y.read_text() for y in x]",
        "depuis_un_autre_nom(x)",
        "lire_le_classeur(x)",
        "lire_jusqu_a(x, 3)",
    ],
)
def test_a_new_door_would_be_seen(line: str) -> None:
    head = """
import gzip, io, os, openpyxl, shutil, sqlite3, subprocess, sys, tarfile, urllib, zipfile
from builtins import open as depuis_un_autre_nom
from openpyxl import load_workbook as lire_le_classeur
from segur_pha.fichiers import lire_jusqu_a
"""
    assert set(opened(f"{head}class A:\n    def lire(self, x, y):\n        {line}\n")) == {"A.lire"}
    assert set(opened(f"{head}def lire(x, y, z={line.removeprefix('return ')}):\n    pass\n")) == {"lire"}
    assert set(opened(f"{head}{line}\n")) == {""}
    assert set(opened(f"{head}async def lire(x, y):\n    return {line}\n")) == {"lire"}


@pytest.mark.parametrize(
    "line",
    [
        'Path("y").open("xb")',
        'open(x, "w", encoding="utf-8")',
        'io.open(x, mode="xb")',
        'zipfile.ZipFile(x, "w")',
        "x.copy()",
        "isinstance(x, zipfile.ZipFile)",
        "y: zipfile.ZipFile = x",
        "x.stdin = 3",
        "empreinte = x",
    ],
)
def test_what_is_written_or_only_named_is_no_door(line: str) -> None:
    head = "import io, zipfile\nif TYPE_CHECKING:\n    x = zipfile.ZipFile\n"
    assert opened(f"{head}def ecrire(x: zipfile.ZipFile) -> zipfile.ZipFile:\n    {line}\n") == []
