"""Each test of the ledger gets an empty one: a SQLite file, and a schema of its own on PostgreSQL where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bases import empty_place
from sqlalchemy import create_engine, delete, insert, select

from segur_pha.registre import Registre, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty ledger may be made, on each database."""
    yield from empty_place(request.param, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def same(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registre]:
    """One ledger of each database for all the tests of a module that change nothing in it."""
    for place in empty_place(request.param, tmp_path_factory.mktemp("registre")):
        with Registre(place) as ouvert:
            yield ouvert


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a ledger is, on each database: its tables are made once for a module, which takes longer than most tests."""
    for url in empty_place(request.param, tmp_path_factory.mktemp("registre")):
        Registre(url).fermer()
        yield url


@pytest.fixture(scope="module")
def emptied(place: str) -> Iterator[Callable[[], None]]:
    """Take away what was written since the ledger was made."""
    engine = create_engine(place)
    with engine.begin() as connection:
        settings = [dict(row) for row in connection.execute(select(tables.reglages)).mappings()]

    def empty() -> None:
        with engine.begin() as connection:
            for table in reversed(tables.METADONNEES.sorted_tables):
                connection.execute(delete(table))
            connection.execute(insert(tables.reglages), settings)

    yield empty
    engine.dispose()


@pytest.fixture
def registre(place: str, emptied: Callable[[], None]) -> Iterator[Registre]:
    """An empty ledger, on each database; what a test has written goes away with it."""
    with Registre(place) as ouvert:
        yield ouvert
    emptied()
