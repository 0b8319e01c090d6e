"""SQL that SQLAlchemy has worded once in this process is not worded again for the next ledger.

SQLAlchemy keeps what it has compiled with each engine. A program opens a ledger or two; the tests open thousands, and spent a third
of their time on the same few statements. What is shared is the text only: connections, transactions and results stay each engine's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sqlalchemy.engine.interfaces import Compiled, Dialect

Key = tuple[Any, ...]  # the dialect, then what tells statements apart


class Compilations:
    """What was compiled, by the kind of database in place of the one engine's dialect."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Compiled] = {}
        self._kinds: WeakKeyDictionary[Dialect, Key] = WeakKeyDictionary()

    def _kind(self, key: Key) -> Key:
        """Put in the place of the dialect what it is and every setting that it was made with."""
        dialect = key[0]
        if dialect not in self._kinds:
            settings = (
                (name, value) for name, value in vars(dialect).items() if isinstance(value, bool | int | str | tuple)
            )
            self._kinds[dialect] = type(dialect), *sorted(settings)
        return self._kinds[dialect], *key[1:]

    def get(self, key: Key) -> Compiled | None:
        return self._known.get(self._kind(key))

    def __setitem__(self, key: Key, compiled: Compiled) -> None:
        self._known[self._kind(key)] = compiled


SHARED = Compilations()


def use(connection: Connection) -> None:
    """Have the engine of a connection look there first."""
    connection.execution_options(compiled_cache=SHARED)


def share() -> None:
    """Have every engine look there first."""
    if not event.contains(Engine, "engine_connect", use):
        event.listen(Engine, "engine_connect", use)
