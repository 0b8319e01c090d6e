"""The arguments of a command that cyclopts has worked out once in this process are not worked out again for the next line.

A process of a user's works them out once, from annotations and defaults; the tests type thousands of lines in one process, and
spent up to a third of their time on it. Each line gets its own copy, into which nothing was read yet.
"""

from __future__ import annotations

from copy import copy
from functools import wraps
from typing import TYPE_CHECKING, Any

from cyclopts import App, ArgumentCollection

if TYPE_CHECKING:
    from collections.abc import Callable

ASSEMBLE = App.assemble_argument_collection
KNOWN: dict[tuple[Callable[..., Any] | None, bool], ArgumentCollection] = {}


@wraps(ASSEMBLE)
def assemble(app: App, *, parse_docstring: bool = False) -> ArgumentCollection:
    key = app.default_command, parse_docstring
    if key not in KNOWN:
        KNOWN[key] = ASSEMBLE(app, parse_docstring=parse_docstring)
    return ArgumentCollection(map(unread, KNOWN[key]))


def unread(argument: Any) -> Any:
    """Copy what says how an argument is read, and nothing that was read."""
    assert not argument.children, "of an argument that has parts, those would have to be copied too"
    mine = copy(argument)
    mine.tokens = []
    return mine


def share() -> None:
    """Have every application look there first."""
    App.assemble_argument_collection = assemble  # type: ignore[method-assign]
