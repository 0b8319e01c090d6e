"""Where the values of a JSON text are: the places that JSON Pointers designate, found in one walk that skips everything else."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from attrs import define, field

from segur_pha.texte_json.grammaire import (
    BLANC,
    BLANCS_MOTIF,
    CROCHET,
    FERMETURES,
    FIN_PRECOCE,
    UN_SCALAIRE,
    UNE_CHAINE,
    TexteFautif,
    faute_de_valeur,
    malforme,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["reperer"]

_DEUX_POINTS: Final = re.compile(f"{BLANCS_MOTIF}:{BLANCS_MOTIF}")
_VIRGULE: Final = re.compile(rf"{BLANCS_MOTIF}(?:,{BLANCS_MOTIF}|(?=[\]}}]))")


class _Noeud:
    """A node of the tree of wanted pointers: what is wanted below each key, and the pointers that end here."""

    def __init__(self) -> None:
        self.enfants: dict[str, _Noeud] = {}
        self.chemins: list[str] = []


#: Nothing is wanted here.
_RIEN: Final = _Noeud()


def _arbre_des_chemins(chemins: Iterable[str]) -> _Noeud:
    racine = _Noeud()
    for chemin in chemins:
        noeud = racine
        for jeton in chemin.split("/")[1:]:
            noeud = noeud.enfants.setdefault(jeton.replace("~1", "/").replace("~0", "~"), _Noeud())
        noeud.chemins.append(chemin)
    return racine


class _Assez(Exception):
    """Everything that was looked for has been found."""


@define
class _Reperage:
    """A search under way: the text, where values were found to begin and end, and how many beginnings are enough."""

    texte: str
    assez: int | None
    trouves: dict[str, tuple[int, int]] = field(factory=dict)

    def valeur(self, debut: int, noeud: _Noeud) -> int:
        """Note where the wanted values are in the one that begins here, and return its end."""
        if self.texte[debut : debut + 1] in FERMETURES:
            if self.assez is not None:
                self.noter(noeud, debut, debut)
            fin = self.bloc(debut, noeud.enfants) if noeud.enfants else self.fin_du_bloc(debut)
        else:
            fin = self.apres(UN_SCALAIRE, debut)
        self.noter(noeud, debut, fin)
        return fin

    def noter(self, noeud: _Noeud, debut: int, fin: int) -> None:
        self.trouves.update(dict.fromkeys(noeud.chemins, (debut, fin)))
        if len(self.trouves) == self.assez:
            raise _Assez

    def bloc(self, debut: int, voulus: Mapping[str, _Noeud]) -> int:
        """Go through the elements of a block that holds something wanted."""
        en_objet = self.texte[debut] == "{"
        ici, rang = self.apres(BLANC, debut + 1), 0
        while self.texte[ici : ici + 1] not in {"}", "]"}:
            cle = str(rang)
            if en_objet:
                fin = self.apres(UNE_CHAINE, ici)
                cle = json.loads(self.texte[ici:fin])
                ici = self.apres(_DEUX_POINTS, fin)
            ici = self.apres(_VIRGULE, self.valeur(ici, voulus.get(cle, _RIEN)))
            rang += 1
        return ici + 1

    def fin_du_bloc(self, debut: int) -> int:
        """Skip a block without judging it."""
        ouverts, ici = 1, debut + 1
        while ouverts:
            trouve = CROCHET.match(self.texte, ici)
            assert trouve is not None
            if not trouve[1]:
                raise malforme(FIN_PRECOCE, trouve.end())
            ici = trouve.end()
            ouverts += 1 if trouve[1] in FERMETURES else -1
        return ici

    def apres(self, motif: re.Pattern[str], ici: int) -> int:
        trouve = motif.match(self.texte, ici)
        if trouve is None:
            raise faute_de_valeur(self.texte, ici)
        return trouve.end()


def reperer(texte: str, chemins: Iterable[str], *, debuts_seuls: bool = False) -> dict[str, tuple[int, int]]:
    """Find where the values of some JSON Pointers begin and end (offsets in characters), in one walk.

    A pointer that leads nowhere, or past the fault of a broken text, is left out; for a key written twice, the last value
    counts.  ``debuts_seuls``, for texts whose keys are unique: the walk ends as soon as every value has begun, and the end of a
    list or of an object is not looked for.

    >>> reperer('{"a": [1, 22]}', ["/a/1", "/b"])
    {'/a/1': (10, 12)}
    """
    voulus = set(chemins)
    reperage = _Reperage(texte, len(voulus) if debuts_seuls else None)
    with suppress(TexteFautif, _Assez):
        reperage.valeur(reperage.apres(BLANC, 0), _arbre_des_chemins(voulus))
    return reperage.trouves
