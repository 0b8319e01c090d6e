"""An image, decoded to its end, within limits."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Final

from segur_pha.depot.jpeg import verifier_le_jpeg
from segur_pha.depot.travail import Abime, Demesure

if TYPE_CHECKING:
    from segur_pha.depot.travail import Travail

__all__ = ["PIXELS_MAXIMUM", "verifier_un_jpeg", "verifier_un_jpeg_2000", "verifier_un_png"]

#: An A4 page scanned at 600 dots per inch has 34.8 million pixels; an image of more would be a bomb for its reader.
PIXELS_MAXIMUM: Final = 36_000_000


def verifier_un_png(octets: bytes, travail: Travail) -> None:
    """Decode a PNG.

    Raises :class:`~segur_pha.depot.travail.Abime` or :class:`~segur_pha.depot.travail.Demesure`, as do the other functions here.
    """
    _decoder(octets, "PNG", travail)


def verifier_un_jpeg(octets: bytes, travail: Travail) -> None:
    """Decode a JPEG, all of whose blocks must be there: Pillow would fill missing ones with grey."""
    verifier_le_jpeg(octets, travail)
    _decoder(octets, "JPEG", travail)


def verifier_un_jpeg_2000(octets: bytes, travail: Travail) -> None:
    """Decode a JPEG 2000, which only occurs inside a PDF."""
    _decoder(octets, "JPEG2000", travail)


def _borner(pixels: int, travail: Travail) -> None:
    if pixels > PIXELS_MAXIMUM:
        raise Demesure
    travail.octets(pixels)


def _decoder(octets: bytes, forme: str, travail: Travail) -> None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit is higher than ours, and oddities are not faults
            image = Image.open(BytesIO(octets), formats=(forme,))
        _borner(image.width * image.height, travail)
        # A JPEG is decoded to the end at an eighth of its size: every byte is looked at, in little memory.
        image.draft("L", (1, 1))
        image.load()
    except (Demesure, Image.DecompressionBombError):
        raise Demesure from None
    except Exception as erreur:
        # Pillow's decoders raise all kinds of errors; none of them may stop a deposit.
        raise Abime(forme) from erreur
