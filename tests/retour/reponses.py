"""What the tests of this folder share: a file that was sent, and the answers it may get, as plain JSON."""

from __future__ import annotations

import json
from copy import deepcopy

import attrs

from segur_pha import en_json
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

ASP = "numeroASP"
CODE = "codeTraitement"
LIBELLE = "libelleTraitement"


def sent_bytes(count: int) -> bytes:
    numbers = [f"{k:05}" for k in range(1, count + 1)]
    return en_json(attrs.evolve(fichier_du_guide(), demandes=tuple(map(demande_du_guide, numbers))))


def sent(count: int) -> dict:
    # Amounts stay what the json module makes of them: 708.33.
    return json.loads(sent_bytes(count))


def accepted(tree: dict) -> dict:
    """Answer everything as the guide says the portal does."""
    answer = deepcopy(tree)
    answer["impId"] = "IMP-1"
    for rank, line in enumerate(answer["lignesImport"], start=1):
        line.update({ASP: f"ASP{rank:05}", CODE: "0000", LIBELLE: "Demande acceptée"})
    return answer


def encode(tree: object) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode()
