"""Ground: an immutable mapping, which can be hashed, pickled and copied like any frozen value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

__all__ = ["DictionnaireGele"]

V = TypeVar("V")


class DictionnaireGele(Mapping[str, V]):
    """The contents of a mapping at the time this was made.

    >>> import pickle
    >>> gele = DictionnaireGele({"statut": "E"})
    >>> gele["statut"], pickle.loads(pickle.dumps(gele)) == gele, hash(gele) == hash(DictionnaireGele({"statut": "E"}))
    ('E', True, True)
    """

    __slots__ = ("_valeurs",)

    def __init__(self, valeurs: Mapping[str, V]) -> None:
        self._valeurs = dict(valeurs)

    def __getitem__(self, cle: str) -> V:
        return self._valeurs[cle]

    def __iter__(self) -> Iterator[str]:
        return iter(self._valeurs)

    def __len__(self) -> int:
        return len(self._valeurs)

    def __hash__(self) -> int:
        # Only the keys are hashed: a value may be a list, which is not hashable.
        return hash(frozenset(self._valeurs))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._valeurs!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._valeurs,)
