"""The closed lists of section 3.2, and the limits of wave 1 (decisions 3 and 15): sizes in bytes, 1 Mo = 1,000,000 bytes."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from segur_pha.dictionnaire import DictionnaireGele
from segur_pha.table.specification import Limites

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LIMITES", "PLAFONDS_HT", "FormatFichier", "RegimeTVA", "StatutAdminTechnique", "TypeFichier"]


class _Code(StrEnum):
    """A code of the document; it hashes as its text, which saves the Python call of an enumeration's own hash."""

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


LIMITES: Final = Limites(
    fichiers_par_jour=999,
    demandes_par_fichier=200,
    octets_du_json=10_000_000,
    niveaux_du_json=64,
    blocs_du_json=150_000,
    octets_par_piece=3_000_000,
    octets_par_zip=200_000_000,
    anomalies_detaillees=1_000,
)

#: Ceilings in euros before tax, by turnover tranche: the document only gives tranche B (801-1,300 K€ a year).
PLAFONDS_HT: Final[Mapping[str, Decimal]] = DictionnaireGele({"B": Decimal("708.33")})
