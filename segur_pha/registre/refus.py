"""What no database can store and what one refuses, in French and without values; the ledger raises only our own exceptions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from segur_pha.erreurs import RegistreError
from segur_pha.registre.adresse import fichier_de, secrets
from segur_pha.registre.disque import disque_plein
from segur_pha.textes import encodable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    _Rangee: TypeAlias = Mapping[str, object] | tuple[object, ...]

__all__ = ["CARACTERE_PERDU", "TEXTE_PERDU", "motif", "parametres_surveilles", "se_garde", "traduire"]

#: What is said about a text that no database can store as it is.
CARACTERE_PERDU: Final = "un caractère qu’aucune base ne garde (U+0000, ou la moitié d’un caractère)"
TEXTE_PERDU: Final = (
    f"Un des textes donnés au registre contient {CARACTERE_PERDU} : retapez-le sans lui. Rien n’a été enregistré."
)

_ABIME: Final = (
    "ce fichier est abîmé ; reprenez la dernière copie entière (segur-pha registre copier en fait), importez un export dans un "
    "registre neuf, ou refaites-le par segur-pha registre inscrire."
)

#: What a clerk may do when SQLite refuses, by the name of its code or primary code: its words change between versions.
_MOTIFS_DE_SQLITE: Final = {
    "SQLITE_CANTOPEN": "le fichier ne s’ouvre pas ; vérifiez son dossier et vos droits d’accès.",
    "SQLITE_NOTADB": "ce fichier n’est pas un registre ; vérifiez son nom.",
    "SQLITE_READONLY": "le fichier est en lecture seule ; vérifiez vos droits d’accès.",
    "SQLITE_FULL": "le disque est plein ; faites de la place, puis recommencez.",
    "SQLITE_IOERR": "le disque ne répond pas comme il devrait ; vérifiez-le, puis recommencez.",
    "SQLITE_CORRUPT": _ABIME,
    "SQLITE_BUSY_SNAPSHOT": (
        "votre transaction a lu le registre avant qu’un autre programme y écrive, et ne peut plus y écrire elle-même : annulez-la "
        "(rollback), puis recommencez dans une nouvelle."
    ),
    "SQLITE_BUSY": "un autre programme s’en sert ; recommencez quand il aura fini.",
    "SQLITE_LOCKED": "un autre programme s’en sert ; recommencez quand il aura fini.",
}
#: What SQLite may also say of a disk without place: it could not make a file, or the memory that its readers share.
_PEUT_ETRE_PLEIN: Final = frozenset({"SQLITE_CANTOPEN", "SQLITE_IOERR"})


@contextmanager
def traduire(moteur: Engine) -> Iterator[None]:
    """Say in French what a database refuses; its own words follow, without the values, which may be personal."""
    try:
        yield
    except UnicodeEncodeError:
        # The text is left out, since it may be somebody's name.
        raise RegistreError(TEXTE_PERDU) from None
    except SQLAlchemyError as erreur:
        tus = secrets(moteur.url)
        refus = RegistreError(
            _en_francais(erreur, tus, fichier_de(moteur.url))
            if isinstance(erreur, DBAPIError)
            else _inutilisable(erreur)
        )
        # Drivers keep the password in their exceptions: with one in the address, nothing leads back to them.
        cause = None if tus else erreur
        try:
            raise refus from cause
        finally:
            refus.__context__ = cause


def _inutilisable(erreur: SQLAlchemyError) -> str:
    """Say that no query reached the database; what SQLAlchemy says about it contains no values."""
    return (
        "La connexion donnée au registre ne peut pas servir (fermée, transaction à annuler d’abord, ou plus aucune de libre) : "
        f"{type(erreur).__name__}. Rien n’a été enregistré."
    )


def _en_francais(erreur: DBAPIError, tus: Collection[str], fichier: Path | None) -> str:
    if erreur.connection_invalidated:
        # The connection may have been cut after the commit arrived: there is no way to tell here.
        return (
            "La connexion à la base du registre a été coupée : l’opération est enregistrée en entier, ou pas du tout. "
            "Recommencez-la : ce qui est déjà enregistré ne l’est pas une seconde fois."
        )
    return f"La base du registre a refusé l’opération, rien n’a été enregistré : {motif(erreur.orig, fichier, tus)}"


def motif(cause: BaseException | None, fichier: Path | None, tus: Collection[str] = ()) -> str:
    """Say why, and what to do; the database's own words follow where nothing better is known.

    ``fichier``: the file of a SQLite ledger; ``tus``: what must not be repeated.
    """
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorname", None)
        if code is None and isinstance(cause, sqlite3.OperationalError):
            # The driver could not read a text, and quotes it: it may be somebody's name.
            return _ABIME
        # SQLITE_IOERR_WRITE is a kind of SQLITE_IOERR.
        premier = code if code in _MOTIFS_DE_SQLITE else "_".join((code or "").split("_")[:2])
        if premier in _PEUT_ETRE_PLEIN and fichier is not None and disque_plein(fichier):
            premier = "SQLITE_FULL"
        if premier == "SQLITE_READONLY" and fichier is not None and os.access(fichier, os.W_OK):
            return "le dossier du registre est en lecture seule, et SQLite doit y écrire aussi ; vérifiez vos droits d’accès."
        if premier in _MOTIFS_DE_SQLITE:
            return _MOTIFS_DE_SQLITE[premier]
    # The details that follow the first line may quote the row that was refused, and so somebody's name.
    precision = str(cause).partition("\n")[0]
    if any(secret in precision for secret in tus):
        precision = "dont les mots, qui répètent l’adresse, sont tus"
    return f"elle dit « {precision} »."


#: SQLite's integers, and PostgreSQL's BIGINT.
_MAXIMUM: Final = 2**63


@contextmanager
def parametres_surveilles(connexion: Connection) -> Iterator[Connection]:
    """Check every value that is sent on this connection within the block.

    PostgreSQL, unlike SQLite, does not store U+0000, neither stores a lone surrogate, and drivers refuse large integers in their
    own words.  Raises :class:`~segur_pha.RegistreError` for each of them.
    """

    def regarder(_: object, __: object, ___: object, parametres: _Rangee | list[_Rangee], *____: object) -> None:
        for valeur in _valeurs(parametres):
            _refuser(valeur)

    event.listen(connexion, "before_cursor_execute", regarder)
    try:
        yield connexion
    finally:
        event.remove(connexion, "before_cursor_execute", regarder)


def _valeurs(parametres: _Rangee | list[_Rangee]) -> Iterator[object]:
    """Yield the values of a statement: a tuple or a mapping, or a list of them for many rows."""
    for rangee in parametres if isinstance(parametres, list) else (parametres,):
        yield from rangee.values() if isinstance(rangee, Mapping) else rangee


def _refuser(valeur: object) -> None:
    if isinstance(valeur, str):
        if not se_garde(valeur):
            raise RegistreError(TEXTE_PERDU)
    elif isinstance(valeur, int) and not -_MAXIMUM <= valeur < _MAXIMUM:
        raise RegistreError("Un des nombres donnés au registre a trop de chiffres. Rien n’a été enregistré.")


def se_garde(texte: str) -> bool:
    r"""Tell whether every database can store a text.

    >>> se_garde("Aÿ"), se_garde("A\0")
    (True, False)
    """
    return "\0" not in texte and encodable(texte)
