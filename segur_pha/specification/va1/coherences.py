"""The rules between balises: the only place where the controls name a balise (decisions 6 and 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.specification.table import Coherence
from segur_pha.specification.va1.enumerations import RegimeTVA, TypeFichier
from segur_pha.specification.va1.nommage import nom_de_piece

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.specification.formats import Brut

__all__ = ["COHERENCES"]


def _types_des_pieces(demande: Mapping[str, Brut]) -> list[object]:
    return [piece["typeFichier"] for piece in demande["piecesJustificatives"]]  # type: ignore[index, union-attr, call-overload]


def _ligne_a_son_rang(demande: Mapping[str, Brut], _: Mapping[str, Brut], rang: int) -> bool:
    return demande["numLigne"] == rang


def _un_seul_bon_de_commande(demande: Mapping[str, Brut], _: Mapping[str, Brut], __: int) -> bool:
    return _types_des_pieces(demande).count(TypeFichier.BON_COMMANDE.value) == 1


def _une_preuve_au_plus(demande: Mapping[str, Brut], _: Mapping[str, Brut], __: int) -> bool:
    return _types_des_pieces(demande).count(TypeFichier.PREUVE_HT.value) <= 1


def _preuve_si_ht(demande: Mapping[str, Brut], _: Mapping[str, Brut], __: int) -> bool:
    regime = demande["commande"]["regimeTVA"]  # type: ignore[index, call-overload]
    return regime != RegimeTVA.HT.value or TypeFichier.PREUVE_HT.value in _types_des_pieces(demande)


def _nom_de_sa_demande(piece: Mapping[str, Brut], demande: Mapping[str, Brut], _: int) -> bool:
    return piece["nomFichier"] == nom_de_piece(
        str(piece["typeFichier"]), str(demande["numeroEditeur"]), str(piece["formatFichier"])
    )


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


COHERENCES: Final = (
    Coherence(
        balise="numLigne",
        lit=("numLigne",),
        libelle="numéro incorrect ; numérotez les demandes 1, 2, 3… dans l’ordre du fichier",
        respectee=_ligne_a_son_rang,
    ),
    Coherence(
        balise="piecesJustificatives",
        lit=("piecesJustificatives", "typeFichier"),
        libelle="joignez un bon de commande (BON_COMMANDE), et un seul",
        respectee=_un_seul_bon_de_commande,
        schema=_pieces_du_type(TypeFichier.BON_COMMANDE, minContains=1, maxContains=1),
    ),
    Coherence(
        balise="piecesJustificatives",
        lit=("piecesJustificatives", "typeFichier"),
        libelle="joignez une seule preuve de régime HT (PREUVE_HT)",
        respectee=_une_preuve_au_plus,
        schema=_pieces_du_type(TypeFichier.PREUVE_HT, minContains=0, maxContains=1),
    ),
    Coherence(
        balise="piecesJustificatives",
        lit=("regimeTVA", "piecesJustificatives", "typeFichier"),
        libelle="le régime HT demande l’attestation de non-assujettissement à la TVA (PREUVE_HT)",
        respectee=_preuve_si_ht,
        schema={"if": _AU_REGIME_HT, "then": _pieces_du_type(TypeFichier.PREUVE_HT, minContains=1)},
    ),
    Coherence(
        balise="nomFichier",
        portee="piecesJustificatives",
        lit=("numeroEditeur", "nomFichier", "formatFichier", "typeFichier"),
        libelle="nom d’une autre pièce ; formez-le du numeroEditeur, du typeFichier et du formatFichier de cette demande",
        respectee=_nom_de_sa_demande,
    ),
)
