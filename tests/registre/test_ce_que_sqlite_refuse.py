"""What a database refuses is said in French, with what to do; its own words only where nothing better is known."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from segur_pha import RegistreError
from segur_pha.registre.refus import traduire

if TYPE_CHECKING:
    from segur_pha.registre import Registre

#: The names of SQLite's result codes (sqlite.org/rescode.html), and what a clerk may do.
TOLD = {
    "SQLITE_CANTOPEN": "le fichier ne s’ouvre pas ; vérifiez son dossier et vos droits d’accès.",
    "SQLITE_NOTADB": "ce fichier n’est pas un registre ; vérifiez son nom.",
    "SQLITE_READONLY": "le fichier est en lecture seule ; vérifiez vos droits d’accès.",
    "SQLITE_FULL": "le disque est plein ; faites de la place, puis recommencez.",
    "SQLITE_IOERR": "le disque ne répond pas comme il devrait ; vérifiez-le, puis recommencez.",
    "SQLITE_CORRUPT": "ce fichier est abîmé ; reprenez la dernière copie entière",
    "SQLITE_BUSY": "un autre programme s’en sert ; recommencez quand il aura fini.",
    "SQLITE_LOCKED": "un autre programme s’en sert ; recommencez quand il aura fini.",
}
EXTENDED = {"SQLITE_IOERR_WRITE": "SQLITE_IOERR", "SQLITE_CORRUPT_INDEX": "SQLITE_CORRUPT"}


def said(code: str | None, words: str) -> str:
    """Have an engine's question refused, and give what the ledger says of it."""
    refused = sqlite3.OperationalError(words)
    if code is not None:
        refused.sqlite_errorname = code
    engine = create_engine("sqlite://")
    with pytest.raises(RegistreError) as raised, traduire(engine):
        raise OperationalError("SELECT ?", ("DURAND",), refused)
    engine.dispose()
    return str(raised.value)


@pytest.mark.parametrize("code", [*TOLD, *EXTENDED])
def test_what_sqlite_refuses_says_what_to_do(code: str) -> None:
    message = said(code, "database or disk problem")
    assert message.startswith("La base du registre a refusé l’opération, rien n’a été enregistré : ")
    assert TOLD[EXTENDED.get(code, code)] in message
    assert "database or disk problem" not in message


def test_other_words_of_the_database_are_repeated_without_the_row() -> None:
    message = said("SQLITE_MISMATCH", "datatype mismatch\nDETAIL: DURAND")
    assert message.endswith("rien n’a été enregistré : elle dit « datatype mismatch ».")


def test_a_text_that_the_driver_cannot_read_is_not_repeated() -> None:
    message = said(None, "Could not decode to UTF-8 column 'nom' with text 'DURAND'")
    assert "ce fichier est abîmé" in message
    assert "DURAND" not in message


#: What a BIGINT holds (PostgreSQL's manual, numeric types), and SQLite's integers.
LARGEST = 2**63 - 1


@DEAR
@given(st.integers(0, 2**70) | st.sampled_from([LARGEST, LARGEST + 1, -LARGEST - 2]))
def test_a_number_goes_to_the_database_where_every_database_keeps_it(same: Registre, number: int) -> None:
    if 0 <= number <= LARGEST:
        assert same.soldables(limite=number) == ()
    else:
        with pytest.raises(RegistreError, match=r"a trop de chiffres\. Rien n’a été enregistré"):
            same.soldables(limite=number)
