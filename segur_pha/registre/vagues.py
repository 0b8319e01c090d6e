"""The waves whose requests a ledger holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.erreurs import RegistreError, SegurError
from segur_pha.vagues import vague

if TYPE_CHECKING:
    from segur_pha.table.specification import Specification

__all__ = ["Vagues"]

#: The longest names that fit into the tables, in characters.
_LONGUEUR_D_UN_NOM: Final = 40


@frozen
class Vagues:
    """The waves that a program knows, the default one first.

    >>> from segur_pha import VA1
    >>> Vagues((VA1,)).nommee("PHA-LGO-Va1") is VA1
    True
    """

    connues: tuple[Specification, ...]

    def __attrs_post_init__(self) -> None:
        trop_longs = [vague.nom for vague in self.connues if len(vague.nom) > _LONGUEUR_D_UN_NOM]
        if trop_longs:
            raise RegistreError(f"Le nom d’une vague a {_LONGUEUR_D_UN_NOM} caractères au plus : {trop_longs[0]}.")

    @property
    def defaut(self) -> Specification:
        """The default wave."""
        return self.connues[0]

    def nommee(self, nom: str) -> Specification:
        """Return a wave by its name in a ledger: one that was given, or one of the package.

        Raises :class:`~segur_pha.RegistreError` for any other.
        """
        for specification in self.connues:
            if specification.nom == nom:
                return specification
        try:
            return vague(nom)
        except SegurError:
            raise RegistreError(
                f"Ce registre a des demandes de la vague {nom}, que ce programme ne connaît pas : donnez-la au Registre "
                "(specifications=)."
            ) from None
