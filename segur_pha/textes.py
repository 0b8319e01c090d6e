"""Folding a text for comparison: what two people write differently and mean alike."""

from __future__ import annotations

import unicodedata

__all__ = ["plier", "sans_accents"]


def sans_accents(texte: str) -> str:
    """Take the accents of a text away, and its letters that are two in one apart.

    >>> sans_accents("LEFÈVRE, Cœur, e\u0301te\u0301")
    'LEFEVRE, Coeur, ete'
    """
    if texte.isascii():
        return texte
    decompose = unicodedata.normalize("NFKD", texte.replace("Œ", "OE").replace("œ", "oe"))
    return "".join(c for c in decompose if not unicodedata.combining(c))


def plier(texte: str) -> str:
    """Fold a text for comparison: no accent, no case, one plain blank between words.

    >>> plier("  Saint\u00a0Étienne "), plier("Straße")
    ('saint etienne', 'strasse')
    """
    return " ".join(sans_accents(texte).casefold().split())
