"""Texts: folded for comparison (what two people write differently and mean alike), begun as a sentence, or impossible to write."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["a_majuscule", "a_minuscule", "encodable", "plier", "sans_accents"]


#: Letters that Unicode does not take apart.
_SANS_DECOMPOSITION: Final = str.maketrans(
    {"Œ": "OE", "œ": "oe", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l"}
    | {"Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "ı": "i"}
)


def sans_accents(texte: str) -> str:
    """Take the accents and strokes of a text's letters away, and its letters that are two in one apart.

    >>> sans_accents("LEFÈVRE, Cœur, e\u0301te\u0301")
    'LEFEVRE, Coeur, ete'
    >>> sans_accents("MILOŠEVIĆ, Łukasz, Ærø")
    'MILOSEVIC, Lukasz, AEro'
    """
    if texte.isascii():
        return texte
    decompose = unicodedata.normalize("NFKD", texte)
    # Afterwards: « Ǽ » is an « Æ » with an accent.
    return "".join(c for c in decompose if not unicodedata.combining(c)).translate(_SANS_DECOMPOSITION)


def plier(texte: str) -> str:
    """Fold a text for comparison: no accent, no case, one plain blank between words.

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
    """Begin a text with a small letter, as it stands within a sentence.

    >>> a_minuscule("Avance attendue")
    'avance attendue'
    """
    return texte[:1].lower() + texte[1:]


def a_majuscule(texte: str) -> str:
    """Begin a text with a capital, as a sentence does.

    >>> a_majuscule("élargissez l’alphabet")
    'Élargissez l’alphabet'
    """
    return texte[:1].upper() + texte[1:]
