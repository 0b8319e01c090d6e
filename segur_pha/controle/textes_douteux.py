"""Advice on the texts of a line, in any wave: invisible characters, unlikely names, too many bytes (decisions 1, 6, 9)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Texte
from segur_pha.table.modele import objets_de
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Brouillon

__all__ = ["CONSEILS_DE_TEXTE", "conseils_de_textes"]

CONSEILS_DE_TEXTE: Final[Mapping[str, str]] = {
    "texte-invisible": "ce texte contient ce que personne ne voit : saisissez-le de nouveau",
    "nom-douteux": "nom à vérifier",
    "telephone": "numéro de téléphone à vérifier",
    "longueur-en-octets": "ce texte a le bon nombre de caractères, mais plus d’octets que la longueur permise : un système qui compte "
    "en octets le refuserait",
    "numero-inhabituel": "ce numéro contient autre chose que des lettres sans accent et des chiffres : il nomme des fichiers",
    "numero-casse": "ce numéro ne diffère de celui d’une autre ligne que par des majuscules : certains disques "
    "confondent leurs fichiers",
}

_NUMERO_USUEL: Final = re.compile("[0-9A-Za-z]*")
#: A name of which nothing can be said: plain words, one sign between two of them.
_NOM_SIMPLE: Final = re.compile("[A-Za-z]+(?:[ '-][A-Za-z]+)*+")
#: What stands between the words of a name.
_ENTRE_LES_MOTS: Final = frozenset(" \u00a0\u202f'’ʼ-‐‑.,")
#: From this score on, letters were probably read in the wrong encoding.
_INVRAISEMBLABLE: Final = 20
#: Below this score, they go together as in a French name, even with rare letters.
_VRAISEMBLABLE: Final = 4
_BLANCS: Final = " \u00a0\u2009\u202f"
_GROUPES: Final = re.compile(f"[{_BLANCS}./()-]+")
_TELEPHONE: Final = re.compile(r"0[1-9][0-9]{8}|(?:\+|00)330?[1-9][0-9]{8}|(?:\+|00)(?!33)[1-9][0-9]{7,13}")
_NEUF_CHIFFRES: Final = re.compile("[1-9][0-9]{8}")


class _Texte(NamedTuple):
    """A row that holds a text: how many characters it may have, and what its role asks for: an id of advice, and who gives it."""

    nom: str
    maximum: int
    conseil: str
    juger: Callable[[str], str | None]


#: Row and text → the advice on it: ids, and why it is given.
Connus: TypeAlias = "dict[tuple[_Texte, str], list[tuple[str, str]]]"


class _Bloc(NamedTuple):
    """A row that holds a block, or a list of them."""

    nom: str
    classe: ClasseBloc


@cache
def _a_regarder(classe: ClasseBloc) -> tuple[_Texte | _Bloc, ...]:
    """Sort out which rows of a block are looked at; lists of whole requests are left out."""
    regardees: list[_Texte | _Bloc] = []
    for rangee in balises(classe):
        match rangee.format:
            case Objet(interne) | Liste(interne, None):
                regardees.append(_Bloc(rangee.nom, interne))
            case Texte() as format_ if rangee.attribut:
                regardees.append(_Texte(rangee.nom, format_.longueurs[1], *_JUGES.get(rangee.role, ("", _rien))))
    return tuple(regardees)


def conseils_de_textes(classe: ClasseBloc, brut: ObjetBrut, chemin: str, connus: Connus) -> Iterator[Brouillon]:
    """Give the advice on the texts of a block without fault, and of the blocks in it; lists of whole requests are left out.

    ``connus``: what was said of the texts of the same file, empty for its first block; a file repeats many of them.
    """
    for rangee in _a_regarder(classe):
        nom, valeur = rangee.nom, brut.get(rangee.nom)
        if isinstance(rangee, _Texte):
            if isinstance(valeur, str):
                conseils = connus.get((rangee, valeur))
                if conseils is None:
                    conseils = connus[rangee, valeur] = _du_texte(rangee, valeur)
                for identifiant, precision in conseils:
                    yield identifiant, precision, nom, f"{chemin}/{nom}"
        elif isinstance(valeur, dict):
            yield from conseils_de_textes(rangee.classe, valeur, f"{chemin}/{nom}", connus)
        else:
            for place, element in enumerate(objets_de(valeur)):
                yield from conseils_de_textes(rangee.classe, element, f"{chemin}/{nom}/{place}", connus)


def _du_texte(rangee: _Texte, texte: str) -> list[tuple[str, str]]:
    conseils = []
    # Most texts are of plain characters, none of which is a blank at an end.
    if not (texte.isascii() and texte.isprintable() and texte.strip() == texte):
        if invisible := _invisible(texte):
            conseils.append(("texte-invisible", invisible))
        if len(texte.encode()) > rangee.maximum:
            conseils.append(("longueur-en-octets", ""))
    precision = rangee.juger(texte)
    if precision is not None:
        conseils.append((rangee.conseil, precision))
    return conseils


def _invisible(texte: str) -> str:
    """Say what nobody sees in a text, "" when there is nothing."""
    if not texte.isprintable() and any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Co", "Cn"} for c in texte):
        return "un caractère de contrôle ou de mise en forme"
    if texte != texte.strip():
        return "un blanc au début ou à la fin"
    return "un accent écrit à part de sa lettre" if texte != unicodedata.normalize("NFC", texte) else ""


def _nom_douteux(nom: str) -> str | None:
    """Say why a text is no name, or nothing; the text is not repeated."""
    if _NOM_SIMPLE.fullmatch(nom):
        return None
    # The tables' rooms are loaded for advice only: a control starts sooner without them.
    from segur_pha.tableurs.abimees import abimee, peut_etre_abimee

    abime = abimee(nom) if peut_etre_abimee(nom) else None
    if abime is not None:
        return abime.constat
    visibles = [c for c in unicodedata.normalize("NFC", nom) if unicodedata.category(c) not in {"Cc", "Cf"}]
    if any(not _dans_un_nom(c) for c in visibles):
        return "il contient un signe ou un chiffre qu’aucun nom ne porte"
    if not any(map(str.isalpha, visibles)):
        return "il ne contient aucune lettre"
    if any(map(_mal_decode, nom.split())):
        return "ses accents ne vont pas ensemble : un fichier lu dans un autre encodage les change ainsi"
    return None


@cache
def _dans_un_nom(c: str) -> bool:
    return unicodedata.category(c) in {"Lu", "Ll", "Lt", "Lo", "Mn", "Mc"} or c in _ENTRE_LES_MOTS


def _mal_decode(mot: str) -> bool:
    """Tell whether the letters of a word go together badly, but well in another encoding, which foreign names do not."""
    from segur_pha.tableurs.lettres import invraisemblance

    if mot.isascii() or invraisemblance(mot) < _INVRAISEMBLABLE:
        return False
    try:
        octets = mot.encode("cp1252")
    except UnicodeEncodeError:
        return False
    autres = [octets.decode(autre) for autre in ("mac_roman", "cp850")]
    return any(all(map(_dans_un_nom, autre)) and invraisemblance(autre) < _VRAISEMBLABLE for autre in autres)


def _telephone_douteux(telephone: str) -> str | None:
    numero = _GROUPES.sub("", telephone)
    if _TELEPHONE.fullmatch(numero):
        return None
    if _NEUF_CHIFFRES.fullmatch(numero):
        return "neuf chiffres, le zéro de tête manque sans doute"
    return "dix chiffres attendus, comme 01 02 03 04 05, ou un numéro international comme +33 1 02 03 04 05"


def _numero_inhabituel(numero: str) -> str | None:
    return None if _NUMERO_USUEL.fullmatch(numero) else ""


def _rien(_: str) -> None:
    """Advise nothing: most roles ask nothing more of a text."""


#: What else is asked of a text by its role: the id of the advice, and what says why it is given.
_JUGES: Final[Mapping[Role | None, tuple[str, Callable[[str], str | None]]]] = {
    **dict.fromkeys((Role.NOM_RESPONSABLE, Role.NOM_ADMINISTRATEUR), ("nom-douteux", _nom_douteux)),
    **dict.fromkeys((Role.TELEPHONE_RESPONSABLE, Role.TELEPHONE_ADMINISTRATEUR), ("telephone", _telephone_douteux)),
    **dict.fromkeys((Role.NUMERO_EDITEUR, Role.NUMERO_ANS), ("numero-inhabituel", _numero_inhabituel)),
}
