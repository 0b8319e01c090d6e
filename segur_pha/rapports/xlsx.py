"""Tables as a workbook (extra ``tableur``): one sheet each, titles that stay in sight, and no cell that could be a formula."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.tableau import en_mots, sans_controle

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["en_xlsx"]

_INTERDITS: Final = re.compile(r"[\[\]:*?/\\]")
_NOM_MAXIMUM: Final = 31
_ETROITE, _LARGE = 8, 60
#: How many rows determine the width of a column.
_VUES: Final = 1000
_INSTANT: Final = (1980, 1, 1, 0, 0, 0)
_MODIFIE: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def en_xlsx(*tableaux: Tableau, a_remplir: bool = False) -> bytes:
    """Write tables as the bytes of a workbook; the same tables give the same bytes.

    Days are days and numbers are numbers; a text is a text, whatever it begins with.  Each sheet has its table's title.
    ``a_remplir``: a person will type into it, and a code that begins with a zero must keep it, so texts and empty cells have the
    format Text.

    Raises :class:`~segur_pha.ExtraManquant` when ``openpyxl`` (extra ``tableur``) is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError as erreur:
        raise ExtraManquant("tableur") from erreur
    livre = Workbook()
    for feuille in livre.worksheets:
        livre.remove(feuille)
    for rang, tableau in enumerate(tableaux, 1):
        nom = _INTERDITS.sub(" ", sans_controle(tableau.titre))[:_NOM_MAXIMUM].strip("' ")
        feuille = livre.create_sheet(nom or f"Tableau {rang}")
        _remplir(feuille, tableau)
        if a_remplir:
            _garder_les_textes(feuille, tableau)
    sortie = io.BytesIO()
    livre.save(sortie)
    return _sans_heure(sortie.getvalue())


def _remplir(feuille: Worksheet, tableau: Tableau) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    feuille.freeze_panes = "A2"
    feuille.auto_filter.ref = f"A1:{get_column_letter(len(tableau.colonnes))}{len(tableau.rangees) + 1}"
    for place, titre in enumerate(tableau.colonnes, 1):
        longueurs = [len(titre), *(len(en_mots(rangee[place - 1])) for rangee in tableau.rangees[:_VUES])]
        largeur = min(max(*longueurs, _ETROITE) + 2, _LARGE)
        feuille.column_dimensions[get_column_letter(place)].width = largeur
        _ecrire(feuille, 1, place, titre)
        feuille.cell(1, place).font = Font(bold=True)
    for rang, rangee in enumerate(tableau.rangees, 2):
        for place, valeur in enumerate(rangee, 1):
            if valeur is not None:
                _ecrire(feuille, rang, place, valeur)


def _garder_les_textes(feuille: Worksheet, tableau: Tableau) -> None:
    for rang, rangee in enumerate(tableau.rangees, 2):
        for place, valeur in enumerate(rangee, 1):
            if valeur is None or isinstance(valeur, str):
                feuille.cell(rang, place).number_format = "@"


def _ecrire(feuille: Worksheet, rang: int, place: int, valeur: Cellule) -> None:
    if isinstance(valeur, date) or (isinstance(valeur, int | Decimal) and not isinstance(valeur, bool)):
        cellule = feuille.cell(rang, place, valeur)
        if isinstance(valeur, date):
            cellule.number_format = "dd/mm/yyyy"
        elif isinstance(valeur, Decimal):
            cellule.number_format = "#,##0.00"
    else:
        cellule = feuille.cell(rang, place, en_mots(valeur))
        # Otherwise "=1+1" would be a formula.
        cellule.data_type = "s"


def _sans_heure(octets: bytes) -> bytes:
    """Remove the time from a workbook: from the dates of its parts and from its properties."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as lu, zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as ecrit:
        for nom in lu.namelist():
            contenu = lu.read(nom)
            if nom == "docProps/core.xml":
                contenu = _MODIFIE.sub(rb"\g<1>1980-01-01T00:00:00Z", contenu)
            partie = zipfile.ZipInfo(nom, _INSTANT)
            partie.compress_type = zipfile.ZIP_DEFLATED
            ecrit.writestr(partie, contenu)
    return sortie.getvalue()
