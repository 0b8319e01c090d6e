"""Many rows at once: the database hands them over as one JSON text.

A driver makes a Python object of every value it fetches, and SQLAlchemy a row of them.  For a hundred thousand rows that
costs more than the query.  One text crosses the driver at once, and msgspec makes typed values of it (decision 80).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from sqlalchemy import Text, cast, func, select

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Select

__all__ = ["lire_en_bloc"]

Rangee = TypeVar("Rangee")

#: How each database makes a JSON array of rows, and of the columns of one row; others hand over their rows one by one.
_EN_JSON: Final[dict[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "sqlite": (func.json_group_array, func.json_array),
    "postgresql": (func.json_agg, func.json_build_array),
}


def lire_en_bloc(connexion: Connection, question: Select[Any], forme: type[Rangee]) -> tuple[Rangee, ...]:
    """Run a query, and give each of its rows as a tuple type or an array-like Struct, in the query's order."""
    # Not strict: SQLite keeps true as 1.
    des_rangees, d_une_rangee = _EN_JSON.get(connexion.dialect.name, (None, None))
    if des_rangees is None or d_une_rangee is None:
        rangees = [tuple(rangee) for rangee in connexion.execute(question)]
        return msgspec.convert(rangees, tuple[forme, ...], strict=False)  # type: ignore[valid-type]
    source = question.subquery()
    texte = connexion.scalar(select(cast(des_rangees(d_une_rangee(*source.c)), Text)))
    # PostgreSQL says null for no rows at all.
    return msgspec.json.decode(texte or "[]", type=tuple[forme, ...], strict=False)  # type: ignore[valid-type]
