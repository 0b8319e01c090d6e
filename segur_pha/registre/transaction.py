"""The caller's transaction, as a ledger that was given a Connection sees it (decision 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.base import les_fichiers, lots
from segur_pha.registre.etats import PhaseFichier

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from segur_pha.registre.stockage import Stockage

__all__ = ["Transaction"]


class Transaction:
    """What a :class:`~segur_pha.registre.Registre` says of the transaction that it works in."""

    _stockage: Stockage

    @property
    def connexion(self) -> Connection | None:
        """The caller's Connection, with whose commit all becomes visible; ``None`` where each command commits by itself."""
        return self._stockage.connexion

    def ensemble(self) -> AbstractContextManager[Connection]:
        """Make several commands in the caller's transaction one: in a savepoint, so that all of them happen, or none.

        When the block fails on PostgreSQL, the ledger's lock is let go of too.  What your own statements raise in it is yours.

        Raises :class:`~segur_pha.RegistreError` without a Connection of the caller's.
        """
        return self._stockage.ensemble()

    def exiger_la_validation(self, fichiers: Collection[str]) -> None:
        """Raise :class:`~segur_pha.RegistreError` unless these files (SHA-256) are prepared for whoever looks: after the commit."""
        with self._stockage.lecture_de_ce_qui_est_valide() as connexion:
            f = tables.fichiers.c
            prepares = {
                etat.fichier
                for lot in lots(fichiers)
                for etat in les_fichiers(connexion, f.fichier.in_(lot), f.phase == PhaseFichier.PREPARE.value)
            }
        if not prepares.issuperset(fichiers):
            raise RegistreError(
                "Ce dossier n’est pas inscrit au registre comme préparé : sa transaction n’est pas validée, a été annulée, ou il "
                "a été abandonné. Montrez-le après le « commit », ou préparez-le de nouveau."
            )
