"""Shapes that a careless reader would pay dearly: the same verdict as the slow way, at a cost that grows in a straight line.

`benchmarks/hostile.py` measures the same shapes at their full ten million bytes, in seconds and MB.
"""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.formes_hostiles import FORMES, TAILLE
from segur_pha import VA1, RetourIllisible, controler, en_json, lire_retour
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.proprietes.voie_lente import constat, constat_lent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import FrameType

#: Two sizes whose costs are compared; below the first, what is the same for every file would weigh too much.
PETIT, GRAND = 4_000, 16_000
#: Work is counted at every call, which takes long.
PEU_DE_FOIS = settings(max_examples=max(5, settings.default.max_examples // 20))
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
    "documents of wrong values: numbers",
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


class Travail(NamedTuple):
    """What an action does, the same on every machine: calls, of Python's functions and of C's, and bytes that it allocates.

    A slice or a list that is made within one call is no call more, but it is bytes.
    """

    appels: int
    octets: int


def travail(action: Callable[[bytes], object], octets: bytes) -> Travail:
    """Count the work of an action: of each stretch between two calls, what memory was had at most beyond the start of it."""
    appels = alloues = depuis = 0
    memoire, recommencer = tracemalloc.get_traced_memory, tracemalloc.reset_peak

    def compter(_cadre: FrameType, _evenement: str, _argument: object) -> None:
        nonlocal appels, alloues, depuis
        appels += 1  # pragma: no cover - nothing is traced inside a profiler
        maintenant, pic = memoire()  # pragma: no cover
        if pic > depuis:  # pragma: no cover
            alloues += pic - depuis  # pragma: no cover
        depuis = maintenant  # pragma: no cover
        recommencer()  # pragma: no cover

    gc.disable()
    tracemalloc.start()
    sys.setprofile(compter)
    try:
        action(octets)
    finally:
        sys.setprofile(None)
        tracemalloc.stop()
        gc.enable()
    return Travail(appels, alloues)


def appels(action: Callable[[bytes], object], octets: bytes) -> int:
    """Count the calls alone, which takes a fraction of the time."""
    total = 0

    def compter(_cadre: FrameType, _evenement: str, _argument: object) -> None:
        nonlocal total
        total += 1  # pragma: no cover - nothing is traced inside a profiler

    gc.disable()
    sys.setprofile(compter)
    try:
        action(octets)
    finally:
        sys.setprofile(None)
        gc.enable()
    return total


def assert_droit(petit: Travail, grand: Travail) -> None:
    """Hold the work of four times the text to a straight line: five times as much, and not sixteen."""
    assert grand.appels <= 5 * petit.appels + 2_000
    assert grand.octets <= 5 * petit.octets + 50_000


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
    # The square of a column shows where a thousand faults, the most that are told, are few beside the others.
    action, fois = (controler, 4) if nom.startswith("documents of wrong values") else (lire_tout, 1)
    assert_droit(*(travail(action, FORMES[nom](fois * taille)) for taille in (PETIT, GRAND)))


#: What may stand where a text of the table is due: of every JSON type, too long, unknown, right.
VALEURS = st.sampled_from([0, -1, 1.5, 1e300, True, None, "", "null", "A", "A" * 60, "PDF", "BON_COMMANDE", [], {}])


@PEU_DE_FOIS
@given(st.lists(st.lists(VALEURS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_whatever_the_documents_hold_their_cost_grows_in_a_straight_line(valeurs: list[list[object]]) -> None:
    def fichier(nombre: int) -> bytes:
        arbre = json.loads(en_json(fichier_du_guide()))
        noms = ("nomFichier", "formatFichier", "typeFichier")
        motifs = [dict(zip(noms, triplet, strict=True)) for triplet in valeurs]
        arbre["lignesImport"][0]["piecesJustificatives"] = [motifs[k % len(motifs)] for k in range(nombre)]
        return json.dumps(arbre).encode()

    lire_tout(fichier(20))
    assert_droit(*(travail(controler, fichier(nombre)) for nombre in (100, 400)))


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
