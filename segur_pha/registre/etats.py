"""What the ledger knows: the state of a request and of a file.

::

    préparée → déposée → acceptée → attribuée → avance payée → service fait → solde demandé → solde payé → contrôlée
        ↓          ↓     ↕      ↘ refusée
    abandonnée   rejetée  incomplète, à modifier

A state holds facts; where a request stands follows from them.  What a later fact took back is simply no longer there.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal  # noqa: TC003 - attrs resolves the annotations
from enum import StrEnum
from typing import Final, TypeAlias

from attrs import field, frozen

from segur_pha.argent import EXACT
from segur_pha.registre import champs
from segur_pha.registre.evenements import Piece
from segur_pha.retour.lignes import Issue

__all__ = [
    "DERIVEES",
    "DERIVEES_DES_FICHIERS",
    "LONGUEUR_DU_NUMERO",
    "VIVANTES",
    "Changements",
    "Cle",
    "EtapeFichier",
    "EtatDemande",
    "EtatFichier",
    "Phase",
    "PhaseFichier",
    "Reserve",
]

#: Room for a request's number in any wave, in characters; the wave's table says how many it really has.
LONGUEUR_DU_NUMERO: Final = 40

#: What identifies a request in a ledger: the name of its wave, and its number.
Cle: TypeAlias = tuple[str, str]


class Phase(StrEnum):
    """Where a request stands (decision 19)."""

    PREPAREE = "préparée"
    DEPOSEE = "déposée"
    INCOMPLETE = "incomplète"
    A_MODIFIER = "à modifier"
    ACCEPTEE = "acceptée"
    REJETEE = "rejetée"
    ATTRIBUEE = "attribuée"
    REFUSEE = "refusée"
    AVANCE_PAYEE = "avance payée"
    SERVICE_FAIT = "service fait"
    SOLDE_DEMANDE = "solde demandé"
    SOLDE_PAYE = "solde payé"
    CONTROLEE = "contrôlée"
    ABANDONNEE = "abandonnée"


#: The phases in which a request still claims money for its pharmacy.
VIVANTES: Final = frozenset(Phase) - {Phase.REJETEE, Phase.REFUSEE, Phase.ABANDONNEE}


class PhaseFichier(StrEnum):
    """Where a JSON file stands."""

    PREPARE = "préparé"
    DEPOSE = "déposé"
    REFUSE = "refusé"
    ABANDONNE = "abandonné"


@frozen(order=True)
class Reserve:
    """What an answer said about a request, but the ledger could not act on: a part of its state, not a fault in a file."""

    issue: Issue
    numero_asp: str = ""


def _piece(nom: str, sha256: str) -> Piece:
    return Piece(nom, sha256)


def _reserve(issue: str, numero_asp: str) -> Reserve:
    return Reserve(Issue(issue), numero_asp)


@frozen(kw_only=True)
class EtatDemande:
    """What the ledger knows about one request.

    Attributes:
        numero_editeur: its number, which no other request of its wave has.
        specification: the name of the wave's :class:`~segur_pha.table.specification.Specification`.
        fichier: SHA-256 of the file it is in, at place ``rang`` (from 1).
        jour_depot: the day of its file's deposit, ``None`` if none is known, or if the file was refused or given up.
        finess_geo: as sent, like ``date_commande`` and ``regime_tva``; ``None`` if the line had no proper value.
        montant_segur_ht: in euros, like ``avance``, ``montant_paye`` and ``montant_solde``.
        pieces: its documents and their hashes.
        issue: the portal's answer, if the ledger acted on it: accepted, rejected, or ``None``.
        numero_asp: the agency's reference; without it the balance cannot be claimed.
        code_traitement: the agency's code, unchanged.
        libelle_traitement: the agency's words, unchanged.
        jour_incomplete: since when its documents have been missing on the portal; ``jour_modification``: since when it has had to
            be changed there.
        attribuee: the agency's decision, ``None`` before.
        jour_service: the day of the signed VA (the client's statement that the service was done).
        adresse_mssante: the MSSanté address on the VA; checks after the fact rest on both.
        jour_facture: the day of the invoice.
        solde_de: for a balance request, the numeroASP of the advance that it settles.
        remplace: the rejected request that it replaces.
        remplacee_par: the request that replaces it.
        reserves: what was answered but not acted on, in order, each once.
        effacee: whether its personal values were erased.
    """

    numero_editeur: str = field(metadata=champs.texte("numéro de la demande chez l’éditeur", LONGUEUR_DU_NUMERO))
    specification: str = field(metadata=champs.texte("vague, par exemple PHA-LGO-Va1", 40))
    fichier: str = field(metadata=champs.texte("fichier qui la porte (segur_fichiers)", 64))
    rang: int = field(metadata=champs.entier("place dans ce fichier, à partir de 1"))
    jour_preparation: date = field(metadata=champs.jour("jour de la préparation"))
    jour_depot: date | None = field(default=None, metadata=champs.jour("jour du dépôt sur le portail"))
    jour_refus: date | None = field(default=None, metadata=champs.jour("jour du refus de son fichier"))
    jour_abandon: date | None = field(default=None, metadata=champs.jour("jour de l’abandon de son fichier"))
    motif_abandon: str = field(default="", metadata=champs.texte("motif de cet abandon"))
    finess_geo: str | None = field(default=None, metadata=champs.texte("FINESS géographique de l’officine"))
    date_commande: date | None = field(default=None, metadata=champs.jour("jour de signature du bon de commande"))
    regime_tva: str | None = field(default=None, metadata=champs.texte("TTC ou HT", 3))
    montant_segur_ht: Decimal | None = field(
        default=None, metadata=champs.euros("montant_centimes", "montant Ségur hors taxe, en centimes")
    )
    avance: Decimal | None = field(
        default=None, metadata=champs.euros("avance_centimes", "avance attendue, en centimes")
    )
    pieces: tuple[Piece, ...] = field(
        default=(), metadata=champs.liste("pièces justificatives en JSON : nom et SHA-256", _piece)
    )
    issue: Issue | None = field(
        default=None, metadata=champs.texte("réponse suivie : acceptée ou rejetée", 20, lire=Issue)
    )
    jour_reponse: date | None = field(default=None, metadata=champs.jour("jour de cette réponse"))
    numero_asp: str | None = field(default=None, metadata=champs.texte("référence de l’ASP, nécessaire au solde"))
    code_traitement: str | None = field(default=None, metadata=champs.texte("code de l’ASP"))
    libelle_traitement: str | None = field(default=None, metadata=champs.texte("libellé de l’ASP, tel quel"))
    jour_incomplete: date | None = field(
        default=None, metadata=champs.jour("depuis quand ses pièces manquent sur le portail")
    )
    motif_incomplete: str = field(default="", metadata=champs.texte("ce qui manque"))
    jour_modification: date | None = field(default=None, metadata=champs.jour("depuis quand l’ASP la veut modifiée"))
    motif_modification: str = field(default="", metadata=champs.texte("ce qui est à modifier"))
    attribuee: bool | None = field(default=None, metadata=champs.oui_ou_non("décision de l’ASP : attribuée ou refusée"))
    jour_decision: date | None = field(default=None, metadata=champs.jour("jour de la décision"))
    motif_decision: str = field(default="", metadata=champs.texte("motif de la décision"))
    montant_paye: Decimal | None = field(
        default=None, metadata=champs.euros("paye_centimes", "avance payée, en centimes")
    )
    jour_paiement: date | None = field(default=None, metadata=champs.jour("jour du paiement de l’avance"))
    reference_paiement: str = field(default="", metadata=champs.texte("référence du paiement"))
    jour_service: date | None = field(default=None, metadata=champs.jour("jour de la VA signée"))
    adresse_mssante: str = field(default="", repr=False, metadata=champs.texte("adresse MSSanté que la VA donne"))
    jour_facture: date | None = field(default=None, metadata=champs.jour("jour de la facture"))
    reference_facture: str = field(default="", metadata=champs.texte("référence de la facture"))
    jour_solde: date | None = field(default=None, metadata=champs.jour("jour de la demande du solde"))
    reference_solde: str = field(default="", metadata=champs.texte("référence de la demande du solde"))
    montant_solde: Decimal | None = field(
        default=None, metadata=champs.euros("solde_centimes", "solde payé, en centimes")
    )
    jour_solde_paye: date | None = field(default=None, metadata=champs.jour("jour du paiement du solde"))
    reference_solde_paye: str = field(default="", metadata=champs.texte("référence du paiement du solde"))
    jour_controle: date | None = field(default=None, metadata=champs.jour("jour du contrôle a posteriori"))
    motif_controle: str = field(default="", metadata=champs.texte("ce que le contrôle a donné"))
    solde_de: str | None = field(
        default=None, metadata=champs.texte("référence de l’ASP pour l’avance que la demande solde")
    )
    remplace: str | None = field(
        default=None, metadata=champs.texte("demande rejetée qu’elle remplace", LONGUEUR_DU_NUMERO)
    )
    remplacee_par: str | None = field(
        default=None, metadata=champs.texte("demande qui la remplace", LONGUEUR_DU_NUMERO)
    )
    reserves: tuple[Reserve, ...] = field(
        default=(), metadata=champs.liste("réponses reçues et non suivies d’effet, en JSON", _reserve)
    )
    effacee: bool = field(default=False, metadata=champs.oui_ou_non("données personnelles effacées"))

    @property
    def cle(self) -> Cle:
        """Its wave and its number, which identify it in the ledger."""
        return self.specification, self.numero_editeur

    @property
    def phase(self) -> Phase:
        """Where it stands, since ``jour_phase``."""
        return self._etape[0]

    @property
    def jour_phase(self) -> date:
        """Since when it has been there."""
        return self._etape[1]

    @property
    def _etape(self) -> tuple[Phase, date]:
        """The last step that the request has passed, and its day."""
        payee = Phase.AVANCE_PAYEE if self.solde_de is None else Phase.SOLDE_PAYE
        etapes = (
            (Phase.CONTROLEE, _quand_les_deux(self.jour_controle, self.jour_solde_paye)),
            (Phase.SOLDE_PAYE, self.jour_solde_paye),
            (Phase.SOLDE_DEMANDE, self.jour_solde),
            # The service may have been done before the advance came.
            (Phase.SERVICE_FAIT, _quand_les_deux(self.jour_service, self.jour_paiement)),
            (payee, self.jour_paiement),
            (Phase.ATTRIBUEE if self.attribuee else Phase.REFUSEE, self.jour_decision),
            (Phase.ABANDONNEE, self.jour_abandon),
            (Phase.REJETEE, self.jour_reponse if self.issue is Issue.REJETEE else None),
            (Phase.A_MODIFIER, self.jour_modification),
            (Phase.INCOMPLETE, self.jour_incomplete),
            (Phase.ACCEPTEE, self.jour_reponse),
            (Phase.DEPOSEE, self.jour_depot),
            (Phase.PREPAREE, self.jour_refus),
        )
        for phase, jour in etapes:
            if jour is not None:
                return phase, jour
        return Phase.PREPAREE, self.jour_preparation

    @property
    def mois(self) -> str:
        """The month of its deposit, or failing that of its preparation (``AAAA-MM``)."""
        return (self.jour_depot or self.jour_preparation).isoformat()[: len("AAAA-MM")]

    @property
    def motif(self) -> str:
        """Why it is in its phase, in the words that somebody gave; ``""`` if nobody did."""
        if self.attribuee is not None:
            return self.motif_decision
        return {
            Phase.ABANDONNEE: self.motif_abandon,
            Phase.A_MODIFIER: self.motif_modification,
            Phase.INCOMPLETE: self.motif_incomplete,
        }.get(self.phase, "")

    @property
    def attend_une_reponse(self) -> bool:
        """Whether the portal has it but has not answered yet."""
        return self.jour_depot is not None and self.issue is None

    @property
    def ecart_de_paiement(self) -> Decimal | None:
        """What was paid less the expected advance, in euros; ``None`` when either is unknown."""
        if self.montant_paye is None or self.avance is None:
            return None
        return EXACT.subtract(self.montant_paye, self.avance)

    @property
    def a_verifier(self) -> bool:
        """Whether a person must look, because an answer that was not acted on contradicts the phase."""
        return not all(map(self._s_accorde, self.reserves))

    def _s_accorde(self, reserve: Reserve) -> bool:
        if reserve.issue is Issue.ACCEPTEE:
            return self.issue is Issue.ACCEPTEE and self.numero_asp == reserve.numero_asp
        if reserve.issue is Issue.REJETEE:
            return self.issue is Issue.REJETEE
        return not self.attend_une_reponse


def _quand_les_deux(un: date | None, autre: date | None) -> date | None:
    return None if un is None or autre is None else max(un, autre)


#: What is derived from a request's facts, and kept in its table so that it can be searched.
DERIVEES: Final = {
    "phase": champs.texte("où en est la demande", 20),
    "jour_phase": champs.jour("jour de la dernière étape"),
    "mois": champs.texte("mois du dépôt, à défaut de la préparation (AAAA-MM)", 7),
    "a_verifier": champs.oui_ou_non("une réponse reçue demande qu’on la regarde"),
}


@frozen
class EtapeFichier:
    """A step of a file (deposited, refused by the 1st control, given up): when, and why."""

    phase: PhaseFichier
    jour: date
    motif: str = ""


def _etape_de_fichier(phase: str, jour: str, motif: str) -> EtapeFichier:
    return EtapeFichier(PhaseFichier(phase), date.fromisoformat(jour), motif)


@frozen(kw_only=True)
class EtatFichier:
    """What the ledger knows about one JSON file.

    ``fichier`` is the SHA-256 of its bytes; ``etapes``: what became of it, in order; ``entame``: whether some of its requests
    were sent again in another file; ``repondu``: whether an answer to it was recorded.
    """

    fichier: str = field(metadata=champs.texte("SHA-256 du fichier JSON", 64))
    nom: str = field(metadata=champs.texte("nom du fichier (section 3.3 du guide)"))
    numero_ans: str = field(metadata=champs.texte("numéro de référencement du logiciel, de l’entête"))
    siret: str = field(metadata=champs.texte("SIRET de l’éditeur, de l’entête"))
    specification: str = field(metadata=champs.texte("vague, par exemple PHA-LGO-Va1", 40))
    entete: str = field(repr=False, metadata=champs.texte("entête envoyée, en JSON"))
    jour_preparation: date = field(metadata=champs.jour("jour de la préparation"))
    etapes: tuple[EtapeFichier, ...] = field(
        default=(), metadata=champs.liste("dépôts, refus, abandons en JSON : phase, jour, motif", _etape_de_fichier)
    )
    entame: bool = field(
        default=False, metadata=champs.oui_ou_non("des demandes du fichier sont reparties dans un autre")
    )
    repondu: bool = field(default=False, metadata=champs.oui_ou_non("une réponse à ce fichier est enregistrée"))

    @property
    def phase(self) -> PhaseFichier:
        """Where it stands."""
        return self.etapes[-1].phase if self.etapes else PhaseFichier.PREPARE

    @property
    def jour_depot(self) -> date | None:
        """The day of its deposit; ``None`` if none is known, or if it was refused or given up."""
        return self.etapes[-1].jour if self.phase is PhaseFichier.DEPOSE else None

    @property
    def motif(self) -> str:
        """Why it was refused or given up, in the words that somebody gave."""
        return self.etapes[-1].motif if self.etapes else ""


DERIVEES_DES_FICHIERS: Final = {
    "phase": champs.texte("préparé, déposé, refusé ou abandonné", 20),
    "jour_depot": champs.jour("jour du dépôt sur le portail"),
    "motif": champs.texte("motif du refus ou de l’abandon"),
}


@frozen(kw_only=True)
class Changements:
    """What one event changes: new states, numbers used up (by wave), answers seen, answers taken back."""

    demandes: tuple[EtatDemande, ...] = ()
    fichiers: tuple[EtatFichier, ...] = ()
    numeros: tuple[Cle, ...] = ()
    retours: tuple[str, ...] = ()
    retours_annules: tuple[str, ...] = ()
