"""The waves: one folder each, which alone names balises; everything else is written for any of them.

``PAR_DEFAUT`` is the wave that every function uses unless it is given another; ``Demande`` and ``Fichier`` are the classes of its
model. :func:`vague` finds a wave by its name, :func:`vagues` lists them: a folder beside ``va1/`` whose package holds a
:class:`~segur_pha.table.specification.Specification` is one, and need not be registered anywhere.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from segur_pha.dictionnaire import DictionnaireGele
from segur_pha.erreurs import SegurError
from segur_pha.table.specification import Specification
from segur_pha.vagues.va1 import VA1 as PAR_DEFAUT
from segur_pha.vagues.va1.table import Demande, Fichier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.vagues.va1.mots_cles import DemandeAPlat as DemandeAPlat
    from segur_pha.vagues.va1.mots_cles import ValeursDeDemande as ValeursDeDemande

#: Names that are imported for type checkers only.
_POUR_LES_TYPES = frozenset({"DemandeAPlat", "ValeursDeDemande"})

__all__ = ["PAR_DEFAUT", "Demande", "Fichier", "vague", "vagues"]


def __getattr__(nom: str) -> object:
    if nom not in _POUR_LES_TYPES:
        raise AttributeError(f"module {__name__!r} has no attribute {nom!r}")
    return getattr(import_module("segur_pha.vagues.va1.mots_cles"), nom)


def vagues() -> Mapping[str, Specification]:
    """List the waves of the package: name of the folder → the wave that it holds.

    >>> {dossier: vague.nom for dossier, vague in vagues().items()}
    {'va1': 'PHA-LGO-Va1'}
    """
    from pkgutil import iter_modules

    trouvees: dict[str, Specification] = {}
    for module in iter_modules(__path__):
        if module.ispkg:
            contenu = vars(import_module(f"{__name__}.{module.name}")).values()
            trouvees |= [(module.name, valeur) for valeur in contenu if isinstance(valeur, Specification)]
    return DictionnaireGele(trouvees)


def vague(nom: str) -> Specification:
    """Find a wave by its name or by that of its folder, in capitals or not.

    Raises :class:`~segur_pha.SegurError` for a wave that the package does not have.

    >>> vague("PHA-LGO-Va1") is vague("va1") is PAR_DEFAUT
    True
    """
    connues = vagues()
    for dossier, specification in connues.items():
        if nom.casefold() in (dossier.casefold(), specification.nom.casefold()):
            return specification
    raise SegurError(f"Vague inconnue. Vagues connues : {', '.join(v.nom for v in connues.values())}.")
