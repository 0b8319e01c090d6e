"""What other processes do in the tests: they are killed, or all work at once."""

from __future__ import annotations

import os
import signal
from decimal import Decimal
from typing import TYPE_CHECKING

from atelier import ACCEPTED, DAY, REJECTED, SILENT, THREE, answer_to, file_of, lived, name
from pannes import die, fault, fault_in_sql

from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path


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


FOUR, FIVE = file_of("00041", "00042"), file_of("00051", "00052")

#: Every command that writes, in a ledger where it may happen (:func:`live_enough`).
COMMANDS: dict[str, Callable[[Registre], object]] = {
    "reserver": lambda r: r.reserver(3),
    "preparer": lambda r: r.preparer({name(9): file_of("00091", "00092")}, jour=DAY),
    "deposer": lambda r: r.deposer(name(2), jour=DAY),
    "refuser": lambda r: r.refuser(name(4), jour=DAY),
    "abandonner": lambda r: r.abandonner(name(2), jour=DAY),
    "enregistrer_retour": lambda r: r.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]), jour=DAY),
    "decider": lambda r: r.decider("00051", favorable=True, jour=DAY),
    "payer": lambda r: r.payer("00052", Decimal("255.00"), jour=DAY),
    "effacer": lambda r: r.effacer("750000001", jour=DAY),
}


def live_enough(registre: Registre) -> None:
    lived(registre)
    for rank, file, outcomes in ((4, FOUR, [SILENT, SILENT]), (5, FIVE, [ACCEPTED, ACCEPTED])):
        registre.preparer({name(rank): file}, jour=DAY)
        registre.deposer(name(rank), jour=DAY)
        registre.enregistrer_retour(answer_to(file, outcomes), jour=DAY)
    registre.decider("00052", favorable=True, jour=DAY)


def command(url: str, which: str, kill_at: int) -> None:
    """Give a command; die just before a statement or the commit."""
    with Registre(url) as registre, fault_in_sql(kill_at, die):
        COMMANDS[which](registre)


def lift(history: Iterable[tuple[str, dict[str, object]]]) -> Iterator[tuple[str, dict[str, object]]]:
    """Pretend that the next version of the ledger wrote the reason of a surrender in other words."""
    for nature, fields in history:
        yield nature, fields | ({"motif": "abandon (version 2)"} if nature == "fichier-abandonne" else {})


def migrate(path: Path, at: int, at_file: int, what: Callable[[], object] = die) -> None:
    """Open a ledger of version 1; die just before a statement, or a step of making the copy."""
    with (
        fault_in_sql(at, what),
        fault(f"{path.parent}/.", at_file, what),
    ):
        Registre(path).fermer()
