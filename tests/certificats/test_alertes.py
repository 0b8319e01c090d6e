"""Alerts: thresholds, what is new, CSV, JSON and the calendar."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from flottes import JOUR, PARCS, parc_de
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from msgspec import structs

from segur_pha.certificats import (
    Action,
    Alerte,
    Certificat,
    Etat,
    Motif,
    Officine,
    Parc,
    ReglageInvalide,
    SuiviIllisible,
    alertes,
    alertes_en_csv,
    alertes_en_json,
    calendrier,
    certificats_comptes,
    nouvelles_alertes,
    plan_renouvellement,
)
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from pathlib import Path

    from icalendar.cal import Component


@pytest.mark.parametrize(
    ("reste", "seuil"),
    [(-300, 0), (-1, 0), (0, 7), (7, 7), (8, 30), (30, 30), (31, 60), (60, 60), (61, 90), (90, 90), (91, None)],
)
def test_the_smallest_threshold_reached_is_told(reste: int, seuil: int | None) -> None:
    assert [a.seuil for a in alertes(parc_de(JOUR + timedelta(days=reste)), jour=JOUR)] == [seuil] * (seuil is not None)


@given(PARCS, st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_everything_that_counts_and_is_near_is_in_one_alert(parc: Parc, seuils: list[int]) -> None:
    vues = alertes(parc, jour=JOUR, seuils=seuils)
    proches = [
        c
        for c in certificats_comptes(parc)
        if c.fin <= JOUR + timedelta(days=max(seuils)) or c.etat in (Etat.EXPIRE, Etat.INCONNU)
    ] + [
        # Revoked, and no certificate in use has its pharmacy, offer, usage and name.
        c
        for c in parc.certificats
        if c.etat is Etat.REVOQUE
        and not any(
            c.nom
            and (c.finess, c.offre, c.usage, c.nom) == (d.finess, d.offre, d.usage, d.nom)
            and d.etat not in (Etat.REVOQUE, Etat.INCONNU)
            for d in parc.certificats
        )
    ]
    assert sorted(map(repr, proches)) == sorted(repr(c) for a in vues for c in a.certificats)
    assert all({(c.finess, c.fin) for c in a.certificats} == {(a.finess, a.fin)} for a in vues)
    assert [a.perdue for a in vues] == sorted(a.perdue for a in vues)
    assert [a.fin for a in vues if not a.perdue] == sorted(a.fin for a in vues if not a.perdue)
    assert [a.fin for a in vues if a.perdue] == sorted((a.fin for a in vues if a.perdue), reverse=True)
    assert len({a.uid for a in vues}) == len(vues)
    assert all(a.seuil in {0, *seuils} for a in vues)
    assert all((a.jours > a.seuil) is (a.motif is Motif.DOUTE) for a in vues)
    # Nothing tells that such a certificate works: it is named, wherever its end may be.
    assert {a.uid for a in vues if a.etats_inconnus} == {
        a.uid for a in vues if any(c.etat is Etat.INCONNU for c in a.certificats)
    }


@pytest.mark.parametrize("seuils", [[], [-1], [True], [30.5], ["30"]])
def test_thresholds_are_numbers_of_days(seuils: list[int]) -> None:
    with pytest.raises(ReglageInvalide, match="seuils"):
        alertes(parc_de(), jour=JOUR, seuils=seuils)


@pytest.mark.parametrize(
    ("restes", "phrase"),
    [
        ((-2,), "Pharmacie 990000001 : 1 certificat expiré le 10/06/2025 : nouvelle commande."),
        ((0, 0), "Pharmacie 990000001 : 2 certificats expirent le 12/06/2025 (aujourd’hui)."),
        ((1,), "Pharmacie 990000001 : 1 certificat expire le 13/06/2025 (dans 1 jour)."),
    ],
)
def test_an_alert_is_a_french_sentence(restes: tuple[int, ...], phrase: str) -> None:
    certificats = tuple(Certificat("990000001", JOUR + timedelta(days=reste)) for reste in restes)
    parc = Parc(certificats, officines={"990000001": Officine("990000001", nom="Pharmacie")})
    assert [a.phrase for a in alertes(parc, jour=JOUR)] == [phrase]


@pytest.mark.parametrize(
    ("restes", "phrase"),
    [
        (
            (500, 500),
            "2 certificats dans un état inconnu (7 « Suspendu », 8 « Suspendu »), fin le 25/10/2026 : regardez sur la page de suivi.",
        ),
        (
            (1,),
            "1 certificat expire le 13/06/2025 (dans 1 jour) ; état à regarder sur la page de suivi : 7 « Suspendu ».",
        ),
        (
            (-2,),
            "1 certificat expiré le 10/06/2025 : nouvelle commande ; état à regarder sur la page de suivi : 7 « Suspendu ».",
        ),
    ],
)
def test_an_alert_names_the_states_that_nobody_knows(restes: tuple[int, ...], phrase: str) -> None:
    certificats = tuple(
        Certificat("990000001", JOUR + timedelta(days=reste), numero=str(rang), etat=Etat.INCONNU, etat_lu="Suspendu")
        for rang, reste in enumerate(restes, start=7)
    )
    [alerte] = alertes(Parc(certificats), jour=JOUR)
    assert alerte.phrase == f"990000001 : {phrase}"


REVOQUE = Certificat(
    "990000001", date(2027, 2, 20), numero="1", offre="ORG", usage="AUTH_CLI", nom="INSI-AUTO", etat=Etat.REVOQUE
)


@pytest.mark.cas(19)
@pytest.mark.parametrize(
    ("autre", "remplace"),
    [
        (structs.replace(REVOQUE, etat=Etat.ACTIF), True),
        (structs.replace(REVOQUE, etat=Etat.NON_DIT, fin=date(2026, 1, 1)), True),
        (structs.replace(REVOQUE, etat=Etat.INCONNU, fin=date(2028, 1, 1)), False),
        (structs.replace(REVOQUE, etat=Etat.ACTIF, nom="LGO DMP"), False),
        (structs.replace(REVOQUE, etat=Etat.ACTIF, usage="SIGN"), False),
        (structs.replace(REVOQUE, etat=Etat.ACTIF, finess="990000002"), False),
    ],
)
def test_a_revoked_certificate_that_nothing_replaces_is_an_alert(autre: Certificat, remplace: bool) -> None:  # noqa: FBT001
    autre = structs.replace(autre, numero="2")
    vues = [a for a in alertes(Parc((REVOQUE, autre)), jour=JOUR) if a.motif is Motif.REVOCATION]
    assert [a.certificats for a in vues] == ([] if remplace else [(REVOQUE,)])
    if not remplace:
        (alerte,) = vues
        assert (alerte.seuil, alerte.jours, alerte.perdue) == (0, 0, True)
        assert alerte.phrase == "990000001 : 1 certificat révoqué, que rien ne remplace : nouvelle commande."
        plan = plan_renouvellement(Parc((REVOQUE, autre)), jour=JOUR)
        assert (plan[0].action, plan[0].dernier_jour) == (Action.COMMANDER, None)
        assert plan[0].raison == "Révoqué, et rien ne le remplace : il faut une nouvelle commande."
        assert plan[0].etapes


def test_a_revoked_certificate_without_a_name_may_always_be_the_one_in_use() -> None:
    sans_nom = structs.replace(REVOQUE, nom="")
    assert len(alertes(Parc((sans_nom, structs.replace(sans_nom, etat=Etat.ACTIF))), jour=JOUR)) == 1


def test_what_the_follow_up_says_to_have_expired_is_an_alert_before_its_day() -> None:
    (alerte,) = alertes(Parc((structs.replace(REVOQUE, etat=Etat.EXPIRE),)), jour=JOUR)
    assert (alerte.motif, alerte.seuil, alerte.jours) == (Motif.ETAT, 0, 0)
    assert alerte.phrase == "990000001 : 1 certificat donné pour expiré : nouvelle commande."
    (passee,) = alertes(Parc((structs.replace(REVOQUE, etat=Etat.EXPIRE, fin=date(2025, 6, 1)),)), jour=JOUR)
    assert (passee.motif, passee.jours) == (Motif.ECHEANCE, -11)


def piege() -> Parc:
    """A fleet whose names try a spreadsheet, a calendar and a page."""
    nom = '=cmd|"/c calc"!A0;\r\nBEGIN:VEVENT\x00'
    certificats = (Certificat("990000001", JOUR, numero="7"), Certificat("990000001", JOUR, numero="8"))
    return Parc(certificats, officines={"990000001": Officine("990000001", "+éditeur", nom)})


def test_csv_cells_are_safe_and_complete() -> None:
    octets = alertes_en_csv(alertes(piege(), jour=JOUR))
    (ligne,) = csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";")
    assert ligne["nom"].startswith("'=cmd")
    assert ligne["editeur"] == "'+éditeur"
    assert (ligne["finess"], ligne["expiration"], ligne["jours"]) == ("990000001", "2025-06-12", "0")
    assert (ligne["certificats"], ligne["produits"]) == ("2", "7 8")


def test_json_holds_the_same() -> None:
    (ligne,) = json.loads(alertes_en_json(alertes(piege(), jour=JOUR)))
    assert ligne["editeur"] == "+éditeur"
    assert (ligne["seuil"], ligne["nombre_certificats"], ligne["produits"]) == (7, 2, ["7", "8"])


@given(PARCS, st.integers(0, 60), st.sampled_from([alertes_en_csv, alertes_en_json]))
def test_what_is_new_is_what_was_not_told_so_near(parc: Parc, ecart: int, sortie: object) -> None:
    avant, apres = alertes(parc, jour=JOUR), alertes(parc, jour=JOUR + timedelta(days=ecart))
    nouvelles = nouvelles_alertes(apres, sortie(avant))  # type: ignore[operator]
    dites = {a.uid: a.seuil for a in avant}
    assert nouvelles == [a for a in apres if a.uid not in dites or a.seuil < dites[a.uid]]
    assert nouvelles_alertes(apres, sortie(apres)) == []  # type: ignore[operator]
    assert nouvelles_alertes(apres, sortie([])) == apres  # type: ignore[operator]


@pytest.mark.parametrize("octets", [b"", b"a;b\n1;2\n", b"[1]", b'[{"uid": "x"}]', b"[" * 100_000, b"\xff\xfe", b"[{]"])
def test_a_previous_output_that_is_none_is_refused(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "avant").write_bytes(octets)
    with pytest.raises(SuiviIllisible, match="précédentes"):
        nouvelles_alertes(alertes(parc_de(JOUR), jour=JOUR), tmp_path / "avant" if octets else tmp_path / "absent")


def evenements(a_dire: list[Alerte]) -> dict[str, Component]:
    agenda = Calendar.from_ical(calendrier(a_dire))
    assert isinstance(agenda, Calendar)
    return {str(evenement["uid"]): evenement for evenement in agenda.walk("VEVENT")}


def test_a_second_import_updates_the_events_of_the_first() -> None:
    parc = parc_de(JOUR + timedelta(days=40))
    (avant,), (apres,) = (evenements(alertes(parc, jour=jour)).items() for jour in (JOUR, JOUR + timedelta(days=15)))
    assert avant[0] == apres[0]
    assert apres[1]["sequence"] > avant[1]["sequence"]
    assert apres[1]["dtstamp"].dt > avant[1]["dtstamp"].dt
    assert avant[1]["dtstart"].dt == apres[1]["dtstart"].dt == JOUR + timedelta(days=40)


@pytest.mark.parametrize(("reste", "jours"), [(80, [60, 30, 7, 1]), (20, [7, 1]), (3, [1]), (-5, [1])])
def test_alarms_ring_at_nine_on_every_threshold_ahead(reste: int, jours: list[int]) -> None:
    (evenement,) = evenements(alertes(parc_de(JOUR + timedelta(days=reste)), jour=JOUR)).values()
    declencheurs = [alarme["trigger"].dt for alarme in evenement.walk("VALARM")]
    assert declencheurs == [timedelta(hours=9) - timedelta(days=j) for j in jours]


@given(PARCS)
def test_the_calendar_holds_one_event_per_alert_and_only_depends_on_them(parc: Parc) -> None:
    dites = alertes(parc, jour=JOUR)
    # What no longer works is to be seen to today, whatever the end it would have had.
    assert {uid: e["dtstart"].dt for uid, e in evenements(dites).items()} == {
        a.uid: a.fin if a.motif is Motif.ECHEANCE else JOUR for a in dites
    }
    assert calendrier(dites) == calendrier(list(dites))
    assert all(len(ligne) <= 75 for ligne in calendrier(dites).split(b"\r\n"))


def test_a_name_cannot_add_an_event() -> None:
    (evenement,) = evenements(alertes(piege(), jour=JOUR)).values()
    assert "\n" not in str(evenement["summary"]).rstrip()
    assert "990000001" in str(evenement["summary"])


def test_the_last_day_of_the_calendar_has_no_morrow() -> None:
    (evenement,) = evenements(alertes(parc_de(date.max), jour=date(9999, 12, 30))).values()
    assert "dtend" not in evenement


def test_the_calendar_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(ExtraManquant, match="certificats"):
        calendrier([])
