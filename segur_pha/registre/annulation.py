"""Taking back a fact noted by mistake: the state is as if it had never been noted, while the journal keeps both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from attrs import evolve

from segur_pha.erreurs import RegistreError
from segur_pha.registre.etats import Changements, EtatDemande, PhaseFichier, Reserve
from segur_pha.registre.evenements import Fait, FaitAnnule, ReponseAnnulee, RetourAnnule
from segur_pha.registre.memoire import consequences, demande_connue, fichier_connu, interdit
from segur_pha.registre.mots import FAITS
from segur_pha.registre.suites import changement
from segur_pha.registre.transitions import etape
from segur_pha.retour.lignes import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segur_pha.registre.memoire import EtatsEnMemoire

__all__ = ["CHAMPS", "FAITS_DU_FICHIER"]

#: The facts about a whole file, and the step that each takes back.
FAITS_DU_FICHIER: Final = {
    Fait.DEPOT: PhaseFichier.DEPOSE,
    Fait.REFUS: PhaseFichier.REFUSE,
    Fait.ABANDON: PhaseFichier.ABANDONNE,
}
#: The attributes that hold a fact: its day, which tells whether it was noted, its value if it has one, its words.
CHAMPS: Final[dict[Fait, tuple[str, ...]]] = {
    Fait.INCOMPLETE: ("jour_incomplete", "motif_incomplete"),
    Fait.MODIFICATION: ("jour_modification", "motif_modification"),
    Fait.DECISION: ("jour_decision", "attribuee", "motif_decision"),
    Fait.PAIEMENT: ("jour_paiement", "montant_paye", "reference_paiement"),
    Fait.SERVICE: ("jour_service", "adresse_mssante"),
    Fait.FACTURE: ("jour_facture", "reference_facture"),
    Fait.SOLDE: ("jour_solde", "reference_solde"),
    Fait.SOLDE_PAYE: ("jour_solde_paye", "montant_solde", "reference_solde_paye"),
    Fait.CONTROLE: ("jour_controle", "motif_controle"),
}
#: The facts that rest on another one, and must be taken back before it.
_AVANT: Final[dict[Fait, tuple[Fait, ...]]] = {
    Fait.DECISION: (Fait.PAIEMENT, Fait.SOLDE),
    Fait.PAIEMENT: (Fait.CONTROLE,),
    Fait.SOLDE: (Fait.SOLDE_PAYE,),
}
_DEFAUTS: Final = {champ.name: champ.default for champ in attrs.fields(EtatDemande)}


@consequences.register(FaitAnnule)
def _fait_annule(evenement: FaitAnnule, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    if evenement.fait in FAITS_DU_FICHIER:
        return _etape_annulee(demande, evenement.fait, etats)
    if getattr(demande, CHAMPS[evenement.fait][0]) is None:
        raise interdit(demande, f"il n’y a pas de fait « {FAITS[evenement.fait]} » à annuler")
    for suivant in _AVANT.get(evenement.fait, ()):
        if getattr(demande, CHAMPS[suivant][0]) is not None:
            raise interdit(
                demande, f"annulez d’abord le fait « {FAITS[suivant]} », qui repose sur « {FAITS[evenement.fait]} »"
            )
    sans: dict[str, Any] = {nom: _DEFAUTS[nom] for nom in CHAMPS[evenement.fait]}
    return changement(evolve(demande, **sans), etats)


def _etape_annulee(demande: EtatDemande, fait: Fait, etats: EtatsEnMemoire) -> Changements:
    fichier = fichier_connu(etats, demande.fichier)
    if fichier.phase is not FAITS_DU_FICHIER[fait]:
        raise interdit(
            demande, f"le fichier {fichier.nom} est {fichier.phase} : il n’y a pas de « {FAITS[fait]} » à annuler"
        )
    if fichier.entame:
        raise interdit(demande, f"des demandes du fichier {fichier.nom} sont reparties dans un autre")
    demandes = etats.demandes_du_fichier(fichier.fichier)
    if fait is Fait.DEPOT and (fichier.repondu or any(_a_une_suite(d) for d in demandes)):
        raise interdit(demande, f"le fichier {fichier.nom} a eu une suite, qui prouve son dépôt")
    if fait is Fait.ABANDON:
        for abandonnee in demandes:
            ancienne = etats.demandes.get((abandonnee.specification, abandonnee.remplace or ""))
            if ancienne is not None and ancienne.remplacee_par is not None:
                raise interdit(ancienne, f"elle est déjà remplacée par la demande {ancienne.remplacee_par}")
    return etape(fichier, None, etats)


def _a_une_suite(demande: EtatDemande) -> bool:
    suites = (demande.jour_incomplete, demande.jour_modification, demande.jour_service, demande.jour_facture)
    return demande.issue in {Issue.ACCEPTEE, Issue.REJETEE} or any(jour is not None for jour in suites)


#: The facts that rest on an acceptance, and those that rest on a request not being rejected: they are taken back first.
_SUR_UNE_ACCEPTATION: Final = (Fait.DECISION, Fait.SOLDE)
_SUR_AUCUN_REJET: Final = (Fait.INCOMPLETE, Fait.MODIFICATION, Fait.SERVICE, Fait.FACTURE)


@consequences.register(ReponseAnnulee)
def _reponse_annulee(evenement: ReponseAnnulee, etats: EtatsEnMemoire) -> Changements:
    demande = demande_connue(etats, evenement.specification, evenement.numero_editeur)
    asp = evenement.numero_asp
    if (
        asp is not None
        and etats.asp.get((demande.specification, asp), demande.numero_editeur) != demande.numero_editeur
    ):
        raise interdit(demande, "sans cette réponse, une autre lui donnerait la référence de l’ASP d’une autre demande")
    apres = evolve(
        demande,
        issue=evenement.issue,
        jour_reponse=evenement.jour_reponse,
        numero_asp=asp,
        code_traitement=evenement.code_traitement,
        libelle_traitement=evenement.libelle_traitement,
        reserves=tuple(Reserve(*reserve) for reserve in evenement.reserves),
    )
    if (apres.issue, apres.numero_asp) != (demande.issue, demande.numero_asp):
        _exiger_sans_suite(
            demande, (*_SUR_UNE_ACCEPTATION, *(_SUR_AUCUN_REJET if apres.issue is Issue.REJETEE else ()))
        )
    return Changements() if apres == demande else changement(apres, etats)


def _exiger_sans_suite(demande: EtatDemande, faits: Iterable[Fait]) -> None:
    if demande.remplacee_par is not None:
        raise interdit(
            demande,
            f"elle est déjà remplacée par la demande {demande.remplacee_par}, dont le fichier s’abandonne d’abord",
        )
    for fait in faits:
        if getattr(demande, CHAMPS[fait][0]) is not None:
            raise interdit(demande, f"annulez d’abord le fait « {FAITS[fait]} », qui repose sur cette réponse")


@consequences.register(RetourAnnule)
def _retour_annule(evenement: RetourAnnule, etats: EtatsEnMemoire) -> Changements:
    fichier = fichier_connu(etats, evenement.fichier)
    if evenement.retour not in etats.retours:
        raise RegistreError("Cette réponse n’est pas au registre, ou elle est déjà annulée.")
    fichier = evolve(fichier, repondu=evenement.repondu)
    if not evenement.depot:
        return Changements(fichiers=(fichier,), retours_annules=(evenement.retour,))
    for demande in etats.demandes_du_fichier(fichier.fichier):
        if fichier.phase is not PhaseFichier.DEPOSE or _a_une_suite(demande):
            raise interdit(
                demande, f"le dépôt du fichier {fichier.nom} a une autre suite que cette réponse ; annulez-la d’abord"
            )
    return evolve(etape(fichier, None, etats), retours_annules=(evenement.retour,))
