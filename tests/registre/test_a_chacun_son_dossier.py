"""A hidden folder is shown for its own recording: that the same files were recorded in another one opens nothing."""

from __future__ import annotations

import contextlib
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from segur_pha import Editeur, RegistreError
from segur_pha.depot import CommandesRefusees, verifier_depot
from segur_pha.registre import Fait, Registre, Resoumission, connexion_empruntee, montrer_depot, preparer_au_registre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY = date(2022, 11, 15)
JSON = "JSON-ANS0000001-20221115-001.json"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    with engine.begin() as connection:
        Registre(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLES / "pieces", tmp_path / "pieces")


def prepare(registre: Registre, documents: Path, folder: Path) -> Resoumission:
    titles, *rows = [line.split(";") for line in (EXAMPLES / "commandes.csv").read_text("utf-8-sig").splitlines()]
    orders = [dict(zip(titles, ["", *row[1:]], strict=True)) for row in rows]
    return preparer_au_registre(registre, orders, EDITEUR, documents, folder, jour=DAY, concordance=False)


def in_a_savepoint(connection: Connection, work: Callable[[Connection], Resoumission]) -> Resoumission:
    Registre(connection).reserver(0)  # so that SQLite's driver has begun
    savepoint = connection.begin_nested()
    made = work(connection)
    savepoint.rollback()
    return made


def in_a_savepoint_in_words(connection: Connection, work: Callable[[Connection], Resoumission]) -> Resoumission:
    """As a framework does that speaks with the driver: SQLAlchemy is told nothing."""
    Registre(connection).reserver(0)
    connection.exec_driver_sql("SAVEPOINT mine")
    made = work(connection)
    connection.exec_driver_sql("ROLLBACK TO SAVEPOINT mine")
    return made


def on_a_borrowed_connection(connection: Connection, work: Callable[[Connection], Resoumission]) -> Resoumission:
    Registre(connection).reserver(0)
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.cursor().execute("SAVEPOINT mine")
    with connexion_empruntee(raw) as borrowed:
        made = work(borrowed)
    raw.cursor().execute("ROLLBACK TO SAVEPOINT mine")
    return made


ROLLED_BACK = {"savepoint": in_a_savepoint, "in words": in_a_savepoint_in_words, "borrowed": on_a_borrowed_connection}


@pytest.mark.parametrize("documents_change", [False, True], ids=["the same documents", "another scan"])
@pytest.mark.parametrize("again", ["transaction", "at once"])
@pytest.mark.parametrize("way", ROLLED_BACK)
def test_what_was_rolled_back_is_not_shown_for_what_was_prepared_again(
    engine: Engine, documents: Path, tmp_path: Path, way: str, again: str, *, documents_change: bool
) -> None:
    with engine.begin() as connection:
        first = ROLLED_BACK[way](connection, lambda joined: prepare(Registre(joined), documents, tmp_path / "first"))
    if documents_change:
        shutil.copy(documents / "PREUVE_HT.pdf", documents / "Bon DURAND.pdf")
    with engine.begin() if again == "transaction" else contextlib.nullcontext(engine) as place:
        second = prepare(Registre(place), documents, tmp_path / "second")
    assert second.montrer() == tmp_path / "second"
    with pytest.raises(RegistreError, match="annulée"):
        first.montrer()
    with pytest.raises(RegistreError, match="aucun dossier"):
        montrer_depot(Registre(engine), tmp_path / "first")
    assert not (tmp_path / "first").exists()
    # Nor does what is left of it take anything from the one that stands.
    shutil.copy(documents / "PREUVE_HT.pdf", documents / "Bon DURAND.pdf")
    with pytest.raises(CommandesRefusees, match="déjà une demande en cours"):
        prepare(Registre(engine), documents, tmp_path / "first")
    with Registre(engine) as registre:
        assert {d.phase.value for d in registre.demandes()} == {"préparée"}
    assert verifier_depot(tmp_path / "second", jour=DAY).bon


def test_given_up_and_prepared_again_only_the_second_is_shown(engine: Engine, documents: Path, tmp_path: Path) -> None:
    orders = EXAMPLES / "commandes.csv"  # under the same numbers, so the same file

    def deposit(name: str) -> Resoumission:
        with engine.begin() as connection:
            return preparer_au_registre(Registre(connection), orders, EDITEUR, documents, tmp_path / name, jour=DAY)

    first = deposit("first")
    with Registre(engine) as registre:
        [file] = registre.fichiers()
        number = registre.demandes()[0].numero_editeur
        registre.abandonner(JSON, jour=DAY)
        assert registre.fichiers_prepares([file.fichier]) == frozenset()
        # Taken back, the step leaves it as it was.
        registre.annuler(number, Fait.ABANDON, jour=DAY, motif="trop vite")
        assert registre.fichiers_prepares([file.fichier], dossier=first.depot.cache.cache) == {file.fichier}
        registre.abandonner(JSON, jour=DAY)
    second = deposit("second")
    with pytest.raises(RegistreError, match="abandonné"):
        first.montrer()
    assert second.montrer() == tmp_path / "second"
    assert montrer_depot(Registre(engine), tmp_path / "second") == tmp_path / "second"
    assert not (tmp_path / "first").exists()


def test_two_folders_of_the_same_files_are_each_shown_once_recorded(
    engine: Engine, documents: Path, tmp_path: Path
) -> None:
    orders = EXAMPLES / "commandes.csv"
    made = []
    for name in ("first", "second"):
        with engine.begin() as connection:
            made.append(
                preparer_au_registre(Registre(connection), orders, EDITEUR, documents, tmp_path / name, jour=DAY)
            )
    assert [deposit.montrer().name for deposit in made] == ["first", "second"]


@pytest.fixture
def new(url: str) -> Iterator[Engine]:
    """An engine where no ledger was made yet."""
    engine = create_engine(url)
    yield engine
    engine.dispose()


def test_a_ledger_that_was_made_in_the_same_transaction_is_not_committed_yet(
    new: Engine, documents: Path, tmp_path: Path
) -> None:
    """Nobody else sees its tables either: that is said as before any other commit."""
    with new.connect() as connection:
        made = prepare(Registre(connection), documents, tmp_path / "depot")
        with pytest.raises(RegistreError, match="pas validée"):
            made.montrer()
        connection.commit()
    assert made.montrer() == tmp_path / "depot"


@pytest.mark.parametrize("end", ["rollback", "close"])
def test_nor_is_one_whose_making_was_rolled_back(new: Engine, documents: Path, tmp_path: Path, end: str) -> None:
    with new.connect() as connection:
        made = prepare(Registre(connection), documents, tmp_path / "depot")
        getattr(connection, end)()
    with pytest.raises(RegistreError, match="annulée"):
        made.montrer()
    assert not (tmp_path / "depot").exists()
