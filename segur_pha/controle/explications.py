"""What a code or a piece of advice means: what is looked at, what the document says, a wrong and a right example, its origin.

All this is derived from the table, as the codes are.  The web pages and the reference page of codes take their words from here,
and so does :mod:`segur_pha.lexique`, which also knows all the other ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.controle.conseils import conseils_de
from segur_pha.rapports.html import Html, element, marque
from segur_pha.table.balise import Balise, Liste, Objet, balises
from segur_pha.table.codes import CODE_ACCEPTE, CodeDeFichier
from segur_pha.table.formats import Format, Nature
from segur_pha.table.modele import en_brut
from segur_pha.table.regles import juger_valeur
from segur_pha.textes import a_majuscule
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import attrs

    from segur_pha.rapports.tableau import Marque
    from segur_pha.table.catalogue import EntreeCatalogue
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["Exemple", "Explication", "Explications", "code", "explications", "glossaire"]


@frozen
class Exemple:
    """An excerpt of a JSON file, wrong and right; ``…`` stands for what both have in common."""

    faux: str
    juste: str


@frozen
class Explication:
    """What a code, or the id of a piece of advice, means.

    Attributes:
        code: four digits, or an id in kebab-case.
        balise: the tag at fault, or ``""``.
        libelle: the French sentence that a report shows.
        controle: what is looked at, in French.
        guide: what the document says, with its section, in French; or that it says nothing.
        exemples: wrong and right excerpts of a file; none where no excerpt can show the fault.
        origine: where the code and its words come from, in French.
        remede: what to do, in French; ``""`` where ``libelle`` already says it.
    """

    code: str
    balise: str
    libelle: str
    controle: str
    guide: str
    exemples: tuple[Exemple, ...]
    origine: str
    remede: str = ""


class Explications(Mapping[str, Explication]):
    """Code, id or tag → what it means, worked out when somebody asks for it: a page shows a few of hundreds."""

    def __init__(self, faire: Mapping[str, Callable[[], Explication]]) -> None:
        self._faire = dict(faire)
        self._faites: dict[str, Explication] = {}

    def __getitem__(self, mot: str) -> Explication:
        if mot not in self._faites:
            self._faites[mot] = self._faire[mot]()
        return self._faites[mot]

    def __iter__(self) -> Iterator[str]:
        return iter(self._faire)

    def __len__(self) -> int:
        return len(self._faire)


@cache
def explications(specification: Specification = PAR_DEFAUT) -> Explications:
    """Explain every code of a wave and every piece of advice: code or id → what it means, in the order of the codes.

    >>> list(explications())[:3]
    ['0000', '0102', '0201']
    """
    rangees = {rangee.nom: rangee for rangee in specification.balises}
    codes = {
        entree.code: partial(_du_code, entree, rangees.get(entree.balise), specification)
        for entree in specification.catalogue
    }
    avis = {dit[0]: partial(_du_conseil, *dit, specification) for dit in conseils_de(specification).items()}
    return Explications({**codes, **avis})


def _du_code(entree: EntreeCatalogue, rangee: Balise | None, specification: Specification) -> Explication:
    valeurs = _valeurs_justes(specification)
    if rangee is not None:
        nature = Nature(entree.nature)
        return Explication(
            entree.code,
            entree.balise,
            entree.libelle,
            _ce_qui_est_controle(rangee, nature, specification),
            _ce_que_dit_le_guide(rangee, nature, specification),
            tuple(_exemples(rangee, nature, valeurs.get(rangee.nom, []), specification)),
            _DE_SEGUR_PHA,
        )
    if entree.code == CODE_ACCEPTE:
        return Explication(entree.code, "", entree.libelle, *_ACCEPTEE)
    du_fichier = CodeDeFichier(entree.code)
    controle, guide = _DU_FICHIER[du_fichier]
    exemples = tuple(_exemples_de_fichier(du_fichier, specification)) if valeurs else ()
    return Explication(entree.code, "", entree.libelle, controle, guide, exemples, _DE_SEGUR_PHA)


def _du_conseil(identifiant: str, phrase: str, specification: Specification) -> Explication:
    faux, juste, guide = specification.explications_des_conseils.get(identifiant, ("", "", ""))
    return Explication(
        identifiant,
        "",
        a_majuscule(phrase),
        "Une valeur que les contrôles laissent passer, et qui est sans doute une erreur. Un conseil ne rejette rien ; "
        f"--sans {identifiant} le tait.",
        guide or "Le guide n’en dit rien.",
        (Exemple(faux, juste),) if faux else (),
        "Conseil de segur_pha.",
    )


_DE_SEGUR_PHA: Final = (
    "Code et libellé de segur_pha : le guide n’imprime ni les codes du portail ni ses libellés d’erreur (décision 5)."
)
_ACCEPTEE: Final = (
    "La demande n’a aucune anomalie.",
    (
        "Section 1.2, étape 5 : le portail met à disposition, pour chaque demande, un code et le libellé « Demande acceptée », "
        "ou le libellé de l’erreur."
    ),
    (),
    "Le libellé est celui que le guide imprime ; le code est de segur_pha (décision 5).",
)

_STRUCTURE: Final = (
    "Section 1.2, étape 5 a : le premier contrôle porte sur la structure du fichier JSON ; un fichier non valide est "
    "rejeté aussitôt."
)
_RIEN: Final = "Le guide n’en dit rien : c’est notre lecture (décision 3)."
_DU_FICHIER: Final = {
    CodeDeFichier.ENCODAGE: (
        (
            "Le fichier est un texte en UTF-8. Un fichier enregistré en ANSI (Windows-1252) ou en UTF-16 ne l’est pas, ni un "
            "texte qui contient la moitié d’un caractère."
        ),
        _RIEN,
    ),
    CodeDeFichier.MALFORME: ("Le texte est du JSON bien formé, et rien ne suit sa fin.", _STRUCTURE),
    CodeDeFichier.CLE_DOUBLE: ("Aucune balise n’est écrite deux fois dans le même bloc.", _RIEN),
    CodeDeFichier.RACINE: ("Le fichier contient un seul objet JSON, entre accolades.", f"{_STRUCTURE} Section 2.2."),
    CodeDeFichier.BALISE_ABSENTE: (
        "Chaque balise obligatoire est présente, même quand sa valeur est null.",
        _STRUCTURE,
    ),
    CodeDeFichier.BALISE_INCONNUE: (
        "Chaque balise est une de celles du tableau, majuscules et minuscules comprises.",
        _STRUCTURE,
    ),
    CodeDeFichier.NATURE_DU_BLOC: ("Un bloc est un objet entre accolades, une liste est entre crochets.", _STRUCTURE),
    CodeDeFichier.NOMBRE: (
        "Le fichier contient au moins une demande, et pas plus que la limite.",
        "Section 2.1 : le nombre maximum de demandes par fichier JSON est fixé à 200.",
    ),
    CodeDeFichier.TAILLE: (
        "Le fichier ne dépasse pas 10 000 000 octets, 64 niveaux de blocs ni 150 000 objets et listes.",
        _RIEN,
    ),
}

_CONTROLES: Final = {
    Nature.TYPE: "La valeur est du type JSON attendu : {attendu}.",
    Nature.LONGUEUR: "La valeur a la longueur attendue : {attendu}.",
    Nature.FORMAT: "La valeur a la forme attendue : {attendu}.",
    Nature.VALEUR: "La valeur est une de celles qui sont permises : {attendu}.",
    Nature.DOUBLON: "Chaque demande du fichier a une valeur à elle.",
}


def _ce_qui_est_controle(rangee: Balise, nature: Nature, specification: Specification) -> str:
    if nature is Nature.INCOHERENCE:
        phrases = [f"{c.libelle} (lit {', '.join(c.lit)})" for c in specification.coherences if c.balise == rangee.nom]
        return f"L’accord avec d’autres balises : {' ; '.join(phrases)}."
    if nature is Nature.NON_RENSEIGNEE:
        if not isinstance(rangee.format, Format):
            return "La liste contient au moins un élément."
        if rangee.obligatoire:
            return "La balise est renseignée : ni null, ni texte vide, ni seulement des blancs."
        return "La balise facultative vaut null ou porte une valeur : un texte vide n’est ni l’un ni l’autre."
    assert isinstance(rangee.format, Format) or nature is Nature.DOUBLON
    attendu = rangee.format.attendu if isinstance(rangee.format, Format) else ""
    return _CONTROLES[nature].format(attendu=attendu)


def _ce_que_dit_le_guide(rangee: Balise, nature: Nature, specification: Specification) -> str:
    regles = [c.guide for c in specification.coherences if c.balise == rangee.nom and c.guide]
    if nature is Nature.INCOHERENCE:
        return " ".join(regles) or "Le guide n’en dit rien."
    imprime = f"format « {rangee.imprime} »" if rangee.imprime else "format non imprimé"
    obligation = "obligatoire" if rangee.obligatoire else "facultatif"
    if not isinstance(rangee.format, Format):
        imprime, obligation = "une liste", "sans autre format"
    return f"Section {rangee.section}, bloc « {rangee.bloc} », {rangee.nom} : {imprime}, {obligation}. {rangee.description}"


# --- Wrong and right excerpts of a file --------------------------------------------------------------------------------


@cache
def _valeurs_justes(specification: Specification) -> dict[str, list[Brut]]:
    """Read the wave's example file: tag → its values, request after request; nothing where the wave has none."""
    if specification.exemple is None:
        return {}
    valeurs: dict[str, list[Brut]] = {}
    _relever(specification.racine, en_brut(specification.exemple()), valeurs)
    return valeurs


def _relever(classe: type[attrs.AttrsInstance], brut: dict[str, Brut], valeurs: dict[str, list[Brut]]) -> None:
    for rangee in balises(classe):
        if rangee.nom not in brut:  # the row was added after the example
            continue
        valeur = brut[rangee.nom]
        if isinstance(rangee.format, Format):
            valeurs.setdefault(rangee.nom, []).append(valeur)
            continue
        for bloc in valeur if isinstance(valeur, list) else [valeur]:
            assert isinstance(bloc, dict)
            _relever(rangee.format.classe, bloc, valeurs)


def _exemples(
    rangee: Balise, nature: Nature, justes: Sequence[Brut], specification: Specification
) -> Iterator[Exemple]:
    if nature is Nature.INCOHERENCE:
        for coherence in specification.coherences:
            if coherence.balise == rangee.nom:
                yield from (Exemple(faux, juste) for faux, juste in coherence.exemples)
    elif specification.exemple is None:
        return
    elif isinstance(rangee.format, Objet | Liste):
        yield Exemple(f'"{rangee.nom}": []', f'"{rangee.nom}": [{{…}}]')
    elif not justes:  # the example does not have this row
        return
    elif nature is Nature.DOUBLON:
        yield Exemple(_membre(rangee, justes[0]), _membre(rangee, justes[1]))
    else:
        fausses = (f for f in _fausses(justes[0]) if (d := juger_valeur(rangee, f)) is not None and d.nature is nature)
        yield from (Exemple(_membre(rangee, f), _membre(rangee, justes[0])) for f in islice(fausses, 1))


def _fausses(juste: Brut) -> Iterable[Brut]:
    """List what people write instead of a right value; the first that has a kind of fault is the example of that kind."""
    if isinstance(juste, bytes):
        texte = juste.decode()
        return (None, texte, int(texte.partition(".")[0]))
    if isinstance(juste, bool):
        return (None, str(juste).lower())
    if not isinstance(juste, str):
        return (None, json.dumps(juste))
    longs = (f"{juste * _LONGUEUR}"[:longueur] for longueur in range(len(juste), _LONGUEUR))
    nombre = int(juste) if juste.isdigit() and not juste.startswith("0") else 12
    autres = (juste.lower(), juste.replace("@", "."), "2022-11-15", "bon de commande.pdf", "X", f"{juste[:-1]}/")
    return (None, "", nombre, juste[:-1], *longs, *autres)


#: More than any length that a table allows so far.
_LONGUEUR: Final = 130


def _membre(rangee: Balise, brut: Brut) -> str:
    valeur = brut.decode() if isinstance(brut, bytes) else json.dumps(brut, ensure_ascii=False)
    return f'"{rangee.nom}": {valeur}'


def _exemples_de_fichier(code: CodeDeFichier, specification: Specification) -> Iterator[Exemple]:
    premiere, seconde = (rangee.nom for rangee in balises(specification.racine)[:2])
    liste = specification.liste_des_demandes.nom
    bloc = next(b.nom for b in balises(specification.classe_demande) if isinstance(b.format, Objet))
    niveaux = specification.limites.niveaux_du_json
    assert specification.exemple is not None
    brut = en_brut(specification.exemple())
    tete, suite = (f'"{nom}": {json.dumps(brut[nom])}' for nom in (premiere, seconde))
    yield {
        CodeDeFichier.ENCODAGE: Exemple(f'{suite[:-2]}\\ud83d"', suite),
        CodeDeFichier.MALFORME: Exemple(tete.replace('"', "'"), tete),
        CodeDeFichier.CLE_DOUBLE: Exemple(f"{tete}, {tete}", tete),
        CodeDeFichier.RACINE: Exemple("[{…}]", "{…}"),
        CodeDeFichier.BALISE_ABSENTE: Exemple(tete, f"{tete}, {suite}"),
        CodeDeFichier.BALISE_INCONNUE: Exemple(f'{tete}, "remarque": ""', tete),
        CodeDeFichier.NATURE_DU_BLOC: Exemple(f'"{bloc}": null', f'"{bloc}": {{…}}'),
        CodeDeFichier.NOMBRE: Exemple(f'"{liste}": []', f'"{liste}": [{{…}}]'),
        CodeDeFichier.TAILLE: Exemple(f'"{premiere}": {"[" * niveaux}{"]" * niveaux}', tete),
    }[code]


@lru_cache(maxsize=1_024)
def code(dit: Marque) -> Html:
    """Show a code as a link to its explanation on the same page.

    >>> from segur_pha.rapports.tableau import Marque, Niveau
    >>> print(code(Marque("1204", Niveau.MAUVAIS)))
    <a href="#code-1204"><span class="marque mauvais">1204</span></a>
    """
    return element("a", marque(dit), href=f"#code-{dit.texte}")


def glossaire(codes: Iterable[str], connues: Mapping[str, Explication]) -> list[Html]:
    """Explain the codes that a page shows, each once, in the order of ``connues``; nothing if there is nothing to explain."""
    montres = set(codes)
    dites = [_entree(connues[code]) for code in connues if code in montres]
    if not dites:
        return []
    titre = element("h2", "Ce que disent les codes", id="codes")
    return [element("section", titre, element("dl", *dites, classe="codes"), aria_labelledby="codes")]


def _entree(explication: Explication) -> Html:
    exemples = [
        element("p", "Faux : ", element("code", exemple.faux), " ; juste : ", element("code", exemple.juste))
        for exemple in explication.exemples
    ]
    textes = [
        element("p", phrase) for phrase in (explication.controle, explication.remede, explication.guide) if phrase
    ]
    nom = element("dt", f"{explication.code} : {explication.libelle}", id=f"code-{explication.code}")
    return Html(nom + element("dd", *textes, *exemples, element("p", explication.origine, classe="discret")))
