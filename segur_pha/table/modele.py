"""A table of balises as attrs classes: declaring a row, walking a class, a block ⇄ its raw values.

The classes of the model are the table (section 3.2): the order is the class body's, the number only names.  A row that the
publisher decides is an attrs field with :func:`balise` as its metadata; a row that the codec writes by itself (``numLigne``,
``codeTraitement``…) stands at its place as a class variable made by :func:`ecrite`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar

import attrs
from attrs import evolve, field, frozen

from segur_pha.table.formats import Brut, Format, FormatEcrit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = [
    "Balise",
    "ClasseBloc",
    "Coherence",
    "Colonnes",
    "Etape",
    "Liste",
    "Objet",
    "ObjetBrut",
    "balise",
    "balises",
    "blocs",
    "depuis_brut",
    "ecrite",
    "en_brut",
    "etapes",
    "pointeur",
]

ObjetBrut: TypeAlias = "dict[str, Brut]"
#: Tag → its values over several requests, and the place (from 0) of the request that each one belongs to.
Colonnes: TypeAlias = "Mapping[str, tuple[Sequence[Brut], Sequence[int]]]"
ClasseBloc: TypeAlias = "type[attrs.AttrsInstance]"
B = TypeVar("B", bound=attrs.AttrsInstance)

_CLE: Final = "balise"


@frozen
class Objet:
    """The format of a balise that opens a block: a JSON object whose rows are those of ``classe``."""

    classe: ClasseBloc


@frozen
class Liste:
    """The format of a balise that holds a JSON list of blocks.

    ``maximum``: the list of requests has one, and a wrong number of them refuses the whole file; a list without maximum
    only has to hold something.
    """

    classe: ClasseBloc
    maximum: int | None = None


# Rows are keys of caches, and would else be hashed field by field for each column of each file.
@frozen(kw_only=True, cache_hash=True)
class Balise:
    """A row of the table.

    Attributes:
        numero: names the balise in the codes; it never decides the order.
        nom: the tag, as the document prints it.
        format: how its value is judged, described and converted.
        bloc: the document's block, in French.
        titre: a few French words for people who read a form or a schema.
        description: what it means, in French, in our own words.
        obligatoire: ``False`` when ``null`` is allowed.
        personnelle: the value says something of a person: kept out of ``repr``, logs and messages.
        unique: no two requests of a file may bear the same value.
        section: where the document speaks of it.
        attribut: the attribute of the model; empty when the codec writes the value.
    """

    numero: int
    nom: str
    format: Format | Objet | Liste
    bloc: str
    titre: str
    description: str
    obligatoire: bool = True
    personnelle: bool = False
    unique: bool = False
    section: str = "3.2"
    attribut: str = ""

    @property
    def vide_est_un_defaut(self) -> bool:
        """Whether an empty list is a fault of this balise (the list of requests answers for its number otherwise)."""
        return isinstance(self.format, Liste) and self.format.maximum is None


def balise(
    numero: int,
    nom: str,
    format: Format | Objet | Liste,  # noqa: A002 - the document's own word for that column
    *,
    bloc: str,
    titre: str,
    description: str,
    obligatoire: bool = True,
    personnelle: bool = False,
    unique: bool = False,
    section: str = "3.2",
) -> dict[str, Balise]:
    """Declare a row that the publisher decides, as the metadata of an attrs field (see :class:`Balise`)."""
    return {
        _CLE: Balise(
            numero=numero,
            nom=nom,
            format=format,
            bloc=bloc,
            titre=titre,
            description=description,
            obligatoire=obligatoire,
            personnelle=personnelle,
            unique=unique,
            section=section,
        )
    }


def ecrite(numero: int, nom: str, format: FormatEcrit, *, bloc: str, titre: str, description: str) -> Balise:  # noqa: A002
    """Declare a row that the codec writes, as a class variable with a leading underscore (see :class:`Balise`)."""
    return Balise(numero=numero, nom=nom, format=format, bloc=bloc, titre=titre, description=description)


@cache
def balises(classe: ClasseBloc) -> tuple[Balise, ...]:
    """List the rows of one block, in the order of its class body.

    >>> from segur_pha import Commande
    >>> [b.nom for b in balises(Commande)]
    ['dateCommande', 'regimeTVA', 'montantSegurHT']
    """
    champs = attrs.fields_dict(classe)
    rangees = []
    for nom in (nom for base in reversed(classe.__mro__) for nom in base.__dict__.get("__annotations__", ())):
        champ = champs.get(nom)
        if champ is not None:
            rangees.append(evolve(champ.metadata[_CLE], attribut=nom))
        elif isinstance(rangee := getattr(classe, nom, None), Balise):
            rangees.append(rangee)
    return tuple(rangees)


def blocs(classe: ClasseBloc) -> Iterator[tuple[ClasseBloc, Balise]]:
    """Walk the whole table below a class, depth first: every row with the class it belongs to.

    >>> from segur_pha import Fichier
    >>> [(classe.__name__, rangee.nom) for classe, rangee in blocs(Fichier)][:2]
    [('Fichier', 'impId'), ('Fichier', 'numeroAns')]
    """
    for rangee in balises(classe):
        yield classe, rangee
        if isinstance(rangee.format, Objet | Liste):
            yield from blocs(rangee.format.classe)


@frozen(kw_only=True)
class Coherence:
    """A declared rule between balises: kind 07, reported at the place of one of them (decision 4).

    Attributes:
        balise: the tag that bears the fault.
        lit: the tags it reads; the rule is tried only where all of them are faultless by themselves.
        portee: the tag of the list on each item of which it is tried; empty for the request itself.
        respectee: told the item, its request and the rank of the request, whether the rule holds.
        libelle: the French sentence after the tag's name.
        schema: what JSON Schema can say of it, about the request; empty when it can't say it.
        suspectes: the fast twin, over the columns of many faultless requests: the places (from 0) of those in which the rule
            may be broken; without one, every request is asked in turn.
    """

    balise: str
    lit: tuple[str, ...]
    libelle: str
    respectee: Callable[[Mapping[str, Brut], Mapping[str, Brut], int], bool]
    portee: str = ""
    schema: Mapping[str, object] = field(factory=dict, hash=False)
    suspectes: Callable[[Colonnes], Iterable[int]] | None = None


def pointeur(*jetons: str | int) -> str:
    """Write a JSON Pointer (RFC 6901).

    >>> pointeur("lignesImport", 0, "a/b")
    '/lignesImport/0/a~1b'
    """
    return "".join("/" + str(jeton).replace("~", "~0").replace("/", "~1") for jeton in jetons)


class Etape(NamedTuple):
    """A row as a walk meets it, sorted out once: it holds a value (``champ``), a block (``objet``) or blocks (``liste``).

    Attributes:
        rang: its place (from 0) among the rows of its block.
        rangee: the row itself.
        suffixe: the end of its JSON Pointer.
        noms: its tag, and those of all the rows below it.
        ecrit: the rank of a request → what the codec writes, where the publisher decides nothing.
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


def en_brut(bloc: attrs.AttrsInstance, rang: int = 1) -> ObjetBrut:
    """Turn a block into the raw values of a JSON object, in the table's order (``rang``: the rank of a request).

    >>> from datetime import date; from decimal import Decimal
    >>> from segur_pha import Commande, RegimeTVA
    >>> en_brut(Commande(date_commande=date(2022, 11, 15), regime_tva=RegimeTVA.TTC, montant_segur_ht=Decimal("850")))
    {'dateCommande': '15/11/2022', 'regimeTVA': 'TTC', 'montantSegurHT': b'850.00'}
    """
    brut: ObjetBrut = {}
    for _, rangee, _, _, champ, objet, _, ecrit in etapes(type(bloc)):
        if ecrit is not None:
            brut[rangee.nom] = ecrit(rang)
            continue
        valeur = getattr(bloc, rangee.attribut)
        if champ is not None:
            brut[rangee.nom] = None if valeur is None else champ.ecrire(valeur)
        elif objet is not None:
            brut[rangee.nom] = en_brut(valeur)
        else:
            brut[rangee.nom] = [en_brut(element, k) for k, element in enumerate(valeur, start=1)]
    return brut


def depuis_brut(classe: type[B], brut: Mapping[str, Brut]) -> B:
    """Build a block from raw values that the engine found faultless, without checking them again (the trusted way in)."""
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
