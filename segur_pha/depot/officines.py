"""What a register of pharmacies says of those that orders are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.depot.constats import Constat
from segur_pha.vagues.va1.conseils import CONSEILS, avis_du_registre

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segur_pha.depot.commandes import CommandeLue

__all__ = ["conseils_du_registre"]


def conseils_du_registre(
    commandes: Iterable[CommandeLue], categories: Mapping[str, str] | None, colonne: str
) -> Iterator[Constat]:
    """Give the advice on each order whose FINESS could be read; ``colonne`` is its header in the export."""
    for commande in commandes:
        for identifiant in avis_du_registre(commande.finess, categories) if commande.finess else ():
            yield Constat(
                code=identifiant,
                message=CONSEILS[identifiant],
                ligne=commande.ligne,
                colonne=colonne,
                balise="FINESSGeo",
            )
