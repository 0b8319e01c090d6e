"""The text layer of a PDF, read within limits: present, absent, or unreadable."""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from pypdf import Configuration, PdfReader

__all__ = ["SANS_TABLE", "LectureComptee", "TexteLu", "bornes_du_pdf", "texte_du_pdf"]

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

    def __init__(self, octets: bytes) -> None:
        super().__init__(octets)
        self._recherches = 0

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


def bornes_du_pdf() -> Configuration:
    """Say what pypdf may spend on a document of 3 Mo: no stream of text is larger, and a page takes some thousand steps."""
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


def texte_du_pdf(lecteur: PdfReader) -> TexteLu:
    """Return the text layer of the first pages."""
    from pypdf import apply_configuration

    morceaux: list[str] = []
    longueur = pas = 0

    def compter(*_: object) -> None:
        nonlocal pas
        pas += 1

    try:
        with apply_configuration(bornes_du_pdf()):
            for page in islice(lecteur.pages, PAGES_LUES):
                morceaux.append(page.extract_text(visitor_operand_before=compter))
                longueur += len(morceaux[-1])
                if longueur > CARACTERES_LUS or pas > PAS_SUIVIS:
                    break
    except Exception:  # noqa: BLE001 - pypdf stumbles in many ways; this is for advice, and a person looks then
        return TexteLu(_joindre(morceaux), entier=False)
    return TexteLu(_joindre(morceaux), entier=pas <= PAS_SUIVIS)


def _joindre(morceaux: list[str]) -> str:
    return "\n".join(morceaux)[:CARACTERES_LUS]
