"""Wave 1: the filling guide DTJSONAVANCE-PHA-LGO-VA1 of 04/11/2022, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.table.specification import Specification
from segur_pha.vagues.va1.coherences import COHERENCES
from segur_pha.vagues.va1.limites import LIMITES
from segur_pha.vagues.va1.noms import NomFichierJSON
from segur_pha.vagues.va1.table import Fichier

if TYPE_CHECKING:
    from datetime import date

__all__ = ["VA1"]


def _nommer_fichier(numero_ans: str, jour: date, numero: int) -> str:
    return str(NomFichierJSON(numero_ans=numero_ans, jour=jour, numero=numero))


VA1: Final = Specification(
    nom="PHA-LGO-Va1",
    couloir="PHA",
    logiciel="LGO",
    vague="Va1",
    racine=Fichier,
    coherences=COHERENCES,
    limites=LIMITES,
    nommer_fichier=_nommer_fichier,
    schema_id="urn:segur-pha:schema:PHA-LGO-Va1:avance",
    source="DTJSONAVANCE-PHA-LGO-VA1, 04/11/2022",
)
