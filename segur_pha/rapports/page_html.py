"""One web page in one file: no script, no resource from elsewhere, readable in the dark and on paper.

Whatever is not already :class:`Html` is text, and is escaped.
"""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from segur_pha.rapports.tableau import Marque, en_mots, sans_controle

if TYPE_CHECKING:
    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["Html", "element", "page", "table"]


class Html(str):
    """A text that is already HTML; only this module, or somebody who made it safe, builds one."""

    __slots__ = ()


def element(nom: str, *contenus: str, **attributs: str | None) -> Html:
    """Build an element; contents and values of attributes are escaped unless they are :class:`Html`.

    ``classe`` stands for ``class``, an underscore for a hyphen; an attribute of ``None`` is left out.

    >>> print(element("p", "a < b", element("b", "c"), classe="bon"))
    <p class="bon">a &lt; b<b>c</b></p>
    """
    ecrits = "".join(
        f' {"class" if cle == "classe" else cle.replace("_", "-")}="{escape(sans_controle(valeur))}"'
        for cle, valeur in attributs.items()
        if valeur is not None
    )
    return Html(f"<{nom}{ecrits}>{''.join(map(_echappe, contenus))}</{nom}>")


def _echappe(contenu: str) -> str:
    return contenu if isinstance(contenu, Html) else escape("\n".join(map(sans_controle, contenu.split("\n"))))


def table(tableau: Tableau) -> Html:
    """Build a table whose headers say what they head, in a frame that scrolls where it is too wide.

    >>> from segur_pha.rapports.tableau import Tableau
    >>> '<th scope="col">Code</th>' in table(Tableau(("Code",), [["MAI_15"]]))
    True
    """
    droites = [tableau.est_numerique(i) for i in range(len(tableau.colonnes))]
    titres = [element("th", t, scope="col", classe=_classe(d)) for t, d in zip(tableau.colonnes, droites, strict=True)]
    corps = [_rangee(rangee, droites) for rangee in tableau.rangees]
    legende = [element("caption", tableau.titre)] if tableau.titre else []
    contenu = element("table", *legende, element("thead", element("tr", *titres)), element("tbody", *corps))
    return element("div", contenu, classe="cadre", role="region", tabindex="0", aria_label=tableau.titre or "Tableau")


def _rangee(rangee: tuple[Cellule, ...], droites: list[bool]) -> Html:
    cellules = [
        element("th" if i == 0 else "td", _contenu(c), scope="row" if i == 0 else None, classe=_classe(droites[i]))
        for i, c in enumerate(rangee)
    ]
    return element("tr", *cellules)


def _contenu(cellule: Cellule) -> str:
    if isinstance(cellule, Marque):
        return element("span", cellule.texte, classe=f"marque {cellule.niveau.value}")
    return en_mots(cellule)


def _classe(droite: bool) -> str | None:  # noqa: FBT001 - a column's answer, passed on
    return "nombre" if droite else None


def page(titre: str, *contenus: str) -> bytes:
    """Build the whole page, as the bytes of a file.

    >>> page("Contrôle", element("p", "6 demandes")).decode().splitlines()[0]
    '<!doctype html>'
    """
    tete = element(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLITIQUE}">'),
        element("title", titre),
        Html(f"<style>{_style()}</style>"),
    )
    corps = element("body", element("main", element("h1", titre), *contenus))
    document = f'<!doctype html>\n<html lang="fr">{tete}{corps}</html>\n'
    return document.encode("utf-8", errors="replace")


#: Nothing is fetched and nothing runs, even if an escape were missing.
_POLITIQUE: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@cache
def _style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")
