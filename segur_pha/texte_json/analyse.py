"""The exact look at a JSON text: its tree, the keys that stand twice, how deep it is, and the one fault of a broken text.

The fast parser (:mod:`segur_pha.texte_json.structures`) says yes or no; this room says *where* and *why*, without recursion (the
depth of a text must not depend on the caller's stack) and in time proportional to the text.  A text is taken a *stretch* at a
time: what stands between two brackets is matched in one call of a regular expression, which tries nothing twice.
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
    SCALAIRE,
    UNE_CHAINE,
    TexteFautif,
    faute_de_valeur,
    malforme,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segur_pha.table.formats import Brut

__all__ = ["Analyse", "CleDouble", "analyser", "trop_de_blocs", "verifier"]

#: Python converts texts of that many digits whatever its user's limit; of a longer one, the text says all that the rules need.
_CHIFFRES_D_UN_ENTIER: Final = sys.int_info.str_digits_check_threshold


class CleDouble(NamedTuple):
    """A key that its object has already: the path of the object, the key, and the offset of its second place."""

    chemin: tuple[str | int, ...]
    cle: str
    place: int


@frozen
class Analyse:
    """A text that was read: its raw tree, the first of its duplicate keys, and how many it has in all."""

    arbre: Brut
    cles_doubles: tuple[CleDouble, ...]
    nombre_de_doubles: int


# --- From stretch to stretch ---------------------------------------------------------------------------------------------


class _Troncon(NamedTuple):
    """What stands between two brackets: its offsets, the bracket that ends it (``""``: the text), and whether in an object."""

    debut: int
    fin: int
    crochet: str
    en_objet: bool


@cache
def _elements(*, blocs: bool) -> Mapping[tuple[str, bool], re.Pattern[str]]:
    """Write the patterns of the longest run of elements that need no look inside: (closing bracket, begun) → pattern.

    ``blocs``: blocks of scalars are such elements too.  "Begun": the block has an element already; else the pattern has a group
    that matches when there is one.
    """
    element = SCALAIRE
    if blocs:
        liste = rf"\[{BLANCS_MOTIF}(?:{SCALAIRE}{BLANCS_MOTIF}(?:,{BLANCS_MOTIF}{SCALAIRE}{BLANCS_MOTIF})*+)?+\]"
        membre = rf"{CHAINE}{BLANCS_MOTIF}:{BLANCS_MOTIF}{SCALAIRE}{BLANCS_MOTIF}"
        element = rf"(?:{SCALAIRE}|{liste}|\{{{BLANCS_MOTIF}(?:{membre}(?:,{BLANCS_MOTIF}{membre})*+)?+\}})"
    motifs = {("", False): rf"{BLANCS_MOTIF}({SCALAIRE}{BLANCS_MOTIF})?+", ("", True): BLANCS_MOTIF}
    for fermeture, un in (
        ("]", rf"{element}{BLANCS_MOTIF}"),
        ("}", rf"{CHAINE}{BLANCS_MOTIF}:{BLANCS_MOTIF}{element}{BLANCS_MOTIF}"),
    ):
        motifs[fermeture, False] = rf"{BLANCS_MOTIF}({un}(?:,{BLANCS_MOTIF}{un})*+)?+"
        motifs[fermeture, True] = rf"{BLANCS_MOTIF}(?:,{BLANCS_MOTIF}{un})*+"
    return {etat: re.compile(motif) for etat, motif in motifs.items()}


def _troncons(texte: str, niveaux: int, *, en_silence: bool = False) -> Iterator[_Troncon]:
    """Walk a text from its first to its last bracket; raises :class:`TexteFautif` at the first fault.

    ``en_silence``: only the fault matters, so blocks of scalars are passed over within their stretch.
    """
    pile: list[str] = []
    debut, commence = 0, False
    scalaires, tout = _elements(blocs=False), _elements(blocs=en_silence)
    while True:
        fermeture = pile[-1] if pile else ""
        trouve = (tout if len(pile) < niveaux else scalaires)[fermeture, commence].match(texte, debut)
        assert trouve is not None
        fin = _fin_du_troncon(texte, trouve.end(), fermeture, commence=commence or trouve.lastindex is not None)
        crochet = texte[fin : fin + 1]
        yield _Troncon(debut, fin, crochet, fermeture == "}")
        if not crochet:
            return
        commence = crochet == fermeture
        if commence:
            pile.pop()
        elif len(pile) >= niveaux:
            raise TexteFautif(CodeDeFichier.TAILLE, f"plus de {niveaux} niveaux d’imbrication", fin)
        else:
            pile.append(FERMETURES[crochet])
        debut = fin + 1


def _fin_du_troncon(texte: str, ici: int, fermeture: str, *, commence: bool) -> int:
    """Give the place of the bracket that comes after a run of elements, or of the end of the text; anything else is a fault."""
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


def verifier(texte: str, *, niveaux: int) -> None:
    """Find the first fault of a text, and nothing else: raises :class:`TexteFautif`, or returns.

    >>> verifier("[1, 2 3]", niveaux=64)
    Traceback (most recent call last):
    ...
    segur_pha.texte_json.grammaire.TexteFautif: (<CodeDeFichier.MALFORME: '9902'>, '« , » ou « ] » attendu', 6)
    """
    for _ in _troncons(texte, niveaux, en_silence=True):
        pass


# --- The tree, and the keys written twice --------------------------------------------------------------------------------


def _entier(texte: str) -> int | bytes:
    return int(texte) if len(texte) <= _CHIFFRES_D_UN_ENTIER else texte.encode()


#: A stretch → its scalars, or its members as pairs.
_lire: Final = json.JSONDecoder(parse_int=_entier, parse_float=str.encode, object_pairs_hook=list).raw_decode
#: The same where nobody looks at the numbers.
_compter: Final = json.JSONDecoder(parse_int=len, parse_float=len, object_pairs_hook=list).raw_decode


@define
class _Bloc:
    """A block that is open: what it holds so far, the keys seen (an object), the number of elements (a list), its own path."""

    contenu: Any
    vues: set[str] = field(factory=set)
    nombre: int = 0
    chemin: tuple[str | int, ...] = ()


def analyser(texte: str, *, niveaux: int, gardees: int | None = None, sans_arbre: bool = False) -> Analyse:
    """Read a text into raw values, with its duplicate keys: the first ``gardees``, and how many in all.

    The last value of a key wins (decision 3).  ``sans_arbre``: the tree is known, and not built again.  Raises
    :class:`TexteFautif`.

    >>> analyser('{"a": 1.50, "a": [true]}', niveaux=64)
    Analyse(arbre={'a': [True]}, cles_doubles=(CleDouble(chemin=(), cle='a', place=12),), nombre_de_doubles=1)
    """
    racine: list[Brut] = []
    pile = [_Bloc(racine)]
    doubles: list[CleDouble] = []
    nombre = 0
    lire = _compter if sans_arbre else _lire
    for troncon in _troncons(texte, niveaux):
        debut, fin, crochet, en_objet = troncon
        ouvre = crochet in FERMETURES
        # The block that opens here counts as one more element, whose value is filled in by the next stretches.
        interieur = texte[debut:fin].lstrip(f"{BLANCS},") + ("0" if ouvre else "")
        elements = lire(f"{{{interieur}}}" if en_objet else f"[{interieur}]")[0]
        bloc = pile[-1]
        if en_objet:
            noms = [nom for nom, _ in elements]
            repetees = len(noms) - len(set(noms).difference(bloc.vues))
            if repetees and nombre < (sys.maxsize if gardees is None else gardees):
                doubles += islice(_doubles(texte, troncon, bloc, noms), None if gardees is None else gardees - nombre)
            nombre += repetees
            bloc.vues.update(noms)
        pas = noms[-1] if en_objet and ouvre else bloc.nombre + len(elements) - 1
        bloc.nombre += len(elements)
        nouveau: list[Brut] | dict[str, Brut] = {} if crochet == "{" else []
        if not sans_arbre:
            if ouvre:
                elements[-1] = (pas, nouveau) if en_objet else nouveau
            (bloc.contenu.update if en_objet else bloc.contenu.extend)(elements)
        if ouvre:
            pile.append(_Bloc(nouveau, chemin=(*bloc.chemin, pas)))
        elif crochet:
            pile.pop()
    return Analyse(racine[0] if racine else None, tuple(doubles), nombre)


def _doubles(texte: str, troncon: _Troncon, bloc: _Bloc, noms: Iterable[str]) -> Iterator[CleDouble]:
    """Place the keys of a stretch that their object has already."""
    vues = set(bloc.vues)
    for nom, trouve in zip(noms, CLE.finditer(texte, troncon.debut, troncon.fin), strict=False):
        if nom in vues:
            yield CleDouble(bloc.chemin[1:], nom, trouve.start(1))
        vues.add(nom)


def trop_de_blocs(octets: bytes, maximum: int) -> bool:
    """Tell whether a text of any origin opens more objects and lists than that, those within quotation marks left out.

    >>> trop_de_blocs(b'[[], {"a": "[[["}]', 3), trop_de_blocs(b'[[], {"a": "[[["}]', 2)
    (False, True)
    """
    if octets.count(b"{") + octets.count(b"[") <= maximum:
        return False
    ouverts = (trouve for trouve in CROCHET.finditer(octets.decode("latin-1")) if trouve[1] in FERMETURES)
    return next(islice(ouverts, maximum, None), None) is not None
