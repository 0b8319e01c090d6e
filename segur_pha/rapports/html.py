"""One web page in one file: no external resources, readable without scripts, in dark mode and on paper.

Whatever is not already :class:`Html` is text, and is escaped.  If scripts may run, a small one adds a box that filters the
tables; the page's own policy allows that very script and that very style, by their hashes, and nothing else.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from html import escape
from math import ceil
from typing import TYPE_CHECKING, Final

from segur_pha.rapports.tableau import Barre, Marque, Part, en_mots, sans_controle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.rapports.tableau import Cellule, Tableau

__all__ = ["Html", "chiffres", "element", "marque", "page", "table"]


class Html(str):
    """A text that is already HTML; only this module, or somebody who made it safe, builds one."""

    __slots__ = ()


def element(nom: str, *contenus: str, **attributs: str | None) -> Html:
    """Build an element; contents and values of attributes are escaped unless they are :class:`Html`.

    ``classe`` stands for ``class``, ``pour`` for ``for``, an underscore for a hyphen; an attribute of ``None`` is left out.

    >>> print(element("p", "a < b", element("b", "c"), classe="bon"))
    <p class="bon">a &lt; b<b>c</b></p>
    """
    return Html(f"<{nom}{_attributs(attributs)}>{''.join(map(_echappe, contenus))}</{nom}>")


_NOMS: Final = {"classe": "class", "pour": "for"}


def _attributs(attributs: dict[str, str | None]) -> str:
    return "".join(
        f' {_NOMS.get(cle, cle).replace("_", "-")}="{escape(sans_controle(valeur))}"'
        for cle, valeur in attributs.items()
        if valeur is not None
    )


def _echappe(contenu: str) -> str:
    if isinstance(contenu, Html):
        return contenu
    return escape(contenu if contenu.isprintable() else "\n".join(map(sans_controle, contenu.split("\n"))))


def marque(dite: Marque) -> Html:
    """Build a highlighted word.

    >>> from segur_pha.rapports.tableau import Niveau
    >>> print(marque(Marque("1204", Niveau.MAUVAIS)))
    <span class="marque mauvais">1204</span>
    """
    return element("span", dite.texte, classe=f"marque {dite.niveau.value}")


def chiffres(dits: Sequence[tuple[str, str]]) -> Html:
    """Build the few figures at the top of a report: each has a name and a value.

    >>> print(chiffres([("Demandes", "6")]))
    <dl class="chiffres"><div><dt>Demandes</dt><dd>6</dd></div></dl>
    """
    return element("dl", *(element("div", element("dt", n), element("dd", v)) for n, v in dits), classe="chiffres")


def table(tableau: Tableau, *, pied: Sequence[Cellule] = (), fiches: bool = False) -> Html:
    """Build a table whose headers declare their scope.

    ``pied`` is a last row that the filter leaves alone, for totals.  On a narrow screen each row becomes a small card; on a wider
    one, ``fiches`` lets columns of sentences share the width, while a table of figures scrolls in its frame.

    >>> from segur_pha.rapports.tableau import Tableau
    >>> '<th scope="col">Code</th>' in table(Tableau(("Code",), [["MAI_15"]]))
    True
    """
    droites = [tableau.est_numerique(i) for i in range(len(tableau.colonnes))]
    titres = [
        element("th", t, scope="col", classe=_classe(d, t)) for t, d in zip(tableau.colonnes, droites, strict=True)
    ]
    noms = tableau.colonnes
    textes: dict[str, str] = {}
    parties = [
        *([element("caption", tableau.titre)] if tableau.titre else []),
        element("thead", element("tr", *titres)),
        element("tbody", *(_rangee(rangee, droites, noms, textes) for rangee in tableau.rangees)),
        *([element("tfoot", _rangee(pied, droites, noms, textes))] if pied else []),
    ]
    if fiches:
        return element("table", *parties, classe="fiches")
    cadre = {"role": "region", "tabindex": "0", "aria_label": tableau.titre or "Tableau"}
    return element("div", element("table", *parties), classe="cadre", **cadre)


def _rangee(rangee: Sequence[Cellule], droites: Sequence[bool], noms: Sequence[str], textes: dict[str, str]) -> Html:
    morceaux = ["<tr>"]
    for i, c in enumerate(rangee):
        ouverte, fermee = _balises(noms[i], _classe(droites[i], c), i == 0)
        morceaux += ouverte, _contenu_sur(c, textes), fermee
    return Html("".join([*morceaux, "</tr>"]))


@lru_cache(maxsize=256)
def _balises(nom: str, classe: str | None, en_tete: bool) -> tuple[str, str]:  # noqa: FBT001 - by place: a cache is quicker
    """Give what stands around the cells of a column; the first one heads its row."""
    attributs = {"scope": "row" if en_tete else None, "classe": classe, "data_nom": nom}
    balise = "th" if en_tete else "td"
    return f"<{balise}{_attributs(attributs)}>", f"</{balise}>"


def _contenu_sur(cellule: Cellule, textes: dict[str, str]) -> str:
    """Give the content of a cell, escaped; ``textes``: what was given for the plain texts of the table so far."""
    # A text that is HTML already equals the same text that is none.
    if type(cellule) is not str:
        return _echappe(_contenu(cellule))
    if len(cellule) <= _MOT_ORDINAIRE and cellule.isalnum():
        return cellule  # a number or a code
    if cellule not in textes:
        textes[cellule] = _echappe(_contenu(cellule))
    return textes[cellule]


def _contenu(cellule: Cellule) -> str:
    match cellule:
        case Marque():
            return marque(cellule)
        case Html():
            return cellule
        case Barre(valeur):
            return Html(_BARRE.format(round(1000 * min(max(valeur, 0), 1))))
        case _:
            return _coupable(en_mots(cellule))


#: No number, day, FINESS or reference is longer, and none of them is split over two lines; the name of a file may be.
_MOT_ORDINAIRE: Final = 24
#: Words that a browser would not break well: long ones not at all, references like ``REF-2022-17`` at a hyphen.
_MOTS: Final = re.compile(rf"(?P<long>\S{{{_MOT_ORDINAIRE + 1},}})|(?P<entier>(?=\S*[0-9])(?=\S*[-–])\S+)")


def _coupable(texte: str) -> str:
    """Say where a text may be broken over lines: between words, and within the long ones only."""
    if len(texte) <= _MOT_ORDINAIRE and "-" not in texte and "–" not in texte:
        return texte
    morceaux, fin = [], 0
    for mot in _MOTS.finditer(texte):
        morceaux += [_echappe(texte[fin : mot.start()]), element("span", mot[0], classe=mot.lastgroup)]
        fin = mot.end()
    return Html("".join([*morceaux, _echappe(texte[fin:])])) if morceaux else texte


#: The page's policy allows no inline styles, so a drawing has its lengths as attributes.
_BARRE: Final = (
    '<svg class="barre" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
    '<rect width="{}" height="10"/></svg>'
)


def _classe(droite: bool, cellule: Cellule) -> str | None:  # noqa: FBT001 - a column's answer, passed on
    if isinstance(cellule, str):
        return "nombre" if droite else None
    nom = "nombre" if droite else "jour" if isinstance(cellule, date) else ""
    if isinstance(cellule, Part):
        nom = f"{nom} part-{min(max(ceil(10 * cellule.valeur), 0), 10)}".strip()
    return nom or None


def page(titre: str, *contenus: str, filtrable: bool = False) -> bytes:
    """Build the whole page, as the bytes of a file; ``filtrable`` offers a box that filters the rows of its tables.

    >>> page("Contrôle", element("p", "6 demandes")).decode().splitlines()[0]
    '<!doctype html>'
    """
    style, script = _piece("page.css") + _en_tete_des_feuilles(titre), _piece("page.js")
    politique = f"default-src 'none'; style-src {_empreinte(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    if filtrable:
        politique += f"; script-src {_empreinte(script)}"
    tete = element(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{politique}">'),
        element("title", titre),
        Html(f"<style>{style}</style>"),
    )
    filtre = [_FILTRE] if filtrable else []
    fin = [Html(f"<script>{script}</script>")] if filtrable else []
    corps = element("body", element("main", element("h1", titre), *filtre, *contenus), *fin)
    document = f'<!doctype html>\n<html lang="fr">{tete}{corps}</html>\n'
    return document.encode("utf-8", errors="replace")


def _en_tete_des_feuilles(titre: str) -> str:
    """Put the title on each printed sheet except the first, which begins with it."""
    # Whatever is not a plain letter is written as a CSS escape, so that nothing in a title can end the string.
    sur = "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in sans_controle(titre))
    return f'@page {{ @top-left {{ content: "{sur}"; font: 8pt sans-serif; }} }}\n@page :first {{ @top-left {{ content: none; }} }}\n'


#: Hidden until the script behind it runs.
_FILTRE: Final = element(
    "div",
    element("label", "Filtrer les lignes", pour="filtre"),
    Html('<input id="filtre" type="search" autocomplete="off" spellcheck="false" placeholder="code, numéro, balise…">'),
    element("p", role="status"),
    role="search",
    hidden="",
)


@cache
def _piece(nom: str) -> str:
    from importlib.resources import files

    return files(__package__).joinpath(nom).read_text(encoding="utf-8")


@lru_cache(maxsize=16)
def _empreinte(texte: str) -> str:
    """Return the source of a text for a Content-Security-Policy: its hash."""
    from base64 import b64encode
    from hashlib import sha256

    return f"'sha256-{b64encode(sha256(texte.encode()).digest()).decode('ascii')}'"
