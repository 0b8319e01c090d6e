"""The 1st control: the structure of a file.  A single fault, and the whole file is refused (decision 3)."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from attrs import evolve

from segur_pha.anomalies import Anomalie
from segur_pha.table.balise import Liste, Objet, balises, pointeur
from segur_pha.table.codes import CodeDeFichier
from segur_pha.table.formats import Format
from segur_pha.table.regles import anomalie, juger_valeur, message_de_fichier, plafonner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification
    from segur_pha.texte_json.lecture import Lecture, TexteJSON

__all__ = ["anomalies_de_structure", "premier_controle", "ressemble_a_un_chemin", "texte_au_lieu_d_un_chemin"]


def premier_controle(lecture: Lecture, specification: Specification) -> tuple[Lecture, list[Anomalie]]:
    """Apply the 1st control in the exact way: return the file as it was read, and why it is refused."""
    lecture = lecture.lue(specification.limites)
    if not lecture.fautes and not lecture.sure(specification.limites):
        lecture = lecture.exacte(specification.limites)
    if lecture.fautes:
        return lecture, list(lecture.fautes)
    return lecture, anomalies_de_structure(lecture, specification)


def anomalies_de_structure(lecture: Lecture, specification: Specification) -> list[Anomalie]:
    """Find why a file is refused as a whole: duplicate keys first, then everything else in the table's order."""
    arbre, texte = lecture.arbre, lecture.texte
    total = len(lecture.doubles) + lecture.autres_doubles
    if isinstance(arbre, dict):
        autres = _du_bloc(specification.racine, arbre, "", texte, racine=True)
        total += _nombre_d_anomalies(arbre, specification)
    else:
        autres = iter([_du_fichier(CodeDeFichier.RACINE, "", "", texte)])
        total += 1
    toutes = chain(_nommees(lecture.cles_doubles(), specification), autres)
    gardees = plafonner(toutes, specification.limites.anomalies_detaillees, total)
    for gardee in gardees:
        texte.annoncer(gardee.chemin)
    return gardees


def _nommees(cles_doubles: Iterable[Anomalie], specification: Specification) -> Iterator[Anomalie]:
    """Name the tags of the table that occur twice; any other key may be anything, and is not repeated."""
    connues = {rangee.nom for rangee in specification.balises}
    for double in cles_doubles:
        nom = double.balise if double.balise in connues else ""
        yield evolve(double, balise=nom, libelle=message_de_fichier(CodeDeFichier.CLE_DOUBLE, nom))


def _nombre_d_anomalies(arbre: ObjetBrut, specification: Specification) -> int:
    """Count what :func:`_du_bloc` would list; a hostile file has millions of faults, so blocks are counted together."""
    nombre = _nombre_dans_les_blocs(specification.racine, [arbre])
    for rangee in balises(specification.racine):
        valeur = arbre.get(rangee.nom)
        if isinstance(rangee.format, Format):
            nombre += rangee.nom in arbre and juger_valeur(rangee, valeur) is not None
        elif isinstance(rangee.format, Liste) and isinstance(valeur, list):
            nombre += _nombre_incorrect(rangee.format, valeur)
    return nombre


def _nombre_dans_les_blocs(classe: ClasseBloc, objets: Sequence[Brut]) -> int:
    rangees = balises(classe)
    connues = {rangee.nom for rangee in rangees}
    obligatoires = {rangee.nom for rangee in rangees if rangee.obligatoire}
    formes: Counter[frozenset[str]] = Counter(map(frozenset, objets))  # type: ignore[arg-type]
    nombre = sum(n * (len(obligatoires - forme) + len(forme - connues)) for forme, n in formes.items())
    for rangee in rangees:
        if not isinstance(rangee.format, Objet | Liste):
            continue
        valeurs = [objet[rangee.nom] for objet in objets if rangee.nom in objet]  # type: ignore[index, operator, call-overload]
        if isinstance(rangee.format, Liste):
            listes = [valeur for valeur in valeurs if isinstance(valeur, list)]
            nombre += len(valeurs) - len(listes)
            valeurs = list(chain.from_iterable(listes))
        blocs = [valeur for valeur in valeurs if isinstance(valeur, dict)]
        nombre += len(valeurs) - len(blocs) + _nombre_dans_les_blocs(rangee.format.classe, blocs)
    return nombre


def _nombre_incorrect(liste: Liste, valeurs: list[Brut]) -> bool:
    return liste.maximum is not None and not 1 <= len(valeurs) <= liste.maximum


def _du_fichier(code: CodeDeFichier, balise: str, chemin: str, texte: TexteJSON, precision: str = "") -> Anomalie:
    return Anomalie(code.value, message_de_fichier(code, balise, precision), balise, chemin, texte)


def _du_bloc(
    classe: ClasseBloc, brut: dict[str, Brut], chemin: str, texte: TexteJSON, *, racine: bool = False
) -> Iterator[Anomalie]:
    rangees = balises(classe)
    proches = {rangee.nom.casefold(): rangee.nom for rangee in rangees}
    connues = frozenset(proches.values())
    autrement = {proches.get(nom.casefold()) for nom in brut.keys() - connues}
    for rangee in rangees:
        ici = chemin + pointeur(rangee.nom)
        if rangee.nom not in brut:
            if rangee.obligatoire:
                precision = "elle est là, autrement écrite" if rangee.nom in autrement else ""
                yield _du_fichier(CodeDeFichier.BALISE_ABSENTE, rangee.nom, chemin, texte, precision)
            continue
        yield from _de_la_balise(rangee, brut[rangee.nom], ici, texte, racine=racine)
    for nom in brut:
        if nom not in connues:
            proche = proches.get(nom.casefold())
            precision = f"c’est « {proche} », majuscules et minuscules comprises : écrivez-la ainsi" if proche else ""
            yield _du_fichier(CodeDeFichier.BALISE_INCONNUE, "", chemin + pointeur(nom), texte, precision)


def _de_la_balise(rangee: Balise, valeur: Brut, ici: str, texte: TexteJSON, *, racine: bool) -> Iterator[Anomalie]:
    match rangee.format:
        case Objet(classe):
            if isinstance(valeur, dict):
                yield from _du_bloc(classe, valeur, ici, texte)
            else:
                yield _du_fichier(
                    CodeDeFichier.NATURE_DU_BLOC, rangee.nom, ici, texte, "écrivez un objet entre accolades"
                )
        case Liste():
            yield from _de_la_liste(rangee, rangee.format, valeur, ici, texte)
        case Format() if racine:
            # The header has no line on which to report its faults: they get the whole file refused.
            defaut = juger_valeur(rangee, valeur)
            if defaut is not None:
                yield anomalie(rangee, defaut, ici, texte)


def _de_la_liste(rangee: Balise, liste: Liste, valeur: Brut, ici: str, texte: TexteJSON) -> Iterator[Anomalie]:
    if not isinstance(valeur, list):
        yield _du_fichier(CodeDeFichier.NATURE_DU_BLOC, rangee.nom, ici, texte, "écrivez une liste entre crochets")
        return
    if _nombre_incorrect(liste, valeur):
        precision = f"de 1 à {liste.maximum} par fichier, celui-ci en a {len(valeur)}"
        yield _du_fichier(CodeDeFichier.NOMBRE, rangee.nom, ici, texte, precision)
    for i, element in enumerate(valeur):
        if isinstance(element, dict):
            yield from _du_bloc(liste.classe, element, f"{ici}/{i}", texte)
        else:
            precision = "écrivez chaque élément comme un objet entre accolades"
            yield _du_fichier(CodeDeFichier.NATURE_DU_BLOC, rangee.nom, f"{ici}/{i}", texte, precision)


def ressemble_a_un_chemin(texte: str) -> bool:
    """Tell whether a text that is not JSON was probably meant as the name of a file."""
    return "\n" not in texte and not texte.lstrip().startswith(("{", "[")) and texte.strip().lower().endswith(".json")


def texte_au_lieu_d_un_chemin(faute: Anomalie) -> Anomalie:
    """Tell the caller so, instead of naming the fault that the text has as JSON."""
    precision = "ce texte ressemble à un nom de fichier : passez Path(…) au lieu du texte"
    return evolve(faute, libelle=f"{CodeDeFichier.MALFORME.libelle} ({precision})", chemin="")
