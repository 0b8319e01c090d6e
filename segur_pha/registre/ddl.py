"""The ledger's tables as SQL, for a database whose tables are made by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_mock_engine

from segur_pha.registre.tables import METADONNEES

if TYPE_CHECKING:
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.ddl import BaseDDLElement

__all__ = ["ddl"]


def ddl(dialecte: str) -> str:
    """Give the statements that make the tables, their indexes and comments, in order, each ended by a semicolon.

    >>> "CREATE TABLE segur_demandes" in ddl("postgresql")
    True
    """
    ordres: list[str] = []

    def noter(ordre: Executable | BaseDDLElement, *_: object, **__: object) -> None:
        ordres.append(f"{str(ordre.compile(dialect=moteur.dialect)).strip()};\n")  # type: ignore[union-attr]

    moteur = create_mock_engine(f"{dialecte}://", noter)
    METADONNEES.create_all(moteur, checkfirst=False)
    return "".join(ordres)
