"""Opening a SQLite ledger on a disk that is full, or that can only be read: whoever reads needs no place on it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from segur_pha.fichiers import lire_jusqu_a
from segur_pha.registre.verrou import sans_attendre

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = [
    "ENTETE",
    "disque_plein",
    "est_exclusive",
    "journal_en_cours",
    "lecture_seule",
    "ouvrir",
    "ouvrir_le_fichier",
    "sans_rien",
    "sans_rien_a_cote",
]

#: How every SQLite database that holds something begins.
ENTETE: Final = b"SQLite format 3\0"
#: What SQLite puts beside a ledger before it reads a write-ahead log, in bytes (its file format, « the WAL-index »).
_MEMOIRE_PARTAGEE: Final = 32_768


def lecture_seule(chemin: Path) -> bool:
    """Tell whether a SQLite file is there, at rest, and only to be read: nobody can keep a journal beside it."""
    return (
        chemin.is_file()
        and not (os.access(chemin, os.W_OK) and os.access(chemin.parent, os.W_OK))
        and not journal_en_cours(chemin)
    )


def journal_en_cours(chemin: Path) -> bool:
    """Tell whether something stands in the write-ahead log of a SQLite file."""
    try:
        return chemin.with_name(f"{chemin.name}-wal").stat().st_size > 0
    except OSError:
        return False


def disque_plein(chemin: Path) -> bool:
    """Tell whether the disk of a SQLite file has no place left for what SQLite needs beside it.

    >>> from pathlib import Path
    >>> disque_plein(Path("absent") / "registre.sqlite")
    False
    """
    with suppress(OSError):
        return shutil.disk_usage(chemin.parent).free < _MEMOIRE_PARTAGEE
    return False


def ouvrir_le_fichier(chemin: Path) -> sqlite3.Connection:
    """Open a SQLite file to read it, whatever its disk is; raises as ``sqlite3.connect``."""
    if lecture_seule(chemin):
        return sans_rien_a_cote(chemin)
    return ouvrir(partial(sqlite3.connect, chemin))


def sans_rien(chemin: Path) -> bool:
    """Tell whether a file is a SQLite database that holds nothing, once SQLite has undone what a killed program had begun.

    Raises ``sqlite3.Error`` or ``OSError`` when that cannot be found out.
    """
    try:
        with closing(ouvrir_le_fichier(chemin)) as connexion:
            vide = connexion.execute("SELECT 1 FROM sqlite_master").fetchone() is None
            # SQLite would overwrite a text of one octet.
            return vide and lire_jusqu_a(chemin, len(ENTETE))[: len(ENTETE)] in {b"", ENTETE}
    except sqlite3.DatabaseError as erreur:
        if getattr(erreur, "sqlite_errorname", "") == "SQLITE_NOTADB":
            return False
        raise


def sans_rien_a_cote(chemin: Path) -> sqlite3.Connection:
    """Open a SQLite file as one that nobody changes: nothing is made beside it, and nothing locked."""
    return sqlite3.connect(f"{chemin.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def ouvrir(connecter: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
    """Open a SQLite file; where the disk has no place for the memory that its readers share, for this connection alone.

    Such a connection (:func:`est_exclusive`) keeps that memory to itself, and everybody else waits until it is closed.
    """
    connexion = connecter()
    try:
        if _se_lit(connexion):
            return connexion
    except BaseException:
        connexion.close()
        raise
    # Once this memory could not be had, a connection asks for it again and again: a new one has to be told before it reads.
    connexion.close()
    connexion = connecter()
    connexion.execute("PRAGMA locking_mode=EXCLUSIVE").close()
    return connexion


def _se_lit(connexion: sqlite3.Connection) -> bool:
    """Look whether the shared memory can be had; whatever else is amiss will be said when it matters."""
    try:
        with sans_attendre(connexion):
            connexion.execute("SELECT 1 FROM sqlite_master").close()
    except sqlite3.Error as erreur:
        return not getattr(erreur, "sqlite_errorname", "").startswith("SQLITE_IOERR_SHM")
    return True


def est_exclusive(connexion: sqlite3.Connection) -> bool:
    """Tell whether nobody else can read the file before this connection is closed."""
    ((mode,),) = connexion.execute("PRAGMA locking_mode").fetchall()
    return str(mode) == "exclusive"
