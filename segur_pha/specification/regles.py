"""A table → the rules of a block: raw values in, anomalies out.

The one engine: the control of a line, the reading of a file and every constructor come here.  This is the plain twin,
which decides; :mod:`segur_pha.controle.colonnes` is the fast one, which only finds the lines worth a look.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve

from segur_pha.erreurs import Anomalie, Localisable
from segur_pha.specification.catalogue import CodeDeFichier, code_de, libelle_de
from segur_pha.specification.formats import Brut, Defaut, Format, Nature
from segur_pha.specification.table import Balise, ClasseBloc, Coherence, Liste, Objet, ObjetBrut, balises

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

__all__ = [
    "anomalie",
    "anomalie_d_encodage",
    "anomalies_d_encodage",
    "anomalies_de_la_demande",
    "doublons",
    "encodable",
    "juger_valeur",
    "message_de_fichier",
    "plafonner",
    "pointeur",
]


def pointeur(*jetons: str | int) -> str:
    """Write a JSON Pointer (RFC 6901).

    >>> pointeur("lignesImport", 0, "a/b")
    '/lignesImport/0/a~1b'
    """
    return "".join("/" + str(jeton).replace("~", "~0").replace("/", "~1") for jeton in jetons)


def anomalie(rangee: Balise, defaut: Defaut, chemin: str, texte: Localisable | None = None) -> Anomalie:
    """Name a fault of a balise: its code, its libellé and where it is."""
    return Anomalie(code_de(rangee, defaut.nature), libelle_de(rangee, defaut), rangee.nom, chemin, texte)


def juger_valeur(rangee: Balise, brut: Brut) -> Defaut | None:
    """Find the first fault that a value has by itself, kinds 01 to 05."""
    if isinstance(rangee.format, Format):
        return rangee.format.defaut(brut, obligatoire=rangee.obligatoire)
    return Defaut(Nature.NON_RENSEIGNEE) if rangee.vide_est_un_defaut and not brut else None


class _Etape(NamedTuple):
    """What to do at one row: judge its value, and go down into the block or the list of blocks that it opens."""

    rangee: Balise
    suffixe: str
    objet: ClasseBloc | None
    liste: ClasseBloc | None


@cache
def _etapes(classe: ClasseBloc) -> tuple[_Etape, ...]:
    return tuple(
        _Etape(
            rangee,
            pointeur(rangee.nom),
            rangee.format.classe if isinstance(rangee.format, Objet) else None,
            rangee.format.classe if isinstance(rangee.format, Liste) else None,
        )
        for rangee in balises(classe)
    )


def _juger_tout(
    classe: ClasseBloc,
    brut: Mapping[str, Brut],
    chemin: str,
    jugees: list[tuple[Balise, str, Defaut | None]],
    a_juger: Collection[str] | None,
) -> None:
    """Judge the values below a block by themselves, in the table's order; its structure is known to be right."""
    for rangee, suffixe, objet, liste in _etapes(classe):
        valeur = brut.get(rangee.nom)
        ici = chemin + suffixe
        if objet is not None:
            jugees.append((rangee, ici, None))
            _juger_tout(objet, valeur, ici, jugees, a_juger)  # type: ignore[arg-type]
        elif liste is not None:
            jugees.append((rangee, ici, juger_valeur(rangee, valeur)))
            for i, element in enumerate(valeur):  # type: ignore[arg-type]
                _juger_tout(liste, element, f"{ici}/{i}", jugees, a_juger)  # type: ignore[arg-type]
        elif a_juger is not None and rangee.nom not in a_juger:
            jugees.append((rangee, ici, None))
        else:
            jugees.append((rangee, ici, rangee.format.defaut(valeur, obligatoire=rangee.obligatoire)))  # type: ignore[union-attr]


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
    a_juger: Collection[str] | None = None,
) -> list[Anomalie]:
    """Find every anomaly of one request, in the table's order (decision 4); of more than ``plafond``, how many more.

    ``brut`` has the right structure (1st control); ``rang`` starts at 1; ``deja_vues`` names the unique balises whose value
    an earlier request of the file bears; ``a_juger``, where somebody has looked, the tags whose values are not known to be
    faultless.  The first anomaly is the one at which the portal stops.
    """
    jugees: list[tuple[Balise, str, Defaut | None]] = []
    _juger_tout(classe, brut, chemin, jugees, a_juger)
    incoherents = _incoherences(brut, rang, coherences, chemin, jugees)
    constats: list[tuple[Balise, str, Defaut | str]] = []
    for rangee, ou, defaut in jugees:
        if defaut is not None:
            constats.append((rangee, ou, defaut))
        elif rangee.nom in deja_vues:
            constats.append((rangee, ou, Defaut(Nature.DOUBLON)))
        elif ou in incoherents:
            constats.append((rangee, ou, incoherents[ou]))
    details = (_detailler(constat, texte) for constat in constats)
    return list(details) if plafond is None else plafonner(details, plafond, len(constats))


def _detailler(constat: tuple[Balise, str, Defaut | str], texte: Localisable | None) -> Anomalie:
    """Finish an anomaly: of a value by itself, or (a text) of a rule between balises."""
    rangee, ou, faute = constat
    if isinstance(faute, Defaut):
        return anomalie(rangee, faute, ou, texte)
    code = code_de(rangee, Nature.INCOHERENCE)
    return Anomalie(code, f"{rangee.nom} : {faute}", rangee.nom, ou, texte)


def plafonner(anomalies: Iterable[Anomalie], plafond: int, total: int) -> list[Anomalie]:
    """Keep the first ones of a total, and say in the last one how many more there are.

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


def _incoherences(
    brut: ObjetBrut,
    rang: int,
    coherences: Sequence[Coherence],
    chemin: str,
    jugees: Sequence[tuple[Balise, str, Defaut | None]],
) -> dict[str, str]:
    """Try the rules between balises where all those they read are faultless: pointer → libellé of the first one broken."""
    fautifs = {ou for _, ou, defaut in jugees if defaut is not None}
    noms_fautifs = {rangee.nom for rangee, _, defaut in jugees if defaut is not None}
    trouvees: dict[str, str] = {}
    for coherence in coherences:
        lues_fautives = noms_fautifs.intersection(coherence.lit)
        for ici, element in _elements(brut, coherence.portee, chemin):
            # An item answers for its own balises; whatever else the rule reads must be faultless all over the request.
            empeche = any(
                f"{ici}/{nom}" in fautifs if coherence.portee and nom in element else True for nom in lues_fautives
            )
            if not empeche and not coherence.respectee(element, brut, rang):
                trouvees.setdefault(f"{ici}/{coherence.balise}", coherence.libelle)
    return trouvees


def _elements(brut: ObjetBrut, portee: str, chemin: str) -> Iterator[tuple[str, ObjetBrut]]:
    if not portee:
        yield chemin, brut
        return
    for i, element in enumerate(brut[portee]):  # type: ignore[arg-type]
        yield f"{chemin}/{portee}/{i}", element  # type: ignore[misc]


def anomalies_d_encodage(classe: ClasseBloc, brut: Mapping[str, Brut], chemin: str = "") -> Iterator[Anomalie]:
    """Find the texts that UTF-8 cannot write (lone surrogates); a file that was read holds none, a Python text may."""
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


def encodable(texte: str) -> bool:
    r"""Tell whether UTF-8 can write a text.

    >>> encodable("É"), encodable("\ud800")
    (True, False)
    """
    return texte.isascii() or not any("\ud800" <= caractere <= "\udfff" for caractere in texte)


def message_de_fichier(code: CodeDeFichier, balise: str, precision: str) -> str:
    """Say why a file, or a block, is refused: the code's sentence, with the tag before and what is known after.

    >>> print(message_de_fichier(CodeDeFichier.NOMBRE, "lignesImport", "de 1 à 200"))
    lignesImport : nombre de demandes incorrect ; de 1 à 200
    """
    libelle = code.libelle
    if balise:
        libelle = f"{balise} : {libelle[0].lower()}{libelle[1:]}"
    return f"{libelle} ; {precision}" if precision else libelle


def doublons(valeurs: Sequence[Brut]) -> set[int]:
    """Give the places (from 0) of the texts that stand earlier in the sequence.

    >>> sorted(doublons(["00001", "00002", "00001", None, None]))
    [2]
    """
    vues: set[str] = set()
    repetees = set()
    for i, valeur in enumerate(valeurs):
        if not isinstance(valeur, str):
            continue
        if valeur in vues:
            repetees.add(i)
        vues.add(valeur)
    return repetees
