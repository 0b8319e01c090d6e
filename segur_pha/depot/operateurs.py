"""The operators of a page (ISO 32000-1, annex A): without a checksum, only their sense tells whether they are spoiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.depot.travail import refuser

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["exiger_des_operateurs", "formes_dessinees"]

#: Operator → how many operands stand before it at least.
_OPERANDES: Final = {
    mot.encode(): nombre
    for nombre, mots in {
        0: "b B b* B* BT BX EMC ET EX f F f* h n q Q s S T* W W*",
        1: "BMC CS cs Do G g gs i j J M MP ri SC sc SCN scn sh Tc Tj TJ TL Tr Ts Tw Tz w '",
        2: "BDC d d0 DP l m Td TD Tf",
        3: 'RG rg "',
        4: "K k re v y",
        6: "c cm d1 Tm",
    }.items()
    for mot in mots.split()
}
_IMAGE: Final = b"INLINE IMAGE"
#: No program writes so many of them in a row, though one of them is as good as a blank.
_NULS: Final = bytes(8)


def exiger_des_operateurs(contenu: bytes) -> None:
    """Make sure that a text of operators makes sense.

    Raises :class:`~segur_pha.depot.travail.Abime`, and what pypdf raises for a text that it cannot read.

    >>> exiger_des_operateurs(b"BT /F1 12 Tf (Bon de commande) Tj ET")
    >>> exiger_des_operateurs(b"BT /F1 12 Tf (Bon de c" + bytes(20) + b"e) Tj ET")
    Traceback (most recent call last):
    ...
    segur_pha.depot.travail.Abime: zeros
    """
    inconnus = 0
    image = False
    for operandes, operateur in _operations(contenu):
        if operateur == _IMAGE:
            image = True
            continue
        inconnus += {b"BX": 1, b"EX": -1}.get(operateur, 0)
        if operateur not in _OPERANDES and not inconnus:
            refuser("no such operator")
        if operandes < _OPERANDES.get(operateur, 0):
            refuser("an operand is missing")
    if not image and _NULS in contenu:
        refuser("zeros")


def formes_dessinees(contenu: bytes) -> frozenset[str]:
    """Give the names of what a text of operators draws.

    >>> formes_dessinees(b"q /Im0 Do Q (no /Im1 Do)Tj")
    frozenset({'/Im0'})
    """
    return frozenset(str(operandes[-1]) for operandes, operateur in _lire(contenu) if operateur == b"Do" and operandes)


def _operations(contenu: bytes) -> Iterator[tuple[int, bytes]]:
    return ((len(operandes), operateur) for operandes, operateur in _lire(contenu))


def _lire(contenu: bytes) -> list[tuple[list[object], bytes]]:
    from pypdf.generic import ContentStream, DecodedStreamObject

    flux = DecodedStreamObject()
    flux.set_data(contenu)
    return ContentStream(flux, None).operations
