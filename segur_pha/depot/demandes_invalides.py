"""What is wrong with many orders at once: each by its rank and its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.erreurs import SegurError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.anomalies import Anomalie

__all__ = ["CommandeInvalide", "DemandesInvalides"]


@frozen
class CommandeInvalide:
    """An order that makes no request.

    Attributes:
        rang: its place among the orders, from 1.
        numero_editeur: the number that it bears, ``None`` without one.
        anomalies: all that is wrong with it, in the table's order.

    >>> from segur_pha import Anomalie
    >>> print(CommandeInvalide(3, "00003", (Anomalie("2004", "nomResponsable : format incorrect", "nomResponsable", ""),)))
    Commande 3 (00003) : nomResponsable : format incorrect [2004]
    """

    rang: int
    numero_editeur: str | None
    anomalies: tuple[Anomalie, ...]

    def __str__(self) -> str:
        qui = f"Commande {self.rang}" + (f" ({self.numero_editeur})" if self.numero_editeur else "")
        return "\n".join(f"{qui} : {a.libelle} [{a.code}]" for a in self.anomalies)


class DemandesInvalides(SegurError, ValueError):
    """Orders that the portal would refuse were given to :meth:`~segur_pha.Editeur.demandes`: ``commandes`` names each of them."""

    def __init__(self, commandes: Sequence[CommandeInvalide]) -> None:
        premiere = commandes[0].anomalies[0]
        super().__init__(
            "\n".join(map(str, commandes)), code=premiere.code, balise=premiere.balise, chemin=premiere.chemin
        )
        self.commandes: tuple[CommandeInvalide, ...] = tuple(commandes)
