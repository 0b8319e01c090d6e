"""The ledger: which requests were sent, what came back, which numbers are used up, what is still due.

It needs the extra ``registre``, without which using any of its names raises :class:`~segur_pha.ExtraManquant`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.chargement import porte
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from segur_pha.registre.attentes import Attente, EnAttente, Situation, Solde
    from segur_pha.registre.compte_rendu_des_notes import CompteRenduDesNotes, NotesRefusees
    from segur_pha.registre.corrections import CorrectionsLues, lire_les_corrections, modele_des_corrections
    from segur_pha.registre.dans_la_transaction import Resoumission, montrer_depot
    from segur_pha.registre.dossier import Dossier
    from segur_pha.registre.ecarts import EcartDeSolde
    from segur_pha.registre.etats import EtapeFichier, EtatDemande, EtatFichier, Phase, PhaseFichier, Reserve
    from segur_pha.registre.evenements import (
        AvancePayee,
        DecisionRendue,
        DemandeAModifier,
        DemandeControlee,
        DemandeIncomplete,
        DemandePreparee,
        DemandeRegularisee,
        DonneesEffacees,
        FactureEmise,
        Fait,
        FaitAnnule,
        FichierAbandonne,
        FichierDepose,
        FichierPrepare,
        FichierRefuse,
        LigneRecue,
        NumerosReserves,
        Piece,
        ReponseAnnulee,
        RetourAnnule,
        RetourRecu,
        ServiceFait,
        SoldeDemande,
        SoldePaye,
    )
    from segur_pha.registre.notes import Note
    from segur_pha.registre.numeros import AvertissementNumeros
    from segur_pha.registre.questions import Soldable, Total
    from segur_pha.registre.registre import Registre
    from segur_pha.registre.reprise import Reponse, Reprise
    from segur_pha.registre.resoumission import CorrectionsRefusees, preparer_au_registre, resoumettre
    from segur_pha.registre.tables import METADONNEES
    from segur_pha.registre.transaction import connexion_empruntee

__all__ = [
    "METADONNEES",
    "Attente",
    "AvancePayee",
    "AvertissementNumeros",
    "CompteRenduDesNotes",
    "CorrectionsLues",
    "CorrectionsRefusees",
    "DecisionRendue",
    "DemandeAModifier",
    "DemandeControlee",
    "DemandeIncomplete",
    "DemandePreparee",
    "DemandeRegularisee",
    "DonneesEffacees",
    "Dossier",
    "EcartDeSolde",
    "EnAttente",
    "EtapeFichier",
    "EtatDemande",
    "EtatFichier",
    "FactureEmise",
    "Fait",
    "FaitAnnule",
    "FichierAbandonne",
    "FichierDepose",
    "FichierPrepare",
    "FichierRefuse",
    "LigneRecue",
    "Note",
    "NotesRefusees",
    "NumerosReserves",
    "Phase",
    "PhaseFichier",
    "Piece",
    "Registre",
    "Reponse",
    "ReponseAnnulee",
    "Reprise",
    "Reserve",
    "Resoumission",
    "RetourAnnule",
    "RetourRecu",
    "ServiceFait",
    "Situation",
    "Soldable",
    "Solde",
    "SoldeDemande",
    "SoldePaye",
    "Total",
    "connexion_empruntee",
    "lire_les_corrections",
    "modele_des_corrections",
    "montrer_depot",
    "preparer_au_registre",
    "resoumettre",
]

_ROOMS: Final = {
    "METADONNEES": "tables",
    "Attente": "attentes",
    "AvancePayee": "evenements",
    "AvertissementNumeros": "numeros",
    "CompteRenduDesNotes": "compte_rendu_des_notes",
    "CorrectionsLues": "corrections",
    "CorrectionsRefusees": "resoumission",
    "DecisionRendue": "evenements",
    "DemandeAModifier": "evenements",
    "DemandeControlee": "evenements",
    "DemandeIncomplete": "evenements",
    "DemandePreparee": "evenements",
    "DemandeRegularisee": "evenements",
    "DonneesEffacees": "evenements",
    "Dossier": "dossier",
    "EcartDeSolde": "ecarts",
    "EnAttente": "attentes",
    "EtapeFichier": "etats",
    "EtatDemande": "etats",
    "EtatFichier": "etats",
    "FactureEmise": "evenements",
    "Fait": "evenements",
    "FaitAnnule": "evenements",
    "FichierAbandonne": "evenements",
    "FichierDepose": "evenements",
    "FichierPrepare": "evenements",
    "FichierRefuse": "evenements",
    "LigneRecue": "evenements",
    "Note": "notes",
    "NotesRefusees": "compte_rendu_des_notes",
    "NumerosReserves": "evenements",
    "Phase": "etats",
    "PhaseFichier": "etats",
    "Piece": "evenements",
    "Registre": "registre",
    "Reponse": "reprise",
    "ReponseAnnulee": "evenements",
    "Reprise": "reprise",
    "Reserve": "etats",
    "Resoumission": "dans_la_transaction",
    "RetourAnnule": "evenements",
    "RetourRecu": "evenements",
    "ServiceFait": "evenements",
    "Situation": "attentes",
    "Soldable": "questions",
    "Solde": "attentes",
    "SoldeDemande": "evenements",
    "SoldePaye": "evenements",
    "Total": "questions",
    "connexion_empruntee": "transaction",
    "lire_les_corrections": "corrections",
    "modele_des_corrections": "corrections",
    "montrer_depot": "dans_la_transaction",
    "preparer_au_registre": "resoumission",
    "resoumettre": "resoumission",
}

_ouvrir, __dir__ = porte(__name__, _ROOMS)


def _ouvrir_avec_sqlalchemy(nom: str) -> object:
    # SQLAlchemy is heavy, and an extra: it is only loaded with a name that needs it.
    if nom in _ROOMS:
        try:
            import sqlalchemy  # noqa: F401 - only to know whether it is there
        except ImportError as erreur:
            raise ExtraManquant("registre") from erreur
    return _ouvrir(nom)


# Type checkers read the imports above, and so notice a misspelt name.
if not TYPE_CHECKING:  # pragma: no branch
    __getattr__ = _ouvrir_avec_sqlalchemy
