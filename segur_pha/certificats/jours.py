"""Days as the exports write them, always the day in Europe/Paris."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from segur_pha.textes import plier

__all__ = ["MOIS_COURTS", "en_lettres", "jour_de_paris", "jour_inexistant", "lire_jour", "mois_en_lettres"]

MOIS_COURTS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_MOIS_LONGS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)

_HEURE = r"(?:[ T]+(?:[aà]\u0300? )?(?P<heure>[0-9]{1,2})[:h](?P<minute>[0-9]{2})(?::(?P<seconde>[0-9]{2})(?:[.,][0-9]+)?)?)?"
_FORMES = tuple(
    re.compile(motif + _HEURE + r" ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?", re.IGNORECASE)
    for motif in (
        r"(?P<jour>[0-9]{1,2})[/.-](?P<mois>[0-9]{1,2})[/.-](?P<an>[0-9]{4})",
        r"(?P<an>[0-9]{4})-(?P<mois>[0-9]{2})-(?P<jour>[0-9]{2})",
        r"(?P<jour>[0-9]{1,2})(?:er)? (?P<mois>[^\d\s/.:-]+)\.? (?P<an>[0-9]{4})",
    )
)
_PREMIERE_ANNEE = 1900


def lire_jour(texte: str, *, mois_d_abord: bool = False) -> date | None:
    """Return the day written as ``20 févr. 2024``, ``20/02/2024`` or ``2024-02-20``, with or without an hour.

    A time with its zone is converted to Europe/Paris first; one without is taken as Paris time.  ``None`` when the text is not
    such a day, when the day does not exist, and for years before 1900.  ``mois_d_abord`` reads ``02/20/2024`` instead.

    >>> lire_jour("20 févr. 2024"), lire_jour("1er août 2026")
    (datetime.date(2024, 2, 20), datetime.date(2026, 8, 1))
    >>> lire_jour("2026-06-30T22:30:00Z"), lire_jour("30/02/2024")
    (datetime.date(2026, 7, 1), None)
    """
    plat = " ".join(texte.split())
    for forme in _FORMES:
        if vu := forme.fullmatch(plat):
            parties = vu.groupdict()
            if mois_d_abord and forme is _FORMES[0]:
                parties["jour"], parties["mois"] = parties["mois"], parties["jour"]
            return _jour(**parties)
    return None


def jour_inexistant(texte: str) -> bool:
    """Whether a text has the shape of a day that no calendar holds.

    >>> jour_inexistant("31/02/2027"), jour_inexistant("demain"), jour_inexistant("28/02/2027")
    (True, False, False)
    """
    plat = " ".join(texte.split())
    for forme in _FORMES:
        if vu := forme.fullmatch(plat):
            mois, an = vu["mois"], int(vu["an"])
            rang = _rang_du_mois(mois)
            if an < _PREMIERE_ANNEE or not (rang or mois.isdecimal()):
                return False
            try:
                date(an, rang, int(vu["jour"]))
            except ValueError:
                return True
    return False


def jour_de_paris(instant: datetime) -> date:
    """Return the day of an aware ``instant`` in Europe/Paris, whatever the machine's time zone.

    The last day of the year 9999, which means "never" in certificates, is kept as it is.
    """
    try:
        return instant.astimezone(_paris()).date()
    except OverflowError:
        return instant.date()


def en_lettres(jour: date) -> str:
    """Return a day as a French reader writes it.

    >>> en_lettres(date(2026, 3, 1))
    '01/03/2026'
    """
    an, mois, quantieme = jour.isoformat().split("-")
    return f"{quantieme}/{mois}/{an}"


def mois_en_lettres(mois: str) -> str:
    """Return ``"2026-02"`` as ``"févr. 2026"``.

    >>> mois_en_lettres("2026-02")
    'févr. 2026'
    """
    an, rang = mois.split("-")
    return f"{MOIS_COURTS[int(rang) - 1]} {an}"


@cache
def _paris() -> ZoneInfo:
    return ZoneInfo("Europe/Paris")


def _rang_du_mois(mois: str) -> int:
    if mois.isdecimal():
        return int(mois)
    # "jui" could be June or July; any other three letters stand for one month.
    debuts = [rang for rang, nom in enumerate(_MOIS_LONGS, 1) if nom.startswith(plier(mois))]
    return debuts[0] if len(debuts) == 1 and len(mois) > 2 else 0  # noqa: PLR2004


def _jour(
    *, jour: str, mois: str, an: str, heure: str | None, minute: str | None, seconde: str | None, zone: str | None
) -> date | None:
    if int(an) < _PREMIERE_ANNEE:
        return None
    try:
        lu = datetime(int(an), _rang_du_mois(mois), int(jour), int(heure or 0), int(minute or 0), int(seconde or 0))  # noqa: DTZ001
        if zone is None:
            return lu.date()
        return jour_de_paris(datetime.fromisoformat(f"{lu.isoformat()}{zone.upper()}"))
    except ValueError:
        return None
