"""A table → strategies for the raw values of a block, a request and a file that both controls accept."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from segur_pha.erreurs import SegurError
from segur_pha.strategies.champs import champ_valide
from segur_pha.table.balise import Balise, Liste, Objet, balises
from segur_pha.table.formats import Format, FormatEcrit
from segur_pha.table.tirages import ReglesTirees

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification

__all__ = ["arbres", "lignes", "numeroter", "objets", "regles_tirees"]

#: How many items a drawn list has, except the list of requests.
_ELEMENTS = 2
#: How many requests of a file are drawn separately; the following ones repeat them under other numbers.
_MODELES = 4


@cache
def objets(classe: ClasseBloc) -> SearchStrategy[ObjetBrut]:
    """Draw the raw values of a block, each right by itself, in the table's order."""
    return st.fixed_dictionaries({rangee.nom: _valeur(rangee) for rangee in balises(classe)})


def _valeur(rangee: Balise) -> SearchStrategy[Brut]:
    match rangee.format:
        case Objet(classe):
            return objets(classe)
        case Liste(classe):
            return st.lists(objets(classe), min_size=1, max_size=_ELEMENTS)
        case FormatEcrit() if not rangee.attribut:
            return st.just(rangee.format.ecrit(1))
        case champ:
            return champ_valide(rangee, champ)


@cache
def lignes(specification: Specification) -> SearchStrategy[ObjetBrut]:
    """Draw the raw values of a request that is the first of its file and keeps the rules between balises."""
    respecter = regles_tirees(specification).respecter

    def accordee(ligne: ObjetBrut) -> ObjetBrut:
        respecter(ligne)
        return ligne

    return objets(specification.classe_demande).map(accordee)


def numeroter(specification: Specification, demandes: list[ObjetBrut]) -> None:
    """Write into each request, in place, what depends on its place in the file."""
    for rang, demande in enumerate(demandes, start=1):
        for rangee in balises(specification.classe_demande):
            if isinstance(rangee.format, FormatEcrit) and not rangee.attribut:
                demande[rangee.nom] = rangee.format.ecrit(rang)


@cache
def _entetes(specification: Specification) -> SearchStrategy[ObjetBrut]:
    """Draw the values of the root, without the requests."""
    rangees = (b for b in balises(specification.racine) if b != specification.liste_des_demandes)
    return st.fixed_dictionaries({rangee.nom: _valeur(rangee) for rangee in rangees})


@cache
def _numeros(specification: Specification, nombre: int) -> SearchStrategy[list[Brut]]:
    """Draw that many different values of the balise that identifies a request."""
    numero = specification.numero_de_demande
    assert isinstance(numero.format, Format)
    return st.lists(champ_valide(numero, numero.format), min_size=nombre, max_size=nombre, unique=True)


@cache
def _modeles(specification: Specification, nombre: int) -> SearchStrategy[list[ObjetBrut]]:
    return st.lists(lignes(specification), min_size=1, max_size=nombre)


@st.composite
def arbres(
    draw: DrawFn, specification: Specification, *, minimum: int, maximum: int, modeles: int = _MODELES
) -> ObjetBrut:
    """Draw the raw values of a file of ``minimum`` to ``maximum`` requests (1 or more).

    ``modeles``: how many of them, at most, are drawn separately.
    """
    nombre = draw(st.integers(minimum, maximum))
    numeros = draw(_numeros(specification, nombre))
    tirees = draw(_modeles(specification, min(nombre, modeles)))
    demandes = [deepcopy(tirees[k % len(tirees)]) for k in range(nombre)]
    for demande, numero in zip(demandes, numeros, strict=True):
        demande[specification.numero_de_demande.nom] = numero
        regles_tirees(specification).respecter(demande)
    numeroter(specification, demandes)
    entete = draw(_entetes(specification))
    arbre: ObjetBrut = {specification.liste_des_demandes.nom: [*demandes], **entete}
    return {rangee.nom: arbre[rangee.nom] for rangee in balises(specification.racine)}


def regles_tirees(specification: Specification) -> ReglesTirees:
    """Find how to keep the rules of a wave: ``REGLES`` in the module ``strategies`` of its folder.

    Raises :class:`~segur_pha.SegurError` when it has a rule that its folder does not know how to keep.
    """
    try:
        regles = import_module(f"{specification.paquet}.strategies").REGLES
    except ModuleNotFoundError:
        regles = None
    if isinstance(regles, ReglesTirees) and {c.respectee for c in specification.coherences} <= regles.ruptures.keys():
        return regles
    raise SegurError(f"Aucune stratégie ne sait respecter les règles entre balises de {specification.nom}.")
