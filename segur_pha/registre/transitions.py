"""What becomes of files and of the answers to them, as rules of the pure reducer.

What happens to a request after the portal's answer is in :mod:`segur_pha.registre.suites`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import evolve

from segur_pha.erreurs import RegistreError
from segur_pha.registre.etats import Changements, EtapeFichier, EtatDemande, EtatFichier, Phase, PhaseFichier, Reserve
from segur_pha.registre.evenements import (
    DemandePreparee,
    DonneesEffacees,
    FichierAbandonne,
    FichierDepose,
    FichierPrepare,
    FichierRefuse,
    LigneRecue,
    NumerosReserves,
    RetourRecu,
)
from segur_pha.registre.memoire import consequences, demande_connue, fichier_connu, interdit
from segur_pha.registre.suites import changement, solde_de_l_avance
from segur_pha.retour.lignes import Issue

if TYPE_CHECKING:
    from segur_pha.registre.memoire import EtatsEnMemoire

__all__ = ["etape", "peut_se_contredire", "vaut_acceptation"]


@consequences.register(NumerosReserves)
def _numeros_reserves(evenement: NumerosReserves, etats: EtatsEnMemoire) -> Changements:
    cles = tuple((evenement.specification, numero) for numero in evenement.numeros)
    if etats.numeros.intersection(cles) or len(set(cles)) < len(cles):
        raise RegistreError("Un numéro éditeur ne se réserve qu’une fois.")
    return Changements(numeros=cles)


_A_REFAIRE: Final = frozenset({PhaseFichier.PREPARE, PhaseFichier.ABANDONNE, PhaseFichier.REFUSE})


@consequences.register(FichierPrepare)
def _fichier_prepare(evenement: FichierPrepare, etats: EtatsEnMemoire) -> Changements:
    connu = etats.fichiers.get(evenement.fichier)
    # A preparation that was stopped or given up may be made again: no deposit of the file was recorded.  Nor was anything taken
    # of a file that was refused.
    if connu is not None and connu.phase not in _A_REFAIRE:
        raise RegistreError(f"Le fichier {connu.nom}, identique, est déjà au registre ({connu.phase}).")
    fichier = EtatFichier(
        fichier=evenement.fichier,
        nom=evenement.nom,
        numero_ans=evenement.numero_ans,
        siret=evenement.siret,
        specification=evenement.specification,
        entete=evenement.entete,
        jour_preparation=evenement.jour,
    )
    return Changements(fichiers=(fichier,))


@consequences.register(DemandePreparee)
def _demande_preparee(evenement: DemandePreparee, etats: EtatsEnMemoire) -> Changements:
    cle = (evenement.specification, evenement.numero_editeur)
    fichier = fichier_connu(etats, evenement.fichier)
    if fichier.phase is not PhaseFichier.PREPARE:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : on n’y ajoute plus de demande.")
    connue = etats.demandes.get(cle)
    la_meme = connue is not None and (connue.fichier, connue.rang) == (evenement.fichier, evenement.rang)
    if connue is not None and not _peut_repartir(connue, etats, la_meme=la_meme):
        raise interdit(connue, _pourquoi_pas(connue, evenement.fichier, etats))
    remplace = evenement.remplace or (connue.remplace if connue is not None else None)
    preparee = EtatDemande(
        numero_editeur=evenement.numero_editeur,
        specification=evenement.specification,
        fichier=evenement.fichier,
        rang=evenement.rang,
        jour_preparation=evenement.jour,
        finess_geo=evenement.finess_geo,
        date_commande=evenement.date_commande,
        regime_tva=evenement.regime_tva,
        montant_segur_ht=evenement.montant_segur_ht,
        avance=evenement.avance,
        pieces=evenement.pieces,
        remplace=remplace,
        solde_de=evenement.solde_de,
        reserves=() if connue is None else connue.reserves,
    )
    ancienne = _remplacee(preparee, connue, etats)
    quitte = () if connue is None or la_meme else (evolve(fichier_connu(etats, connue.fichier), entame=True),)
    return Changements(demandes=(preparee, *ancienne), fichiers=quitte, numeros=(cle,))


def _peut_repartir(demande: EtatDemande, etats: EtatsEnMemoire, *, la_meme: bool) -> bool:
    """Tell whether a request may be sent again under its number, since the portal has not taken it.

    Its file was refused by the 1st control, or given up; or it is ``la_meme``, in a file that is prepared again unchanged.
    """
    if demande.phase is Phase.ABANDONNEE:
        return True
    refuse = etats.fichiers[demande.fichier].phase is PhaseFichier.REFUSE
    return demande.phase is Phase.PREPAREE and (la_meme or refuse)


def _pourquoi_pas(demande: EtatDemande, fichier: str, etats: EtatsEnMemoire) -> str:
    if demande.phase is Phase.PREPAREE and demande.fichier != fichier:
        return (
            f"elle attend dans le fichier {etats.fichiers[demande.fichier].nom} ; si personne n’a ce fichier, abandonnez-le "
            "(segur-pha registre abandonner), sinon donnez un nouveau numéro à la demande"
        )
    return "un numéro éditeur ne sert qu’une fois ; donnez un nouveau numéro à la demande"


def _remplacee(preparee: EtatDemande, connue: EtatDemande | None, etats: EtatsEnMemoire) -> tuple[EtatDemande, ...]:
    """Link the rejected request to the one that replaces it."""
    if preparee.remplace is None:
        return ()
    ancienne = demande_connue(etats, preparee.specification, preparee.remplace)
    # If a request was given up, what it replaced waits again.
    liee = None if connue is None or connue.phase is Phase.ABANDONNEE else connue.remplace
    if liee == preparee.remplace:
        return ()
    if connue is not None and liee is not None:
        raise interdit(connue, f"elle remplace déjà la demande {liee}")
    if ancienne.phase is not Phase.REJETEE:
        raise interdit(ancienne, "seule une demande rejetée se resoumet")
    if ancienne.remplacee_par is not None:
        raise interdit(ancienne, f"elle est déjà remplacée par la demande {ancienne.remplacee_par}")
    return (evolve(ancienne, remplacee_par=preparee.numero_editeur),)


@consequences.register(FichierDepose)
def _fichier_depose(evenement: FichierDepose, etats: EtatsEnMemoire) -> Changements:
    fichier = fichier_connu(etats, evenement.fichier)
    # The portal's answer proves a deposit that somebody had recorded as given up.
    permises = {PhaseFichier.PREPARE, PhaseFichier.REFUSE, *([PhaseFichier.ABANDONNE] if evenement.deduit else [])}
    if fichier.phase not in permises:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : il ne se dépose pas une seconde fois.")
    if fichier.entame:
        raise RegistreError(
            f"Des demandes du fichier {fichier.nom} sont reparties dans un autre : il ne se dépose plus."
        )
    return etape(fichier, EtapeFichier(PhaseFichier.DEPOSE, evenement.jour), etats)


def etape(fichier: EtatFichier, suivante: EtapeFichier | None, etats: EtatsEnMemoire) -> Changements:
    """Return what changes when a file takes a step or, with ``None``, when its last step is taken back."""
    apres = evolve(fichier, etapes=fichier.etapes[:-1] if suivante is None else (*fichier.etapes, suivante))
    derniere = apres.etapes[-1] if apres.etapes else None
    jour = {derniere.phase: derniere.jour} if derniere else {}
    changees = []
    for demande in etats.demandes_du_fichier(fichier.fichier):
        suite = evolve(
            demande,
            jour_depot=jour.get(PhaseFichier.DEPOSE),
            jour_refus=jour.get(PhaseFichier.REFUSE),
            jour_abandon=jour.get(PhaseFichier.ABANDONNE),
            motif_abandon=apres.motif if apres.phase is PhaseFichier.ABANDONNE else "",
        )
        changees += [suite, *_lien(suite, demande, etats), *solde_de_l_avance(suite, etats)]
    return Changements(demandes=tuple(changees), fichiers=(apres,))


def _lien(demande: EtatDemande, avant: EtatDemande, etats: EtatsEnMemoire) -> tuple[EtatDemande, ...]:
    """Return what a request replaces: it waits again when that request is given up, and no longer if that is taken back."""
    if demande.remplace is None:
        return ()
    ancienne = demande_connue(etats, demande.specification, demande.remplace)
    if demande.jour_abandon is not None:
        return (evolve(ancienne, remplacee_par=None),)
    if avant.jour_abandon is not None and ancienne.remplacee_par is None:
        return (evolve(ancienne, remplacee_par=demande.numero_editeur),)
    return ()


@consequences.register(FichierRefuse)
def _fichier_refuse(evenement: FichierRefuse, etats: EtatsEnMemoire) -> Changements:
    fichier = fichier_connu(etats, evenement.fichier)
    if fichier.phase is not PhaseFichier.DEPOSE:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : seul un fichier déposé peut être refusé.")
    for demande in etats.demandes_du_fichier(evenement.fichier):
        if demande.phase is not Phase.DEPOSEE:
            raise interdit(demande, "elle a reçu une réponse : son fichier n’a pas été refusé en entier")
    return etape(fichier, EtapeFichier(PhaseFichier.REFUSE, evenement.jour, evenement.motif), etats)


@consequences.register(FichierAbandonne)
def _fichier_abandonne(evenement: FichierAbandonne, etats: EtatsEnMemoire) -> Changements:
    fichier = fichier_connu(etats, evenement.fichier)
    if fichier.phase not in {PhaseFichier.PREPARE, PhaseFichier.REFUSE}:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : il ne s’abandonne pas.")
    return etape(fichier, EtapeFichier(PhaseFichier.ABANDONNE, evenement.jour, evenement.motif), etats)


@consequences.register(RetourRecu)
def _retour_recu(evenement: RetourRecu, etats: EtatsEnMemoire) -> Changements:
    if evenement.retour in etats.retours:
        raise RegistreError("Cette réponse est déjà enregistrée.")
    fichier = fichier_connu(etats, evenement.fichier)
    if fichier.phase is not PhaseFichier.DEPOSE:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : il ne peut pas avoir de réponse.")
    return Changements(fichiers=(evolve(fichier, repondu=True),), retours=(evenement.retour,))


@consequences.register(LigneRecue)
def _ligne_recue(evenement: LigneRecue, etats: EtatsEnMemoire) -> Changements:
    numero = evenement.numero_editeur
    demande = None if numero is None else etats.demandes.get((evenement.specification, numero))
    if not evenement.appliquee:
        return Changements() if demande is None else _reservee(demande, evenement)
    if demande is None or demande.fichier != evenement.fichier:
        raise RegistreError("Une réponse ne s’applique qu’à une demande de son fichier.")
    if evenement.issue is Issue.NON_TRAITEE:
        return _levee(demande, evenement) if evenement.admise else Changements()
    suivante = _repondue(demande, evenement, etats)
    return Changements() if suivante == demande else changement(suivante, etats)


def _reservee(demande: EtatDemande, evenement: LigneRecue) -> Changements:
    reserve = _reserve(evenement)
    if reserve in demande.reserves:
        return Changements()
    return Changements(demandes=(evolve(demande, reserves=tuple(sorted((*demande.reserves, reserve)))),))


def vaut_acceptation(issue: Issue, numero_asp: str | None) -> bool:
    """Tell whether a line is an acceptance, or may be admitted as one because it is ambiguous and has a numeroASP.

    >>> vaut_acceptation(Issue.AMBIGUE, "ASP-00001"), vaut_acceptation(Issue.AMBIGUE, None)
    (True, False)
    """
    return issue is Issue.ACCEPTEE or (issue is Issue.AMBIGUE and numero_asp is not None)


def _levee(demande: EtatDemande, evenement: LigneRecue) -> Changements:
    """Remove the doubt left by this very answer: a person says that it does not answer anything yet."""
    restantes = tuple(r for r in demande.reserves if r != _reserve(evenement))
    return (
        Changements() if restantes == demande.reserves else Changements(demandes=(evolve(demande, reserves=restantes),))
    )


def _reserve(evenement: LigneRecue) -> Reserve:
    return Reserve(evenement.issue, evenement.numero_asp or "")


def _repondue(demande: EtatDemande, evenement: LigneRecue, etats: EtatsEnMemoire) -> EtatDemande:
    if vaut_acceptation(evenement.issue, evenement.numero_asp if evenement.admise else None):
        issue, asp = Issue.ACCEPTEE, evenement.numero_asp
        if asp is None or etats.asp.get((demande.specification, asp)) not in {None, demande.numero_editeur}:
            raise interdit(demande, "une acceptation porte une référence de l’ASP qui n’est à aucune autre demande")
    elif evenement.issue is Issue.REJETEE:
        issue, asp = Issue.REJETEE, None
    else:
        raise interdit(demande, "une réponse ambiguë ne s’applique pas")
    if (demande.issue, demande.numero_asp) == (issue, asp):
        return evolve(demande, reserves=()) if evenement.admise else demande
    if not demande.attend_une_reponse and not (evenement.admise and peut_se_contredire(demande)):
        raise interdit(demande, f"elle ne peut pas devenir {issue}")
    return evolve(
        demande,
        issue=issue,
        jour_reponse=evenement.jour,
        numero_asp=asp,
        code_traitement=evenement.code_traitement,
        libelle_traitement=evenement.libelle_traitement,
        # What this answer said when it could not be acted on no longer counts as a doubt.
        reserves=() if evenement.admise else tuple(r for r in demande.reserves if r != _reserve(evenement)),
    )


def peut_se_contredire(demande: EtatDemande) -> bool:
    """Tell whether a person's word is enough to accept an answer that contradicts one that was acted on."""
    return demande.issue is not None and demande.attribuee is None and demande.remplacee_par is None


@consequences.register(DonneesEffacees)
def _donnees_effacees(evenement: DonneesEffacees, etats: EtatsEnMemoire) -> Changements:
    demandes = etats.demandes_du_finess(evenement.finess_geo)
    if not demandes:
        raise RegistreError("Le registre n’a aucune demande de cette officine.")
    return Changements(demandes=tuple(evolve(d, effacee=True, adresse_mssante="") for d in demandes if not d.effacee))
