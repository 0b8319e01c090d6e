"""Shapes that a careless reader would pay dearly: the same verdict as the slow way, at a cost that grows in a straight line.

`benchmarks/hostile.py` measures the same shapes at their full ten million bytes, in seconds and MB.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from benchmarks.formes_hostiles import FORMES, TAILLE
from segur_pha import VA1, RetourIllisible, controler, lire_retour
from tests.proprietes.voie_lente import constat, constat_lent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import FrameType

#: Two sizes whose costs are compared; below the first, what is the same for every file would weigh too much.
PETIT, GRAND = 6_000, 24_000
#: What once cost more than its size; every day looks at these, the long profile at all of them.
CHERES = (
    "one key, again and again",
    "duplicate keys in nested objects",
    "duplicate list of requests",
    "empty documents in one request",
    "cut after many blocks",
    "comma too many at the end",
    "open texts",
    "documents in one request",
)


def parfois(toujours: Collection[str]) -> list[object]:
    """Give every shape, those that are not named here to the long profile only."""
    return [nom if nom in toujours else pytest.param(nom, marks=pytest.mark.long) for nom in FORMES]


def lire_tout(octets: bytes) -> None:
    rapport = controler(octets)
    str(rapport)
    list(rapport.conseils)
    for anomalie in (*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)):
        str(anomalie.position)
    if rapport.recevable:
        rapport.en_retour()
    with suppress(RetourIllisible):
        lire_retour(octets)


def appels(action: Callable[[bytes], object], octets: bytes) -> int:
    """Count the calls that an action makes, of Python's functions and of C's: the same on every machine."""
    compte = 0

    def compter(_cadre: FrameType, _evenement: str, _argument: object) -> None:
        nonlocal compte
        compte += 1  # pragma: no cover - nothing is traced inside a profiler

    gc.disable()
    sys.setprofile(compter)
    try:
        action(octets)
    finally:
        sys.setprofile(None)
        gc.enable()
    return compte


@pytest.mark.parametrize("nom", FORMES)
def test_a_hostile_text_gets_the_verdict_of_the_slow_way(nom: str) -> None:
    octets = FORMES[nom](5_000)
    attendu, lignes = constat_lent(octets)
    fautes, verdicts = constat(controler(octets))
    # The slow way knows no limit on how many faults it tells; the last one told says how many more there are.
    assert len(fautes) == min(len(attendu), 1_000)
    assert [f[0::2] for f in fautes] == [a[0::2] for a in attendu[:1_000]]
    assert [[f[0::2] for f in verdict] for verdict in verdicts] == [
        [a[0::2] for a in ligne[:1_000]] for ligne in lignes
    ]


@pytest.mark.parametrize("nom", parfois(CHERES))
def test_the_cost_of_a_hostile_text_grows_in_a_straight_line(nom: str) -> None:
    lire_tout(FORMES[nom](1_000))  # what is worked out once
    petit, grand = (appels(lire_tout, FORMES[nom](taille)) for taille in (PETIT, GRAND))
    # Four times the text: at most five times the calls, and not sixteen.
    assert grand <= 5 * petit + 2_000


@pytest.mark.parametrize("nom", parfois({"empty objects"}))
def test_no_hostile_text_of_ten_million_bytes_takes_300_mb(nom: str) -> None:
    octets = FORMES[nom]()
    gc.collect()
    tracemalloc.start()
    try:
        lire_tout(octets)
        _, pic = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert pic < 300_000_000
    assert VA1.limites.octets_du_json == TAILLE
