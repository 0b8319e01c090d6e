"""A made-up wave of balances, as a folder that could stand beside ``va1/``: everything in it is invented.

No document describes a request for a balance.  Tags, lists, names, codes and amounts were made up for the tests, and differ
from those of wave 1 wherever a room might have taken wave 1 for granted.
"""

from __future__ import annotations

from typing import Final

from segur_pha.table.specification import Specification

from .construire import construire_solde, pieces_dues, solde_attendu
from .noms import LIMITES, NOMS_DES_PIECES, NomFichierSolde
from .regles import COHERENCES, CONSEILS, conseiller
from .table import FichierDeSoldes

__all__ = ["INVENTEE"]

INVENTEE: Final = Specification(
    nom="PHA-LGO-Inv2",
    couloir="PHA",
    logiciel="LGO",
    vague="Inv2",
    type_de_demande="solde",
    racine=FichierDeSoldes,
    coherences=COHERENCES,
    limites=LIMITES,
    nom_de_fichier=NomFichierSolde,
    noms_des_pieces=NOMS_DES_PIECES,
    construire=construire_solde,
    pieces_dues=pieces_dues,
    montant_attendu=solde_attendu,
    nom_du_montant="Solde attendu",
    plafonds={},
    conseils=CONSEILS,
    conseiller=conseiller,
    schema_id="urn:segur-pha:schema:PHA-LGO-Inv2:solde",
    source="nothing: this wave is invented",
    paquet=__name__,
)
