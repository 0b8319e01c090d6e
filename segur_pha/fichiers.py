"""Files: read up to a bound, written whole or not at all, never over another, and for their owner alone."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from segur_pha.erreurs import DepotRefuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from ctypes import CDLL
    from pathlib import Path
    from typing import BinaryIO

__all__ = [
    "DROITS",
    "EN_COURS",
    "RESTES_RETIRES",
    "FichierExistant",
    "droits_du_dossier",
    "ecrire_ensemble",
    "ecrire_sans_ecraser",
    "exiger_le_dossier",
    "fichier_entier",
    "forme_provisoire",
    "lire_jusqu_a",
    "marque_du_processus",
    "nom_pris",
    "nom_provisoire",
    "ouvrir_neuf",
    "retirer_les_restes",
    "synchroniser_les_noms",
    "tous_ou_aucun",
]

#: The rights of a new file: what we write is about people, and its owner alone may read it unless somebody says otherwise.
DROITS: Final[ContextVar[int]] = ContextVar("droits", default=0o600)
#: Who is told the names of what an interrupted process had left, and what was taken away.
RESTES_RETIRES: Final[ContextVar[Callable[[list[str]], object]]] = ContextVar("restes_retires", default=lambda _: None)
#: What the name of something ends in that is being written.
EN_COURS: Final = ".partiel"
#: Windows offers no way to ask whether a process runs without ending it; it refuses by itself to remove what is open.
_SANS_QUESTION: Final = os.name == "nt"


def droits_du_dossier() -> int:
    """Return the rights of a new folder: those of its files, and the way into it for whoever may read them.

    >>> oct(droits_du_dossier())
    '0o700'
    """
    droits = DROITS.get()
    return droits | (droits & 0o444) >> 2


def ouvrir_neuf(chemin: Path) -> BinaryIO:
    """Make a file and open it to be written, with the rights of :data:`DROITS`; ``FileExistsError`` when it is there."""
    flux = chemin.open("xb")
    # Nothing is in it yet.  Windows keeps no such rights, and some disks neither.
    with contextlib.suppress(OSError, AttributeError):
        os.fchmod(flux.fileno(), DROITS.get())
    return flux


#: Linux: what the numbers of processes are counted in.
_ESPACE_DES_PROCESSUS: Final = "/proc/self/ns/pid"


@cache
def _cette_machine() -> str:
    import platform
    from hashlib import sha256

    nom = platform.node()
    # The containers of a pod share its name, and each counts its processes for itself.
    with contextlib.suppress(OSError):
        nom += f" {os.stat(_ESPACE_DES_PROCESSUS).st_ino}"  # noqa: PTH116 - pathlib is slow to load
    return sha256(nom.encode(errors="replace")).hexdigest()[:8]


def marque_du_processus() -> str:
    """Return what the name of something provisional begins with: which process of which machine makes it."""
    return f"{_cette_machine()}-{os.getpid()}-"


def nom_provisoire(debut: str = ".") -> str:
    """Name something that is being written, as nobody else does; hidden, since ``debut`` begins with a point."""
    return f"{debut}{marque_du_processus()}{os.urandom(8).hex()}{EN_COURS}"


def forme_provisoire(debut: str, *fins: str, machine: str = "[0-9a-f]{8}") -> re.Pattern[str]:
    """Return the shape of provisional names: ``debut``, :func:`marque_du_processus`, any letters and digits, one of ``fins``.

    The first group is the number of the process.

    >>> forme_provisoire(".depot.", EN_COURS).fullmatch(".depot.1f2e3d4c-77-a0b1.partiel")[1]
    '77'
    """
    return re.compile(rf"{re.escape(debut)}{machine}-([0-9]+)-\w+(?:{'|'.join(map(re.escape, fins))})")


def retirer_les_restes(dossier: Path, *, debut: str = ".", fin: str = EN_COURS) -> list[str]:
    """Remove what ended processes of this machine have left in a folder, report the names, and return them.

    Only what bears a provisional name of ours goes (:func:`forme_provisoire`).
    """
    forme = forme_provisoire(debut, fin, machine=_cette_machine())
    retires = []
    with contextlib.suppress(OSError):
        for entree in os.scandir(dossier):
            trouve = forme.fullmatch(entree.name)
            if trouve is not None and not entree.is_symlink() and not _vit(int(trouve[1])) and _retirer(entree):
                retires.append(entree.name)
    if retires:
        RESTES_RETIRES.get()(sorted(retires))
    return sorted(retires)


def _retirer(entree: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        if entree.is_dir():
            shutil.rmtree(entree.path)
        else:
            os.unlink(entree.path)  # noqa: PTH108 - a name is all there is, and pathlib is slow to load
        return True
    return False


def _vit(processus: int) -> bool:
    if _SANS_QUESTION:
        return False
    try:
        os.kill(processus, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # somebody else's
    return True


class FichierExistant(DepotRefuse, FileExistsError):
    """A file of that name is already there; segur_pha never overwrites."""

    def __init__(self, nom: str) -> None:
        DepotRefuse.__init__(
            self, f"Le fichier {nom} existe déjà : rien n’a été écrit. Choisissez un autre nom ou dossier."
        )


def lire_jusqu_a(chemin: Path, maximum: int) -> bytes:
    """Read a file of at most ``maximum`` bytes; of a longer or an endless one, one byte more, which tells it.

    Raises ``OSError`` when the file cannot be read.

    >>> import os; from pathlib import Path
    >>> len(lire_jusqu_a(Path(os.devnull), 100)), len(lire_jusqu_a(Path("examples/demandes.json"), 100))
    (0, 101)
    """
    # Without a buffer: one read takes all that a plain file has, and one more finds the end.
    with chemin.open("rb", 0) as flux:
        octets = flux.read(min(os.fstat(flux.fileno()).st_size, maximum) + 1)
        while len(octets) <= maximum and (suite := flux.read(maximum + 1 - len(octets))):
            octets += suite
    return octets


def ecrire_sans_ecraser(chemin: Path, octets: bytes) -> Path:
    """Write a new file, whole or not at all, and give its path back.

    The bytes go to a temporary file of the same folder, reach the disk, and only then take their name, which is brought to
    the disk as well.

    Raises :class:`FichierExistant` (also a ``FileExistsError``) when the name is taken, ``OSError`` when the disk refuses.

    >>> import tempfile; from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     ecrire_sans_ecraser(Path(dossier, "a.json"), b"{}").read_bytes()
    b'{}'
    """
    with fichier_entier(chemin) as provisoire, ouvrir_neuf(provisoire) as flux:
        flux.write(octets)
        flux.flush()
        os.fsync(flux.fileno())
    return chemin


def ecrire_ensemble(sorties: Iterable[tuple[Path, bytes]]) -> list[Path]:
    """Write several new files: all of them, or none when one cannot be written; raises as :func:`ecrire_sans_ecraser`.

    A process that is killed in between leaves the first ones, each whole.
    """
    with tous_ou_aucun() as ecrire:
        return [ecrire(chemin, octets) for chemin, octets in sorties]


@contextlib.contextmanager
def tous_ou_aucun() -> Iterator[Callable[[Path, bytes], Path]]:
    """Yield an :func:`ecrire_sans_ecraser` whose files go away again when the block fails."""
    ecrits: list[Path] = []

    def ecrire(chemin: Path, octets: bytes) -> Path:
        ecrits.append(ecrire_sans_ecraser(chemin, octets))
        return chemin

    try:
        yield ecrire
    except BaseException:
        for chemin in ecrits:
            with contextlib.suppress(OSError):
                chemin.unlink()
        raise


@contextlib.contextmanager
def fichier_entier(chemin: Path) -> Iterator[Path]:
    """Yield the path of a file to make beside ``chemin``; when the block ends well it takes that name, else nothing is left.

    Killed inside the block, the process leaves a hidden file ``.….partiel`` beside, which the next one that writes there takes
    away, and no ``chemin``.  Raises as :func:`ecrire_sans_ecraser`.
    """
    if os.path.lexists(chemin):
        raise FichierExistant(chemin.name)
    exiger_le_dossier(chemin)
    retirer_les_restes(chemin.parent)
    provisoire = chemin.with_name(nom_provisoire())
    try:
        yield provisoire
        _nommer(provisoire, chemin)
        with contextlib.suppress(OSError):  # the file is there, whole: too late to refuse
            synchroniser_les_noms(chemin.parent)
    finally:
        # Removing may fail for the same reason as writing did; the first error is the one to report.
        with contextlib.suppress(OSError):
            provisoire.unlink()


def nom_pris(chemin: Path) -> bool:
    """Tell whether something has this name; raises ``OSError`` where nobody can look.

    On Python 3.14 :meth:`pathlib.Path.exists` says no of a folder that is closed to us, and of a name that no disk takes.

    >>> nom_pris(Path("examples")), nom_pris(Path("examples/absent")), nom_pris(Path("examples/commandes.csv/absent"))
    (True, False, False)
    """
    try:
        chemin.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def exiger_le_dossier(chemin: Path) -> None:
    """Raise ``FileNotFoundError``, naming the folder, when a file is to be written in one that is not there."""
    if not chemin.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(chemin.parent))


def _nommer(provisoire: Path, chemin: Path) -> None:
    """Give a finished file its name, in one step that fails when the name is taken."""
    try:
        os.link(provisoire, chemin)
    except FileExistsError:
        raise FichierExistant(chemin.name) from None
    except OSError:
        # No hard links here: Windows' shares, FAT, some network disks.
        try:
            _renommer(provisoire, chemin)
        except FileExistsError:
            raise FichierExistant(chemin.name) from None


def _renommer(provisoire: Path, chemin: Path) -> None:
    """Rename a file; ``FileExistsError`` when the name is taken, also at the last moment."""
    import ctypes

    renameat2 = _renameat2(ctypes.CDLL)
    if renameat2 is not None:
        if renameat2(_ICI, os.fsencode(provisoire), _ICI, os.fsencode(chemin), _SANS_REMPLACER) == 0:
            return
        numero = ctypes.get_errno()
        if numero not in _NON_TENU:
            raise OSError(numero, os.strerror(numero), str(chemin))
    # Windows, macOS, an old kernel, a disk that does not know the flag: whoever makes the empty file owns the name.
    os.close(os.open(chemin, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    try:
        provisoire.replace(chemin)
    except BaseException:
        chemin.unlink(missing_ok=True)
        raise


#: Linux: « relative to the working directory », « fail if the new name exists ».
_ICI: Final = -100
_SANS_REMPLACER: Final = 1
#: What a kernel or a disk says that cannot rename without replacing.
_NON_TENU: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


def _renameat2(bibliotheque: type[CDLL]) -> Callable[[int, bytes, int, bytes, int], int] | None:
    try:
        fonction = bibliotheque(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # another C library; Windows has none without a name
        return None
    return cast("Callable[[int, bytes, int, bytes, int], int]", fonction)


def synchroniser_les_noms(dossier: Path) -> None:
    """Bring the names of a folder to the disk; ``OSError`` when the disk refuses."""
    try:
        descripteur = os.open(dossier, os.O_RDONLY)
    except PermissionError:
        return  # Windows opens no folder, and journals its renames
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
