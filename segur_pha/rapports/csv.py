"""CSV that a French Excel opens with a double click, and that cannot run anything there.

UTF-8 with byte order mark (without it Excel reads Windows-1252), ``;`` between cells, a decimal comma, days as
``AAAA-MM-JJ``, CRLF at the end of lines.  For pandas: ``read_csv(…, sep=";", decimal=",")``.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from segur_pha.rapports.tableau import Barre, Marque, Part, en_mots

if TYPE_CHECKING:
    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["en_csv"]

#: What a spreadsheet may take for a formula, full-width forms and leading blanks included.
_FORMULE: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def en_csv(tableau: Tableau) -> bytes:
    """Write a table as the bytes of a CSV file, the titles of its columns first.

    A text that a spreadsheet could take for a formula gets an apostrophe in front; numbers stay numbers, negative ones too.

    >>> from segur_pha.rapports.tableau import Tableau
    >>> en_csv(Tableau(("Code", "HT"), [["=1+1", Decimal("-8.50")]])).decode("utf-8-sig").splitlines()
    ['Code;HT', "'=1+1;-8,50"]
    """
    flux = io.StringIO(newline="")
    plume = csv.writer(flux, delimiter=";", lineterminator="\r\n")
    plume.writerow([_texte(titre) for titre in tableau.colonnes])
    plume.writerows([_cellule(c) for c in rangee] for rangee in tableau.rangees)
    return flux.getvalue().encode("utf-8-sig", errors="replace")


def _cellule(cellule: Cellule) -> str:
    match cellule:
        case bool() | None | Part() | Barre():
            return en_mots(cellule)
        case int():
            return str(cellule)
        case Decimal():
            return f"{cellule:f}".replace(".", ",")
        case date():
            return cellule.isoformat()
        case Marque(texte):
            return _texte(texte)
        case _:
            return _texte(cellule)


def _texte(texte: str) -> str:
    sur = texte.replace("\x00", "\ufffd")
    return f"'{sur}" if _FORMULE.match(sur) else sur
