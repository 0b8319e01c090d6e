"""Structures ⇄ blocks of the model, a column of the table at a time: the quick way between a text and the model.

A column is read and written with a few calls that loop in C; nothing is judged.  The plain way, one value after the other, is
:func:`segur_pha.table.modele.depuis_brut` and :func:`~segur_pha.table.modele.en_brut`, with which the tests compare it.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from itertools import chain, islice, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import attrs
from msgspec import UnsetType

from segur_pha.table.formats import FormatEcrit
from segur_pha.table.modele import etapes
from segur_pha.table.remplissage import poseur, remplir
from segur_pha.texte_json.structures import UNSET, structure_a_ecrire, valeurs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.modele import Etape
    from segur_pha.table.remplissage import Poseur
    from segur_pha.texte_json.structures import Structure

__all__ = ["blocs_des_structures", "fichier_des_structures", "structures_des_blocs"]

B = TypeVar("B", bound=attrs.AttrsInstance)


class _Pas(NamedTuple):
    """A row, with the functions that take its value out of a block and put it there; none where the codec writes the value."""

    etape: Etape
    prendre: Callable[[object], Any] | None
    poser: Poseur | None


@cache
def _pas(classe: ClasseBloc) -> tuple[_Pas, ...]:
    return tuple(
        _Pas(e, attrgetter(e.rangee.attribut), poseur(classe, e.rangee.attribut))
        if e.rangee.attribut
        else _Pas(e, None, None)
        for e in etapes(classe)
    )


def structures_des_blocs(classe: ClasseBloc, blocs: Sequence[attrs.AttrsInstance]) -> list[Structure]:
    """Turn blocks of the model into the structures that msgspec writes, in the table's order.

    >>> import msgspec
    >>> from segur_pha import ScenarioInstallation
    >>> scenario = ScenarioInstallation(has_bal_ms_sante_personnelle=True)
    >>> msgspec.json.encode(structures_des_blocs(ScenarioInstallation, [scenario]))
    b'[{"hasBALMSSantePersonnelle":true,"operateurMessagerie":null}]'
    """
    return list(map(structure_a_ecrire(classe), *(_colonne_a_ecrire(pas, blocs) for pas in _pas(classe))))


def _colonne_a_ecrire(pas: _Pas, blocs: Sequence[object]) -> Iterable[object]:
    etape, prendre, _ = pas
    if prendre is None:
        assert isinstance(etape.champ, FormatEcrit)
        return etape.champ.ecrits(len(blocs))
    colonne = list(map(prendre, blocs))
    if etape.champ is not None:
        return etape.champ.ecrire_colonne(colonne)
    if etape.objet is not None:
        return structures_des_blocs(etape.objet, colonne)
    assert etape.liste is not None
    elements = iter(structures_des_blocs(etape.liste, [*chain.from_iterable(colonne)]))
    return [list(islice(elements, len(liste))) for liste in colonne]


def blocs_des_structures(classe: type[B], structures: Sequence[Structure]) -> list[B]:
    """Build blocks of the model from structures that the controls found faultless, without checking them again."""
    blocs: list[B] = list(map(object.__new__, repeat(classe, len(structures))))
    if blocs:
        for (etape, _, poser), colonne in zip(_pas(classe), zip(*map(valeurs, structures), strict=True), strict=True):
            if poser is not None:
                deque(map(poser, blocs, _colonne_lue(etape, colonne)), maxlen=0)
    return blocs


def fichier_des_structures(racine: type[B], entete: Sequence[Any], demandes: Sequence[Structure]) -> B:
    """Build a whole file, header included, from what the controls accepted."""
    valeurs_du_modele: list[object] = []
    en_tete = iter(entete)
    for etape in etapes(racine):
        if etape.liste is not None:
            valeurs_du_modele.append(tuple(blocs_des_structures(etape.liste, demandes)))
            continue
        valeur = next(en_tete)
        if etape.rangee.attribut:
            valeurs_du_modele += _colonne_lue(etape, [valeur])
    return remplir(racine, valeurs_du_modele)


def _colonne_lue(etape: Etape, colonne: Sequence[Any]) -> Iterable[object]:
    if etape.champ is not None:
        manque = not etape.rangee.obligatoire and UnsetType in {*map(type, colonne)}
        return etape.champ.lire_colonne([None if v is UNSET else v for v in colonne] if manque else colonne)
    if etape.objet is not None:
        return blocs_des_structures(etape.objet, colonne)
    assert etape.liste is not None
    elements = iter(blocs_des_structures(etape.liste, [*chain.from_iterable(colonne)]))
    return [tuple(islice(elements, len(liste))) for liste in colonne]
