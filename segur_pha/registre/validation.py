"""What a transaction of the caller's has committed, and what it may still take back."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from segur_pha.erreurs import RegistreError
from segur_pha.registre.refus import traduire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

__all__ = ["lecture_de_ce_qui_est_valide"]


@contextmanager
def lecture_de_ce_qui_est_valide(de_l_appelant: Connection) -> Iterator[Connection]:
    """Give a connection that reads what was committed: the caller's own between two transactions, else another one.

    Raises :class:`~segur_pha.RegistreError` where only a connection in the middle of a transaction is to be had.
    """
    moteur = de_l_appelant.engine
    with traduire(moteur), ExitStack() as pile:
        if de_l_appelant.closed or de_l_appelant.in_transaction():
            connexion = pile.enter_context(moteur.connect())
            connexion.execution_options(**de_l_appelant.get_execution_options())
        else:
            connexion = de_l_appelant
        # What lends the driver's connection may lend the very one that the caller's transaction is open on.
        if _au_milieu(connexion):
            raise RegistreError("Votre transaction n’est pas encore validée : montrez le dossier après son « commit ».")
        pile.enter_context(connexion.begin())
        yield connexion


def _au_milieu(connexion: Connection) -> bool:
    """Tell whether a driver's connection is in a transaction before anything was asked of it here.

    Raises :class:`~segur_pha.RegistreError` when whoever lent it has closed it: it will never tell.
    """
    pilote = connexion.connection.driver_connection
    pilotes = connexion.dialect.loaded_dbapi
    try:
        # sqlite3 says it, and psycopg.  A closed connection of sqlite3's refuses the question, one of psycopg's says that it is.
        if getattr(pilote, "closed", False):
            raise pilotes.InterfaceError
        info = getattr(pilote, "info", None)
        return bool(getattr(pilote, "in_transaction", False) or getattr(info, "transaction_status", 0))
    except pilotes.Error:
        raise RegistreError(
            "La connexion prêtée au registre a été fermée depuis : montrez le dossier avec une autre, par "
            "montrer_depot(Registre(adresse), sortie)."
        ) from None
