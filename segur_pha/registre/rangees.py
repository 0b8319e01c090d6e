"""States ⇄ rows of the tables: money in whole cents, lists as JSON."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from segur_pha.registre.etats import EtatDemande, EtatFichier, Phase, PhaseFichier, Reserve
from segur_pha.registre.evenements import Piece
from segur_pha.retour.lecture import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import RowMapping

__all__ = ["centimes", "demande_de_rangee", "euros", "fichier_de_rangee", "rangee_de_demande", "rangee_de_fichier"]

#: The caller's precision must not round an amount.
_CONTEXTE: Final = Context(prec=60)


def centimes(montant: Decimal | None) -> int | None:
    """Give an amount in cents.

    >>> centimes(Decimal("708.33"))
    70833
    """
    return None if montant is None else int(montant.scaleb(2, _CONTEXTE))


def euros(nombre: int | None) -> Decimal | None:
    """Give cents as an amount.

    >>> euros(70800)
    Decimal('708.00')
    """
    return None if nombre is None else Decimal(nombre).scaleb(-2, _CONTEXTE)


#: Looked up: calling the enumeration, and reading « [] » over and over, would be half of the cost of a row.
_PHASES: Final = {phase.value: phase for phase in Phase}
_VIDE: Final = "[]"


def _en_json(liste: list[tuple[str, str]]) -> str:
    return msgspec.json.encode(liste).decode() if liste else _VIDE


def rangee_de_demande(etat: EtatDemande) -> dict[str, object]:
    """Write a request's state as a row of ``segur_demandes``."""
    return {
        "numero_editeur": etat.numero_editeur,
        "phase": etat.phase.value,
        "specification": etat.specification,
        "fichier": etat.fichier,
        "rang": etat.rang,
        "jour_preparation": etat.jour_preparation,
        "jour_phase": etat.jour_phase,
        "jour_depot": etat.jour_depot,
        "mois": (etat.jour_depot or etat.jour_preparation).isoformat()[: len("AAAA-MM")],
        "finess_geo": etat.finess_geo,
        "date_commande": etat.date_commande,
        "regime_tva": etat.regime_tva,
        "montant_centimes": centimes(etat.montant_segur_ht),
        "avance_centimes": centimes(etat.avance),
        "paye_centimes": centimes(etat.montant_paye),
        "reference_paiement": etat.reference_paiement,
        "pieces": _en_json([(p.nom, p.sha256) for p in etat.pieces]),
        "numero_asp": etat.numero_asp,
        "code_traitement": etat.code_traitement,
        "libelle_traitement": etat.libelle_traitement,
        "motif": etat.motif,
        "remplace": etat.remplace,
        "remplacee_par": etat.remplacee_par,
        "reserves": _en_json([(r.issue.value, r.numero_asp) for r in etat.reserves]),
        "a_verifier": etat.a_verifier,
        "effacee": etat.effacee,
    }


def demande_de_rangee(rangee: Sequence[Any]) -> EtatDemande:
    """Read a request's state from its row: every column of ``segur_demandes``, in the table's order."""
    (
        numero_editeur,
        phase,
        specification,
        fichier,
        rang,
        jour_preparation,
        jour_phase,
        jour_depot,
        _mois,
        finess_geo,
        date_commande,
        regime_tva,
        montant_centimes,
        avance_centimes,
        paye_centimes,
        reference_paiement,
        pieces,
        numero_asp,
        code_traitement,
        libelle_traitement,
        motif,
        remplace,
        remplacee_par,
        reserves,
        _a_verifier,
        effacee,
    ) = rangee
    return EtatDemande(
        numero_editeur=numero_editeur,
        phase=_PHASES[phase],
        specification=specification,
        fichier=fichier,
        rang=rang,
        jour_preparation=jour_preparation,
        jour_phase=jour_phase,
        jour_depot=jour_depot,
        finess_geo=finess_geo,
        date_commande=date_commande,
        regime_tva=regime_tva,
        montant_segur_ht=euros(montant_centimes),
        avance=euros(avance_centimes),
        montant_paye=euros(paye_centimes),
        reference_paiement=reference_paiement,
        pieces=() if pieces == _VIDE else tuple(Piece(nom, sha256) for nom, sha256 in msgspec.json.decode(pieces)),
        numero_asp=numero_asp,
        code_traitement=code_traitement,
        libelle_traitement=libelle_traitement,
        motif=motif,
        remplace=remplace,
        remplacee_par=remplacee_par,
        reserves=()
        if reserves == _VIDE
        else tuple(Reserve(Issue(issue), asp) for issue, asp in msgspec.json.decode(reserves)),
        effacee=bool(effacee),
    )


def rangee_de_fichier(etat: EtatFichier) -> dict[str, object]:
    """Write a file's state as a row of ``segur_fichiers``."""
    return {
        "fichier": etat.fichier,
        "nom": etat.nom,
        "numero_ans": etat.numero_ans,
        "siret": etat.siret,
        "specification": etat.specification,
        "entete": etat.entete,
        "phase": etat.phase.value,
        "jour_preparation": etat.jour_preparation,
        "jour_depot": etat.jour_depot,
        "motif": etat.motif,
        "entame": etat.entame,
    }


def fichier_de_rangee(rangee: RowMapping) -> EtatFichier:
    """Read a file's state from its row."""
    return EtatFichier(
        fichier=rangee["fichier"],
        nom=rangee["nom"],
        numero_ans=rangee["numero_ans"],
        siret=rangee["siret"],
        specification=rangee["specification"],
        entete=rangee["entete"],
        phase=PhaseFichier(rangee["phase"]),
        jour_preparation=rangee["jour_preparation"],
        jour_depot=rangee["jour_depot"],
        motif=rangee["motif"],
        entame=bool(rangee["entame"]),
    )
