"""What may happen to a request, as a clerk would say it."""

from __future__ import annotations

from typing import Final

from segur_pha.registre.evenements import Fait

__all__ = ["FAITS"]

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
