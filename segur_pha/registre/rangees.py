"""States ⇄ rows of the tables: money in whole cents, lists as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from segur_pha.registre.etats import EtatDemande, EtatFichier, Phase, PhaseFichier, Reserve
from segur_pha.registre.evenements import Piece
from segur_pha.retour.lecture import Issue

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

__all__ = ["centimes", "demande_de_rangee", "euros", "fichier_de_rangee", "rangee_de_demande", "rangee_de_fichier"]


def centimes(montant: Decimal | None) -> int | None:
    """Give an amount in cents.

    >>> centimes(Decimal("708.33"))
    70833
    """
    return None if montant is None else int(montant.scaleb(2))


def euros(nombre: int | None) -> Decimal | None:
    """Give cents as an amount.

    >>> euros(70800)
    Decimal('708.00')
    """
    return None if nombre is None else Decimal(nombre).scaleb(-2)


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
        "mois": f"{etat.jour_depot or etat.jour_preparation:%Y-%m}",
        "finess_geo": etat.finess_geo,
        "date_commande": etat.date_commande,
        "regime_tva": etat.regime_tva,
        "montant_centimes": centimes(etat.montant_segur_ht),
        "avance_centimes": centimes(etat.avance),
        "paye_centimes": centimes(etat.montant_paye),
        "reference_paiement": etat.reference_paiement,
        "pieces": msgspec.json.encode([(p.nom, p.sha256) for p in etat.pieces]).decode(),
        "numero_asp": etat.numero_asp,
        "code_traitement": etat.code_traitement,
        "libelle_traitement": etat.libelle_traitement,
        "motif": etat.motif,
        "remplace": etat.remplace,
        "remplacee_par": etat.remplacee_par,
        "reserves": msgspec.json.encode([(r.issue.value, r.numero_asp) for r in etat.reserves]).decode(),
        "a_verifier": etat.a_verifier,
        "effacee": etat.effacee,
    }


def demande_de_rangee(rangee: RowMapping) -> EtatDemande:
    """Read a request's state from its row."""
    return EtatDemande(
        numero_editeur=rangee["numero_editeur"],
        phase=Phase(rangee["phase"]),
        specification=rangee["specification"],
        fichier=rangee["fichier"],
        rang=rangee["rang"],
        jour_preparation=rangee["jour_preparation"],
        jour_phase=rangee["jour_phase"],
        jour_depot=rangee["jour_depot"],
        finess_geo=rangee["finess_geo"],
        date_commande=rangee["date_commande"],
        regime_tva=rangee["regime_tva"],
        montant_segur_ht=euros(rangee["montant_centimes"]),
        avance=euros(rangee["avance_centimes"]),
        montant_paye=euros(rangee["paye_centimes"]),
        reference_paiement=rangee["reference_paiement"],
        pieces=tuple(Piece(nom, sha256) for nom, sha256 in msgspec.json.decode(rangee["pieces"])),
        numero_asp=rangee["numero_asp"],
        code_traitement=rangee["code_traitement"],
        libelle_traitement=rangee["libelle_traitement"],
        motif=rangee["motif"],
        remplace=rangee["remplace"],
        remplacee_par=rangee["remplacee_par"],
        reserves=tuple(Reserve(Issue(issue), asp) for issue, asp in msgspec.json.decode(rangee["reserves"])),
        effacee=bool(rangee["effacee"]),
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
