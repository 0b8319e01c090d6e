"""What the tests of this folder share: files of requests, and the answers they get."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from segur_pha import en_json
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

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


#: A file of three requests.
THREE = file_of("00001", "00002", "00003")


def lived(registre: Registre) -> None:
    """Give a ledger a history with a bit of everything."""
    registre.reserver(20)
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, ALTERED]), jour=DAY + timedelta(days=1))
    registre.decider("00001", favorable=True, jour=DAY)
    registre.payer("00001", Decimal("255.00"), jour=DAY)
    again = file_of("00021", "00022", finess={"00021": "750000002", "00022": "750000001"})
    second = {"remplace": {"00021": "00002"}, "admettre": ["officine-deja-demandee"]}
    registre.preparer({name(2): again}, jour=date(2022, 12, 2), **second)
    registre.preparer({name(3): file_of("00031")}, jour=DAY)
    registre.abandonner(name(3), jour=DAY)


def phases(registre: Registre) -> dict[str, str]:
    return {request.numero_editeur: request.phase.value for request in registre.demandes()}


def snapshot(registre: Registre) -> list[str]:
    """Give all that a ledger holds."""
    return [*registre.exporter(), *map(repr, registre.demandes()), *map(repr, registre.fichiers())]
