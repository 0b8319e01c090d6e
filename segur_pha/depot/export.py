"""The export of orders: opened with its settings; orders that are left aside are written back as a table of the same columns."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from segur_pha.depot.ressemblances import noms_de, sont_des_titres
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Tableau, nom_lisible
from segur_pha.tableurs import TableauLu, Titres, lire_mappings, lire_tableau, octets_du_fichier, titres_connus
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from segur_pha.constats import Constat
    from segur_pha.rapports.tableau import Cellule
    from segur_pha.table.specification import Specification
    from segur_pha.tableurs import Rangee

__all__ = ["SourceDeCommandes", "TitresLus", "en_csv_a_corriger", "ouvrir_export", "titres_d_export"]

SourceDeCommandes: TypeAlias = "str | os.PathLike[str] | Iterable[Mapping[str, object]] | TableauLu"

#: No export of orders is larger; a larger file is something else.
OCTETS_MAXIMUM: Final = 50_000_000
#: The deposits of one day hold no more requests than this: 999 files of 200.
LIGNES_MAXIMUM: Final = 250_000
#: A row with that many texts is a row of titles, whatever is below it.
_ASSEZ_DE_TITRES: Final = 4


def ouvrir_export(
    source: SourceDeCommandes, connus: Collection[str], *, feuille: str | None = None, encodage: str | None = None
) -> TableauLu:
    """Open an export: the path of a CSV or XLSX file (told apart by content), mappings title → cell, or an open table.

    ``connus``: the titles that mean something, by which the separator of a CSV, the sheet and the row of titles are
    recognised.  ``feuille``, ``encodage``: see ``segur_pha.tableurs.lire_tableau``.

    Raises :class:`~segur_pha.DepotRefuse` when the source cannot be read as a table, even while its rows are being read;
    ``OSError`` when the file cannot be read at all, :class:`~segur_pha.ExtraManquant` for a workbook without the extra
    ``tableur``.

    >>> export = ouvrir_export([{"Titulaire": "DURAND"}, {"FINESS": "777777777"}], {"FINESS"})
    >>> export.titres, [rangee.numero for rangee in export.rangees]
    (('Titulaire', 'FINESS'), [1, 2])
    """
    if isinstance(source, TableauLu):
        return source
    if not isinstance(source, str | os.PathLike):
        return lire_mappings(source, refus=DepotRefuse)
    chemin = Path(source)
    export = lire_tableau(
        octets_du_fichier(chemin, maximum=OCTETS_MAXIMUM, refus=DepotRefuse),
        titres_connus(connus),
        nom=nom_lisible(chemin.name),
        feuille=feuille,
        encodage=encodage,
        lignes_maximum=LIGNES_MAXIMUM,
        refus=DepotRefuse,
    )
    export.rangees = _sans_illisible(export.rangees, nom_lisible(chemin.name))
    return export


@frozen
class TitresLus:
    """What stands in the row of an unknown export that was taken for the titles.

    Attributes:
        ligne: its number, as in a spreadsheet; ``nombre``: how many of its cells are not empty.
        titres: its titles; none when its cells are rather those of an order, which are nobody else's business.
    """

    ligne: int
    nombre: int
    titres: tuple[str, ...]


def titres_d_export(source: str | os.PathLike[str], specification: Specification = PAR_DEFAUT) -> TitresLus:
    """Return the titles of an unknown export: the first row with several texts, otherwise the first with any.

    Raises what :func:`ouvrir_export` raises.

    >>> lus = titres_d_export(Path("examples", "commandes.csv"))
    >>> lus.ligne, lus.nombre, lus.titres[:3]
    (1, 9, ('N° demande', 'Date de signature', 'Titulaire'))
    """
    chemin = Path(source)
    octets = octets_du_fichier(chemin, maximum=OCTETS_MAXIMUM, refus=DepotRefuse)
    plusieurs = Titres(lambda cellules: min(len([c for c in cellules if c.strip()]), _ASSEZ_DE_TITRES), "des titres")
    tableau = lire_tableau(octets, plusieurs, nom=nom_lisible(chemin.name), refus=DepotRefuse)
    mots = vocabulaire(specification)
    des_titres = sont_des_titres(tableau.titres, {mot: noms_de(mot, mots) for mot in mots.colonnes})
    return TitresLus(tableau.ligne_des_titres, sum(map(bool, tableau.titres)), tableau.titres if des_titres else ())


def _sans_illisible(rangees: Iterable[Rangee], nom: str) -> Iterator[Rangee]:
    """Refuse the whole export for a row that may have swallowed others."""
    for rangee in rangees:
        if rangee.illisible:
            raise DepotRefuse(f"{nom}, ligne {rangee.numero} : {rangee.defaut}. Corrigez cette ligne et recommencez.")
        yield rangee


#: The columns added to those of the source.
_AJOUTEES: Final = ("Ligne de l’export", "À corriger")


def en_csv_a_corriger(export: TableauLu, ecartees: Iterable[tuple[Rangee, Sequence[Constat]]]) -> bytes:
    """Write the rows left aside as they were, with what must be corrected."""
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
