"""An answer of the portal → what the ledger records of it."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from attrs import evolve

from segur_pha.erreurs import RegistreError
from segur_pha.registre.carnet import Carnet
from segur_pha.registre.effacement import sans_personne
from segur_pha.registre.etats import ACCORDEES, Phase, PhaseFichier
from segur_pha.registre.evenements import FichierDepose, LigneRecue, RetourRecu
from segur_pha.registre.journal import ligne_lue, lignes_du_fichier
from segur_pha.registre.preparation import finess_de_ligne
from segur_pha.registre.questions import a_des_effaces
from segur_pha.registre.stockage import charger, fichiers_des_demandes
from segur_pha.registre.transitions import vaut_acceptation
from segur_pha.retour.lecture import Issue
from segur_pha.retour.rapprochement import Ecart, NatureEcart, Rapprochement, rapprocher_lignes
from segur_pha.table.balise import pointeur
from segur_pha.texte_json.ecriture import json_du_brut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from sqlalchemy import Connection

    from segur_pha.registre.etats import EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement
    from segur_pha.retour.lecture import LigneRetour, Retour
    from segur_pha.retour.rapprochement import LigneRapprochee
    from segur_pha.table.specification import Specification

__all__ = ["examiner_retour"]


def examiner_retour(
    connexion: Connection,
    retour: Retour,
    *,
    jour: date,
    admettre: Collection[NatureEcart],
    specification: Specification,
) -> tuple[Rapprochement, Carnet, list[Evenement]]:
    """Match an answer with the ledger's file, and say what there is to record.

    Of an answer that was recorded before, only what ``admettre`` now lets through.

    Raises :class:`~segur_pha.RegistreError` when no line of it bears a number of the ledger.
    """
    carnet, fichier = _retrouver(connexion, retour)
    effacees = {numero for numero, demande in carnet.demandes.items() if demande.effacee}
    retour = _sans_personnes(retour, effacees, specification)
    rapprochement = rapprocher_lignes(
        lignes_du_fichier(connexion, fichier.fichier),
        retour,
        entete=ligne_lue(fichier.entete),  # type: ignore[arg-type]
        numeros_asp=carnet.asp,
        specification=specification,
    )
    rapprochement = _avec_contraires(rapprochement, carnet, specification)
    empreinte = sha256(retour.octets).hexdigest()
    gardee = _sans_les_effaces(connexion, retour, carnet, specification)
    evenements: list[Evenement] = []
    if fichier.phase is not PhaseFichier.DEPOSE:
        evenements.append(FichierDepose(jour=jour, fichier=fichier.fichier, deduit=True))
    entete = json_du_brut(gardee.entete, compact=True).decode()
    evenements.append(
        RetourRecu(jour=jour, retour=empreinte, fichier=fichier.fichier, imp_id=_propre(retour.imp_id), entete=entete)
    )
    lignes = _lignes_recues(gardee, rapprochement, carnet, frozenset(admettre))
    evenements += (
        _ligne_recue(ligne, raison, admise=admise, jour=jour, retour=empreinte, fichier=fichier, carnet=carnet)
        for ligne, raison, admise in lignes
    )
    if carnet.retour_connu(empreinte):
        return rapprochement, carnet, _admis_apres_coup(evenements, carnet)
    return rapprochement, carnet, evenements


def _admis_apres_coup(evenements: Iterable[Evenement], carnet: Carnet) -> list[Evenement]:
    """Of an answer that was recorded already, keep the lines that somebody's word lets act now, where they change anything."""
    essai = Carnet(
        demandes=dict(carnet.demandes),
        fichiers=dict(carnet.fichiers),
        numeros=set(carnet.numeros),
        retours=set(carnet.retours),
        asp=dict(carnet.asp),
    )
    depots: list[Evenement] = []
    admises: list[Evenement] = []
    for evenement in evenements:
        if isinstance(evenement, FichierDepose):
            essai.appliquer(evenement)
            depots.append(evenement)
        elif isinstance(evenement, LigneRecue) and evenement.admise and essai.appliquer(evenement).demandes:
            admises.append(evenement)
    return [*depots, *admises] if admises else []


def _retrouver(connexion: Connection, retour: Retour) -> tuple[Carnet, EtatFichier]:
    """Load what the ledger knows of an answer's numbers and references, and the file that most of its lines come from."""
    numeros = {ligne.numero_editeur for ligne in retour.lignes if ligne.numero_editeur is not None}
    asp = {ligne.numero_asp for ligne in retour.lignes if ligne.numero_asp is not None}
    compte = Counter(fichiers_des_demandes(connexion, numeros))
    if not compte:
        raise RegistreError(
            "Aucune demande de cette réponse n’est au registre : vérifiez que c’est le bon registre, ou enregistrez d’abord "
            "le fichier envoyé."
        )
    choisi = min(compte, key=lambda fichier: (-compte[fichier], fichier))
    empreinte = sha256(retour.octets).hexdigest()
    carnet = charger(connexion, numeros=numeros, asp=asp, fichiers=[choisi], retours=[empreinte])
    return carnet, carnet.fichiers[choisi]


def _sans_personnes(retour: Retour, effacees: Collection[str], specification: Specification) -> Retour:
    """Forget the personal values that an answer brings of requests whose values were erased."""
    if not effacees:
        return retour
    classe = specification.classe_demande
    lignes = tuple(
        evolve(ligne, brut=sans_personne(classe, ligne.brut)) if ligne.numero_editeur in effacees else ligne
        for ligne in retour.lignes
    )
    return evolve(retour, lignes=lignes)


def _sans_les_effaces(connexion: Connection, retour: Retour, carnet: Carnet, specification: Specification) -> Retour:
    """Give the answer as the journal may keep it: whatever might be of somebody who was erased has lost its personal values.

    A line that bears the number and the pharmacy of a request whose values are kept is that request's.  Of any other, and of
    tags beside the lines that the table does not know, nobody can tell whose they are.
    """
    douteuses = {ligne.place for ligne in retour.lignes if not _est_d_une_demande_gardee(ligne, carnet)}
    entete = sans_personne(specification.racine, retour.entete)
    if (not douteuses and entete == retour.entete) or not a_des_effaces(connexion):
        return retour
    assert isinstance(entete, dict)
    classe = specification.classe_demande
    lignes = tuple(
        evolve(ligne, brut=sans_personne(classe, ligne.brut)) if ligne.place in douteuses else ligne
        for ligne in retour.lignes
    )
    return evolve(retour, lignes=lignes, entete=entete)


def _est_d_une_demande_gardee(ligne: LigneRetour, carnet: Carnet) -> bool:
    demande = carnet.demande(ligne.numero_editeur or "")
    finess = finess_de_ligne(ligne.brut)
    return demande is not None and not demande.effacee and finess is not None and finess == demande.finess_geo


def _avec_contraires(rapprochement: Rapprochement, carnet: Carnet, specification: Specification) -> Rapprochement:
    """Add what only the ledger knows: an answer that says the contrary of one that was acted on."""
    liste = specification.liste_des_demandes.nom
    ajoutes = []
    lignes = []
    for ligne in rapprochement.lignes:
        demande = carnet.demande(ligne.numero_editeur or "")
        if demande is not None and ligne.reponse is not None and _contraire(demande, ligne.reponse):
            nature = NatureEcart.REPONSE_CONTRAIRE
            chemin = pointeur(liste, ligne.reponse.place - 1)
            ecart = Ecart(nature, ligne.numero_editeur, chemin, nature.explication)
            ajoutes.append(ecart)
            lignes.append(evolve(ligne, ecarts=(*ligne.ecarts, ecart)))
        else:
            lignes.append(ligne)
    return evolve(rapprochement, lignes=tuple(lignes), ecarts=(*rapprochement.ecarts, *ajoutes))


def _contraire(demande: EtatDemande, reponse: LigneRetour) -> bool:
    if vaut_acceptation(reponse.issue, reponse.numero_asp):
        deja_autre = demande.phase in ACCORDEES and demande.numero_asp != reponse.numero_asp
        return deja_autre or demande.phase is Phase.REJETEE
    return reponse.issue is Issue.REJETEE and demande.phase in ACCORDEES


def _lignes_recues(
    retour: Retour, rapprochement: Rapprochement, carnet: Carnet, admises: frozenset[NatureEcart]
) -> Iterator[tuple[LigneRetour, str, bool]]:
    """Give every line of an answer, why it is not acted on (or ``""``), and whether somebody's word is needed to act on it."""
    du_fichier = {ecart.nature for ecart in rapprochement.ecarts_du_fichier}
    par_place = {ligne.reponse.place: ligne for ligne in rapprochement.lignes if ligne.reponse is not None}
    for reponse in retour.lignes:
        ligne = par_place.get(reponse.place)
        if ligne is None:
            yield reponse, NatureEcart.REPONSE_ETRANGERE.value, False
            continue
        natures = {nature for nature in (*du_fichier, *(e.nature for e in ligne.ecarts)) if nature.bloquant}
        retenues = sorted(n.value for n in natures if n not in admises or not _admissible(n, ligne, carnet))
        yield reponse, ", ".join(retenues), bool(natures)


def _admissible(nature: NatureEcart, ligne: LigneRapprochee, carnet: Carnet) -> bool:
    """Tell whether a person's word is enough: not against a decision, a payment or a resubmission, nor without a reference."""
    demande = carnet.demande(ligne.numero_editeur or "")
    if nature is NatureEcart.LIGNE_AMBIGUE:
        return ligne.reponse is not None and ligne.reponse.numero_asp is not None
    if nature is NatureEcart.REPONSE_CONTRAIRE and demande is not None:
        return demande.phase in {Phase.ACCEPTEE, Phase.REJETEE} and demande.remplacee_par is None
    return nature.admissible


def _ligne_recue(
    ligne: LigneRetour, raison: str, *, admise: bool, jour: date, retour: str, fichier: EtatFichier, carnet: Carnet
) -> LigneRecue:
    connue = ligne.numero_editeur is not None and carnet.demande(ligne.numero_editeur) is not None
    return LigneRecue(
        jour=jour,
        retour=retour,
        fichier=fichier.fichier,
        place=ligne.place,
        ligne=json_du_brut(ligne.brut, compact=True).decode(),
        issue=ligne.issue,
        numero_editeur=ligne.numero_editeur if connue else None,
        finess_geo=finess_de_ligne(ligne.brut),
        numero_asp=_propre(ligne.numero_asp),
        code_traitement=_propre(ligne.code_traitement),
        libelle_traitement=_propre(ligne.libelle_traitement),
        appliquee=not raison,
        admise=admise and not raison,
        raison=raison,
    )


def _propre(texte: str | None) -> str | None:
    # PostgreSQL stores no NUL in a text; the line itself keeps it, escaped.
    return None if texte is None else texte.replace("\0", "\ufffd")
