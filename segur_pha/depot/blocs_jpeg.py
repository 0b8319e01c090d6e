"""The Huffman codes of a JPEG, read block by block, for their lengths alone (ITU-T T.81, annexes F and G)."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from segur_pha.depot.travail import Abime, refuser

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "COEFFICIENTS",
    "Bande",
    "Codes",
    "Differences",
    "Suites",
    "TablesDuBloc",
    "lire_les_blocs",
    "lire_les_differences",
    "mots",
    "tables_du_bloc",
]

COEFFICIENTS: Final = 64
_ZRL: Final = 15
_FENETRE: Final = 16


class Codes:
    """A Huffman table: which code the next sixteen bits begin with."""

    def __init__(self, nombres: bytes, symboles: bytes) -> None:
        self._ecrits = nombres, symboles
        self._bornes: list[tuple[int, int, int]] = []
        self._symboles = symboles
        code = rang = 0
        for longueur, nombre in enumerate(nombres, start=1):
            code += nombre
            rang += nombre
            if code > 1 << longueur:
                refuser("impossible table")
            # Codes of this length are those below `code`; the place of their symbol is counted back from there.
            self._bornes.append((code << (_FENETRE - longueur), longueur, rang - code))
            code <<= 1

    def __eq__(self, autre: object) -> bool:
        return isinstance(autre, Codes) and self._ecrits == autre._ecrits

    def __hash__(self) -> int:
        return hash(self._ecrits)

    def lire(self, fenetre: int) -> tuple[int, int]:
        """Return the length of the code that a window of sixteen bits begins with, and its symbol."""
        for borne, longueur, decalage in self._bornes:
            if fenetre < borne:
                return longueur, self._symboles[(fenetre >> (_FENETRE - longueur)) + decalage]
        return refuser("no such code")


class Differences(dict[int, tuple[int, int]]):
    """Window → number of bits of the code of a DC difference, and of the value that follows it."""

    def __init__(self, codes: Codes | None, plafond: int) -> None:
        super().__init__()
        self._codes, self._plafond = _present(codes), plafond

    def __missing__(self, fenetre: int) -> tuple[int, int]:
        longueur, categorie = self._codes.lire(fenetre)
        if categorie > self._plafond:
            refuser("impossible difference")
        self[fenetre] = longueur, categorie
        return longueur, categorie

    @property
    def nulle(self) -> bool:
        """Whether zeros are read as "no difference"."""
        return self._codes.lire(0)[1] == 0


class Suites(dict[int, tuple[int, int, int, int]]):
    """Window → bits read, coefficients passed, which of these are not zero, and how the band ends (-1: it does not).

    All the codes that fit into the window are read at once, or only the first one (``une``).
    """

    def __init__(self, codes: Codes | None, plafond: int, *, une: bool) -> None:
        super().__init__()
        self._codes, self._plafond, self._une = _present(codes), plafond, une

    def __missing__(self, fenetre: int) -> tuple[int, int, int, int]:
        bits, passes, non_nuls, fin = self._premiere(fenetre)
        while not self._une and fin < 0 and bits < _FENETRE:
            try:
                suite = self._premiere(fenetre << bits & 0xFFFF)
            except Abime:
                break  # its bits may go on beyond the window
            if bits + suite[0] > _FENETRE:
                break
            bits, non_nuls, fin = bits + suite[0], non_nuls | suite[2] << passes, suite[3]
            passes += suite[1]
        self[fenetre] = bits, passes, non_nuls, fin
        return self[fenetre]

    @property
    def nulle(self) -> bool:
        """Whether zeros are read as the end of a block."""
        return self._premiere(0)[3] >= 0

    def _premiere(self, fenetre: int) -> tuple[int, int, int, int]:
        longueur, symbole = self._codes.lire(fenetre)
        zeros, categorie = symbole >> 4, symbole & 15
        if categorie > self._plafond:
            refuser("impossible coefficient")
        if categorie:
            return longueur + categorie, zeros + 1, 1 << zeros, -1
        return (longueur, _ZRL + 1, 0, -1) if zeros == _ZRL else (longueur, 0, 0, zeros)


def _present(codes: Codes | None) -> Codes:
    return codes if codes is not None else refuser("missing table")


class _Blocs(dict[int, tuple[int, int]]):
    """Window → the bits of a whole block and its difference, or 0 bits when it does not fit into the window."""

    def __init__(self, differences: Differences, suites: Suites) -> None:
        super().__init__()
        self._differences, self._suites = differences, suites

    def __missing__(self, fenetre: int) -> tuple[int, int]:
        longueur, categorie = self._differences[fenetre]
        debut = longueur + categorie
        bits = ecart = 0
        if debut < _FENETRE:
            suite, passes, _, fin = self._suites[fenetre << debut & 0xFFFF]
            if fin == 0 and debut + suite <= _FENETRE and passes < COEFFICIENTS - 1:
                bits, ecart = debut + suite, _valeur(fenetre << longueur & 0xFFFF, categorie)
        self[fenetre] = bits, ecart
        return bits, ecart


def _valeur(fenetre: int, categorie: int) -> int:
    """Return the value of that many bits (T.81, F.2.2.1): those that begin with 0 are negative."""
    if not categorie:
        return 0
    lue = fenetre >> (_FENETRE - categorie)
    return lue if lue >> (categorie - 1) else lue + 1 - (1 << categorie)


def mots(donnees: bytes) -> tuple[int, ...]:
    """Return data as words of 32 bits, with two more at the end, so that a window may reach beyond it."""
    nombre = len(donnees) // 4 + 2
    return struct.unpack(f">{nombre}I", donnees.ljust(4 * nombre, b"\xff"))


TablesDuBloc: TypeAlias = tuple[_Blocs, Differences, Suites, Suites]


# Scanners write the tables printed in T.81 (annex K): what was worked out for one page serves them all.
@lru_cache(maxsize=4)
def tables_du_bloc(codes_dc: Codes | None, codes_ac: Codes | None, dc: int, ac: int) -> TablesDuBloc:
    """Return the tables for reading a whole block, its difference, its coefficients, and one coefficient."""
    differences, suites = Differences(codes_dc, dc), Suites(codes_ac, ac, une=False)
    return _Blocs(differences, suites), differences, suites, Suites(codes_ac, ac, une=True)


def lire_les_blocs(
    suite: Sequence[int], plan: Sequence[tuple[int, TablesDuBloc]], unites: int, plafonds: Sequence[int]
) -> int:
    """Read whole blocks, in a single function because this runs millions of times.

    ``plan`` gives the component and the tables of each block of a unit, ``plafonds`` the largest DC value of each component.
    """
    place = 0
    valeurs = [0] * len(plafonds)
    for _ in range(unites):
        for composante, (blocs, differences, suites, une) in plan:
            i = place >> 5
            fenetre = (suite[i] << 32 | suite[i + 1]) >> (48 - (place & 31)) & 0xFFFF
            bits, ecart = blocs[fenetre]
            place += bits
            if not bits:
                longueur, categorie = differences[fenetre]
                place += longueur
                i = place >> 5
                fenetre = (suite[i] << 32 | suite[i + 1]) >> (48 - (place & 31)) & 0xFFFF
                ecart = _valeur(fenetre, categorie)
                place = _lire_les_coefficients(suite, place + categorie, suites, une)
            if ecart:
                valeurs[composante] += ecart
                if abs(valeurs[composante]) > plafonds[composante]:
                    refuser("brighter than white")
    return place


def _lire_les_coefficients(suite: Sequence[int], place: int, suites: Suites, une: Suites) -> int:
    k = 1
    while k < COEFFICIENTS:
        i = place >> 5
        fenetre = (suite[i] << 32 | suite[i + 1]) >> (48 - (place & 31)) & 0xFFFF
        bits, passes, _, fin = suites[fenetre]
        if k + passes >= COEFFICIENTS:
            bits, passes, _, fin = une[fenetre]
        place += bits
        k += passes
        if fin == 0:
            break
        if fin > 0:
            refuser("a run of empty blocks")
    if k > COEFFICIENTS:
        refuser("too many coefficients")
    return place


def lire_les_differences(
    suite: Sequence[int], plan: Sequence[tuple[int, Differences]], unites: int, plafonds: Sequence[int]
) -> int:
    """Read the differences of blocks, as in the first scan of a progressive JPEG; see :func:`lire_les_blocs`."""
    place = 0
    valeurs = [0] * len(plafonds)
    for _ in range(unites):
        for composante, differences in plan:
            i = place >> 5
            longueur, categorie = differences[(suite[i] << 32 | suite[i + 1]) >> (48 - (place & 31)) & 0xFFFF]
            place += longueur
            if categorie:
                i = place >> 5
                fenetre = (suite[i] << 32 | suite[i + 1]) >> (48 - (place & 31)) & 0xFFFF
                valeurs[composante] += _valeur(fenetre, categorie)
                if abs(valeurs[composante]) > plafonds[composante]:
                    refuser("brighter than white")
                place += categorie
    return place


class Bande:
    """A band of coefficients of one component in a progressive JPEG (T.81, G.1.2.2 and G.1.2.3)."""

    def __init__(self, suite: Sequence[int], premier: int, dernier: int) -> None:
        self._mots, self._premier, self._dernier = suite, premier, dernier
        self._place = 0

    def _fenetre(self) -> int:
        i = self._place >> 5
        return (self._mots[i] << 32 | self._mots[i + 1]) >> (48 - (self._place & 31)) & 0xFFFF

    def _vides(self, zeros: int) -> int:
        """Read how many blocks end here, this one included."""
        suivants = self._fenetre() >> (_FENETRE - zeros)
        self._place += zeros
        return (1 << zeros) + suivants

    def commencer(self, suites: Suites, une: Suites, unites: range, connus: list[int] | None) -> int:
        """Read a band for the first time, and note which coefficients are not zero."""
        bloc = unites.start
        while bloc < unites.stop:
            k, non_nuls, vides = self._premier, 0, 1
            while k <= self._dernier:
                fenetre = self._fenetre()
                bits, passes, masque, fin = suites[fenetre]
                if k + passes > self._dernier:
                    bits, passes, masque, fin = une[fenetre]
                self._place += bits
                non_nuls |= masque << k
                k += passes
                if fin >= 0:
                    vides = self._vides(fin)
                    break
            if k > self._dernier + 1:
                refuser("too many coefficients")
            if connus is not None:
                connus[bloc] |= non_nuls
            bloc += vides
        if bloc != unites.stop:
            refuser("too many empty blocks")
        return self._place

    def affiner(self, une: Suites, unites: range, connus: list[int]) -> int:
        """Read one more bit of each nonzero coefficient, and the coefficients that are no longer zero."""
        vides = 0
        for bloc in unites:
            k = self._premier
            nouveaux = 0
            while not vides and k <= self._dernier:
                bits, passes, masque, fin = une[self._fenetre()]
                self._place += bits
                if fin >= 0:
                    vides = self._vides(fin)
                    break
                k = self._passer(connus[bloc], k, passes)
                if masque:
                    nouveaux |= 1 << (k - 1)
            if vides:
                vides -= 1
                self._place += (connus[bloc] >> k & (1 << (self._dernier + 1 - k)) - 1).bit_count()
            connus[bloc] |= nouveaux
        if vides:
            refuser("too many empty blocks")
        return self._place

    def _passer(self, connus: int, k: int, zeros: int) -> int:
        """Skip that many coefficients that are still zero, and read a bit for each other one on the way."""
        while zeros:
            if k > self._dernier:
                refuser("too many coefficients")
            if connus >> k & 1:
                self._place += 1
            else:
                zeros -= 1
            k += 1
        return k
