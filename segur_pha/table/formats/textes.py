"""Formats whose value is a text with a length or a shape: names, numbers that are texts, addresses, days."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from itertools import filterfalse
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from attrs import frozen

from segur_pha.table.formats.contrat import (
    NATURES_DE_CHAMP,
    TYPE,
    Brut,
    Defaut,
    Doute,
    Format,
    Nature,
    Preneur,
    SchemaJSON,
)
from segur_pha.table.motifs import (
    BLANCS_MOTIF,
    FIN,
    LONGUEUR_COURTE,
    MOTIF_ADRESSE,
    adresse,
    adresse_courte,
    contient_un_minuscule,
    hors_du_motif,
    minuscules_latines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Courriel", "DateJJMMAAAA", "FormatTexte", "Forme", "Texte"]


class FormatTexte(Format):
    """What is common to the formats whose raw value is a JSON string."""

    @property
    def ecriture(self) -> str:
        return "entre guillemets"

    def est_du_type(self, valeur: object) -> bool:
        return isinstance(valeur, str)

    def ecrire(self, valeur: object) -> Brut:
        return str(valeur)

    def lire(self, brut: Brut) -> object:
        return brut

    def lire_colonne(self, colonne: Sequence[Brut]) -> Iterable[object]:
        return colonne

    def ecrire_colonne(self, colonne: Sequence[object]) -> Iterable[object]:
        return colonne


class Forme(NamedTuple):
    """A shape that a text must have.

    Attributes:
        motif: a pattern for the whole text.
        mots: its words in French, ``{texte}`` being the length.
    """

    motif: str
    mots: str


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Texte(FormatTexte):
    """``VARCHAR``: ``exact`` characters (``=n``) or strictly fewer than ``moins_de`` (``<n``), decision 1.

    ``forme``: a pattern for the whole text.  ``majuscules``: no character of Unicode category Ll (decision 9).  ``meprise``: what
    people give instead, in another length, and what to tell them.

    >>> Texte(moins_de=3).defaut("abc").nature
    <Nature.LONGUEUR: '03'>
    >>> Texte(moins_de=50, majuscules=True).defaut("Durand").nature
    <Nature.FORMAT: '04'>
    """

    exact: int | None = None
    moins_de: int | None = None
    forme: Forme | None = None
    majuscules: bool = False
    meprise: Forme | None = None

    def __attrs_post_init__(self) -> None:
        if (self.exact is None) == (self.moins_de is None):
            raise ValueError("a text has either an exact length or an upper bound")

    @cached_property
    def _motif(self) -> re.Pattern[str] | None:
        return None if self.forme is None else re.compile(self.forme.motif)

    @cached_property
    def longueurs(self) -> tuple[int, int]:
        """The shortest and the longest length, in code points, both inclusive."""
        if self.exact is not None:
            return self.exact, self.exact
        assert self.moins_de is not None
        return 1, self.moins_de - 1

    @property
    def natures(self) -> tuple[Nature, ...]:
        base = NATURES_DE_CHAMP[:3]
        return base if self.forme is None and not self.majuscules else (*base, Nature.FORMAT)

    @cached_property
    def attendu(self) -> str:
        minimum, maximum = self.longueurs
        longueur = (
            f"un texte de {maximum} caractères" if minimum == maximum else f"un texte de {maximum} caractères au plus"
        )
        texte = f"{longueur}, en majuscules" if self.majuscules else longueur
        return texte if self.forme is None else self.forme.mots.format(texte=texte)

    def juger(self, brut: Brut) -> Defaut | None:
        if not isinstance(brut, str):
            return TYPE
        minimum, maximum = self.longueurs
        if not minimum <= len(brut) <= maximum:
            meprise = self.meprise
            explique = meprise is not None and re.fullmatch(meprise.motif, brut)
            return Defaut(Nature.LONGUEUR, meprise.mots if meprise and explique else "")
        if self._motif is not None and not self._motif.fullmatch(brut):
            return Defaut(Nature.FORMAT)
        return Defaut(Nature.FORMAT) if self.majuscules and contient_un_minuscule(brut) else None

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        textes = cast("Sequence[str]", colonne)
        # These two look at wider properties than the five blanks and Ll, so they may doubt wrongly but never trust wrongly.
        yield from filterfalse(str.strip, textes)
        if self.majuscules:
            yield from filterfalse(str.isupper, textes)
        if self._motif is not None:
            yield from hors_du_motif(self._motif, textes, "\n")

    def preneur(self) -> Preneur:
        minimum, maximum = self.longueurs
        juste, majuscules = None if self._motif is None else self._motif.fullmatch, self.majuscules

        def prendre(valeur: object) -> object:
            if (
                type(valeur) is str
                and minimum <= len(valeur) <= maximum
                and (valeur.isascii() or valeur.isprintable())  # half a character is not printable
                and (valeur.isupper() if majuscules else not valeur.isspace())
                and (juste is None or juste(valeur))
            ):
                return valeur
            raise Doute

        return prendre

    def schema(self) -> SchemaJSON:
        minimum, maximum = self.longueurs
        return {"type": "string", "minLength": minimum, "maxLength": maximum, "pattern": self._motif_du_schema()}

    def _motif_du_schema(self) -> str:
        if self.forme is not None:
            return f"^(?:{self.forme.motif}){FIN}"
        if self.majuscules:
            return f"^(?=[\\s\\S]*[^{BLANCS_MOTIF}])[^{minuscules_latines()}]*{FIN}"
        return f"[^{BLANCS_MOTIF}]"

    @property
    def inexprimable(self) -> str:
        return (
            "lower-case letters outside U+0000-U+024F and U+1E00-U+1EFF (Unicode category Ll)"
            if self.majuscules
            else ""
        )


@frozen(kw_only=True, eq=False, repr=False)
class Courriel(FormatTexte):
    """``VARCHAR … de type email``: the HTML living standard's valid address with a dot in its domain (decision 10).

    >>> Courriel(moins_de=125).defaut("contact@officine.example") is None
    True
    >>> Courriel(moins_de=125).defaut("contact@officine").nature
    <Nature.FORMAT: '04'>
    """

    moins_de: int

    @property
    def natures(self) -> tuple[Nature, ...]:
        return NATURES_DE_CHAMP[:4]

    @property
    def attendu(self) -> str:
        return f"une adresse électronique de {self.moins_de - 1} caractères au plus, comme nom@domaine.fr"

    def juger(self, brut: Brut) -> Defaut | None:
        if not isinstance(brut, str):
            return TYPE
        if len(brut) >= self.moins_de:
            return Defaut(Nature.LONGUEUR)
        return None if adresse().fullmatch(brut) else Defaut(Nature.FORMAT)

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        # The same address often occurs in many requests: each distinct one is looked at once.
        adresses = cast("list[str]", [*set(colonne)])
        courtes = max(map(len, adresses), default=0) <= LONGUEUR_COURTE
        return hors_du_motif(adresse_courte() if courtes else adresse(), adresses, "\n")

    def preneur(self) -> Preneur:
        moins_de, juste = min(self.moins_de, LONGUEUR_COURTE + 1), adresse_courte().fullmatch

        def prendre(valeur: object) -> object:
            if type(valeur) is str and len(valeur) < moins_de and juste(valeur):
                return valeur
            raise Doute

        return prendre

    def schema(self) -> SchemaJSON:
        return {"type": "string", "maxLength": self.moins_de - 1, "pattern": f"^{MOTIF_ADRESSE}{FIN}"}


class DateJJMMAAAA(Format):
    """``VARCHAR (format « JJ/MM/AAAA »)``: ASCII digits, and a day that exists (decision 8).

    >>> DateJJMMAAAA().lire("15/11/2022")
    datetime.date(2022, 11, 15)
    >>> DateJJMMAAAA().defaut("31/02/2022").nature
    <Nature.FORMAT: '04'>
    """

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (Nature.NON_RENSEIGNEE, Nature.TYPE, Nature.FORMAT)

    @property
    def attendu(self) -> str:
        return "une date qui existe, au format JJ/MM/AAAA"

    @property
    def ecriture(self) -> str:
        return "entre guillemets"

    def juger(self, brut: Brut) -> Defaut | None:
        if not isinstance(brut, str):
            return TYPE
        return None if _JOURS[brut] else Defaut(Nature.FORMAT)

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        return filterfalse(_JOURS.__getitem__, cast("Sequence[str]", colonne))

    def schema(self) -> SchemaJSON:
        jour, mois = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|1[0-2])"
        return {"type": "string", "pattern": f"^{jour}/{mois}/(?!0000)[0-9]{{4}}{FIN}"}

    @property
    def inexprimable(self) -> str:
        return "whether the day exists in the calendar (31/02/2022)"

    def est_du_type(self, valeur: object) -> bool:
        # A datetime is a date for isinstance(), but would not be read back equal from the file.
        return type(valeur) is date

    def ecrire(self, valeur: object) -> Brut:
        assert isinstance(valeur, date)
        return _ECRITS[valeur]

    def lire(self, brut: Brut) -> object:
        return _JOURS[str(brut)]

    def preneur(self) -> Preneur:
        def prendre(valeur: object) -> object:
            if type(valeur) is date:
                return valeur
            jour = _JOURS[valeur] if type(valeur) is str else None
            if jour is None:
                raise Doute
            return jour

        return prendre

    def lire_colonne(self, colonne: Sequence[Brut]) -> Iterable[object]:
        if None in colonne:
            return super().lire_colonne(colonne)
        return map(_JOURS.__getitem__, cast("Sequence[str]", colonne))

    def ecrire_colonne(self, colonne: Sequence[object]) -> Iterable[object]:
        return map(_ECRITS.__getitem__, colonne)


#: How many days are remembered: the same few hundred come back in every file.
_JOURS_GARDES: Final = 4096


class _Jours(dict[str, "date | None"]):
    """Text → the day it is.  What is no day is not kept: it may be anything, and of any length."""

    def __missing__(self, texte: str) -> date | None:
        jour = _en_date(texte)
        if jour is not None and len(self) < _JOURS_GARDES:
            self[texte] = jour
        return jour


_JOURS: Final = _Jours()


class _JoursEcrits(dict[object, "str | None"]):
    """Day → its text; ``None`` stays."""

    def __missing__(self, jour: date | None) -> str | None:
        texte = None if jour is None else f"{jour.day:02}/{jour.month:02}/{jour.year:04}"
        if len(self) < _JOURS_GARDES:
            self[jour] = texte
        return texte


_ECRITS: Final = _JoursEcrits()


def _en_date(texte: str) -> date | None:
    jour, mois, annee = texte[:2], texte[3:5], texte[6:10]
    chiffres = jour + mois + annee
    if texte != f"{jour}/{mois}/{annee}" or len(chiffres) != len("JJMMAAAA"):
        return None
    if not (chiffres.isascii() and chiffres.isdigit()):
        return None
    try:
        return date(int(annee), int(mois), int(jour))
    except ValueError:
        return None
