"""The JSON Schema of a deposited file, for other languages, editors and CI; derived in :mod:`segur_pha.table.schema`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from segur_pha.table.schema import schema_du_fichier
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from segur_pha.table.specification import Specification

__all__ = ["fichier_du_schema", "schema", "texte_du_schema", "validateur"]


def schema(specification: Specification = PAR_DEFAUT) -> dict[str, object]:
    """Build the JSON Schema of a deposited file.

    A fresh dictionary at each call, free to be changed.  Section 3.2.

    >>> schema()["properties"]["SIRET"]["maxLength"]
    14
    """
    return schema_du_fichier(specification)


def texte_du_schema(specification: Specification = PAR_DEFAUT) -> str:
    """Write the schema as the text of its file: indented by two spaces, with a final newline."""
    return json.dumps(schema(specification), ensure_ascii=False, indent=2) + "\n"


def fichier_du_schema(specification: Specification = PAR_DEFAUT) -> str:
    """Return the text of the schema file in the folder of a wave, which is named after the wave.

    >>> fichier_du_schema() == texte_du_schema()
    True
    """
    return files(specification.paquet).joinpath(f"{specification.nom}.schema.json").read_text(encoding="utf-8")


def validateur(specification: Specification = PAR_DEFAUT) -> Validator:
    """Return a ready ``jsonschema`` validator of a deposited file (the library is imported here and not before).

    It judges Python values as ``json.loads`` returns them.

    >>> [erreur.json_path for erreur in validateur().iter_errors({"impId": 1})][0]
    '$.impId'
    """
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema(specification))
