"""What is being written, and what a process that ended has left of it: names that say whose it is, found again and removed."""

from __future__ import annotations

import contextlib
import os
import re
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = [
    "EN_COURS",
    "PIECES_DEPLIEES",
    "RESTES_RETIRES",
    "forme_provisoire",
    "marque_du_processus",
    "nom_provisoire",
    "restes_presents",
    "retirer_les_restes",
]

#: The function that is called with the names of what an interrupted process had left, and what was removed.
RESTES_RETIRES: Final[ContextVar[Callable[[list[str]], object]]] = ContextVar("restes_retires", default=lambda _: None)
#: How the name of something that is being written ends.
EN_COURS: Final = ".partiel"
#: How the names end of what is being written, and of what SQLite keeps beside it if it is a database.
_FINS: Final = (EN_COURS, *(f"{EN_COURS}-{suite}" for suite in ("journal", "wal", "shm")))
#: How the name begins of a folder where documents are unpacked, among the system's temporary ones.
PIECES_DEPLIEES: Final = "segur-pha-pieces-"
#: Windows offers no way to ask whether a process runs without ending it, but refuses by itself to remove what is open.
_SANS_QUESTION: Final = os.name == "nt"


#: Linux: the namespace in which processes are numbered.
_ESPACE_DES_PROCESSUS: Final = "/proc/self/ns/pid"


@cache
def _cette_machine() -> str:
    import platform
    from hashlib import sha256

    nom = platform.node()
    # The containers of a pod share its name, but each numbers its processes separately.
    with contextlib.suppress(OSError):
        nom += f" {os.stat(_ESPACE_DES_PROCESSUS).st_ino}"  # noqa: PTH116 - pathlib is slow to load
    return sha256(nom.encode(errors="replace")).hexdigest()[:8]


def marque_du_processus() -> str:
    """Return how provisional names begin, which says which process of which machine makes the file."""
    return f"{_cette_machine()}-{os.getpid()}-"


def nom_provisoire(debut: str = ".") -> str:
    """Make a unique name for something that is being written; it is hidden, since ``debut`` begins with a dot."""
    return f"{debut}{marque_du_processus()}{os.urandom(8).hex()}{EN_COURS}"


def forme_provisoire(debut: str, *fins: str, machine: str = "[0-9a-f]{8}") -> re.Pattern[str]:
    """Return the pattern of provisional names: ``debut``, :func:`marque_du_processus`, letters and digits, one of ``fins``.

    The first group is the number of the process.

    >>> forme_provisoire(".depot.", EN_COURS).fullmatch(".depot.1f2e3d4c-77-a0b1.partiel")[1]
    '77'
    """
    return re.compile(rf"{re.escape(debut)}{machine}-([0-9]+)-\w+(?:{'|'.join(map(re.escape, fins))})")


def retirer_les_restes(dossier: Path, *, debut: str = ".", fins: Iterable[str] = _FINS) -> list[str]:
    """Remove what ended processes of this machine have left in a folder, report the names, and return them.

    Only what has one of our provisional names is removed (:func:`forme_provisoire`).
    """
    forme = forme_provisoire(debut, *fins, machine=_cette_machine())
    retires = []
    with contextlib.suppress(OSError):
        for entree in os.scandir(dossier):
            trouve = forme.fullmatch(entree.name)
            if trouve is not None and not entree.is_symlink() and not _vit(int(trouve[1])) and _retirer(entree):
                retires.append(entree.name)
    if retires:
        RESTES_RETIRES.get()(sorted(retires))
    return sorted(retires)


def restes_presents(dossier: Path, *fins: str) -> list[str]:
    """List what has a provisional name in a folder, files and folders of whatever process of whatever machine.

    ``fins``: other ends of such names.  Raises ``OSError`` when the folder cannot be listed.
    """
    suites = "|".join(map(re.escape, (*_FINS, *fins)))
    forme = re.compile(rf"\.(?:.*\.)?[0-9a-f]{{8}}-[0-9]+-\w+(?:\.abandonne)?(?:{suites})", re.DOTALL)
    return sorted(nom for nom in os.listdir(dossier) if forme.fullmatch(nom))  # noqa: PTH208 - names are all there is


def _retirer(entree: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):
        if entree.is_dir():
            import shutil

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
