"""CSV cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["cellule", "en_csv"]

_DEBUTS_DE_FORMULE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cellule(texte: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what would start one.

    >>> cellule("Pharmacie du Port"), cellule("=HYPERLINK(1)")
    ('Pharmacie du Port', "'=HYPERLINK(1)")
    """
    return f"'{texte}" if texte.lstrip(" ").startswith(_DEBUTS_DE_FORMULE) else texte


def en_csv(entetes: Sequence[str], lignes: Iterable[Sequence[object]]) -> bytes:
    r"""Return a table as a French spreadsheet opens it: semicolons, UTF-8 with its mark, safe text cells.

    Numbers are written as they are, ``None`` as an empty cell.

    >>> en_csv(["nom", "nombre"], [["@b", -1]]).decode("utf-8-sig")
    "nom;nombre\r\n'@b;-1\r\n"
    """
    sortie = io.StringIO(newline="")
    ecrivain = csv.writer(sortie, delimiter=";")
    ecrivain.writerow([cellule(entete) for entete in entetes])
    for ligne in lignes:
        ecrivain.writerow([cellule(valeur) if isinstance(valeur, str) else valeur for valeur in ligne])
    return sortie.getvalue().encode("utf-8-sig", "replace")
