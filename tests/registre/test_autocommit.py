"""Connections that commit each statement by themselves: a ledger refuses them, whoever says it, and on every database."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, event, make_url, text

from segur_pha import RegistreError
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine


class Modern(sqlite3.Connection):
    """What ``sqlite3.connect(…, autocommit=True)`` gives since Python 3.12: its ``commit`` and ``rollback`` do nothing."""

    autocommit = True
    isolation_level = ""  # what it says then, which means nothing

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "isolation_level": None})

    def commit(self) -> None:
        """Do nothing, as the documentation of sqlite3 says."""

    rollback = commit


#: How an engine is told to commit each statement: SQLAlchemy's two ways, and the driver's own two.
WAYS = ["engine", "options", "driver", "modern driver"]


@pytest.fixture(params=WAYS)
def engine(request: pytest.FixtureRequest, url: str) -> Iterator[Engine]:
    """An engine whose connections commit each statement, on a ledger that is there."""
    Registre(url).fermer()
    if request.param == "engine":
        made = create_engine(url, isolation_level="AUTOCOMMIT")
    elif request.param == "options":
        made = create_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    elif make_url(url).get_backend_name() == "sqlite":
        made = create_engine(
            url, connect_args={"isolation_level": None} if request.param == "driver" else {"factory": Modern}
        )
    else:
        made = create_engine(url, connect_args={"autocommit": True})
    yield made
    made.dispose()


COMMANDS: dict[str, Callable[[Registre], object]] = {
    "serve": lambda registre: registre.reserver(2),
    "erase": lambda registre: registre.effacer("990000010", jour=date(2022, 11, 15)),
    "together": lambda registre: registre.ensemble().__enter__(),
}


def test_no_command_happens_by_halves_nor_without_the_lock(engine: Engine, url: str) -> None:
    with pytest.raises(RegistreError, match=r"AUTOCOMMIT.* : donnez-lui une Engine à part"):
        Registre(engine).reserver(2)
    with Registre(url) as registre:
        assert registre.reserver(1) == ["00001"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_caller_s_own_rows_are_not_taken_back_with_the_ledger_s(engine: Engine, url: str, command: str) -> None:
    """Whoever counts on each statement being committed never calls « commit »."""
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE orders (number TEXT)"))
        registre = Registre(connection)
        assert registre.prochains_numeros(1) == ["00001"]  # to read needs no transaction
        with pytest.raises(RegistreError, match=r"AUTOCOMMIT.* : donnez-lui une Engine à part"):
            COMMANDS[command](registre)
        connection.execute(text("INSERT INTO orders VALUES ('mine')"))
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT number FROM orders")).all() == ["mine"]
    with Registre(url) as registre:
        assert registre.reserver(1) == ["00001"]


def test_a_single_connection_may_be_told_so_too(url: str) -> None:
    """Nor are tables made there."""
    engine = create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        with pytest.raises(RegistreError, match="AUTOCOMMIT"):
            Registre(connection)
        connection.commit()
    with pytest.raises(RegistreError, match="introuvable"):
        Registre(engine, creer=False)
    engine.dispose()


def test_a_transaction_that_the_caller_begins_in_words_is_one(engine: Engine, url: str) -> None:
    for end, following in (("ROLLBACK", "00001"), ("COMMIT", "00002")):
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            assert Registre(connection).reserver(1) == ["00001"]
            connection.exec_driver_sql(end)
        with Registre(url) as registre:
            assert registre.prochains_numeros(1) == [following]


@pytest.mark.parametrize("command", ["serve", "together"])
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_transaction_that_begins_with_the_connection_s_event_is_one(url: str, command: str) -> None:
    """SQLAlchemy's recipe for sqlite3: the driver begins nothing, and a listener does."""
    engine = create_engine(url, connect_args={"isolation_level": None})
    event.listen(engine, "begin", begin)
    Registre(engine).reserver(1)
    with engine.connect() as connection:
        registre = Registre(connection)
        connection.commit()
        COMMANDS[command](registre)
        registre.reserver(1)
        connection.rollback()
        assert registre.prochains_numeros(1) == ["00002"]
    engine.dispose()


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
