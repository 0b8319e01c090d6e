"""What can happen to a request: the events that make up the ledger's history, and their JSON.

Events are facts, in the order in which they became known.  They are only ever added; :mod:`segur_pha.registre.etats` says what
follows from them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from attrs import frozen

from segur_pha.erreurs import RegistreError
from segur_pha.retour.lignes import Issue  # noqa: TC001 - cattrs resolves the annotations

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = [
    "AvancePayee",
    "DecisionRendue",
    "DemandeAModifier",
    "DemandeControlee",
    "DemandeIncomplete",
    "DemandePreparee",
    "DemandeRegularisee",
    "DonneesEffacees",
    "Evenement",
    "FactureEmise",
    "Fait",
    "FaitAnnule",
    "FichierAbandonne",
    "FichierDepose",
    "FichierPrepare",
    "FichierRefuse",
    "LigneRecue",
    "NumerosReserves",
    "Piece",
    "ReponseAnnulee",
    "RetourAnnule",
    "RetourRecu",
    "ServiceFait",
    "SoldeDemande",
    "SoldePaye",
    "depuis_json",
    "en_json",
]


@frozen
class Piece:
    """A supporting document: its name in the zip, and the SHA-256 of its bytes (hexadecimal), ``""`` when it was not given."""

    nom: str
    sha256: str = ""


@frozen(kw_only=True)
class NumerosReserves:
    """Numbers were served for a wave; no request has them yet, and they are never served again."""

    specification: str
    numeros: tuple[str, ...]


@frozen(kw_only=True)
class FichierPrepare:
    """A JSON file is about to be shown: the intent, recorded before that happens.

    ``fichier`` is the SHA-256 of its bytes, ``nom`` its name (section 3.3), ``entete`` the text of its header; ``marque`` names the
    hidden folder in which it waits for the caller's commit, and is left out where there is none.
    """

    jour: date
    fichier: str
    nom: str
    numero_ans: str
    siret: str
    specification: str
    entete: str
    marque: str = ""


@frozen(kw_only=True)
class DemandePreparee:
    """A request is in a prepared file, at place ``rang`` (from 1).

    ``ligne`` is the line as it is sent, to the last digit.  ``remplace``: the rejected request that this one replaces;
    ``solde_de``: the numeroASP of the advance that a balance request settles.  A value that the line does not give properly is
    ``None``.
    """

    jour: date
    numero_editeur: str
    fichier: str
    rang: int
    specification: str
    ligne: str
    finess_geo: str | None = None
    date_commande: date | None = None
    regime_tva: str | None = None
    montant_segur_ht: Decimal | None = None
    avance: Decimal | None = None
    pieces: tuple[Piece, ...] = ()
    remplace: str | None = None
    solde_de: str | None = None


@frozen(kw_only=True)
class FichierDepose:
    """A file was deposited on the portal; ``deduit``: nobody said so, but the portal's answer proves it."""

    jour: date
    fichier: str
    deduit: bool = False


@frozen(kw_only=True)
class FichierRefuse:
    """The 1st control refused a file: nothing was taken, and the same numbers may be sent again (our reading, decision 17)."""

    jour: date
    fichier: str
    motif: str = ""


@frozen(kw_only=True)
class FichierAbandonne:
    """A prepared file, or a refused one, will never be deposited (again)."""

    jour: date
    fichier: str
    motif: str = ""


@frozen(kw_only=True)
class RetourRecu:
    """An answer of the portal was read; ``retour`` is the SHA-256 of its bytes, ``fichier`` that of the file it answers."""

    jour: date
    specification: str
    retour: str
    fichier: str
    imp_id: str | None = None
    entete: str = ""


@frozen(kw_only=True)
class LigneRecue:
    """A line of an answer, unchanged.

    ``appliquee``: the ledger acts on it.  Otherwise it is kept and shown, and ``raison`` says why it cannot be acted on.
    ``admise``: a person looked at what was odd, and says that the answer holds.
    """

    jour: date
    specification: str
    retour: str
    fichier: str
    place: int
    ligne: str
    issue: Issue
    numero_editeur: str | None = None
    finess_geo: str | None = None
    numero_asp: str | None = None
    code_traitement: str | None = None
    libelle_traitement: str | None = None
    appliquee: bool = True
    admise: bool = False
    raison: str = ""


@frozen(kw_only=True)
class DemandeIncomplete:
    """The portal has a request but lacks its documents: their zip failed while the JSON was accepted."""

    jour: date
    specification: str
    numero_editeur: str
    motif: str = ""


@frozen(kw_only=True)
class DemandeAModifier:
    """The agency wants a request changed before it decides."""

    jour: date
    specification: str
    numero_editeur: str
    motif: str = ""


@frozen(kw_only=True)
class DemandeRegularisee:
    """What was missing has arrived, or what was to be changed has been: the request waits for the agency again."""

    jour: date
    specification: str
    numero_editeur: str


@frozen(kw_only=True)
class DecisionRendue:
    """The agency has examined an accepted request: funding granted (``favorable``) or refused."""

    jour: date
    specification: str
    numero_editeur: str
    favorable: bool
    motif: str = ""


@frozen(kw_only=True)
class AvancePayee:
    """What a granted request asks for (the advance, or the balance for a balance request) was paid: ``montant`` in euros."""

    jour: date
    specification: str
    numero_editeur: str
    montant: Decimal
    reference: str = ""


@frozen(kw_only=True)
class ServiceFait:
    """The client signed that the service was done (VA), on ``jour``; ``adresse_mssante``: the address on the VA."""

    jour: date
    specification: str
    numero_editeur: str
    adresse_mssante: str = ""


@frozen(kw_only=True)
class FactureEmise:
    """The invoice of a request was issued, on ``jour``."""

    jour: date
    specification: str
    numero_editeur: str
    reference: str = ""


@frozen(kw_only=True)
class SoldeDemande:
    """The balance of a granted request was asked for."""

    jour: date
    specification: str
    numero_editeur: str
    reference: str = ""


@frozen(kw_only=True)
class SoldePaye:
    """The balance that was asked for was paid: ``montant`` in euros."""

    jour: date
    specification: str
    numero_editeur: str
    montant: Decimal
    reference: str = ""


@frozen(kw_only=True)
class DemandeControlee:
    """The agency checked a paid request after the fact; ``motif``: the result."""

    jour: date
    specification: str
    numero_editeur: str
    motif: str = ""


class Fait(StrEnum):
    """What may be taken back: a fact about a request, or about the file that holds it (the first three)."""

    DEPOT = "depot"
    REFUS = "refus"
    ABANDON = "abandon"
    INCOMPLETE = "incomplete"
    MODIFICATION = "modification"
    DECISION = "decision"
    PAIEMENT = "paiement"
    SERVICE = "service"
    FACTURE = "facture"
    SOLDE = "solde"
    SOLDE_PAYE = "solde-paye"
    CONTROLE = "controle"


@frozen(kw_only=True)
class FaitAnnule:
    """A fact that was noted by mistake is taken back; ``fichier``: only if the fact is about a whole file.

    The journal keeps both.
    """

    jour: date
    specification: str
    numero_editeur: str
    fait: Fait
    motif: str
    fichier: str | None = None


@frozen(kw_only=True)
class ReponseAnnulee:
    """What is left of the portal's answer to a request once an answer that was recorded by mistake is taken back.

    ``retour``: the SHA-256 of the one that is taken back; the other fields: what the other answers say, ``None`` if there are
    none.  ``reserves``: what they said but the ledger could not act on, as outcome and numeroASP.
    """

    jour: date
    specification: str
    numero_editeur: str
    retour: str
    issue: Issue | None = None
    jour_reponse: date | None = None
    numero_asp: str | None = None
    code_traitement: str | None = None
    libelle_traitement: str | None = None
    reserves: tuple[tuple[Issue, str], ...] = ()


@frozen(kw_only=True)
class RetourAnnule:
    """An answer that was recorded by mistake is taken back as a whole; the journal keeps both.

    ``retour``, ``fichier``: as in :class:`RetourRecu`.  ``depot``: whether the deposit, proved by that answer alone, is taken
    back with it; ``repondu``: whether another answer to the file remains.
    """

    jour: date
    specification: str
    retour: str
    fichier: str
    motif: str
    depot: bool = False
    repondu: bool = False


@frozen(kw_only=True)
class DonneesEffacees:
    """The personal values of a pharmacy's requests were erased from the journal; the history stays."""

    jour: date
    finess_geo: str


Evenement: TypeAlias = (
    NumerosReserves
    | FichierPrepare
    | DemandePreparee
    | FichierDepose
    | FichierRefuse
    | FichierAbandonne
    | RetourRecu
    | LigneRecue
    | DemandeIncomplete
    | DemandeAModifier
    | DemandeRegularisee
    | DecisionRendue
    | AvancePayee
    | ServiceFait
    | FactureEmise
    | SoldeDemande
    | SoldePaye
    | DemandeControlee
    | FaitAnnule
    | ReponseAnnulee
    | RetourAnnule
    | DonneesEffacees
)

_CLASSES: Final[dict[str, type[Evenement]]] = {
    "numeros-reserves": NumerosReserves,
    "fichier-prepare": FichierPrepare,
    "demande-preparee": DemandePreparee,
    "fichier-depose": FichierDepose,
    "fichier-refuse": FichierRefuse,
    "fichier-abandonne": FichierAbandonne,
    "retour-recu": RetourRecu,
    "ligne-recue": LigneRecue,
    "demande-incomplete": DemandeIncomplete,
    "demande-a-modifier": DemandeAModifier,
    "demande-regularisee": DemandeRegularisee,
    "decision-rendue": DecisionRendue,
    "avance-payee": AvancePayee,
    "service-fait": ServiceFait,
    "facture-emise": FactureEmise,
    "solde-demande": SoldeDemande,
    "solde-paye": SoldePaye,
    "demande-controlee": DemandeControlee,
    "fait-annule": FaitAnnule,
    "reponse-annulee": ReponseAnnulee,
    "retour-annule": RetourAnnule,
    "donnees-effacees": DonneesEffacees,
}
NATURES: Final = {classe: nature for nature, classe in _CLASSES.items()}


@cache
def _convertisseur() -> Converter:
    from cattrs import Converter
    from cattrs.gen import make_dict_unstructure_fn

    # We write every field of the present events: an unknown one means another version, and must not be dropped.
    conv = Converter(forbid_extra_keys=True)
    conv.register_structure_hook(date, lambda valeur, _: date.fromisoformat(valeur))
    conv.register_structure_hook(Decimal, lambda valeur, _: _montant(valeur))
    # Without a mark the event is written as it always was, and an older version reads it.
    conv.register_unstructure_hook(
        FichierPrepare, make_dict_unstructure_fn(FichierPrepare, conv, _cattrs_omit_if_default=True)
    )
    return conv


def _montant(valeur: str) -> Decimal:
    montant = Decimal(valeur)
    if not montant.is_finite():
        raise ValueError
    return montant


def en_json(evenement: Evenement) -> str:
    """Write an event's fields as one line of JSON.

    >>> from datetime import date
    >>> print(en_json(FichierDepose(jour=date(2022, 11, 15), fichier="ab12")))
    {"jour":"2022-11-15","fichier":"ab12","deduit":false}
    """
    # cattrs keeps the order of the fields, msgspec writes days and amounts.
    return msgspec.json.encode(_convertisseur().unstructure(evenement)).decode()


def depuis_json(nature: str, contenu: str) -> Evenement:
    """Read an event from its nature and the JSON of its fields.

    Raises :class:`~segur_pha.RegistreError` for anything but an event of this version.

    >>> depuis_json("fichier-depose", '{"jour":"2022-11-15","fichier":"ab12"}').fichier
    'ab12'
    >>> depuis_json("licence", "{}")
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.RegistreError: Événement illisible (licence) : il vient sans doute d’une version plus récente de segur_pha.
    """
    from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError

    try:
        return _convertisseur().structure(msgspec.json.decode(contenu), _CLASSES[nature])
    except (
        *(KeyError, ValueError, TypeError, ArithmeticError),
        *(msgspec.MsgspecError, ClassValidationError, ForbiddenExtraKeysError),
    ):
        raise RegistreError(
            f"Événement illisible ({nature}) : il vient sans doute d’une version plus récente de segur_pha."
        ) from None
