"""A number that the ledger does not know, and the one that was probably meant: without its zeros, or in other letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.stockage import trouver

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from segur_pha.registre.etats import EtatDemande
    from segur_pha.table.specification import Specification

__all__ = ["exiger", "proposer"]

#: How many numbers one message proposes.
_PROPOSES: Final = 3


def exiger(connexion: Connection, numero: str, specification: Specification | None) -> EtatDemande:
    """Give the request that a number means.

    Raises :class:`~segur_pha.RegistreError` for one that the ledger does not know, or that several waves bear.
    """
    demande = trouver(connexion, numero, specification)
    if demande is not None:
        return demande
    colonne = tables.demandes.c.numero_editeur
    memes = select(colonne).where(colonne.iendswith(numero.strip().lstrip("0"), autoescape=True))
    raise RegistreError(f"Demande inconnue du registre : {numero}.{proposer(numero, connexion.scalars(memes))}")


def proposer(numero: str, connus: Iterable[str]) -> str:
    """Propose the known numbers that differ by zeros in front, blanks or the case only; ``""`` where there is none.

    >>> proposer("4", ["00004", "00014", "40000"])
    ' Vouliez-vous 00004 ?'
    """
    cle = _cle(numero)
    proches = sorted({connu for connu in connus if cle and _cle(connu) == cle})[:_PROPOSES]
    return f" Vouliez-vous {' ou '.join(proches)} ?" if proches else ""


def _cle(numero: str) -> str:
    return numero.strip().lstrip("0").casefold()
