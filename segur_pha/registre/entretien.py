"""Looking after a ledger: copies, and whether it is what its journal says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segur_pha.erreurs import RegistreError
from segur_pha.registre.copies import copier_le_fichier
from segur_pha.registre.verification import verifier_le_registre, verifier_les_depots

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from segur_pha.constats import Constat
    from segur_pha.registre.stockage import Stockage

__all__ = ["Entretien"]


class Entretien:
    """What keeps a :class:`~segur_pha.registre.Registre` in order; it changes nothing in it."""

    _stockage: Stockage

    def copier(self, sortie: str | os.PathLike[str]) -> Path:
        """Copy this ledger to a new SQLite file, as it was last committed, even while others write; the copy is a ledger.

        Raises :class:`~segur_pha.RegistreError` for a ledger that is no SQLite file opened here (a server copies its databases
        itself; an export goes everywhere), :class:`~segur_pha.DepotRefuse` for a name that is taken, ``OSError`` when the disk
        refuses.
        """
        fichier = self._stockage.fichier_sqlite
        if fichier is None:
            raise RegistreError(
                "Seul un registre SQLite, ouvert par son fichier, se copie ainsi : sur un serveur, servez-vous de ses sauvegardes, ou "
                "de segur-pha registre exporter."
            )
        copie = Path(sortie)
        copier_le_fichier(fichier, copie)
        return copie

    def verifier(self) -> tuple[Constat, ...]:
        """Look whether the file is whole, and whether the tables say what the journal says; give what is amiss."""
        with self._stockage.lecture() as connexion:
            return tuple(verifier_le_registre(connexion))

    def verifier_un_depot(self, fichiers: Mapping[str, bytes], pieces: Mapping[str, str]) -> tuple[Constat, ...]:
        """Compare a deposit with what was recorded: its JSON files (name → bytes), its documents (name → SHA-256)."""
        with self._stockage.lecture() as connexion:
            return tuple(verifier_les_depots(connexion, fichiers, pieces))
