"""Amounts of money: decimals in euros and cents, never rounded by the caller's decimal context."""

from __future__ import annotations

from decimal import MAX_PREC, Context, Decimal
from functools import reduce
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CENTIME", "EXACT", "au_centime", "somme"]

#: One cent, in euros.
CENTIME: Final = Decimal("0.01")
#: A context in which no sum is rounded.  Check the size of foreign amounts (``adjusted()``) before writing them out in cents:
#: 1e999999 is long.
EXACT: Final = Context(prec=MAX_PREC)


def somme(montants: Iterable[Decimal | None]) -> Decimal:
    """Add amounts in euros exactly, whatever the precision of the caller's context; an unknown amount adds nothing.

    >>> somme([Decimal("255.00"), None, Decimal("212.50")]), somme([])
    (Decimal('467.50'), Decimal('0.00'))
    """
    return reduce(EXACT.add, (montant for montant in montants if montant is not None), Decimal("0.00"))


def au_centime(montant: Decimal) -> bool:
    """Tell whether a finite amount in euros has no more than two decimals.

    >>> au_centime(Decimal("708.330")), au_centime(Decimal("708.333"))
    (True, False)
    """
    return montant == montant.quantize(CENTIME, context=EXACT)
