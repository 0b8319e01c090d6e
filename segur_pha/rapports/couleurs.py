"""Reports on a terminal: colours, wrapping, columns as wide as the screen allows (rich, extra ``cli``)."""

from __future__ import annotations

import re
from itertools import compress
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, en_mots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Table
    from rich.text import Text

    from segur_pha.rapports.console import Morceau
    from segur_pha.rapports.tableau import Cellule

__all__ = ["STYLES", "en_couleurs", "en_table"]

#: What a level looks like on a terminal, in rich's words.
STYLES: Final = {
    Niveau.BON: "bold green",
    Niveau.ATTENTION: "yellow",
    Niveau.MAUVAIS: "bold red",
    Niveau.DISCRET: "dim",
    Niveau.FORT: "bold",
}


def en_couleurs(morceau: Morceau) -> RenderableType:
    """Build what rich shows for a piece of a report; nothing is read as markup.

    Raises :class:`~segur_pha.ExtraManquant` when rich is not installed.

    >>> en_couleurs(Phrase("1 demande ", Marque("rejetée", Niveau.MAUVAIS))).texte.markup
    '1 demande [bold red]rejetée[/bold red]'
    """
    try:
        from rich.text import Text
    except ImportError as erreur:
        raise ExtraManquant("cli") from erreur
    match morceau:
        case Tableau():
            return _TableauAjuste(morceau)
        case Phrase(morceaux, retrait, tete, entiere):
            texte = Text.assemble(*((en_mots(m), _style(m)) for m in morceaux))
            debut = Text(" " * retrait)
            if tete is not None:
                debut.append(en_mots(tete), _style(tete)).append("  ")
            return _Paragraphe(debut, texte, entiere)
        case _:
            return _Paragraphe(Text(), Text(en_mots(morceau)))


#: Where a line may end: at a plain blank, which no French sign of punctuation follows; rich would cut « 106 561,10 € » in two.
_COUPURES: Final = re.compile("(?<!«) +(?![ :;?!»])")


#: What rich puts between two columns.
_ENTRE_COLONNES: Final = 3


@frozen
class _TableauAjuste:
    """A table in which no word is cut; on a screen too narrow for it, one row after the other, one cell per line."""

    tableau: Tableau

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the table or the lines; see rich's console protocol."""
        for tableau in (self.tableau, _sans_colonnes_vides(self.tableau)):
            largeurs = _largeurs(tableau, options.max_width)
            if largeurs is not None:
                yield en_table(tableau, largeurs)
                return
        yield from map(en_couleurs, _en_fiches(self.tableau))


def _sans_colonnes_vides(tableau: Tableau) -> Tableau:
    """Leave out the columns that hold nothing, where every place counts."""
    colonnes = zip(tableau.colonnes, *tableau.rangees, strict=True)
    pleines = [not tableau.rangees or any(map(en_mots, cellules)) for _, *cellules in colonnes]
    rangees = [tuple(compress(rangee, pleines)) for rangee in tableau.rangees]
    return Tableau(tuple(compress(tableau.colonnes, pleines)), rangees, titre=tableau.titre)


def _largeurs(tableau: Tableau, largeur: int) -> list[int] | None:
    """Share the width of a screen out among the columns; ``None`` where their longest words do not fit side by side."""
    from rich.cells import cell_len

    colonnes = [[en_mots(c) for c in colonne] for colonne in zip(tableau.colonnes, *tableau.rangees, strict=True)]
    entiers = [max(map(cell_len, colonne)) for colonne in colonnes]
    # At least one, of which rich can make a column.
    parts = [max(1, *(cell_len(mot) for texte in colonne for mot in _COUPURES.split(texte))) for colonne in colonnes]
    reste = largeur - _ENTRE_COLONNES * (len(colonnes) - 1) - sum(parts)
    if reste < 0:
        return None
    for _ in range(min(reste, sum(entiers) - sum(parts))):
        # The column that wraps most is given the next place.
        place = max(range(len(parts)), key=lambda i: entiers[i] / parts[i])
        parts[place] += 1
    return parts


def _en_fiches(tableau: Tableau) -> Iterator[Morceau]:
    if tableau.titre:
        yield Phrase(Marque(tableau.titre, Niveau.FORT))
        yield ""
    for rangee in tableau.rangees:
        for titre, cellule in zip(tableau.colonnes, rangee, strict=True):
            if mots := en_mots(cellule):
                dite = Marque(mots, cellule.niveau) if isinstance(cellule, Marque) else mots
                yield Phrase(dite, tete=Marque(f"{titre} :", Niveau.DISCRET))
        yield ""


@frozen
class _Paragraphe:
    """A text that is shown on as many lines as the screen needs, each from where the first one begins; no word is cut."""

    debut: Text
    texte: Text
    entiere: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the lines; see rich's console protocol."""
        from rich.text import Text

        marge = self.debut.cell_len
        largeur = 0 if self.entiere or options.no_wrap else max(options.max_width - marge, 1)
        for rang, (de, a) in enumerate(_lignes(self.texte.plain, largeur)):
            ligne = Text.assemble(Text(" " * marge) if rang else self.debut, self.texte[de:a])
            if options.justify == "right":
                ligne.pad_left(max(options.max_width - ligne.cell_len, 0))
            ligne.no_wrap, ligne.overflow = True, "ignore"
            yield ligne


def _lignes(texte: str, largeur: int) -> Iterator[tuple[int, int]]:
    """Give the beginning and the end of each line of a text; of one alone where the width is 0."""
    from rich.cells import cell_len

    debut = fin = suite = 0
    for coupure in _COUPURES.finditer(texte) if largeur else ():
        if fin > debut and cell_len(texte[debut : coupure.start()]) > largeur:
            yield debut, fin
            debut = suite
        fin, suite = coupure.span()
    if fin > debut and largeur and cell_len(texte[debut:]) > largeur:
        yield debut, fin
        debut = suite
    yield debut, len(texte)


def en_table(tableau: Tableau, largeurs: Sequence[int]) -> Table:
    """Build a rich table, for a terminal; no cell is read as markup.

    ``largeurs``: the width of each column, wide enough for its words.

    Raises :class:`~segur_pha.ExtraManquant` when rich is not installed.

    >>> en_table(Tableau(("Code", "Nom"), [["MAI_15", "MAILIZ"]]), [6, 6]).row_count
    1
    """
    try:
        from rich import box
        from rich.table import Table
        from rich.text import Text
    except ImportError as erreur:
        raise ExtraManquant("cli") from erreur
    titre = Text(f"{tableau.titre}\n") if tableau.titre else None
    table = Table(
        title=titre, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False
    )
    for i, colonne in enumerate(tableau.colonnes):
        droite = tableau.est_numerique(i)
        table.add_column(_cellule(colonne), justify="right" if droite else "left", overflow="fold", width=largeurs[i])
    for rangee in tableau.rangees:
        table.add_row(*map(_cellule, rangee))
    return table


def _cellule(cellule: Cellule) -> _Paragraphe:
    from rich.text import Text

    return _Paragraphe(Text(), Text(en_mots(cellule), style=_style(cellule)))


def _style(cellule: Cellule) -> str:
    return STYLES[cellule.niveau] if isinstance(cellule, Marque) else ""
