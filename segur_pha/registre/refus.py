"""What a database or SQLAlchemy refuses, in French and without a value; everything that the ledger raises is ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from segur_pha.erreurs import RegistreError
from segur_pha.registre.adresse import secrets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Engine

__all__ = ["ILLISIBLE", "traduire"]

#: What is said of a text that no database keeps as it is: half of a character, or U+0000.
ILLISIBLE: Final = (
    "Un des textes donnés contient ce qu’aucune base ne garde (un caractère nul ou incomplet) : retapez-le. "
    "Rien n’a été enregistré."
)

#: What a clerk may do about SQLite's most frequent refusals.
_MOTIFS_DE_SQLITE: Final = {
    "unable to open database file": "le fichier ne s’ouvre pas ; vérifiez son dossier et vos droits d’accès.",
    "file is not a database": "ce fichier n’est pas un registre ; vérifiez son nom.",
    "attempt to write a readonly database": "le fichier est en lecture seule ; vérifiez vos droits d’accès.",
    "database or disk is full": "le disque est plein ; faites de la place, puis recommencez.",
    "database disk image is malformed": "ce fichier est abîmé ; reprenez la dernière copie entière (segur-pha registre copier en "
    "fait), importez un export dans un registre neuf, ou refaites-le par segur-pha registre inscrire.",
    "database is locked": "un autre programme s’en sert ; recommencez quand il aura fini.",
}


@contextmanager
def traduire(moteur: Engine) -> Iterator[None]:
    """Say in French what a database refuses; its own words follow, without the values (they may be personal)."""
    try:
        yield
    except UnicodeEncodeError:
        # Without the text, which may be somebody's name.
        raise RegistreError(ILLISIBLE) from None
    except SQLAlchemyError as erreur:
        tus = secrets(moteur.url)
        refus = RegistreError(_en_francais(erreur, tus) if isinstance(erreur, DBAPIError) else _inutilisable(erreur))
        # Drivers keep the password in their exceptions: with one in the address, nothing leads back to them.
        cause = None if tus else erreur
        try:
            raise refus from cause
        finally:
            refus.__context__ = cause


def _inutilisable(erreur: SQLAlchemyError) -> str:
    """Say that no question reached the database; what SQLAlchemy says of it holds no value."""
    return (
        "La connexion donnée au registre ne peut pas servir (fermée, transaction à annuler d’abord, ou plus aucune de libre) : "
        f"{type(erreur).__name__}. Rien n’a été enregistré."
    )


def _en_francais(erreur: DBAPIError, tus: Collection[str]) -> str:
    if erreur.connection_invalidated:
        # It may have been cut after the commit had arrived: nobody here can tell.
        return (
            "La connexion à la base du registre a été coupée : l’opération est enregistrée en entier, ou pas du tout. "
            "Recommencez-la : ce qui est déjà enregistré ne l’est pas une seconde fois."
        )
    # The details that follow the first line may quote the row that was refused, and so somebody's name.
    precision = str(erreur.orig).partition("\n")[0]
    if any(secret in precision for secret in tus):
        precision = "dont les mots, qui répètent l’adresse, sont tus"
    motif = _MOTIFS_DE_SQLITE.get(precision, f"{type(erreur.orig).__name__}, {precision}")
    return f"La base du registre a refusé l’opération, rien n’a été enregistré : {motif}"
