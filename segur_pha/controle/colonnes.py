"""The fast look: the bytes of a file in, the requests that are worth the plain rules out.

Most files are correct.  Each request is therefore read into a structure (:mod:`segur_pha.texte_json.structures`), and what its
types cannot tell is checked one column of the table at a time, over all the requests, with a few calls that loop in C.  This
module never decides that something is wrong.  It only tells which requests are worth the plain rules
(:mod:`segur_pha.table.regles`), and gives up (``None``) where the structure itself is not certainly right.  What keeps this safe:
a request that it does not name is faultless, and the tests compare it with the plain rules.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain, compress
from operator import not_
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import frozen
from msgspec import UnsetType

from segur_pha.table.balise import Liste, Objet, balises, pointeur
from segur_pha.table.modele import etapes
from segur_pha.table.regles import anomalies_de_la_demande, doublons, juger_valeur
from segur_pha.texte_json.lecture import sans_cle_double
from segur_pha.texte_json.structures import REFUS, UNSET, destructurer, mal_typees, structurer, valeurs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from segur_pha.anomalies import Anomalie
    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut, Format
    from segur_pha.table.modele import Colonnes, ObjetBrut
    from segur_pha.table.specification import Specification
    from segur_pha.texte_json.lecture import TexteJSON
    from segur_pha.texte_json.structures import FichierStructure, Structure

__all__ = ["Examen", "examiner", "second_controle"]


@frozen(slots=False, eq=False, repr=False)
class Examen:
    """What the fast look found.

    Attributes:
        entete: the values of the header, in the table's order; empty where the requests are raw values.
        demandes: the requests, each as its raw values or as a structure.
        uniques: tag → its values over all the requests, for the tags whose values must be unique.
        doutes: place (from 0) of a request that the plain rules must judge → the tags whose values are in doubt; rules between
            balises that read none of these tags are kept.
    """

    entete: Sequence[Brut]
    demandes: Sequence[ObjetBrut | Structure]
    uniques: Mapping[str, Sequence[Brut]]
    doutes: Mapping[int, AbstractSet[str]]

    @classmethod
    def de_tout(cls, arbre: Brut, specification: Specification) -> Examen:
        """Doubt every request: for a file whose structure was found right in the slow way."""
        assert isinstance(arbre, dict)
        demandes: list[ObjetBrut] = arbre[specification.liste_des_demandes.nom]  # type: ignore[assignment]
        colonnes = {nom: [demande.get(nom) for demande in demandes] for nom in _uniques(specification)}
        toutes = frozenset().union(*(etape.noms for etape in etapes(specification.classe_demande)))
        return cls((), demandes, colonnes, dict.fromkeys(range(len(demandes)), toutes))

    def demande(self, place: int) -> ObjetBrut:
        """Return the raw values of a request."""
        demande = self.demandes[place]
        return demande if isinstance(demande, dict) else destructurer(demande)

    def structures(self, places: Iterable[int]) -> list[Structure] | None:
        """Return some requests as structures; ``None`` where they were read as raw values."""
        choisies = [self.demandes[place] for place in places]
        return None if any(isinstance(demande, dict) for demande in choisies) else choisies  # type: ignore[return-value]

    def arbre(self, specification: Specification) -> ObjetBrut:
        """Return the raw values of a whole file that was read into structures, in the table's order."""
        liste, entete = specification.liste_des_demandes, iter(self.entete)
        demandes: list[Brut] = [self.demande(place) for place in range(len(self.demandes))]
        return {b.nom: demandes if b is liste else next(entete) for b in balises(specification.racine)}

    @cached_property
    def repetees(self) -> dict[str, set[int]]:
        """Which requests repeat a value that must be unique: tag → their places."""
        return {nom: doublons(colonne) for nom, colonne in self.uniques.items()}


def _uniques(specification: Specification) -> list[str]:
    return [rangee.nom for rangee in balises(specification.classe_demande) if rangee.unique]


class _Colonne(NamedTuple):
    """A balise over many requests: its values, and the place (from 0) of the request that each one belongs to."""

    rangee: Balise
    valeurs: Sequence[Brut]
    places: Sequence[int]


def examiner(octets: bytes, specification: Specification) -> Examen | None:
    """Look at a whole file; ``None`` when its structure is not certainly right, duplicate keys included."""
    try:
        lu = structurer(octets, specification.racine)
    except REFUS:
        return None
    if _entete_fautif(lu, specification):
        return None
    demandes = lu.demandes
    colonnes, cles = _en_colonnes(specification.classe_demande, demandes, range(len(demandes)))
    doutes = _doutes(colonnes, bien_typees=lu.bien_typees)
    contenu = (lu.entete, *(colonne.valeurs for colonne in colonnes))
    if doutes is None or not sans_cle_double(octets, cles + len(lu.entete) + 1, contenu):
        return None
    par_nom = {colonne.rangee.nom: colonne.valeurs for colonne in colonnes}
    uniques = {nom: par_nom[nom] for nom in _uniques(specification)}
    examen = Examen(entete=lu.entete, demandes=demandes, uniques=uniques, doutes=doutes)
    for place, lues in _incoherentes(examen, colonnes, specification):
        doutes.setdefault(place, set()).update(lues)
    for place in chain.from_iterable(examen.repetees.values()):
        doutes.setdefault(place, set())
    return examen


def _entete_fautif(lu: FichierStructure, specification: Specification) -> bool:
    """Tell whether the header, or the number of requests, gets the whole file refused."""
    if not 1 <= len(lu.demandes) <= specification.limites.demandes_par_fichier:
        return True
    rangees = (rangee for rangee in balises(specification.racine) if rangee is not specification.liste_des_demandes)
    return any(juger_valeur(rangee, valeur) for rangee, valeur in zip(rangees, lu.entete, strict=True))


def _en_colonnes(classe: ClasseBloc, blocs: Sequence[Structure], places: Sequence[int]) -> tuple[list[_Colonne], int]:
    """Turn the same block of many requests into columns, including those of the blocks below, and count its keys."""
    rangees = etapes(classe)
    cles = len(blocs) * len(rangees)
    colonnes: list[_Colonne] = []
    en_colonnes: Sequence[Sequence[Any]] = list(zip(*map(valeurs, blocs), strict=True)) or [()] * len(rangees)
    for (_, rangee, _, _, _, objet, liste, _), contenu in zip(rangees, en_colonnes, strict=True):
        if objet is not None:
            en_dessous, leurs_cles = _en_colonnes(objet, contenu, places)
            colonnes += en_dessous
            cles += leurs_cles
            continue
        colonne = contenu
        if liste is not None:
            leurs_places = [place for place, elements in zip(places, contenu, strict=True) for _ in elements]
            en_dessous, leurs_cles = _en_colonnes(liste, [*chain.from_iterable(contenu)], leurs_places)
            colonnes += en_dessous
            cles += leurs_cles
        elif not rangee.obligatoire and UnsetType in {*map(type, contenu)}:
            cles -= contenu.count(UNSET)
            colonne = [None if valeur is UNSET else valeur for valeur in contenu]
        colonnes.append(_Colonne(rangee, colonne, places))
    return colonnes, cles


def _doutes(colonnes: Iterable[_Colonne], *, bien_typees: bool) -> dict[int, set[str]] | None:
    """Name the values that are not certainly faultless; ``None`` when one is a block, whose inside was not looked at."""
    doutes: dict[int, set[str]] = {}
    for colonne in colonnes:
        rangs = _rangs_douteux(colonne, bien_typees=bien_typees)
        if rangs is None:
            return None
        for rang in rangs:
            doutes.setdefault(colonne.places[rang], set()).add(colonne.rangee.nom)
    return doutes


def _rangs_douteux(colonne: _Colonne, *, bien_typees: bool) -> list[int] | None:
    """Tell which values of a column, by their place in it, are not certainly faultless; ``None`` when one is a block."""
    rangee, contenu, _ = colonne
    if isinstance(rangee.format, Objet | Liste):
        # The only thing that can still be wrong with a list is that it is empty.
        return [rang for rang, elements in enumerate(contenu) if not elements]
    refusees = set() if bien_typees else mal_typees(rangee, contenu)
    retenues = [valeur for rang, valeur in enumerate(contenu) if rang not in refusees] if refusees else contenu
    suspectes = _suspectes(rangee, rangee.format, retenues)
    if not suspectes and not refusees:
        return []
    if not {dict, list}.isdisjoint(map(type, chain(suspectes, map(contenu.__getitem__, refusees)))):
        return None
    if suspectes:
        fautives = set(suspectes)
        refusees.update(rang for rang, valeur in enumerate(contenu) if rang not in refusees and valeur in fautives)
    return [*refusees]


def _suspectes(rangee: Balise, champ: Format, contenu: Sequence[Brut]) -> list[Brut]:
    if rangee.obligatoire:
        return [*champ.suspectes(contenu)]
    pleines = [valeur for valeur in contenu if valeur is not None]
    # The text "null" is a fault of facultative balises only, and formats do not know which these are.
    nuls = [v for v in pleines if type(v) is str and len(v) == len("null") and v.lower() == "null"]
    return [*champ.suspectes(pleines), *nuls]


def _incoherentes(
    examen: Examen, colonnes: Sequence[_Colonne], specification: Specification
) -> list[tuple[int, frozenset[str]]]:
    """Name the requests in which a rule between balises may be broken, and the tags it reads, none of which is in doubt."""
    par_nom = {colonne.rangee.nom: colonne for colonne in colonnes}
    trouvees: list[tuple[int, frozenset[str]]] = []
    for coherence in specification.coherences:
        lues = frozenset(coherence.lit)
        ecartees = {place for place, noms in examen.doutes.items() if not lues.isdisjoint(noms)}
        if coherence.suspectes is not None:
            places = coherence.suspectes(_sans(ecartees, [par_nom[nom] for nom in coherence.lit]))
        else:
            restantes = (place for place in range(len(examen.demandes)) if place not in ecartees)
            places = [p for p in restantes if not coherence.tenue(examen.demande(p), p + 1)]
        trouvees += [(place, lues) for place in places]
    return trouvees


def _sans(ecartees: Collection[int], colonnes: Iterable[_Colonne]) -> Colonnes:
    """Drop requests from columns."""
    if not ecartees:
        return {rangee.nom: (contenu, places) for rangee, contenu, places in colonnes}
    masques: dict[int, list[bool]] = {}  # columns of one block share their places
    restantes: dict[str, tuple[Sequence[Brut], Sequence[int]]] = {}
    for rangee, contenu, places in colonnes:
        masque = masques.get(id(places))
        if masque is None:
            masque = masques[id(places)] = [*map(not_, map(ecartees.__contains__, places))]
        restantes[rangee.nom] = [*compress(contenu, masque)], [*compress(places, masque)]
    return restantes


def second_controle(
    examen: Examen, texte: TexteJSON, specification: Specification
) -> tuple[list[str | None], list[tuple[Anomalie, ...]]]:
    """Apply the 2nd control: the plain rules, on the requests that the fast look does not vouch for.

    Yields the number of each request, where it is a text, and its anomalies.
    """
    numeros = examen.uniques[specification.numero_de_demande.nom]
    anomalies: list[tuple[Anomalie, ...]] = [()] * len(numeros)
    repetees, liste = examen.repetees, pointeur(specification.liste_des_demandes.nom)
    for place, a_juger in examen.doutes.items():
        trouvees = anomalies_de_la_demande(
            specification.classe_demande,
            examen.demande(place),
            rang=place + 1,
            coherences=specification.coherences,
            chemin=f"{liste}/{place}",
            deja_vues=[nom for nom, places in repetees.items() if place in places],
            texte=texte,
            plafond=specification.limites.anomalies_detaillees,
            a_juger=a_juger,
        )
        for anomalie in trouvees:
            texte.annoncer(anomalie.chemin)
        anomalies[place] = tuple(trouvees)
    return [numero if isinstance(numero, str) else None for numero in numeros], anomalies
