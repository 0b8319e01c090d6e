"""The ledger's tables (SQLAlchemy Core): the journal of events, and what is needed to answer fast.

Every table but the journal can be computed again from it.  Comments are French: they are shown to whoever joins these tables
with their own, and make the reference page.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = [
    "METADONNEES",
    "VERSION",
    "demandes",
    "evenements",
    "fichiers",
    "numeros",
    "reglages",
    "retours",
]

#: The version of these tables and of the events' JSON.
VERSION: Final = 1

METADONNEES: Final = MetaData()
# SQLite only counts by itself in a column that it calls INTEGER.
_ENTIER_LONG: Final = BigInteger().with_variant(Integer, "sqlite")

reglages: Final = Table(
    "segur_reglages",
    METADONNEES,
    Column("cle", String(20), primary_key=True, comment="version, alphabet, premier, position, verrou"),
    Column("valeur", Text, nullable=False, comment="la valeur, en texte"),
    comment="Réglages du registre : version des tables, numéros éditeur",
)

evenements: Final = Table(
    "segur_evenements",
    METADONNEES,
    Column("id", _ENTIER_LONG, primary_key=True, autoincrement=True, comment="ordre d’enregistrement"),
    Column("nature", String(20), nullable=False, comment="nature de l’événement"),
    Column("jour", Date, comment="jour de l’événement"),
    Column("numero_editeur", String(5), index=True, comment="demande concernée"),
    Column("fichier", String(64), index=True, comment="SHA-256 du fichier JSON concerné"),
    Column("finess_geo", Text, index=True, comment="officine concernée"),
    Column("contenu", Text, nullable=False, comment="l’événement en JSON ; « ligne » est le texte envoyé ou reçu"),
    comment="Journal : tout ce qui est parti et revenu, ligne par ligne ; on n’y fait qu’ajouter",
    sqlite_autoincrement=True,
)

numeros: Final = Table(
    "segur_numeros",
    METADONNEES,
    Column("numero_editeur", String(5), primary_key=True, comment="numéro servi ou porté, jamais resservi"),
    Column("pli", String(10), nullable=False, index=True, comment="le même, sans différence de casse"),
    comment="Numéros éditeur consommés",
)

fichiers: Final = Table(
    "segur_fichiers",
    METADONNEES,
    Column("fichier", String(64), primary_key=True, comment="SHA-256 du fichier JSON"),
    Column("nom", Text, nullable=False, comment="nom du fichier (section 3.3 du guide)"),
    Column("numero_ans", Text, nullable=False, comment="numeroAns de l’entête"),
    Column("siret", Text, nullable=False, comment="SIRET de l’entête"),
    Column("specification", String(40), nullable=False, comment="vague, par exemple PHA-LGO-Va1"),
    Column("entete", Text, nullable=False, comment="entête envoyée, en JSON"),
    Column("phase", String(20), nullable=False, comment="préparé, déposé, refusé ou abandonné"),
    Column("jour_preparation", Date, nullable=False, comment="jour de la préparation"),
    Column("jour_depot", Date, comment="jour du dépôt sur le portail"),
    Column("motif", Text, nullable=False, comment="motif du refus ou de l’abandon"),
    Column("entame", Boolean, nullable=False, comment="des demandes du fichier refusé sont reparties dans un autre"),
    comment="Fichiers JSON préparés et déposés",
)

retours: Final = Table(
    "segur_retours",
    METADONNEES,
    Column("retour", String(64), primary_key=True, comment="SHA-256 de la réponse"),
    comment="Réponses du portail déjà enregistrées",
)

demandes: Final = Table(
    "segur_demandes",
    METADONNEES,
    Column("numero_editeur", String(5), primary_key=True, comment="numéro de la demande chez l’éditeur"),
    Column("phase", String(20), nullable=False, comment="où en est la demande"),
    Column("specification", String(40), nullable=False, comment="vague, par exemple PHA-LGO-Va1"),
    Column("fichier", String(64), nullable=False, index=True, comment="fichier qui la porte (segur_fichiers)"),
    Column("rang", Integer, nullable=False, comment="place dans ce fichier, à partir de 1"),
    Column("jour_preparation", Date, nullable=False, comment="jour de la préparation"),
    Column("jour_phase", Date, nullable=False, comment="jour de la dernière étape"),
    Column("jour_depot", Date, comment="jour du dépôt sur le portail"),
    Column("mois", String(7), nullable=False, comment="mois du dépôt, à défaut de la préparation (AAAA-MM)"),
    Column("finess_geo", Text, comment="FINESS géographique de l’officine"),
    Column("date_commande", Date, comment="jour de signature du bon de commande"),
    Column("regime_tva", String(3), comment="TTC ou HT"),
    Column("montant_centimes", BigInteger, comment="montant Ségur hors taxe, en centimes"),
    Column("avance_centimes", BigInteger, comment="avance attendue, en centimes"),
    Column("paye_centimes", BigInteger, comment="avance payée, en centimes"),
    Column("reference_paiement", Text, nullable=False, comment="référence du paiement"),
    Column("pieces", Text, nullable=False, comment="pièces justificatives en JSON : nom et SHA-256"),
    Column("numero_asp", Text, unique=True, comment="référence de l’ASP, nécessaire au solde"),
    Column("code_traitement", Text, comment="code de l’ASP"),
    Column("libelle_traitement", Text, comment="libellé de l’ASP, tel quel"),
    Column("motif", Text, nullable=False, comment="motif d’une décision ou d’un abandon"),
    Column("remplace", String(5), comment="demande rejetée qu’elle remplace"),
    Column("remplacee_par", String(5), comment="demande qui la remplace"),
    Column("reserves", Text, nullable=False, comment="réponses reçues et non suivies d’effet, en JSON"),
    Column("a_verifier", Boolean, nullable=False, comment="une réponse reçue demande qu’on la regarde"),
    Column("effacee", Boolean, nullable=False, comment="données personnelles effacées"),
    Index("ix_segur_demandes_attente", "phase", "jour_depot"),
    Index("ix_segur_demandes_rejets", "phase", "remplacee_par"),
    Index("ix_segur_demandes_officine", "finess_geo", "phase", "numero_editeur"),
    Index(
        "ix_segur_demandes_soldables",
        *("numero_editeur", "phase", "numero_asp", "finess_geo", "paye_centimes", "a_verifier"),
    ),
    Index("ix_segur_demandes_mois", "mois", "phase", "montant_centimes", "avance_centimes", "paye_centimes"),
    comment="Où en est chaque demande",
)
