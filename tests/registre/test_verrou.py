"""Another program at work on the same ledger: who reads does not wait, who writes is told that it waits."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from atelier import DAY, THREE, file_of, lived, name
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.cli.console import montrer_erreur
from segur_pha.registre import Registre
from segur_pha.registre.verrou import disque_local

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Of SQLAlchemy, which takes longer to import than all the rest, only a server's ledger has need.
WRITER = """
import sys
from contextlib import closing
address, begin = sys.argv[1:]
if address.startswith("sqlite:///"):
    import sqlite3
    connection = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    write = connection.execute
    write(begin)
else:
    from sqlalchemy import create_engine
    connection = create_engine(address).connect()
    write = connection.exec_driver_sql
with closing(connection):
    write("UPDATE segur_reglages SET valeur = valeur")
    write("UPDATE segur_demandes SET libelle_traitement = 'changed'")
    print("writing", flush=True)
    sys.stdin.readline()
    connection.rollback()
"""


@contextmanager
def writer(url: str, begin: str = "BEGIN IMMEDIATE") -> Iterator[subprocess.Popen[str]]:
    """Have a process of its own write to a ledger, and commit nothing before it is told to go."""
    command = [sys.executable, "-c", WRITER, url, begin]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            go(process)


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    if not process.stdin.closed:
        process.stdin.close()


def questions(registre: Registre) -> object:
    return [
        *(registre.demandes(), registre.totaux(), registre.situation(), registre.historique("750000001")),
        *(registre.chercher("durand"), registre.soldables(), list(registre.exporter())),
    ]


@pytest.mark.parametrize("begin", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_who_reads_waits_for_nobody(url: str, begin: str) -> None:
    with Registre(url) as registre:
        lived(registre)
        before = questions(registre)
    waited: list[str] = []
    # What has not been committed is not read, and nobody is waited for: the other one ends only after us.
    with writer(url, begin), Registre(url, si_occupe=lambda: waited.append("!")) as registre:
        assert questions(registre) == before
    assert waited == []


def test_who_writes_is_told_once_and_then_goes_on(url: str) -> None:
    with Registre(url) as registre:
        lived(registre)
    waited: list[str] = []
    with writer(url) as other:

        def told() -> None:
            waited.append("!")
            go(other)

        with Registre(url, si_occupe=told) as registre:
            numbers = registre.reserver(1)
            assert waited == ["!"]
            assert registre.reserver(1) != numbers
    assert waited == ["!"]


def test_in_the_caller_s_transaction_as_well(url: str) -> None:
    """On PostgreSQL the caller is told too; SQLite's own patience is the caller's to choose."""
    Registre(url).fermer()
    engine = create_engine(url)
    waited: list[str] = []
    with writer(url) as other, engine.connect() as connection:

        def told() -> None:
            waited.append("!")
            go(other)

        if connection.dialect.name == "sqlite":
            go(other)
            other.wait()
        assert Registre(connection, si_occupe=told).reserver(1) == ["00001"]
        connection.rollback()
    assert waited == (["!"] if make_url(url).get_backend_name() == "postgresql" else [])
    engine.dispose()


def test_two_programs_at_once_make_one_ledger(url: str) -> None:
    make = f"from segur_pha.registre import Registre; print(Registre({url!r}).reserver(1))"
    both = [subprocess.Popen([sys.executable, "-c", make], stdout=subprocess.PIPE) for _ in range(2)]
    assert sorted(process.communicate()[0].strip() for process in both) == [b"['00001']", b"['00002']"]


# SQLite alone


def test_a_ledger_that_is_locked_is_said_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
    with writer(f"sqlite:///{tmp_path / 'registre.sqlite'}") as other:
        assert principal(["registre", "lister"]) == 0
        assert capsys.readouterr().err == ""

        def said(*pieces: object) -> None:
            montrer_erreur(*pieces)  # type: ignore[arg-type]
            go(other)

        monkeypatch.setattr("segur_pha.cli.ouverture.montrer_erreur", said)
        assert principal(["registre", "deposer", name(1)]) == 0
    assert "Patience : un autre programme se sert de registre.sqlite ; cette commande attend" in capsys.readouterr().err


@pytest.mark.parametrize("begin", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_on_another_machine_s_disk_a_reader_waits_for_a_commit_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin: str
) -> None:
    """The rollback journal: only a program that locks readers out on purpose is waited for, and that is told."""
    monkeypatch.setattr("segur_pha.registre.stockage.disque_local", lambda _: False)
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
        before = questions(registre)
        assert [p.name for p in tmp_path.iterdir()] == ["registre.sqlite"]
    waited: list[str] = []
    with writer(f"sqlite:///{path}", begin) as other:

        def told() -> None:
            waited.append("!")
            go(other)

        with Registre(path, si_occupe=told) as registre:
            assert questions(registre) == before
    assert waited == (["!"] if begin == "BEGIN EXCLUSIVE" else [])


def test_a_ledger_comes_back_from_another_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "registre.sqlite"
    for local in (True, False, True):
        with monkeypatch.context() as patch:
            patch.setattr("segur_pha.registre.stockage.disque_local", lambda _, here=local: here)
            with Registre(path) as registre:
                registre.reserver(1)
                beside = [p.name for p in tmp_path.iterdir()]
                assert ("registre.sqlite-wal" in beside) is local
        assert [p.name for p in tmp_path.iterdir()] == ["registre.sqlite"]


def test_a_writer_keeps_much_to_itself_until_it_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a log, pages that no longer fit in memory would lock readers out."""
    monkeypatch.setattr("segur_pha.registre.stockage.disque_local", lambda _: False)
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre, Registre(path) as reader, registre._stockage.ecriture() as connection:  # noqa: SLF001 - in its middle
        connection.exec_driver_sql("PRAGMA cache_size=5")
        many = "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 20000) SELECT x FROM n"
        connection.exec_driver_sql(f"INSERT INTO segur_retours SELECT hex(randomblob(32)) FROM ({many})")  # noqa: S608
        assert reader.demandes() == ()


def test_a_ledger_that_nobody_here_may_write_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
        before = questions(registre)
    content = path.read_bytes()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Registre(path) as registre:
        assert questions(registre) == before
        assert [p.name for p in tmp_path.iterdir()] == ["registre.sqlite"]
        with pytest.raises(RegistreError, match="lecture seule"):
            registre.reserver(1)
    assert path.read_bytes() == content


def test_a_name_that_means_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
        path.rename(tmp_path / "ailleurs.sqlite")
        for command in (lambda: registre.reserver(1), registre.demandes):
            with pytest.raises(RegistreError, match="n’est plus à sa place"):
                command()
        Registre(path).fermer()
        with pytest.raises(RegistreError, match="un autre a pris son nom"):
            registre.preparer({name(9): file_of("00099")}, jour=DAY)
    with Registre(path) as other:
        assert other.demandes() == ()


def test_a_broken_pragma_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "registre.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(RegistreError):
        Registre(tmp_path / "registre.sqlite")


# Whose disk it is

MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 27 0:40 / {point} rw,relatime shared:9 master:2 - {kind} //server/share rw
"""


@pytest.mark.parametrize(
    ("kind", "local"), [("cifs", False), ("nfs4", False), ("fuse.sshfs", False), ("9p", False), ("xfs", True)]
)
@pytest.mark.parametrize("point", ["/mnt/partage", "/mnt/deux\\040mots"])
def test_the_nearest_mount_tells_whose_disk_it_is(tmp_path: Path, kind: str, local: bool, point: str) -> None:  # noqa: FBT001 - a case
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(point=point, kind=kind), "utf-8")
    there = Path(point.replace("\\040", " "))
    assert disque_local(there / "dossier" / "registre.sqlite", mounts) is local
    assert disque_local(there / "registre.sqlite", mounts) is local
    assert disque_local(Path("/mnt/partage-a-part/registre.sqlite"), mounts)
    assert not disque_local(Path("/proc/registre.sqlite"), mounts)


@pytest.mark.parametrize(
    "kind",
    [
        "btrfs",
        "exfat",
        "ext2",
        "ext3",
        "ext4",
        "f2fs",
        "jfs",
        "ntfs",
        "ntfs3",
        "overlay",
        "reiserfs",
        "tmpfs",
        "vfat",
        "xfs",
        "zfs",
    ],
)
def test_a_disk_of_this_machine_is_known_by_its_kind(tmp_path: Path, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(point="/donnees", kind=kind), "utf-8")
    assert disque_local(Path("/donnees/registre.sqlite"), mounts)


@given(st.text(st.sampled_from("/- \\0x4nfs\n"), max_size=60))
def test_a_table_of_mounts_that_says_nothing_is_no_traceback(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_text", lambda *_, **__: text)
        assert disque_local(Path("/a/registre.sqlite")) in {True, False}


def test_a_database_in_memory_has_no_file() -> None:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
        registre.effacer("750000001", jour=DAY)
        assert registre.demandes()[0].effacee


def test_the_engine_of_a_caller_keeps_its_settings(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with Registre(engine) as registre, closing(engine.raw_connection()) as raw:
        registre.reserver(1)
        assert raw.cursor().execute("PRAGMA journal_mode").fetchone() == ("delete",)
    engine.dispose()


def test_a_connection_that_cannot_be_set_up_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def refuse(connection: sqlite3.Connection) -> None:
        seen.append(connection)
        raise sqlite3.DatabaseError("refused")

    monkeypatch.setattr("segur_pha.registre.adresse.regler_la_connexion", refuse)
    with pytest.raises(RegistreError, match="refused"):
        Registre(tmp_path / "registre.sqlite")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        seen[0].execute("SELECT 1")
