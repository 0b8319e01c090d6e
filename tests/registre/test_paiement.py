"""The advance that was paid: an amount of money, and how far it is from what was due."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING

import attrs
import pytest
from atelier import ACCEPTED, DAY, answer_to, file_of, name
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.evenements import AvancePayee, depuis_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONE = file_of("00001")
#: Numbers that a Decimal holds and that nobody is paid.
NO_MONEY = st.one_of(
    st.sampled_from(["NaN", "sNaN", "-NaN12", "Infinity", "-Infinity", "1e999999", "9e15", "99999999999999999999.99"]),
    st.sampled_from(["0", "-0.00", "0e5", "1e-999999", "1.001", "255.0000000000000000000000000000000001"]),
    st.decimals(max_value=0),
    st.decimals(min_value=10**15, allow_nan=False, allow_infinity=False),
    st.integers(1, 9).map(lambda digit: f"255.00{digit}"),
).map(Decimal)
MONEY = st.integers(1, 10**17 - 1).map(lambda cents: Decimal(cents).scaleb(-2))


@pytest.fixture
def granted_request(tmp_path: Path) -> Iterator[Registre]:
    """A ledger with a request that was granted: its advance, 255.00, is due."""
    with Registre(tmp_path / "registre.sqlite") as registre:
        grant(registre)
        yield registre


def grant(registre: Registre, octets: bytes = ONE) -> None:
    registre.preparer({name(1): octets}, jour=DAY)
    registre.enregistrer_retour(answer_to(octets, [ACCEPTED]), jour=DAY)
    registre.decider("00001", favorable=True, jour=DAY)


@DEAR
@given(NO_MONEY)
def test_what_is_no_amount_of_money_is_refused_in_words(amount: Decimal) -> None:
    with Registre("sqlite://") as registre:
        grant(registre)
        with pytest.raises(RegistreError, match="euros et des centimes"):
            registre.payer("00001", amount, jour=DAY)
        assert registre.demande("00001").phase == "attribuée"


@DEAR
@given(MONEY, st.integers(1, 40))
def test_an_amount_of_money_is_recorded_to_the_cent(amount: Decimal, precision: int) -> None:
    with Registre("sqlite://") as registre:
        grant(registre)
        with localcontext(Context(prec=precision)):
            registre.payer("00001", amount, jour=DAY)
            paid = registre.demande("00001")
            difference = paid.ecart_de_paiement
        assert (paid.montant_paye, paid.montant_paye.as_tuple().exponent) == (amount, -2)
        assert difference == amount - 255


@pytest.mark.parametrize("amount", [255, 255.0, "255.00", None, True])
def test_an_amount_is_a_decimal(granted_request: Registre, amount: object) -> None:
    with pytest.raises(RegistreError, match="donnez un Decimal"):
        granted_request.payer("00001", amount, jour=DAY)


def test_a_difference_needs_both_amounts(granted_request: Registre) -> None:
    granted_ = granted_request.demande("00001")
    assert granted_.ecart_de_paiement is None
    assert attrs.evolve(granted_, avance=None, montant_paye=Decimal(1)).ecart_de_paiement is None


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "beaucoup", ""])
def test_no_event_holds_what_is_no_number(amount: str) -> None:
    event = '{"jour":"2022-11-15","specification":"PHA-LGO-Va1","numero_editeur":"00001","montant":"255.00"}'
    assert depuis_json("avance-payee", event) == AvancePayee(
        jour=DAY, specification="PHA-LGO-Va1", numero_editeur="00001", montant=Decimal(255)
    )
    with pytest.raises(RegistreError, match="illisible"):
        depuis_json("avance-payee", event.replace("255.00", amount))


def pay(amount: str, folder: Path) -> int:
    return principal(["registre", "payer", "00001", amount, "--registre", str(folder / "registre.sqlite")])


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("255.00", ""),
        ("255", ""),
        ("255,01 €", ""),
        ("254.99", ""),
        ("25,50", "229,50 € de moins que l’avance attendue, 255,00 €"),
        ("255.02", "0,02 € de plus que l’avance attendue, 255,00 €"),
        ("2 550,0", "2 295,00 € de plus que l’avance attendue, 255,00 €"),
    ],
)
def test_a_difference_with_what_was_due_is_told(
    granted_request: Registre, tmp_path: Path, amount: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pay(amount, tmp_path) == 0
    shown = capsys.readouterr().out.replace("\u00a0", " ").replace("\u202f", " ")
    assert shown.startswith("Demande 00001 : avance payée, 2")
    assert ("À vérifier" in shown, told in shown) == (bool(told), True)
    assert granted_request.demande("00001").phase == "avance payée"


def test_an_advance_that_the_ledger_does_not_know_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        grant(registre, ONE.replace(b"708.33", b"708.333"))
    assert pay("255.00", tmp_path) == 0
    assert "le registre ne sait pas quelle avance est attendue" in capsys.readouterr().out


@pytest.mark.parametrize(
    "amount", ["NaN", "sNaN", "inf", "1e999999", "1_000", "٢٥٥", "255.001", "25.", "12 34", "beaucoup"]
)
def test_a_clerk_s_amount_that_is_none_is_named(
    granted_request: Registre, tmp_path: Path, amount: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pay(amount, tmp_path) == 64
    assert "comme 255.00 ou 255,00" in capsys.readouterr().err
    assert granted_request.demande("00001").phase == "attribuée"


@pytest.mark.parametrize("amount", ["0", "0,00", "99999999999999999999.99"])
def test_a_clerk_s_amount_that_nobody_is_paid_is_named(
    granted_request: Registre, tmp_path: Path, amount: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pay(amount, tmp_path) == 2
    assert "Montant payé : indiquez des euros et des centimes" in capsys.readouterr().err
    assert granted_request.demande("00001").phase == "attribuée"
