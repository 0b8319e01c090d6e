"""What commands write for programs, held to its schema; more strictly than a reader would: no key is left undocumented."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from segur_pha.cli.schema import schema_de_sortie

if TYPE_CHECKING:
    from collections.abc import Sequence


def juger_la_ligne(mots: Sequence[str], sortie: str) -> None:
    """Judge what a command line printed, if it asked for JSON and was not misused."""
    if ("--format", "json") in pairwise(mots) and sortie:
        juger("-".join(mots[:2]) if mots[0] == "registre" else mots[0], sortie)


def juger(commande: str, texte: str | bytes) -> None:
    """Judge the JSON that a command wrote."""
    objet = json.loads(texte)
    # A failure holds nothing beside why it is one; an answer of the portal may name its own.
    rate = isinstance(objet, dict) and objet.keys() == {"version", "erreur"}
    validateur("erreur" if rate else commande).validate(objet)


@cache
def validateur(commande: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(ferme(schema_de_sortie(commande)))  # type: ignore[arg-type]


def ferme(schema: Any) -> Any:
    """Close every object of a schema."""
    if isinstance(schema, list):
        return [ferme(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    part = {key: ferme(value) for key, value in schema.items()}
    return {**part, "additionalProperties": False} if part.get("type") == "object" else part
