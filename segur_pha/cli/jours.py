"""Days on the command line: as the guide writes them, 15/11/2022, and as programs do, 2022-11-15."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from cyclopts import Parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EST_UN_JOUR", "a_la_forme_d_un_jour", "lire_le_jour"]

_FORMES: Final = (
    re.compile(r"(?P<an>[0-9]{4})-(?P<mois>[0-9]{2})-(?P<jour>[0-9]{2})"),
    re.compile(r"(?P<jour>[0-9]{1,2})/(?P<mois>[0-9]{1,2})/(?P<an>[0-9]{4})"),
)


def lire_le_jour(texte: str) -> date:
    """Read a day; raises ``ValueError`` for anything else, and for a day that does not exist.

    >>> lire_le_jour("15/11/2022") == lire_le_jour("2022-11-15")
    True
    """
    for forme in _FORMES:
        if vu := forme.fullmatch(texte.strip()):
            return date(int(vu["an"]), int(vu["mois"]), int(vu["jour"]))
    raise ValueError("no day")


def a_la_forme_d_un_jour(texte: str) -> bool:
    """Tell whether a text is written as a day is, also where no calendar has that day.

    >>> a_la_forme_d_un_jour("31/02/2022"), a_la_forme_d_un_jour("31 février")
    (True, False)
    """
    return any(forme.fullmatch(texte.strip()) for forme in _FORMES)


def _convertir(_: object, mots: Sequence[object]) -> date:
    return lire_le_jour(str(getattr(mots[0], "value", "")))


#: Beside the help of each option that is a day.
EST_UN_JOUR: Final = Parameter(converter=_convertir, n_tokens=1)
