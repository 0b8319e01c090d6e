"""Whether a JPEG is whole: every block that its header announces is in its data, and nothing else is.

A JPEG reader goes on after damage: it fills what is missing with grey and skips what it does not understand.  The codes of the
data (ITU-T T.81, annexes F and G) reveal it: where bytes were lost or changed, there are too many blocks, too few, or impossible
ones.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import define, field, frozen

from segur_pha.depot.blocs_jpeg import (
    COEFFICIENTS,
    Bande,
    Codes,
    Differences,
    Suites,
    lire_les_blocs,
    lire_les_differences,
    mots,
    tables_du_bloc,
)
from segur_pha.depot.travail import Abime, Demesure, refuser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from segur_pha.depot.travail import Travail

__all__ = ["BALAYAGES_MAXIMUM", "verifier_le_jpeg"]

#: A progressive JPEG has about ten scans; each of them goes over the whole image again.
BALAYAGES_MAXIMUM: Final = 40

_AVANT, _SOI, _EOI, _SOS, _DHT, _DQT, _DRI = 0xFF, 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDD
_SEQUENTIEL: Final = frozenset({0xC0, 0xC1})
_PROGRESSIF: Final = 0xC2
#: Arithmetic coding, and kinds that exist only in the standard: a decoder that knows them checks them to the end.
_AUTRES_TRAMES: Final = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_SANS_CONTENU: Final = frozenset({0x01, *range(0xD0, 0xD8)})

#: What ends a run of coded data: a marker that is neither a stuffed byte nor a restart.
_MARQUE: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_REPRISE: Final = re.compile(rb"\xff([\xd0-\xd7])")

T = TypeVar("T")

#: Bits per sample → the largest category of a difference, and of a coefficient (T.81, tables F.1 and F.2).
_CATEGORIES: Final = {8: (11, 10), 12: (15, 14)}
#: The sum of a white block of 8-bit samples, divided by 8, plus a quarter: some programs draw edges brighter than white.
_BLANC: Final = 1_280
#: When no table says by what values were divided, any value is possible.
_SANS_PLAFOND: Final = 1 << 30
_ZEROS: Final = bytes(16)
#: The cost of a restart, in blocks of the budget.
_PAR_REPRISE: Final = 8


@frozen
class _Composante:
    """A component of the frame: how many of its blocks make up a unit, and how many there are in a scan of it alone."""

    dans_l_unite: int
    seule: int
    quantification: int


@frozen(kw_only=True)
class _Balayage:
    """A scan: its components with their tables, its band of coefficients and its data between restarts."""

    composantes: tuple[int, ...]
    tables: tuple[tuple[Codes | None, Codes | None], ...]
    premier: int
    dernier: int
    affine: bool
    decalage: int
    morceaux: tuple[bytes, ...]
    intervalle: int


@define
class _Image:
    """What the segments of a JPEG say."""

    precision: int = 8
    progressive: bool = False
    unites: int = 0
    composantes: dict[int, _Composante] = field(factory=dict)
    pas: dict[int, int] = field(factory=dict)
    balayages: list[_Balayage] = field(factory=list)


def verifier_le_jpeg(octets: bytes, travail: Travail) -> None:
    """Go over every block of a JPEG, once for each scan.

    Raises :class:`~segur_pha.depot.travail.Abime`; :class:`~segur_pha.depot.travail.Demesure` when there are too many scans, or
    more blocks than may be looked at.  A coding that is not known here (arithmetic) is left to the decoder.
    """
    try:
        image = _lire_les_segments(octets)
        if image is None:
            return
        travail.blocs(sum(_taille(image, b) + _PAR_REPRISE * len(b.morceaux) for b in image.balayages))
        _parcourir(image)
    except (IndexError, struct.error) as erreur:
        raise Abime("cut off") from erreur


# --- Segments ---


def _lire_les_segments(octets: bytes) -> _Image | None:
    image = _Image()
    tables: dict[int, Codes] = {}
    intervalle, place = 0, 2
    if octets[:2] != bytes((_AVANT, _SOI)):
        refuser("no beginning")
    while True:
        if octets[place] != _AVANT:
            refuser("no marker")
        while octets[place] == _AVANT:
            place += 1
        marque, place = octets[place], place + 1
        if marque == _EOI:
            return image
        if marque in _SANS_CONTENU:
            continue
        (longueur,) = struct.unpack_from(">H", octets, place)
        contenu, place = octets[place + 2 : place + longueur], place + longueur
        if marque == _DHT:
            tables = tables | dict(_lire_les_tables(contenu))
        elif marque == _DQT:
            image.pas |= dict(_lire_les_pas(contenu))
        elif marque == _DRI:
            (intervalle,) = struct.unpack(">H", contenu)
        elif marque in _SEQUENTIEL or marque == _PROGRESSIF:
            _lire_la_trame(image, contenu, progressive=marque == _PROGRESSIF)
        elif marque in _AUTRES_TRAMES:
            return None
        elif marque == _SOS:
            fin = _MARQUE.search(octets, place)
            if fin is None:
                refuser("no end")
            _lire_le_balayage(image, contenu, tables, octets[place : fin.start()], intervalle)
            place = fin.start()


def _lire_les_tables(contenu: bytes) -> Iterator[tuple[int, Codes]]:
    place = 0
    while place < len(contenu):
        nombres = contenu[place + 1 : place + 17]
        total = sum(nombres)
        symboles = contenu[place + 17 : place + 17 + total]
        if len(symboles) != total:
            refuser("table cut off")
        yield contenu[place], Codes(nombres, symboles)
        place += 17 + total


def _lire_les_pas(contenu: bytes) -> Iterator[tuple[int, int]]:
    """Yield what the DC values were divided by: the first number of each table of quantization."""
    place = 0
    while place < len(contenu):
        octets = 1 + (contenu[place] >> 4)
        yield contenu[place] & 15, int.from_bytes(contenu[place + 1 : place + 1 + octets])
        place += 1 + octets * COEFFICIENTS


def _lire_la_trame(image: _Image, contenu: bytes, *, progressive: bool) -> None:
    precision, hauteur, largeur, nombre = struct.unpack_from(">BHHB", contenu)
    facteurs = {contenu[i]: (contenu[i + 1] >> 4, contenu[i + 1] & 15) for i in range(6, 6 + 3 * nombre, 3)}
    tables = [contenu[i] for i in range(8, 8 + 3 * nombre, 3)]
    if image.composantes or precision not in _CATEGORIES or not hauteur or not largeur or len(facteurs) != nombre:
        refuser("frame")
    if not nombre or not all(1 <= h <= 4 and 1 <= v <= 4 for h, v in facteurs.values()):  # noqa: PLR2004 - T.81, B.2.2
        refuser("sampling")
    h_max, v_max = (max(cote) for cote in zip(*facteurs.values(), strict=True))
    image.unites = _par(largeur, 8 * h_max) * _par(hauteur, 8 * v_max)
    image.composantes = {
        nom: _Composante(h * v, _par(_par(largeur * h, h_max), 8) * _par(_par(hauteur * v, v_max), 8), quantification)
        for (nom, (h, v)), quantification in zip(facteurs.items(), tables, strict=True)
    }
    image.precision, image.progressive = precision, progressive


def _par(dividende: int, diviseur: int) -> int:
    return -(-dividende // diviseur)


def _lire_le_balayage(
    image: _Image, contenu: bytes, tables: Mapping[int, Codes], donnees: bytes, intervalle: int
) -> None:
    if len(image.balayages) >= BALAYAGES_MAXIMUM:
        raise Demesure
    nombre = contenu[0]
    noms = tuple(contenu[i] for i in range(1, 1 + 2 * nombre, 2))
    premier, dernier, bits = struct.unpack_from("3B", contenu, 1 + 2 * nombre)
    if not nombre or len(set(noms)) != nombre or not image.composantes.keys() >= set(noms):
        refuser("scan")
    if not image.progressive:
        premier, dernier, bits = 0, COEFFICIENTS - 1, 0
    if not premier <= dernier < COEFFICIENTS or (image.progressive and bool(premier) != bool(dernier)):
        refuser("band")
    if premier and nombre > 1:
        refuser("band of several components")
    selecteurs = [contenu[i] for i in range(2, 2 + 2 * nombre, 2)]
    image.balayages.append(
        _Balayage(
            composantes=noms,
            tables=tuple((tables.get(s >> 4), tables.get(0x10 | s & 15)) for s in selecteurs),
            premier=premier,
            dernier=dernier,
            affine=bits > 15,  # noqa: PLR2004 - the upper four bits, T.81 B.2.3
            decalage=bits & 15,
            morceaux=tuple(_decouper(donnees)),
            intervalle=intervalle,
        )
    )


def _decouper(donnees: bytes) -> Iterator[bytes]:
    """Cut the data of a scan at its restarts, which are numbered from 0 to 7, and remove the stuffing."""
    place = 0
    for rang, reprise in enumerate(_REPRISE.finditer(donnees)):
        if reprise[1][0] & 7 != rang % 8:
            refuser("restart out of order")
        yield donnees[place : reprise.start()].replace(b"\xff\x00", b"\xff")
        place = reprise.end()
    yield donnees[place:].replace(b"\xff\x00", b"\xff")


# --- Data ---


def _exiger_la_fin(donnees: bytes, bits: int) -> None:
    """Make sure that the data end with the last code, padded with ones to a whole byte."""
    if bits > 8 * len(donnees):
        refuser("cut off")
    if donnees[_par(bits, 8) :].strip(b"\xff"):
        refuser("something is left")


def _taille(image: _Image, balayage: _Balayage) -> int:
    """Count the blocks of a scan."""
    if len(balayage.composantes) == 1:
        return image.composantes[balayage.composantes[0]].seule
    return image.unites * sum(image.composantes[nom].dans_l_unite for nom in balayage.composantes)


def _parcourir(image: _Image) -> None:
    """Go over the data of every scan."""
    if not image.balayages:
        refuser("no scan")
    a_affiner = {b.composantes[0] for b in image.balayages if b.affine and b.premier}
    connus: dict[int, list[int]] = {}
    vues: set[tuple[int, int]] = set()
    for balayage in image.balayages:
        nom = balayage.composantes[0]
        seule = len(balayage.composantes) == 1
        unites = image.composantes[nom].seule if seule else image.unites
        par_morceau = balayage.intervalle or unites
        if len(balayage.morceaux) != _par(unites, par_morceau):
            refuser("restarts")
        if balayage.premier and nom in a_affiner:  # so that no coefficient is refined before its list exists
            connus.setdefault(nom, [0] * unites)
        vues.update((nom, balayage.premier) for nom in balayage.composantes)
        lire = _lecteur(image, balayage, connus.get(nom))
        for rang, donnees in enumerate(balayage.morceaux):
            debut = rang * par_morceau
            _exiger_la_fin(donnees, lire(donnees, range(debut, min(debut + par_morceau, unites))))
    if not vues >= {(nom, 0) for nom in image.composantes}:
        refuser("a component without data")


def _lecteur(image: _Image, balayage: _Balayage, connus: list[int] | None) -> Callable[[bytes, range], int]:
    """Return the function that reads the data between two restarts of a scan, and returns how many bits were used."""
    dc, ac = _CATEGORIES[image.precision]
    seule = len(balayage.composantes) == 1
    fois = [1 if seule else image.composantes[nom].dans_l_unite for nom in balayage.composantes]
    plafonds = [_plafond(image, balayage, nom) for nom in balayage.composantes]
    if not image.progressive:
        tables = [tables_du_bloc(*codes, dc, ac) for codes in balayage.tables]
        _refuser_les_zeros(balayage, all(d.nulle and s.nulle for _, d, s, _ in tables))
        blocs = _repeter(tables, fois)
        return lambda donnees, unites: lire_les_blocs(mots(donnees), blocs, len(unites), plafonds)
    if balayage.premier == 0 and balayage.affine:
        return lambda _donnees, unites: len(unites) * sum(fois)
    if balayage.premier == 0:
        uniques = [Differences(codes, dc) for codes, _ in balayage.tables]
        _refuser_les_zeros(balayage, all(d.nulle for d in uniques))
        differences = _repeter(uniques, fois)
        return lambda donnees, unites: lire_les_differences(mots(donnees), differences, len(unites), plafonds)
    codes = balayage.tables[0][1]
    bande = balayage.premier, balayage.dernier
    if not balayage.affine:
        suites, une = Suites(codes, ac, une=False), Suites(codes, ac, une=True)
        _refuser_les_zeros(balayage, suites.nulle)
        return lambda donnees, unites: Bande(mots(donnees), *bande).commencer(suites, une, unites, connus)
    assert connus is not None
    une = Suites(codes, 1, une=True)
    return lambda donnees, unites: Bande(mots(donnees), *bande).affiner(une, unites, connus)


def _refuser_les_zeros(balayage: _Balayage, nuls: bool) -> None:  # noqa: FBT001 - what zeros mean, worked out by the caller
    """Refuse a run of zeros unless zeros mean "nothing here", block after block: no picture has forty equal coefficients."""
    if not nuls and any(_ZEROS in donnees for donnees in balayage.morceaux):
        refuser("zeros")


def _plafond(image: _Image, balayage: _Balayage, nom: int) -> int:
    """Return the largest DC value of a component as it occurs in a scan: divided, and without its last bits."""
    pas = image.pas.get(image.composantes[nom].quantification)
    if not pas:
        return _SANS_PLAFOND
    blanc = _BLANC << (image.precision - min(_CATEGORIES))
    return (blanc // pas >> balayage.decalage) + 2


def _repeter(tables: Iterable[T], fois: Iterable[int]) -> list[tuple[int, T]]:
    return [(rang, table) for rang, (table, n) in enumerate(zip(tables, fois, strict=True)) for _ in range(n)]
