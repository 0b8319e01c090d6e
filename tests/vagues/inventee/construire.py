"""Invented: requests of the made-up wave from flat values, the documents that they need, and what they are worth."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, cast

from segur_pha.table.construction import Constructeur

from .noms import NOMS_DES_PIECES, FormatDocument, Signataire
from .regles import COHERENCES, types_dus
from .table import DemandeDeSolde

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import attrs

__all__ = ["construire_solde", "pieces_dues", "solde_attendu"]

SOLDES = Constructeur(DemandeDeSolde, NOMS_DES_PIECES, COHERENCES)


def construire_solde(
    *,
    numero_solde: str,
    numero_asp: str,
    jour_du_service: date | str,
    solde_ht: Decimal | str,
    finess: str,
    signataire: Signataire | str,
    nom_signataire: str,
    courriel: str | None = None,
    format_service_fait: FormatDocument | str = "PDF",
    format_mandat: FormatDocument | str = "PDF",
) -> DemandeDeSolde:
    valeurs = dict(locals())
    formats = {genre: valeurs[f"format_{genre.lower()}"] for genre in pieces_dues(valeurs)}
    return SOLDES.construire(valeurs, formats)


def pieces_dues(valeurs: Mapping[str, object]) -> tuple[str, ...]:
    return types_dus(valeurs.get("signataire"))


def solde_attendu(demande: attrs.AttrsInstance) -> Decimal | None:
    """Invented: the agency pays the balance that is asked for, with VAT at 20 %."""
    montant = cast("DemandeDeSolde", demande).service.solde_ht * Decimal("1.20")
    return montant.quantize(Decimal("0.01"), ROUND_HALF_UP)
