"""Ground: the names of a package's modules, each module being loaded when one of its names is first used (PEP 562)."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["porte"]


def porte(paquet: str, pieces: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Give a package its ``__getattr__`` and its ``__dir__``; ``pieces``: name → the module of the package where it lives.

    >>> ouvrir, lister = porte("segur_pha", {"lire": "controle.verdict"})
    >>> ouvrir("lire").__name__, "lire" in lister()
    ('lire', True)
    """

    def ouvrir(nom: str) -> object:
        if nom not in pieces:
            raise AttributeError(f"module {paquet!r} has no attribute {nom!r}")
        valeur: object = getattr(import_module(f"{paquet}.{pieces[nom]}"), nom)
        setattr(sys.modules[paquet], nom, valeur)
        return valeur

    def lister() -> list[str]:
        return sorted({*vars(sys.modules[paquet]), *pieces})

    return ouvrir, lister
