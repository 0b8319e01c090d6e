"""Every command that writes is stopped at a step, given again as its message says, and compared with the undisturbed run."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import shutil
import signal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest
from pannes import LONG, die, fault, fault_in_sql, run_command

from segur_pha.cli import application
from tests.reprises import (
    COMMANDS,
    THAT_RECORD_A_DEPOSIT,
    THAT_SHOW,
    Ledger,
    arrived,
    build,
    leaves,
    run,
    state,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["segur_pha.cli.preparer", "segur_pha.cli.certificats", "segur_pha.registre.registre"])


def refuse(number: int) -> None:
    raise OSError(number, os.strerror(number), "ici")


def lack_memory() -> None:
    raise MemoryError


def interrupt() -> None:
    raise KeyboardInterrupt


TROUBLES: dict[str, Callable[[], None]] = {
    "kill": die,
    "ENOSPC": partial(refuse, errno.ENOSPC),
    "EACCES": partial(refuse, errno.EACCES),
    "EINTR": partial(refuse, errno.EINTR),
    "no memory": lack_memory,
    "Ctrl-C": interrupt,
}
#: What a command may end with when something went wrong.
ENDS = {2, 130}
#: How often somebody begins again: as often as a command has outputs, and once more.
TRIES = 8
TAKEN = re.compile(r"(\S+) existe déjà : rien n’a été écrit")


def test_every_command_that_writes_is_walked() -> None:
    walked = {name for command, _ in leaves(application()) for name in COMMANDS if name.startswith(command)}
    assert walked == set(COMMANDS)
    assert {c for c, _ in leaves(application()) if not any(n.startswith(c) for n in COMMANDS)} == THAT_SHOW


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build(tmp_path_factory.mktemp("mondes"))


@pytest.fixture
def world(worlds: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Come into the world that a command of the table needs, as it was before."""
    monkeypatch.chdir(tmp_path)

    def enter(command: str) -> Path:
        here = tmp_path / "monde"
        os.chdir(tmp_path)
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(worlds[COMMANDS[command].moment], here)
        os.chdir(here)
        return here

    return enter


def stopped(command: str, here: Path, step: int, trouble: str, *, in_sql: bool) -> tuple[int, str]:
    """Run a command in which something goes wrong at a step; gives its exit code and what it said."""
    line = COMMANDS[command].line
    if trouble == "kill":
        process = CONTEXT.Process(
            target=run_command, args=(words_of(line), str(here), step, die), kwargs={"in_sql": in_sql}
        )
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        return 2, ""
    with fault_in_sql(step, TROUBLES[trouble]) if in_sql else fault(here, step, TROUBLES[trouble]):
        return run(line)


def recover(command: str, here: Path, expected: dict[str, bytes | Ledger]) -> None:
    """Give a command again as long as it has not done all, under another name where it says that one is taken."""
    said: list[str] = []
    while not arrived(here, expected, command):
        assert len(said) < TRIES, said
        said.append(run(COMMANDS[command].line)[1])
        assert "Traceback" not in said[-1]
        taken = TAKEN.search(said[-1])
        if (
            taken and command in THAT_RECORD_A_DEPOSIT
        ):  # pragma: no cover - where exactly it has to stop for that, the long profile finds
            # The deposit is recorded and there: it is not made a second time for a list of faults, which `verifier --fautes` gives.
            assert arrived(here, {k: v for k, v in expected.items() if not k.startswith("fautes")}, command), said
            return
        if taken and not arrived(here, expected, command):
            # What a stop has left of several outputs is whole; whoever wants them all takes it away first.
            left = next(here.rglob(taken[1]))
            assert left.relative_to(here).as_posix() in expected or left.is_dir()
            shutil.rmtree(left) if left.is_dir() else left.unlink()


class Undisturbed(NamedTuple):
    """What a command does that nothing stops: its exit code, where it leads, its steps on files and in the database."""

    code: int
    state: dict[str, bytes | Ledger]
    files: int
    statements: int

    @property
    def steps(self) -> list[tuple[bool, int]]:
        return [
            *((False, k) for k in range(1, self.files + 1)),
            *((True, k) for k in range(1, self.statements + 1)),
        ]


def undisturbed(command: str, world: Callable[[str], Path]) -> Undisturbed:
    here = world(command)
    with fault(here) as files, fault_in_sql() as statements:
        code, _ = run(COMMANDS[command].line)
    return Undisturbed(code, state(here), files.taken, statements.taken)


def walk(
    command: str, world: Callable[[str], Path], well: Undisturbed, steps: list[tuple[tuple[bool, int], str]]
) -> None:
    """Stop a command at steps, and see each time that beginning again leads to where the undisturbed run led."""
    for (in_sql, step), trouble in steps:
        here = world(command)
        code, said = stopped(command, here, step, trouble, in_sql=in_sql)
        assert code in {*ENDS, well.code}, (in_sql, step, trouble, said)
        assert "Traceback" not in said
        if code == well.code and trouble != "kill":
            assert state(here) == well.state, (in_sql, step, trouble, said)
        recover(command, here, well.state)


@pytest.mark.parametrize(("turn", "command"), list(enumerate(COMMANDS)))
def test_stopped_and_begun_again_it_ends_where_the_undisturbed_run_ends(
    turn: int, command: str, world: Callable[[str], Path]
) -> None:
    well = undisturbed(command, world)
    kinds = list(TROUBLES)
    if LONG:  # pragma: no cover - the profile of every day goes the other way
        walk(command, world, well, [(step, kind) for step in well.steps for kind in kinds])
        return
    # Every day one step on files and one in the database, in the middle and at the end in turn; a process costs more.
    of_files = [step for step in well.steps if not step[0]]
    in_database = [step for step in well.steps if step[0]]
    chosen = [places[(turn * 7 + len(places) // 2) % len(places)] for places in (of_files, in_database) if places]
    walk(command, world, well, [(step, kinds[1 + (turn + k) % (len(kinds) - 1)]) for k, step in enumerate(chosen)])


KILLED_EVERY_DAY = ["preparer --registre", "resoumettre", "certificats", "registre inscrire"]


@pytest.mark.parametrize("command", KILLED_EVERY_DAY)
def test_killed_and_begun_again_it_ends_where_the_undisturbed_run_ends(
    command: str, world: Callable[[str], Path]
) -> None:
    well = undisturbed(command, world)
    walk(command, world, well, [(well.steps[len(well.steps) * 2 // 3], "kill")])
