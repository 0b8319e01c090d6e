"""The one thing that each request is waiting for, and what to do about it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date  # noqa: TC003 - msgspec and attrs resolve the annotations
from decimal import Decimal  # noqa: TC003 - same
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from attrs import frozen
from sqlalchemy import and_, case, exists, func, or_, select

from segur_pha.registre import tables
from segur_pha.registre.ecarts import solde_attendu
from segur_pha.registre.etats import VIVANTES, EtatDemande, Phase
from segur_pha.registre.evenements import NATURES, LigneRecue
from segur_pha.registre.rangees import depuis_centimes, lire_en_bloc, somme_de_centimes

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.sql.base import ReadOnlyColumnCollection

    from segur_pha.table.specification import Specification

__all__ = [
    "EN_ATTENTE",
    "TRANCHES",
    "Attente",
    "EnAttente",
    "Situation",
    "Solde",
    "absente_des_reponses",
    "anciennetes",
    "attente_de",
    "attentes",
    "situation",
    "soldes",
]

_D = tables.demandes.c


class Attente(StrEnum):
    """What a request may wait for, in the order in which a clerk looks at it."""

    A_VERIFIER = "réponse à vérifier"
    REPONSE_ABSENTE = "absente de la réponse"
    A_RESOUMETTRE = "rejetée, à resoumettre"
    INCOMPLETE = "incomplète, pièces à renvoyer"
    A_MODIFIER = "à modifier sur le portail"
    A_DEPOSER = "préparée, à déposer"
    SANS_REPONSE = "déposée, sans réponse"
    SANS_DECISION = "acceptée, sans décision"
    NON_PAYEE = "attribuée, avance non payée"
    SANS_VA = "avance payée, VA à recevoir"
    SANS_FACTURE = "VA reçue, facture à noter"
    SOLDE_A_DEMANDER = "solde à demander"
    SOLDE_NON_PAYE = "solde demandé, non payé"

    @property
    def suite(self) -> str:
        """What to type next."""
        return _SUITES[self]

    @property
    def de_duree(self) -> bool:
        """Whether it is the agency's turn to act, so that only a long wait calls for action."""
        return self in _DE_DUREE


_SUITES: Final = {
    Attente.A_VERIFIER: "segur-pha registre montrer NUMERO, puis segur-pha retour REPONSE --appliquer --admettre …",
    Attente.REPONSE_ABSENTE: "réclamez sa réponse à l’ASP, puis segur-pha retour REPONSE --appliquer",
    Attente.A_RESOUMETTRE: "segur-pha resoumettre CORRECTIONS --pieces DOSSIER --sortie DOSSIER --jour JOUR",
    Attente.INCOMPLETE: "renvoyez les pièces sur le portail, puis segur-pha registre regulariser NUMERO",
    Attente.A_MODIFIER: "modifiez-la sur le portail, puis segur-pha registre regulariser NUMERO",
    Attente.A_DEPOSER: "déposez le fichier sur le portail, puis segur-pha registre deposer FICHIER",
    Attente.SANS_REPONSE: "segur-pha retour REPONSE --appliquer, dès que le portail a répondu",
    Attente.SANS_DECISION: "segur-pha registre noter DECISIONS",
    Attente.NON_PAYEE: "segur-pha registre noter PAIEMENTS",
    Attente.SANS_VA: "segur-pha registre noter TABLEAU, avec la date de la VA",
    Attente.SANS_FACTURE: "segur-pha registre noter TABLEAU, avec la date de la facture",
    Attente.SOLDE_A_DEMANDER: "segur-pha registre soldes",
    Attente.SOLDE_NON_PAYE: "segur-pha registre noter PAIEMENTS, avec le solde payé",
}
_DE_DUREE: Final = frozenset(
    {Attente.SANS_REPONSE, Attente.SANS_DECISION, Attente.NON_PAYEE, Attente.SANS_VA, Attente.SOLDE_NON_PAYE}
)
#: What a request waits for in each of the phases in which it waits.
EN_ATTENTE: Final = {
    Phase.PREPAREE: Attente.A_DEPOSER,
    Phase.DEPOSEE: Attente.SANS_REPONSE,
    Phase.INCOMPLETE: Attente.INCOMPLETE,
    Phase.A_MODIFIER: Attente.A_MODIFIER,
    Phase.ACCEPTEE: Attente.SANS_DECISION,
    Phase.ATTRIBUEE: Attente.NON_PAYEE,
    Phase.AVANCE_PAYEE: Attente.SANS_VA,
    Phase.SERVICE_FAIT: Attente.SOLDE_A_DEMANDER,
    Phase.SOLDE_DEMANDE: Attente.SOLDE_NON_PAYE,
}


def attente_de(demande: EtatDemande, *, absente: bool = False) -> Attente | None:
    """Say what a request waits for; ``None`` when it waits for nothing.

    ``absente``: its file was answered, but no answer mentions it
    (:meth:`~segur_pha.registre.Registre.absentes_des_reponses`).
    """
    if demande.a_verifier:
        return Attente.A_VERIFIER
    if absente and demande.phase is Phase.DEPOSEE:
        return Attente.REPONSE_ABSENTE
    if demande.phase is Phase.REJETEE:
        return Attente.A_RESOUMETTRE if demande.remplacee_par is None else None
    if demande.phase is Phase.SERVICE_FAIT and demande.jour_facture is None:
        return Attente.SANS_FACTURE
    return EN_ATTENTE.get(demande.phase)


def absente_des_reponses() -> ColumnElement[bool]:
    """Return the condition that a request is deposited, its file is answered, and no recorded answer mentions it."""
    f, e = tables.fichiers.c, tables.evenements.c
    repondus = select(f.fichier).where(f.repondu)
    # An answer that was taken back is no longer among the recorded ones.
    enregistree = exists().where(e.contenu.contains(tables.retours.c.retour)).correlate(tables.evenements)
    nommee = exists().where(
        e.nature == NATURES[LigneRecue],
        e.numero_editeur == _D.numero_editeur,
        e.specification == _D.specification,
        e.fichier == _D.fichier,
        enregistree,
    )
    return and_(_D.phase == Phase.DEPOSEE.value, _D.fichier.in_(repondus), ~nommee)


def _attente() -> ColumnElement[str]:
    """Return the same as an SQL expression, for evaluation on a hundred thousand requests at once."""
    rejetee = (_D.phase == Phase.REJETEE.value) & _D.remplacee_par.is_(None)
    return case(
        (_D.a_verifier, Attente.A_VERIFIER.value),
        (absente_des_reponses(), Attente.REPONSE_ABSENTE.value),
        (rejetee, Attente.A_RESOUMETTRE.value),
        ((_D.phase == Phase.SERVICE_FAIT.value) & _D.jour_facture.is_(None), Attente.SANS_FACTURE.value),
        *((_D.phase == phase.value, attente.value) for phase, attente in EN_ATTENTE.items()),
        else_="",
    )


class EnAttente(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A request that has been waiting since ``depuis``; the expected advance in whole cents.  A frozen Struct (decision 80)."""

    attente: Attente
    specification: str
    numero_editeur: str
    finess_geo: str | None
    numero_asp: str | None
    libelle_traitement: str | None
    fichier: str
    depuis: date
    avance_centimes: int | None

    @property
    def avance(self) -> Decimal | None:
        """The expected advance, in euros."""
        return depuis_centimes(self.avance_centimes)


def attentes(connexion: Connection, limite: date) -> dict[Attente, tuple[EnAttente, ...]]:
    """Return what waits, by what it waits for; see :meth:`~segur_pha.registre.Registre.attentes`."""
    attente = _attente()
    colonnes = (
        *(_D.specification, _D.numero_editeur, _D.finess_geo, _D.numero_asp, _D.libelle_traitement, _D.fichier),
        *(_D.jour_phase, _D.avance_centimes),
    )
    de_duree = [a.value for a in Attente if a.de_duree]
    question = select(attente, *colonnes).where(attente != "", or_(attente.not_in(de_duree), _D.jour_phase <= limite))
    trouvees: dict[Attente, list[EnAttente]] = {}
    for demande in lire_en_bloc(connexion, question, EnAttente):
        trouvees.setdefault(demande.attente, []).append(demande)
    cle = attrgetter("specification", "numero_editeur")
    return {a: tuple(sorted(trouvees[a], key=cle)) for a in Attente if a in trouvees}


@frozen(kw_only=True)
class Situation:
    """How many requests wait for one thing, their expected and received advances (euros), and since when the oldest waits."""

    attente: Attente
    nombre: int
    avance: Decimal
    paye: Decimal
    depuis: date


def _par_attente(*colonnes: ColumnElement[int]) -> ReadOnlyColumnCollection[str, Any]:
    """Return what each request waits for, and since when, as columns to group by: PostgreSQL cannot group by a subquery."""
    return select(_attente().label("attente"), _D.jour_phase, *colonnes).subquery().c


def situation(connexion: Connection) -> tuple[Situation, ...]:
    """Count what waits, in the order of :class:`Attente`."""
    d = _par_attente(_D.avance_centimes, _D.paye_centimes)
    question = select(
        d.attente,
        func.count(),
        func.coalesce(func.sum(d.avance_centimes), 0),
        func.coalesce(func.sum(d.paye_centimes), 0),
        func.min(d.jour_phase),
    ).group_by(d.attente)
    lues = {rangee[0]: rangee for rangee in connexion.execute(question) if rangee[0]}
    return tuple(
        Situation(
            attente=a, nombre=lue[1], avance=somme_de_centimes(lue[2]), paye=somme_de_centimes(lue[3]), depuis=lue[4]
        )
        for a in Attente
        if (lue := lues.get(a.value)) is not None
    )


#: The classes of age by which waits are counted: the number of days at which each one begins.
TRANCHES: Final = (15, 30, 90, 180, 365)


def anciennetes(connexion: Connection, jour: date) -> dict[Attente, tuple[int, ...]]:
    """Count what waits by its age on a day; see :meth:`~segur_pha.registre.Registre.anciennetes`."""
    d = _par_attente()
    question = select(d.attente, d.jour_phase, func.count()).group_by(d.attente, d.jour_phase)
    comptes: dict[str, list[int]] = {}
    for nom, depuis, nombre in connexion.execute(question):
        tranche = bisect_right(TRANCHES, (jour - depuis).days)
        comptes.setdefault(nom, [0] * (len(TRANCHES) + 1))[tranche] += nombre
    return {a: tuple(comptes[a.value]) for a in Attente if a.value in comptes}


class Solde(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A request whose balance has not been asked for yet, and what is missing for that; amounts in whole cents.

    A frozen Struct, since there may be tens of thousands (decision 80).
    """

    specification: str
    numero_editeur: str
    numero_asp: str | None
    finess_geo: str | None
    attribuee: bool | None
    jour_incomplete: str | None
    avance_centimes: int | None
    paye_centimes: int | None
    montant_centimes: int | None
    regime_tva: str | None
    jour_service: str | None
    jour_facture: str | None

    @property
    def manque(self) -> tuple[str, ...]:
        """What is missing before the balance can be asked for, in French; empty when nothing is (from the agency's FAQ)."""
        manques = (
            ("référence de l’ASP", self.numero_asp is None),
            ("pièces", self.jour_incomplete is not None),
            ("décision", self.attribuee is None),
            ("avance", self.paye_centimes is None),
            ("VA", self.jour_service is None),
            ("facture", self.jour_facture is None),
        )
        return tuple(mot for mot, absent in manques if absent)

    def attendu(self, specification: Specification) -> Decimal | None:
        """Return the expected balance in euros: the whole funding less the advance; ``None`` when that cannot be worked out.

        >>> from datetime import date
        >>> from segur_pha import VA1, en_json
        >>> from segur_pha.portail import PortailSimule
        >>> from segur_pha.registre import Registre
        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> octets, jour = en_json(fichier_du_guide()), date(2022, 11, 16)
        >>> with Registre("sqlite://") as registre:
        ...     _ = registre.preparer({"JSON-ANS0000001-20221115-001.json": octets}, jour=jour)
        ...     _ = registre.enregistrer_retour(PortailSimule(graine=1).deposer(octets), jour=jour)
        ...     [(solde.attendu(VA1), solde.manque[0]) for solde in registre.soldes()]
        [(Decimal('595.00'), 'décision')]
        """
        avance = self.avance_centimes if self.paye_centimes is None else self.paye_centimes
        return solde_attendu(
            specification,
            montant=depuis_centimes(self.montant_centimes),
            regime=self.regime_tva,
            avance=depuis_centimes(avance),
        )


#: The phases of requests whose balance may still be asked for.
_A_SOLDER: Final = tuple(
    phase.value
    for phase in Phase
    if phase in VIVANTES - {Phase.PREPAREE, Phase.SOLDE_DEMANDE, Phase.SOLDE_PAYE, Phase.CONTROLEE}
)


def soldes(connexion: Connection, specification: str) -> tuple[Solde, ...]:
    """Return the requests of a wave whose balance has not been asked for yet, by number."""
    colonnes = [_D[champ] for champ in Solde.__struct_fields__]
    question = select(*colonnes).where(
        _D.specification == specification, _D.phase.in_(_A_SOLDER), _D.solde_de.is_(None)
    )
    return tuple(sorted(lire_en_bloc(connexion, question, Solde), key=attrgetter("numero_editeur")))
