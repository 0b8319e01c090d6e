"""CSV that a French Excel opens with a double click, and that cannot run anything there.

UTF-8 with byte order mark (without it Excel reads Windows-1252), ``;`` between cells, a decimal comma, days as
``AAAA-MM-JJ``, CRLF at the end of lines.  For pandas: ``read_csv(…, sep=";", decimal=",")``.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from segur_pha.rapports.tableau import Barre, Part, en_mots

if TYPE_CHECKING:
    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["en_csv"]

#: What a spreadsheet may take for a formula, including full-width forms and leading blanks.
_FORMULE: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
#: Where a formula begins within a text, for a reader that takes commas, tabs or line ends for the ends of cells (and then our
#: quotation marks for its own).
_FORMULE_DEDANS: Final = re.compile(r'([,\t\r\n])(?=(?:[^\S\t\r\n]|")*[=+\-@＝＋－＠])')
_GUILLEMET: Final = '"'
#: What makes a text need quotation marks.
_A_ENTOURER: Final = re.compile(r'[;,"\t\r\n]')


def en_csv(tableau: Tableau) -> bytes:
    r"""Write a table as the bytes of a CSV file, starting with the titles of its columns.

    A text that a spreadsheet could take for a formula gets an apostrophe in front; numbers remain numbers, even negative ones.
    So does a part that would be a formula if the text were cut at its commas, tabs or line ends; such a text is also quoted.

    >>> from segur_pha.rapports.tableau import Tableau
    >>> en_csv(Tableau(("Code", "HT"), [["=1+1", Decimal("-8.50")]])).decode("utf-8-sig").splitlines()
    ['Code;HT', "'=1+1;-8,50"]
    >>> en_csv(Tableau(("Nom",), [["a,=1+1"]])).decode("utf-8-sig").splitlines()[1]
    '"a,\'=1+1"'
    """
    lignes = [[_texte(titre) for titre in tableau.colonnes]]
    lignes += ([_cellule(c) for c in rangee] for rangee in tableau.rangees)
    # A row of one empty cell would otherwise not be a row.
    ecrites = ("".join((";".join(ligne) or ('""' if ligne else ""), "\r\n")) for ligne in lignes)
    return "".join(ecrites).encode("utf-8-sig", errors="replace")


def _cellule(cellule: Cellule) -> str:
    match cellule:
        case str():
            return _texte(cellule)
        case Decimal():
            return f"{cellule:f}".replace(".", ",")
        case bool() | None | Part() | Barre():
            return en_mots(cellule)
        case int():
            return str(cellule)
        case date():
            return cellule.isoformat()
        case _:
            return _texte(cellule.texte)


def _texte(texte: str) -> str:
    if texte.isalnum():
        return texte
    sur = _FORMULE_DEDANS.sub(r"\1'", texte.replace("\x00", "\ufffd"))
    sur = f"'{sur}" if _FORMULE.match(sur) else sur
    return f'"{sur.replace(_GUILLEMET, 2 * _GUILLEMET)}"' if _A_ENTOURER.search(sur) else sur
