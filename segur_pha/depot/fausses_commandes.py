"""Rows of an export that are not orders: sums under a column, and repeated rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segur_pha.depot.ressemblances import mots_plies
from segur_pha.depot.valeurs import simplifier
from segur_pha.table.roles import Role
from segur_pha.tableurs import est_vide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.depot.vocabulaire import Vocabulaire
    from segur_pha.tableurs import Rangee

__all__ = ["DE_TROP", "FaussesCommandes"]

#: The words that go with a sum, folded.
_TOTAL: Final = re.compile("(?:grand |sous |s )?(?:total|totaux|somme|moyenne|nombre|nb)(?: .*)?|total.*")
_MOTS_DU_TOTAL: Final = 80
#: Columns that say who an order is for: a sum has nothing there.
_QUI: Final = (Role.NUMERO_EDITEUR, Role.OFFICINE, Role.DATE_COMMANDE)


#: The codes of rows that are not separate orders.
DE_TROP: Final = frozenset({"ligne-de-total", "ligne-double"})


class FaussesCommandes:
    """Recognises rows that are not separate orders; ``places``: keyword → its column, from 0; ``mots``: the words of the wave.

    Such a row is a fault, and is never silently left out: a person removes it from the export.
    """

    def __init__(self, places: Mapping[str, int], mots: Vocabulaire) -> None:
        self._utiles = sorted(set(places.values()))
        self._qui = [places[mot] for mot in map(mots.mot, _QUI) if mot in places]
        self._montant = places.get(mots.mot(Role.MONTANT))
        self._vues: dict[tuple[str, ...], int] = {}

    def reconnaitre(self, rangee: Rangee) -> tuple[str, str]:
        """Return the code and the sentence of what a row is instead of an order; two empty texts for an order.

        >>> from segur_pha.tableurs import Rangee
        >>> from segur_pha import VA1
        >>> from segur_pha.depot.vocabulaire import vocabulaire
        >>> fausses = FaussesCommandes({"finess_geo": 0, "nom_responsable": 1, "montant_segur_ht": 2}, vocabulaire(VA1))
        >>> fausses.reconnaitre(Rangee(8, ["", "TOTAL", "2 124,99"]))[0], fausses.reconnaitre(Rangee(9, ["75", "TOTAL", "1"]))[0]
        ('ligne-de-total', '')
        """
        if self._est_un_total(rangee):
            return "ligne-de-total", "cette ligne est un total, pas une commande : ôtez-la de l’export"
        cle = tuple(_texte(rangee.cellules[place]) for place in self._utiles)
        avant = self._vues.setdefault(cle, rangee.numero)
        if avant != rangee.numero:
            return "ligne-double", f"cette ligne répète la ligne {avant}, mot pour mot : ôtez-la de l’export"
        return "", ""

    def _est_un_total(self, rangee: Rangee) -> bool:
        # A sum has no date and no FINESS; its word may stand in any column, also in theirs.
        if any(not est_vide(c := rangee.cellules[place]) and not _mot_de_total(c) for place in self._qui):
            return False
        if any(map(_mot_de_total, rangee.cellules)):
            return True
        remplies = [place for place, cellule in enumerate(rangee.cellules) if not est_vide(cellule)]
        return remplies == [self._montant]


def _mot_de_total(cellule: object) -> bool:
    if not isinstance(cellule, str) or (cellule.isascii() and cellule.isdigit()):
        return False
    return _TOTAL.fullmatch(mots_plies(cellule[:_MOTS_DU_TOTAL])) is not None


def _texte(cellule: object) -> str:
    valeur = simplifier(cellule)
    return "" if valeur is None else f"{type(valeur).__name__} {valeur}"
