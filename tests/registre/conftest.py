"""Each test of the ledger gets an empty one: a SQLite file, and a schema of its own on PostgreSQL where there is one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, delete, insert, select

from segur_pha.registre import Registre, tables
from tests.schemas import empty_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

POSTGRES = os.environ.get("SEGUR_TEST_POSTGRES", "")
NO_POSTGRES = "SEGUR_TEST_POSTGRES is not set: postgresql+psycopg://user@/base names a PostgreSQL server to test on"


def empty_place(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of a place for a ledger: in a folder (``sqlite``), or a schema on the server (``postgresql``)."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'registre.sqlite'}"
        return
    if not POSTGRES:  # pragma: no cover - the CI has a server
        pytest.skip(NO_POSTGRES)
    yield from empty_schema(POSTGRES)


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


def on_each_database(
    name: str, values: Collection[object], *, every_day: Collection[object], fixture: str = "url"
) -> pytest.MarkDecorator:
    """Try values on SQLite; on PostgreSQL, slower to set up, some every day and the others in the long profile."""
    cases = [
        pytest.param(kind, value, marks=[pytest.mark.long] if kind == "postgresql" and value not in every_day else [])
        for kind in ("sqlite", "postgresql")
        for value in values
    ]
    return pytest.mark.parametrize((fixture, name), cases, indirect=[fixture])


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
