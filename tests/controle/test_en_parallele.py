"""Checks spread over processes or machines give the reports that one process gives."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from segur_pha import RapportControle, controler
from tests.outils import demande, fichier, modifier, octets

FILES = [
    octets(fichier(nombre=3)),
    octets(fichier(demande(1), modifier(demande(2, "00002"), "/beneficiaire/FINESSGeo", "7"))),
    octets(modifier(fichier(), "/SIRET", "7")),
    b'{"impId": nul}',
]


def check(there: list[RapportControle]) -> None:
    """Compare reports that come from elsewhere with those made here, and what they tell when asked."""
    here = [controler(source) for source in FILES]
    assert there == here
    assert [r.conseils for r in there] == [r.conseils for r in here]
    assert [[a.position for v in r.lignes for a in v.anomalies] for r in there] == [
        [a.position for v in r.lignes for a in v.anomalies] for r in here
    ]
    assert [r.en_lignes() for r in there] == [r.en_lignes() for r in here]


def test_the_same_call_in_other_processes_gives_the_same_reports() -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        check(list(pool.map(controler, FILES)))


# Starting processes that import Dask takes its time: every day the workers are threads, the long profile has processes too.
@pytest.mark.parametrize("processes", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_dask_cluster_gives_the_same_reports(processes: bool) -> None:  # noqa: FBT001
    # Imported here: half a second that no other test needs.
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=processes, dashboard_address=None)
    with cluster, Client(cluster) as client:
        check(client.gather(client.map(controler, FILES, pure=False)))
