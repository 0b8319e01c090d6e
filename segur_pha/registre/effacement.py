"""A line without what says something of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.table.balise import Liste, Objet, balises

if TYPE_CHECKING:
    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut

__all__ = ["sans_personne"]


def sans_personne(classe: ClasseBloc, brut: Brut) -> Brut:
    """Give a block with null in its personal balises, and without the tags that the table does not know.

    >>> from segur_pha import Beneficiaire
    >>> sans_personne(Beneficiaire, {"nomResponsable": "DURAND", "FINESSGeo": "777777777", "note": "06…"})
    {'nomResponsable': None, 'FINESSGeo': '777777777'}
    """
    if not isinstance(brut, dict):
        return None
    return {b.nom: _sans_personne(b, brut[b.nom]) for b in balises(classe) if b.nom in brut}


def _sans_personne(rangee: Balise, valeur: Brut) -> Brut:
    if rangee.personnelle:
        return None
    if isinstance(rangee.format, Objet):
        return sans_personne(rangee.format.classe, valeur)
    if isinstance(rangee.format, Liste):
        return (
            [sans_personne(rangee.format.classe, element) for element in valeur] if isinstance(valeur, list) else None
        )
    # A known balise holds one value; whatever hides below it is unknown.
    return None if isinstance(valeur, dict | list) else valeur
