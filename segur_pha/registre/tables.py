"""The ledger's tables (SQLAlchemy Core): the journal of events, and what is needed to answer quickly.

Every table except the journal can be computed from it again.  The columns of the states are those of their classes
(:mod:`segur_pha.registre.etats`).  Comments are French: people who join these tables with their own see them, and the reference
page is made from them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_mock_engine,
)

from segur_pha.registre.etats import LONGUEUR_DU_NUMERO
from segur_pha.registre.rangees import DEMANDES, FICHIERS

if TYPE_CHECKING:
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.ddl import BaseDDLElement

__all__ = [
    "METADONNEES",
    "VERSION",
    "ddl",
    "demandes",
    "evenements",
    "fichiers",
    "numeros",
    "ordres_de_creation",
    "reglages",
    "retours",
]

#: The version of these tables and of the events' JSON.
VERSION: Final = 2

METADONNEES: Final = MetaData()
# SQLite only numbers rows by itself in a column declared as INTEGER.
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
    Column("specification", String(40), comment="vague de la demande concernée"),
    Column("numero_editeur", String(LONGUEUR_DU_NUMERO), comment="demande concernée"),
    Column("fichier", String(64), index=True, comment="SHA-256 du fichier JSON concerné"),
    Column("finess_geo", Text, index=True, comment="officine concernée"),
    Column("contenu", Text, nullable=False, comment="l’événement en JSON ; « ligne » est le texte envoyé ou reçu"),
    Index("ix_segur_evenements_demande", "numero_editeur", "specification"),
    Index("ix_segur_evenements_jour", "jour", "nature"),
    comment="Journal : tout ce qui est parti et revenu, ligne par ligne ; on n’y fait qu’ajouter",
    sqlite_autoincrement=True,
)

numeros: Final = Table(
    "segur_numeros",
    METADONNEES,
    Column("specification", String(40), primary_key=True, comment="vague, par exemple PHA-LGO-Va1"),
    Column(
        "numero_editeur", String(LONGUEUR_DU_NUMERO), primary_key=True, comment="numéro servi ou porté, jamais resservi"
    ),
    Column(
        "pli", String(2 * LONGUEUR_DU_NUMERO), nullable=False, index=True, comment="le même, sans différence de casse"
    ),
    comment="Numéros éditeur consommés",
)

fichiers: Final = Table(
    "segur_fichiers", METADONNEES, *FICHIERS.colonnes("fichier"), comment="Fichiers JSON préparés et déposés"
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
    *DEMANDES.colonnes("specification", "numero_editeur"),
    Index("ix_segur_demandes_fichier", "fichier"),
    Index("ix_segur_demandes_asp", "specification", "numero_asp", unique=True),
    Index("ix_segur_demandes_reference", "numero_asp"),
    Index(
        "ix_segur_demandes_attente",
        *("phase", "jour_phase", "remplacee_par", "a_verifier", "avance_centimes", "paye_centimes"),
    ),
    Index("ix_segur_demandes_a_verifier", "a_verifier"),
    Index("ix_segur_demandes_effacees", "effacee"),
    Index("ix_segur_demandes_officine", "finess_geo", "specification", "phase", "numero_editeur"),
    Index(
        "ix_segur_demandes_soldables",
        *("specification", "numero_editeur", "phase", "numero_asp", "finess_geo", "paye_centimes", "a_verifier"),
    ),
    Index(
        "ix_segur_demandes_mois",
        *("specification", "mois", "phase", "montant_centimes", "avance_centimes", "paye_centimes", "solde_centimes"),
    ),
    comment="Où en est chaque demande",
)


def ddl(dialecte: str) -> str:
    """Return the statements that make the tables, their indexes and comments, in order, each ended by a semicolon.

    >>> "CREATE TABLE segur_demandes" in ddl("postgresql")
    True
    """
    return "".join(f"{ordre};\n" for ordre in ordres_de_creation(dialecte))


@cache
def ordres_de_creation(dialecte: str) -> tuple[str, ...]:
    """Return these statements one by one; they are worded once per process, which takes as long as executing them."""
    ordres: list[str] = []

    def noter(ordre: Executable | BaseDDLElement, *_: object, **__: object) -> None:
        assert isinstance(ordre, ClauseElement)
        ordres.append(str(ordre.compile(dialect=moteur.dialect)).strip())

    moteur = create_mock_engine(f"{dialecte}://", noter)
    METADONNEES.create_all(moteur, checkfirst=False)
    return tuple(ordres)
