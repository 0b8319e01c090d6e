"""Files with one fault, for every code of a specification's catalogue.

The expected response to a fault follows from its place and from the decisions (``docs/decisions/``), without asking any control.
A fault of values is in the tree, a fault of the text among its tokens.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from hypothesis import strategies as st

from segur_pha.erreurs import SegurError
from segur_pha.strategies.arbres import arbres, regles_tirees
from segur_pha.strategies.champs import champ_fautif, exiger_des_strategies, json_quelconque
from segur_pha.strategies.ecritures import Ecriture, JetonLibre, Repetee, assembler, ecritures, jetons, textes
from segur_pha.table.balise import Balise, Liste, Objet, balises, pointeur
from segur_pha.table.codes import CODE_ACCEPTE, CodeDeFichier, code_de
from segur_pha.table.formats import Format, Nature
from segur_pha.table.modele import objet_de, objets_de
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from hypothesis.strategies import DrawFn, SearchStrategy

    from segur_pha.strategies.ecritures import Ecrivable
    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification

__all__ = [
    "Contenant",
    "Lieu",
    "encodage_fautif",
    "fabriques",
    "fichiers_fautifs",
    "racine_fautive",
    "taille_fautive",
    "texte_malforme",
]

_PONCTUATION: Final = "{}[]:,"
#: Bytes that never come before the first byte of a character in UTF-8.
_OCTETS_INTRUS: Final = (b"\xe9", b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82")
_DEMI_CARACTERES: Final = ("\\ud83d", "\\uDC00", "\\udfff\\ud800")
#: Values in languages other than JSON (no U+0000, which near the beginning is the sign of another encoding).
_VALEURS_D_AILLEURS: Final = (
    *("NaN", "Infinity", "-Infinity", "None", "True", "FALSE", "undefined", "nul", "'texte'"),
    *("01", "+1", ".5", "1.", "1e", "-", "0x1F", "1_000", "\uff11", "12,50"),
    *('"\\x41"', '"\\u12G4"', '"\\"', '"a\tb"', '"a\nb"', '"\x01"', "“texte”", ""),
)
_BLANCS_D_AILLEURS: Final = ("\u00a0", "\u2028", "\x0b", "\x0c", "\x01", "// note\n", "/* note */", "# note\n", "\\")
_APRES_LA_FIN: Final = ("}", "]", ",", "{}", "null", "x", "\ufeff", "\u00a0", "\x1a", "---")


def _tirer_des_jetons(draw: DrawFn, specification: Specification) -> tuple[list[str], Ecriture]:
    """Draw a right file as tokens, and how to join them."""
    arbre = draw(arbres(specification, minimum=1, maximum=2, modeles=1))
    ecriture = draw(ecritures(specification)).sans_marque
    return [*jetons(arbre, ecriture)], ecriture


def _une_place(draw: DrawFn, suite: list[str], convient: Callable[[str], bool]) -> int:
    return draw(st.sampled_from([i for i, jeton in enumerate(suite) if convient(jeton)]))


def encodage_fautif(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a file that is not UTF-8: another encoding, a stray byte, half of a character."""
    suite, ecriture = _tirer_des_jetons(draw, specification)
    match draw(st.sampled_from(["autre encodage", "octet intrus", "demi-caractère"])):
        case "autre encodage":
            encodage = draw(st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]))
            octets = assembler(suite, ecriture).decode().encode(encodage)
        case "octet intrus":
            place = draw(st.integers(0, len(suite)))
            avant, apres = assembler(suite[:place], ecriture), assembler(suite[place:], ecriture)
            octets = avant + draw(st.sampled_from(_OCTETS_INTRUS)) + apres
        case _:
            place = _une_place(draw, suite, lambda jeton: jeton.startswith('"'))
            suite[place] = '"' + draw(st.sampled_from(_DEMI_CARACTERES)) + suite[place][1:]
            octets = assembler(suite, ecriture)
    return octets, ""


def texte_malforme(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a text that is not JSON: cut short, continued, with a sign too many or too few, or with words of other languages."""
    suite, ecriture = _tirer_des_jetons(draw, specification)
    match draw(st.sampled_from(["coupé", "prolongé", "signe ôté", "signe ajouté", "valeur", "blanc", "vide"])):
        case "coupé":
            texte = assembler(suite, ecriture).decode().rstrip()
            return texte[: draw(st.integers(0, len(texte) - 1))].encode(), ""
        case "prolongé":
            suite.append(draw(st.sampled_from(_APRES_LA_FIN)))
        case "signe ôté":
            del suite[_une_place(draw, suite, lambda jeton: jeton in _PONCTUATION)]
        case "signe ajouté":
            suite.insert(draw(st.integers(0, len(suite))), draw(st.sampled_from(_PONCTUATION)))
        case "valeur":
            place = _une_place(draw, suite, lambda jeton: jeton not in _PONCTUATION)
            suite[place] = draw(st.sampled_from(_VALEURS_D_AILLEURS))
        case "blanc":
            suite.insert(draw(st.integers(1, len(suite))), draw(st.sampled_from(_BLANCS_D_AILLEURS)))
        case _:
            suite = draw(st.sampled_from([[], [""], [" \n"]]))
    return assembler(suite, ecriture), ""


def racine_fautive(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a JSON text whose root is not an object: the list of requests alone, a file in a list, anything else."""
    arbre = draw(arbres(specification, minimum=1, maximum=2, modeles=1))
    presque: list[Brut] = [[arbre], arbre[specification.liste_des_demandes.nom]]
    racine: Ecrivable = draw(st.sampled_from(presque) | json_quelconque().filter(lambda v: not isinstance(v, dict)))
    return draw(textes(racine, specification)), ""


def taille_fautive(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a file with one byte too many, or with one level too many (or a hundred thousand)."""
    arbre = draw(arbres(specification, minimum=1, maximum=1))
    if draw(st.booleans()):
        octets = draw(textes(arbre, specification))
        return octets.ljust(specification.limites.octets_du_json + 1), ""
    niveaux = draw(st.sampled_from([0, 1, 100_000])) + specification.limites.niveaux_du_json
    return draw(textes(_approfondi(draw, arbre, niveaux), specification)), ""


def _approfondi(draw: DrawFn, arbre: ObjetBrut, niveaux: int) -> dict[str, Ecrivable]:
    """Put that many levels in place of a value of the root, which is itself the first level."""
    ouvre, ferme = draw(st.sampled_from([("[", "]"), ('{"a":', "}")]))
    profond = JetonLibre(ouvre * niveaux + "0" + ferme * niveaux)
    return {**arbre, draw(st.sampled_from(sorted(arbre))): profond}


#: Draws a faulty file: its bytes, and the pointer of its fault.
Fabrique: TypeAlias = "Callable[[DrawFn, Specification], tuple[bytes, str]]"
#: Puts a fault into a right tree, in place, and returns its pointer.
Alteration: TypeAlias = "Callable[[DrawFn, Specification, ObjetBrut], str]"

_DEMANDES = 4


def fichiers_fautifs(
    codes: Collection[str] | None, specification: Specification
) -> SearchStrategy[tuple[bytes, str, str]]:
    """Draw (bytes of a file, expected code, expected pointer)."""
    connus = fabriques(specification)
    voulus = sorted(connus) if codes is None else sorted(set(codes))
    inconnus = [code for code in voulus if code not in connus]
    if inconnus or not voulus:
        raise SegurError(f"Aucune faute ne porte ces codes : {', '.join(inconnus) or 'liste vide'}.")
    return st.sampled_from(voulus).flatmap(lambda code: _fichier_fautif(code, specification))


@st.composite
def _fichier_fautif(draw: DrawFn, code: str, specification: Specification) -> tuple[bytes, str, str]:
    octets, chemin = fabriques(specification)[code](draw, specification)
    return octets, code, chemin


@cache
def fabriques(specification: Specification) -> dict[str, Fabrique]:
    """Derive from the table, for each code, how to draw a file whose only fault has that code.

    Raises :class:`~segur_pha.SegurError` when a code of the catalogue would have none.
    """
    for rangee in specification.balises:
        exiger_des_strategies(rangee)
    regles_tirees(specification)
    trouves = {**_fabriques_de_fichier(), **_fabriques_de_lignes(specification)}
    attendus = {entree.code for entree in specification.catalogue} - {CODE_ACCEPTE}
    if trouves.keys() != attendus:
        raise SegurError(f"Stratégies et codes ne concordent pas : {sorted(trouves.keys() ^ attendus)}.")
    return trouves


def _fabriques_de_fichier() -> dict[str, Fabrique]:
    return {
        CodeDeFichier.ENCODAGE: encodage_fautif,
        CodeDeFichier.MALFORME: texte_malforme,
        CodeDeFichier.CLE_DOUBLE: _apres(_doubler_une_cle),
        CodeDeFichier.RACINE: racine_fautive,
        CodeDeFichier.BALISE_ABSENTE: _apres(_oter_une_balise),
        CodeDeFichier.BALISE_INCONNUE: _apres(_ajouter_une_balise),
        CodeDeFichier.NATURE_DU_BLOC: _apres(_changer_un_bloc),
        CodeDeFichier.NOMBRE: _nombre_de_demandes,
        CodeDeFichier.TAILLE: taille_fautive,
    }


def _fabriques_de_lignes(specification: Specification) -> dict[str, Fabrique]:
    trouves: dict[str, Fabrique] = {}
    for rangee in specification.balises:
        natures: tuple[Nature, ...] = (Nature.NON_RENSEIGNEE,) if rangee.vide_est_un_defaut else ()
        if isinstance(rangee.format, Format):
            natures = rangee.format.natures
        for nature in natures:
            trouves[code_de(rangee, nature)] = _apres(partial(_gater_une_valeur, rangee=rangee, nature=nature))
        if rangee.unique:
            trouves[code_de(rangee, Nature.DOUBLON)] = _apres(partial(_repeter, rangee=rangee), demandes=2)
        if any(coherence.balise == rangee.nom for coherence in specification.coherences):
            trouves[code_de(rangee, Nature.INCOHERENCE)] = _apres(partial(_rompre, rangee=rangee))
    return trouves


def _apres(alteration: Alteration, demandes: int = 1) -> Fabrique:
    def fabrique(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
        maximum = min(_DEMANDES, specification.limites.demandes_par_fichier)
        arbre = draw(arbres(specification, minimum=demandes, maximum=maximum, modeles=2))
        chemin = alteration(draw, specification, arbre)
        return draw(textes(arbre, specification)), chemin

    return fabrique


# --- Where a fault can be ----------------------------------------------------------------------------------------


class Lieu(NamedTuple):
    """A value of a tree: its row, the object that holds it, and that object's pointer."""

    rangee: Balise
    objet: dict[str, Any]
    contenant: str

    @property
    def chemin(self) -> str:
        """The pointer of the value itself."""
        return self.contenant + pointeur(self.rangee.nom)


class Contenant(NamedTuple):
    """An object of a tree: its class and its pointer."""

    classe: ClasseBloc
    objet: dict[str, Any]
    chemin: str


def _contenants(classe: ClasseBloc, objet: ObjetBrut, chemin: str = "") -> Iterator[Contenant]:
    yield Contenant(classe, objet, chemin)
    for rangee in balises(classe):
        ici = chemin + pointeur(rangee.nom)
        match rangee.format:
            case Objet(dessous):
                yield from _contenants(dessous, objet_de(objet[rangee.nom]), ici)
            case Liste(dessous):
                for i, element in enumerate(objets_de(objet[rangee.nom])):
                    yield from _contenants(dessous, element, f"{ici}/{i}")


def _lieux(specification: Specification, arbre: ObjetBrut) -> Iterator[Lieu]:
    for contenant in _contenants(specification.racine, arbre):
        for rangee in balises(contenant.classe):
            yield Lieu(rangee, contenant.objet, contenant.chemin)


def _lieu(draw: DrawFn, specification: Specification, arbre: ObjetBrut, convient: Callable[[Balise], bool]) -> Lieu:
    lieu: Lieu = draw(st.sampled_from([lieu for lieu in _lieux(specification, arbre) if convient(lieu.rangee)]))
    return lieu


# --- Faults of values ----------------------------------------------------------------------------------------------------


def _gater_une_valeur(
    draw: DrawFn, specification: Specification, arbre: ObjetBrut, *, rangee: Balise, nature: Nature
) -> str:
    lieu = _lieu(draw, specification, arbre, lambda b: b.numero == rangee.numero)
    champ = rangee.format
    lieu.objet[rangee.nom] = draw(champ_fautif(rangee, champ, nature)) if isinstance(champ, Format) else []
    return lieu.chemin


def _lignes(specification: Specification, arbre: ObjetBrut) -> list[ObjetBrut]:
    return objets_de(arbre[specification.liste_des_demandes.nom])


def _repeter(draw: DrawFn, specification: Specification, arbre: ObjetBrut, *, rangee: Balise) -> str:
    """Give a line the value of an earlier one; what is derived from that value is changed too, so that nothing else is wrong."""
    lignes = _lignes(specification, arbre)
    seconde = draw(st.integers(1, len(lignes) - 1))
    premiere = draw(st.integers(0, seconde - 1))
    lignes[seconde][rangee.nom] = lignes[premiere][rangee.nom]
    regles_tirees(specification).respecter(lignes[seconde])
    return pointeur(specification.liste_des_demandes.nom, seconde, rangee.nom)


def _rompre(draw: DrawFn, specification: Specification, arbre: ObjetBrut, *, rangee: Balise) -> str:
    regle = draw(st.sampled_from([c for c in specification.coherences if c.balise == rangee.nom]))
    lignes = _lignes(specification, arbre)
    place = draw(st.integers(0, len(lignes) - 1))
    chemin = regles_tirees(specification).rupture(regle)(draw, lignes[place], place + 1)
    return pointeur(specification.liste_des_demandes.nom, place) + chemin


# --- Faults of structure -------------------------------------------------------------------------------------------------


def _doubler_une_cle(draw: DrawFn, specification: Specification, arbre: ObjetBrut) -> str:
    """Write a key twice: the last value is judged (decision 3), so the first one may be anything."""
    lieu = _lieu(draw, specification, arbre, lambda _: True)
    nom = lieu.rangee.nom
    vraie = lieu.objet[nom]
    lieu.objet[nom] = Repetee(draw(json_quelconque() | st.just(vraie)), vraie, draw(st.booleans()))
    return lieu.chemin


def _oter_une_balise(draw: DrawFn, specification: Specification, arbre: ObjetBrut) -> str:
    lieu = _lieu(draw, specification, arbre, lambda b: b.obligatoire)
    del lieu.objet[lieu.rangee.nom]
    return lieu.contenant


def _ajouter_une_balise(draw: DrawFn, specification: Specification, arbre: ObjetBrut) -> str:
    contenant: Contenant = draw(st.sampled_from([*_contenants(specification.racine, arbre)]))
    connus = {rangee.nom for rangee in balises(contenant.classe)}
    tous = st.sampled_from([rangee.nom for rangee in specification.balises])
    presque = st.tuples(tous, st.sampled_from([str.lower, str.swapcase, "{} ".format, "{}s".format])).map(
        lambda t: t[1](t[0])
    )
    quelconques = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
        ["a/b", "~", "~1", ""]
    )
    nom = draw((tous | presque | quelconques).filter(lambda n: n not in connus))
    # As a token, null is never mistaken for a facultative balise that may be left out.
    contenant.objet[nom] = draw(st.just(JetonLibre("null")) | json_quelconque().filter(lambda v: v is not None))
    return contenant.chemin + pointeur(nom)


def _changer_un_bloc(draw: DrawFn, specification: Specification, arbre: ObjetBrut) -> str:
    lieu = _lieu(draw, specification, arbre, lambda b: isinstance(b.format, Objet | Liste))
    bloc = lieu.objet[lieu.rangee.nom]
    if isinstance(bloc, list) and draw(st.booleans()):
        place = draw(st.integers(0, len(bloc) - 1))
        bloc[place] = draw(json_quelconque().filter(lambda v: not isinstance(v, dict)))
        return lieu.chemin + pointeur(place)
    autres = [bloc[0]] if isinstance(bloc, list) else [[bloc], None]
    quelconques = json_quelconque().filter(lambda v: not isinstance(v, type(bloc)))
    lieu.objet[lieu.rangee.nom] = draw(st.sampled_from(autres) | quelconques)
    return lieu.chemin


def _nombre_de_demandes(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    trop = specification.limites.demandes_par_fichier + 1
    nombre = draw(st.sampled_from([1, trop]))
    arbre = draw(arbres(specification, minimum=nombre, maximum=nombre, modeles=2))
    if nombre == 1:
        _lignes(specification, arbre).clear()
    return draw(textes(arbre, specification)), pointeur(specification.liste_des_demandes.nom)


# If a format, a kind of fault or a rule of the shipped table lacks its strategy, this fails at import.
fabriques(PAR_DEFAUT)
