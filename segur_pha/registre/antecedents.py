"""What the ledger knows of the orders of a new deposit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from segur_pha.depot.antecedents import Antecedent
from segur_pha.registre import tables
from segur_pha.registre.etats import VIVANTES, Phase, PhaseFichier
from segur_pha.registre.stockage import charger

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from segur_pha.registre.carnet import Carnet
    from segur_pha.registre.etats import EtatDemande

__all__ = ["antecedents"]

#: How many values one query names at most (SQLite once allowed 999).
_LOT = 900


def antecedents(connexion: Connection, numeros: Collection[str], finess: Collection[str]) -> list[Antecedent]:
    """Give the requests that bear one of these numbers, whatever their case, or are of one of these pharmacies."""
    carnet = charger(connexion, numeros=set(_portes(connexion, numeros)), finess=finess)
    return [_antecedent(demande, carnet) for _, demande in sorted(carnet.demandes.items())]


def _portes(connexion: Connection, numeros: Collection[str]) -> Iterator[str]:
    t = tables.numeros.c
    plis = sorted({numero.casefold() for numero in numeros})
    for debut in range(0, len(plis), _LOT):
        yield from connexion.scalars(select(t.numero_editeur).where(t.pli.in_(plis[debut : debut + _LOT])))


def _antecedent(demande: EtatDemande, carnet: Carnet) -> Antecedent:
    preparee = demande.phase is Phase.PREPAREE
    fichier = carnet.fichiers[demande.fichier].phase
    return Antecedent(
        numero=demande.numero_editeur,
        phase=demande.phase.value,
        finess=demande.finess_geo,
        vivante=demande.phase in VIVANTES,
        libre=demande.phase is Phase.ABANDONNEE or (preparee and fichier is PhaseFichier.REFUSE),
        attend=preparee and fichier is PhaseFichier.PREPARE,
        a_resoumettre=demande.phase is Phase.REJETEE and demande.remplacee_par is None,
    )
