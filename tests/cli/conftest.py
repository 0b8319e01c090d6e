from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from segur_pha.cli import application, principal
from tests.sorties import juger_la_ligne

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "demandes.json"


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Outcome]:
    """Run a command line in this process."""

    def run_here(*argv: str | Path) -> Outcome:
        application.cache_clear()  # as a new process would
        code = principal([str(word) for word in argv])
        out, err = capsysbinary.readouterr()
        juger_la_ligne([str(word) for word in argv], out.decode())
        return Outcome(code, out.decode(), err.decode())

    return run_here


@pytest.fixture
def spawn() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run a command line the way a shell does."""

    def run_there(*argv: str | Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "segur_pha", *map(str, argv)],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=ROOT,
            env={**os.environ, **environment},
        )

    return run_there
