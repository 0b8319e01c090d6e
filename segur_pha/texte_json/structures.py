"""Bytes → requests as msgspec structures, derived from the table, one class for each block.

A structure reads a text in one pass, and refuses one with other tags than the table's, or with a value of another JSON type, of
another length or outside its list.  It decides nothing: what it refuses, the plain rules judge; what it accepts may still be
wrong in ways that a type cannot express (the shape of an address, whether a day exists), and :mod:`segur_pha.controle.colonnes`
looks at that.

What a structure requires of a value comes from the schema of its format: ``type``, ``enum``, ``minLength``, ``maxLength``.  A
number with a fraction comes out as its text (bytes), since an amount is judged on it.
"""

from __future__ import annotations

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
    "REFUS",
    "UNSET",
    "FichierStructure",
    "Structure",
    "decodeur",
    "destructurer",
    "mal_typees",
    "pile_en_danger",
    "structure_a_ecrire",
    "structurer",
    "type_de_valeur",
    "valeurs",
]

#: A block of a file: its values in the table's order, ``UNSET`` where a facultative tag is missing.
Structure: TypeAlias = msgspec.Struct
#: What a decoder raises, for a broken text as for one that does not fit its structure.
REFUS: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)

#: Any JSON text → raw values.
decodeur: Final = msgspec.json.Decoder(float_hook=str.encode)
#: The values of a structure, in the table's order.
valeurs: Final[Callable[[Structure], tuple[Any, ...]]] = msgspec.structs.astuple


class FichierStructure(NamedTuple):
    """A file whose tags and blocks are those of the table, not considering keys written twice.

    Attributes:
        entete: the values of the header, in the table's order; nothing is known about them.
        demandes: the requests, in the file's order.
        bien_typees: whether each of their values has the type that its balise requires; if not, nothing is known about them, and
            one may even be a list or an object (see :func:`mal_typees`).
    """

    entete: list[Brut]
    demandes: Sequence[Structure]
    bien_typees: bool


def structurer(octets: bytes, racine: ClasseBloc) -> FichierStructure:
    """Read a file into the structures of a table.

    Raises one of :data:`REFUS` when its tags or its blocks are not the table's.

    >>> from segur_pha import Fichier
    >>> structurer(b'{"impId": null, "numeroAns": 7, "SIRET": 1.0, "lignesImport": []}', Fichier)
    FichierStructure(entete=[None, 7, b'1.0'], demandes=[], bien_typees=True)
    """
    if pile_en_danger(octets):
        raise RecursionError("too many blocks for a recursive parser")
    exact, tolerant = _decodeurs(racine)
    try:
        *entete, demandes = valeurs(exact.decode(octets))
    except msgspec.ValidationError:
        # One value was enough for the file to be refused; the columns will tell which ones do not fit.
        *entete, demandes = valeurs(tolerant.decode(octets))
        return FichierStructure(entete, demandes, bien_typees=False)
    return FichierStructure(entete, demandes, bien_typees=True)


def mal_typees(rangee: Balise, colonne: Sequence[Brut]) -> set[int]:
    """Tell which values of a column, by their place in it, lack the type, the length or the value that their balise requires.

    >>> from segur_pha.vagues.va1 import VA1
    >>> mal_typees(VA1.numero_de_demande, ["00001", None, "00003", "00004"])
    {1}
    """
    attendu = _attendu(rangee)
    presentes = colonne if rangee.obligatoire else [valeur for valeur in colonne if valeur is not None]
    if attendu.toutes(presentes):
        return set()
    autres = attendu.autres(colonne)
    return autres if rangee.obligatoire else {rang for rang in autres if colonne[rang] is not None}


class _Attendu(NamedTuple):
    """What :func:`type_de_valeur` tells msgspec, in Python: a type, the values of a list, the lengths of a text."""

    type: Any
    valeurs: frozenset[str] | None
    minimum: int
    maximum: int

    def toutes(self, valeurs: Sequence[Any]) -> bool:
        """Tell whether all these values are like that, in a few calls."""
        if self.type is object:
            return True
        if not {*map(type, valeurs)} <= {self.type}:
            return False
        if self.valeurs is not None:
            return self.valeurs.issuperset(valeurs)
        return self.type is not str or all(self.minimum <= n <= self.maximum for n in {*map(len, valeurs)})

    def autres(self, colonne: Sequence[Any]) -> set[int]:
        """Tell which values of a column, by their place in it, are not like that."""
        type_, valeurs, minimum, maximum = self
        if valeurs is not None:
            return {rang for rang, v in enumerate(colonne) if type(v) is not type_ or v not in valeurs}
        if type_ is str:
            return {rang for rang, v in enumerate(colonne) if type(v) is not str or not minimum <= len(v) <= maximum}
        return {rang for rang, v in enumerate(colonne) if type(v) is not type_}


@cache
def _attendu(rangee: Balise) -> _Attendu:
    assert isinstance(rangee.format, Format)
    schema: Any = rangee.format.schema()
    types = {"string": str, "boolean": bool, "integer": int, "null": type(None), "number": object}
    valeurs = frozenset(schema["enum"]) if "enum" in schema else None
    return _Attendu(types[schema["type"]], valeurs, schema.get("minLength", 0), schema.get("maxLength", sys.maxsize))


def destructurer(bloc: Structure) -> ObjetBrut:
    """Turn a structure back into raw values, in the table's order."""
    brut: ObjetBrut = msgspec.to_builtins(bloc, builtin_types=(bytes,))
    return brut


#: More levels than this may exceed the C stack (Python's own limit is 1,000).
_NIVEAUX_SANS_DANGER: Final = 5_000


def pile_en_danger(octets: bytes) -> bool:
    """Tell whether msgspec, which is recursive, could exhaust the C stack because its user raised Python's limit."""
    if sys.getrecursionlimit() <= _NIVEAUX_SANS_DANGER:
        return False
    from segur_pha.texte_json.analyse import trop_de_blocs

    return trop_de_blocs(octets, _NIVEAUX_SANS_DANGER)


@cache
def _decodeurs(racine: ClasseBloc) -> tuple[msgspec.json.Decoder[Structure], msgspec.json.Decoder[Structure]]:
    """Make the two readers of a table, once: one for right values, one for any."""
    entete: list[_Champ] = [(b.nom, Any) for b in balises(racine) if not isinstance(b.format, Liste)]
    liste = next(b for b in balises(racine) if isinstance(b.format, Liste))
    assert isinstance(liste.format, Liste)
    demandes = (_structure_de(liste.format.classe, type_de) for type_de in (type_de_valeur, lambda _: Any))
    exacte, tolerante = (_structure("Fichier", [*entete, (liste.nom, list[demande])]) for demande in demandes)  # type: ignore[valid-type]
    return msgspec.json.Decoder(exacte, float_hook=str.encode), msgspec.json.Decoder(tolerante, float_hook=str.encode)


@cache
def structure_a_ecrire(classe: ClasseBloc) -> type[Structure]:
    """Make the structure of a block that is only written: its values are given in the table's order."""
    return _structure(classe.__name__, [(rangee.nom, Any) for rangee in balises(classe)], kw_only=False)


#: A tag, what its value may be, and what replaces it when it is missing (without a third item it must not be missing).
_Champ: TypeAlias = tuple[str, Any] | tuple[str, Any, Any]


def _structure_de(classe: ClasseBloc, type_de: Callable[[Format], Any]) -> type[Structure]:
    """Make the structure of a block; ``type_de`` tells what a value may be."""
    champs: list[_Champ] = []
    for rangee in balises(classe):
        if isinstance(rangee.format, Objet):
            champs.append((rangee.nom, _structure_de(rangee.format.classe, type_de)))
        elif isinstance(rangee.format, Liste):
            champs.append((rangee.nom, list[_structure_de(rangee.format.classe, type_de)]))  # type: ignore[misc]
        elif rangee.obligatoire:
            champs.append((rangee.nom, type_de(rangee.format)))
        else:
            champs.append((rangee.nom, type_de(rangee.format) | None | UnsetType, UNSET))
    return _structure(classe.__name__, champs)


def _structure(nom: str, champs: list[_Champ], *, kw_only: bool = True) -> type[Structure]:
    # A tag need not be a name that Python accepts, so it is only an alias.
    alias = {f"balise_{i}": champ[0] for i, champ in enumerate(champs)}
    numerotes = [(attribut, *champ[1:]) for attribut, champ in zip(alias, champs, strict=True)]
    # A tree has no cycles, so the garbage collector has nothing to look for in it.
    return msgspec.defstruct(nom, numerotes, rename=alias, kw_only=kw_only, forbid_unknown_fields=True, gc=False)


def type_de_valeur(champ: Format) -> Any:  # noqa: ANN401 - a type, in all the ways that Python says one
    """Tell msgspec as much of a format's schema as it can check in passing.

    >>> from segur_pha.table.formats import Booleen
    >>> type_de_valeur(Booleen())
    <class 'bool'>
    """
    schema: Any = champ.schema()
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    longueurs = msgspec.Meta(min_length=schema.get("minLength"), max_length=schema.get("maxLength"))
    types = {"string": Annotated[str, longueurs], "boolean": bool, "integer": int, "null": None, "number": Any}
    return types[schema["type"]]
