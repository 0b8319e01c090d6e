"""Files with one fault each: those that a peer accepts show what it leaves unchecked, which is found out, not asserted.

Only faults that a structure of types cannot see by itself are tried; every peer refuses an unknown tag or a missing one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchmarks.donnees import formes

if TYPE_CHECKING:
    from collections.abc import Callable

#: What is wrong → what is replaced in a compact file of three requests (at its first occurrence), and by what.
FAUTES = {
    "key given twice": (rb'("SIRET":"[0-9]+",)', rb"\1\1"),
    "amount’s text (8.5e2)": (rb'"montantSegurHT":[0-9.]+', rb'"montantSegurHT":8.5e2'),
    "number used twice": (rb"00002", rb"00001"),
    "line’s rank": (rb'"numLigne":2', rb'"numLigne":1'),
    "document of another request": (rb"BDC-00001", rb"BDC-00003"),
    "31 February": (rb'"dateCommande":"[0-9/]+"', rb'"dateCommande":"31/02/2022"'),
    "e-mail without a domain": (rb"@editeur-officine.example", rb"@editeur"),
    "name in lower case": (rb'"nomResponsable":"[^"]+"', rb'"nomResponsable":"Durand"'),
}
#: Faults of a number that is replaced wherever it occurs, so that nothing else is wrong.
PARTOUT = frozenset({"number used twice"})


def specimens() -> dict[str, bytes]:
    valide = formes(3)["valid"]
    return {
        nom: re.sub(avant, apres, valide, count=0 if nom in PARTOUT else 1) for nom, (avant, apres) in FAUTES.items()
    }


def laisse_passer(accepte: Callable[[bytes], bool]) -> dict[str, bool]:
    """Tell, for each fault, whether a peer lets it through."""
    return {nom: accepte(octets) for nom, octets in specimens().items()}


def compte(accepte: Callable[[bytes], bool]) -> str:
    """Count the faults that a peer lets through."""
    return f"{sum(laisse_passer(accepte).values())} of {len(FAUTES)}"
