"""Requests and documents → the files of a deposit, in a folder that is not visible yet."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from segur_pha.constats import Constat, ValeurRefusee
from segur_pha.depot.documents import octets_du_document
from segur_pha.depot.dossier import ecrire_durablement
from segur_pha.depot.json_controle import controler_le_json
from segur_pha.depot.manifeste import (
    A_CORRIGER,
    MANIFESTE,
    RECAPITULATIF_CSV,
    RECAPITULATIF_HTML,
    ASaisir,
    FichierDuDossier,
    LigneDeposee,
    Manifeste,
    PieceDeposee,
    empreinte,
    recapituler,
)
from segur_pha.depot.resultats import DemandeDeposee, DocumentDepose
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.depot.zips import Membre, borne_basse, ecrire_zip, nom_de_zip, repartir
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.table.roles import Role
from segur_pha.texte_json.ecriture import en_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from segur_pha.depot.documents import Document
    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.json_controle import JSONControle
    from segur_pha.depot.verification import Suivi
    from segur_pha.table.specification import Limites, Specification
    from segur_pha.vagues import Demande, Fichier

__all__ = ["Ecrit", "Retenue", "dans_la_source", "demandes_deposees", "piece_changee", "rediger"]


@frozen
class Retenue:
    """An order to be deposited: its row in the source, its request, and its documents in the request's order."""

    ligne: int
    demande: Demande
    documents: tuple[Document, ...]


@frozen(kw_only=True)
class Ecrit:
    """What was written.

    Attributes:
        manifeste: the list of the files.
        lignes: each request, with its place in its file and its row in the source.
        origines: ``nomFichier`` → the document that it must be a copy of.
        controles: name and SHA-256 of a JSON file → what the controls said of it.
        avis: the advice on the JSON files, and ``places`` the same in the rows of the source.
        montant_ht, avance: the totals, in euros.
    """

    manifeste: Manifeste
    lignes: tuple[LigneDeposee, ...]
    origines: dict[str, Document]
    controles: dict[tuple[str, str], JSONControle]
    avis: tuple[Constat, ...]
    places: tuple[Constat, ...]
    montant_ht: Decimal
    avance: Decimal


def rediger(
    dossier: Path,
    retenues: Sequence[Retenue],
    *,
    editeur: Editeur,
    jour: date,
    premier_fichier: int,
    a_corriger: bytes | None,
    suivi: Suivi,
    conseils: Sequence[Constat] = (),
    colonnes: Mapping[str, str] | None = None,
) -> Ecrit:
    """Write every file of a deposit into a folder; ``a_corriger`` is the CSV of the orders left aside.

    ``conseils`` is the advice so far, for the summary, and ``colonnes`` the headers of the source: keyword → header.

    Whether the documents are those that were examined is checked later in the finished zips, when the folder is verified.

    Raises :class:`~segur_pha.DepotRefuse` when too few file numbers are left on that day, or when a document has disappeared or
    changed size; ``OSError`` when the disk refuses.
    """
    redaction = _Redaction(dossier, editeur, jour)
    limites = editeur.specification.limites
    _verifier_les_numeros(premier_fichier, len(retenues), limites)
    restantes = iter(retenues)
    for rang, fichier in enumerate(editeur.fichiers(r.demande for r in retenues)):
        suivi("Écriture du dépôt", rang * limites.demandes_par_fichier, len(retenues))
        lot = list(islice(restantes, limites.demandes_par_fichier))
        redaction.ecrire_le_lot(fichier, lot, premier_fichier + rang)
    return redaction.finir(a_corriger, conseils, colonnes or {})


def _verifier_les_numeros(premier_fichier: int, demandes: int, limites: Limites) -> None:
    fichiers = -(-demandes // limites.demandes_par_fichier)
    if premier_fichier + fichiers - 1 > limites.fichiers_par_jour:
        raise DepotRefuse(
            f"Il faut {fichiers} fichiers et il ne reste que {limites.fichiers_par_jour - premier_fichier + 1} numéros pour ce jour : "
            "répartissez les commandes sur plusieurs jours de dépôt."
        )


@define
class _Redaction:
    """The files written so far."""

    dossier: Path
    editeur: Editeur
    jour: date
    fichiers: list[FichierDuDossier] = field(factory=list)
    lignes: list[LigneDeposee] = field(factory=list)
    origines: dict[str, Document] = field(factory=dict)
    controles: dict[tuple[str, str], JSONControle] = field(factory=dict)
    zips_au_moins: int = 0
    avis: list[Constat] = field(factory=list)

    @property
    def specification(self) -> Specification:
        return self.editeur.specification

    def ecrire_le_lot(self, fichier: Fichier, lot: Sequence[Retenue], numero: int) -> None:
        """Write a JSON file and the zips of its documents."""
        nom = self.specification.nommer_fichier(self.editeur.numero_ans, self.jour, numero)
        octets = en_json(fichier)
        ecrit = self._ecrire(
            nom,
            octets,
            "json",
            demandes=len(lot),
            a_saisir=ASaisir(self.specification.type_de_demande, self.editeur.numero_ans),
        )
        controle = controler_le_json(octets, nom, self.jour, self.specification)
        self.controles[nom, ecrit.sha256] = controle
        self.avis += controle.conseils
        self.lignes += (LigneDeposee(nom, k, r.ligne, r.demande) for k, r in enumerate(lot, start=1))
        groupes = [
            [
                Membre(str(self.specification.valeur(piece, Role.NOM_PIECE)), document)
                for piece, document in zip(self.specification.pieces_de(r.demande), r.documents, strict=True)
            ]
            for r in lot
        ]
        self.zips_au_moins += borne_basse(groupes, self.specification.limites.octets_par_zip)
        zips = repartir(groupes, self.specification.limites.octets_par_zip)
        for rang, membres in enumerate(zips, start=1):
            self._ecrire_le_zip(nom_de_zip(nom, rang, len(zips)), nom, membres)

    def _ecrire_le_zip(self, nom: str, nom_json: str, membres: Sequence[Membre]) -> None:
        chemin = self.dossier / nom
        ecrire_durablement(chemin, lambda flux: ecrire_zip(flux, membres, self._octets))
        octets, somme = empreinte(chemin, chemin.stat().st_size)
        pieces = tuple(PieceDeposee(m.nom, m.document.octets, m.document.sha256) for m in membres)
        self.fichiers.append(
            FichierDuDossier(nom=nom, octets=octets, sha256=somme, nature="zip", json=nom_json, pieces=pieces)
        )
        self.origines.update((membre.nom, membre.document) for membre in membres)

    def _ecrire(
        self, nom: str, octets: bytes, nature: str, *, demandes: int = 0, a_saisir: ASaisir | None = None
    ) -> FichierDuDossier:
        ecrire_durablement(self.dossier / nom, lambda flux: flux.write(octets))
        ecrit = FichierDuDossier(
            nom=nom,
            octets=len(octets),
            sha256=hashlib.sha256(octets).hexdigest(),
            nature=nature,
            demandes=demandes,
            a_saisir=a_saisir,
        )
        self.fichiers.append(ecrit)
        return ecrit

    def _octets(self, document: Document) -> bytes:
        """Read a document again; the zip was planned for its size."""
        try:
            octets = octets_du_document(document.chemin, self.specification.limites)
        except ValeurRefusee as refus:
            # Told by what ``octets_du_document`` leaves as the context: the document may be as it was.
            if isinstance(refus.__context__, OSError) and not isinstance(refus.__context__, FileNotFoundError):
                raise DepotRefuse(
                    f"La pièce {nom_lisible(document.chemin.name)} n’a pas pu être relue : {refus.constat.message}, puis recommencez. "
                    "Aucun dossier n’a été laissé."
                ) from None
            raise piece_changee(document) from None
        if len(octets) != document.octets:
            raise piece_changee(document)
        return octets

    def finir(self, a_corriger: bytes | None, conseils: Sequence[Constat], colonnes: Mapping[str, str]) -> Ecrit:
        """Write what is not uploaded: the summary with the advice, the orders to correct, the manifest."""
        # What an earlier run left behind is not part of this deposit, which must be the same without it.
        du_depot = (c for c in conseils if c.code != "reste")
        places = tuple(dans_la_source(self.avis, self.lignes, colonnes, self.specification))
        csv, html, montant_ht, avance = recapituler(
            self.lignes,
            numero_ans=self.editeur.numero_ans,
            jour=self.jour,
            specification=self.specification,
            conseils=[*du_depot, *places],
        )
        self._ecrire(RECAPITULATIF_CSV, csv, "suivi")
        self._ecrire(RECAPITULATIF_HTML, html, "suivi")
        if a_corriger is not None:
            self._ecrire(A_CORRIGER, a_corriger, "suivi")
        manifeste = Manifeste(
            specification=self.specification.nom,
            numero_ans=self.editeur.numero_ans,
            siret=self.editeur.siret,
            jour=self.jour.isoformat(),
            demandes=len(self.lignes),
            zips=sum(f.nature == "zip" for f in self.fichiers),
            zips_au_moins=self.zips_au_moins,
            fichiers=tuple(self.fichiers),
        )
        ecrire_durablement(self.dossier / MANIFESTE, lambda flux: flux.write(manifeste.en_json()))
        return Ecrit(
            manifeste=manifeste,
            lignes=tuple(self.lignes),
            origines=self.origines,
            controles=self.controles,
            avis=tuple(self.avis),
            places=places,
            montant_ht=montant_ht,
            avance=avance,
        )


def piece_changee(document: Document) -> DepotRefuse:
    """Say that a document is no longer the one that was examined."""
    return DepotRefuse(
        f"La pièce {nom_lisible(document.chemin.name)} a changé ou disparu pendant la préparation : recommencez. "
        "Aucun dossier n’a été laissé."
    )


def dans_la_source(
    conseils: Iterable[Constat],
    lignes: Iterable[LigneDeposee],
    colonnes: Mapping[str, str],
    specification: Specification,
) -> Iterator[Constat]:
    """Place the advice on the JSON files where the clerk can act on it: in the rows of the source."""
    sources = {(ligne.fichier, ligne.num_ligne): ligne.ligne_source for ligne in lignes}
    vus: set[Constat] = set()
    mots = vocabulaire(specification).mot_de_balise
    for conseil in conseils:
        if conseil.code == "finess-double":
            continue  # already said, for the whole deposit
        ligne = sources.get((conseil.fichier, conseil.ligne or 0))
        colonne = colonnes.get(mots.get(conseil.balise, ""), "")
        place = evolve(conseil, ligne=ligne, fichier="", document="", chemin="", colonne=colonne)
        dites = len(vus)
        vus.add(place)
        if len(vus) > dites:
            yield place


def demandes_deposees(
    ecrit: Ecrit, retenues: Iterable[Retenue], specification: Specification
) -> tuple[DemandeDeposee, ...]:
    """Say what became of each order, in the order of the files."""
    zips = {piece.nom: fichier.nom for fichier in ecrit.manifeste.fichiers for piece in fichier.pieces}
    faites = []
    for ligne, retenue in zip(ecrit.lignes, retenues, strict=True):
        noms = [
            (str(specification.valeur(piece, Role.NOM_PIECE)), str(specification.valeur(piece, Role.TYPE_PIECE)))
            for piece in specification.pieces_de(ligne.demande)
        ]
        faites.append(
            DemandeDeposee(
                ligne=ligne.ligne_source,
                numero_editeur=str(specification.valeur(ligne.demande, Role.NUMERO_EDITEUR)),
                finess_geo=str(specification.valeur(ligne.demande, Role.OFFICINE)),
                fichier=ligne.fichier,
                num_ligne=ligne.num_ligne,
                documents=tuple(
                    DocumentDepose(nom=nom, type=genre, source=document.chemin.name, zip=zips[nom])
                    for (nom, genre), document in zip(noms, retenue.documents, strict=True)
                ),
            )
        )
    return tuple(faites)
