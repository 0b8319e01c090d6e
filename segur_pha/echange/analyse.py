"""The slow, exact look at a JSON text: tokens with their places, duplicate keys, depth, and the one fault of a broken text.

The fast parser says yes or no; this room says *where* and *why*, without recursion (the depth of a text must not depend on
the caller's stack) and in time proportional to the text.  It is also the oracle of the fast way in the tests.
"""

from __future__ import annotations

import json
import re
import sys
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from attrs import field, frozen

from segur_pha.specification.catalogue import CodeDeFichier

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from segur_pha.specification.formats import Brut

__all__ = ["Analyse", "TexteFautif", "analyser", "reperer"]

_BLANC: Final = re.compile(r"[ \t\n\r]*")
_TEXTE: Final = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_NOMBRE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MOT: Final = re.compile(r"[A-Za-z_]+")
_DEMI_CARACTERE: Final = re.compile("[\ud800-\udfff]")
_LITTERAUX: Final[dict[str, Brut]] = {"true": True, "false": False, "null": None}
#: Python converts texts of that many digits whatever its user's limit; of a longer one, the text says all that the rules need.
_CHIFFRES_D_UN_ENTIER: Final = sys.int_info.str_digits_check_threshold


class TexteFautif(Exception):
    """The one fault of a text that cannot be read: its code, a French precision and its offset in characters."""

    def __init__(self, code: CodeDeFichier, precision: str, place: int) -> None:
        super().__init__(code, precision, place)
        self.code = code
        self.precision = precision
        self.place = place


class Genre(Enum):
    """What an event of the walk is."""

    OUVRE = auto()
    FERME = auto()
    CLE = auto()
    VALEUR = auto()


class Evenement(NamedTuple):
    """A step of the walk: ``valeur`` is a key, a scalar, or an empty container that is being filled; offsets in characters."""

    genre: Genre
    valeur: Brut
    debut: int
    fin: int


@frozen
class Analyse:
    """A text that was read: its raw tree and its duplicate keys, each with the pointer of its object and its offset."""

    arbre: Brut
    cles_doubles: tuple[tuple[tuple[str | int, ...], str, int], ...] = field(factory=tuple)


class _Lecteur:
    """A cursor on a text; one method per thing that can stand at its place."""

    def __init__(self, texte: str, niveaux: int) -> None:
        self.texte = texte
        self.niveaux = niveaux
        self.ici = 0

    def faute(
        self, precision: str, place: int | None = None, code: CodeDeFichier = CodeDeFichier.MALFORME
    ) -> TexteFautif:
        return TexteFautif(code, precision, self.ici if place is None else place)

    def avancer(self) -> str:
        """Skip blanks and look at the next character, ``""`` at the end."""
        trouve = _BLANC.match(self.texte, self.ici)
        assert trouve is not None
        self.ici = trouve.end()
        return self.texte[self.ici : self.ici + 1]

    def chaine(self) -> str:
        trouve = _TEXTE.match(self.texte, self.ici)
        if trouve is None:
            raise self.faute(*_defaut_de_chaine(self.texte, self.ici))
        jeton = trouve.group()
        valeur: str = json.loads(jeton) if "\\" in jeton else jeton[1:-1]
        if not valeur.isascii() and _DEMI_CARACTERE.search(valeur):
            raise self.faute("demi-caractère (surrogate) isolé", code=CodeDeFichier.ENCODAGE)
        self.ici = trouve.end()
        return valeur

    def scalaire(self, caractere: str) -> Brut:
        if caractere == '"':
            return self.chaine()
        trouve = _NOMBRE.match(self.texte, self.ici)
        if trouve is not None and not self.texte[trouve.end() : trouve.end() + 1].isalnum():
            self.ici = trouve.end()
            return _nombre(trouve)
        mot = _MOT.match(self.texte, self.ici)
        if mot is not None and mot.group() in _LITTERAUX:
            self.ici = mot.end()
            return _LITTERAUX[mot.group()]
        raise self.faute(_defaut_de_valeur(self.texte, self.ici, caractere))


def _nombre(trouve: re.Match[str]) -> Brut:
    texte = trouve.group()
    entier = trouve.group(1) is None and trouve.group(2) is None
    return int(texte) if entier and len(texte) <= _CHIFFRES_D_UN_ENTIER else texte.encode()


def _evenements(texte: str, niveaux: int) -> Iterator[Evenement]:
    """Walk a text from its first to its last token; raises :class:`TexteFautif` at the first fault."""
    lecteur = _Lecteur(texte, niveaux)
    pile: list[str] = []
    attend_cle = False
    while True:
        caractere = lecteur.avancer()
        if not caractere:
            raise lecteur.faute("le texte s’arrête avant la fin")
        if attend_cle:
            if caractere != '"':
                raise lecteur.faute("nom de balise entre guillemets attendu")
            debut = lecteur.ici
            yield Evenement(Genre.CLE, lecteur.chaine(), debut, lecteur.ici)
            if lecteur.avancer() != ":":
                raise lecteur.faute("« : » attendu après le nom de la balise")
            lecteur.ici += 1
            attend_cle = False
            continue
        debut = lecteur.ici
        if caractere in "{[":
            if len(pile) >= niveaux:
                raise lecteur.faute(f"plus de {niveaux} niveaux d’imbrication", code=CodeDeFichier.TAILLE)
            lecteur.ici += 1
            yield Evenement(Genre.OUVRE, {} if caractere == "{" else [], debut, lecteur.ici)
            pile.append("}" if caractere == "{" else "]")
            if lecteur.avancer() != pile[-1]:
                attend_cle = caractere == "{"
                continue
        else:
            yield Evenement(Genre.VALEUR, lecteur.scalaire(caractere), debut, lecteur.ici)
        attend_cle = yield from _fermer(lecteur, pile)
        if not pile:
            break
    if lecteur.avancer():
        raise lecteur.faute("texte après la fin du JSON")


def _fermer(lecteur: _Lecteur, pile: list[str]) -> Generator[Evenement, None, bool]:
    """Close what ends after a value; tell whether a key comes next."""
    while pile:
        caractere = lecteur.avancer()
        if caractere == pile[-1]:
            lecteur.ici += 1
            pile.pop()
            yield Evenement(Genre.FERME, None, lecteur.ici - 1, lecteur.ici)
            continue
        if caractere != ",":
            raise lecteur.faute(_defaut_de_suite(caractere, pile[-1]))
        lecteur.ici += 1
        if lecteur.avancer() == pile[-1]:
            raise lecteur.faute("virgule en trop avant la fermeture du bloc")
        return pile[-1] == "}"
    return False


def analyser(texte: str, *, niveaux: int) -> Analyse:
    """Read a text into raw values, with every duplicate key (the last value wins, decision 3).

    Raises :class:`TexteFautif`.

    >>> analyser('{"a": 1.50, "a": [true]}', niveaux=64)
    Analyse(arbre={'a': [True]}, cles_doubles=(((), 'a', 12),))
    """
    racine: list[Brut] = []
    pile: list[tuple[list[Brut] | dict[str, Brut], str | int]] = [(racine, 0)]
    doubles: list[tuple[tuple[str | int, ...], str, int]] = []
    for evenement in _evenements(texte, niveaux):
        contenant, cle = pile[-1]
        if evenement.genre is Genre.FERME:
            pile.pop()
            continue
        if evenement.genre is Genre.CLE:
            cle = str(evenement.valeur)
            if cle in contenant:
                doubles.append((tuple(k for _, k in pile[1:-1]), cle, evenement.debut))
            pile[-1] = (contenant, cle)
            continue
        if isinstance(contenant, dict):
            contenant[str(cle)] = evenement.valeur
        else:
            contenant.append(evenement.valeur)
            pile[-1] = (contenant, len(contenant) - 1)
        if evenement.genre is Genre.OUVRE:
            pile.append((evenement.valeur, 0))  # type: ignore[arg-type]
    return Analyse(racine[0], tuple(doubles))


class _Noeud:
    """A node of the tree of wanted pointers: what is wanted below each key, and the pointers that end here."""

    def __init__(self) -> None:
        self.enfants: dict[str, _Noeud] = {}
        self.chemins: list[str] = []


def _arbre_des_chemins(chemins: Iterable[str]) -> _Noeud:
    racine = _Noeud()
    for chemin in chemins:
        noeud = racine
        for jeton in chemin.split("/")[1:]:
            noeud = noeud.enfants.setdefault(jeton.replace("~1", "/").replace("~0", "~"), _Noeud())
        noeud.chemins.append(chemin)
    return racine


def reperer(texte: str, chemins: Iterable[str], *, niveaux: int) -> dict[str, tuple[int, int]]:
    """Find where the values under some JSON Pointers begin and end (offsets in characters), in one walk.

    A pointer that leads nowhere is left out; of a duplicate key, the last value counts.

    >>> reperer('{"a": [1, 22]}', ["/a/1", "/b"], niveaux=64)
    {'/a/1': (10, 12)}
    """
    trouves: dict[str, tuple[int, int]] = {}
    racine = _Noeud()
    racine.enfants["0"] = _arbre_des_chemins(chemins)
    # One level of the walk: what is wanted inside, the current key or index, and where the container began.
    pile: list[tuple[_Noeud | None, str | int, int]] = [(racine, 0, 0)]
    try:
        for genre, valeur, debut, fin in _evenements(texte, niveaux):
            if genre is Genre.FERME:
                debut = pile.pop()[2]  # noqa: PLW2901 - a container begins where it was opened
            noeud, cle, depuis = pile[-1]
            if genre is Genre.CLE:
                pile[-1] = (noeud, str(valeur), depuis)
                continue
            voulu = noeud.enfants.get(str(cle)) if noeud is not None else None
            if genre is Genre.OUVRE:
                pile.append((voulu, 0 if isinstance(valeur, list) else "", debut))
                continue
            if voulu is not None:
                trouves.update((chemin, (debut, fin)) for chemin in voulu.chemins)
            if isinstance(cle, int):
                pile[-1] = (noeud, cle + 1, depuis)
    except TexteFautif:
        pass  # what stands before the fault has its place all the same
    return trouves


def _defaut_de_chaine(texte: str, debut: int) -> tuple[str, int]:
    """Say what is wrong with the string that begins there, and where."""
    ici = debut + 1
    while ici < len(texte):
        caractere = texte[ici]
        if caractere == "\\":
            if not re.match(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})', texte[ici : ici + 6]):
                return "séquence d’échappement inconnue après « \\ »", ici
            ici += 6 if texte[ici + 1] == "u" else 2
        elif caractere < " ":
            return "caractère de contrôle dans un texte : il manque sans doute un guillemet fermant", ici
        else:
            ici += 1
    return "guillemet fermant manquant", debut


_MOTS_D_AILLEURS: Final = {"NaN", "Infinity", "None", "True", "False", "undefined"}


def _defaut_de_valeur(texte: str, ici: int, caractere: str) -> str:
    """Say why no value begins there."""
    mot = _MOT.match(texte, ici + 1 if caractere == "-" else ici)
    if mot is not None and mot.group() in _MOTS_D_AILLEURS:
        return f"{mot.group()} n’est pas du JSON"
    if caractere.isdigit() or caractere in "-+.":
        return "nombre mal écrit"
    if caractere == "'":
        return "guillemets doubles attendus"
    if caractere in ",]}":
        return "valeur manquante"
    return "valeur attendue : un texte entre guillemets, un nombre, true, false ou null"


def _defaut_de_suite(caractere: str, fermeture: str) -> str:
    """Say why a value is not followed by what may follow it."""
    if not caractere:
        return "le texte s’arrête avant la fin"
    return f"« , » ou « {fermeture} » attendu"
