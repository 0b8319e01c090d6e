"""What became of facts that were told: recorded, known already, refused and why."""

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
        deja: how many were known already, as they were told.
        refus: why the others were not.
        ecarts: payments that are not what was expected, by more than a cent; they are recorded all the same.
    """

    notees: int
    deja: int
    refus: tuple[Constat, ...] = ()
    ecarts: tuple[Constat, ...] = ()

    def __str__(self) -> str:
        dit = f"Faits notés : {self.notees}, déjà connus : {self.deja}, refusés : {len(self.refus)}"
        return "\n  ".join([dit, *map(str, (*self.refus, *self.ecarts))])

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per refusal, then per odd payment; ``genre`` tells which."""
        return lignes_par_genre({"refus": self.refus, "écart": self.ecarts})


class NotesRefusees(RegistreError):
    """Some facts cannot be noted, and none was: ``constats`` names each."""

    def __init__(self, constats: Sequence[Constat]) -> None:
        self.constats: tuple[Constat, ...] = tuple(constats)
        super().__init__("\n".join([f"Rien n’a été noté, {len(constats)} à revoir :", *map(str, constats)]))

    def __reduce__(self) -> tuple[type[NotesRefusees], tuple[tuple[Constat, ...]]]:
        return type(self), (self.constats,)


def certains(refus: Iterable[Constat], fautes: Iterable[Constat]) -> list[Constat]:
    """Leave out the refusals that an unreadable row of the same request may be the reason of: it stands above them."""
    illisibles: dict[str, int] = {}
    for faute in fautes:
        illisibles.setdefault(faute.numero, ligne_de(faute))
    return [r for r in refus if illisibles.get(r.numero, ligne_de(r)) >= ligne_de(r)]


def ligne_de(constat: Constat) -> int:
    """Return the row of a finding, to sort by."""
    return constat.ligne or 0
