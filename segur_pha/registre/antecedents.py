"""What the ledger knows of the orders of a new deposit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from segur_pha.depot.antecedents import OFFICINE_DEJA_DEMANDEE, Antecedent
from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.base import charger, lots
from segur_pha.registre.etats import VIVANTES, Phase, PhaseFichier
from segur_pha.registre.evenements import DemandePreparee

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import Connection

    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.memoire import EtatsEnMemoire

__all__ = ["antecedents", "refuser_les_secondes"]

#: How many requests a message names.
_NOMMEES: Final = 20


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


def refuser_les_secondes(connexion: Connection, evenements: Iterable[Evenement]) -> None:
    """Refuse to prepare a second live request of a pharmacy in its wave, the ledger's and these files' taken together.

    A balance request is none beside the advance that it settles.

    Raises :class:`~segur_pha.RegistreError` with every one.
    """
    preparees = [e for e in evenements if isinstance(e, DemandePreparee) and e.finess_geo is not None]
    etats = charger(connexion, finess={e.finess_geo for e in preparees if e.finess_geo is not None})
    # Requests for one and the same money: the advance of a pharmacy, or the balance of one advance.
    vivantes: dict[tuple[str, str | None, str | None], dict[str, str]] = {}
    for d in etats.demandes.values():
        if d.phase in VIVANTES:
            memes = vivantes.setdefault((d.specification, d.finess_geo, d.solde_de), {})
            memes[d.numero_editeur] = f"{d.numero_editeur} ({d.phase})"
    secondes = []
    for e in preparees:
        memes = vivantes.setdefault((e.specification, e.finess_geo, e.solde_de), {})
        autres = sorted(dite for numero, dite in memes.items() if numero != e.numero_editeur)
        if autres:
            secondes.append(f"{e.numero_editeur} (après {', '.join(autres)})")
        memes.setdefault(e.numero_editeur, e.numero_editeur)
    if secondes:
        suite = "…" if len(secondes) > _NOMMEES else ""
        raise RegistreError(
            f"Ces demandes seraient la seconde de leur officine : {' ; '.join(secondes[:_NOMMEES])}{suite}. Retirez-les, ou "
            f"admettez-les ({OFFICINE_DEJA_DEMANDEE}).",
            code=OFFICINE_DEJA_DEMANDEE,
        )
