"""How the rules of a wave are kept and broken where values are drawn; nothing but :mod:`segur_pha.strategies` loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import DrawFn

    from segur_pha.table.modele import Coherence, ObjetBrut

__all__ = ["ReglesTirees", "Rupture"]

#: Told the request and its rank, breaks one rule in place; gives the pointer of the fault from the request.
Rupture: TypeAlias = "Callable[[DrawFn, ObjetBrut, int], str]"


@frozen
class ReglesTirees:
    """A wave's way of keeping its rules between balises (``respecter``, in place), and of breaking each one alone.

    ``ruptures``: the function of a rule → the way to break it.
    """

    respecter: Callable[[ObjetBrut], None]
    ruptures: Mapping[Callable[..., bool], Rupture]

    def rupture(self, coherence: Coherence) -> Rupture:
        """Give the way to break a rule."""
        return self.ruptures[coherence.respectee]
