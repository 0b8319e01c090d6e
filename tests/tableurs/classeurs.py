"""Workbooks typed in part by part, as the programs of the world write them."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = {
    TRANSITIONAL: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    STRICT: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_PAQUET = "http://schemas.openxmlformats.org/package/2006/relationships"


def texte(valeur: str) -> str:
    """Give a cell of text."""
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(valeur)}</t></is></c>'


def ligne(*cellules: str, attributs: str = "") -> str:
    """Give a row of cells; what is not a cell yet becomes a text."""
    return f"<row{attributs}>{''.join(c if c.startswith('<') else texte(c) for c in cellules)}</row>"


def feuille(*lignes: str, avant: str = "") -> str:
    """Give the XML of a sheet."""
    return f"<worksheet xmlns={quoteattr(TRANSITIONAL)}>{avant}<sheetData>{''.join(lignes)}</sheetData></worksheet>"


def prefixer(xml: str, prefixe: str = "x") -> str:
    """Write the same XML with a prefix on every name."""
    import re

    prefixe_nomme = re.sub(r"<(/?)([A-Za-z])", rf"<\1{prefixe}:\2", xml)
    return prefixe_nomme.replace("xmlns=", f"xmlns:{prefixe}=")


def classeur(
    *feuilles: str | bytes,
    noms: tuple[str, ...] = ("Commandes", "Feuil2", "Feuil3"),
    etats: tuple[str, ...] = (),
    formats: tuple[str, ...] = (),
    partages: str = "",
    reglages: str = "",
    espace: str = TRANSITIONAL,
    **parties: bytes,
) -> bytes:
    """Give a workbook of these sheets; ``formats`` are the number formats of the styles 1, 2, …"""
    relations = _RELATIONS[espace]
    etats = (*etats, *["visible"] * (len(feuilles) - len(etats)))
    listees = "".join(
        f'<sheet name={quoteattr(nom)} sheetId="{i}" state="{etat}" r:id="rId{i}"/>'
        for i, (_, nom, etat) in enumerate(zip(feuilles, noms, etats, strict=False), start=1)
    )
    liens = "".join(
        f'<Relationship Id="rId{i}" Type="{relations}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(feuilles) + 1)
    )
    liens += f'<Relationship Id="s" Type="{relations}/styles" Target="/xl/styles.xml"/>'
    liens += f'<Relationship Id="t" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/>' if partages else ""
    numeros = "".join(f"<numFmt numFmtId='{164 + i}' formatCode={quoteattr(f)}/>" for i, f in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{164 + i}"/>' for i in range(len(formats)))
    contenus: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{_PAQUET}"><Relationship Id="r" Type="{relations}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PAQUET}">{liens}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{espace}" xmlns:r="{relations}">{reglages}<sheets>{listees}</sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{espace}"><numFmts>{numeros}</numFmts><cellStyleXfs><xf numFmtId="9"/>'
        f'</cellStyleXfs><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        **({"xl/sharedStrings.xml": f'<sst xmlns="{espace}">{partages}</sst>'} if partages else {}),
        **{f"xl/worksheets/sheet{i}.xml": contenu for i, contenu in enumerate(feuilles, start=1)},
        **parties,
    }
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in contenus.items():
            archive.writestr(nom, contenu.replace(TRANSITIONAL, espace) if isinstance(contenu, str) else contenu)
    return tampon.getvalue()
