"""Writing: a new file, whole or not at all, never in the place of another."""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import pickle
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segur_pha import DepotRefuse, NomInvalide, ecrire, en_json
from segur_pha.depot.dossier import dossier_entier, ecrire_durablement
from segur_pha.fichiers import (
    DROITS,
    FichierExistant,
    creer_le_dossier,
    ecrire_ensemble,
    ecrire_sans_ecraser,
    fichier_entier,
    nom_pris,
)
from segur_pha.vagues.va1.exemples import fichier_du_guide

if TYPE_CHECKING:
    from types import FrameType

JOUR = date(2022, 11, 15)


def test_a_file_is_written_under_its_name(tmp_path: Path) -> None:
    chemin = ecrire(fichier_du_guide(), tmp_path / "depot" / "du jour", jour=JOUR)
    assert chemin == tmp_path / "depot" / "du jour" / "JSON-ANS0000001-20221115-001.json"
    assert chemin.read_bytes() == en_json(fichier_du_guide())
    assert ecrire(fichier_du_guide(), str(chemin.parent), jour=JOUR, numero=2).name.endswith("-002.json")
    assert sorted(p.name[-8:] for p in chemin.parent.iterdir()) == ["001.json", "002.json"]


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    chemin = ecrire(fichier_du_guide(), tmp_path, jour=JOUR)
    chemin.write_bytes(b"precious")
    with pytest.raises(FichierExistant, match=r"001\.json existe déjà") as refus:
        ecrire(fichier_du_guide(), tmp_path, jour=JOUR)
    assert isinstance(refus.value, DepotRefuse)
    assert isinstance(refus.value, FileExistsError)
    assert chemin.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [chemin]
    copy = pickle.loads(pickle.dumps(refus.value))  # noqa: S301 - our own bytes
    assert (type(copy), str(copy)) == (FichierExistant, str(refus.value))


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder, and journals its renames")
def test_the_name_is_brought_to_the_disk_after_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cible = tmp_path / "a.json"
    synchronise, brought = os.fsync, []

    def noted(descriptor: int) -> None:
        brought.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), cible.exists()))
        synchronise(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    ecrire_sans_ecraser(cible, b"{}")
    assert brought == [(False, False), (True, True)]


def test_a_folder_that_cannot_be_opened_keeps_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Windows says so of every folder.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "not a file")

    monkeypatch.setattr(os, "open", refuse)
    cible = ecrire_sans_ecraser(tmp_path / "a.json", b"{}")
    assert cible.read_bytes() == b"{}"
    assert list(tmp_path.iterdir()) == [cible]


def test_a_name_that_does_not_reach_the_disk_keeps_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synchronise = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "refused")
        synchronise(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    cible = ecrire_sans_ecraser(tmp_path / "a.json", b"{}")
    assert list(tmp_path.iterdir()) == [cible]


def test_whatever_bears_the_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "nowhere").symlink_to(tmp_path / "absent")
    for nom in ("folder", "nowhere"):
        with pytest.raises(FichierExistant):
            ecrire_sans_ecraser(tmp_path / nom, b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "nowhere"]


@pytest.mark.parametrize("numero", [0, 1000])
def test_a_wrong_name_writes_nothing(tmp_path: Path, numero: int) -> None:
    with pytest.raises(NomInvalide):
        ecrire(fichier_du_guide(), tmp_path / "depot", jour=JOUR, numero=numero)
    with pytest.raises(NomInvalide):
        ecrire(fichier_du_guide(), tmp_path / "depot", jour=datetime(2022, 11, 15, tzinfo=UTC))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_the_callers_business(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ecrire_sans_ecraser(tmp_path / "absent" / "a.json", b"{}")
    assert list(tmp_path.iterdir()) == []


def test_of_several_writers_at_once_one_wins_and_nothing_is_left_behind(tmp_path: Path) -> None:
    cible = tmp_path / "a.json"

    def write(k: int) -> int | None:
        try:
            ecrire_sans_ecraser(cible, b"%d" % k * 10_000)
        except FichierExistant:
            return None
        return k

    with ThreadPoolExecutor(8) as pool:
        winners = [k for k in pool.map(write, range(16)) if k is not None]
    assert len(winners) == 1
    assert cible.read_bytes() == b"%d" % winners[0] * 10_000
    assert list(tmp_path.iterdir()) == [cible]


def test_a_name_taken_at_the_last_moment_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cible = tmp_path / "a.json"
    real_link = os.link

    def taken_meanwhile(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"theirs")
        real_link(source, target)

    monkeypatch.setattr(os, "link", taken_meanwhile)
    with pytest.raises(FichierExistant):
        ecrire_sans_ecraser(cible, b"ours")
    assert cible.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [cible]


class Kernel:
    """A C library whose ``renameat2`` refuses, or that has none."""

    def __init__(self, refusal: int | None) -> None:
        if refusal is not None:
            self.renameat2 = lambda *_: ctypes.set_errno(refusal) or -1


@pytest.mark.parametrize("kernel", ["this one", "without renameat2", errno.ENOSYS, errno.EINVAL, "none"])
@pytest.mark.parametrize("taken", [False, True])
def test_where_there_are_no_hard_links_the_file_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, taken: bool, kernel: str | int
) -> None:
    cible = tmp_path / "a.json"

    def no_links(_: Path, target: Path) -> None:
        if taken:  # at the last moment, after every look at the name
            Path(target).write_bytes(b"theirs")
        raise PermissionError(errno.EPERM, "no hard links on this volume")

    def library(*_: object, **__: object) -> Kernel:
        if kernel == "none":
            raise TypeError("Windows")
        return Kernel(kernel if isinstance(kernel, int) else None)

    monkeypatch.setattr(os, "link", no_links)
    if kernel != "this one":
        monkeypatch.setattr(ctypes, "CDLL", library)
    if taken:
        with pytest.raises(FichierExistant):
            ecrire_sans_ecraser(cible, b"ours")
    else:
        ecrire_sans_ecraser(cible, b"ours")
    assert cible.read_bytes() == (b"theirs" if taken else b"ours")
    assert list(tmp_path.iterdir()) == [cible]


def test_a_last_step_that_fails_leaves_no_empty_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Path) -> None:
        raise PermissionError(errno.EPERM, "not on this volume")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", refuse)
        patch.setattr(ctypes, "CDLL", lambda *_, **__: Kernel(None))
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(PermissionError):
            ecrire_sans_ecraser(tmp_path / "a.json", b"ours")
    assert list(tmp_path.iterdir()) == []
    ecrire_sans_ecraser(tmp_path / "a.json", b"ours")


def test_a_rename_that_the_disk_refuses_is_told_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: Path) -> None:
        raise PermissionError(errno.EPERM, "no hard links on this volume")

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Kernel(errno.ENOSPC))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)) as refusal:
        ecrire_sans_ecraser(tmp_path / "a.json", b"ours")
    assert refusal.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


WAYS = ["link", "renameat2", "replace"]


def after_the_step(way: str, patch: pytest.MonkeyPatch, at: int, trouble: BaseException) -> None:
    """Let the step that gives the ``at``-th file its name happen, and something go wrong right after it."""
    taken = count(1)

    def then_fail() -> None:
        if next(taken) == at:
            raise trouble

    def no_links(*_: Path) -> None:
        raise PermissionError(errno.EPERM, "no hard links on this volume")

    real_link, real_replace = os.link, Path.replace

    def link(source: Path, target: Path) -> None:
        real_link(source, target)
        then_fail()

    def replace(source: Path, target: Path) -> None:
        real_replace(source, target)
        then_fail()

    class Server:
        def renameat2(self, _: int, source: bytes, __: int, target: bytes, ___: int) -> int:
            Path(os.fsdecode(source)).rename(os.fsdecode(target))
            try:
                then_fail()
            except OSError as refusal:
                ctypes.set_errno(refusal.errno or 0)
                return -1
            return 0

    patch.setattr(os, "link", link if way == "link" else no_links)
    patch.setattr(Path, "replace", replace)
    patch.setattr(ctypes, "CDLL", lambda *_, **__: Server() if way == "renameat2" else Kernel(None))


def outputs(folder: Path) -> list[tuple[Path, bytes]]:
    return [(folder / name, name.encode()) for name in ("a.html", "b.csv", "c.json")]


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [errno.EIO, errno.EEXIST, errno.EINTR])
def test_a_name_that_was_given_though_the_reply_was_lost_is_not_said_to_be_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, way: str, at: int
) -> None:
    after_the_step(way, monkeypatch, at, OSError(number, "the reply was lost"))
    ecrire_ensemble(outputs(tmp_path))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == dict(outputs(tmp_path))


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trouble", [KeyboardInterrupt, MemoryError])
def test_stopped_right_after_a_name_was_given_none_of_the_files_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: type[BaseException], way: str, at: int
) -> None:
    with monkeypatch.context() as patch:
        after_the_step(way, patch, at, trouble())
        with pytest.raises(trouble):
            ecrire_ensemble(outputs(tmp_path))
    assert list(tmp_path.iterdir()) == []
    ecrire_ensemble(outputs(tmp_path))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file that was open at that moment
def test_stopped_at_any_moment_all_of_the_files_are_there_or_none(tmp_path: Path) -> None:
    """At each return of a function, ours or Python's, there is a Ctrl-C."""
    moments = 0

    def press(at: int, folder: Path) -> bool:
        passed = 0

        def listen(frame: FrameType, event: str, _: object) -> None:
            nonlocal passed
            # Other tests of this process listen as well, also to the end of this listening.
            passed += event.endswith("return") and frame.f_code.co_name != "_audit"  # pragma: no cover - nothing is
            if passed == at:  # pragma: no cover - traced inside a profiler
                sys.setprofile(None)  # pragma: no cover
                raise KeyboardInterrupt  # pragma: no cover

        gc.disable()  # what it would finish returns too, while the profile function is being taken away
        sys.setprofile(listen)
        try:
            ecrire_ensemble(outputs(folder))
        except KeyboardInterrupt:
            return True
        finally:
            sys.setprofile(None)
            gc.enable()
        return False

    stopped = True
    while stopped:
        folder = tmp_path / str(moments)
        folder.mkdir()
        stopped = press(moments + 1, folder)
        there = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
        assert there in (set(), {path.name for path, _ in outputs(folder)}), moments
        moments += stopped
    assert moments > len(WAYS)
    assert there


def test_where_files_bear_no_number_somebody_s_is_never_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def numberless(path: Path, **options: bool) -> os.stat_result:
        return os.stat_result((real(path, **options).st_mode, 0, 0, *real(path, **options)[3:]))

    def taken_meanwhile(_: Path, target: Path) -> None:
        Path(target).write_bytes(b"theirs")
        raise FileExistsError

    monkeypatch.setattr(os, "link", taken_meanwhile)
    monkeypatch.setattr(Path, "stat", numberless)
    monkeypatch.setattr(os, "lstat", lambda path: numberless(Path(path), follow_symlinks=False))
    with pytest.raises(FichierExistant):
        ecrire_ensemble(outputs(tmp_path)[:1])
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000])
@pytest.mark.parametrize("said", [0o600, 0o660])
def test_a_file_is_its_owner_s_unless_somebody_says_otherwise(tmp_path: Path, mask: int, said: int) -> None:
    before, droits = os.umask(mask), DROITS.set(said)
    try:
        chemin = ecrire_sans_ecraser(tmp_path / "a.json", b"{}")
        with dossier_entier(tmp_path / "depot") as dossier:
            ecrire_durablement(dossier / "b.json", methodcaller("write", b"{}"))
        creer_le_dossier(tmp_path / "un" / "deux")
        creer_le_dossier(tmp_path / "un")  # it is there
    finally:
        DROITS.reset(droits)
        assert os.umask(before) == mask
    for fichier in (chemin, tmp_path / "depot" / "b.json"):
        assert fichier.stat().st_mode & 0o777 == said
    for dossier in (tmp_path / "depot", tmp_path / "un", tmp_path / "un" / "deux"):
        assert dossier.stat().st_mode & 0o777 == {0o600: 0o700, 0o660: 0o770}[said] & ~mask


FULL_DISK = """
import resource, signal, sys
from datetime import date
from segur_pha import ecrire
from segur_pha.vagues.va1.exemples import fichier_du_guide
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
try:
    ecrire(fichier_du_guide(), sys.argv[1], jour=date(2022, 11, 15))
except OSError as erreur:
    print(type(erreur).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "OSError\n"
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_looked_at_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    assert (nom_pris(tmp_path), nom_pris(tmp_path / "absent")) == (True, False)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for place in (tmp_path / ("x" * 300), tmp_path / "loop"):
        with pytest.raises(OSError, match=r"name too long|[Tt]oo many levels"):
            nom_pris(place)


@pytest.mark.parametrize("step", ["open", "link"])
def test_a_refusal_names_the_file_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(*names: object, **_: object) -> None:
        raise OSError(errno.EACCES, "refused", str(names[0]))

    with monkeypatch.context() as patched:
        patched.setattr(*((Path, "open", refuse) if step == "open" else (os, "link", refuse)))
        patched.setattr("segur_pha.fichiers.renommer", refuse)
        with pytest.raises(PermissionError) as refused:
            ecrire_sans_ecraser(tmp_path / "a.json", b"{}")
    assert refused.value.filename == str(tmp_path / "a.json")
    assert ".partiel" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_that_is_about_another_file_goes_on_naming_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as refused, fichier_entier(tmp_path / "a.json"):
        (tmp_path / "source").read_bytes()
    assert refused.value.filename == str(tmp_path / "source")
