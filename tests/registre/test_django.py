"""In Django's ``atomic()``, on both databases: the ledger's part is committed and rolled back with the rest, and by Django alone."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import django.db.transaction
import pytest
from django.conf import settings
from django.db import transaction
from django.db.utils import ConnectionHandler
from sqlalchemy import make_url

from segur_pha import Editeur, RegistreError
from segur_pha.depot import verifier_depot
from segur_pha.registre import Registre, Resoumission, connexion_empruntee, montrer_depot, preparer_au_registre

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY = date(2022, 11, 15)


@pytest.fixture
def connection(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Django's connection to an empty database."""
    if not settings.configured:
        settings.configure()
        django.setup()
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        database: dict[str, object] = {"ENGINE": "django.db.backends.sqlite3", "NAME": address.database}
    else:
        query = dict(address.query)
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.database,
            "USER": address.username,
            "HOST": query["host"],
            "OPTIONS": {"options": query["options"]},
        }
    handler = ConnectionHandler({"default": database})
    monkeypatch.setattr(django.db.transaction, "connections", handler)
    yield handler["default"]
    handler["default"].close()


def prepare(connection: Any, folder: Path) -> Resoumission:
    with connexion_empruntee(connection.connection) as borrowed:
        made = preparer_au_registre(
            Registre(borrowed), EXAMPLES / "commandes.csv", EDITEUR, EXAMPLES / "pieces", folder, jour=DAY
        )
    transaction.on_commit(made.montrer)
    return made


def numbers(url: str) -> list[str]:
    with Registre(url) as registre:
        return [d.numero_editeur for d in registre.demandes()]


def test_the_folder_is_shown_with_django_s_commit(connection: Any, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    with transaction.atomic():
        connection.ensure_connection()
        connection.cursor().execute("CREATE TABLE orders (id INTEGER)")
        made = prepare(connection, folder)
        with pytest.raises(RegistreError, match="pas encore validée"):
            made.montrer()
        connection.cursor().execute("INSERT INTO orders VALUES (1)")
        assert not folder.exists()
    assert folder.exists()
    assert made.montrer() == folder
    connection.close()
    assert numbers(url) == ["00001", "00002", "00003"]


def test_what_django_rolls_back_has_not_happened(connection: Any, url: str, tmp_path: Path) -> None:
    with transaction.atomic():
        connection.cursor().execute("CREATE TABLE orders (id INTEGER)")
        with connexion_empruntee(connection.connection) as borrowed:
            assert Registre(borrowed).reserver(1) == ["00001"]

    def reserves_and_fails() -> None:
        with transaction.atomic():
            with connexion_empruntee(connection.connection) as borrowed:
                assert Registre(borrowed).reserver(1) == ["00002"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        reserves_and_fails()
    kept: list[Resoumission] = []

    def fails() -> None:
        with transaction.atomic():
            kept.append(prepare(connection, tmp_path / "depot"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with pytest.raises(RegistreError, match="annulée"):
        kept[0].montrer()
    assert not (tmp_path / "depot").exists()
    with transaction.atomic(), connexion_empruntee(connection.connection) as borrowed:
        assert Registre(borrowed).reserver(2) == ["00002", "00003"]
    connection.close()
    assert numbers(url) == []


@pytest.mark.parametrize("caught", [True, False])
def test_what_fails_inside_leaves_the_hidden_folder_to_the_transaction(
    connection: Any, url: str, tmp_path: Path, *, caught: bool
) -> None:
    """Whether an exception that leaves the block undoes anything is for Django to say: it may be caught, and all committed."""
    folder = tmp_path / "depot"
    made: list[Resoumission] = []

    def fails() -> None:
        with connexion_empruntee(connection.connection) as borrowed:
            orders, pieces = EXAMPLES / "commandes.csv", EXAMPLES / "pieces"
            made.append(preparer_au_registre(Registre(borrowed), orders, EDITEUR, pieces, folder, jour=DAY))
            raise ZeroDivisionError

    def work() -> None:
        with transaction.atomic():
            connection.ensure_connection()
            with pytest.raises(ZeroDivisionError) if caught else contextlib.nullcontext():
                fails()

    with contextlib.nullcontext() if caught else pytest.raises(ZeroDivisionError):
        work()
    assert numbers(url) == (["00001", "00002", "00003"] if caught else [])
    if caught:
        assert made[0].montrer() == folder
        assert verifier_depot(folder, jour=DAY).bon
    else:
        with pytest.raises(RegistreError, match="annulée"):
            made[0].montrer()
        made[0].depot.oublier()
    assert list(tmp_path.glob(".depot*")) == []


def test_a_connection_that_was_closed_meanwhile_is_named_and_another_one_shows_the_folder(
    connection: Any, url: str, tmp_path: Path
) -> None:
    """Django closes old connections at the end of a request; a task that was queued may come to show the folder later."""
    folder = tmp_path / "depot"
    with transaction.atomic():
        connection.ensure_connection()
        with connexion_empruntee(connection.connection) as borrowed:
            orders, pieces = EXAMPLES / "commandes.csv", EXAMPLES / "pieces"
            made = preparer_au_registre(Registre(borrowed), orders, EDITEUR, pieces, folder, jour=DAY)
    connection.close()
    with pytest.raises(RegistreError, match=r"fermée depuis.*montrer_depot\(Registre"):
        made.montrer()
    with Registre(url) as own:
        assert montrer_depot(own, folder) == folder == made.montrer()


def test_outside_of_a_transaction_nothing_is_lent(connection: Any) -> None:
    connection.ensure_connection()
    with pytest.raises(RegistreError, match="atomic"), connexion_empruntee(connection.connection):
        pass  # pragma: no cover - never reached
    for other in (None, 3):
        with pytest.raises(RegistreError, match="ensure_connection"), connexion_empruntee(other):
            pass  # pragma: no cover - never reached


def test_any_sqlite_connection_may_be_lent(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES)
    raw.execute("BEGIN")
    with connexion_empruntee(raw) as borrowed:
        Registre(borrowed).reserver(2)
    raw.commit()
    assert raw.execute("SELECT count(*) FROM segur_numeros").fetchone() == (2,)
    raw.close()
