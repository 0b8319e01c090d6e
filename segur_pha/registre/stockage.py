"""SQL: one transaction per command, one lock per ledger, events appended and states written together.

Every command that writes first takes the ledger's lock by writing one row of ``segur_reglages``.  That works the same way on
every database: in SQLite it takes the file's write lock before anything was read, in PostgreSQL it locks the row.  So the
numbers and states that a command reads cannot change under it, and no deadlock is possible.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, bindparam, func, insert, inspect, select, update

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.adresse import fichier_de, moteur_de
from segur_pha.registre.evenements import (
    DemandePreparee,
    DonneesEffacees,
    NumerosReserves,
)
from segur_pha.registre.histoire import appliquer
from segur_pha.registre.journal import rangee_d_evenement
from segur_pha.registre.memoire import EtatsEnMemoire
from segur_pha.registre.parametres import parametres_surveilles
from segur_pha.registre.rangees import DEMANDES, FICHIERS
from segur_pha.registre.refus import traduire
from segur_pha.registre.retraits import liberer_les_references, poser_les_retours
from segur_pha.registre.validation import lecture_de_ce_qui_est_valide
from segur_pha.registre.verrou import Temoin, choisir_le_journal, commencer, disque_local, lecture_seule, verrouiller

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import URL, ColumnElement, Table

    from segur_pha.registre.etats import Changements, Cle, EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.rangees import Codec
    from segur_pha.table.specification import Specification

    _Rangee: TypeAlias = dict[str, object]

__all__ = [
    "Stockage", "charger", "charger_pour", "creer", "demandes", "ecrire", "ecrire_les_changements", "ecrire_reglages",
    "enregistrer", "existe", "les_fichiers", "lire_reglages", "lots", "trouver",
]  # fmt: skip

Etat = TypeVar("Etat")
_CleDEtat = TypeVar("_CleDEtat")

#: How many values one query names at most (SQLite once allowed 999).
_LOT: Final = 900


class Stockage:
    """Where the ledger is kept: an Engine of our own (from a URL or a path), or the caller's Engine or Connection."""

    def __init__(
        self, ou: str | os.PathLike[str] | URL | Engine | Connection, *, si_occupe: Callable[[], object] | None = None
    ) -> None:
        self._si_occupe = si_occupe or (lambda: None)
        self._connexion = ou if isinstance(ou, Connection) else None
        self._a_nous = not isinstance(ou, Engine | Connection)
        self._moteur = ou if isinstance(ou, Engine) else moteur_de(ou) if not isinstance(ou, Connection) else None
        self._temoin = Temoin(self.fichier_sqlite)
        if self._connexion is not None and self._connexion.closed:
            raise RegistreError("Registre : cette Connection est fermée ; ouvrez-en une autre.")

    @property
    def connexion(self) -> Connection | None:
        """The caller's Connection: what is written becomes visible with its commit only.  ``None``: each command commits."""
        return self._connexion

    def fermer(self) -> None:
        """Let go of the database, when it was opened here."""
        if self._a_nous and self._moteur is not None:
            self._moteur.dispose()

    @property
    def fichier_sqlite(self) -> Path | None:
        """The file of a SQLite ledger that was opened here."""
        return fichier_de(self._moteur.url) if self._a_nous and self._moteur is not None else None

    @property
    def nom(self) -> str:
        """What the ledger's database is called, without the address's secrets."""
        url = (self._connexion.engine if self._connexion is not None else self._moteur).url  # type: ignore[union-attr]
        return url.database or url.drivername

    def choisir_le_journal(self) -> None:
        """Have a SQLite file of ours keep what is being written where readers are in nobody's way (decision 120)."""
        fichier = self.fichier_sqlite
        if fichier is not None and self._moteur is not None and not lecture_seule(fichier):
            with traduire(self._moteur), self._moteur.connect() as connexion:
                choisir_le_journal(connexion, local=disque_local(fichier))

    def nettoyer(self) -> None:
        """Take out of a SQLite file's journal what was overwritten in the file, so that what was erased is nowhere."""
        if self._a_nous and self._moteur is not None and self._moteur.dialect.name == "sqlite":
            with traduire(self._moteur), self._moteur.connect() as connexion:
                connexion.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def creation(self) -> Iterator[Connection]:
        """Give a connection to make tables with."""
        if self._connexion is not None:
            with traduire(self._connexion.engine):
                yield self._connexion
            return
        assert self._moteur is not None
        with traduire(self._moteur), self._moteur.begin() as connexion:
            commencer(connexion, "BEGIN IMMEDIATE", self._si_occupe, a_nous=self._a_nous)
            yield connexion

    @contextmanager
    def lecture(self) -> Iterator[Connection]:
        """Give a connection to read with; what it reads is one consistent state."""
        if self._connexion is not None:
            with traduire(self._connexion.engine), parametres_surveilles(self._connexion):
                yield self._connexion
            return
        assert self._moteur is not None
        with traduire(self._moteur), self._moteur.begin() as connexion, parametres_surveilles(connexion):
            commencer(connexion, "BEGIN", self._si_occupe, a_nous=self._a_nous)
            self._temoin.exiger()
            yield connexion

    @contextmanager
    def lecture_de_ce_qui_est_valide(self) -> Iterator[Connection]:
        """Give a connection that reads what was committed, and nothing that the caller's transaction may still take back.

        Raises :class:`~segur_pha.RegistreError` where only a connection in the middle of a transaction is to be had.
        """
        with self.lecture() if self._connexion is None else lecture_de_ce_qui_est_valide(self._connexion) as connexion:
            yield connexion

    @contextmanager
    def ensemble(self) -> Iterator[Connection]:
        """Give the caller's connection for several commands: see :meth:`~segur_pha.registre.Registre.ensemble`."""
        connexion = self._connexion
        if connexion is None:
            raise RegistreError(
                "ensemble() réunit des commandes dans une transaction de l’appelant, et ce registre valide chacune à part : "
                "donnez-lui une Connection (with moteur.begin() as connexion: Registre(connexion))."
            )
        with traduire(connexion.engine):
            commencer(connexion, "BEGIN IMMEDIATE", self._si_occupe)
            point = connexion.begin_nested()
        # What the caller's own statements are refused for is the caller's to catch.
        with point:
            yield connexion

    @contextmanager
    def ecriture(self) -> Iterator[Connection]:
        """Give a connection that holds the ledger's lock.

        The commit point is the end of the block, or the caller's own commit when the ledger was given a Connection: then the
        block is a savepoint, so that a command that fails leaves the caller's transaction as it was.
        """
        if self._connexion is not None:
            with traduire(self._connexion.engine), parametres_surveilles(self._connexion):
                verrouiller(self._connexion, self._si_occupe)
                # Where the caller's driver has begun nothing with that.
                commencer(self._connexion, "BEGIN IMMEDIATE", self._si_occupe)
                with self._connexion.begin_nested():
                    yield self._connexion
            return
        assert self._moteur is not None
        with traduire(self._moteur), self._moteur.begin() as connexion, parametres_surveilles(connexion):
            commencer(connexion, "BEGIN IMMEDIATE", self._si_occupe, a_nous=self._a_nous)
            self._temoin.exiger()
            verrouiller(connexion, self._si_occupe)
            yield connexion


#: A number of our own, so that two programs do not make the tables at the same time (PostgreSQL's advisory locks).
_VERROU_DE_CREATION: Final = 0x5E6_0_9A


def creer(connexion: Connection, valeurs: Mapping[str, str]) -> None:
    """Make the tables of a ledger and write its settings, unless they are there."""
    commencer(connexion, "BEGIN IMMEDIATE", lambda: None)  # the caller's Connection may have begun nothing yet
    if connexion.dialect.name == "postgresql":
        connexion.execute(select(func.pg_advisory_xact_lock(_VERROU_DE_CREATION)))
    if not existe(connexion):
        tables.METADONNEES.create_all(connexion)
        connexion.execute(insert(tables.reglages), [{"cle": cle, "valeur": valeur} for cle, valeur in valeurs.items()])


def existe(connexion: Connection) -> bool:
    """Tell whether the ledger is there: its tables, which a migration tool may have made, and its settings."""
    schemas = connexion.get_execution_options().get("schema_translate_map") or {}
    if not inspect(connexion).has_table(tables.reglages.name, schema=schemas.get(None)):
        return False
    return connexion.scalar(select(tables.reglages.c.cle).limit(1)) is not None


def lire_reglages(connexion: Connection) -> dict[str, str]:
    """Give the ledger's settings."""
    return {
        str(cle): str(valeur)
        for cle, valeur in connexion.execute(select(tables.reglages.c.cle, tables.reglages.c.valeur))
    }


def ecrire_reglages(connexion: Connection, valeurs: Mapping[str, str]) -> None:
    """Change settings."""
    for cle, valeur in valeurs.items():
        connexion.execute(update(tables.reglages).where(tables.reglages.c.cle == cle).values(valeur=valeur))


def enregistrer(connexion: Connection, evenements: Sequence[Evenement]) -> EtatsEnMemoire:
    """Let events happen: append them, and write what they change.  All or nothing, under the ledger's lock.

    Raises :class:`~segur_pha.RegistreError` for an event that may not happen; nothing is written then.
    """
    etats = charger_pour(connexion, evenements)
    ecrire(connexion, etats, evenements)
    return etats


def ecrire(connexion: Connection, etats: EtatsEnMemoire, evenements: Sequence[Evenement]) -> None:
    """Do the same with states that were loaded already (:func:`charger_pour`)."""
    avant = etats.copie()
    ecrire_les_changements(
        connexion, avant, etats, evenements, [appliquer(evenement, etats) for evenement in evenements]
    )


def ecrire_les_changements(
    connexion: Connection,
    avant: EtatsEnMemoire,
    apres: EtatsEnMemoire,
    evenements: Sequence[Evenement],
    changements: Sequence[Changements],
) -> None:
    """Append events that have happened in memory, and write what they changed from ``avant`` to ``apres``."""
    nouveaux = [n for n in dict.fromkeys(n for c in changements for n in c.numeros) if n not in avant.numeros]
    _inserer(connexion, tables.evenements, [rangee_d_evenement(e) for e in evenements])
    _inserer(
        connexion,
        tables.numeros,
        [{"specification": vague, "numero_editeur": n, "pli": n.casefold()} for vague, n in nouveaux],
    )
    poser_les_retours(connexion, avant.retours, apres.retours, changements)
    touches = dict.fromkeys(f.fichier for c in changements for f in c.fichiers)
    _poser(connexion, tables.fichiers, FICHIERS, avant.fichiers, {cle: apres.fichiers[cle] for cle in touches})
    touchees = dict.fromkeys(d.cle for c in changements for d in c.demandes)
    liberer_les_references(connexion, avant, apres, touchees)
    _poser(connexion, tables.demandes, DEMANDES, avant.demandes, {cle: apres.demandes[cle] for cle in touchees})


def _inserer(connexion: Connection, table: Table, rangees: list[_Rangee]) -> None:
    if rangees:
        connexion.execute(insert(table), rangees)


def _poser(
    connexion: Connection,
    table: Table,
    codec: Codec[Etat],
    avant: Mapping[_CleDEtat, Etat],
    apres: Mapping[_CleDEtat, Etat],
) -> None:
    """Insert the states that are new; of the others write the columns in which one of them changed."""
    _inserer(connexion, table, [codec.rangee(etat) for cle, etat in apres.items() if cle not in avant])
    changees = [(avant[cle], etat) for cle, etat in apres.items() if cle in avant]
    # The other columns' indexes are left alone.  All rows in one statement and in order: a numeroASP is free before it is taken.
    places = codec.changees(changees)
    if places:
        cle_primaire = [c.name for c in table.primary_key]
        valeurs: _Rangee = {place.nom: bindparam(f"v_{place.nom}") for place in places}
        connexion.execute(
            update(table).where(*(table.c[nom] == bindparam(f"k_{nom}") for nom in cle_primaire)).values(valeurs),
            [
                {f"v_{place.nom}": place.valeur(etat) for place in places}
                | {f"k_{nom}": getattr(etat, nom) for nom in cle_primaire}
                for _, etat in changees
            ],
        )


def charger_pour(connexion: Connection, evenements: Sequence[Evenement]) -> EtatsEnMemoire:
    """Read all that the reducer may ask about these events."""
    return charger(
        connexion,
        numeros={
            (e.specification, n)  # type: ignore[union-attr] # what bears a number bears its wave
            for e in evenements
            for n in (getattr(e, "numero_editeur", None), getattr(e, "remplace", None))
            if n
        },
        fichiers={f for e in evenements if (f := getattr(e, "fichier", None))},
        finess={e.finess_geo for e in evenements if isinstance(e, DonneesEffacees)},
        asp={a for e in evenements for a in (getattr(e, "numero_asp", None), getattr(e, "solde_de", None)) if a},
        reserves={
            (e.specification, n)
            for e in evenements
            if isinstance(e, NumerosReserves | DemandePreparee)
            for n in (e.numeros if isinstance(e, NumerosReserves) else (e.numero_editeur,))
        },
        retours={r for e in evenements if (r := getattr(e, "retour", None))},
    )


def charger(
    connexion: Connection,
    *,
    numeros: Collection[Cle] = (),
    fichiers: Collection[str] = (),
    finess: Collection[str] = (),
    asp: Collection[str] = (),
    portes: Collection[str] = (),
    reserves: Collection[Cle] = (),
    retours: Collection[str] = (),
) -> EtatsEnMemoire:
    """Read the requests of these numbers, files, pharmacies and references, with their files, what they replace and settle.

    ``portes``: numbers in whatever wave; ``reserves``: numbers of which to know whether they were used up; ``retours``: answers,
    whether they were recorded.
    """
    t, c = tables, tables.demandes.c
    etats = EtatsEnMemoire()
    # Whole files first: most of the numbers are in them, and no request need be read twice.
    par = ((c.fichier, fichiers), (c.finess_geo, finess), (c.numero_asp, asp), (c.numero_editeur, portes))
    for colonne, voulues in par:
        _retenir(etats, (d for lot in lots(voulues) for d in demandes(connexion, colonne.in_(lot))))
    _charger_les_cles(connexion, etats, numeros)
    remplacees = {(d.specification, d.remplace) for d in etats.demandes.values() if d.remplace is not None}
    _charger_les_cles(connexion, etats, remplacees)
    soldees = {d.solde_de for d in etats.demandes.values() if d.solde_de is not None}
    _retenir(etats, (d for lot in lots(soldees) for d in demandes(connexion, c.numero_asp.in_(lot))))
    concernes = {*fichiers, *(d.fichier for d in etats.demandes.values())}
    for lot in lots(concernes):
        etats.fichiers |= {f.fichier: f for f in les_fichiers(connexion, t.fichiers.c.fichier.in_(lot))}
    for vague, voulus in _par_vague(reserves):
        for lot in lots(voulus):
            n = t.numeros.c
            connus = connexion.scalars(
                select(n.numero_editeur).where(n.specification == vague, n.numero_editeur.in_(lot))
            )
            etats.numeros |= {(vague, numero) for numero in connus}
    for lot in lots(retours):
        etats.retours |= set(connexion.scalars(select(t.retours.c.retour).where(t.retours.c.retour.in_(lot))))
    return etats


def _charger_les_cles(connexion: Connection, etats: EtatsEnMemoire, cles: Collection[Cle]) -> None:
    c = tables.demandes.c
    for vague, numeros in _par_vague({cle for cle in cles if cle not in etats.demandes}):
        for lot in lots(numeros):
            _retenir(etats, demandes(connexion, c.specification == vague, c.numero_editeur.in_(lot)))


def _par_vague(cles: Collection[Cle]) -> Iterator[tuple[str, set[str]]]:
    for vague in sorted({vague for vague, _ in cles}):
        yield vague, {numero for autre, numero in cles if autre == vague}


def _retenir(etats: EtatsEnMemoire, demandes: Iterable[EtatDemande]) -> None:
    for demande in demandes:
        etats.retenir(demande)


def demandes(connexion: Connection, *conditions: ColumnElement[bool]) -> Iterator[EtatDemande]:
    """Read the requests of which all this is true, by wave and number."""
    c = tables.demandes.c
    question = select(tables.demandes).where(*conditions).order_by(c.specification, c.numero_editeur)
    return DEMANDES.etats(connexion.execute(question), c.keys())


def trouver(connexion: Connection, numero: str, specification: Specification | None) -> EtatDemande | None:
    """Find the request that a number means; see :meth:`~segur_pha.registre.Registre.demande`."""
    c = tables.demandes.c
    vague = [] if specification is None else [c.specification == specification.nom]
    trouvees = list(demandes(connexion, c.numero_editeur == numero, *vague))
    if len(trouvees) > 1:
        noms = ", ".join(d.specification for d in trouvees)
        raise RegistreError(f"Demande {numero} : plusieurs vagues portent ce numéro ({noms}) ; précisez laquelle.")
    return trouvees[0] if trouvees else None


def les_fichiers(connexion: Connection, *conditions: ColumnElement[bool]) -> Iterator[EtatFichier]:
    """Read the files of which all this is true, in the order of preparation."""
    c = tables.fichiers.c
    question = select(tables.fichiers).where(*conditions).order_by(c.jour_preparation, c.nom, c.fichier)
    return FICHIERS.etats(connexion.execute(question), c.keys())


def lots(valeurs: Collection[str]) -> Iterator[list[str]]:
    """Cut values into lots that one query may name."""
    toutes = sorted(valeurs)
    for debut in range(0, len(toutes), _LOT):
        yield toutes[debut : debut + _LOT]
