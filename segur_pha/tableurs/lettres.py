"""Which letters occur in French names, and between which others: this makes an encoding plausible or doubtful.

A file in an 8-bit encoding does not say which one: the È of ``LEFÈVRE`` in CP850 is the Ô of Windows-1252, and ``LEFÔVRE`` is
made of letters.  But no French name has an ô before a v.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

__all__ = ["invraisemblance"]

#: Letter → where it occurs in French words and in names that are common in France: the two characters before it, ``>``, the one
#: after it; in lower case, without accents, with ``^`` for anything but a letter.
_PLACES: Final = {
    # French
    "é": "",
    "è": ">[bcdfghjklmnpqrstvxyz]",
    "ê": ">[tlmcqvrnpbsguz]",
    "ë": "[aoiuet]>[ltnsrmdvz^]|[uo]>",
    "à": "[lcjvoebd^]>\\^",
    "â": ">[tnlqcmpgbsridvf]",
    "ç": ">[aou]",
    "î": "[aou]>[tnlmscrqv]|[bcdgnfvptls]>[tnmlcfpqr]|\\^>l",
    "ï": "[aoue]>",
    # The rare letter that an È turns into: its few places are listed.
    "ô": (
        "(?:[cpvnt]|cl|\\^[hr^])>t|(?:rh|sa|tr|pr|um|yl|\\^c)>n|(?:dr|er|nd|ch|nt|pl|ar|st|\\^[dcr])>m|\\^h>p"
        "|(?:\\^[rpmdt]|tr|dr|ge)>l|(?:\\^|l)>\\^"
    ),
    "ù": "\\^o>\\^",
    "û": ">[trlcmgnsv]",
    "œ": ">[uisdncwh]|[chg]>l|[fg]>t",
    "æ": "l>t|\\^>[sg]|[ct]>[slc]",
    "ÿ": "[aoue]>[\\^st]",
    # German and Alsatian: between consonants
    **dict.fromkeys("äöü", "[b-df-hj-np-tv-xz^]>[b-df-hk-np-tv-xz]"),
    "ß": "[aeiou]>",
    # Spanish and Portuguese: between consonants, or as in the endings of these languages
    "á": "[b-df-hj-np-tvxz^]>[b-df-hjl-np-tvxz]",
    "ú": "[ab-df-hj-np-tvxz^]>[b-df-hjl-np-tvxz]",
    "í": "[b-df-hj-np-tvxz^]>[b-dfgl-np-tvzao]",
    "ó": "[b-df-np-tvxz^]>[b-dfgl-np-tvz]",
    "ñ": "[aeiou]>[aeiou]",
    "ã": ">[oe]",
    "õ": ">e",
    # Italian, Nordic, Slavic
    **dict.fromkeys("òì", "[b-dfgl-np-tvz]>\\^"),
    "ø": "[b-df-hj-np-tv^]>[bdfgk-nr-tv]",
    "å": "[b-df-hj-np-tv]>[bdfgk-nr-tv]",
    **dict.fromkeys("šž", "[aeiou]>[aeiou^]|\\^>[aeiou]"),
}
#: How much less a letter is expected than é even where it fits: a little, so that one name decides nothing.
_RARETE: Final = {"ô": 4, "ñ": 3, **dict.fromkeys("áíóúãõòìøåšž", 5), **dict.fromkeys("äöüßÿæ", 2)}

#: The score of a word for a character that no text has, for one that is out of place, and for a superfluous one.
_JAMAIS, _MAL_PLACE, _DE_TROP = 60, 20, 12


def invraisemblance(mot: str) -> int:
    """Say how badly the letters and signs of a word fit together in French: about 0, or 20 or more for each misfit.

    Only non-ASCII characters are looked at.

    >>> invraisemblance("LEFÈVRE"), invraisemblance("LEFÔVRE"), invraisemblance("RHÔNE"), invraisemblance("FRAN‚OIS")
    (0, 24, 4, 20)
    """
    entoure = f"  {mot} "
    return sum(
        _caractere(entoure[rang - 2], entoure[rang - 1], c, entoure[rang + 1])
        for rang, c in enumerate(entoure)
        if not c.isascii()
    )


def _caractere(avant_avant: str, avant: str, c: str, apres: str) -> int:
    categorie = unicodedata.category(c)
    if categorie in {"Lu", "Ll"} and c != "ƒ":
        return _lettre(avant_avant, avant, c, apres) + (0 if _casse_juste(avant_avant, avant, c, apres) else _MAL_PLACE)
    if categorie == "Cc" or c == "\ufffd":
        return _JAMAIS
    if c == "’":
        return _elision(avant_avant, avant, apres)
    if categorie == "Zs":
        return 16 if avant.islower() and apres.islower() else 0
    if c in "°º":
        return 0 if avant in "nN " or avant.isdigit() else _MAL_PLACE
    touche = avant.isalpha() or apres.isalpha()
    permis = {
        "€": not avant.isalpha() and (avant.isdigit() or not apres.isalpha()),
        **dict.fromkeys("–—…²³§½®™©", not (avant.isalpha() and apres.isalpha())),
        **dict.fromkeys("«“", not avant.isalpha()),
        **dict.fromkeys("»”", not apres.isalpha()),
    }
    return 1 if permis.get(c) else _MAL_PLACE if touche else _DE_TROP


def _lettre(avant_avant: str, avant: str, c: str, apres: str) -> int:
    minuscule = c.lower()
    juste = _a_sa_place(minuscule)
    contexte = f"{_nue(avant_avant)}{_nue(avant)}>{_nue(apres)}"
    return _RARETE.get(minuscule, 0) + (0 if juste is not None and juste.fullmatch(contexte) else _MAL_PLACE)


@cache
def _a_sa_place(lettre: str) -> re.Pattern[str] | None:
    # One by one: the names of a file hold few of these letters.
    motif = _PLACES.get(lettre)
    return None if motif is None else re.compile(f".*(?:{motif}).*")


def _nue(c: str) -> str:
    return unicodedata.normalize("NFD", c.lower())[0] if c.isalpha() else "^"


def _casse_juste(avant_avant: str, avant: str, c: str, apres: str) -> bool:
    """Tell whether a letter has the same case as those around it; a single capital may begin a word."""
    if c.isupper():
        return not avant.islower() and not (avant.isupper() and apres.islower())
    return not (avant.isupper() and (apres.isupper() or avant_avant.isupper()))


def _elision(avant_avant: str, avant: str, apres: str) -> int:
    """Judge an apostrophe: ``L’HAŸ``, ``qu’il``, ``O’CONNOR``, or a quotation mark."""
    if not (avant.isalpha() and apres.isalpha()):
        return 1
    return 0 if not avant_avant.isalpha() or (avant_avant + avant).lower() == "qu" else _MAL_PLACE
