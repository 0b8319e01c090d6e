"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ecrire_entier"]


def ecrire_entier(chemin: Path, octets: bytes) -> None:
    """Write a new file: the bytes go to a temporary file beside it, which takes its name once they are on the disk.

    Raises:
        FileExistsError: ``chemin`` exists; nothing is ever overwritten.
        OSError: the folder is missing or cannot be written; nothing is left behind.
    """
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}.partiel")
    with provisoire.open("xb") as sortie:
        try:
            sortie.write(octets)
            sortie.flush()
            os.fsync(sortie.fileno())
            # A link refuses a name that exists, which a rename would silently take over.
            os.link(provisoire, chemin)
        finally:
            provisoire.unlink()
