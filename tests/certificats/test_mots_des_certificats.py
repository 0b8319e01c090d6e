"""What is said of certificates, word for word, and the settings at their very limits."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest
from flottes import JOUR, parc_de

from segur_pha.certificats import (
    Action,
    Certificat,
    Etat,
    Officine,
    Parc,
    ReglageInvalide,
    SuiviIllisible,
    alertes,
    alertes_en_csv,
    alertes_en_json,
    jours_ouvres,
    lisser,
    nouvelles_alertes,
    plan_renouvellement,
    premieres_echeances,
    tableau_mensuel,
)
from segur_pha.certificats.echeances import mois_entre, total_par_editeur
from segur_pha.certificats.jours import MOIS_COURTS, en_lettres, lire_jour, mois_en_lettres
from segur_pha.certificats.plan import A_VENIR, PREREQUIS, tableau_du_plan

F = "990000001"


def day(left: int) -> date:
    return JOUR + timedelta(days=left)


def alert_of(*left: int, name: str = "") -> str:
    parc = Parc(tuple(Certificat(F, day(n)) for n in left), officines={F: Officine(F, nom=name)})
    [alert] = alertes(parc, jour=JOUR)
    return alert.phrase


@pytest.mark.parametrize(
    ("left", "name", "sentence"),
    [
        ((-1,), "", f"{F} : 1 certificat expiré le 11/06/2025 : nouvelle commande."),
        ((-1, -1), "", f"{F} : 2 certificats expirés le 11/06/2025 : nouvelle commande."),
        ((0,), "", f"{F} : 1 certificat expire le 12/06/2025 (aujourd’hui)."),
        ((1,), "", f"{F} : 1 certificat expire le 13/06/2025 (dans 1 jour)."),
        ((2, 2), "La Poste", f"La Poste {F} : 2 certificats expirent le 14/06/2025 (dans 2 jours)."),
    ],
)
def test_an_alert_in_french(left: tuple[int, ...], name: str, sentence: str) -> None:
    assert alert_of(*left, name=name) == sentence


@pytest.mark.parametrize(
    ("state", "one", "two"),
    [
        (Etat.REVOQUE, "certificat révoqué, que rien ne remplace", "certificats révoqués, que rien ne remplace"),
        (Etat.EXPIRE, "certificat donné pour expiré", "certificats donnés pour expirés"),
    ],
)
def test_what_is_lost_before_its_day_is_said_of_one_and_of_several(state: Etat, one: str, two: str) -> None:
    for count, words in ((1, one), (2, two)):
        lost = Parc(tuple(Certificat(F, day(9), etat=state) for _ in range(count)))
        [alert] = alertes(lost, jour=JOUR)
        assert alert.phrase == f"{F} : {count} {words} : nouvelle commande."


def test_on_its_last_day_a_certificate_is_not_lost() -> None:
    lost = [alertes(Parc((Certificat(F, day(left)),)), jour=JOUR)[0].perdue for left in (-1, 0, 1)]
    assert lost == [True, False, False]


@pytest.mark.parametrize(
    ("left", "state", "reason"),
    [
        (-1, Etat.ACTIF, "Expiré le 11/06/2025 : il ne se renouvelle plus, il faut une nouvelle commande."),
        (-1, Etat.NON_DIT, "Expiré le 11/06/2025 : il ne se renouvelle plus, il faut une nouvelle commande."),
        (-1, Etat.EXPIRE, "Expiré le 11/06/2025 : il ne se renouvelle plus, il faut une nouvelle commande."),
        (0, Etat.EXPIRE, "Donné pour expiré par le suivi : il ne se renouvelle plus, il faut une nouvelle commande."),
        (
            0,
            Etat.ACTIF,
            "Expire aujourd’hui : renouvelez-le s’il est encore actif, sinon passez une nouvelle commande.",
        ),
        (1, Etat.ACTIF, "Actif, expire le 13/06/2025 (dans 1 jour) : à renouveler avant."),
        (2, Etat.NON_DIT, "Actif, expire le 14/06/2025 (dans 2 jours) : à renouveler avant."),
        (91, Etat.ACTIF, "Actif jusqu’au 11/09/2025, hors de la fenêtre de renouvellement."),
        (5, Etat.REVOQUE, "Révoqué, et rien ne le remplace : il faut une nouvelle commande."),
        (-5, Etat.INCONNU, "État inconnu (« lu ») : regardez-le sur la page de suivi de l’IGC-Santé."),
    ],
)
def test_the_reason_of_each_line_of_a_plan(left: int, state: Etat, reason: str) -> None:
    [line] = plan_renouvellement(Parc((Certificat(F, day(left), etat=state, etat_lu="lu"),)), jour=JOUR)
    assert line.raison == reason


def test_the_words_of_a_plan() -> None:
    assert [action.value for action in Action] == [
        *("renouveler", "commander de nouveau", "rien pour l’instant", "révoqué", "à vérifier")
    ]
    old = Certificat(F, day(3), nom="a", etat=Etat.ACTIF)
    gone = Certificat(F, day(-3), nom="a", etat=Etat.ACTIF)
    plan = plan_renouvellement(Parc((old, gone, Certificat(F, day(999), nom="a"))), jour=JOUR)
    replaced = "Remplacé par un certificat plus récent de mêmes offre, usage et nom (celui-ci finit le {})."
    assert [line.raison for line in plan[:2]] == [replaced.format("15/06/2025"), replaced.format("09/06/2025")]
    assert [line.remplace for line in plan] == [True, True, False]
    assert repr(plan) == "PlanRenouvellement(jour=2025-06-12, 3 rien pour l’instant)"
    table = tableau_du_plan(plan)
    assert (table.titre, table.colonnes) == ("Plan au 12/06/2025", ("action", "certificats"))
    assert table.rangees[2] == ("rien pour l’instant", 3)
    assert len(PREREQUIS) == 7
    assert "12/06/2025" in A_VENIR


def test_the_most_urgent_first_then_by_pharmacy_then_by_number() -> None:
    certificates = [
        Certificat("990000002", day(4), numero="1"),
        Certificat("990000001", day(4), numero="3"),
        Certificat("990000001", day(4), numero="2"),
        Certificat("990000009", day(3), numero="9"),
    ]
    plan = plan_renouvellement(Parc(tuple(certificates)), jour=JOUR)
    assert [line.certificat.numero for line in plan.pour(Action.RENOUVELER)] == ["9", "2", "3", "1"]


def test_a_window_of_zero_days_is_today() -> None:
    plan = plan_renouvellement(parc_de(JOUR, day(1)), jour=JOUR, fenetre_jours=0)
    assert [line.action for line in plan] == [Action.RENOUVELER, Action.ATTENDRE]
    assert (plan.fenetre_jours, plan.jour) == (0, JOUR)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"capacite": 0}, "La capacité est un nombre de renouvellements par jour ouvré, 1 ou plus."),
        ({"capacite": 10**9 + 1}, "capacité"),
        ({"capacite": True}, "capacité"),
        ({"capacite": 1.0}, "capacité"),
        ({"capacite": 1, "horizon_jours": -1}, "L’horizon est un nombre de jours, de 0 à 3660."),
        ({"capacite": 1, "horizon_jours": 3661}, "horizon"),
        ({"capacite": 1, "avance_jours": 0}, "L’avance est un nombre de jours, 1 ou plus."),
    ],
)
def test_a_setting_beyond_its_limits(settings: dict[str, int], word: str) -> None:
    with pytest.raises(ReglageInvalide, match=word):
        lisser(plan_renouvellement(parc_de(), jour=JOUR), **settings)


def test_a_setting_at_its_limits() -> None:
    plan = plan_renouvellement(parc_de(day(30)), jour=JOUR)
    for settings in (
        {"capacite": 10**9},
        {"capacite": 1, "horizon_jours": 3660},
        {"capacite": 1, "avance_jours": date.max.toordinal()},
    ):
        assert lisser(plan, **settings).complet
    empty = lisser(plan, capacite=1, horizon_jours=0)
    assert (empty.taches, empty.jours, empty.capacite_suffisante, empty.capacite) == ((), (JOUR,), 0, 1)
    # The eve of the expiry is the last useful day: an horizon that ends there takes it.
    assert [len(lisser(plan, capacite=1, horizon_jours=n).taches) for n in (28, 29)] == [0, 1]
    assert [len(lisser(plan, capacite=1).taches), lisser(plan, capacite=1).jour] == [1, JOUR]


def test_the_default_horizon_is_a_year() -> None:
    plan = plan_renouvellement(parc_de(day(366), day(367)), jour=JOUR)
    assert [task.ligne.finess for task in lisser(plan, capacite=1).taches] == ["990000000"]


def test_what_is_superseded_is_not_renewed() -> None:
    parc = Parc(
        (Certificat(F, day(9), nom="a"), Certificat(F, day(99), nom="a"), Certificat(F, day(8), etat=Etat.REVOQUE))
    )
    spread = lisser(plan_renouvellement(parc, jour=JOUR), capacite=1)
    assert [task.ligne.certificat.fin for task in spread.taches] == [day(99)]


def test_one_day_before_the_expiry_is_the_last_advance() -> None:
    plan = plan_renouvellement(parc_de(day(8)), jour=JOUR)
    [task] = lisser(plan, capacite=1, avance_jours=1).taches
    assert task.jour_prevu == day(7)
    [early] = lisser(plan, capacite=1, avance_jours=4).taches
    assert early.jour_prevu == day(4)


def test_what_is_said_of_a_spread_plan() -> None:
    friday = date(2025, 6, 14)
    spread = lisser(plan_renouvellement(parc_de(friday, friday, friday, JOUR), jour=JOUR), capacite=1)
    assert spread.phrase == (
        "Du 12/06/2025 : 2 renouvellements placés, 1 par jour ouvré au plus ; 2 sans jour possible (2 officines). "
        "Pour faire à temps tous ceux qui peuvent encore l’être, il suffit d’en faire 2 par jour ouvré."
    )
    assert repr(spread) == "Lissage(2 renouvellements à 1 par jour, 2 perdus, il en faudrait 2)"
    assert spread._repr_html_() == f'<div lang="fr"><p>{spread.phrase}</p></div>'
    assert list(spread.charge_avant.items()) == [(JOUR, 1), (date(2025, 6, 13), 3)]
    assert [line.finess for line in spread.perdues] == ["990000001", "990000002"]
    assert (spread.complet, spread.insauvables) == (False, ())
    one = lisser(plan_renouvellement(parc_de(day(2)), jour=JOUR), capacite=3)
    assert "1 renouvellement placé, 1 par jour ouvré au plus ; 0 sans jour possible (0 officine)" in one.phrase


def test_who_has_no_working_day_is_beyond_saving() -> None:
    saturday = date(2025, 6, 14)
    plan = plan_renouvellement(parc_de(saturday, saturday + timedelta(days=3)), jour=saturday)
    spread = lisser(plan, capacite=5)
    assert [line.finess for line in spread.insauvables] == ["990000000"]
    assert [task.jour_prevu for task in spread.taches] == [date(2025, 6, 16)]
    assert (spread.rythme, spread.capacite_suffisante) == (1, 1)


def test_working_days_of_several_years_and_places() -> None:
    assert jours_ouvres(date(2025, 12, 31), date(2026, 1, 2)) == (date(2025, 12, 31), date(2026, 1, 2))
    assert jours_ouvres(date(2026, 6, 13), date(2026, 6, 15)) == (date(2026, 6, 15),)
    # Boxing day is one in Moselle.
    assert jours_ouvres(date(2025, 12, 25), date(2025, 12, 26), subdivision="57") == ()
    assert jours_ouvres(date(2025, 12, 25), date(2025, 12, 26)) == (date(2025, 12, 26),)
    assert jours_ouvres(date(2025, 12, 26), date(2025, 12, 26), fermetures=[date(2025, 12, 26)]) == ()
    with pytest.raises(ReglageInvalide, match="Subdivision inconnue"):
        jours_ouvres(JOUR, JOUR, subdivision="XX")


def fleet() -> Parc:
    certificates = (
        Certificat(F, day(9), numero="P1"),
        Certificat(F, day(9)),
        Certificat(F, day(9), numero="P2"),
        Certificat("990000002", day(-1), numero="P3"),
    )
    return Parc(certificates, officines={F: Officine(F, editeur="Alpha", nom="Du \ud800 Pont")})


def test_alerts_for_programs() -> None:
    near, late = alertes(fleet(), jour=JOUR)
    told = json.loads(alertes_en_json([late, near]))
    assert told == [
        {
            "uid": "certificats-990000002-2025-06-11@segur-pha", "finess": "990000002", "officine": None, "editeur": "Autres",
            "expiration": "2025-06-11", "jours": -1, "seuil": 0, "nombre_certificats": 1, "produits": ["P3"],
            "phrase": late.phrase,
            "motif": "échéance", "action": "commander de nouveau", "jour_prevu": None, "administrateurs": [],
        },
        {
            "uid": "certificats-990000001-2025-06-21@segur-pha", "finess": F, "officine": "Du ? Pont", "editeur": "Alpha",
            "expiration": "2025-06-21", "jours": 9, "seuil": 30, "nombre_certificats": 3, "produits": ["P1", "P2"],
            "phrase": f"Du ? Pont {F} : 3 certificats expirent le 21/06/2025 (dans 9 jours).",
            "motif": "échéance", "action": "renouveler", "jour_prevu": None, "administrateurs": [],
        },
    ]  # fmt: skip
    assert alertes_en_json([late]).startswith(b'[\n {\n  "uid": "certificats-')
    assert alertes_en_json([late]).endswith(b"\n]\n")
    assert "expiré le" in alertes_en_json([late]).decode()
    [first, second] = csv.DictReader(io.StringIO(alertes_en_csv([late, near]).decode("utf-8-sig")), delimiter=";")
    assert list(first) == [
        "uid",
        "finess",
        "nom",
        "editeur",
        "expiration",
        "jours",
        "seuil",
        "certificats",
        "produits",
        "phrase",
        "motif",
        "action",
        "jour_prevu",
        "administrateurs",
    ]
    assert (second["uid"], second["seuil"], second["produits"]) == (near.uid, "30", "P1 P2")
    assert (near.seuils, near.jour, late.seuil) == ((90, 60, 30, 7), JOUR, 0)


@pytest.mark.parametrize("write", [alertes_en_json, alertes_en_csv])
def test_an_alert_is_new_until_it_was_told_as_near(write: object) -> None:
    parc = parc_de(day(40))
    [far], [near], [same] = (alertes(parc, jour=day(n)) for n in (0, 15, 20))
    assert (far.seuil, near.seuil, same.seuil) == (60, 30, 30)
    assert nouvelles_alertes([near], write([far])) == [near]
    assert nouvelles_alertes([same], write([near])) == []
    assert nouvelles_alertes([far], write([near])) == []
    assert nouvelles_alertes([far], write([])) == [far]
    assert nouvelles_alertes([far], b" \n" + alertes_en_json([])) == [far]


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        '[{"uid": 1}]',
        '[{"uid": 1, "seuil": "x"}]',
        "[" * 100_000,
        "{",
        "",
        "expiration;seuil\n",
        "é".encode("cp1252"),
        "a;b\n1;2\n",
    ],
)
def test_a_previous_output_that_is_none(text: str | bytes) -> None:
    with pytest.raises(SuiviIllisible, match="n’a pas été écrit par segur-pha certificats"):
        nouvelles_alertes([], text if isinstance(text, bytes) else text.encode())


def test_months_and_days_in_french() -> None:
    shown = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."
    assert " ".join(MOIS_COURTS) == shown
    assert [mois_en_lettres(f"0999-{m:02}") for m in range(1, 13)] == [f"{mois} 0999" for mois in MOIS_COURTS]
    assert en_lettres(date(987, 1, 2)) == "02/01/0987"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1/2/2024", date(2024, 2, 1)),
        ("1-2-2024", date(2024, 2, 1)),
        ("1/2/2024 1:02", date(2024, 2, 1)),
        ("1/2/2024 à 1h02", date(2024, 2, 1)),
        ("1/2/2024T01:02:03,5", date(2024, 2, 1)),
        ("2024-02-01 23:30 Z", date(2024, 2, 2)),
        ("2024-02-01 23:30:10 +00:00", date(2024, 2, 2)),
        ("2024-02-01 22:59:59z", date(2024, 2, 1)),
        ("1 FEV 2024", date(2024, 2, 1)),
        ("1 sept 2024", date(2024, 9, 1)),
        ("1 septembre. 2024", date(2024, 9, 1)),
        ("1 juin 2024", date(2024, 6, 1)),
        ("1 juil 2024", date(2024, 7, 1)),
        ("01/01/1900", date(1900, 1, 1)),
        ("31/12/1899", None),
        ("1er 2024", None),
        ("1 ju 2024", None),
        ("1 m 2024", None),
        ("1 f 2024", None),
        ("1 févriers 2024", None),
        ("2024-2-1", None),
        ("1/2/2024 1:2", None),
        ("1/2/2024 10:00:60", None),
        ("001/2/2024", None),
    ],
)
def test_days_as_the_exports_write_them(text: str, read: date | None) -> None:
    assert lire_jour(text) == read


def test_the_month_by_publisher_table() -> None:
    offices = {
        f"99000000{k}": Officine(f"99000000{k}", editeur=name) for k, name in enumerate(("beta", "Alpha", "alpha", ""))
    }
    days = (date(2026, 1, 31), date(2026, 1, 1), date(2025, 12, 31), date(2026, 2, 1), date(2026, 1, 1))
    parc = Parc(tuple(Certificat(f"99000000{k}", d) for k, d in enumerate(days)), officines=offices)
    assert list(total_par_editeur(parc).items()) == [("Autres", 2), ("Alpha", 1), ("alpha", 1), ("beta", 1)]
    assert [tuple(row.values()) for row in tableau_mensuel(parc)] == [
        ("Autres", "2026-01", 1, 0.5),
        ("Autres", "2026-02", 1, 0.5),
        ("Alpha", "2026-01", 1, 1.0),
        ("alpha", "2025-12", 1, 1.0),
        ("beta", "2026-01", 1, 1.0),
    ]
    assert list(tableau_mensuel(parc)[0]) == ["editeur", "mois", "nombre", "part"]
    assert mois_entre([]) == []
    assert mois_entre([{"mois": "0999-12"}, {"mois": "1000-01"}]) == ["0999-12", "1000-01"]
    assert mois_entre(tableau_mensuel(parc)) == ["2025-12", "2026-01", "2026-02"]


def test_of_equal_days_one_counts() -> None:
    parc = Parc(
        (Certificat(F, day(2)), Certificat(F, day(1)), Certificat(F, day(3)), Certificat(F, day(0), etat=Etat.REVOQUE))
    )
    assert premieres_echeances(parc) == {F: day(1)}
