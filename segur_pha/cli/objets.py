"""The objects from which the output for programs is made, as promised in ``sorties.schema.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from segur_pha.constats import Constat
    from segur_pha.depot.constats import CommandesRefusees
    from segur_pha.depot.resultats import DepotPrepare
    from segur_pha.registre import Registre
    from segur_pha.registre.attentes import Attente, EnAttente
    from segur_pha.registre.ecarts import EcartDeSolde
    from segur_pha.registre.etats import EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.questions import Total

__all__ = [
    "en_euros",
    "noms_des_fichiers",
    "objet_de_demande",
    "objet_de_fichier",
    "objet_du_constat",
    "objet_du_depot",
    "objet_du_depot_refuse",
    "objet_du_refus",
    "objet_ecart_de_paiement",
    "objet_ecart_de_solde",
    "objet_evenement",
    "objet_total",
    "objets_des_attentes",
    "objets_des_remplacements",
]


def en_euros(montant: Decimal | None) -> str | None:
    """Return an amount as a text with its cents; ``None`` when there is none."""
    return None if montant is None else f"{montant:.2f}"


def objet_du_refus(message: str, erreur: BaseException | None = None) -> dict[str, str | None]:
    """Say why nothing could be done, and where, as far as the error tells.

    >>> objet_du_refus("Le dossier est vide.")
    {'message': 'Le dossier est vide.', 'code': None, 'balise': None, 'chemin': None}
    """
    return {"message": message, **{nom: getattr(erreur, nom, "") or None for nom in ("code", "balise", "chemin")}}


def objet_du_constat(constat: Constat) -> dict[str, object]:
    """Return a finding; what it does not say is null.

    >>> from segur_pha.constats import Constat
    >>> dit = objet_du_constat(Constat(message="Vide.", code="document-vide", numero="00001"))
    >>> dit["numero_editeur"], dit["document"]
    ('00001', None)
    """
    # In the other outputs, "colonne" is a number (the column in a text), and a request's number has only one name.
    noms = {"numero": "numero_editeur", "colonne": "titre_colonne"}
    return {noms.get(cle, cle): None if valeur == "" else valeur for cle, valeur in asdict(constat).items()}


def objet_du_depot(depot: DepotPrepare, sortie: Path, remplace: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return a deposit in its folder; ``remplace``: new number → the rejected one that it replaces."""
    return {
        "version": 1,
        "pret": True,
        "dossier": str(sortie),
        "source": depot.description,
        "nombre_demandes": depot.demandes,
        "fichiers": list(depot.fichiers),
        "nombre_zips": depot.zips,
        "nombre_zips_au_moins": depot.zips_au_moins,
        "montant_segur_ht": en_euros(depot.montant_ht),
        "avance": en_euros(depot.avance),
        "lignes": [asdict(ligne) for ligne in depot.lignes],
        "fautes": list(map(objet_du_constat, depot.fautes)),
        "conseils": list(map(objet_du_constat, depot.conseils)),
        "laissees": [{"ligne": p.ligne, "numero_editeur": p.numero, "phase": p.phase} for p in depot.laissees],
        "remplacements": objets_des_remplacements(remplace or {}),
    }


def objet_du_depot_refuse(refus: CommandesRefusees) -> dict[str, object]:
    """Return what must be corrected before a deposit is written."""
    return {
        "version": 1,
        "pret": False,
        "source": refus.description or None,
        "nombre_pretes": refus.pretes,
        "nombre_commandes": refus.commandes,
        "avance": en_euros(refus.avance),
        "fautes": list(map(objet_du_constat, refus.fautes)),
        "conseils": list(map(objet_du_constat, refus.conseils)),
    }


def noms_des_fichiers(livre: Registre) -> dict[str, str]:
    """Return the name of each file of a ledger, by its SHA-256."""
    return {fichier.fichier: fichier.nom for fichier in livre.fichiers()}


def objet_de_demande(demande: EtatDemande, noms: Mapping[str, str]) -> dict[str, object]:
    """Return a request of the ledger; ``noms``: SHA-256 of a file → its name."""
    from segur_pha.registre.rangees import objet_de_demande

    return objet_de_demande(demande, noms[demande.fichier])


def objet_de_fichier(fichier: EtatFichier) -> dict[str, object]:
    """Return a file of the ledger."""
    from segur_pha.registre.rangees import FICHIERS

    dit = FICHIERS.objet(fichier)
    suite = ("specification", "numero_ans", "siret", "jour_preparation", "phase", "jour_depot", "motif")
    fin = ("entame", "repondu", "etapes")
    return {"fichier": dit["nom"], "sha256": dit["fichier"], **{cle: dit[cle] for cle in (*suite, *fin)}}


def objet_evenement(evenement: Evenement) -> dict[str, object]:
    """Return something that happened, in the words used on the screen."""
    from segur_pha.registre.evenements import NATURES
    from segur_pha.registre.mots import EVENEMENTS, precisions

    jour = getattr(evenement, "jour", None)
    return {
        "jour": None if jour is None else jour.isoformat(),
        "fait": EVENEMENTS[NATURES[type(evenement)]],
        "numero_editeur": getattr(evenement, "numero_editeur", None),
        "precisions": list(precisions(evenement)),
    }


def objet_ecart_de_paiement(demande: EtatDemande) -> dict[str, object]:
    """Return what was paid and what was expected."""
    return {
        "numero_editeur": demande.numero_editeur,
        "avance": en_euros(demande.avance),
        "montant_paye": en_euros(demande.montant_paye),
    }


def objet_ecart_de_solde(ecart: EcartDeSolde) -> dict[str, object]:
    """Return the balance that was paid and the one that was expected."""
    return {
        "numero_editeur": ecart.numero_editeur,
        "solde_attendu": en_euros(ecart.attendu),
        "montant_solde": en_euros(ecart.montant_solde),
    }


def objet_total(total: Total) -> dict[str, object]:
    """Return counts and amounts of a month and a phase."""
    return {
        "specification": total.specification,
        "mois": total.mois,
        "phase": total.phase.value,
        "nombre_demandes": total.nombre,
        "montant_segur_ht": en_euros(total.montant_segur_ht),
        "avance": en_euros(total.avance),
        "montant_paye": en_euros(total.paye),
        "montant_solde": en_euros(total.solde),
    }


def objets_des_attentes(attentes: Mapping[Attente, Sequence[EnAttente | EtatDemande]]) -> list[dict[str, object]]:
    """Return what waits: each wait, what to do about it, and the requests."""
    return [
        {"attente": a.value, "a_faire": a.suite, "numeros_editeur": [d.numero_editeur for d in demandes]}
        for a, demandes in attentes.items()
    ]


def objets_des_remplacements(remplace: Mapping[str, str]) -> list[dict[str, str]]:
    """Return which request replaces which rejected one: new number → old number."""
    return [{"numero_editeur": nouveau, "remplace": ancien} for nouveau, ancien in remplace.items()]
