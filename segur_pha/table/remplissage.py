"""The quick way into the model: values that are certainly faultless become blocks without going through the rules.

It never says what is wrong: :class:`~segur_pha.table.formats.Doute` sends the values to the plain rules
(:mod:`segur_pha.table.regles`), against which the tests compare it.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

import attrs

from segur_pha.table.balise import Liste, balises
from segur_pha.table.formats import Doute, Format
from segur_pha.table.modele import en_brut, etapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Preneur
    from segur_pha.table.modele import Coherence, Etape

__all__ = ["Plan", "batir", "planifier", "poseur", "preneur", "remplir", "sans_doute"]

B = TypeVar("B", bound=attrs.AttrsInstance)

#: Puts a value into a block: a frozen class refuses assignment, but its slots do not.
Poseur: TypeAlias = "Callable[[object, object], None]"


def poseur(classe: ClasseBloc, attribut: str) -> Poseur:
    """Return the function that puts a value into the slot of an attribute (a class without slots has none)."""
    poser: Poseur | None = getattr(getattr(classe, attribut, None), "__set__", None)
    return poser or (lambda bloc, valeur: object.__setattr__(bloc, attribut, valeur))


@cache
def preneur(rangee: Balise) -> Preneur:
    """Make the quick way in of a row's values (see :meth:`~segur_pha.table.formats.Format.preneur`), ``None`` included.

    >>> from segur_pha import VA1
    >>> finess = next(b for b in VA1.balises if b.nom == "FINESSGeo")
    >>> preneur(finess)("777777777")
    '777777777'
    """
    assert isinstance(rangee.format, Format)
    prendre = rangee.format.preneur()
    if rangee.obligatoire:
        return prendre

    def prendre_ou_rien(valeur: object) -> object:
        if valeur is None:
            return None
        pris = prendre(valeur)
        # The text "null" is a fault of facultative balises only, and formats do not know which these are.
        if type(pris) is str and len(pris) == len("null") and pris.lower() == "null":
            raise Doute
        return pris

    return prendre_ou_rien


# --- A request from flat values ------------------------------------------------------------------------------------------


class Plan(NamedTuple, Generic[B]):
    """How a block, and those below it, is made from flat values.

    Attributes:
        classes: that of the block itself, then those of the blocks below it, each after the one that holds it.
        champs: for each value the place (from 0) of its block among them, its slot, its attribute, its way in.
        liens: for each block but the first: the place of the block that holds it, its slot there, its own place.
    """

    classes: list[ClasseBloc]
    champs: list[tuple[int, Poseur, str, Preneur]]
    liens: list[tuple[int, Poseur, int]]


def planifier(classe: type[B]) -> Plan[B]:
    """Lay a block, and those below it, flat; rows that hold a list of blocks are left to whoever fills it."""
    plan = Plan[B]([], [], [])
    _etaler(plan, classe)
    return plan


def _etaler(plan: Plan[B], classe: ClasseBloc) -> None:
    """Lay the rows of a block, and of those below it, flat."""
    ici = len(plan.classes)
    plan.classes.append(classe)
    for etape in etapes(classe):
        attribut = etape.rangee.attribut
        if etape.objet is not None:
            plan.liens.append((ici, poseur(classe, attribut), len(plan.classes)))
            _etaler(plan, etape.objet)
        elif attribut and etape.champ is not None:
            plan.champs.append((ici, poseur(classe, attribut), attribut, preneur(etape.rangee)))


def batir(plan: Plan[B], plat: Mapping[str, object]) -> B:
    """Build a block, and those below it, from flat values.

    Raises :class:`~segur_pha.table.formats.Doute` unless every value is certainly faultless by itself; no rule between balises is
    tried.

    >>> from segur_pha import Commande
    >>> flat = {"date_commande": "15/11/2022", "regime_tva": "HT", "montant_segur_ht": "708.33"}
    >>> batir(planifier(Commande), flat).date_commande
    datetime.date(2022, 11, 15)
    """
    classes, champs, liens = plan
    blocs: list[Any] = [*map(object.__new__, classes)]
    for place, poser, nom, prendre in champs:
        poser(blocs[place], prendre(plat[nom]))
    for dessus, poser, dessous in liens:
        poser(blocs[dessus], blocs[dessous])
    bati: B = blocs[0]
    return bati


@cache
def _poseurs(classe: ClasseBloc) -> tuple[Poseur, ...]:
    return tuple(poseur(classe, e.rangee.attribut) for e in etapes(classe) if e.rangee.attribut)


def remplir(classe: type[B], valeurs: Iterable[object]) -> B:
    """Build a block from values of the model that are known to be right, in the table's order."""
    bloc = object.__new__(classe)
    for poser, valeur in zip(_poseurs(classe), valeurs, strict=True):
        poser(bloc, valeur)
    return bloc


# --- A block that its constructor was given ------------------------------------------------------------------------------


def sans_doute(bloc: attrs.AttrsInstance, coherences: tuple[Coherence, ...]) -> bool:
    """Tell whether a block is certainly right: each value by itself, its own blocks, and the rules that it can try."""
    champs, blocs = _lectures(type(bloc))
    try:
        for lire, prendre in champs:
            valeur = lire(bloc)
            if type(prendre(valeur)) is not type(valeur):  # others may give a day as text; here it must be a date
                return False
    except Doute:
        return False
    for lire, etape in blocs:
        if not _bien_rempli(lire(bloc), etape):
            return False
    return not coherences or _coherent(bloc, coherences)


@cache
def _lectures(
    classe: ClasseBloc,
) -> tuple[list[tuple[Callable[[object], Any], Preneur]], list[tuple[Callable[[object], Any], Etape]]]:
    """Separate what a block has: values, each with its quick way in, and blocks."""
    ecrites: list[tuple[Callable[[object], Any], Etape]] = [
        (attrgetter(e.rangee.attribut), e) for e in etapes(classe) if e.rangee.attribut
    ]
    champs = [(lire, preneur(e.rangee)) for lire, e in ecrites if e.champ]
    return champs, [(lire, e) for lire, e in ecrites if not e.champ]


def _bien_rempli(valeur: Any, etape: Etape) -> bool:  # noqa: ANN401 - anything that a constructor may be given
    """Tell whether a row that holds blocks holds the right ones: of its class, at least one, not too many, none twice."""
    if etape.liste is None:
        return type(valeur) is etape.objet
    assert isinstance(etape.rangee.format, Liste)
    if type(valeur) is not tuple or {*map(type, valeur)} != {etape.liste}:
        return False
    maximum = etape.rangee.format.maximum
    return (maximum is None or len(valeur) <= maximum) and all(
        len({*map(lire, valeur)}) == len(valeur) for lire in _uniques(etape.liste)
    )


@cache
def _uniques(classe: ClasseBloc) -> list[Callable[[object], Any]]:
    return [attrgetter(rangee.attribut) for rangee in balises(classe) if rangee.unique]


def _coherent(bloc: attrs.AttrsInstance, coherences: tuple[Coherence, ...]) -> bool:
    brut = en_brut(bloc, noms=_lues(coherences))
    return all(coherence.tenue(brut, 1) for coherence in coherences)


@cache
def _lues(coherences: tuple[Coherence, ...]) -> frozenset[str]:
    """Name the rows that some rules read."""
    return frozenset(chain.from_iterable(coherence.lit for coherence in coherences))
