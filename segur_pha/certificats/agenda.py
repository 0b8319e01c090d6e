"""Alerts as a calendar that any diary program can import, and import again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from segur_pha.certificats.jours import en_lettres
from segur_pha.certificats.plan import RAPPEL_ADRESSE, Action
from segur_pha.certificats.seuils import Motif
from segur_pha.certificats.travail import lignes_du_travail
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icalendar import Calendar, Event

    from segur_pha.certificats.lissage import Lissage
    from segur_pha.certificats.parc import Parc
    from segur_pha.certificats.plan import LignePlan, PlanRenouvellement
    from segur_pha.certificats.seuils import Alerte
    from segur_pha.certificats.sorties import AlerteTerminee

__all__ = ["calendrier", "calendrier_du_travail"]

_HEURE_DE_RAPPEL = timedelta(hours=9)


def calendrier(
    alertes: Iterable[Alerte], *, terminees: Iterable[AlerteTerminee] = (), lissage: Lissage | None = None
) -> bytes:
    """Return alerts as an iCalendar file (RFC 5545): one all-day event per alert, on the day of expiry.

    What is revoked, or reported as expired, is placed on the day of the alert itself.  UIDs are stable and the sequence grows
    with the alert's day, so that a re-import updates events instead of duplicating them; an alert that has ended cancels its
    event.  Each event rings at 9:00 at every threshold still ahead, and on the day before.  The same alerts give the same bytes.

    Raises :class:`~segur_pha.ExtraManquant` when ``icalendar`` (extra ``certificats``) is not installed.
    """
    agenda = _agenda("Certificats IGC-Santé")
    prevus = lissage.jours_par_certificat if lissage else {}
    for alerte in alertes:
        jours = [prevus[id(c)] for c in alerte.certificats if id(c) in prevus]
        agenda.add_component(_evenement(alerte, min(jours, default=None)))
    for terminee in terminees:
        agenda.add_component(_annulation(terminee))
    return bytes(agenda.to_ical())


def calendrier_du_travail(parc: Parc, plan: PlanRenouvellement, lissage: Lissage) -> bytes:
    """Return the planned work as an iCalendar file: one all-day event per certificate, on its planned day.

    The UID is the certificate's, so that an event moves when its certificate is given another day.

    Raises :class:`~segur_pha.ExtraManquant` when ``icalendar`` (extra ``certificats``) is not installed.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc, lisser, plan_renouvellement
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30), numero="374607"),))
    >>> plan = plan_renouvellement(parc, jour=date(2026, 6, 1))
    >>> calendrier_du_travail(parc, plan, lisser(plan, capacite=5)).decode().count("BEGIN:VEVENT")
    1
    """
    agenda = _agenda("Certificats IGC-Santé : travail prévu")
    prevus = lissage.jours_prevus
    for ligne in lignes_du_travail(plan, lissage):
        if id(ligne) in prevus:
            agenda.add_component(_tache(parc, ligne, prevus[id(ligne)]))
    return bytes(agenda.to_ical())


def _agenda(nom: str) -> Calendar:
    try:
        from icalendar import Calendar
    except ImportError as erreur:
        raise ExtraManquant("certificats") from erreur
    agenda = Calendar()
    agenda.add("prodid", "-//segur_pha//certificats//FR")
    agenda.add("version", "2.0")
    agenda.add("method", "PUBLISH")
    agenda.add("x-wr-calname", nom)
    return agenda


def _jour_entier(uid: str, jour: date, du: date) -> Event:
    from icalendar import Event

    evenement = Event()
    evenement.add("uid", uid)
    # The format requires an instant; taking the day of the run avoids looking at the clock.
    evenement.add("dtstamp", datetime.combine(jour, time(), UTC))
    evenement.add("sequence", jour.toordinal())
    evenement.add("dtstart", du)
    if du < date.max:
        evenement.add("dtend", du + timedelta(days=1))
    evenement.add("transp", "TRANSPARENT")
    return evenement


_SUJETS: Final = {Motif.ECHEANCE: "Expiration", Motif.DOUTE: "Vérification"}


def _evenement(alerte: Alerte, prevu: date | None) -> Event:
    from icalendar import Alarm

    officine = _imprimable(f"{alerte.nom} {alerte.finess}".strip())
    a_l_echeance = alerte.motif is Motif.ECHEANCE
    evenement = _jour_entier(alerte.uid, alerte.jour, alerte.fin if a_l_echeance else alerte.jour)
    evenement.add("summary", f"{_SUJETS.get(alerte.motif, 'Commande')} de certificats : {officine}")
    suite = f"\nPrévu le {en_lettres(prevu)}." if prevu else ""
    evenement.add("description", f"{_imprimable(alerte.phrase)}{suite}\n{RAPPEL_ADRESSE}")
    seuils = {seuil for seuil in alerte.seuils if seuil <= alerte.jours} if a_l_echeance else set()
    for jours in sorted(seuils | {1}, reverse=True):
        alarme = Alarm()
        alarme.add("action", "DISPLAY")
        a_faire = "à vérifier" if alerte.motif is Motif.DOUTE else "à renouveler"
        alarme.add("description", f"Certificats {a_faire} : {officine}")
        alarme.add("trigger", _HEURE_DE_RAPPEL - timedelta(days=jours))
        evenement.add_component(alarme)
    return evenement


def _annulation(terminee: AlerteTerminee) -> Event:
    evenement = _jour_entier(terminee.uid, terminee.jour, terminee.fin)
    evenement.add("status", "CANCELLED")
    evenement.add("summary", f"Réglé : {_imprimable(f'{terminee.nom} {terminee.finess}'.strip())}")
    return evenement


def _tache(parc: Parc, ligne: LignePlan, prevu: date) -> Event:
    c = ligne.certificat
    qui = f"{c.finess}\x00{c.numero}\x00{c.offre}\x00{c.usage}\x00{c.nom}\x00{c.serie}\x00{c.fin.isoformat()}"
    uid = f"travail-{sha256(qui.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}@segur-pha"
    evenement = _jour_entier(uid, ligne.jour, prevu)
    verbe = "Commander" if ligne.action is Action.COMMANDER else "Renouveler"
    officine = _imprimable(f"{parc.nom_officine(c.finess)} {c.finess}".strip())
    evenement.add("summary", f"{verbe} : {officine}")
    quoi = " ".join(filter(None, (c.numero, c.offre, c.usage, c.nom)))
    par = f"\nPar : {_imprimable(c.administrateur)}" if c.administrateur else ""
    evenement.add("description", f"{_imprimable(quoi)}\n{_imprimable(ligne.raison)}{par}\n{RAPPEL_ADRESSE}")
    return evenement


def _imprimable(texte: str) -> str:
    # A control character would break the line-based format; whatever a calendar cannot hold becomes a space.
    return "".join(c if c.isprintable() else " " for c in texte)
