"""Ground: how large a table may be before anybody reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zipfile import ZipFile

__all__ = ["COLONNES_MAXIMUM", "demesure"]

#: What the parts may weigh once unzipped, all together: a national fleet of certificates weighs half of it.
OCTETS_DEBALLES: Final = 200_000_000
PARTIES_MAXIMUM: Final = 1_000
#: A table that people work with has thirty columns.
COLONNES_MAXIMUM: Final = 256


def demesure(archive: ZipFile) -> bool:
    """Tell whether a workbook is a zip bomb; a part never gives more bytes than it declares, as zipfile stops there."""
    parties = archive.infolist()
    return len(parties) > PARTIES_MAXIMUM or sum(partie.file_size for partie in parties) > OCTETS_DEBALLES
