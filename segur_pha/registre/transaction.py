"""The caller's transaction, as seen by a ledger that was given a Connection (decision 21); connections lent by a framework."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import StaticPool, create_engine

from segur_pha.depot.dossier import marque_du_dossier
from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.base import existe, les_fichiers, lots
from segur_pha.registre.etats import PhaseFichier
from segur_pha.registre.journal import marques

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from segur_pha.registre.stockage import Stockage

__all__ = ["EMPRUNTEE", "Transaction", "connexion_empruntee"]


class Transaction:
    """What a :class:`~segur_pha.registre.Registre` says about the transaction in which it works."""

    _stockage: Stockage

    @property
    def connexion(self) -> Connection | None:
        """The caller's Connection, whose commit makes everything visible; ``None`` if each command commits by itself."""
        return self._stockage.connexion

    def ensemble(self) -> AbstractContextManager[Connection]:
        """Make several commands in the caller's transaction one, by a savepoint: either all of them happen, or none.

        If the block fails on PostgreSQL, the ledger's lock is released too.  What your own statements raise in it is not
        converted.

        Raises :class:`~segur_pha.RegistreError` unless the caller gave a Connection.
        """
        return self._stockage.ensemble()

    def fichiers_prepares(
        self, fichiers: Collection[str], *, dossier: str | os.PathLike[str] | None = None
    ) -> frozenset[str]:
        """Say which of these files (SHA-256) the ledger knows as prepared, in your transaction where it works in one.

        ``dossier``: the hidden folder in which they wait for a commit; one that was recorded in another does not count then.
        """
        with self._stockage.lecture() as connexion:
            return _prepares(connexion, fichiers, dossier)

    def exiger_la_validation(self, fichiers: Collection[str], *, dossier: str | os.PathLike[str] | None = None) -> None:
        """Raise :class:`~segur_pha.RegistreError` unless everybody sees these files (SHA-256) as prepared: after the commit.

        ``dossier``: the hidden folder in which they wait; that the same files were recorded in another does not count then.
        """
        with self._stockage.lecture_de_ce_qui_est_valide() as connexion:
            prepares = _prepares(connexion, fichiers, dossier) if existe(connexion) else frozenset()
        if not prepares.issuperset(fichiers):
            raise RegistreError(
                "Ce dossier n’est pas inscrit au registre comme préparé : sa transaction n’est pas validée, a été annulée, ou il "
                "a été abandonné. Montrez-le après le « commit », ou préparez-le de nouveau."
            )


def _prepares(
    connexion: Connection, fichiers: Collection[str], dossier: str | os.PathLike[str] | None
) -> frozenset[str]:
    f = tables.fichiers.c
    prepares = frozenset(
        etat.fichier
        for lot in lots(fichiers)
        for etat in les_fichiers(connexion, f.fichier.in_(lot), f.phase == PhaseFichier.PREPARE.value)
    )
    if dossier is None:
        return prepares
    marque = marque_du_dossier(Path(dossier))
    return frozenset(fichier for fichier in prepares if marque in marques(connexion, fichier))


#: The execution option that marks such a connection: the end that SQLAlchemy announces is not the real transaction's.
EMPRUNTEE: Final = "segur_pha_empruntee"

#: The module of a driver → its dialect, and the options that this needs on a borrowed connection.
_DIALECTES: dict[str, tuple[str, dict[str, object]]] = {
    # Django has sqlite3 return dates for columns declared as such; the dialect must not parse them a second time.
    "sqlite3": ("sqlite", {"native_datetime": True}),
    "psycopg": ("postgresql+psycopg", {"use_native_hstore": False}),
}


@contextmanager
def connexion_empruntee(brute: object) -> Iterator[Connection]:
    """Yield a SQLAlchemy Connection over a driver's connection (sqlite3's or psycopg's) that is in somebody else's transaction.

    Nothing done with it commits, rolls back or closes the driver's connection: that is left to whoever opened it.  With Django,
    inside ``transaction.atomic()``: ``connexion_empruntee(django.db.connection.connection)``.  A hidden folder prepared here
    therefore stays if that transaction is rolled back: ``.oublier()`` removes it.

    Raises :class:`~segur_pha.RegistreError` for another driver, for a connection that is ``None`` or closed (in Django:
    ``connection.ensure_connection()``), and outside a transaction, where each statement would commit by itself.

    >>> import sqlite3
    >>> from segur_pha.registre import Registre
    >>> brute = sqlite3.connect(":memory:", isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES)
    >>> _ = brute.execute("BEGIN")
    >>> with connexion_empruntee(brute) as connexion:
    ...     Registre(connexion).reserver(1)
    ['00001']
    >>> brute.rollback()
    >>> brute.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (0,)
    >>> brute.close()
    """
    pilote = type(brute).__module__.partition(".")[0]
    if pilote not in _DIALECTES:
        raise RegistreError(
            "connexion_empruntee attend la connexion d’un pilote, sqlite3 ou psycopg ; en Django : "
            "connection.ensure_connection(), puis connection.connection."
        )
    if not _en_transaction(brute):
        raise RegistreError(
            "connexion_empruntee : cette connexion n’est pas dans une transaction, où tout vaut ou rien ; en Django : "
            "transaction.atomic()."
        )
    dialecte, options = _DIALECTES[pilote]
    moteur = create_engine(
        f"{dialecte}://",
        creator=lambda: brute,
        poolclass=StaticPool,
        pool_reset_on_return=None,
        hide_parameters=True,
        **options,
    )
    moteur.update_execution_options(**{EMPRUNTEE: True})
    for geste in ("do_commit", "do_rollback", "do_close", "do_terminate"):
        setattr(moteur.dialect, geste, _ne_rien_faire)
    with moteur.begin() as connexion:
        yield connexion


def _ne_rien_faire(_: object) -> None:
    """Do nothing: this is left to whoever opened the connection."""


def _en_transaction(brute: object) -> bool:
    if hasattr(brute, "in_transaction"):  # sqlite3
        return bool(brute.in_transaction)
    # psycopg begins one by itself, except in autocommit mode.
    return not getattr(brute, "autocommit", True)
