"""The order of day and month is a property of a column: one cell alone cannot tell 03/05/2026 from 05/03/2026."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import frozen

from segur_pha.certificats.parc import ReglageInvalide

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["FormeJour", "Ordre", "OrdreVu", "ordre_impose", "ordre_vu"]

FormeJour: TypeAlias = Literal["jj/mm/aaaa", "mm/jj/aaaa"]

_CHIFFRES: Final = re.compile(r"\s*([0-9]{1,2})[/.-]([0-9]{1,2})[/.-][0-9]{4}(?![0-9])")
_MOIS_DE_L_AN: Final = 12


class Ordre(enum.Enum):
    """How the days of a column are written in digits."""

    JOUR = "jj/mm/aaaa"
    MOIS = "mm/jj/aaaa"
    MELANGE = "les deux"


@frozen
class OrdreVu:
    """What the days of a column tell of their order.

    Attributes:
        ordre: ``None`` when nothing tells.
        douteux: one text that reads both ways, ``""`` when there is none.
    """

    ordre: Ordre | None
    douteux: str


def ordre_vu(textes: Iterable[str]) -> OrdreVu:
    """Look at the texts of a column: a number above 12 can only be a day.

    >>> ordre_vu(["03/05/2026", "03/25/2026"]).ordre
    <Ordre.MOIS: 'mm/jj/aaaa'>
    >>> ordre_vu(["03/05/2026", "20 févr. 2026", "04/04/2026"])
    OrdreVu(ordre=None, douteux='03/05/2026')
    """
    vus: set[Ordre] = set()
    douteux = ""
    for texte in textes:
        if lu := _CHIFFRES.match(texte):
            a, b = int(lu[1]), int(lu[2])
            if a > _MOIS_DE_L_AN >= b:
                vus.add(Ordre.JOUR)
            elif b > _MOIS_DE_L_AN >= a:
                vus.add(Ordre.MOIS)
            elif a != b:
                douteux = douteux or texte.strip()
    return OrdreVu(Ordre.MELANGE if len(vus) > 1 else next(iter(vus), None), douteux)


def ordre_impose(forme: str | None) -> Ordre | None:
    """Return the order that a caller asks for.

    Raises:
        ReglageInvalide: it is none.
    """
    if forme is None:
        return None
    if forme not in (Ordre.JOUR.value, Ordre.MOIS.value):
        raise ReglageInvalide("L’ordre des jours est jj/mm/aaaa ou mm/jj/aaaa.")
    return Ordre(forme)
