r"""Characters and patterns shared by the rules and the JSON Schema, written so that every engine reads them alike.

A pattern here means the same to Python, ECMAScript and Rust: no ``\d``, no ``\p{…}``, and never a bare ``$``, which in
Python also matches before a final newline.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import filterfalse
from typing import TYPE_CHECKING, AnyStr, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "BLANCS",
    "BLANCS_MOTIF",
    "FIN",
    "HORS_DES_NOMS",
    "LONGUEUR_COURTE",
    "MOTIF_ADRESSE",
    "adresse",
    "adresse_courte",
    "contient_un_minuscule",
    "est_blanc",
    "hors_du_motif",
    "minuscules_latines",
]

#: The five characters that decision 1 calls blank, and no others.
BLANCS: Final = " \u00a0\t\r\n"
#: The same, as the inside of a character class.
BLANCS_MOTIF: Final = "\\u0020\\u00a0\\t\\r\\n"
#: What no file name can hold, as the inside of a character class (decision 6): the signs that disks refuse, the category Cc, the
#: five blanks.
HORS_DES_NOMS: Final = '/\\\\:*?"<>|\\u0000-\\u0020\\u007f-\\u00a0'
#: The end of the text, and not just before a final newline.
FIN: Final = r"(?![\s\S])"

_ETIQUETTE: Final = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
#: The HTML living standard's valid e-mail address, with at least one dot in its domain (decision 10).
#: The dollar is spelled \\u0024, because some validators rewrite every ``$`` they see.
MOTIF_ADRESSE: Final = rf"[a-zA-Z0-9.!#\u0024%&'*+/=?^_`{{|}}~-]+@{_ETIQUETTE}(?:\.{_ETIQUETTE})+"

_ETIQUETTE_COURTE: Final = "[a-zA-Z0-9]++(?:-++[a-zA-Z0-9]++)*+"
#: The shortest with one has 68: ``a@``, the label, ``.b``.
LONGUEUR_COURTE: Final = 67


@cache
def adresse() -> re.Pattern[str]:
    """Return the pattern of an address; compiled when first needed, since an import should not pay for it."""
    return re.compile(MOTIF_ADRESSE)


@cache
def adresse_courte() -> re.Pattern[str]:
    """Return the same for a text too short for a label of over 63 characters: twice as fast, since it never backtracks."""
    return re.compile(rf"[a-zA-Z0-9.!#\u0024%&'*+/=?^_`{{|}}~-]++@{_ETIQUETTE_COURTE}(?:\.{_ETIQUETTE_COURTE})++")


def est_blanc(texte: str) -> bool:
    r"""Tell whether a text holds nothing but the five blank characters of decision 1.

    >>> est_blanc(" \u00a0"), est_blanc("x "), est_blanc("\u2003")
    (True, False, False)
    """
    return not texte.strip(BLANCS)


@cache
def _repete(motif: re.Pattern[AnyStr]) -> re.Pattern[AnyStr]:
    source = motif.pattern
    repete = f"(?:(?:{source})\n)*+" if isinstance(source, str) else b"(?:(?:%b)\n)*+" % source
    return re.compile(repete, motif.flags)


def hors_du_motif(motif: re.Pattern[AnyStr], textes: Sequence[AnyStr], fin: AnyStr) -> Iterable[AnyStr]:
    r"""Yield the texts that a pattern does not match whole; ``fin`` is a line feed, which the pattern must not match.

    >>> import re
    >>> [*hors_du_motif(re.compile("[0-9]+"), ["1", "2x", "3\n4"], "\n")]
    ['2x', '3\n4']
    """
    # Most often there is none: one match of all the texts, a line each, then says so for all of them.
    lignes = fin.join(textes) + fin
    if lignes.count(fin) != len(textes):
        yield from filterfalse(motif.fullmatch, textes)
        return
    bonnes = _repete(motif)
    place = 0
    while (trouve := bonnes.match(lignes, place)) and trouve.end() < len(lignes):
        suivante = lignes.index(fin, trouve.end())
        yield lignes[trouve.end() : suivante]
        place = suivante + 1


def contient_un_minuscule(texte: str) -> bool:
    """Tell whether a text holds a character of Unicode category Ll (decision 9).

    >>> contient_un_minuscule("LEFÈVRE"), contient_un_minuscule("LEFèVRE"), contient_un_minuscule("ª")
    (False, True, False)
    """
    # isupper() tests a wider property than Ll, in one call; most texts are settled here.
    if texte.isupper():
        return False
    return any(unicodedata.category(caractere) == "Ll" for caractere in set(texte))


def minuscules_latines() -> str:
    r"""List the lower-case letters of the Latin blocks, as the inside of a character class that every engine reads.

    ``\p{Ll}`` does not compile in Python, so the letters of U+0000-U+024F and U+1E00-U+1EFF are spelled out; these
    blocks are complete, so the answer does not depend on the Unicode version of the interpreter.

    >>> minuscules_latines()[:10]
    'a-z\\u00b5\\'
    """
    points = [
        point
        for bloc in (range(0x250), range(0x1E00, 0x1F00))
        for point in bloc
        if unicodedata.category(chr(point)) == "Ll"
    ]
    morceaux: list[str] = []
    debut = precedent = points[0]
    for point in (*points[1:], -1):
        if point == precedent + 1:
            precedent = point
            continue
        bornes = [debut] if debut == precedent else [debut, precedent]
        morceaux.append("-".join(chr(p) if p < 0x80 else f"\\u{p:04x}" for p in bornes))  # noqa: PLR2004 - ASCII
        debut = precedent = point
    return "".join(morceaux)
