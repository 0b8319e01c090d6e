"""What is about to expire, has expired or was revoked, as alerts by pharmacy and day."""

from __future__ import annotations

import enum
from operator import attrgetter
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.certificats.jours import en_lettres
from segur_pha.certificats.parc import Certificat, Etat, Parc, ReglageInvalide
from segur_pha.certificats.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

__all__ = ["Alerte", "Motif", "alertes"]

EXPIRE = 0
"""The threshold for what has expired: below any number of days."""


class Motif(enum.Enum):
    """Why there is an alert."""

    ECHEANCE = "échéance"
    REVOCATION = "révocation"
    ETAT = "expiré selon le suivi"


_SUFFIXES = {Motif.ECHEANCE: "", Motif.REVOCATION: "-revoque", Motif.ETAT: "-expire"}


@frozen
class Alerte:
    """The certificates of one pharmacy that expire on one day, or that are revoked and not replaced.

    Attributes:
        fin: the day of expiry, in Europe/Paris; for a revoked certificate, the one it would have had.
        au: the day for which the alert was worked out.
        seuil: the smallest threshold reached, in days; 0 once expired or revoked.
        seuils: every threshold, decreasing.
        certificats: at least one, in the fleet's order.
        motif: an expiry, a revocation that nothing replaces, or a state of the follow-up.
    """

    finess: str
    editeur: str
    nom: str
    fin: date
    jour: date
    seuil: int
    seuils: tuple[int, ...]
    certificats: tuple[Certificat, ...]
    motif: Motif = Motif.ECHEANCE

    @property
    def uid(self) -> str:
        """A name that stays the same from run to run, so that a calendar updates its event instead of duplicating it."""
        return f"certificats-{self.finess}-{self.fin.isoformat()}{_SUFFIXES[self.motif]}@segur-pha"

    @property
    def jours(self) -> int:
        """Days left, 0 on the day of expiry and negative afterwards; never positive for what no longer works."""
        reste = (self.fin - self.jour).days
        return reste if self.motif is Motif.ECHEANCE else min(reste, 0)

    @property
    def perdue(self) -> bool:
        """Whether it is too late to renew, because of expiry or revocation."""
        return self.jours < 0 or self.motif is not Motif.ECHEANCE

    @property
    def action(self) -> Action:
        """Whether to renew or to order a new one."""
        return Action.COMMANDER if self.perdue else Action.RENOUVELER

    @property
    def urgence(self) -> tuple[bool, int, str, str]:
        """The sort key, which puts first what can still be saved, by nearest end, then what is lost, by latest end."""
        fin = self.fin.toordinal()
        return (self.perdue, -fin if self.perdue else fin, self.finess, self.motif.value)

    @property
    def phrase(self) -> str:
        """The alert in French, without personal values.

        >>> from datetime import date
        >>> c = Certificat("750000002", date(2026, 6, 30))
        >>> Alerte("750000002", "", "", c.fin, date(2026, 6, 20), 30, (90, 60, 30, 7), (c,)).phrase
        '750000002 : 1 certificat expire le 30/06/2026 (dans 10 jours).'
        """
        nombre = len(self.certificats)
        quoi = f"{self.nom + ' ' if self.nom else ''}{self.finess} : {nombre} certificat{'s' if nombre > 1 else ''}"
        if self.motif is Motif.REVOCATION:
            return f"{quoi} révoqué{'s' if nombre > 1 else ''}, que rien ne remplace : nouvelle commande."
        if self.motif is Motif.ETAT:
            return (
                f"{quoi} donné{'s' if nombre > 1 else ''} pour expiré{'s' if nombre > 1 else ''} : nouvelle commande."
            )
        if self.jours < 0:
            return f"{quoi} expiré{'s' if nombre > 1 else ''} le {en_lettres(self.fin)} : nouvelle commande."
        reste = f"dans {self.jours} jour{'s' if self.jours > 1 else ''}" if self.jours else "aujourd’hui"
        return f"{quoi} expire{'nt' if nombre > 1 else ''} le {en_lettres(self.fin)} ({reste})."


def alertes(parc: Parc, *, jour: date, seuils: Iterable[int] = (90, 60, 30, 7)) -> list[Alerte]:
    """Return an alert for each pharmacy and day on which certificates that count expire, the most urgent first.

    What can still be saved comes before what is lost.

    This includes what expires within the largest threshold, what has already expired (threshold 0) until it is replaced, and what
    is revoked, or reported as expired, while nothing replaces it.  The ANS's own notice is sent 60 days before (decision 18).

    Raises :class:`~segur_pha.certificats.ReglageInvalide` for an empty list of thresholds, or a threshold that is not a number of
    days.

    >>> from datetime import date
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)), Certificat("010000024", date(2027, 1, 1))))
    >>> [(a.finess, a.jours, a.seuil) for a in alertes(parc, jour=date(2026, 6, 20))]
    [('750000002', 10, 30)]
    """
    paliers = tuple(sorted(set(seuils), reverse=True))
    if not paliers or any(isinstance(s, bool) or not isinstance(s, int) or s < 0 for s in paliers):
        raise ReglageInvalide("Les seuils sont des nombres de jours, au moins un : 90, 60, 30, 7 par exemple.")
    groupes: dict[tuple[date, str, Motif], list[Certificat]] = {}
    for c in parc.comptes:
        if c.etat is Etat.EXPIRE and c.fin >= jour:
            groupes.setdefault((c.fin, c.finess, Motif.ETAT), []).append(c)
        elif (c.fin - jour).days <= paliers[0]:
            groupes.setdefault((c.fin, c.finess, Motif.ECHEANCE), []).append(c)
    for place in sorted(parc.revoques_sans_suite):
        c = parc.certificats[place]
        groupes.setdefault((c.fin, c.finess, Motif.REVOCATION), []).append(c)
    faites = [
        Alerte(
            finess,
            parc.editeur(finess),
            parc.nom_officine(finess),
            fin,
            jour,
            EXPIRE if fin < jour or motif is not Motif.ECHEANCE else min(s for s in paliers if (fin - jour).days <= s),
            paliers,
            tuple(certificats),
            motif,
        )
        for (fin, finess, motif), certificats in groupes.items()
    ]
    return sorted(faites, key=attrgetter("urgence"))
