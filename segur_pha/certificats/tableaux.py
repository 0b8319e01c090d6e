"""From a file, bytes or a text to rows of texts under recognised titles, with the same table reader as everywhere."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from attrs import frozen

from segur_pha.certificats.colonnes import champ_de, choix_de_colonnes, places_des_champs
from segur_pha.certificats.parc import SuiviIllisible
from segur_pha.tableurs import CelluleAbimee, TableauLu, Titres, lire_tableau, octets_du_fichier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Lignes", "Source", "TableauOuvert", "octets_de", "ouvrir_tableau"]

Source: TypeAlias = "bytes | str | os.PathLike[str]"
Lignes: TypeAlias = "Iterator[tuple[int, list[str] | str]]"
"""Row number and cells, or the reason (in French) why there are none."""

#: In bytes; a national fleet of 128,698 certificates takes a third of that.
_OCTETS_MAXIMUM = 100_000_000
#: The fields without which a row is not a certificate, and which must not be guessed.
_EXIGES = ("fin", "finess", "structure", "debut")
_REFUS = (
    (FileNotFoundError, "il est introuvable"),
    (IsADirectoryError, "c’est un dossier"),
    (PermissionError, "l’accès est refusé"),
)


@frozen
class TableauOuvert:
    """A table whose titles were recognised: the places of its fields, its width, the rows below them, and how it was read.

    ``au_dessus`` are the rows above the titles.
    """

    places: Mapping[str, list[int]]
    largeur: int
    lignes: Lignes
    lu: TableauLu
    au_dessus: Sequence[Sequence[str]] = ()


def ouvrir_tableau(
    source: Source,
    champs: Mapping[str, frozenset[str]],
    besoins: tuple[tuple[str, ...], ...],
    *,
    quoi: str,
    colonnes: Mapping[str, str] | None = None,
    feuille: str | None = None,
    encodage: str | None = None,
) -> TableauOuvert:
    """Open a table and find its row of titles, whatever the separator or the sheet.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when the source cannot be opened, or no row names the needed columns;
    :class:`~segur_pha.ExtraManquant` for an XLSX without the extra ``tableur``.
    """
    choix = choix_de_colonnes(colonnes, champs)

    autres: list[Sequence[str]] = []

    def compter(titres: Sequence[str]) -> int:
        places = places_des_champs(titres, champs, besoins, choix)
        if places is None:
            autres.append(titres)
        return len(places or ())

    attendus = " et ".join(map(_au_choix, besoins))
    imposes = "".join(f" et « {titre} », que vous demandez pour {champ}," for champ, titre in (colonnes or {}).items())
    remede = 'Indiquez les intitulés avec --colonnes "champ=intitulé" ou colonnes={"champ": "intitulé"}.'
    nom = f"Le {quoi}, {Path(source).name}" if isinstance(source, os.PathLike) else f"Le {quoi}"
    octets = octets_de(source, quoi)
    lu = lire_tableau(
        source if isinstance(source, str) else octets,
        Titres(compter, attendus + imposes, remede, lambda titre: champ_de(titre, champs) is not None),
        nom=nom,
        feuille=feuille,
        encodage=encodage,
        refus=SuiviIllisible,
    )
    places = places_des_champs(lu.titres, champs, besoins, choix)
    assert places is not None
    exigees = [place for champ in _EXIGES for place in places.get(champ, ())]
    return TableauOuvert(places, len(lu.titres), _lignes(lu, exigees), lu, autres)


def _au_choix(champs: Sequence[str]) -> str:
    """Name columns of which one is enough; if there are many, only the first ones.

    >>> _au_choix(["fin"]), _au_choix(["finess", "structure", "numero", "canal"])
    ('« fin »', '« finess », « structure » ou « numero »…')
    """
    *debut, dernier = (f"« {champ} »" for champ in champs[:_CHAMPS_NOMMES])
    dits = f"{', '.join(debut)} ou {dernier}" if debut else dernier
    return f"{dits}{'…' if len(champs) > _CHAMPS_NOMMES else ''}"


#: How many alternative columns a message names.
_CHAMPS_NOMMES: Final = 3


def octets_de(source: Source, quoi: str) -> bytes:
    """Return the bytes of a source.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when the file cannot be read, or a text looks like a path.
    """
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        if "\n" not in source and "\r" not in source:
            raise SuiviIllisible(
                f"Le {quoi} est un texte d’une seule ligne. Si c’est un chemin, donnez Path(…), de pathlib."
            )
        return source.encode("utf-8", "surrogatepass")
    if not isinstance(source, os.PathLike):
        raise SuiviIllisible(f"Le {quoi} : donnez son Path, ses octets (bytes) ou son texte (str).")
    chemin = Path(source)
    try:
        return octets_du_fichier(
            chemin, maximum=_OCTETS_MAXIMUM, nom=f"Le {quoi}, {chemin.name},", refus=SuiviIllisible
        )
    except OSError as erreur:
        raison = next((mots for sorte, mots in _REFUS if isinstance(erreur, sorte)), "le système refuse de l’ouvrir")
        raise SuiviIllisible(f"Le {quoi}, {chemin.name}, n’a pas pu être lu : {raison}.") from erreur


def _lignes(lu: TableauLu, exigees: Sequence[int]) -> Lignes:
    for rangee in lu.rangees:
        cellules = rangee.cellules
        if rangee.defaut:
            yield rangee.numero, rangee.defaut
        elif lu.que_des_textes:
            yield rangee.numero, cast("list[str]", cellules)
        elif abimees := [c for place in exigees if isinstance(c := cellules[place], CelluleAbimee)]:
            yield rangee.numero, abimees[0].message(str)
        else:
            yield rangee.numero, [_en_texte(cellule) for cellule in cellules]


def _en_texte(valeur: object) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, date):
        return valeur.isoformat()
    return str(valeur)
