"""The text layer of a PDF, read within limits: present, absent, or unreadable."""

from __future__ import annotations

from contextvars import Context
from functools import cache, partial
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pypdf import Configuration, PageObject, PdfReader

__all__ = ["SANS_TABLE", "LectureComptee", "TexteLu", "bornes_du_pdf", "sous_bornes", "texte_du_pdf"]

T = TypeVar("T")

#: A slightly wrong table of objects has a few of them in the wrong place.
RECHERCHES_MAXIMUM: Final = 50
#: At the end of a PDF, this makes pypdf look for the objects themselves, since no table begins at the second byte.
SANS_TABLE: Final = b"\nstartxref\n1\n%%EOF\n"

#: An order form has a few pages; the rest is general terms and conditions.
PAGES_LUES: Final = 10
CARACTERES_LUS: Final = 200_000
#: That many steps would draw all the pages of an order form many times over.
PAS_SUIVIS: Final = 200_000


@frozen
class TexteLu:
    """What could be read.

    Attributes:
        texte: the text, empty when the pages only show pictures.
        entier: whether all of it could be read; if not, a word that is missing from the text may still be on the page.
    """

    texte: str
    entier: bool


class LectureComptee(BytesIO):
    """The bytes of a PDF; pypdf asks for all of them whenever an object is not where the table of objects says.

    A document with thousands of such objects would be searched thousands of times.
    """

    # Of the class, until the first search: what has no attribute of its own is read faster.
    _recherches = 0

    @property
    def epuisee(self) -> bool:
        """Whether there were more searches than one document may cost."""
        return self._recherches > RECHERCHES_MAXIMUM

    def getbuffer(self) -> memoryview:
        """Count a search; raises pypdf's ``LimitReachedError`` when there were too many."""
        from pypdf.errors import LimitReachedError

        self._recherches += 1
        if self.epuisee:
            raise LimitReachedError("searches")
        return super().getbuffer()


@cache
def bornes_du_pdf() -> Configuration:
    """Say what pypdf may spend on a document of 3 Mo: no stream of text is larger, and a page is drawn in some thousand steps.

    They hold whatever a program has set of pypdf's older bounds, as long as there are any.
    """
    from pypdf import Configuration

    bornes = Configuration(
        zlib_maximum_output_length=5_000_000,
        lzw_maximum_output_length=5_000_000,
        run_length_maximum_output_length=5_000_000,
        array_based_stream_maximum_output_length=5_000_000,
        stream_parsing_work_maximum_count=30_000,
        xform_maximum_invocations_per_extraction=10,
        page_tree_maximum_entries=10_000,
    )
    sans_anciennes = "disable_legacy_handling"
    return bornes.with_overwrites(**{sans_anciennes: True}) if hasattr(bornes, sans_anciennes) else bornes


def sous_bornes(faire: Callable[[], T]) -> T:
    """Have something done with pypdf within its bounds."""
    dans_le_contexte = _contexte().copy().run
    return dans_le_contexte(faire)


@cache
def _contexte() -> Context:
    """Set the bounds once: pypdf builds a configuration anew for each time that one is applied."""
    from pypdf import overwrite_configuration

    contexte = Context()
    dans_le_contexte = contexte.run
    dans_le_contexte(overwrite_configuration, bornes_du_pdf())
    return contexte


def texte_du_pdf(lecteur: PdfReader) -> TexteLu:
    """Give the text layer of the first pages, read within the bounds."""
    return sous_bornes(partial(_texte, lecteur))


def _texte(lecteur: PdfReader) -> TexteLu:
    morceaux: list[str] = []
    longueur = pas = 0

    def compter(*_: object) -> None:
        nonlocal pas
        pas += 1

    try:
        pages = list(islice(lecteur.pages, PAGES_LUES))
        comptees = _peuvent_durer(pages)
        for page in pages:
            # Being told of each step is slow.  Of a page without a text pypdf has not looked at them all.
            lu = "" if comptees else page.extract_text()
            morceaux.append(lu or page.extract_text(visitor_operand_before=compter))
            longueur += len(morceaux[-1])
            if longueur > CARACTERES_LUS or pas > PAS_SUIVIS:
                break
    except Exception:  # noqa: BLE001 - pypdf stumbles in many ways; this is for advice, and a person looks then
        return TexteLu(_joindre(morceaux), entier=False)
    return TexteLu(_joindre(morceaux), entier=pas <= PAS_SUIVIS)


def _peuvent_durer(pages: Sequence[PageObject]) -> bool:
    """Tell whether pages may take more steps than are followed: pypdf bounds those of each page, but for the forms that it draws."""
    from pypdf.generic import DictionaryObject

    from segur_pha.depot.flux import dictionnaire, objet

    if len(pages) * bornes_du_pdf().stream_parsing_work_maximum_count > PAS_SUIVIS:
        return True
    ressources = (dictionnaire(page.get("/Resources")) for page in pages)
    dessines = (objet(dessin) for siennes in ressources for dessin in dictionnaire(siennes.get("/XObject")).values())
    return not all(isinstance(dessin, DictionaryObject) and dessin.get("/Subtype") == "/Image" for dessin in dessines)


def _joindre(morceaux: list[str]) -> str:
    return "\n".join(morceaux)[:CARACTERES_LUS]
