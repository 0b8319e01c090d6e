"""Options that several commands share, with their help: what to read, what to repair, how to show it, days.

Days are written as in the guide, 15/11/2022, or as in programs, 2022-11-15.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer_erreur
from segur_pha.cli.messages import FORMES_D_UN_JOUR, UsageErrone
from segur_pha.erreurs import SegurError
from segur_pha.vagues import PAR_DEFAUT, vague

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.repertoire.etablissements import Repertoire
    from segur_pha.table.specification import Specification

__all__ = [
    "EST_UN_JOUR",
    "Encodage",
    "Feuille",
    "Finess",
    "Forme",
    "Majuscules",
    "Reglages",
    "TexteOuJson",
    "Vague",
    "Zeros",
    "lire_le_jour",
    "ouvrir_le_repertoire",
    "specification_de",
    "specification_nommee",
]

#: Each command gives its own default.
TexteOuJson = Annotated[Literal["texte", "json"], Parameter(help="Forme du résultat ; json, pour un programme.")]
Forme = Annotated[TexteOuJson, Parameter(name="--format")]
Feuille = Annotated[
    str | None,
    Parameter(help="Feuille du classeur à lire, par son nom ou son rang ; la première qui convient par défaut."),
]
Encodage = Annotated[
    str | None, Parameter(help="Encodage du CSV quand il est douteux : macroman, cp850, windows-1252.")
]
Majuscules = Annotated[bool, Parameter(help="Met les noms des responsables en majuscules.", negative="")]
Zeros = Annotated[
    bool, Parameter(help="Rend son zéro de tête à un FINESS de huit chiffres dont la clé est alors juste.", negative="")
]
Reglages = Annotated[Path, Parameter(help="Les réglages de l’éditeur.")]
Vague = Annotated[
    str | None, Parameter(name="--vague", help=f"Vague des demandes, par son nom ; {PAR_DEFAUT.nom} par défaut.")
]


def specification_nommee(nom: str | None) -> Specification | None:
    """Return the wave that was named, ``None`` if none was: whichever wave has the number is meant."""
    return None if nom is None else specification_de(nom)


def specification_de(nom: str | None) -> Specification:
    """Return the wave that was named, or the default one."""
    if nom is None:
        return PAR_DEFAUT
    try:
        return vague(nom)
    except SegurError as refus:
        raise UsageErrone(str(refus)) from None


Finess = Annotated[
    Path | None,
    Parameter(
        help="Registre des officines : fichier FINESS quotidien (JSON, .gz ou non), ancienne extraction, ou table finess;categorie."
    ),
]


def ouvrir_le_repertoire(finess: Path | None) -> Repertoire | None:
    """Read the register that was given, and say what must be known about it; ``None`` when none was given."""
    if finess is None:
        return None
    from segur_pha.repertoire.lecture import lire_repertoire

    repertoire = lire_repertoire(finess)
    for remarque in repertoire.remarques:
        montrer_erreur(f"{remarque}.")
    return repertoire


def lire_le_jour(texte: str) -> date:
    """Read a day; raises ``ValueError`` for anything else, and for a day that does not exist.

    >>> lire_le_jour("15/11/2022") == lire_le_jour("2022-11-15")
    True
    """
    for forme in FORMES_D_UN_JOUR:
        if vu := forme.fullmatch(texte.strip()):
            return date(int(vu["an"]), int(vu["mois"]), int(vu["jour"]))
    raise ValueError("no day")


def _convertir(_: object, mots: Sequence[object]) -> date:
    return lire_le_jour(str(getattr(mots[0], "value", "")))


#: What each option for a day adds to its help.
EST_UN_JOUR: Final = Parameter(converter=_convertir, n_tokens=1)
