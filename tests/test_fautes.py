"""Every command that writes, while the system refuses, interrupts, kills, or takes the folder away.

The commands run as a clerk runs them.  At each step that they take on files (:mod:`pannes`) something goes wrong; what must
hold then is what docs/explications/garanties.md promises.
"""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import re
import shutil
import signal
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pannes import LONG, die, fault, run_command, small_disk, some

from segur_pha import ecrire
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.vagues.va1.exemples import fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[1] / "examples"
ERRORS = (errno.ENOSPC, errno.EACCES, errno.EIO)

#: What writes, with {here} for the folder to write in, and the files that it leaves (a folder counts as one).
COMMANDS = {
    "preparer": f"preparer {EXAMPLES}/commandes.csv --editeur {EXAMPLES}/editeur.toml --pieces {EXAMPLES}/pieces "
    "--sortie {here}/depot --jour 2022-11-15",
    "preparer --fautes": f"preparer {EXAMPLES}/commandes.csv --editeur {EXAMPLES}/editeur.toml --pieces {EXAMPLES} "
    "--sortie {here}/depot --jour 2022-11-15 --fautes {here}/fautes.csv --fautes {here}/fautes.json --fautes {here}/fautes.html",
    "preparer --partiel --fautes": f"preparer {{ledger}}.csv --editeur {EXAMPLES}/editeur.toml --pieces {EXAMPLES}/pieces "
    "--sortie {here}/depot --jour 2022-11-15 --partiel --fautes {here}/fautes.csv --fautes {here}/fautes.json",
    "preparer --modele": "preparer --modele --editeur {here}/editeur.toml",
    "controler --retour": f"controler {EXAMPLES}/demandes.json --jour 2022-11-15 --retour {{here}}/retour.json",
    "anonymiser": f"anonymiser {EXAMPLES}/demandes.json {{here}}/anonyme.json --graine x",
    "certificats": f"certificats {EXAMPLES}/suivi.csv --au 2025-06-12 --ics {{here}}/a.ics "
    "--csv {here}/a.csv --json {here}/a.json",
    "registre exporter": "registre exporter {here}/registre.jsonl --registre {ledger}",
    "registre exporter en CSV": "registre exporter {here}/tables --registre {ledger}",
    "demo": "demo {here}/demo",
}
KILLED_EVERY_DAY = [(1, "controler --retour"), (7, "certificats"), (1, "registre exporter en CSV")]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("registre") / "registre.sqlite"
    with Registre(path) as registre:
        registre.reserver(3)
    # Beside it orders of which one is left aside.
    orders = (EXAMPLES / "commandes.csv").read_text("utf-8-sig").replace("03/11/2022", "bientôt")
    path.with_name(f"{path.name}.csv").write_text(orders, "utf-8")
    return path


@pytest.fixture
def run(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run a command of the table in the folder ``here``; gives its exit code and what it said of an error."""
    (tmp_path / "here").mkdir(exist_ok=True)

    def run_it(command: str) -> tuple[int, str]:
        code = principal(COMMANDS[command].format(here=tmp_path / "here", ledger=ledger).split())
        return code, capsys.readouterr().err

    return run_it


def clear(folder: Path) -> None:
    """Have an empty folder of that name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def contents(folder: Path) -> dict[str, bytes]:
    """Give the files of a folder that anybody would see."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes() for name, path in files.items() if not any(p.startswith(".") for p in name.split("/"))
    }


def check(left: dict[str, bytes], expected: dict[str, bytes], *, done: bool) -> None:
    assert left in ({}, expected)
    assert not done or left == expected


@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_system_refuses_is_said_and_leaves_all_or_nothing(
    command: str, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    here = tmp_path / "here"
    with fault(here) as plan:
        well, _ = run(command)
    expected = contents(here)
    assert expected
    assert plan.taken >= 3
    sources = contents(EXAMPLES)
    # Every day some steps are refused, for one reason each.
    for step in some(plan.taken, turn=plan.taken // 2, every_day=3):
        for number in ERRORS if LONG else [ERRORS[step % len(ERRORS)]]:
            clear(here)

            def refuse(number: int = number) -> None:
                raise OSError(number, os.strerror(number), "here")

            with fault(here, step, refuse):
                code, said = run(command)
            assert code in {well, 2}
            assert (code == well) == (contents(here) == expected)
            check(contents(here), expected, done=code == well)
            assert code == well or said.startswith("Erreur : ")
            assert "Traceback" not in said
    assert contents(EXAMPLES) == sources


@pytest.mark.parametrize(("turn", "command"), list(enumerate(COMMANDS)) if LONG else KILLED_EVERY_DAY)
def test_killed_at_a_step_it_leaves_whole_files_and_works_again(
    turn: int, command: str, run: Callable[..., tuple[int, str]], ledger: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    with fault(here) as plan:
        well, _ = run(command)
    expected = contents(here)
    for step in some(plan.taken, turn=turn + plan.taken // 2):
        clear(here)
        argv = COMMANDS[command].format(here=here, ledger=ledger).split()
        process = CONTEXT.Process(target=run_command, args=(argv, str(here), step, die))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        left = contents(here)
        assert left.items() <= expected.items()
        # Of several files asked for one by one, a kill may leave the first ones; a folder is whole.
        assert left in ({}, expected) or command in {
            "demo",
            "certificats",
            "preparer --fautes",
            "preparer --partiel --fautes",
        }
        hidden = [path.name for path in here.rglob(".*")]
        assert all(name.endswith(".partiel") for name in hidden)
        clear(here)
        assert run_command(argv, str(here)) == well


# A server that has already imported what the processes need: they start at once.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["segur_pha.cli.preparer", "segur_pha.cli.certificats", "segur_pha.registre.registre"])


@pytest.mark.parametrize(("turn", "command"), list(enumerate(COMMANDS)))
def test_a_folder_that_vanishes(turn: int, command: str, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    here = tmp_path / "here"
    with fault(here) as plan:
        well, _ = run(command)
    expected = contents(here)
    for step in some(plan.taken, turn=turn):
        clear(here)
        with fault(here, step, lambda: shutil.rmtree(here)):
            code, said = run(command)
        assert code in {well, 2}
        assert code == well or said.startswith("Erreur : ")
        assert contents(here).items() <= expected.items()


def test_signals_interrupt_nothing(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    here = tmp_path / "here"
    calm = {}
    for command in COMMANDS:
        calm[command] = run(command)[0], contents(here)
        clear(here)
    received = []
    before = signal.signal(signal.SIGALRM, lambda *_: received.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        shaken = {}
        for command in COMMANDS:
            shaken[command] = run(command)[0], contents(here)
            clear(here)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert received
    assert shaken == calm


# What the first two write is small enough; the demonstration leaves its folder, which is empty.
@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"preparer --modele", "registre exporter", "demo"}))
def test_a_full_disk_takes_nothing(command: str, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    with small_disk(tmp_path / "here", 4, 100):
        code, said = run(command)
        assert (code, list((tmp_path / "here").iterdir())) == (2, [])
        assert re.search("disque est plein|taille permise est dépassée|EFBIG", said)


def test_the_library_s_own_function_keeps_the_same_promise(tmp_path: Path) -> None:
    def write() -> Path:
        return ecrire(fichier_du_guide(), tmp_path / "here", jour=date(2022, 11, 15))

    with fault(tmp_path / "here") as plan:
        expected = write().read_bytes()
    for step in range(1, plan.taken + 1):
        clear(tmp_path / "here")

        def refuse() -> None:
            raise OSError(errno.ENOSPC, "full")

        with fault(tmp_path / "here", step, refuse), contextlib.suppress(OSError):
            assert write().read_bytes() == expected
        left = contents(tmp_path / "here")
        assert left in ({}, {"JSON-ANS0000001-20221115-001.json": expected})


def test_a_deposit_that_could_not_be_shown_is_given_up_in_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_here: Path, _there: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    (tmp_path / "here").mkdir()
    monkeypatch.setattr("segur_pha.depot.dossier.renommer_sans_remplacer", refuse)
    command = COMMANDS["preparer"].format(here=tmp_path / "here")
    assert principal([*command.split(), "--registre", str(tmp_path / "registre.sqlite"), "--creer"]) == 2
    assert list((tmp_path / "here").iterdir()) == []
    with Registre(tmp_path / "registre.sqlite") as registre:
        assert {request.phase for request in registre.demandes()} == {"abandonnée"}
