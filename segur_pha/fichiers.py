"""The ground floor of writing: a file appears whole or not at all, and never takes the place of another."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from segur_pha.erreurs import DepotRefuse

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FichierExistant", "ecrire_sans_ecraser"]


class FichierExistant(DepotRefuse, FileExistsError):
    """A file of that name is already there; segur_pha never overwrites."""

    def __init__(self, nom: str) -> None:
        DepotRefuse.__init__(
            self, f"Le fichier {nom} existe déjà : rien n’a été écrit. Choisissez un autre nom ou dossier."
        )


def ecrire_sans_ecraser(chemin: Path, octets: bytes) -> Path:
    """Write a new file, whole or not at all, and give its path back.

    The bytes go to a temporary file of the same folder, reach the disk, and only then take their name.

    Raises :class:`FichierExistant` (also a ``FileExistsError``) when the name is taken, ``OSError`` when the disk refuses.

    >>> import tempfile; from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     ecrire_sans_ecraser(Path(dossier, "a.json"), b"{}").read_bytes()
    b'{}'
    """
    if os.path.lexists(chemin):
        raise FichierExistant(chemin.name)
    if not chemin.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(chemin.parent))
    provisoire = chemin.with_name(f".{os.urandom(8).hex()}.partiel")
    try:
        with provisoire.open("xb") as flux:
            flux.write(octets)
            flux.flush()
            os.fsync(flux.fileno())
        _nommer(provisoire, chemin)
    finally:
        with contextlib.suppress(FileNotFoundError):
            provisoire.unlink()
    return chemin


def _nommer(provisoire: Path, chemin: Path) -> None:
    """Give a finished file its name, in one step that fails when the name is taken."""
    try:
        os.link(provisoire, chemin)
    except FileExistsError:
        raise FichierExistant(chemin.name) from None
    except OSError:
        # No hard links here (Windows shares, FAT): Windows' rename refuses an existing name by itself.
        if os.path.lexists(chemin):
            raise FichierExistant(chemin.name) from None
        provisoire.rename(chemin)
