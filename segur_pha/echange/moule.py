"""Bytes → moulded requests: msgspec structures derived from the table, one for each block.

A mould takes a text in one pass, and refuses what has another structure than the table's, or a value of another JSON type,
of another length or outside of its list.  It decides nothing: what it refuses, the plain rules judge; what it takes may still
be wrong in what a type cannot say (the shape of an address, a day that exists), and
:mod:`segur_pha.controle.colonnes` looks at that.

What a mould wants of a value comes from the schema of its format: ``type``, ``enum``, ``minLength``, ``maxLength``.  A number
with a fraction comes out as its text (bytes), since an amount is judged on it.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from segur_pha.echange.doubles import trop_de_blocs
from segur_pha.specification.table import Liste, Objet, balises

if TYPE_CHECKING:
    from collections.abc import Callable

    from segur_pha.specification.formats import Brut, Format
    from segur_pha.specification.table import ClasseBloc, ObjetBrut

__all__ = [
    "UNSET",
    "Bloc",
    "MalMoule",
    "Moulage",
    "decodeur",
    "demouler",
    "mouler",
    "pile_en_danger",
    "type_moule",
    "valeurs",
]

#: A moulded block: its values stand in the table's order, ``UNSET`` where a facultative tag is missing.
Bloc: TypeAlias = msgspec.Struct
#: What a decoder raises, of a broken text as of one that does not fit its mould.
MalMoule: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)

#: Any JSON text → raw values.
decodeur: Final = msgspec.json.Decoder(float_hook=str.encode)
#: The values of a moulded block, in the table's order.
valeurs: Final[Callable[[Bloc], tuple[Any, ...]]] = msgspec.structs.astuple


class Moulage(NamedTuple):
    """A file that went through the moulds: its structure is right, keys written twice left aside.

    Attributes:
        entete: the values of the header, in the table's order; nothing is known of them.
        prises: place (from 0) → request, right as far as a mould can tell.
        refusees: place → raw values of a request a value of which no mould takes; none of them is a list or an object.
    """

    entete: list[Brut]
    prises: dict[int, Bloc]
    refusees: dict[int, ObjetBrut]


def mouler(octets: bytes, racine: ClasseBloc) -> Moulage:
    """Put a file through the moulds of a table.

    Raises one of :data:`MalMoule` when its structure is not the table's.

    >>> from segur_pha import Fichier
    >>> mouler(b'{"impId": null, "numeroAns": 7, "SIRET": 1.0, "lignesImport": []}', Fichier)
    Moulage(entete=[None, 7, b'1.0'], prises={}, refusees={})
    """
    if pile_en_danger(octets):
        raise RecursionError("too many blocks for a recursive parser")
    fichier, a_part, demande, structure = _moules_de(racine)
    try:
        *entete, demandes = valeurs(fichier.decode(octets))
        return Moulage(entete, dict(enumerate(demandes)), {})
    except msgspec.ValidationError:
        # One value was enough to refuse the file, so now each request goes by itself.
        *entete, textes = valeurs(a_part.decode(octets))
    moulage = Moulage(entete, {}, {})
    for place, texte in enumerate(textes):
        try:
            moulage.prises[place] = demande.decode(texte)
        except MalMoule:
            structure.decode(texte)
            moulage.refusees[place] = decodeur.decode(texte)
    return moulage


def demouler(bloc: Bloc) -> ObjetBrut:
    """Turn a moulded block into raw values again."""
    brut: ObjetBrut = msgspec.to_builtins(bloc, builtin_types=(bytes,))
    return brut


#: More levels than this may be more than the C stack holds (Python's own limit is 1,000).
_NIVEAUX_SANS_DANGER: Final = 5_000


def pile_en_danger(octets: bytes) -> bool:
    """Tell whether msgspec, which is recursive, could exhaust the C stack because its user raised Python's limit."""
    return sys.getrecursionlimit() > _NIVEAUX_SANS_DANGER and trop_de_blocs(octets, _NIVEAUX_SANS_DANGER)


class _Moules(NamedTuple):
    """The decoders of a table: a file, a file whose requests are left as texts, a request, a request with any values."""

    fichier: msgspec.json.Decoder[Bloc]
    a_part: msgspec.json.Decoder[Bloc]
    demande: msgspec.json.Decoder[Bloc]
    structure: msgspec.json.Decoder[Bloc]


@cache
def _moules_de(racine: ClasseBloc) -> _Moules:
    """Make the moulds of a table, once."""
    entete: list[_Champ] = [(b.nom, Any) for b in balises(racine) if not isinstance(b.format, Liste)]
    liste = next(b for b in balises(racine) if isinstance(b.format, Liste))
    assert isinstance(liste.format, Liste)
    demande = _moule(liste.format.classe, type_moule)
    structure = _moule(liste.format.classe, lambda _: bool | int | float | str | None)
    fichier = _structure("Fichier", [*entete, (liste.nom, list[demande])])  # type: ignore[valid-type]
    a_part = _structure("Fichier", [*entete, (liste.nom, list[msgspec.Raw])])
    return _Moules(
        *(msgspec.json.Decoder(moule, float_hook=str.encode) for moule in (fichier, a_part, demande, structure))
    )


#: A tag, what its value may be, and what stands for it when it is missing (it must not be where there is no third).
_Champ: TypeAlias = tuple[str, Any] | tuple[str, Any, Any]


def _moule(classe: ClasseBloc, type_de: Callable[[Format], Any]) -> type[Bloc]:
    """Make the mould of a block; ``type_de`` tells what a value may be."""
    champs: list[_Champ] = []
    for rangee in balises(classe):
        if isinstance(rangee.format, Objet):
            champs.append((rangee.nom, _moule(rangee.format.classe, type_de)))
        elif isinstance(rangee.format, Liste):
            champs.append((rangee.nom, list[_moule(rangee.format.classe, type_de)]))  # type: ignore[misc]
        elif rangee.obligatoire:
            champs.append((rangee.nom, type_de(rangee.format)))
        else:
            champs.append((rangee.nom, type_de(rangee.format) | None | UnsetType, UNSET))
    return _structure(classe.__name__, champs)


def _structure(nom: str, champs: list[_Champ]) -> type[Bloc]:
    # A tag need not be a name that Python accepts, so it is an alias only.
    alias = {f"balise_{i}": champ[0] for i, champ in enumerate(champs)}
    numerotes = [(attribut, *champ[1:]) for attribut, champ in zip(alias, champs, strict=True)]
    # A tree has no cycles, so the garbage collector has nothing to look for in it.
    return msgspec.defstruct(nom, numerotes, rename=alias, kw_only=True, forbid_unknown_fields=True, gc=False)


def type_moule(champ: Format) -> Any:  # noqa: ANN401 - a type, in all the ways that Python says one
    """Say to msgspec as much of a format's schema as it can check in passing.

    >>> from segur_pha.specification.formats import Booleen
    >>> type_moule(Booleen())
    <class 'bool'>
    """
    schema: Any = champ.schema()
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    longueurs = msgspec.Meta(min_length=schema.get("minLength"), max_length=schema.get("maxLength"))
    types = {"string": Annotated[str, longueurs], "boolean": bool, "integer": int, "null": None, "number": Any}
    return types[schema["type"]]
