"""What other processes do in the tests: they are killed, or all work at once."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, name

from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection


def reserve_one_by_one(url: str, times: int, pipe: Connection) -> None:
    with Registre(url) as registre:
        pipe.send([registre.reserver(1)[0] for _ in range(times)])


def steps(registre: Registre, rank: int) -> Iterator[Callable[[], object]]:
    """Give the commands of one file's life; each has its commit point at its end."""
    numbers: list[str] = []
    sent = b""

    def prepare() -> None:
        nonlocal sent
        sent = file_of(*numbers)
        registre.preparer({name(rank): sent}, jour=DAY)

    yield lambda: numbers.extend(registre.reserver(3))
    yield prepare
    yield lambda: registre.deposer(name(rank), jour=DAY)
    yield lambda: registre.enregistrer_retour(answer_to(sent, [ACCEPTED, REJECTED, ACCEPTED]), jour=DAY)
    yield lambda: registre.decider(numbers[0], favorable=True, jour=DAY)


def live(url: str, files: int, die_after: int | None, pipe: Connection) -> None:
    """Send files through their whole life, and tell each step once it is done; die by SIGKILL right after one of them."""
    with Registre(url) as registre:
        first = len(registre.fichiers()) + 1
        for rank in range(first, first + files):
            for step, command in enumerate(steps(registre, rank)):
                command()
                pipe.send((rank, step))
                if step == die_after:  # pragma: no cover - who dies here tells nobody
                    os.kill(os.getpid(), signal.SIGKILL)
