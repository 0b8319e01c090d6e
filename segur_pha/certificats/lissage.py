"""Spreading renewals over working days so that none misses its last useful day.

Renewals are unit tasks with a first and a last day; every working day holds ``capacite`` of them.  Each day in turn takes those
whose last day comes first, and drops those whose last day is past.  For such tasks this rule saves as many as can be saved at all
(F. Glover, "Maximum matching in a convex bipartite graph", 1967), so that it finds a complete plan whenever one exists; the tests
compare it with a maximum flow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import date
from heapq import heappop, heappush
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.certificats.jours import en_lettres
from segur_pha.certificats.parc import ReglageInvalide
from segur_pha.certificats.plan import Action, LignePlan, PlanRenouvellement
from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import accorder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["Lissage", "Tache", "jours_ouvres", "lisser"]

_HORIZON_MAXIMUM = 3660


@frozen
class Tache:
    """One line of the plan, and the working day that it is given."""

    jour_prevu: date
    ligne: LignePlan


@frozen
class Lissage:
    """A spread plan.

    Attributes:
        rythme: renewals per working day in the plan: no more than the capacity, and no more than needed.
        jours: the working days of the horizon.
        taches: renewals in the order of their day.
        perdues: renewals for which there is no day at this capacity, the most urgent first.
        insauvables: those among them that no capacity would save, since no working day is left for them.
        capacite_suffisante: the smallest capacity that saves all the others.
        commandes: new orders for what is already lost, in the capacity that renewals leave on each day.
        commandes_sans_jour: the orders for which there is no day within the horizon.
    """

    jour: date
    capacite: int
    rythme: int
    jours: tuple[date, ...]
    taches: tuple[Tache, ...]
    perdues: tuple[LignePlan, ...]
    insauvables: tuple[LignePlan, ...]
    capacite_suffisante: int
    commandes: tuple[Tache, ...] = ()
    commandes_sans_jour: tuple[LignePlan, ...] = ()

    @property
    def jours_prevus(self) -> dict[int, date]:
        """The planned day of each line that has one, by ``id(line)``, since two lines may be equal."""
        return {id(tache.ligne): tache.jour_prevu for tache in (*self.taches, *self.commandes)}

    @property
    def jours_par_certificat(self) -> dict[int, date]:
        """The same by ``id(certificate)``."""
        return {id(tache.ligne.certificat): tache.jour_prevu for tache in (*self.taches, *self.commandes)}

    @property
    def complet(self) -> bool:
        """Whether every renewal has its day."""
        return not self.perdues

    @property
    def officines_perdues(self) -> tuple[str, ...]:
        """The pharmacies (FINESS, sorted) with a renewal for which there is no day in time."""
        return tuple(sorted({ligne.finess for ligne in self.perdues}))

    @property
    def charge_avant(self) -> dict[date, int]:
        """The number of renewals by last useful day, which is the load if everybody waits for it."""
        lignes = (*(tache.ligne for tache in self.taches), *self.perdues)
        return dict(sorted(Counter(_dernier(ligne) for ligne in lignes).items()))

    @property
    def charge_apres(self) -> dict[date, int]:
        """The number of renewals by planned day."""
        return dict(Counter(tache.jour_prevu for tache in self.taches))

    def __repr__(self) -> str:
        return (
            f"Lissage({len(self.taches)} renouvellements à {self.rythme} par jour, {len(self.perdues)} perdus, "
            f"il en faudrait {self.capacite_suffisante})"
        )

    @property
    def phrase(self) -> str:
        """The plan in a French sentence or two."""
        perdues = accorder(len(self.officines_perdues), "officine")
        commandes = (
            f" {accorder(len(self.commandes), 'commande placée', 'commandes placées')} après eux"
            f"{f', {len(self.commandes_sans_jour)} sans jour' if self.commandes_sans_jour else ''}."
        )
        return (
            f"Du {en_lettres(self.jour)} : {accorder(len(self.taches), 'renouvellement placé', 'renouvellements placés')}, "
            f"{self.rythme} par jour ouvré au plus ; {len(self.perdues)} sans jour possible ({perdues}). "
            f"Pour faire à temps tous ceux qui peuvent encore l’être, il suffit d’en faire {self.capacite_suffisante} par jour ouvré."
            f"{commandes if self.commandes or self.commandes_sans_jour else ''}"
        )

    def _repr_html_(self) -> str:
        return en_carnet(self.phrase)


def jours_ouvres(
    debut: date, fin: date, *, subdivision: str | None = None, fermetures: Collection[date] = ()
) -> tuple[date, ...]:
    """Return the working days from ``debut`` to ``fin``, both included: Monday to Friday, except French public holidays.

    ``subdivision`` adds the holidays of a place (``"GES"`` or ``"57"``, ``"974"``, …, in the names of the ``holidays`` library);
    ``fermetures`` are other days off.

    Raises :class:`~segur_pha.certificats.ReglageInvalide` when the subdivision is not known; :class:`~segur_pha.ExtraManquant`
    when ``holidays`` (extra ``certificats``) is not installed.

    >>> jours = jours_ouvres(date(2026, 4, 30), date(2026, 5, 11))
    >>> [jour.day for jour in jours]
    [30, 4, 5, 6, 7, 11]
    """
    try:
        import holidays
    except ImportError as erreur:
        raise ExtraManquant("certificats") from erreur
    try:
        feries = holidays.country_holidays("FR", subdiv=subdivision)
    except NotImplementedError as erreur:
        raise ReglageInvalide(
            "Subdivision inconnue de la liste des jours fériés français : indiquez un code comme 57 ou GP, ou aucun."
        ) from erreur
    tous = (date.fromordinal(rang) for rang in range(debut.toordinal(), fin.toordinal() + 1))
    return tuple(j for j in tous if j.isoweekday() <= 5 and j not in feries and j not in fermetures)  # noqa: PLR2004


def lisser(
    plan: PlanRenouvellement,
    *,
    capacite: int,
    horizon_jours: int = 365,
    avance_jours: int | None = None,
    subdivision: str | None = None,
    fermetures: Collection[date] = (),
) -> Lissage:
    """Give each renewal a working day before its deadline, at most ``capacite`` per day, earliest deadline first.

    The plan keeps to the lowest daily pace that saves all that the capacity can save, so that the load is level.
    The active certificates whose last useful day falls within ``horizon_jours`` days of the plan's day (10 years at most) are
    spread; they may be renewed from the plan's day on.  ``avance_jours`` forbids renewing one earlier than that many days before
    its expiry, since a certificate renewed early loses the rest of its validity.  What is already lost is ordered in the capacity
    that renewals leave on each day, the latest loss first.

    Raises :class:`~segur_pha.certificats.ReglageInvalide` for a capacity below 1, a horizon or an advance that is not a number of
    days; :class:`~segur_pha.ExtraManquant` when ``holidays`` (extra ``certificats``) is not installed.
    """
    _verifier(capacite, 1, 10**9, "La capacité est un nombre de renouvellements par jour ouvré, 1 ou plus.")
    _verifier(horizon_jours, 0, _HORIZON_MAXIMUM, f"L’horizon est un nombre de jours, de 0 à {_HORIZON_MAXIMUM}.")
    if avance_jours is not None:
        _verifier(avance_jours, 1, date.max.toordinal(), "L’avance est un nombre de jours, 1 ou plus.")
    fin = date.fromordinal(min(plan.jour.toordinal() + horizon_jours, date.max.toordinal()))
    jours = jours_ouvres(plan.jour, fin, subdivision=subdivision, fermetures=fermetures)
    lignes = [
        ligne
        for ligne in plan
        if ligne.action in (Action.RENOUVELER, Action.ATTENDRE) and not ligne.remplace and _dernier(ligne) <= fin
    ]
    a_faire = [(_premier(ligne, avance_jours), ligne) for ligne in sorted(lignes, key=attrgetter("urgence"))]
    fenetres = Counter((premier, _dernier(ligne)) for premier, ligne in a_faire)
    condamnees = {fenetre for fenetre in fenetres if not _tient(fenetre, jours)}
    sauvables = {fenetre: nombre for fenetre, nombre in fenetres.items() if fenetre not in condamnees}
    suffisante = _capacite_suffisante(sauvables, jours)
    rythme = min(capacite, suffisante)
    taches, perdues = _placer(a_faire, jours, rythme)
    a_commander = plan.pour(Action.COMMANDER)
    commandes = _commandes(a_commander, taches, jours, capacite)
    return Lissage(
        plan.jour,
        capacite,
        rythme,
        jours,
        tuple(taches),
        tuple(perdues),
        tuple(ligne for premier, ligne in a_faire if (premier, _dernier(ligne)) in condamnees),
        suffisante,
        tuple(commandes),
        a_commander[len(commandes) :],
    )


def _commandes(
    a_commander: Sequence[LignePlan], taches: Iterable[Tache], jours: Iterable[date], capacite: int
) -> list[Tache]:
    """Place the orders, in turn, in the capacity that each day's renewals leave."""
    pris = Counter(tache.jour_prevu for tache in taches)
    reste = iter(a_commander)
    return [Tache(jour, ligne) for jour in jours for ligne in islice(reste, capacite - pris[jour])]


def _verifier(valeur: int, minimum: int, maximum: int, message: str) -> None:
    if isinstance(valeur, bool) or not isinstance(valeur, int) or not minimum <= valeur <= maximum:
        raise ReglageInvalide(message)


def _premier(ligne: LignePlan, avance_jours: int | None) -> date:
    debut = max(ligne.jour, ligne.certificat.debut or ligne.jour)
    if avance_jours is None:
        return debut
    return max(debut, date.fromordinal(max(1, ligne.certificat.fin.toordinal() - avance_jours)))


def _dernier(ligne: LignePlan) -> date:
    # Only an expiry on date.min has no day before it, and no plan's day is earlier.
    return ligne.dernier_jour or ligne.jour


def _tient(fenetre: tuple[date, date], jours: Sequence[date]) -> bool:
    premier, dernier = fenetre
    rang = bisect_left(jours, premier)
    return rang < len(jours) and jours[rang] <= dernier


def _placer(
    a_faire: Sequence[tuple[date, LignePlan]], jours: Iterable[date], capacite: int
) -> tuple[list[Tache], list[LignePlan]]:
    """Return the tasks by day and what is lost; ``a_faire`` is sorted by deadline, and rank breaks ties."""
    arrivees = sorted(((premier, rang) for rang, (premier, _) in enumerate(a_faire)), reverse=True)
    pretes: list[int] = []
    taches: list[Tache] = []
    perdues: list[int] = []
    for jour in jours:
        while arrivees and arrivees[-1][0] <= jour:
            heappush(pretes, arrivees.pop()[1])
        while pretes and _dernier(a_faire[pretes[0]][1]) < jour:
            perdues.append(heappop(pretes))
        taches += [Tache(jour, a_faire[heappop(pretes)][1]) for _ in range(min(capacite, len(pretes)))]
    perdues += [*pretes, *(rang for _, rang in arrivees)]
    return taches, [a_faire[rang][1] for rang in sorted(perdues)]


def _capacite_suffisante(fenetres: dict[tuple[date, date], int], jours: Sequence[date]) -> int:
    """Return the smallest capacity that places every task, given windows that all contain a working day."""
    bas, haut = 0, sum(fenetres.values())
    while bas < haut:
        milieu = (bas + haut) // 2
        if _tout_tient(fenetres, jours, milieu):
            haut = milieu
        else:
            bas = milieu + 1
    return haut


def _tout_tient(fenetres: dict[tuple[date, date], int], jours: Sequence[date], capacite: int) -> bool:
    """Tell whether there is a day for every task: the same rule as :func:`_placer`, on the number of tasks by window."""
    arrivees = sorted(fenetres, reverse=True)
    pretes: list[tuple[date, int]] = []
    for jour in jours:
        while arrivees and arrivees[-1][0] <= jour:
            fenetre = arrivees.pop()
            heappush(pretes, (fenetre[1], fenetres[fenetre]))
        reste = capacite
        while pretes and reste:
            dernier, nombre = heappop(pretes)
            if dernier < jour:
                return False
            if nombre > reste:
                heappush(pretes, (dernier, nombre - reste))
            reste -= min(reste, nombre)
    return not pretes and not arrivees
