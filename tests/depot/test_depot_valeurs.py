"""French habits are read exactly, and what a spreadsheet spoiled is named, never guessed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segur_pha.constats import ValeurRefusee
from segur_pha.depot.valeurs import lire_valeur
from segur_pha.table.formats import Booleen, Courriel, DateJJMMAAAA, Format, Montant, Texte

# Without a time zone, as spreadsheets give them.
MIDNIGHT = datetime.combine(date(2022, 11, 15), time())
MORNING = datetime.combine(date(2022, 11, 15), time(8, 30))

DAY = DateJJMMAAAA()
MONEY = Montant(decimales=2)
YES_NO = Booleen()
NUMBER = Texte(exact=5)
FINESS = Texte(exact=9)
NAME = Texte(moins_de=50, majuscules=True)
PHONE = Texte(moins_de=50)
MAIL = Courriel(moins_de=125)

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
CENTS = st.integers(0, 99_999_999_999)
BLANKS = st.sampled_from([" ", "\u00a0", "\u202f", "\u2009"])


def read(expected: Format, cell: object, *, majuscules: bool = False) -> object:
    return lire_valeur(expected, cell, personnelle=False, majuscules=majuscules)


def refusal(expected: Format, cell: object, *, personal: bool = False) -> ValeurRefusee:
    with pytest.raises(ValeurRefusee) as raised:
        lire_valeur(expected, cell, personnelle=personal)
    return raised.value


@given(DAYS)
def test_a_day_reads_the_same_in_every_spelling(day: date) -> None:
    excel = (day - date(1900, 1, 1)).days + 2
    for cell in (
        f"{day.day:02}/{day.month:02}/{day.year}",
        day.isoformat(),
        f"{day.isoformat()} 00:00:00",
        f"{day.isoformat()}T00:00:00.000",
        day,
        datetime.combine(day, time()),
        excel,
        float(excel),
        Decimal(excel),
        str(excel),
    ):
        assert read(DAY, cell) == day


def test_a_bare_number_counts_from_the_workbook_s_own_first_day() -> None:
    # Microsoft's documentation of the two calendars: 5 July 2011 is 40729 from 1900 and 39267 from 1904.
    assert read(DAY, 40729) == date(2011, 7, 5)
    mac = lire_valeur(DAY, 39267, personnelle=False, epoque=date(1904, 1, 1))
    assert mac == date(2011, 7, 5)


def test_a_bare_number_is_a_day_of_this_century_only() -> None:
    # 36526 and 73050 are the first and the last day of the years 2000 to 2099, as Excel counts.
    assert (read(DAY, 36526), read(DAY, 73050)) == (date(2000, 1, 1), date(2099, 12, 31))
    assert {refusal(DAY, cell).constat.code for cell in (36525, 73051, "36525", "73051")} == {"jour-illisible"}


@pytest.mark.parametrize(
    "cell",
    ["31/02/2022", "2022-13-01", "15/11/22", "5/1/2022", "11.15.2022", "15 novembre 2022", "demain", 2022, 1e300, True,
     float("inf"), Decimal("Infinity"), Decimal("1E+999999"), "44880,5", 44880.5, time(8), MORNING, b"x"],
)  # fmt: skip
def test_a_day_that_is_not_plain_is_refused(cell: object) -> None:
    assert refusal(DAY, cell).constat.code == "jour-illisible"


@given(CENTS, BLANKS, st.sampled_from([",", "."]), st.sampled_from(["", "€", " €", "\u00a0€", " EUR", " euros"]))
@example(70833, " ", ",", " €")
def test_an_amount_reads_the_same_in_every_spelling(cents: int, blank: str, point: str, unit: str) -> None:
    euros, rest = divmod(cents, 100)
    amount = Decimal(cents) / 100
    grouped = f"{euros:,}".replace(",", blank)
    for cell in (f"{euros}{point}{rest:02}{unit}", f"{grouped}{point}{rest:02}{unit}", amount, cents / 100):
        assert read(MONEY, cell) == amount
    assert read(MONEY, f"{euros}{unit}") == read(MONEY, euros) == euros


@pytest.mark.parametrize(
    "cell",
    ["1,708.33", "1.708,33", "1 70,33", "-5", "8.5e2", "708,333", "€", "708 33", "1234567890", -1, 1e10, True, "gratuit",
     float("inf"), Decimal("-0.01"), Decimal("Infinity"), date(2022, 11, 15), b"850"],
)  # fmt: skip
def test_an_amount_that_could_be_misread_is_refused(cell: object) -> None:
    assert refusal(MONEY, cell).constat.code == "montant-illisible"


@pytest.mark.parametrize("cell", [850 / 1.2, 0.1 + 0.2, Decimal("708.333"), 708.3300000001])
def test_a_computed_number_is_not_rounded_in_silence(cell: object) -> None:
    assert refusal(MONEY, cell).constat.code == "montant-fraction"


@pytest.mark.parametrize("cell", ["oui", "VRAI", "True", "1", 1, 1.0, True])
def test_yes(cell: object) -> None:
    assert read(YES_NO, cell) is True


@pytest.mark.parametrize("cell", ["Non", "faux", "FALSE", "0", 0, Decimal(0), False])
def test_no(cell: object) -> None:
    assert read(YES_NO, cell) is False


@pytest.mark.parametrize("cell", ["o", "yes", "2", 2, 0.5, "peut-être", date(2022, 1, 1)])
def test_neither_yes_nor_no(cell: object) -> None:
    assert refusal(YES_NO, cell).constat.code == "booleen-illisible"


@given(st.integers(0, 99_999))
def test_lost_zeros_are_named_with_the_padded_number_and_never_put_back(number: int) -> None:
    full = f"{number:05}"
    assert read(NUMBER, full) == full
    for cell in (number, str(number), float(number)):
        if str(number) == full:
            assert read(NUMBER, cell) == full
        else:
            refused = refusal(NUMBER, cell)
            assert refused.constat.code == "tableur-zeros"
            assert full in refused.constat.message


@given(st.integers(100_000_000, 999_999_999))
def test_a_phone_without_its_zero_is_named_but_not_repeated(phone: int) -> None:
    for cell in (phone, str(phone), float(phone)):
        refused = refusal(PHONE, cell, personal=True)
        assert refused.constat.code == "tableur-zeros"
        assert str(phone) not in refused.constat.message
        assert f"0{str(phone)[0]}" in refused.constat.message
    assert read(PHONE, f"0{phone}") == f"0{phone}"


@pytest.mark.parametrize(("name", "shown"), [("ROUX", "••••"), ("LEROY", "LE•OY"), ("DURAND", "DU••ND")])
def test_of_a_personal_value_the_ends_are_shown_unless_it_is_short(name: str, shown: str) -> None:
    message = refusal(NAME, f'="{name}"', personal=True).constat.message
    assert message.endswith(f"écrivez {shown}")


@pytest.mark.parametrize(
    ("expected", "cell", "code"),
    [
        (Texte(exact=14), "3,31254E+13", "tableur-notation"),
        (FINESS, "7.5E+08", "tableur-notation"),
        (FINESS, "750000002.0", "tableur-nombre"),
        (FINESS, 750000002.5, "tableur-nombre"),
        (FINESS, -750000002, "tableur-nombre"),
        (PHONE, 3.31254e15, "tableur-nombre"),
        (NAME, True, "tableur-nombre"),
        (PHONE, MIDNIGHT, "tableur-date"),
        (FINESS, "#N/A", "tableur-erreur"),
        (MONEY, "#VALEUR!", "tableur-erreur"),
        (DAY, "########", "tableur-erreur"),
    ],
)
def test_what_a_spreadsheet_spoiled_is_named(expected: Format, cell: object, code: str) -> None:
    assert refusal(expected, cell).constat.code == code


def test_a_number_that_kept_all_its_digits_is_a_text() -> None:
    assert read(FINESS, 750000002) == read(FINESS, 750000002.0) == "750000002"


@given(
    st.sampled_from([DAY, MONEY, YES_NO, NUMBER, NAME, MAIL]),
    st.sampled_from(["", "  ", "\u00a0\t", None, float("nan")]),
)
def test_an_empty_cell_says_nothing(expected: Format, cell: object) -> None:
    assert read(expected, cell) is None


class Missing:
    """What pandas.NA does: no answer to any comparison."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise TypeError


class Scalar:
    """What numpy does: a number in a box."""

    def item(self) -> int:
        return 750000002


def test_what_pandas_and_numpy_give_is_read() -> None:
    assert read(NAME, Missing()) is None
    assert read(DAY, Decimal("NaN")) is None
    assert read(FINESS, Scalar()) == "750000002"


def test_upper_case_is_offered_where_it_is_due_only() -> None:
    assert read(NAME, " Lefèvre ") == "Lefèvre"
    assert read(NAME, "Lefèvre", majuscules=True) == "LEFÈVRE"
    assert read(MAIL, "contact@officine.fr", majuscules=True) == "contact@officine.fr"


@given(st.text(max_size=30), st.sampled_from([DAY, MONEY, YES_NO, NUMBER, NAME, PHONE, MAIL]))
def test_no_text_breaks_the_reading_nor_is_repeated(text: str, expected: Format) -> None:
    cell = f"zq9{text}"
    try:
        said = lire_valeur(expected, cell, personnelle=True)
    except ValeurRefusee as refused:
        said = refused.constat.message.replace("zq9", "repeated") or "nothing"
    assert "repeated" not in str(said)
    assert said == cell.strip() or "zq9" not in str(said)


def test_day_zero_is_the_one_that_excel_counts_from() -> None:
    assert read(DAY, 44880) == date(1899, 12, 30) + timedelta(days=44880) == date(2022, 11, 15)
