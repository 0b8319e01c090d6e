"""What a publisher asks the ledger, on each database."""

from __future__ import annotations

import json
import pickle
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from atelier import ACCEPTED, DAY, MISSING, REJECTED, SILENT, THREE, answer_to, file_of, lived, name

from segur_pha.registre import rangees

if TYPE_CHECKING:
    import pytest

    from segur_pha.registre import Registre


def test_the_questions(registre: Registre) -> None:
    lived(registre)
    assert [r.numero_editeur for r in registre.sans_reponse(jour=DAY + timedelta(days=30), depuis=30)] == ["00003"]
    assert registre.sans_reponse(jour=DAY + timedelta(days=29), depuis=30) == ()
    assert registre.a_resoumettre() == ()
    assert [r.numero_editeur for r in registre.a_verifier()] == ["00003"]
    assert [(s.numero_editeur, s.numero_asp, s.avance_payee, s.montant_paye) for s in registre.soldables()] == [
        ("00001", "ASP-00001", True, Decimal("255.00"))
    ]
    # Two live requests for one pharmacy are shown, the rejected one does not count.
    assert registre.doublons() == {"750000001": ("00001", "00022")}
    assert [r.numero_editeur for r in registre.officine("750000002")] == ["00002", "00021"]
    assert {(t.mois, t.phase.value): (t.nombre, t.montant_segur_ht, t.avance, t.paye) for t in registre.totaux()} == {
        ("2022-11", "avance payée"): (1, Decimal("708.33"), Decimal("255.00"), Decimal("255.00")),
        ("2022-11", "rejetée"): (1, Decimal("708.33"), Decimal("255.00"), Decimal("0.00")),
        ("2022-11", "déposée"): (1, Decimal("708.33"), Decimal("255.00"), Decimal("0.00")),
        ("2022-11", "abandonnée"): (1, Decimal("708.33"), Decimal("255.00"), Decimal("0.00")),
        ("2022-12", "préparée"): (2, Decimal("1416.66"), Decimal("510.00"), Decimal("0.00")),
    }


def test_what_can_be_claimed_page_by_page(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED] * 3), jour=DAY)
    assert [s.numero_editeur for s in registre.soldables(limite=2)] == ["00001", "00002"]
    assert [s.numero_editeur for s in registre.soldables(apres="00002", limite=2)] == ["00003"]


def test_a_refused_request_cannot_be_claimed(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, SILENT, SILENT]), jour=DAY)
    registre.decider("00001", favorable=False, jour=DAY)
    assert registre.soldables() == ()


def test_each_one_that_can_be_claimed(registre: Registre) -> None:
    answer = json.loads(answer_to(THREE, [ACCEPTED, ACCEPTED, REJECTED]))
    answer["lignesImport"][0]["numeroASP"] = 'n° "1"\n\\ é 🏥'
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.enregistrer_retour(json.dumps(answer), jour=DAY)
    contrary = answer_to(THREE, [MISSING, REJECTED, MISSING])
    registre.enregistrer_retour(contrary, jour=DAY)
    registre.decider("00001", favorable=True, jour=DAY)
    registre.payer("00001", Decimal("708.30"), jour=DAY)
    first, second = registre.soldables()
    assert (first.numero_asp, first.finess_geo, first.phase) == ('n° "1"\n\\ é 🏥', "750000001", "avance payée")
    assert (first.avance_payee, first.montant_paye, first.a_verifier) == (True, Decimal("708.30"), False)
    assert (second.avance_payee, second.montant_paye, second.a_verifier) == (False, None, True)
    assert pickle.loads(pickle.dumps(first)) == first != second  # noqa: S301 - our own bytes


def test_in_the_order_of_the_numbers(registre: Registre) -> None:
    for rank, number in enumerate(("00005", "00003", "00009", "00001"), start=1):
        sent = file_of(number, finess={number: f"75000000{rank % 2}"})
        registre.preparer({name(rank): sent}, jour=DAY, admettre=["officine-deja-demandee"])
        # The agency's references go the other way.
        reference = f"ASP-{9 - int(number)}".encode()
        answer = answer_to(sent, [ACCEPTED]).replace(f"ASP-{number}".encode(), reference)
        registre.enregistrer_retour(answer, jour=DAY)
    assert [(s.numero_editeur, s.numero_asp) for s in registre.soldables()] == [
        *(("00001", "ASP-8"), ("00003", "ASP-6"), ("00005", "ASP-4"), ("00009", "ASP-0")),
    ]
    pages = [registre.soldables(apres=last, limite=1) for last in ("", "00001", "00003", "00005", "00009")]
    assert [[s.numero_editeur for s in page] for page in pages] == [["00001"], ["00003"], ["00005"], ["00009"], []]
    assert registre.doublons() == {"750000000": ("00001", "00003"), "750000001": ("00005", "00009")}


def test_any_database_answers_row_by_row_too(registre: Registre, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(registre)
    at_once = registre.soldables(), registre.doublons()
    monkeypatch.setattr(rangees, "_EN_JSON", {})
    assert (registre.soldables(), registre.doublons()) == at_once
    assert at_once[0]
