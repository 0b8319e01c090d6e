"""Values of ours → flat lines, as a table of data takes them: a key per column, and nothing nested."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["en_ligne", "en_texte"]


def en_ligne(valeur: attrs.AttrsInstance, sans: Iterable[str] = ()) -> dict[str, object]:
    """Give the fields of an attrs class as one flat mapping; days stay days, amounts stay amounts.

    Of an enumeration the text is given, of several texts one text; what is left out is named by ``sans``.

    >>> from segur_pha import Anomalie
    >>> en_ligne(Anomalie("2303", "FINESSGeo : 9.", "FINESSGeo", "/a"), sans=["texte"])["code"]
    '2303'
    """
    champs = [champ.name for champ in attrs.fields(type(valeur)) if not champ.name.startswith("_")]
    return {champ: en_texte(getattr(valeur, champ)) for champ in champs if champ not in {*sans}}


def en_texte(valeur: object) -> object:
    """Give an enumeration as its text, and several values as one text; anything else is a cell already."""
    if isinstance(valeur, Enum):
        return valeur.value
    if isinstance(valeur, tuple | frozenset):
        return " ; ".join(sorted(map(_texte, valeur)) if isinstance(valeur, frozenset) else map(_texte, valeur))
    return valeur


def _texte(element: object) -> str:
    return str(getattr(element, "nom", element))
