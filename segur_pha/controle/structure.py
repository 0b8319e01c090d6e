"""The 1st control: the structure of a file.  One fault and the whole file is refused (decision 3)."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from attrs import evolve

from segur_pha.erreurs import Anomalie
from segur_pha.specification.catalogue import CodeDeFichier
from segur_pha.specification.formats import Format
from segur_pha.specification.regles import anomalie, juger_valeur, message_de_fichier, pointeur
from segur_pha.specification.table import Liste, Objet, balises

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.echange.lecture import Texte
    from segur_pha.specification.formats import Brut
    from segur_pha.specification.table import Balise, ClasseBloc, Specification

__all__ = ["anomalies_de_structure", "plafonner"]


def anomalies_de_structure(
    arbre: Brut, texte: Texte, specification: Specification, cles_doubles: Sequence[Anomalie] = ()
) -> list[Anomalie]:
    """Find why a file is refused as a whole: duplicate keys first, then everything else in the table's order."""
    if not isinstance(arbre, dict):
        return [_du_fichier(CodeDeFichier.RACINE, "", "", "", texte)]
    trouvees = chain(
        _nommees(cles_doubles, specification), _du_bloc(specification.racine, arbre, "", texte, racine=True)
    )
    gardees = plafonner(trouvees, specification.limites.anomalies_detaillees)
    for gardee in gardees:
        texte.annoncer(gardee.chemin)
    return gardees


def _nommees(cles_doubles: Sequence[Anomalie], specification: Specification) -> Iterator[Anomalie]:
    """Name the tags of the table that stand twice; another key may hold anything, and is not repeated."""
    connues = {rangee.nom for rangee in specification.balises}
    for double in cles_doubles:
        nom = double.balise if double.balise in connues else ""
        yield evolve(double, balise=nom, libelle=message_de_fichier(CodeDeFichier.CLE_DOUBLE, nom, ""))


def plafonner(anomalies: Iterator[Anomalie] | Sequence[Anomalie], plafond: int) -> list[Anomalie]:
    """Keep the first ones, and say in a last one how many more there are.

    >>> fautes = [Anomalie("9906", "Balise inconnue", "", f"/{i}") for i in range(4)]
    >>> print(plafonner(fautes, 3)[-1].libelle)
    Balise inconnue (et 1 autre anomalie après celle-ci)
    """
    suite = iter(anomalies)
    gardees = list(islice(suite, plafond))
    reste = sum(1 for _ in suite)
    if reste:
        derniere = gardees[-1]
        autres = "1 autre anomalie" if reste == 1 else f"{reste} autres anomalies"
        gardees[-1] = evolve(derniere, libelle=f"{derniere.libelle} (et {autres} après celle-ci)")
    return gardees


def _du_fichier(code: CodeDeFichier, balise: str, precision: str, chemin: str, texte: Texte) -> Anomalie:
    return Anomalie(code.value, message_de_fichier(code, balise, precision), balise, chemin, texte)


def _du_bloc(
    classe: ClasseBloc, brut: dict[str, Brut], chemin: str, texte: Texte, *, racine: bool = False
) -> Iterator[Anomalie]:
    rangees = balises(classe)
    for rangee in rangees:
        ici = chemin + pointeur(rangee.nom)
        if rangee.nom not in brut:
            if rangee.obligatoire:
                yield _du_fichier(CodeDeFichier.BALISE_ABSENTE, rangee.nom, "", chemin, texte)
            continue
        yield from _de_la_balise(rangee, brut[rangee.nom], ici, texte, racine=racine)
    connues = {rangee.nom for rangee in rangees}
    for nom in brut:
        if nom not in connues:
            proche = next((connue for connue in connues if connue.casefold() == nom.casefold()), None)
            precision = f"attendu : « {proche} »" if proche else ""
            yield _du_fichier(CodeDeFichier.BALISE_INCONNUE, "", precision, chemin + pointeur(nom), texte)


def _de_la_balise(rangee: Balise, valeur: Brut, ici: str, texte: Texte, *, racine: bool) -> Iterator[Anomalie]:
    match rangee.format:
        case Objet(classe):
            if isinstance(valeur, dict):
                yield from _du_bloc(classe, valeur, ici, texte)
            else:
                yield _du_fichier(CodeDeFichier.NATURE_DU_BLOC, rangee.nom, "un objet entre accolades", ici, texte)
        case Liste():
            yield from _de_la_liste(rangee, rangee.format, valeur, ici, texte)
        case Format() if racine:
            # The header has no line to be reported on: its values refuse the file.
            defaut = juger_valeur(rangee, valeur)
            if defaut is not None:
                yield anomalie(rangee, defaut, ici, texte)


def _de_la_liste(rangee: Balise, liste: Liste, valeur: Brut, ici: str, texte: Texte) -> Iterator[Anomalie]:
    if not isinstance(valeur, list):
        yield _du_fichier(CodeDeFichier.NATURE_DU_BLOC, rangee.nom, "une liste entre crochets", ici, texte)
        return
    if liste.maximum is not None and not 1 <= len(valeur) <= liste.maximum:
        precision = f"de 1 à {liste.maximum} par fichier ; celui-ci en a {len(valeur)}"
        yield _du_fichier(CodeDeFichier.NOMBRE, rangee.nom, precision, ici, texte)
    for i, element in enumerate(valeur):
        if isinstance(element, dict):
            yield from _du_bloc(liste.classe, element, f"{ici}/{i}", texte)
        else:
            precision = "chaque élément de la liste est un objet entre accolades"
            yield _du_fichier(CodeDeFichier.NATURE_DU_BLOC, rangee.nom, precision, f"{ici}/{i}", texte)
