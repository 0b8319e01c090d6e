"""A JSON file that is about to be shown → the events of its preparation."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from segur_pha.controle.verdict import controler
from segur_pha.erreurs import FichierRejete, RegistreError
from segur_pha.registre.evenements import DemandePreparee, FichierPrepare, Piece
from segur_pha.texte_json.ecriture import json_du_brut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from segur_pha.registre.evenements import Evenement
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification

__all__ = ["evenements_de_preparation", "finess_de_ligne"]

#: No money has more digits; what has stands in the line all the same.
_CHIFFRES: Final = 15
_LONGUEUR_NUMERO: Final = 5
_LONGUEUR_FINESS: Final = 9


def evenements_de_preparation(
    octets: bytes,
    *,
    nom: str,
    jour: date,
    empreintes: Mapping[str, str],
    remplace: Mapping[str, str],
    specification: Specification,
) -> Iterator[Evenement]:
    """Say what there is to record of one file.

    Raises :class:`~segur_pha.FichierRejete` for a file that the 1st control refuses, :class:`~segur_pha.RegistreError` for a
    line without a number of its own.
    """
    rapport = controler(octets, specification=specification)
    if not rapport.recevable:
        raise FichierRejete(f"{nom} : {rapport}", rapport=rapport, code=rapport.anomalies_fichier[0].code)
    arbre: ObjetBrut = rapport.arbre  # type: ignore[assignment]
    liste = specification.liste_des_demandes.nom
    fichier = sha256(octets).hexdigest()
    yield FichierPrepare(
        jour=jour,
        fichier=fichier,
        nom=nom,
        numero_ans=str(arbre["numeroAns"]),
        siret=str(arbre["SIRET"]),
        specification=specification.nom,
        entete=json_du_brut({cle: v for cle, v in arbre.items() if cle != liste}, compact=True).decode(),
    )
    lignes: list[ObjetBrut] = arbre[liste]  # type: ignore[assignment]
    for brut, plat in zip(lignes, rapport.en_lignes(), strict=True):
        numero = _numero(plat["numero_editeur"], plat["num_ligne"], nom)
        yield DemandePreparee(
            jour=jour,
            numero_editeur=numero,
            fichier=fichier,
            rang=plat["num_ligne"],  # type: ignore[arg-type]
            specification=specification.nom,
            ligne=json_du_brut(brut, compact=True).decode(),
            finess_geo=finess_de_ligne(brut),
            date_commande=plat["date_commande"],  # type: ignore[arg-type]
            regime_tva=plat["regime_tva"],  # type: ignore[arg-type]
            montant_segur_ht=_monnaie(plat["montant_segur_ht"]),  # type: ignore[arg-type]
            avance=_monnaie(plat["avance"]),  # type: ignore[arg-type]
            pieces=tuple(_pieces(brut, empreintes)),
            remplace=remplace.get(numero),
        )


def _numero(numero: object, rang: object, nom: str) -> str:
    if isinstance(numero, str) and len(numero) == _LONGUEUR_NUMERO and numero.isascii() and numero.isalnum():
        return numero
    raise RegistreError(
        f"{nom}, ligne {rang} : sans numeroEditeur de 5 lettres ou chiffres, la demande ne peut pas être suivie.",
        balise="numeroEditeur",
    )


def _monnaie(montant: Decimal | None) -> Decimal | None:
    return montant if montant is not None and montant.adjusted() < _CHIFFRES else None


def _pieces(ligne: ObjetBrut, empreintes: Mapping[str, str]) -> Iterator[Piece]:
    pieces = ligne["piecesJustificatives"]
    assert isinstance(pieces, list)
    for piece in pieces:
        nom = piece["nomFichier"] if isinstance(piece, dict) else None
        if isinstance(nom, str):
            yield Piece(nom, empreintes.get(nom, ""))


def finess_de_ligne(ligne: Brut) -> str | None:
    """Give the FINESS of a line, ``None`` when it has none of nine characters.

    >>> finess_de_ligne({"beneficiaire": {"FINESSGeo": "777777777"}}), finess_de_ligne({"beneficiaire": None})
    ('777777777', None)
    """
    beneficiaire = ligne.get("beneficiaire") if isinstance(ligne, dict) else None
    finess = beneficiaire.get("FINESSGeo") if isinstance(beneficiaire, dict) else None
    correct = isinstance(finess, str) and len(finess) == _LONGUEUR_FINESS and finess.isascii() and finess.isalnum()
    return finess if correct else None  # type: ignore[return-value]
