"""Formats whose value is a JSON number: an amount of money, a rank."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import msgspec
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
from segur_pha.table.motifs import hors_du_motif

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["MONTANT_CHIFFRES", "Montant", "Rang"]


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Montant(Format):
    """``FLOAT (2 chiffres après le point)``: euros, judged on the text of the number (decision 7).

    >>> Montant(decimales=2).lire(b"850.00")
    Decimal('850.00')
    >>> Montant(decimales=2).ecrire(Decimal("850"))
    b'850.00'
    >>> Montant(decimales=2).defaut(850).nature
    <Nature.FORMAT: '04'>
    """

    decimales: int

    @cached_property
    def _motif(self) -> re.Pattern[bytes]:
        return re.compile(rb"[0-9]+\.[0-9]{%d}" % self.decimales)

    @cached_property
    def _motif_du_texte(self) -> re.Pattern[str]:
        return re.compile(self._motif.pattern.decode())

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (Nature.NON_RENSEIGNEE, Nature.TYPE, Nature.FORMAT)

    @property
    def attendu(self) -> str:
        return f"un nombre d’euros sans guillemets, avec un point et {self.decimales} décimales, comme 850.00"

    def juger(self, brut: Brut) -> Defaut | None:
        if isinstance(brut, bytes):
            return None if self._motif.fullmatch(brut) else Defaut(Nature.FORMAT)
        return Defaut(Nature.FORMAT) if type(brut) is int else TYPE

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        textes = [brut for brut in colonne if type(brut) is bytes]
        autres = [brut for brut in colonne if type(brut) is not bytes]
        return [*autres, *hors_du_motif(self._motif, textes, b"\n")]

    def schema(self) -> SchemaJSON:
        return {"type": "number", "minimum": 0}

    @property
    def inexprimable(self) -> str:
        return f"the text of the amount: exactly {self.decimales} digits after the point, no exponent (850.00)"

    def est_du_type(self, valeur: object) -> bool:
        return isinstance(valeur, Decimal)

    def ecrire(self, valeur: object) -> bytes:
        assert isinstance(valeur, Decimal)
        if not valeur.is_finite() or abs(valeur.adjusted()) > MONTANT_CHIFFRES:
            return str(valeur).encode()
        entier, _, fraction = format(valeur, "f").partition(".")
        return f"{entier}.{fraction.rstrip('0'):0<{self.decimales}}".encode()

    def lire(self, brut: Brut) -> object:
        assert isinstance(brut, bytes)
        return Decimal(brut.decode())

    def preneur(self) -> Preneur:
        juste, ecrire = self._motif_du_texte.fullmatch, self.ecrire

        def prendre(valeur: object) -> object:
            if type(valeur) is Decimal:
                if juste(str(valeur)):
                    return valeur
                texte = ecrire(valeur).decode()  # 850 is written 850.00
            elif type(valeur) is str:
                texte = valeur
            else:
                raise Doute
            if juste(texte):
                return Decimal(texte)
            raise Doute

        return prendre

    def lire_colonne(self, colonne: Sequence[Brut]) -> Iterable[object]:
        if None in colonne:
            return super().lire_colonne(colonne)
        return map(Decimal, map(bytes.decode, cast("Sequence[bytes]", colonne)))

    def ecrire_colonne(self, colonne: Sequence[object]) -> Iterable[object]:
        if {*map(type, colonne)} == {Decimal} and not [
            *hors_du_motif(self._motif_du_texte, [*map(str, colonne)], "\n")
        ]:
            return colonne
        return [None if valeur is None else msgspec.Raw(self.ecrire(valeur)) for valeur in colonne]


#: Past this power of ten, large or small, a Decimal is not spelled out: a typing error must not become a gigabyte of zeros.
MONTANT_CHIFFRES: Final = 1_000


_ENTIER: Final = rb"-?[0-9]+"


@frozen(kw_only=True, eq=False, repr=False)
class Rang(FormatEcrit):
    """``INTEGER (max n)``: the rank of a request in its file, from 1 (decision 6; a rule between balises fixes which).

    >>> Rang(maximum=200).defaut(b"1.0").nature
    <Nature.TYPE: '02'>
    """

    maximum: int

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (Nature.NON_RENSEIGNEE, Nature.TYPE)

    @property
    def attendu(self) -> str:
        return f"le rang de la demande dans le fichier, un entier sans guillemets de 1 à {self.maximum}"

    def juger(self, brut: Brut) -> Defaut | None:
        # An integer of thousands of digits stays a text, but is still an integer.
        if type(brut) is int or (isinstance(brut, bytes) and re.fullmatch(_ENTIER, brut)):
            return None
        return TYPE

    def suspectes(self, colonne: Sequence[Brut]) -> Iterable[Brut]:
        del colonne
        return ()

    def schema(self) -> SchemaJSON:
        return {"type": "integer", "minimum": 1, "maximum": self.maximum}

    @property
    def inexprimable(self) -> str:
        return "1.0 is an integer to a schema and not to the portal; line k bears k"

    def est_du_type(self, valeur: object) -> bool:
        return type(valeur) is int

    def ecrire(self, valeur: object) -> Brut:
        assert isinstance(valeur, int)
        return valeur

    def lire(self, brut: Brut) -> object:
        return brut

    def ecrit(self, rang: int) -> Brut:
        return rang

    def ecrits(self, nombre: int) -> Iterable[Brut]:
        return range(1, nombre + 1)
