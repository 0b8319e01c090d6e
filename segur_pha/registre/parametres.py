"""What no database keeps, or not every one: refused in the same words on all of them, before anything is sent there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import event

from segur_pha.erreurs import RegistreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    _Rangee: TypeAlias = Mapping[str, object] | tuple[object, ...]

__all__ = ["parametres_surveilles"]

#: SQLite's integers, and PostgreSQL's BIGINT.
_MAXIMUM: Final = 2**63


@contextmanager
def parametres_surveilles(connexion: Connection) -> Iterator[Connection]:
    """Look at every value that is sent on this connection within the block.

    PostgreSQL keeps no U+0000 where SQLite does, neither keeps a lone surrogate, and drivers refuse large integers in words of
    their own.  Raises :class:`~segur_pha.RegistreError` for each of them.
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
    """Give the values of a statement: a tuple or a mapping, or a list of them for many rows."""
    for rangee in parametres if isinstance(parametres, list) else (parametres,):
        yield from rangee.values() if isinstance(rangee, Mapping) else rangee


def _refuser(valeur: object) -> None:
    if isinstance(valeur, str):
        if "\0" in valeur or not (valeur.isascii() or _s_ecrit(valeur)):
            raise RegistreError(
                "Un des textes donnés au registre contient un caractère qu’aucune base ne garde (U+0000, ou la moitié d’un "
                "caractère) : retirez-le. Rien n’a été enregistré."
            )
    elif isinstance(valeur, int) and not -_MAXIMUM <= valeur < _MAXIMUM:
        raise RegistreError("Un des nombres donnés au registre a trop de chiffres. Rien n’a été enregistré.")


def _s_ecrit(texte: str) -> bool:
    try:
        texte.encode()
    except UnicodeEncodeError:
        return False
    return True
