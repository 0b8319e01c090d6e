"""What examining one document may cost, and how an examination can end without an answer."""

from __future__ import annotations

from typing import Final, NoReturn

__all__ = ["OCTETS_DECODES", "Abime", "Demesure", "SansLecteur", "Travail", "refuser"]

#: Four scanned A4 pages at 600 dots per inch in colour, in bytes; a page of text has some ten thousand.
OCTETS_DECODES: Final = 450_000_000
#: Blocks of eight by eight samples: forty A4 pages in colour at 300 dots per inch.
BLOCS_DECODES: Final = 8_000_000


class Abime(Exception):
    """Data are not what they announce: they were changed or cut on their way."""


class Demesure(Exception):
    """An examination would cost more than one document may."""


class SansLecteur(Exception):
    """Nothing here decodes this format."""


def refuser(pourquoi: str) -> NoReturn:
    """Raise :class:`Abime`."""
    raise Abime(pourquoi)


class Travail:
    """What may still be decoded of one document: bytes that come out, blocks of pictures that are walked over.

    >>> Travail(octets=3).octets(4)
    Traceback (most recent call last):
    ...
    segur_pha.depot.travail.Demesure
    """

    def __init__(self, *, octets: int = OCTETS_DECODES, blocs: int = BLOCS_DECODES) -> None:
        self._octets, self._blocs = octets, blocs

    def octets(self, nombre: int) -> None:
        """Take bytes from what is left; raises :class:`Demesure` when that is not enough."""
        self._octets -= nombre
        if self._octets < 0:
            raise Demesure

    def blocs(self, nombre: int) -> None:
        """Take blocks from what is left; raises :class:`Demesure` when that is not enough."""
        self._blocs -= nombre
        if self._blocs < 0:
            raise Demesure
