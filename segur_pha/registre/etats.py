"""What the ledger knows: the state of a request, of a file, and what one event changes.

::

    préparée → déposée → acceptée → attribuée → avance payée
        ↓          ↓          ↘ refusée
    abandonnée   rejetée → (remplacée par a new request)
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - attrs classes keep their annotations resolvable
from decimal import Context, Decimal
from enum import StrEnum
from typing import Final, Protocol

from attrs import field, frozen

from segur_pha.registre.evenements import Piece  # noqa: TC001 - same
from segur_pha.retour.lecture import Issue

__all__ = [
    "ACCORDEES",
    "VIVANTES",
    "Changements",
    "EtatDemande",
    "EtatFichier",
    "Phase",
    "PhaseFichier",
    "Reserve",
    "Vue",
]

#: The caller's precision must not round a difference.
_CONTEXTE: Final = Context(prec=60)


class Phase(StrEnum):
    """Where a request stands."""

    PREPAREE = "préparée"
    DEPOSEE = "déposée"
    ACCEPTEE = "acceptée"
    REJETEE = "rejetée"
    ATTRIBUEE = "attribuée"
    REFUSEE = "refusée"
    AVANCE_PAYEE = "avance payée"
    ABANDONNEE = "abandonnée"


#: A request in one of these phases still claims money for its pharmacy.
VIVANTES: Final = frozenset({Phase.PREPAREE, Phase.DEPOSEE, Phase.ACCEPTEE, Phase.ATTRIBUEE, Phase.AVANCE_PAYEE})


#: A request in one of these phases was accepted by the 2nd control, and bears a numeroASP.
ACCORDEES: Final = frozenset({Phase.ACCEPTEE, Phase.ATTRIBUEE, Phase.REFUSEE, Phase.AVANCE_PAYEE})


class PhaseFichier(StrEnum):
    """Where a JSON file stands."""

    PREPARE = "préparé"
    DEPOSE = "déposé"
    REFUSE = "refusé"
    ABANDONNE = "abandonné"


@frozen(order=True)
class Reserve:
    """What an answer said of a request that the ledger could not act on."""

    issue: Issue
    numero_asp: str = ""


@frozen(kw_only=True)
class EtatDemande:
    """What the ledger knows of one request.

    Attributes:
        numero_editeur: its number, never borne by another request.
        phase: where it stands, since ``jour_phase``.
        specification: the name of the wave's :class:`~segur_pha.table.specification.Specification`.
        fichier: SHA-256 of the file it is in, at place ``rang`` (from 1).
        finess_geo: as sent, like ``date_commande`` and ``regime_tva``; ``None`` where the line did not properly give it.
        montant_segur_ht: euros, like ``avance`` and ``montant_paye``.
        pieces: its documents and their hashes.
        numero_asp: the agency's reference; without it the balance cannot be claimed.
        code_traitement: the agency's code, as it was.
        libelle_traitement: the agency's words, as they were.
        remplace: the rejected request before it.
        remplacee_par: the one that replaces it.
        reserves: what was answered and not acted on, in order, each once.
        effacee: its personal values were erased.
    """

    numero_editeur: str
    phase: Phase
    specification: str
    fichier: str
    rang: int
    jour_preparation: date
    jour_phase: date
    jour_depot: date | None = None
    finess_geo: str | None = None
    date_commande: date | None = None
    regime_tva: str | None = None
    montant_segur_ht: Decimal | None = None
    avance: Decimal | None = None
    pieces: tuple[Piece, ...] = ()
    numero_asp: str | None = None
    code_traitement: str | None = None
    libelle_traitement: str | None = None
    motif: str = ""
    montant_paye: Decimal | None = None
    reference_paiement: str = ""
    remplace: str | None = None
    remplacee_par: str | None = None
    reserves: tuple[Reserve, ...] = ()
    effacee: bool = False

    @property
    def ecart_de_paiement(self) -> Decimal | None:
        """What was paid less the advance expected, in euros; ``None`` where one of them is not known."""
        if self.montant_paye is None or self.avance is None:
            return None
        return _CONTEXTE.subtract(self.montant_paye, self.avance)

    @property
    def a_verifier(self) -> bool:
        """Whether a person must look, since an answer that was not acted on says something else than the phase does."""
        return not all(map(self._s_accorde, self.reserves))

    def _s_accorde(self, reserve: Reserve) -> bool:
        if reserve.issue is Issue.ACCEPTEE:
            return self.phase in ACCORDEES and self.numero_asp == reserve.numero_asp
        if reserve.issue is Issue.REJETEE:
            return self.phase is Phase.REJETEE
        return self.phase is not Phase.DEPOSEE


@frozen(kw_only=True)
class EtatFichier:
    """What the ledger knows of one JSON file.

    ``fichier`` is the SHA-256 of its bytes; ``entame``: it was refused, and some of its requests went again in another file.
    """

    fichier: str
    nom: str
    numero_ans: str
    siret: str
    specification: str
    entete: str = field(repr=False)
    phase: PhaseFichier
    jour_preparation: date
    jour_depot: date | None = None
    motif: str = ""
    entame: bool = False


@frozen(kw_only=True)
class Changements:
    """What one event changes: new states, numbers used up, answers seen."""

    demandes: tuple[EtatDemande, ...] = ()
    fichiers: tuple[EtatFichier, ...] = ()
    numeros: tuple[str, ...] = ()
    retours: tuple[str, ...] = ()


class Vue(Protocol):
    """What the reducer asks of whoever keeps the states."""

    def demande(self, numero: str) -> EtatDemande | None:
        """Give a request by its number."""
        ...

    def fichier(self, empreinte: str) -> EtatFichier | None:
        """Give a file by its SHA-256."""
        ...

    def demandes_du_fichier(self, empreinte: str) -> list[EtatDemande]:
        """List the requests that stand in a file now, by place."""
        ...

    def demandes_du_finess(self, finess: str) -> list[EtatDemande]:
        """List the requests of a pharmacy, by number."""
        ...

    def porteur(self, numero_asp: str) -> str | None:
        """Give the number of the request that bears a numeroASP."""
        ...

    def numero_reserve(self, numero: str) -> bool:
        """Tell whether a number was ever served or borne."""
        ...

    def retour_connu(self, empreinte: str) -> bool:
        """Tell whether an answer was recorded."""
        ...
