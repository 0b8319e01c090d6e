"""What a register says about pharmacies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.constats import Constat

__all__ = ["Etablissement", "Repertoire"]


@frozen
class Etablissement:
    """What a register says about a FINESS: its category, whether it is closed, its department ("" when it is not given)."""

    categorie: str
    ferme: bool = False
    departement: str = ""


@frozen(eq=False)
class Repertoire(Mapping[str, str]):
    """FINESS → category, as ``controler(categories=…)`` takes it, and what else a register says.

    Attributes:
        etablissements: FINESS → all that is known about it.
        remarques: what to know about the register itself, to be shown.

    >>> repertoire = Repertoire({"750000002": Etablissement("620")})
    >>> repertoire["750000002"], "010000024" in repertoire
    ('620', False)
    """

    etablissements: Mapping[str, Etablissement] = field(repr=False)
    remarques: tuple[Constat, ...] = ()

    def __getitem__(self, finess: str) -> str:
        return self.etablissements[finess].categorie

    def __iter__(self) -> Iterator[str]:
        return iter(self.etablissements)

    def __len__(self) -> int:
        return len(self.etablissements)
