"""``segur-pha registre tables``: the ledger's tables as SQL, for whoever makes them by hand."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from segur_pha.cli.console import sortir

__all__ = ["tables"]


def tables(
    *,
    dialecte: Annotated[
        Literal["postgresql", "sqlite"], Parameter(help="La base pour laquelle écrire ce SQL.")
    ] = "postgresql",
) -> int:
    """Écrit les tables du registre en SQL, pour les créer soi-même ; le registre s’en sert à sa première ouverture.

    Exemple :

        segur-pha registre tables --dialecte postgresql
    """
    from segur_pha.registre.ddl import ddl

    sortir(ddl(dialecte).encode())
    return 0
