"""The contract that every format keeps, and the raw values it looks at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from attrs import fields, has

from segur_pha.table.motifs import est_blanc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "NATURES_DE_CHAMP",
    "NON_RENSEIGNEE",
    "NULL_ENTRE_GUILLEMETS",
    "TYPE",
    "Brut",
    "Defaut",
    "Doute",
    "Format",
    "FormatEcrit",
    "Nature",
    "ParValeur",
    "Preneur",
    "SchemaJSON",
]

Brut: TypeAlias = "bool | int | bytes | str | list[Brut] | dict[str, Brut] | None"
SchemaJSON: TypeAlias = "dict[str, object]"


class Nature(StrEnum):
    """The kind of a fault: the last two digits of its code (decision 5).

    >>> Nature.LONGUEUR.value
    '03'
    """

    NON_RENSEIGNEE = "01"
    TYPE = "02"
    LONGUEUR = "03"
    FORMAT = "04"
    VALEUR = "05"
    DOUBLON = "06"
    INCOHERENCE = "07"


#: The kinds of fault that a value can have by itself, in the order in which they are tried.
NATURES_DE_CHAMP: Final = (Nature.NON_RENSEIGNEE, Nature.TYPE, Nature.LONGUEUR, Nature.FORMAT, Nature.VALEUR)


class Defaut(NamedTuple):
    """A fault of one value: its kind and, when there is more to say, advice in French for whoever corrects it.

    An :class:`~segur_pha.Anomalie` also has a balise and a place, which a format does not know: this is the part that it can say.
    """

    nature: Nature
    precision: str = ""


NON_RENSEIGNEE: Final = Defaut(Nature.NON_RENSEIGNEE)
TYPE: Final = Defaut(Nature.TYPE)
NULL_ENTRE_GUILLEMETS: Final = Defaut(Nature.TYPE, "ou écrivez null sans guillemets")


class Doute(Exception):
    """Raised by the function that :meth:`Format.preneur` returns, for a value it cannot vouch for; the value is not repeated."""


#: A value other than ``None``, as programs give it → the model's value; raises :class:`Doute`.
Preneur: TypeAlias = "Callable[[object], object]"


def _douter(_: object) -> object:
    raise Doute


class ParValeur:
    """Equality by attributes for frozen classes, written once.

    The methods that attrs makes for each class are the costliest part of the import, and hash a key of a cache field by field.
    """

    __slots__ = ()

    def __eq__(self, autre: object) -> bool:
        if self is autre:
            return True
        if type(autre) is not type(self):
            return NotImplemented
        return _etat(self) == _etat(autre)

    def __hash__(self) -> int:
        # The class alone is hashed: what a format holds may not be hashable.
        return hash(type(self))


def _etat(valeur: object) -> tuple[object, ...]:
    """Return what a value holds: its fields and, where its own class was not made by attrs, what was set beside them."""
    champs = tuple(getattr(valeur, nom) for nom in _attributs(type(valeur)))
    return champs if "__attrs_attrs__" in vars(type(valeur)) else (*champs, getattr(valeur, "__dict__", None))


def _attributs(classe: type[object]) -> list[str]:
    return [attribut.name for attribut in fields(classe)] if has(classe) else []


class Format(ParValeur, ABC):
    """The contract of the "Format" column.

    >>> from segur_pha.table.formats import Booleen, Montant
    >>> Montant(decimales=2), Booleen()
    (Montant(decimales=2), Booleen())
    """

    def __repr__(self) -> str:
        valeurs = ", ".join(f"{nom}={getattr(self, nom)!r}" for nom in _attributs(type(self)))
        return f"{type(self).__name__}({valeurs})"

    @property
    @abstractmethod
    def natures(self) -> tuple[Nature, ...]:
        """The kinds of fault that a value of this format can have by itself, in the order in which they are tried."""

    @property
    @abstractmethod
    def attendu(self) -> str:
        """What is expected, in French, as the end of a sentence that begins with « indiquez »."""

    @property
    def ecriture(self) -> str:
        """How JSON writes such a value, in French, for when only the type is wrong; empty when :attr:`attendu` says it."""
        return ""

    @abstractmethod
    def juger(self, brut: Brut) -> Defaut | None:
        """Find the first fault of a raw value that is neither null nor blank."""

    @abstractmethod
    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        """Return the values of a column that are not certainly faultless: all the faulty ones are among them.

        A structure (:mod:`segur_pha.texte_json.structures`) has accepted each value: its type, its length and, where
        :meth:`schema` lists the values, the value itself are as that requires; a number may be anything.
        """

    @abstractmethod
    def schema(self) -> SchemaJSON:
        """Return the JSON Schema of a value that is not null."""

    @property
    def inexprimable(self) -> str:
        """What the schema cannot say about this format, in English for ``$comment``; empty when it says everything."""
        return ""

    @abstractmethod
    def est_du_type(self, valeur: object) -> bool:
        """Tell whether a value of the model has the Python type of this format."""

    @abstractmethod
    def ecrire(self, valeur: object) -> Brut:
        """Turn a value of the model, of the right type, into its raw value."""

    @abstractmethod
    def lire(self, brut: Brut) -> object:
        """Turn a faultless raw value into the value of the model."""

    # The fast counterparts of the methods above: they do not say what is wrong, or take many values at once.

    def preneur(self) -> Preneur:
        """Make the quick way into the model: it accepts a value that is certainly faultless, and that UTF-8 can write.

        It may doubt wrongly, since the plain rules then decide; it may not trust wrongly.  A format that has none doubts
        everything.
        """
        return _douter

    def lire_colonne(self, colonne: Sequence[Brut]) -> Iterable[object]:
        """Turn faultless raw values, or ``None``, into values of the model."""
        return [None if brut is None else self.lire(brut) for brut in colonne]

    def ecrire_colonne(self, colonne: Sequence[object]) -> Iterable[object]:
        """Turn values of the model, or ``None``, into what msgspec writes as the table requires.

        A number with a fraction is a ``Decimal`` whose own text is right, or :class:`msgspec.Raw`.
        """
        return [None if valeur is None else self.ecrire(valeur) for valeur in colonne]

    def defaut(self, brut: Brut, *, obligatoire: bool = True) -> Defaut | None:
        """Find the first fault of a raw value, kinds 01 to 05 in that order (decisions 1, 2, 4 and 14).

        >>> from segur_pha.table.formats import Texte
        >>> Texte(exact=9).defaut("12345678").nature
        <Nature.LONGUEUR: '03'>
        """
        if brut is None:
            return NON_RENSEIGNEE if obligatoire else None
        if isinstance(brut, str):
            if est_blanc(brut):
                return NON_RENSEIGNEE
            if not obligatoire and brut.lower() == "null":
                return NULL_ENTRE_GUILLEMETS
        return self.juger(brut)


class FormatEcrit(Format):
    """A format whose value the codec writes by itself: the publisher never decides it."""

    @abstractmethod
    def ecrit(self, rang: int) -> Brut:
        """Return the raw value in the request of that rank (from 1)."""

    def ecrits(self, nombre: int) -> Iterable[Brut]:
        """Give the raw values that so many requests bear, in their order: a quick twin of :meth:`ecrit`."""
        return map(self.ecrit, range(1, nombre + 1))

    def lire_colonne(self, colonne: Sequence[Brut]) -> Iterable[object]:
        return colonne

    def ecrire_colonne(self, colonne: Sequence[object]) -> Iterable[object]:
        return colonne
