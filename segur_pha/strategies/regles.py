"""The rules between balises of any wave, as the strategies keep and break them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from segur_pha.erreurs import SegurError
from segur_pha.table.regles_tirees import ReglesTirees

if TYPE_CHECKING:
    from segur_pha.table.specification import Specification

__all__ = ["regles_tirees"]


def regles_tirees(specification: Specification) -> ReglesTirees:
    """Find how to keep the rules of a wave: ``REGLES`` in the module ``strategies`` of its folder.

    Raises :class:`~segur_pha.SegurError` when it has a rule that its folder does not know how to keep.
    """
    try:
        regles = import_module(f"{specification.paquet}.strategies").REGLES
    except ModuleNotFoundError:
        regles = None
    if isinstance(regles, ReglesTirees) and {c.respectee for c in specification.coherences} <= regles.ruptures.keys():
        return regles
    raise SegurError(f"Aucune stratégie ne sait respecter les règles entre balises de {specification.nom}.")
