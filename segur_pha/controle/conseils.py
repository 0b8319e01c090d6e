"""Advice: what the controls let through, but a careful publisher would look at.

Advice never refuses a request.  Each piece has a kebab-case id by which it can be switched off.  What is here holds for any wave;
what a wave advises on its own values is in its folder.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from segur_pha.anomalies import Conseil
from segur_pha.controle.textes_douteux import CONSEILS_DE_TEXTE, conseils_de_textes
from segur_pha.dictionnaire import DictionnaireGele
from segur_pha.erreurs import NomInvalide
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.modele import objet_de, objets_de
from segur_pha.table.roles import Acteur, Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segur_pha.anomalies import Localisable
    from segur_pha.controle.textes_douteux import Connus
    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Brouillon, Specification
    from segur_pha.texte_json.lecture import Lecture

__all__ = [
    "CONSEILS",
    "conseil",
    "conseils_de",
    "conseils_de_fichier",
    "conseils_de_ligne",
    "conseils_du_nom",
    "conseils_sur_les_textes",
]

#: The advice on a file of any wave.
_GENERAUX: Final[Mapping[str, str]] = {
    "marque-d-ordre": "le fichier commence par une marque d’ordre des octets (BOM) : enregistrez-le en UTF-8 sans BOM",
    "reponse-du-portail": "ce fichier ressemble à la réponse du portail : lisez-le avec lire_retour (commande « retour »)",
    "nom-json": "nom du fichier à vérifier avant le dépôt",
    "balise-absente": "balise facultative absente : écrivez-la avec la valeur null",
    **CONSEILS_DE_TEXTE,
}

#: Every id of advice on a file of the default wave, with its sentence.
CONSEILS: Final[Mapping[str, str]] = DictionnaireGele({**_GENERAUX, **PAR_DEFAUT.conseils})


def conseils_de(specification: Specification) -> Mapping[str, str]:
    """Return every id of advice on a file of a wave, with its sentence."""
    return {**_GENERAUX, **specification.conseils}


def conseil(brouillon: Brouillon, phrases: Mapping[str, str], texte: Localisable | None) -> Conseil:
    """Complete a piece of advice: the sentence of its id, and any precision."""
    identifiant, precision, nom, chemin = brouillon
    libelle = phrases[identifiant]
    return Conseil(identifiant, f"{libelle} ; {precision}" if precision else libelle, nom, chemin, texte)


def conseils_de_fichier(lecture: Lecture, specification: Specification) -> Iterator[Brouillon]:
    """Yield the advice on the text itself, whether the file is refused or not."""
    if lecture.marque_d_ordre:
        yield "marque-d-ordre", "", "", ""
    arbre = lecture.arbre
    if not isinstance(arbre, dict):
        return
    if _ressemble_a_une_reponse(arbre, specification):
        yield "reponse-du-portail", "", "", ""


def conseils_du_nom(
    nom: str, entete: ObjetBrut, jour: date | None, specification: Specification
) -> Iterator[Brouillon]:
    """Compare the file's own name with its header, and the day in it with the day of the deposit (section 3.3).

    A name that does not begin like those of the portal is a working name, and gets no advice.
    """
    balise = specification.nom_de(Role.NUMERO_ANS)
    numero_ans = str(specification.valeur_brute(entete, Role.NUMERO_ANS))
    try:
        lu = specification.nom_de_fichier.lire(nom)
    except NomInvalide as refus:
        modele = specification.nommer_fichier(numero_ans, jour or date(2022, 1, 1), 1)
        if nom.casefold().startswith(modele.partition("-")[0].casefold()):
            yield "nom-json", str(refus), "", ""
        return
    if lu.numero_ans != numero_ans:
        precision = f"il porte un autre numéro que {balise} dans le fichier"
        yield "nom-json", precision, balise, specification.chemin(Role.NUMERO_ANS)
    if jour is not None and lu.jour != jour:
        from segur_pha.rapports.tableau import en_mots

        yield "nom-json", f"il porte le {en_mots(lu.jour)}, et le jour donné est le {en_mots(jour)}", "", ""


def conseils_sur_les_textes(
    entete: ObjetBrut, lignes: Iterable[tuple[str, ObjetBrut]], specification: Specification
) -> Iterator[Brouillon]:
    """Give the advice on the tags and texts of the header and of accepted lines, each with its pointer."""
    textes: Connus = {}
    yield from conseils_de_textes(specification.racine, entete, "", textes)
    nom = specification.numero_de_demande.nom
    vus: dict[str, str] = {}
    for chemin, brut in lignes:
        yield from conseils_de_ligne(specification.classe_demande, brut, chemin)
        yield from conseils_de_textes(specification.classe_demande, brut, chemin, textes)
        numero = str(brut[nom])
        if vus.setdefault(numero.casefold(), numero) != numero:
            yield "numero-casse", "", nom, f"{chemin}/{nom}"


def _ressemble_a_une_reponse(arbre: ObjetBrut, specification: Specification) -> bool:
    """Tell whether balises that only the agency fills are filled, in the header or in a line."""
    lignes = arbre.get(specification.liste_des_demandes.nom)
    premieres = lignes[: specification.limites.demandes_par_fichier] if isinstance(lignes, list) else []
    de_la_ligne = _remplies_par_l_asp(specification.classe_demande)
    objets = [(_remplies_par_l_asp(specification.racine), arbre), *((de_la_ligne, ligne) for ligne in premieres)]
    return any(objet.get(nom) not in (None, "") for noms, objet in objets if isinstance(objet, dict) for nom in noms)


def _remplies_par_l_asp(classe: ClasseBloc) -> list[str]:
    return [rangee.nom for rangee in balises(classe) if rangee.rempli_par is Acteur.ASP]


def conseils_de_ligne(classe: ClasseBloc, brut: Brut, chemin: str) -> Iterator[Brouillon]:
    """Yield the advice on the tags of a block that has the right structure."""
    assert isinstance(brut, dict)
    if _complet(classe, brut):
        return
    for rangee in balises(classe):
        ici = f"{chemin}/{rangee.nom}"
        if rangee.nom not in brut:
            yield "balise-absente", "", rangee.nom, chemin
        elif isinstance(rangee.format, Objet):
            yield from conseils_de_ligne(rangee.format.classe, brut[rangee.nom], ici)
        elif isinstance(rangee.format, Liste):
            for i, element in enumerate(objets_de(brut[rangee.nom])):
                yield from conseils_de_ligne(rangee.format.classe, element, f"{ici}/{i}")


def _complet(classe: ClasseBloc, brut: ObjetBrut) -> bool:
    """Tell whether a block that has the right structure, and those below it, hold every tag: nearly all do."""
    noms, objets, listes = _noms(classe)
    if not brut.keys() >= noms:
        return False
    for nom, interne in objets:
        if not _complet(interne, objet_de(brut[nom])):
            return False
    return all(_complet(interne, element) for nom, interne in listes for element in objets_de(brut[nom]))


@cache
def _noms(
    classe: ClasseBloc,
) -> tuple[frozenset[str], list[tuple[str, ClasseBloc]], list[tuple[str, ClasseBloc]]]:
    """List the tags of a block; those that hold a block, those that hold a list of them."""
    rangees = balises(classe)
    objets = [(b.nom, b.format.classe) for b in rangees if isinstance(b.format, Objet)]
    listes = [(b.nom, b.format.classe) for b in rangees if isinstance(b.format, Liste)]
    return frozenset(b.nom for b in rangees), objets, listes
