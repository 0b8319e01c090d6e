"""Formats that list their values: codes, true and false, null."""

from __future__ import annotations

from abc import abstractmethod
from enum import Enum
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.table.formats.contrat import (
    TYPE,
    Brut,
    Defaut,
    Doute,
    Format,
    FormatEcrit,
    Nature,
    Preneur,
    SchemaJSON,
)
from segur_pha.table.formats.textes import FormatTexte

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Booleen", "Code", "CodeDeListe", "Constante", "Nul"]


class Booleen(Format):
    """``BOOLEAN``: ``true`` or ``false``; 1 and ``"true"`` are neither (decision 14).

    >>> Booleen().defaut(1).nature
    <Nature.TYPE: '02'>
    """

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (Nature.NON_RENSEIGNEE, Nature.TYPE)

    @property
    def attendu(self) -> str:
        return "true ou false, sans guillemets"

    def juger(self, brut: Brut) -> Defaut | None:
        return None if isinstance(brut, bool) else TYPE

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        del colonne
        return ()

    def schema(self) -> SchemaJSON:
        return {"type": "boolean"}

    def est_du_type(self, valeur: object) -> bool:
        return isinstance(valeur, bool)

    def ecrire(self, valeur: object) -> Brut:
        return bool(valeur)

    def lire(self, brut: Brut) -> object:
        return brut

    def preneur(self) -> Preneur:
        def prendre(valeur: object) -> object:
            if type(valeur) is bool:
                return valeur
            raise Doute

        return prendre

    def lire_colonne(self, colonne: Sequence[Brut]) -> Iterable[object]:
        return colonne

    def ecrire_colonne(self, colonne: Sequence[object]) -> Iterable[object]:
        return colonne


class _ValeursConnues(FormatTexte):
    """What is common to the formats that list their values."""

    @property
    @abstractmethod
    def valeurs(self) -> tuple[str, ...]:
        """The values allowed, in the document's order."""

    @cached_property
    def _ensemble(self) -> frozenset[Brut]:
        return frozenset(self.valeurs)

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (Nature.NON_RENSEIGNEE, Nature.TYPE, Nature.VALEUR)

    @cached_property
    def attendu(self) -> str:
        *premieres, derniere = (f"« {valeur} »" for valeur in self.valeurs)
        return f"{', '.join(premieres)} ou {derniere}" if premieres else derniere

    def juger(self, brut: Brut) -> Defaut | None:
        if not isinstance(brut, str):
            return TYPE
        return None if brut in self._ensemble else Defaut(Nature.VALEUR)

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        del colonne
        return ()

    def schema(self) -> SchemaJSON:
        return {"type": "string", "enum": list(self.valeurs)}

    def preneur(self) -> Preneur:
        connues = self._ensemble

        def prendre(valeur: object) -> object:
            if type(valeur) is str and valeur in connues:
                return valeur
            raise Doute

        return prendre


@frozen(eq=False, repr=False, slots=False)
class Code(_ValeursConnues):
    """One of the values of an enumeration (« TTC », « HT »).

    >>> Code(Nature).attendu[:15]
    '« 01 » ou « 02 '
    """

    enumeration: type[Enum]

    @property
    def valeurs(self) -> tuple[str, ...]:
        return tuple(membre.value for membre in self.enumeration)

    def est_du_type(self, valeur: object) -> bool:
        return isinstance(valeur, self.enumeration)

    def ecrire(self, valeur: object) -> Brut:
        assert isinstance(valeur, Enum)
        return str(valeur.value)

    def lire(self, brut: Brut) -> object:
        return self.enumeration(brut)

    @cached_property
    def _membres(self) -> dict[object, Enum | None]:
        return {None: None, **{membre.value: membre for membre in self.enumeration}}

    @cached_property
    def _textes(self) -> dict[object, str | None]:
        return {None: None, **{membre: membre.value for membre in self.enumeration}}

    def preneur(self) -> Preneur:
        enumeration, membres = self.enumeration, self._membres

        def prendre(valeur: object) -> object:
            if type(valeur) is enumeration:
                return valeur
            membre = membres.get(valeur) if type(valeur) is str else None
            if membre is None:
                raise Doute
            return membre

        return prendre

    def lire_colonne(self, colonne: Sequence[Brut]) -> Iterable[object]:
        return map(self._membres.__getitem__, colonne)

    def ecrire_colonne(self, colonne: Sequence[object]) -> Iterable[object]:
        return map(self._textes.__getitem__, colonne)


@frozen(eq=False, repr=False)
class Constante(_ValeursConnues, FormatEcrit):
    """The one value that the document prints, which the codec writes (« C »).

    >>> Constante("C").defaut("M").nature
    <Nature.VALEUR: '05'>
    """

    valeur: str

    @property
    def valeurs(self) -> tuple[str, ...]:
        return (self.valeur,)

    def ecrit(self, rang: int) -> Brut:
        del rang
        return self.valeur

    def ecrits(self, nombre: int) -> Iterable[Brut]:
        return repeat(self.valeur, nombre)


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class CodeDeListe(_ValeursConnues):
    """``VARCHAR<n`` with a code from a list printed elsewhere; ``rapprocher`` names a code of that list for a near miss.

    >>> villes = CodeDeListe(liste=lambda: ("LYON", "METZ"), moins_de=25, nom="une ville", rapprocher=lambda t: t.upper())
    >>> villes.defaut("metz")
    Defaut(nature=<Nature.VALEUR: '05'>, precision='vouliez-vous « METZ » ?')
    """

    liste: Callable[[], tuple[str, ...]]
    moins_de: int
    nom: str
    rapprocher: Callable[[str], str | None]

    @cached_property
    def valeurs(self) -> tuple[str, ...]:
        # Read at the first use: the list is a data file, and importing the library must stay cheap.
        return self.liste()

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (Nature.NON_RENSEIGNEE, Nature.TYPE, Nature.LONGUEUR, Nature.VALEUR)

    @property
    def attendu(self) -> str:
        return self.nom

    def juger(self, brut: Brut) -> Defaut | None:
        defaut = super().juger(brut)
        if defaut is None or not isinstance(brut, str):
            return defaut
        if len(brut) >= self.moins_de:
            return Defaut(Nature.LONGUEUR)
        proche = self.rapprocher(brut)
        return Defaut(Nature.VALEUR, f"vouliez-vous « {proche} » ?" if proche else "")

    def schema(self) -> SchemaJSON:
        return {**super().schema(), "maxLength": self.moins_de - 1}


_GUILLEMETS_EN_TROP = Defaut(Nature.TYPE, "écrivez null sans guillemets")


class Nul(FormatEcrit):
    """``null``: the agency fills the balise; anything else is of the wrong type (decision 14).

    >>> Nul().defaut(None) is None, Nul().defaut("").nature
    (True, <Nature.TYPE: '02'>)
    """

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (Nature.TYPE,)

    @property
    def attendu(self) -> str:
        return "null : l’ASP remplit cette balise"

    def defaut(self, brut: Brut, *, obligatoire: bool = True) -> Defaut | None:
        # "Obligatory" here means that the tag must be in the file; its value is null nevertheless.
        del obligatoire
        return None if brut is None else self.juger(brut)

    def ecrit(self, rang: int) -> Brut:
        del rang
        return None

    def ecrits(self, nombre: int) -> Iterable[Brut]:
        return repeat(None, nombre)

    def juger(self, brut: Brut) -> Defaut | None:
        return _GUILLEMETS_EN_TROP if isinstance(brut, str) and brut.lower() == "null" else TYPE

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        del colonne
        return ()

    def schema(self) -> SchemaJSON:
        return {"type": "null"}

    def est_du_type(self, valeur: object) -> bool:
        return valeur is None

    def ecrire(self, valeur: object) -> Brut:
        del valeur
        return None

    def lire(self, brut: Brut) -> object:
        return brut
