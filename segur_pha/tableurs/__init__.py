"""Tables as people have them, CSV and XLSX, read in one way for orders, corrections, follow-ups and whatever else comes as one."""

from __future__ import annotations

from segur_pha.tableurs.ouverture import TableauIllisible, lire_mappings, lire_tableau, octets_du_fichier
from segur_pha.tableurs.rangees import (
    EPOQUE_EXCEL,
    CelluleAbimee,
    Rangee,
    TableauLu,
    Titres,
    cle_de_titre,
    est_vide,
    titres_connus,
)

__all__ = [
    "EPOQUE_EXCEL",
    "CelluleAbimee",
    "Rangee",
    "TableauIllisible",
    "TableauLu",
    "Titres",
    "cle_de_titre",
    "est_vide",
    "lire_mappings",
    "lire_tableau",
    "octets_du_fichier",
    "titres_connus",
]
