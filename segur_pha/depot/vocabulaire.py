"""The words of a wave for flat values: the keywords of its builder, also used in settings and as columns of an export."""

from __future__ import annotations

from functools import cache, cached_property
from inspect import signature
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.table.balise import Balise, blocs
from segur_pha.table.formats import Texte
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.table.specification import Specification

__all__ = ["TRANCHE", "Vocabulaire", "vocabulaire"]

#: The column of the turnover tranche, which is not a keyword.
TRANCHE: Final = "tranche"


@frozen(slots=False)
class Vocabulaire:
    """What flat values are called in a wave; made by :func:`vocabulaire`."""

    specification: Specification

    @cached_property
    def mots_cles(self) -> tuple[str, ...]:
        """The keywords of the wave's builder, in its order."""
        return tuple(signature(self.specification.construire).parameters)

    @cached_property
    def obligatoires(self) -> tuple[str, ...]:
        """Those that must be given."""
        return tuple(
            mot for mot, p in signature(self.specification.construire).parameters.items() if p.default is p.empty
        )

    @cached_property
    def pieces(self) -> Mapping[str, str]:
        """Type of a document → the column that names the document."""
        return {type_fichier: type_fichier.lower() for type_fichier in self.specification.noms_des_pieces.codes}

    @cached_property
    def formats(self) -> Mapping[str, str]:
        """Type of a document → the keyword of its format."""
        return {type_fichier: f"format_{colonne}" for type_fichier, colonne in self.pieces.items()}

    @cached_property
    def colonnes(self) -> tuple[str, ...]:
        """Every column that an export may have (keywords, documents, turnover tranche)."""
        return (*self.mots_cles, *self.pieces.values(), TRANCHE)

    @cached_property
    def balises(self) -> Mapping[str, Balise]:
        """Keyword → the row that it fills."""
        rangees = {b.attribut: b for _, b in blocs(self.specification.classe_demande) if b.attribut}
        formats = dict.fromkeys(self.formats.values(), self.specification.role(Role.FORMAT_PIECE))
        return {mot: formats.get(mot) or rangees[mot] for mot in self.mots_cles}

    @cached_property
    def mot_de_balise(self) -> Mapping[str, str]:
        """Tag → the keyword that its value comes from."""
        formats = set(self.formats.values())
        return {rangee.nom: mot for mot, rangee in self.balises.items() if mot not in formats}

    def mot(self, role: Role) -> str:
        """Return the keyword of the row that has a role, ``""`` where the wave has none.

        >>> from segur_pha import VA1
        >>> vocabulaire(VA1).mot(Role.OFFICINE), vocabulaire(VA1).mot(Role.AVANCE_SOLDEE)
        ('finess_geo', '')
        """
        rangee = self.specification.roles.get(role)
        return "" if rangee is None else rangee.attribut

    @property
    def numero_provisoire(self) -> str:
        """A stand-in for a number that is allotted later, when every order is known to be right."""
        champ = self.specification.numero_de_demande.format
        return "0" * (champ.longueurs[0] if isinstance(champ, Texte) else 1)


@cache
def vocabulaire(specification: Specification) -> Vocabulaire:
    """Return the words of a wave.

    >>> from segur_pha import VA1
    >>> vocabulaire(VA1).colonnes[-3:]
    ('bon_commande', 'preuve_ht', 'tranche')
    """
    return Vocabulaire(specification)
