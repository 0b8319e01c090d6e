"""What wave 1 advises: values that the controls let through, and that are probably mistakes (decisions 7, 8, 11, 12).

What judges a key or an address is loaded when advice is asked for: a control alone does without it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

from segur_pha.vagues.va1.enumerations import RegimeTVA, TypeFichier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import attrs

    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Brouillon
    from segur_pha.vagues.va1.table import Demande

__all__ = ["CATEGORIES_OFFICINE", "CONSEILS", "EXPLICATIONS", "avis_du_registre", "conseiller"]

#: Categories of the FINESS register that section 3.2 accepts.
CATEGORIES_OFFICINE: Final = frozenset({"620", "627", "628", "629"})

#: When this work began, the functions of the software were still to be defined (esante.gouv.fr/segur/officine-old).
DEBUT_DU_PROGRAMME: Final = date(2021, 9, 1)
#: Several times the highest published ceiling (875 € before tax, lemoniteurdespharmacies.fr, 12/2022).
MONTANT_INVRAISEMBLABLE: Final = Decimal("5000.00")

CONSEILS: Final[Mapping[str, str]] = {
    "siret-cle": "SIRET à vérifier",
    "finess-cle": "FINESSGeo à vérifier",
    "finess-double": "FINESSGeo déjà demandé par une autre ligne du fichier",
    "finess-categorie": "FINESSGeo hors des catégories 620, 627, 628 et 629 du registre fourni",
    "finess-ferme": "FINESSGeo d’un établissement fermé selon le registre fourni",
    "finess-departement": "FINESSGeo d’un établissement que le registre fourni place dans un autre département",
    "finess-inconnu": "FINESSGeo absent du registre fourni",
    "carte-cpx": "numeroCarteCPX à vérifier : les cartes des certificats de test publics n’ont que des chiffres",
    "date-future": "dateCommande postérieure au jour du contrôle",
    "date-ancienne": "dateCommande d’avant le programme : aucune commande n’a pu être signée ce jour-là",
    "montant-invraisemblable": "montantSegurHT qu’aucune commande n’atteint : une virgule est sans doute mal placée",
    "montant-nul": "montantSegurHT nul : aucune avance ne sera versée",
    "preuve-ht-inutile": "PREUVE_HT jointe alors que le régime est TTC",
    "courriel-personnel": "emailAdminTechnique : préférez une adresse générique, qui survit aux départs",
}

_CATEGORIES: Final = "Section 3.2, FINESSGeo : catégories 620, 627, 628 ou 629."
_DATE: Final = "Section 3.2, dateCommande : le jour où le client final a signé le bon de commande."
_MONTANT: Final = "Section 3.2, montantSegurHT : le montant hors taxe du bon de commande, arrondi au centime."
#: An excerpt of the example file that earns the advice, the right excerpt to replace it, and what the guide says.
EXPLICATIONS: Final[Mapping[str, tuple[str, str, str]]] = {
    "siret-cle": ('"SIRET": "12345678200011"', '"SIRET": "12345678200010"', ""),
    "finess-cle": ('"FINESSGeo": "750000003"', '"FINESSGeo": "750000002"', ""),
    "finess-double": ('"FINESSGeo": "777777777"', '"FINESSGeo": "750000002"', ""),
    "finess-categorie": ("", "", _CATEGORIES),
    "carte-cpx": ('"numeroCarteCPX": "123456789A"', '"numeroCarteCPX": "1234567890"', ""),
    "date-future": ('"dateCommande": "15/11/2122"', '"dateCommande": "15/11/2022"', _DATE),
    "date-ancienne": ('"dateCommande": "15/11/2012"', '"dateCommande": "15/11/2022"', _DATE),
    "montant-invraisemblable": ('"montantSegurHT": 70833.00', '"montantSegurHT": 708.33', _MONTANT),
    "montant-nul": ('"montantSegurHT": 0.00', '"montantSegurHT": 708.33', _MONTANT),
    "preuve-ht-inutile": ("", "", "Section 3.2, typeFichier : la preuve du régime HT est jointe le cas échéant."),
    "courriel-personnel": (
        '"emailAdminTechnique": "jean.martin@editeur.example"',
        '"emailAdminTechnique": "certificats@editeur.example"',
        "Section 3.2, emailAdminTechnique : une adresse générique est conseillée.",
    ),
    "nom-douteux": ('"nomResponsable": "LEFÃˆVRE"', '"nomResponsable": "DURAND"', ""),
    "telephone": ('"telAdminTechnique": "010203"', '"telAdminTechnique": "0102030405"', ""),
    "numero-inhabituel": ('"numeroAns": "ANS-000001"', '"numeroAns": "ANS0000001"', ""),
}


def conseiller(
    entete: ObjetBrut,
    demandes: Iterable[tuple[str, attrs.AttrsInstance]],
    *,
    jour: date | None,
    categories: Mapping[str, str] | None,
) -> Iterator[Brouillon]:
    """Yield the advice on the values of the accepted lines (``demandes``: the pointer of each, and its request)."""
    from segur_pha.identifiants import defaut_siret

    raison = defaut_siret(str(entete["SIRET"]))
    if raison is not None:
        yield "siret-cle", raison, "SIRET", "/SIRET"
    vus: set[str] = set()
    natures: dict[str, tuple[bool, str]] = {}
    for chemin, bloc in demandes:
        demande = cast("Demande", bloc)  # or a table that was made from it
        yield from _sur_l_officine(demande, f"{chemin}/beneficiaire/FINESSGeo", vus, categories)
        yield from _sur_la_commande(demande, chemin, jour)
        yield from _sur_l_administrateur(demande, f"{chemin}/certificatsServeur", natures)


def _sur_l_officine(
    demande: Demande, ici: str, vus: set[str], categories: Mapping[str, str] | None
) -> Iterator[Brouillon]:
    from segur_pha.identifiants import defaut_finess

    finess = demande.beneficiaire.finess_geo
    raison = defaut_finess(finess)
    if raison is not None:
        yield "finess-cle", raison, "FINESSGeo", ici
    officine = finess.upper()
    if officine in vus:
        yield "finess-double", "", "FINESSGeo", ici
    vus.add(officine)
    for identifiant in avis_du_registre(finess, categories):
        yield identifiant, "", "FINESSGeo", ici


def avis_du_registre(finess: str, categories: Mapping[str, str] | None) -> Iterator[str]:
    """Yield the ids of the advice on a pharmacy found in a register; none without a register.

    >>> [*avis_du_registre("750000002", {"750000002": "355"})], [*avis_du_registre("750000002", None)]
    (['finess-categorie'], [])
    """
    if categories is None:
        return
    if finess not in categories:
        yield "finess-inconnu"
        return
    if str(categories[finess]) not in CATEGORIES_OFFICINE:
        yield "finess-categorie"
    from segur_pha.repertoire.etablissements import Repertoire

    if isinstance(categories, Repertoire):
        connu = categories.etablissements[finess]
        if connu.ferme:
            yield "finess-ferme"
        if connu.departement and connu.departement != finess[:2]:
            yield "finess-departement"


def _sur_la_commande(demande: Demande, chemin: str, jour: date | None) -> Iterator[Brouillon]:
    commande = demande.commande
    if jour is not None and commande.date_commande > jour:
        yield "date-future", "", "dateCommande", f"{chemin}/commande/dateCommande"
    elif commande.date_commande < DEBUT_DU_PROGRAMME:
        yield "date-ancienne", "", "dateCommande", f"{chemin}/commande/dateCommande"
    if commande.montant_segur_ht > MONTANT_INVRAISEMBLABLE:
        yield "montant-invraisemblable", "", "montantSegurHT", f"{chemin}/commande/montantSegurHT"
    elif commande.montant_segur_ht == 0:
        yield "montant-nul", "", "montantSegurHT", f"{chemin}/commande/montantSegurHT"
    preuves = [p for p in demande.pieces_justificatives if p.type_fichier is TypeFichier.PREUVE_HT]
    if commande.regime_tva is RegimeTVA.TTC and preuves:
        yield "preuve-ht-inutile", "", "piecesJustificatives", f"{chemin}/piecesJustificatives"


def _sur_l_administrateur(demande: Demande, ici: str, natures: dict[str, tuple[bool, str]]) -> Iterator[Brouillon]:
    from segur_pha.courriels import nature_courriel

    certificats = demande.certificats_serveur
    if not (certificats.numero_carte_cpx.isascii() and certificats.numero_carte_cpx.isdigit()):
        yield "carte-cpx", "", "numeroCarteCPX", f"{ici}/numeroCarteCPX"
    courriel = certificats.email_admin_technique
    if courriel not in natures:  # a publisher has few of them
        natures[courriel] = nature_courriel(courriel)
    generique, raison = natures[courriel]
    if not generique:
        yield "courriel-personnel", raison, "emailAdminTechnique", f"{ici}/emailAdminTechnique"
