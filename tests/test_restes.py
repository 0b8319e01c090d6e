"""What a stop leaves behind is found, taken away and told by the next run; and what is written is its owner's."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from pannes import die, fault, run_command, some

from segur_pha import restes
from segur_pha.cli import principal
from segur_pha.fichiers import ecrire_sans_ecraser, ouvrir_neuf
from segur_pha.registre import Registre
from segur_pha.restes import marque_du_processus, retirer_les_restes
from tests.registre.atelier import DAY, THREE, answer_to, name

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[1] / "examples"
KILLED = """
import os, signal, sys
from pathlib import Path
from segur_pha.fichiers import fichier_entier, ouvrir_neuf
with fichier_entier(Path(sys.argv[1])) as provisoire:
    with ouvrir_neuf(provisoire) as flux:
        flux.write(b"DURAND")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(tmp_path: Path) -> Callable[..., str]:
    """Kill a process that was writing a file, and give the name of what it has left."""

    def kill(folder: Path = tmp_path) -> str:
        before = set(folder.iterdir())
        run = subprocess.run([sys.executable, "-c", KILLED, str(folder / "a.json")], check=False)
        assert run.returncode == -signal.SIGKILL
        (left,) = {*folder.iterdir()} - before
        return left.name

    return kill


@pytest.fixture
def gone() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_next_run_takes_away_what_a_killed_one_left_and_tells(
    killed: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    left = killed()
    assert principal(["controler", str(EXAMPLES / "demandes.json"), "--retour", "retour.json"]) == 1
    assert f"Laissé par une commande interrompue, et effacé : {left}." in capsys.readouterr().err
    assert names(tmp_path) == ["retour.json"]


def test_a_folder_s_neighbour_is_taken_away_as_well(
    killed: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
    left = killed()
    assert principal(["registre", "exporter", "tables"]) == 0
    assert left in capsys.readouterr().err
    assert names(tmp_path) == ["registre.sqlite", "tables"]


CONTEXT = multiprocessing.get_context("forkserver")
#: What writes a folder that is no deposit.
FOLDERS = ["registre dossier 750000001 --sortie controle", "registre exporter tables"]


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a ledger in a folder, and go there."""
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
    return tmp_path / "registre.sqlite"


@pytest.mark.parametrize("line", FOLDERS)
def test_an_unfinished_folder_is_taken_away_by_the_next_command_that_writes_there(
    ledger: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ledger.parent
    with fault(here) as counted:
        assert principal(line.split()) == 0
    (made,) = (path for path in here.iterdir() if path.is_dir())
    shutil.rmtree(made)
    for step in some(counted.taken, turn=counted.taken - 2):  # every day: all that the folder is to hold is there
        process = CONTEXT.Process(target=run_command, args=(line.split(), str(here), step, die))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        left = [name for name in names(here) if name.startswith(".")]
        capsys.readouterr()
        assert principal(line.split()) == 0
        said = capsys.readouterr().err
        assert all(name in said for name in left)
        assert names(here) == sorted([made.name, "registre.sqlite"])
        shutil.rmtree(made)
    assert len(left) == 1


COPY_IS_KILLED = """
import resource, signal
from segur_pha.cli import principal, tenue
from segur_pha.registre import registre
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (12 * 4096, resource.RLIM_INFINITY))
principal(["registre", "copier", "copie.sqlite"])
"""


@pytest.mark.parametrize("line", ["registre copier autre.sqlite", "registre verifier", "registre exporter a.jsonl"])
def test_what_sqlite_kept_beside_an_unfinished_copy_is_taken_away_too(
    ledger: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ledger.parent
    run = subprocess.run([sys.executable, "-B", "-c", COPY_IS_KILLED], cwd=here, check=False)
    assert run.returncode == -signal.SIGXFSZ
    left = [name for name in names(here) if name.startswith(".")]
    assert [re.sub(".*[.]partiel", "", name) for name in left] == ["", "-journal"]
    assert principal(line.split()) == 0
    said = capsys.readouterr().err
    assert all(name in said for name in left)
    assert not [name for name in names(here) if name.startswith(".")]


def test_what_is_not_left_over_stays(tmp_path: Path, gone: int) -> None:
    mine = f".{marque_du_processus()}0123.partiel"
    machine = marque_du_processus().partition("-")[0]
    theirs = [
        mine,  # at work
        f".{machine}-1-0123.partiel",  # another process, at work
        f".00000000-{gone}-0123.partiel",  # of another machine
        f".{machine}-{gone}-0123.partiel.txt",
        f"{machine}-{gone}-0123.partiel",
        f".{machine}-{gone}-0123.partiel-other",
        f".depot.{gone}-0.partiel",  # a deposit that the ledger may know
        ".partiel",
    ]
    for one in theirs:
        (tmp_path / one).write_bytes(b"precious")
    (tmp_path / f".{machine}-{gone}-link.partiel").symlink_to(tmp_path / mine)
    (tmp_path / f".{machine}-{gone}-0123.partiel").touch()
    (tmp_path / f".{machine}-{10**30}-0123.partiel").touch()
    for end in ("journal", "wal", "shm"):
        (tmp_path / f".{machine}-{gone}-0123.partiel-{end}").touch()
    assert len(retirer_les_restes(tmp_path)) == 5
    assert names(tmp_path) == sorted([*theirs, f".{machine}-{gone}-link.partiel"])
    assert retirer_les_restes(tmp_path) == []
    assert retirer_les_restes(tmp_path / "absent") == []


def test_what_cannot_be_removed_is_not_said_to_be(tmp_path: Path, gone: int, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = marque_du_processus().partition("-")[0]
    (tmp_path / f".{machine}-{gone}-0123.partiel").touch()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        assert retirer_les_restes(tmp_path) == []
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", refuse)  # somebody else's process
        assert retirer_les_restes(tmp_path) == []
        patch.setattr(restes, "_SANS_QUESTION", True)  # Windows
        assert len(retirer_les_restes(tmp_path)) == 1


def test_unpacked_documents_that_a_killed_run_left_are_taken_away(
    tmp_path: Path, gone: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    machine = marque_du_processus().partition("-")[0]
    left = tmp_path / "tmp" / f"segur-pha-pieces-{machine}-{gone}-abc"
    left.mkdir()
    (left / "bon.pdf").write_bytes(b"DURAND")
    (tmp_path / "tmp" / "segur-pha-demo").mkdir()
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
        registre.enregistrer_retour(answer_to(THREE, ["rejected"] * 3), jour=DAY)
    shutil.copy(EXAMPLES / "editeur.toml", tmp_path)
    (tmp_path / "corrections.csv").write_text("numero_editeur;finess_geo\n00001;990000010\n", "utf-8")
    line = "resoumettre corrections.csv --pieces tmp --sortie depot --jour 2022-11-22"
    assert principal(line.split()) == 2  # the documents are not there
    assert left.name in capsys.readouterr().err
    assert names(tmp_path / "tmp") == ["segur-pha-demo"]


PREPARE = (
    f"preparer {EXAMPLES}/commandes.csv --editeur {EXAMPLES}/editeur.toml --pieces {EXAMPLES}/pieces --jour 2022-11-15 "
    "--sortie depot --registre registre.sqlite --creer"
)


@pytest.mark.parametrize(("said", "mode"), [("", 0o600), ("groupe", 0o660)])
def test_what_commands_write_is_its_owner_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str, mode: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGUR_PHA_DROITS", said)
    before = os.umask(0)
    try:
        for line in (
            PREPARE,
            "registre exporter a.jsonl",
            "registre exporter a.xlsx",
            "registre exporter tables",
            "registre copier copie.sqlite",
            "registre lister --xlsx b.xlsx",
            "registre dossier 690000013 --sortie dossier",
            f"controler {EXAMPLES}/demandes.json --retour retour.json",
            "registre importer a.jsonl --registre neuf.sqlite",
            "demo essais/d",
            f"certificats {EXAMPLES}/suivi.csv --au 2025-06-12 --suivi jours/a/b --journal logs/c/j.txt --html c.html",
        ):
            assert principal(line.split()) in {0, 1}, capsys.readouterr()
        assert before is not None
    finally:
        os.umask(before)
    modes = {path.relative_to(tmp_path): path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert len(modes) > 15
    for path, own in modes.items():
        assert own == ((mode | 0o100 | (mode & 0o040) >> 2) if (tmp_path / path).is_dir() else mode), path


def test_a_ledger_and_what_lies_beside_it_are_their_owner_s_from_python_too(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Registre(tmp_path / "registre.sqlite") as registre:
            registre.reserver(1)
            modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        # Somebody who has shared his ledger is not contradicted.
        (tmp_path / "registre.sqlite").chmod(0o664)
        with Registre(tmp_path / "registre.sqlite") as registre:
            registre.reserver(1)
    finally:
        os.umask(before)
    assert {re.sub(".*sqlite", "", name): mode for name, mode in modes.items()} == {
        "": 0o600,
        "-wal": 0o600,
        "-shm": 0o600,
    }
    assert (tmp_path / "registre.sqlite").stat().st_mode & 0o777 == 0o664


def test_a_disk_without_rights_takes_files_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "fchmod", refuse)
    assert ecrire_sans_ecraser(tmp_path / "a.json", b"{}").read_bytes() == b"{}"
    monkeypatch.delattr(os, "fchmod")
    with closing(ouvrir_neuf(tmp_path / "b.json")) as stream:
        stream.write(b"{}")
    assert (tmp_path / "b.json").read_bytes() == b"{}"


@pytest.mark.parametrize("space", [None, 1, 2])
def test_what_another_container_makes_is_not_taken_away(
    tmp_path: Path, gone: int, monkeypatch: pytest.MonkeyPatch, space: int | None
) -> None:
    """Containers of one pod bear one name, and each counts its processes from one; some systems tell of no such spaces."""

    def elsewhere(path: object) -> object:
        assert path == "/proc/self/ns/pid"
        if space is None:
            raise FileNotFoundError(path)
        return SimpleNamespace(st_ino=space)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", elsewhere)
        restes._cette_machine.cache_clear()  # noqa: SLF001 - known once for a process, which changes its container only here
        theirs = tmp_path / f".{marque_du_processus().partition('-')[0]}-{gone}-0123.partiel"
    restes._cette_machine.cache_clear()  # noqa: SLF001 - same
    theirs.touch()
    assert retirer_les_restes(tmp_path) == []
    assert theirs.exists()


@pytest.mark.parametrize("end", ["", "-journal", "-wal"])
@pytest.mark.parametrize(
    ("machine", "said"),
    [("00000000", "autre machine, ou d’un autre conteneur"), ("", "un programme qui tourne sur cette machine")],
)
def test_an_unfinished_file_that_may_be_another_s_stays_and_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], machine: str, said: str, end: str
) -> None:
    """A container that was started again is another machine, and the number of a killed process may live again."""
    ledger = str(tmp_path / "registre.sqlite")
    assert principal(["registre", "creer", "--registre", ledger]) == 0
    assert principal(["registre", "verifier", "--registre", ledger]) == 0
    here = marque_du_processus().partition("-")[0]
    left = tmp_path / f".{machine or here}-{os.getpid()}-abcdef0123456789.partiel{end}"
    left.write_bytes(b"LEFEVRE")
    (tmp_path / ".mine.partiel").touch()
    capsys.readouterr()
    assert principal(["registre", "verifier", "--registre", ledger]) == 1
    output = " ".join(capsys.readouterr().out.split())
    assert left.name in output
    assert said in output
    assert "supprimez-le" in output
    assert ".mine.partiel" not in output
    assert left.read_bytes() == b"LEFEVRE"
    left.unlink()
    assert principal(["registre", "verifier", "--registre", ledger]) == 0
