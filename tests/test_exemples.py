"""Every public callable has an example that the tests execute: in its docstring, or in a block of the documentation."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import segur_pha
from tests.api.releve import PORTES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<!<!-- skip: set-up -->\n)^```(?:python|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def callables() -> Iterator[tuple[str, str, object]]:
    """Give every public function and method: its full name, how a call of it looks, itself."""
    for door in PORTES:
        module = importlib.import_module(door)
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value):
                if issubclass(value, BaseException) or getattr(value, "_is_protocol", False):
                    continue
                for method, function in inspect.getmembers(
                    value, lambda f: inspect.isfunction(f) or inspect.ismethod(f)
                ):
                    if not method.startswith("_") and function.__module__.startswith("segur_pha"):
                        yield f"{door}.{name}.{method}", f".{method}", function
            elif callable(value):
                yield f"{door}.{name}", name, value


def executed() -> str:
    """Give all Python that stands in the documents and in docstrings, as the tests execute it."""
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    blocks = [block for document in documents for block in BLOCK.findall(document.read_text("utf-8"))]
    sources = [path.read_text("utf-8") for path in Path(segur_pha.__file__).parent.rglob("*.py")]
    lines = [line for source in sources for line in source.splitlines() if line.lstrip().startswith((">>> ", "... "))]
    return "\n".join([*blocks, *lines])


def use(call: str, value: object) -> str:
    """Give the pattern of an example: a call; of a class its name, for an enumeration is used by its members."""
    return rf"(?:\b|(?=\.)){re.escape(call)}" + (r"\b" if inspect.isclass(value) else r"\(")


def test_every_public_callable_has_an_executed_example() -> None:
    text = executed()
    assert [full for full, call, value in callables() if not re.search(use(call, value), text)] == []
