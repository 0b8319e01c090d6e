"""What became of facts told to the ledger: recorded, already known, or refused, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.constats import Constat, lignes_par_genre
from segur_pha.erreurs import RegistreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["CompteRenduDesNotes", "NotesRefusees", "certains", "ligne_de"]


@frozen(kw_only=True)
class CompteRenduDesNotes:
    """What became of notes.

    Attributes:
        notees: how many facts were recorded.
        deja: how many were already known exactly as told.
        refus: why the others were not recorded.
        ecarts: payments that differ from what was expected by more than a cent; they are recorded nevertheless.
    """

    notees: int
    deja: int
    refus: tuple[Constat, ...] = ()
    ecarts: tuple[Constat, ...] = ()

    def __str__(self) -> str:
        dit = f"Faits notés : {self.notees}, déjà connus : {self.deja}, refusés : {len(self.refus)}"
        return "\n  ".join([dit, *map(str, (*self.refus, *self.ecarts))])

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per refusal, then one per odd payment; ``genre`` tells which."""
        return lignes_par_genre({"refus": self.refus, "écart": self.ecarts})


class NotesRefusees(RegistreError):
    """Some facts cannot be noted, so none was: ``constats`` names each of them."""

    def __init__(self, constats: Sequence[Constat]) -> None:
        self.constats: tuple[Constat, ...] = tuple(constats)
        super().__init__("\n".join([f"Rien n’a été noté, {len(constats)} à revoir :", *map(str, constats)]))

    def __reduce__(self) -> tuple[type[NotesRefusees], tuple[tuple[Constat, ...]]]:
        return type(self), (self.constats,)


def certains(refus: Iterable[Constat], fautes: Iterable[Constat]) -> list[Constat]:
    """Leave out the refusals that may be due to an unreadable row of the same request above them."""
    illisibles: dict[str, int] = {}
    for faute in fautes:
        illisibles.setdefault(faute.numero, ligne_de(faute))
    return [r for r in refus if illisibles.get(r.numero, ligne_de(r)) >= ligne_de(r)]


def ligne_de(constat: Constat) -> int:
    """Return the row of a finding, to sort by."""
    return constat.ligne or 0
