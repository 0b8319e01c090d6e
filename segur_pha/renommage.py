"""Giving a finished file or folder its name in one step, never over another."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from ctypes import CDLL
    from pathlib import Path

__all__ = ["porte", "renommer", "renommer_sans_remplacer"]

#: Linux: "relative to the working directory", "fail if the new name exists".
_ICI, _SANS_REMPLACER = -100, 1
#: The errors of a kernel or a disk that cannot rename without replacing.
_NON_TENU: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


def porte(chemin: Path, fichier: os.stat_result) -> bool:
    """Tell whether a name is that of this very file; on a disk that numbers no files, nothing is sure."""
    try:
        trouve = os.lstat(chemin)
    except OSError:
        return False
    return fichier.st_ino != 0 and os.path.samestat(fichier, trouve)


def renommer_sans_remplacer(ancien: Path, nouveau: Path) -> bool:
    """Rename a file or a folder in one step that fails if the name is taken; ``False`` where the system has no such step.

    Raises ``OSError``, for a name that is taken ``FileExistsError``.
    """
    import ctypes

    if (renameat2 := _renameat2(ctypes.CDLL)) is None:
        return False
    sys.audit("os.rename", ancien, nouveau, -1, -1)  # as Python's own
    if renameat2(_ICI, os.fsencode(ancien), _ICI, os.fsencode(nouveau), _SANS_REMPLACER) == 0:
        return True
    numero = ctypes.get_errno()
    if numero not in _NON_TENU:
        raise OSError(numero, os.strerror(numero), str(nouveau))
    return False


def renommer(provisoire: Path, chemin: Path) -> None:
    """Rename a file; ``FileExistsError`` when the name is taken, also at the last moment."""
    if renommer_sans_remplacer(provisoire, chemin):
        return
    # Windows, macOS, an old kernel, a disk that does not know the flag: whoever creates the empty file gets the name.
    os.close(os.open(chemin, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    try:
        provisoire.replace(chemin)
    except BaseException:
        # What stands there is the empty file, or else the finished one: the step may have happened.
        if provisoire.exists():
            chemin.unlink(missing_ok=True)
        raise


def _renameat2(bibliotheque: type[CDLL]) -> Callable[[int, bytes, int, bytes, int], int] | None:
    # Another C library may have none; Windows opens none without a name.
    with contextlib.suppress(AttributeError, OSError, TypeError):
        return cast("Callable[[int, bytes, int, bytes, int], int]", bibliotheque(None, use_errno=True).renameat2)
    return None
