"""What to do about each certificate: renewal while active, a new order after."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flottes import AU, PARCS, parc_de
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
    ligne = plan_renouvellement(parc_de(AU + timedelta(days=reste)), au=AU)[0]
    assert ligne.action is action
    assert ligne.dernier_jour == AU + timedelta(days=dernier)
    assert mot in ligne.raison


@pytest.mark.parametrize(
    ("etat", "action", "mot"),
    [
        (Etat.REVOQUE, Action.REVOQUE, "Révoqué"),
        (Etat.INCONNU, Action.VERIFIER, "« À retirer »"),
        (Etat.EXPIRE, Action.COMMANDER, "Donné pour expiré"),
        (Etat.NON_DIT, Action.RENOUVELER, "dans 10 jours"),
    ],
)
def test_the_state_decides_first(etat: Etat, action: Action, mot: str) -> None:
    certificat = Certificat("990000001", AU + timedelta(days=10), etat=etat, etat_lu="À retirer")
    ligne = plan_renouvellement(Parc((certificat,)), au=AU)[0]
    assert (ligne.action, ligne.finess) == (action, "990000001")
    assert mot in ligne.raison
    assert (ligne.dernier_jour is None) == (etat is Etat.REVOQUE)


def test_a_superseded_certificate_asks_for_nothing() -> None:
    vieux = Certificat("990000001", AU + timedelta(days=3), nom="a", etat=Etat.ACTIF)
    revoque = Certificat("990000001", AU, nom="a", etat=Etat.REVOQUE)
    neuf = Certificat("990000001", AU + timedelta(days=1000), nom="a", etat=Etat.ACTIF)
    plan = plan_renouvellement(Parc((vieux, revoque, neuf)), au=AU)
    assert [ligne.action for ligne in plan] == [Action.ATTENDRE, Action.REVOQUE, Action.ATTENDRE]
    assert [ligne.raison.startswith("Remplacé") for ligne in plan] == [True, False, False]


def test_a_new_order_lists_its_steps_in_the_order_of_the_document() -> None:
    parc = Parc(
        tuple(
            Certificat("990000001", AU - timedelta(days=1), usage=usage, offre=offre)
            for usage, offre in (("SIGN", "ORG"), ("ssl_serv", ""), ("S/MIME", "SERV"))
        )
    )
    simple, serveur, aussi = plan_renouvellement(parc, au=AU)
    mots = ["CPS", "413", "301", "demande", "retire", "installe", "plusieurs"]
    assert [mot in etape for mot, etape in zip(mots, simple.etapes, strict=True)] == [True] * 7
    assert simple.etapes == (*PREREQUIS, RAPPEL_ADRESSE)
    assert len(serveur.etapes) == len(aussi.etapes) == 8
    assert "à refaire" in serveur.etapes[6]
    assert plan_renouvellement(parc_de(AU), au=AU)[0].etapes == ()


@given(PARCS, st.integers(0, 500))
def test_every_certificate_has_its_line_and_the_counts_agree(parc: Parc, fenetre: int) -> None:
    plan = plan_renouvellement(parc, au=AU, fenetre_jours=fenetre)
    assert [ligne.certificat for ligne in plan] == list(parc.certificats)
    assert plan[:2] == tuple(plan)[:2]
    assert sum(plan.compte().values()) == len(plan) == len(parc.certificats)
    assert all(ligne.raison for ligne in plan)
    limite = AU + timedelta(days=fenetre)
    for ligne in plan.pour(Action.RENOUVELER):
        assert AU <= ligne.certificat.fin <= limite
    urgences = [ligne.certificat.fin for ligne in plan.pour(*Action)]
    assert urgences == sorted(c.fin for c in parc.certificats)


def test_work_is_grouped_by_administrator_the_most_urgent_first() -> None:
    certificats = [
        Certificat("990000001", AU + timedelta(days=9), numero="1", administrateur="Zoé"),
        Certificat("990000002", AU + timedelta(days=3), numero="2", administrateur="Zoé"),
        Certificat("990000003", AU - timedelta(days=3), numero="3"),
        Certificat("990000004", AU + timedelta(days=500), numero="4", administrateur="Ali"),
        Certificat("990000005", AU, numero="5", administrateur="Bo", etat=Etat.INCONNU),
    ]
    groupes = plan_renouvellement(Parc(tuple(certificats)), au=AU).par_administrateur()
    assert {nom: [li.certificat.numero for li in lignes] for nom, lignes in groupes.items()} == {
        "": ["3"],
        "Bo": ["5"],
        "Zoé": ["2", "1"],
    }
    assert list(groupes) == ["", "Bo", "Zoé"]


@pytest.mark.parametrize("fenetre", [-1, True, 1.5])
def test_a_window_is_a_number_of_days(fenetre: int) -> None:
    with pytest.raises(ReglageInvalide, match="fenêtre"):
        plan_renouvellement(parc_de(AU), au=AU, fenetre_jours=fenetre)


def test_the_ends_of_the_calendar_are_days_like_others() -> None:
    plan = plan_renouvellement(parc_de(date.max, date(1900, 1, 1)), au=date(9999, 12, 1), fenetre_jours=10**9)
    assert [ligne.action for ligne in plan] == [Action.RENOUVELER, Action.COMMANDER]


def test_a_line_of_a_plan_is_not_changed() -> None:
    (ligne,) = plan_renouvellement(parc_de(AU), au=AU)
    with pytest.raises(AttributeError):
        ligne.action = Action.ATTENDRE  # type: ignore[misc]


def test_a_plan_shows_its_counts() -> None:
    plan = plan_renouvellement(parc_de(AU, AU), au=AU)
    assert repr(plan) == "PlanRenouvellement(au=2025-06-12, 2 renouveler)"
    assert repr(plan_renouvellement(parc_de(), au=AU)) == "PlanRenouvellement(au=2025-06-12, vide)"
    assert 'renouveler</td><td style="text-align: right">2</td>' in plan._repr_html_()
