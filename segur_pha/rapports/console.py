"""Reports as text: aligned columns for files and pipes, colours and wrapping for a terminal (extra ``cli``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, en_mots

if TYPE_CHECKING:
    from rich.console import RenderableType

    from segur_pha.rapports.tableau import Cellule

__all__ = ["STYLES", "Morceau", "en_couleurs", "en_table", "en_texte"]

#: A piece of a report.
Morceau: TypeAlias = "str | Phrase | Tableau"

#: What a level looks like on a terminal, in rich's words.
STYLES: Final = {
    Niveau.BON: "bold green",
    Niveau.ATTENTION: "yellow",
    Niveau.MAUVAIS: "bold red",
    Niveau.DISCRET: "dim",
    Niveau.FORT: "bold",
}


def en_texte(morceau: Morceau) -> str:
    """Write a piece of a report without colours and without wrapping; the columns of a table are aligned.

    >>> print(en_texte(Tableau(("Code", "Nom"), [["MAI_15", "MAILIZ"], ["ZEN_01", "ZENIDOC"]])))
    Code    Nom
    ------  -------
    MAI_15  MAILIZ
    ZEN_01  ZENIDOC
    >>> en_texte(Phrase("1 demande ", Marque("rejetée", Niveau.MAUVAIS), retrait=2))
    '  1 demande rejetée'
    """
    match morceau:
        case Tableau():
            return _en_colonnes(morceau)
        case Phrase(morceaux, retrait, tete):
            debut = f"{en_mots(tete)}  " if tete else ""
            return " " * retrait + debut + "".join(map(en_mots, morceaux))
        case _:
            return en_mots(morceau)


def _en_colonnes(tableau: Tableau) -> str:
    rangees = [tableau.colonnes, *(tuple(map(en_mots, rangee)) for rangee in tableau.rangees)]
    largeurs = [max(map(len, colonne)) for colonne in zip(*rangees, strict=True)]
    droites = [tableau.est_numerique(i) for i in range(len(largeurs))]
    lignes = [
        "  ".join(
            mots.rjust(largeur) if droite else mots.ljust(largeur)
            for mots, largeur, droite in zip(rangee, largeurs, droites, strict=True)
        ).rstrip()
        for rangee in rangees
    ]
    lignes.insert(1, "  ".join("-" * largeur for largeur in largeurs))
    return "\n".join([tableau.titre, "", *lignes] if tableau.titre else lignes)


def en_couleurs(morceau: Morceau) -> RenderableType:
    """Build what rich shows for a piece of a report; nothing is read as markup.

    Raises :class:`~segur_pha.ExtraManquant` when rich is not installed.

    >>> en_couleurs(Phrase("1 demande ", Marque("rejetée", Niveau.MAUVAIS))).markup
    '1 demande [bold red]rejetée[/bold red]'
    """
    try:
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text
    except ImportError as erreur:
        raise ExtraManquant("cli") from erreur
    match morceau:
        case Tableau():
            return en_table(morceau)
        case Phrase(morceaux, retrait, tete):
            texte = Text.assemble(*((en_mots(m), _style(m)) for m in morceaux))
            if tete is None:
                # rich shows nothing at all for an empty text with a margin.
                return Padding(texte, (0, 0, 0, retrait), expand=False) if retrait else texte
            grille = Table.grid(padding=(0, 2, 0, 0))
            grille.add_row(Text(en_mots(tete), style=_style(tete), no_wrap=True), texte)
            return Padding(grille, (0, 0, 0, retrait), expand=False)
        case _:
            return Text(en_mots(morceau))


def en_table(tableau: Tableau) -> RenderableType:
    """Build what rich shows for a table, as wide as the terminal is; no cell is read as markup.

    Lines are only broken at blanks, so no number and no word is ever cut: where the columns cannot be made narrow enough, each
    row is laid out as a small block, one value per line.

    Raises :class:`~segur_pha.ExtraManquant` when rich is not installed.

    >>> from rich.console import Console
    >>> Console(width=13).print(en_table(Tableau(("Code", "Nom"), [["MAI_15", "SSA"]])), crop=False)
    Code : MAI_15
      Nom : SSA
    """
    try:
        from segur_pha.rapports.largeurs import Ajuste
    except ImportError as erreur:
        raise ExtraManquant("cli") from erreur
    return Ajuste(tableau, _style)


def _style(cellule: Cellule) -> str:
    return STYLES[cellule.niveau] if isinstance(cellule, Marque) else ""
