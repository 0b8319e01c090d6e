"""Repairs that are certain, made only on request, and reported one by one (``--zeros``, ``--majuscules``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from segur_pha.constats import Constat
from segur_pha.identifiants import defaut_finess

if TYPE_CHECKING:
    from segur_pha.constats import ValeurRefusee

__all__ = ["Reparations", "majuscules_mises", "mis_en_majuscules", "zero_certain", "zero_rendu"]

_UN_SEUL_ZERO: Final = re.compile("0[1-9][0-9]{7}")


def zero_certain(refus: ValeurRefusee) -> str:
    """Return what a refused FINESS of eight digits certainly was (its key is right with one zero in front), otherwise "".

    >>> from segur_pha.constats import ValeurRefusee
    >>> [zero_certain(ValeurRefusee("tableur-zeros", "", propose=p)) for p in ("010000024", "010000025", "000100002")]
    ['010000024', '', '']
    """
    propose = refus.propose
    certain = (
        refus.constat.code == "tableur-zeros" and _UN_SEUL_ZERO.fullmatch(propose) and defaut_finess(propose) is None
    )
    return propose if certain else ""


@frozen(kw_only=True)
class Reparations:
    """What a person asked for: ``majuscules`` for nomResponsable, ``zeros`` for a FINESS without its zero."""

    majuscules: bool = False
    zeros: bool = False

    def rendre_le_zero(self, refus: ValeurRefusee) -> str:
        """Return the repaired FINESS, "" when no repair was asked for; ``refus`` then says that it could be repaired."""
        propose = zero_certain(refus)
        if propose and not self.zeros:
            message = f"{refus.constat.message} (l’option --zeros le fait pour vous : la clé est juste)"
            refus.constat = evolve(refus.constat, message=message)
        return propose if self.zeros else ""


def mis_en_majuscules(valeur: object, cellule: object) -> bool:
    """Tell whether a value is its cell put in upper case, rather than the cell itself."""
    return (
        isinstance(valeur, str)
        and isinstance(cellule, str)
        and valeur != (ecrit := cellule.strip())
        and valeur == ecrit.upper()
    )


def zero_rendu(finess: str, ligne: int, colonne: str, balise: str) -> Constat:
    """Report that a zero was put back."""
    message = f"le zéro de tête est rendu : {finess} au lieu de {finess[1:]}"
    return Constat(code="zero-rendu", message=message, ligne=ligne, colonne=colonne, balise=balise)


def majuscules_mises(ligne: int, colonne: str, balise: str) -> Constat:
    """Report that a name was put in upper case; the name is not repeated."""
    message = f"{balise} est mis en majuscules"
    return Constat(code="majuscules-mises", message=message, ligne=ligne, colonne=colonne, balise=balise)
