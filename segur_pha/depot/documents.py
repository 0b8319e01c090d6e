"""One supporting document, really examined (extra ``pieces``): what its content is, and whether it opens."""

from __future__ import annotations

import errno
import hashlib
import logging
import stat
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.constats import Constat, LectureRefusee, ValeurRefusee
from segur_pha.depot.images import PIXELS_MAXIMUM, verifier_un_jpeg, verifier_un_png
from segur_pha.depot.texte_pdf import SANS_TABLE, LectureComptee, TexteLu, sous_bornes, texte_du_pdf
from segur_pha.depot.travail import Abime, Demesure, Travail
from segur_pha.erreurs import ExtraManquant
from segur_pha.fichiers import lire_jusqu_a
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pypdf import PdfReader

    from segur_pha.table.specification import Limites

__all__ = [
    "Document",
    "ExamenDeDocument",
    "examiner",
    "exiger_les_bibliotheques",
    "lecture_refusee",
    "lire_document",
    "octets_du_document",
]

#: How far into a file a PDF reader still looks for the header, in bytes.
_TETE_DE_PDF: Final = 1_024
_PDF, _PNG, _JPG = "PDF", "PNG", "JPG"
_SIGNATURES: Final = {b"\x89PNG\r\n\x1a\n": _PNG, b"\xff\xd8\xff": _JPG}
_VERIFICATIONS: Final = {_PNG: verifier_un_png, _JPG: verifier_un_jpeg}

_FORMATS_ATTENDUS: Final = "un PDF, un PNG ou un JPG"
_A_REFAIRE: Final = "numérisez la pièce de nouveau"
#: How many pages a message names; whoever scans the document again scans all of them.
_PAGES_NOMMEES: Final = 8


@frozen
class Document:
    """A document that may be deposited.

    Attributes:
        chemin: where it is.
        octets: its size.
        sha256: its fingerprint, in hexadecimal.
        format: what its content is: ``"PDF"``, ``"PNG"`` or ``"JPG"``.
    """

    chemin: Path
    octets: int
    sha256: str
    format: str


#: The advice is not to print such a PDF to a new one, which would drop any signature.
_RESTREINT: Final = Constat(
    code="pdf-restreint",
    message="ce PDF s’ouvre, mais interdit par exemple de l’imprimer ou de le modifier : il peut être déposé tel quel",
)


@frozen
class ExamenDeDocument:
    """A document found good: its format, the advice on it (the caller adds the place), and the text of a PDF if asked for."""

    format: str
    reserves: tuple[Constat, ...] = ()
    texte: TexteLu | None = field(default=None, repr=False)


def exiger_les_bibliotheques() -> None:
    """Make sure that documents can be looked at: a check that cannot run is an error, never "valid".

    Raises :class:`~segur_pha.ExtraManquant` when a library of the extra ``pieces`` is missing.
    """
    try:
        # Last, what of ours looks at pages with them.
        for bibliotheque in ("PIL.Image", "puremagic", "pypdf", "segur_pha.depot.pages"):
            import_module(bibliotheque)
    except ImportError as erreur:
        raise ExtraManquant("pieces") from erreur
    # pypdf logs every oddity of a PDF; without a handler, Python would print these where the clerk sees them.
    logging.getLogger("pypdf").addHandler(logging.NullHandler())


_TROP_D_OUVERTS: Final = "trop de fichiers sont ouverts à la fois pour la lire : relevez la limite (ulimit -n)"


def octets_du_document(chemin: Path, limites: Limites = PAR_DEFAUT.limites) -> bytes:
    """Read a document, whose size is limited (section 2.1).

    Raises :class:`ValeurRefusee` when it is not a plain file, or is empty, too large or unreadable.
    """
    try:
        etat = chemin.stat()
        if not stat.S_ISREG(etat.st_mode):
            raise ValeurRefusee("document-illisible", "ce n’est pas un fichier", _FORMATS_ATTENDUS)
        if etat.st_size > limites.octets_par_piece:
            raise _trop_lourd(limites)
        octets = lire_jusqu_a(chemin, limites.octets_par_piece)
    except FileNotFoundError:
        raise ValeurRefusee(
            "document-illisible",
            "cette pièce est introuvable : vérifiez le fichier et vos droits d’accès",
            _FORMATS_ATTENDUS,
        ) from None
    except OSError as refus:
        raise lecture_refusee(refus) from None
    if not octets:
        raise ValeurRefusee("document-vide", f"ce document est vide : {_A_REFAIRE}", _FORMATS_ATTENDUS)
    if len(octets) > limites.octets_par_piece:
        raise _trop_lourd(limites)
    return octets


def lecture_refusee(refus: OSError) -> LectureRefusee:
    """Say that the system refuses to read a document."""
    trop_d_ouverts = refus.errno in {errno.EMFILE, errno.ENFILE}
    return LectureRefusee(
        "document-illisible",
        _TROP_D_OUVERTS if trop_d_ouverts else "cette pièce ne se lit pas : vérifiez le fichier et vos droits d’accès",
        _FORMATS_ATTENDUS,
    )


def _trop_lourd(limites: Limites) -> ValeurRefusee:
    maximum = limites.octets_par_piece // 1_000_000
    return ValeurRefusee(
        "document-lourd",
        f"cette pièce dépasse {maximum} Mo : réduisez la définition de la numérisation",
        f"{maximum} Mo au plus",
    )


def lire_document(
    chemin: Path, *, texte: bool = False, limites: Limites = PAR_DEFAUT.limites
) -> tuple[Document, ExamenDeDocument]:
    """Read and examine a document; ``texte`` asks for its text layer.

    Raises :class:`ValeurRefusee` saying what is wrong with it.
    """
    octets = octets_du_document(chemin, limites)
    examen = examiner(octets, texte=texte)
    return Document(chemin, len(octets), hashlib.sha256(octets).hexdigest(), examen.format), examen


def examiner(octets: bytes, *, texte: bool = False) -> ExamenDeDocument:
    """Tell what a document is by its content, and open it: everything the pages of a PDF show, or an image, is fully decoded.

    ``texte`` asks for the text layer of a PDF.

    Raises :class:`ValeurRefusee`.

    >>> examiner(b"GIF89a...")
    Traceback (most recent call last):
    ...
    segur_pha.constats.ValeurRefusee: cette pièce est de type GIF : enregistrez-la en PDF, PNG ou JPG
    """
    for signature, format_fichier in _SIGNATURES.items():
        if octets.startswith(signature):
            _decoder_l_image(octets, format_fichier)
            return ExamenDeDocument(format_fichier)
    if b"%PDF-" in octets[:_TETE_DE_PDF]:
        return _ouvrir_le_pdf(octets, texte=texte)
    nature = _nature(octets)
    constat = f"cette pièce est de type {nature}" if nature else "cette pièce n’est ni un PDF ni une image"
    raise ValeurRefusee("document-type", f"{constat} : enregistrez-la en PDF, PNG ou JPG", _FORMATS_ATTENDUS)


def _nature(octets: bytes) -> str:
    """Name any other type of file, so that the clerk understands what was put there."""
    import puremagic

    try:
        return puremagic.from_string(octets).removeprefix(".").upper()
    except (puremagic.PureError, ValueError):
        return ""


def _ouvrir_le_pdf(octets: bytes, *, texte: bool) -> ExamenDeDocument:
    lecture = LectureComptee(octets)
    try:
        examen = sous_bornes(partial(_examiner_le_pdf, lecture, texte=texte))
    except ValeurRefusee:
        if not lecture.epuisee:
            raise
    else:
        if not lecture.epuisee:
            return examen
    # Where no object stands where its table says, building a new table costs less than so many searches.
    return sous_bornes(partial(_examiner_le_pdf, LectureComptee(octets + SANS_TABLE), texte=texte))


def _examiner_le_pdf(lecture: LectureComptee, *, texte: bool) -> ExamenDeDocument:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    from segur_pha.depot.pages import regarder_les_pages

    try:
        lecteur = PdfReader(lecture)
        reserves = _sans_mot_de_passe(lecteur)
        pages = list(lecteur.pages)
        regard = regarder_les_pages(lecteur, pages, Travail())
        if pages:
            pages[0].mediabox  # noqa: B018 - reading it is the check
    except ValeurRefusee:
        raise
    except DependencyError as erreur:
        raise ExtraManquant("pieces") from erreur
    except Exception as erreur:
        # A PDF can be broken in more ways than pypdf has exceptions for; none of them may stop a deposit.
        raise _abime("ce PDF est abîmé et ne s’ouvre pas") from erreur
    if not pages:
        raise ValeurRefusee("document-vide", f"ce PDF n’a aucune page : {_A_REFAIRE}", _FORMATS_ATTENDUS)
    if regard.abimees:
        raise _abime(f"ce PDF est abîmé ({_pages(regard.abimees)})", regard.abimees[0])
    if regard.non_regardees:
        message = (
            f"{_pages(regard.non_regardees)} : ce qui s’y trouve n’a pas pu être vérifié ici, ouvrez ce PDF et regardez"
        )
        reserves.append(Constat(code="page-non-verifiee", message=message, page=regard.non_regardees[0]))
    lu = texte_du_pdf(lecteur) if texte else None
    vars(lecteur).clear()  # its objects and it know one another, and would stay until somebody collects garbage
    return ExamenDeDocument(_PDF, tuple(reserves), lu)


def _sans_mot_de_passe(lecteur: PdfReader) -> list[Constat]:
    if not lecteur.is_encrypted:
        return []
    if not lecteur.decrypt(""):
        raise ValeurRefusee(
            "document-chiffre",
            "ce PDF ne s’ouvre qu’avec un mot de passe : enregistrez-le sans mot de passe",
            "un PDF qui s’ouvre sans mot de passe",
        )
    return [_RESTREINT]


def _decoder_l_image(octets: bytes, format_fichier: str) -> None:
    try:
        _VERIFICATIONS[format_fichier](octets, Travail())
    except Demesure:
        raise ValeurRefusee(
            "image-demesuree",
            "cette image est démesurée : numérisez à 300 points par pouce",
            f"{PIXELS_MAXIMUM // 1_000_000} millions de pixels au plus",
        ) from None
    except Abime as erreur:
        raise _abime("cette image est abîmée et ne s’ouvre pas") from erreur


def _abime(constat: str, page: int | None = None) -> ValeurRefusee:
    return ValeurRefusee("document-illisible", f"{constat} : {_A_REFAIRE}", _FORMATS_ATTENDUS, page)


def _pages(rangs: Sequence[int]) -> str:
    """Name the first few pages, and say whether there are more.

    >>> _pages([2]), _pages([1, 3]), _pages(range(1, 40))
    ('page 2', 'pages 1 et 3', 'pages 1, 2, 3, 4, 5, 6, 7, 8 et 31 autres')
    """
    dits = [str(rang) for rang in rangs[:_PAGES_NOMMEES]]
    dits += [f"{len(rangs) - _PAGES_NOMMEES} autres"] if len(rangs) > _PAGES_NOMMEES else []
    return f"pages {', '.join(dits[:-1])} et {dits[-1]}" if len(dits) > 1 else f"page {dits[0]}"
