"""The ledger while its database refuses or is cut off, or the program dies: each command is done whole, or not at all."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import signal
import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import ouvriers
import pytest
from atelier import DAY, file_of, lived, name, snapshot
from bases import on_each_database
from ouvriers import COMMANDS
from pannes import LONG, fault_in_sql, small_disk
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from test_versions import VERSION_1, content

from segur_pha import RegistreError
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.process import BaseProcess

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["segur_pha.registre.registre", "segur_pha.portail", "psycopg", "psycopg_binary"])
#: Before which statements something goes wrong: a few every day, each one in the long profile; no command has the last one.
STEPS = range(1, 100) if LONG else [4, 99]


class Stop(BaseException):
    """The program is stopped, as by Ctrl-C."""


def stop() -> None:
    raise Stop


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger in which every command may happen, to be copied."""
    path = tmp_path_factory.mktemp("modele") / "registre.sqlite"
    with Registre(path) as registre:
        ouvriers.live_enough(registre)
    return path


@pytest.fixture
def base(url: str, model: Path) -> str:
    """A ledger in which every command may happen; on PostgreSQL its connections bear a name."""
    if url.startswith("sqlite"):
        shutil.copy(model, str(make_url(url).database))
        return url
    options = make_url(url).query["options"]
    url = make_url(url).update_query_dict({"application_name": options[-40:]}).render_as_string(hide_password=False)
    with Registre(url) as registre:
        ouvriers.live_enough(registre)
    return url


@pytest.fixture
def trouble(base: str) -> Iterator[Callable[[], None]]:
    """What happens in the middle: PostgreSQL's server cuts the connection, on SQLite the program is stopped."""
    if base.startswith("sqlite"):
        yield stop
        return
    url = make_url(base)
    server = create_engine(url.difference_update_query(["application_name"]))

    def cut() -> None:
        ours = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = :name"
        with server.begin() as connection:
            connection.execute(text(ours), {"name": url.query["application_name"]})

    yield cut
    server.dispose()


def disturbed(command: Callable[[], object], plan_of: AbstractContextManager[object]) -> bool:
    """Give a command, and tell whether something went wrong in the middle."""
    try:
        with plan_of:
            command()
    except Stop:
        return True
    except RegistreError as refusal:
        return "a été coupée" in str(refusal)
    return False


def nothing_remains(registre: Registre, before: list[str], command: str) -> bool:
    """Tell whether a ledger is as it was; an erasure has its commit behind it when the log that held the values is emptied."""
    return snapshot(registre) == before or (command == "effacer" and "DonneesEffacees" in str(registre.journal()))


@on_each_database("command", COMMANDS, every_day=["preparer", "enregistrer_retour"])
def test_cut_off_at_a_statement_nothing_of_a_command_remains_and_it_may_be_given_again(
    command: str, base: str, trouble: Callable[[], None]
) -> None:
    with Registre(base) as registre:
        before = snapshot(registre)
        give = partial(COMMANDS[command], registre)
        assert disturbed(give, fault_in_sql(1, trouble, events=("commit",)))
        assert snapshot(registre) == before
        steps = iter(STEPS)
        while disturbed(give, fault_in_sql(next(steps), trouble)):
            assert nothing_remains(registre, before, command)
        assert snapshot(registre) != before
        log = Path(f"{make_url(base).database}-wal")
        assert command != "effacer" or not log.exists() or log.stat().st_size == 0


def test_an_import_cut_off_leaves_an_empty_ledger(url: str, trouble_free: Path) -> None:
    with Registre(trouble_free) as registre:
        lines = list(registre.exporter())
    with Registre(url) as copy:
        before = snapshot(copy)
        steps = iter(STEPS)
        while disturbed(partial(copy.importer, lines), fault_in_sql(next(steps), stop)):
            assert snapshot(copy) == before
        assert list(copy.exporter()) == lines


@pytest.fixture
def trouble_free(model: Path, tmp_path: Path) -> Path:
    """The same ledger as a file alone in its folder."""
    path = tmp_path / "entier" / "registre.sqlite"
    path.parent.mkdir()
    shutil.copy(model, path)
    return path


def killed(target: Callable[..., None], *arguments: object) -> bool:
    """Do something in a process of its own, and tell whether it was killed."""
    process: BaseProcess = CONTEXT.Process(target=target, args=arguments)
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode != 0


@pytest.mark.parametrize("command", COMMANDS if LONG else ["enregistrer_retour"])
def test_killed_at_a_statement_nothing_of_a_command_remains(command: str, base: str) -> None:
    with Registre(base) as registre:
        before = snapshot(registre)
    steps = iter(STEPS if LONG else [8, 99])
    while killed(ouvriers.command, base, command, next(steps)):
        with Registre(base) as registre:
            assert nothing_remains(registre, before, command)
    with Registre(base) as registre:
        assert snapshot(registre) != before


def test_a_connection_that_died_while_nobody_used_it_is_replaced(base: str, trouble: Callable[[], None]) -> None:
    with Registre(base) as registre:
        first = registre.reserver(1)
        with suppress(Stop):
            trouble()
        assert registre.reserver(1) != first


# SQLite's own refusals


def full(connection: sqlite3.Connection, _: object) -> None:
    """Have SQLite find no place for one page more."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


LARGE = file_of(*(f"{number:05}" for number in range(500, 700)))


def test_a_full_database_takes_nothing_of_a_command(trouble_free: Path) -> None:
    engine = create_engine(f"sqlite:///{trouble_free}")
    event.listen(engine, "connect", full)
    with Registre(engine) as registre:
        before = snapshot(registre)
        with pytest.raises(RegistreError, match="rien n’a été enregistré : le disque est plein ; faites de la place"):
            registre.preparer({name(9): LARGE}, jour=DAY)
        assert snapshot(registre) == before
    engine.dispose()


def test_a_full_disk_takes_nothing_of_a_command(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 800, 400_000), Registre(tmp_path / "disk" / "registre.sqlite") as registre:
        lived(registre)
        before = snapshot(registre)
        with pytest.raises(RegistreError, match="refusé l’opération, rien n’a été enregistré"):
            registre.preparer({name(9): LARGE}, jour=DAY)
        assert snapshot(registre) == before


def test_a_ledger_that_can_only_be_read_is_read(trouble_free: Path) -> None:
    with Registre(f"sqlite:///file:{trouble_free}?mode=ro&uri=true") as registre:
        before = snapshot(registre)
        with pytest.raises(
            RegistreError, match="rien n’a été enregistré : le fichier est en lecture seule ; vérifiez vos"
        ):
            registre.reserver(1)
        assert snapshot(registre) == before


def test_a_ledger_in_a_folder_that_can_only_be_read_is_read_and_the_folder_is_named(
    trouble_free: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: access(path, mode) and Path(path) != trouble_free.parent)
    with Registre(trouble_free, creer=False) as registre:
        before = snapshot(registre)
        with pytest.raises(RegistreError, match=r"le dossier du registre est en lecture seule, .* vérifiez vos droits"):
            registre.reserver(1)
        assert snapshot(registre) == before


def test_what_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no ledger, but a text that is long enough to be looked at", "utf-8")
    with pytest.raises(RegistreError, match="ce fichier n’est pas un registre ; vérifiez son nom"):
        Registre(tmp_path / "notes.txt")
    with pytest.raises(RegistreError, match="le fichier ne s’ouvre pas ; vérifiez son dossier et vos droits"):
        Registre(tmp_path / "absent" / "registre.sqlite")


def test_a_ledger_that_another_program_holds_too_long(trouble_free: Path) -> None:
    engine = create_engine(f"sqlite:///{trouble_free}", connect_args={"timeout": 0.05})
    with closing(sqlite3.connect(trouble_free)) as other, Registre(engine) as registre:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RegistreError, match="un autre programme s’en sert ; recommencez"):
            registre.reserver(1)
        other.rollback()
        assert registre.reserver(1) == ["00023"]
    engine.dispose()


def test_a_ledger_whose_folder_vanished(trouble_free: Path) -> None:
    with Registre(trouble_free) as registre:
        registre.reserver(1)
        shutil.rmtree(trouble_free.parent)
        with pytest.raises(RegistreError, match="rien n’a été enregistré"):
            registre.reserver(1)
    with pytest.raises(RegistreError):
        Registre(trouble_free)


# Migration


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A ledger that version 1 has written, alone in its folder."""
    path = tmp_path / "ancien" / "registre.sqlite"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    return path


def check_migration(path: Path, before: list[str]) -> None:
    """Find the old ledger as it was, and its copy whole or not there."""
    assert content(path) == before
    copy = path.with_name("registre.sqlite.v1.copie")
    if copy.exists():
        assert content(copy) == before


@pytest.mark.parametrize("on_files", [False, True])
def test_a_migration_killed_anywhere_leaves_the_old_ledger(version_1: Path, *, on_files: bool) -> None:
    # Each try finds what the one before has left, and the last one goes through.
    before = content(version_1)
    steps = iter(STEPS if LONG else [2, 99] if on_files else [14, 99])
    while killed(ouvriers.migrate, version_1, *((0, next(steps)) if on_files else (next(steps), 0))):
        check_migration(version_1, before)
    assert content(version_1) != before
    assert content(version_1.with_name("registre.sqlite.v1.copie")) == before


def test_what_killed_migrations_left_beside_the_copy_goes_with_the_one_that_goes_through(version_1: Path) -> None:
    here = version_1.parent
    left, steps = [], iter(STEPS)
    while killed(ouvriers.migrate, version_1, 0, next(steps)):
        left.append([path.name for path in here.iterdir() if path.name.startswith(".")])
    # At one of these steps the copy has its name, and its provisional one as well.
    assert any(left)
    assert sorted(path.name for path in here.iterdir()) == ["registre.sqlite", "registre.sqlite.v1.copie"]


def test_a_copy_that_cannot_be_made_stops_the_migration(version_1: Path) -> None:
    before = content(version_1)

    def refuse() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RegistreError, match="n’a pas pu être faite"):
        ouvriers.migrate(version_1, 0, 1, refuse)
    assert [path.name for path in version_1.parent.iterdir()] == ["registre.sqlite"]
    check_migration(version_1, before)


def test_a_copy_that_does_not_fit_on_the_disk_leaves_nothing(version_1: Path, tmp_path: Path) -> None:
    before = content(version_1)
    size = version_1.stat().st_size // 1000
    moved = tmp_path / "disk" / "registre.sqlite"
    with small_disk(moved.parent, size * 3 // 2, size * 1000 * 2 // 3, version_1):
        with pytest.raises(RegistreError):
            ouvriers.migrate(moved, 0, 0)
        assert content(moved) == before
        assert not list(moved.parent.glob("*.copie"))
