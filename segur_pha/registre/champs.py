"""How an attribute of a state is kept in a table: the one description from which columns, rows and JSON are derived."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["COLONNE", "Colonne", "Genre", "entier", "euros", "jour", "liste", "oui_ou_non", "texte"]

#: The key of an attribute's metadata that holds its column.
COLONNE: Final = "colonne"

_Metadonnees: TypeAlias = "Mapping[str, Colonne]"


class Genre(Enum):
    """How a value is kept in a table; euros are kept as cents, a list as JSON."""

    TEXTE = auto()
    JOUR = auto()
    ENTIER = auto()
    EUROS = auto()
    OUI_OU_NON = auto()
    LISTE = auto()


@frozen(kw_only=True)
class Colonne:
    """A column of a table of states.

    Attributes:
        genre: how the value is kept.
        commentaire: what it means, in French, for those who join the table with others.
        nom: its name, if different from that of the attribute.
        longueur: of a text, in characters; ``None`` for any length.
        lire: turns what the table holds into the value; ``None`` when they are the same.
    """

    genre: Genre
    commentaire: str
    nom: str = ""
    longueur: int | None = None
    lire: Callable[..., Any] | None = None


def texte(commentaire: str, longueur: int | None = None, *, lire: Callable[[str], Any] | None = None) -> _Metadonnees:
    """Describe a text; ``lire`` turns it into a member of an enumeration."""
    return {COLONNE: Colonne(genre=Genre.TEXTE, commentaire=commentaire, longueur=longueur, lire=lire)}


def jour(commentaire: str) -> _Metadonnees:
    """Describe a day."""
    return {COLONNE: Colonne(genre=Genre.JOUR, commentaire=commentaire)}


def entier(commentaire: str) -> _Metadonnees:
    """Describe a whole number."""
    return {COLONNE: Colonne(genre=Genre.ENTIER, commentaire=commentaire)}


def euros(nom: str, commentaire: str) -> _Metadonnees:
    """Describe an amount of money, kept in whole cents."""
    return {COLONNE: Colonne(genre=Genre.EUROS, commentaire=commentaire, nom=nom)}


def oui_ou_non(commentaire: str) -> _Metadonnees:
    """Describe a yes or no."""
    return {COLONNE: Colonne(genre=Genre.OUI_OU_NON, commentaire=commentaire)}


def liste(commentaire: str, lire: Callable[..., Any]) -> _Metadonnees:
    """Describe a tuple of small values, kept as JSON; ``lire`` makes one of its parts."""
    return {COLONNE: Colonne(genre=Genre.LISTE, commentaire=commentaire, lire=lire)}
