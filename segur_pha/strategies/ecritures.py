"""The many ways to write the same raw values as JSON: blanks, order of keys, escapes, facultative tags left out.

A text is made as a list of *tokens* (:func:`jetons`), so that a fault of the text can be put between two of them.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import chain, cycle, starmap
from typing import TYPE_CHECKING, Final, TypeAlias
from zlib import crc32

from attrs import evolve, frozen
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy

    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["Ecriture", "JetonLibre", "Repetee", "assembler", "ecritures", "jetons", "textes"]


@frozen
class JetonLibre:
    """A text to be written as it is, in place of a value."""

    texte: str


@frozen
class Repetee:
    """A value whose key occurs twice in its object: first with another value, then with this one; the key may be escaped."""

    premiere: Ecrivable
    derniere: Ecrivable
    cle_echappee: bool


Ecrivable: TypeAlias = "Brut | JetonLibre | Repetee | list[Ecrivable] | dict[str, Ecrivable]"


def _tout_echapper(texte: str) -> str:
    unites = texte.encode("utf-16-be")
    return '"' + "".join(f"\\u{unites[i]:02X}{unites[i + 1]:02x}" for i in range(0, len(unites), 2)) + '"'


def _tel_quel(texte: str) -> str:
    return json.dumps(texte, ensure_ascii=False)


def _barres_echappees(texte: str) -> str:
    return json.dumps(texte, ensure_ascii=False).replace("/", "\\/").replace(":", "\\u003a")


_ECRITURES_D_UN_TEXTE: Final[tuple[Callable[[str], str], ...]] = (
    _tel_quel,
    json.dumps,
    _barres_echappees,
    _tout_echapper,
)


@frozen(kw_only=True)
class Ecriture:
    """A way to write JSON.

    Attributes:
        ordre: 0 for the order of the given values; any other number shuffles the keys of every object, always in the same way.
        blancs: what comes before each token, in turn.
        ecrire_texte: a text → its token.
        omises: facultative tags that are left out when they are null.
        marque: whether the text begins with a byte order mark.
    """

    ordre: int = 0
    blancs: tuple[str, ...] = ("",)
    ecrire_texte: Callable[[str], str] = _tel_quel
    omises: frozenset[str] = frozenset()
    marque: bool = False

    @property
    def sans_marque(self) -> Ecriture:
        """The same way to write, without a byte order mark."""
        return evolve(self, marque=False)


@cache
def ecritures(specification: Specification) -> SearchStrategy[Ecriture]:
    """Draw ways to write that keep the meaning; the simplest is compact, in the table's order."""
    facultatives = [rangee.nom for rangee in specification.balises if not rangee.obligatoire]
    return st.builds(
        Ecriture,
        ordre=st.integers(0, 2**32 - 1),
        blancs=st.lists(st.sampled_from(["", " ", "\n", "\t", "\r\n    "]), min_size=1, max_size=4).map(tuple),
        ecrire_texte=st.sampled_from(_ECRITURES_D_UN_TEXTE),
        omises=st.frozensets(st.sampled_from(facultatives)) if facultatives else st.just(frozenset()),
        marque=st.booleans(),
    )


def jetons(valeur: Ecrivable, ecriture: Ecriture) -> Iterator[str]:
    """Write a value as JSON tokens."""
    match valeur:
        case dict():
            paires = ((cle, ecriture.ecrire_texte, v) for cle, v in _en_ordre(valeur, ecriture))
            membres = chain.from_iterable(starmap(_membres, paires))
            yield from _suite("{}", ((cle, ":", *jetons(v, ecriture)) for cle, v in membres))
        case list():
            yield from _suite("[]", (tuple(jetons(element, ecriture)) for element in valeur))
        case JetonLibre(texte):
            yield texte
        case str():
            yield ecriture.ecrire_texte(valeur)
        case bytes():
            yield valeur.decode()
        case _:
            yield json.dumps(valeur)


def _en_ordre(objet: Mapping[str, Ecrivable], ecriture: Ecriture) -> tuple[tuple[str, Ecrivable], ...]:
    gardees = ((cle, v) for cle, v in objet.items() if not (v is None and cle in ecriture.omises))
    if not ecriture.ordre:
        return tuple(gardees)
    return tuple(sorted(gardees, key=lambda paire: crc32(paire[0].encode(), ecriture.ordre)))


def _membres(cle: str, ecrire_texte: Callable[[str], str], valeur: Ecrivable) -> Iterator[tuple[str, Ecrivable]]:
    """Write a key once or twice, as tokens with their values."""
    if isinstance(valeur, Repetee):
        yield ecrire_texte(cle), valeur.premiere
        yield _tout_echapper(cle) if valeur.cle_echappee else ecrire_texte(cle), valeur.derniere
    else:
        yield ecrire_texte(cle), valeur


def _suite(bornes: str, elements: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield bornes[0]
    for i, element in enumerate(elements):
        if i:
            yield ","
        yield from element
    yield bornes[1]


def assembler(suite: list[str], ecriture: Ecriture) -> bytes:
    """Join tokens into a text."""
    texte = "".join(f"{blanc}{jeton}" for blanc, jeton in zip(cycle(ecriture.blancs), suite, strict=False))
    return ("\ufeff" if ecriture.marque else "").encode() + texte.encode()


def textes(valeur: Ecrivable, specification: Specification) -> SearchStrategy[bytes]:
    """Draw texts (UTF-8) of one value."""
    return ecritures(specification).map(lambda ecriture: assembler([*jetons(valeur, ecriture)], ecriture))
