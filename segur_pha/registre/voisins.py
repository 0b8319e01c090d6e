"""The ledgers that lie beside a name, for somebody who has mistyped it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["est_un_registre", "introuvable", "registres_a_cote"]

_ENTETE: Final = b"SQLite format 3\0"
#: How many files of a folder are looked at, and how many ledgers are named.
_REGARDES, _NOMMES = 1000, 10


def est_un_registre(chemin: Path) -> bool:
    """Tell whether a file is a SQLite ledger; it is only read, and nothing is made beside it."""
    try:
        with chemin.open("rb") as flux:
            if flux.read(len(_ENTETE)) != _ENTETE:
                return False
        adresse = f"{chemin.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(adresse, uri=True)) as connexion:
            question = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            return connexion.execute(question, [tables.reglages.name]).fetchone() is not None
    except (OSError, sqlite3.Error):
        return False


def registres_a_cote(chemin: Path) -> list[str]:
    """Give the names of the ledgers in the folder of a file."""
    return sorted(islice(_registres(chemin), _NOMMES))


def _registres(chemin: Path) -> Iterator[str]:
    with suppress(OSError):
        for voisin in islice(chemin.absolute().parent.iterdir(), _REGARDES):
            if voisin.is_file() and est_un_registre(voisin):
                yield voisin.name


def introuvable(nom: str, chemin: Path | None, *, option: bool = False) -> RegistreError:
    """Say that there is no ledger of that name, which ones lie beside it, and how one is made (``option``: by ``--creer`` too)."""
    a_cote = [] if chemin is None else registres_a_cote(chemin)
    suite = f" Registres du même dossier : {', '.join(a_cote)}." if a_cote else " Vérifiez le nom et le dossier."
    ou = ", ou l’option --creer" if option else ""
    return RegistreError(f"Registre introuvable : {nom}.{suite} Pour en commencer un : segur-pha registre creer{ou}.")
