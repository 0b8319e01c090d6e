"""IGC-Santé certificates of a fleet of pharmacies, watched so that no DMP feed stops by surprise.

``lire_suivi`` or ``lire_x509`` make a :class:`Parc`; everything else takes one and a day, and returns values.  Nothing here looks
at the clock; the network is used only with ``dns=True``.
"""

from __future__ import annotations

from segur_pha.certificats.adresses import (
    adresses_par_officine,
    avis_adresses,
    tableau_adresses,
    tableau_des_adresses,
    tableau_mensuel_invalides,
)
from segur_pha.certificats.affichage import Bilan, bilan
from segur_pha.certificats.agenda import calendrier, calendrier_du_travail
from segur_pha.certificats.echeances import certificats_comptes, premieres_echeances, tableau_mensuel
from segur_pha.certificats.figures import figure_charge, figure_editeurs, figure_en_png, figure_mois
from segur_pha.certificats.lissage import Lissage, Tache, jours_ouvres, lisser
from segur_pha.certificats.natures import CertificatEcarte, NatureDeCertificat
from segur_pha.certificats.parc import (
    Certificat,
    Etat,
    Officine,
    Parc,
    ReglageInvalide,
    SuiviIllisible,
)
from segur_pha.certificats.plan import (
    PREREQUIS,
    RAPPEL_ADRESSE,
    Action,
    LignePlan,
    PlanRenouvellement,
    plan_renouvellement,
)
from segur_pha.certificats.seuils import Alerte, Motif, alertes
from segur_pha.certificats.sorties import (
    AlerteTerminee,
    Evolution,
    alertes_en_csv,
    alertes_en_json,
    evolution,
    nouvelles_alertes,
)
from segur_pha.certificats.suivi import lire_suivi
from segur_pha.certificats.travail import tableau_des_impossibles, tableau_du_travail, travail_en_json
from segur_pha.certificats.trois import TroisCertificats, tableau_des_trois, trois_certificats
from segur_pha.certificats.x509 import lire_x509

__all__ = [
    "PREREQUIS",
    "RAPPEL_ADRESSE",
    "Action",
    "Alerte",
    "AlerteTerminee",
    "Bilan",
    "Certificat",
    "CertificatEcarte",
    "Etat",
    "Evolution",
    "LignePlan",
    "Lissage",
    "Motif",
    "NatureDeCertificat",
    "Officine",
    "Parc",
    "PlanRenouvellement",
    "ReglageInvalide",
    "SuiviIllisible",
    "Tache",
    "TroisCertificats",
    "adresses_par_officine",
    "alertes",
    "alertes_en_csv",
    "alertes_en_json",
    "avis_adresses",
    "bilan",
    "calendrier",
    "calendrier_du_travail",
    "certificats_comptes",
    "evolution",
    "figure_charge",
    "figure_editeurs",
    "figure_en_png",
    "figure_mois",
    "jours_ouvres",
    "lire_suivi",
    "lire_x509",
    "lisser",
    "nouvelles_alertes",
    "plan_renouvellement",
    "premieres_echeances",
    "tableau_adresses",
    "tableau_des_adresses",
    "tableau_des_impossibles",
    "tableau_des_trois",
    "tableau_du_travail",
    "tableau_mensuel",
    "tableau_mensuel_invalides",
    "travail_en_json",
    "trois_certificats",
]
