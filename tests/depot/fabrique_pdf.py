"""PDFs made up for the tests from their specification: pages of operators and images, each stream coded as it is asked for."""

from __future__ import annotations

import base64
import io
import zlib
from typing import TYPE_CHECKING

from attrs import field, frozen
from PIL import Image, TiffImagePlugin

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTE = b"BT /F1 12 Tf 40 780 Td (Bon de commande) Tj ET\n"


@frozen
class Flux:
    """A stream: its dictionary without its length, and its bytes."""

    entrees: str
    octets: bytes

    def abime(self, octets: bytes) -> Flux:
        """Give the same stream with other bytes."""
        return Flux(self.entrees, octets)

    def en_objet(self) -> bytes:
        return f"<</Length {len(self.octets)}{self.entrees}>>stream\n".encode() + self.octets + b"\nendstream"


@frozen
class Page:
    """A page: its operators and its images, which it draws one after the other."""

    contenu: Flux = Flux("", TEXTE)
    images: tuple[Flux, ...] = ()
    ressources: str = ""
    entrees: str = ""


@frozen
class Fabrique:
    """Puts objects into a PDF."""

    objets: list[bytes] = field(factory=list)

    def ajouter(self, objet: Flux | str) -> int:
        self.objets.append(objet.en_objet() if isinstance(objet, Flux) else objet.encode())
        return len(self.objets)


def pdf_de(pages: Iterable[Page], *autres: Flux | str) -> bytes:
    """Build a PDF; object 1 is its catalogue, 2 its pages, then come ``autres``, then the pages' own."""
    fabrique = Fabrique()
    fabrique.ajouter("<</Type/Catalog/Pages 2 0 R>>")
    fabrique.ajouter("")
    for autre in autres:
        fabrique.ajouter(autre)
    feuilles = []
    for page in pages:
        images = [fabrique.ajouter(image) for image in page.images]
        noms = "".join(f"/Im{rang} {numero} 0 R" for rang, numero in enumerate(images))
        contenu = fabrique.ajouter(page.contenu)
        feuilles.append(
            fabrique.ajouter(
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {contenu} 0 R{page.entrees}"
                f"/Resources<</XObject<<{noms}>>/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>{page.ressources}>>>>"
            )
        )
    enfants = " ".join(f"{feuille} 0 R" for feuille in feuilles)
    fabrique.objets[1] = f"<</Type/Pages/Kids[{enfants}]/Count {len(feuilles)}>>".encode()
    return assembler(fabrique.objets)


def assembler(objets: Iterable[bytes]) -> bytes:
    sortie, places = b"%PDF-1.7\n", []
    for rang, objet in enumerate(objets, start=1):
        places.append(len(sortie))
        sortie += b"%d 0 obj\n" % rang + objet + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    fin = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(sortie))
    return sortie + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table + fin


def dessiner(images: int, texte: bytes = TEXTE) -> bytes:
    """Write the operators of a page that shows a text and so many images."""
    return texte + b"".join(b"q 100 0 0 100 40 %d cm /Im%d Do Q\n" % (100 * rang, rang) for rang in range(images))


def contenu(octets: bytes, filtre: str = "FlateDecode") -> Flux:
    """Code operators with a filter."""
    match filtre:
        case "FlateDecode":
            code = zlib.compress(octets)
        case "ASCII85Decode":
            code = base64.a85encode(octets) + b"~>"
        case "ASCIIHexDecode":
            code = octets.hex().encode() + b">"
        case "RunLengthDecode":
            code = _bande(octets, "packbits") + b"\x80"
        case "LZWDecode":
            code = _bande(octets, "tiff_lzw")
        case _:
            return Flux("", octets)
    return Flux(f"/Filter/{filtre}", code)


def _bande(octets: bytes, compression: str) -> bytes:
    """Have TIFF's codec, which is PDF's, code bytes as one row of pixels."""
    return bande_tiff(Image.frombytes("L", (len(octets), 1), octets), compression)


def bande_tiff(image: Image.Image, compression: str, **balises: int) -> bytes:
    """Give the bytes that TIFF stores for an image."""
    sortie = io.BytesIO()
    infos = TiffImagePlugin.ImageFileDirectory_v2()
    infos[278] = image.height
    for balise, valeur in balises.items():
        infos[int(balise.removeprefix("t"))] = valeur
    image.save(sortie, "TIFF", compression=compression, tiffinfo=infos)
    lue = Image.open(io.BytesIO(sortie.getvalue()))
    assert isinstance(lue, TiffImagePlugin.TiffImageFile)
    (place,), (longueur,) = lue.tag_v2[273], lue.tag_v2[279]
    return sortie.getvalue()[place : place + longueur]


def image_jpeg(image: Image.Image, **reglages: object) -> Flux:
    sortie = io.BytesIO()
    image.save(sortie, "JPEG", **reglages)
    return Flux(f"{_taille(image)}/BitsPerComponent 8/Filter/DCTDecode", sortie.getvalue())


def image_flate(image: Image.Image) -> Flux:
    return Flux(f"{_taille(image)}/BitsPerComponent 8/Filter/FlateDecode", zlib.compress(image.tobytes()))


def image_telecopie(image: Image.Image, groupe: int = 4) -> Flux:
    reglages = f"<</K {-1 if groupe == 4 else 0}/Columns {image.width}/Rows {image.height}>>"
    code = bande_tiff(image, f"group{groupe}")
    return Flux(f"{_taille(image)}/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms{reglages}", code)


_ESPACES = {"1": "Gray", "L": "Gray", "RGB": "RGB", "CMYK": "CMYK"}


def _taille(image: Image.Image) -> str:
    espace = f"/ColorSpace/Device{_ESPACES[image.mode]}"
    return f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}{espace}"
