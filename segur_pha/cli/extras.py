"""Extras that are missing are asked for together: what else a command line will need is seen in its words."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["tous_ensemble"]

#: An extra → a module that only it brings.
_MODULES: Final = {
    "cli": "cyclopts",
    "pieces": "pypdf",
    "registre": "sqlalchemy",
    "tableur": "openpyxl",
    "certificats": "icalendar",
}
#: A command → the extra without which it does nothing.
_DES_COMMANDES: Final = {
    "preparer": "pieces",
    "verifier": "pieces",
    "registre": "registre",
    "etat": "registre",
    "resoumettre": "registre",
    "certificats": "certificats",
}


def tous_ensemble(manque: ExtraManquant, argv: Sequence[str]) -> ExtraManquant:
    """Name every missing extra that a command line needs, the one that was missed first at their head.

    >>> tous_ensemble(ExtraManquant("graphiques"), ["certificats", "suivi.csv"]).extras
    ('graphiques',)
    """
    voulus = [extra for extra in dict.fromkeys(_voulus(argv)) if extra != manque.extra]
    absents = [extra for extra in voulus if find_spec(_MODULES[extra]) is None]
    return ExtraManquant(manque.extra, *absents) if absents else manque


def _voulus(argv: Sequence[str]) -> Iterator[str]:
    yield "cli"
    if argv and argv[0] in _DES_COMMANDES:
        yield _DES_COMMANDES[argv[0]]
    if "--registre" in argv:
        yield "registre"
    if any(mot.lower().endswith((".xlsx", ".xlsm")) for mot in argv):
        yield "tableur"
