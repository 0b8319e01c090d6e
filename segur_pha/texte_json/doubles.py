"""Two quick looks at a JSON text of any origin: how many blocks it opens, and which keys its objects repeat.

A few calls that loop in C, in one pass over the text and without building anything: this is what keeps ten million hostile
bytes cheap.  The slow twin of the second look is :func:`segur_pha.texte_json.analyse.analyser`, its oracle in the tests.
"""

from __future__ import annotations

import json
import re
from typing import Final

from attrs import define, field

from segur_pha.texte_json.analyse import CleDouble, trop_profond

__all__ = ["cles_doubles", "trop_de_blocs"]

#: A text; one that is not closed goes to the end, or it would be tried again at each of its escaped quotation marks.
_TEXTE: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_TEXTES: Final = re.compile(_TEXTE, re.DOTALL)
#: Everything up to the next block that opens, or to the end.
_JUSQU_A_L_OUVERTURE: Final = re.compile(rf'[^"\[{{]*+(?:{_TEXTE}[^"\[{{]*+)*+([\[{{]?)'.encode(), re.DOTALL)
#: In a well-formed text: values and their commas, then the key or the bracket that follows, or nothing at the end (or each
#: blank of the end would be tried as the first one).
_PAS: Final = re.compile(
    r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"(?![ \t\n\r]*+:)[^"\[\]{}]*+)*+'
    r'(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([\[\]{}])|)'
)
_DECODEUR: Final = json.JSONDecoder()


def trop_de_blocs(octets: bytes, maximum: int) -> bool:
    """Tell whether a text opens more objects and lists than that, those within quotation marks left out.

    >>> trop_de_blocs(b'[[], {"a": "[[["}]', 3), trop_de_blocs(b'[[], {"a": "[[["}]', 2)
    (False, True)
    """
    if octets.count(b"{") + octets.count(b"[") <= maximum:
        return False
    ouvertures = enumerate(_JUSQU_A_L_OUVERTURE.finditer(octets))
    return any(rang == maximum for rang, trouve in ouvertures if trouve[1])


@define
class _Bloc:
    """A block that is open: the keys seen (an object), the rank reached (a list), and how one comes to it."""

    objet: bool
    vues: set[str] = field(factory=set)
    pas: str | int = 0
    chemin: tuple[str | int, ...] = ()


def cles_doubles(texte: str, *, niveaux: int, gardees: int) -> tuple[tuple[CleDouble, ...], int]:
    """Find the keys that their object has already, in a text that a parser accepts: the first ones, and how many in all.

    Raises :class:`~segur_pha.texte_json.analyse.TexteFautif` at the first block that is too deep.

    >>> cles_doubles('[0, {"a": {}, "b": 1, "a": 2, "a": 3}]', niveaux=64, gardees=1)
    ((CleDouble(chemin=(1,), cle='a', place=22),), 2)
    """
    doubles: list[CleDouble] = []
    nombre = 0
    pile = [_Bloc(objet=False)]
    cle = ""
    for trouve in _PAS.finditer(texte):
        ecrite, crochet = trouve.groups()
        ici = pile[-1]
        if ecrite is not None:
            cle = _DECODEUR.raw_decode(texte, trouve.start(1) - 1)[0] if "\\" in ecrite else ecrite
            if cle in ici.vues:
                nombre += 1
                if nombre <= gardees:
                    ici.chemin = ici.chemin or tuple(bloc.pas for bloc in pile[1:-1])
                    doubles.append(CleDouble(ici.chemin, cle, trouve.start(1) - 1))
            else:
                ici.vues.add(cle)
        elif crochet in {"]", "}"}:
            pile.pop()
        elif crochet is not None:
            if len(pile) > niveaux:
                raise trop_profond(niveaux, trouve.start(2))
            ici.pas = cle if ici.objet else int(ici.pas) + _virgules(texte, trouve.start(), trouve.start(2))
            pile.append(_Bloc(objet=crochet == "{"))
    return tuple(doubles), nombre


def _virgules(texte: str, debut: int, fin: int) -> int:
    """Count the commas of a stretch of values, those within quotation marks left out."""
    return _TEXTES.sub("", texte[debut:fin]).count(",")
