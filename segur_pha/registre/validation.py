"""What a transaction of the caller's has committed, and what it may still take back."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from segur_pha.erreurs import RegistreError
from segur_pha.registre.refus import traduire
from segur_pha.registre.verrou import au_milieu

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
        if au_milieu(connexion):
            raise RegistreError("Votre transaction n’est pas encore validée : montrez le dossier après son « commit ».")
        pile.enter_context(connexion.begin())
        yield connexion
