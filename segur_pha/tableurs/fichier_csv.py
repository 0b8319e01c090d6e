"""CSV in any form usual in France, from its text to rows of cells, for one separator."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from attrs import define, field

from segur_pha.tableurs.abimees import abimee, peut_etre_abimee
from segur_pha.tableurs.rangees import CELLULE_DEMESUREE, LONGUEUR_D_UNE_CELLULE, Rangee

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SEPARATEURS", "TexteSepare"]

SEPARATEURS: Final = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
#: Excel's own hint, in the first row of a file.
_INDICATION: Final = re.compile("sep=([;,\t|])(?:\r\n|\r|\n)", re.IGNORECASE)
#: The apostrophe with which a spreadsheet (and our own CSV) marks as text what looks like a formula.
_APOSTROPHE: Final = re.compile(r"\A'(?=\s*[=+\-@＝＋－＠])")

#: How much of a text is enough to see what it is, in characters.
_DEBUT: Final = 64


@define(init=False)
class TexteSepare:
    r"""The text of a CSV, to be cut at one separator or another.

    Attributes:
        separateurs: the candidates: all, or the one announced by a first row ``sep=;``.
        intact: whether nothing in it looks damaged, so that every cell is a text.

    >>> [rangee.cellules for rangee in TexteSepare("a;b\n1;2\n").rangees(";")]
    [['a', 'b'], ['1', '2']]
    """

    separateurs: tuple[str, ...]
    _octets: bytes = field(repr=False)
    _premier: int
    _guillemets: bool
    _a_nettoyer: bool
    intact: bool

    def __init__(self, texte: str) -> None:
        annonce = _INDICATION.match(texte)
        self.separateurs = (annonce[1],) if annonce else tuple(SEPARATEURS)
        # Taking lines from bytes needs a quarter of the memory of a StringIO.
        self._octets = texte[annonce.end() if annonce else 0 :].encode("utf-8", "surrogatepass")
        self._premier = 2 if annonce else 1
        self._guillemets = '"' in texte
        self.intact = not peut_etre_abimee(texte)
        self._a_nettoyer = not self.intact or "'" in texte

    @property
    def est_du_json(self) -> bool:
        """Whether the text begins like a JSON object or list.

        >>> TexteSepare(' {"a": 1}').est_du_json, TexteSepare("a;{b}").est_du_json
        (True, False)
        """
        return self._octets[:_DEBUT].lstrip().startswith((b"{", b"["))

    def rangees(self, separateur: str) -> Iterator[Rangee]:
        """Cut into rows, numbered as in a spreadsheet: a cell of several lines is in one row, and a blank line is a row.

        What cannot be cut into cells is an unreadable row, which says so.
        """
        # Without quotes, the csv module only cuts too, and takes twice the time.
        lignes = self._avec_guillemets(separateur) if self._guillemets else self._sans_guillemet(separateur)
        if not self._a_nettoyer:
            return lignes
        return (Rangee(r.numero, [*map(self._nettoyer, r.cellules)], r.defaut, illisible=r.illisible) for r in lignes)

    def _nettoyer(self, cellule: object) -> object:
        nue = _APOSTROPHE.sub("", str(cellule), count=1)
        quoi = None if self.intact else abimee(nue)
        return nue if quoi is None else quoi

    def _lignes(self, newline: str | None) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self._octets), "utf-8", errors="surrogatepass", newline=newline)

    def _sans_guillemet(self, separateur: str) -> Iterator[Rangee]:
        lignes = enumerate(self._lignes(None), self._premier)
        return (_rangee(numero, ligne.rstrip("\n").split(separateur), len(ligne)) for numero, ligne in lignes)

    def _avec_guillemets(self, separateur: str) -> Iterator[Rangee]:
        # strict: an unclosed quote would otherwise silently swallow the following rows into one cell.
        lecteur = csv.reader(self._lignes(""), delimiter=separateur, strict=True)
        # The reader's own limit is a setting of the whole process, which other libraries change.
        longueur = csv.field_size_limit()
        numero = self._premier
        while True:
            depart = lecteur.line_num + 1
            try:
                cellules = next(lecteur, None)
            except csv.Error as erreur:
                fin = lecteur.line_num + self._premier - 1
                jusque = f" (jusqu’à la ligne {fin})" if lecteur.line_num > depart else ""
                quoi = CELLULE_DEMESUREE if "limit" in str(erreur) else "guillemet mal placé ou jamais refermé"
                defaut = f"{quoi}{jusque}"
                yield Rangee(numero, (), defaut, illisible=True)
            else:
                if cellules is None:
                    return
                yield _rangee(numero, cellules, longueur)
            numero += 1


def _rangee(numero: int, cellules: list[str], longueur: int) -> Rangee:
    """Make a row of cells, none of which is longer than ``longueur``; without them when one is longer than any cell."""
    if longueur > LONGUEUR_D_UNE_CELLULE and max(map(len, cellules), default=0) > LONGUEUR_D_UNE_CELLULE:
        return Rangee(numero, (), CELLULE_DEMESUREE, illisible=True)
    return Rangee(numero, cellules)
