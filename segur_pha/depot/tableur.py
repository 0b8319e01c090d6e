"""Orders from a spreadsheet (extra ``tableur``): the values that Excel shows, read in bounded memory."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from io import BytesIO
from itertools import repeat
from typing import TYPE_CHECKING, Final

from segur_pha.classeurs import COLONNES_MAXIMUM, demesure
from segur_pha.depot.constats import nom_lisible
from segur_pha.depot.rangees import Export, Rangee, preparer_entetes, ranger
from segur_pha.erreurs import DepotRefuse, ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.workbook.workbook import Workbook

    Cellules = tuple[object, ...]

__all__ = ["lire_tableur"]

LIGNES_MAXIMUM: Final = 250_000

_BLOC: Final = 1 << 16


def lire_tableur(octets: bytes, *, nom: str) -> Export:
    """Read the first sheet of a workbook (.xlsx): the first row holds the headers.

    Raises :class:`~segur_pha.DepotRefuse` for what is no workbook or is out of all proportion,
    :class:`~segur_pha.ExtraManquant` without openpyxl.
    """
    formules = _a_des_formules(octets, nom)
    classeur = _ouvrir(octets, nom, valeurs=True)
    feuille = nom_lisible(classeur.worksheets[0].title)
    lignes = _lignes(classeur, nom)
    entetes = preparer_entetes(_sans_fin_vide(next(lignes, ())), nom)
    ecrites = _lignes(_ouvrir(octets, nom, valeurs=False), nom) if formules else None
    return Export(
        f"classeur Excel, feuille « {feuille} »",
        entetes,
        _rangees(entetes, lignes, ecrites),
        epoque=classeur.epoch.date(),
    )


def _a_des_formules(octets: bytes, nom: str) -> bool:
    """Refuse a zip bomb, and tell whether a sheet holds formulas."""
    try:
        with zipfile.ZipFile(BytesIO(octets)) as archive:
            if demesure(archive):
                raise DepotRefuse(f"{nom} : ce classeur est démesuré. Recopiez les commandes dans un classeur neuf.")
            feuilles = [p for p in archive.infolist() if p.filename.startswith("xl/worksheets/")]
            return any(_contient_une_formule(archive, feuille) for feuille in feuilles)
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        zlib.error,
    ) as erreur:
        raise _illisible(nom) from erreur


def _contient_une_formule(archive: zipfile.ZipFile, feuille: zipfile.ZipInfo) -> bool:
    fin = b""
    with archive.open(feuille) as flux:
        while bloc := flux.read(_BLOC):
            if b"<f>" in fin + bloc or b"<f " in fin + bloc:
                return True
            fin = bloc[-2:]
    return False


def _ouvrir(octets: bytes, nom: str, *, valeurs: bool) -> Workbook:
    try:
        from openpyxl import load_workbook
    except ImportError as erreur:
        raise ExtraManquant("tableur") from erreur
    try:
        # Whatever a broken file makes openpyxl stumble upon, the remedy is one.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells about drawings and validations that it leaves aside
            classeur = load_workbook(BytesIO(octets), read_only=True, data_only=valeurs, keep_links=False)
        classeur.worksheets[0]
    except Exception as erreur:
        raise _illisible(nom) from erreur
    return classeur


def _illisible(nom: str) -> DepotRefuse:
    return DepotRefuse(f"{nom} : ce classeur ne s’ouvre pas. Enregistrez-le de nouveau en .xlsx, ou en CSV.")


def _lignes(classeur: Workbook, nom: str) -> Iterator[Cellules]:
    lignes = classeur.worksheets[0].iter_rows(max_row=LIGNES_MAXIMUM + 1, max_col=COLONNES_MAXIMUM, values_only=True)
    numero = 0
    try:
        for numero, ligne in enumerate(lignes, start=1):  # noqa: B007 - looked at below
            yield ligne
    except Exception as erreur:
        raise _illisible(nom) from erreur
    if numero > LIGNES_MAXIMUM:
        raise DepotRefuse(f"{nom} : plus de {LIGNES_MAXIMUM} lignes, est-ce le bon classeur ?")


def _sans_fin_vide(titres: Cellules) -> Cellules:
    dernier = max((i for i, titre in enumerate(titres) if titre is not None), default=-1)
    return titres[: dernier + 1]


def _rangees(
    entetes: tuple[str, ...], lignes: Iterator[Cellules], ecrites: Iterator[Cellules] | None
) -> Iterator[Rangee]:
    """Put cells under headers; ``ecrites`` are the same rows with their formulas, to notice those without a value."""
    if ecrites is not None:
        next(ecrites, None)
    for numero, (ligne, formules) in enumerate(zip(lignes, ecrites or repeat(()), strict=False), start=2):
        defaut = ""
        if any(v is None and f is not None for v, f in zip(ligne, formules, strict=False)):
            defaut = (
                "une formule de cette ligne n’a pas de valeur : ouvrez le classeur dans le tableur et enregistrez-le"
            )
        utiles = ligne if any(c is not None for c in ligne[len(entetes) :]) else ligne[: len(entetes)]
        large = (*entetes, *[""] * (len(utiles) - len(entetes)))
        yield ranger(numero, large, utiles, defaut)
