"""A JSON file compared with the table: the tags it lacks, those it has in addition, the blocks that are of another kind.

The agency's portal offers a model of the file (section 2.1).  Some of a table may be this library's reading of the document, such
as the key of a block for which the document only gives a title: the model tells whether that reading is right.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.table.balise import Balise, Liste, Objet, balises, pointeur

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.formats import Brut

__all__ = ["DifferenceDeModele", "NatureDeDifference", "comparer_au_modele"]


class NatureDeDifference(StrEnum):
    """How a model may differ from the table."""

    ABSENTE = "absente du modèle"
    INCONNUE = "inconnue de la table"
    AUTRE_NOM = "autrement nommée dans le modèle"
    AUTRE_BLOC = "d’une autre nature dans le modèle"


@frozen
class DifferenceDeModele:
    """One difference: where in the file it is (a JSON Pointer without places in lists), the tag, and the model's name for it."""

    nature: NatureDeDifference
    chemin: str
    balise: str
    dans_le_modele: str = ""


#: How alike two names must be to be taken for one tag, from 0 to 1 as ``difflib`` counts.
_RESSEMBLANCE: Final = 0.75


def comparer_au_modele(racine: ClasseBloc, brut: Brut) -> list[DifferenceDeModele]:
    """Compare the tags of a model with those of a table, block by block; values are not looked at.

    >>> from segur_pha import Fichier
    >>> [(d.nature.value, d.balise) for d in comparer_au_modele(Fichier, {"impId": None, "numeroANS": "", "SIRET": ""})]
    [('autrement nommée dans le modèle', 'numeroAns'), ('absente du modèle', 'lignesImport')]
    """
    if not isinstance(brut, dict):
        return [DifferenceDeModele(NatureDeDifference.AUTRE_BLOC, "", "")]
    return list(_du_bloc(racine, [brut], ""))


def _du_bloc(classe: ClasseBloc, objets: Sequence[Mapping[str, Brut]], chemin: str) -> Iterator[DifferenceDeModele]:
    """Compare a block: all its occurrences together, since a model may show several lines, or several documents."""
    rangees = {rangee.nom: rangee for rangee in balises(classe)}
    presentes = dict.fromkeys(nom for objet in objets for nom in objet)
    en_trop = [nom for nom in presentes if nom not in rangees]
    pris = _autrement_nommees([nom for nom in rangees if nom not in presentes], en_trop)
    for nom, rangee in rangees.items():
        ici = chemin + pointeur(nom)
        if nom in pris:
            yield DifferenceDeModele(NatureDeDifference.AUTRE_NOM, ici, nom, pris[nom])
        elif nom not in presentes:
            yield DifferenceDeModele(NatureDeDifference.ABSENTE, ici, nom)
        dits = pris.get(nom, nom)
        yield from _dessous(rangee, [objet[dits] for objet in objets if dits in objet], ici)
    for nom in en_trop:
        if nom not in pris.values():
            yield DifferenceDeModele(NatureDeDifference.INCONNUE, chemin + pointeur(nom), "", nom)


def _dessous(rangee: Balise, valeurs: Sequence[Brut], chemin: str) -> Iterator[DifferenceDeModele]:
    if isinstance(rangee.format, Liste):
        listes = [valeur for valeur in valeurs if isinstance(valeur, list)]
        elements = [element for liste in listes for element in liste]
        autres = len(listes) < len(valeurs)
    else:
        elements, autres = list(valeurs), False
    if isinstance(rangee.format, Liste | Objet):
        blocs = [element for element in elements if isinstance(element, dict)]
        if autres or len(blocs) < len(elements):
            yield DifferenceDeModele(NatureDeDifference.AUTRE_BLOC, chemin, rangee.nom)
        if blocs:
            yield from _du_bloc(rangee.format.classe, blocs, chemin)
    elif any(isinstance(element, dict | list) for element in elements):
        yield DifferenceDeModele(NatureDeDifference.AUTRE_BLOC, chemin, rangee.nom)


def _autrement_nommees(absentes: Sequence[str], en_trop: Sequence[str]) -> dict[str, str]:
    """Pair the table's absent tags with the tags of the model that resemble them, the most alike first."""
    paires = sorted(
        (-_ressemblance(absente, autre), rang, absente, autre)
        for rang, (absente, autre) in enumerate(product(absentes, en_trop))
    )
    pris: dict[str, str] = {}
    for oppose, _, absente, autre in paires:
        if -oppose >= _RESSEMBLANCE and absente not in pris and autre not in pris.values():
            pris[absente] = autre
    return pris


def _ressemblance(un: str, autre: str) -> float:
    return SequenceMatcher(None, un.casefold(), autre.casefold()).ratio()
