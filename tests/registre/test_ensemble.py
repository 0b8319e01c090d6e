"""``ensemble()``: several commands and statements of the caller's, in one savepoint of the caller's transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from segur_pha import RegistreError
from segur_pha.registre import Registre


def test_what_the_caller_s_own_statements_are_refused_for_is_the_caller_s(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        registre = Registre(connection)
        connection.execute(text("CREATE TABLE bills (number INTEGER PRIMARY KEY)"))
        bill = text("INSERT INTO bills VALUES (1)")
        connection.execute(bill)

        def bill_again() -> None:
            with registre.ensemble():
                registre.reserver(1)
                connection.execute(bill)

        with pytest.raises(IntegrityError):
            bill_again()
        assert registre.prochains_numeros(1) == ["00001"]
    engine.dispose()


def test_commands_are_one_in_a_transaction_of_the_caller_s_only(url: str) -> None:
    with Registre(url) as registre, pytest.raises(RegistreError, match="donnez-lui une Connection"):
        registre.ensemble().__enter__()
