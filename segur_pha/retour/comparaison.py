"""Two raw trees, value by value: what the portal sent back, compared with what it was given."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from segur_pha.table.balise import Liste, Objet, balises, pointeur
from segur_pha.table.roles import Acteur, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut

__all__ = ["Difference", "differences", "valeurs_egales"]


class _Absente:
    """Stands for the value of an absent tag."""


_ABSENTE: Final = _Absente()
#: No value of the table is longer; anything longer is cut when it is shown.
_LONGUEUR_MONTREE: Final = 80


class Difference(NamedTuple):
    """Two values that differ.

    ``inconnue``: the table does not know the tag; ``chemin``: a pointer in what came back; ``precision``: what is odd, in French;
    ``parti``, ``venu``: both values in readable form, ``""`` where they say nothing.
    """

    inconnue: bool
    chemin: str
    precision: str = ""
    parti: str = ""
    venu: str = ""


def differences(classe: ClasseBloc, envoye: Brut, revenu: Brut, chemin: str) -> Iterable[Difference]:
    """Compare a block of the table, and return every difference.

    The balises that the agency fills in are not compared, nor is a list of requests.  Numbers compare by value, even with the
    text of a number; null, ``""`` and an absent tag are told apart.  Of a personal value, only the length is shown.

    >>> from segur_pha import Commande
    >>> envoye = {"dateCommande": "15/11/2022", "regimeTVA": "TTC", "montantSegurHT": b"850.00"}
    >>> for d in differences(Commande, envoye, {**envoye, "montantSegurHT": 850, "regimeTVA": "", "vu": True}, "/commande"):
    ...     print(tuple(d))
    (False, '/commande/regimeTVA', 'texte vide', 'TTC', 'texte vide')
    (True, '/commande/vu', '', '', '')
    """
    if not isinstance(envoye, dict) or not isinstance(revenu, dict):
        egales = valeurs_egales(envoye, revenu)
        return () if egales else (Difference(inconnue=False, chemin=chemin, precision="un bloc était attendu"),)
    # Most often only what the agency filled in differs, so the whole block is compared at once.
    remplies = {nom: envoye[nom] for nom in _balises_de(classe).remplies if nom in envoye}
    return () if _tel_quel(envoye, revenu | remplies) else _balise_par_balise(classe, envoye, revenu, chemin)


def _balise_par_balise(
    classe: ClasseBloc, envoye: Mapping[str, Brut], revenu: Mapping[str, Brut], chemin: str
) -> Iterator[Difference]:
    connues, comparees, _ = _balises_de(classe)
    for nom, jeton, rangee in comparees:
        parti, venu = envoye.get(nom, _ABSENTE), revenu.get(nom, _ABSENTE)
        if not _tel_quel(parti, venu):
            yield from _de_la_balise(rangee, parti, venu, chemin + jeton)
    for nom in revenu:
        if nom not in connues and (nom not in envoye or not valeurs_egales(envoye[nom], revenu[nom])):
            yield Difference(inconnue=True, chemin=chemin + pointeur(nom))
    for nom in envoye:
        if nom not in connues and nom not in revenu:
            yield Difference(inconnue=False, chemin=chemin + pointeur(nom), precision="balise absente de la réponse")


#: Tells true from 1, and a text from a number, which == does not do within blocks.
_encoder: Final = msgspec.msgpack.Encoder().encode


def _tel_quel(parti: Brut | _Absente, venu: Brut | _Absente) -> bool:
    """Tell whether a value certainly came back as it was sent, type by type, as nearly every one does."""
    if type(parti) is not type(venu):
        return False
    if not isinstance(parti, dict | list):
        return parti == venu
    try:
        return _encoder(parti) == _encoder(venu)
    except OverflowError:  # an integer with more digits than msgspec can write
        return repr(parti) == repr(venu)


class _Balises(NamedTuple):
    """The tags of a block; those to compare, each with its part of a pointer and its row; those that the agency fills in."""

    connues: frozenset[str]
    comparees: tuple[tuple[str, str, Balise], ...]
    remplies: tuple[str, ...]


@cache
def _balises_de(classe: ClasseBloc) -> _Balises:
    rangees = balises(classe)
    comparees = tuple((r.nom, pointeur(r.nom), r) for r in rangees if r.rempli_par is not Acteur.ASP)
    remplies = tuple(r.nom for r in rangees if r.rempli_par is Acteur.ASP)
    return _Balises(frozenset(r.nom for r in rangees), comparees, remplies)


def _de_la_balise(rangee: Balise, parti: Brut | _Absente, venu: Brut | _Absente, chemin: str) -> Iterator[Difference]:
    def difference(precision: str) -> Difference:
        dites = (_montree(valeur, personnelle=rangee.personnelle) for valeur in (parti, venu))
        return Difference(False, chemin, precision, *dites)  # noqa: FBT003 - as a tuple

    if isinstance(venu, _Absente):
        yield difference("balise absente de la réponse")
    elif isinstance(parti, _Absente):
        yield difference("balise absente de l’envoi")
    elif isinstance(rangee.format, Objet):
        yield from differences(rangee.format.classe, parti, venu, chemin)
    elif isinstance(rangee.format, Liste) and isinstance(parti, list) and isinstance(venu, list):
        if len(parti) != len(venu):
            yield difference(f"{len(parti)} envoyés, {len(venu)} revenus")
            return
        rangs = _remettre_en_ordre(parti, venu, _nom_qui_distingue(rangee.format.classe))
        for element, rang in zip(parti, rangs, strict=True):
            yield from differences(rangee.format.classe, element, venu[rang], f"{chemin}/{rang}")
    elif not valeurs_egales(parti, venu):
        yield difference(_precision(venu))


def _montree(valeur: Brut | _Absente, *, personnelle: bool) -> str:
    """Write a value for people to compare; of a personal one, or of what may hold one, only its shape."""
    match valeur:
        case _Absente():
            return "absente"
        case None:
            return "null"
        case "":
            return "texte vide"
        case dict():
            return "bloc"
        case list():
            return f"liste de {len(valeur)}"
        case bool():
            texte = "true" if valeur else "false"
        case bytes():
            texte = valeur.decode()
        case _:
            texte = str(valeur)
    if personnelle:
        return f"masquée ({len(texte)} caractères)"
    return texte if len(texte) <= _LONGUEUR_MONTREE else f"{texte[:_LONGUEUR_MONTREE]}…"


@cache
def _nom_qui_distingue(classe: ClasseBloc) -> str | None:
    """Find the tag that identifies an item of a list: that of a document's name."""
    return next((rangee.nom for rangee in balises(classe) if rangee.role is Role.NOM_PIECE), None)


def _remettre_en_ordre(parti: Sequence[Brut], venu: Sequence[Brut], cle: str | None) -> Sequence[int]:
    """Pair returned documents with sent ones: by name where both sides have the same, distinct names, otherwise by place."""
    places = {_nom(element, cle): place for place, element in enumerate(venu)}
    noms = [_nom(element, cle) for element in parti]
    if len(places) == len(venu) and set(noms) == set(places):
        return [places[nom] for nom in noms]
    return range(len(venu))


def _nom(element: Brut, cle: str | None) -> str | None:
    nom = element.get(cle) if cle is not None and isinstance(element, dict) else None
    return nom if isinstance(nom, str) else None


def _precision(venu: Brut) -> str:
    if venu is None:
        return "valeur null"
    return "texte vide" if venu == "" else ""


def valeurs_egales(parti: Brut, venu: Brut) -> bool:
    """Tell whether two raw values say the same: a sent number also equals its own text; true is not 1.

    >>> valeurs_egales(b"850.00", b"8.5e2"), valeurs_egales("777777777", 777777777), valeurs_egales(None, "")
    (True, False, False)
    """
    if isinstance(parti, list) and isinstance(venu, list):
        return len(parti) == len(venu) and all(map(valeurs_egales, parti, venu))
    if isinstance(parti, dict) and isinstance(venu, dict):
        return parti.keys() == venu.keys() and all(valeurs_egales(parti[cle], venu[cle]) for cle in parti)
    if isinstance(parti, int | bytes) and not isinstance(parti, bool):
        nombre, autre = _nombre(parti), _nombre(venu)
        return autre is not None and nombre == autre
    return type(parti) is type(venu) and parti == venu


def _nombre(valeur: Brut) -> Decimal | None:
    if not isinstance(valeur, int | bytes | str):
        return None
    texte = valeur.decode() if isinstance(valeur, bytes) else str(valeur)
    # Decimal() also reads "NaN", "1_000" and blanks, which are not JSON numbers; nor is true, which is written "True".
    if not texte.isascii() or any(c not in "0123456789+-.eE" for c in texte):
        return None
    try:
        return Decimal(texte)
    except InvalidOperation:
        return None
