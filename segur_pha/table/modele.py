"""A table of balises at work: a block ⇄ its raw values, and the rules between balises."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeGuard, TypeVar

import attrs
from attrs import field, frozen

from segur_pha.table.balise import Balise, ClasseBloc, Liste, Objet, balises, pointeur
from segur_pha.table.formats import Brut, Format, FormatEcrit
from segur_pha.table.formats.contrat import ParValeur

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = [
    "Coherence",
    "Colonnes",
    "Etape",
    "ObjetBrut",
    "depuis_brut",
    "en_brut",
    "etapes",
    "objet_de",
    "objets_de",
]

ObjetBrut: TypeAlias = "dict[str, Brut]"
#: Tag → its values over several requests, and the place (from 0) of the request that each one belongs to.
Colonnes: TypeAlias = "Mapping[str, tuple[Sequence[Brut], Sequence[int]]]"
B = TypeVar("B", bound=attrs.AttrsInstance)


def objet_de(brut: Brut) -> ObjetBrut:
    """Treat a raw value as the object that a control, or a table, says it is.

    >>> objet_de({"regimeTVA": "TTC"})
    {'regimeTVA': 'TTC'}
    """
    assert isinstance(brut, dict)
    return brut


def objets_de(brut: Brut) -> list[ObjetBrut]:
    """Treat a raw value as the list of objects that a control, or a table, says it is.

    >>> objets_de([{"typeFichier": "BON_COMMANDE"}])
    [{'typeFichier': 'BON_COMMANDE'}]
    """
    assert _sont_des_objets(brut)
    return brut


def _sont_des_objets(brut: Brut) -> TypeGuard[list[ObjetBrut]]:
    return isinstance(brut, list) and all(isinstance(element, dict) for element in brut)


@frozen(kw_only=True, eq=False, repr=False)
class Coherence(ParValeur):
    """A declared rule between balises: kind 07, reported at the place of one of them (decision 4).

    Attributes:
        balise: the tag at fault.
        lit: the tags it reads; the rule is tried only where all of them are faultless by themselves.
        portee: the tag of the list whose items it is tried on; empty for the request itself.
        respectee: the item, its request and the rank of the request → whether the rule holds.
        libelle: the French sentence after the tag's name.
        guide: what the document says about it, a French sentence; empty where the rule is this library's reading.
        exemples: pairs of excerpts, wrong and right: in the wave's example file, the wrong one put in the place of the right one
            breaks the rule.
        schema: what JSON Schema can say of it, about the request; empty when it can say nothing.
        suspectes: the fast rule, over the columns of many faultless requests: the places (from 0) of those that may break the
            rule; without one, every request is tried in turn.
    """

    balise: str
    lit: tuple[str, ...]
    libelle: str
    respectee: Callable[[Mapping[str, Brut], Mapping[str, Brut], int], bool]
    portee: str = ""
    guide: str = ""
    exemples: tuple[tuple[str, str], ...] = ()
    schema: Mapping[str, object] = field(factory=dict)
    suspectes: Callable[[Colonnes], Iterable[int]] | None = None

    def __repr__(self) -> str:
        return f"<Coherence {self.balise} : {self.libelle}>"

    def __hash__(self) -> int:
        return hash(self.libelle)

    def tenue(self, demande: ObjetBrut, rang: int) -> bool:
        """Tell whether a request, whose values are faultless by themselves, keeps the rule."""
        if not self.portee:
            return self.respectee(demande, demande, rang)
        return all(self.respectee(element, demande, rang) for element in objets_de(demande[self.portee]))


class Etape(NamedTuple):
    """A row as a walk meets it, worked out once: it holds a value (``champ``), a block (``objet``) or blocks (``liste``).

    Attributes:
        rang: its place (from 0) among the rows of its block.
        rangee: the row itself.
        suffixe: the end of its JSON Pointer.
        noms: its tag, and those of all the rows below it.
        ecrit: the rank of a request → what the codec writes, for a row that the publisher does not decide.
    """

    rang: int
    rangee: Balise
    suffixe: str
    noms: frozenset[str]
    champ: Format | None = None
    objet: ClasseBloc | None = None
    liste: ClasseBloc | None = None
    ecrit: Callable[[int], Brut] | None = None


@cache
def etapes(classe: ClasseBloc) -> tuple[Etape, ...]:
    """Sort out the rows of one block, in the table's order.

    >>> from segur_pha import Demande
    >>> [e.rangee.nom for e in etapes(Demande) if e.objet]
    ['commande', 'certificatsServeur', 'beneficiaire', 'scenarioInstallation']
    """
    return tuple(_etape(rang, rangee) for rang, rangee in enumerate(balises(classe)))


def _etape(rang: int, rangee: Balise) -> Etape:
    etape = Etape(rang, rangee, pointeur(rangee.nom), frozenset([rangee.nom]))
    match rangee.format:
        case Objet(classe):
            return etape._replace(objet=classe, noms=etape.noms.union(*(e.noms for e in etapes(classe))))
        case Liste(classe):
            return etape._replace(liste=classe, noms=etape.noms.union(*(e.noms for e in etapes(classe))))
        case FormatEcrit() as champ if not rangee.attribut:
            return etape._replace(champ=champ, ecrit=champ.ecrit)
        case champ:
            return etape._replace(champ=champ)


def en_brut(bloc: attrs.AttrsInstance, rang: int = 1, noms: frozenset[str] | None = None) -> ObjetBrut:
    """Turn a block into the raw values of a JSON object, in the table's order (``rang``: the rank of a request).

    ``noms``: only these tags, and the blocks on the way to them.

    >>> from datetime import date; from decimal import Decimal
    >>> from segur_pha import Commande, RegimeTVA
    >>> en_brut(Commande(date_commande=date(2022, 11, 15), regime_tva=RegimeTVA.TTC, montant_segur_ht=Decimal("850")))
    {'dateCommande': '15/11/2022', 'regimeTVA': 'TTC', 'montantSegurHT': b'850.00'}
    """
    brut: ObjetBrut = {}
    for _, rangee, _, _, champ, objet, _, ecrit in etapes(type(bloc)) if noms is None else _vers(type(bloc), noms):
        if ecrit is not None:
            brut[rangee.nom] = ecrit(rang)
            continue
        valeur = getattr(bloc, rangee.attribut)
        if champ is not None:
            brut[rangee.nom] = None if valeur is None else champ.ecrire(valeur)
        elif objet is not None:
            brut[rangee.nom] = en_brut(valeur, noms=noms)
        else:
            brut[rangee.nom] = [en_brut(element, k, noms) for k, element in enumerate(valeur, start=1)]
    return brut


@cache
def _vers(classe: ClasseBloc, noms: frozenset[str]) -> tuple[Etape, ...]:
    """Return the rows of a block that are of these tags, or on the way to them."""
    return tuple(etape for etape in etapes(classe) if not noms.isdisjoint(etape.noms))


def depuis_brut(classe: type[B], brut: Mapping[str, Brut]) -> B:
    """Build a block from raw values that the engine found faultless, without checking them again."""
    bloc = object.__new__(classe)
    poser = object.__setattr__
    for _, rangee, _, _, champ, objet, liste, _ in etapes(classe):
        if not rangee.attribut:
            continue
        valeur: Any = brut.get(rangee.nom)
        if champ is not None:
            poser(bloc, rangee.attribut, None if valeur is None else champ.lire(valeur))
        elif objet is not None:
            poser(bloc, rangee.attribut, depuis_brut(objet, valeur))
        else:
            assert liste is not None
            poser(bloc, rangee.attribut, tuple([depuis_brut(liste, element) for element in valeur]))
    return bloc
