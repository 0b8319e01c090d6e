"""What events take away again: answers that were recorded, references that a request loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from segur_pha.registre import tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

    from segur_pha.registre.etats import Changements, Cle
    from segur_pha.registre.memoire import EtatsEnMemoire

__all__ = ["liberer_les_references", "poser_les_retours"]


def poser_les_retours(
    connexion: Connection, avant: Collection[str], apres: Collection[str], changements: Sequence[Changements]
) -> None:
    """Write which answers are recorded, from ``avant`` to ``apres``: one may be taken back, and recorded again."""
    touches = dict.fromkeys(r for c in changements for r in (*c.retours, *c.retours_annules))
    nouveaux = [{"retour": r} for r in touches if r in apres and r not in avant]
    if nouveaux:
        connexion.execute(insert(tables.retours), nouveaux)
    annules = [r for r in touches if r in avant and r not in apres]
    if annules:
        connexion.execute(delete(tables.retours).where(tables.retours.c.retour.in_(annules)))


def liberer_les_references(
    connexion: Connection, avant: EtatsEnMemoire, apres: EtatsEnMemoire, touchees: Iterable[Cle]
) -> None:
    """Let requests go of references that they lose: others may bear them by the end of the same events."""
    c = tables.demandes.c
    for cle in touchees:
        ancienne = avant.demandes.get(cle)
        if ancienne is not None and ancienne.numero_asp not in {None, apres.demandes[cle].numero_asp}:
            celle_ci = (c.specification == cle[0]) & (c.numero_editeur == cle[1])
            connexion.execute(update(tables.demandes).where(celle_ci).values(numero_asp=None))
