"""The refusal of a deposit, with all its findings, and names of files fit for a message."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.constats import Constat
from segur_pha.erreurs import DepotRefuse, SegurError
from segur_pha.rapports.tableau import accorder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.anomalies import Anomalie

__all__ = [
    "CommandeInvalide",
    "CommandesRefusees",
    "Constat",
    "DemandesInvalides",
    "depot_fautif",
    "ligne_du_chemin",
]


class CommandesRefusees(DepotRefuse):
    """Orders must be corrected before anything is written.

    ``fautes`` are all the faults, in the order of the rows; ``conseils`` is what a careful publisher would look at besides;
    ``description`` says in French how the orders were read.  Of the ``commandes`` orders, ``pretes`` are right: ``partiel`` would
    deposit these, for ``avance`` euros (0 when no order could be sent).
    """

    def __init__(
        self,
        fautes: Sequence[Constat],
        conseils: Sequence[Constat] = (),
        description: str = "",
        *,
        pretes: int = 0,
        commandes: int = 0,
        avance: Decimal = Decimal("0.00"),
    ) -> None:
        premiere = fautes[0]
        lignes = len({faute.ligne for faute in fautes if faute.ligne is not None})
        resume = accorder(len(fautes), "faute") + (f" sur {accorder(lignes, 'ligne')}" if lignes else "")
        super().__init__(
            "\n".join(
                [f"Aucun dépôt n’est préparé : {resume}.", *(f"  {faute}" for faute in fautes[:_DANS_LE_RESUME])]
            ),
            code=premiere.code,
            balise=premiere.balise,
        )
        self.fautes: tuple[Constat, ...] = tuple(fautes)
        self.conseils: tuple[Constat, ...] = tuple(conseils)
        self.description = description
        self.pretes = pretes
        self.commandes = commandes
        self.avance = avance


def depot_fautif(fautes: Sequence[Constat]) -> DepotRefuse:
    """Say that a folder that was just made did not pass its own verification, and was thrown away."""
    return DepotRefuse(
        "Le dépôt préparé ne passe pas sa propre vérification, rien n’a été écrit : "
        f"{accorder(len(fautes), 'faute')}, dont « {fautes[0]} »."
    )


#: How many faults the text of the exception shows.
_DANS_LE_RESUME: Final = 10


def ligne_du_chemin(chemin: str) -> int | None:
    """Return the line (from 1) of a JSON file to which a JSON Pointer leads.

    >>> ligne_du_chemin("/lignesImport/0/commande"), ligne_du_chemin("/SIRET")
    (1, None)
    """
    jetons = chemin.split("/")
    return int(jetons[2]) + 1 if len(jetons) > 2 and jetons[2].isdigit() else None  # noqa: PLR2004 - /lignesImport/0


@frozen
class CommandeInvalide:
    """An order that cannot become a request.

    Attributes:
        rang: its place among the orders, from 1.
        numero_editeur: its number, ``None`` when it has none.
        anomalies: everything that is wrong with it, in the table's order.

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
    """:meth:`~segur_pha.Editeur.demandes` was given orders that the portal would refuse: ``commandes`` names each of them."""

    def __init__(self, commandes: Sequence[CommandeInvalide]) -> None:
        premiere = commandes[0].anomalies[0]
        super().__init__(
            "\n".join(map(str, commandes)), code=premiere.code, balise=premiere.balise, chemin=premiere.chemin
        )
        self.commandes: tuple[CommandeInvalide, ...] = tuple(commandes)
