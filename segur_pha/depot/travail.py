"""What examining one document may cost, and how an examination can end without an answer."""

from __future__ import annotations

from typing import Final, NoReturn

__all__ = ["OCTETS_DECODES", "Abime", "Demesure", "SansLecteur", "Travail", "refuser"]

#: In bytes: four colour A4 pages scanned at 600 dots per inch; a page of text takes some ten thousand.
OCTETS_DECODES: Final = 450_000_000
#: In blocks of eight by eight samples: forty colour A4 pages at 300 dots per inch.
BLOCS_DECODES: Final = 8_000_000


class Abime(Exception):
    """The data are not what they claim to be: they were changed or cut short on the way."""


class Demesure(Exception):
    """An examination would cost more than one document may."""


class SansLecteur(Exception):
    """Nothing here can decode this format."""


def refuser(pourquoi: str) -> NoReturn:
    """Raise :class:`Abime`."""
    raise Abime(pourquoi)


class Travail:
    """How much of one document may still be decoded: bytes of output, and blocks of pictures.

    >>> Travail(octets=3).octets(4)
    Traceback (most recent call last):
    ...
    segur_pha.depot.travail.Demesure
    """

    def __init__(self, *, octets: int = OCTETS_DECODES, blocs: int = BLOCS_DECODES) -> None:
        self._octets, self._blocs = octets, blocs

    def octets(self, nombre: int) -> None:
        """Take bytes from what is left; raises :class:`Demesure` when too few are left."""
        self._octets -= nombre
        if self._octets < 0:
            raise Demesure

    def blocs(self, nombre: int) -> None:
        """Take blocks from what is left; raises :class:`Demesure` when too few are left."""
        self._blocs -= nombre
        if self._blocs < 0:
            raise Demesure
