"""The tables beside the caller's: as SQL by command, and under Alembic, which finds nothing to change in them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from atelier import DAY, file_of, name
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, text

from segur_pha.cli import principal
from segur_pha.registre import METADONNEES, Registre
from segur_pha.registre.tables import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


def make_by_hand(engine: Engine) -> None:
    with engine.begin() as connection:
        for statement in ddl(engine.dialect.name).split(";\n")[:-1]:
            connection.execute(text(statement))


def changes(engine: Engine, *metadata: MetaData) -> list[object]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), list(metadata))


def test_autogenerate_finds_nothing_to_drop_or_to_change(engine: Engine) -> None:
    mine = MetaData()
    Table("orders", mine, Column("id", Integer, primary_key=True))
    with engine.begin() as connection:
        mine.create_all(connection)
        Registre(connection)
    assert changes(engine, mine, METADONNEES) == []
    # Without it, the ledger would be dropped.
    assert {change[0] for change in changes(engine, mine)} >= {"remove_table"}  # type: ignore[index]


def test_tables_that_were_made_by_hand_are_a_ledger_when_it_is_opened(engine: Engine) -> None:
    make_by_hand(engine)
    assert changes(engine, METADONNEES) == []
    with Registre(engine, alphabet="0123456789ABCDEF", premier="000FF") as registre:
        assert registre.reserver(1) == ["000FF"]
        registre.preparer({name(1): file_of("00001")}, jour=DAY)
    with Registre(engine) as again:
        assert again.reserver(1) == ["00100"]
        assert len(again.demandes()) == 1


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_command_writes_the_same_sql(dialect: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert principal(["registre", "tables", "--dialecte", dialect]) == 0
    assert capsys.readouterr().out.strip() == ddl(dialect).strip()


def test_no_driver_is_needed_to_write_sql() -> None:
    code = "import sys; sys.modules['psycopg'] = None; from segur_pha.registre.tables import ddl; print(len(ddl('postgresql')))"
    assert int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout) > 1000
