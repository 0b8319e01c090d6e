"""The loop that every comparison shares: each takes turns with a yardstick, and the ratio of each pair of turns is kept.

What slows the machine down for a moment slows both of a pair down.  The median of the ratios is shown, with the quartiles
between which half of them lie.
"""

from __future__ import annotations

import gc
import resource
from statistics import quantiles
from time import process_time
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Does something once and gives what it took, in seconds.
Chrono: TypeAlias = "Callable[[], float]"

#: Rounds, and turns in a row in each of them: the first turn finds other people's caches, the median is one of the others.
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
    """Time an action, the release of what it made included; by default in processor time, which nobody else can take."""

    def une_fois() -> float:
        debut = horloge()
        action(*arguments)
        return horloge() - debut

    return une_fois


def temps_des_enfants() -> float:
    """Return the processor time, in seconds, of the processes that this one has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def en_tours(concurrents: Mapping[str, Chrono], etalon: Chrono, *, budget: float = 0.5) -> dict[str, Rapport]:
    """Let everyone take turns with the yardstick until each has used its budget, in seconds."""
    gc.collect()
    gc.freeze()  # what is there already is nobody's garbage
    for chronometrer in (etalon, *concurrents.values()):
        chronometrer()  # what is worked out once
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
    """Tell what pairs of durations come to, the second of each being the yardstick's."""
    bas, mediane, haut = quantiles((duree / repere for duree, repere in paires), n=4)
    return Rapport(mediane, bas, haut, quantiles((duree for duree, _ in paires), n=4)[1])
