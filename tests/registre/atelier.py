"""What the tests of this folder share: files of requests, and the answers they get."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import attrs

from segur_pha import en_json
from segur_pha.specification.va1.exemple import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segur_pha.registre import Registre

DAY = date(2022, 11, 15)
ACCEPTED, REJECTED, SILENT, MISSING, ALTERED = "accepted", "rejected", "silent", "missing", "altered"


def file_of(*numbers: str, finess: Mapping[str, str] | None = None) -> bytes:
    """Write a file of correct requests, one pharmacy each unless told otherwise."""
    requests = []
    for number in numbers:
        request = demande_du_guide(number)
        geo = (finess or {}).get(number, f"75{int(number, 36) % 10**7:07}")
        requests.append(attrs.evolve(request, beneficiaire=attrs.evolve(request.beneficiaire, finess_geo=geo)))
    return en_json(attrs.evolve(fichier_du_guide(), demandes=tuple(requests)))


def name(rank: int) -> str:
    return f"JSON-ANS0000001-20221115-{rank:03}.json"


def answer_to(sent: bytes, outcomes: Sequence[str], *, order: Sequence[int] | None = None) -> bytes:
    """Answer each line of a file with the outcome of its rank, the lines in any order."""
    tree = json.loads(sent)
    tree["impId"] = "IMP"
    lines = []
    for line, outcome in zip(tree["lignesImport"], outcomes, strict=True):
        if outcome in {ACCEPTED, ALTERED}:
            line |= {
                "numeroASP": f"ASP-{line['numeroEditeur']}",
                "codeTraitement": "0000",
                "libelleTraitement": "Demande acceptée",
            }
        if outcome == REJECTED:
            line |= {"codeTraitement": "17", "libelleTraitement": "FINESSGeo inconnu"}
        if outcome == ALTERED:
            line["commande"]["dateCommande"] = "01/01/2020"
        lines.append(line)
    kept = [k for k in (order or range(len(lines))) if outcomes[k] != MISSING]
    tree["lignesImport"] = [lines[k] for k in kept]
    return json.dumps(tree).encode()


def phases(registre: Registre) -> dict[str, str]:
    return {request.numero_editeur: request.phase.value for request in registre.demandes()}


def snapshot(registre: Registre) -> list[str]:
    """Give all that a ledger holds."""
    return [*registre.exporter(), *map(repr, registre.demandes()), *map(repr, registre.fichiers())]
