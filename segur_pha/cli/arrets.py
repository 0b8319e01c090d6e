"""What stops a command: said in French, with the exit code that goes with it.  Loaded only then."""

from __future__ import annotations

import sys
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from segur_pha.cli.console import en_ligne, montrer_erreur, sortir_json
from segur_pha.cli.messages import (
    UsageErrone,
    erreur,
    erreur_d_usage,
    erreur_du_systeme,
    sans_mot_de_passe,
    tous_ensemble,
)
from segur_pha.erreurs import ExtraManquant, SegurError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["dire_l_arret", "dire_le_refus_du_systeme"]

REFUSE, MAUVAIS_USAGE, INTERROMPU = 2, 64, 130


def dire_l_arret(argv: Sequence[str], arret: BaseException) -> int | None:
    """Say why a command stopped, and give its exit code; ``None`` for a fault of ours, or a refusal of the system."""
    match arret:
        case ExtraManquant():
            return _echec(argv, str(tous_ensemble(arret, argv)))
        case UsageErrone():
            return _echec(argv, str(arret), MAUVAIS_USAGE)
        case SegurError():
            # DepotRefuse may also be an OSError (FichierExistant): its own message says more.
            return _echec(argv, str(arret), refus=arret)
        case KeyboardInterrupt():
            return _echec(argv, "Interrompu.", INTERROMPU)
        case MemoryError():
            return _echec(
                argv, "La mémoire de cet ordinateur ne suffit pas ; fermez d’autres programmes, puis recommencez."
            )
    # A parser that was not loaded has refused nothing, and may not even be there.
    if "cyclopts" in sys.modules:
        from cyclopts import CycloptsError

        if isinstance(arret, CycloptsError):
            return _echec(argv, erreur_d_usage(arret), MAUVAIS_USAGE)
    return None


def dire_le_refus_du_systeme(argv: Sequence[str], refus: OSError) -> int:
    """Say what the system refused, and give the exit code."""
    return _echec(argv, erreur_du_systeme(refus))


def _echec(argv: Sequence[str], message: str, code: int = REFUSE, *, refus: SegurError | None = None) -> int:
    """Say what went wrong: in French for people, and as JSON too for a program that asked for JSON."""
    dit = sans_mot_de_passe(message)
    premiere, *suite = dit.splitlines()
    if ("--format", "json") in pairwise(argv) or "--format=json" in argv:
        from segur_pha.cli.objets import objet_du_refus

        with suppress(OSError, ValueError):  # nobody reads any more, or the disk is full
            sortir_json({"version": 1, "erreur": objet_du_refus(dit, refus)})
    montrer_erreur(erreur(premiere), *map(en_ligne, suite))
    return code
