"""From the events of one version of the ledger to those of the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from segur_pha.registre import tables
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["MARCHES", "elever"]

#: An event as the journal keeps it: its nature, and the fields of its JSON.
Ecrit: TypeAlias = "tuple[str, dict[str, object]]"


def _vers_la_2(histoire: Iterable[Ecrit]) -> Iterator[Ecrit]:
    """Name the wave in every event about requests: version 1 held one wave, and named it where something was prepared."""
    ecrits = list(histoire)
    prepares = [champs for nature, champs in ecrits if nature == "fichier-prepare"]
    vagues = {str(champs.get("fichier")): champs.get("specification") for champs in prepares}
    defaut = prepares[0].get("specification") if prepares else PAR_DEFAUT.nom
    demandes = {
        str(champs.get("numero_editeur")): champs.get("specification")
        for nature, champs in ecrits
        if nature == "demande-preparee"
    }
    for nature, champs in ecrits:
        if nature in {"retour-recu", "ligne-recue"}:
            yield nature, champs | {"specification": vagues.get(str(champs.get("fichier")), defaut)}
        elif nature in {"decision-rendue", "avance-payee"}:
            yield nature, champs | {"specification": demandes.get(str(champs.get("numero_editeur")), defaut)}
        elif nature == "numeros-reserves":
            yield nature, champs | {"specification": defaut}
        else:
            yield nature, champs


#: Version → what makes the next version's events of its own.
MARCHES: Final[dict[int, Callable[[Iterable[Ecrit]], Iterator[Ecrit]]]] = {1: _vers_la_2}


def elever(histoire: Iterable[Ecrit], version: int) -> Iterable[Ecrit]:
    """Lift a history of an older version to this one.

    >>> list(elever([("numeros-reserves", {"numeros": ["00001"]})], 1))
    [('numeros-reserves', {'numeros': ['00001'], 'specification': 'PHA-LGO-Va1'})]
    """
    for marche in range(version, tables.VERSION):
        histoire = MARCHES[marche](histoire)
    return histoire
