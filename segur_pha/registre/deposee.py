"""What a preparation in the ledger gives back: the deposit, what it replaces, and how its folder is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from segur_pha.rapports.tableau import accorder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segur_pha.depot.depot_prepare import DepotPrepare

__all__ = ["Resoumission"]


@frozen
class Resoumission:
    """A deposit of corrected requests: the deposit, and new number → the rejected one that it replaces."""

    depot: DepotPrepare
    remplace: Mapping[str, str] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.depot} ; {accorder(len(self.remplace), 'demande remplacée', 'demandes remplacées')}"

    def en_lignes(self) -> list[dict[str, object]]:
        """Give the lines of the deposit, each with the rejected request that it replaces (``remplace``, ``None`` without one)."""
        return [
            {**ligne, "remplace": self.remplace.get(str(ligne["numero_editeur"]))} for ligne in self.depot.en_lignes()
        ]

    def montrer(self) -> Path:
        """Show the folder and give it: after your commit, where it was prepared in a transaction of yours.

        May be called again; without such a transaction the folder is there already.  Made to be called by whatever tells of a
        commit: ``transaction.on_commit(faite.montrer)`` in Django, ``event.listen(session, "after_commit", …)`` in SQLAlchemy.

        Raises :class:`~segur_pha.RegistreError` before the commit and after a rollback, and where the folder was given up
        meanwhile; :class:`~segur_pha.DepotRefuse` when it is gone or cannot be shown.
        """
        return self.depot.montrer()
