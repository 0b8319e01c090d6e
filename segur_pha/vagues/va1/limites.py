"""What wave 1 bounds (sections 2.1, 3.2 and 3.3, decisions 3 and 15); sizes in bytes, 1 Mo = 1,000,000 bytes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from segur_pha.dictionnaire import DictionnaireGele
from segur_pha.table.specification import Limites

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LIMITES", "PLAFONDS_HT"]

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

#: Ceilings in euros before tax, by turnover tranche: the document gives tranche B only (801-1,300 K€ a year).
PLAFONDS_HT: Final[Mapping[str, Decimal]] = DictionnaireGele({"B": Decimal("708.33")})
