"""Decision 16: the advance, against a computation with whole cents."""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal, Inexact, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import PLAFONDS_HT, Avance, RegimeTVA, SegurError, avance
from segur_pha.vagues.va1.avance import depassement_du_plafond


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def test_the_guides_use_case() -> None:
    assert avance("708.33", "TTC") == Avance(
        montant_ht=Decimal("708.33"), montant_ttc=Decimal("850.00"), base=Decimal("850.00"), montant=Decimal("255.00")
    )
    assert PLAFONDS_HT["B"] == Decimal("708.33")


@pytest.mark.parametrize(
    ("ht", "regime", "ttc", "base", "montant"),
    [
        ("708.33", "HT", "850.00", "708.33", "212.50"),  # 212.499
        ("0.00", "TTC", "0.00", "0.00", "0.00"),
        ("0.01", "TTC", "0.01", "0.01", "0.00"),  # 0.012, 0.003
        ("0.05", "HT", "0.06", "0.05", "0.02"),  # 0.015: half goes up
        ("1.25", "TTC", "1.50", "1.50", "0.45"),
        ("100", RegimeTVA.HT, "120.00", "100.00", "30.00"),
    ],
)
def test_amounts_worked_out_by_hand(ht: str, regime: str, ttc: str, base: str, montant: str) -> None:
    worked_out = avance(Decimal(ht), regime)
    assert worked_out == avance(ht, regime)
    assert [str(a) for a in (worked_out.montant_ttc, worked_out.base, worked_out.montant)] == [ttc, base, montant]


@given(st.integers(0, 10**12), st.sampled_from(RegimeTVA))
def test_every_amount_is_that_of_whole_cents(cents: int, regime: RegimeTVA) -> None:
    ttc = half_up(cents * 120, 100)
    base = ttc if regime is RegimeTVA.TTC else cents
    worked_out = avance(Decimal(cents).scaleb(-2), regime)
    assert [int(a.scaleb(2)) for a in (worked_out.montant_ht, worked_out.montant_ttc, worked_out.base)] == [
        cents,
        ttc,
        base,
    ]
    assert worked_out.montant == Decimal(half_up(base * 30, 100)).scaleb(-2)


def test_the_callers_context_changes_nothing() -> None:
    with localcontext(Context(prec=2, rounding=ROUND_CEILING, traps=[Inexact])):
        assert avance("708.33", "TTC").montant == Decimal("255.00")


def test_rate_and_share_are_parameters() -> None:
    assert avance("100.00", "TTC", taux=Decimal("0.10"), part=Decimal("0.50")) == Avance(
        montant_ht=Decimal("100.00"), montant_ttc=Decimal("110.00"), base=Decimal("110.00"), montant=Decimal("55.00")
    )


@pytest.mark.parametrize("name", ["taux", "part"])
@pytest.mark.parametrize(
    "wrong", [0.2, 1, "0.20", None, Decimal("NaN"), Decimal("Infinity"), Decimal("-0.1"), Decimal(20)], ids=repr
)
def test_a_rate_or_a_share_is_a_decimal_from_0_to_1(name: str, wrong: Decimal) -> None:
    with pytest.raises(SegurError, match=name):
        avance("708.33", "TTC", **{name: wrong})
    assert avance("708.33", "TTC", **{name: Decimal("1E-999999999")}).montant < 255


@pytest.mark.parametrize("montant", [708.33, 708, None, True, b"708.33"])
def test_an_amount_is_a_decimal_or_a_text(montant: Decimal) -> None:
    with pytest.raises(SegurError, match="float") as refus:
        avance(montant, "TTC")
    assert (refus.value.code, refus.value.balise) == ("1202", "montantSegurHT")


NO_AMOUNT = ["-1", "NaN", "sNaN", "Infinity", "1E+999999999", "1E-999999999", "0.001", "1E+31"]


@pytest.mark.parametrize(
    "montant", [*map(Decimal, NO_AMOUNT), *NO_AMOUNT, "", " ", "708,33", "708.33\n", "7e2", "+1", "1.", "٧"]
)
def test_an_amount_is_a_positive_number_of_whole_cents(montant: Decimal | str) -> None:
    with pytest.raises(SegurError) as refus:
        avance(montant, "TTC")
    assert refus.value.code == "1204"


@pytest.mark.parametrize("regime", ["ttc", "", None, [], 1])
def test_a_regime_is_one_of_two(regime: str) -> None:
    with pytest.raises(SegurError, match="TTC") as refus:
        avance("708.33", regime)
    assert (refus.value.code, refus.value.balise) == ("1105", "regimeTVA")


def test_the_ceiling_of_a_tranche() -> None:
    assert depassement_du_plafond(Decimal("708.33"), "B") is None
    assert depassement_du_plafond(Decimal("708.34"), "B") == Decimal("0.01")
    assert depassement_du_plafond(Decimal(1000), "A", {"A": Decimal(500)}) == Decimal(500)
    with pytest.raises(SegurError, match=r"\(B\)"):
        depassement_du_plafond(Decimal(1), "A")
    with pytest.raises(SegurError, match="aucune"):
        depassement_du_plafond(Decimal(1), "A", {})
    with pytest.raises(TypeError):
        PLAFONDS_HT["A"] = Decimal(1)  # type: ignore[index]
