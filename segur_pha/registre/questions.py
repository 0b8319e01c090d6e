"""What a publisher may ask the ledger: each question once, with its query."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal  # noqa: TC003 - attrs classes keep their annotations resolvable
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

import msgspec
from attrs import frozen
from sqlalchemy import func, or_, select

from segur_pha.registre import export, tables
from segur_pha.registre.attentes import (
    Attente,
    EnAttente,
    Situation,
    Solde,
    absente_des_reponses,
    anciennetes,
    attentes,
    situation,
    soldes,
)
from segur_pha.registre.base import charger, demandes, les_fichiers, trouver
from segur_pha.registre.dossier import Dossier, dossier_de
from segur_pha.registre.ecarts import ARRONDI, EcartDeSolde, ecarts_de_solde
from segur_pha.registre.etats import VIVANTES, EtatDemande, EtatFichier, Phase
from segur_pha.registre.evenements import depuis_json
from segur_pha.registre.journal import envois_au_nom_de, envois_de, evenements_de, lignes_envoyees
from segur_pha.registre.numeros import numeros_restants, prochain_fichier
from segur_pha.registre.preparation import antecedents
from segur_pha.registre.rangees import centimes, depuis_centimes, lignes_des_etats, lire_en_bloc, somme_de_centimes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ColumnElement

    from segur_pha.depot.antecedents import Antecedent
    from segur_pha.rapports.tableau import Tableau
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.stockage import Stockage
    from segur_pha.registre.vagues import Vagues
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["Questions", "Soldable", "Total"]

_D = tables.demandes.c


class Soldable(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A request whose balance can be claimed, since it has a numeroASP.

    A frozen Struct, since there may be tens of thousands (decision 80); ``paye_centimes`` is the paid advance in whole cents.
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
        return self.paye_centimes is not None

    @property
    def montant_paye(self) -> Decimal | None:
        """The advance that was paid, in euros."""
        return depuis_centimes(self.paye_centimes)


@frozen(kw_only=True)
class Total:
    """How many requests of a wave and of one month (``AAAA-MM``, of the deposit) are in one phase; amounts in euros."""

    specification: str
    mois: str
    phase: Phase
    nombre: int
    montant_segur_ht: Decimal
    avance: Decimal
    paye: Decimal
    solde: Decimal


class Questions:
    """The questions of a :class:`~segur_pha.registre.Registre`: they change nothing, and each sees one consistent state.

    If several waves may have a number, ``specification`` says which one is meant.
    """

    _stockage: Stockage
    _vagues: Vagues

    def demande(self, numero_editeur: str, *, specification: Specification | None = None) -> EtatDemande | None:
        """Return one request, ``None`` when the ledger does not know it.

        Raises :class:`~segur_pha.RegistreError` for a number that several waves have, when none is named.
        """
        with self._stockage.lecture() as connexion:
            return trouver(connexion, numero_editeur, specification)

    def demandes(self) -> tuple[EtatDemande, ...]:
        """Return every request, by wave and number."""
        return self._demandes()

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per request, for a table of data: days as ``date``, euros as ``Decimal``, phases in French.

        ``pandas.DataFrame(registre.en_lignes())`` is a table with a column per fact.

        >>> from segur_pha.registre import Registre
        >>> with Registre("sqlite://") as registre:
        ...     registre.en_lignes()
        []
        """
        return lignes_des_etats(self.demandes())

    def fichiers(self) -> tuple[EtatFichier, ...]:
        """Return every file, in the order of preparation."""
        with self._stockage.lecture() as connexion:
            return tuple(les_fichiers(connexion))

    def sans_reponse(self, *, jour: date, depuis: int) -> tuple[EtatDemande, ...]:
        """Return the requests that were deposited at least ``depuis`` days before ``jour`` and have no answer."""
        limite = _avant(jour, depuis)
        return self._demandes(_D.phase == Phase.DEPOSEE.value, _D.jour_phase <= limite)

    def absentes_des_reponses(self) -> tuple[EtatDemande, ...]:
        """Return the deposited requests of answered files that no recorded answer mentions: their answer must be claimed.

        >>> from segur_pha.registre import Registre
        >>> with Registre("sqlite://") as registre:
        ...     registre.absentes_des_reponses()
        ()
        """
        return self._demandes(absente_des_reponses())

    def a_resoumettre(self) -> tuple[EtatDemande, ...]:
        """Return the rejected requests that nothing replaces yet."""
        return self._demandes(_D.phase == Phase.REJETEE.value, _D.remplacee_par.is_(None))

    def a_verifier(self) -> tuple[EtatDemande, ...]:
        """Return the requests that got an answer on which the ledger could not act."""
        return self._demandes(_D.a_verifier)

    def attentes(self, *, jour: date, depuis: int) -> dict[Attente, tuple[EnAttente, ...]]:
        """Return the waiting requests, each under the one thing it waits for, in the order of :class:`Attente`.

        When it is the agency's turn, only those that have waited at least ``depuis`` days on ``jour``.
        """
        with self._stockage.lecture() as connexion:
            return attentes(connexion, _avant(jour, depuis))

    def situation(self) -> tuple[Situation, ...]:
        """Count what waits, and add up its amounts: one :class:`Situation` for each thing that is waited for."""
        with self._stockage.lecture() as connexion:
            return situation(connexion)

    def anciennetes(self, *, jour: date) -> dict[Attente, tuple[int, ...]]:
        """Count what waits by the days it has waited on ``jour``: under 15, then from 15, 30, 90, 180 and 365."""
        with self._stockage.lecture() as connexion:
            return anciennetes(connexion, jour)

    def ecarts_de_paiement(self) -> tuple[EtatDemande, ...]:
        """Return the requests whose paid advance differs from what was expected by more than a cent (decision 16)."""
        cent = centimes(ARRONDI)
        sans_attente = _D.avance_centimes.is_(None)
        return self._demandes(
            _D.paye_centimes.is_not(None), sans_attente | (func.abs(_D.paye_centimes - _D.avance_centimes) > cent)
        )

    def ecarts_de_solde(self) -> tuple[EcartDeSolde, ...]:
        """Return the paid balances that differ from what was expected by more than a cent, and those that cannot be compared.

        What is expected is the whole funding less the advance that was paid.
        """
        with self._stockage.lecture() as connexion:
            return ecarts_de_solde(connexion, self._vagues)

    def notes_depuis(self, jour: date) -> dict[str, int]:
        """Count the events from a day on, by their nature."""
        e = tables.evenements.c
        question = select(e.nature, func.count()).where(e.jour >= jour).group_by(e.nature).order_by(e.nature)
        with self._stockage.lecture() as connexion:
            return {str(nature): int(nombre) for nature, nombre in connexion.execute(question)}

    def soldes(self, *, specification: Specification | None = None) -> tuple[Solde, ...]:
        """Return the requests of a wave whose balance has not been asked for yet, by number, with what each one lacks."""
        with self._stockage.lecture() as connexion:
            return soldes(connexion, (specification or self._vagues.defaut).nom)

    def chercher(self, cle: str) -> tuple[EtatDemande, ...]:
        """Find requests by what somebody may have at hand; they come by wave and number.

        That may be a number, a numeroASP or a FINESS; failing that, a FINESS of an earlier line; failing that, the name of a
        pharmacy's owner: the beginnings of its words, in any order, with case and accents ignored.
        """
        with self._stockage.lecture() as connexion:
            trouvees = list(
                demandes(connexion, or_(_D.numero_editeur == cle, _D.numero_asp == cle, _D.finess_geo == cle.upper()))
            )
            if not trouvees:
                cles = envois_de(connexion, cle.upper()) or envois_au_nom_de(connexion, cle, self._vagues)
                trouvees = [d for d in charger(connexion, numeros=cles).demandes.values() if d.cle in cles]
        return tuple(sorted(trouvees, key=attrgetter("specification", "numero_editeur")))

    def officine(self, finess_geo: str) -> tuple[EtatDemande, ...]:
        """Give the requests of one pharmacy."""
        return self._demandes(_D.finess_geo == finess_geo.upper())

    def doublons(self) -> dict[str, tuple[str, ...]]:
        """Return the pharmacies (FINESS) for which several live requests of a wave claim money, and their numbers."""
        cle = (_D.finess_geo, _D.specification)
        plusieurs = select(_D.finess_geo).where(_D.finess_geo.is_not(None)).group_by(*cle).having(func.count() > 1)
        question = select(*cle, _D.numero_editeur, _D.phase).where(_D.finess_geo.in_(plusieurs))
        with self._stockage.lecture() as connexion:
            rangees = lire_en_bloc(connexion, question, tuple[str, str, str, Phase])
        vivantes = sorted(rangee[:3] for rangee in rangees if rangee[3] in VIVANTES)
        trouves: dict[str, tuple[str, ...]] = {}
        for (finess, _), groupe in groupby(vivantes, key=itemgetter(0, 1)):
            numeros = tuple(numero for _, _, numero in groupe)
            if len(numeros) > 1:
                trouves[finess] = (*trouves.get(finess, ()), *numeros)
        return trouves

    def soldables(
        self, *, apres: str = "", limite: int | None = None, specification: Specification | None = None
    ) -> tuple[Soldable, ...]:
        """Return the requests of a wave that have a numeroASP and were not refused, by number, telling whose advance was paid.

        All at once, or page by page: ``limite`` requests, from the number after ``apres``.
        """
        colonnes = [_D[champ] for champ in Soldable.__struct_fields__]
        vague = (specification or self._vagues.defaut).nom
        question = select(*colonnes).where(_D.numero_asp.is_not(None), _D.phase != Phase.REFUSEE.value)
        question = question.where(_D.specification == vague, _D.numero_editeur > apres)
        with self._stockage.lecture() as connexion:
            if limite is not None:
                return lire_en_bloc(connexion, question.order_by(_D.numero_editeur).limit(limite), Soldable)
            # They come nearly in order: sorting them here costs less than the temporary rows with which SQLite would do it.
            return tuple(sorted(lire_en_bloc(connexion, question, Soldable), key=attrgetter("numero_editeur")))

    def totaux(self, *, depuis: date | None = None) -> tuple[Total, ...]:
        """Count requests and add up their amounts, per wave, month of deposit and phase.

        ``depuis``: only those that reached their phase on that day or later.
        """
        amounts = (_D.montant_centimes, _D.avance_centimes, _D.paye_centimes, _D.solde_centimes)
        cle = (_D.specification, _D.mois, _D.phase)
        sommes = [func.coalesce(func.sum(colonne), 0) for colonne in amounts]
        question = select(*cle, func.count(), *sommes).group_by(*cle).order_by(*cle)
        if depuis is not None:
            question = question.where(_D.jour_phase >= depuis)
        with self._stockage.lecture() as connexion:
            return tuple(
                Total(
                    specification=vague,
                    mois=mois,
                    phase=Phase(phase),
                    nombre=nombre,
                    montant_segur_ht=somme_de_centimes(montant),
                    avance=somme_de_centimes(avance),
                    paye=somme_de_centimes(paye),
                    solde=somme_de_centimes(solde),
                )
                for vague, mois, phase, nombre, montant, avance, paye, solde in connexion.execute(question)
            )

    def historique(self, finess_geo: str) -> tuple[Evenement, ...]:
        """Return all that happened to the requests of one pharmacy, in order."""
        with self._stockage.lecture() as connexion:
            return tuple(depuis_json(*rangee) for rangee in evenements_de(connexion, finess_geo.upper()))

    def dossier(self, finess_geo: str) -> Dossier:
        """Gather all that the ledger knows about one pharmacy, as a page and as JSON.

        Raises :class:`~segur_pha.RegistreError` for a pharmacy without requests.
        """
        with self._stockage.lecture() as connexion:
            return dossier_de(connexion, finess_geo.upper())

    def journal(self) -> tuple[tuple[int, Evenement], ...]:
        """Return every event with its rank in the journal, in order."""
        with self._stockage.lecture() as connexion:
            return tuple(enumerate((depuis_json(*rangee) for rangee in export.journal(connexion)), start=1))

    def ligne_envoyee(self, numero_editeur: str, *, specification: Specification | None = None) -> Brut:
        """Return the last line that was sent for a request, as raw values; ``None`` when the ledger does not know it.

        Raises :class:`~segur_pha.RegistreError` for a number that several waves have, when none is named.
        """
        with self._stockage.lecture() as connexion:
            demande = trouver(connexion, numero_editeur, specification)
            vague = "" if demande is None else demande.specification
            return lignes_envoyees(connexion, vague, [numero_editeur]).get(numero_editeur)

    def numeros_restants(self) -> int:
        """Count the numbers that are still ahead (at most: some of them may have come with orders)."""
        with self._stockage.lecture() as connexion:
            return numeros_restants(connexion)

    def prochain_fichier(self, numero_ans: str, jour: date, *, specification: Specification | None = None) -> int:
        """Return the number (NNN) of the next JSON file of a day, so that no two files of the ledger have the same name."""
        with self._stockage.lecture() as connexion:
            return prochain_fichier(connexion, numero_ans, jour, specification or self._vagues.defaut)

    def antecedents(
        self, numeros: Collection[str], finess: Collection[str], *, specification: Specification | None = None
    ) -> list[Antecedent]:
        """Return what was sent before, for :func:`~segur_pha.depot.preparer_depot`: by number (ignoring case) and by pharmacy."""
        vague = (specification or self._vagues.defaut).nom
        with self._stockage.lecture() as connexion:
            return antecedents(connexion, vague, numeros, finess)

    def exporter(self) -> Iterable[str]:
        """Return the whole ledger as JSON Lines, for :meth:`~segur_pha.registre.Registre.importer`."""
        with self._stockage.lecture() as connexion:
            return export.exporter(connexion)

    def exporter_tableaux(self) -> list[Tableau]:
        """Return every table of the ledger, to be laid out as a workbook or otherwise; amounts stay whole cents."""
        with self._stockage.lecture() as connexion:
            return export.exporter_tableaux(connexion)

    def exporter_csv(self) -> dict[str, bytes]:
        """Return every table as a CSV file for a French Excel: name → bytes."""
        with self._stockage.lecture() as connexion:
            return export.exporter_csv(connexion)

    def _demandes(self, *conditions: ColumnElement[bool]) -> tuple[EtatDemande, ...]:
        with self._stockage.lecture() as connexion:
            return tuple(demandes(connexion, *conditions))


def _avant(jour: date, depuis: int) -> date:
    """Return the day that many days before another; the first or the last possible day if there is no such day."""
    try:
        return jour - timedelta(days=depuis)
    except OverflowError:
        return date.min if depuis > 0 else date.max
