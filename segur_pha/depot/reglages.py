"""Settings to start from: ``editeur.toml`` with every key explained, made from answers or from the titles of an export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from attrs import frozen

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

__all__ = [
    "DE_L_EDITEUR",
    "ColonnesProposees",
    "conseils_sur_les_reglages",
    "proposer_les_colonnes",
    "texte_des_reglages",
]

#: What a publisher is asked: values that hold for all its requests.
DE_L_EDITEUR: Final = (
    Role.STATUT_ADMINISTRATEUR,
    Role.CARTE,
    Role.NOM_ADMINISTRATEUR,
    Role.TELEPHONE_ADMINISTRATEUR,
    Role.COURRIEL_ADMINISTRATEUR,
)
#: The values of our own examples: if left in the settings, they would appear in every file.
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
    """Write settings with every key explained; what is not known becomes a comment, or stays empty if it is obligatory.

    ``defauts``: keyword → value.  ``titres``: those of an export; each that resembles a keyword becomes its column, to be
    checked. ``specification``: the wave of the requests.

    >>> print(texte_des_reglages(numero_ans="LGO1234567", siret="73282932000074").splitlines()[3])
    numero_ans = "LGO1234567"
    """
    mots = vocabulaire(specification)
    tables = [*_defauts(defauts or {}, mots), *_colonnes(titres, mots), *_plafonds(specification)]
    return "\n".join([*_entete(numero_ans, siret), *tables]) + "\n"


@frozen
class ColonnesProposees:
    """What the titles of an export probably are, for a person to check.

    Attributes:
        titres: keyword → the title that resembles it.
        dues: the keywords of values that every order must have, but that no title resembles.
        facultatives: the other keywords that no title resembles.
        inutiles: the titles that resemble no keyword.
    """

    titres: Mapping[str, str]
    dues: tuple[str, ...]
    facultatives: tuple[str, ...]
    inutiles: tuple[str, ...]


def proposer_les_colonnes(titres: Sequence[str], specification: Specification = PAR_DEFAUT) -> ColonnesProposees:
    """Propose the columns of an export from its titles.

    >>> proposees = proposer_les_colonnes(["N° FINESS", "Titulaire", "Commercial"])
    >>> proposees.titres, proposees.inutiles, proposees.dues[:2]
    ({'nom_responsable': 'Titulaire', 'finess_geo': 'N° FINESS'}, ('Commercial',), ('numero_editeur', 'date_commande'))
    """
    return _proposer(titres, vocabulaire(specification))


def _proposer(titres: Sequence[str], mots: Vocabulaire) -> ColonnesProposees:
    proches = titres_ressemblants(titres, {mot: noms_de(mot, mots) for mot in mots.colonnes})
    sans = [mot for mot in mots.colonnes if mot not in proches]
    return ColonnesProposees(
        proches,
        tuple(mot for mot in sans if mot in mots.obligatoires),
        tuple(mot for mot in sans if mot not in mots.obligatoires),
        tuple(titre for titre in dict.fromkeys(titres) if titre and titre not in proches.values()),
    )


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
    proposees = _proposer(titres, mots)
    for mot in mots.colonnes:
        yield f"# {_explication(mot, mots)}"
        yield f"{mot} = {_cite(proposees.titres[mot])}  # à vérifier" if mot in proposees.titres else f'# {mot} = "…"'
    if proposees.inutiles:
        yield f"# Autres titres de l’export, qui ne servent pas : {', '.join(map(sans_controle, proposees.inutiles))}"


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
        if mot == mots.formats[type_fichier]:
            piece = mots.specification.noms_des_pieces.mots[type_fichier]
            return f"Format d’une pièce (facultatif, il est lu dans la pièce elle-même) : {piece}."
    due = "obligatoire" if mot in mots.obligatoires else "facultatif"
    return f"{mots.balises[mot].nom} ({due}). {mots.balises[mot].description}"


def _valeur(mot: str, valeur: str, mots: Vocabulaire) -> str:
    return valeur if valeur in {"true", "false"} and isinstance(mots.balises[mot].format, Booleen) else _cite(valeur)


def _cite(texte: str) -> str:
    # A JSON string is also a TOML one, except for the delete character.
    return json.dumps(texte, ensure_ascii=False).replace("\x7f", "\\u007f")
