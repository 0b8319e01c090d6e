"""Documentation is executed: every example in the docstrings and the Markdown documents is a test.

In a Markdown document ``python`` blocks run as code, ``pycon`` blocks as doctests and ``sh`` blocks with ``sh -eu``; but lines
that only call our own commands, without any shell syntax except ``> FILE`` and ``|| test $? = CODE``, run here, which saves a
process for each. All blocks of a document share one namespace and one temporary working directory, into which ``examples/`` is
copied. Anything special about a block is said in an HTML comment just above it, which readers do not see:

- ``<!-- exit: 1 -->`` (``sh``): the exit status to expect instead of 0;
- ``<!-- file: editeur.toml -->`` (any language): the block is the content of that file, for the blocks below;
- ``<!-- output -->`` (``text``): the block is what the ``sh`` or ``python`` block above printed, ``...`` standing for
  anything;
- ``<!-- skip: set-up -->`` (``sh``): not run here, because it creates a virtual environment; ``.ci/run`` runs README's.

``SEGUR_REGISTRE`` holds the address of an empty ledger: on the PostgreSQL server of the tests if there is one, otherwise SQLite.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from doctest import ELLIPSIS, OutputChecker
from doctest import Example as Expectation
from io import BytesIO, StringIO, TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.document import PythonDocStringDocument
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer
from sybil.parsers.rest import DocTestParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sybil.typing import Evaluator, Parser

# The second one is found automatically once segur_pha is installed: this is for a source tree that is not installed.
pytest_plugins = ["pytester", "segur_pha_pytest"]

# In the processes that tests and documents start, too, Python's deprecations are errors.
os.environ["PYTHONWARNINGS"] = "error::DeprecationWarning,error::PendingDeprecationWarning"

# What tests write is thrown away: if the system has a large enough disk in memory, no commit waits for a real one.
IN_MEMORY, ENOUGH_BYTES = Path("/dev/shm"), 2_000_000_000  # noqa: S108 - pytest makes a folder of its own there
if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ENOUGH_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

ROOT = Path(__file__).parent
TIMEOUT_SECONDS = 120
SETUP_COMMAND = "python3 -m venv"
MISNAMED = {
    "bash": "sh",
    "console": "sh",
    "shell": "sh",
    "zsh": "sh",
    "doctest": "pycon",
    "py": "python",
    "python3": "python",
}
#: A line with one of our commands: its words, the file that it writes to, and the exit status that it may have.
OURS = re.compile(
    r"segur-pha (?P<words>[^\\|&;<>()$`*?\[\]#~!{}]+?)(?: > (?P<file>[\w./-]+))?(?: \|\| test \$\? = (?P<status>\d))?"
)
#: What a line shares with those around it, other than files.
STATE = re.compile(r"<<|^\s*(?:cd|set|export|if|for|while|case|[A-Za-z_]\w*=)", re.MULTILINE)
COMMENTS = re.compile(r"(?:<!-- *[a-z]+(?:: *[^>]*?)? *-->\s*)+\Z")
COMMENT = re.compile(r"<!-- *(?P<word>exit|file|output|skip)(?:: *(?P<value>[^>]*?))? *-->")

# What the last executed block of each document printed.
PRINTED: WeakKeyDictionary[Document, str] = WeakKeyDictionary()


class Block(NamedTuple):
    """The source of a fenced block, and what the comments above it say."""

    source: str
    options: dict[str, str | None]


def pytest_collection_finish() -> None:
    """Have SQL worded once for all ledgers, and arguments worked out once for all lines, where the collected tests have any."""
    if "sqlalchemy" in sys.modules:
        from tests import compilations

        compilations.share()
    if "cyclopts" in sys.modules:
        from tests import lignes_de_commande

        lignes_de_commande.share()


def fenced_blocks(document: Document) -> Iterator[Region]:
    """Find the blocks of a Markdown document that a reader may try, or that say what to expect."""
    doctests = DocTestStringParser(DocTestEvaluator(ELLIPSIS))
    for region in FencedCodeBlockLexer(language=r"[^\n]+?")(document):
        language, source = region.lexemes["language"].strip(), region.lexemes["source"]
        above = COMMENTS.search(document.text, 0, region.start)
        options = {m["word"]: m["value"] for m in COMMENT.finditer(above[0])} if above else {}
        evaluator = _evaluator(language, source, options)
        if language == "pycon" and not options:
            for example in doctests(source, document.path):
                example.adjust(region, source)
                yield example
        elif evaluator:
            region.parsed = source if evaluator is run_python else Block(source, options)
            region.evaluator = evaluator
            yield region


def _evaluator(language: str, source: str, options: dict[str, str | None]) -> Evaluator | None:
    if "skip" in options:
        return None if language == "sh" and options["skip"] == "set-up" and SETUP_COMMAND in source else refuse_skip
    if language in MISNAMED:
        return refuse_language
    if "file" in options:
        return write_file
    if "output" in options:
        return compare_output
    return {"python": run_python, "sh": run_shell}.get(language)


def refuse_skip(_example: Example) -> str:
    """Say that only the set-up commands may be left out."""
    return f"only `sh` blocks that contain `{SETUP_COMMAND}` may be skipped, with <!-- skip: set-up -->"


def refuse_language(example: Example) -> str:
    """Say which of the executed languages is meant: a block under any other name would never be run."""
    names = ", ".join(f"{wrong} -> {right}" for wrong, right in MISNAMED.items())
    return f"this block would not be executed; name its language as {names} (line {example.line})"


def write_file(example: Example) -> None:
    """Write the block into the document's directory."""
    path = Path(example.parsed.options["file"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.parsed.source, encoding="utf-8", newline="\n")


def run_python(example: Example) -> None:
    """Execute the block in the document's namespace and keep what it prints."""
    printed = StringIO()
    with redirect_stdout(printed):
        PythonEvaluator()(example)
    PRINTED[example.document] = printed.getvalue()


def run_shell(example: Example) -> str | None:
    """Run the block and compare its exit status with the one that was announced."""
    status, printed = 0, ""
    for source in parts(example.parsed.source):
        if status == 0:
            line = OURS.fullmatch(source)
            status, more = run_here(line) if line else run_there(source)
            printed += more
    PRINTED[example.document] = printed
    expected = int(example.parsed.options.get("exit") or 0)
    return None if status == expected else f"exit status {status}, expected {expected}; the output was:\n{printed}"


def parts(source: str) -> list[str]:
    """Separate the lines of our own commands from a block, and keep together what is between them."""
    if STATE.search(source):
        return [source]
    lines = source.replace("\\\n", " ").splitlines()
    if not any(map(OURS.fullmatch, lines)):
        return [source]
    return ["\n".join(group) for _, group in groupby(lines, key=lambda line: OURS.fullmatch(line) and line)]


def run_here(line: re.Match[str]) -> tuple[int, str]:
    """Run one of our own commands in this process; return its exit status and its output."""
    from segur_pha.cli import principal

    output, told = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(output), redirect_stderr(told if line["file"] else output):
        status = principal(shlex.split(line["words"]))
    printed = output.buffer.getvalue()
    if line["file"]:
        Path(line["file"]).write_bytes(printed)
        printed = told.buffer.getvalue()
    return 0 if line["status"] == str(status) else status, printed.decode()


def run_there(source: str) -> tuple[int, str]:
    """Run the block as a reader would who has installed segur_pha in an active virtual environment."""
    environment = os.environ | {
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        # Hypothesis computes Unicode's tables once and keeps them here: a new directory would cost seconds.
        "HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis"),
    }
    outcome = subprocess.run(  # noqa: S603 - the blocks are the project's own documents
        ["/bin/sh", "-eu", "-c", source],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=environment,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return outcome.returncode, outcome.stdout


def compare_output(example: Example) -> str | None:
    """Compare the block with what the executed block above it printed."""
    printed = PRINTED.get(example.document, "")
    if OutputChecker().check_output(example.parsed.source, printed, ELLIPSIS):
        return None
    return OutputChecker().output_difference(Expectation("", example.parsed.source), printed, ELLIPSIS)


@pytest.fixture(scope="module")
def _directory(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[None]:
    """Work in a new directory that holds ``examples/``, until the document ends."""
    directory = tmp_path_factory.mktemp("document")
    if (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", directory / "examples")
    with pytest.MonkeyPatch.context() as patch, _ledger(request.path) as address:
        patch.chdir(directory)
        patch.setenv("SEGUR_REGISTRE", address)
        yield


@contextmanager
def _ledger(document: Path) -> Iterator[str]:
    """Yield the address of an empty ledger: a schema of the PostgreSQL server of the tests, else a file in the directory."""
    server = os.environ.get("SEGUR_TEST_POSTGRES")
    if not server or "SEGUR_REGISTRE" not in document.read_text(encoding="utf-8"):
        yield "sqlite:///registre.sqlite"
        return
    from tests.schemas import empty_schema

    yield from empty_schema(server)


class Docstrings(PythonDocStringDocument):
    """The docstrings of a module: it is not taken to pieces where it shows no example."""

    @classmethod
    def parse(cls, path: str, *parsers: Parser, encoding: str = "utf-8") -> Document:
        """Find the examples of a module."""
        source = Path(path).read_text(encoding)
        return super().parse(path, *parsers, encoding=encoding) if ">>>" in source else cls(source, path)


pytest_collect_file = (
    Sybil(
        parsers=[fenced_blocks],
        patterns=["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/*.md", "docs/**/*.md"],
        excludes=["docs/_build/**/*.md"],
        fixtures=["_directory"],
        name="document",
    )
    + Sybil(
        parsers=[DocTestParser(optionflags=ELLIPSIS)],
        patterns=["segur_pha/*.py", "segur_pha/**/*.py"],
        fixtures=["_directory"],
        document_types={".py": Docstrings},
        name="docstring",
    )
).pytest()
