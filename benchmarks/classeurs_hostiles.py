"""Hostile workbooks: some kB on the disk that would cost a careless reader minutes, each with as many repetitions as asked for.

``CLASSEURS`` maps a name to a function and to the number of repetitions that `benchmarks/hostile.py` measures, the most that a
workbook may unpack to.  The tests use the same shapes in small.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

TITRES: Final = ("Titulaire", "FINESS")
_ESPACE: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PAQUET: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_ENTETE: Final = "<row>" + "".join(f'<c t="str"><v>{titre}</v></c>' for titre in TITRES) + "</row>"
#: Nearly the longest text that Excel takes.
_LONG: Final = 30_000


def en_classeur(lignes: str = "", *, avant: str = "", partages: str = "", styles: str = "", feuilles: int = 1) -> bytes:
    """Put rows into a workbook, under the titles ``TITRES``; every one of its sheets is the same part."""
    lies = "".join(
        f'<Relationship Id="{sorte}" Type="{_RELATIONS}/{sorte}" Target="{sorte}.xml"/>'
        for sorte in ("worksheet", "sharedStrings", "styles")
    )
    nommees = "".join(f'<sheet name="F{rang}" r:id="worksheet"/>' for rang in range(feuilles))
    parties = {
        "_rels/.rels": f'<Relationships xmlns="{_PAQUET}"><Relationship Id="r" Type="{_RELATIONS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PAQUET}">{lies}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_ESPACE}" xmlns:r="{_RELATIONS}"><sheets>{nommees}</sheets></workbook>',
        "xl/worksheet.xml": f'<worksheet xmlns="{_ESPACE}">{avant}<sheetData>{_ENTETE}{lignes}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_ESPACE}">{partages}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_ESPACE}">{styles}</styleSheet>',
    }
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, texte in parties.items():
            archive.writestr(nom, texte)
    return tampon.getvalue()


def _partage(longueur: int, fois: int) -> bytes:
    """Show one text in every cell."""
    deux = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
    return en_classeur(deux * fois, partages=f"<si><t>{'é' * longueur}</t></si>")


def _formate(motif: str, fois: int) -> bytes:
    styles = f'<numFmts><numFmt numFmtId="164" formatCode="{motif}"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>'
    return en_classeur("<row><c><v>1</v></c><c><v>1</v></c></row>" * fois, styles=styles)


#: Those that no spreadsheet writes.
CLASSEURS: Final[dict[str, tuple[Callable[[int], bytes], int]]] = {
    "a long text in every cell": (lambda fois: _partage(_LONG, fois), 240_000),
    "a text longer than any cell in every cell": (lambda fois: _partage(4_000_000, fois), 240_000),
    "a number of many digits in every cell": (
        lambda fois: en_classeur(f"<row><c><v>{'9' * 100_000}</v></c></row>" * fois),
        1_900,
    ),
    "texts that no cell shows": (lambda fois: en_classeur(partages="<si><t>a</t></si>" * fois), 9_000_000),
    "one text in many pieces": (
        lambda fois: en_classeur(partages=f"<si>{'<r><t>a</t></r>' * fois}</si>"),
        9_000_000,
    ),
    "empty cells": (lambda fois: en_classeur(f"<row>{'<c/>' * 250}</row>" * fois), 100_000),
    "empty rows": (lambda fois: en_classeur("<row/>" * fois), 25_000_000),
    "hidden columns": (
        lambda fois: en_classeur(avant="<cols>" + '<col min="-9" max="256" hidden="1"/>' * fois + "</cols>"),
        5_000_000,
    ),
    "styles": (lambda fois: en_classeur(styles=f"<cellXfs>{'<xf/>' * fois}</cellXfs>"), 25_000_000),
    "a number format of many places in every cell": (lambda fois: _formate("0" * 255, fois), 240_000),
    "a number format without end in every cell": (lambda fois: _formate("0" * 1_000_000, fois), 240_000),
    "sheets": (lambda fois: en_classeur(feuilles=fois), 4_000_000),
}
