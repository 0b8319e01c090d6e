"""The reference page of the ledger's tables, written from the tables themselves."""

from __future__ import annotations

from inspect import getdoc
from typing import TYPE_CHECKING

from segur_pha.registre.evenements import NATURES
from segur_pha.registre.tables import METADONNEES, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table

__all__ = ["page_du_registre"]


def page_du_registre() -> str:
    """Write the page, in Markdown.

    >>> "| `numero_asp` | TEXT |" in page_du_registre()
    True
    """
    return "\n".join(
        [*_entete(), *(ligne for table in METADONNEES.sorted_tables for ligne in _table(table)), *_evenements()]
    )


def _entete() -> Iterator[str]:
    yield "# The ledger and its tables"
    yield ""
    yield "This page is written from the code: `python docs/generate.py`."
    yield ""
    yield f"Version {VERSION} of the tables. Their comments are French, as they are in the database. Join your own tables by"
    yield "`numero_editeur`, `finess_geo` or `fichier`; read them as you like, and write through `Registre` only: its lock is"
    yield "what keeps a number from being served twice. Amounts are whole cents, days are dates."
    yield ""
    yield "`segur_evenements` is the truth; all the other tables but `segur_reglages` follow from it, and are made again from it"
    yield "when a new version needs them otherwise. A copy of the old ledger is made first: beside a SQLite file as"
    yield "`registre.sqlite.v1.copie`, elsewhere as tables that bear the old version in their names."
    yield ""
    yield "A SQLite ledger opened by path or URL waits up to 60 s for its lock, and syncs each commit to the disk. Engines and"
    yield "connections of your own keep their settings."
    yield ""
    yield "The commands and questions are those of [`Registre`](api/registre.md)."
    yield ""


def _table(table: Table) -> Iterator[str]:
    yield f"## `{table.name}`"
    yield ""
    yield f"{table.comment}."
    yield ""
    yield "| column | type | null | meaning |"
    yield "|---|---|---|---|"
    for colonne in table.c:
        nom = f"**`{colonne.name}`**" if colonne.primary_key else f"`{colonne.name}`"
        yield f"| {nom} | {colonne.type} | {'yes' if colonne.nullable else ''} | {colonne.comment} |"
    yield ""


def _evenements() -> Iterator[str]:
    yield "## The events"
    yield ""
    yield "`nature` names the event, `contenu` holds its fields as JSON."
    yield ""
    yield "| nature | what happened | fields |"
    yield "|---|---|---|"
    for classe, nature in NATURES.items():
        resume = (getdoc(classe) or "").partition("\n")[0].removesuffix(".")
        champs = ", ".join(f"`{nom}`" for nom in classe.__annotations__)
        yield f"| `{nature}` | {resume} | {champs} |"
    yield ""
