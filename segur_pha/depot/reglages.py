"""Settings to begin with: ``editeur.toml`` with every key explained, from answers or from the titles of an export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from segur_pha.constats import Constat
from segur_pha.depot.ressemblances import noms_de, titres_ressemblants
from segur_pha.depot.vocabulaire import TRANCHE, vocabulaire
from segur_pha.rapports.tableau import sans_controle
from segur_pha.table.formats import Booleen
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segur_pha.depot.editeur import Editeur
    from segur_pha.depot.vocabulaire import Vocabulaire
    from segur_pha.table.specification import Specification

__all__ = ["DE_L_EDITEUR", "conseils_sur_les_reglages", "texte_des_reglages"]

#: What is asked of a publisher: true of all its requests.
DE_L_EDITEUR: Final = (
    Role.STATUT_ADMINISTRATEUR,
    Role.CARTE,
    Role.NOM_ADMINISTRATEUR,
    Role.TELEPHONE_ADMINISTRATEUR,
    Role.COURRIEL_ADMINISTRATEUR,
)
#: What our own examples bear: left in settings, it would stand in every file.
_EXEMPLES_D_ENTETE: Final[Mapping[str, str]] = {"numero_ans": "ANS0000001", "siret": "12345678200010"}
_EXEMPLES: Final[Mapping[Role, str]] = {
    Role.CARTE: "1234567890",
    Role.TELEPHONE_ADMINISTRATEUR: "0102030405",
    Role.COURRIEL_ADMINISTRATEUR: "certificats@editeur.example",
}


def conseils_sur_les_reglages(editeur: Editeur) -> list[Constat]:
    """Name the values of our examples that were left in the settings.

    >>> from segur_pha import Editeur
    >>> [conseil.code for conseil in conseils_sur_les_reglages(Editeur("ANS0000001", "73282932000074"))]
    ['valeur-d-exemple']
    """
    mots = vocabulaire(editeur.specification)
    exemples = {**_EXEMPLES_D_ENTETE, **{mots.mot(role): exemple for role, exemple in _EXEMPLES.items()}}
    donnees = {"numero_ans": editeur.numero_ans, "siret": editeur.siret, **editeur.defauts}
    laissees = [cle for cle, exemple in exemples.items() if donnees.get(cle) == exemple]
    if not laissees:
        return []
    message = f"réglages : {', '.join(laissees)} ont encore la valeur de notre exemple ; mettez la vôtre avant le dépôt"
    return [Constat(code="valeur-d-exemple", message=message)]


def texte_des_reglages(
    *,
    numero_ans: str = "",
    siret: str = "",
    defauts: Mapping[str, str] | None = None,
    titres: Sequence[str] = (),
    specification: Specification = PAR_DEFAUT,
) -> str:
    """Write settings with every key explained; what is not known stands there as a comment, or empty where it is due.

    ``defauts``: keyword → value.  ``titres``: those of an export; the ones that resemble a keyword become its column, to be checked.
    ``specification``: the wave of the requests.

    >>> print(texte_des_reglages(numero_ans="LGO1234567", siret="73282932000074").splitlines()[3])
    numero_ans = "LGO1234567"
    """
    mots = vocabulaire(specification)
    tables = [*_defauts(defauts or {}, mots), *_colonnes(titres, mots), *_plafonds(specification)]
    return "\n".join([*_entete(numero_ans, siret), *tables]) + "\n"


def _entete(numero_ans: str, siret: str) -> Iterator[str]:
    yield "# Réglages de « segur-pha preparer ». Une ligne qui commence par # ne compte pas : ôtez le # pour qu’elle compte."
    yield ""
    yield "# Numéro sous lequel l’ANS a référencé le logiciel : 10 caractères, le même dans tous les fichiers."
    yield f"numero_ans = {_cite(numero_ans)}"
    yield "# SIRET sous lequel l’éditeur s’est enrôlé sur le portail de l’ASP : 14 chiffres."
    yield f"siret = {_cite(siret)}"


def _defauts(defauts: Mapping[str, str], mots: Vocabulaire) -> Iterator[str]:
    yield from (
        "",
        "# Ce qui est vrai de toutes les demandes ; une cellule remplie de l’export l’emporte.",
        "[defauts]",
    )
    for mot in mots.mots_cles:
        yield f"# {_explication(mot, mots)}"
        yield f"{mot} = {_valeur(mot, defauts[mot], mots)}" if mot in defauts else f'# {mot} = "…"'


def _colonnes(titres: Sequence[str], mots: Vocabulaire) -> Iterator[str]:
    yield from (
        "",
        "# Le titre de chaque colonne dans l’export. Une colonne qui porte déjà le nom de gauche n’a pas besoin d’être ici.",
        "[colonnes]",
    )
    proches = titres_ressemblants(titres, {mot: noms_de(mot, mots) for mot in mots.colonnes})
    for mot in mots.colonnes:
        yield f"# {_explication(mot, mots)}"
        yield f"{mot} = {_cite(proches[mot])}  # à vérifier" if mot in proches else f'# {mot} = "…"'
    autres = [titre for titre in dict.fromkeys(titres) if titre and titre not in proches.values()]
    if autres:
        yield f"# Autres titres de l’export, qui ne servent pas : {', '.join(map(sans_controle, autres))}"


def _plafonds(specification: Specification) -> Iterator[str]:
    tranches = ", ".join(specification.plafonds)
    connus = f"les documents ne donnent que ceux-ci : {tranches}" if tranches else "les documents n’en donnent aucun"
    yield from (
        "",
        f"# Les plafonds hors taxe par tranche de chiffre d’affaires ; {connus}.",
        "[plafonds]",
        *(f"{tranche} = {_cite(str(plafond))}" for tranche, plafond in specification.plafonds.items()),
    )


def _explication(mot: str, mots: Vocabulaire) -> str:
    if mot == TRANCHE:
        return "Tranche de chiffre d’affaires de l’officine, pour comparer le montant au plafond."
    for type_fichier, colonne in mots.pieces.items():
        if mot == colonne:
            return (
                f"Nom du fichier, dans le dossier des pièces : {mots.specification.noms_des_pieces.mots[type_fichier]}."
            )
    due = "obligatoire" if mot in mots.obligatoires else "facultatif"
    return f"{mots.balises[mot].nom} ({due}). {mots.balises[mot].description}"


def _valeur(mot: str, valeur: str, mots: Vocabulaire) -> str:
    return valeur if valeur in {"true", "false"} and isinstance(mots.balises[mot].format, Booleen) else _cite(valeur)


def _cite(texte: str) -> str:
    # A JSON string is a TOML one, but for the delete character.
    return json.dumps(texte, ensure_ascii=False).replace("\x7f", "\\u007f")
