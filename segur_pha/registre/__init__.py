"""The ledger: which requests were sent, what came back, which numbers are used up, what is still due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from segur_pha.registre.registre import Registre as Registre

__all__ = ["Registre"]


def __getattr__(nom: str) -> object:
    # SQLAlchemy (extra « registre ») is heavy: it is imported when somebody names the Registre.
    if nom != "Registre":
        raise AttributeError(nom)
    try:
        import sqlalchemy  # noqa: F401 - only to know whether it is there
    except ImportError as erreur:
        raise ExtraManquant("registre") from erreur
    from segur_pha.registre.registre import Registre

    return Registre
