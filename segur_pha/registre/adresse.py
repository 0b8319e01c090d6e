"""Where a ledger is kept: the very file or address that was meant; its password never appears in a message."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from segur_pha.erreurs import RegistreError
from segur_pha.fichiers import lire_jusqu_a
from segur_pha.rapports.tableau import accorder
from segur_pha.registre import tables
from segur_pha.registre.disque import ENTETE, est_exclusive, lecture_seule, ouvrir, ouvrir_le_fichier, sans_rien_a_cote
from segur_pha.registre.verrou import regler_la_connexion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Dialect
    from sqlalchemy.pool import ConnectionPoolEntry

__all__ = [
    "autre_chose",
    "autres_tables",
    "en_clair",
    "est_un_registre",
    "fichier_de",
    "introuvable",
    "lire_adresse",
    "moteur_de",
    "pas_un_registre",
    "registres_a_cote",
    "secrets",
]

#: How long a command waits for the ledger's lock, in seconds.
_PATIENCE: Final = 60
_MEMOIRE: Final = ":memory:"
#: The options that Python's SQLite driver takes from the end of a URL; with ``uri``, SQLite itself reads the rest.
_OPTIONS: Final = frozenset({"timeout", "isolation_level", "detect_types", "check_same_thread", "cached_statements"})

_VOLATIL: Final = (
    "Ce registre serait perdu à la fermeture : indiquez un fichier, comme registre.sqlite. Pour un essai en mémoire, en "
    'Python, écrivez Registre("sqlite://").'
)
_INCONNUE: Final = (
    "Adresse de registre inconnue : indiquez un fichier, ou une URL SQLAlchemy dont le pilote est installé et n’est pas "
    "asynchrone."
)


def lire_adresse(ou: object) -> URL:
    """Return the address of a ledger: a path is a SQLite file of exactly that name, a text with ``://`` a SQLAlchemy URL.

    Raises :class:`~segur_pha.RegistreError` for anything else, and for an address whose ledger would be lost on closing;
    ``sqlite://`` alone, SQLAlchemy's way of asking for a database in memory, is allowed.

    >>> lire_adresse("a?b%20c.sqlite").database == str(Path("a?b%20c.sqlite").absolute())
    True
    >>> lire_adresse(":memory:")
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.RegistreError: Ce registre serait perdu à la fermeture : indiquez un fichier, comme registre.sqlite. \
Pour un essai en mémoire, en Python, écrivez Registre("sqlite://").
    """
    if isinstance(ou, URL):
        return _verifiee(ou)
    if isinstance(ou, str) and "://" in ou:
        return _verifiee(_url(ou))
    texte = os.fspath(ou) if isinstance(ou, str | os.PathLike) else None
    if not isinstance(texte, str):
        raise RegistreError(
            f"Registre : indiquez un fichier, une URL SQLAlchemy, un Engine ou une Connection, et non {type(ou).__name__} ; "
            "d’une Session, donnez session.connection()."
        )
    if isinstance(ou, str) and not texte.strip():
        raise RegistreError("Registre : le nom est vide ; indiquez un fichier, comme registre.sqlite.")
    if texte == _MEMOIRE:
        raise RegistreError(_VOLATIL)
    if not _nom_possible(texte):
        raise RegistreError("Registre : aucun fichier ne peut porter ce nom ; choisissez-en un autre.")
    # URL.create takes the name literally; reading it as a URL would interpret %20, ? and more.
    return URL.create("sqlite", database=str(Path(texte).absolute()))


def _nom_possible(texte: str) -> bool:
    try:
        return b"\0" not in os.fsencode(texte)
    except UnicodeEncodeError:
        return False


def _url(adresse: str) -> URL:
    """Read a URL; refuse it outside the ``except`` block, since SQLAlchemy's own message may quote the password."""
    try:
        url = make_url(adresse)
    except (ArgumentError, ValueError):
        url = None
    if url is None:
        raise RegistreError(_INCONNUE)
    if not _est_sqlite(url) and adresse.count("@") > 1:
        # The end of the password would be taken for the name of the server, and shown if that does not answer.
        raise RegistreError(
            "Adresse de registre : « @ » n’y sépare que le mot de passe du serveur ; ailleurs il s’écrit %40."
        )
    if _est_sqlite(url) and "?" in adresse and not url.query:
        raise RegistreError(
            "Adresse de registre : « ? » y commence des options ; donnez plutôt le nom du fichier, sans sqlite:///."
        )
    return url


def _verifiee(url: URL) -> URL:
    if _est_sqlite(url):
        if "uri" not in url.query and not _OPTIONS.issuperset(url.query):
            raise RegistreError(_INCONNUE)
        if (url.database is not None or url.query) and _est_volatile(url):
            raise RegistreError(_VOLATIL)
    return url


def _est_sqlite(url: URL) -> bool:
    return url.drivername.partition("+")[0] == "sqlite"


def _est_volatile(url: URL) -> bool:
    """Tell whether SQLite would keep this database in memory, or in a file without a name."""
    nom = url.database or ""
    if "uri" in url.query:
        nom = nom.removeprefix("file:").partition("?")[0]
    return nom.strip() in {"", _MEMOIRE} or url.query.get("mode") == "memory" or url.query.get("vfs") == "memdb"


def fichier_de(url: URL) -> Path | None:
    """Return the file of a SQLite ledger; ``None`` for a server, for memory, and where SQLite reads a URI of its own."""
    return Path(url.database) if _est_sqlite(url) and url.database and "uri" not in url.query else None


def en_clair(ou: str) -> str:
    """Name a ledger for messages: a path as it was given, a URL without its user, password and options.

    >>> en_clair("registre.sqlite"), en_clair("postgresql+psycopg://segur:m%40t@serveur:5432/base?password=m%40t")
    ('registre.sqlite', 'postgresql+psycopg://serveur:5432/base')
    """
    if "://" not in ou:
        return ou
    url = lire_adresse(ou)
    return URL.create(url.drivername, host=url.host, port=url.port, database=url.database).render_as_string()


def secrets(url: URL) -> frozenset[str]:
    """List the parts of an address that must not be shown: the password, plain and encoded, and any option that holds one.

    >>> sorted(secrets(make_url("postgresql://segur:m%40t@serveur/base?sslpassword=clef")))
    ['clef', 'm%40t', 'm@t']
    """
    options = [valeur for cle, valeur in url.query.items() if "pass" in cle.casefold()]
    plats = [
        v for valeur in (str(url.password or ""), *options) for v in ([valeur] if isinstance(valeur, str) else valeur)
    ]
    return frozenset(filter(None, (*plats, *(quote(plat, safe="") for plat in plats))))


def moteur_de(ou: object) -> Engine:
    """Make the engine of an address; raises what :func:`lire_adresse` raises, and when no known driver can open it."""
    url = lire_adresse(ou)
    options: dict[str, Any] = {}
    if not _est_sqlite(url):
        options["pool_pre_ping"] = (
            True  # a connection that was cut while idle is replaced, so that it makes no command fail
        )
    elif "timeout" not in url.query:
        options["connect_args"] = {"timeout": _PATIENCE}
    fichier = fichier_de(url)
    if fichier is not None and lecture_seule(fichier):
        options["creator"] = partial(sans_rien_a_cote, fichier)
    try:
        moteur = create_engine(url, hide_parameters=True, **options)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError):
        moteur = None
    if moteur is None or moteur.dialect.is_async:
        raise RegistreError(_INCONNUE)
    if _est_sqlite(url):
        event.listen(moteur, "connect", _regler_sqlite)
    if fichier is not None and "creator" not in options:
        event.listen(moteur, "do_connect", _ouvrir_sqlite)
        event.listen(moteur, "checkin", _rendre_sqlite)
    return moteur


def _ouvrir_sqlite(
    dialecte: Dialect, _: object, arguments: Sequence[Any], options: Mapping[str, Any]
) -> sqlite3.Connection:
    return ouvrir(partial(dialecte.loaded_dbapi.connect, *arguments, **options))


def _rendre_sqlite(connexion: sqlite3.Connection | None, rangee: ConnectionPoolEntry) -> None:
    if connexion is not None and est_exclusive(connexion):
        rangee.invalidate()  # closed: others wait for it


def _regler_sqlite(connexion: sqlite3.Connection, _: object) -> None:
    try:
        regler_la_connexion(connexion)
    except BaseException:
        connexion.close()  # SQLAlchemy does not know of it yet, and would leave the file open
        raise


#: How many files of a folder are looked at, and how many ledgers are named.
_REGARDES, _NOMMES = 1000, 10


def est_un_registre(chemin: Path) -> bool:
    """Tell whether a file is a SQLite ledger; it is only read, and nothing is made beside it."""
    try:
        with chemin.open("rb") as flux:
            if flux.read(len(ENTETE)) != ENTETE:
                return False
        adresse = f"{chemin.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(adresse, uri=True)) as connexion:
            question = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            return connexion.execute(question, [tables.reglages.name]).fetchone() is not None
    except (OSError, sqlite3.Error):
        return False


def registres_a_cote(chemin: Path) -> list[str]:
    """Return the names of the ledgers in the folder of a file."""
    return sorted(islice(_registres(chemin), _NOMMES))


def _registres(chemin: Path) -> Iterator[str]:
    with suppress(OSError):
        for voisin in islice(chemin.absolute().parent.iterdir(), _REGARDES):
            if voisin.is_file() and est_un_registre(voisin):
                yield voisin.name


def autre_chose(chemin: Path) -> str:
    """Say in French what stands where a ledger was meant; ``""`` for a ledger, for nothing, and where nobody can tell.

    >>> autre_chose(Path("examples")), autre_chose(Path("absent"))
    ('c’est un dossier', '')
    """
    if chemin.is_dir():
        return "c’est un dossier"
    with suppress(OSError, sqlite3.Error):
        if not stat.S_ISREG(chemin.stat().st_mode):
            return "ce n’est pas un fichier ordinaire"
        debut = lire_jusqu_a(chemin, len(ENTETE))[: len(ENTETE)]
        if debut not in {b"", ENTETE}:
            return "ce fichier n’est pas une base de données SQLite, ou son début est abîmé"
        with closing(ouvrir_le_fichier(chemin)) as connexion:
            return autres_tables(nom for (nom,) in connexion.execute(_TABLES_ET_VUES))
    return ""


_TABLES_ET_VUES: Final = (
    r"SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'"
)


_D_UN_AUTRE: Final = "c’est la base d’un autre programme"


def autres_tables(noms: Iterable[str]) -> str:
    """Say in French whose a database with these tables is; ``""`` when the ledger's are among them, or there are none.

    >>> autres_tables(["factures", "clients"])
    'c’est la base d’un autre programme (2 tables, aucune du registre)'
    """
    presentes = set(noms)
    if not presentes or tables.reglages.name in presentes:
        return ""
    return f"{_D_UN_AUTRE} ({accorder(len(presentes), 'table')}, aucune du registre)"


def pas_un_registre(nom: str, quoi: str, dialecte: str) -> RegistreError:
    """Refuse to make a ledger of what is something else, and say how it can be kept beside others' tables."""
    parmi = (
        " ; pour le tenir parmi les tables de ce programme, créez-y d’abord les siennes : segur-pha registre tables --dialecte "
        f"{dialecte}"
        if quoi.startswith(_D_UN_AUTRE)
        else ""
    )
    return RegistreError(
        f"{nom} n’est pas un registre, {quoi} : rien n’a été changé. Donnez au registre un fichier ou une base à lui{parmi}."
    )


def introuvable(nom: str, chemin: Path | None, *, option: bool = False) -> RegistreError:
    """Say that there is no such ledger, which others are in its folder, and how to make one (``option``: also by ``--creer``)."""
    quoi = "" if chemin is None else autre_chose(chemin)
    a_cote = [] if chemin is None else registres_a_cote(chemin)
    suite = f" Registres du même dossier : {', '.join(a_cote)}." if a_cote else " Vérifiez le nom et le dossier."
    ou = ", ou l’option --creer" if option else ""
    if quoi:
        return RegistreError(f"Registre introuvable : {nom} n’en est pas un, {quoi}.{suite}")
    return RegistreError(f"Registre introuvable : {nom}.{suite} Pour en commencer un : segur-pha registre creer{ou}.")
