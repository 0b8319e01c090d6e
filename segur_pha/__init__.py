"""Prepare, check and follow Ségur numérique funding requests (corridor PHA-LGO, wave 1).

>>> from segur_pha import controler
>>> from segur_pha.vagues.va1.exemples import fichier_du_guide
>>> controler(fichier_du_guide()).tout_accepte
True

The modules with public names of their own: :mod:`segur_pha.depot`, :mod:`segur_pha.registre`, :mod:`segur_pha.portail`,
:mod:`segur_pha.certificats`, :mod:`segur_pha.anonymiser`, :mod:`segur_pha.strategies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.chargement import porte

if TYPE_CHECKING:
    from segur_pha.anomalies import Anomalie, Conseil, Position
    from segur_pha.constats import Constat
    from segur_pha.controle.conseils import CONSEILS
    from segur_pha.controle.lignes import VerdictLigne
    from segur_pha.controle.verdict import FichierRejete, RapportControle, controler, lire
    from segur_pha.depot.constats import CommandeInvalide, DemandesInvalides
    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.plat import mettre_a_plat, renumeroter
    from segur_pha.erreurs import (
        DemandeInvalide,
        DepotRefuse,
        ExtraManquant,
        NomInvalide,
        RegistreError,
        RetourIllisible,
        SegurError,
    )
    from segur_pha.fichiers import FichierExistant
    from segur_pha.retour.ecarts import Admission, NatureEcart
    from segur_pha.retour.lecture import Retour, lire_retour
    from segur_pha.retour.lignes import Issue, LigneRetour
    from segur_pha.retour.rapprochement import LigneRapprochee, Rapprochement, rapprocher
    from segur_pha.retour.remedes import remede
    from segur_pha.table.balise import Balise
    from segur_pha.table.roles import Acteur, Role
    from segur_pha.table.specification import Specification
    from segur_pha.texte_json.conversion import convertisseur
    from segur_pha.texte_json.ecriture import ecrire, en_json
    from segur_pha.texte_json.schema import schema, validateur
    from segur_pha.vagues.va1 import VA1
    from segur_pha.vagues.va1.avance import PLAFONDS_HT, Avance, avance, depassement_du_plafond
    from segur_pha.vagues.va1.construire import construire_demande, decouper
    from segur_pha.vagues.va1.enumerations import FormatFichier, RegimeTVA, StatutAdminTechnique, TypeFichier
    from segur_pha.vagues.va1.mots_cles import DemandeAPlat, ValeursDeDemande
    from segur_pha.vagues.va1.noms import NomFichierJSON, NomPiece
    from segur_pha.vagues.va1.operateurs import Operateur, chercher_operateurs, operateur, operateurs
    from segur_pha.vagues.va1.table import (
        Beneficiaire,
        CertificatsServeur,
        Commande,
        Demande,
        Fichier,
        PieceJustificative,
        ScenarioInstallation,
    )

__all__ = [
    "CONSEILS",
    "PLAFONDS_HT",
    "VA1",
    "Acteur",
    "Admission",
    "Anomalie",
    "Avance",
    "Balise",
    "Beneficiaire",
    "CertificatsServeur",
    "Commande",
    "CommandeInvalide",
    "Conseil",
    "Constat",
    "Demande",
    "DemandeAPlat",
    "DemandeInvalide",
    "DemandesInvalides",
    "DepotRefuse",
    "Editeur",
    "ExtraManquant",
    "Fichier",
    "FichierExistant",
    "FichierRejete",
    "FormatFichier",
    "Issue",
    "LigneRapprochee",
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
    "Role",
    "ScenarioInstallation",
    "SegurError",
    "Specification",
    "StatutAdminTechnique",
    "TypeFichier",
    "ValeursDeDemande",
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
    "mettre_a_plat",
    "operateur",
    "operateurs",
    "rapprocher",
    "remede",
    "renumeroter",
    "schema",
    "validateur",
]

#: Where each name lives: importing segur_pha costs nothing, and a module is only loaded when one of its names is first used.
_ROOMS: Final = {
    "CONSEILS": "controle.conseils",
    "PLAFONDS_HT": "vagues.va1.avance",
    "VA1": "vagues.va1",
    "Acteur": "table.roles",
    "Admission": "retour.ecarts",
    "Anomalie": "anomalies",
    "Avance": "vagues.va1.avance",
    "Balise": "table.balise",
    "Beneficiaire": "vagues.va1.table",
    "CertificatsServeur": "vagues.va1.table",
    "Commande": "vagues.va1.table",
    "CommandeInvalide": "depot.constats",
    "Conseil": "anomalies",
    "Constat": "constats",
    "Demande": "vagues.va1.table",
    "DemandeAPlat": "vagues.va1.mots_cles",
    "DemandeInvalide": "erreurs",
    "DemandesInvalides": "depot.constats",
    "DepotRefuse": "erreurs",
    "Editeur": "depot.editeur",
    "ExtraManquant": "erreurs",
    "Fichier": "vagues.va1.table",
    "FichierExistant": "fichiers",
    "FichierRejete": "controle.verdict",
    "FormatFichier": "vagues.va1.enumerations",
    "Issue": "retour.lignes",
    "LigneRapprochee": "retour.rapprochement",
    "LigneRetour": "retour.lignes",
    "NatureEcart": "retour.ecarts",
    "NomFichierJSON": "vagues.va1.noms",
    "NomInvalide": "erreurs",
    "NomPiece": "vagues.va1.noms",
    "Operateur": "vagues.va1.operateurs",
    "PieceJustificative": "vagues.va1.table",
    "Position": "anomalies",
    "RapportControle": "controle.verdict",
    "Rapprochement": "retour.rapprochement",
    "RegimeTVA": "vagues.va1.enumerations",
    "RegistreError": "erreurs",
    "Retour": "retour.lecture",
    "RetourIllisible": "erreurs",
    "Role": "table.roles",
    "ScenarioInstallation": "vagues.va1.table",
    "SegurError": "erreurs",
    "Specification": "table.specification",
    "StatutAdminTechnique": "vagues.va1.enumerations",
    "TypeFichier": "vagues.va1.enumerations",
    "ValeursDeDemande": "vagues.va1.mots_cles",
    "VerdictLigne": "controle.lignes",
    "avance": "vagues.va1.avance",
    "chercher_operateurs": "vagues.va1.operateurs",
    "construire_demande": "vagues.va1.construire",
    "controler": "controle.verdict",
    "convertisseur": "texte_json.conversion",
    "decouper": "vagues.va1.construire",
    "depassement_du_plafond": "vagues.va1.avance",
    "ecrire": "texte_json.ecriture",
    "en_json": "texte_json.ecriture",
    "lire": "controle.verdict",
    "lire_retour": "retour.lecture",
    "mettre_a_plat": "depot.plat",
    "operateur": "vagues.va1.operateurs",
    "operateurs": "vagues.va1.operateurs",
    "rapprocher": "retour.rapprochement",
    "remede": "retour.remedes",
    "renumeroter": "depot.plat",
    "schema": "texte_json.schema",
    "validateur": "texte_json.schema",
}

# Type checkers read the imports above, and so notice a misspelt name.
if not TYPE_CHECKING:  # pragma: no branch
    __getattr__, __dir__ = porte(__name__, _ROOMS)
