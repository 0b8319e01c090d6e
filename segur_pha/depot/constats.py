"""What is wrong with an order or a document, and where the clerk finds it: row, column, balise, document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import asdict, frozen

from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.tableau import Tableau, accorder, sans_controle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["CommandesRefusees", "Constat", "ValeurRefusee", "en_tableau", "nom_lisible"]

_LONGUEUR_D_UN_NOM: Final = 80


@frozen(kw_only=True)
class Constat:
    """A fault, or a piece of advice; no name of a person, e-mail or phone is in it.

    Attributes:
        message: a French sentence: what is wrong and what to do.
        code: the code of the controls (``RRNN``, decision 5), or an id of the deposit's own like ``jour-illisible``.
        ligne: the row of the source (a file: as a spreadsheet numbers it, the headers being row 1; mappings: from 1);
            ``None`` when it concerns the whole source or the settings.
        colonne: the header of the column in the source, ``""`` when no column is concerned.
        balise: the tag of the table, or ``""``.
        document: the document's name in the folder, or ``""``.
        attendu: what is expected, in French.

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

    @property
    def ou(self) -> str:
        """Where it is, in French."""
        lieux = [f"ligne {self.ligne}"] if self.ligne is not None else []
        lieux += [f"colonne « {self.colonne} »"] if self.colonne else []
        return ", ".join(lieux)

    def __str__(self) -> str:
        return " : ".join(filter(None, (self.ou, self.document and f"« {self.document} »", self.message)))

    def en_ligne(self) -> dict[str, object]:
        """Give the fields as one flat mapping, for JSON or a DataFrame."""
        return asdict(self)


class ValeurRefusee(Exception):
    """A cell or a document cannot be used: becomes a :class:`Constat` of its row.

    ``propose`` is the value that was probably meant, which may be personal: by it documents are looked for.
    """

    def __init__(self, code: str, message: str, attendu: str = "", *, propose: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.attendu = attendu
        self.propose = propose

    def __reduce__(self) -> tuple[type[ValeurRefusee], tuple[str, str, str]]:
        # A process that opens documents hands its refusals over; those propose nothing.
        return type(self), (self.code, self.message, self.attendu)


class CommandesRefusees(DepotRefuse):
    """Orders must be corrected before anything is written.

    ``fautes`` are all of them, in the order of the rows; ``conseils`` what a careful publisher would look at besides;
    ``description`` says in French how the orders were read.
    """

    def __init__(self, fautes: Sequence[Constat], conseils: Sequence[Constat] = (), description: str = "") -> None:
        premiere = fautes[0]
        lignes = len({faute.ligne for faute in fautes if faute.ligne is not None})
        resume = accorder(len(fautes), "faute") + (f" sur {accorder(lignes, 'ligne')}" if lignes else "")
        super().__init__(
            "\n".join([f"Rien n’a été écrit : {resume}.", *(f"  {faute}" for faute in fautes[:_DANS_LE_RESUME])]),
            code=premiere.code,
            balise=premiere.balise,
        )
        self.fautes: tuple[Constat, ...] = tuple(fautes)
        self.conseils: tuple[Constat, ...] = tuple(conseils)
        self.description = description


#: How many faults the text of the exception shows.
_DANS_LE_RESUME: Final = 10


def en_tableau(constats: Iterable[Constat], titre: str = "") -> Tableau:
    """Lay faults or advice out as a table, for a screen or a CSV.

    >>> en_tableau([Constat(message="Vide.", code="document-vide", ligne=2, document="a.pdf")]).colonnes[:4]
    ('Ligne', 'Colonne', 'Balise', 'Document')
    """
    return Tableau(
        ("Ligne", "Colonne", "Balise", "Document", "À corriger", "Attendu", "Code"),
        [(c.ligne, c.colonne, c.balise, c.document, c.message, c.attendu, c.code) for c in constats],
        titre=titre,
    )


def nom_lisible(nom: str) -> str:
    """Make the name of a file fit for a message: no control character, not endless.

    >>> nom_lisible("bon" + chr(27) + ".pdf") == "bon" + chr(0xFFFD) + ".pdf"
    True
    """
    lisible = sans_controle(nom)
    return lisible if len(lisible) <= _LONGUEUR_D_UN_NOM else f"{lisible[:_LONGUEUR_D_UN_NOM]}…"
