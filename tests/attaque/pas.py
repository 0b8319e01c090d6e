"""How many steps a pattern takes: a plain backtracking matcher that counts, instead of a clock that depends on the machine.

It walks the tree that Python's own parser makes of a pattern, and tries what `re` tries, in the same order; the tests hold its
answers against those of `re`.
"""

from __future__ import annotations

import re
import unicodedata
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Suite = Callable[[int], Iterator[int]]


class Compteur:
    """A pattern and the steps that it has taken."""

    def __init__(self, motif: re.Pattern[Any]) -> None:
        self._noeuds = _parser.parse(
            motif.pattern, motif.flags & ~re.UNICODE if isinstance(motif.pattern, bytes) else motif.flags
        )
        self._sans_casse = bool(motif.flags & re.IGNORECASE)
        self._tout = bool(motif.flags & re.DOTALL)
        self.pas = 0
        self._texte = ""

    def chercher(self, texte: str, *, ou: str) -> tuple[int, int] | None:
        """Find the first match as ``re`` does: ``ou`` is ``search``, ``match`` or ``fullmatch``; steps are counted."""
        self._texte = texte
        debuts = range(len(texte) + 1) if ou == "search" else range(1)
        for debut in debuts:
            for fin in self._suite(list(self._noeuds), debut):
                if ou != "fullmatch" or fin == len(texte):
                    return debut, fin
        return None

    def _suite(self, noeuds: list[tuple[Any, Any]], ici: int) -> Iterator[int]:
        """Give the ends of a sequence of nodes, in the order in which they are tried."""
        if not noeuds:
            yield ici
            return
        (genre, argument), *reste = noeuds
        for fin in self._noeud(genre, argument, ici):
            yield from self._suite(reste, fin)

    def _noeud(self, genre: Any, argument: Any, ici: int) -> Iterator[int]:
        self.pas += 1
        if genre in {c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN}:
            if ici < len(self._texte) and self._accepte(genre, argument, self._texte[ici]):
                yield ici + 1
        elif genre is c.SUBPATTERN:
            yield from self._suite(list(argument[3]), ici)
        elif genre is c.BRANCH:
            for branche in argument[1]:
                yield from self._suite(list(branche), ici)
        elif genre is c.MAX_REPEAT:
            yield from self._avide(*argument, ici)
        elif genre is c.MIN_REPEAT:
            yield from self._sobre(*argument, ici)
        elif genre is c.POSSESSIVE_REPEAT:
            yield from self._possessif(*argument, ici)
        elif genre in {c.ASSERT, c.ASSERT_NOT}:
            sens, sous = argument
            depart = ici if sens > 0 else ici - sous.getwidth()[0]
            trouve = depart >= 0 and next(self._suite(list(sous), depart), None) is not None
            if trouve == (genre is c.ASSERT):
                yield ici
        else:
            assert genre is c.AT, genre
            if self._au_bord(argument, ici):
                yield ici

    def _avide(self, minimum: int, maximum: int, sous: Any, ici: int) -> Iterator[int]:
        """Take as many as possible, then fewer; without recursion, as texts are long."""
        pile = [(ici, 0, iter(()) if maximum == 0 else self._suite(list(sous), ici))]
        while pile:
            place, fois, suites = pile[-1]
            suivante = next(suites, None)
            if suivante is None:
                pile.pop()
                if fois >= minimum:
                    yield place
            elif suivante > place:
                encore = fois + 1 < maximum
                pile.append((suivante, fois + 1, self._suite(list(sous), suivante) if encore else iter(())))

    def _sobre(self, minimum: int, maximum: int, sous: Any, ici: int) -> Iterator[int]:
        fois = 0
        while fois <= maximum:
            if fois >= minimum:
                yield ici
            suivante = next(self._suite(list(sous), ici), None)
            if suivante is None:
                return
            ici, fois = suivante, fois + 1

    def _possessif(self, minimum: int, maximum: int, sous: Any, ici: int) -> Iterator[int]:
        fois = 0
        while fois < maximum:
            suivante = next(self._suite(list(sous), ici), None)
            if suivante is None or suivante == ici:
                break
            ici, fois = suivante, fois + 1
        if fois >= minimum:
            yield ici

    def _accepte(self, genre: Any, argument: Any, lettre: str) -> bool:
        if genre is c.ANY:
            return self._tout or lettre != "\n"
        if genre is c.LITERAL:
            return self._egal(argument, lettre)
        if genre is c.NOT_LITERAL:
            return not self._egal(argument, lettre)
        sauf = argument[0][0] is c.NEGATE
        dedans = any(self._dans(*element, lettre) for element in argument[sauf:])
        return dedans != sauf

    def _egal(self, point: int, lettre: str) -> bool:
        return chr(point) in ({lettre, lettre.lower(), lettre.upper()} if self._sans_casse else {lettre})

    def _dans(self, genre: Any, argument: Any, lettre: str) -> bool:
        lettres = {lettre, lettre.lower(), lettre.upper()} if self._sans_casse else {lettre}
        if genre is c.LITERAL:
            return chr(argument) in lettres
        if genre is c.RANGE:
            return any(len(x) == 1 and argument[0] <= ord(x) <= argument[1] for x in lettres)
        return {
            c.CATEGORY_SPACE: lettre.isspace(),
            c.CATEGORY_NOT_SPACE: not lettre.isspace(),
            c.CATEGORY_DIGIT: unicodedata.category(lettre) == "Nd",
            c.CATEGORY_WORD: lettre.isalnum() or lettre == "_",
            c.CATEGORY_NOT_WORD: not (lettre.isalnum() or lettre == "_"),
        }[argument]

    def _au_bord(self, bord: Any, ici: int) -> bool:
        texte = self._texte
        mots = [0 <= i < len(texte) and (texte[i].isalnum() or texte[i] == "_") for i in (ici - 1, ici)]
        return {
            c.AT_BEGINNING: ici == 0,
            c.AT_BEGINNING_STRING: ici == 0,
            c.AT_END: ici == len(texte) or (ici == len(texte) - 1 and texte[ici] == "\n"),
            c.AT_END_STRING: ici == len(texte),
            c.AT_BOUNDARY: mots[0] != mots[1],
            c.AT_NON_BOUNDARY: mots[0] == mots[1],
        }[bord]


def lettres(motif: re.Pattern[Any]) -> list[str]:
    """Give characters that a pattern speaks of, one for each of its classes and literals, and one that it does not."""
    trouvees: dict[str, None] = {}

    def parcourir(noeud: Any) -> None:
        if isinstance(noeud, tuple) and len(noeud) == 2 and noeud[0] in {c.LITERAL, c.NOT_LITERAL}:
            trouvees[chr(noeud[1])] = None
        elif isinstance(noeud, tuple) and len(noeud) == 2 and noeud[0] is c.RANGE:
            trouvees[chr(noeud[1][0])] = None
        elif noeud is c.CATEGORY_SPACE or noeud is c.CATEGORY_NOT_SPACE:
            trouvees.update({" ": None, "a": None})
        elif isinstance(noeud, list | tuple | _parser.SubPattern):
            for element in noeud:
                parcourir(element)

    parcourir(
        _parser.parse(motif.pattern, motif.flags & ~re.UNICODE if isinstance(motif.pattern, bytes) else motif.flags)
    )
    return [*trouvees, "\x01"]
