"""How a table is declared, and walked: attrs classes whose fields are the rows.

The classes of the model are the table (section 3.2): the order is that of the class body, and the number is only a name.  A row
that the publisher decides is an attrs field with :func:`balise` as its metadata; a row that the codec writes by itself
(``numLigne``, ``codeTraitement``…) is a class variable at its place, made by :func:`ecrite`.
"""

from __future__ import annotations

from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import attrs
from attrs import evolve, frozen

from segur_pha.table.formats.contrat import ParValeur
from segur_pha.table.roles import Acteur, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.table.formats import Format, FormatEcrit

__all__ = ["Balise", "ClasseBloc", "Liste", "Objet", "balise", "balises", "blocs", "ecrite", "pointeur"]

ClasseBloc: TypeAlias = "type[attrs.AttrsInstance]"

_CLE: Final = "balise"


class Objet(NamedTuple):
    """The format of a balise that opens a block: a JSON object whose rows are those of ``classe``."""

    classe: ClasseBloc


class Liste(NamedTuple):
    """The format of a balise that holds a JSON list of blocks.

    ``maximum``: the list of requests has one, and a wrong number of them has the whole file refused; a list without a maximum
    only has to be non-empty.
    """

    classe: ClasseBloc
    maximum: int | None = None


@frozen(kw_only=True, eq=False, repr=False)
class Balise(ParValeur):
    """A row of the table.

    Attributes:
        numero: stands for the balise in the codes; it never decides the order.
        nom: the tag, as the document prints it.
        format: how its value is judged, described and converted.
        bloc: the document's block, in French.
        titre: a few French words, for people who read a form or a schema.
        description: what it means, in French, in our own words.
        obligatoire: ``False`` when ``null`` is allowed.
        personnelle: the value says something about a person: kept out of ``repr``, logs and messages.
        unique: no two requests of a file may have the same value.
        section: the section of the document that covers it.
        imprime: the document's "Format" column, as it is printed; empty where no document prints one.
        attribut: the attribute of the model; empty when the codec writes the value.
        rempli_par: who decides its value: the publisher, the library, or the agency in its answer.
        role: what the row is for; ``None`` where only the controls need it.
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
    imprime: str = ""
    attribut: str = ""
    rempli_par: Acteur = Acteur.EDITEUR
    role: Role | None = None

    def __repr__(self) -> str:
        return f"<Balise {self.nom}>"

    def __hash__(self) -> int:
        # Rows are keys of caches, looked up for each column of each file.
        return hash(self.nom)

    @property
    def vide_est_un_defaut(self) -> bool:
        """Whether an empty list is a fault of this balise (the number of requests is judged elsewhere)."""
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
    imprime: str = "",
    role: Role | None = None,
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
            imprime=imprime,
            role=role,
        )
    }


def ecrite(
    numero: int,
    nom: str,
    format: FormatEcrit,  # noqa: A002 - the document's own word for that column
    *,
    bloc: str,
    titre: str,
    description: str,
    rempli_par: Acteur,
    imprime: str = "",
    role: Role | None = None,
) -> Balise:
    """Declare a row that the codec writes, as a class variable with a leading underscore (see :class:`Balise`)."""
    return Balise(
        numero=numero,
        nom=nom,
        format=format,
        bloc=bloc,
        titre=titre,
        description=description,
        rempli_par=rempli_par,
        imprime=imprime,
        role=role,
    )


@cache
def balises(classe: ClasseBloc) -> tuple[Balise, ...]:
    """List the rows of one block, in the order of its class body.

    >>> from segur_pha import Commande
    >>> [b.nom for b in balises(Commande)]
    ['dateCommande', 'regimeTVA', 'montantSegurHT']
    """
    champs = attrs.fields_dict(classe)
    rangees = []
    for nom in (nom for base in reversed(classe.__mro__) for nom in get_annotations(base)):
        champ = champs.get(nom)
        if champ is not None:
            rangees.append(evolve(champ.metadata[_CLE], attribut=nom))
        elif isinstance(rangee := getattr(classe, nom, None), Balise):
            rangees.append(rangee)
    return tuple(rangees)


def blocs(classe: ClasseBloc) -> Iterator[tuple[ClasseBloc, Balise]]:
    """Walk the whole table below a class, depth first: every row, with the class it belongs to.

    >>> from segur_pha import Fichier
    >>> [(classe.__name__, rangee.nom) for classe, rangee in blocs(Fichier)][:2]
    [('Fichier', 'impId'), ('Fichier', 'numeroAns')]
    """
    for rangee in balises(classe):
        yield classe, rangee
        if isinstance(rangee.format, Objet | Liste):
            yield from blocs(rangee.format.classe)


def pointeur(*jetons: str | int) -> str:
    """Write a JSON Pointer (RFC 6901).

    >>> pointeur("lignesImport", 0, "a/b")
    '/lignesImport/0/a~1b'
    """
    return "".join("/" + str(jeton).replace("~", "~0").replace("/", "~1") for jeton in jetons)
