"""States ⇄ rows of the tables ⇄ JSON, derived from the classes of the states: money in whole cents, lists as JSON.

Many rows at once come as one JSON text: a driver makes a Python object of every value it fetches, and SQLAlchemy a row of them,
which for a hundred thousand rows costs more than the query.  msgspec turns the text into typed values (decision 80).
"""

from __future__ import annotations

from decimal import Decimal
from itertools import compress, count
from operator import attrgetter, is_not
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs
import msgspec
from attrs import frozen
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, String, Text, cast, func, select

from segur_pha.argent import EXACT
from segur_pha.rapports.tableau import en_ligne, valeur_plate
from segur_pha.registre.champs import COLONNE, Colonne, Genre
from segur_pha.registre.etats import DERIVEES, DERIVEES_DES_FICHIERS, EtatDemande, EtatFichier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Select
    from sqlalchemy.types import TypeEngine

__all__ = [
    "DEMANDES",
    "FICHIERS",
    "Codec",
    "centimes",
    "depuis_centimes",
    "lignes_des_etats",
    "lire_en_bloc",
    "objet_de_demande",
    "somme_de_centimes",
]

Etat = TypeVar("Etat", bound=attrs.AttrsInstance)

#: Most lists are empty; reading ``[]`` over and over would be a good part of the cost of a row.
_VIDE: Final = "[]"


def centimes(montant: Decimal | None) -> int | None:
    """Return an amount in cents.

    >>> centimes(Decimal("708.33"))
    70833
    """
    return None if montant is None else int(montant.scaleb(2, EXACT))


def depuis_centimes(nombre: int | None) -> Decimal | None:
    """Return cents as an amount.

    >>> depuis_centimes(70800)
    Decimal('708.00')
    """
    return None if nombre is None else Decimal(nombre).scaleb(-2, EXACT)


def somme_de_centimes(nombre: Any) -> Decimal:  # noqa: ANN401 - PostgreSQL adds integers up to a Decimal, SQLite to an int
    """Return as an amount a sum of cents that a database worked out."""
    return depuis_centimes(int(nombre)) or Decimal("0.00")


@frozen
class _Place:
    """A column, the attribute that it holds, and the functions that turn one into the other."""

    attribut: str
    nom: str
    colonne: Colonne
    nul: bool
    ecrire: Callable[[Any], object] | None
    lire: Callable[[Any], object] | None

    def valeur(self, etat: object) -> object:
        """Return what the column holds for a state."""
        valeur = getattr(etat, self.attribut)
        return valeur if self.ecrire is None else self.ecrire(valeur)


@frozen
class Codec(Generic[Etat]):
    """How the states of one class are kept in a table: its columns, and the conversions both ways.

    >>> [place.nom for place in FICHIERS.places][:4]
    ['fichier', 'nom', 'numero_ans', 'siret']
    """

    classe: type[Etat]
    places: tuple[_Place, ...]
    derivees: tuple[_Place, ...]

    def colonnes(self, *cle: str) -> Iterator[Column[Any]]:
        """Make the columns of the table, those of its primary key first."""
        toutes = {place.nom: place for place in (*self.places, *self.derivees)}
        for nom in dict.fromkeys([*cle, *toutes]):
            place = toutes[nom]
            yield Column(
                nom, _type(place.colonne), primary_key=nom in cle, nullable=place.nul, comment=place.colonne.commentaire
            )

    def rangee(self, etat: Etat) -> dict[str, object]:
        """Write a state as a row."""
        return {place.nom: place.valeur(etat) for place in (*self.places, *self.derivees)}

    def changees(self, paires: Iterable[tuple[Etat, Etat]]) -> list[_Place]:
        """Return the columns in which one of these states has, or may have, changed: derived values may whenever others do."""
        valeurs = attrgetter(*(place.attribut for place in self.places))
        rangs: set[int] = set()
        for avant, apres in paires:
            # What did not change is the same object.
            rangs.update(compress(count(), map(is_not, valeurs(avant), valeurs(apres))))
        return [*(self.places[rang] for rang in sorted(rangs)), *(self.derivees if rangs else ())]

    def etats(self, rangees: Iterable[Sequence[Any]], noms: Iterable[str]) -> Iterator[Etat]:
        """Read states from rows, which hold the columns ``noms``."""
        rangs = {nom: rang for rang, nom in enumerate(noms)}
        places = [(place.attribut, rangs[place.nom], place.lire) for place in self.places]
        for rangee in rangees:
            yield self.classe(
                **{
                    attribut: rangee[rang] if lire is None or rangee[rang] is None else lire(rangee[rang])
                    for attribut, rang, lire in places
                }
            )

    def objet(self, etat: Etat) -> dict[str, object]:
        """Return a state and what follows from it for programs: days as ``AAAA-MM-JJ``, euros as ``708.33``, nothing as null."""
        return {place.attribut: _json(getattr(etat, place.attribut)) for place in (*self.places, *self.derivees)}


def _codec(classe: type[Etat], derivees: Mapping[str, Mapping[str, Colonne]]) -> Codec[Etat]:
    types = attrs.fields(attrs.resolve_types(classe))
    places = [
        _place(champ.name, champ.metadata[COLONNE], nul=type(None) in getattr(champ.type, "__args__", ()))
        for champ in types
    ]
    return Codec(
        classe, tuple(places), tuple(_place(nom, m[COLONNE], nul=nom == "jour_depot") for nom, m in derivees.items())
    )


def _place(attribut: str, colonne: Colonne, *, nul: bool) -> _Place:
    ecrire, lire = _CONVERSIONS[colonne.genre](colonne)
    return _Place(attribut, colonne.nom or attribut, colonne, nul, ecrire, lire)


_CONVERSIONS: Final[
    dict[Genre, Callable[[Colonne], tuple[Callable[[Any], object] | None, Callable[[Any], object] | None]]]
] = {
    Genre.TEXTE: lambda colonne: (None, colonne.lire),
    Genre.JOUR: lambda _: (None, None),
    Genre.ENTIER: lambda _: (None, None),
    Genre.EUROS: lambda _: (centimes, depuis_centimes),
    Genre.OUI_OU_NON: lambda _: (None, bool),
    Genre.LISTE: lambda colonne: (_ecrire_une_liste, lambda texte: _lire_une_liste(texte, colonne.lire)),
}


def _type(colonne: Colonne) -> TypeEngine[Any]:
    types: dict[Genre, TypeEngine[Any]] = {
        Genre.TEXTE: Text() if colonne.longueur is None else String(colonne.longueur),
        Genre.JOUR: Date(),
        Genre.ENTIER: Integer(),
        Genre.EUROS: BigInteger(),
        Genre.OUI_OU_NON: Boolean(),
        Genre.LISTE: Text(),
    }
    return types[colonne.genre]


def _ecrire_une_liste(liste: tuple[attrs.AttrsInstance, ...]) -> str:
    return msgspec.json.encode([attrs.astuple(element) for element in liste]).decode() if liste else _VIDE


def _lire_une_liste(texte: str, lire: Callable[..., Any] | None) -> tuple[object, ...]:
    assert lire is not None
    return () if texte == _VIDE else tuple(lire(*valeurs) for valeurs in msgspec.json.decode(texte))


def _json(valeur: object) -> object:
    if isinstance(valeur, Decimal):
        return f"{valeur:.2f}"
    if isinstance(valeur, tuple):
        return [{nom: _json(part) for nom, part in attrs.asdict(element).items()} for element in valeur]
    return None if valeur == "" else msgspec.to_builtins(valeur)


def objet_de_demande(demande: EtatDemande, fichier: str | None) -> dict[str, object]:
    """Return a request for programs, in the words of all our outputs; ``fichier``: the name of the file that holds it."""
    objet: dict[str, object] = {}
    for cle, valeur in DEMANDES.objet(demande).items():
        objet |= (
            {"fichier": fichier, "sha256": valeur}
            if cle == "fichier"
            else {"num_ligne" if cle == "rang" else cle: valeur}
        )
    return {**objet, "motif": demande.motif or None}


def lignes_des_etats(demandes: Iterable[EtatDemande]) -> list[dict[str, object]]:
    """Return a flat mapping per request: its state, its phase and what follows from them, without personal values."""
    suite = [*DERIVEES, "phase", "jour_phase", "motif"]
    return [
        en_ligne(demande, sans=["adresse_mssante"]) | {nom: valeur_plate(getattr(demande, nom)) for nom in suite}
        for demande in demandes
    ]


DEMANDES: Final = _codec(EtatDemande, DERIVEES)
FICHIERS: Final = _codec(EtatFichier, DERIVEES_DES_FICHIERS)


Rangee = TypeVar("Rangee")

#: How each database makes a JSON array of rows, and of the columns of one row; others hand over their rows one by one.
_EN_JSON: Final[dict[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "sqlite": (func.json_group_array, func.json_array),
    "postgresql": (func.json_agg, func.json_build_array),
}


def lire_en_bloc(connexion: Connection, question: Select[Any], forme: type[Rangee]) -> tuple[Rangee, ...]:
    """Run a query, and return each of its rows as a tuple type or an array-like Struct, in the query's order."""
    # Not strict, because SQLite keeps true as 1.
    des_rangees, d_une_rangee = _EN_JSON.get(connexion.dialect.name, (None, None))
    if des_rangees is None or d_une_rangee is None:
        rangees = [tuple(rangee) for rangee in connexion.execute(question)]
        return msgspec.convert(rangees, tuple[forme, ...], strict=False)  # type: ignore[valid-type]
    source = question.subquery()
    texte = connexion.scalar(select(cast(des_rangees(d_une_rangee(*source.c)), Text)))
    # PostgreSQL returns null when there are no rows at all.
    return msgspec.json.decode(texte or "[]", type=tuple[forme, ...], strict=False)  # type: ignore[valid-type]
