"""The fast look: a column of the table at a time, over all the requests of a file.

A correct file is the rule, and two hundred requests share the same thirty rows: so each format checks its whole column with
a few calls that loop in C.  This room never decides that something is wrong.  It only tells which lines are worth the plain
rules (:mod:`segur_pha.specification.regles`), and gives up (``None``) where the structure itself is not surely right.
Its rule of safety: a line it does not name is faultless, and the tests hold it against the plain twin.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, compress
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from attrs import define, field

from segur_pha.specification.formats import Format
from segur_pha.specification.regles import doublons, juger_valeur
from segur_pha.specification.table import Liste, Objet, balises

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from segur_pha.specification.formats import Brut
    from segur_pha.specification.table import Balise, ClasseBloc, Coherence, ObjetBrut, Specification

__all__ = ["Examen", "examiner"]


@define
class Examen:
    """What the fast look found.

    Attributes:
        douteuses: the places (from 0) of the lines that the plain rules must judge.
        doutes: of those lines, the tags whose values are in doubt.
        tout_juger: nobody has looked at the values, so all of them are in doubt.
        repetees: tag → the places of the lines that repeat a value that must be unique.
        cles: how many keys the tree has.
        colonnes: every column: its tag, its values, and the place of the line that each value belongs to.
        profonde: a value is itself a list or an object, whose depth and keys nobody has looked at.
    """

    douteuses: set[int] = field(factory=set)
    doutes: dict[int, set[str]] = field(factory=dict)
    tout_juger: bool = False
    repetees: dict[str, set[int]] = field(factory=dict)
    cles: int = 0
    colonnes: list[tuple[str, Sequence[Brut], Sequence[int]]] = field(factory=list)
    profonde: bool = False

    @classmethod
    def de_tout(cls, arbre: ObjetBrut, specification: Specification) -> Examen:
        """Doubt every line: for a file whose structure the slow way found right."""
        lignes: Sequence[ObjetBrut] = arbre[specification.liste_des_demandes.nom]  # type: ignore[assignment]
        uniques = [b.nom for b in balises(specification.classe_demande) if b.unique]
        return cls(
            douteuses=set(range(len(lignes))),
            tout_juger=True,
            repetees={nom: doublons([ligne[nom] for ligne in lignes]) for nom in uniques},
        )

    def douter(self, place: int, nom: str) -> None:
        """Name a value that is worth a look."""
        self.douteuses.add(place)
        self.doutes.setdefault(place, set()).add(nom)

    def a_juger(self, place: int) -> Collection[str] | None:
        """Name the tags of a line whose values must be judged; ``None`` stands for all."""
        return None if self.tout_juger else self.doutes.get(place, ())

    def sans_cle_double(self, octets: bytes) -> bool:
        """Tell whether the text surely has no duplicate key: as many colons as the tree has keys and values have colons."""
        deux_points = octets.count(b":")
        if deux_points == self.cles:
            return not self.profonde
        # A colon written \u003a would count in a value and not in the text, and could hide a key.
        if self.profonde or b"\\u003" in octets:
            return False
        textes = (valeur for _, valeurs, _ in self.colonnes for valeur in valeurs if type(valeur) is str)
        return deux_points == self.cles + "".join(textes).count(":")


def examiner(arbre: Brut, specification: Specification) -> Examen | None:
    """Look at a whole file; ``None`` when its structure is not surely right."""
    entete = balises(specification.racine)
    if not isinstance(arbre, dict) or len(arbre) != len(entete) or any(b.nom not in arbre for b in entete):
        return None
    if any(juger_valeur(b, arbre[b.nom]) for b in entete if isinstance(b.format, Format)):
        return None
    liste = specification.liste_des_demandes
    lignes = arbre[liste.nom]
    if not isinstance(lignes, list) or not 1 <= len(lignes) <= specification.limites.demandes_par_fichier:
        return None
    examen = Examen(cles=len(arbre))
    examen.colonnes += [(b.nom, [arbre[b.nom]], [0]) for b in entete]
    if not _examiner_bloc(examen, specification.classe_demande, lignes, range(len(lignes))):
        return None
    _examiner_coherences(examen, lignes, specification)  # type: ignore[arg-type]
    return examen


@cache
def _plan(classe: ClasseBloc) -> tuple[tuple[Balise, ...], Callable[[Brut], tuple[Brut, ...]], frozenset[str]]:
    rangees = balises(classe)
    # itemgetter() gives a tuple from two names on, so the first one is asked twice.
    extraire: Callable[[Brut], tuple[Brut, ...]] = itemgetter(*(b.nom for b in rangees), rangees[0].nom)  # type: ignore[assignment]
    return rangees, extraire, frozenset(b.nom for b in rangees if b.obligatoire)


def _examiner_bloc(examen: Examen, classe: ClasseBloc, objets: Sequence[Brut], places: Sequence[int]) -> bool:
    """Look at the same block of several lines; ``False`` when its structure is not surely right."""
    if not objets:
        return True
    if set(map(type, objets)) != {dict}:
        return False
    rangees, extraire, obligatoires = _plan(classe)
    tailles = list(map(len, objets))  # type: ignore[arg-type]
    if set(tailles) != {len(rangees)}:
        objets = _completer(objets, rangees, obligatoires)
    try:
        colonnes = list(zip(*map(extraire, objets), strict=True))
    except KeyError:
        return False
    examen.cles += sum(tailles)
    return all(
        _examiner_colonne(examen, rangee, colonne, places) for rangee, colonne in zip(rangees, colonnes, strict=False)
    )


def _completer(objets: Sequence[Brut], rangees: Sequence[Balise], obligatoires: frozenset[str]) -> Sequence[Brut]:
    """Put null where a facultative tag is missing; an object with another oddity comes out empty, and is refused."""
    vide: dict[str, Brut] = dict.fromkeys(b.nom for b in rangees)
    return [{**vide, **o} if isinstance(o, dict) and obligatoires <= o.keys() <= vide.keys() else {} for o in objets]


def _examiner_colonne(examen: Examen, rangee: Balise, colonne: Sequence[Brut], places: Sequence[int]) -> bool:
    examen.colonnes.append((rangee.nom, colonne, places))
    match rangee.format:
        case Objet(classe):
            return _examiner_bloc(examen, classe, colonne, places)
        case Liste(classe):
            if set(map(type, colonne)) != {list}:
                return False
            examen.douteuses.update(place for place, valeurs in zip(places, colonne, strict=True) if not valeurs)
            elements = list(chain.from_iterable(colonne))  # type: ignore[arg-type]
            leurs_places = [p for p, valeurs in zip(places, colonne, strict=True) for _ in valeurs]  # type: ignore[union-attr]
            return _examiner_bloc(examen, classe, elements, leurs_places)
        case _:
            for i in _douteux(rangee, rangee.format, colonne):
                examen.douter(places[i], rangee.nom)
                examen.profonde |= isinstance(colonne[i], dict | list)
            if rangee.unique:
                examen.repetees[rangee.nom] = {places[i] for i in doublons(colonne)}
                examen.douteuses |= examen.repetees[rangee.nom]
            return True


#: So few values are sooner judged one by one than cut in halves.
_PEU: Final = 8


def _douteux(rangee: Balise, champ: Format, colonne: Sequence[Brut]) -> Iterator[int]:
    """Find the places of the values that are not surely faultless."""
    nul_permis = champ.defaut(None, obligatoire=rangee.obligatoire) is None

    def sure(debut: int, fin: int) -> bool:
        valeurs = colonne[debut:fin]
        if not nul_permis:
            return champ.colonne_sure(valeurs)
        pleines = [valeur for valeur in valeurs if valeur is not None]
        # A text "null" is a fault of facultative balises only, which their formats do not know.
        return champ.colonne_sure(pleines) and not any(type(v) is str and v.lower() == "null" for v in pleines)

    def chercher(debut: int, fin: int) -> Iterator[int]:
        """Cut by halves, since faults are few; there is one in this part."""
        if fin - debut <= _PEU:
            yield from (i for i in range(debut, fin) if champ.defaut(colonne[i], obligatoire=rangee.obligatoire))
            return
        milieu = (debut + fin) // 2
        gauche_sure = sure(debut, milieu)
        if not gauche_sure:
            yield from chercher(debut, milieu)
        if gauche_sure or not sure(milieu, fin):
            yield from chercher(milieu, fin)

    return iter(()) if sure(0, len(colonne)) else chercher(0, len(colonne))


def _examiner_coherences(examen: Examen, lignes: Sequence[ObjetBrut], specification: Specification) -> None:
    """Doubt the lines in which a rule between balises may be broken; those in doubt already are left out."""
    lues = {nom for coherence in specification.coherences for nom in coherence.lit}
    # Where every list is empty, the columns below it hold nothing.
    colonnes: dict[str, tuple[Sequence[Brut], Sequence[int]]] = dict.fromkeys(lues, ((), ()))
    colonnes.update((nom, (colonne, places)) for nom, colonne, places in examen.colonnes if nom in lues)
    if examen.douteuses:
        colonnes = {nom: _sans(examen.douteuses, *colonne) for nom, colonne in colonnes.items()}
    sures = [place for place in range(len(lignes)) if place not in examen.douteuses]
    for coherence in specification.coherences:
        if coherence.suspectes is not None:
            examen.douteuses.update(coherence.suspectes(colonnes))
        else:
            examen.douteuses.update(place for place in sures if not _respectee(coherence, lignes[place], place + 1))


def _sans(ecartees: set[int], colonne: Sequence[Brut], places: Sequence[int]) -> tuple[Sequence[Brut], Sequence[int]]:
    gardees = [place not in ecartees for place in places]
    return list(compress(colonne, gardees)), list(compress(places, gardees))


def _respectee(coherence: Coherence, ligne: ObjetBrut, rang: int) -> bool:
    elements: Sequence[ObjetBrut] = ligne[coherence.portee] if coherence.portee else (ligne,)  # type: ignore[assignment]
    return all(coherence.respectee(element, ligne, rang) for element in elements)
