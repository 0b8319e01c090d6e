"""Ground: what a person must correct or look at in rows, folders, answers and certificates; one shape for all of them.

What the portal would refuse in a file is an :class:`~segur_pha.Anomalie`, and advice on a file a :class:`~segur_pha.Conseil`:
both concern a place in a JSON file.  A :class:`Constat` concerns what people work with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict, field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Constat", "LectureRefusee", "ValeurRefusee", "lignes_par_genre"]


@frozen(kw_only=True)
class Constat:
    """A fault or a piece of advice, and where it was found; its message contains no person's name, e-mail or phone number.

    Attributes:
        message: a French sentence: what is wrong and what to do.
        code: its id in kebab-case, like ``jour-illisible``, or the code of the controls (``RRNN``, decision 5).
        ligne: the row of a table as a spreadsheet numbers it, with the titles in row 1 (mappings: from 1); the line of a JSON
            file; the rank of a certificate in its file; ``None`` when it concerns the whole source or the settings.
        colonne: the header of the column, ``""`` when no column is concerned.
        balise: the tag of the table, or ``""``.
        document: the supporting document concerned, its name in its folder or zip, or ``""``.
        attendu: what is expected, in French, or ``""``; for an answer, what was sent or was said by an earlier one.
        recu: what was found instead, if it may be shown; of a personal value, only its length.
        fichier: the file in which ``ligne`` counts, ``""`` when it is the one table that the caller gave.
        page: the page of the document, from 1, or the first of several; ``None`` when it concerns the whole document.
        numero: the number of what is concerned: that of an order or a request (numeroEditeur), or of a certificate (N° produit).
        officine: the pharmacy's name, if known; it may be a person's, and only appears in the text of reports.
        chemin: JSON Pointer (RFC 6901) of the value concerned, or ``""``.

    >>> Constat(message="Date à corriger.", code="jour-illisible", ligne=4, colonne="Date", balise="dateCommande").ou
    'ligne 4, colonne « Date »'
    """

    message: str
    code: str
    ligne: int | None = None
    colonne: str = ""
    balise: str = ""
    document: str = ""
    attendu: str = ""
    fichier: str = ""
    page: int | None = None
    numero: str = ""
    officine: str = field(default="", repr=False)
    chemin: str = ""
    recu: str = field(default="", repr=False)

    @property
    def ou(self) -> str:
        """Where it is, in French (the file, the row, the column)."""
        ligne = f"ligne {self.ligne}" if self.ligne is not None else ""
        colonne = f"colonne « {self.colonne} »" if self.colonne else ""
        return ", ".join(filter(None, (self.fichier, ligne, colonne)))

    def __str__(self) -> str:
        return " : ".join(filter(None, (self.ou, self.document and f"« {self.document} »", self.message)))

    def en_ligne(self) -> dict[str, object]:
        """Return the fields as one flat mapping, for a DataFrame.

        >>> Constat(message="Document absent.", code="document-absent", document="a.pdf").en_ligne()["document"]
        'a.pdf'
        """
        return asdict(self)


def lignes_par_genre(genres: Mapping[str, Iterable[Constat]]) -> list[dict[str, object]]:
    """Return findings of several kinds as flat mappings for a table of data; ``genre`` tells which.

    >>> lignes_par_genre({"faute": [Constat(message="Document absent.", code="document-absent")]})[0]["genre"]
    'faute'
    """
    return [{"genre": genre, **constat.en_ligne()} for genre, constats in genres.items() for constat in constats]


class ValeurRefusee(Exception):
    """A cell or a document cannot be used: its reader stops here.

    It is not a second shape of finding, but carries one upwards: ``constat`` says what is wrong, and the code that asked for the
    value adds the place, which only it knows.  ``propose`` is the value that was probably meant, which may be personal: documents
    are looked for by it.

    >>> ValeurRefusee("jour-illisible", "ce jour n’existe pas").constat.code
    'jour-illisible'
    """

    def __init__(
        self, code: str, message: str, attendu: str = "", page: int | None = None, *, propose: str = ""
    ) -> None:
        super().__init__(message)
        self.constat = Constat(code=code, message=message, attendu=attendu, page=page)
        self.propose = propose

    def __reduce__(self) -> tuple[type[ValeurRefusee], tuple[str, str, str, int | None]]:
        # Processes that open documents hand over their refusals, which propose nothing.
        constat = self.constat
        return type(self), (constat.code, constat.message, constat.attendu, constat.page)


class LectureRefusee(ValeurRefusee):
    """The system refuses to read a document: nothing is known of it, not even that it is not the one looked for."""
