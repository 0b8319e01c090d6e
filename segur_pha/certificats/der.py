"""DER, as far as a certificate needs it: nested elements, each judged by itself.

A library that builds the whole certificate refuses it for a single odd part; here no part is looked at before it is asked for
(decision 101).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

__all__ = ["UTC_TIME", "DerIllisible", "Element", "elements", "en_instant", "en_oid", "en_texte", "premier"]

_PROFONDEUR_MAXIMALE: Final = 32
_LONGUEUR_INDEFINIE: Final = 0x80
_CODAGES: Final = {0x0C: "utf-8", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}
UTC_TIME: Final = 0x17
_RESTE: Final = (
    rb"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?(?:[.,][0-9]+)?(?:[Zz]|([+-])([0-9]{2})([0-9]{2}))?"
)
_INSTANTS: Final = {UTC_TIME: re.compile(rb"([0-9]{2})" + _RESTE), 0x18: re.compile(rb"([0-9]{4})" + _RESTE)}
#: RFC 5280, 4.1.2.5.1: a two-digit year from 50 on belongs to the 20th century.
_SIECLE: Final = 50


class DerIllisible(ValueError):
    """These bytes are not the expected element."""


class Element(NamedTuple):
    """One element: its tag (one byte) and what it holds."""

    tag: int
    contenu: bytes


def elements(octets: bytes) -> list[Element]:
    r"""Return the elements that follow one another in ``octets``.

    >>> elements(bytes([0x02, 0x01, 0x05, 0x05, 0x00]))
    [Element(tag=2, contenu=b'\x05'), Element(tag=5, contenu=b'')]
    """
    lus, place = [], 0
    while place < len(octets):
        lu, place = _element(octets, place, 0)
        lus.append(lu)
    return lus


def premier(octets: bytes, tag: int) -> bytes:
    """Return what the first element holds; whatever follows it is ignored, as by OpenSSL.

    Raises :class:`DerIllisible` when it has another tag.
    """
    lu, _ = _element(octets, 0, 0)
    if lu.tag != tag:
        raise DerIllisible(f"tag {lu.tag:#x} where {tag:#x} is due")
    return lu.contenu


def _element(octets: bytes, place: int, profondeur: int) -> tuple[Element, int]:
    try:
        tag, longueur = octets[place], octets[place + 1]
    except IndexError:
        raise DerIllisible("cut short") from None
    place += 2
    if longueur == _LONGUEUR_INDEFINIE and tag & 0x20:
        return _sans_longueur(tag, octets, place, profondeur)
    if longueur & 0x80:
        taille = longueur & 0x7F
        longueur = int.from_bytes(octets[place : place + taille], "big")
        place += taille
    fin = place + longueur
    if fin > len(octets):
        raise DerIllisible("cut short")
    return Element(tag, octets[place:fin]), fin


def _sans_longueur(tag: int, octets: bytes, place: int, profondeur: int) -> tuple[Element, int]:
    # BER, in bundles only: the content ends at two zero bytes, and all its elements must be read to find them.
    if profondeur == _PROFONDEUR_MAXIMALE:
        raise DerIllisible("too deep")
    debut = place
    while octets[place : place + 2] != b"\x00\x00":
        _, place = _element(octets, place, profondeur + 1)
    return Element(tag, octets[debut:place]), place + 2


def en_oid(contenu: bytes) -> str:
    """Return an object identifier in dots.

    >>> en_oid(bytes([0x55, 0x04, 0x0B]))
    '2.5.4.11'
    """
    arcs, arc = [], 0
    for octet in contenu:
        arc = (arc << 7) | (octet & 0x7F)
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    if not arcs:
        raise DerIllisible("empty object identifier")
    tete = min(arcs[0] // 40, 2)
    return ".".join(map(str, (tete, arcs[0] - 40 * tete, *arcs[1:])))


def en_texte(element: Element) -> str:
    """Return a text of any kind; one that cannot be decoded is read as Latin-1, which T61 texts are in practice.

    >>> en_texte(Element(0x14, "Rhône".encode("latin-1")))
    'Rhône'
    """
    try:
        return element.contenu.decode(_CODAGES.get(element.tag, "latin-1")).strip()
    except UnicodeDecodeError:
        return element.contenu.decode("latin-1").strip()


def en_instant(element: Element) -> datetime:
    """Return an aware instant, from UTCTime or GeneralizedTime.

    >>> en_instant(Element(UTC_TIME, b"260320120000Z"))
    datetime.datetime(2026, 3, 20, 12, 0, tzinfo=datetime.timezone.utc)
    """
    forme = _INSTANTS.get(element.tag)
    lu = forme and forme.fullmatch(element.contenu)
    if not lu:
        raise DerIllisible("no instant")
    an, mois, jour, heure, minute, seconde = (int(groupe or 0) for groupe in lu.group(1, 2, 3, 4, 5, 6))
    if element.tag == UTC_TIME:
        an += 2000 if an < _SIECLE else 1900
    try:
        instant = datetime(an, mois, jour, heure, minute, seconde, tzinfo=UTC)
        signe, heures, minutes = lu.group(7, 8, 9)
        ecart = timedelta(hours=int(heures or 0), minutes=int(minutes or 0))
        return instant + ecart if signe == b"-" else instant - ecart
    except (ValueError, OverflowError):
        raise DerIllisible("no such instant") from None
