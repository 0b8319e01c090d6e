"""A table of measures, and how it is written in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Tableau(NamedTuple):
    """A table: its title, a sentence or two above it, its column headings, and its rows by name."""

    titre: str
    propos: str
    colonnes: tuple[str, ...]
    lignes: Mapping[str, tuple[object, ...]]

    def en_markdown(self) -> Iterator[str]:
        yield from (f"### {self.titre}", "", self.propos, "")
        yield from rangees(("", *self.colonnes), *((nom, *cellules) for nom, cellules in self.lignes.items()))


def rangees(*lignes: tuple[object, ...]) -> Iterator[str]:
    """Write rows, the first one being the header."""
    tete, *corps = lignes
    for ligne in (tete, ("---",) * len(tete), *corps):
        yield f"| {' | '.join(map(str, ligne))} |"
