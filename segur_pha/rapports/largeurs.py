"""A table as wide as a terminal is (extra ``cli``): no number and no word is cut, whatever the width."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen
from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from segur_pha.rapports.tableau import en_mots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["Ajuste"]

#: Between two columns.
_ENTRE: Final = 2
#: How far the second line of a value stands to the right.
_SUITE: Final = 4
#: A line may be broken here, and nowhere else: rich would break at the blank that holds the groups of a number together.
_COUPURE: Final = re.compile(r"[ \n]+")


@frozen
class Ajuste:
    """What rich shows for a table; ``style``: a cell → the name of its style."""

    tableau: Tableau
    style: Callable[[Cellule], str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Choose between columns and blocks, for the width at hand."""
        del console
        largeurs = _largeurs(self.tableau, options.max_width)
        if largeurs is None:
            yield from self._en_blocs(options.max_width)
        else:
            yield self._en_colonnes(largeurs)

    def _en_colonnes(self, largeurs: Sequence[int]) -> Table:
        tableau = self.tableau
        titre = Text(f"{tableau.titre}\n") if tableau.titre else None
        table = Table(
            title=titre,
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            padding=(0, _ENTRE - 1, 0, 0),
        )
        for i, (colonne, largeur) in enumerate(zip(tableau.colonnes, largeurs, strict=True)):
            droite = tableau.est_numerique(i)
            entete = Text(_couper(colonne, largeur))
            table.add_column(entete, justify="right" if droite else "left", no_wrap=True, width=largeur)
        for rangee in tableau.rangees:
            mots = zip(rangee, largeurs, strict=True)
            table.add_row(*(Text(_couper(en_mots(c), largeur), style=self.style(c)) for c, largeur in mots))
        return table

    def _en_blocs(self, largeur: int) -> Iterator[Text]:
        """Lay each row out as a block that begins with its first value; what is empty is left out."""
        if self.tableau.titre:
            yield Text(f"{self.tableau.titre}\n", style="bold")
        for rang, rangee in enumerate(self.tableau.rangees):
            if rang:
                yield Text("")
            dits = [(nom, c) for nom, c in zip(self.tableau.colonnes, rangee, strict=True) if en_mots(c)]
            for place, (nom, cellule) in enumerate(dits):
                retrait = " " * (2 if place else 0)
                dit = f"{nom} : {en_mots(cellule)}"
                lignes = _couper(dit, largeur - len(retrait), largeur - _SUITE).split("\n")
                # A word that is wider than the screen is left whole, for the terminal to carry over.
                texte = Text(
                    f"\n{' ' * _SUITE}".join([retrait + lignes[0], *lignes[1:]]), no_wrap=True, overflow="ignore"
                )
                texte.stylize("bold" if not place else "", 0, len(nom))
                texte.stylize(self.style(cellule), len(f"{retrait}{nom} : "))
                yield texte


def _largeurs(tableau: Tableau, disponible: int) -> list[int] | None:
    """Share the width of the screen out among the columns; ``None`` where even the longest words do not fit side by side."""
    colonnes = [
        [titre, *(en_mots(rangee[i]) for rangee in tableau.rangees)] for i, titre in enumerate(tableau.colonnes)
    ]
    voulues = [max(map(_largeur, textes)) for textes in colonnes]
    moindres = [max(max(map(cell_len, _COUPURE.split(texte))) for texte in textes) for textes in colonnes]
    reste = disponible - _ENTRE * (len(colonnes) - 1) - sum(moindres)
    if reste < 0:
        return None
    largeurs = list(moindres)
    # Those that want least are served first: what they leave goes to the sentences.
    for rang, i in enumerate(sorted(range(len(colonnes)), key=lambda i: voulues[i] - moindres[i])):
        part = min(voulues[i] - moindres[i], reste // (len(colonnes) - rang))
        largeurs[i] += part
        reste -= part
    return largeurs


def _largeur(texte: str) -> int:
    return max(map(cell_len, texte.split("\n")))


def _couper(texte: str, largeur: int, ensuite: int = 0) -> str:
    """Break a text into lines at its blanks; ``ensuite``: the width after the first line, where that is another."""
    lignes = [""]
    for mot in _COUPURE.split(texte):
        essai = f"{lignes[-1]} {mot}" if lignes[-1] else mot
        if cell_len(essai) <= largeur:
            lignes[-1] = essai
        else:
            lignes.append(mot)
            largeur = ensuite or largeur
    return "\n".join(lignes)
