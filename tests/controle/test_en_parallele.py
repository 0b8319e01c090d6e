"""Checks spread over processes give the reports that one process gives."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from segur_pha import controler
from tests.outils import demande, fichier, modifier, octets

FILES = [
    octets(fichier(nombre=3)),
    octets(fichier(demande(1), modifier(demande(2, "00002"), "/beneficiaire/FINESSGeo", "7"))),
    octets(modifier(fichier(), "/SIRET", "7")),
    b'{"impId": nul}',
]


def test_the_same_call_in_other_processes_gives_the_same_reports() -> None:
    here = [controler(source) for source in FILES]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        there = list(pool.map(controler, FILES))
    assert there == here
    assert [r.conseils for r in there] == [r.conseils for r in here]
    assert [[a.position for v in r.lignes for a in v.anomalies] for r in there] == [
        [a.position for v in r.lignes for a in v.anomalies] for r in here
    ]
    assert [r.en_lignes() for r in there] == [r.en_lignes() for r in here]
