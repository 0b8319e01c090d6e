"""Levelling, against an oracle that knows nothing of deadlines-first: augmenting paths of a bipartite matching."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date, timedelta
from itertools import count

import pytest
from flottes import JOUR, parc_de
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.certificats import (
    Certificat,
    Etat,
    Parc,
    ReglageInvalide,
    jours_ouvres,
    lisser,
    plan_renouvellement,
)
from segur_pha.erreurs import ExtraManquant

# Public holidays of France as the Code du travail (L. 3133-1) lists them, with Easter Monday, Ascension and Whit Monday.
FERIES_2026 = {(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}


def couplage(fenetres: list[tuple[date, date]], jours: list[date], capacite: int) -> int:
    """Return how many windows can have a day, each day ``capacite`` times at most (Kuhn's augmenting paths)."""
    occupants: dict[tuple[date, int], int] = {}

    def place(tache: int, vues: set[tuple[date, int]]) -> bool:
        premier, dernier = fenetres[tache]
        for case in ((j, k) for j in jours if premier <= j <= dernier for k in range(capacite)):
            if case not in vues:
                vues.add(case)
                if case not in occupants or place(occupants[case], vues):
                    occupants[case] = tache
                    return True
        return False

    return sum(place(tache, set()) for tache in range(len(fenetres)))


def fenetre(certificat: Certificat, avance: int | None) -> tuple[date, date]:
    """Return the first and the last day of a renewal, as the documentation of ``lisser`` words them."""
    premiers = {JOUR, certificat.debut or JOUR, JOUR if avance is None else certificat.fin - timedelta(days=avance)}
    return max(premiers), max(JOUR, certificat.fin - timedelta(days=1))


FLOTTES = st.lists(
    st.tuples(st.integers(0, 24), st.one_of(st.none(), st.integers(0, 20))), max_size=16
)  # days left, days before the start


@given(FLOTTES, st.integers(1, 4), st.one_of(st.none(), st.integers(1, 10)))
def test_as_many_renewals_are_saved_as_can_be(
    flotte: list[tuple[int, int | None]], capacite: int, avance: int | None
) -> None:
    certificats = [
        Certificat(
            f"99{rang:07d}",
            JOUR + timedelta(days=reste),
            debut=None if depart is None else JOUR + timedelta(days=min(depart, reste)),
        )
        for rang, (reste, depart) in enumerate(flotte)
    ]
    lissage = lisser(
        plan_renouvellement(Parc(tuple(certificats)), jour=JOUR),
        capacite=capacite,
        horizon_jours=30,
        avance_jours=avance,
    )
    fenetres = [fenetre(c, avance) for c in certificats]
    jours = [JOUR + timedelta(days=n) for n in range(31) if (JOUR + timedelta(days=n)).weekday() < 5]
    assert list(lissage.jours) == jours, "no public holiday between 12/06/2025 and 12/07/2025"

    possible = couplage(fenetres, jours, capacite)
    sauvables = couplage(fenetres, jours, len(fenetres))
    assert len(lissage.taches) == possible
    assert len(lissage.taches) + len(lissage.perdues) == len(fenetres)
    assert lissage.complet == (possible == len(fenetres))
    assert len(fenetres) - len(lissage.insauvables) == sauvables
    assert lissage.capacite_suffisante == next(
        c for c in count(0) if c == len(fenetres) or couplage(fenetres, jours, c) == sauvables
    )
    permises = {c.finess: fenetre for c, fenetre in zip(certificats, fenetres, strict=True)}
    for tache in lissage.taches:
        premier, dernier = permises[tache.ligne.finess]
        assert premier <= tache.jour_prevu <= dernier
        assert tache.jour_prevu in jours
    charge = Counter(tache.jour_prevu for tache in lissage.taches)
    assert lissage.charge_apres == charge
    assert max(charge.values(), default=0) <= min(capacite, lissage.rythme)
    assert lissage.charge_avant == Counter(dernier for _, dernier in fenetres)
    assert set(lissage.officines_perdues) == {ligne.finess for ligne in lissage.perdues}


def test_a_month_of_one_publisher_is_spread_at_the_lowest_pace() -> None:
    """96 renewals due on 2 March: 3 per working day are enough from 16 January on, 32 working days."""
    parc = parc_de(*[date(2026, 3, 3)] * 96)
    lissage = lisser(plan_renouvellement(parc, jour=date(2026, 1, 16)), capacite=40)
    assert (lissage.rythme, lissage.capacite_suffisante, lissage.complet) == (3, 3, True)
    assert set(lissage.charge_apres.values()) == {3}
    assert lissage.charge_avant == {date(2026, 3, 2): 96}
    assert max(lissage.charge_apres) == date(2026, 3, 2)


def test_who_cannot_be_saved_is_named_with_the_capacity_that_would() -> None:
    """Three due by Friday the 13th, two days left, one a day: one is lost; Saturday's one has no day at any capacity."""
    fin = date(2025, 6, 14)
    lissage = lisser(plan_renouvellement(parc_de(fin, fin, fin), jour=JOUR), capacite=1)
    assert lissage.officines_perdues == ("990000002",)
    assert (lissage.capacite_suffisante, lissage.insauvables) == (2, ())
    samedi = lisser(plan_renouvellement(parc_de(date(2025, 6, 15)), jour=date(2025, 6, 14)), capacite=5)
    assert [ligne.finess for ligne in samedi.insauvables] == ["990000000"]
    assert samedi.officines_perdues == ("990000000",)
    assert samedi.capacite_suffisante == 0
    seul = lisser(plan_renouvellement(parc_de(date(2025, 6, 15)), jour=date(2025, 6, 14)), capacite=5, horizon_jours=0)
    assert (seul.jours, len(seul.insauvables)) == ((), 1)


def test_a_day_off_is_given_nothing() -> None:
    plan = plan_renouvellement(parc_de(JOUR + timedelta(days=2)), jour=JOUR)
    lissage = lisser(plan, capacite=1, fermetures={JOUR})
    assert [tache.jour_prevu for tache in lissage.taches] == [JOUR + timedelta(days=1)]


def test_only_active_certificates_within_the_horizon_are_spread() -> None:
    demain, loin = JOUR + timedelta(days=2), JOUR + timedelta(days=100)
    certificats = (
        Certificat("990000001", demain),
        Certificat("990000002", JOUR - timedelta(days=1)),
        Certificat("990000003", demain, etat=Etat.REVOQUE),
        Certificat("990000004", demain, etat=Etat.INCONNU),
        Certificat("990000005", loin),
        Certificat("990000006", demain, nom="a"),
        Certificat("990000006", loin, nom="a"),
    )
    lissage = lisser(plan_renouvellement(Parc(certificats), jour=JOUR), capacite=5, horizon_jours=50)
    assert [tache.ligne.finess for tache in lissage.taches] == ["990000001"]


def test_working_days_of_2026() -> None:
    tous = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    attendus = [j for j in tous if j.weekday() < 5 and (j.month, j.day) not in FERIES_2026]
    assert list(jours_ouvres(tous[0], tous[-1])) == attendus
    fermeture = date(2026, 8, 14)
    assert set(attendus) - set(jours_ouvres(tous[0], tous[-1], fermetures=[fermeture])) == {fermeture}
    # Good Friday and 26 December are days off in Moselle; 20 December, a Sunday, in La Réunion.
    assert set(attendus) - set(jours_ouvres(tous[0], tous[-1], subdivision="57")) == {date(2026, 4, 3)}
    assert set(jours_ouvres(date(2027, 12, 20), date(2027, 12, 20), subdivision="974")) == set()


@pytest.mark.parametrize(
    "reglages",
    [
        *[{"capacite": 0}, {"capacite": True}, {"capacite": 1.5}],
        *[{"capacite": 1, "horizon_jours": -1}, {"capacite": 1, "horizon_jours": 10**6}],
        *[{"capacite": 1, "avance_jours": 0}, {"capacite": 1, "subdivision": "Atlantide"}],
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(reglages: dict[str, int]) -> None:
    with pytest.raises(ReglageInvalide):
        lisser(plan_renouvellement(parc_de(JOUR), jour=JOUR), **reglages)  # type: ignore[arg-type]


def test_holidays_need_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(ExtraManquant, match=r"segur-pha\[certificats\]"):
        lisser(plan_renouvellement(parc_de(JOUR), jour=JOUR), capacite=1)


def test_the_last_days_of_the_calendar_do_not_break_it() -> None:
    plan = plan_renouvellement(parc_de(date.max, date(1900, 1, 1)), jour=date(9999, 12, 1))
    assert len(lisser(plan, capacite=1, avance_jours=3_000_000).taches) == 1


def test_a_levelling_shows_itself() -> None:
    lissage = lisser(plan_renouvellement(parc_de(JOUR + timedelta(days=5)), jour=JOUR), capacite=2)
    assert repr(lissage) == "Lissage(1 renouvellements à 1 par jour, 0 perdus, il en faudrait 1)"
    assert lissage.phrase == (
        "Du 12/06/2025 : 1 renouvellement placé, 1 par jour ouvré au plus ; 0 sans jour possible (0 officine). "
        "Pour faire à temps tous ceux qui peuvent encore l’être, il suffit d’en faire 1 par jour ouvré."
    )
    assert lissage.phrase in lissage._repr_html_()
    perdues = lisser(plan_renouvellement(parc_de(JOUR, JOUR, JOUR), jour=JOUR), capacite=1).phrase
    assert "2 sans jour possible (2 officines)." in perdues
