"""IGC-Santé certificates of a fleet of pharmacies: nobody's DMP feed stops by surprise.

``lire_suivi`` or ``lire_x509`` make a :class:`Parc`; everything else takes one and a day, and returns values.  Nothing
here looks at the clock; the network is asked only where ``dns=True``.
"""

from __future__ import annotations

from segur_pha.certificats.adresses import (
    adresses_par_officine,
    avis_adresses,
    tableau_adresses,
    tableau_mensuel_invalides,
)
from segur_pha.certificats.agenda import calendrier
from segur_pha.certificats.echeances import certificats_comptes, premieres_echeances, tableau_mensuel
from segur_pha.certificats.figures import figure_charge, figure_editeurs, figure_en_png, figure_mois
from segur_pha.certificats.lissage import Lissage, Tache, jours_ouvres, lisser
from segur_pha.certificats.natures import CertificatEcarte, Nature
from segur_pha.certificats.page import Bilan, bilan
from segur_pha.certificats.parc import (
    Certificat,
    Etat,
    LigneIllisible,
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
from segur_pha.certificats.seuils import Alerte, alertes, alertes_en_csv, alertes_en_json, nouvelles_alertes
from segur_pha.certificats.suivi import lire_suivi
from segur_pha.certificats.x509 import lire_x509

__all__ = [
    "PREREQUIS",
    "RAPPEL_ADRESSE",
    "Action",
    "Alerte",
    "Bilan",
    "Certificat",
    "CertificatEcarte",
    "Etat",
    "LigneIllisible",
    "LignePlan",
    "Lissage",
    "Nature",
    "Officine",
    "Parc",
    "PlanRenouvellement",
    "ReglageInvalide",
    "SuiviIllisible",
    "Tache",
    "adresses_par_officine",
    "alertes",
    "alertes_en_csv",
    "alertes_en_json",
    "avis_adresses",
    "bilan",
    "calendrier",
    "certificats_comptes",
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
    "tableau_mensuel",
    "tableau_mensuel_invalides",
]
