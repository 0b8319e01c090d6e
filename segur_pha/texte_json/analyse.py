"""The exact look at a JSON text: its tree, its duplicate keys, its depth, and the one fault of a broken text.

The fast parser (:mod:`segur_pha.texte_json.structures`) says yes or no; this room says *where* and *why*, without recursion (the
depth of a text must not depend on the caller's stack) and in time proportional to the text.  A text is taken a *stretch* at a
time: what is between two brackets is matched in one call of a regular expression, which never backtracks.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from attrs import define, field, frozen

from segur_pha.table.codes import CodeDeFichier
from segur_pha.texte_json.grammaire import (
    BLANC,
    BLANCS,
    BLANCS_MOTIF,
    CHAINE,
    CLE,
    CROCHET,
    FERMETURES,
    FIN_PRECOCE,
    OUVERTURE,
    SCALAIRE,
    UNE_CHAINE,
    TexteFautif,
    faute_de_valeur,
    malforme,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.table.formats import Brut

__all__ = ["Analyse", "CleDouble", "analyser", "trop_de_blocs", "verifier"]

#: Python converts texts of that many digits whatever limit its user sets; of a longer one, the text is all that the rules need.
_CHIFFRES_D_UN_ENTIER: Final = sys.int_info.str_digits_check_threshold


class CleDouble(NamedTuple):
    """A key that its object already has: the path of the object, the key, and the offset of its second occurrence."""

    chemin: tuple[str | int, ...]
    cle: str
    place: int


@frozen
class Analyse:
    """A text that was read: its raw tree, the first of its duplicate keys, and how many it has in all."""

    arbre: Brut
    cles_doubles: tuple[CleDouble, ...]
    nombre_de_doubles: int


# --- The one fault of a broken text --------------------------------------------------------------------------------------


def verifier(texte: str, *, niveaux: int) -> None:
    """Find the first fault of a text, and nothing else: raises :class:`TexteFautif`, or returns.

    >>> verifier("[1, 2 3]", niveaux=64)
    Traceback (most recent call last):
    ...
    segur_pha.texte_json.grammaire.TexteFautif: (<CodeDeFichier.MALFORME: '9902'>, '« , » ou « ] » attendu', 6)
    """
    pile: list[str] = []
    debut, commence = 0, False
    while True:
        fermeture = pile[-1] if pile else ""
        # Blocks of scalars are skipped within their stretch, unless they would be too deep.
        trouve = _elements(fermeture, commence, 0 < len(pile) < niveaux).match(texte, debut)
        assert trouve is not None
        fin = _fin_du_troncon(texte, trouve.end(), fermeture, commence=commence or trouve.lastindex is not None)
        crochet = texte[fin : fin + 1]
        if not crochet:
            return
        commence = crochet == fermeture
        if commence:
            pile.pop()
        elif len(pile) >= niveaux:
            raise _trop_profond(niveaux, fin)
        else:
            pile.append(FERMETURES[crochet])
        debut = fin + 1


def _trop_profond(niveaux: int, place: int) -> TexteFautif:
    return TexteFautif(CodeDeFichier.TAILLE, f"plus de {niveaux} niveaux d’imbrication", place)


@cache
def _elements(fermeture: str, commence: bool, blocs: bool) -> re.Pattern[str]:  # noqa: FBT001 - a key of a cache
    """Write the pattern of the longest run of elements that need no closer look, in a block that ends with ``fermeture``.

    ``commence``: the block already has an element; otherwise the pattern has a group, which matches when there is one.
    ``blocs``: blocks of scalars are such elements too.
    """
    element, membre = f"{SCALAIRE}{BLANCS_MOTIF}", f"{CHAINE}{BLANCS_MOTIF}:{BLANCS_MOTIF}"
    if blocs:
        liste = rf"\[{BLANCS_MOTIF}(?:{_suite(element)})?+\]"
        objet = rf"\{{{BLANCS_MOTIF}(?:{_suite(membre + element)})?+\}}"
        element = rf"(?:{SCALAIRE}|{liste}|{objet}){BLANCS_MOTIF}"
    if not fermeture:
        return re.compile(BLANCS_MOTIF if commence else f"{BLANCS_MOTIF}({element})?+")
    un = membre + element if fermeture == "}" else element
    return re.compile(rf"{BLANCS_MOTIF}(?:,{BLANCS_MOTIF}{un})*+" if commence else rf"{BLANCS_MOTIF}({_suite(un)})?+")


def _suite(element: str) -> str:
    return rf"{element}(?:,{BLANCS_MOTIF}{element})*+"


def _fin_du_troncon(texte: str, ici: int, fermeture: str, *, commence: bool) -> int:
    """Return the place of the bracket, or of the end of the text, that follows a run of elements; anything else is a fault."""
    caractere = texte[ici : ici + 1]
    if commence and caractere != fermeture:
        if not fermeture:
            raise malforme("texte après la fin du JSON", ici)
        if caractere != ",":
            attendu = f"« , » ou « {fermeture} » attendu"
            raise malforme(attendu if caractere else FIN_PRECOCE, ici)
        ici, caractere = _apres_les_blancs(texte, ici + 1)
        if caractere == fermeture:
            raise malforme("virgule en trop avant la fermeture du bloc", ici)
    elif caractere == fermeture and (commence or fermeture):
        return ici
    if fermeture == "}":
        ici, caractere = _apres_la_cle(texte, ici)
    if caractere not in FERMETURES:
        raise faute_de_valeur(texte, ici)
    return ici


def _apres_les_blancs(texte: str, ici: int) -> tuple[int, str]:
    trouve = BLANC.match(texte, ici)
    assert trouve is not None
    return trouve.end(), texte[trouve.end() : trouve.end() + 1]


def _apres_la_cle(texte: str, ici: int) -> tuple[int, str]:
    trouve = UNE_CHAINE.match(texte, ici)
    if trouve is None:
        if texte[ici : ici + 1] in {"", '"'}:
            raise faute_de_valeur(texte, ici)
        raise malforme("nom de balise entre guillemets attendu", ici)
    ici, caractere = _apres_les_blancs(texte, trouve.end())
    if caractere != ":":
        raise malforme("« : » attendu après le nom de la balise", ici)
    return _apres_les_blancs(texte, ici + 1)


# --- The tree, and the keys written twice --------------------------------------------------------------------------------


def _entier(texte: str) -> int | bytes:
    return int(texte) if len(texte) <= _CHIFFRES_D_UN_ENTIER else texte.encode()


#: A stretch → its scalars, or its members as pairs.
_lire: Final = json.JSONDecoder(parse_int=_entier, parse_float=str.encode, object_pairs_hook=list).raw_decode
#: The same for when nobody looks at the numbers.
_compter: Final = json.JSONDecoder(parse_int=len, parse_float=len, object_pairs_hook=list).raw_decode


@define
class _Bloc:
    """A block that is open.

    Attributes:
        contenu: what it holds so far; ``None`` where the tree is not built.
        en_objet: whether it is an object.
        chemin: its own path, from a list around the root.
        vues: the keys that it has so far (for an object).
        nombre: how many elements it has so far.
    """

    contenu: Any
    en_objet: bool
    chemin: tuple[str | int, ...] = ()
    vues: set[str] = field(factory=set)
    nombre: int = 0

    @property
    def gabarit(self) -> str:
        """How a stretch of it is made into a JSON text."""
        return "{%s%s}" if self.en_objet else "[%s%s]"

    def places_des_doubles(self, texte: str, debut: int, fin: int, noms: Sequence[str]) -> Iterator[CleDouble]:
        """Locate the keys of a stretch that the object already has."""
        vues = set(self.vues)
        for nom, trouve in zip(noms, CLE.finditer(texte, debut, fin), strict=False):
            if nom in vues:
                yield CleDouble(self.chemin[1:], nom, trouve.start(1))
            vues.add(nom)


def analyser(texte: str, *, niveaux: int, gardees: int = sys.maxsize, sans_arbre: bool = False) -> Analyse:
    """Read a text into raw values, with its duplicate keys: the first ``gardees`` of them, and how many there are in all.

    The last value of a key wins (decision 3).  ``sans_arbre``: a parser has already read the text, so that it is well formed and
    its tree is not built again; only its depth is judged.  Raises :class:`TexteFautif`.

    >>> analyser('{"a": 1.50, "a": [true]}', niveaux=64)
    Analyse(arbre={'a': [True]}, cles_doubles=(CleDouble(chemin=(), cle='a', place=12),), nombre_de_doubles=1)
    """
    if not sans_arbre:
        verifier(texte, niveaux=niveaux)
    lire = _compter if sans_arbre else _lire
    racine: list[Brut] = []
    pile = [_Bloc(racine, en_objet=False)]
    doubles: list[CleDouble] = []
    nombre = debut = 0
    for trouve in CROCHET.finditer(texte):
        bloc, crochet, fin = pile[-1], trouve[1], trouve.start(1)
        ouvre = crochet in FERMETURES
        # Nobody asks for the values of a list that is not built; their number matters where a block opens.
        interieur = texte[debut:fin].lstrip(_ENTRE_ELEMENTS) if ouvre or bloc.en_objet or not sans_arbre else ""
        # The block that opens here counts as one more element, whose value comes from the next stretches.
        elements: list[Any] = (
            lire(bloc.gabarit % (interieur, "0" if ouvre else ""), 0)[0] if interieur else [None] * ouvre
        )
        noms: list[str] = []
        if bloc.en_objet and elements:
            noms = [nom for nom, _ in elements]
            nouvelles = set(noms).difference(bloc.vues)
            repetees = len(noms) - len(nouvelles)
            if repetees and nombre < gardees:
                doubles += islice(bloc.places_des_doubles(texte, debut, fin, noms), gardees - nombre)
            nombre += repetees
            bloc.vues |= nouvelles
        bloc.nombre += len(elements)
        if ouvre:
            if len(pile) > niveaux:
                raise _trop_profond(niveaux, fin)
            pas = noms[-1] if bloc.en_objet else bloc.nombre - 1
            nouveau: Brut = {} if crochet == "{" else []
            elements[-1] = (pas, nouveau) if bloc.en_objet else nouveau
            pile.append(_Bloc(nouveau, crochet == "{", (*bloc.chemin, pas)))
        elif crochet:
            pile.pop()
        if not sans_arbre:
            (bloc.contenu.update if bloc.en_objet else bloc.contenu.extend)(elements)
        debut = trouve.end()
    return Analyse(racine[0] if racine else None, tuple(doubles), nombre)


#: The commas and blanks before an element.
_ENTRE_ELEMENTS: Final = f"{BLANCS},"


def trop_de_blocs(octets: bytes, maximum: int) -> bool:
    """Tell whether a text of any origin opens more objects and lists than that, not counting those within quotation marks.

    >>> trop_de_blocs(b'[[], {"a": "[[["}]', 3), trop_de_blocs(b'[[], {"a": "[[["}]', 2)
    (False, True)
    """
    if octets.count(b"{") + octets.count(b"[") <= maximum:
        return False
    ouverts = (trouve for trouve in OUVERTURE.finditer(octets) if trouve[1])
    return next(islice(ouverts, maximum, None), None) is not None
