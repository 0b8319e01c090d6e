"""The outputs of a command are checked first: nothing is read, written or recorded for one that could not be written."""

from __future__ import annotations

import os
from pathlib import Path

from segur_pha.cli.messages import UsageErrone
from segur_pha.depot.dossier import refuser_l_existant
from segur_pha.fichiers import FichierExistant, chemin_reel, exiger_le_dossier

__all__ = ["place", "verifier_les_sorties"]


def verifier_les_sorties(*fichiers: Path, dossier: Path | None = None, registre: str | None = None) -> None:
    """Check that these new files, and this new folder, could be made; ``registre``: the ledger that is also written.

    Raises :class:`~segur_pha.DepotRefuse` for a name that is taken, even by a broken link, ``FileNotFoundError`` for a missing
    folder, :class:`~segur_pha.cli.messages.UsageErrone` for two outputs with the same name.
    """
    if dossier is not None:
        refuser_l_existant(dossier)
    for chemin in fichiers:
        if os.path.lexists(chemin):
            raise FichierExistant(chemin.name)
    places = [place(chemin) for chemin in (*fichiers, dossier, registre) if chemin is not None]
    if len(set(places)) < len(places):
        raise UsageErrone("Deux sorties portent le même nom : donnez à chacune le sien.")
    for chemin in fichiers:
        exiger_le_dossier(chemin)


def place(chemin: Path | str) -> str:
    """Return what two names of one file have in common: on many disks, names that differ only by case are the same."""
    absolu = Path(chemin).absolute()
    return str(chemin_reel(absolu.parent) / absolu.name).casefold()
