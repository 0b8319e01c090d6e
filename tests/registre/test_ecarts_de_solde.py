"""The balance that was paid, beside the one that was due: told at every place, in both directions, and by nobody guessed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest
from atelier import ACCEPTED, DAY, answer_to, file_of, name
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR

from segur_pha import VA1
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.evenements import Fait
from segur_pha.registre.notes import Note

if TYPE_CHECKING:
    from pathlib import Path

    from segur_pha.table.specification import Specification

ONE = file_of("00001")
#: An order of 708.33 before tax is funded with 850.00.
FUNDED = Decimal("850.00")
CENTS = st.integers(1, 10**10).map(lambda cents: Decimal(cents).scaleb(-2))
NEAR = st.tuples(st.integers(1, 84_999), st.integers(-3, 3)).map(
    lambda both: (Decimal(both[0]).scaleb(-2), FUNDED - Decimal(both[0]).scaleb(-2) + Decimal(both[1]).scaleb(-2))
)


def claimed(registre: Registre, advance: Decimal = Decimal("255.00"), octets: bytes = ONE) -> None:
    """Have the balance of one request asked for."""
    registre.preparer({name(1): octets}, jour=DAY)
    registre.enregistrer_retour(answer_to(octets, [ACCEPTED]), jour=DAY)
    registre.decider("00001", favorable=True, jour=DAY)
    registre.payer("00001", advance, jour=DAY)
    registre.demander_solde("00001", jour=DAY)


def paid(amount: Decimal) -> Note:
    return Note(cle="00001", fait=Fait.SOLDE_PAYE, jour=DAY, montant=amount, ligne=2, texte="AV-2")


@DEAR
@given(NEAR.filter(lambda both: both[1] > 0) | st.tuples(CENTS, CENTS))
def test_a_balance_that_is_not_what_was_due_is_told(amounts: tuple[Decimal, Decimal]) -> None:
    advance, balance = amounts
    with Registre("sqlite://") as registre:
        claimed(registre, advance)
        told = [gap for gap in registre.noter([paid(balance)]).ecarts if gap.code == "ecart-de-solde"]
        listed = registre.ecarts_de_solde()
        assert registre.demande("00001").montant_solde == balance
    difference = balance - (FUNDED - advance)
    assert (len(told), len(listed)) == ((1, 1) if abs(difference) > Decimal("0.01") else (0, 0))
    for gap, one in zip(told, listed, strict=True):
        assert (one.numero_editeur, one.attendu, one.montant_solde, one.ecart) == (
            *("00001", FUNDED - advance, balance),
            difference,
        )
        assert (gap.ligne, gap.numero) == (2, "00001")
        assert f" de {'plus' if difference > 0 else 'moins'} que le solde attendu, " in gap.message


def test_each_of_many_equal_balances_is_compared() -> None:
    numbers = ["00001", "00002", "00003", "00004"]
    octets = file_of(*numbers)
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): octets}, jour=DAY)
        registre.enregistrer_retour(answer_to(octets, [ACCEPTED] * 4), jour=DAY)
        for number, balance in zip(numbers, ["595.00", "59.50", "595.00", "59.50"], strict=True):
            registre.decider(number, favorable=True, jour=DAY)
            registre.payer(number, Decimal("255.00"), jour=DAY)
            registre.demander_solde(number, jour=DAY)
            registre.payer_solde(number, Decimal(balance), jour=DAY)
        assert [one.numero_editeur for one in registre.ecarts_de_solde()] == ["00002", "00004"]


def of_unknown_amount(registre: Registre) -> None:
    claimed(registre, octets=ONE.replace(b"708.33", b"708.333"))


def registre_of(specification: Specification, folder: Path) -> Registre:
    return Registre(folder / "registre.sqlite", specification=specification)


def test_a_balance_that_nobody_can_compare_is_told(tmp_path: Path) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        of_unknown_amount(registre)
        (gap,) = registre.noter([paid(Decimal("595.00"))]).ecarts
        (one,) = registre.ecarts_de_solde()
    assert gap.message == (
        "Demande 00001 : le registre ne sait pas quel solde est attendu ; comparez vous-même à l’avis de paiement"
    )
    assert (one.attendu, one.ecart, one.montant_solde) == (None, None, Decimal("595.00"))


def test_a_wave_that_a_program_does_not_know_cannot_be_compared(tmp_path: Path) -> None:
    other = attrs.evolve(VA1, nom="PHA-LGO-Va9")
    with registre_of(other, tmp_path) as registre:
        claimed(registre)
        registre.payer_solde("00001", Decimal("595.00"), jour=DAY)
        assert registre.ecarts_de_solde() == ()
    with registre_of(VA1, tmp_path) as registre:
        (one,) = registre.ecarts_de_solde()
    assert (one.specification, one.attendu) == ("PHA-LGO-Va9", None)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("8400,00", "7 805,00 € de plus que le solde attendu, 595,00 €"),
        ("59,50", "535,50 € de moins que le solde attendu, 595,00 €"),
    ],
)
def test_it_is_told_wherever_a_clerk_looks(
    amount: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        claimed(registre)
    (tmp_path / "soldes.csv").write_text(f"numéro éditeur;solde payé;date du solde\n00001;{amount};15/11/2022\n")

    def run(command: str) -> tuple[int, str]:
        code = principal(command.split())
        return code, capsys.readouterr().out.replace("\xa0", " ").replace("\u202f", " ")

    code, shown = run("registre noter soldes.csv")
    assert (code, told in " ".join(shown.split())) == (1, True)
    assert told in " ".join(run("registre montrer 00001")[1].split())
    for command in ("etat", "registre relancer"):
        code, shown = run(command)
        assert (code, "À vérifier : 1 solde payé n’est pas celui qu’on attendait" in shown) == (0, True)
    paid_ = amount.replace(",", ".")
    wanted = [{"numero_editeur": "00001", "solde_attendu": "595.00", "montant_solde": paid_}]
    for command in ("etat", "registre relancer", "registre montrer 00001"):
        found = json.loads(run(f"{command} --format json")[1])
        assert (found["ecarts_de_solde"], found["ecarts_de_paiement"]) == (wanted, [])
    assert "Écarts de solde" in run("etat --format html")[1]
    openpyxl = pytest.importorskip("openpyxl")
    run("registre relancer --xlsx relancer.xlsx")
    assert openpyxl.load_workbook(tmp_path / "relancer.xlsx").sheetnames == ["En attente", "Écarts de solde"]
