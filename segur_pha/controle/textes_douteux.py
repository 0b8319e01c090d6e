"""Advice on the texts of a line, in any wave: invisible characters, unlikely names, too many bytes (decisions 1, 6, 9)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Texte
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

_NOMS: Final = frozenset({Role.NOM_RESPONSABLE, Role.NOM_ADMINISTRATEUR})
_TELEPHONES: Final = frozenset({Role.TELEPHONE_RESPONSABLE, Role.TELEPHONE_ADMINISTRATEUR})
_NUMEROS: Final = frozenset({Role.NUMERO_EDITEUR, Role.NUMERO_ANS})

_NUMERO_USUEL: Final = re.compile("[0-9A-Za-z]*")
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
#: What the looks below say nothing of, by the role of the row; everything is shown and takes one byte.
_ORDINAIRE: Final = re.compile("[!-~](?:[ -~]*[!-~])?")
_ORDINAIRES: Final = (
    (_NOMS, re.compile("[A-Za-z](?:[A-Za-z '.,-]*[A-Za-z'.,-])?")),
    (_TELEPHONES, re.compile("0[1-9][0-9]{8}")),
    (_NUMEROS, re.compile("[0-9A-Za-z]+")),
)


def conseils_de_textes(classe: ClasseBloc, brut: ObjetBrut, chemin: str) -> Iterator[Brouillon]:
    """Give the advice on the texts of a block without fault, and of the blocks in it; lists of whole requests are left out."""
    for nom, ordinaire, rangee, format_ in _a_lire(classe):
        valeur = brut.get(nom)
        if not isinstance(format_, Texte):
            for bloc, ici in _blocs(valeur, f"{chemin}/{nom}"):
                yield from conseils_de_textes(format_.classe, bloc, ici)
        elif isinstance(valeur, str) and ordinaire.fullmatch(valeur) is None:
            for identifiant, precision in _du_texte(rangee, format_, valeur):
                yield identifiant, precision, nom, f"{chemin}/{nom}"


@cache
def _a_lire(classe: ClasseBloc) -> tuple[tuple[str, re.Pattern[str], Balise, Texte | Objet | Liste], ...]:
    """List the rows of a block in which the publisher's texts stand, each with what nobody would advise on."""
    return tuple(
        (
            rangee.nom,
            next((motif for roles, motif in _ORDINAIRES if rangee.role in roles), _ORDINAIRE),
            rangee,
            rangee.format,
        )
        for rangee in balises(classe)
        if (isinstance(rangee.format, Texte) and rangee.attribut)
        or isinstance(rangee.format, Objet)
        or (isinstance(rangee.format, Liste) and rangee.format.maximum is None)
    )


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
        elif isinstance(valeur, list):
            for place, element in enumerate(valeur):
                assert isinstance(element, dict)
                yield from conseils_de_textes(rangee.classe, element, f"{chemin}/{nom}/{place}", connus)


def _du_texte(rangee: Balise, format_: Texte, texte: str) -> Iterator[tuple[str, str]]:
    invisible = _invisible(texte)
    if invisible:
        yield "texte-invisible", invisible
    if not texte.isascii() and len(texte.encode()) > format_.longueurs[1]:
        yield "longueur-en-octets", ""
    if rangee.role in _NOMS:
        douteux = _nom_douteux(texte)
        if douteux:
            yield "nom-douteux", douteux
    elif rangee.role in _TELEPHONES:
        doute = _telephone_douteux(texte)
        if doute:
            yield "telephone", doute
    elif rangee.role in _NUMEROS and not _NUMERO_USUEL.fullmatch(texte):
        yield "numero-inhabituel", ""


def _invisible(texte: str) -> str:
    """Say what nobody sees in a text, "" when there is nothing."""
    if not texte.isprintable() and any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Co", "Cn"} for c in texte):
        return "un caractère de contrôle ou de mise en forme"
    if texte != texte.strip():
        return "un blanc au début ou à la fin"
    return "un accent écrit à part de sa lettre" if texte != unicodedata.normalize("NFC", texte) else ""


def _nom_douteux(nom: str) -> str:
    """Say why a text is no name, "" when it may be one; the text is not repeated."""
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
