"""However few values one query may name, and however few events are written at once: a ledger says the same."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, lived, snapshot

from segur_pha.registre import Fait, Note, Registre, base, export, numeros
from segur_pha.registre.base import enregistrer

NEXT = DAY + timedelta(days=1)


def worked_on(registre: Registre) -> list[object]:
    """Ask a ledger with a history for what it looks up by many values at once."""
    lived(registre)
    again = file_of("00021", "00022", finess={"00021": "750000002", "00022": "750000001"})
    mistake = answer_to(again, [ACCEPTED, REJECTED])
    notes = [
        Note(cle="ASP-00001", fait=Fait.SERVICE, jour=DAY, aussi="00001"),
        Note(cle="00003", fait=Fait.INCOMPLETE, jour=DAY),
        Note(cle="ASP-00001", fait=Fait.FACTURE, jour=DAY),
        Note(cle="ASP-00001", fait=Fait.SOLDE, jour=DAY),
        Note(cle="ASP-00001", fait=Fait.SOLDE_PAYE, jour=NEXT, montant=Decimal("595.00")),
    ]
    return [
        registre.reserver(5),
        registre.enregistrer_retour(mistake, jour=NEXT).ecarts,
        registre.noter(notes),
        registre.annuler_retour(mistake, jour=NEXT, motif="essai"),
        registre.antecedents(numeros=["00001", "00022", "00031"], finess=["750000003", "750000002"]),
        registre.chercher("Durand"),
        registre.effacer("750000003", jour=NEXT),
        registre.verifier(),
        *snapshot(registre),
    ]


@pytest.fixture(scope="module")
def expected() -> list[object]:
    with Registre("sqlite://") as registre:
        return worked_on(registre)


@pytest.mark.parametrize("size", [1, 2])
def test_however_few_values_a_query_names(size: int, expected: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (base, numeros):
        monkeypatch.setattr(module, "_LOT", size)
    with Registre("sqlite://") as registre:
        assert worked_on(registre) == expected


def test_however_few_events_an_import_writes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with Registre("sqlite://") as registre:
        worked_on(registre)
        whole, exported = snapshot(registre), list(registre.exporter())
    written: list[int] = []
    monkeypatch.setattr(export, "_LOT", 7)
    monkeypatch.setattr(
        export, "enregistrer", lambda connexion, lot: (written.append(len(lot)), enregistrer(connexion, lot))
    )
    with Registre("sqlite://") as again:
        again.importer(exported)
        assert snapshot(again) == whole
    events = len(exported) - 1
    assert written == [7] * (events // 7) + [events % 7] * (events % 7 > 0)
