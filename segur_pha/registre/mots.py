"""What may happen to a request, in the words of a clerk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.rapports.tableau import euros
from segur_pha.registre.evenements import Fait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.registre.evenements import Evenement

__all__ = ["EVENEMENTS", "FAITS", "NOMS_DES_MONTANTS", "precisions"]

#: Whether a request asks for a balance → what the amounts that it waits for, and that came, are called.
NOMS_DES_MONTANTS: Final = {False: ("avance attendue", "avance payée"), True: ("solde attendu", "solde payé")}

#: A fact, by the word that is noted for it.
FAITS: Final = {
    Fait.DEPOT: "dépôt",
    Fait.REFUS: "refus",
    Fait.ABANDON: "abandon",
    Fait.INCOMPLETE: "incomplète",
    Fait.MODIFICATION: "à modifier",
    Fait.DECISION: "décision",
    Fait.PAIEMENT: "paiement",
    Fait.SERVICE: "service fait (VA)",
    Fait.FACTURE: "facture",
    Fait.SOLDE: "solde demandé",
    Fait.SOLDE_PAYE: "solde payé",
    Fait.CONTROLE: "contrôle",
}
#: What happened, by the nature of its event.
EVENEMENTS: Final = {
    "numeros-reserves": "numéros réservés",
    "fichier-prepare": "fichier préparé",
    "demande-preparee": "demande préparée",
    "fichier-depose": "fichier déposé",
    "fichier-refuse": "fichier refusé au premier contrôle",
    "fichier-abandonne": "fichier abandonné",
    "retour-recu": "réponse reçue",
    "ligne-recue": "ligne de réponse",
    "demande-incomplete": "notée incomplète",
    "demande-a-modifier": "à modifier",
    "demande-regularisee": "régularisée",
    "decision-rendue": "décision",
    "avance-payee": "avance payée",
    "service-fait": "service fait (VA)",
    "facture-emise": "facture émise",
    "solde-demande": "solde demandé",
    "solde-paye": "solde payé",
    "demande-controlee": "contrôlée",
    "fait-annule": "fait annulé",
    "reponse-annulee": "réponse annulée",
    "retour-annule": "réponse annulée en entier",
    "donnees-effacees": "données personnelles effacées",
}


def precisions(evenement: Evenement) -> Iterator[str]:
    """Say what there is to know about an event besides its kind, its day and its request.

    >>> from datetime import date
    >>> from segur_pha.registre.evenements import DecisionRendue
    >>> jour = date(2023, 1, 9)
    >>> list(precisions(DecisionRendue(jour=jour, specification="PHA-LGO-Va1", numero_editeur="00001", favorable=True)))
    ['attribuée']
    """
    favorable, montant, fait = (getattr(evenement, nom, None) for nom in ("favorable", "montant", "fait"))
    if favorable is not None:
        yield "attribuée" if favorable else "refusée"
    if montant is not None:
        yield euros(montant)
    if fait is not None:
        yield f"{FAITS[fait]} de tout le fichier" if getattr(evenement, "fichier", None) else FAITS[fait]
    for nom in ("nom", "numero_asp", "libelle_traitement", "raison", "motif", "reference"):
        if texte := getattr(evenement, nom, None):
            yield str(texte)
