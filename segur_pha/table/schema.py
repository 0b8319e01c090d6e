"""A table → JSON Schema, draft 2020-12, for other languages, editors and CI.

The schema is for those who embed it; the engine does not run on it.  It says everything that a schema can say about a file that
both controls accept; what it cannot say is listed in each ``$comment`` and in :data:`INEXPRIMABLE`.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final

from segur_pha.table.balise import Balise, Liste, Objet, balises
from segur_pha.table.motifs import FIN

if TYPE_CHECKING:
    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.formats import Format, SchemaJSON
    from segur_pha.table.specification import Specification

__all__ = ["INEXPRIMABLE", "schema_du_fichier"]

#: What no schema can say about a file, besides what a ``$comment`` says about one balise.
INEXPRIMABLE: Final = (
    "the encoding of the text, its size, and a key written twice in one object",
    "uniqueness of a value among the requests of a file",
    "the rank that each request must bear",
    "the name of a document, which follows from its request's number, its type and its format",
)


def schema_du_fichier(specification: Specification) -> dict[str, object]:
    """Derive the JSON Schema of a file from its table; a fresh dictionary at each call, free to be changed."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": specification.schema_id,
        "title": f"Demandes {_de(specification.type_de_demande)} {specification.nom}",
        "description": (
            f"Fichier de demandes {_de(specification.type_de_demande)} Ségur numérique qu’un éditeur dépose sur le portail de "
            "l’ASP."
        ),
        "$comment": f"Source: {specification.source}. A schema cannot say: {'; '.join(INEXPRIMABLE)}.",
        **_schema_du_bloc(specification.racine, specification),
    }


def _de(nom: str) -> str:
    return f"d’{nom}" if nom.startswith(tuple("aeiouéh")) else f"de {nom}"


def _schema_du_bloc(classe: ClasseBloc, specification: Specification) -> SchemaJSON:
    rangees = balises(classe)
    return {
        "type": "object",
        "properties": {rangee.nom: _schema_de_la_balise(rangee, specification) for rangee in rangees},
        "required": [rangee.nom for rangee in rangees if rangee.obligatoire],
        "additionalProperties": False,
        **_conditions(classe, specification),
    }


def _schema_de_la_balise(rangee: Balise, specification: Specification) -> SchemaJSON:
    commentaire = f"Section {rangee.section.replace(' et ', ' and ')}, balise {rangee.numero:02}."
    match rangee.format:
        case Objet(classe):
            valeur = _schema_du_bloc(classe, specification)
        case Liste(classe, maximum):
            valeur = {"type": "array", "minItems": 1, **({"maxItems": maximum} if maximum else {})}
            valeur["items"] = _schema_du_bloc(classe, specification)
        case _:
            valeur = _schema_de_la_valeur(rangee, rangee.format)
            if rangee.format.inexprimable:
                commentaire += f" Not said here: {rangee.format.inexprimable}."
    return {"title": rangee.titre, "description": rangee.description, "$comment": commentaire, **valeur}


def _schema_de_la_valeur(rangee: Balise, champ: Format) -> SchemaJSON:
    valeur = champ.schema()
    if rangee.obligatoire:
        return valeur
    if "pattern" in valeur:
        # To a schema, the word null between quotes is a text; to the portal it is a fault (decision 14).
        valeur = {**valeur, "not": {"pattern": f"^[Nn][Uu][Ll][Ll]{FIN}"}}
    # A list of types would not compile in ajv's strict mode.
    return {"anyOf": [{"type": "null"}, valeur]}


def _conditions(classe: ClasseBloc, specification: Specification) -> SchemaJSON:
    """Add what a schema can say of the rules between balises, each in the block where it belongs."""
    conditions = [
        deepcopy(dict(c.schema))
        for c in specification.coherences
        if c.schema and classe is specification.classe_demande
    ]
    return {"allOf": conditions} if conditions else {}
