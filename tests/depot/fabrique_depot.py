"""Documents and orders made up for the tests: the smallest files that readers accept."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from segur_pha import Editeur

if TYPE_CHECKING:
    from pathlib import Path


def pdf(*lignes: str, pages: int = 1) -> bytes:
    """Build a PDF of one page of text (or of blank pages), from its specification."""
    texte = "".join(f"BT /F1 12 Tf 40 {780 - 20 * i} Td ({_echappe(ligne)}) Tj ET\n" for i, ligne in enumerate(lignes))
    contenu = texte.encode("cp1252")
    enfants = " ".join(f"{4 + i} 0 R" for i in range(pages))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F1 << /Type /Font"
        b" /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>"
    )
    objets = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{enfants}] /Count {pages} >>".encode(),
        b"<< /Length %d >>\nstream\n%sendstream" % (len(contenu), contenu),
        *[page] * pages,
    ]
    sortie = BytesIO()
    sortie.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for numero, objet in enumerate(objets, start=1):
        places.append(sortie.tell())
        sortie.write(b"%d 0 obj\n%s\nendobj\n" % (numero, objet))
    debut = sortie.tell()
    sortie.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1))
    sortie.writelines(b"%010d 00000 n \n" % place for place in places)
    sortie.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, debut))
    return sortie.getvalue()


def _echappe(texte: str) -> str:
    return texte.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def image(forme: str = "PNG", taille: tuple[int, int] = (8, 8), mode: str = "L") -> bytes:
    """Build an image in one colour: forme PNG, JPEG or GIF."""
    sortie = BytesIO()
    Image.new(mode, taille, 255).save(sortie, forme)
    return sortie.getvalue()


EDITEUR = {
    "numero_ans": "ANS0000001",
    "siret": "12345678200010",
    "statut_admin_technique": "E",
    "numero_carte_cpx": "1234567890",
    "nom_admin_technique": "MARTIN",
    "tel_admin_technique": "0102030405",
    "email_admin_technique": "certificats@editeur.example",
    "has_bal_ms_sante_personnelle": True,
    "regime_tva": "TTC",
}


def editeur(**reglages: object) -> Editeur:
    """Build the settings of a publisher who says everything that orders do not."""
    return Editeur(**{**EDITEUR, **reglages})  # type: ignore[arg-type]


def commande(rang: int = 1, **cellules: object) -> dict[str, object]:
    """Build an order whose document is ``bon-RANG.pdf``."""
    return {
        "numero_editeur": f"{rang:05}",
        "date_commande": "15/11/2022",
        "montant_segur_ht": "708,33",
        "nom_responsable": "DURAND",
        "finess_geo": f"75{rang:07}",
        "bon_commande": f"bon-{rang}.pdf",
        **cellules,
    }


def bons(dossier: Path, nombre: int, contenu: bytes | None = None) -> Path:
    """Fill a folder with order forms that say what :func:`commande` says."""
    dossier.mkdir(exist_ok=True)
    for rang in range(1, nombre + 1):
        octets = contenu or pdf("DURAND", "15/11/2022", "708,33", f"75{rang:07}")
        (dossier / f"bon-{rang}.pdf").write_bytes(octets)
    return dossier
