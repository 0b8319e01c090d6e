"""What a notebook shows of a report: a few lines of HTML without style sheets, classes or colours of their own.

A notebook is light or dark as its reader likes, and styles its tables itself; HTML without colours suits both, and cannot affect
other cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.rapports.html import Html, element
from segur_pha.rapports.tableau import Marque, Niveau, accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["en_carnet"]

_RANGEES: Final = 10


def en_carnet(*morceaux: str | Marque | Tableau) -> Html:
    """Build the fragment: texts and marks as paragraphs, tables with their first ten rows and how many more there are.

    >>> print(en_carnet(Marque("6 demandes", Niveau.FORT), "aucune rejetée"))
    <div lang="fr"><p><strong>6 demandes</strong></p><p>aucune rejetée</p></div>
    """
    contenus = (_table(m) if not isinstance(m, str | Marque) else element("p", _contenu(m)) for m in morceaux)
    return element("div", *contenus, lang="fr")


def _table(tableau: Tableau) -> Html:
    droites = [tableau.est_numerique(i) for i in range(len(tableau.colonnes))]
    reste = len(tableau.rangees) - _RANGEES
    table = element(
        "table",
        *([element("caption", tableau.titre, style="text-align: left")] if tableau.titre else []),
        element("thead", _rangee("th", tableau.colonnes, droites)),
        element("tbody", *(_rangee("td", rangee, droites) for rangee in tableau.rangees[:_RANGEES])),
    )
    suite = f"… et {accorder(reste, 'autre ligne', 'autres lignes')}." if reste > 0 else ""
    return Html("".join([table, *([element("p", suite)] if suite else [])]))


def _rangee(nom: str, cellules: Sequence[Cellule], droites: Sequence[bool]) -> Html:
    # A notebook aligns every cell to the right, which only suits figures.
    styles = ["text-align: right" if droite else "text-align: left" for droite in droites]
    return element("tr", *(element(nom, _contenu(c), style=s) for c, s in zip(cellules, styles, strict=True)))


def _contenu(cellule: Cellule) -> str:
    if isinstance(cellule, Marque) and cellule.niveau is not Niveau.DISCRET:
        return element("strong", cellule.texte)
    return en_mots(cellule)
