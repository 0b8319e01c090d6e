"""What a publisher asks the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal  # noqa: TC003 - same
from typing import TYPE_CHECKING, Any

from attrs import frozen
from sqlalchemy import func, select

from segur_pha.registre import tables
from segur_pha.registre.etats import ACCORDEES, VIVANTES, EtatDemande, EtatFichier, Phase
from segur_pha.registre.rangees import demande_de_rangee, euros, fichier_de_rangee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection

__all__ = ["Soldable", "Total"]

_D = tables.demandes.c


@frozen(kw_only=True)
class Soldable:
    """A request whose balance can be claimed: it bears a numeroASP.  ``montant_paye`` is in euros."""

    numero_editeur: str
    numero_asp: str
    finess_geo: str | None
    phase: Phase
    avance_payee: bool
    montant_paye: Decimal | None
    a_verifier: bool


@frozen(kw_only=True)
class Total:
    """How many requests of one month (``AAAA-MM``, of the deposit) stand in one phase, and their amounts in euros."""

    mois: str
    phase: Phase
    nombre: int
    montant_segur_ht: Decimal
    avance: Decimal
    paye: Decimal


def demande(connexion: Connection, numero: str) -> EtatDemande | None:
    """Give one request."""
    return next(_demandes(connexion, _D.numero_editeur == numero), None)


def toutes(connexion: Connection) -> Iterator[EtatDemande]:
    """Give every request, by number."""
    return _demandes(connexion)


def fichiers(connexion: Connection) -> list[EtatFichier]:
    """Give every file, in the order of preparation."""
    t = tables.fichiers
    rangees = connexion.execute(select(t).order_by(t.c.jour_preparation, t.c.nom, t.c.fichier)).mappings()
    return [fichier_de_rangee(rangee) for rangee in rangees]


def sans_reponse(connexion: Connection, jour: date, depuis: int) -> Iterator[EtatDemande]:
    """Give the requests deposited ``depuis`` days ago or more, and not answered yet."""
    limite = jour - timedelta(days=depuis)
    return _demandes(connexion, _D.phase == Phase.DEPOSEE.value, _D.jour_depot <= limite)


def a_resoumettre(connexion: Connection) -> Iterator[EtatDemande]:
    """Give the rejected requests that nothing replaces yet."""
    return _demandes(connexion, _D.phase == Phase.REJETEE.value, _D.remplacee_par.is_(None))


def a_verifier(connexion: Connection) -> Iterator[EtatDemande]:
    """Give the requests about which an answer could not be acted on."""
    return _demandes(connexion, _D.a_verifier)


def de_l_officine(connexion: Connection, finess: str) -> Iterator[EtatDemande]:
    """Give the requests of one pharmacy."""
    return _demandes(connexion, _D.finess_geo == finess)


def doublons(connexion: Connection) -> dict[str, tuple[str, ...]]:
    """Give the pharmacies for which several requests claim money: FINESS → numbers."""
    vivante = _D.phase.in_([phase.value for phase in VIVANTES])
    numeros = func.aggregate_strings(_D.numero_editeur, " ")
    question = select(_D.finess_geo, numeros).where(vivante, _D.finess_geo.is_not(None)).group_by(_D.finess_geo)
    trouves = connexion.execute(question.having(func.count() > 1).order_by(_D.finess_geo))
    return {finess: tuple(sorted(ensemble.split())) for finess, ensemble in trouves}


def soldables(connexion: Connection, apres: str, limite: int | None) -> Iterator[Soldable]:
    """Give the requests that bear a numeroASP and were not refused, by number, those after ``apres`` and no more than asked."""
    phases = [phase.value for phase in ACCORDEES - {Phase.REFUSEE}]
    colonnes = (_D.numero_editeur, _D.numero_asp, _D.finess_geo, _D.phase, _D.paye_centimes, _D.a_verifier)
    question = select(*colonnes).where(_D.numero_asp.is_not(None), _D.phase.in_(phases))
    question = question.where(_D.numero_editeur > apres).order_by(_D.numero_editeur).limit(limite)
    for numero, asp, finess, phase, paye, verifier in connexion.execute(question):
        yield Soldable(
            numero_editeur=numero,
            numero_asp=asp,
            finess_geo=finess,
            phase=Phase(phase),
            avance_payee=phase == Phase.AVANCE_PAYEE.value,
            montant_paye=euros(paye),
            a_verifier=bool(verifier),
        )


def totaux(connexion: Connection) -> list[Total]:
    """Count requests and add their amounts up, per month and phase."""
    sommes = [func.coalesce(func.sum(c), 0) for c in (_D.montant_centimes, _D.avance_centimes, _D.paye_centimes)]
    question = select(_D.mois, _D.phase, func.count(), *sommes).group_by(_D.mois, _D.phase).order_by(_D.mois, _D.phase)
    return [
        Total(
            mois=mois,
            phase=Phase(phase),
            nombre=nombre,
            montant_segur_ht=_somme(montant),
            avance=_somme(avance),
            paye=_somme(paye),
        )
        for mois, phase, nombre, montant, avance, paye in connexion.execute(question)
    ]


def _somme(nombre: Any) -> Decimal:  # noqa: ANN401 - PostgreSQL adds integers up to a Decimal, SQLite to an int
    somme = euros(int(nombre))
    assert somme is not None
    return somme


def _demandes(connexion: Connection, *conditions: ColumnElement[bool]) -> Iterator[EtatDemande]:
    question = select(tables.demandes).where(*conditions).order_by(_D.numero_editeur)
    return map(demande_de_rangee, connexion.execute(question))
