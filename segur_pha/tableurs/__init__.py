"""Tables as people have them, CSV and XLSX, read in one way for orders, corrections, follow-ups and any other use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.chargement import porte

if TYPE_CHECKING:
    from segur_pha.tableurs.abimees import CelluleAbimee
    from segur_pha.tableurs.ouverture import TableauIllisible, lire_mappings, lire_tableau, octets_du_fichier
    from segur_pha.tableurs.rangees import (
        EPOQUE_EXCEL,
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

_ROOMS: Final = {
    "EPOQUE_EXCEL": "rangees",
    "CelluleAbimee": "abimees",
    "Rangee": "rangees",
    "TableauIllisible": "ouverture",
    "TableauLu": "rangees",
    "Titres": "rangees",
    "cle_de_titre": "rangees",
    "est_vide": "rangees",
    "lire_mappings": "ouverture",
    "lire_tableau": "ouverture",
    "octets_du_fichier": "ouverture",
    "titres_connus": "rangees",
}

# Type checkers read the imports above; recognising what a spreadsheet damaged must not cost the import of zips and XML.
if not TYPE_CHECKING:  # pragma: no branch
    __getattr__, __dir__ = porte(__name__, _ROOMS)
