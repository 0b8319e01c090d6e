"""From a file, bytes or a text to rows of cells: CSV (encoding and delimiter found) and XLSX."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

from segur_pha.certificats.colonnes import choix_de_colonnes, places_des_champs
from segur_pha.certificats.parc import SuiviIllisible
from segur_pha.classeurs import COLONNES_MAXIMUM, demesure
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Lignes", "Source", "Tableau", "octets_de", "ouvrir_tableau"]

Source: TypeAlias = "Path | bytes | str"
Lignes: TypeAlias = "Iterator[tuple[int, list[str] | str]]"
"""Line number and cells, or the reason (French) why there are none."""

#: A national fleet of 128,698 certificates weighs a third of it.
_OCTETS_MAXIMUM = 100_000_000
_DELIMITEURS = (";", ",", "\t", "|")
_LIGNES_AVANT_ENTETES = 20
_REFUS = (
    (FileNotFoundError, "il est introuvable"),
    (IsADirectoryError, "c’est un dossier"),
    (PermissionError, "l’accès est refusé"),
)


@frozen
class Tableau:
    """A table whose headers were recognised: the places of its fields, its width, and the rows under the headers."""

    places: Mapping[str, list[int]]
    largeur: int
    lignes: Lignes


def ouvrir_tableau(
    source: Source,
    champs: Mapping[str, frozenset[str]],
    besoins: tuple[tuple[str, ...], ...],
    *,
    quoi: str,
    colonnes: Mapping[str, str] | None = None,
) -> Tableau:
    """Open a table and find its row of headers among the first twenty, whatever the delimiter.

    Raises:
        SuiviIllisible: the source cannot be opened, or no row names the needed columns.
        ExtraManquant: an XLSX without the extra ``tableur``.
    """
    choix = choix_de_colonnes(colonnes, champs)
    vue: list[str] = []
    for lignes in _lectures(octets_de(source, quoi)):
        for _, cellules in islice(lignes, _LIGNES_AVANT_ENTETES):
            if isinstance(cellules, str) or len(cellules) > COLONNES_MAXIMUM:
                continue
            places = places_des_champs(cellules, champs, besoins, choix)
            if places is not None:
                return Tableau(places, len(cellules), lignes)
            # The widest row is the best guess at what the author meant as headers.
            vue = max(vue, cellules, key=len)
    attendus = " et ".join(" ou ".join(f"« {champ} »" for champ in besoin) for besoin in besoins)
    imposes = f" et les colonnes demandées ({', '.join(colonnes)})" if colonnes else ""
    raise SuiviIllisible(
        f"Le {quoi} n’a pas de ligne d’intitulés où reconnaître {attendus}{imposes} ; {len(vue)} colonnes lues. "
        'Indiquez-les avec --colonnes "champ=intitulé" ou colonnes={"champ": "intitulé"}.'
    )


def octets_de(source: Source, quoi: str) -> bytes:
    """Return the bytes of a source.

    Raises:
        SuiviIllisible: the file cannot be read, or a text looks like a path.
    """
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        if "\n" not in source and "\r" not in source:
            raise SuiviIllisible(
                f"Le {quoi} est un texte d’une seule ligne. Si c’est un chemin, donnez Path(…), de pathlib."
            )
        return source.encode("utf-8", "surrogatepass")
    if not isinstance(source, Path):
        raise SuiviIllisible(f"Le {quoi} : donnez son Path, ses octets (bytes) ou son texte (str).")
    try:
        with source.open("rb") as flux:
            octets = flux.read(_OCTETS_MAXIMUM + 1)
    except OSError as erreur:
        raison = next((mots for sorte, mots in _REFUS if isinstance(erreur, sorte)), "le système refuse de l’ouvrir")
        raise SuiviIllisible(f"Le {quoi}, {source.name}, n’a pas pu être lu : {raison}.") from erreur
    if len(octets) > _OCTETS_MAXIMUM:
        raise SuiviIllisible(
            f"Le {quoi}, {source.name}, dépasse {_OCTETS_MAXIMUM // 1_000_000} Mo : est-ce le bon fichier ?"
        )
    return octets


def _lectures(octets: bytes) -> Iterator[Lignes]:
    if octets.startswith(b"PK\x03\x04"):
        yield _lignes_xlsx(octets)
        return
    codage = _codage(octets)
    # Without a quote, cutting is all that the csv module does, at twice the time.
    lire = _lignes_csv if b'"' in octets else _lignes_sans_guillemet
    for delimiteur in _DELIMITEURS:
        texte = io.TextIOWrapper(
            io.BytesIO(octets), codage, errors="replace", newline="" if lire is _lignes_csv else None
        )
        yield lire(texte, delimiteur)


def _codage(octets: bytes) -> str:
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for codage in ("utf-8-sig", "cp1252"):
        try:
            octets.decode(codage)
        except UnicodeDecodeError:
            continue
        return codage
    return "latin-1"


def _lignes_sans_guillemet(texte: Iterable[str], delimiteur: str) -> Lignes:
    return ((numero, ligne.rstrip("\n").split(delimiteur)) for numero, ligne in enumerate(texte, 1))


def _lignes_csv(texte: Iterable[str], delimiteur: str) -> Lignes:
    # strict: a quote left open would otherwise swallow the following rows into one cell, without a word.
    lecteur = csv.reader(texte, delimiter=delimiteur, strict=True)
    fin = object()
    while True:
        numero = lecteur.line_num + 1
        try:
            cellules = next(lecteur, fin)
        except csv.Error:
            dernieres = f" (jusqu’à la ligne {lecteur.line_num})" if lecteur.line_num > numero else ""
            yield numero, f"guillemet mal placé ou jamais refermé{dernieres}"
            continue
        if cellules is fin:
            return
        yield numero, cellules  # type: ignore[misc]


def _lignes_xlsx(octets: bytes) -> Lignes:
    try:
        import openpyxl
    except ImportError as erreur:
        raise ExtraManquant("tableur") from erreur
    try:  # a damaged workbook fails in many ways inside zipfile and openpyxl
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            trop = demesure(archive)
        with warnings.catch_warnings():
            # openpyxl warns of styles it does not know; only values matter here.
            warnings.simplefilter("ignore")
            feuille = (
                None
                if trop
                else openpyxl.load_workbook(io.BytesIO(octets), read_only=True, data_only=True).worksheets[0]
            )
    except Exception as erreur:
        raise _classeur_abime() from erreur
    if feuille is None:
        raise _demesure()
    # Some exports declare a size of one cell; what counts is what is there.
    feuille.reset_dimensions()
    yield from enumerate(_rangees(feuille.iter_rows(values_only=True)), 1)


def _rangees(rangees: Iterator[tuple[object, ...]]) -> Iterator[list[str]]:
    while True:
        try:
            rangee = next(rangees, None)
        except Exception as erreur:
            raise _classeur_abime() from erreur
        if rangee is None:
            return
        # A single cell far to the right makes its row sixteen thousand cells wide.
        if len(rangee) > COLONNES_MAXIMUM:
            raise _demesure()
        yield [_en_texte(valeur) for valeur in rangee]


def _classeur_abime() -> SuiviIllisible:
    return SuiviIllisible("Ce classeur XLSX est abîmé : ouvrez-le et enregistrez-le de nouveau.")


def _demesure() -> SuiviIllisible:
    return SuiviIllisible("Ce classeur XLSX est démesuré : recopiez le tableau dans un classeur neuf.")


def _en_texte(valeur: object) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, date):
        return valeur.isoformat()
    return str(valeur)
