"""The arguments of the ledger's methods, checked before any query: a mistake is reported in the same words on every database."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from os import PathLike
from typing import Final, TypeVar

import attrs

from segur_pha.erreurs import RegistreError
from segur_pha.registre.refus import CARACTERE_PERDU, se_garde

__all__ = ["arguments_verifies"]

Classe = TypeVar("Classe", bound=type)

_Verifie = Callable[[object], bool]


def arguments_verifies(classe: Classe) -> Classe:
    """Make every public method of a class, inherited ones included, check its arguments against its annotations.

    They then raise :class:`~segur_pha.RegistreError` for a value of another type, and for a text that no database can store
    (U+0000, half a character).
    """
    for nom in dir(classe):
        methode = inspect.getattr_static(classe, nom)
        if not nom.startswith("_") and inspect.isfunction(methode):
            setattr(classe, nom, _verifiee(methode))
    return classe


def _verifiee(methode: Callable[..., object]) -> Callable[..., object]:
    signature = inspect.signature(methode)
    attendus = {nom: str(parametre.annotation) for nom, parametre in signature.parameters.items() if nom != "self"}
    suites = {nom for nom, parametre in signature.parameters.items() if parametre.kind is parametre.VAR_POSITIONAL}

    @functools.wraps(methode)
    def verifiee(*args: object, **kwargs: object) -> object:
        donnes = signature.bind(*args, **kwargs).arguments
        for nom, attendu in attendus.items():
            valeurs = donnes.get(nom, ()) if nom in suites else (donnes[nom],) if nom in donnes else ()
            for valeur in valeurs:
                if not _convient(attendu)(valeur):
                    raise RegistreError(_refus(f"{methode.__name__}({nom}=…)", attendu, valeur))
        return methode(*args, **kwargs)

    return verifiee


def _texte(valeur: object) -> bool:
    return isinstance(valeur, str) and se_garde(valeur)


_DE_BASE: Final[Mapping[str, _Verifie]] = {
    "None": lambda valeur: valeur is None,
    "str": _texte,
    "bytes": lambda valeur: isinstance(valeur, bytes),
    "bool": lambda valeur: isinstance(valeur, bool),
    "int": lambda valeur: isinstance(valeur, int) and not isinstance(valeur, bool),
    "date": lambda valeur: isinstance(valeur, date) and not isinstance(valeur, datetime),
    "Decimal": lambda valeur: isinstance(valeur, Decimal),
    "Path": lambda valeur: isinstance(valeur, str | PathLike),
    "PathLike": lambda valeur: isinstance(valeur, PathLike),
}


@functools.cache
def _convient(annotation: str) -> _Verifie:
    return _de_l_arbre(ast.parse(annotation, mode="eval").body)


def _de_l_arbre(arbre: ast.expr) -> _Verifie:
    """Turn an annotation into a function that tells whether a value fits it."""
    match arbre:
        case ast.BinOp(left=gauche, right=droite):
            une, autre = _de_l_arbre(gauche), _de_l_arbre(droite)
            return lambda valeur: une(valeur) or autre(valeur)
        case ast.Subscript(value=ast.Name(id="Mapping"), slice=ast.Tuple(elts=[de, vers])):
            cles, valeurs = _de_l_arbre(de), _de_l_arbre(vers)
            return lambda v: isinstance(v, Mapping) and all(map(cles, v)) and all(map(valeurs, v.values()))
        case ast.Subscript(value=ast.Name(id="Iterable" | "Collection" | "Sequence" as sorte), slice=element):
            un_element = _de_l_arbre(element)
            return lambda v: _des_elements(v, un_element, une_fois=sorte == "Iterable")
        case ast.Constant(value=None):
            return _DE_BASE["None"]
        case ast.Name(id=nom) if nom in _DE_BASE:
            return _DE_BASE[nom]
        case ast.Name(id=nom):
            return lambda valeur: _de_la_classe(valeur, nom)
        case _:
            return lambda _: True


def _des_elements(valeurs: object, un_element: _Verifie, *, une_fois: bool) -> bool:
    if isinstance(valeurs, str | bytes):
        return False
    if isinstance(valeurs, Collection):
        return all(map(un_element, valeurs))
    return une_fois and isinstance(valeurs, Iterable)  # an iterator is left unread for the code that needs it


def _de_la_classe(valeur: object, nom: str) -> bool:
    """Tell whether a value's class has that name and, for an attrs class of ours, whether its fields fit their annotations."""
    if nom not in {classe.__name__ for classe in type(valeur).__mro__}:
        return nom not in _CLASSES  # an alias, such as the sources of an answer, is checked where it is read
    classe = type(valeur)
    champs = attrs.fields(classe) if nom in _VALEURS and attrs.has(classe) else ()
    return all(_convient(str(champ.type))(getattr(valeur, champ.name)) for champ in champs)


#: The classes that callers build to tell the ledger something, and the enumerations from which they choose a value.
_VALEURS: Final = frozenset({"Note", "Reponse"})
_CLASSES: Final = _VALEURS | {"Fait", "NatureEcart", "Retour", "Specification"}

_MOTS: Final = {
    "str": "un texte (str)",
    "date": "un jour (date)",
    "int": "un nombre entier (int)",
    "bool": "True ou False",
    "Decimal": 'un Decimal, comme Decimal("255.00")',
}


def _textes(valeur: object) -> Iterator[str]:
    """Yield the texts in a collection, and those in a mapping, as keys or values."""
    if isinstance(valeur, Collection) and not isinstance(valeur, str | bytes):
        elements = [*valeur, *valeur.values()] if isinstance(valeur, Mapping) else valeur
        yield from (element for element in elements if isinstance(element, str))


def _refus(ou: str, attendu: str, valeur: object) -> str:
    if isinstance(valeur, str) and not _texte(valeur):
        return f"{ou} : ce texte contient {CARACTERE_PERDU} ; retapez-le sans lui."
    if any(not _texte(texte) for texte in _textes(valeur)):
        return f"{ou} : un de ces textes contient {CARACTERE_PERDU} ; retapez-le sans lui."
    if isinstance(valeur, datetime) and "date" in attendu:
        return f"{ou} : donnez un jour (date), et non un datetime ; appelez .date()."
    return f"{ou} : donnez {_MOTS.get(attendu.removesuffix(' | None'), attendu)}, et non {type(valeur).__name__}."
