"""The closed lists of section 3.2."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FormatFichier", "RegimeTVA", "StatutAdminTechnique", "TypeFichier"]


class RegimeTVA(StrEnum):
    """The VAT regime of the publisher's invoice."""

    TTC = "TTC"
    HT = "HT"


class StatutAdminTechnique(StrEnum):
    """Who the technical administrator is: the publisher or the pharmacist."""

    EDITEUR = "E"
    PHARMACIEN = "P"


class FormatFichier(StrEnum):
    """The format of a supporting document."""

    PDF = "PDF"
    PNG = "PNG"
    JPG = "JPG"


class TypeFichier(StrEnum):
    """What a supporting document is: the order form, or the tax office's attestation of exemption from VAT."""

    BON_COMMANDE = "BON_COMMANDE"
    PREUVE_HT = "PREUVE_HT"
