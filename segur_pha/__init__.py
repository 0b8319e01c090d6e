"""Prepare, check and follow Ségur numérique funding requests (corridor PHA-LGO, wave 1).

>>> from segur_pha import controler
>>> from segur_pha.specification.va1.exemple import fichier_du_guide
>>> controler(fichier_du_guide()).tout_accepte
True

The rooms with names of their own: :mod:`segur_pha.depot`, :mod:`segur_pha.registre`, :mod:`segur_pha.portail`,
:mod:`segur_pha.certificats`, :mod:`segur_pha.anonymiser`, :mod:`segur_pha.strategies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.portes import porte

if TYPE_CHECKING:
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

#: Where each name lives: importing segur_pha costs nothing, and a name costs its room when it is first asked for.
_ROOMS: Final = {
    "CONSEILS": "controle.conseils",
    "PLAFONDS_HT": "specification.va1.financement",
    "VA1": "specification.va1",
    "Anomalie": "erreurs",
    "Avance": "specification.va1.financement",
    "Beneficiaire": "specification.va1.demande",
    "CertificatsServeur": "specification.va1.demande",
    "Commande": "specification.va1.demande",
    "Conseil": "controle.conseils",
    "Demande": "specification.va1.demande",
    "DemandeInvalide": "erreurs",
    "DepotRefuse": "erreurs",
    "Ecart": "retour.rapprochement",
    "Editeur": "depot.editeur",
    "ExtraManquant": "erreurs",
    "Fichier": "specification.va1.demande",
    "FichierRejete": "erreurs",
    "FormatFichier": "specification.va1.enumerations",
    "Issue": "retour.lecture",
    "LigneRetour": "retour.lecture",
    "NatureEcart": "retour.rapprochement",
    "NomFichierJSON": "specification.va1.nommage",
    "NomInvalide": "erreurs",
    "NomPiece": "specification.va1.nommage",
    "Operateur": "specification.va1.operateurs",
    "PieceJustificative": "specification.va1.demande",
    "Position": "erreurs",
    "RapportControle": "controle.verdict",
    "Rapprochement": "retour.rapprochement",
    "RegimeTVA": "specification.va1.enumerations",
    "RegistreError": "erreurs",
    "Retour": "retour.lecture",
    "RetourIllisible": "erreurs",
    "ScenarioInstallation": "specification.va1.demande",
    "SegurError": "erreurs",
    "StatutAdminTechnique": "specification.va1.enumerations",
    "TypeFichier": "specification.va1.enumerations",
    "VerdictLigne": "controle.verdict",
    "avance": "specification.va1.financement",
    "chercher_operateurs": "specification.va1.operateurs",
    "construire_demande": "specification.va1.constructeur",
    "controler": "controle.verdict",
    "convertisseur": "echange.modele",
    "decouper": "specification.va1.constructeur",
    "depassement_du_plafond": "specification.va1.financement",
    "ecrire": "echange.ecriture",
    "en_json": "echange.ecriture",
    "lire": "controle.verdict",
    "lire_retour": "retour.lecture",
    "operateur": "specification.va1.operateurs",
    "operateurs": "specification.va1.operateurs",
    "rapprocher": "retour.rapprochement",
    "remede": "retour.remedes",
    "schema": "specification.schema",
    "validateur": "specification.schema",
}

# A type checker goes by the imports above, and so sees a misspelt name.
if not TYPE_CHECKING:  # pragma: no branch
    __getattr__, __dir__ = porte(__name__, _ROOMS)
