"""Copies of a SQLite ledger: made while others write, whole or not at all; the oldest ones are removed."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING

from segur_pha.depot.dossier import motif_du_systeme
from segur_pha.erreurs import RegistreError
from segur_pha.fichiers import FichierExistant, fichier_entier, ouvrir_neuf
from segur_pha.registre import tables
from segur_pha.registre.adresse import est_un_registre
from segur_pha.registre.disque import journal_en_cours, ouvrir_le_fichier, sans_rien_a_cote
from segur_pha.registre.refus import motif
from segur_pha.restes import retirer_les_restes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

__all__ = ["copier_avant_de_migrer", "copier_le_fichier", "copies_qui_gardent", "garder_les_dernieres", "nom_de_copie"]


def copier_le_fichier(source: Path, destination: Path) -> None:
    """Copy a ledger as it was last committed, by SQLite's own means, to a self-contained file.

    Raises :class:`~segur_pha.RegistreError` when it cannot be read, ``OSError`` when it cannot be written,
    :class:`~segur_pha.DepotRefuse` for a name that is taken; no copy is then left behind.
    """
    with fichier_entier(destination) as provisoire:
        try:
            with _copie(source, provisoire) as apres:
                # A single file, whatever other files the original has beside it.
                apres.execute("PRAGMA journal_mode=DELETE").close()
                dit = apres.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.Error as erreur:
            raise RegistreError(
                f"Le registre {source.name} n’a pas pu être copié, aucune copie n’a été laissée : {_pourquoi(erreur, source)}"
            ) from erreur
        if dit != "ok":
            raise RegistreError(
                f"Le registre {source.name} est abîmé ({dit}) : aucune copie n’a été laissée. Gardez les copies que vous avez."
            )


def nom_de_copie(source: Path, instant: datetime) -> str:
    """Name a copy after the time at which it was made.

    >>> from datetime import datetime; from pathlib import Path
    >>> nom_de_copie(Path("registre.sqlite"), datetime(2022, 11, 15, 8, 30, 5))
    'registre.sqlite.20221115-083005.copie'
    """
    return f"{source.name}.{instant:%Y%m%d-%H%M%S}.copie"


def garder_les_dernieres(source: Path, dossier: Path, nombre: int, *, faite: Path) -> list[Path]:
    """Remove all copies of a ledger in a folder except the latest ones, and return the removed ones.

    A copy is recognised by its name (:func:`nom_de_copie`); files with other names stay.  ``faite``, just made, is the latest one
    whatever the clock says: one hour comes twice in autumn.

    Raises :class:`~segur_pha.RegistreError`, which says that the copy was made, when the folder cannot be listed or an older copy
    cannot be removed.
    """
    forme = re.compile(rf"{re.escape(source.name)}\.[0-9]{{8}}-[0-9]{{6}}\.copie")
    try:
        with os.scandir(dossier) as entrees:
            copies = [dossier / e.name for e in entrees if forme.fullmatch(e.name) and e.is_file(follow_symlinks=False)]
        copies.sort(key=lambda copie: (copie.name == faite.name, copie.stat().st_mtime_ns, copie.name))
    except OSError as erreur:
        raise RegistreError(
            f"La copie {faite.name} est faite, mais le dossier {dossier.name} ne se lit pas : les copies anciennes y sont restées. "
            "Vérifiez vos droits d’accès."
        ) from erreur
    anciennes = copies[: max(len(copies) - nombre, 0)]
    for copie in anciennes:
        try:
            copie.unlink()
        except OSError as erreur:
            raise RegistreError(
                f"La copie {faite.name} est faite, mais l’ancienne {copie.name} n’a pas pu être retirée : vérifiez vos droits d’accès."
            ) from erreur
    return anciennes


def copies_qui_gardent(registre: Path, finess: str) -> list[str]:
    """Name the other ledgers in a ledger's folder with personal values of a pharmacy, or of which that cannot be found out.

    They are only read, and nothing is made beside them.  Raises ``OSError`` when the folder cannot be listed.
    """
    with os.scandir(registre.parent) as entrees:
        autres = [registre.parent / e.name for e in entrees if e.name != registre.name and e.is_file()]
    return sorted(autre.name for autre in autres if est_un_registre(autre) and _garde(autre, finess))


def _garde(copie: Path, finess: str) -> bool:
    if journal_en_cours(copie):
        return True  # what stands in it cannot be read so
    question = f"SELECT 1 FROM {tables.demandes.name} WHERE finess_geo = ? AND NOT effacee"  # noqa: S608 - our own name
    try:
        with closing(sans_rien_a_cote(copie)) as connexion:
            return connexion.execute(question, [finess]).fetchone() is not None
    except sqlite3.Error:
        return True


@contextmanager
def _copie(source: Path, copie: Path) -> Iterator[sqlite3.Connection]:
    """Copy a SQLite file page by page, and yield a connection to the copy."""
    ouvrir_neuf(copie).close()
    with closing(ouvrir_le_fichier(source)) as avant, closing(sqlite3.connect(copie)) as apres:
        avant.backup(apres)
        yield apres


def _pourquoi(erreur: sqlite3.Error | OSError, source: Path) -> str:
    return motif(erreur, source) if isinstance(erreur, sqlite3.Error) else f"{motif_du_systeme(erreur)}."


def copier_avant_de_migrer(source: Path, copie: Path) -> None:
    """Copy a ledger whose tables are about to change; keep an identical copy that is already there.

    Raises :class:`~segur_pha.RegistreError` when it cannot be made, or another file has its name.
    """
    try:
        with fichier_entier(copie) as provisoire, _copie(source, provisoire):
            pass
    except FichierExistant:
        # An interrupted migration left it: neither the ledger nor its copy has changed since.
        retirer_les_restes(copie.parent)
        if not _disent_la_meme_chose(source, copie):
            raise RegistreError(f"La copie {copie.name} existe déjà : déplacez-la, puis recommencez.") from None
    except (sqlite3.Error, OSError) as erreur:
        raise RegistreError(
            f"Le registre est d’une version antérieure, et sa copie {copie.name} n’a pas pu être faite, rien n’a été changé : "
            f"{_pourquoi(erreur, source)}"
        ) from erreur


def _disent_la_meme_chose(un: Path, autre: Path) -> bool:
    """Tell whether two SQLite files hold the same tables and rows."""
    try:
        with (
            closing(sqlite3.connect(f"{un.absolute().as_uri()}?mode=ro", uri=True)) as a,
            closing(sqlite3.connect(f"{autre.absolute().as_uri()}?mode=ro", uri=True)) as b,
        ):
            return all(x == y for x, y in zip_longest(a.iterdump(), b.iterdump()))
    except sqlite3.Error:
        return False
