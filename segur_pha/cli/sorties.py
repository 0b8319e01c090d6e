"""What a command is asked to write is looked at first: nothing is read, written or recorded for an output that cannot be."""

from __future__ import annotations

import os
from pathlib import Path

from segur_pha.cli.messages import UsageErrone
from segur_pha.depot.dossier import refuser_l_existant
from segur_pha.fichiers import FichierExistant, exiger_le_dossier

__all__ = ["verifier_les_sorties"]


def verifier_les_sorties(*fichiers: Path, dossier: Path | None = None, registre: str | None = None) -> None:
    """Look whether these new files, and this new folder, could be made; ``registre``: the ledger that is written as well.

    Raises :class:`~segur_pha.DepotRefuse` for a name that is taken, be it by a broken link, ``FileNotFoundError`` for a
    folder that is not there, :class:`~segur_pha.cli.messages.UsageErrone` for two outputs of one name.
    """
    if dossier is not None:
        refuser_l_existant(dossier)
    for chemin in fichiers:
        if os.path.lexists(chemin):
            raise FichierExistant(chemin.name)
    places = [_place(chemin) for chemin in (*fichiers, dossier, registre) if chemin is not None]
    if len(set(places)) < len(places):
        raise UsageErrone("Deux sorties portent le même nom : donnez à chacune le sien.")
    for chemin in fichiers:
        exiger_le_dossier(chemin)


def _place(chemin: Path | str) -> str:
    """Return what two names of one file share: on many disks those that differ by their case only do."""
    absolu = Path(chemin).absolute()
    return str(absolu.parent.resolve() / absolu.name).casefold()
