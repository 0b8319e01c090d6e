"""Faults at will: at the n-th step that some work takes, something goes wrong.

Steps are what Python tells its audit hooks of files below a folder (made, opened to be written, named, removed), what is
brought to the disk, and the statements and commits that SQLAlchemy is about to send.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING
from unittest import mock

from attrs import define, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONG = os.environ.get("SEGUR_PROFIL") == "long"
FILE_EVENTS = frozenset({"os.link", "os.mkdir", "os.remove", "os.rename", "sqlite3.connect"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@define
class Plan:
    """What goes wrong at which step (none: 0), and how many steps were taken."""

    folder: str
    at: int
    what: Callable[[], object]
    taken: int = 0
    _busy: bool = field(default=False, init=False)

    def step(self) -> None:
        """Take a step; what goes wrong may itself touch files."""
        if not self._busy:
            self.taken += 1
            self._busy = True
            try:
                if self.taken == self.at:
                    self.what()
            finally:
                self._busy = False


_plans: list[Plan] = []
_hooked: list[bool] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if not _plans or not (event in FILE_EVENTS or (event == "open" and arguments[2] & WRITING)):
        return
    if any(str(argument).startswith(_plans[-1].folder) for argument in arguments[:2]):
        _plans[-1].step()


# Otherwise Python would not let coverage see it.
_audit.__cantrace__ = True


@contextmanager
def fault(folder: Path | str, at: int = 0, what: Callable[[], object] = int) -> Iterator[Plan]:
    """Let something go wrong at a step below a folder; without arguments, only count the steps."""
    if not _hooked:
        sys.addaudithook(_audit)  # for good: a hook cannot be taken away
        _hooked.append(True)
    plan = Plan(str(folder), at, what)
    synchronise = os.fsync

    def counted(descriptor: int) -> None:
        plan.step()
        synchronise(descriptor)

    _plans.append(plan)
    try:
        with mock.patch.object(os, "fsync", counted):
            yield plan
    finally:
        _plans.pop()


@contextmanager
def fault_in_sql(
    at: int = 0, what: Callable[[], object] = int, events: tuple[str, ...] = ("before_cursor_execute", "commit")
) -> Iterator[Plan]:
    """Let something go wrong just before a statement or a commit, on any engine."""
    from sqlalchemy import Engine, event

    plan = Plan("", at, what)

    def step(*_: object) -> None:
        plan.step()

    for name in events:
        event.listen(Engine, name, step)
    try:
        yield plan
    finally:
        for name in events:
            event.remove(Engine, name, step)


@contextmanager
def small_disk(here: Path, kilobytes: int, largest_file: int, *brought: Path) -> Iterator[None]:
    """Make a folder a small disk: a real one where this machine lets us mount it, else only limit the octets of a file.

    ``brought``: files to copy there first.
    """
    import resource

    here.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", here]
    mounted = shutil.which("mount") and not subprocess.run(mount, capture_output=True, check=False).returncode
    for path in brought:
        shutil.copy(path, here)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not mounted:  # pragma: no cover - depends on the machine
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if mounted:  # pragma: no cover - same
            subprocess.run(["umount", here], check=True)


def some(steps: int, *, turn: int = 0, every_day: int = 1) -> list[int]:
    """Choose steps: all of them in the long profile, a few every day (not the same ones for each ``turn``)."""
    if LONG:  # pragma: no cover - the profile of every day goes the other way
        return list(range(1, steps + 1))
    return sorted({1 + (turn + k * steps // every_day) % steps for k in range(every_day)})


def run_command(
    argv: list[str], folder: str, at: int = 0, what: Callable[[], object] = int, *, in_sql: bool = False
) -> int:
    """Run a command line in a process of its own (light to import, as such a process begins anew)."""
    from segur_pha.cli import principal

    steps = fault_in_sql(at, what) if in_sql else fault(folder, at, what)
    with steps, redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        return principal(argv)


def die() -> None:  # pragma: no cover - who dies here tells nobody
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)
