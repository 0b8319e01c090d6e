"""Connections that commit each statement by themselves: a ledger works in transactions there all the same, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url

from segur_pha import RegistreError
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

#: How an engine is told to commit each statement: SQLAlchemy's two ways, and the driver's own.
WAYS = ["engine", "options", "driver"]


@pytest.fixture(params=WAYS)
def engine(request: pytest.FixtureRequest, url: str) -> Iterator[Engine]:
    """An engine whose connections commit each statement, on a ledger that is there."""
    Registre(url).fermer()
    if request.param == "engine":
        made = create_engine(url, isolation_level="AUTOCOMMIT")
    elif request.param == "options":
        made = create_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    else:
        sqlite = make_url(url).get_backend_name() == "sqlite"
        made = create_engine(url, connect_args={"isolation_level": None} if sqlite else {"autocommit": True})
    yield made
    made.dispose()


def test_no_command_happens_by_halves_nor_without_the_lock(engine: Engine, url: str) -> None:
    if engine.dialect.name == "sqlite":
        with Registre(engine) as registre:
            assert registre.reserver(2) == ["00001", "00002"]
    else:
        with pytest.raises(RegistreError, match=r"AUTOCOMMIT.* : donnez-lui une Engine à part"):
            Registre(engine)
    with Registre(url) as registre:
        assert registre.prochains_numeros(1) == ["00003" if engine.dialect.name == "sqlite" else "00001"]


def test_what_the_caller_rolls_back_has_not_happened(engine: Engine, url: str) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            registre = Registre(connection)
            connection.commit()
            registre.reserver(2)
        else:
            with pytest.raises(RegistreError, match="AUTOCOMMIT"):
                Registre(connection).reserver(2)
        connection.rollback()
    with Registre(url) as registre:
        assert registre.prochains_numeros(1) == ["00001"]
