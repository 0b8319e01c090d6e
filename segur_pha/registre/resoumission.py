"""Rejected requests, corrected, under new numbers: a new deposit, made in the same way as any other."""

from __future__ import annotations

import tempfile
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from segur_pha.constats import Constat
from segur_pha.depot.commandes import entetes_connus
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.depot.editeur import Editeur
from segur_pha.depot.preparation import preparer_depot
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.rapports.tableau import accorder
from segur_pha.registre.corrections import CorrectionsLues, est_inchangee, rien_de_corrige, valeurs_envoyees
from segur_pha.registre.dans_la_transaction import NumerosDeLaVague, Resoumission, preparer_sans_montrer
from segur_pha.registre.documents import DocumentsARenvoyer
from segur_pha.registre.etats import Phase
from segur_pha.registre.inscription import inscription, reprendre
from segur_pha.restes import PIECES_DEPLIEES, marque_du_processus, retirer_les_restes
from segur_pha.table.roles import Role
from segur_pha.tableurs import Rangee, TableauLu

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from segur_pha.depot.antecedents import Admissible
    from segur_pha.depot.export import SourceDeCommandes
    from segur_pha.depot.resultats import DepotPrepare
    from segur_pha.depot.verification import Suivi
    from segur_pha.depot.vocabulaire import Vocabulaire
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.registre import Registre
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["CorrectionsRefusees", "preparer_au_registre", "resoumettre"]


def _premier(registre: Registre, editeur: Editeur, jour: date, donne: int | None) -> int:
    """Return the number of the day's next file, unless one was given."""
    if donne is not None:
        return donne
    return registre.prochain_fichier(editeur.numero_ans, jour, specification=editeur.specification)


@define
class _Remplacements:
    """Which rejected request each new one replaces; filled in when the orders get their numbers."""

    anciennes: tuple[str, ...]
    remplace: dict[str, str] = field(factory=dict)

    def relier(self, numeros: Sequence[str | None]) -> None:
        """Pair orders and rejected requests by rank: an order left aside, or with its own number, does not shift the others."""
        if self.anciennes and len(self.anciennes) != len(numeros):
            raise DepotRefuse(
                f"L’export contient {accorder(len(numeros), 'ligne de commande', 'lignes de commande')}, et anciennes nomme "
                f"{accorder(len(self.anciennes), 'demande remplacée', 'demandes remplacées')} : nommez-en une par commande, "
                "dans le même ordre. Rien n’a été écrit."
            )
        paires = zip(numeros, self.anciennes, strict=False)
        # Start afresh, since in a caller's transaction the folder may have to be built twice.
        self.remplace = {numero: ancienne for numero, ancienne in paires if numero is not None}


def preparer_au_registre(
    registre: Registre,
    commandes: SourceDeCommandes,
    editeur: Editeur,
    pieces: str | os.PathLike[str],
    sortie: str | os.PathLike[str],
    *,
    jour: date,
    premier_fichier: int | None = None,
    anciennes: tuple[str, ...] = (),
    majuscules: bool = False,
    zeros: bool = False,
    partiel: bool = False,
    concordance: bool = True,
    feuille: str | None = None,
    encodage: str | None = None,
    suivi: Suivi | None = None,
    admettre: Collection[Admissible] = (),
    nouvelles: bool = False,
) -> Resoumission:
    """Prepare a deposit with numbers from the ledger, and record it there just before the folder is shown.

    This works like :func:`~segur_pha.depot.preparer_depot`; ``premier_fichier`` follows the day's files in the ledger unless it
    is given, and ``anciennes`` names the rejected requests that the orders replace, one per order and in the same order, even for
    those that ``partiel`` leaves aside; otherwise :class:`~segur_pha.DepotRefuse` is raised.  If the folder cannot be shown after
    it was recorded, it is recorded as given up; if the program was killed in between, the next preparation of the same folder
    does so.  The same call then succeeds.

    With a ledger in a transaction of the caller's (a Connection), the folder stays out of sight: call ``.montrer()`` on the
    returned value after your commit (:meth:`Resoumission.montrer`).  A rollback removes it, and its numbers are served again.
    The ledger's lock is taken once all documents have been opened, and held until your commit.

    >>> from datetime import date
    >>> from sqlalchemy import create_engine
    >>> from segur_pha.registre import Registre
    >>> moteur = create_engine("sqlite:///exemple-registre.sqlite")
    >>> editeur = Editeur.lire("examples/editeur.toml")
    >>> with moteur.begin() as connexion:
    ...     faite = preparer_au_registre(Registre(connexion), "examples/commandes.csv", editeur, "examples/pieces",
    ...                                  "depot-exemple", jour=date(2022, 11, 15))
    ...     faite.depot.dossier.exists()
    False
    >>> faite.montrer().name, faite.depot.dossier.exists()
    ('depot-exemple', True)
    >>> moteur.dispose()
    """
    vague = editeur.specification
    if not isinstance(commandes, str | PathLike | TableauLu):
        commandes = tuple(commandes)  # may be iterated over twice
    remplacements = _Remplacements(anciennes)
    premier = partial(_premier, registre, editeur, jour, premier_fichier)
    preparer = partial(
        preparer_depot,
        commandes,
        editeur,
        pieces,
        sortie,
        jour=jour,
        majuscules=majuscules,
        zeros=zeros,
        partiel=partiel,
        concordance=concordance,
        feuille=feuille,
        encodage=encodage,
        suivi=suivi,
        numerotees=remplacements.relier,
        antecedents=registre,
        admettre=admettre,
        nouvelles=nouvelles,
    )
    faire = _preparer_et_montrer if registre.connexion is None else preparer_sans_montrer
    depot = faire(
        registre,
        preparer,
        sortie,
        vague,
        jour,
        premier=premier,
        remplace=lambda: remplacements.remplace,
        admettre=admettre,
    )
    return Resoumission(depot, remplacements.remplace)


def _preparer_et_montrer(
    registre: Registre,
    preparer: Callable[..., DepotPrepare],
    sortie: str | os.PathLike[str],
    vague: Specification,
    jour: date,
    *,
    premier: Callable[[], int],
    remplace: Callable[[], Mapping[str, str]],
    admettre: Collection[Admissible],
) -> DepotPrepare:
    """Do what :func:`preparer_sans_montrer` does when each command commits by itself: the folder is shown once recorded."""
    with inscription(
        registre, sortie, jour=jour, remplace=remplace, specification=vague, admettre=admettre
    ) as inscrire:
        depot = preparer(premier_fichier=premier(), numeros=NumerosDeLaVague(registre, vague), avant=inscrire)
    return evolve(depot, conseils=(*inscrire.conseils, *depot.conseils))


class CorrectionsRefusees(RegistreError):
    """Some corrections cannot be sent as they are, and nothing was written or recorded: ``fautes`` names each, with its row."""

    def __init__(self, fautes: Sequence[Constat]) -> None:
        super().__init__("\n".join(map(str, fautes)), code=fautes[0].code, balise=fautes[0].balise)
        self.fautes = tuple(fautes)


def resoumettre(
    registre: Registre,
    corrections: Mapping[str, Mapping[str, object]] | CorrectionsLues,
    editeur: Editeur,
    pieces: str | os.PathLike[str],
    sortie: str | os.PathLike[str],
    *,
    jour: date,
    premier_fichier: int | None = None,
    majuscules: bool = False,
    zeros: bool = False,
    concordance: bool = True,
    suivi: Suivi | None = None,
    admettre: Collection[Admissible] = (),
) -> Resoumission:
    """Send rejected requests again: what was sent, corrected, under new numbers, with its documents renamed.

    ``corrections`` maps the number of a rejected request to what is right: keyword of :func:`~segur_pha.construire_demande` →
    value (``None`` for null), and ``bon_commande`` or ``preuve_ht`` → name of another document in ``pieces``; or it is a table
    that was read (:func:`lire_les_corrections`), in which case every fault has its row and its column's title.  ``pieces`` is a
    folder that holds the documents under any name, or the zips of an earlier deposit: the ledger's hashes tell which is which.
    Of ``editeur``, only numeroAns, SIRET and the wave are used.  The rest is as for :func:`preparer_au_registre`.

    The ledger links each new request with the one it replaces before the folder is shown.  In a transaction of the caller's, the
    folder stays out of sight until ``.montrer()``, as for :func:`preparer_au_registre`.  Faults and advice have the number of the
    rejected request (``numero``) and its rank among the corrections (``ligne``); the advice ``rien-de-corrige`` comes first, for
    requests that are sent again with the values and documents that were rejected.

    Raises :class:`CorrectionsRefusees` (a :class:`~segur_pha.RegistreError`) with every number that is not a rejected request
    waiting to be sent again, :class:`~segur_pha.DepotRefuse` for a keyword that does not exist or a document that is not found,
    and all that :func:`~segur_pha.depot.preparer_depot` raises; then nothing is written or recorded.
    """
    lues = corrections if isinstance(corrections, CorrectionsLues) else _de_valeurs(corrections)
    if not lues.valeurs and not lues.fautes:
        raise DepotRefuse("Aucune demande à resoumettre.")
    reprendre(registre, sortie, jour=jour)
    vague = editeur.specification
    demandes = _a_resoumettre(registre, lues, vague)
    _exiger_des_mots_connus(lues.valeurs, vocabulaire(vague))
    retirer_les_restes(Path(tempfile.gettempdir()), debut=PIECES_DEPLIEES, fins=("",))
    with tempfile.TemporaryDirectory(prefix=f"{PIECES_DEPLIEES}{marque_du_processus()}") as provisoire:
        documents = DocumentsARenvoyer(Path(pieces), Path(provisoire), vague)
        commandes = _commandes(registre, demandes, lues, documents)
        titres = _titres(lues, editeur)
        try:
            faite = preparer_au_registre(
                registre,
                _en_tableau(commandes, lues, titres),
                Editeur(editeur.numero_ans, editeur.siret, specification=vague, colonnes=titres),
                provisoire,
                sortie,
                jour=jour,
                premier_fichier=premier_fichier,
                anciennes=tuple(lues.valeurs),
                majuscules=majuscules,
                zeros=zeros,
                concordance=concordance,
                suivi=suivi,
                admettre=admettre,
            )
        except CommandesRefusees as refus:
            refus.fautes = tuple(_nommer(lues, faute) for faute in refus.fautes)
            refus.conseils = tuple(_nommer(lues, conseil) for conseil in refus.conseils)
            raise
    nommes = (_nommer(lues, conseil) for conseil in faite.depot.conseils)
    conseils = (*rien_de_corrige(registre, faite.remplace, lues.lignes, vague), *nommes)
    return evolve(faite, depot=evolve(faite.depot, conseils=conseils))


def _commandes(
    registre: Registre, demandes: Iterable[EtatDemande], lues: CorrectionsLues, documents: DocumentsARenvoyer
) -> list[dict[str, object]]:
    """Make the orders, and copy their documents aside; raises :class:`~segur_pha.DepotRefuse` for those that are missing."""
    commandes = [
        _commande(
            demande,
            registre.ligne_envoyee(demande.numero_editeur, specification=documents.vague),
            lues.valeurs[demande.numero_editeur],
            documents,
        )
        for demande in demandes
    ]
    if documents.absents:
        raise DepotRefuse(documents.refus())
    return commandes


def _de_valeurs(corrections: Mapping[str, Mapping[str, object]]) -> CorrectionsLues:
    """Take corrections that come from a program: rows are ranks, and columns are keywords."""
    lignes = {numero: rang for rang, numero in enumerate(corrections, start=1)}
    return CorrectionsLues(description="", remarques=(), valeurs=corrections, lignes=lignes, titres={})


def _titres(lues: CorrectionsLues, editeur: Editeur) -> dict[str, str]:
    """Map each keyword to the title that a clerk knows: that of the table, else of the settings; a program knows keywords."""
    entetes = entetes_connus(editeur) if lues.description else {}
    titres: dict[str, str] = {}
    for mot in vocabulaire(editeur.specification).colonnes:
        titre = lues.titres.get(mot) or entetes.get(mot, mot)
        # If the settings read two values from one column, there are two columns here.
        titres[mot] = mot if titre in titres.values() else titre
    return titres


def _en_tableau(
    commandes: Iterable[Mapping[str, object]], lues: CorrectionsLues, titres: Mapping[str, str]
) -> TableauLu:
    """Lay orders out as rows of the table in which they were corrected."""
    # A list, because in a caller's transaction the folder may have to be built twice.
    rangees = [
        Rangee(lues.lignes[ancien], [commande.get(mot) for mot in titres])
        for ancien, commande in zip(lues.valeurs, commandes, strict=True)
    ]
    return TableauLu(lues.description or "corrections", tuple(titres.values()), rangees)


def _nommer(lues: CorrectionsLues, constat: Constat) -> Constat:
    """Say which request a fault of a clerk's table is about, and where its value comes from if not from the table."""
    numeros = {ligne: numero for numero, ligne in lues.lignes.items()}
    if constat.ligne not in numeros:
        return constat
    envoyee = lues.description and constat.colonne and constat.colonne not in lues.titres.values()
    suite = " (la valeur est celle de l’envoi : ajoutez cette colonne pour la corriger)" if envoyee else ""
    return evolve(constat, numero=numeros[constat.ligne], message=f"{constat.message}{suite}")


def _a_resoumettre(registre: Registre, lues: CorrectionsLues, vague: Specification) -> list[EtatDemande]:
    """Return the requests to send again; raises :class:`CorrectionsRefusees` with every one that may not be sent, by its row."""
    fautes = list(lues.fautes)
    demandes = []
    balise = vague.numero_de_demande
    for numero in lues.valeurs:
        demande = registre.demande(numero, specification=vague)
        code, message = _pourquoi_pas(numero, demande)
        if demande is None or message:
            colonne = lues.titres.get(balise.attribut, "")
            fautes.append(
                Constat(
                    code=code,
                    message=message,
                    ligne=lues.lignes[numero],
                    colonne=colonne,
                    balise=balise.nom,
                    numero=numero,
                )
            )
        else:
            demandes.append(demande)
    if fautes:
        raise CorrectionsRefusees(sorted(fautes, key=lambda faute: faute.ligne or 0))
    return demandes


def _pourquoi_pas(numero: str, demande: EtatDemande | None) -> tuple[str, str]:
    """Say why a request may not be sent again, as an id and a French sentence; ``""`` twice when it may."""
    if demande is None:
        return "demande-inconnue", f"demande inconnue du registre : {numero} ; vérifiez le numéro"
    if demande.phase is not Phase.REJETEE:
        return (
            "demande-non-rejetee",
            f"demande {numero} ({demande.phase}) : seule une demande rejetée se resoumet ; retirez cette ligne",
        )
    if demande.remplacee_par is not None:
        message = (
            f"demande {numero} : elle est déjà remplacée par la demande {demande.remplacee_par} ; retirez cette ligne (si personne "
            "n’a le fichier de celle-ci, abandonnez-le d’abord : segur-pha registre abandonner)"
        )
        return "demande-remplacee", message
    return "", ""


def _exiger_des_mots_connus(valeurs: Mapping[str, Mapping[str, object]], mots: Vocabulaire) -> None:
    permis = {*mots.mots_cles, *mots.pieces.values()} - {mots.mot(Role.NUMERO_EDITEUR)}
    inconnus = sorted({mot for corrigees in valeurs.values() for mot in corrigees} - permis)
    if inconnus:
        raise DepotRefuse(f"Corrections inconnues : {', '.join(inconnus)}. Connues : {', '.join(sorted(permis))}.")


def _commande(
    demande: EtatDemande, ligne: Brut, corrections: Mapping[str, object], documents: DocumentsARenvoyer
) -> dict[str, object]:
    """Make an order from what was sent and from its corrections."""
    vague = documents.vague
    mots = vocabulaire(vague)
    envoyee = dict(valeurs_envoyees(vague.classe_demande, ligne))
    gardes = (mot for mot in mots.mots_cles if mot != mots.mot(Role.NUMERO_EDITEUR))
    changees = {mot: c for mot, c in corrections.items() if not est_inchangee(c, envoyee.get(mot))}
    commande = {mot: envoyee.get(mot) for mot in gardes} | changees
    for besoin in map(str, vague.pieces_dues(commande)):
        mot = mots.pieces[besoin]
        nom = corrections.get(mot)
        if not isinstance(nom, str | None):
            raise DepotRefuse(
                f"Demande {demande.numero_editeur} : {mot} attend le nom d’un fichier ; saisissez-le en texte (dans un "
                "tableur, mettez d’abord la cellule au format Texte), ou laissez la cellule vide pour reprendre le document envoyé."
            )
        commande[mot] = documents.prendre(demande, ligne, besoin, nom)
    return commande
