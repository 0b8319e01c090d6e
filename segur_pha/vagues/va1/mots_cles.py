"""What an order says, by keyword, for type checkers and editors; docs/generate.py writes it from the table."""

# ruff: noqa: TC001, TC003 - so that the annotations of these classes can be resolved
from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict

from segur_pha.vagues.va1.enumerations import FormatFichier, RegimeTVA, StatutAdminTechnique

__all__ = ["DemandeAPlat", "ValeursDeDemande"]


class ValeursDeDemande(TypedDict, total=False):
    """What may be said of a request: the keywords of :func:`~segur_pha.construire_demande`, none of which must be there.

    For functions of your own that hand them on: ``def nouvelle(**valeurs: Unpack[ValeursDeDemande])``.
    """

    numero_editeur: str
    date_commande: date | str
    regime_tva: RegimeTVA | str
    montant_segur_ht: Decimal | str
    statut_admin_technique: StatutAdminTechnique | str
    numero_carte_cpx: str
    nom_admin_technique: str
    tel_admin_technique: str
    email_admin_technique: str
    nom_responsable: str
    email_responsable: str | None
    telephone_responsable: str | None
    finess_geo: str
    has_bal_ms_sante_personnelle: bool
    operateur_messagerie: str | None
    format_bon_commande: FormatFichier | str
    format_preuve_ht: FormatFichier | str


class DemandeAPlat(TypedDict):
    """A request laid flat by :func:`~segur_pha.mettre_a_plat`: the keywords of :func:`~segur_pha.construire_demande`, all there."""

    numero_editeur: str
    date_commande: date
    regime_tva: RegimeTVA
    montant_segur_ht: Decimal
    statut_admin_technique: StatutAdminTechnique
    numero_carte_cpx: str
    nom_admin_technique: str
    tel_admin_technique: str
    email_admin_technique: str
    nom_responsable: str
    email_responsable: str | None
    telephone_responsable: str | None
    finess_geo: str
    has_bal_ms_sante_personnelle: bool
    operateur_messagerie: str | None
    format_bon_commande: FormatFichier
    format_preuve_ht: FormatFichier
