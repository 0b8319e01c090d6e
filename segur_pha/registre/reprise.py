"""Files and answers that existed before the ledger, or remain of a lost one → the ledger that they make."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from segur_pha.erreurs import NomInvalide, RegistreError
from segur_pha.rapports.tableau import accorder
from segur_pha.registre import tables
from segur_pha.registre.base import demandes, ecrire, enregistrer, les_fichiers
from segur_pha.registre.etats import Phase, PhaseFichier
from segur_pha.registre.evenements import DemandePreparee, FichierDepose
from segur_pha.registre.numeros import CHOISIR_LE_DEPOSE, refuser_les_noms_pris
from segur_pha.registre.preparation import evenements_de_preparation
from segur_pha.registre.reponses import AucuneDemandeConnue, examiner_retour
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.lignes import numero_retrouve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sqlalchemy import Connection

    from segur_pha.registre.evenements import Evenement
    from segur_pha.retour.lecture import Retour
    from segur_pha.table.specification import Specification

__all__ = ["Reponse", "Reprise", "reprendre_des_fichiers"]


@frozen
class Reponse:
    """An answer of the portal: the name of its file, its bytes, the day it came."""

    nom: str
    octets: bytes
    jour: date


@frozen(kw_only=True)
class Reprise:
    """What was recorded: the new files and answers, and new number → the rejected request that it must be replacing.

    No line says what a request replaces: it is the one rejected request of its pharmacy that nothing replaces yet.
    """

    fichiers: tuple[str, ...]
    reponses: tuple[str, ...]
    remplace: Mapping[str, str] = field(hash=False)

    def __str__(self) -> str:
        fichiers = accorder(len(self.fichiers), "fichier inscrit", "fichiers inscrits")
        reponses = accorder(len(self.reponses), "réponse inscrite", "réponses inscrites")
        return f"{fichiers}, {reponses}, {accorder(len(self.remplace), 'remplacement')}"

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per new file and per answer, for a table of data."""
        return [
            {"genre": genre, "nom": nom}
            for genre, noms in (("fichier", self.fichiers), ("réponse", self.reponses))
            for nom in noms
        ]


@frozen(eq=False)
class _Lue:
    reponse: Reponse
    retour: Retour

    @property
    def numeros(self) -> set[str | None]:
        lignes, specification = self.retour.lignes, self.retour.specification
        return {n for ligne in lignes for n in (ligne.numero_editeur, numero_retrouve(ligne.brut, specification))}


def reprendre_des_fichiers(
    connexion: Connection,
    fichiers: Mapping[str, bytes],
    reponses: Iterable[Reponse],
    *,
    jour: date | None,
    empreintes: Mapping[str, str],
    specification: Specification,
) -> Reprise:
    """Record deposited files and their answers, each once, whatever their order.

    Each file's day is the one in its name, otherwise ``jour``.

    Raises :class:`~segur_pha.RegistreError` for a file without a day, for an answer to none of the files, and for anything else
    that is wrong with an answer.
    """
    restantes = [
        _Lue(reponse, lire_retour(reponse.octets, specification=specification))
        for reponse in sorted(reponses, key=lambda reponse: (reponse.jour, sha256(reponse.octets).hexdigest()))
    ]
    connus = {etat.fichier: etat for etat in les_fichiers(connexion)}
    inscrits: list[str] = []
    lues: list[str] = []
    refus: dict[_Lue, RegistreError] = {}
    remplace: dict[str, str] = {}
    jours = sorted((_jour(nom, jour, specification), nom) for nom in fichiers)
    empreinte = {nom: sha256(octets).hexdigest() for nom, octets in fichiers.items()}
    for le, nom in jours:
        etat = connus.get(empreinte[nom])
        if etat is not None and etat.phase is PhaseFichier.PREPARE:
            enregistrer(connexion, [FichierDepose(jour=le, fichier=etat.fichier)])
            inscrits.append(nom)
    # An answer may also be to a file that the ledger already knows.
    restantes = _repondre(connexion, restantes, lues, refus)
    for le, nom in jours:
        if empreinte[nom] in connus:
            continue
        evenements = list(
            evenements_de_preparation(
                fichiers[nom], nom=nom, jour=le, empreintes=empreintes, remplace={}, specification=specification
            )
        )
        refuser_les_noms_pris(connexion, evenements, CHOISIR_LE_DEPOSE)
        relies = list(_relier(connexion, evenements, remplace))
        enregistrer(connexion, [*relies, FichierDepose(jour=le, fichier=empreinte[nom])])
        inscrits.append(nom)
        numeros = {e.numero_editeur for e in evenements if isinstance(e, DemandePreparee)}
        # An answer is looked at when its file is there, not after every other file.
        a_lui = [lue for lue in restantes if not numeros.isdisjoint(lue.numeros)]
        encore = _repondre(connexion, a_lui, lues, refus)
        restantes = [lue for lue in restantes if lue in encore or lue not in a_lui]
    _exiger_toutes_les_reponses(restantes, refus)
    return Reprise(fichiers=tuple(inscrits), reponses=tuple(lues), remplace=remplace)


def _exiger_toutes_les_reponses(restantes: Iterable[_Lue], refus: Mapping[_Lue, RegistreError]) -> None:
    """Raise :class:`~segur_pha.RegistreError` when answers remain, saying why for each."""
    sans_fichier = [lue.reponse.nom for lue in restantes if isinstance(refus[lue], AucuneDemandeConnue)]
    phrases = [
        f"{lue.reponse.nom} : {refus[lue]} Rien n’a été inscrit."
        for lue in restantes
        if not isinstance(refus[lue], AucuneDemandeConnue)
    ]
    if sans_fichier:
        phrases.append(
            "Aucune demande de ces réponses n’est au registre ni dans les fichiers donnés, et rien n’a été inscrit : "
            f"{', '.join(sans_fichier)}. Donnez aussi les fichiers auxquels elles répondent."
        )
    if phrases:
        raise RegistreError("\n".join(phrases))


def _jour(nom: str, jour: date | None, specification: Specification) -> date:
    try:
        return specification.nom_de_fichier.lire(nom).jour
    except NomInvalide:
        if jour is None:
            raise RegistreError(f"{nom} : ce nom ne dit pas le jour du dépôt ; indiquez-le (--jour).") from None
        return jour


def _repondre(
    connexion: Connection, reponses: list[_Lue], lues: list[str], refus: dict[_Lue, RegistreError]
) -> list[_Lue]:
    """Record the answers that can now be recorded, and return the others, with the reasons in ``refus``."""
    restantes = []
    for lue in reponses:
        try:
            _, etats, evenements = examiner_retour(
                connexion,
                lue.retour,
                jour=lue.reponse.jour,
                admettre=(),
                specification=lue.retour.specification,
            )
        except RegistreError as erreur:
            # The answer may be to another file of this call: only the last refusal counts.
            refus[lue] = erreur
            restantes.append(lue)
            continue
        if evenements:
            ecrire(connexion, etats, evenements)
            lues.append(lue.reponse.nom)
    return restantes


def _relier(connexion: Connection, evenements: Iterable[Evenement], remplace: dict[str, str]) -> Iterator[Evenement]:
    """Link each request with the one rejected request of its pharmacy that nothing replaces yet."""
    d = tables.demandes.c
    rejetees = list(demandes(connexion, d.phase == Phase.REJETEE.value, d.remplacee_par.is_(None)))
    for evenement in evenements:
        if isinstance(evenement, DemandePreparee) and evenement.finess_geo is not None:
            memes = [
                r
                for r in rejetees
                if (r.specification, r.finess_geo) == (evenement.specification, evenement.finess_geo)
            ]
            if len(memes) == 1 and memes[0].numero_editeur not in remplace.values():
                remplace[evenement.numero_editeur] = memes[0].numero_editeur
                yield evolve(evenement, remplace=memes[0].numero_editeur)
                continue
        yield evenement
