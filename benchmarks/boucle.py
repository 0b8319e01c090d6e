"""The loop shared by all comparisons: each case takes turns with a yardstick, and the ratio of each pair of turns is kept.

Whatever slows down the machine for a moment slows down both turns of a pair.  The median of the ratios is shown, with the
quartiles between which half of them lie.
"""

from __future__ import annotations

import gc
import resource
from statistics import quantiles
from time import process_time
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Does something once and returns how long it took, in seconds.
Chrono: TypeAlias = "Callable[[], float]"

#: Rounds, and consecutive turns in each: the first turn finds other programs' data in the caches; the median is one of the
#: others.
TOURS, RAFALE = 8, 5


class Rapport(NamedTuple):
    """A ratio to the yardstick: its median and quartiles; and the median of the time itself, in seconds."""

    mediane: float
    bas: float
    haut: float
    duree: float

    def __str__(self) -> str:
        return f"{self.mediane:.2f} ({self.bas:.2f}–{self.haut:.2f})"


def chrono(action: Callable[..., object], *arguments: object, horloge: Callable[[], float] = process_time) -> Chrono:
    """Time an action, the release of what it made included; by default in processor time, which other programs do not affect."""

    def une_fois() -> float:
        debut = horloge()
        action(*arguments)
        return horloge() - debut

    return une_fois


def temps_des_enfants() -> float:
    """Return the processor time, in seconds, of the ended processes that this one had started."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def en_tours(concurrents: Mapping[str, Chrono], etalon: Chrono, *, budget: float = 0.5) -> dict[str, Rapport]:
    """Let all cases take turns with the yardstick until each has used up its budget, in seconds."""
    gc.collect()
    gc.freeze()  # what already exists is not garbage
    for chronometrer in (etalon, *concurrents.values()):
        chronometrer()  # for what is only worked out once
    paires: dict[str, list[tuple[float, float]]] = {nom: [] for nom in concurrents}
    for tour in range(TOURS):
        for nom, chronometrer in concurrents.items():
            gc.collect()
            for k in range(RAFALE):
                if tour == 0 or sum(duree for duree, _ in paires[nom]) < budget:
                    paires[nom].append(_paire(chronometrer, etalon, etalon_d_abord=k % 2 == 0))
    gc.unfreeze()
    return {nom: rapport(mesures) for nom, mesures in paires.items()}


def _paire(chronometrer: Chrono, etalon: Chrono, *, etalon_d_abord: bool) -> tuple[float, float]:
    if etalon_d_abord:
        repere = etalon()
        return chronometrer(), repere
    return chronometrer(), etalon()


def rapport(paires: list[tuple[float, float]]) -> Rapport:
    """Summarise pairs of durations, the second of each being the yardstick's."""
    bas, mediane, haut = quantiles((duree / repere for duree, repere in paires), n=4)
    return Rapport(mediane, bas, haut, quantiles((duree for duree, _ in paires), n=4)[1])
