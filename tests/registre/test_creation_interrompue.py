"""A creation that was killed is begun again with its first number, and nothing of anybody's is taken for what it left."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pannes import some

from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.disque import sans_rien

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 4096
#: The system ends the process at the first octet that a file has beyond the limit: in the middle of SQLite's commit.
KILLED = """
import resource, signal, sys
from segur_pha.cli import principal, tenue
from segur_pha.registre import registre
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
principal(["registre", "creer", "--premier", "00500"])
"""


def kill_while_it_is_made(folder: Path, pages: int) -> None:
    """Have a creation killed once so many pages of its file are written."""
    run = subprocess.run([sys.executable, "-B", "-c", KILLED, str(pages * PAGE)], cwd=folder, check=False)
    assert run.returncode == -signal.SIGXFSZ
    assert (folder / "registre.sqlite").stat().st_size == pages * PAGE
    assert (folder / "registre.sqlite-journal").stat().st_size > 0


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> int:
    whole = tmp_path_factory.mktemp("entier") / "registre.sqlite"
    Registre(whole).fermer()
    return whole.stat().st_size // PAGE


def test_killed_while_its_pages_are_written_it_is_begun_again_with_its_first_number(
    tmp_path: Path, pages: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for written in some(pages - 1, turn=pages // 2):
        here = tmp_path / str(written)
        here.mkdir()
        monkeypatch.chdir(here)
        kill_while_it_is_made(here, written)
        assert principal(["registre", "lister"]) == 2
        assert "Pour en commencer un : segur-pha registre creer" in capsys.readouterr().err
        assert principal(["registre", "creer", "--premier", "00500"]) == 0
        assert principal(["registre", "verifier"]) == 0
        with Registre("registre.sqlite", creer=False) as ledger:
            assert ledger.reserver(1) == ["00500"]


@settings(deadline=None, max_examples=20)
@given(
    names=st.lists(st.sampled_from("abcdef"), unique=True, max_size=3),
    left=st.sampled_from([b"", b"x", b"no database " * 400]),
    is_database=st.booleans(),
)
def test_only_a_database_without_a_table_is_taken_for_what_a_creation_left(
    tmp_path_factory: pytest.TempPathFactory, *, names: list[str], left: bytes, is_database: bool
) -> None:
    path = tmp_path_factory.mktemp("autre") / "registre.sqlite"
    path.write_bytes(b"" if is_database else left)
    if is_database:
        with closing(sqlite3.connect(path)) as database:
            for name in names:
                database.execute(f"CREATE TABLE {name} (x)").close()
            database.execute("PRAGMA user_version = 7").close()  # it has a page, with or without a table
            database.commit()
    before = path.read_bytes()
    free = not names if is_database else not left
    assert sans_rien(path) == free
    assert path.read_bytes() == before
    assert principal(["registre", "creer", "--registre", str(path)]) == (0 if free else 2)
    if not free:
        assert path.read_bytes() == before


@pytest.mark.parametrize("made", ["folder", "damaged"])
def test_what_is_in_the_way_stays_as_it_is(
    tmp_path: Path, made: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "registre.sqlite"
    if made == "folder":
        path.mkdir()
    else:
        Registre(path).fermer()
        path.write_bytes(path.read_bytes()[: PAGE + 100])  # all its pages but the first are gone
    assert principal(["registre", "creer"]) == 2
    said = capsys.readouterr().err
    assert "rien n’a été changé" in said
    assert ("c’est un dossier" in said, "est abîmé" in said) == (made == "folder", made == "damaged")
    assert path.is_dir() if made == "folder" else path.stat().st_size == PAGE + 100
