"""What the ledger knows of the orders of a new deposit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from segur_pha.depot.antecedents import Antecedent
from segur_pha.registre import tables
from segur_pha.registre.etats import VIVANTES, Phase, PhaseFichier
from segur_pha.registre.stockage import charger, lots

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.memoire import EtatsEnMemoire

__all__ = ["antecedents"]


def antecedents(
    connexion: Connection, specification: str, numeros: Collection[str], finess: Collection[str]
) -> list[Antecedent]:
    """Give the requests of a wave that bear one of these numbers, whatever their case, or are of one of these pharmacies."""
    portes = {(specification, numero) for numero in _portes(connexion, specification, numeros)}
    etats = charger(connexion, numeros=portes, finess=finess)
    return [_antecedent(d, etats) for (vague, _), d in sorted(etats.demandes.items()) if vague == specification]


def _portes(connexion: Connection, specification: str, numeros: Collection[str]) -> Iterator[str]:
    t = tables.numeros.c
    for lot in lots({numero.casefold() for numero in numeros}):
        yield from connexion.scalars(select(t.numero_editeur).where(t.specification == specification, t.pli.in_(lot)))


def _antecedent(demande: EtatDemande, etats: EtatsEnMemoire) -> Antecedent:
    preparee = demande.phase is Phase.PREPAREE
    fichier = etats.fichiers[demande.fichier].phase
    return Antecedent(
        numero=demande.numero_editeur,
        phase=demande.phase.value,
        finess=demande.finess_geo,
        vivante=demande.phase in VIVANTES,
        libre=demande.phase is Phase.ABANDONNEE or (preparee and fichier is PhaseFichier.REFUSE),
        attend=preparee and fichier is PhaseFichier.PREPARE,
        a_resoumettre=demande.phase is Phase.REJETEE and demande.remplacee_par is None,
    )
