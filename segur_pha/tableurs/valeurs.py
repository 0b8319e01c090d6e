"""What the cells of a workbook hold: shared texts, and numbers as Excel shows them."""

from __future__ import annotations

import re
from datetime import datetime, time
from functools import lru_cache
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from segur_pha.tableurs.abimees import CelluleAbimee, abimee
from segur_pha.tableurs.parties import PartieDemesuree
from segur_pha.tableurs.rangees import LONGUEUR_D_UNE_CELLULE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from segur_pha.tableurs.parties import Parties

__all__ = ["DEMESUREE", "Valeurs", "desechapper", "lire_les_formats", "lire_les_textes", "texte_montre"]

_ECHAPPE: Final = re.compile("(?:_x[0-9A-Fa-f]{4}_)+")
_ENTIERS_EXACTS: Final = 10**15
#: What Excel shows in place of a day that does not exist.
_JOUR_IMPOSSIBLE: Final = "########"
#: The most that Excel allows: characters of a number format, styles of a workbook.
FORMAT_MAXIMUM: Final = 255
STYLES_MAXIMUM: Final = 65_490


@frozen
class _Demesuree:
    """In place of a text that is longer than any cell."""


DEMESUREE: Final = _Demesuree()


def desechapper(texte: str) -> str:
    r"""Undo ``_xHHHH_``, by which the format writes what XML cannot hold (ECMA-376, ST_Xstring).

    >>> desechapper("DURAND_x000D_"), desechapper("_x005F_x000D_")
    ('DURAND\r', '_x000D_')
    """
    return _ECHAPPE.sub(lambda suite: _unites(suite[0]), texte) if "_x" in texte else texte


def _unites(suite: str) -> str:
    unites = b"".join(int(suite[i + 2 : i + 6], 16).to_bytes(2, "big") for i in range(0, len(suite), 7))
    try:
        return unites.decode("utf-16-be")
    except UnicodeDecodeError:
        return suite


def lire_les_textes(parties: Parties, partie: str) -> list[str | CelluleAbimee | _Demesuree]:
    """Read the texts that the cells of a workbook share, without their phonetic readings.

    They are judged here, once, however many cells share them.
    """
    textes: list[str | CelluleAbimee | _Demesuree] = []
    morceaux: list[str] = []
    longueur = en_combien = 0
    etat = {"t": False, "rPh": False}

    def debut(nom: str, _: Mapping[str, str]) -> None:
        nonlocal en_combien
        if nom in etat:
            etat[nom] = True
            en_combien += 1
            if en_combien > LONGUEUR_D_UNE_CELLULE:
                raise PartieDemesuree

    def fin(nom: str) -> None:
        nonlocal longueur, en_combien
        if nom in etat:
            etat[nom] = False
        elif nom == "si":
            entier = desechapper("".join(morceaux))
            textes.append(DEMESUREE if longueur > LONGUEUR_D_UNE_CELLULE else abimee(entier) or entier)
            morceaux.clear()
            longueur = en_combien = 0

    def texte(morceau: str) -> None:
        nonlocal longueur
        if etat["t"] and not etat["rPh"]:
            longueur += len(morceau)
            if longueur <= LONGUEUR_D_UNE_CELLULE:
                morceaux.append(morceau)

    parties.parcourir(partie, debut, fin, texte)
    return textes


def lire_les_formats(parties: Parties, partie: str) -> list[str]:
    """Read the number format of each cell style; raises :class:`PartieDemesuree` for what Excel could not have written."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    motifs: dict[int, str] = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    dedans = [False]

    def debut(nom: str, attributs: Mapping[str, str]) -> None:
        if nom == "numFmt":
            motif = motifs[int(attributs["numFmtId"])] = attributs["formatCode"]
            if len(motif) > FORMAT_MAXIMUM:
                raise PartieDemesuree
        elif nom == "cellXfs":
            dedans[0] = True
        elif nom == "xf" and dedans[0]:
            styles.append(int(attributs.get("numFmtId", "0")))
            if len(styles) > STYLES_MAXIMUM:
                raise PartieDemesuree

    def fin(nom: str) -> None:
        if nom == "cellXfs":
            dedans[0] = False

    parties.parcourir(partie, debut, fin)
    return [motifs.get(numero, "General") for numero in styles]


@define
class Valeurs:
    """Makes values from what cells hold.

    Attributes:
        textes: the shared texts, as they were judged.
        formats: the number format of each style.
        epoque: the day from which days are counted.
    """

    textes: list[str | CelluleAbimee | _Demesuree]
    formats: list[str]
    epoque: date
    _nombres: dict[str, Callable[[float], object]] = field(factory=dict, repr=False)

    def convertir(self, sorte: str, style: str, texte: str) -> object:
        """Return the value of a cell, from its type, its style and its text; ``ValueError`` for a text that does not fit."""
        match sorte:
            case "s":
                rang = int(texte)
                if rang < 0:  # Python would count from the end
                    raise ValueError(texte)
                return self.textes[rang]
            case "inlineStr" | "str":
                return desechapper(texte)
            case "b":
                return texte.strip() in {"1", "true"}
            case "e":
                return texte
            case "d":
                return _jour_ecrit(texte)
        lire = self._nombres.get(style)
        if lire is None:
            rang = int(style)
            lire = self._nombres[style] = self._lecture(self.formats[rang] if rang < len(self.formats) else "General")
        nombre = float(texte)
        # No spreadsheet shows NaN or an infinity as a number, but a library may write one.
        return lire(nombre) if isfinite(nombre) else texte

    def _lecture(self, motif: str) -> Callable[[float], object]:
        """Return how to read the numbers of a format."""
        from openpyxl.styles.numbers import is_date_format, is_timedelta_format
        from openpyxl.utils.datetime import from_excel

        if (montrer := texte_montre(motif)) is not None:
            return lambda nombre: montrer(int(nombre)) if nombre >= 0 and _entier(nombre) else _au_plus_simple(nombre)
        if not is_date_format(motif):
            return _au_plus_simple
        depart, duree = datetime.combine(self.epoque, time()), is_timedelta_format(motif)

        def jour(nombre: float) -> object:
            try:
                valeur: object = from_excel(nombre, depart, timedelta=duree)
            except (OverflowError, ValueError):
                return _JOUR_IMPOSSIBLE
            return valeur

        return jour


def _jour_ecrit(texte: str) -> object:
    from openpyxl.utils.datetime import from_ISO8601

    try:
        jour: object = from_ISO8601(texte)  # type: ignore[no-untyped-call]
    except ValueError:
        return texte
    return jour


def _au_plus_simple(nombre: float) -> float:
    return int(nombre) if _entier(nombre) else nombre


def _entier(nombre: float) -> bool:
    return -_ENTIERS_EXACTS < nombre < _ENTIERS_EXACTS and nombre.is_integer()


#: Colours, languages and conditions, which show nothing themselves.
_CROCHETS: Final = re.compile(r"\[[^\[\]]*+\]")
#: What is shown: a place for a digit, a quoted text, an escaped sign, or a literal one.
_MORCEAU: Final = re.compile(r'(?P<place>[0#])|"(?P<cite>[^"]*)"|\\(?P<echappe>.)|_.|(?P<signe>[ \u00a0\u202f/:()\-])')
#: Any digit of a number; no XML holds this character.
_CHIFFRE: Final = "\0"
#: ``# ##0`` groups thousands in French; a code has zeros in its first places, or more than one group.
_MILLIERS: Final = re.compile(r"[#0][ \u00a0\u202f]##0")


@lru_cache(maxsize=1_000)
def texte_montre(motif: str) -> Callable[[int], str] | None:
    """Return how a number format shows a whole number, for formats of identifiers; ``None`` for formats of quantities.

    A code, a FINESS or a phone number is often kept as a number with a format such as ``00000``.

    >>> texte_montre("00000")(1), texte_montre('0#" "##" "##" "##" "##')(102030405)
    ('00001', '01 02 03 04 05')
    >>> texte_montre("0.00"), texte_montre("General"), texte_montre("# ##0"), texte_montre("0")
    (None, None, None, None)
    """
    section = _CROCHETS.sub("", motif.partition(";")[0]).strip()
    morceaux = list(_MORCEAU.finditer(section))
    if "".join(m.group() for m in morceaux) != section or _MILLIERS.fullmatch(section):
        return None
    places = [m["place"] for m in morceaux if m["place"]]
    # A single place shows the number as it is; a word after it is a unit.
    if len(places) <= 1 or "0" not in places:
        return None
    gabarits: dict[int, list[str]] = {}

    def montrer(nombre: int) -> str:
        chiffres = str(nombre)
        # Where digits stand depends on how many there are, and a long format is gone through once for each length.
        gabarit = gabarits.get(len(chiffres))
        if gabarit is None:
            gabarit = gabarits[len(chiffres)] = _poser(morceaux, len(places), _CHIFFRE * len(chiffres)).split(_CHIFFRE)
        return "".join(chain.from_iterable(zip(gabarit, chiffres, strict=False))) + gabarit[-1]

    return montrer


def _poser(morceaux: list[re.Match[str]], places: int, chiffres: str) -> str:
    """Put digits into the places of a format, from the right; the first place takes the remaining digits."""
    chiffres, trop = chiffres.rjust(places)[-places:], chiffres[:-places] if len(chiffres) > places else ""
    texte, rang, commence = "", 0, False
    for morceau in morceaux:
        if morceau["place"] is None:
            texte += morceau["cite"] or morceau["echappe"] or morceau["signe"] or ""
            continue
        chiffre = chiffres[rang]
        # Zeros are shown from the first place that requires one.
        commence = commence or chiffre != " " or morceau["place"] == "0"
        texte += (trop if rang == 0 else "") + (("0" if chiffre == " " else chiffre) if commence else "")
        rang += 1
    return texte.strip()
