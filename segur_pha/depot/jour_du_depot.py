"""The day that somebody typed for a deposit, compared with today: a mistyped year would get into every file name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from segur_pha.constats import Constat
from segur_pha.rapports.tableau import en_mots

__all__ = ["conseils_sur_le_jour"]

_UN_AN: Final = timedelta(days=366)


def conseils_sur_le_jour(jour: date, aujourd_hui: date) -> list[Constat]:
    """Point out a day of deposit that is more than a year ahead.

    >>> [conseil.code for conseil in conseils_sur_le_jour(date(2062, 11, 26), date(2026, 11, 26))]
    ['jour-lointain']
    """
    if jour - aujourd_hui <= _UN_AN:
        return []
    message = f"le jour du dépôt, {en_mots(jour)}, est dans plus d’un an : vérifiez l’année donnée à --jour"
    return [Constat(code="jour-lointain", message=message)]
