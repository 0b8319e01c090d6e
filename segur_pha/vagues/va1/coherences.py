"""The rules between balises: the only place where the controls name a balise (decisions 6 and 12)."""

from __future__ import annotations

from collections import Counter
from itertools import compress, pairwise
from operator import ne
from typing import TYPE_CHECKING, Final

from segur_pha.table.modele import Coherence, objet_de, objets_de
from segur_pha.vagues.va1.enumerations import FormatFichier, RegimeTVA, TypeFichier
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import Colonnes

__all__ = ["COHERENCES"]


# Plain texts: in Python 3.11 the value of an enumeration costs a descriptor call, thousands of times per file.
_BON_COMMANDE: Final = TypeFichier.BON_COMMANDE.value
_PREUVE_HT: Final = TypeFichier.PREUVE_HT.value
_HT: Final = RegimeTVA.HT.value
#: Type of a document → how its name begins.
_DEBUTS: Final[dict[object, str]] = {
    cle: f"{NOMS_DES_PIECES.prefixe}-{code}-" for cle, code in NOMS_DES_PIECES.codes.items()
}
_EXTENSIONS: Final[dict[object, str]] = {f.value: f".{f.lower()}" for f in FormatFichier}


def _types_des_pieces(demande: Mapping[str, Brut]) -> list[object]:
    return [piece["typeFichier"] for piece in objets_de(demande["piecesJustificatives"])]


def _ligne_a_son_rang(demande: Mapping[str, Brut], _: Mapping[str, Brut], rang: int) -> bool:
    return demande["numLigne"] == rang


def _un_seul_bon_de_commande(demande: Mapping[str, Brut], _: Mapping[str, Brut], __: int) -> bool:
    return _types_des_pieces(demande).count(_BON_COMMANDE) == 1


def _une_preuve_au_plus(demande: Mapping[str, Brut], _: Mapping[str, Brut], __: int) -> bool:
    return _types_des_pieces(demande).count(_PREUVE_HT) <= 1


def _preuve_si_ht(demande: Mapping[str, Brut], _: Mapping[str, Brut], __: int) -> bool:
    return objet_de(demande["commande"])["regimeTVA"] != _HT or _PREUVE_HT in _types_des_pieces(demande)


def _nom_de_sa_demande(piece: Mapping[str, Brut], demande: Mapping[str, Brut], _: int) -> bool:
    return piece["nomFichier"] == NOMS_DES_PIECES.nommer(
        str(piece["typeFichier"]), str(demande["numeroEditeur"]), str(piece["formatFichier"])
    )


# The fast rules: what the rules above say, over the columns of many requests at once.


def _lignes_hors_rang(colonnes: Colonnes) -> Iterable[int]:
    numeros, places = colonnes["numLigne"]
    return [place for numero, place in zip(numeros, places, strict=True) if numero != place + 1]


def _places_du_type(colonnes: Colonnes, type_fichier: str) -> list[int]:
    types, places = colonnes["typeFichier"]
    return [place for un_type, place in zip(types, places, strict=True) if un_type == type_fichier]


def _lignes_sans_un_bon(colonnes: Colonnes) -> Iterable[int]:
    bons, demandes = _places_du_type(colonnes, _BON_COMMANDE), colonnes["piecesJustificatives"][1]
    if bons == [*demandes]:
        return ()
    nombre = Counter(bons)
    return [place for place in demandes if nombre[place] != 1]


def _lignes_a_deux_preuves(colonnes: Colonnes) -> Iterable[int]:
    preuves = _places_du_type(colonnes, _PREUVE_HT)
    return [place for place, suivante in pairwise(preuves) if place == suivante]


def _lignes_ht_sans_preuve(colonnes: Colonnes) -> Iterable[int]:
    preuves = set(_places_du_type(colonnes, _PREUVE_HT))
    regimes, places = colonnes["regimeTVA"]
    return [place for regime, place in zip(regimes, places, strict=True) if regime == _HT and place not in preuves]


def _lignes_mal_nommees(colonnes: Colonnes) -> Iterable[int]:
    editeurs, leurs_places = colonnes["numeroEditeur"]
    numeros = dict(zip(leurs_places, map(str, editeurs), strict=True))
    noms, places = colonnes["nomFichier"]
    parties = (
        map(_DEBUTS.__getitem__, colonnes["typeFichier"][0]),
        map(numeros.__getitem__, places),
        map(_EXTENSIONS.__getitem__, colonnes["formatFichier"][0]),
    )
    return compress(places, map(ne, noms, map("".join, zip(*parties, strict=True))))


def _pieces_du_type(type_fichier: TypeFichier, **nombre: int) -> dict[str, object]:
    """Say in JSON Schema how many documents of a type a request holds (``minContains``, ``maxContains``)."""
    du_type = {
        "type": "object",
        "properties": {"typeFichier": {"const": type_fichier.value}},
        "required": ["typeFichier"],
    }
    pieces = {"type": "array", "contains": du_type, **nombre}
    return {"type": "object", "properties": {"piecesJustificatives": pieces}}


_AU_REGIME_HT: Final[dict[str, object]] = {
    "type": "object",
    "properties": {
        "commande": {
            "type": "object",
            "properties": {"regimeTVA": {"const": RegimeTVA.HT.value}},
            "required": ["regimeTVA"],
        }
    },
    "required": ["commande"],
}


#: With one order form and two types, a second PREUVE_HT would be a third document (validators of older drafts ignore
#: minContains, so "contains, zero times or once" would make them ask for one).
_DEUX_PIECES_AU_PLUS: Final[dict[str, object]] = {
    "type": "object",
    "properties": {"piecesJustificatives": {"type": "array", "maxItems": 2}},
}


COHERENCES: Final = (
    Coherence(
        balise="numLigne",
        lit=("numLigne",),
        libelle="numéro incorrect ; numérotez les demandes 1, 2, 3… dans l’ordre du fichier",
        respectee=_ligne_a_son_rang,
        suspectes=_lignes_hors_rang,
        guide="La balise numLigne numérote les demandes d’un fichier et commence à 1 dans chaque fichier (section 3.2).",
        exemples=(('"numLigne": 3', '"numLigne": 1'),),
    ),
    Coherence(
        balise="piecesJustificatives",
        lit=("piecesJustificatives", "typeFichier"),
        libelle="joignez un bon de commande (BON_COMMANDE), et un seul",
        respectee=_un_seul_bon_de_commande,
        suspectes=_lignes_sans_un_bon,
        guide="Une demande comporte un seul bon de commande, pour une seule officine (section 3.1).",
        exemples=(('"typeFichier": "PREUVE_HT"', '"typeFichier": "BON_COMMANDE"'),),
        schema=_pieces_du_type(TypeFichier.BON_COMMANDE, minContains=1, maxContains=1),
    ),
    Coherence(
        balise="piecesJustificatives",
        lit=("piecesJustificatives", "typeFichier"),
        libelle="joignez une seule preuve de régime HT (PREUVE_HT)",
        respectee=_une_preuve_au_plus,
        suspectes=_lignes_a_deux_preuves,
        schema=_DEUX_PIECES_AU_PLUS,
    ),
    Coherence(
        balise="piecesJustificatives",
        lit=("regimeTVA", "piecesJustificatives", "typeFichier"),
        libelle="le régime HT demande l’attestation de non-assujettissement à la TVA (PREUVE_HT)",
        respectee=_preuve_si_ht,
        suspectes=_lignes_ht_sans_preuve,
        guide="L’attestation de non-assujettissement à la TVA prouve le régime HT, le cas échéant (section 3.2, typeFichier).",
        exemples=(('"regimeTVA": "HT"', '"regimeTVA": "TTC"'),),
        schema={"if": _AU_REGIME_HT, "then": _pieces_du_type(TypeFichier.PREUVE_HT, minContains=1)},
    ),
    Coherence(
        balise="nomFichier",
        portee="piecesJustificatives",
        lit=("numeroEditeur", "nomFichier", "formatFichier", "typeFichier"),
        libelle="nom d’une autre pièce ; formez-le du numeroEditeur, du typeFichier et du formatFichier de cette demande",
        respectee=_nom_de_sa_demande,
        suspectes=_lignes_mal_nommees,
        guide="Le nom d’une pièce se forme du code de son type, du numéro éditeur de sa demande et de son format (section 3.3).",
        exemples=(('"nomFichier": "PHA-LGO-Va1-BDC-00002.pdf"', '"nomFichier": "PHA-LGO-Va1-BDC-00001.pdf"'),),
    ),
)
