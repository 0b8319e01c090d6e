"""Wave 1: the filling guide DTJSONAVANCE-PHA-LGO-VA1 of 04/11/2022, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.table.specification import Specification
from segur_pha.vagues.va1.coherences import COHERENCES
from segur_pha.vagues.va1.conseils import CONSEILS, EXPLICATIONS, avis_du_registre, conseiller
from segur_pha.vagues.va1.construire import construire_demande, pieces_dues
from segur_pha.vagues.va1.enumerations import LIMITES, PLAFONDS_HT
from segur_pha.vagues.va1.noms import COULOIR, LOGICIEL, NOMS_DES_PIECES, VAGUE, NomFichierJSON
from segur_pha.vagues.va1.table import Fichier

if TYPE_CHECKING:
    from decimal import Decimal

    import attrs

__all__ = ["VA1"]


# Amounts and examples are loaded when asked for: a control alone does without them.


def _avance_de_la_demande(demande: attrs.AttrsInstance) -> Decimal | None:
    from segur_pha.vagues.va1.avance import avance_de_la_demande

    return avance_de_la_demande(demande)


def _total_finance(montant_ht: Decimal, regime: str) -> Decimal:
    from segur_pha.vagues.va1.avance import total_finance

    return total_finance(montant_ht, regime)


def _fichier_explique() -> Fichier:
    from segur_pha.vagues.va1.exemples import fichier_explique

    return fichier_explique()


VA1: Final = Specification(
    nom=f"{COULOIR}-{LOGICIEL}-{VAGUE}",
    couloir=COULOIR,
    logiciel=LOGICIEL,
    vague=VAGUE,
    type_de_demande="avance",
    racine=Fichier,
    coherences=COHERENCES,
    limites=LIMITES,
    nom_de_fichier=NomFichierJSON,
    noms_des_pieces=NOMS_DES_PIECES,
    construire=construire_demande,
    pieces_dues=pieces_dues,
    montant_attendu=_avance_de_la_demande,
    nom_du_montant="Avance attendue",
    plafonds=dict(PLAFONDS_HT),
    conseils=CONSEILS,
    conseiller=conseiller,
    avis_du_registre=avis_du_registre,
    schema_id="urn:segur-pha:schema:PHA-LGO-Va1:avance",
    source="DTJSONAVANCE-PHA-LGO-VA1, 04/11/2022",
    paquet=__name__,
    total_finance=_total_finance,
    exemple=_fichier_explique,
    explications_des_conseils=EXPLICATIONS,
)
