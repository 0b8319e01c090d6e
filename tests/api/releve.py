"""The public API, written down line by line, so that a break is seen before it is released.

    python -m tests.api.releve             write down the API of this version; refuses to lose a line
    python -m tests.api.releve --rupture   the same, when a line must go: say so in the changelog, and raise the version

A line is a name, a parameter and its kind, its type, its default, a parameter that may be left out, a member, or what a call
returns.  An API that has every line of an older one, and asks for nothing more, serves whoever was served by the older one.  A
type that was widened loses a line too: somebody looks at it, and says so (``--rupture``).
"""

from __future__ import annotations

import enum
import importlib
import inspect
import sys
import tomllib
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, ForwardRef, is_typeddict

if TYPE_CHECKING:
    from collections.abc import Iterator

ICI: Final = Path(__file__).parent
RELEVES = ICI
#: The doors: what they list in ``__all__`` is promised, and nothing else is.
PORTES: Final = (
    "segur_pha",
    "segur_pha.anonymiser",
    "segur_pha.certificats",
    "segur_pha.courriels",
    "segur_pha.depot",
    "segur_pha.identifiants",
    "segur_pha.portail",
    "segur_pha.registre",
    "segur_pha.strategies",
)
FACULTATIF: Final = ", may be left out"
#: Defaults of these types are written down; of others, only that there is one.
SIMPLES: Final = (type(None), bool, int, float, str, bytes, tuple, Decimal, enum.Enum)


def relever() -> set[str]:
    """Give the lines of the API as it is."""
    lignes: set[str] = set()
    for porte in PORTES:
        module = importlib.import_module(porte)
        for nom in module.__all__:
            lignes.update(_d_un_objet(f"{porte}.{nom}", getattr(module, nom)))
    return lignes


def _d_un_objet(nom: str, objet: object) -> Iterator[str]:
    yield nom
    if isinstance(objet, type):
        yield from _d_une_classe(nom, objet)
    elif callable(objet):
        yield from _d_un_appel(nom, objet)


def _d_une_classe(nom: str, classe: type) -> Iterator[str]:
    if is_typeddict(classe):
        yield from (f"{nom}[{cle!r}] is {_type(genre)}" for cle, genre in classe.__annotations__.items())
        return
    if issubclass(classe, enum.Enum):
        yield from (f"{nom}.{membre.name} = {membre.value!r}" for membre in classe)
        return
    yield from (f"{nom} is a {base.__name__}" for base in classe.__mro__[1:] if base.__module__.startswith("segur_pha"))
    if not issubclass(classe, BaseException):
        yield from _d_un_appel(nom, classe)
    for membre in dir(classe):
        # What Python's own classes bring along is theirs, and grows with its versions.
        de = next(base for base in classe.__mro__ if membre in vars(base))
        if membre.startswith("_") or not de.__module__.startswith("segur_pha"):
            continue
        valeur = inspect.getattr_static(classe, membre)
        propre = isinstance(valeur, property | cached_property) or inspect.isdatadescriptor(valeur)
        sorte = getattr(classe, membre)
        if propre or not callable(sorte):
            yield f"{nom}.{membre}"
        else:
            yield f"{nom}.{membre}"
            yield from _d_un_appel(f"{nom}.{membre}", sorte)


def _d_un_appel(nom: str, appelable: object) -> Iterator[str]:
    signature = inspect.signature(appelable)  # type: ignore[arg-type]
    for parametre in signature.parameters.values():
        if parametre.name.startswith("_") or parametre.name == "self":
            continue
        ligne = f"{nom}({parametre.name}: {parametre.kind.description})"
        yield ligne
        if parametre.annotation is not parametre.empty:
            yield f"{nom}({parametre.name}) takes {_type(parametre.annotation)}"
        if parametre.default is not parametre.empty or "variadic" in parametre.kind.description:
            yield ligne + FACULTATIF
        if isinstance(parametre.default, SIMPLES):
            yield f"{nom}({parametre.name}) is {_valeur(parametre.default)} by default"
    if isinstance(signature.return_annotation, str) and not isinstance(appelable, type):
        yield f"{nom} gives {signature.return_annotation}"


def _type(annotation: object) -> str:
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _valeur(valeur: object) -> str:
    """Write a default, the same in every version of Python."""
    return f"{type(valeur).__name__}.{valeur.name}" if isinstance(valeur, enum.Enum) else repr(valeur)


def ruptures(avant: set[str], apres: set[str]) -> list[str]:
    """List what breaks whoever was served before: a line that is gone, or a parameter that must now be given."""
    nouvelles = {ligne for ligne in apres - avant if ligne.endswith(")") and ligne + FACULTATIF not in apres}
    exigees = {ligne for ligne in nouvelles if ligne.partition("(")[0] in avant}
    return sorted([*(f"gone: {ligne}" for ligne in avant - apres), *(f"asked for: {ligne}" for ligne in exigees)])


def numero_de_version() -> str:
    """Give the version that the source tree is at."""
    projet = tomllib.loads((ICI.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    return str(projet["project"]["version"])


def lire(fichier: Path) -> set[str]:
    """Read what was written down."""
    return set(fichier.read_text(encoding="utf-8").splitlines())


def fichier_de(numero: str) -> Path:
    """Name the record of a version."""
    return RELEVES / f"{numero}.txt"


def principal(options: list[str]) -> str:
    """Write the record of this version; give what is wrong, if anything is."""
    fichier, lignes = fichier_de(numero_de_version()), relever()
    perdues = ruptures(lire(fichier), lignes) if fichier.exists() else []
    if perdues and "--rupture" not in options:
        return "\n".join([*perdues, "This breaks users. If it must be: --rupture, the changelog, and the version."])
    fichier.write_text("".join(f"{ligne}\n" for ligne in sorted(lignes)), encoding="utf-8")
    return ""


if __name__ == "__main__":  # pragma: no cover - the tests call what it calls
    sys.exit(principal(sys.argv[1:]) or None)
