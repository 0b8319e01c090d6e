"""What the commands that look pharmacies up in a register share: ``--finess``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer_erreur

if TYPE_CHECKING:
    from segur_pha.repertoire.etablissements import Repertoire

__all__ = ["Finess", "ouvrir_le_repertoire"]

Finess = Annotated[
    Path | None,
    Parameter(
        help="Registre des officines : fichier FINESS quotidien (JSON, .gz ou non), ancienne extraction, ou table finess;categorie."
    ),
]


def ouvrir_le_repertoire(finess: Path | None) -> Repertoire | None:
    """Read the register that was given, and say what must be known of it; ``None`` when none was given."""
    if finess is None:
        return None
    from segur_pha.repertoire.lecture import lire_repertoire

    repertoire = lire_repertoire(finess)
    for remarque in repertoire.remarques:
        montrer_erreur(f"{remarque}.")
    return repertoire
