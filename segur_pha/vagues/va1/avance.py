"""The advance: 30 % of the amount under its VAT regime (section 3.1, decision 16)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen

from segur_pha.argent import CENTIME
from segur_pha.erreurs import SegurError
from segur_pha.vagues.va1.enumerations import PLAFONDS_HT, RegimeTVA

if TYPE_CHECKING:
    from collections.abc import Mapping

    import attrs

    from segur_pha.vagues.va1.table import Demande

__all__ = ["PLAFONDS_HT", "Avance", "avance", "avance_de_la_demande", "depassement_du_plafond", "total_finance"]

TAUX_TVA: Final = Decimal("0.20")
PART_AVANCE: Final = Decimal("0.30")


@frozen(kw_only=True)
class Avance:
    """An advance and how it was reached; every amount in euros, to the cent.

    Attributes:
        montant_ht: the amount asked for, before tax.
        montant_ttc: the same with VAT.
        base: whichever of the two applies under the regime.
        montant: the advance.
    """

    montant_ht: Decimal
    montant_ttc: Decimal
    base: Decimal
    montant: Decimal


def avance(
    montant_ht: Decimal | str,
    regime: RegimeTVA | str,
    *,
    taux: Decimal = TAUX_TVA,
    part: Decimal = PART_AVANCE,
) -> Avance:
    """Work out the advance for an amount before tax, in euros, rounding half up to the cent at each step (decision 16).

    Raises :class:`~segur_pha.SegurError` for an amount that is not zero or more in whole cents (a float and −0 are refused), for
    an unknown regime, and for a rate or share that is not a Decimal from 0 to 1.

    >>> avance(Decimal("708.33"), RegimeTVA.TTC)
    Avance(montant_ht=Decimal('708.33'), montant_ttc=Decimal('850.00'), base=Decimal('850.00'), montant=Decimal('255.00'))
    >>> avance("708.33", "HT").montant
    Decimal('212.50')
    """
    ht = _montant(montant_ht)
    if regime not in tuple(RegimeTVA):
        raise SegurError("Régime TVA inconnu : indiquez « TTC » ou « HT ».", code="1105", balise="regimeTVA")
    for nom, proportion in (("taux", taux), ("part", part)):
        if not (isinstance(proportion, Decimal) and proportion.is_finite() and 0 <= proportion <= 1):
            raise SegurError(f"{nom} : indiquez un Decimal de 0 à 1 (jamais un float).")
    # A context of its own: the caller's precision and rounding must not change an amount of money.
    contexte = Context(prec=max(28, len(ht.as_tuple().digits) + 10), rounding=ROUND_HALF_UP)
    ttc = contexte.quantize(contexte.multiply(ht, contexte.add(Decimal(1), taux)), CENTIME)
    base = ttc if regime == RegimeTVA.TTC else ht
    montant = contexte.quantize(contexte.multiply(base, part), CENTIME)
    return Avance(montant_ht=ht, montant_ttc=ttc, base=base, montant=montant)


def avance_de_la_demande(demande: attrs.AttrsInstance) -> Decimal | None:
    """Return the advance of a request, in euros; ``None`` for an amount with absurdly many digits, which the controls accept.

    >>> from segur_pha.vagues.va1.exemples import demande_du_guide
    >>> avance_de_la_demande(demande_du_guide())
    Decimal('255.00')
    """
    commande = cast("Demande", demande).commande  # or a table derived from it
    try:
        return avance(commande.montant_segur_ht, commande.regime_tva).montant
    except SegurError:
        return None


def total_finance(montant_ht: Decimal, regime: str) -> Decimal:
    """Return all that the State pays for a request, in euros: the advance and the balance together.

    Raises :class:`~segur_pha.SegurError` as :func:`avance` does.

    >>> total_finance(Decimal("708.33"), "TTC"), total_finance(Decimal("708.33"), "HT")
    (Decimal('850.00'), Decimal('708.33'))
    """
    return avance(montant_ht, regime).base


def depassement_du_plafond(
    montant_ht: Decimal, tranche: str, plafonds: Mapping[str, Decimal] = PLAFONDS_HT
) -> Decimal | None:
    """Tell by how many euros an amount before tax is over its tranche's ceiling; ``None`` when it is not.

    Raises :class:`~segur_pha.SegurError` for a tranche that the table of ceilings does not know, and for an amount as
    :func:`avance` does.

    >>> depassement_du_plafond(Decimal("710.00"), "B")
    Decimal('1.67')
    """
    plafond = plafonds.get(tranche) if isinstance(tranche, str) else None
    if plafond is None:
        connues = ", ".join(plafonds) or "aucune"
        raise SegurError(f"Tranche inconnue : donnez son plafond HT, ou l’une de celles connues ({connues}).")
    ht = _montant(montant_ht)
    depassement = Context(prec=len(ht.as_tuple().digits) + 40).subtract(ht, plafond)
    return depassement if depassement > 0 else None


def _montant(montant: Decimal | str) -> Decimal:
    attendu = (
        "Montant HT : indiquez des euros avec deux décimales au plus, comme 708.33 (Decimal ou texte, jamais float)."
    )
    if not isinstance(montant, Decimal | str):
        raise SegurError(attendu, code="1202", balise="montantSegurHT")
    if isinstance(montant, str) and not _EUROS.fullmatch(montant):
        raise SegurError(attendu, code="1204", balise="montantSegurHT")
    valeur = Decimal(montant)
    # −0 is not the amount of any order: whatever computed it is at fault.
    if not valeur.is_finite() or valeur.is_signed() or valeur.adjusted() > _PUISSANCE_MAXIMALE:
        raise SegurError(attendu, code="1204", balise="montantSegurHT")
    large = Context(prec=_PUISSANCE_MAXIMALE + 10)
    arrondi = large.quantize(valeur, CENTIME)
    if arrondi != valeur:
        raise SegurError(attendu, code="1204", balise="montantSegurHT")
    return arrondi


_EUROS: Final = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")
#: An amount with more digits than this is a mistake, and is never written out in full.
_PUISSANCE_MAXIMALE: Final = 30
