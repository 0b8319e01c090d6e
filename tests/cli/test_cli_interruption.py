"""Ctrl-C ends the command in one line, also while Python still loads it."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import segur_pha_commande

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
#: Presses Ctrl-C when so many modules were asked for, and tells how many there were.
PROGRAM = """
import signal, sys

class Keys:
    wait = int(sys.argv.pop(1))
    asked = 0

    def find_spec(self, name, *_):
        # What measures the coverage of a process loads its own, and keeps what comes then to itself.
        Keys.asked += not name.startswith("coverage")
        if Keys.asked == Keys.wait:
            signal.raise_signal(signal.SIGINT)

from segur_pha_commande import entrer
# A process that was started in the background does not hear the keys.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Keys())
code = entrer()
print(Keys.asked)
sys.exit(code)
"""
COMMAND = ("controler", "examples/demandes.json", "--format", "json")


def pressed_after(modules: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(modules), *COMMAND],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        encoding="utf-8",
    )


def test_ctrl_c_while_modules_are_loaded_says_one_line() -> None:
    whole = pressed_after(0)
    assert (whole.returncode, whole.stderr) == (1, "")
    modules = int(whole.stdout.splitlines()[-1])
    assert modules > 50
    for moment in [1, 2, *range(10, modules, modules // 6), modules]:
        done = pressed_after(moment)
        assert (moment, done.returncode, done.stderr) == (moment, 130, "Erreur : Interrompu.\n")


@pytest.fixture
def a_process_of_its_own() -> Iterator[None]:
    """Take back what the door does to the process, which it takes for its own."""
    before, seldom = signal.getsignal(signal.SIGINT), gc.get_threshold()
    yield
    signal.signal(signal.SIGINT, before)
    gc.set_threshold(*seldom)
    gc.unfreeze()


@pytest.mark.usefixtures("a_process_of_its_own")
def test_a_second_ctrl_c_does_not_interrupt_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("segur_pha.cli.principal", interrupt)
    assert segur_pha_commande.entrer() == 130
    signal.raise_signal(signal.SIGINT)
    assert capsys.readouterr().err == "Erreur : Interrompu.\n"


@pytest.mark.usefixtures("a_process_of_its_own")
def test_the_command_is_entered_by_this_door(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"segur-pha": "segur_pha_commande:entrer"}
    monkeypatch.setattr("segur_pha.cli.principal", lambda: 7)
    assert segur_pha_commande.entrer() == 7


def test_the_door_imports_nothing_before_it_can_say_so() -> None:
    program = "import sys; before = set(sys.modules); import segur_pha_commande; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["segur_pha_commande"]


def test_the_process_of_a_command_looks_for_garbage_less_often_and_not_once_more_at_its_end() -> None:
    program = (
        "import gc, sys; from segur_pha_commande import entrer; sys.argv[1:] = ['avance', '708.33'];"
        "before = gc.get_threshold(); entrer(); print(gc.get_threshold()[0] > 10 * before[0], gc.get_freeze_count() > 10_000)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "True True"


#: Gives commands in turn, the last of them with Ctrl-C when SQLAlchemy closes its connection for the n-th time.
CLOSING = """
import signal, sys
from sqlalchemy.engine.default import DefaultDialect
from segur_pha.cli import principal

closings, wait = 0, int(sys.argv.pop(1))
close = DefaultDialect.do_close

def do_close(dialect, connection):
    global closings
    closings += 1
    close(dialect, connection)
    if closings == wait:
        signal.raise_signal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
DefaultDialect.do_close = do_close
sys.exit([principal(line.split()) for line in sys.argv[1:]][-1])
"""
MAKE, SHOW, WRITE = "registre creer", "registre lister", "registre exporter export.jsonl"


@pytest.mark.parametrize("lines", [(MAKE,), (MAKE, SHOW), (MAKE, WRITE)])
def test_ctrl_c_while_a_ledger_is_closed_says_one_line(tmp_path: Path, lines: tuple[str, ...]) -> None:
    pressed = subprocess.run(
        [sys.executable, "-c", CLOSING, str(len(lines)), *lines],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        encoding="utf-8",
    )
    assert (pressed.returncode, pressed.stderr) == (130, "Erreur : Interrompu.\n")
