"""The heart of the ledger: a pure reducer.  :func:`consequences` says what one event changes, given what is known.

An event that may not happen raises :class:`~segur_pha.RegistreError`.  The SQL storage calls this same function, so there is
one truth; :func:`~segur_pha.registre.carnet.rejouer` is its oracle.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import singledispatch
from typing import Final

from attrs import evolve

from segur_pha.erreurs import RegistreError
from segur_pha.registre.etats import ACCORDEES, Changements, EtatDemande, EtatFichier, Phase, PhaseFichier, Reserve, Vue
from segur_pha.registre.evenements import (
    AvancePayee,
    DecisionRendue,
    DemandePreparee,
    DonneesEffacees,
    Evenement,
    FichierAbandonne,
    FichierDepose,
    FichierPrepare,
    FichierRefuse,
    LigneRecue,
    NumerosReserves,
    RetourRecu,
)
from segur_pha.retour.lecture import Issue

__all__ = ["consequences", "vaut_acceptation"]

_CHIFFRES: Final = 15
_CENTIME: Final = Decimal("0.01")
#: The caller's precision must not decide what a cent is.
_CONTEXTE: Final = Context(prec=60)


@singledispatch
def consequences(evenement: Evenement, vue: Vue) -> Changements:
    """Say what an event changes; pure.

    Raises :class:`~segur_pha.RegistreError` when it may not happen, given what ``vue`` knows.

    >>> from datetime import date
    >>> from segur_pha.registre.carnet import Carnet
    >>> consequences(FichierDepose(jour=date(2022, 11, 15), fichier="ab12"), Carnet())
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.RegistreError: Fichier inconnu du registre (ab12) : enregistrez d’abord sa préparation.
    """
    del vue
    raise TypeError(type(evenement).__name__)


@consequences.register
def _numeros_reserves(evenement: NumerosReserves, vue: Vue) -> Changements:
    deja = [numero for numero in evenement.numeros if vue.numero_reserve(numero)]
    if deja or len(set(evenement.numeros)) < len(evenement.numeros):
        raise RegistreError("Un numéro éditeur ne se réserve qu’une fois.", balise="numeroEditeur")
    return Changements(numeros=evenement.numeros)


@consequences.register
def _fichier_prepare(evenement: FichierPrepare, vue: Vue) -> Changements:
    connu = vue.fichier(evenement.fichier)
    # A preparation that was stopped, or given up, may be made again: nobody has recorded that the file left.
    if connu is not None and connu.phase not in {PhaseFichier.PREPARE, PhaseFichier.ABANDONNE}:
        raise RegistreError(f"Le fichier {connu.nom}, identique, est déjà au registre ({connu.phase}).")
    return Changements(
        fichiers=(
            EtatFichier(
                fichier=evenement.fichier,
                nom=evenement.nom,
                numero_ans=evenement.numero_ans,
                siret=evenement.siret,
                specification=evenement.specification,
                entete=evenement.entete,
                phase=PhaseFichier.PREPARE,
                jour_preparation=evenement.jour,
            ),
        )
    )


@consequences.register
def _demande_preparee(evenement: DemandePreparee, vue: Vue) -> Changements:
    numero = evenement.numero_editeur
    fichier = _fichier(vue, evenement.fichier)
    if fichier.phase is not PhaseFichier.PREPARE:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : on n’y ajoute plus de demande.")
    connue = vue.demande(numero)
    la_meme = connue is not None and (connue.fichier, connue.rang) == (evenement.fichier, evenement.rang)
    if connue is not None and not _peut_repartir(connue, vue, la_meme=la_meme):
        raise _interdit(connue, _pourquoi_pas(connue, evenement.fichier, vue))
    remplace = evenement.remplace or (connue.remplace if connue is not None else None)
    preparee = EtatDemande(
        numero_editeur=numero,
        phase=Phase.PREPAREE,
        specification=evenement.specification,
        fichier=evenement.fichier,
        rang=evenement.rang,
        jour_preparation=evenement.jour,
        jour_phase=evenement.jour,
        finess_geo=evenement.finess_geo,
        date_commande=evenement.date_commande,
        regime_tva=evenement.regime_tva,
        montant_segur_ht=evenement.montant_segur_ht,
        avance=evenement.avance,
        pieces=evenement.pieces,
        remplace=remplace,
        reserves=() if connue is None else connue.reserves,
    )
    ancienne = _remplacee(preparee, connue, vue)
    quitte = () if connue is None or la_meme else (evolve(_fichier(vue, connue.fichier), entame=True),)
    return Changements(demandes=(preparee, *ancienne), fichiers=quitte, numeros=(numero,))


def _peut_repartir(demande: EtatDemande, vue: Vue, *, la_meme: bool) -> bool:
    """Tell whether a request may go again under its number: nobody has taken it.

    Its file was refused by the 1st control, or given up; or it is ``la_meme``, of a file that is prepared again as it was.
    """
    if demande.phase is Phase.ABANDONNEE:
        return True
    fichier = vue.fichier(demande.fichier)
    return demande.phase is Phase.PREPAREE and fichier is not None and (la_meme or fichier.phase is PhaseFichier.REFUSE)


def _pourquoi_pas(demande: EtatDemande, fichier: str, vue: Vue) -> str:
    if demande.phase is Phase.PREPAREE and demande.fichier != fichier:
        return (
            f"elle attend dans le fichier {_fichier(vue, demande.fichier).nom} ; si personne n’a ce fichier, abandonnez-le "
            "(segur-pha registre abandonner), sinon donnez un nouveau numéro à la demande"
        )
    return "un numéro éditeur ne sert qu’une fois ; donnez un nouveau numéro à la demande"


def _remplacee(preparee: EtatDemande, connue: EtatDemande | None, vue: Vue) -> tuple[EtatDemande, ...]:
    """Link the rejected request to the one that replaces it."""
    if preparee.remplace is None:
        return ()
    ancienne = _demande(vue, preparee.remplace)
    # Of a request that was given up, what it replaced waits again.
    liee = None if connue is None or connue.phase is Phase.ABANDONNEE else connue.remplace
    if liee == preparee.remplace:
        return ()
    if connue is not None and liee is not None:
        raise _interdit(connue, f"elle remplace déjà la demande {liee}")
    if ancienne.phase is not Phase.REJETEE:
        raise _interdit(ancienne, "seule une demande rejetée se resoumet")
    if ancienne.remplacee_par is not None:
        raise _interdit(ancienne, f"elle est déjà remplacée par la demande {ancienne.remplacee_par}")
    return (evolve(ancienne, remplacee_par=preparee.numero_editeur),)


@consequences.register
def _fichier_depose(evenement: FichierDepose, vue: Vue) -> Changements:
    fichier = _fichier(vue, evenement.fichier)
    # The portal's answer proves a deposit that somebody thought would never be made.
    permises = {PhaseFichier.PREPARE, PhaseFichier.REFUSE, *([PhaseFichier.ABANDONNE] if evenement.deduit else [])}
    if fichier.phase not in permises:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : il ne se dépose pas une seconde fois.")
    if fichier.entame:
        raise RegistreError(
            f"Des demandes du fichier {fichier.nom} sont reparties dans un autre : il ne se dépose plus."
        )
    changees = []
    for demande in vue.demandes_du_fichier(evenement.fichier):
        changees.append(
            evolve(demande, phase=Phase.DEPOSEE, jour_phase=evenement.jour, jour_depot=evenement.jour, motif="")
        )
        ancienne = None if demande.remplace is None else _demande(vue, demande.remplace)
        if ancienne is not None and ancienne.remplacee_par is None:
            changees.append(evolve(ancienne, remplacee_par=demande.numero_editeur))
    return Changements(
        demandes=tuple(changees),
        fichiers=(evolve(fichier, phase=PhaseFichier.DEPOSE, jour_depot=evenement.jour, motif=""),),
    )


@consequences.register
def _fichier_refuse(evenement: FichierRefuse, vue: Vue) -> Changements:
    fichier = _fichier(vue, evenement.fichier)
    if fichier.phase is not PhaseFichier.DEPOSE:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : seul un fichier déposé peut être refusé.")
    demandes = vue.demandes_du_fichier(evenement.fichier)
    for demande in demandes:
        if demande.phase is not Phase.DEPOSEE:
            raise _interdit(demande, "elle a reçu une réponse : son fichier n’a pas été refusé en entier")
    return Changements(
        demandes=tuple(evolve(d, phase=Phase.PREPAREE, jour_phase=evenement.jour, jour_depot=None) for d in demandes),
        fichiers=(evolve(fichier, phase=PhaseFichier.REFUSE, jour_depot=None, motif=evenement.motif),),
    )


@consequences.register
def _fichier_abandonne(evenement: FichierAbandonne, vue: Vue) -> Changements:
    fichier = _fichier(vue, evenement.fichier)
    if fichier.phase not in {PhaseFichier.PREPARE, PhaseFichier.REFUSE}:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : il ne s’abandonne pas.")
    changees = []
    for demande in vue.demandes_du_fichier(evenement.fichier):
        changees.append(evolve(demande, phase=Phase.ABANDONNEE, jour_phase=evenement.jour, motif=evenement.motif))
        # What it was to replace is once more waiting to be resubmitted.
        if demande.remplace is not None:
            changees.append(evolve(_demande(vue, demande.remplace), remplacee_par=None))
    return Changements(
        demandes=tuple(changees), fichiers=(evolve(fichier, phase=PhaseFichier.ABANDONNE, motif=evenement.motif),)
    )


@consequences.register
def _retour_recu(evenement: RetourRecu, vue: Vue) -> Changements:
    if vue.retour_connu(evenement.retour):
        raise RegistreError("Cette réponse est déjà enregistrée.")
    fichier = _fichier(vue, evenement.fichier)
    if fichier.phase is not PhaseFichier.DEPOSE:
        raise RegistreError(f"Le fichier {fichier.nom} est {fichier.phase} : il ne peut pas avoir de réponse.")
    return Changements(retours=(evenement.retour,))


@consequences.register
def _ligne_recue(evenement: LigneRecue, vue: Vue) -> Changements:
    demande = None if evenement.numero_editeur is None else vue.demande(evenement.numero_editeur)
    if not evenement.appliquee:
        return Changements() if demande is None else _reservee(demande, evenement)
    if demande is None or demande.fichier != evenement.fichier:
        raise RegistreError("Une réponse ne s’applique qu’à une demande de son fichier.", balise="numeroEditeur")
    if evenement.issue is Issue.NON_TRAITEE:
        return _levee(demande, evenement) if evenement.admise else Changements()
    suivante = _repondue(demande, evenement, vue)
    return Changements() if suivante == demande else Changements(demandes=(suivante,))


def _reservee(demande: EtatDemande, evenement: LigneRecue) -> Changements:
    reserve = _reserve(evenement)
    if reserve in demande.reserves:
        return Changements()
    return Changements(demandes=(evolve(demande, reserves=tuple(sorted((*demande.reserves, reserve)))),))


def vaut_acceptation(issue: Issue, numero_asp: str | None) -> bool:
    """Tell whether a line is an acceptance, or may be admitted as one: it is ambiguous, and bears a numeroASP.

    >>> vaut_acceptation(Issue.AMBIGUE, "ASP-00001"), vaut_acceptation(Issue.AMBIGUE, None)
    (True, False)
    """
    return issue is Issue.ACCEPTEE or (issue is Issue.AMBIGUE and numero_asp is not None)


def _levee(demande: EtatDemande, evenement: LigneRecue) -> Changements:
    """Take back the doubt that this very answer had left: a person says that it answers nothing yet."""
    restantes = tuple(r for r in demande.reserves if r != _reserve(evenement))
    return (
        Changements() if restantes == demande.reserves else Changements(demandes=(evolve(demande, reserves=restantes),))
    )


def _reserve(evenement: LigneRecue) -> Reserve:
    return Reserve(evenement.issue, evenement.numero_asp or "")


def _repondue(demande: EtatDemande, evenement: LigneRecue, vue: Vue) -> EtatDemande:
    if vaut_acceptation(evenement.issue, evenement.numero_asp if evenement.admise else None):
        phase, asp = Phase.ACCEPTEE, evenement.numero_asp
        if asp is None or vue.porteur(asp) not in {None, demande.numero_editeur}:
            raise _interdit(demande, "une acceptation porte un numeroASP qui n’est à aucune autre demande", "numeroASP")
        deja = demande.phase in ACCORDEES and demande.numero_asp == asp
    elif evenement.issue is Issue.REJETEE:
        phase, asp = Phase.REJETEE, None
        deja = demande.phase is Phase.REJETEE
    else:
        raise _interdit(demande, "une réponse ambiguë ne s’applique pas")
    if deja:
        return evolve(demande, reserves=()) if evenement.admise else demande
    contraire = demande.phase in {Phase.ACCEPTEE, Phase.REJETEE} and demande.remplacee_par is None
    if demande.phase is not Phase.DEPOSEE and not (evenement.admise and contraire):
        raise _interdit(demande, f"elle ne peut pas devenir {phase}")
    return evolve(
        demande,
        phase=phase,
        jour_phase=evenement.jour,
        numero_asp=asp,
        code_traitement=evenement.code_traitement,
        libelle_traitement=evenement.libelle_traitement,
        reserves=() if evenement.admise else demande.reserves,
    )


@consequences.register
def _decision_rendue(evenement: DecisionRendue, vue: Vue) -> Changements:
    demande = _demande(vue, evenement.numero_editeur)
    if demande.phase is not Phase.ACCEPTEE:
        raise _interdit(demande, "la décision porte sur une demande acceptée")
    phase = Phase.ATTRIBUEE if evenement.favorable else Phase.REFUSEE
    return Changements(demandes=(evolve(demande, phase=phase, jour_phase=evenement.jour, motif=evenement.motif),))


@consequences.register
def _avance_payee(evenement: AvancePayee, vue: Vue) -> Changements:
    demande = _demande(vue, evenement.numero_editeur)
    if demande.phase is not Phase.ATTRIBUEE:
        raise _interdit(demande, "l’avance se paie une fois, après la décision d’attribution")
    if not _est_de_l_argent(evenement.montant):
        raise RegistreError("Montant payé : indiquez des euros et des centimes, plus que zéro, comme 255.00.")
    payee = evolve(
        demande,
        phase=Phase.AVANCE_PAYEE,
        jour_phase=evenement.jour,
        montant_paye=evenement.montant,
        reference_paiement=evenement.reference,
    )
    return Changements(demandes=(payee,))


def _est_de_l_argent(montant: Decimal) -> bool:
    # No payment has that many digits, and a column of cents cannot hold many more.
    if not montant.is_finite() or montant <= 0 or montant.adjusted() >= _CHIFFRES:
        return False
    return montant == montant.quantize(_CENTIME, context=_CONTEXTE)


@consequences.register
def _donnees_effacees(evenement: DonneesEffacees, vue: Vue) -> Changements:
    demandes = vue.demandes_du_finess(evenement.finess_geo)
    if not demandes:
        raise RegistreError("Le registre n’a aucune demande de cette officine.", balise="FINESSGeo")
    return Changements(demandes=tuple(evolve(d, effacee=True) for d in demandes if not d.effacee))


def _demande(vue: Vue, numero: str) -> EtatDemande:
    demande = vue.demande(numero)
    if demande is None:
        raise RegistreError(f"Demande inconnue du registre : {numero}.", balise="numeroEditeur")
    return demande


def _fichier(vue: Vue, empreinte: str) -> EtatFichier:
    fichier = vue.fichier(empreinte)
    if fichier is None:
        raise RegistreError(f"Fichier inconnu du registre ({empreinte[:12]}) : enregistrez d’abord sa préparation.")
    return fichier


def _interdit(demande: EtatDemande, raison: str, balise: str = "") -> RegistreError:
    return RegistreError(f"Demande {demande.numero_editeur} ({demande.phase}) : {raison}.", balise=balise)
