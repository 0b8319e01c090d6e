"""A day is the day in Europe/Paris, however it is written and wherever the machine stands."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.certificats.jours import jour_de_paris, jour_inexistant, lire_jour, mois_en_lettres

if TYPE_CHECKING:
    from collections.abc import Iterator

COURTS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
LONGS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


@pytest.fixture(params=["Europe/Paris", "Indian/Reunion", "America/Cayenne", "UTC"])
def _ailleurs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@given(st.dates(date(1900, 1, 1)))
def test_every_way_of_writing_a_day_gives_that_day(jour: date) -> None:
    an, mois, q = f"{jour.year:04}", jour.month, jour.day
    for texte in (
        f"{q} {COURTS[mois - 1]} {an}",
        f"{q} {LONGS[mois - 1].upper()} {an}",
        f"{q:02}/{mois:02}/{an}",
        f"{q}/{mois}/{an} 23:59",
        f"{an}-{mois:02}-{q:02}",
        f" {an}-{mois:02}-{q:02}T00:00:00 ",
        f"{q:02}.{mois:02}.{an}",
    ):
        assert lire_jour(texte) == jour, texte


@pytest.mark.parametrize(
    ("texte", "jour"),
    [
        ("29 févr. 2028", date(2028, 2, 29)),
        ("1er aout 2026", date(2026, 8, 1)),
        ("1er aou\u0302t 2026 a\u0300 10:30", date(2026, 8, 1)),
        ("20\u00a0févr.\u00a02026", date(2026, 2, 20)),
        ("31/12/1969", date(1969, 12, 31)),
        ("2101-03-01", date(2101, 3, 1)),
        ("31/12/9999", date(9999, 12, 31)),
        ("20/02/2026 à 14h30", date(2026, 2, 20)),
        ("2026-06-30T22:00:00Z", date(2026, 7, 1)),
        ("2026-06-30T21:59:59.999Z", date(2026, 6, 30)),
        ("2026-12-31 23:00:00+00:00", date(2027, 1, 1)),
        ("2026-07-01T00:30:00+0400", date(2026, 6, 30)),
        ("01/07/2026+02:01", date(2026, 6, 30)),  # midnight there is a minute to midnight in Paris
    ],
)
def test_known_days(texte: str, jour: date) -> None:
    assert lire_jour(texte) == jour


@pytest.mark.parametrize(
    "texte",
    [
        *("", "  ", "bientôt", "29/02/2026", "29 févr. 2100", "31/04/2026", "20/02/26", "2026", "45708", "0001-01-01"),
        *(
            "20 jui 2026",
            "20 ma 2026",
            "20 no 2026",
            "20 xyz 2026",
            "20/13/2026",
            "20 févr. 2026 25:00",
            "２０/02/2026",
            "20 ² 2026",
            "20 ０２ 2026",
            "20/02/2026\n1",
        ),
        *("2026-02-20T10:00+99:99", "9999-99-99"),
    ],
)
def test_what_is_no_day(texte: str) -> None:
    assert lire_jour(texte) is None


@pytest.mark.usefixtures("_ailleurs")
def test_midnight_utc_is_the_same_day_seen_from_anywhere() -> None:
    minuit = datetime(2026, 7, 1, tzinfo=UTC)
    assert jour_de_paris(minuit) == date(2026, 7, 1)
    assert jour_de_paris(minuit - timedelta(seconds=1)) == date(2026, 7, 1)
    assert jour_de_paris(minuit - timedelta(hours=2, seconds=1)) == date(2026, 6, 30)
    reunion = minuit.astimezone(timezone(timedelta(hours=4)))
    assert jour_de_paris(reunion) == jour_de_paris(minuit)
    assert lire_jour(reunion.isoformat()) == date(2026, 7, 1)
    assert lire_jour("01/07/2026 00:00") == date(2026, 7, 1)


def test_the_end_of_time_is_kept() -> None:
    assert jour_de_paris(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) == date(9999, 12, 31)


@given(st.text(max_size=30))
def test_no_text_breaks_it(texte: str) -> None:
    lu = lire_jour(texte)
    assert lu is None or lu.year >= 1900


def test_months_are_french() -> None:
    assert [mois_en_lettres(f"2026-{m:02}") for m in (1, 2, 8, 12)] == [
        *("janv. 2026", "févr. 2026", "août 2026", "déc. 2026")
    ]


def test_a_day_that_no_calendar_holds_is_told_from_what_is_no_day() -> None:
    # 1900 is the first year that a certificate may name, and 29 February was no day of it.
    assert [jour_inexistant(f"29/02/{year}") for year in (1899, 1900, 2024, 2026)] == [False, True, False, True]
