"""Documents and orders made up for the tests: the smallest files that readers accept."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def pdf(*lignes: str, pages: int = 1) -> bytes:
    """Build a PDF of one page of text (or of blank pages), from its specification."""
    texte = "".join(f"BT /F1 12 Tf 40 {780 - 20 * i} Td ({_echappe(ligne)}) Tj ET\n" for i, ligne in enumerate(lignes))
    contenu = texte.encode("cp1252")
    enfants = " ".join(f"{4 + i} 0 R" for i in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>"
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
