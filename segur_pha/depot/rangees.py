"""Orders as rows of cells, whatever they were read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from segur_pha.depot.constats import nom_lisible
from segur_pha.depot.valeurs import EPOQUE_EXCEL
from segur_pha.erreurs import DepotRefuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

__all__ = ["Export", "Rangee", "cle_d_entete", "preparer_entetes", "ranger"]


@frozen
class Rangee:
    """A row: its number, its cells by header, and what is wrong with the row itself (French), if anything is."""

    numero: int
    cellules: Mapping[str, object] = field(repr=False)
    defaut: str = ""

    @property
    def est_vide(self) -> bool:
        """Whether no cell holds anything."""
        return all(c is None or (isinstance(c, str) and not c.strip()) for c in self.cellules.values())


@frozen
class Export:
    """Orders before anybody read their values.

    Attributes:
        description: how the source was read, in French, to be shown.
        entetes: the headers, in the source's order.
        rangees: the rows below; read once.
        epoque: the day that a bare number counts from.
    """

    description: str
    entetes: tuple[str, ...]
    rangees: Iterable[Rangee] = field(repr=False)
    epoque: date = EPOQUE_EXCEL


def cle_d_entete(entete: str) -> str:
    """Fold a header as clerks write it: blanks and case make no difference.

    >>> cle_d_entete("  N°  Demande ")
    'n° demande'
    """
    return " ".join(entete.split()).casefold()


def preparer_entetes(titres: Iterable[object], nom: str) -> tuple[str, ...]:
    """Check the headers: texts, each once; columns without a header are allowed where they stay empty."""
    entetes = tuple("" if titre is None else " ".join(str(titre).split()) for titre in titres)
    vus: set[str] = set()
    for entete in filter(None, entetes):
        if cle_d_entete(entete) in vus:
            raise DepotRefuse(f"{nom} : deux colonnes s’appellent « {nom_lisible(entete)} ». Renommez l’une d’elles.")
        vus.add(cle_d_entete(entete))
    if not vus:
        raise DepotRefuse(f"{nom} : la première ligne doit porter les titres des colonnes.")
    return entetes


def ranger(numero: int, entetes: tuple[str, ...], cellules: Iterable[object], defaut: str = "") -> Rangee:
    """Put the cells of a row under their headers; what stands under no header is a fault of the row."""
    nommees: dict[str, object] = {}
    for entete, cellule in zip(entetes, cellules, strict=False):
        if entete:
            nommees[entete] = cellule
        elif cellule is not None and str(cellule).strip():
            defaut = defaut or "une cellule de cette ligne est remplie sous une colonne sans titre"
    return Rangee(numero, nommees, defaut)
