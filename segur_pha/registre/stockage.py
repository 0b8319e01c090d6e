"""SQL: one transaction per command, one lock per ledger, events appended and states written together.

Every command that writes first takes the ledger's lock by writing one row of ``segur_reglages``.  That works the same way on
every database: in SQLite it takes the file's write lock before anything is read, in PostgreSQL it locks the row.  The numbers and
states that a command reads therefore cannot change under it, and no deadlock is possible.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from segur_pha.erreurs import RegistreError
from segur_pha.registre.adresse import fichier_de, moteur_de
from segur_pha.registre.disque import lecture_seule
from segur_pha.registre.refus import motif, parametres_surveilles, traduire
from segur_pha.registre.verrou import (
    Temoin,
    au_milieu,
    choisir_le_journal,
    commencer,
    disque_local,
    exiger_une_transaction,
    verrouiller,
    vider_le_journal,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

__all__ = ["Stockage"]

_RESTE_AU_FICHIER: Final = "L’effacement est enregistré, mais le fichier du registre peut encore contenir les données"


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
        """The caller's Connection: what is written only becomes visible with its commit.  ``None``: each command commits."""
        return self._connexion

    def fermer(self) -> None:
        """Close the database, if it was opened here."""
        if self._a_nous and self._moteur is not None:
            self._moteur.dispose()

    @property
    def fichier_sqlite(self) -> Path | None:
        """The file of a SQLite ledger that was opened here."""
        return fichier_de(self._moteur.url) if self._a_nous and self._moteur is not None else None

    @property
    def nom(self) -> str:
        """The name of the ledger's database, without the secrets of its address."""
        moteur = self._moteur if self._connexion is None else self._connexion.engine
        assert moteur is not None
        url = moteur.url
        return url.database or url.drivername

    def choisir_le_journal(self) -> None:
        """Choose the journal of a SQLite file of ours so that readers and writers do not block each other (decision 120)."""
        fichier = self.fichier_sqlite
        if fichier is not None and self._moteur is not None and not lecture_seule(fichier):
            with traduire(self._moteur), self._moteur.connect() as connexion:
                choisir_le_journal(connexion, local=disque_local(fichier))

    def nettoyer(self) -> None:
        """Empty a SQLite file's write-ahead log, so that erased values remain nowhere.

        Raises :class:`~segur_pha.RegistreError`, which says that the erasure is recorded, when another program still reads what they
        were, or the disk refuses.
        """
        if not self._a_nous or self._moteur is None or self._moteur.dialect.name != "sqlite":
            return
        try:
            with self._moteur.connect() as connexion:
                vide = vider_le_journal(connexion, self._si_occupe)
        except DBAPIError as erreur:
            raise RegistreError(f"{_RESTE_AU_FICHIER} : {motif(erreur.orig, self.fichier_sqlite)}") from erreur
        if not vide:
            raise RegistreError(
                f"{_RESTE_AU_FICHIER} : un autre programme est en train de le lire. Fermez ce programme, puis recommencez."
            )

    @contextmanager
    def creation(self) -> Iterator[Connection]:
        """Yield a connection for making tables."""
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
        """Yield a connection for reading; what it reads is one consistent state."""
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
        """Yield a connection that only reads what was committed, not what the caller's transaction may still take back.

        Raises :class:`~segur_pha.RegistreError` when only a connection in the middle of a transaction is available.
        """
        with self.lecture() if self._connexion is None else _ce_qui_est_valide(self._connexion) as connexion:
            yield connexion

    @contextmanager
    def ensemble(self) -> Iterator[Connection]:
        """Yield the caller's connection for several commands: see :meth:`~segur_pha.registre.Registre.ensemble`."""
        connexion = self._connexion
        if connexion is None:
            raise RegistreError(
                "ensemble() réunit des commandes dans une transaction de l’appelant, et ce registre valide chacune à part : "
                "donnez-lui une Connection (with moteur.begin() as connexion: Registre(connexion))."
            )
        with traduire(connexion.engine):
            commencer(connexion, "BEGIN IMMEDIATE", self._si_occupe)
            point = connexion.begin_nested()
        # If the caller's own statements are refused, that is for the caller to catch.
        with point:
            yield connexion

    @contextmanager
    def ecriture(self) -> Iterator[Connection]:
        """Yield a connection that holds the ledger's lock.

        The commit point is the end of the block, or the caller's own commit when the ledger was given a Connection; in that case
        the block is a savepoint, so that a failing command leaves the caller's transaction as it was.
        """
        if self._connexion is not None:
            with traduire(self._connexion.engine), parametres_surveilles(self._connexion):
                exiger_une_transaction(self._connexion)
                verrouiller(self._connexion, self._si_occupe)
                # For a driver that did not begin a transaction with that statement.
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


@contextmanager
def _ce_qui_est_valide(de_l_appelant: Connection) -> Iterator[Connection]:
    """Yield a connection that reads what was committed: the caller's own between two transactions, otherwise another one.

    Raises :class:`~segur_pha.RegistreError` when only a connection in the middle of a transaction is available.
    """
    moteur = de_l_appelant.engine
    with traduire(moteur), ExitStack() as pile:
        if de_l_appelant.closed or de_l_appelant.in_transaction():
            connexion = pile.enter_context(moteur.connect())
            connexion.execution_options(**de_l_appelant.get_execution_options())
        else:
            connexion = de_l_appelant
        # A pool may hand out the very connection on which the caller's transaction is open.
        if au_milieu(connexion):
            raise RegistreError("Votre transaction n’est pas encore validée : montrez le dossier après son « commit ».")
        pile.enter_context(connexion.begin())
        yield connexion
