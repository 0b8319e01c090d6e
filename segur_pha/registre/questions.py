"""What a publisher asks the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal  # noqa: TC003 - attrs classes keep their annotations resolvable
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

import msgspec
from attrs import frozen
from sqlalchemy import exists, func, select

from segur_pha.registre import tables
from segur_pha.registre.etats import VIVANTES, EtatDemande, EtatFichier, Phase
from segur_pha.registre.rangees import demande_de_rangee, euros, fichier_de_rangee
from segur_pha.registre.rangees_en_bloc import lire_en_bloc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection

__all__ = ["Soldable", "Total"]

_D = tables.demandes.c


class Soldable(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A request whose balance can be claimed: it bears a numeroASP.

    A frozen Struct, as they come by the ten thousand (decision 80); ``paye_centimes`` is the paid advance in whole cents.
    """

    numero_editeur: str
    numero_asp: str
    finess_geo: str | None
    phase: Phase
    paye_centimes: int | None
    a_verifier: bool

    @property
    def avance_payee(self) -> bool:
        """Whether its advance was paid."""
        return self.phase is Phase.AVANCE_PAYEE

    @property
    def montant_paye(self) -> Decimal | None:
        """The advance that was paid, in euros."""
        return euros(self.paye_centimes)


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
    plusieurs = select(_D.finess_geo).where(_D.finess_geo.is_not(None)).group_by(_D.finess_geo).having(func.count() > 1)
    question = select(_D.finess_geo, _D.numero_editeur, _D.phase).where(_D.finess_geo.in_(plusieurs))
    rangees = lire_en_bloc(connexion, question, tuple[str, str, Phase])
    vivantes = sorted((finess, numero) for finess, numero, phase in rangees if phase in VIVANTES)
    ensembles = {
        finess: tuple(numero for _, numero in groupe) for finess, groupe in groupby(vivantes, key=itemgetter(0))
    }
    return {finess: numeros for finess, numeros in ensembles.items() if len(numeros) > 1}


def a_des_effaces(connexion: Connection) -> bool:
    """Tell whether the personal values of any request were erased."""
    return connexion.scalar(select(exists().where(_D.effacee))) is True


def soldables(connexion: Connection, apres: str, limite: int | None) -> tuple[Soldable, ...]:
    """Give the requests that bear a numeroASP and were not refused, by number, those after ``apres`` and no more than asked."""
    colonnes = [_D[champ] for champ in Soldable.__struct_fields__]
    question = select(*colonnes).where(_D.numero_asp.is_not(None), _D.phase != Phase.REFUSEE.value)
    question = question.where(_D.numero_editeur > apres)
    if limite is not None:
        return lire_en_bloc(connexion, question.order_by(_D.numero_editeur).limit(limite), Soldable)
    # They come nearly in order: sorting them here costs less than the rows that SQLite would set aside to do it.
    return tuple(sorted(lire_en_bloc(connexion, question, Soldable), key=attrgetter("numero_editeur")))


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
