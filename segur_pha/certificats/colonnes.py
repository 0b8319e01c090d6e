"""What each column of a table means, by tolerant matching of headers (the real export is undocumented), and how its days read.

The order of day and month is a property of a column: one cell alone cannot tell 03/05/2026 from 05/03/2026.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import frozen

from segur_pha.certificats.parc import ReglageInvalide, SuiviIllisible
from segur_pha.identifiants import nature_structure, normaliser_finess
from segur_pha.textes import plier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "OFFICINES",
    "SUIVI",
    "FormeJour",
    "Ordre",
    "OrdreVu",
    "champ_de",
    "choix_de_colonnes",
    "ordre_impose",
    "ordre_vu",
    "places_des_champs",
    "structure_au_dessus",
]

_ADRESSES = (
    *(
        "adresse",
        "adresses",
        "adresse mail",
        "adresse email",
        "adresse e mail",
        "adresse electronique",
        "adresses mail",
    ),
    # The screen cuts off its last column.
    *("adre", "adres", "adress"),
    *("adresse notification", "mail", "email", "e mail", "courriel", "courriels", "emails"),
)
# Field → the headers that name it, without accents, case, little words or "date".
SUIVI: dict[str, frozenset[str]] = {
    "fin": frozenset(
        [
            "fin",
            "fin validite",
            "validite fin",
            "expiration",
            "echeance",
            "fin certificat",
            "valide jusqu au",
            "not after",
        ]
    ),
    "finess": frozenset(["finess", "numero finess", "finess eg", "finess geo", "finessgeo", "finess geographique"]),
    "structure": frozenset(
        ["structure", "identifiant structure", "id structure", "numero structure", "id nat structure", "ou"]
    ),
    "numero": frozenset(["produit", "numero produit", "id produit", "identifiant produit"]),
    "canal": frozenset(["canal"]),
    "debut": frozenset(["debut", "debut validite", "validite debut", "emission", "not before"]),
    "offre": frozenset(["offre"]),
    "usage": frozenset(["usage"]),
    "etat": frozenset(["etat", "statut", "etat produit", "etat certificat"]),
    "fqdn": frozenset(["fqdn", "nom domaine"]),
    "cn": frozenset(["cn", "common name", "nom commun", "nom", "nom certificat"]),
    "courriel": frozenset(
        f"{quoi} {a_qui}".strip() for quoi in _ADRESSES for a_qui in ("", "acteur", "personne informer")
    ),
    "administrateur": frozenset(["administrateur", "administrateur technique", "at", "demandeur", "acteur"]),
    "emetteur": frozenset(["emetteur", "autorite", "autorite certification", "ac", "ac emettrice", "issuer"]),
}
OFFICINES: dict[str, frozenset[str]] = {
    "finess": SUIVI["finess"],
    "structure": SUIVI["structure"],
    "numero": SUIVI["numero"],
    "fqdn": SUIVI["fqdn"],
    "cn": SUIVI["cn"] - {"nom"},
    "editeur": frozenset(["editeur", "lgo", "editeur lgo", "nom editeur"]),
    "nom": frozenset(["nom", "nom officine", "officine", "raison sociale", "pharmacie", "nom pharmacie"]),
    "courriel": SUIVI["courriel"],
}

_PETITS_MOTS = frozenset(["un", "une", "de", "d", "du", "des", "la", "le", "les", "l", "date", "a"])
_NUMERO = re.compile(r"\bn°|\b(?:num|no|n)\b\.?")


def choix_de_colonnes(
    colonnes: Mapping[str, str] | None, champs: Mapping[str, frozenset[str]]
) -> list[list[tuple[str, str]]]:
    """Return what the caller imposes: for each pair, the (field, header form) that it may mean, either way round.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when neither side of a pair names a field.
    """
    choix = []
    for a, b in (colonnes or {}).items():
        lectures = [(champ, _forme(entete)) for nom, entete in ((a, b), (b, a)) if (champ := champ_de(nom, champs))]
        if not lectures:
            raise SuiviIllisible(
                f"Réglage de colonnes « {a} », « {b} » : aucun des deux n’est un champ connu ({', '.join(champs)})."
            )
        choix.append(lectures)
    return choix


def places_des_champs(
    entetes: Sequence[str],
    champs: Mapping[str, frozenset[str]],
    besoins: Sequence[tuple[str, ...]],
    choix: Sequence[Sequence[tuple[str, str]]] = (),
) -> dict[str, list[int]] | None:
    """Return field → the places of its columns, or ``None`` if this is not the row of headers.

    A row of headers holds every imposed column, and one field for every need.  Only ``courriel`` may have several columns.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when two columns claim the same field.
    """
    formes = [_forme(entete) for entete in entetes]
    imposees: dict[str, int] = {}
    for lectures in choix:
        lue = next(((champ, formes.index(forme)) for champ, forme in lectures if forme in formes), None)
        if lue is None:
            return None
        imposees.update([lue])
    trouvees: dict[str, list[int]] = {champ: [place] for champ, place in imposees.items()}
    for place, entete in enumerate(entetes):
        champ = champ_de(entete, champs)
        if champ and champ not in imposees and place not in imposees.values():
            trouvees.setdefault(champ, []).append(place)
    if not all(any(champ in trouvees for champ in besoin) for besoin in besoins):
        return None
    for champ, places in trouvees.items():
        if len(places) > 1 and champ != "courriel":
            noms = " et ".join(f"« {entetes[p].strip()} »" for p in places)
            raise SuiviIllisible(
                f"Les colonnes {noms} conviennent toutes à « {champ} » : choisissez-en une, "
                f'avec --colonnes "{champ}=l’intitulé voulu" ou colonnes={{"{champ}": "l’intitulé voulu"}}.'
            )
    return trouvees


def structure_au_dessus(rangees: Iterable[Sequence[str]]) -> str:
    """Return the structure id given in the rows above the titles, as on the screen (« Structure : 1750000002 »).

    >>> structure_au_dessus([["Offre : SERV"], ["Structure :", "1750000002"]]), structure_au_dessus([["Structure : 0"]])
    ('1750000002', '')
    """
    for rangee in rangees:
        nom, _, valeur = " ".join(rangee).partition(":")
        identifiant = normaliser_finess(valeur)
        if champ_de(nom, SUIVI) == "structure" and nature_structure(identifiant):
            return identifiant
    return ""


def champ_de(texte: str, champs: Mapping[str, frozenset[str]]) -> str | None:
    """Return the field that a title names, ``None`` for none.

    >>> champ_de("N° FINESS", SUIVI), champ_de("DURAND", SUIVI)
    ('finess', None)
    """
    forme = _forme(texte)
    if texte.rstrip().endswith(("…", "...")) and forme:
        # A title that the screen cut off: the field whose name begins like that, if there is only one.
        noms = {champ for champ, formes in champs.items() for f in (champ, *formes) if f.startswith(forme)}
        return noms.pop() if len(noms) == 1 else None
    return next((champ for champ, formes in champs.items() if forme == champ or forme in formes), None)


def _forme(entete: str) -> str:
    texte = _NUMERO.sub(" numero ", plier(entete.replace("º", "°")).replace("_", " "))
    return " ".join(mot for mot in re.split(r"[^a-z0-9]+", texte) if mot and mot not in _PETITS_MOTS)


FormeJour: TypeAlias = Literal["jj/mm/aaaa", "mm/jj/aaaa"]

_CHIFFRES: Final = re.compile(r"\s*([0-9]{1,2})[/.-]([0-9]{1,2})[/.-][0-9]{4}(?![0-9])")
_MOIS_DE_L_AN: Final = 12


class Ordre(enum.Enum):
    """How the days of a column are written in digits."""

    JOUR = "jj/mm/aaaa"
    MOIS = "mm/jj/aaaa"
    MELANGE = "les deux"


@frozen
class OrdreVu:
    """What the days of a column tell about their order.

    Attributes:
        ordre: ``None`` when nothing does.
        douteux: a text that can be read both ways, ``""`` when there is none.
    """

    ordre: Ordre | None
    douteux: str


def ordre_vu(textes: Iterable[str]) -> OrdreVu:
    """Look at the texts of a column: a number above 12 can only be a day.

    >>> ordre_vu(["03/05/2026", "03/25/2026"]).ordre
    <Ordre.MOIS: 'mm/jj/aaaa'>
    >>> ordre_vu(["03/05/2026", "20 févr. 2026", "04/04/2026"])
    OrdreVu(ordre=None, douteux='03/05/2026')
    """
    vus: set[Ordre] = set()
    douteux = ""
    for texte in textes:
        if lu := _CHIFFRES.match(texte):
            a, b = int(lu[1]), int(lu[2])
            if a > _MOIS_DE_L_AN >= b:
                vus.add(Ordre.JOUR)
            elif b > _MOIS_DE_L_AN >= a:
                vus.add(Ordre.MOIS)
            elif a != b:
                douteux = douteux or texte.strip()
    return OrdreVu(Ordre.MELANGE if len(vus) > 1 else next(iter(vus), None), douteux)


def ordre_impose(forme: str | None) -> Ordre | None:
    """Return the order that a caller asks for.

    Raises :class:`~segur_pha.certificats.ReglageInvalide` when it is not one.
    """
    if forme is None:
        return None
    if forme not in (Ordre.JOUR.value, Ordre.MOIS.value):
        raise ReglageInvalide("L’ordre des jours est jj/mm/aaaa ou mm/jj/aaaa.")
    return Ordre(forme)
