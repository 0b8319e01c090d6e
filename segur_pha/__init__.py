"""Prepare, check and follow Ségur numérique funding requests (corridor PHA-LGO, wave 1).

>>> from segur_pha import controler
>>> from segur_pha.specification.va1.exemple import fichier_du_guide
>>> controler(fichier_du_guide()).tout_accepte
True

The rooms with names of their own: :mod:`segur_pha.depot`, :mod:`segur_pha.registre`, :mod:`segur_pha.portail`,
:mod:`segur_pha.certificats`, :mod:`segur_pha.anonymiser`, :mod:`segur_pha.strategies`.
"""

from __future__ import annotations

from segur_pha.controle.conseils import CONSEILS, Conseil
from segur_pha.controle.verdict import RapportControle, VerdictLigne, controler, lire
from segur_pha.depot.editeur import Editeur
from segur_pha.echange.ecriture import ecrire, en_json
from segur_pha.echange.modele import convertisseur
from segur_pha.erreurs import (
    Anomalie,
    DemandeInvalide,
    DepotRefuse,
    ExtraManquant,
    FichierRejete,
    NomInvalide,
    Position,
    RegistreError,
    RetourIllisible,
    SegurError,
)
from segur_pha.retour.lecture import Issue, LigneRetour, Retour, lire_retour
from segur_pha.retour.rapprochement import Ecart, NatureEcart, Rapprochement, rapprocher
from segur_pha.retour.remedes import remede
from segur_pha.specification.schema import schema, validateur
from segur_pha.specification.va1 import VA1
from segur_pha.specification.va1.constructeur import construire_demande, decouper
from segur_pha.specification.va1.demande import (
    Beneficiaire,
    CertificatsServeur,
    Commande,
    Demande,
    Fichier,
    PieceJustificative,
    ScenarioInstallation,
)
from segur_pha.specification.va1.enumerations import FormatFichier, RegimeTVA, StatutAdminTechnique, TypeFichier
from segur_pha.specification.va1.financement import PLAFONDS_HT, Avance, avance, depassement_du_plafond
from segur_pha.specification.va1.nommage import NomFichierJSON, NomPiece
from segur_pha.specification.va1.operateurs import Operateur, chercher_operateurs, operateur, operateurs

__all__ = [
    "CONSEILS",
    "PLAFONDS_HT",
    "VA1",
    "Anomalie",
    "Avance",
    "Beneficiaire",
    "CertificatsServeur",
    "Commande",
    "Conseil",
    "Demande",
    "DemandeInvalide",
    "DepotRefuse",
    "Ecart",
    "Editeur",
    "ExtraManquant",
    "Fichier",
    "FichierRejete",
    "FormatFichier",
    "Issue",
    "LigneRetour",
    "NatureEcart",
    "NomFichierJSON",
    "NomInvalide",
    "NomPiece",
    "Operateur",
    "PieceJustificative",
    "Position",
    "RapportControle",
    "Rapprochement",
    "RegimeTVA",
    "RegistreError",
    "Retour",
    "RetourIllisible",
    "ScenarioInstallation",
    "SegurError",
    "StatutAdminTechnique",
    "TypeFichier",
    "VerdictLigne",
    "avance",
    "chercher_operateurs",
    "construire_demande",
    "controler",
    "convertisseur",
    "decouper",
    "depassement_du_plafond",
    "ecrire",
    "en_json",
    "lire",
    "lire_retour",
    "operateur",
    "operateurs",
    "rapprocher",
    "remede",
    "schema",
    "validateur",
]
