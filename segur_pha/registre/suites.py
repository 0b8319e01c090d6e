"""What happens to one request once the portal has it: decision, payments, service, balance, check (decision 19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from segur_pha.argent import au_centime
from segur_pha.erreurs import RegistreError
from segur_pha.rapports.tableau import en_mots
from segur_pha.registre.etats import Changements, EtatDemande
from segur_pha.registre.evenements import (
    AvancePayee,
    DecisionRendue,
    DemandeAModifier,
    DemandeControlee,
    DemandeIncomplete,
    DemandeRegularisee,
    FactureEmise,
    Fait,
    ServiceFait,
    SoldeDemande,
    SoldePaye,
)
from segur_pha.registre.memoire import consequences, demande_connue, interdit
from segur_pha.registre.mots import FAITS
from segur_pha.retour.lignes import Issue

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from segur_pha.registre.memoire import EtatsEnMemoire

__all__ = ["changement", "solde_de_l_avance"]

_CHIFFRES: Final = 15
#: The caller's precision must not decide what a cent is.


def changement(demande: EtatDemande, etats: EtatsEnMemoire) -> Changements:
    """Return a request that changed and, for a balance request, the advance that it settles."""
    return Changements(demandes=(demande, *solde_de_l_avance(demande, etats)))


def solde_de_l_avance(solde: EtatDemande, etats: EtatsEnMemoire) -> tuple[EtatDemande, ...]:
    """Return the advance that a balance request settles, updated with what the ledger now knows about that request."""
    avance = None if solde.solde_de is None else etats.avance_soldee(solde)
    if avance is None:
        return ()
    demandee = solde.issue is not Issue.REJETEE and solde.attribuee is not False
    return (
        evolve(
            avance,
            jour_solde=solde.jour_depot if demandee else None,
            reference_solde=solde.numero_editeur if demandee and solde.jour_depot else "",
            montant_solde=solde.montant_paye,
            jour_solde_paye=solde.jour_paiement,
            reference_solde_paye=solde.reference_paiement,
        ),
    )


@consequences.register(DemandeIncomplete)
def _incomplete(evenement: DemandeIncomplete, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    if not _attend_l_asp(demande) or demande.jour_incomplete is not None:
        raise interdit(demande, "seule une demande déposée, que rien n’a encore décidée, peut être notée incomplète")
    return changement(evolve(demande, jour_incomplete=evenement.jour, motif_incomplete=evenement.motif), etats)


@consequences.register(DemandeAModifier)
def _a_modifier(evenement: DemandeAModifier, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    if not _attend_l_asp(demande) or demande.jour_modification is not None:
        raise interdit(demande, "seule une demande déposée, que rien n’a encore décidée, peut être notée à modifier")
    return changement(evolve(demande, jour_modification=evenement.jour, motif_modification=evenement.motif), etats)


@consequences.register(DemandeRegularisee)
def _regularisee(evenement: DemandeRegularisee, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    if demande.jour_incomplete is None and demande.jour_modification is None:
        raise interdit(demande, "elle n’est notée ni incomplète ni à modifier")
    levee = evolve(demande, jour_incomplete=None, motif_incomplete="", jour_modification=None, motif_modification="")
    return changement(levee, etats)


def _attend_l_asp(demande: EtatDemande) -> bool:
    return demande.jour_depot is not None and demande.issue is not Issue.REJETEE and demande.attribuee is None


@consequences.register(DecisionRendue)
def _decision_rendue(evenement: DecisionRendue, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    _exiger_nouveau(demande, Fait.DECISION, demande.jour_decision)
    if demande.issue is not Issue.ACCEPTEE:
        raise _interdit(demande, "la décision porte sur une demande acceptée")
    decidee = evolve(
        demande, attribuee=evenement.favorable, jour_decision=evenement.jour, motif_decision=evenement.motif
    )
    return changement(decidee, etats)


@consequences.register(AvancePayee)
def _avance_payee(evenement: AvancePayee, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    _exiger_nouveau(demande, Fait.PAIEMENT, demande.jour_paiement)
    if not demande.attribuee:
        raise _interdit(demande, "l’avance se paie une fois, après la décision d’attribution")
    payee = evolve(
        demande,
        montant_paye=_argent(evenement.montant),
        jour_paiement=evenement.jour,
        reference_paiement=evenement.reference,
    )
    return changement(payee, etats)


@consequences.register(ServiceFait)
def _service_fait(evenement: ServiceFait, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    _exiger_en_cours(demande)
    _exiger_nouveau(demande, Fait.SERVICE, demande.jour_service)
    adresse = "" if demande.effacee else evenement.adresse_mssante
    return changement(evolve(demande, jour_service=evenement.jour, adresse_mssante=adresse), etats)


@consequences.register(FactureEmise)
def _facture_emise(evenement: FactureEmise, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    _exiger_en_cours(demande)
    _exiger_nouveau(demande, Fait.FACTURE, demande.jour_facture)
    return changement(evolve(demande, jour_facture=evenement.jour, reference_facture=evenement.reference), etats)


def _interdit(demande: EtatDemande, raison: str) -> RegistreError:
    """Say why a fact may not be noted for a request, and which request has replaced it."""
    suivante = demande.remplacee_par
    return interdit(
        demande, raison if suivante is None else f"{raison} ; la demande {suivante} la remplace, notez-le sur celle-ci"
    )


def _exiger_nouveau(demande: EtatDemande, fait: Fait, jour: date | None) -> None:
    if jour is not None:
        raise interdit(
            demande,
            f"le fait « {FAITS[fait]} » est déjà noté, le {en_mots(jour)} ; s’il était faux, annulez-le d’abord (segur-pha "
            f"registre annuler {demande.numero_editeur} {fait} --motif …)",
        )


def _exiger_en_cours(demande: EtatDemande) -> None:
    if demande.jour_depot is None or demande.issue is Issue.REJETEE or demande.attribuee is False:
        raise _interdit(demande, "seule une demande déposée, ni rejetée ni refusée, a une suite")


@consequences.register(SoldeDemande)
def _solde_demande(evenement: SoldeDemande, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    _exiger_nouveau(demande, Fait.SOLDE, demande.jour_solde)
    if not demande.attribuee or demande.solde_de is not None:
        raise _interdit(demande, "le solde se demande une fois, après la décision d’attribution")
    return changement(evolve(demande, jour_solde=evenement.jour, reference_solde=evenement.reference), etats)


@consequences.register(SoldePaye)
def _solde_paye(evenement: SoldePaye, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    _exiger_nouveau(demande, Fait.SOLDE_PAYE, demande.jour_solde_paye)
    if demande.jour_solde is None:
        raise _interdit(demande, "le solde se paie une fois, après avoir été demandé")
    paye = evolve(
        demande,
        montant_solde=_argent(evenement.montant),
        jour_solde_paye=evenement.jour,
        reference_solde_paye=evenement.reference,
    )
    return changement(paye, etats)


@consequences.register(DemandeControlee)
def _controlee(evenement: DemandeControlee, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    _exiger_nouveau(demande, Fait.CONTROLE, demande.jour_controle)
    if demande.jour_paiement is None:
        raise _interdit(demande, "le contrôle a posteriori se note une fois, sur une demande payée")
    return changement(evolve(demande, jour_controle=evenement.jour, motif_controle=evenement.motif), etats)


def _argent(montant: Decimal) -> Decimal:
    # No payment has that many digits, and a column of cents could not hold many more.
    de_l_argent = montant.is_finite() and montant > 0 and montant.adjusted() < _CHIFFRES
    if not de_l_argent or not au_centime(montant):
        raise RegistreError("Montant payé : indiquez des euros et des centimes, plus que zéro, comme 255.00.")
    return montant
