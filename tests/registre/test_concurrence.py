"""Several processes at once, and processes that die: no number twice, no request lost, none in two states."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import time
from operator import attrgetter
from typing import TYPE_CHECKING

import ouvriers
import pytest
from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, name, phases

from segur_pha.registre import Registre
from segur_pha.registre.histoire import rejouer

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from segur_pha.registre.etats import EtatDemande

LONG = os.environ.get("SEGUR_PROFIL") == "long"
PROCESSES = 8
ALLOTMENTS = 500 if LONG else 6
KILLS = 100 if LONG else 3
STEPS = 5

# A server that has already imported what the processes need: they start at once.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["ouvriers", "segur_pha.registre.registre", "psycopg"])


def start(worker: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    ours, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=worker, args=(*arguments, theirs))
    process.start()
    theirs.close()
    return process, ours


def finish(process: BaseProcess, pipe: Connection) -> None:
    process.join()
    process.close()
    pipe.close()


def test_numbers_are_served_once_however_many_ask(url: str) -> None:
    # Nobody has made the ledger yet: the first ones to come make it, together.
    workers = [start(ouvriers.reserve_one_by_one, url, ALLOTMENTS) for _ in range(PROCESSES)]
    served = [number for _, pipe in workers for number in pipe.recv()]
    for worker in workers:
        finish(*worker)
    assert len(served) == PROCESSES * ALLOTMENTS
    assert set(served) == {f"{n:05}" for n in range(1, PROCESSES * ALLOTMENTS + 1)}


def test_killed_at_any_moment_nothing_is_lost_and_nothing_half_done(url: str) -> None:
    moments = random.Random(20221115)  # noqa: S311 - any moments will do, the same each day
    done: dict[int, int] = {}
    for _ in range(KILLS):
        process, pipe = start(ouvriers.live, url, 900, None)
        done.update([pipe.recv()])
        time.sleep(moments.uniform(0, 0.15))
        process.kill()
        with contextlib.suppress(EOFError):
            while pipe.poll():
                done.update([pipe.recv()])
        finish(process, pipe)
        check(url, done)
    assert done


def check(url: str, done: dict[int, int]) -> None:
    """Compare a ledger that opens with what its killed writers said they had done."""
    with Registre(url) as registre:
        book = rejouer(event for _, event in registre.journal())
        assert {d.cle: d for d in registre.demandes()} == book.demandes
        assert {f.fichier: f for f in registre.fichiers()} == book.fichiers
        files = {etat.nom: etat.fichier for etat in registre.fichiers()}
        requests: dict[str | None, list[EtatDemande]] = {}
        for request in sorted(book.demandes.values(), key=attrgetter("rang")):
            requests.setdefault(request.fichier, []).append(request)
        stages = [("préparée", "préparée", "préparée"), ("déposée", "déposée", "déposée")]
        stages += [("acceptée", "rejetée", "acceptée"), ("attribuée", "rejetée", "acceptée")]
        for rank, step in done.items():
            if step > 0:
                reached = stages.index(tuple(request.phase.value for request in requests[files[name(rank)]]))
                # The step that was told is done; the next one may have been.
                assert reached in {step - 1, step}
        assert not set(registre.reserver(2)) & set(phases(registre))


@pytest.mark.parametrize("last_step", range(STEPS))
def test_killed_right_after_each_commit_point_the_work_goes_on(url: str, last_step: int) -> None:
    process, pipe = start(ouvriers.live, url, 1, last_step)
    assert [pipe.recv() for _ in range(last_step + 1)] == [(1, step) for step in range(last_step + 1)]
    process.join()
    assert process.exitcode == -signal.SIGKILL
    finish(process, pipe)
    sent = file_of("00001", "00002", "00003")
    with Registre(url) as registre:
        rest = [
            lambda: registre.preparer({name(1): sent}, jour=DAY),
            lambda: registre.deposer(name(1), jour=DAY),
            lambda: registre.enregistrer_retour(answer_to(sent, [ACCEPTED, REJECTED, ACCEPTED]), jour=DAY),
            lambda: registre.decider("00001", favorable=True, jour=DAY),
        ]
        for command in rest[last_step:]:
            command()
        assert phases(registre) == {"00001": "attribuée", "00002": "rejetée", "00003": "acceptée"}
        assert registre.reserver(1) == ["00004"]


def test_what_the_workers_do(tmp_path: Path) -> None:
    # The same work, in this process.
    url = f"sqlite:///{tmp_path / 'registre.sqlite'}"
    ours, theirs = CONTEXT.Pipe(duplex=False)
    ouvriers.live(url, 1, None, theirs)
    assert [ours.recv() for _ in range(STEPS)] == [(1, step) for step in range(STEPS)]
    ouvriers.reserve_one_by_one(url, 2, theirs)
    assert ours.recv() == ["00004", "00005"]
    ouvriers.command(url, "reserver", 0)
    with Registre(url) as registre:
        assert phases(registre) == {"00001": "attribuée", "00002": "rejetée", "00003": "acceptée"}
    ours.close()
    theirs.close()
