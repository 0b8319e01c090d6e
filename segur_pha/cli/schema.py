"""``segur-pha schema``: the JSON Schema, for editors, other languages and CI."""

from __future__ import annotations

from segur_pha.cli.console import sortir

__all__ = ["schema"]


def schema() -> int:
    """Affiche le schéma JSON (draft 2020-12) d’un fichier de demandes.

    Exemple :

        segur-pha schema > PHA-LGO-Va1.schema.json
    """
    from segur_pha.specification.schema import texte_du_schema

    sortir(texte_du_schema().encode())
    return 0
