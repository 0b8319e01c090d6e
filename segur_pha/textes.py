"""Texts: folding them for comparison (different spelling, same meaning), the case of their first letter, what UTF-8 can write."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["a_majuscule", "a_minuscule", "encodable", "plier", "sans_accents"]


#: Letters that Unicode does not decompose.
_SANS_DECOMPOSITION: Final = str.maketrans(
    {"Œ": "OE", "œ": "oe", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l"}
    | {"Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "ı": "i"}
)


def sans_accents(texte: str) -> str:
    """Remove the accents and strokes of a text's letters, and split its ligatures.

    >>> sans_accents("LEFÈVRE, Cœur, e\u0301te\u0301")
    'LEFEVRE, Coeur, ete'
    >>> sans_accents("MILOŠEVIĆ, Łukasz, Ærø")
    'MILOSEVIC, Lukasz, AEro'
    """
    if texte.isascii():
        return texte
    decompose = unicodedata.normalize("NFKD", texte)
    # This comes afterwards because "Ǽ" is an "Æ" with an accent.
    return "".join(c for c in decompose if not unicodedata.combining(c)).translate(_SANS_DECOMPOSITION)


def plier(texte: str) -> str:
    """Fold a text for comparison: no accents, no case, one plain space between words.

    >>> plier("  Saint\u00a0Étienne "), plier("Straße")
    ('saint etienne', 'strasse')
    """
    return " ".join(sans_accents(texte).casefold().split())


def encodable(texte: str) -> bool:
    r"""Tell whether UTF-8 can write a text.

    >>> encodable("É"), encodable("\ud800")
    (True, False)
    """
    return texte.isascii() or not any("\ud800" <= caractere <= "\udfff" for caractere in texte)


def a_minuscule(texte: str) -> str:
    """Begin a text with a small letter, as within a sentence.

    >>> a_minuscule("Avance attendue")
    'avance attendue'
    """
    return texte[:1].lower() + texte[1:]


def a_majuscule(texte: str) -> str:
    """Begin a text with a capital, as at the start of a sentence.

    >>> a_majuscule("élargissez l’alphabet")
    'Élargissez l’alphabet'
    """
    return texte[:1].upper() + texte[1:]
