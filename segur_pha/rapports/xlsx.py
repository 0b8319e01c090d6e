"""Workbooks that a French Excel opens with typed days and amounts, frozen titles and filters, and that run nothing there."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Final

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.tableau import Marque, en_mots, sans_controle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["en_xlsx"]

_JOUR: Final = "dd/mm/yyyy"
_EUROS: Final = "#,##0.00"
#: What the name of a sheet may not hold, and how long it may be.
_HORS_D_UN_NOM: Final = re.compile(r"[\[\]:*?/\\]")
_LONGUEUR_D_UN_NOM: Final = 31
_LARGEUR_MAXIMALE: Final = 60
#: The rows by which the width of a column is chosen.
_RANGEES_MESUREES: Final = 200


def en_xlsx(feuilles: Mapping[str, Tableau]) -> bytes:
    """Write tables as the bytes of a workbook, a sheet each: name → table.

    Texts stay texts, whatever they begin with; a day is a day, an amount a number.

    Raises :class:`~segur_pha.ExtraManquant` without the extra ``tableur``.

    >>> from segur_pha.rapports.tableau import Tableau
    >>> en_xlsx({"Totaux": Tableau(("Mois", "HT"), [["2022-11", Decimal("850.00")]])})[:2]
    b'PK'
    """
    try:
        from openpyxl import Workbook
    except ImportError as manque:
        raise ExtraManquant("tableur") from manque
    classeur = Workbook(write_only=True)
    for nom, tableau in feuilles.items():
        feuille = classeur.create_sheet(_HORS_D_UN_NOM.sub(" ", sans_controle(nom))[:_LONGUEUR_D_UN_NOM])
        _remplir(feuille, tableau)
    flux = BytesIO()
    classeur.save(flux)
    return flux.getvalue()


def _remplir(feuille: WriteOnlyWorksheet, tableau: Tableau) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for place, titre in enumerate(tableau.colonnes):
        dits = [titre, *(en_mots(rangee[place]) for rangee in tableau.rangees[:_RANGEES_MESUREES])]
        largeur = min(_LARGEUR_MAXIMALE, 2 + max(map(len, dits)))
        feuille.column_dimensions[get_column_letter(place + 1)].width = largeur  # type: ignore[attr-defined]
    feuille.freeze_panes = "A2"
    fin = get_column_letter(len(tableau.colonnes))
    feuille.auto_filter.ref = f"A1:{fin}{len(tableau.rangees) + 1}"  # type: ignore[attr-defined]
    titres = [_cellule(feuille, titre) for titre in tableau.colonnes]
    for cellule in titres:
        cellule.font = Font(bold=True)
    feuille.append(titres)
    for rangee in tableau.rangees:
        feuille.append([_cellule(feuille, valeur) for valeur in rangee])


def _cellule(feuille: WriteOnlyWorksheet, valeur: Cellule) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    match valeur:
        case None:
            return WriteOnlyCell(feuille)
        case bool() | Marque():
            return _texte(feuille, en_mots(valeur))
        case Decimal():
            cellule = WriteOnlyCell(feuille, value=valeur)  # type: ignore[arg-type]
            cellule.number_format = _EUROS
            return cellule
        case int():
            return WriteOnlyCell(feuille, value=valeur)
        case datetime():
            return WriteOnlyCell(feuille, value=valeur)
        case date():
            cellule = WriteOnlyCell(feuille, value=valeur)  # type: ignore[arg-type]
            cellule.number_format = _JOUR
            return cellule
        case _:
            return _texte(feuille, sans_controle(valeur))


def _texte(feuille: WriteOnlyWorksheet, texte: str) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    cellule = WriteOnlyCell(feuille, value=texte)
    # openpyxl would take what begins with « = » for a formula.
    cellule.data_type = "s"
    return cellule
