"""Bytes → moulded requests: msgspec structures derived from the table, one for each block.

A mould takes a text in one pass, and refuses what has another structure than the table's, or a value of another JSON type,
of another length or outside of its list.  It decides nothing: what it refuses, the plain rules judge; what it takes may still
be wrong in what a type cannot say (the shape of an address, a day that exists), and
:mod:`segur_pha.controle.colonnes` looks at that.

What a mould wants of a value comes from the schema of its format: ``type``, ``enum``, ``minLength``, ``maxLength``.  A number
with a fraction comes out as its text (bytes), since an amount is judged on it.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut

__all__ = [
    "UNSET",
    "Bloc",
    "MalMoule",
    "Moulage",
    "decodeur",
    "demouler",
    "mal_moulees",
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
        demandes: the requests, in the file's order.
        justes: each value of theirs has the type that its balise wants; else nothing is known of them, and one may even be a
            list or an object (see :func:`mal_moulees`).
    """

    entete: list[Brut]
    demandes: Sequence[Bloc]
    justes: bool


def mouler(octets: bytes, racine: ClasseBloc) -> Moulage:
    """Put a file through the moulds of a table.

    Raises one of :data:`MalMoule` when its structure is not the table's.

    >>> from segur_pha import Fichier
    >>> mouler(b'{"impId": null, "numeroAns": 7, "SIRET": 1.0, "lignesImport": []}', Fichier)
    Moulage(entete=[None, 7, b'1.0'], demandes=[], justes=True)
    """
    if pile_en_danger(octets):
        raise RecursionError("too many blocks for a recursive parser")
    exact, lache = _moules_de(racine)
    try:
        *entete, demandes = valeurs(exact.decode(octets))
    except msgspec.ValidationError:
        # One value was enough to refuse the file; the columns will tell which ones do not fit.
        *entete, demandes = valeurs(lache.decode(octets))
        return Moulage(entete, demandes, justes=False)
    return Moulage(entete, demandes, justes=True)


#: Where msgspec says in its message that an item of a list does not fit.
_RANG_DU_REFUS: Final = re.compile(r"\[([0-9]+)\]`")


def mal_moulees(rangee: Balise, colonne: Sequence[Brut]) -> set[int]:
    """Tell which values of a column, by their place in it, have not the type that their balise wants.

    >>> from segur_pha.vagues.va1 import VA1
    >>> mal_moulees(VA1.numero_de_demande, ["00001", None, "00003", "00004"])
    {1}
    """
    moule = _moule_de_colonne(rangee)
    refusees: set[int] = set()
    debut, prise = 0, len(colonne)
    while debut < len(colonne):
        try:
            msgspec.convert({rangee.nom: colonne[debut : debut + prise]}, moule)
        except msgspec.ValidationError as refus:
            trouve = _RANG_DU_REFUS.search(str(refus))
            if trouve is None:  # other words than those we know: every value that is left may be meant
                return refusees.union(range(debut, len(colonne)))
            # No more is taken next than was settled now: a slice for each refusal would cost the square of the column.
            prise = int(trouve[1]) + 1
            debut += prise
            refusees.add(debut - 1)
        else:
            debut += prise
            prise *= 2
    return refusees


def demouler(bloc: Bloc) -> ObjetBrut:
    """Turn a moulded block into raw values again."""
    brut: ObjetBrut = msgspec.to_builtins(bloc, builtin_types=(bytes,))
    return brut


#: More levels than this may be more than the C stack holds (Python's own limit is 1,000).
_NIVEAUX_SANS_DANGER: Final = 5_000


def pile_en_danger(octets: bytes) -> bool:
    """Tell whether msgspec, which is recursive, could exhaust the C stack because its user raised Python's limit."""
    if sys.getrecursionlimit() <= _NIVEAUX_SANS_DANGER:
        return False
    from segur_pha.texte_json.doubles import trop_de_blocs

    return trop_de_blocs(octets, _NIVEAUX_SANS_DANGER)


@cache
def _moules_de(racine: ClasseBloc) -> tuple[msgspec.json.Decoder[Bloc], msgspec.json.Decoder[Bloc]]:
    """Make the two moulds of a table, once: one for right values, one for any."""
    entete: list[_Champ] = [(b.nom, Any) for b in balises(racine) if not isinstance(b.format, Liste)]
    liste = next(b for b in balises(racine) if isinstance(b.format, Liste))
    assert isinstance(liste.format, Liste)
    demandes = (_moule(liste.format.classe, type_de) for type_de in (type_moule, lambda _: Any))
    exact, lache = (_structure("Fichier", [*entete, (liste.nom, list[demande])]) for demande in demandes)  # type: ignore[valid-type]
    return msgspec.json.Decoder(exact, float_hook=str.encode), msgspec.json.Decoder(lache, float_hook=str.encode)


@cache
def _moule_de_colonne(rangee: Balise) -> type[Bloc]:
    """Make the mould of many values of a balise, ``None`` standing for a facultative one that is missing.

    It is a structure, since msgspec keeps what it has understood of those and reads any other type anew at each call.
    """
    assert isinstance(rangee.format, Format)
    un_type = type_moule(rangee.format)
    return _structure("Colonne", [(rangee.nom, list[un_type] if rangee.obligatoire else list[un_type | None])])  # type: ignore[valid-type]


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

    >>> from segur_pha.table.formats import Booleen
    >>> type_moule(Booleen())
    <class 'bool'>
    """
    schema: Any = champ.schema()
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    longueurs = msgspec.Meta(min_length=schema.get("minLength"), max_length=schema.get("maxLength"))
    types = {"string": Annotated[str, longueurs], "boolean": bool, "integer": int, "null": None, "number": Any}
    return types[schema["type"]]
