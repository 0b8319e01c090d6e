"""Before the deposit: the publisher's settings, orders, documents, the folder to upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.chargement import porte

if TYPE_CHECKING:
    from segur_pha.depot.antecedents import Antecedent, SourceDAntecedents
    from segur_pha.depot.constats import CommandesRefusees, Constat
    from segur_pha.depot.dossier import DossierCache
    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.numeros import NumerosDepuis, SourceDeNumeros
    from segur_pha.depot.preparation import preparer_depot
    from segur_pha.depot.resultats import DemandeDeposee, DepotPrepare, DocumentDepose, Verification
    from segur_pha.depot.verification import verifier_depot

__all__ = [
    "Antecedent",
    "CommandesRefusees",
    "Constat",
    "DemandeDeposee",
    "DepotPrepare",
    "DocumentDepose",
    "DossierCache",
    "Editeur",
    "NumerosDepuis",
    "SourceDAntecedents",
    "SourceDeNumeros",
    "Verification",
    "preparer_depot",
    "verifier_depot",
]

_ROOMS: Final = {
    "Antecedent": "antecedents",
    "CommandesRefusees": "constats",
    "Constat": "constats",
    "DemandeDeposee": "resultats",
    "DepotPrepare": "resultats",
    "DocumentDepose": "resultats",
    "DossierCache": "dossier",
    "Editeur": "editeur",
    "NumerosDepuis": "numeros",
    "SourceDAntecedents": "antecedents",
    "SourceDeNumeros": "numeros",
    "Verification": "resultats",
    "preparer_depot": "preparation",
    "verifier_depot": "verification",
}

# Type checkers read the imports above; whoever only wants the settings must not pay for zips, hashes and pages.
if not TYPE_CHECKING:  # pragma: no branch
    __getattr__, __dir__ = porte(__name__, _ROOMS)
