"""What reaches a real terminal moves no cursor, colours nothing and turns no text around; a file gets every byte."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tty
import unicodedata
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import pytest

from segur_pha.cli import principal
from segur_pha.fichiers import lire_jusqu_a

ROOT = Path(__file__).parents[2]
#: ESC, a C1 control, a right-to-left override, an isolate, a zero-width space.
NAME = "DURAND"
HOSTILE = "A\x1b]0;titre\x07\x1b[31m\x9b31m\u202e\u2066\u200bB"


def on_a_terminal(*argv: str, folder: Path, columns: int = 200) -> str:
    """Give what a command sends to a real terminal, byte for byte; a process of its own would send the same, and costs a start."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    shown: list[bytes] = []
    reader = Thread(target=lambda: shown.extend(iter(lambda: read(ours), b"")))
    reader.start()
    with pytest.MonkeyPatch.context() as patch, ExitStack() as streams:
        streams.callback(os.close, theirs)
        for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
            stream = streams.enter_context(open(theirs, mode, encoding="utf-8", closefd=False))
            patch.setattr(sys, name, stream)
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", str(columns))
        patch.chdir(folder)
        principal(argv)
    reader.join()
    os.close(ours)
    return b"".join(shown).decode()


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side is closed
        return b""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file of requests in which a name, and its own, are hostile."""
    text = lire_jusqu_a(ROOT / "examples" / "demandes.json", 1_000_000).decode()
    raw = HOSTILE.replace("\x1b", "\\u001b").replace("\x07", "\\u0007")
    assert f'"{NAME}"' in text
    (tmp_path / "a.json").write_text(text.replace(NAME, raw), "utf-8")
    (tmp_path / f"{HOSTILE.replace('/', '')}.json").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        *(f"controler --format {form} --jour 2022-11-15" for form in ("texte", "json", "csv", "junit", "html")),
        "anonymiser a.json",
        "controler --statistiques --format csv",
    ],
)
def test_what_a_terminal_gets_is_harmless(line: str, folder: Path) -> None:
    command, *options = line.split()
    files = [] if command == "anonymiser" else ["a.json", f"{HOSTILE}.json"]
    shown = on_a_terminal(command, *files, *options, folder=folder)
    assert len(shown) > 50
    for character in shown.replace("\r", "").replace("\n", ""):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, repr(character)


def test_a_file_gets_every_byte(folder: Path) -> None:
    command = [sys.executable, "-m", "segur_pha", "controler", "a.json", f"{HOSTILE}.json", "--format", "json"]
    run = subprocess.run(
        command, capture_output=True, check=False, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert "\u202e" in run.stdout.decode()


@pytest.mark.parametrize("columns", [60, 80])
def test_a_command_to_be_copied_stands_whole_in_one_line(columns: int, tmp_path: Path) -> None:
    examples = ROOT / "examples"
    settings = ("--editeur", str(examples / "editeur.toml"), "--pieces", str(examples / "pieces"))
    day = ("--jour", "15/11/2022")
    ledger = ("--registre", "le registre de la pharmacie.sqlite", "--creer")
    prepare = ("preparer", str(examples / "commandes.csv"), *settings, "--sortie", "depot", *day, *ledger)
    prepared = on_a_terminal(*prepare, folder=tmp_path, columns=columns)
    deposit = (
        "      segur-pha registre deposer JSON-ANS0000001-20221115-001.json --jour 15/11/2022 "
        "--registre 'le registre de la pharmacie.sqlite'"
    )
    assert deposit in prepared.splitlines()
    verified = on_a_terminal("verifier", "depot", *day, folder=tmp_path, columns=columns)
    assert f"{deposit.partition(' --registre')[0]} --registre REGISTRE" in verified.splitlines()
    # What is not a command still fits.
    assert max(len(line) for line in verified.splitlines() if "segur-pha" not in line) <= columns


def test_neither_an_example_of_the_help_nor_the_command_of_an_error_is_cut(tmp_path: Path) -> None:
    shown = on_a_terminal("preparer", "--help", folder=tmp_path, columns=60)
    example = "segur-pha preparer commandes.csv --editeur editeur.toml --pieces pieces --sortie depot --jour 2022-11-15"
    assert f"    {example}" in shown.splitlines()
    typed = example.replace("commandes.csv", "l-export-des-commandes-de-novembre.csv").split()[1:]
    refused = on_a_terminal(*typed, folder=tmp_path, columns=60)
    command = "segur-pha editeur editeur.toml --depuis l-export-des-commandes-de-novembre.csv"
    assert f"    {command}" in refused.splitlines()
