"""``segur-pha schema``: the JSON Schemas, of the files of requests and of what the commands print for programs."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter

from segur_pha.cli.console import sortir, sortir_json
from segur_pha.cli.vague import Vague, specification_de

__all__ = ["schema", "schema_de_sortie"]

#: The commands that write for programs; a hyphen stands for the blank before a subcommand.
Sortie: TypeAlias = Literal[
    "controler",
    "preparer",
    "verifier",
    "retour",
    "etat",
    "registre-lister",
    "registre-soldables",
    "registre-soldes",
    "registre-relancer",
    "avance",
    "operateurs",
    "certificats",
    "certificats-plan",
]

_RENVOI: Final = re.compile(r'"#/\$defs/([a-z_]+)"')


def schema(
    *,
    sortie: Annotated[
        Sortie | None, Parameter(help="Plutôt le schéma de ce que cette commande écrit avec --format json.")
    ] = None,
    vague: Vague = None,
) -> int:
    """Affiche le schéma JSON (draft 2020-12) d’un fichier de demandes, ou de ce qu’une commande écrit en JSON.

    Exemples :

        segur-pha schema > PHA-LGO-Va1.schema.json
        segur-pha schema --sortie controler > controler.schema.json
    """
    if sortie is not None:
        sortir_json(schema_de_sortie(sortie))
        return 0
    from segur_pha.texte_json.schema import texte_du_schema

    sortir(texte_du_schema(specification_de(vague)).encode())
    return 0


def schema_de_sortie(commande: Sortie) -> dict[str, object]:
    """Give the schema of a command's JSON output, with the definitions that it refers to and no other.

    >>> list(schema_de_sortie("operateurs"))
    ['$schema', '$id', 'title', 'description', 'type', 'items', '$defs']
    """
    entier = json.loads(files("segur_pha.cli").joinpath("sorties.schema.json").read_text(encoding="utf-8"))
    definitions: dict[str, dict[str, object]] = entier["$defs"]
    utiles: dict[str, object] = {}
    a_voir = [commande]
    while a_voir:
        for nom in _RENVOI.findall(json.dumps(definitions[a_voir.pop()])):
            if nom not in utiles:
                utiles[nom] = definitions[nom]
                a_voir.append(nom)
    tete = {"$schema": entier["$schema"], "$id": f"urn:segur-pha:schema:sortie:{commande}:1"}
    return {**tete, **definitions[commande], **({"$defs": utiles} if utiles else {})}
