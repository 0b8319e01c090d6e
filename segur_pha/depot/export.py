"""Opening an export of orders: CSV of any French habit, a spreadsheet, or mappings."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from segur_pha.classeurs import COLONNES_MAXIMUM
from segur_pha.depot.constats import nom_lisible
from segur_pha.depot.rangees import Export, Rangee, cle_d_entete, preparer_entetes, ranger
from segur_pha.erreurs import DepotRefuse

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["SourceDeCommandes", "lire_csv", "ouvrir_export"]

SourceDeCommandes: TypeAlias = "str | os.PathLike[str] | Iterable[Mapping[str, object]]"

#: No export of orders is larger; a file beyond that is something else.
OCTETS_MAXIMUM: Final = 50_000_000

_SEPARATEURS: Final = {";": "point-virgule", ",": "virgule", "\t": "tabulation"}
#: Excel's own hint, in the first row of a file.
_INDICATION: Final = re.compile("sep=([;,\t])\r?\n", re.IGNORECASE)
#: The apostrophe by which a spreadsheet (and our own CSV) says "this is a text" before what looks like a formula.
_APOSTROPHE: Final = re.compile(r"\A'(?=\s*[=+\-@＝＋－＠])")


def ouvrir_export(source: SourceDeCommandes, connus: Collection[str]) -> Export:
    """Open an export: the path of a CSV or XLSX file (told apart by content), or mappings header → cell.

    ``connus``: the headers that mean something, by which the separator of a CSV is recognised.

    Raises :class:`~segur_pha.DepotRefuse` when the source cannot be read as a table, ``OSError`` when the file cannot be
    read at all, :class:`~segur_pha.ExtraManquant` for a spreadsheet without the extra ``tableur``.

    >>> export = ouvrir_export([{"Titulaire": "DURAND"}, {"FINESS": "777777777"}], {"FINESS"})
    >>> export.entetes, [rangee.numero for rangee in export.rangees]
    (('Titulaire', 'FINESS'), [1, 2])
    """
    if not isinstance(source, str | os.PathLike):
        return _depuis_des_mappings(source)
    chemin = Path(source)
    if chemin.stat().st_size > OCTETS_MAXIMUM:
        raise DepotRefuse(
            f"{nom_lisible(chemin.name)} : plus de {OCTETS_MAXIMUM // 1_000_000} Mo, est-ce le bon fichier ?"
        )
    octets = chemin.read_bytes()
    if octets.startswith(b"PK\x03\x04"):
        from segur_pha.depot.tableur import lire_tableur

        return lire_tableur(octets, nom=nom_lisible(chemin.name))
    if octets.startswith(b"\xd0\xcf\x11\xe0"):
        raise DepotRefuse(
            f"{nom_lisible(chemin.name)} : format d’avant 2007, ou mot de passe. Enregistrez-le en .xlsx sans mot de passe, ou en CSV."
        )
    return lire_csv(octets, connus, nom=nom_lisible(chemin.name))


def _depuis_des_mappings(source: Iterable[Mapping[str, object]]) -> Export:
    commandes = list(source)
    for rang, commande in enumerate(commandes, start=1):
        if not isinstance(commande, Mapping) or not all(isinstance(cle, str) for cle in commande):
            raise DepotRefuse(f"Commande {rang} : indiquez un dictionnaire dont les clés sont des textes.")
    entetes = dict.fromkeys(cle for commande in commandes for cle in commande)
    return Export("dictionnaires", tuple(entetes), [Rangee(rang, c) for rang, c in enumerate(commandes, start=1)])


def lire_csv(octets: bytes, connus: Collection[str], *, nom: str = "CSV") -> Export:
    r"""Read a CSV: UTF-8 with or without byte order mark, else cp1252; the separator is found.

    Raises :class:`~segur_pha.DepotRefuse` saying what to do.

    >>> lire_csv("Titulaire;N°\nDURAND;00001".encode("cp1252"), {"Titulaire", "N°"}).description
    'CSV, Windows-1252, séparateur point-virgule'
    """
    texte, encodage = _decoder(octets, nom)
    indication = _INDICATION.match(texte)
    debut = indication.end() if indication else 0
    separateur = indication[1] if indication else _separateur(texte, connus, nom)
    lecteur = csv.reader(io.StringIO(texte[debut:], newline=""), delimiter=separateur, strict=True)
    lignes = enumerate(_sans_accroc(lecteur, nom), start=2 if indication else 1)
    _, titres = next(lignes, (1, []))
    entetes = preparer_entetes(titres, nom)
    return Export(
        f"CSV, {encodage}, séparateur {_SEPARATEURS[separateur]}",
        entetes,
        (_rangee(numero, entetes, cellules) for numero, cellules in lignes if cellules),
    )


def _decoder(octets: bytes, nom: str) -> tuple[str, str]:
    if b"\0" in octets:
        utf16 = octets.startswith((b"\xff\xfe", b"\xfe\xff"))
        quoi = "ce fichier est en UTF-16" if utf16 else "ce fichier n’est pas un CSV"
        raise DepotRefuse(f"{nom} : {quoi}. Enregistrez-le en « CSV UTF-8 » ou en .xlsx.")
    try:
        return octets.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as erreur:
        place = erreur.start
    try:
        if not _est_de_l_utf8_abime(octets):
            return octets.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as erreur:
        place = erreur.start
    ligne = octets.count(b"\n", 0, place) + 1
    raise DepotRefuse(f"{nom} : caractère illisible à la ligne {ligne}. Enregistrez le fichier en « CSV UTF-8 ».")


def _est_de_l_utf8_abime(octets: bytes) -> bool:
    """Tell UTF-8 with a broken character from Windows-1252, where an accent hardly ever looks like UTF-8 by chance."""
    accents = [c for c in octets.decode("utf-8", errors="replace") if not c.isascii()]
    return len(accents) > 2 * accents.count("\ufffd")


def _separateur(texte: str, connus: Collection[str], nom: str) -> str:
    """Find the separator: the one that makes known headers appear, else the one that makes most columns."""
    attendus = {cle_d_entete(entete) for entete in connus}
    notes = {}
    for separateur in _SEPARATEURS:
        try:
            titres = next(csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True), [])
        except csv.Error:
            titres = []
        # A line of separators alone is no row of headers, and each header costs some work.
        titres = [] if len(titres) > COLONNES_MAXIMUM else titres
        notes[separateur] = (len(attendus & {cle_d_entete(titre) for titre in titres}), len(titres))
    meilleur = max(notes, key=lambda s: notes[s])
    if notes[meilleur][1] <= 1 and not notes[meilleur][0]:
        raise DepotRefuse(
            f"{nom} : aucune colonne reconnue. La première ligne porte les titres des colonnes, séparés par « ; », "
            "« , » ou une tabulation."
        )
    return meilleur


def _sans_accroc(lecteur: Iterator[list[str]], nom: str) -> Iterator[list[str]]:
    try:
        yield from lecteur
    except csv.Error:
        ligne = getattr(lecteur, "line_num", 0)
        raise DepotRefuse(
            f"{nom} : guillemet mal fermé ou cellule démesurée vers la ligne {ligne}. Corrigez cette ligne et recommencez."
        ) from None


def _rangee(numero: int, entetes: tuple[str, ...], cellules: list[str]) -> Rangee:
    defaut = ""
    if len(cellules) > len(entetes) and any(c.strip() for c in cellules[len(entetes) :]):
        defaut = "cette ligne a plus de cellules que de titres : un séparateur s’est glissé dans une valeur"
    elif len(cellules) < len(entetes) and any(c.strip() for c in cellules):
        defaut = "cette ligne a moins de cellules que de titres : il en manque, ou elle est coupée en deux"
    return ranger(numero, entetes, [_APOSTROPHE.sub("", c, count=1) for c in cellules], defaut)
