"""``--vague``: which wave the files of a command are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from segur_pha.cli.messages import UsageErrone
from segur_pha.erreurs import SegurError
from segur_pha.vagues import PAR_DEFAUT, vague

if TYPE_CHECKING:
    from segur_pha.table.specification import Specification

__all__ = ["Vague", "specification_de"]

Vague = Annotated[
    str | None, Parameter(name="--vague", help=f"Vague des demandes, par son nom ; {PAR_DEFAUT.nom} par défaut.")
]


def specification_de(nom: str | None) -> Specification:
    """Give the wave that was named, or the default one."""
    if nom is None:
        return PAR_DEFAUT
    try:
        return vague(nom)
    except SegurError as refus:
        raise UsageErrone(str(refus)) from None
