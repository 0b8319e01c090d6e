"""A folder that keeps its own yesterday: the alerts of each day, and one line a day in its log."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from segur_pha.certificats.parc import SuiviIllisible
from segur_pha.fichiers import droits_du_dossier, ecrire_sans_ecraser, lire_jusqu_a

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["JOURNAL", "garder", "noter", "veille"]

JOURNAL: Final = "journal.txt"
_DU_JOUR: Final = re.compile(r"alertes-([0-9]{4}-[0-9]{2}-[0-9]{2})(?:-([0-9]+))?\.json")


def _gardees(dossier: Path) -> list[tuple[date, int, Path]]:
    gardees = []
    for fichier in dossier.iterdir():
        if lu := _DU_JOUR.fullmatch(fichier.name):
            try:
                gardees.append((date.fromisoformat(lu[1]), int(lu[2] or 1), fichier))
            except ValueError as erreur:
                raise SuiviIllisible(
                    f"{fichier.name} : ce jour n’existe pas, renommez ou retirez ce fichier."
                ) from erreur
    return sorted(gardees)


def veille(dossier: Path, jour: date) -> Path | None:
    """Return the last alerts kept before ``jour``; ``None`` on a first day.

    A second run on one day is compared with the day before again, so that it tells the same.

    Raises:
        SuiviIllisible: the folder is a file, or a name in it bears a day that does not exist.
    """
    if not dossier.exists():
        return None
    if not dossier.is_dir():
        raise SuiviIllisible(
            f"{dossier.name} est un fichier : --suivi demande un dossier, qui sera créé s’il n’existe pas."
        )
    avant = [fichier for du, _, fichier in _gardees(dossier) if du < jour]
    return avant[-1] if avant else None


def garder(dossier: Path, jour: date, octets: bytes) -> Path | None:
    """Keep the alerts of a day beside the others; ``None`` when the very same are kept already.

    A second run that finds something else is kept beside the first, under the next number.
    """
    dossier.mkdir(droits_du_dossier(), parents=True, exist_ok=True)
    du_jour = [(rang, fichier) for du, rang, fichier in _gardees(dossier) if du == jour]
    if du_jour and lire_jusqu_a(du_jour[-1][1], len(octets)) == octets:
        return None
    suite = f"-{du_jour[-1][0] + 1}" if du_jour else ""
    return ecrire_sans_ecraser(dossier / f"alertes-{jour.isoformat()}{suite}.json", octets)


def noter(journal: Path, ligne: str) -> None:
    """Add a line to a log, unless it is its last one already."""
    journal.parent.mkdir(droits_du_dossier(), parents=True, exist_ok=True)
    with journal.open("a+", encoding="utf-8") as flux:
        flux.seek(0)
        if flux.read().splitlines()[-1:] != [ligne]:
            flux.write(f"{ligne}\n")
