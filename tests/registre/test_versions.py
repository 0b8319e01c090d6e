"""From one version of the ledger to the next: a copy first, then every table made again from the journal."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from atelier import lived, phases, snapshot
from ouvriers import lift
from sqlalchemy import create_engine, text

from segur_pha import RegistreError
from segur_pha.registre import Registre, copie, tables

#: What version 1 wrote of :func:`atelier.lived`, kept as it was.
VERSION_1 = Path(__file__).parent / "donnees" / "registre-v1.sql"


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A ledger that version 1 has written."""
    path = tmp_path / "registre.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    return path


def content(path: Path) -> list[str]:
    """Give all that a SQLite file holds, as the statements that would make it again."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def schema(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        statements = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {" ".join(statement.split()) for (statement,) in statements}


def test_the_ledger_that_version_1_wrote_is_read_as_it_was_meant(version_1: Path, tmp_path: Path) -> None:
    with Registre(version_1) as old, Registre(tmp_path / "today.sqlite") as today:
        lived(today)
        assert snapshot(old) == snapshot(today)
        assert old.reserver(1) == today.reserver(1) == ["00023"]


def test_the_tables_are_those_of_their_version(version_1: Path, tmp_path: Path) -> None:
    # Whoever changes a table or an index raises tables.VERSION, and keeps what the version before wrote.
    assert tables.VERSION == 1
    Registre(tmp_path / "today.sqlite").fermer()
    assert schema(tmp_path / "today.sqlite") == schema(version_1)


def as_version_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that there is a next version of the ledger."""
    monkeypatch.setattr(tables, "VERSION", 2)
    monkeypatch.setitem(copie.MARCHES, 1, lift)


def test_an_older_ledger_is_copied_and_then_lifted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Registre(url) as registre:
        lived(registre)
        before = phases(registre)
    as_version_2(monkeypatch)
    with Registre(url) as lifted:
        assert phases(lifted) == before
        assert lifted.demande("00031").motif == "abandon (version 1)"
        assert json.loads(next(iter(lifted.exporter())))["reglages"]["version"] == "2"
        assert lifted.reserver(1) == ["00023"]
    with Registre(url) as again:
        assert phases(again) == before


def test_the_copy_is_the_old_ledger(version_1: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(version_1)
    as_version_2(monkeypatch)
    Registre(version_1).fermer()
    monkeypatch.undo()
    assert content(version_1.with_name("registre.sqlite.v1.copie")) == before
    with pytest.raises(RegistreError, match="mettez segur_pha à jour"):
        Registre(version_1)


@pytest.mark.parametrize("its_own", [False, True])
def test_the_copy_never_replaces_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, its_own: bool) -> None:
    path, copy = tmp_path / "registre.sqlite", tmp_path / "registre.sqlite.v1.copie"
    with Registre(path) as registre:
        if its_own:  # a copy of what the ledger was yesterday
            shutil.copy(path, copy)
            lived(registre)
        else:
            copy.write_bytes(b"precious")
    precious = copy.read_bytes()
    as_version_2(monkeypatch)
    with pytest.raises(RegistreError, match="déplacez-la"):
        Registre(path)
    monkeypatch.undo()
    Registre(path).fermer()
    assert copy.read_bytes() == precious


def test_a_copy_that_an_interrupted_migration_left_is_used(version_1: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = version_1.with_name("registre.sqlite.v1.copie")
    shutil.copy(version_1, copy)
    left = copy.read_bytes()
    as_version_2(monkeypatch)
    Registre(version_1).fermer()
    assert copy.read_bytes() == left


def test_an_engine_s_ledger_is_copied_into_tables(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(url)
    with Registre(engine) as registre:
        lived(registre)
        count = len(list(registre.exporter())) - 1
    as_version_2(monkeypatch)
    Registre(engine).fermer()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM segur_evenements_v1")) == count
    engine.dispose()


def test_two_programs_may_migrate_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
    as_version_2(monkeypatch)
    answers = iter([True, False])
    monkeypatch.setattr(copie, "a_migrer", lambda _connection: next(answers))
    Registre(path).fermer()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT valeur FROM segur_reglages WHERE cle = 'version'").fetchone() == ("1",)
