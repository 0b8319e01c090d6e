"""What stands where a ledger was meant and is none: it is named for what it is, and left as it is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"
CREATING = [
    "registre creer",
    "preparer {0}/commandes.csv --editeur {0}/editeur.toml --pieces {0}/pieces --jour 2022-11-15 --sortie depot --creer",
]
READING = ["registre lister", "registre payer 00001 1,00 --jour 2023-01-05", "registre verifier"]


def database(path: Path, *orders: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for order in orders:
            connection.execute(order)


def of_another_program(path: Path) -> None:
    database(path, "CREATE TABLE factures (numero)", "CREATE VIEW dues AS SELECT numero FROM factures")


def in_its_log(path: Path) -> None:
    database(path, "PRAGMA journal_mode=WAL", "CREATE TABLE factures (numero)")


#: How it comes to be there, and what is said of it.
OTHERS: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_text("bonjour\n", "utf-8"), "n’est pas une base de données SQLite"),
    (lambda path: path.write_bytes(b"x"), "n’est pas une base de données SQLite"),
    (Path.mkdir, "c’est un dossier"),
    (of_another_program, "c’est la base d’un autre programme (2 tables, aucune du registre)"),
    (in_its_log, "c’est la base d’un autre programme (1 table, aucune du registre)"),
]


def content(path: Path) -> object:
    return sorted(path.iterdir()) if path.is_dir() else path.read_bytes()


@pytest.mark.parametrize(("make", "what"), OTHERS)
def test_what_is_no_ledger_is_named_and_left_alone(
    make: Callable[[Path], object],
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "autre")
    before = content(tmp_path / "autre")
    for line in CREATING:
        assert principal([*line.format(EXAMPLES).split(), "--registre", "autre"]) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert "autre n’est pas un registre, " in said
        assert what in said
        assert "existe déjà" not in said
        assert ("segur-pha registre tables --dialecte sqlite." in said) == ("autre programme" in what)
    assert content(tmp_path / "autre") == before
    assert [path.name for path in tmp_path.iterdir()] == ["autre"]


@pytest.mark.parametrize(("make", "what"), OTHERS[2:])
def test_who_reads_it_is_not_told_to_make_one_of_that_name(
    make: Callable[[Path], object],
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "autre")
    for line in READING:
        assert principal([*line.split(), "--registre", "autre"]) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert f"autre n’en est pas un, {what}." in said
        assert "registre creer" not in said
    with pytest.raises(RegistreError, match="n’en est pas un, c’est "):
        Registre(tmp_path / "autre", creer=False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_of_that_name_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "tube")
    for command in ("creer", "lister"):
        assert principal(["registre", command, "--registre", str(tmp_path / "tube")]) == 2
        assert "ce n’est pas un fichier ordinaire" in " ".join(capsys.readouterr().err.split())


def test_the_same_of_a_database_that_is_no_file_of_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of_another_program(tmp_path / "autre.db")
    where = f"sqlite:///file:{tmp_path}/autre.db?uri=true"
    assert principal(["registre", "creer", "--registre", where]) == 2
    assert "c’est la base d’un autre programme (1 table, aucune du registre)" in " ".join(
        capsys.readouterr().err.split()
    )
    assert principal(["registre", "creer", "--registre", where.replace("autre", "neuf")]) == 0


def test_a_ledger_is_kept_among_the_tables_of_others_once_its_own_were_made_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "autre.db"
    of_another_program(path)
    assert principal(["registre", "tables", "--dialecte", "sqlite"]) == 0
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(capsys.readouterr().out)
    assert principal(["registre", "creer", "--premier", "00500", "--registre", str(path)]) == 0
    with Registre(path, creer=False) as registre:
        assert registre.reserver(1) == ["00500"]
    assert principal(["registre", "creer", "--registre", str(path)]) == 2
    assert "existe déjà" in capsys.readouterr().err


def test_in_python_a_caller_who_says_so_puts_the_tables_into_a_database_of_others(tmp_path: Path) -> None:
    of_another_program(tmp_path / "autre.db")
    with Registre(tmp_path / "autre.db") as registre:
        assert registre.reserver(1) == ["00001"]
