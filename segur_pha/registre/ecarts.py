"""How much the paid advance and balance differ from what was due."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec and attrs resolve the annotations
from decimal import Decimal  # noqa: TC003 - same
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import frozen
from sqlalchemy import or_, select

from segur_pha.argent import CENTIME, EXACT
from segur_pha.erreurs import RegistreError, SegurError
from segur_pha.rapports.tableau import euros
from segur_pha.registre import tables
from segur_pha.registre.rangees import centimes, depuis_centimes, lire_en_bloc, somme_de_centimes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.vagues import Vagues
    from segur_pha.table.specification import Specification

__all__ = ["ARRONDI", "EcartDeSolde", "dire_l_ecart", "ecart_de_solde", "ecarts_de_solde", "solde_attendu"]

#: The guide's example fits two ways of rounding, so that a payment may differ by a cent (decision 16).
ARRONDI: Final = CENTIME

_D = tables.demandes.c


@frozen(kw_only=True)
class EcartDeSolde:
    """A balance whose payment differs from what was expected by more than a cent; amounts in euros.

    Attributes:
        specification: the name of the request's wave.
        numero_editeur: the request's, as are ``numero_asp`` and ``finess_geo``.
        attendu: the whole funding less the advance paid; ``None`` when that cannot be worked out.
        montant_solde: what was received on ``jour_solde_paye``, with ``reference_solde_paye``.
    """

    specification: str
    numero_editeur: str
    numero_asp: str | None
    finess_geo: str | None
    attendu: Decimal | None
    montant_solde: Decimal
    jour_solde_paye: date | None
    reference_solde_paye: str

    @property
    def ecart(self) -> Decimal | None:
        """What was paid less what was expected; ``None`` when the latter is not known."""
        return None if self.attendu is None else EXACT.subtract(self.montant_solde, self.attendu)

    @property
    def message(self) -> str:
        """Say it in French."""
        if self.attendu is None:
            return "le registre ne sait pas quel solde est attendu ; comparez vous-même à l’avis de paiement"
        return _dire(EXACT.subtract(self.montant_solde, self.attendu), "le solde attendu", self.attendu)


class _SoldeRecu(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A balance that was paid, in whole cents: only what is needed to compare it with what was due."""

    specification: str
    numero_editeur: str
    numero_asp: str | None
    finess_geo: str | None
    avance_centimes: int | None
    paye_centimes: int | None
    montant_centimes: int | None
    regime_tva: str | None
    solde_centimes: int
    jour_solde_paye: date | None
    reference_solde_paye: str


def solde_attendu(
    specification: Specification, *, montant: Decimal | None, regime: str | None, avance: Decimal | None
) -> Decimal | None:
    """Return the whole funding for an amount before tax, less the advance (euros); ``None`` when that cannot be worked out."""
    if specification.total_finance is None or avance is None or montant is None or regime is None:
        return None
    try:
        total = specification.total_finance(montant, regime)
    except SegurError:
        return None
    return depuis_centimes((centimes(total) or 0) - (centimes(avance) or 0))


def ecart_de_solde(demande: EtatDemande, vagues: Vagues) -> EcartDeSolde | None:
    """Compare the balance paid for a request with the one that was due; ``None`` when they agree."""
    return _compare(
        _SoldeRecu(
            specification=demande.specification,
            numero_editeur=demande.numero_editeur,
            numero_asp=demande.numero_asp,
            finess_geo=demande.finess_geo,
            avance_centimes=centimes(demande.avance),
            paye_centimes=centimes(demande.montant_paye),
            montant_centimes=centimes(demande.montant_segur_ht),
            regime_tva=demande.regime_tva,
            solde_centimes=centimes(demande.montant_solde) or 0,
            jour_solde_paye=demande.jour_solde_paye,
            reference_solde_paye=demande.reference_solde_paye,
        ),
        vagues,
    )


def ecarts_de_solde(connexion: Connection, vagues: Vagues) -> tuple[EcartDeSolde, ...]:
    """Return the balances that differ from what was due; see :meth:`~segur_pha.registre.Registre.ecarts_de_solde`."""
    colonnes = [_D[champ] for champ in _SoldeRecu.__struct_fields__]
    # When a balance is a separate request, its payment is compared there, with what that request asked for.
    a_part = select(_D.solde_de).where(_D.solde_de.is_not(None), _D.paye_centimes.is_not(None))
    ici = or_(_D.numero_asp.is_(None), _D.numero_asp.not_in(a_part))
    question = select(*colonnes).where(_D.solde_centimes.is_not(None), ici)
    # Most requests have the same few amounts: each amount found right is worked out once.
    justes: set[tuple[object, ...]] = set()
    trouves: list[EcartDeSolde] = []
    for recu in lire_en_bloc(connexion, question, _SoldeRecu):
        sommes = (recu.specification, recu.avance_centimes, recu.paye_centimes, recu.montant_centimes)
        cas = (*sommes, recu.regime_tva, recu.solde_centimes)
        ecart = None if cas in justes else _compare(recu, vagues)
        if ecart is None:
            justes.add(cas)
        else:
            trouves.append(ecart)
    return tuple(sorted(trouves, key=attrgetter("specification", "numero_editeur")))


def _compare(recu: _SoldeRecu, vagues: Vagues) -> EcartDeSolde | None:
    avance = recu.avance_centimes if recu.paye_centimes is None else recu.paye_centimes
    try:
        vague = vagues.nommee(recu.specification)
    except RegistreError:
        # A program may know fewer waves than the ledger holds: it cannot say then what was due.
        attendu = None
    else:
        attendu = solde_attendu(
            vague,
            montant=depuis_centimes(recu.montant_centimes),
            regime=recu.regime_tva,
            avance=depuis_centimes(avance),
        )
    trouve = EcartDeSolde(
        specification=recu.specification,
        numero_editeur=recu.numero_editeur,
        numero_asp=recu.numero_asp,
        finess_geo=recu.finess_geo,
        attendu=attendu,
        montant_solde=somme_de_centimes(recu.solde_centimes),
        jour_solde_paye=recu.jour_solde_paye,
        reference_solde_paye=recu.reference_solde_paye,
    )
    return trouve if trouve.ecart is None or abs(trouve.ecart) > ARRONDI else None


def dire_l_ecart(demande: EtatDemande) -> str:
    """Say in French how far what was paid is from the advance, or the balance, that was expected."""
    quelle, quoi = (
        ("quelle avance est attendue", "l’avance attendue")
        if demande.solde_de is None
        else ("quel solde est attendu", "le solde attendu")
    )
    if demande.ecart_de_paiement is None or demande.avance is None:
        return f"le registre ne sait pas {quelle} ; comparez vous-même à l’avis de paiement"
    return _dire(demande.ecart_de_paiement, quoi, demande.avance)


def _dire(ecart: Decimal, quoi: str, attendu: Decimal) -> str:
    sens = "plus" if ecart > 0 else "moins"
    return f"{euros(abs(ecart))} de {sens} que {quoi}, {euros(attendu)} ; relisez l’avis"
