"""A table of values, whether it will be read on a terminal, in a browser, in a spreadsheet or by a program."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias
from unicodedata import category

import attrs
from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from segur_pha.constats import Constat

__all__ = [
    "Barre",
    "Cellule",
    "Marque",
    "Niveau",
    "Part",
    "Phrase",
    "Tableau",
    "accorder",
    "en_cellule",
    "en_ligne",
    "en_mots",
    "en_plages",
    "en_tableau",
    "euros",
    "nom_lisible",
    "sans_controle",
    "valeur_plate",
]

#: A space that keeps a number and its unit together; cp1252 consoles do not know the narrow one.
# Written by its number: a name asks for a module while this one is compiled, and Ctrl-C there would be a SyntaxError.
_INSECABLE = "\u00a0"


class Niveau(StrEnum):
    """How a word is highlighted: by colour or weight where possible, but never as the only sign of its meaning."""

    BON = "bon"
    ATTENTION = "attention"
    MAUVAIS = "mauvais"
    DISCRET = "discret"
    FORT = "fort"


@frozen
class Marque:
    """A highlighted word in a cell or a sentence.

    >>> en_mots(Marque("rejetée", Niveau.MAUVAIS))
    'rejetée'
    """

    texte: str
    niveau: Niveau


@frozen(init=False)
class Phrase:
    """A line of a report: texts and marks one after the other.

    Attributes:
        morceaux: the texts and marks.
        retrait: how many columns the line is indented.
        tete: a word in front; if a narrow terminal wraps the line, what follows stays to its right.
        entiere: kept on one line however narrow the terminal, which then wraps it by itself: a command copied from two lines
            would fail.

    >>> Phrase("3 demandes, ", Marque("1 rejetée", Niveau.MAUVAIS), retrait=2).retrait
    2
    """

    morceaux: tuple[str | Marque, ...]
    retrait: int
    tete: Marque | None
    entiere: bool

    def __init__(
        self, *morceaux: str | Marque, retrait: int = 0, tete: Marque | None = None, entiere: bool = False
    ) -> None:
        self.__attrs_init__(morceaux, retrait, tete, entiere)


@frozen
class Part:
    """A share, from 0 to 1: written in percent, and shaded where colours are available.

    >>> en_mots(Part(0.345)) == f"34{chr(0xA0)}%"
    True
    """

    valeur: float


@frozen
class Barre:
    """A length, from 0 to 1 relative to the longest in its column: drawn on a page, nothing elsewhere; it goes with a number."""

    valeur: float


Cellule: TypeAlias = "str | bool | int | Decimal | date | Marque | Part | Barre | None"
#: Put together once: each cell of a report is asked for.
_NOMBRES: Final = (int, Decimal, Part)
_CELLULES: Final = (str, int, Decimal, date, Marque, Part, Barre)


def _colonnes(colonnes: Sequence[str]) -> tuple[str, ...]:
    return tuple(colonnes)


def _rangees(rangees: Sequence[Sequence[Cellule]]) -> tuple[tuple[Cellule, ...], ...]:
    return tuple(map(tuple, rangees))


@frozen
class Tableau:
    """Titles of columns and rows of values.

    Attributes:
        colonnes: the titles; every row has as many cells (``ValueError`` otherwise).
        rangees: the rows.
        titre: what the table shows, in a few words; ``""`` when the context says it.

    >>> Tableau(("Code", "Nom"), [["MAI_15", "MAILIZ"]], titre="Opérateurs").rangees
    (('MAI_15', 'MAILIZ'),)
    """

    colonnes: tuple[str, ...] = field(converter=_colonnes)
    rangees: tuple[tuple[Cellule, ...], ...] = field(converter=_rangees)
    titre: str = field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        for rangee in self.rangees:
            if len(rangee) != len(self.colonnes):
                raise ValueError(f"{len(self.colonnes)} columns, but a row of {len(rangee)} cells")

    def est_numerique(self, place: int) -> bool:
        """Whether a column (from 0) only holds numbers and gaps, and so reads best aligned to the right.

        >>> Tableau(("Nom", "HT"), [["A", Decimal("850.00")], ["B", None]]).est_numerique(1)
        True
        """
        pleines = [r[place] for r in self.rangees if r[place] is not None]
        return bool(pleines) and all(isinstance(c, _NOMBRES) and not isinstance(c, bool) for c in pleines)


def en_cellule(valeur: object) -> Cellule:
    """Return a value as a cell; if a cell cannot hold it, return its text.

    >>> en_cellule(Decimal("708.33")), en_cellule(b"1")
    (Decimal('708.33'), "b'1'")
    """
    if valeur is None or isinstance(valeur, _CELLULES):
        return valeur
    return str(valeur)


def en_mots(cellule: Cellule) -> str:
    """Write a value in French: ``1 234,50``, ``15/11/2022``, ``oui``; nothing for ``None``; no control characters.

    >>> en_mots(Decimal("1234.50")) == f"1{chr(0xA0)}234,50"
    True
    >>> en_mots(date(2022, 11, 15)), en_mots(True), en_mots(None)
    ('15/11/2022', 'oui', '')
    """
    match cellule:
        case str():
            return sans_controle(cellule)
        case None | Barre():
            return ""
        case Part(valeur):
            return f"{100 * valeur:.0f}{_INSECABLE}%"
        case bool():
            return "oui" if cellule else "non"
        case int() | Decimal():
            return f"{cellule:,}".replace(",", _INSECABLE).replace(".", ",")
        case datetime():
            return f"{cellule:%d/%m/}{cellule.year:04} {cellule:%H:%M}"
        case date():
            return f"{cellule:%d/%m/}{cellule.year:04}"
        case _:
            return sans_controle(cellule.texte)


def euros(montant: Decimal) -> str:
    """Write an amount of money.

    >>> euros(Decimal("850.00")) == f"850,00{chr(0xA0)}€"
    True
    """
    return f"{en_mots(montant)}{_INSECABLE}€"


def accorder(nombre: int, singulier: str, pluriel: str = "") -> str:
    """Write how many there are of something; in French the plural begins at two.

    >>> accorder(0, "demande"), accorder(2, "demande rejetée", "demandes rejetées")
    ('0 demande', '2 demandes rejetées')
    """
    return f"{en_mots(nombre)} {singulier if nombre < 2 else pluriel or f'{singulier}s'}"  # noqa: PLR2004


#: How many ranges of rows a message names.
_PLAGES_NOMMEES: Final = 20


def en_plages(numeros: Sequence[int]) -> str:
    """Write increasing numbers as people do.

    >>> en_plages([3, 7, 8, 9])
    '3, 7 à 9'
    """
    plages: list[list[int]] = []
    for numero in numeros:
        if plages and numero == plages[-1][1] + 1:
            plages[-1][1] = numero
        else:
            plages.append([numero, numero])
    textes = [str(a) if a == b else f"{a} à {b}" for a, b in plages[:_PLAGES_NOMMEES]]
    reste = sum(b - a + 1 for a, b in plages[_PLAGES_NOMMEES:])
    return ", ".join(textes) + (f" et {reste} autres" if reste else "")


def sans_controle(texte: str) -> str:
    """Replace what could move a cursor, colour a terminal or turn the text around: controls, bidirectional marks, surrogates.

    >>> sans_controle(f"a{chr(27)}[31mb") == f"a{chr(0xFFFD)}[31mb"
    True
    """
    if texte.isprintable():
        return texte
    return "".join(c if c.isprintable() or category(c) == "Zs" else "\ufffd" for c in texte)


#: The rest of a longer name adds nothing.
_LONGUEUR_D_UN_NOM: Final = 80


def nom_lisible(nom: str) -> str:
    """Make a name that somebody gave fit for a message: without control characters, and not endless.

    >>> nom_lisible("bon" + chr(27) + ".pdf") == "bon" + chr(0xFFFD) + ".pdf"
    True
    """
    lisible = sans_controle(nom[: _LONGUEUR_D_UN_NOM + 1])
    return lisible if len(lisible) <= _LONGUEUR_D_UN_NOM else f"{lisible[:_LONGUEUR_D_UN_NOM]}…"


_COLONNES: Final[dict[str, Callable[[Constat], Cellule]]] = {
    "Fichier": lambda c: c.fichier,
    "Ligne": lambda c: c.ligne,
    "Numéro": lambda c: c.numero,
    "Pharmacie": lambda c: c.officine,
    "Colonne": lambda c: c.colonne,
    "Balise": lambda c: c.balise,
    "Pièce": lambda c: c.document,
    "Page": lambda c: c.page,
    "À corriger": lambda c: c.message,
    "Attendu": lambda c: c.attendu,
    "Code": lambda c: c.code,
}


def en_tableau(constats: Iterable[Constat], titre: str = "", *, complet: bool = False) -> Tableau:
    """Lay out faults or advice as a table, one row each; ``complet`` keeps empty columns, for programs.

    >>> from segur_pha.constats import Constat
    >>> faute = Constat(message="Vide.", code="document-vide", ligne=2, document="a.pdf")
    >>> en_tableau([faute]).colonnes
    ('Ligne', 'Pièce', 'À corriger', 'Code')
    >>> len(en_tableau([faute], complet=True).colonnes)
    11
    """
    lus = list(constats)
    colonnes = {nom: [lire(constat) for constat in lus] for nom, lire in _COLONNES.items()}
    gardees = {
        nom: valeurs for nom, valeurs in colonnes.items() if complet or any(v not in {"", None} for v in valeurs)
    }
    return Tableau(tuple(gardees), list(zip(*gardees.values(), strict=True)), titre=titre)


def en_ligne(valeur: attrs.AttrsInstance, sans: Iterable[str] = ()) -> dict[str, object]:
    """Return the fields of an attrs class as one flat mapping; days stay days, amounts stay amounts.

    An enumeration is given as its text, and several texts as one; ``sans`` names what is left out.

    >>> from segur_pha import Anomalie
    >>> en_ligne(Anomalie("2303", "FINESSGeo : 9.", "FINESSGeo", "/a"), sans=["texte"])["code"]
    '2303'
    """
    champs = [champ.name for champ in attrs.fields(type(valeur)) if not champ.name.startswith("_")]
    return {champ: valeur_plate(getattr(valeur, champ)) for champ in champs if champ not in {*sans}}


def valeur_plate(valeur: object) -> object:
    """Return an enumeration as its text, and several values as one text; anything else is a cell already."""
    if isinstance(valeur, Enum):
        return valeur.value
    if isinstance(valeur, tuple | frozenset):
        return " ; ".join(sorted(map(_texte, valeur)) if isinstance(valeur, frozenset) else map(_texte, valeur))
    return valeur


def _texte(element: object) -> str:
    return str(getattr(element, "nom", element))
