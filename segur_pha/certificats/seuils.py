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

__all__ = ["Alerte", "Motif", "alertes", "motif_montre"]

EXPIRE = 0
"""The threshold for what has expired: below any number of days."""


class Motif(enum.Enum):
    """Why there is an alert."""

    ECHEANCE = "échéance"
    REVOCATION = "révocation"
    ETAT = "expiré selon le suivi"
    DOUTE = "état inconnu"


_SUFFIXES = {Motif.ECHEANCE: "", Motif.REVOCATION: "-revoque", Motif.ETAT: "-expire", Motif.DOUTE: "-doute"}
_PERDUS = frozenset([Motif.REVOCATION, Motif.ETAT])


@frozen
class Alerte:
    """The certificates of one pharmacy that expire on one day, are revoked and not replaced, or are in a state nobody knows.

    Attributes:
        fin: the day of expiry, in Europe/Paris; of a revoked certificate, the one it would have had.
        au: the day the alert was worked out for.
        seuil: the smallest threshold reached, in days; 0 once expired or revoked; the largest one for a state that nobody knows.
        seuils: every threshold, decreasing.
        certificats: at least one, in the fleet's order.
        motif: an expiry, a revocation that nothing replaces, or a state of the follow-up, be it one that nobody knows.
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
        return min(reste, 0) if self.motif in _PERDUS else reste

    @property
    def perdue(self) -> bool:
        """Whether it is too late to renew, being expired or revoked."""
        return self.jours < 0 or self.motif in _PERDUS

    @property
    def action(self) -> Action:
        """Whether to renew, to order anew, or to look first."""
        if self.motif is Motif.DOUTE:
            return Action.VERIFIER
        return Action.COMMANDER if self.perdue else Action.RENOUVELER

    @property
    def urgence(self) -> tuple[bool, int, str, str]:
        """The sort key, which puts first what can still be saved, by nearest end, then what is lost, by latest end."""
        fin = self.fin.toordinal()
        return (self.perdue, -fin if self.perdue else fin, self.finess, self.motif.value)

    @property
    def etats_inconnus(self) -> str:
        """The states that nobody knows, in the follow-up's words, each after its product number; ``""`` when there is none.

        >>> from datetime import date
        >>> c = Certificat("750000002", date(2026, 6, 30), numero="374606", etat=Etat.INCONNU, etat_lu="Suspendu")
        >>> Alerte("750000002", "", "", c.fin, date(2026, 6, 20), 30, (90, 60, 30, 7), (c,)).etats_inconnus
        '374606 « Suspendu »'
        """
        return ", ".join(f"{c.numero} « {c.etat_lu} »".lstrip() for c in self.certificats if c.etat is Etat.INCONNU)

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
        if self.motif is Motif.DOUTE:
            etats = f"dans un état inconnu ({self.etats_inconnus})"
            return f"{quoi} {etats}, fin le {en_lettres(self.fin)} : regardez sur la page de suivi."
        doute = f" ; état à regarder sur la page de suivi : {self.etats_inconnus}" if self.etats_inconnus else ""
        if self.jours < 0:
            return f"{quoi} expiré{'s' if nombre > 1 else ''} le {en_lettres(self.fin)} : nouvelle commande{doute}."
        reste = f"dans {self.jours} jour{'s' if self.jours > 1 else ''}" if self.jours else "aujourd’hui"
        return f"{quoi} expire{'nt' if nombre > 1 else ''} le {en_lettres(self.fin)} ({reste}){doute}."


def alertes(parc: Parc, *, jour: date, seuils: Iterable[int] = (90, 60, 30, 7)) -> list[Alerte]:
    """Return an alert for each pharmacy and day on which certificates that count expire, the most urgent first.

    What can still be saved comes before what is lost.

    What expires within the largest threshold is there, and what has already expired too (threshold 0) until it is
    replaced; so is what is revoked, or said to have expired, while nothing replaces it.  What is in a state that nobody knows
    (suspended, inactive, …) is there whenever it ends: nothing tells that it works.  The ANS's own notice goes out 60 days before
    (decision 18).

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
        elif c.etat is Etat.INCONNU:
            groupes.setdefault((c.fin, c.finess, Motif.DOUTE), []).append(c)
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
            _seuil(motif, (fin - jour).days, paliers),
            paliers,
            tuple(certificats),
            motif,
        )
        for (fin, finess, motif), certificats in groupes.items()
    ]
    return sorted(faites, key=attrgetter("urgence"))


def motif_montre(alerte: Alerte) -> str:
    """Say why there is an alert, with the states that nobody knows."""
    return " : ".join(filter(None, [alerte.motif.value, alerte.etats_inconnus]))


def _seuil(motif: Motif, reste: int, paliers: tuple[int, ...]) -> int:
    if reste < 0 or motif in _PERDUS:
        return EXPIRE
    return min((s for s in paliers if reste <= s), default=paliers[0])
