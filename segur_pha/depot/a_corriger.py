"""The orders that a partial deposit leaves aside, given back as a table of the same columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Tableau

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segur_pha.constats import Constat
    from segur_pha.rapports.tableau import Cellule
    from segur_pha.tableurs import Rangee, TableauLu

__all__ = ["en_csv_a_corriger"]

#: The columns that are added to those of the source.
_AJOUTEES: Final = ("Ligne de l’export", "À corriger")


def en_csv_a_corriger(export: TableauLu, ecartees: Iterable[tuple[Rangee, Sequence[Constat]]]) -> bytes:
    """Give the rows left aside back, as they were, with what is to be corrected."""
    colonnes = [(place, titre) for place, titre in enumerate(export.titres) if titre and titre not in _AJOUTEES]
    rangees = [
        [
            *(_cellule(rangee.cellules[place]) for place, _ in colonnes),
            str(rangee.numero),
            " ; ".join(_resume(faute) for faute in fautes),
        ]
        for rangee, fautes in ecartees
    ]
    return en_csv(Tableau((*(titre for _, titre in colonnes), *_AJOUTEES), rangees))


def _resume(faute: Constat) -> str:
    return " : ".join(filter(None, (faute.colonne, faute.document, faute.message)))


def _cellule(cellule: object) -> Cellule:
    if isinstance(cellule, datetime) and cellule.time() == datetime.min.time():
        return cellule.date()
    return cellule if isinstance(cellule, str | bool | int | date) else "" if cellule is None else str(cellule)
