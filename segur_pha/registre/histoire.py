"""A history and the states that it leads to, by all the rules of the reducer.

The SQL storage also calls :func:`appliquer`, so that there is one truth; the tests compare it with :func:`rejouer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.registre import annulation, suites, transitions
from segur_pha.registre.memoire import EtatsEnMemoire, consequences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segur_pha.registre.etats import Changements
    from segur_pha.registre.evenements import Evenement

__all__ = ["appliquer", "rejouer"]

#: The modules whose rules are registered by being imported.
_REGLES = (annulation, suites, transitions)


def appliquer(evenement: Evenement, etats: EtatsEnMemoire) -> Changements:
    """Apply an event, and say what it changed.

    Raises :class:`~segur_pha.RegistreError` when it may not happen, and then changes nothing.

    >>> from datetime import date
    >>> from segur_pha.registre.evenements import FichierDepose
    >>> appliquer(FichierDepose(jour=date(2022, 11, 15), fichier="ab12"), EtatsEnMemoire())
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.RegistreError: Fichier inconnu du registre (ab12) : enregistrez d’abord sa préparation.
    """
    changements = consequences(evenement, etats)
    etats.poser(changements)
    return changements


def rejouer(evenements: Iterable[Evenement]) -> EtatsEnMemoire:
    """Fold a history into the state that it leads to.

    >>> from segur_pha.registre.evenements import NumerosReserves
    >>> rejouer([NumerosReserves(specification="PHA-LGO-Va1", numeros=("00001",))]).numeros
    {('PHA-LGO-Va1', '00001')}
    """
    etats = EtatsEnMemoire()
    for evenement in evenements:
        appliquer(evenement, etats)
    return etats
