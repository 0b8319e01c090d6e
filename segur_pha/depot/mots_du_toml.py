"""What is wrong with a settings file, worded for TOML: quotes, ``true`` and ``false``, and the file's own keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from segur_pha.table.formats import Booleen, Code, DateJJMMAAAA, Format, Montant, Nature
from segur_pha.table.regles import juger_valeur
from segur_pha.tableurs.rangees import EXTENSIONS_DE_TABLEAU

if TYPE_CHECKING:
    from pathlib import Path

    from segur_pha.table.balise import Balise

__all__ = ["faute_de_toml", "mal_ecrite", "pris_pour_des_reglages"]

#: What tomllib says about a word without quotes, and about what follows a number in a value such as 15/11/2022.
_SANS_GUILLEMETS: Final = ("Invalid value", "Expected newline or end of document after a statement")


def mal_ecrite(rangee: Balise, valeur: object) -> str:
    """Say how to write a value of ``[defauts]``; ``""`` when it is of the right kind, whatever it says.

    >>> from segur_pha import VA1
    >>> from segur_pha.table.roles import Role
    >>> mal_ecrite(VA1.role(Role.MONTANT), 708.33)
    'écrivez le montant entre guillemets, comme "708.33"'
    """
    champ = rangee.format
    if not isinstance(champ, Format) or _est_de_ce_genre(champ, rangee, valeur):
        return ""
    if isinstance(champ, Booleen):
        return "écrivez true ou false, sans guillemets"
    if isinstance(champ, DateJJMMAAAA):
        return 'écrivez le jour, sans heure, entre guillemets, comme "15/11/2022"'
    if isinstance(champ, Montant):
        return 'écrivez le montant entre guillemets, comme "708.33"'
    if isinstance(champ, Code):
        codes = [f'"{membre.value}"' for membre in champ.enumeration]
        return f"écrivez {' ou '.join(codes)}, entre guillemets"
    return "écrivez un texte entre guillemets"


def _est_de_ce_genre(champ: Format, rangee: Balise, valeur: object) -> bool:
    if isinstance(champ, DateJJMMAAAA) and isinstance(valeur, date):
        return not isinstance(valeur, datetime)
    if isinstance(champ, DateJJMMAAAA | Montant):
        return isinstance(valeur, str)
    if not isinstance(valeur, bool | int | str):
        return False
    defaut = juger_valeur(rangee, valeur)
    return defaut is None or defaut.nature is not Nature.TYPE


def faute_de_toml(erreur: Exception) -> str:
    """Keep the place of a TOML fault but not the text around it, which may be anything; say what is usually meant."""
    message, _, fin = str(erreur).rpartition("(at ")
    if fin == "end of document)":
        return "(à la fin du fichier)"
    if not fin.endswith(")"):
        return "(illisible)"
    ou = f"(à {fin[:-1].replace('line', 'la ligne').replace('column', 'colonne')})"
    if message.strip() not in _SANS_GUILLEMETS:
        return ou
    return f"{ou} : un texte se met entre guillemets, oui s’écrit true et non s’écrit false"


def pris_pour_des_reglages(chemin: Path) -> str:
    """Say that a table was given instead of settings; ``""`` for any other file.

    >>> from pathlib import Path
    >>> pris_pour_des_reglages(Path("editeur.toml"))
    ''
    """
    if chemin.suffix.lower() not in EXTENSIONS_DE_TABLEAU:
        return ""
    return (
        f"{chemin.name} : c’est un tableau, et les réglages sont un fichier TOML, comme editeur.toml. Les deux fichiers sont "
        "peut-être intervertis."
    )
