"""Alerts as a calendar that every diary program can import, and import again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from segur_pha.certificats.plan import RAPPEL_ADRESSE
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icalendar import Event

    from segur_pha.certificats.seuils import Alerte

__all__ = ["calendrier"]

_HEURE_DE_RAPPEL = timedelta(hours=9)


def calendrier(alertes: Iterable[Alerte]) -> bytes:
    """Return alerts as an iCalendar file (RFC 5545): one all-day event per alert, on the day of expiry.

    UIDs are stable and the sequence grows with the alert's day, so that a re-import updates events instead of doubling
    them.  Each event rings at 9:00 at every threshold still ahead, and on its eve.  The same alerts give the same
    bytes.

    Raises:
        ExtraManquant: ``icalendar`` (extra ``certificats``) is not installed.
    """
    try:
        from icalendar import Calendar
    except ImportError as erreur:
        raise ExtraManquant("certificats") from erreur
    agenda = Calendar()
    agenda.add("prodid", "-//segur_pha//certificats//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "PUBLISH")
    agenda.add("x-wr-calname", "Certificats IGC-Santé")
    for alerte in alertes:
        agenda.add_component(_evenement(alerte))
    return bytes(agenda.to_ical())


def _evenement(alerte: Alerte) -> Event:
    from icalendar import Alarm, Event

    officine = _imprimable(f"{alerte.nom} {alerte.finess}".strip())
    evenement = Event()
    evenement.add("uid", alerte.uid)
    # An instant is due here; the alert's own day keeps the clock out.
    evenement.add("dtstamp", datetime.combine(alerte.au, time(), UTC))
    evenement.add("sequence", alerte.au.toordinal())
    evenement.add("dtstart", alerte.fin)
    if alerte.fin < date.max:
        evenement.add("dtend", alerte.fin + timedelta(days=1))
    evenement.add("transp", "TRANSPARENT")
    evenement.add("summary", f"Expiration de certificats : {officine}")
    evenement.add("description", f"{_imprimable(alerte.phrase)}\n{RAPPEL_ADRESSE}")
    for jours in sorted({seuil for seuil in alerte.seuils if seuil <= alerte.jours} | {1}, reverse=True):
        alarme = Alarm()
        alarme.add("action", "DISPLAY")
        alarme.add("description", f"Certificats à renouveler : {officine}")
        alarme.add("trigger", _HEURE_DE_RAPPEL - timedelta(days=jours))
        evenement.add_component(alarme)
    return evenement


def _imprimable(texte: str) -> str:
    # A control character would break the line-based format; what a calendar cannot hold becomes a space.
    return "".join(c if c.isprintable() else " " for c in texte)
