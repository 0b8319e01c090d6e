"""The slow, exact look at a JSON text: tokens with their places, duplicate keys, depth, and the one fault of a broken text.

The fast parser says yes or no; this room says *where* and *why*, without recursion (the depth of a text must not depend on
the caller's stack) and in time proportional to the text.  It is also the oracle of the fast way in the tests.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from attrs import frozen

from segur_pha.table.codes import CodeDeFichier

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from segur_pha.table.formats import Brut

__all__ = ["Analyse", "CleDouble", "TexteFautif", "analyser", "reperer", "trop_profond", "verifier"]

_BLANC: Final = re.compile(r"[ \t\n\r]*")
_TEXTE: Final = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_NOMBRE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MOT: Final = re.compile(r"[A-Za-z_]+")
_DEBUT_DE_TEXTE: Final = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
#: Everything up to the next bracket, texts included, in a text that is known to be well formed.
_JUSQU_AU_CROCHET: Final = re.compile(r'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+')
_DEMI_CARACTERE: Final = re.compile("[\ud800-\udfff]")
_LITTERAUX: Final[dict[str, Brut]] = {"true": True, "false": False, "null": None}
#: Python converts texts of that many digits whatever its user's limit; of a longer one, the text says all that the rules need.
_CHIFFRES_D_UN_ENTIER: Final = sys.int_info.str_digits_check_threshold


@cache
def _suites() -> dict[str, re.Pattern[str]]:
    """Write the patterns of the longest run of plain elements in a list or an object: scalars, and blocks of scalars.

    A hostile text of ten million bytes is a long run of something; matching it in one call is what keeps the time bounded.
    Every repetition is possessive, so nothing is ever tried twice.  A text with an escape that may be half a character is
    left to the walk.
    """
    blanc = r"[ \t\n\r]*+"
    texte = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
    scalaire = rf"(?:{texte}|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+|true|false|null)"

    def de(element: str) -> str:
        return rf"{element}(?:{blanc},{blanc}{element})*+"

    liste = rf"\[{blanc}(?:{de(scalaire)})?+{blanc}\]"
    objet = rf"\{{{blanc}(?:{de(f'{texte}{blanc}:{blanc}{scalaire}')})?+{blanc}\}}"
    valeur = rf"(?:{scalaire}|{liste}|{objet})(?={blanc}[,\]}}])"
    return {"]": re.compile(de(valeur)), "}": re.compile(de(f"{texte}{blanc}:{blanc}{valeur}"))}


class TexteFautif(Exception):
    """The one fault of a text that cannot be read: its code, a French precision and its offset in characters."""

    def __init__(self, code: CodeDeFichier, precision: str, place: int) -> None:
        super().__init__(code, precision, place)
        self.code = code
        self.precision = precision
        self.place = place


def trop_profond(niveaux: int, place: int) -> TexteFautif:
    """Name the fault of a block that stands deeper than is allowed, at its place."""
    return TexteFautif(CodeDeFichier.TAILLE, f"plus de {niveaux} niveaux d’imbrication", place)


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


class CleDouble(NamedTuple):
    """A key that its object has already: the path of the object, the key, and the offset of its second place."""

    chemin: tuple[str | int, ...]
    cle: str
    place: int


@frozen
class Analyse:
    """A text that was read: its raw tree and its duplicate keys."""

    arbre: Brut
    cles_doubles: tuple[CleDouble, ...]


class _Lecteur:
    """A cursor on a text; one method per thing that can stand at its place."""

    def __init__(self, texte: str, niveaux: int) -> None:
        self.texte = texte
        self.niveaux = niveaux
        self.ici = 0
        #: Set by the reader of the events, at each block: what is inside the one that was just opened does not matter.
        self.sauter = False

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

    def suite(self, fermeture: str) -> bool:
        """Pass over a run of plain elements of the block that ends with ``fermeture``, if there is one here."""
        trouve = _suites()[fermeture].match(self.texte, self.ici)
        if trouve is not None:
            self.ici = trouve.end()
        return trouve is not None

    def aller_a_la_fermeture(self) -> None:
        """Pass over the inside of the block that was just opened, up to its closing bracket, without judging it."""
        ouverts = 1
        while ouverts:
            trouve = _JUSQU_AU_CROCHET.match(self.texte, self.ici)
            if trouve is None or trouve.end() == len(self.texte):
                raise self.faute("le texte s’arrête avant la fin")
            self.ici = trouve.end() + 1
            ouverts += 1 if self.texte[trouve.end()] in "{[" else -1
        self.ici -= 1

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


def _evenements(lecteur: _Lecteur, *, en_silence: bool = False) -> Iterator[Evenement]:
    """Walk a text from its first to its last token; raises :class:`TexteFautif` at the first fault.

    ``en_silence``: only the fault matters, so runs of plain elements are passed over and give no event.
    """
    pile: list[str] = []
    attend_cle = False
    while True:
        caractere = lecteur.avancer()
        if not caractere:
            raise lecteur.faute("le texte s’arrête avant la fin")
        debut_d_element = bool(pile) and attend_cle == (pile[-1] == "}")
        if en_silence and debut_d_element and len(pile) < lecteur.niveaux and lecteur.suite(pile[-1]):
            attend_cle = yield from _fermer(lecteur, pile)
            if pile:
                continue
            break
        if attend_cle:
            yield _cle(lecteur, caractere)
            attend_cle = False
            continue
        debut = lecteur.ici
        if caractere in "{[":
            if len(pile) >= lecteur.niveaux:
                raise trop_profond(lecteur.niveaux, lecteur.ici)
            lecteur.ici += 1
            yield Evenement(Genre.OUVRE, {} if caractere == "{" else [], debut, lecteur.ici)
            pile.append("}" if caractere == "{" else "]")
            if lecteur.sauter:
                lecteur.aller_a_la_fermeture()
            elif lecteur.avancer() != pile[-1]:
                attend_cle = caractere == "{"
                continue
        else:
            yield Evenement(Genre.VALEUR, lecteur.scalaire(caractere), debut, lecteur.ici)
        attend_cle = yield from _fermer(lecteur, pile)
        if not pile:
            break
    if lecteur.avancer():
        raise lecteur.faute("texte après la fin du JSON")


def _cle(lecteur: _Lecteur, caractere: str) -> Evenement:
    if caractere != '"':
        raise lecteur.faute("nom de balise entre guillemets attendu")
    debut = lecteur.ici
    evenement = Evenement(Genre.CLE, lecteur.chaine(), debut, lecteur.ici)
    if lecteur.avancer() != ":":
        raise lecteur.faute("« : » attendu après le nom de la balise")
    lecteur.ici += 1
    return evenement


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


def verifier(texte: str, *, niveaux: int) -> None:
    """Find the first fault of a text, and nothing else: raises :class:`TexteFautif`, or returns.

    >>> verifier("[1, 2 3]", niveaux=64)
    Traceback (most recent call last):
    ...
    segur_pha.texte_json.analyse.TexteFautif: (<CodeDeFichier.MALFORME: '9902'>, '« , » ou « ] » attendu', 6)
    """
    for _ in _evenements(_Lecteur(texte, niveaux), en_silence=True):
        pass


def analyser(texte: str, *, niveaux: int) -> Analyse:
    """Read a text into raw values, with every duplicate key (the last value wins, decision 3).

    Raises :class:`TexteFautif`.

    >>> analyser('{"a": 1.50, "a": [true]}', niveaux=64)
    Analyse(arbre={'a': [True]}, cles_doubles=(CleDouble(chemin=(), cle='a', place=12),))
    """
    racine: list[Brut] = []
    pile: list[tuple[list[Brut] | dict[str, Brut], str | int]] = [(racine, 0)]
    doubles: list[CleDouble] = []
    for evenement in _evenements(_Lecteur(texte, niveaux)):
        contenant, cle = pile[-1]
        if evenement.genre is Genre.FERME:
            pile.pop()
            continue
        if evenement.genre is Genre.CLE:
            cle = str(evenement.valeur)
            if cle in contenant:
                doubles.append(CleDouble(tuple(k for _, k in pile[1:-1]), cle, evenement.debut))
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


def reperer(
    texte: str, chemins: Iterable[str], *, niveaux: int, debuts_seuls: bool = False
) -> dict[str, tuple[int, int]]:
    """Find where the values under some JSON Pointers begin and end (offsets in characters), in one walk.

    A pointer that leads nowhere, or past the fault of a broken text, is left out; of a key written twice, the last value
    counts.  ``debuts_seuls``, for texts whose keys are unique: the walk ends as soon as every value has begun, and the end
    of a list or of an object is not looked for.

    >>> reperer('{"a": [1, 22]}', ["/a/1", "/b"], niveaux=64)
    {'/a/1': (10, 12)}
    """
    voulus = set(chemins)
    trouves: dict[str, tuple[int, int]] = {}
    racine = _Noeud()
    racine.enfants["0"] = _arbre_des_chemins(voulus)
    lecteur = _Lecteur(texte, niveaux)
    # One level of the walk: what is wanted inside, the index or (once one was read) the key, and where the block began.
    pile: list[tuple[_Noeud, str | int, int]] = [(racine, 0, 0)]
    with suppress(TexteFautif):
        for genre, valeur, debut, fin in _evenements(lecteur):
            if genre is Genre.CLE:
                pile[-1] = (pile[-1][0], str(valeur), pile[-1][2])
                continue
            depuis = pile.pop()[2] if genre is Genre.FERME else debut
            noeud, cle, place = pile[-1]
            voulu = noeud.enfants.get(str(cle), _RIEN)
            if genre is not Genre.OUVRE or debuts_seuls:
                trouves.update(
                    (chemin, (depuis, fin)) for chemin in voulu.chemins if not debuts_seuls or chemin not in trouves
                )
            if genre is Genre.OUVRE:
                lecteur.sauter = not voulu.enfants
                pile.append((voulu, 0, debut))
            elif isinstance(cle, int):
                pile[-1] = (noeud, cle + 1, place)
            if debuts_seuls and len(trouves) == len(voulus):
                break
    return trouves


#: Nothing is wanted here.
_RIEN: Final = _Noeud()


def _defaut_de_chaine(texte: str, debut: int) -> tuple[str, int]:
    """Say what is wrong with the string that begins there, and where."""
    trouve = _DEBUT_DE_TEXTE.match(texte, debut)
    assert trouve is not None
    ici = trouve.end()
    if ici == len(texte):
        return "guillemet fermant manquant", debut
    if texte[ici] == "\\":
        return "séquence d’échappement inconnue après « \\ »", ici
    return "caractère de contrôle dans un texte : il manque sans doute un guillemet fermant", ici


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
