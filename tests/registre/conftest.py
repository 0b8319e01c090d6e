"""Each test of the ledger gets an empty one: a SQLite file, and a schema of its own on PostgreSQL where there is one."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POSTGRES = os.environ.get("SEGUR_TEST_POSTGRES", "")
NO_POSTGRES = "SEGUR_TEST_POSTGRES is not set: postgresql+psycopg://user@/base names a PostgreSQL server to test on"


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL schema."""
    if not POSTGRES:  # pragma: no cover - the CI has a server
        pytest.skip(NO_POSTGRES)
    yield from empty_schema(POSTGRES)


def empty_schema(server: str) -> Iterator[str]:
    schema = f"segur_{uuid.uuid4().hex}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty ledger may be made, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registre.sqlite'}"
    return request.getfixturevalue("postgres")


@pytest.fixture
def registre(url: str) -> Iterator[Registre]:
    """An empty ledger, on each database."""
    with Registre(url) as ouvert:
        yield ouvert
