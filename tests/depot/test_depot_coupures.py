"""Killed at any moment, the disk full, a folder gone: the whole deposit or none, and the sources intact."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import stat
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur

import segur_pha
from segur_pha.depot import dossier as room
from segur_pha.depot import preparer_depot
from segur_pha.depot.dossier import dossier_entier, restes
from segur_pha.erreurs import DepotRefuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAY = date(2022, 11, 15)
ORDERS = 60

# Imports everything once, then prepares in a child for each line it is given: the seconds after which to kill the child, or
# nothing to let it be; answers with the seconds that it took.
PROGRAM = """
import os, signal, sys, time
from datetime import date
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from fabrique_depot import commande, editeur
from segur_pha.depot.preparation import preparer_depot
import pypdf, PIL.Image, puremagic
folder, orders = Path(sys.argv[1]), [commande(k) for k in range(1, int(sys.argv[3]) + 1)]
for line in sys.stdin:
    begin = time.monotonic()
    child = os.fork()
    if not child:
        preparer_depot(orders, editeur(), folder / "pieces", folder / "depot", jour=date(2022, 11, 15))
        os._exit(0)
    if line.strip():
        time.sleep(float(line))
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(time.monotonic() - begin, flush=True)
"""


def fingerprint(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def moments() -> list[float]:
    """Draw moments of a preparation, as shares of its length: 5 every day, 50 in the long profile."""
    draw = random.Random("moments")  # noqa: S311 - the same ones every day
    return [draw.uniform(0, 1.1) for _ in range(50 if os.environ.get("SEGUR_PROFIL") == "long" else 5)]


def test_killed_at_any_moment_it_leaves_the_whole_deposit_or_none(tmp_path: Path) -> None:
    pieces = bons(tmp_path / "pieces", ORDERS)
    sources = fingerprint(pieces)
    environment = os.environ | {"PYTHONPATH": str(Path(segur_pha.__file__).parents[1])}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), str(Path(__file__).parent), str(ORDERS)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        orders, times = process.stdin, process.stdout
        assert orders is not None
        assert times is not None

        def prepare(kill_after: float | None) -> float:
            print("" if kill_after is None else kill_after, file=orders, flush=True)
            return float(times.readline())

        length = prepare(None)
        expected = fingerprint(tmp_path / "depot")
        for share in moments():
            shutil.rmtree(tmp_path / "depot", ignore_errors=True)
            prepare(share * length)
            assert all(fingerprint(p) == expected for p in tmp_path.glob("depot"))
            assert fingerprint(pieces) == sources
            strangers = {p.name for p in tmp_path.iterdir()} - {"pieces", "depot"}
            assert all(name.startswith(".depot.") and name.endswith(".partiel") for name in strangers)
    shutil.rmtree(tmp_path / "depot", ignore_errors=True)
    made = preparer_depot([commande(1)], editeur(), pieces, tmp_path / "depot", jour=DAY)
    # What the kills have left is named, and does not disturb.
    assert {said.document for said in made.conseils if said.code == "reste"} == strangers


@contextmanager
def limited(octets: int) -> Iterator[None]:
    """Limit the size of the files that this process may write, pytest's own included: for no longer than it must."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("octets", [0, 100, 2_000, 10_000])
def test_a_disk_that_takes_no_more_leaves_nothing(octets: int, tmp_path: Path) -> None:
    pieces = bons(tmp_path / "pieces", 20)
    sources = fingerprint(pieces)
    orders = [commande(k) for k in range(1, 21)]
    with limited(octets), pytest.raises(DepotRefuse, match="la taille permise est dépassée"):
        preparer_depot(orders, editeur(), pieces, tmp_path / "depot", jour=DAY)
    assert fingerprint(pieces) == sources
    assert [p.name for p in tmp_path.iterdir()] == ["pieces"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "le disque est plein"), (errno.EROFS, "en lecture seule"), (errno.EIO, "le système refuse")],
)
def test_what_the_system_refuses_is_said_in_french(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = bons(tmp_path / "pieces", 1)

    def refuse(_descriptor: int) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DepotRefuse, match=words):
        preparer_depot([commande()], editeur(), pieces, tmp_path / "depot", jour=DAY)
    assert [p.name for p in tmp_path.iterdir()] == ["pieces"]


def test_a_folder_that_vanishes_while_it_is_filled(tmp_path: Path) -> None:
    pieces = bons(tmp_path / "pieces", 1)
    (tmp_path / "ici").mkdir()

    def vanish(step: str, _done: int, _total: int) -> None:
        if step == "Écriture du dépôt":
            shutil.rmtree(tmp_path / "ici")

    with pytest.raises(DepotRefuse, match="a disparu"):
        preparer_depot([commande()], editeur(), pieces, tmp_path / "ici" / "depot", jour=DAY, suivi=vanish)
    assert not (tmp_path / "ici").exists()


def fill(folder: Path, then: Callable[[Path], object]) -> None:
    """Make a folder whole that holds a file, after something has happened."""
    with dossier_entier(folder) as aside:
        (aside / "a").write_bytes(b"")
        then(folder)


def take(folder: Path) -> None:
    """Be somebody else who makes that folder."""
    folder.mkdir()
    (folder / "b").touch()


def test_a_name_that_is_taken_meanwhile_is_not_taken_over(tmp_path: Path) -> None:
    with pytest.raises(DepotRefuse, match="existe déjà"):
        fill(tmp_path / "depot", take)
    assert [p.name for p in tmp_path.rglob("*")] == ["depot", "b"]


def test_a_name_that_is_taken_at_the_last_instant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "refuser_l_existant", lambda _path: None)
    with pytest.raises(DepotRefuse, match="vient d’être pris"):
        fill(tmp_path / "depot", take)
    assert [p.name for p in tmp_path.rglob("*")] == ["depot", "b"]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EMFILE])
def test_a_file_elsewhere_that_cannot_be_written_is_the_one_that_is_named(number: int, tmp_path: Path) -> None:
    """A list of faults, say, that is written before the folder is shown."""

    def refuse(name: object) -> None:
        raise OSError(number, "refused", name)

    elsewhere = tmp_path / "listes" / "fautes.csv"
    for name, said in (
        (str(elsewhere), "fautes.csv"),
        (elsewhere, "fautes.csv"),
        (None, "depot"),
        (str(tmp_path), "depot"),
    ):
        with pytest.raises(DepotRefuse, match=f"^{said} n’a pas pu être écrit") as refused:
            fill(tmp_path / "depot", lambda _, name=name: refuse(name))
        assert ("trop de fichiers sont ouverts à la fois" in str(refused.value)) == (number == errno.EMFILE)


@pytest.mark.skipif(os.name == "nt", reason="Windows counts no open files")
def test_where_one_more_file_may_be_opened_nothing_is_left_either(tmp_path: Path) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def exhaust(_folder: Path) -> None:
        with Path(os.devnull).open("rb") as lowest:
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest.fileno() + 1, hard))
        raise OSError(errno.EMFILE, "Too many open files")

    try:
        with pytest.raises(DepotRefuse, match="trop de fichiers sont ouverts"):
            fill(tmp_path / "depot", exhaust)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def just_before(monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    """Have something happen after the last look and before the folder is named."""
    rename = room.renommer_sans_remplacer

    def late(hidden: Path, target: Path) -> bool:
        then()
        return rename(hidden, target)

    monkeypatch.setattr(room, "renommer_sans_remplacer", late)


LATE: dict[str, Callable[[Path], object]] = {
    "empty folder": Path.mkdir,
    "folder": take,
    "file": lambda path: path.write_bytes(b"LATE"),
    "link to nothing": lambda path: path.symlink_to("nowhere"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux renames without replacing an empty folder")
@pytest.mark.parametrize("kind", LATE)
def test_what_takes_the_name_after_the_last_look_stays_as_it_is_and_is_told(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "depot"
    just_before(monkeypatch, lambda: LATE[kind](folder))
    with pytest.raises(DepotRefuse, match="depot existe déjà : ce nom vient d’être pris, aucun dossier n’a été laissé"):
        fill(folder, lambda _: None)
    assert {p.name for p in tmp_path.rglob("*")} == ({"depot", "b"} if kind == "folder" else {"depot"})
    assert folder.is_symlink() == (kind == "link to nothing")
    if kind == "file":
        assert folder.read_bytes() == b"LATE"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_the_same_where_the_system_cannot_rename_without_replacing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "depot"
    monkeypatch.setattr(room, "renommer_sans_remplacer", lambda *_: LATE[kind](folder) and False)
    with pytest.raises(DepotRefuse, match="existe déjà : ce nom vient d’être pris"):
        fill(folder, lambda _: None)


def test_a_folder_is_named_where_the_system_cannot_rename_without_replacing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "renommer_sans_remplacer", lambda *_: False)
    fill(tmp_path / "depot", lambda _: None)
    assert [p.name for p in tmp_path.rglob("*")] == ["depot", "a"]


def test_where_there_is_no_folder_there_is_no_deposit(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        restes(tmp_path / "absent" / "depot")
    with pytest.raises(DepotRefuse, match="n’existe pas"):
        fill(tmp_path / "absent" / "depot", take)
    assert not list(tmp_path.iterdir())


def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    def interrupt(_path: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "depot", interrupt)
    assert not list(tmp_path.iterdir())


def test_two_preparations_side_by_side_do_not_share_a_folder(tmp_path: Path) -> None:
    with dossier_entier(tmp_path / "depot") as first:
        (first / "a").touch()
        fill(tmp_path / "depot", lambda _path: None)
        shutil.rmtree(tmp_path / "depot")
    assert [p.name for p in (tmp_path / "depot").iterdir()] == ["a"]


def test_where_folders_cannot_be_opened_the_rename_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Windows says so of every folder.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    fill(tmp_path / "depot", lambda _path: None)
    assert [p.name for p in tmp_path.rglob("*")] == ["depot", "a"]


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder, and journals its renames")
def test_the_name_of_a_deposit_is_brought_to_the_disk_after_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, brought = os.fsync, []

    def noted(descriptor: int) -> None:
        brought.append((tmp_path / "depot").exists())
        written(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    fill(tmp_path / "depot", lambda _path: None)
    assert brought == [*([False] * (len(brought) - 1)), True]


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder, and journals its renames")
def test_the_name_of_a_deposit_that_was_hidden_is_brought_to_the_disk_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dossier_entier(tmp_path / "depot", montrer=False) as aside:
        (aside / "a").touch()
    brought: list[tuple[bool, bool]] = []

    def noted(descriptor: int) -> None:
        brought.append(((tmp_path / "depot").exists(), os.path.samestat(os.fstat(descriptor), tmp_path.stat())))

    monkeypatch.setattr(os, "fsync", noted)
    room.DossierCache(aside.with_suffix(room.A_MONTRER), tmp_path / "depot").montrer()
    assert brought == [(True, True)]
    assert [p.name for p in tmp_path.rglob("*")] == ["depot", "a"]


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder, and journals its renames")
@pytest.mark.parametrize("montrer", [True, False])
def test_a_deposit_is_recorded_once_its_hidden_folder_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, montrer: bool
) -> None:
    """All of its files, then the folder that names them, then the one that names the folder."""
    bons(tmp_path / "pieces", 1)
    written, brought = os.fsync, []

    def noted(descriptor: int) -> None:
        brought.append(os.fstat(descriptor))
        written(descriptor)

    def record(folder: Path) -> None:
        places = [*folder.iterdir(), folder, tmp_path]
        assert [any(os.path.samestat(place.stat(), one) for one in brought) for place in places] == [True] * len(places)
        assert [os.path.samestat(place.stat(), one) for place, one in zip(places[-2:], brought[-2:], strict=True)] == [
            True,
            True,
        ]
        recorded.append(len(brought))

    recorded: list[int] = []
    monkeypatch.setattr(os, "fsync", noted)
    preparer_depot(
        [commande(1)],
        editeur(),
        tmp_path / "pieces",
        tmp_path / "depot",
        jour=DAY,
        avant=record,
        montrer=montrer,
    )
    assert len(recorded) == 1
    # After that nothing can be refused any more but the name.
    assert len(brought) == recorded[0] + montrer


@pytest.mark.parametrize("of", ["the folder", "its name"])
def test_a_deposit_that_does_not_reach_the_disk_is_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    bons(tmp_path / "pieces", 1)
    written = os.fsync

    def refuse(descriptor: int) -> None:
        state = os.fstat(descriptor)
        if stat.S_ISDIR(state.st_mode) and os.path.samestat(state, tmp_path.stat()) == (of == "its name"):
            raise OSError(errno.EIO, "refused")
        written(descriptor)

    recorded: list[Path] = []
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DepotRefuse, match="n’a pas pu être écrit"):
        preparer_depot(
            [commande(1)], editeur(), tmp_path / "pieces", tmp_path / "depot", jour=DAY, avant=recorded.append
        )
    assert recorded == []
    assert [p.name for p in tmp_path.iterdir()] == ["pieces"]


def test_once_it_is_there_it_is_not_refused_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = os.fsync

    def refuse_after(descriptor: int) -> None:
        if (tmp_path / "depot").exists():
            raise OSError(errno.EIO, "refused")
        written(descriptor)

    monkeypatch.setattr(os, "fsync", refuse_after)
    with dossier_entier(tmp_path / "depot") as aside:
        (aside / "a").touch()
    assert [p.name for p in tmp_path.rglob("*")] == ["depot", "a"]


def test_what_was_left_of_another_folder_is_not_taken_for_this_one_s(tmp_path: Path) -> None:
    for name in ("depot.0a1b2c3d-7-aa.partiel", "depot.0a1b2c3d-7-bb.a-montrer", "depot.2.0a1b2c3d-7-cc.partiel"):
        (tmp_path / f".{name}").mkdir()
    (tmp_path / ".depot.notes.partiel").mkdir()  # somebody's own
    assert [p.suffix for p in restes(tmp_path / "depot")] == [".partiel", ".a-montrer"]
    assert [p.name for p in restes(tmp_path / "depot.2")] == [".depot.2.0a1b2c3d-7-cc.partiel"]
