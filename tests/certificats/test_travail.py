"""The plan as work: who, which day, which action; what can still be saved comes before what is lost."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from attrs import evolve
from flottes import JOUR, PARCS
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from segur_pha.certificats import (
    Action,
    Certificat,
    Etat,
    Officine,
    Parc,
    PlanRenouvellement,
    calendrier_du_travail,
    lisser,
    plan_renouvellement,
    tableau_des_impossibles,
    tableau_du_travail,
    travail_en_json,
)
from segur_pha.certificats.travail import lignes_du_travail
from segur_pha.cli import principal
from tests.sorties import juger

if TYPE_CHECKING:
    from collections.abc import Callable


@given(PARCS, st.integers(1, 4))
def test_the_work_is_whole_and_in_the_order_to_do_it(parc: Parc, capacite: int) -> None:
    plan = plan_renouvellement(parc, jour=JOUR)
    lissage = lisser(plan, capacite=capacite)
    prevus = lissage.jours_prevus
    lignes = lignes_du_travail(plan, lissage)
    assert Counter(map(id, lignes)) == Counter(id(li) for li in plan if li.a_faire or id(li) in prevus)
    jours = [prevus[id(li)] for li in lignes if id(li) in prevus]
    assert jours == sorted(jours)
    assert all(n <= capacite for n in Counter(jours).values())
    # On one day, and where there is no day, what can still be saved comes first.
    morts = [(prevus.get(id(li), date.max), li.action is Action.COMMANDER) for li in lignes if id(li) in prevus]
    assert morts == sorted(morts)
    sans_jour = [li.action is Action.COMMANDER for li in lignes if id(li) not in prevus]
    assert sans_jour == sorted(sans_jour)


@given(PARCS, st.integers(1, 4), st.integers(0, 6))
def test_orders_take_what_renewals_leave_and_never_a_renewal_s_day(parc: Parc, capacite: int, horizon: int) -> None:
    plan = plan_renouvellement(parc, jour=JOUR)
    avec = lisser(plan, capacite=capacite, horizon_jours=horizon)
    vivants = tuple(li for li in plan if li.action is not Action.COMMANDER)
    sans = lisser(PlanRenouvellement(JOUR, 90, vivants), capacite=capacite, horizon_jours=horizon)
    assert avec.taches == sans.taches
    assert len(avec.commandes) + len(avec.commandes_sans_jour) == plan.compte()[Action.COMMANDER]
    charge = Counter(t.jour_prevu for t in (*avec.taches, *avec.commandes))
    assert all(charge[jour] <= capacite for jour in charge)
    # An order waits only where every day is full.
    assert not avec.commandes_sans_jour or all(charge[jour] == capacite for jour in avec.jours)


PARC = Parc(
    (
        Certificat("990000001", date(2025, 6, 13), numero="1", administrateur="Zoé", nom="=a", usage="SIGN"),
        Certificat("990000001", date(2025, 6, 14), numero="2", administrateur="Zoé"),
        Certificat("990000002", date(2025, 6, 1), numero="3"),
        Certificat("990000003", date(2026, 1, 1), numero="4"),
        Certificat("990000004", JOUR, numero="5", debut=JOUR + timedelta(days=1)),
    ),
    officines={"990000001": Officine("990000001", "Alpha", "Pharmacie du Port")},
)


def rangees(capacite: int | None) -> list[dict[str, object]]:
    plan = plan_renouvellement(PARC, jour=JOUR)
    lissage = None if capacite is None else lisser(plan, capacite=capacite)
    octets = travail_en_json(PARC, plan, lissage)
    juger("certificats-plan", octets)
    return json.loads(octets)  # type: ignore[no-any-return]


def test_each_row_says_who_which_day_and_which_action() -> None:
    premiere, *autres = [r for r in rangees(1) if r["jour_prevu"]]
    assert premiere == {
        "jour_prevu": "2025-06-12", "action": "renouveler", "dernier_jour": "2025-06-12", "expiration": "2025-06-13",
        "regle": "fin du certificat", "finess": "990000001", "officine": "Pharmacie du Port", "editeur": "Alpha",
        "administrateur": "Zoé", "produit": "1", "offre": None, "usage": "SIGN", "nom": "=a", "reserve": None,
        "raison": "Actif, expire le 13/06/2025 (dans 1 jour) : à renouveler avant.",
    }  # fmt: skip
    assert [(r["produit"], r["jour_prevu"], r["action"]) for r in autres] == [
        ("2", "2025-06-13", "renouveler"),
        ("4", "2025-06-16", "renouveler"),
        ("3", "2025-06-17", "commander de nouveau"),
    ]


def test_without_a_capacity_what_is_lost_comes_last_and_has_no_day() -> None:
    assert [(r["produit"], r["jour_prevu"]) for r in rangees(None)] == [(n, None) for n in "5123"]


def test_what_no_capacity_saves_is_told_from_what_a_larger_one_would() -> None:
    parc = Parc((*PARC.certificats, *(Certificat("990000005", date(2025, 6, 13), numero=str(n)) for n in (6, 7))))
    lissage = lisser(plan_renouvellement(parc, jour=JOUR), capacite=1)
    tableau = tableau_des_impossibles(parc, lissage)
    assert [(r[0], r[4]) for r in tableau.rangees] == [
        ("990000004", "trop tard, à n’importe quelle capacité : plus de jour ouvré avant la fin"),
        ("990000005", "3 par jour ouvré suffiraient"),
        ("990000005", "3 par jour ouvré suffiraient"),
    ]
    reserves = [r["reserve"] for r in json.loads(travail_en_json(parc, plan_renouvellement(parc, jour=JOUR), None))]
    assert set(reserves) == {None}
    travail = tableau_du_travail(parc, plan_renouvellement(parc, jour=JOUR), None)
    assert travail.titre == "Travail au 12-06-2025"


def test_the_calendar_moves_a_certificate_that_is_given_another_day() -> None:
    def evenements(capacite: int, jour: date) -> dict[str, date]:
        plan = plan_renouvellement(PARC, jour=jour)
        agenda = Calendar.from_ical(calendrier_du_travail(PARC, plan, lisser(plan, capacite=capacite)))
        return {str(e["uid"]): e["dtstart"].dt for e in agenda.walk("VEVENT")}

    un, deux = evenements(1, JOUR), evenements(2, JOUR)
    assert un.keys() == deux.keys()
    assert len(un) == 4
    assert sorted(un.values()) == [date(2025, 6, d) for d in (12, 13, 16, 17)]
    assert sorted(deux.values()) != sorted(un.values())
    plan = plan_renouvellement(PARC, jour=JOUR)
    texte = calendrier_du_travail(PARC, plan, lisser(plan, capacite=1)).decode().replace("\r\n ", "")
    assert "SUMMARY:Renouveler : Pharmacie du Port 990000001" in texte
    assert "SUMMARY:Commander : 990000002" in texte
    assert "Par : Zoé" in texte


@pytest.fixture
def lancer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., object]:
    monkeypatch.chdir(tmp_path)
    lignes = [f"{c.finess};{c.fin:%d/%m/%Y};{c.numero};{c.administrateur};{c.nom}\n" for c in PARC.certificats[:4]]
    Path("s.csv").write_text("FINESS;Fin;N° produit;Administrateur technique;CN\n" + "".join(lignes), encoding="utf-8")

    def lance(*options: str) -> tuple[int, str]:
        code = principal(["certificats", "s.csv", "--au", "2025-06-12", "--ordre-des-jours", "jj/mm/aaaa", *options])
        lu = capsys.readouterr()
        return code, lu.out + lu.err

    return lance


def test_the_plan_is_written_in_four_forms(lancer: Callable[..., tuple[int, str]]) -> None:
    noms = ["t.csv", "t.xlsx", "t.JSON", "t.ics"]
    options = [mot for nom in noms for mot in ("--plan", nom)]
    code, texte = lancer("--capacite", "1", *options, "--csv", "a.csv", "--ics", "a.ics")
    assert (code, "Écrit : a.ics, a.csv, t.csv, t.xlsx, t.JSON, t.ics" in texte) == (1, True)
    assert "prévu le" in texte
    lus = list(csv.DictReader(io.StringIO(Path("t.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [(li["jour_prevu"], li["produit"]) for li in lus[:2]] == [("2025-06-12", "1"), ("2025-06-13", "2")]
    feuilles = openpyxl.load_workbook("t.xlsx")
    assert feuilles.sheetnames == ["Travail au 12-06-2025", "Alertes", "Trois certificats par officine"]
    assert feuilles.worksheets[0]["A2"].value.date() == date(2025, 6, 12)
    assert (feuilles.worksheets[0]["M2"].value, feuilles.worksheets[0]["M2"].data_type) == ("=a", "s")
    juger("certificats-plan", Path("t.JSON").read_bytes())
    assert len(Calendar.from_ical(Path("t.ics").read_bytes()).walk("VEVENT")) == 4
    alertes = list(csv.DictReader(io.StringIO(Path("a.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [(li["produits"], li["jour_prevu"], li["administrateurs"]) for li in alertes] == [
        *(("1", "2025-06-12", "Zoé"), ("2", "2025-06-13", "Zoé"), ("3", "2025-06-17", ""))
    ]
    assert "Prévu le 13/06/2025." in Path("a.ics").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "mot"), [(["--plan", "t.pdf"], ".csv, .xlsx, .json, .ics"), (["--plan", "t.ics"], "--capacite")]
)
def test_a_plan_that_cannot_be_written_is_refused_first(
    options: list[str], mot: str, lancer: Callable[..., tuple[int, str]]
) -> None:
    code, texte = lancer(*options)
    assert (code, mot in texte) == (64, True)


def test_orders_without_a_day_are_counted() -> None:
    morts = Parc(tuple(Certificat("990000001", date(2025, 6, 1), numero=str(n)) for n in range(3)))
    plan = plan_renouvellement(morts, jour=JOUR)
    lissage = lisser(plan, capacite=1, horizon_jours=1)
    assert lissage.phrase.endswith(" 2 commandes placées après eux, 1 sans jour.")
    assert evolve(lissage, commandes_sans_jour=()).phrase.endswith(" 2 commandes placées après eux.")
    assert evolve(lissage, commandes=()).phrase.endswith(" par jour ouvré. 0 commande placée après eux, 1 sans jour.")
    assert evolve(lissage, commandes=(), commandes_sans_jour=()).phrase.endswith(" par jour ouvré.")
    reserves = [r["reserve"] for r in json.loads(travail_en_json(morts, plan, lissage))]
    assert reserves == [None, None, "aucun jour à cette capacité"]


def test_the_key_that_ended_before_its_certificate_is_told() -> None:
    c = Certificat("990000001", date(2025, 6, 1), usage="SIGN", fin_certificat=date(2025, 7, 1))
    (ligne,) = plan_renouvellement(Parc((c,)), jour=JOUR)
    assert (ligne.action, ligne.regle) == (Action.COMMANDER, "fin de la clé")
    assert ligne.raison == (
        "La clé ne sert plus depuis le 01/06/2025 (le certificat, lui, court jusqu’au 01/07/2025) : renouvelez-le s’il "
        "est encore actif, sinon commandez."
    )


@pytest.mark.parametrize(
    ("key", "whole", "begins"),
    [
        (-1, 0, "La clé ne sert plus depuis le 11/06/2025 (le certificat, lui, court jusqu’au 12/06/2025)"),
        (-2, -1, "Expiré le 10/06/2025"),
        (0, 1, "Donné pour expiré par le suivi"),
        (1, 2, "Donné pour expiré par le suivi"),
    ],
)
def test_a_key_is_told_to_have_ended_once_it_has_and_its_certificate_has_not(key: int, whole: int, begins: str) -> None:
    ends = (JOUR + timedelta(days=left) for left in (key, whole))
    c = Certificat("990000001", next(ends), fin_certificat=next(ends), etat=Etat.EXPIRE)
    (ligne,) = plan_renouvellement(Parc((c,)), jour=JOUR)
    assert ligne.action is Action.COMMANDER
    assert ligne.raison.startswith(begins)


def test_the_three_certificates_are_listed_on_demand(lancer: Callable[..., tuple[int, str]]) -> None:
    assert "Trois certificats par officine" in lancer("--trois")[1]


def test_what_is_impossible_is_told_on_demand(lancer: Callable[..., tuple[int, str]]) -> None:
    for options in ([], ["--capacite", "1"]):
        assert "aucun, chacun a son jour" in lancer("--impossibles", *options)[1]
    with Path("s.csv").open("a", encoding="utf-8") as suivi:
        suivi.write("990000005;13/06/2025;8;;\n990000006;13/06/2025;9;;\n")
    texte = lancer("--impossibles", "--capacite", "1")[1]
    assert "Ne peuvent pas être renouvelées à temps" in texte
    assert texte.count("3 par jour ouvré suffiraient") == 2
    assert "aucun, chacun a son jour" in lancer("--impossibles")[1]
