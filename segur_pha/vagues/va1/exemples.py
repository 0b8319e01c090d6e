"""The use case of section 3.1, as a request and as a file: for documentation, tests and first steps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import evolve

from segur_pha.vagues.va1.construire import construire_demande
from segur_pha.vagues.va1.table import Demande, Fichier

__all__ = ["demande_du_guide", "fichier_du_guide", "fichier_explique"]


def demande_du_guide(numero_editeur: str = "00001") -> Demande:
    """Build the guide's request: 708.33 euros before tax for the pharmacy 777777777 (section 3.1).

    What the guide does not say (the technical administrator, the day) is made up.

    >>> demande_du_guide().pieces_justificatives[0].nom_fichier
    'PHA-LGO-Va1-BDC-00001.pdf'
    """
    return construire_demande(
        numero_editeur=numero_editeur,
        date_commande=date(2022, 11, 15),
        regime_tva="TTC",
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


def fichier_du_guide() -> Fichier:
    """Build a file that holds the guide's request alone.

    >>> len(fichier_du_guide().demandes)
    1
    """
    return Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=(demande_du_guide(),))


def fichier_explique() -> Fichier:
    """Build the file that the explanations of codes quote: the guide's request and a second one, with every value filled in.

    >>> [demande.numero_editeur for demande in fichier_explique().demandes]
    ['00001', '00002']
    """
    premiere = demande_du_guide()
    remplie = evolve(
        premiere,
        beneficiaire=evolve(
            premiere.beneficiaire, email_responsable="pharmacie@officine.example", telephone_responsable="0102030406"
        ),
        scenario_installation=evolve(premiere.scenario_installation, operateur_messagerie="MAI_15"),
    )
    seconde = demande_du_guide("00002")
    autre = evolve(seconde, beneficiaire=evolve(seconde.beneficiaire, finess_geo="750000002"))
    return Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=(remplie, autre))
