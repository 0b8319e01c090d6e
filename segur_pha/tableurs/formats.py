"""The number formats of a workbook: what Excel shows of a number is what its author meant."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["texte_montre"]

#: Colours, languages and conditions, which show nothing by themselves.
_CROCHETS: Final = re.compile(r"\[[^\[\]]*+\]")
#: What is shown: a place for a digit, a quoted text, an escaped sign, or one that stands for itself.
_MORCEAU: Final = re.compile(r'(?P<place>[0#])|"(?P<cite>[^"]*)"|\\(?P<echappe>.)|_.|(?P<signe>[ \u00a0\u202f/:()\-])')
#: ``# ##0`` groups thousands in French; a code has its first places at least in zeros, or more than one group.
_MILLIERS: Final = re.compile(r"[#0][ \u00a0\u202f]##0")


@lru_cache(maxsize=1_000)
def texte_montre(motif: str) -> Callable[[int], str] | None:
    """Give what a number format makes of a whole number, for formats that number things; ``None`` for those that count.

    A code, a FINESS or a phone number is often kept as a number with a format such as ``00000``.

    >>> texte_montre("00000")(1), texte_montre('0#" "##" "##" "##" "##')(102030405)
    ('00001', '01 02 03 04 05')
    >>> texte_montre("0.00"), texte_montre("General"), texte_montre("# ##0"), texte_montre("0")
    (None, None, None, None)
    """
    section = _CROCHETS.sub("", motif.partition(";")[0]).strip()
    morceaux = list(_MORCEAU.finditer(section))
    if "".join(m.group() for m in morceaux) != section or _MILLIERS.fullmatch(section):
        return None
    places = [m["place"] for m in morceaux if m["place"]]
    # A lone place shows the number as it is; a word after it is a unit.
    if len(places) <= 1 or "0" not in places:
        return None
    return lambda nombre: _poser(morceaux, len(places), nombre)


def _poser(morceaux: list[re.Match[str]], places: int, nombre: int) -> str:
    """Put the digits of a number into the places of a format, from the right; the first place takes what is left over."""
    chiffres = str(nombre)
    chiffres, trop = chiffres.rjust(places)[-places:], chiffres[:-places] if len(chiffres) > places else ""
    texte, rang, commence = "", 0, False
    for morceau in morceaux:
        if morceau["place"] is None:
            texte += morceau["cite"] or morceau["echappe"] or morceau["signe"] or ""
            continue
        chiffre = chiffres[rang]
        # A zero shows from the first place that asks for one.
        commence = commence or chiffre != " " or morceau["place"] == "0"
        texte += (trop if rang == 0 else "") + (("0" if chiffre == " " else chiffre) if commence else "")
        rang += 1
    return texte.strip()
