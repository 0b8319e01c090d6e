"""What to do about each certificate: renewal while active, a new order after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flottes import JOUR, PARCS, parc_de
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.certificats import (
    PREREQUIS,
    RAPPEL_ADRESSE,
    Action,
    Certificat,
    Etat,
    Parc,
    ReglageInvalide,
    plan_renouvellement,
)


@pytest.mark.parametrize(
    ("reste", "action", "dernier", "mot"),
    [
        (-1, Action.COMMANDER, -2, "Expiré le 11/06/2025"),
        (0, Action.RENOUVELER, 0, "aujourd’hui"),
        (1, Action.RENOUVELER, 0, "dans 1 jour)"),
        (90, Action.RENOUVELER, 89, "dans 90 jours"),
        (91, Action.ATTENDRE, 90, "hors de la fenêtre"),
    ],
)
def test_the_day_decides(reste: int, action: Action, dernier: int, mot: str) -> None:
    ligne = plan_renouvellement(parc_de(JOUR + timedelta(days=reste)), jour=JOUR)[0]
    assert ligne.action is action
    assert ligne.dernier_jour == JOUR + timedelta(days=dernier)
    assert mot in ligne.raison


@pytest.mark.parametrize(
    ("etat", "action", "mot"),
    [
        (Etat.REVOQUE, Action.COMMANDER, "Révoqué"),
        (Etat.INCONNU, Action.VERIFIER, "« À retirer »"),
        (Etat.EXPIRE, Action.COMMANDER, "Donné pour expiré"),
        (Etat.NON_DIT, Action.RENOUVELER, "dans 10 jours"),
    ],
)
def test_the_state_decides_first(etat: Etat, action: Action, mot: str) -> None:
    certificat = Certificat("990000001", JOUR + timedelta(days=10), etat=etat, etat_lu="À retirer")
    ligne = plan_renouvellement(Parc((certificat,)), jour=JOUR)[0]
    assert (ligne.action, ligne.finess) == (action, "990000001")
    assert mot in ligne.raison
    assert (ligne.dernier_jour is None) == (etat is Etat.REVOQUE)


def test_a_superseded_certificate_asks_for_nothing() -> None:
    vieux = Certificat("990000001", JOUR + timedelta(days=3), nom="a", etat=Etat.ACTIF)
    revoque = Certificat("990000001", JOUR, nom="a", etat=Etat.REVOQUE)
    neuf = Certificat("990000001", JOUR + timedelta(days=1000), nom="a", etat=Etat.ACTIF)
    plan = plan_renouvellement(Parc((vieux, revoque, neuf)), jour=JOUR)
    assert [ligne.action for ligne in plan] == [Action.ATTENDRE, Action.REVOQUE, Action.ATTENDRE]
    assert [ligne.raison.split(" ")[0] for ligne in plan] == ["Remplacé", "Révoqué", "Actif"]
    assert plan[1].raison == "Révoqué et remplacé : il ne compte plus."


def test_a_new_order_lists_its_steps_in_the_order_of_the_document() -> None:
    parc = Parc(
        tuple(
            Certificat("990000001", JOUR - timedelta(days=1), usage=usage, offre=offre)
            for usage, offre in (("SIGN", "ORG"), ("ssl_serv", ""), ("S/MIME", "SERV"))
        )
    )
    simple, serveur, aussi = plan_renouvellement(parc, jour=JOUR)
    mots = ["dans l’officine ou chez", "CPS", "413", "301", "demande", "retire", "installe", "partagées"]
    assert [mot in etape for mot, etape in zip(mots, simple.etapes, strict=True)] == [True] * 8
    assert simple.etapes == (*PREREQUIS, RAPPEL_ADRESSE)
    assert len(serveur.etapes) == len(aussi.etapes) == 9
    assert "à refaire" in serveur.etapes[7]
    assert plan_renouvellement(parc_de(JOUR), jour=JOUR)[0].etapes == ()


@given(PARCS, st.integers(0, 500))
def test_every_certificate_has_its_line_and_the_counts_agree(parc: Parc, fenetre: int) -> None:
    plan = plan_renouvellement(parc, jour=JOUR, fenetre_jours=fenetre)
    assert [ligne.certificat for ligne in plan] == list(parc.certificats)
    assert plan[:2] == tuple(plan)[:2]
    assert sum(plan.compte().values()) == len(plan) == len(parc.certificats)
    assert all(ligne.raison for ligne in plan)
    limite = JOUR + timedelta(days=fenetre)
    for ligne in plan.pour(Action.RENOUVELER):
        assert JOUR <= ligne.certificat.fin <= limite
    # What can still be saved comes before what is lost, the latest loss first.
    urgences = [(li.action is Action.COMMANDER, li.certificat.fin) for li in plan.pour(*Action)]
    assert [fin for lost, fin in urgences if not lost] == sorted(fin for lost, fin in urgences if not lost)
    assert [fin for lost, fin in urgences if lost] == sorted((fin for lost, fin in urgences if lost), reverse=True)
    assert [lost for lost, _ in urgences] == sorted(lost for lost, _ in urgences)


def test_work_is_grouped_by_administrator_the_most_urgent_first() -> None:
    certificats = [
        Certificat("990000001", JOUR + timedelta(days=9), numero="1", administrateur="Zoé"),
        Certificat("990000002", JOUR + timedelta(days=3), numero="2", administrateur="Zoé"),
        Certificat("990000003", JOUR - timedelta(days=3), numero="3"),
        Certificat("990000004", JOUR + timedelta(days=500), numero="4", administrateur="Ali"),
        Certificat("990000005", JOUR, numero="5", administrateur="Bo", etat=Etat.INCONNU),
    ]
    groupes = plan_renouvellement(Parc(tuple(certificats)), jour=JOUR).par_administrateur()
    assert {nom: [li.certificat.numero for li in lignes] for nom, lignes in groupes.items()} == {
        "": ["3"],
        "Bo": ["5"],
        "Zoé": ["2", "1"],
    }
    assert list(groupes) == ["", "Bo", "Zoé"]


@pytest.mark.parametrize("fenetre", [-1, True, 1.5])
def test_a_window_is_a_number_of_days(fenetre: int) -> None:
    with pytest.raises(ReglageInvalide, match="fenêtre"):
        plan_renouvellement(parc_de(JOUR), jour=JOUR, fenetre_jours=fenetre)


def test_the_ends_of_the_calendar_are_days_like_others() -> None:
    plan = plan_renouvellement(parc_de(date.max, date(1900, 1, 1)), jour=date(9999, 12, 1), fenetre_jours=10**9)
    assert [ligne.action for ligne in plan] == [Action.RENOUVELER, Action.COMMANDER]


def test_a_line_of_a_plan_is_not_changed() -> None:
    (ligne,) = plan_renouvellement(parc_de(JOUR), jour=JOUR)
    with pytest.raises(AttributeError):
        ligne.action = Action.ATTENDRE  # type: ignore[misc]


def test_a_plan_shows_its_counts() -> None:
    plan = plan_renouvellement(parc_de(JOUR, JOUR), jour=JOUR)
    assert repr(plan) == "PlanRenouvellement(jour=2025-06-12, 2 renouveler)"
    assert repr(plan_renouvellement(parc_de(), jour=JOUR)) == "PlanRenouvellement(jour=2025-06-12, vide)"
    assert 'renouveler</td><td style="text-align: right">2</td>' in plan._repr_html_()
