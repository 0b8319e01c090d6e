"""A table → the rules of a block: raw values in, anomalies out.

The one engine: the control of a line, the reading of a file and every constructor come here.  These are the plain rules, which
decide; :mod:`segur_pha.controle.colonnes` has the fast ones, which only find the lines worth a look.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from attrs import evolve

from segur_pha.anomalies import Anomalie, Localisable
from segur_pha.table.balise import Balise, ClasseBloc, Liste, Objet, balises, pointeur
from segur_pha.table.codes import CodeDeFichier, code_de, libelle_de
from segur_pha.table.formats import Brut, Defaut, Nature
from segur_pha.table.modele import Coherence, ObjetBrut, etapes
from segur_pha.textes import a_minuscule, encodable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

__all__ = [
    "anomalie",
    "anomalie_d_encodage",
    "anomalies_d_encodage",
    "anomalies_de_la_demande",
    "doublons",
    "juger_valeur",
    "message_de_fichier",
    "plafonner",
]


def anomalie(rangee: Balise, defaut: Defaut, chemin: str, texte: Localisable | None = None) -> Anomalie:
    """Name a fault of a balise: its code, its libellé and where it is."""
    return Anomalie(code_de(rangee, defaut.nature), libelle_de(rangee, defaut), rangee.nom, chemin, texte)


def juger_valeur(rangee: Balise, brut: Brut) -> Defaut | None:
    """Find the first fault that a value has by itself, kinds 01 to 05."""
    champ = rangee.format
    if isinstance(champ, Objet | Liste):
        return Defaut(Nature.NON_RENSEIGNEE) if rangee.vide_est_un_defaut and not brut else None
    return champ.defaut(brut, obligatoire=rangee.obligatoire)


class _Faute(NamedTuple):
    """What an anomaly is made from once places are sorted: its balise, place and fault (a text for a rule between balises)."""

    rangee: Balise
    chemin: str
    faute: Defaut | str


#: The positions of the rows and of the items on the way to a balise: sorting by them gives the order of the table.
_Place: TypeAlias = tuple[int, ...]


def _juger_le_bloc(
    constats: dict[_Place, _Faute],
    classe: ClasseBloc,
    brut: Mapping[str, Brut],
    a_juger: AbstractSet[str] | None,
    chemin: str,
    place: _Place = (),
) -> None:
    """Judge each value below a block by itself, and note what is wrong; the block's structure is known to be right."""
    for i, rangee, suffixe, noms, champ, objet, liste, _ in etapes(classe):
        if a_juger is not None and a_juger.isdisjoint(noms):
            continue
        valeur = brut.get(rangee.nom)
        if objet is not None:
            _juger_le_bloc(constats, objet, valeur, a_juger, chemin + suffixe, (*place, i))  # type: ignore[arg-type]
            continue
        if liste is not None:
            for k, element in enumerate(valeur):  # type: ignore[arg-type]
                ici = f"{chemin}{suffixe}/{k}"
                _juger_le_bloc(constats, liste, element, a_juger, ici, (*place, i, k))  # type: ignore[arg-type]
        defaut = champ.defaut(valeur, obligatoire=rangee.obligatoire) if champ else juger_valeur(rangee, valeur)
        if defaut is not None:
            constats[*place, i] = _Faute(rangee, chemin + suffixe, defaut)


def anomalies_de_la_demande(
    classe: ClasseBloc,
    brut: ObjetBrut,
    *,
    rang: int,
    coherences: Sequence[Coherence],
    chemin: str = "",
    deja_vues: Collection[str] = (),
    texte: Localisable | None = None,
    plafond: int | None = None,
    a_juger: AbstractSet[str] | None = None,
) -> list[Anomalie]:
    """Find every anomaly of one request, in the table's order (decision 4); past ``plafond`` of them, only how many more.

    ``brut`` has the right structure (1st control); ``rang`` starts at 1; ``deja_vues`` names the unique balises whose value an
    earlier request of the file already has; ``a_juger``, where the fast rules have looked, names the tags whose values are not
    known to be faultless (the rules between balises that read none of them are known to hold).  The first anomaly is the one at
    which the portal stops.
    """
    constats: dict[_Place, _Faute] = {}
    _juger_le_bloc(constats, classe, brut, a_juger, chemin)
    # Of several faults of one balise, the first in this order is reported: by itself, used twice, against other balises.
    a_essayer = [c for c in coherences if a_juger is None or not a_juger.isdisjoint(c.lit)]
    incoherences = list(_incoherences(classe, brut, rang, a_essayer, chemin, constats.values()))
    for place, constat in (*_repetitions(classe, chemin, deja_vues), *incoherences):
        constats.setdefault(place, constat)
    dans_l_ordre = (_detailler(constats[place], texte) for place in sorted(constats))
    return plafonner(dans_l_ordre, plafond, len(constats))


def _detailler(constat: _Faute, texte: Localisable | None) -> Anomalie:
    """Finish an anomaly."""
    rangee, ou, faute = constat
    if isinstance(faute, Defaut):
        return anomalie(rangee, faute, ou, texte)
    code = code_de(rangee, Nature.INCOHERENCE)
    return Anomalie(code, f"{rangee.nom} : {faute}", rangee.nom, ou, texte)


def plafonner(anomalies: Iterable[Anomalie], plafond: int | None, total: int) -> list[Anomalie]:
    """Keep the first ``plafond`` of a total (``None``: all), and say in the last one how many more there are.

    >>> fautes = [Anomalie("9906", "Balise inconnue", "", f"/{i}") for i in range(4)]
    >>> print(plafonner(fautes, 3, 4)[-1].libelle)
    Balise inconnue (et 1 autre anomalie après celle-ci)
    """
    gardees = list(islice(anomalies, plafond))
    reste = total - len(gardees)
    if reste:
        autres = "1 autre anomalie" if reste == 1 else f"{reste} autres anomalies"
        gardees[-1] = evolve(gardees[-1], libelle=f"{gardees[-1].libelle} (et {autres} après celle-ci)")
    return gardees


def _repetitions(classe: ClasseBloc, chemin: str, deja_vues: Collection[str]) -> Iterator[tuple[_Place, _Faute]]:
    for nom in deja_vues:
        i, rangee = _rangee(classe, nom)
        yield (i,), _Faute(rangee, chemin + pointeur(nom), Defaut(Nature.DOUBLON))


def _incoherences(
    classe: ClasseBloc,
    brut: ObjetBrut,
    rang: int,
    coherences: Sequence[Coherence],
    chemin: str,
    defauts: Collection[_Faute],
) -> Iterator[tuple[_Place, _Faute]]:
    """Try the rules between balises where all those they read are faultless by themselves."""
    fautifs = {constat.chemin for constat in defauts}
    noms_fautifs = {constat.rangee.nom for constat in defauts}
    for coherence in coherences:
        lues_fautives = noms_fautifs.intersection(coherence.lit)
        if coherence.portee:
            yield from _incoherences_des_elements(classe, brut, rang, coherence, chemin, fautifs, lues_fautives)
        elif not lues_fautives and not coherence.respectee(brut, brut, rang):
            i, rangee = _rangee(classe, coherence.balise)
            yield (i,), _Faute(rangee, chemin + pointeur(rangee.nom), coherence.libelle)


def _incoherences_des_elements(
    classe: ClasseBloc,
    brut: ObjetBrut,
    rang: int,
    coherence: Coherence,
    chemin: str,
    fautifs: Collection[str],
    lues_fautives: Collection[str],
) -> Iterator[tuple[_Place, _Faute]]:
    i, liste = _rangee(classe, coherence.portee)
    assert isinstance(liste.format, Liste)
    j, rangee = _rangee(liste.format.classe, coherence.balise)
    elements: Sequence[ObjetBrut] = brut[liste.nom]  # type: ignore[assignment]
    racine, suffixe = chemin + pointeur(liste.nom), pointeur(rangee.nom)
    for k, element in enumerate(elements):
        ici = f"{racine}/{k}"
        # An item is only held to its own balises; whatever else the rule reads must be faultless in the whole request.
        if any(nom not in element or ici + pointeur(nom) in fautifs for nom in lues_fautives):
            continue
        if not coherence.respectee(element, brut, rang):
            yield (i, k, j), _Faute(rangee, ici + suffixe, coherence.libelle)


@cache
def _rangee(classe: ClasseBloc, nom: str) -> tuple[int, Balise]:
    """Find a row of a block, and its number among the rows."""
    return next((i, rangee) for i, rangee in enumerate(balises(classe)) if rangee.nom == nom)


def anomalies_d_encodage(classe: ClasseBloc, brut: Mapping[str, Brut], chemin: str = "") -> Iterator[Anomalie]:
    """Find the texts that UTF-8 cannot write (lone surrogates); a file that was read holds none, but a Python text may."""
    for rangee in balises(classe):
        valeur = brut[rangee.nom]
        if isinstance(rangee.format, Objet):
            yield from anomalies_d_encodage(rangee.format.classe, valeur, f"{chemin}/{rangee.nom}")  # type: ignore[arg-type]
        elif isinstance(valeur, str) and not encodable(valeur):
            yield anomalie_d_encodage(rangee, f"{chemin}/{rangee.nom}")


def anomalie_d_encodage(rangee: Balise, chemin: str) -> Anomalie:
    """Name the fault of a text that UTF-8 cannot write."""
    code = CodeDeFichier.ENCODAGE
    precision = "ce texte contient un demi-caractère (surrogate) que l’UTF-8 ne sait pas écrire"
    return Anomalie(code.value, message_de_fichier(code, rangee.nom, precision), rangee.nom, chemin)


def message_de_fichier(code: CodeDeFichier, balise: str, precision: str = "") -> str:
    """Say why a file, or a block, is refused: the code's sentence, with the tag before it and what is known after it.

    >>> print(message_de_fichier(CodeDeFichier.NOMBRE, "lignesImport", "de 1 à 200"))
    lignesImport : nombre de demandes incorrect ; de 1 à 200
    """
    libelle = code.libelle
    if balise:
        libelle = f"{balise} : {a_minuscule(libelle)}"
    return f"{libelle} ; {precision}" if precision else libelle


def doublons(valeurs: Sequence[Brut]) -> set[int]:
    """Return the places (from 0) of the texts that already occurred earlier in the sequence.

    >>> sorted(doublons(["00001", "00002", "00001", None, None]))
    [2]
    """
    textes = [(i, valeur) for i, valeur in enumerate(valeurs) if isinstance(valeur, str)]
    if len({texte for _, texte in textes}) == len(textes):
        return set()
    premieres: dict[str, int] = {}
    return {i for i, texte in textes if premieres.setdefault(texte, i) != i}
