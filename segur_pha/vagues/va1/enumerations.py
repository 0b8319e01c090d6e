"""The closed lists of section 3.2."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FormatFichier", "RegimeTVA", "StatutAdminTechnique", "TypeFichier"]


class _Code(StrEnum):
    """A code of the document; as a key of mappings, it is its text (what an enumeration has by itself is a call in Python)."""

    __hash__ = str.__hash__


class RegimeTVA(_Code):
    """The VAT regime of the publisher's invoice."""

    TTC = "TTC"
    HT = "HT"


class StatutAdminTechnique(_Code):
    """Who the technical administrator is: the publisher or the pharmacist."""

    EDITEUR = "E"
    PHARMACIEN = "P"


class FormatFichier(_Code):
    """The format of a supporting document."""

    PDF = "PDF"
    PNG = "PNG"
    JPG = "JPG"


class TypeFichier(_Code):
    """What a supporting document is: the order form, or the tax office's attestation of exemption from VAT."""

    BON_COMMANDE = "BON_COMMANDE"
    PREUVE_HT = "PREUVE_HT"
