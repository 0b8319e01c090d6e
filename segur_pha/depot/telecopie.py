"""Whether a page of fax codes (ITU-T T.4 and T.6, as found in PDF: ISO 32000-1, 7.4.6) has all its rows."""

from __future__ import annotations

import struct
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.depot.travail import Demesure, refuser

if TYPE_CHECKING:
    from segur_pha.depot.travail import Travail

__all__ = ["Telecopie", "verifier_la_telecopie"]

#: A page at 1,200 dots per inch has ten thousand columns.
_COLONNES_MAXIMUM: Final = 65_536

_BLANCS: Final = (
    "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 101011"
    " 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010"
    " 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100"
    " 00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000"
    " 01011001 01011010 01011011 01001010 01001011 00110010 00110011 00110100"
    # From here on in steps of 64.
    " 11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010"
    " 011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001"
    " 010011010 011000 010011011"
)
_NOIRS: Final = (
    "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000"
    " 0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111"
    " 00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010"
    " 000001101011 000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100"
    " 000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100"
    " 000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000"
    " 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111"
    # From here on in steps of 64.
    " 0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100"
    " 0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100"
    " 0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010"
    " 0000001011011 0000001100100 0000001100101"
)
#: Both colours, from 1,792 on.
_LONGS: Final = (
    "00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110 000000010111"
    " 000000011100 000000011101 000000011110 000000011111"
)
_PASSER, _HORIZONTAL = 100, 101
_MODES: Final = {
    "1": 0,
    "011": 1,
    "000011": 2,
    "0000011": 3,
    "010": -1,
    "000010": -2,
    "0000010": -3,
    "0001": _PASSER,
    "001": _HORIZONTAL,
}
_FENETRE: Final = 13
_FIN_DE_LIGNE: Final = 12
#: Bytes that a program may leave after the last row.
_REMPLISSAGE: Final = b"\0\r\n"
#: The cost of a row, and of a change in it, in bytes of the budget: they take longer than decoding a byte.
_PAR_RANGEE: Final = 1_000
_PAR_CHANGEMENT: Final = 100


def _etaler(codes: dict[str, int]) -> list[tuple[int, int]]:
    """Return, for every window of thirteen bits, the length of the code it begins with (0: none) and what that means."""
    table = [(0, 0)] * (1 << _FENETRE)
    for code, sens in codes.items():
        reste = _FENETRE - len(code)
        debut = int(code, 2) << reste
        table[debut : debut + (1 << reste)] = [(len(code), sens)] * (1 << reste)
    return table


def _suites(codes: str) -> dict[str, int]:
    courts = {code: rang if rang < 64 else 64 * (rang - 63) for rang, code in enumerate(codes.split())}  # noqa: PLR2004
    return courts | {code: 1_792 + 64 * rang for rang, code in enumerate(_LONGS.split())}


_TABLE_DES_MODES: Final = _etaler(_MODES)
_TABLES: Final = (_etaler(_suites(_BLANCS)), _etaler(_suites(_NOIRS)))


@frozen(kw_only=True)
class Telecopie:
    """How a page was coded.

    Attributes:
        colonnes: pixels per row.
        rangees: number of rows; 0 when only the end of the data tells.
        k: below 0, each row is coded relative to the one above it (group 4); at 0, each by itself; above 0, either.
        alignee: whether each row begins on a byte boundary.
    """

    colonnes: int
    rangees: int
    k: int
    alignee: bool = False


def verifier_la_telecopie(octets: bytes, forme: Telecopie, travail: Travail) -> None:
    """Read every row of a page.

    Raises :class:`~segur_pha.depot.travail.Abime`; :class:`~segur_pha.depot.travail.Demesure` for a page larger than any paper.
    """
    if not 0 < forme.colonnes <= _COLONNES_MAXIMUM or forme.rangees < 0:
        raise Demesure
    _Lecteur(octets, forme, travail).lire()


class _Lecteur:
    """Bits, read code by code.  A row is the list of places where its colour changes, starting with white."""

    def __init__(self, octets: bytes, forme: Telecopie, travail: Travail) -> None:
        nombre = len(octets) // 4 + 2
        self._mots: tuple[int, ...] = struct.unpack(f">{nombre}I", octets.ljust(4 * nombre, b"\0"))
        self._bits = 8 * len(octets)
        self._octets, self._forme, self._travail = octets, forme, travail
        self._place = 0

    def lire(self) -> None:
        forme, rangee = self._forme, [self._forme.colonnes]
        lues = 0
        while not forme.rangees or lues < forme.rangees:
            if forme.alignee:
                self._place = -(-self._place // 8) * 8
            fins, une = self._commencer()
            if fins > (forme.k >= 0) or (not forme.rangees and self._place >= self._bits):
                break
            rangee = self._seule() if une else self._d_apres(rangee)
            self._travail.octets(_PAR_RANGEE + _PAR_CHANGEMENT * len(rangee))
            lues += 1
        if self._place > self._bits or lues < max(forme.rangees, 1):
            refuser("rows are missing")
        self._finir()

    def _commencer(self) -> tuple[int, bool]:
        """Read the ends of lines before a row: how many, and whether the row is coded by itself."""
        fins, une = 0, self._forme.k == 0
        while self._fin_de_ligne():
            fins += 1
            if self._forme.k > 0:
                une = bool(self._fenetre() >> (_FENETRE - 1))
                self._place += 1
        return fins, une

    def _fin_de_ligne(self) -> bool:
        """Read eleven zeros or more and a one, if they are there."""
        if self._fenetre() >> (_FENETRE - _FIN_DE_LIGNE + 1):
            return False
        place = self._place
        while not (fenetre := self._fenetre()):
            self._place += _FENETRE
            if self._place > self._bits:
                self._place = place
                return False
        self._place += _FENETRE - fenetre.bit_length() + 1
        return True

    def _finir(self) -> None:
        """After the rows, allow only ends of lines and padding to a byte or a word."""
        while self._fin_de_ligne():
            self._place += self._forme.k > 0
        if self._octets[-(-self._place // 8) :].strip(_REMPLISSAGE):
            refuser("something is left")

    def _fenetre(self) -> int:
        i = self._place >> 5
        return (self._mots[i] << 32 | self._mots[i + 1]) >> (51 - (self._place & 31)) & 0x1FFF

    def _suite(self, couleur: int) -> int:
        """Read the length of a run."""
        total = 0
        while True:
            bits, longueur = _TABLES[couleur][self._fenetre()]
            if not bits:
                refuser("no such code")
            self._place += bits
            total += longueur
            if longueur < 64:  # noqa: PLR2004 - T.4: longer ones are followed by another
                return total
            if total > self._forme.colonnes:
                refuser("a row too long")

    def _seule(self) -> list[int]:
        rangee: list[int] = []
        a0 = couleur = 0
        while a0 < self._forme.colonnes:
            a0 = self._changer(rangee, a0 + self._suite(couleur))
            couleur ^= 1
        return rangee

    def _d_apres(self, dessus: list[int]) -> list[int]:
        """Read a row relative to the one above it (T.6, 2.2)."""
        rangee: list[int] = []
        colonnes = self._forme.colonnes
        a0, couleur = -1, 0
        while a0 < colonnes:
            rang = bisect_right(dessus, a0)
            rang += (rang ^ couleur) & 1  # changes to black are at even places
            b1 = dessus[rang] if rang < len(dessus) else colonnes
            bits, mode = _TABLE_DES_MODES[self._fenetre()]
            if not bits:
                refuser("no such mode")
            self._place += bits
            if mode == _PASSER:
                a0 = dessus[rang + 1] if rang + 1 < len(dessus) else colonnes
            elif mode == _HORIZONTAL:
                a1 = self._changer(rangee, max(a0, 0) + self._suite(couleur))
                a0 = self._changer(rangee, a1 + self._suite(couleur ^ 1))
            else:
                if b1 + mode < max(a0, 0):
                    refuser("a change before the last one")
                a0, couleur = self._changer(rangee, b1 + mode), couleur ^ 1
        return rangee

    def _changer(self, rangee: list[int], place: int) -> int:
        """Note a change of colour; two at the same place cancel out."""
        if place > self._forme.colonnes:
            refuser("a row too long")
        if rangee and rangee[-1] == place:
            rangee.pop()
        else:
            rangee.append(place)
        return place
