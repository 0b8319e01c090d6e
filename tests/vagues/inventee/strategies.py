"""Invented: how the strategies keep the rules of the made-up wave, and how they break each one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from segur_pha.table.balise import pointeur
from segur_pha.table.tirages import ReglesTirees

from .noms import NOMS_DES_PIECES, FormatDocument, TypeDocument
from .regles import COHERENCES, types_dus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import DrawFn

__all__ = ["REGLES"]


def _respecter(demande: Any) -> None:
    _poser(demande, types_dus(demande["officine"]["signataire"]))


def _poser(demande: Any, genres: Iterable[str]) -> None:
    extension = demande["documents"][0]["extension"]
    demande["documents"] = [
        {
            "nom": NOMS_DES_PIECES.nommer(genre, demande["numeroSolde"], extension),
            "genre": genre,
            "extension": extension,
        }
        for genre in genres
    ]


def _fausser_le_rang(draw: DrawFn, demande: Any, rang: int) -> str:
    demande["place"] = draw(st.integers().filter(lambda n: n != rang))
    return pointeur("place")


def _changer_les_documents(draw: DrawFn, demande: Any, _: int) -> str:
    dus = types_dus(demande["officine"]["signataire"])
    autres = st.lists(st.sampled_from([t.value for t in TypeDocument]), min_size=1, max_size=3)
    _poser(demande, draw(autres.filter(lambda genres: sorted(genres) != sorted(dus))))
    return pointeur("documents")


def _renommer(draw: DrawFn, demande: Any, _: int) -> str:
    document = demande["documents"][0]
    autres = [f.value for f in FormatDocument if f.value != document["extension"]]
    document["nom"] = NOMS_DES_PIECES.nommer(document["genre"], demande["numeroSolde"], draw(st.sampled_from(autres)))
    return pointeur("documents", 0, "nom")


REGLES: Final = ReglesTirees(
    respecter=_respecter,
    ruptures=dict(
        zip(
            (coherence.respectee for coherence in COHERENCES),
            (_fausser_le_rang, _changer_les_documents, _renommer),
            strict=True,
        )
    ),
)
