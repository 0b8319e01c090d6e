"""The databases that the ledger is tested on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.schemas import empty_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
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
