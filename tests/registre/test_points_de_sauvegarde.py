"""Savepoints of the caller's on SQLite, whose driver begins no transaction for one, and transactions that read too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from segur_pha import RegistreError
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine as ``create_engine`` gives it, on a ledger that is there, beside a table of the caller's."""
    engine = create_engine(url)
    with engine.begin() as connection:
        Registre(connection)
        connection.execute(text("CREATE TABLE orders (number TEXT)"))
    yield engine
    engine.dispose()


def nothing(_: Connection) -> None:
    """Begin with the savepoint."""


def read(connection: Connection) -> None:
    """Read first: the driver begins nothing for it."""
    connection.execute(text("SELECT number FROM orders")).all()


def ask(connection: Connection) -> None:
    """Ask the ledger first."""
    Registre(connection).demandes()


def write(connection: Connection) -> None:
    """Write a row first."""
    connection.execute(text("INSERT INTO orders VALUES ('mine')"))


def lock(connection: Connection) -> None:
    """Take the ledger's lock first."""
    Registre(connection).reserver(0)


COMMANDS: dict[str, Callable[[Registre], object]] = {
    "serve": lambda registre: registre.reserver(1),
    "together": lambda registre: registre.ensemble().__enter__(),
}


@pytest.mark.parametrize("through", ["connection", "session"])
@pytest.mark.parametrize("before", [nothing, read, ask, write, lock])
def test_what_a_savepoint_of_the_caller_s_held_is_rolled_back_with_the_transaction(
    engine: Engine, before: Callable[[Connection], None], through: str
) -> None:
    """It happens whole with the caller's commit, or is refused: never before it."""
    alone = engine.dialect.name == "sqlite" and before in (nothing, read, ask)
    with Session(engine) if through == "session" else engine.connect() as caller:
        connection = caller.connection() if isinstance(caller, Session) else caller
        before(connection)
        with caller.begin_nested():
            registre = Registre(caller.connection() if isinstance(caller, Session) else caller)
            if alone:
                with pytest.raises(RegistreError, match=r"point de sauvegarde.*reserver\(0\).*Rien n’a été enregistré"):
                    registre.reserver(1)
            else:
                assert registre.reserver(1) == ["00001"]
        caller.rollback()
    with Registre(engine) as own:
        assert own.prochains_numeros(1) == ["00001"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_every_command_that_writes_refuses_it_and_the_next_transaction_is_right(engine: Engine, command: str) -> None:
    with engine.connect() as connection:
        registre = Registre(connection)
        with connection.begin_nested(), connection.begin_nested(), pytest.raises(RegistreError, match="begin_nested"):
            COMMANDS[command](registre)
        # After the savepoint the driver begins by itself.
        assert registre.reserver(1) == ["00001"]
        with connection.begin_nested():
            assert registre.reserver(1) == ["00002"]
        connection.rollback()
        assert registre.prochains_numeros(1) == ["00001"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_ledger_is_not_made_in_such_a_savepoint(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection, connection.begin_nested(), pytest.raises(RegistreError, match="begin_nested"):
        Registre(connection)
    with pytest.raises(RegistreError, match="introuvable"):
        Registre(engine, creer=False)
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_transaction_that_read_before_another_one_wrote_says_what_to_do(url: str) -> None:
    """With SQLAlchemy's recipe what was read stays as it was, and such a transaction may write no more."""
    with Registre(url) as other:
        engine = create_engine(url, connect_args={"isolation_level": None})
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        with engine.connect() as connection:
            registre = Registre(connection)
            assert registre.prochains_numeros(1) == ["00001"]
            assert other.reserver(1) == ["00001"]
            for _ in range(2):
                with pytest.raises(
                    RegistreError, match=r"avant qu’un autre programme y écrive.*rollback.*une nouvelle"
                ):
                    registre.reserver(1)
            connection.rollback()
            assert registre.reserver(1) == ["00002"]
            connection.commit()
        engine.dispose()
