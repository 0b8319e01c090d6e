"""What one event changes, given what is known: the door of the pure reducer, whose rules stand in the modules beside it."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from segur_pha.erreurs import RegistreError

if TYPE_CHECKING:
    from segur_pha.registre.etats import Changements, EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.memoire import EtatsEnMemoire

__all__ = ["consequences", "demande_connue", "fichier_connu", "interdit"]


@singledispatch
def consequences(evenement: Evenement, etats: EtatsEnMemoire) -> Changements:
    """Say what an event changes; pure.

    Raises :class:`~segur_pha.RegistreError` when it may not happen, given what ``etats`` holds.
    """
    del etats
    raise TypeError(type(evenement).__name__)


def demande_connue(etats: EtatsEnMemoire, specification: str, numero: str) -> EtatDemande:
    """Give a request; raises :class:`~segur_pha.RegistreError` for one that the ledger does not know."""
    demande = etats.demandes.get((specification, numero))
    if demande is None:
        raise RegistreError(f"Demande inconnue du registre : {numero}.")
    return demande


def fichier_connu(etats: EtatsEnMemoire, empreinte: str) -> EtatFichier:
    """Give a file; raises :class:`~segur_pha.RegistreError` for one that the ledger does not know."""
    fichier = etats.fichiers.get(empreinte)
    if fichier is None:
        raise RegistreError(f"Fichier inconnu du registre ({empreinte[:12]}) : enregistrez d’abord sa préparation.")
    return fichier


def interdit(demande: EtatDemande, raison: str) -> RegistreError:
    """Say why something may not happen to a request."""
    return RegistreError(f"Demande {demande.numero_editeur} ({demande.phase}) : {raison}.")
