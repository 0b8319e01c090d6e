"""The command line → what its reference page repeats: help pages, and the keys of the JSON outputs."""

from __future__ import annotations

import json
import os
import re
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Final, TypeAlias, cast, get_args
from unittest.mock import patch

from segur_pha.cli import COMMANDES, principal
from segur_pha.cli.registre import registre
from segur_pha.cli.schema import Sortie, schema_de_sortie

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["page_des_commandes"]

Schema: TypeAlias = "Mapping[str, object]"

#: A derived part of the page: ``<!-- aide: avance -->`` or ``<!-- sortie: avance -->``, up to ``<!-- fin -->``.
_DERIVE: Final = re.compile(r"(?s)(<!-- (aide|sortie): ([\w-]+) -->\n).*?(<!-- fin -->)")


def page_des_commandes(page: str) -> str:
    """Rewrite the derived parts of a page; the words around them are written by hand.

    Raises ``LookupError`` when a command or an output for programs has no such part.

    >>> page_des_commandes("# Commands")
    Traceback (most recent call last):
    ...
    LookupError: not on the page: aide: anonymiser, aide: avance, ...
    """
    presents = {f"{genre}: {nom}" for _, genre, nom, _ in _DERIVE.findall(page)}
    attendus = {*(f"aide: {nom}" for nom in COMMANDES), *(f"sortie: {nom}" for nom in get_args(Sortie))}
    if presents != attendus:
        raise LookupError(f"not on the page: {', '.join(sorted(attendus ^ presents))}")
    montres: set[str] = set()

    def ecrire(m: re.Match[str]) -> str:
        lignes = _aides(m[3]) if m[2] == "aide" else _cles(m[3], montres)
        return "\n".join([m[1].rstrip(), *lignes, m[4]])

    return _DERIVE.sub(ecrire, page)


def _aides(commande: str) -> Iterator[str]:
    yield from _aide(commande)
    if commande == registre.name[0]:
        for sous in sorted(nom for nom in registre if not nom.startswith("-")):
            yield from ("", f"### `segur-pha {commande} {sous}`", *_aide(f"{commande} {sous}"))


def _aide(commande: str) -> Iterator[str]:
    ecrit = TextIOWrapper(BytesIO(), encoding="utf-8")
    with redirect_stdout(ecrit), patch.dict("os.environ"):
        os.environ.pop("FORCE_COLOR", None)
        assert principal([*commande.split(), "--help"]) == 0
    ecrit.seek(0)
    # A longer fence, since a help page could contain a block.
    yield from ("", ":::{container} rapport", "````text", ecrit.read().strip(), "````", ":::", "")


def _cles(sortie: str, montres: set[str]) -> Iterator[str]:
    """List the keys of an output, object by object, from its schema; ``montres``: the classes that the page has already shown."""
    schema = schema_de_sortie(cast("Sortie", sortie))
    definitions = cast("Mapping[str, Schema]", schema.get("$defs", {}))
    forme = "" if "properties" in schema else f" ({_forme(schema, definitions)})"
    yield from ("", f"`{schema['title']}`{forme}: {schema['description']}", "")
    for objet in (schema, *definitions.values()):
        titre = str(objet["title"])
        if "properties" not in objet or titre in montres:
            continue
        montres.add(titre)
        dit = "" if objet is schema else f": {objet['description']}"
        yield from (f"| `{titre}`{dit} | |", "|---|---|")
        for cle, valeur in cast("Mapping[str, Schema]", objet["properties"]).items():
            yield f"| `{cle}` | {_valeur(valeur, definitions)} |"
        yield ""


_TYPES: Final = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null"}


def _valeur(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    """Say in English what is under a key: its form, then its meaning."""
    sens = schema.get("description") or _suivre(schema, definitions).get("description")
    return f"{_forme(schema, definitions)}{f'. {sens}' if sens else ''}"


def _forme(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    schema = _suivre(schema, definitions)
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{'null' if valeur is None else valeur}`" for valeur in cast("list[object]", schema["enum"]))
    if "items" in schema:
        return f"list of: {_forme(cast('Schema', schema['items']), definitions)}"
    choix = cast("list[Schema]", schema.get("anyOf") or schema.get("oneOf") or [])
    if choix:
        return " or ".join(_forme(un, definitions) for un in choix)
    return f"`{schema['title']}`" if "properties" in schema else _TYPES[str(schema["type"])]


def _suivre(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    renvoi = schema.get("$ref")
    return definitions[str(renvoi).removeprefix("#/$defs/")] if renvoi else schema
