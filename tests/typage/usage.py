"""What an editor shows of the public door: never run, read by mypy --strict and by pyright (see ``.ci/run``).

Each ``assert_type`` states what somebody sees who points at the expression.  A line marked ``type: ignore`` with its code is a
mistake that both checkers have to find: they are told to complain when there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Unpack, assert_type

from hypothesis.strategies import SearchStrategy
from sqlalchemy import Connection, MetaData

from segur_pha import (
    Anomalie,
    Avance,
    Commande,
    CommandeInvalide,
    Conseil,
    Constat,
    Demande,
    DemandeInvalide,
    DemandesInvalides,
    Editeur,
    Fichier,
    FichierRejete,
    Issue,
    LigneRetour,
    NomFichierJSON,
    NomPiece,
    Operateur,
    PieceJustificative,
    Position,
    RapportControle,
    Rapprochement,
    RegimeTVA,
    Retour,
    TypeFichier,
    ValeursDeDemande,
    VerdictLigne,
    avance,
    chercher_operateurs,
    construire_demande,
    controler,
    ecrire,
    en_json,
    lire,
    lire_retour,
    mettre_a_plat,
    rapprocher,
    renumeroter,
    schema,
)
from segur_pha.certificats import LignePlan, Parc, lire_suivi, plan_renouvellement, premieres_echeances
from segur_pha.depot import DepotPrepare, preparer_depot
from segur_pha.portail import PortailSimule
from segur_pha.registre import METADONNEES, Registre, Resoumission, preparer_au_registre
from segur_pha.strategies import Faute, demandes, fautes, fichiers

JOUR = date(2022, 11, 15)


def construire() -> Demande:
    """A day, an amount and a choice as values or as texts."""
    demande = construire_demande(
        numero_editeur="00001",
        date_commande="15/11/2022",
        regime_tva=RegimeTVA.TTC,
        montant_segur_ht=Decimal("708.33"),
        statut_admin_technique="E",
        numero_carte_cpx="1234567890",
        nom_admin_technique="MARTIN",
        tel_admin_technique="0102030405",
        email_admin_technique="certificats@editeur.example",
        nom_responsable="DURAND",
        finess_geo="777777777",
        has_bal_ms_sante_personnelle=True,
    )
    assert_type(demande, Demande)
    assert_type(demande.numero_editeur, str)
    assert_type(demande.commande, Commande)
    assert_type(demande.commande.date_commande, date)
    assert_type(demande.commande.montant_segur_ht, Decimal)
    assert_type(demande.commande.regime_tva, RegimeTVA)
    assert_type(demande.beneficiaire.email_responsable, str | None)
    assert_type(demande.pieces_justificatives, tuple[PieceJustificative, ...])
    assert_type(demande.pieces_justificatives[0].type_fichier, TypeFichier)
    return demande


def se_tromper(demande: Demande) -> None:
    """Mistakes that a type checker finds before the portal does."""
    Commande(date_commande=JOUR, regime_tva=RegimeTVA.HT, montant_segur_ht=708.33)  # type: ignore[arg-type]
    Commande(date_commande=JOUR, regime_tva=RegimeTVA.HT)  # type: ignore[call-arg]
    demande.numero_editeur = "00002"  # type: ignore[misc]
    Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=3)  # type: ignore[arg-type]
    Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=["00001"])  # type: ignore[list-item]
    controler(7)  # type: ignore[arg-type]
    PortailSimule().deposer("{}")  # type: ignore[arg-type]


def controler_et_lire(source: bytes | str | Path | Fichier) -> None:
    """A report, its lines, its faults."""
    rapport = controler(source, jour=JOUR, sans=("siret-cle",))
    assert_type(rapport, RapportControle)
    assert_type(rapport.tout_accepte, bool)
    assert_type(rapport.lignes, tuple[VerdictLigne, ...])
    assert_type(rapport.conseils, tuple[Conseil, ...])
    assert_type(rapport.demandes(), dict[int, Demande])
    assert_type(rapport.en_lignes(), list[dict[str, object]])
    assert_type(rapport.en_retour(), bytes)
    for ligne in rapport.lignes:
        assert_type(ligne.numero_editeur, str | None)
        for anomalie in ligne.anomalies:
            assert_type(anomalie, Anomalie)
            assert_type(anomalie.position, Position | None)
    try:
        fichier = lire(source)
    except FichierRejete as refus:
        assert_type(refus.rapport, RapportControle)
    except DemandeInvalide as refus:
        assert_type(refus.anomalies, tuple[Anomalie, ...])
    else:
        assert_type(fichier.demandes, tuple[Demande, ...])
        assert_type(en_json(fichier), bytes)
        assert_type(ecrire(fichier, "depot", jour=JOUR), Path)


def editer(rangees: list[dict[str, object]], **valeurs: Unpack[ValeursDeDemande]) -> None:
    """What a publisher says once, and the files it makes."""
    editeur = Editeur("ANS0000001", "12345678200010", statut_admin_technique="E", has_bal_ms_sante_personnelle=False)
    assert_type(editeur.demande(numero_editeur="00001", date_commande=JOUR, montant_segur_ht="850.00"), Demande)
    assert_type(editeur.demande(**valeurs), Demande)
    demandes_ = editeur.demandes(rangees)
    assert_type(demandes_, tuple[Demande, ...])
    plat = mettre_a_plat(demandes_[0])
    assert_type(plat["date_commande"], date)
    assert_type(construire_demande(**plat), Demande)
    assert_type(editeur.demandes([plat, valeurs]), tuple[Demande, ...])
    assert_type(renumeroter(demandes_[0], "00042"), Demande)
    try:
        editeur.demandes(rangees)
    except DemandesInvalides as refus:
        assert_type(refus.commandes, tuple[CommandeInvalide, ...])
        assert_type(refus.commandes[0].rang, int)
    assert_type(editeur.fichiers(demandes_), Iterator[Fichier])
    assert_type(preparer_depot("commandes.csv", editeur, "pieces", "depot", jour=JOUR), DepotPrepare)


def se_tromper_de_mot(editeur: Editeur) -> None:
    """A misspelt keyword, a day given as a number."""
    editeur.demande(numero_editor="00001")  # type: ignore[call-arg]
    editeur.demande(date_commande=3)  # type: ignore[arg-type]
    Editeur("ANS0000001", "12345678200010", statut="E")  # type: ignore[call-arg]
    Editeur("ANS0000001", "12345678200010", has_bal_ms_sante_personnelle="non")  # type: ignore[arg-type]


def au_registre(editeur: Editeur, connexion: Connection) -> None:
    """A deposit in the caller's transaction."""
    faite = preparer_au_registre(Registre(connexion), "commandes.csv", editeur, "pieces", "depot", jour=JOUR)
    assert_type(faite, Resoumission)
    assert_type(faite.montrer(), Path)
    assert_type(faite.depot, DepotPrepare)
    assert_type(METADONNEES, MetaData)


def repondre(envoye: Fichier) -> None:
    """The portal's answer, the ledger."""
    reponse = PortailSimule(graine=7).deposer(en_json(envoye))
    assert_type(reponse, bytes)
    retour = lire_retour(reponse)
    assert_type(retour, Retour)
    assert_type(retour.acceptees, tuple[LigneRetour, ...])
    assert_type(retour.lignes[0].numero_asp, str | None)
    assert_type(retour.lignes[0].issue, Issue)
    rapproche = rapprocher(envoye, retour)
    assert_type(rapproche, Rapprochement)
    assert_type(rapproche.ecarts, tuple[Constat, ...])
    with Registre("registre.sqlite") as registre:
        assert_type(registre, Registre)
        assert_type(registre.enregistrer_retour(retour, jour=JOUR), Rapprochement)


def suivre() -> None:
    """Certificates, amounts, names, operators, the schema."""
    parc = lire_suivi(Path("suivi.csv"))
    assert_type(parc, Parc)
    assert_type(premieres_echeances(parc), dict[str, date])
    assert_type(plan_renouvellement(parc, jour=JOUR).lignes, tuple[LignePlan, ...])
    assert_type(avance("708.33", "TTC"), Avance)
    assert_type(avance(Decimal(850), RegimeTVA.HT).montant, Decimal)
    assert_type(NomFichierJSON.lire("JSON-ANS0000001-20221115-001.json"), NomFichierJSON)
    assert_type(NomPiece.lire("PHA-LGO-Va1-BDC-00001.pdf").numero_editeur, str)
    assert_type(chercher_operateurs("orleans"), tuple[Operateur, ...])
    assert_type(schema(), dict[str, object])


def tirer() -> None:
    """The strategies."""
    assert_type(fichiers(maximum=2), SearchStrategy[Fichier])
    assert_type(demandes(), SearchStrategy[Demande])
    assert_type(fautes(codes={"2303"}), SearchStrategy[Faute])
