"""An answer of the portal → what the ledger records of it."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from attrs import evolve
from sqlalchemy import exists, func, select

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.base import charger, lots
from segur_pha.registre.etats import PhaseFichier
from segur_pha.registre.evenements import FichierDepose, LigneRecue, RetourRecu
from segur_pha.registre.histoire import appliquer
from segur_pha.registre.journal import ligne_lue, lignes_du_fichier, sans_personne
from segur_pha.registre.preparation import finess_de_ligne
from segur_pha.registre.transitions import peut_se_contredire, vaut_acceptation
from segur_pha.retour.ecarts import Admission, NatureEcart, ecart
from segur_pha.retour.lignes import Issue, a_l_oeil, numero_retrouve
from segur_pha.retour.provenance import ce_n_est_pas_la_reponse
from segur_pha.retour.rapprochement import Rapprochement, rapprocher_lignes
from segur_pha.table.balise import pointeur
from segur_pha.table.modele import objet_de
from segur_pha.table.roles import Role
from segur_pha.texte_json.ecriture import json_du_brut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from segur_pha.registre.etats import Cle, EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.memoire import EtatsEnMemoire
    from segur_pha.retour.lecture import Retour
    from segur_pha.retour.lignes import LigneRetour
    from segur_pha.retour.rapprochement import LigneRapprochee
    from segur_pha.table.specification import Specification

__all__ = ["AucuneDemandeConnue", "examiner_retour"]


class AucuneDemandeConnue(RegistreError):
    """An answer has no number that the ledger knows: its file may be recorded later."""


def examiner_retour(
    connexion: Connection,
    retour: Retour,
    *,
    jour: date,
    admettre: Collection[NatureEcart | Admission],
    specification: Specification,
) -> tuple[Rapprochement, EtatsEnMemoire, list[Evenement]]:
    """Match an answer with the ledger's file, and say what there is to record.

    For an answer that was recorded before, that is only what ``admettre`` now lets through.

    Raises :class:`~segur_pha.RegistreError` when none of its lines has a number of the ledger, for another publisher's answer or
    the deposited file itself, and for an admission (``admettre``) of a request that it does not mention.
    """
    etats, fichier = _retrouver(connexion, retour, specification)
    retour, rapprochement = _rapprocher(connexion, retour, etats, fichier, specification)
    _exiger_les_demandes_admises(admettre, rapprochement)
    gardee = _sans_les_effaces(connexion, retour, etats, specification)
    evenements: list[Evenement] = []
    if fichier.phase is not PhaseFichier.DEPOSE:
        evenements.append(FichierDepose(jour=jour, fichier=fichier.fichier, deduit=True))
    entete = json_du_brut(gardee.entete, compact=True).decode()
    evenements.append(
        recu := RetourRecu(
            jour=jour,
            specification=specification.nom,
            retour=sha256(retour.octets).hexdigest(),
            fichier=fichier.fichier,
            imp_id=_propre(retour.imp_id),
            entete=entete,
        )
    )
    lignes = list(_lignes_recues(gardee, rapprochement, etats.demandes, admettre, specification.nom))
    admises = {ligne.place for ligne, _, raison, admise in lignes if admise and not raison}
    rapprochees = (evolve(r, admise=r.reponse is not None and r.reponse.place in admises) for r in rapprochement.lignes)
    rapprochement = evolve(rapprochement, lignes=tuple(rapprochees)) if admises else rapprochement
    evenements += (
        _ligne_recue(ligne, numero, raison, admise=admise, recu=recu, etats=etats, specification=specification)
        for ligne, numero, raison, admise in lignes
    )
    if recu.retour in etats.retours:
        return rapprochement, etats, _admis_apres_coup(evenements, etats)
    return rapprochement, etats, evenements


def _rapprocher(
    connexion: Connection, retour: Retour, etats: EtatsEnMemoire, fichier: EtatFichier, specification: Specification
) -> tuple[Retour, Rapprochement]:
    """Match an answer with what was sent; return it without the values of people whose data were erased."""
    entete = objet_de(ligne_lue(fichier.entete))
    le_meme = sha256(retour.octets).hexdigest() == fichier.fichier
    autre = ce_n_est_pas_la_reponse(retour, entete, le_meme_fichier=le_meme)
    if autre:
        raise RegistreError(autre)
    effacees = {numero for (_, numero), demande in etats.demandes.items() if demande.effacee}
    retour = _sans_personnes(retour, effacees, specification)
    rapprochement = rapprocher_lignes(
        lignes_du_fichier(connexion, fichier.fichier),
        retour,
        entete=entete,
        numeros_asp={asp: numero for (vague, asp), numero in etats.asp.items() if vague == specification.nom},
        numeros=_numeros_equivoques(connexion, retour),
        references=_references_semblables(connexion, retour, specification),
        specification=specification,
    )
    return retour, _avec_contraires(rapprochement, etats, specification)


def _exiger_les_demandes_admises(admettre: Collection[NatureEcart | Admission], rapprochement: Rapprochement) -> None:
    nommees = {mot.numero_editeur for mot in admettre if isinstance(mot, Admission)}
    inconnues = nommees - {ligne.numero_editeur for ligne in rapprochement.lignes if ligne.reponse is not None}
    if inconnues:
        raise RegistreError(
            f"Rien n’est admis : cette réponse ne parle pas, une fois et une seule, de {', '.join(sorted(inconnues))}. Vérifiez "
            "le numéro."
        )


def _admis_apres_coup(evenements: Iterable[Evenement], etats: EtatsEnMemoire) -> list[Evenement]:
    """Keep, of an answer recorded earlier, the lines that may now be acted on and would change something.

    A person has admitted them, or the obstacle has been taken back since.
    """
    essai = etats.copie()
    depots: list[Evenement] = []
    admises: list[Evenement] = []
    for evenement in evenements:
        if isinstance(evenement, FichierDepose):
            appliquer(evenement, essai)
            depots.append(evenement)
        elif isinstance(evenement, LigneRecue) and evenement.appliquee and appliquer(evenement, essai).demandes:
            admises.append(evenement)
    return [*depots, *admises] if admises else []


def _numeros_equivoques(connexion: Connection, retour: Retour) -> list[str]:
    """Return the references of an answer that are also numbers known to the ledger, ignoring case."""
    references = {ligne.numero_asp.casefold() for ligne in retour.lignes if ligne.numero_asp is not None}
    n = tables.numeros.c
    return [pli for lot in lots(references) for pli in connexion.scalars(select(n.pli).where(n.pli.in_(lot)))]


#: What is removed from a reference in SQL before it is compared with others: blanks and invisible characters.
_INVISIBLES: Final = (" ", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH NO-BREAK SPACE}")


def _references_semblables(connexion: Connection, retour: Retour, specification: Specification) -> list[str]:
    """Return the references of the ledger that look like one of an answer."""
    nues = {a_l_oeil(ligne.numero_asp) for ligne in retour.lignes if ligne.numero_asp is not None}
    c = tables.demandes.c
    nue: ColumnElement[str] = func.lower(c.numero_asp)
    for invisible in _INVISIBLES:
        nue = func.replace(nue, invisible, "")
    return [
        reference
        for lot in lots(nues)
        for reference in connexion.scalars(
            select(c.numero_asp).where(c.specification == specification.nom, nue.in_(lot))
        )
    ]


def _retrouver(
    connexion: Connection, retour: Retour, specification: Specification
) -> tuple[EtatsEnMemoire, EtatFichier]:
    """Load what the ledger knows about an answer's numbers and references, and the file that most of its lines come from."""
    numeros = {ligne.numero_editeur for ligne in retour.lignes if ligne.numero_editeur is not None}
    asp = {ligne.numero_asp for ligne in retour.lignes if ligne.numero_asp is not None}
    compte = Counter(_fichiers_par_numero(connexion, retour, numeros, specification).values())
    if not compte:
        _refuser_un_autre_editeur(connexion, retour, specification)
        raise AucuneDemandeConnue(
            "Aucune demande de cette réponse n’est au registre : vérifiez que c’est le bon registre, ou enregistrez d’abord "
            "le fichier envoyé."
        )
    choisi = min(compte, key=lambda fichier: (-compte[fichier], fichier))
    empreinte = sha256(retour.octets).hexdigest()
    cles = {(specification.nom, numero) for numero in numeros}
    etats = charger(connexion, numeros=cles, asp=asp, fichiers=[choisi], retours=[empreinte])
    return etats, etats.fichiers[choisi]


def _fichiers_par_numero(
    connexion: Connection, retour: Retour, numeros: Collection[str], specification: Specification
) -> dict[str, str]:
    """Give the file of each request that an answer is about: by its number, whole or spoiled on the way."""
    c = tables.demandes.c

    def fichiers(cherches: Collection[str]) -> dict[str, str]:
        question = select(c.numero_editeur, c.fichier).where(c.specification == specification.nom)
        parties = (connexion.execute(question.where(c.numero_editeur.in_(lot))) for lot in lots(cherches))
        return {numero: fichier for partie in parties for numero, fichier in partie}

    trouves = fichiers(numeros)
    inconnues = (ligne for ligne in retour.lignes if ligne.numero_editeur not in trouves)
    retrouves = (numero_retrouve(ligne.brut, specification) for ligne in inconnues)
    return trouves | fichiers({numero for numero in retrouves if numero is not None})


def _refuser_un_autre_editeur(connexion: Connection, retour: Retour, specification: Specification) -> None:
    """Refuse an answer that has no number known to the ledger and cannot be for any file of its publishers."""
    entete = (specification.role(role) for role in (Role.NUMERO_ANS, Role.EDITEUR))
    numero_ans, siret = (retour.entete.get(rangee.nom) for rangee in entete)
    c = tables.fichiers.c
    connus = {(ans, autre) for ans, autre in connexion.execute(select(c.numero_ans, c.siret).distinct())}
    # If one of the two is known, the answer may well be this publisher's.
    if connus and isinstance(numero_ans, str) and all(numero_ans != ans and siret != autre for ans, autre in connus):
        nom = specification.role(Role.NUMERO_ANS).nom
        raise RegistreError(
            f"Cette réponse est celle d’un autre éditeur : elle porte {nom} {numero_ans}, qu’aucun fichier de ce registre ne porte."
        )


def _sans_personnes(retour: Retour, effacees: Collection[str], specification: Specification) -> Retour:
    """Remove from an answer the personal values of requests whose values were erased."""
    if not effacees:
        return retour
    classe = specification.classe_demande
    lignes = tuple(
        evolve(ligne, brut=sans_personne(classe, ligne.brut)) if ligne.numero_editeur in effacees else ligne
        for ligne in retour.lignes
    )
    return evolve(retour, lignes=lignes)


def _sans_les_effaces(
    connexion: Connection, retour: Retour, etats: EtatsEnMemoire, specification: Specification
) -> Retour:
    """Return the answer as the journal may keep it: without personal values that might be those of somebody who was erased.

    A line with the number and the pharmacy of a request whose values are kept belongs to that request.  For any other line, and
    for unknown tags outside the lines, there is no telling whose they are.
    """
    douteuses = {ligne.place for ligne in retour.lignes if not _est_d_une_demande_gardee(ligne, etats, specification)}
    entete = sans_personne(specification.racine, retour.entete, recu=True)
    if (not douteuses and entete == retour.entete) or not _a_des_effaces(connexion):
        return retour
    assert isinstance(entete, dict)
    classe = specification.classe_demande
    lignes = tuple(
        evolve(ligne, brut=sans_personne(classe, ligne.brut, recu=True)) if ligne.place in douteuses else ligne
        for ligne in retour.lignes
    )
    return evolve(retour, lignes=lignes, entete=entete)


def _a_des_effaces(connexion: Connection) -> bool:
    return connexion.scalar(select(exists().where(tables.demandes.c.effacee))) is True


def _est_d_une_demande_gardee(ligne: LigneRetour, etats: EtatsEnMemoire, specification: Specification) -> bool:
    demande = etats.demandes.get((specification.nom, ligne.numero_editeur or ""))
    finess = finess_de_ligne(ligne.brut, specification)
    return demande is not None and not demande.effacee and finess is not None and finess == demande.finess_geo


def _avec_contraires(
    rapprochement: Rapprochement, etats: EtatsEnMemoire, specification: Specification
) -> Rapprochement:
    """Add what only the ledger can notice: an answer that contradicts one that was acted on."""
    liste = specification.liste_des_demandes.nom
    ajoutes = []
    lignes = []
    for ligne in rapprochement.lignes:
        demande = etats.demandes.get((specification.nom, ligne.numero_editeur or ""))
        if demande is not None and ligne.reponse is not None and _contraire(demande, ligne.reponse):
            nature = NatureEcart.REPONSE_CONTRAIRE
            chemin = pointeur(liste, ligne.reponse.place - 1)
            deja = _dite(demande.issue, demande.numero_asp)
            dite = _dite(ligne.reponse.issue, ligne.reponse.numero_asp)
            message = f"{nature.explication}{_pourquoi_pas(demande)}"
            contraire = ecart(nature, ligne.numero_editeur, chemin, message, attendu=deja, recu=dite)
            ajoutes.append(contraire)
            lignes.append(evolve(ligne, ecarts=(*ligne.ecarts, contraire), admissible=peut_se_contredire(demande)))
        else:
            lignes.append(ligne)
    return evolve(rapprochement, lignes=tuple(lignes), ecarts=(*rapprochement.ecarts, *ajoutes))


def _pourquoi_pas(demande: EtatDemande) -> str:
    """Say what must be done before a person's word is enough, nothing where it is."""
    if peut_se_contredire(demande):
        return ""
    if demande.attribuee is not None:
        return (
            " ; une décision est notée : annulez-la avant d’admettre celle-ci (registre annuler … decision --motif …)"
        )
    return (
        f" ; la demande {demande.remplacee_par} est partie à sa place ou attend : notez qu’elle est abandonnée ou refusée avant "
        "d’admettre celle-ci"
    )


def _dite(issue: Issue | None, numero_asp: str | None) -> str:
    return " ".join(filter(None, (issue, numero_asp)))


def _contraire(demande: EtatDemande, reponse: LigneRetour) -> bool:
    if vaut_acceptation(reponse.issue, reponse.numero_asp):
        deja_autre = demande.issue is Issue.ACCEPTEE and demande.numero_asp != reponse.numero_asp
        return deja_autre or demande.issue is Issue.REJETEE
    return reponse.issue is Issue.REJETEE and demande.issue is Issue.ACCEPTEE


def _lignes_recues(
    retour: Retour,
    rapprochement: Rapprochement,
    demandes: Mapping[Cle, EtatDemande],
    admettre: Collection[NatureEcart | Admission],
    vague: str,
) -> Iterator[tuple[LigneRetour, str | None, str, bool]]:
    """Give every line of an answer, whose it is, why it is not acted on (or ``""``), and whether a person must admit it first."""
    admises = {(mot.nature, mot.numero_editeur) if isinstance(mot, Admission) else (mot, None) for mot in admettre}
    du_fichier = set(map(NatureEcart.de, rapprochement.ecarts_du_fichier))
    par_place = {ligne.reponse.place: ligne for ligne in rapprochement.lignes if ligne.reponse is not None}
    for reponse in retour.lignes:
        ligne = par_place.get(reponse.place)
        if ligne is None:
            yield reponse, reponse.numero_editeur, NatureEcart.REPONSE_ETRANGERE.value, False
            continue
        natures = {nature for nature in (*du_fichier, *map(NatureEcart.de, ligne.ecarts)) if nature.bloquant}
        demande = demandes.get((vague, ligne.numero_editeur or ""))
        retenues = sorted(
            n.value
            for n in natures
            if admises.isdisjoint({(n, None), (n, ligne.numero_editeur)}) or not _admissible(n, ligne, demande)
        )
        yield reponse, ligne.numero_editeur, ", ".join(retenues), bool(natures)


def _admissible(nature: NatureEcart, ligne: LigneRapprochee, demande: EtatDemande | None) -> bool:
    """Tell whether a person may admit it: not against a decision, a payment or a resubmission, and not without a reference."""
    if nature is NatureEcart.LIGNE_AMBIGUE:
        return ligne.reponse is not None and ligne.reponse.numero_asp is not None
    if nature is NatureEcart.REPONSE_CONTRAIRE and demande is not None:
        return peut_se_contredire(demande)
    return nature.admissible


def _ligne_recue(
    ligne: LigneRetour,
    numero: str | None,
    raison: str,
    *,
    admise: bool,
    recu: RetourRecu,
    etats: EtatsEnMemoire,
    specification: Specification,
) -> LigneRecue:
    connue = (specification.nom, numero) in etats.demandes
    return LigneRecue(
        jour=recu.jour,
        specification=specification.nom,
        retour=recu.retour,
        fichier=recu.fichier,
        place=ligne.place,
        ligne=json_du_brut(ligne.brut, compact=True).decode(),
        issue=ligne.issue,
        numero_editeur=numero if connue else None,
        finess_geo=finess_de_ligne(ligne.brut, specification),
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
