"""What a register of pharmacies says of those that orders are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.constats import Constat
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segur_pha.depot.commandes import CommandeLue
    from segur_pha.table.specification import Specification

__all__ = ["conseils_du_registre"]


def conseils_du_registre(
    commandes: Iterable[CommandeLue],
    categories: Mapping[str, str] | None,
    colonnes: Mapping[str, str],
    specification: Specification,
) -> Iterator[Constat]:
    """Give the advice on each order whose FINESS could be read; ``colonnes``: keyword → its header in the export."""
    colonne = colonnes.get(vocabulaire(specification).mot(Role.OFFICINE), "")
    for commande in commandes:
        for identifiant, phrase in specification.avis_sur_l_officine(commande.finess or "", categories):
            yield Constat(
                code=identifiant,
                message=phrase,
                ligne=commande.ligne,
                colonne=colonne,
                balise=specification.nom_de(Role.OFFICINE),
            )
