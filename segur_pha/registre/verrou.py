"""The locks of a SQLite file and of a PostgreSQL server: readers never wait for writers, and callers who must wait are told.

Decision 120 says why the journal of a SQLite ledger is a write-ahead log if its disk is known to be in this machine.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from weakref import WeakKeyDictionary

from attrs import define
from sqlalchemy import Connection, Engine, SingletonThreadPool, StaticPool, event, select, update

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Temoin",
    "au_milieu",
    "choisir_le_journal",
    "commencer",
    "disque_local",
    "exiger_une_transaction",
    "regler_la_connexion",
    "sans_attendre",
    "verrouiller",
    "vider_le_journal",
]

_MONTAGES: Final = Path("/proc/self/mountinfo")
#: Kinds of file systems on a disk that only this machine writes to.
_LOCAUX: Final = frozenset(
    {
        *(
            "btrfs",
            "exfat",
            "ext2",
            "ext3",
            "ext4",
            "f2fs",
            "jfs",
            "ntfs",
            "ntfs3",
            "overlay",
            "reiserfs",
            "tmpfs",
            "vfat",
        ),
        *("xfs", "zfs"),
    }
)
_ECHAPPE: Final = re.compile(r"\\([0-7]{3})")


def disque_local(chemin: Path, montages: Path = _MONTAGES) -> bool:
    """Tell whether a file lies on a disk of this machine; ``False`` also if the system does not say (other than Linux).

    >>> disque_local(Path("/tmp/a.sqlite"), Path("/absent"))
    False
    """
    try:
        lignes = montages.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    reel = str(chemin.absolute().parent.resolve())
    types = {}
    for ligne in lignes:
        # Field 5 is the mount point, and the first one after "-" the kind (proc_pid_mountinfo(5)).
        avant, _, apres = ligne.partition(" - ")
        champs, suite = avant.split(" "), apres.split(" ")
        point = _ECHAPPE.sub(lambda octal: chr(int(octal[1], 8)), "".join(champs[4:5]))
        if point and (reel == point or reel.startswith(point.rstrip("/") + "/")):
            types[len(point)] = suite[0]
    return bool(types) and types[max(types)] in _LOCAUX


@define
class Temoin:
    """Which file the name of a ledger meant when it was opened: whatever is written to a file that lost its name is lost.

    >>> Temoin(None).exiger()  # no file, no question
    """

    fichier: Path | None
    _identite: tuple[int, int] | None = None

    def exiger(self) -> None:
        """Raise :class:`~segur_pha.RegistreError` when the name now means another file, or none."""
        if self.fichier is None:
            return
        with suppress(OSError):
            etat = self.fichier.stat()
            presente = etat.st_dev, etat.st_ino
            if self._identite in {None, presente}:
                self._identite = presente
                return
        raise RegistreError(
            f"Le registre {self.fichier.name} n’est plus à sa place, ou un autre a pris son nom : rien n’a été enregistré. "
            "Remettez-le, puis recommencez."
        )


def regler_la_connexion(connexion: sqlite3.Connection) -> None:
    """Set up a connection to a SQLite ledger of ours."""
    # secure_delete: what is erased is overwritten.  cache_spill: readers wait at most for the moment of a commit.
    for pragma in ("secure_delete=ON", "cache_spill=OFF"):
        connexion.execute(f"PRAGMA {pragma}").close()


def choisir_le_journal(connexion: Connection, *, local: bool) -> None:
    """Choose how a SQLite file keeps what is being written, without waiting for anybody.

    On a disk of this machine (``local``), a write-ahead log, with which readers can go on.  Elsewhere the rollback journal, since
    machines cannot share a log's memory.
    """
    pilote = _pilote(connexion)
    with sans_attendre(pilote), suppress(sqlite3.Error):  # locked or read-only: it stays as it is
        pilote.execute(f"PRAGMA journal_mode={'WAL' if local else 'DELETE'}").close()


def vider_le_journal(connexion: Connection, si_occupe: Callable[[], object]) -> bool:
    """Empty the write-ahead log of a SQLite file, after waiting for whoever reads it, and tell whether it is empty.

    ``si_occupe`` is called once before that.
    """
    with sans_attendre(_pilote(connexion)):
        vide = _vider(connexion)
    if vide:
        return True
    si_occupe()
    return _vider(connexion)


def _vider(connexion: Connection) -> bool:
    ((occupe, _, _),) = connexion.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return not occupe


def _pilote(connexion: Connection) -> sqlite3.Connection:
    """Return the driver's own connection to a SQLite file."""
    return cast("sqlite3.Connection", connexion.connection.driver_connection)


@contextmanager
def sans_attendre(connexion: sqlite3.Connection) -> Iterator[None]:
    """Within the block, fail at once when somebody else holds a lock."""
    ((patience,),) = connexion.execute("PRAGMA busy_timeout").fetchall()
    connexion.execute("PRAGMA busy_timeout=0").close()
    try:
        yield
    finally:
        with suppress(sqlite3.ProgrammingError):  # SQLAlchemy closes a connection that was interrupted
            connexion.execute(f"PRAGMA busy_timeout={patience}").close()


def commencer(connexion: Connection, debut: str, si_occupe: Callable[[], object], *, a_nous: bool = False) -> None:
    """Begin a SQLite transaction now: Python's driver waits for the first change, not counting reads or CREATE.

    ``debut`` is the statement; if another program is in the way, ``si_occupe`` is called once before waiting for it.  ``a_nous``:
    the ledger decides the connection's settings.

    Raises :class:`~segur_pha.RegistreError` for a connection that commits each statement by itself.
    """
    exiger_une_transaction(connexion)
    if connexion.dialect.name != "sqlite":
        return
    pilote = _pilote(connexion)
    if pilote.in_transaction:
        return
    # FULL: a served number stays served after a power cut.  A reading transaction only begins with its first read.
    durable = ["PRAGMA synchronous=FULL"] if a_nous else []
    ordres = [*durable, debut, *(["SELECT 1 FROM sqlite_master"] if debut == "BEGIN" else [])]
    try:
        with sans_attendre(pilote):
            for ordre in ordres:
                pilote.execute(ordre).close()
    except sqlite3.Error as erreur:
        pilote.rollback()
        if erreur.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            si_occupe()
        # A second refusal is raised as SQLAlchemy's.
        for ordre in ordres:
            connexion.exec_driver_sql(ordre).close()


def au_milieu(connexion: Connection) -> bool:
    """Tell whether a driver's connection was already in a transaction before it was used here.

    Raises :class:`~segur_pha.RegistreError` when whoever lent it has closed it, so that it cannot tell.
    """
    pilote = connexion.connection.driver_connection
    pilotes = connexion.dialect.loaded_dbapi
    try:
        # Both sqlite3 and psycopg tell.  A closed sqlite3 connection refuses the question, a psycopg one says that it is closed.
        if getattr(pilote, "closed", False):
            raise pilotes.InterfaceError
        if _toujours_en_transaction(connexion):
            # What was lent out and came back begins anew; of what several share nobody can tell.
            return isinstance(connexion.engine.pool, StaticPool | SingletonThreadPool)
        info = getattr(pilote, "info", None)
        return bool(getattr(pilote, "in_transaction", False) or getattr(info, "transaction_status", 0))
    except pilotes.Error:
        raise RegistreError(
            "La connexion prêtée au registre a été fermée depuis : montrez le dossier avec une autre, par "
            "montrer_depot(Registre(adresse), sortie)."
        ) from None


def _toujours_en_transaction(connexion: Connection) -> bool:
    """Tell whether it was opened by sqlite3 with ``autocommit=False`` (Python 3.12): to be in a transaction says nothing there."""
    pilote = connexion.connection.driver_connection
    return connexion.dialect.name == "sqlite" and getattr(pilote, "autocommit", None) is False


#: Of each Connection to SQLite, whether its outermost savepoint was made before its driver had begun a transaction.
_POINTS_SEULS: Final[WeakKeyDictionary[Connection, bool]] = WeakKeyDictionary()


@event.listens_for(Engine, "savepoint")
def _noter_un_point(connexion: Connection, _nom: str) -> None:
    """Note it when it is made: neither SQLite nor its driver tells it afterwards."""
    # Python's driver begins a transaction before the first change only, and a savepoint is none.
    if connexion.dialect.name == "sqlite" and not connexion.in_nested_transaction():
        _POINTS_SEULS[connexion] = not getattr(connexion.connection.driver_connection, "in_transaction", True)


def exiger_une_transaction(connexion: Connection) -> None:
    """Raise :class:`~segur_pha.RegistreError` for a connection that commits each statement by itself, on any database.

    So does a savepoint of SQLite's that stands in no transaction: its release commits.

    The ledger's lock would be let go of as soon as it is taken; and where SQLite were told to begin a transaction, nobody would
    end it: whoever counts on each statement being committed calls no « commit ».
    """
    if not connexion.in_transaction():
        connexion.begin()  # what the caller has attached to this event may begin one (SQLAlchemy's recipe for sqlite3)
    if connexion.in_nested_transaction() and _POINTS_SEULS.get(connexion, False):
        raise RegistreError(
            "Sur SQLite, ce point de sauvegarde (begin_nested) a été ouvert avant toute écriture : le pilote n’a pas commencé de "
            "transaction, et la fin du point de sauvegarde validerait à elle seule. Écrivez d’abord dans la transaction, ou prenez "
            "le verrou du registre (reserver(0)), puis ouvrez le point de sauvegarde. Rien n’a été enregistré."
        )
    # Drivers say it by True or False; sqlite3 before Python 3.12, and in its older way since (-1), by a level of None.
    dit = getattr(connexion.connection.driver_connection, "autocommit", None)
    seule = dit is True
    if connexion.dialect.name == "sqlite" and dit is not False:
        seule |= _pilote(connexion).isolation_level is None
    if seule and not au_milieu(connexion):
        raise RegistreError(
            "La connexion donnée au registre valide chaque instruction à part (AUTOCOMMIT), et il faut au registre des "
            'transactions : donnez-lui une Engine à part, sans isolation_level="AUTOCOMMIT" ni autocommit. Rien n’a été enregistré.'
        )


def verrouiller(connexion: Connection, si_occupe: Callable[[], object]) -> None:
    """Take the ledger's lock until the end of the transaction; ``si_occupe`` is called once if somebody else holds it."""
    r = tables.reglages
    if connexion.dialect.name == "postgresql":
        libre = select(r.c.cle).where(r.c.cle == "verrou").with_for_update(skip_locked=True)
        if connexion.execute(libre).first() is None:
            si_occupe()
    connexion.execute(update(r).where(r.c.cle == "verrou").values(valeur=r.c.valeur))
