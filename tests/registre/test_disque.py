"""A ledger on a disk without place, or that can only be read: it is read, copied, and what it refuses is said in French."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections import namedtuple
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from atelier import lived, snapshot
from pannes import small_disk
from sqlalchemy import create_engine

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.copies import copier_le_fichier
from segur_pha.registre.disque import ouvrir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil's own
FULL = Usage(1000, 1000, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with a life, at rest: the write-ahead log that its readers need is not there yet."""
    path = tmp_path / "disk" / "registre.sqlite"
    path.parent.mkdir()
    with Registre(path) as registre:
        lived(registre)
    # So that it needs the shared memory wherever the tests' folder lies.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return path


@contextmanager
def no_place() -> Iterator[None]:
    """Let no file grow beyond 4 kB: what SQLite's readers share does not fit, as on a full disk."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_who_reads_needs_no_place_on_the_disk(path: Path) -> None:
    with Registre(path) as registre:
        before = snapshot(registre)
    with no_place(), Registre(path, creer=False) as registre:
        assert snapshot(registre) == before
        with pytest.raises(RegistreError, match="rien n’a été enregistré"):
            registre.reserver(1)
        assert snapshot(registre) == before
        # Between two commands nothing is held: another program reads too.
        with Registre(path, creer=False) as other:
            assert snapshot(other) == before
    with Registre(path) as registre:
        assert registre.reserver(1)


@pytest.mark.parametrize("command", [["lister"], ["montrer", "00001"], ["verifier"]])
def test_commands_that_read_go_on_without_place(
    command: list[str], path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(path.parent)
    assert principal(["registre", *command]) == 0
    screen = capsys.readouterr()
    with no_place():
        assert principal(["registre", *command]) == 0
    assert capsys.readouterr() == screen


@pytest.mark.parametrize("code", ["SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN"])
@pytest.mark.parametrize(("usage", "said"), [(FULL, "le disque est plein ; faites de la place"), (None, "vérifiez")])
def test_what_sqlite_says_of_a_full_disk_is_said_as_one(
    code: str, usage: Usage | None, said: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine of the caller's, whose connections are opened by its own driver."""
    engine = create_engine(f"sqlite:///{path}")
    registre = Registre(engine)
    if usage is not None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    refusal = sqlite3.OperationalError("disk I/O error")
    refusal.sqlite_errorname = code
    refusal.sqlite_errorcode = sqlite3.SQLITE_IOERR
    with engine.connect() as connection:
        monkeypatch.setattr(connection.dialect, "do_execute", refusing(refusal))
        with pytest.raises(RegistreError, match=said):
            registre.demandes()
    engine.dispose()


def refusing(refusal: Exception) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise refusal

    return refuse


@pytest.mark.parametrize("log", [None, b""], ids=["without a log", "an empty log"])
def test_a_disk_that_can_only_be_read_is_copied_from(
    log: bytes | None, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "snapshot"
    with Registre(path) as registre:
        before = snapshot(registre)
    with small_disk(here, 900, 10_000_000, path):
        if log is not None:
            (here / f"{path.name}-wal").write_bytes(log)
        names = sorted(here.iterdir())
        remount = ["mount", "-o", "remount,ro", str(here)]
        if subprocess.run(
            remount, capture_output=True, check=False
        ).returncode:  # pragma: no cover - as the machine lets us
            monkeypatch.setattr(os, "access", lambda *_: False)
        with Registre(here / path.name, creer=False) as registre:
            assert snapshot(registre) == before
            assert registre.copier(tmp_path / "copie.sqlite") == tmp_path / "copie.sqlite"
        assert sorted(here.iterdir()) == names
    monkeypatch.undo()
    with Registre(tmp_path / "copie.sqlite") as copy:
        assert snapshot(copy) == before
        assert copy.reserver(1)


def test_a_copy_that_cannot_be_made_says_why_in_french(path: Path, tmp_path: Path) -> None:
    path.with_name(f"{path.name}-wal").mkdir()
    with pytest.raises(RegistreError) as refusal:
        copier_le_fichier(path, tmp_path / "copie.sqlite")
    assert str(refusal.value) == (
        "Le registre registre.sqlite n’a pas pu être copié, aucune copie n’a été laissée : le fichier ne s’ouvre pas ; vérifiez "
        "son dossier et vos droits d’accès."
    )
    assert not (tmp_path / "copie.sqlite").exists()


def test_whoever_is_stopped_while_a_ledger_is_opened_leaves_nothing_open(path: Path) -> None:
    opened: list[Stopped] = []

    def connect() -> sqlite3.Connection:
        opened.append(sqlite3.connect(path, factory=Stopped))
        return opened[-1]

    with pytest.raises(KeyboardInterrupt):
        ouvrir(connect)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].commit()


class Stopped(sqlite3.Connection):
    """A connection during whose first question somebody presses Ctrl-C."""

    def execute(self, *_: object) -> sqlite3.Cursor:
        """Ask a question."""
        raise KeyboardInterrupt
