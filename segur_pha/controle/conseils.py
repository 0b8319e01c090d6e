"""Advice: what the controls let through and a careful publisher would look at (decisions 2, 7, 8, 11, 12).

Advice never refuses a request.  Each piece has a kebab-case id by which it can be switched off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from segur_pha.anomalies import Conseil
from segur_pha.courriels import nature_courriel
from segur_pha.identifiants import defaut_finess, defaut_siret
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Nul
from segur_pha.vagues.va1.enumerations import RegimeTVA, TypeFichier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from segur_pha.anomalies import Localisable
    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification
    from segur_pha.texte_json.lecture import Lecture
    from segur_pha.vagues.va1.table import Demande

__all__ = [
    "CATEGORIES_OFFICINE",
    "CONSEILS",
    "conseils_de_fichier",
    "conseils_de_ligne",
    "conseils_des_demandes",
]

#: Categories of the FINESS register that section 3.2 accepts.
CATEGORIES_OFFICINE: Final = frozenset({"620", "627", "628", "629"})

#: Every id of advice and what it says.
CONSEILS: Final[Mapping[str, str]] = {
    "marque-d-ordre": "le fichier commence par une marque d’ordre des octets (BOM) : enregistrez-le en UTF-8 sans BOM",
    "reponse-du-portail": "ce fichier ressemble à la réponse du portail : lisez-le avec lire_retour (commande « retour »)",
    "balise-absente": "balise facultative absente : écrivez-la avec la valeur null",
    "siret-cle": "SIRET à vérifier",
    "finess-cle": "FINESSGeo à vérifier",
    "finess-double": "FINESSGeo déjà demandé par une autre ligne du fichier",
    "finess-categorie": "FINESSGeo hors des catégories 620, 627, 628 et 629 du registre fourni",
    "finess-inconnu": "FINESSGeo absent du registre fourni",
    "carte-cpx": "numeroCarteCPX : un numéro de carte CPS ou CPA ne contient que des chiffres",
    "date-future": "dateCommande postérieure au jour du contrôle",
    "montant-nul": "montantSegurHT nul : aucune avance ne sera versée",
    "preuve-ht-inutile": "PREUVE_HT jointe alors que le régime est TTC",
    "courriel-personnel": "emailAdminTechnique : préférez une adresse générique, qui survit aux départs",
}


#: id, precision, tag, pointer.
_Brouillon: TypeAlias = "tuple[str, str, str, str]"


def conseil(brouillon: _Brouillon, texte: Localisable | None) -> Conseil:
    """Finish a piece of advice: the sentence of its id, and what is known more precisely."""
    identifiant, precision, nom, chemin = brouillon
    libelle = CONSEILS[identifiant]
    return Conseil(identifiant, f"{libelle} ; {precision}" if precision else libelle, nom, chemin, texte)


def conseils_de_fichier(lecture: Lecture, specification: Specification) -> Iterator[_Brouillon]:
    """Give the advice on the text itself, whether the file is refused or not."""
    if lecture.marque_d_ordre:
        yield "marque-d-ordre", "", "", ""
    arbre = lecture.arbre
    if not isinstance(arbre, dict):
        return
    if _ressemble_a_une_reponse(arbre, specification):
        yield "reponse-du-portail", "", "", ""


def _ressemble_a_une_reponse(arbre: ObjetBrut, specification: Specification) -> bool:
    """Tell whether balises that only the agency fills are filled, in the header or in a line."""
    lignes = arbre.get(specification.liste_des_demandes.nom)
    premieres = lignes[: specification.limites.demandes_par_fichier] if isinstance(lignes, list) else []
    objets = [(specification.racine, arbre), *((specification.classe_demande, ligne) for ligne in premieres)]
    return any(
        isinstance(objet, dict) and isinstance(rangee.format, Nul) and objet.get(rangee.nom) not in (None, "")
        for classe, objet in objets
        for rangee in balises(classe)
    )


def conseils_de_ligne(classe: ClasseBloc, brut: ObjetBrut, chemin: str) -> Iterator[_Brouillon]:
    """Give the advice on the tags of a block that has the right structure."""
    for rangee in balises(classe):
        ici = f"{chemin}/{rangee.nom}"
        if rangee.nom not in brut:
            yield "balise-absente", "", rangee.nom, chemin
        elif isinstance(rangee.format, Objet):
            yield from conseils_de_ligne(rangee.format.classe, brut[rangee.nom], ici)  # type: ignore[arg-type]
        elif isinstance(rangee.format, Liste):
            for i, element in enumerate(brut[rangee.nom]):  # type: ignore[arg-type]
                yield from conseils_de_ligne(rangee.format.classe, element, f"{ici}/{i}")  # type: ignore[arg-type]


def conseils_des_demandes(
    siret: str,
    demandes: Mapping[int, tuple[str, Demande]],
    *,
    jour: date | None,
    categories: Mapping[str, str] | None,
) -> Iterator[_Brouillon]:
    """Give the advice on the values of the accepted lines: place → its pointer and its request."""
    raison = defaut_siret(siret)
    if raison is not None:
        yield "siret-cle", raison, "SIRET", "/SIRET"
    vus: set[str] = set()
    for chemin, demande in demandes.values():
        yield from _sur_l_officine(demande, f"{chemin}/beneficiaire/FINESSGeo", vus, categories)
        yield from _sur_la_commande(demande, chemin, jour)
        yield from _sur_l_administrateur(demande, f"{chemin}/certificatsServeur")


def _sur_l_officine(
    demande: Demande, ici: str, vus: set[str], categories: Mapping[str, str] | None
) -> Iterator[_Brouillon]:
    finess = demande.beneficiaire.finess_geo
    raison = defaut_finess(finess)
    if raison is not None:
        yield "finess-cle", raison, "FINESSGeo", ici
    if finess in vus:
        yield "finess-double", "", "FINESSGeo", ici
    vus.add(finess)
    if categories is not None and finess not in categories:
        yield "finess-inconnu", "", "FINESSGeo", ici
    elif categories is not None and str(categories[finess]) not in CATEGORIES_OFFICINE:
        yield "finess-categorie", "", "FINESSGeo", ici


def _sur_la_commande(demande: Demande, chemin: str, jour: date | None) -> Iterator[_Brouillon]:
    commande = demande.commande
    if jour is not None and commande.date_commande > jour:
        yield "date-future", "", "dateCommande", f"{chemin}/commande/dateCommande"
    if commande.montant_segur_ht == 0:
        yield "montant-nul", "", "montantSegurHT", f"{chemin}/commande/montantSegurHT"
    preuves = [p for p in demande.pieces_justificatives if p.type_fichier is TypeFichier.PREUVE_HT]
    if commande.regime_tva is RegimeTVA.TTC and preuves:
        yield "preuve-ht-inutile", "", "piecesJustificatives", f"{chemin}/piecesJustificatives"


def _sur_l_administrateur(demande: Demande, ici: str) -> Iterator[_Brouillon]:
    certificats = demande.certificats_serveur
    if not (certificats.numero_carte_cpx.isascii() and certificats.numero_carte_cpx.isdigit()):
        yield "carte-cpx", "", "numeroCarteCPX", f"{ici}/numeroCarteCPX"
    generique, raison = nature_courriel(certificats.email_admin_technique)
    if not generique:
        yield "courriel-personnel", raison, "emailAdminTechnique", f"{ici}/emailAdminTechnique"
