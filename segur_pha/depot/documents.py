"""One supporting document, looked at for real (extra ``pieces``): what it is by content, and whether it opens."""

from __future__ import annotations

import hashlib
import logging
import stat
import warnings
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.depot.constats import ValeurRefusee
from segur_pha.erreurs import ExtraManquant
from segur_pha.vagues.va1.enumerations import FormatFichier
from segur_pha.vagues.va1.limites import LIMITES

if TYPE_CHECKING:
    from pathlib import Path

    from pypdf import Configuration, PdfReader

__all__ = [
    "Document",
    "Examen",
    "examiner",
    "exiger_les_bibliotheques",
    "lire_document",
    "octets_du_document",
]

#: An A4 page scanned at 600 dots per inch has 34.8 million pixels; decoded, more than that is a bomb for the reader.
PIXELS_MAXIMUM: Final = 36_000_000

#: Where a reader of PDF still looks for the header.
_TETE_DE_PDF: Final = 1_024
_SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": FormatFichier.PNG, b"\xff\xd8\xff": FormatFichier.JPG}
_NOMS_POUR_PILLOW: Final = {FormatFichier.PNG: "PNG", FormatFichier.JPG: "JPEG"}

_FORMATS_ATTENDUS: Final = "un PDF, un PNG ou un JPG"
_A_REFAIRE: Final = "numérisez le document de nouveau"


@frozen
class Document:
    """A document that may be deposited.

    Attributes:
        chemin: where it is.
        octets: its size.
        sha256: its fingerprint, in hexadecimal.
        format: what it is by content.
    """

    chemin: Path
    octets: int
    sha256: str
    format: FormatFichier


@frozen
class Examen:
    """A document found good: what it is and, for a PDF, the reader that opened it."""

    format: FormatFichier
    pdf: PdfReader | None = field(default=None, repr=False)


def exiger_les_bibliotheques() -> None:
    """Make sure that documents can be looked at: a check that cannot run is an error, never "valid".

    Raises :class:`~segur_pha.ExtraManquant` when a library of the extra ``pieces`` is missing.
    """
    try:
        for bibliotheque in ("PIL.Image", "puremagic", "pypdf"):
            import_module(bibliotheque)
    except ImportError as erreur:
        raise ExtraManquant("pieces") from erreur
    # pypdf tells its logger about every oddity of a PDF; without a handler Python would print them for the clerk.
    logging.getLogger("pypdf").addHandler(logging.NullHandler())


def bornes_du_pdf() -> Configuration:
    """Say what pypdf may spend on a document of 3 Mo: no stream of text is larger, and a page is drawn in some thousand steps."""
    from pypdf import Configuration

    return Configuration(
        zlib_maximum_output_length=5_000_000,
        lzw_maximum_output_length=5_000_000,
        run_length_maximum_output_length=5_000_000,
        array_based_stream_maximum_output_length=5_000_000,
        stream_parsing_work_maximum_count=30_000,
        xform_maximum_invocations_per_extraction=10,
        page_tree_maximum_entries=10_000,
    )


def octets_du_document(chemin: Path) -> bytes:
    """Read a document, whose size is bounded (section 2.1).

    Raises :class:`ValeurRefusee` for what is no plain file, empty, too large or unreadable.
    """
    try:
        etat = chemin.stat()
        if not stat.S_ISREG(etat.st_mode):
            raise ValeurRefusee("document-illisible", "ce n’est pas un fichier", _FORMATS_ATTENDUS)
        if etat.st_size > LIMITES.octets_par_piece:
            raise _trop_lourd()
        with chemin.open("rb") as flux:
            octets = flux.read(LIMITES.octets_par_piece + 1)
    except OSError as erreur:
        constat = (
            "ce document est introuvable" if isinstance(erreur, FileNotFoundError) else "ce document ne se lit pas"
        )
        raise ValeurRefusee(
            "document-illisible", f"{constat} : vérifiez le fichier et vos droits d’accès", _FORMATS_ATTENDUS
        ) from None
    if not octets:
        raise ValeurRefusee("document-vide", f"ce document est vide : {_A_REFAIRE}", _FORMATS_ATTENDUS)
    if len(octets) > LIMITES.octets_par_piece:
        raise _trop_lourd()
    return octets


def _trop_lourd() -> ValeurRefusee:
    maximum = LIMITES.octets_par_piece // 1_000_000
    return ValeurRefusee(
        "document-lourd",
        f"ce document dépasse {maximum} Mo : réduisez la définition de la numérisation",
        f"{maximum} Mo au plus",
    )


def lire_document(chemin: Path) -> tuple[Document, Examen]:
    """Read and examine a document.

    Raises :class:`ValeurRefusee` saying what is wrong with it.
    """
    octets = octets_du_document(chemin)
    examen = examiner(octets)
    return Document(chemin, len(octets), hashlib.sha256(octets).hexdigest(), examen.format), examen


def examiner(octets: bytes) -> Examen:
    """Tell what a document is by its content, and open it: a PDF with a page and no password, an image that decodes.

    Raises :class:`ValeurRefusee`.

    >>> examiner(b"GIF89a...")
    Traceback (most recent call last):
    ...
    segur_pha.depot.constats.ValeurRefusee: ce document est de type GIF : enregistrez-le en PDF, PNG ou JPG
    """
    for signature, format_fichier in _SIGNATURES.items():
        if octets.startswith(signature):
            _decoder_l_image(octets, format_fichier)
            return Examen(format_fichier)
    if b"%PDF-" in octets[:_TETE_DE_PDF]:
        return Examen(FormatFichier.PDF, _ouvrir_le_pdf(octets))
    nature = _nature(octets)
    constat = f"ce document est de type {nature}" if nature else "ce document n’est ni un PDF ni une image"
    raise ValeurRefusee("document-type", f"{constat} : enregistrez-le en PDF, PNG ou JPG", _FORMATS_ATTENDUS)


def _nature(octets: bytes) -> str:
    """Name a foreign type, so that the clerk understands what was put there."""
    import puremagic

    try:
        return puremagic.from_string(octets).removeprefix(".").upper()
    except (puremagic.PureError, ValueError):
        return ""


def _ouvrir_le_pdf(octets: bytes) -> PdfReader:
    from pypdf import PdfReader, apply_configuration

    try:
        with apply_configuration(bornes_du_pdf()):
            lecteur = PdfReader(BytesIO(octets))
            chiffre = lecteur.is_encrypted
            pages = 0 if chiffre else len(lecteur.pages)
            if pages:
                lecteur.pages[0].mediabox  # noqa: B018 - reading it is the check
    except Exception as erreur:
        # A PDF can be broken in more ways than pypdf has exceptions for; none of them is worth a deposit.
        raise ValeurRefusee(
            "document-illisible", f"ce PDF est abîmé et ne s’ouvre pas : {_A_REFAIRE}", _FORMATS_ATTENDUS
        ) from erreur
    if chiffre:
        raise ValeurRefusee(
            "document-chiffre",
            "ce PDF est protégé : enregistrez-le sans mot de passe ni restriction",
            "un PDF sans protection",
        )
    if not pages:
        raise ValeurRefusee("document-vide", f"ce PDF n’a aucune page : {_A_REFAIRE}", _FORMATS_ATTENDUS)
    return lecteur


def _decoder_l_image(octets: bytes, format_fichier: FormatFichier) -> None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit is higher than ours, and oddities are no faults
            image = Image.open(BytesIO(octets), formats=(_NOMS_POUR_PILLOW[format_fichier],))
        largeur, hauteur = image.size
        demesuree = largeur * hauteur > PIXELS_MAXIMUM
        if not demesuree:
            # A JPEG is decoded to the end at an eighth of its size: every byte is looked at, in a small memory.
            image.draft("L", (1, 1))
            image.load()
    except Image.DecompressionBombError:
        demesuree = True
    except Exception as erreur:
        # Same as for a PDF: Pillow's decoders raise whatever they stumble upon.
        raise ValeurRefusee(
            "document-illisible", f"cette image est abîmée et ne s’ouvre pas : {_A_REFAIRE}", _FORMATS_ATTENDUS
        ) from erreur
    if demesuree:
        raise ValeurRefusee(
            "image-demesuree",
            "cette image est démesurée : numérisez à 300 points par pouce",
            f"{PIXELS_MAXIMUM // 1_000_000} millions de pixels au plus",
        )
