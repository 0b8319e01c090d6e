"""Free text that repeats values of a file, in whatever spelling: finding them, and putting fakes in their place.

The agency chooses its own words.  It may write a name without its accents, an identifier in groups, a phone with its country
code.  Texts and values are therefore compared in bare form: letters and digits only, without case or accents.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise, product
from typing import TYPE_CHECKING, Final, NamedTuple

from attrs import define, field

from segur_pha.textes import sans_accents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Citations", "a_nu", "mots_a_nu"]

#: A shorter value may be inside another word by chance: it only counts as a whole word.
_ASSEZ_LONG: Final = 4
_MOT: Final = re.compile("[^\\W_]+")
#: A part of a name with fewer letters does not identify anybody by itself (DE, LA, VAN).
_PARTIE: Final = 4
#: The digits that end a phone number however it is written: those after the national 0, or after the country code.
_CHIFFRES_DU_TELEPHONE: Final = 9

#: What may come between two letters or digits of a value in a text: an accent, a blank, a hyphen, a lost letter; but nothing that
#: separates two things.
_ENTRE: Final = re.compile(r"(?:[^\w,;:()«»\"<>\[\]]|_){1,3}")
#: How many equal letters or digits at the end mean that two numbers, or two addresses, are the same.
_FIN: Final = 8

_DANS_UNE_ADRESSE: Final = r"[^\s@<>()\[\]:;,«»\"]"
_BLANC: Final = r"[ \t\u00a0\u2009\u202f.]"
#: What identifies a person or a place even if it is not in the file; a day is matched first, and kept.
_A_CACHER: Final = re.compile(
    rf"""
    (?P<jour> \b \d{{1,2}} [/.-] \d{{1,2}} [/.-] \d{{4}} \b | \b \d{{4}} - \d{{2}} - \d{{2}} \b )
    | (?P<adresse> (?<! {_DANS_UNE_ADRESSE} ) {_DANS_UNE_ADRESSE}++ (?: @ | \s? [(\[] (?:at|arobase) [)\]] \s? )
        [\w-]++ (?: \. [\w-]++ )++ )
    | (?: \+ | \b 00 ) [1-9] \d {_BLANC}{{0,2}} (?: \(0\) )? (?: {_BLANC}? \d ){{8,10}} (?!\d)
    | \b 0 {_BLANC}? [1-9] (?: [ \t\u00a0\u2009\u202f./-]{{0,2}} \d\d ){{4}} (?!\d)
    | \b (?: \d | 2 [AB] ) (?: {_BLANC}? \d ){{7,}} (?<= \d) (?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CHIFFRES_D_UN_IDENTIFIANT: Final = 9


class _Nu(NamedTuple):
    """A text reduced to its bare letters and digits, and the place in the text from which each of them comes."""

    texte: str
    places: list[int]


def _mettre_a_nu(texte: str) -> _Nu:
    lettres: list[str] = []
    places: list[int] = []
    for place, caractere in enumerate(texte):
        for lettre in sans_accents(caractere).casefold():
            if lettre.isalnum():
                lettres.append(lettre)
                places.append(place)
    return _Nu("".join(lettres), places)


def a_nu(texte: str) -> str:
    """Reduce a text to its letters and digits, without case or accents.

    >>> a_nu("M. Lefèvre-Œuf, 01 02")
    'mlefevreoeuf0102'
    """
    return _mettre_a_nu(texte).texte


def mots_a_nu(texte: str) -> set[str]:
    """Return a text, and each of its words, in bare form.

    >>> sorted(mots_a_nu("D’Arc"))
    ['arc', 'd', 'darc']
    """
    return {a_nu(texte), *(a_nu(mot[0]) for mot in _MOT.finditer(texte))}


class _Passage(NamedTuple):
    """A stretch of a text, and its replacement."""

    debut: int
    fin: int
    faux: str


@define
class Citations:
    """The values that a free text might repeat, each with its fake; a lookup costs the same however many there are."""

    #: Bare value → its fake.
    _faux: dict[str, str] = field(factory=dict, repr=False)
    #: The lengths of bare values, and how the longer ones begin.
    _longueurs: set[int] = field(factory=set, repr=False)
    _debuts: set[str] = field(factory=set, repr=False)

    def retenir(self, valeur: str, faux: str) -> None:
        """Remember a value, its damaged spellings, the words of a name, and the end of a phone number."""
        self._ajouter(a_nu(valeur), faux)
        for graphie in map(a_nu, _abimees(valeur)):
            if len(graphie) >= _ASSEZ_LONG:  # what remains of a short one may be any word
                self._ajouter(graphie, faux)
        mots = list(_MOT.finditer(valeur))
        if len(mots) > 1 and "@" not in valeur:
            for mot in mots:
                if len(mot[0]) >= _PARTIE:
                    self._ajouter(a_nu(mot[0]), faux[mot.start() : mot.end()])
        chiffres = a_nu(valeur)
        if len(chiffres) > _CHIFFRES_DU_TELEPHONE and chiffres.isdigit():
            self._ajouter(chiffres[-_CHIFFRES_DU_TELEPHONE:], a_nu(faux)[-_CHIFFRES_DU_TELEPHONE:])

    def _ajouter(self, nu: str, faux: str) -> None:
        if nu:
            self._faux.setdefault(nu, faux)
            self._longueurs.add(len(nu))
            self._debuts.add(nu[:_ASSEZ_LONG])

    def remplacer(self, texte: str, inconnu: Callable[[str], str]) -> str:
        """Put fakes in place of what a text repeats; ``inconnu`` makes those of other addresses and numbers."""
        morceaux, ici = [], 0
        for trouve in _A_CACHER.finditer(texte):
            if trouve["adresse"] or (not trouve["jour"] and _est_long(trouve[0])):
                morceaux += [self._citer(texte[ici : trouve.start()]), self._cacher(trouve[0], inconnu)]
                ici = trouve.end()
        return "".join([*morceaux, self._citer(texte[ici:])])

    def _cacher(self, trouve: str, inconnu: Callable[[str], str]) -> str:
        """Hide an address or a number; one that is in the file keeps its fake, whatever precedes it (a country code)."""
        fin = a_nu(trouve)[-_FIN:]
        connu = any(a_nu(trouve[p.debut : p.fin])[-_FIN:] == fin for p in self._connus(trouve))
        return self._citer(trouve) if connu else inconnu(trouve)

    def _citer(self, texte: str) -> str:
        morceaux, ici = [], 0
        for passage in self._connus(texte):
            morceaux += [texte[ici : passage.debut], passage.faux]
            ici = passage.fin
        return "".join([*morceaux, texte[ici:]])

    def _connus(self, texte: str) -> Iterator[_Passage]:
        """Find the values of the file, from left to right, the longest first."""
        nu, places = _mettre_a_nu(texte)
        ici = 0
        while ici < len(nu):
            longueur = next((n for n in self._candidates(nu, ici) if self._est_cite(texte, places, ici, n)), 0)
            if longueur:
                debut, fin = _etendue(texte, places, ici, longueur)
                faux = self._faux[nu[ici : ici + longueur]]
                yield _Passage(debut, fin, _a_la_maniere_de(texte[debut:fin], faux))
            ici += longueur or 1

    def _candidates(self, nu: str, ici: int) -> list[int]:
        """List how many bare characters from here may be a value, the longest first."""
        # Values shorter than a beginning count as their own beginning.
        if not any(nu[ici : ici + n] in self._debuts for n in range(1, _ASSEZ_LONG + 1)):
            return []
        possibles = (n for n in self._longueurs if nu[ici : ici + n] in self._faux and ici + n <= len(nu))
        return sorted(possibles, reverse=True)

    def _est_cite(self, texte: str, places: list[int], ici: int, longueur: int) -> bool:
        """Tell whether bare characters equal to a value really are that value in the text: in one piece, or as whole words."""
        entre = [texte[a + 1 : b] for a, b in pairwise(places[ici : ici + longueur]) if b > a + 1]
        if not any(entre) and longueur >= _ASSEZ_LONG:
            return True
        debut, fin = _etendue(texte, places, ici, longueur)
        seul = not texte[max(0, debut - 1) : debut].isalnum() and not texte[fin : fin + 1].isalnum()
        return seul and all(_ENTRE.fullmatch(ecart) for ecart in entre)


def _est_long(numero: str) -> bool:
    return sum(c.isalnum() for c in numero) >= _CHIFFRES_D_UN_IDENTIFIANT


def _etendue(texte: str, places: list[int], ici: int, longueur: int) -> tuple[int, int]:
    """Return where bare characters begin and end in their text, including accents that follow the last one."""
    fin = places[ici + longueur - 1] + 1
    while fin < len(texte) and unicodedata.combining(texte[fin]):
        fin += 1
    return places[ici], fin


def _a_la_maniere_de(vrai: str, faux: str) -> str:
    """Write a fake as the value was written, with its blanks, dots and capitals."""
    lettres = [c for c in faux if c.isalnum()]
    if sum(c.isalnum() for c in vrai) == len(lettres):
        suite = iter(lettres)
        faux = "".join(next(suite) if c.isalnum() else c for c in vrai if not unicodedata.combining(c))
    if vrai.isupper():
        return faux.upper()
    if vrai.islower():
        return faux.lower()
    return faux.title() if vrai.istitle() else faux


def _abimees(valeur: str) -> Iterator[str]:
    """Spell a text as it comes out when one encoding is taken for another, once."""
    if valeur.isascii():
        return
    # A capital and a small letter have different bytes.
    for graphie, encodage in product((valeur, valeur.lower(), valeur.title()), ("latin-1", "cp1252")):
        yield graphie.encode(errors="replace").decode(encodage, errors="ignore")
    yield "".join(c for c in valeur if c.isascii())
