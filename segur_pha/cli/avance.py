"""``segur-pha avance``: how much the advance on an amount is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.options import TexteOuJson
from segur_pha.erreurs import SegurError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, en_mots, euros
from segur_pha.vagues.va1.avance import PLAFONDS_HT, depassement_du_plafond
from segur_pha.vagues.va1.avance import avance as calculer

if TYPE_CHECKING:
    from decimal import Decimal

    from segur_pha.vagues.va1.avance import Avance

__all__ = ["avance"]


def avance(
    montant_ht: Annotated[str, Parameter(help="Montant en euros hors taxe, comme 708.33 ou 708,33.")],
    /,
    *,
    regime: Annotated[Literal["TTC", "HT"], Parameter(help="Régime de TVA de la commande.")] = "TTC",
    tranche: Annotated[
        str | None, Parameter(help="Tranche de chiffre d’affaires, pour comparer au plafond (le guide documente la B).")
    ] = None,
    format: TexteOuJson = "texte",  # noqa: A002 - the option's name
) -> int:
    """Calcule l’avance de 30 % sur un montant hors taxe.

    Exemple :

        segur-pha avance 708.33 --regime TTC --tranche B
    """
    try:
        resultat = calculer(montant_ht.replace(",", "."), regime)
    except SegurError as erreur:
        raise UsageErrone("Montant HT : indiquez des euros avec deux décimales au plus, comme 708.33.") from erreur
    if tranche is not None and tranche not in PLAFONDS_HT:
        raise UsageErrone(f"Tranche inconnue. Plafond documenté pour : {', '.join(PLAFONDS_HT)}.")
    exces = None if tranche is None else depassement_du_plafond(resultat.montant_ht, tranche)
    if format == "json":
        sortir_json(_objet(resultat, regime, exces))
    else:
        _montrer(resultat, regime)
        if exces is not None:
            assert tranche is not None
            plafond = euros(PLAFONDS_HT[tranche])
            texte = f"Dépasse de {euros(exces)} le plafond de la tranche {en_mots(tranche)} ({plafond} HT)."
            montrer(Phrase(Marque(texte, Niveau.ATTENTION)))
    return 0


def _objet(resultat: Avance, regime: str, exces: Decimal | None) -> dict[str, object]:
    return {
        "version": 1,
        "regime_tva": regime,
        "montant_segur_ht": str(resultat.montant_ht),
        "montant_ttc": str(resultat.montant_ttc),
        "avance": str(resultat.montant),
        "depassement": None if exces is None else str(exces),
    }


def _montrer(resultat: Avance, regime: str) -> None:
    montants = [euros(m) for m in (resultat.montant_ht, resultat.montant_ttc, resultat.montant)]
    # At least two blanks before the longest amount; the usual amounts keep their column.
    ht, ttc, montant = (m.rjust(max(14, 2 + max(map(len, montants)))) for m in montants)
    montrer(
        f"Montant HT          {ht}",
        f"Montant TTC (20 %)  {ttc}",
        Phrase(f"Avance : 30 % du {regime:3}", Marque(montant, Niveau.BON)),
    )
