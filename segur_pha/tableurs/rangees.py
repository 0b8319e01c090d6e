"""What any table is once it is open: its titles, its rows, what a spreadsheet damaged in them, and what was left aside."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import Factory, define, field, frozen

from segur_pha.constats import Constat
from segur_pha.rapports.tableau import en_mots, en_plages, nom_lisible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "CELLULE_DEMESUREE",
    "EPOQUE_EXCEL",
    "EXTENSIONS_DE_TABLEAU",
    "LONGUEUR_D_UNE_CELLULE",
    "Rangee",
    "TableauLu",
    "Titres",
    "cle_de_titre",
    "est_vide",
    "nom_de_colonne",
    "semble_une_valeur",
    "titres_connus",
]

#: Day 0 of Excel's calendar, such that 44880 is 15/11/2022 (Excel believes that 29/02/1900 existed).
EPOQUE_EXCEL: Final = date(1899, 12, 30)
#: The endings of table file names, including those that cannot be read.
EXTENSIONS_DE_TABLEAU: Final = frozenset({".csv", ".ods", ".tsv", ".xls", ".xlsm", ".xlsx"})
#: The longest cell of a table, in characters: what the csv module takes.  Excel itself holds 32,767.
LONGUEUR_D_UNE_CELLULE: Final = 131_072
#: What is wrong with a row that has a longer one; the text is not looked at.
CELLULE_DEMESUREE: Final = f"cellule démesurée, de plus de {en_mots(LONGUEUR_D_UNE_CELLULE)} caractères"

_APOSTROPHES: Final = re.compile("[’‘ʼ´`′＇]")
_INVISIBLES: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_TITRES_NOMMES: Final = 12
_CHIFFRE: Final = re.compile("[0-9]")
#: As many as a short number of an order has; the year of a title has four.
_CHIFFRES_D_UNE_VALEUR: Final = 5
_DOCUMENT: Final = re.compile(r"\.(?:pdf|jpe?g|png|tiff?|gif|zip)\s*\Z", re.IGNORECASE)


class Rangee(msgspec.Struct, frozen=True):
    """A row.

    Attributes:
        numero: its number as a spreadsheet counts rows, from 1.
        cellules: as many cells as there are titles: texts from a CSV; from a workbook also numbers, booleans, days; ``None``
            for an empty one.
        defaut: what is wrong with the row itself (French), ``""`` when nothing is.
        manquantes: how many of its last cells are not in the file at all, since spreadsheets leave out empty ones.
        illisible: whether its cells are not given: it is unclear where they begin and end and whether it swallowed other rows,
            or one of them is longer than any cell.
        masquee: whether a filter or a group hides it.
    """

    numero: int
    cellules: Sequence[object]
    defaut: str = ""
    manquantes: int = 0
    illisible: bool = False
    masquee: bool = False

    @property
    def est_vide(self) -> bool:
        """Whether all cells are empty, and nothing is wrong with the row."""
        return not self.illisible and all(map(est_vide, self.cellules))

    def __repr__(self) -> str:
        return f"Rangee(numero={self.numero!r}, defaut={self.defaut!r})"


def est_vide(cellule: object) -> bool:
    """Tell whether a cell is empty.

    >>> est_vide("  "), est_vide(None), est_vide(0)
    (True, True, False)
    """
    return cellule is None or (isinstance(cellule, str) and (not cellule or cellule.isspace()))


@frozen
class Titres:
    """How the row of titles is told from other rows.

    Attributes:
        compter: a row → how many of its cells are known titles; 0 when it is not a row of titles.
        attendus: the titles that are looked for, in French, for the refusal.
        remede: what to do when there are none, in French.
        connu: whether a cell of a row that is not a row of titles is a known title all the same; no other is shown.
    """

    compter: Callable[[Sequence[str]], int]
    attendus: str = "un titre connu"
    remede: str = "Une ligne porte les titres des colonnes, séparés par « ; », « , » ou une tabulation : vérifiez-la, ou ajoutez-la."
    connu: Callable[[str], bool] = lambda _titre: False


def titres_connus(connus: Iterable[str]) -> Titres:
    """Recognise the row of titles by known titles; without known titles, it is the first non-empty row.

    >>> titres_connus(["Régime", "FINESS"]).compter(["Nom", "re\u0301gime "])
    1
    """
    cles = {cle_de_titre(titre): titre for titre in connus}
    noms = ", ".join(f"« {nom_lisible(titre)} »" for titre in [*cles.values()][:_TITRES_NOMMES])

    def compter(cellules: Sequence[str]) -> int:
        if not cles:
            return int(any(cellules))
        return len({cle_de_titre(cellule) for cellule in cellules} & cles.keys())

    return Titres(compter, noms + ("…" if len(cles) > _TITRES_NOMMES else ""))


def cle_de_titre(titre: str) -> str:
    """Fold a title as people write it: case, blanks, the shape of apostrophes and the composition of accents do not matter.

    >>> cle_de_titre("  N°  Demande "), cle_de_titre("Date d’achat") == cle_de_titre("DATE D'ACHAT")
    ('n° demande', True)
    """
    texte = unicodedata.normalize("NFKC", _APOSTROPHES.sub("'", _INVISIBLES.sub("", titre)))
    return " ".join(unicodedata.normalize("NFC", texte.casefold()).split())


def semble_une_valeur(texte: str) -> bool:
    """Tell whether a text is rather the value of an order than a title: an address, a number, an amount, a day, a document.

    >>> [semble_une_valeur(t) for t in ("a@b.fr", "06 12 34 56 78", "Bon.pdf", "CA 2022", "N° FINESS")]
    [True, True, True, False, False]
    """
    return "@" in texte or len(_CHIFFRE.findall(texte)) >= _CHIFFRES_D_UNE_VALEUR or bool(_DOCUMENT.search(texte))


def nom_de_colonne(titres: Sequence[str], place: int) -> str:
    """Name a column for messages by its title; by its letters where the row of titles may be one of values.

    One cell of a table without titles may happen to be a known title, and the others are names, addresses and numbers.

    >>> nom_de_colonne(["HT", "Ville"], 1), nom_de_colonne(["HT", "DURAND", "0612345678"], 1)
    ('Ville', 'colonne B')
    """
    return f"colonne {_lettres(place)}" if any(map(semble_une_valeur, titres)) else titres[place]


def _lettres(place: int) -> str:
    """Write the place of a column as spreadsheets do: A, B, … Z, AA."""
    plus_haut, reste = divmod(place, 26)
    return (_lettres(plus_haut - 1) if plus_haut else "") + chr(ord("A") + reste)


@define
class TableauLu:
    """A table that was opened.

    Attributes:
        description: how it was read, in French, always to be shown: encoding and separator, or sheet; row of titles.
        titres: the titles, ``""`` for a column without one; a title may occur twice (:meth:`places`).
        rangees: the non-empty rows under the titles; those of a file are read lazily, and only once.
        ligne_des_titres: the number of their row, 0 for mappings.
        feuille: the sheet of a workbook, otherwise ``""``.
        encodage: that of a CSV, otherwise ``""``.
        epoque: the day from which a bare number counts.
        que_des_textes: whether every cell of every row is known to be a text.
    """

    description: str
    titres: tuple[str, ...]
    rangees: Iterable[Rangee] = field(repr=False)
    ligne_des_titres: int = 0
    feuille: str = ""
    encodage: str = ""
    epoque: date = EPOQUE_EXCEL
    que_des_textes: bool = False
    _remarques: list[Constat] = field(default=Factory(list), repr=False)
    _masquees: list[int] = field(default=Factory(list), repr=False)
    _places: dict[str, list[int]] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._places = {}
        for place, titre in enumerate(self.titres):
            if titre:
                self._places.setdefault(cle_de_titre(titre), []).append(place)

    def places(self, titre: str) -> tuple[int, ...]:
        """Return the places of the columns with that title: none, one, or several between which there is no way to choose.

        >>> TableauLu("", ("Ville", "FINESS", "ville"), iter(())).places("VILLE")
        (0, 2)
        """
        return tuple(self._places.get(cle_de_titre(titre), ()))

    def nommer(self, place: int) -> str:
        """Name a column for messages: :func:`nom_de_colonne`."""
        return nom_de_colonne(self.titres, place)

    def noter_masquee(self, numero: int) -> None:
        """Note that a row hidden in the spreadsheet was read."""
        self._masquees.append(numero)

    @property
    def remarques(self) -> tuple[Constat, ...]:
        """What must be said about how the table was read, as advice on the whole of it; complete once every row has been read."""
        if not self._masquees:
            return tuple(self._remarques)
        numeros = en_plages(self._masquees)
        message = (
            f"lignes masquées dans le tableur (filtre, groupe), lues comme les autres : {numeros} ; affichez-les pour les "
            "vérifier, ou supprimez celles qui ne doivent pas servir"
        )
        return (Constat(code="lignes-masquees", message=message), *self._remarques)
