"""Settings to begin with: ``editeur.toml`` with every key explained, from answers or from the titles of an export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from segur_pha.depot.commandes import BALISES
from segur_pha.depot.constats import Constat
from segur_pha.depot.editeur import COLONNES_DE_PIECES, MOTS_CLES, OBLIGATOIRES
from segur_pha.depot.ressemblances import rapprocher
from segur_pha.rapports.tableau import sans_controle
from segur_pha.vagues.va1.avance import PLAFONDS_HT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segur_pha.depot.editeur import Editeur

__all__ = ["DE_L_EDITEUR", "conseils_sur_les_reglages", "texte_des_reglages"]

#: What is asked of a publisher: true of all its requests.
DE_L_EDITEUR: Final = (
    "statut_admin_technique",
    "numero_carte_cpx",
    "nom_admin_technique",
    "tel_admin_technique",
    "email_admin_technique",
)
_PIECES: Final = {
    "bon_commande": "Nom du fichier du bon de commande, dans le dossier des pièces.",
    "preuve_ht": "Nom du fichier de l’attestation de non-assujettissement à la TVA.",
    "tranche": "Tranche de chiffre d’affaires de l’officine, pour comparer le montant au plafond.",
}
#: What our own examples bear: left in settings, it would stand in every file.
_EXEMPLES: Final[Mapping[str, object]] = {
    "numero_ans": "ANS0000001",
    "siret": "12345678200010",
    "numero_carte_cpx": "1234567890",
    "tel_admin_technique": "0102030405",
    "email_admin_technique": "certificats@editeur.example",
}


def conseils_sur_les_reglages(editeur: Editeur) -> list[Constat]:
    """Name the values of our examples that were left in the settings.

    >>> from segur_pha import Editeur
    >>> [conseil.code for conseil in conseils_sur_les_reglages(Editeur("ANS0000001", "73282932000074"))]
    ['valeur-d-exemple']
    """
    donnees = {"numero_ans": editeur.numero_ans, "siret": editeur.siret, **editeur.defauts}
    laissees = [cle for cle, exemple in _EXEMPLES.items() if donnees.get(cle) == exemple]
    if not laissees:
        return []
    message = f"réglages : {', '.join(laissees)} ont encore la valeur de notre exemple ; mettez la vôtre avant le dépôt"
    return [Constat(code="valeur-d-exemple", message=message)]


def texte_des_reglages(
    *, numero_ans: str = "", siret: str = "", defauts: Mapping[str, str] | None = None, titres: Sequence[str] = ()
) -> str:
    """Write settings with every key explained; what is not known stands there as a comment, or empty where it is due.

    ``defauts``: keyword → value.  ``titres``: those of an export; the ones that resemble a keyword become its column, to be checked.

    >>> print(texte_des_reglages(numero_ans="LGO1234567", siret="73282932000074").splitlines()[3])
    numero_ans = "LGO1234567"
    """
    return "\n".join([*_entete(numero_ans, siret), *_defauts(defauts or {}), *_colonnes(titres), *_plafonds()]) + "\n"


def _entete(numero_ans: str, siret: str) -> Iterator[str]:
    yield "# Réglages de « segur-pha preparer ». Une ligne qui commence par # ne compte pas : ôtez le # pour qu’elle compte."
    yield ""
    yield "# Numéro sous lequel l’ANS a référencé le logiciel : 10 caractères, le même dans tous les fichiers."
    yield f"numero_ans = {_cite(numero_ans)}"
    yield "# SIRET sous lequel l’éditeur s’est enrôlé sur le portail de l’ASP : 14 chiffres."
    yield f"siret = {_cite(siret)}"


def _defauts(defauts: Mapping[str, str]) -> Iterator[str]:
    yield from (
        "",
        "# Ce qui est vrai de toutes les demandes ; une cellule remplie de l’export l’emporte.",
        "[defauts]",
    )
    for mot in MOTS_CLES:
        yield f"# {_explication(mot)}"
        yield f"{mot} = {_valeur(mot, defauts[mot])}" if mot in defauts else f"# {mot} = {_valeur(mot, '…')}"


def _colonnes(titres: Sequence[str]) -> Iterator[str]:
    yield from (
        "",
        "# Le titre de chaque colonne dans l’export. Une colonne qui porte déjà le nom de gauche n’a pas besoin d’être ici.",
        "[colonnes]",
    )
    mots = (*MOTS_CLES, *COLONNES_DE_PIECES)
    proches = rapprocher(titres, {mot: _noms(mot) for mot in mots})
    for mot in mots:
        yield f"# {_explication(mot)}"
        yield f"{mot} = {_cite(proches[mot])}  # à vérifier" if mot in proches else f'# {mot} = "…"'
    autres = [titre for titre in dict.fromkeys(titres) if titre and titre not in proches.values()]
    if autres:
        yield f"# Autres titres de l’export, qui ne servent pas : {', '.join(map(sans_controle, autres))}"


def _plafonds() -> Iterator[str]:
    yield from (
        "",
        "# Les plafonds hors taxe par tranche de chiffre d’affaires ; seul celui de la tranche B est dans le guide.",
        "[plafonds]",
        *(f"{tranche} = {_cite(str(plafond))}" for tranche, plafond in PLAFONDS_HT.items()),
    )


def _noms(mot: str) -> list[str]:
    return [BALISES[mot].nom, BALISES[mot].titre] if mot in BALISES else []


def _explication(mot: str) -> str:
    if mot not in BALISES:
        return _PIECES[mot]
    due = "obligatoire" if mot in OBLIGATOIRES else "facultatif"
    return f"{BALISES[mot].nom} ({due}). {BALISES[mot].description}"


def _valeur(mot: str, valeur: str) -> str:
    return valeur if valeur in {"true", "false"} and mot == "has_bal_ms_sante_personnelle" else _cite(valeur)


def _cite(texte: str) -> str:
    # A JSON string is a TOML one, but for the delete character.
    return json.dumps(texte, ensure_ascii=False).replace("\x7f", "\\u007f")
