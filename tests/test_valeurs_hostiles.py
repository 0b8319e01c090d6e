"""Every option and argument of every command, with values that nobody means: words, and nothing half done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from pannes import LONG

from segur_pha.cli import application, principal
from tests.reprises import COMMANDS, build, leaves, run, state, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cyclopts import App

    from tests.reprises import Ledger

SECRET = "s3cr3t"  # noqa: S105 - nobody's
#: What somebody, or a program, may put where a number, a day, a file or an address should be.
HOSTILE = (
    *("NaN", "Infinity", "1e30", "999999", "-1", "9" * 5000, "٣", "0001-01-01", "9999-12-31", "", "-", ".", "x" * 5000),
    *("\udce9\udcff", "fichier=\udcff,--x", "a\x1b[31m\u202eb", "sqlite://", "/dev/full", "None"),
    *(f"postgresql://u:{SECRET}@localhost:{port}/b" for port in ("99999", "port")),
)
#: Lines that show something.
SHOWN = {
    "avance": "avance 708.33",
    "completion": "completion bash",
    "expliquer": "expliquer 0101",
    "operateurs": "operateurs MAI",
    "registre tables": "registre tables",
    "schema": "schema",
}


def line_of(command: str) -> tuple[str, list[str]]:
    """Give a right line of a command, and the moment of the ledger's life that it is given in."""
    if command in SHOWN:
        return "", SHOWN[command].split()
    names = [name for name in COMMANDS if name == command or name.startswith(f"{command} ")]
    chosen = COMMANDS[command if command in names else names[-1]]
    return chosen.moment, words_of(chosen.line)


def arguments(app: App) -> list[tuple[str, int]]:
    """List what a command takes: its options by their names, and the places of its other arguments."""
    found: list[tuple[str, int]] = []
    for argument in app.assemble_argument_collection():
        option = argument.name.startswith("-")
        found.append((argument.name if option else "", sum(not name for name, _ in found)))
    return found


def with_value(words: Sequence[str], name: str, place: int, value: str) -> list[str]:
    """Put a value where an option or an argument of a line has its own, or at its end."""
    line = list(words)
    if name in line:
        where = line.index(name) + 1
    elif name:
        return [*line, name, value]
    else:
        where = place
    replaced = where < len(line) and not line[where].startswith("--")
    line[where : where + replaced] = [value]
    return line


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build(tmp_path_factory.mktemp("mondes"))


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, bytes | Ledger]]:
    """What anybody sees of the world of a moment, once somebody has looked."""
    return {}


@pytest.fixture
def enter(worlds: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Come into the world of a moment, as it was before."""
    monkeypatch.chdir(tmp_path)

    def come(moment: str) -> Path:
        os.chdir(tmp_path)
        shutil.rmtree(tmp_path / "monde", ignore_errors=True)
        shutil.copytree(worlds[moment], tmp_path / "monde")
        os.chdir(tmp_path / "monde")
        return tmp_path / "monde"

    return come


def written(here: Path) -> dict[Path, tuple[int, int]]:
    """Tell when each file and folder of a world was written last, and its size; a copy of a world keeps the times."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in here.rglob("*")}


def values_for(command: str, name: str, place: int) -> Sequence[str]:
    """Choose values: all of them in the long profile, one every day."""
    if LONG:  # pragma: no cover - the profile of every day goes the other way
        return HOSTILE
    return [HOSTILE[zlib.crc32(f"{command} {name} {place}".encode()) % len(HOSTILE)]]


LEAVES = dict(leaves(application()))
#: What a run that was refused may change: the logs that tell of it, and the ledger in which what could be read was recorded.
TOLD = {"journal.txt", "jours/journal.txt", "registre.sqlite"}


@pytest.mark.parametrize("command", LEAVES)
def test_a_hostile_value_is_answered_in_words_and_leaves_nothing_half_done(
    command: str,
    enter: Callable[[str], Path],
    seen: dict[str, dict[str, bytes | Ledger]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    moment, words = line_of(command)
    here = enter(moment)
    untouched = written(here)
    if moment not in seen:
        seen[moment] = state(here)
        here = enter(moment)
    before = seen[moment]
    for name, place in arguments(LEAVES[command]):
        for value in values_for(command, name, place):
            with open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123
                monkeypatch.setattr(sys, "stdin", nothing)
                code = principal(with_value(words, name, place + len(command.split()), value))
            out, err = capfd.readouterr()
            case = (command, name, value[:40], code, err)
            assert code in {0, 1, 2, 64}, case
            assert "Traceback" not in out + err, case
            assert SECRET not in err, case
            assert code in {0, 1} or "Erreur : " in err or "Fichier refusé" in out, case
            assert not list(here.rglob("*.partiel")), case
            if written(here) == untouched:
                continue
            if code in {2, 64}:
                after = state(here)
                assert {n for n in after if after[n] != before.get(n)} <= TOLD, case
                assert ("registre.sqlite" in after) <= ("registre.sqlite" in before), case
                # Of several answers each is recorded by itself, whatever becomes of the others.
                kept = after.get("registre.sqlite")
                assert command == "retour" or before.get("registre.sqlite", kept) == kept, case
            here = enter(moment)


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("registre payer 00001 NaN", 64, "Montant : indiquez des euros"),
        ("registre payer 00001 1e30", 64, "Montant : indiquez des euros"),
        ("registre relancer --depuis 999999", 1, "Rejetée, à resoumettre : 1 demande."),
        ("registre relancer --jour 0001-01-01", 1, "Rejetée, à resoumettre : 1 demande."),
        ("registre relancer --jour 9999-12-31 --depuis 0", 1, "À faire"),
        ("registre montrer \udce9\udcff", 2, "aucune base ne garde"),
        ("registre annuler 00001 paiement --motif \udce9", 2, "aucune base ne garde"),
        ("registre annuler 00001 paiement --motif a\0b", 2, "aucune base ne garde"),
        (f"controler postgresql://u:{SECRET}@localhost:port/b", 2, "introuvable"),
        ("retour absente.json perdue.json", 2, "introuvable"),
        (f"retour retour.json postgresql://u:{SECRET}@localhost:port/b", 2, "introuvable"),
        (f"etat --registre postgresql://u:{SECRET}@localhost:99999/b", 2, "Erreur : "),
        (f"certificats suivi.csv --au 2025-06-12 --html a.html --journal {'x' * 300}", 2, "ce nom est trop long"),
        ("certificats suivi.csv --au 2025-06-12 --html a.html --journal pieces", 2, "c’est un dossier"),
    ],
)
def test_values_that_once_ended_in_a_traceback(line: str, code: int, says: str, enter: Callable[[str], Path]) -> None:
    here = enter("payé")
    before = state(here)
    ended, said = run(line)
    assert (ended, says in said) == (code, True), said
    assert SECRET not in said
    assert state(here) == before


@pytest.mark.parametrize("line", ["etat --format json", "registre lister", "controler demandes.json", "schema"])
def test_a_closed_standard_output_ends_in_a_code_and_no_traceback(line: str, enter: Callable[[str], Path]) -> None:
    here = enter("payé")
    command = f'exec "{sys.executable}" -m segur_pha {line} >&-'
    run_there = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False, cwd=here)
    assert run_there.returncode in {0, 1, 2, 141}
    assert b"Traceback" not in run_there.stderr


def paths_of(app: App) -> list[tuple[str, int]]:
    """List the arguments of a command that name a file, a folder or a ledger."""
    kinds = [str(argument.hint) for argument in app.assemble_argument_collection()]
    taken = zip(arguments(app), kinds, strict=True)
    return [(name, place) for (name, place), kind in taken if "Path" in kind or name == "--registre"]


@pytest.mark.parametrize("command", [command for command, app in LEAVES.items() if paths_of(app)])
def test_links_that_lead_to_each_other_are_a_path_that_leads_nowhere(
    command: str, enter: Callable[[str], Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error in words wherever a path is taken, and nothing written."""
    (tmp_path / "boucle").symlink_to("retour")
    (tmp_path / "retour").symlink_to("boucle")
    moment, words = line_of(command)
    here = enter(moment)
    untouched = written(here)
    for name, place in paths_of(LEAVES[command]):
        for value in ("../boucle", "../boucle/neuf.csv"):
            code = principal(with_value(words, name, place + len(command.split()), value))
            out, err = capfd.readouterr()
            case = (command, name, value, code, err)
            assert code in {2, 64}, case
            assert "Traceback" not in out + err, case
            assert "Erreur : " in err or "Fichier refusé" in out, case
            changed = {str(path.relative_to(here)) for path, _ in written(here).items() ^ untouched.items()}
            assert changed <= {*TOLD, ".", "jours"}, case


#: A folder that a command looks into, and the moment it is asked at.
LOOKED_INTO = {
    "certificats pieces --au 2025-06-12": "payé",
    "certificats suivi.csv --au 2025-06-12 --suivi depot": "payé",
    "verifier depot --jour 2022-11-15": "payé",
    "preparer commandes.csv --pieces pieces --sortie neuf --jour 2022-11-15": "payé",
    "resoumettre corrections.csv --pieces depot --sortie neuf --jour 2022-11-22": "répondu",
    "registre dossier 750000002 --sortie neuf --pieces depot": "payé",
    "registre verifier --depot depot": "payé",
}


@pytest.mark.parametrize("line", LOOKED_INTO)
def test_a_folder_that_cannot_be_listed_is_an_error(
    line: str, enter: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = enter(LOOKED_INTO[line])
    before = state(here)
    closed = {str(here / "pieces"), str(here / "depot")}

    def refusing(look: Callable[..., object]) -> Callable[..., object]:
        def refuse(place: object = ".") -> object:
            if not isinstance(place, int) and os.path.abspath(os.fsdecode(place)) in closed:  # type: ignore[arg-type] # noqa: PTH100
                raise PermissionError(13, "Permission denied", str(place))
            return look(place)

        return refuse

    with monkeypatch.context() as patch:
        for name in ("scandir", "listdir"):
            patch.setattr(os, name, refusing(getattr(os, name)))
        code, said = run(line)
    assert (code, "Erreur : " in said) == (2, True), said
    assert state(here) == before


@pytest.mark.parametrize(
    "line", ["certificats vide", "certificats vide --suivi jours", "registre verifier --depot vide", "verifier vide"]
)
def test_an_empty_mount_point_never_says_that_all_is_well(line: str, enter: Callable[[str], Path]) -> None:
    here = enter("payé")
    (here / "vide").mkdir()
    code, said = run(line)
    assert code in {1, 2}
    assert "0 alerte" not in said
    assert "en ordre" not in said
