"""Prepare, check and follow Ségur numérique funding requests (PHA-LGO, wave 1)."""

from __future__ import annotations

from segur_pha.controle.conseils import Conseil
from segur_pha.controle.verdict import RapportControle, VerdictLigne, controler, lire
from segur_pha.depot.editeur import Editeur
from segur_pha.echange.ecriture import ecrire, en_json
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
from segur_pha.specification.va1.financement import PLAFONDS_HT, Avance, avance
from segur_pha.specification.va1.nommage import NomFichierJSON, NomPiece
from segur_pha.specification.va1.operateurs import Operateur, chercher_operateurs, operateur, operateurs
