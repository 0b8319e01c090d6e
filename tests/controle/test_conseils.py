"""Advice: what the controls let through and a careful publisher would look at.  It refuses nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from segur_pha import SegurError, controler
from segur_pha.anomalies import Conseil
from segur_pha.controle.conseils import CONSEILS
from tests.outils import (
    ABSENT,
    BON_DE_COMMANDE,
    LIGNE,
    PREUVE_HT,
    Json,
    Nombre,
    Objet,
    demande,
    fichier,
    modifier,
    octets,
    place,
)

# A file without any advice: the keys of these identifiers are right (Luhn, worked out by hand in test_identifiers_are_right).
SIRET = "73282932000074"
FINESS = "750000002"


def flawless(*lignes: Objet) -> Objet:
    arbre = fichier(*lignes) if lignes else fichier(officine(1))
    return {**arbre, "SIRET": SIRET}


def officine(rang: int, finess: str = FINESS) -> Objet:
    ligne = modifier(demande(rang, f"{rang:05}"), "/beneficiaire/FINESSGeo", finess)
    return modifier(ligne, "/certificatsServeur/emailAdminTechnique", "certificats@editeur.example")


def luhn_holds(digits: str) -> bool:
    doubled = [int(c) * (1 + place_ % 2) for place_, c in enumerate(reversed(digits))]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def test_identifiers_are_right() -> None:
    assert luhn_holds(SIRET)
    assert luhn_holds(SIRET[:9])
    assert luhn_holds(FINESS)
    assert not luhn_holds("777777777")


def advice(arbre: Objet, **options: object) -> list[tuple[str, str]]:
    rapport = controler(octets(arbre), **options)  # type: ignore[arg-type]
    assert rapport.tout_accepte
    return [(c.id, c.chemin) for c in rapport.conseils]


def test_a_flawless_file_has_none() -> None:
    assert advice(flawless()) == []
    assert advice(flawless(), jour=date(2022, 11, 15), categories={FINESS: "620"}) == []


BENEFICIAIRE = f"{LIGNE}/beneficiaire"
CASES: list[tuple[str, str, str, object]] = [
    ("siret-cle", "/SIRET", "/SIRET", "73282932000075"),
    ("finess-cle", f"{BENEFICIAIRE}/FINESSGeo", f"{BENEFICIAIRE}/FINESSGeo", "777777777"),
    ("balise-absente", BENEFICIAIRE, f"{BENEFICIAIRE}/emailResponsable", ABSENT),
    ("balise-absente", f"{LIGNE}/scenarioInstallation", f"{LIGNE}/scenarioInstallation/operateurMessagerie", ABSENT),
    ("carte-cpx", f"{LIGNE}/certificatsServeur/numeroCarteCPX", f"{LIGNE}/certificatsServeur/numeroCarteCPX", "12345 7890"),
    ("carte-cpx", f"{LIGNE}/certificatsServeur/numeroCarteCPX", f"{LIGNE}/certificatsServeur/numeroCarteCPX", "٠" * 10),
    ("montant-nul", f"{LIGNE}/commande/montantSegurHT", f"{LIGNE}/commande/montantSegurHT", Nombre("0.00")),
    ("preuve-ht-inutile", f"{LIGNE}/piecesJustificatives", f"{LIGNE}/piecesJustificatives", [BON_DE_COMMANDE, PREUVE_HT]),
    ("courriel-personnel", f"{LIGNE}/certificatsServeur/emailAdminTechnique",
     f"{LIGNE}/certificatsServeur/emailAdminTechnique", "jean.martin@editeur.example"),
]  # fmt: skip


@pytest.mark.parametrize(("identifiant", "chemin", "change", "valeur"), CASES, ids=lambda v: str(v)[:20])
def test_each_piece_of_advice(identifiant: str, chemin: str, change: str, valeur: Json) -> None:
    arbre = modifier(flawless(), change, valeur)
    (conseil,) = controler(octets(arbre)).conseils
    assert (conseil.id, conseil.balise, conseil.chemin) == (identifiant, change.rpartition("/")[2], chemin)
    assert conseil.libelle.startswith(CONSEILS[identifiant])
    assert conseil.position is not None
    assert (conseil.position.ligne, conseil.position.colonne) == place(arbre, chemin)
    assert controler(octets(arbre)).tout_accepte
    assert controler(octets(arbre), sans=[identifiant]).conseils == ()


def test_advice_that_belongs_to_no_text_has_no_place() -> None:
    assert Conseil("montant-nul", CONSEILS["montant-nul"], "montantSegurHT", f"{LIGNE}/commande").position is None


def test_a_date_after_the_day_is_advice_only_when_a_day_is_given() -> None:
    assert advice(flawless()) == []
    assert advice(flawless(), jour=date(2022, 11, 15)) == []
    assert advice(flawless(), jour=date(2022, 11, 14)) == [("date-future", f"{LIGNE}/commande/dateCommande")]


@pytest.mark.parametrize("jour", [datetime(2022, 11, 15, tzinfo=UTC), "2022-11-15", 20221115])
def test_a_day_is_a_day(jour: date) -> None:
    with pytest.raises(SegurError, match="jour"):
        controler(b"{}", jour=jour)


def test_a_pharmacy_asked_for_twice() -> None:
    lignes = [officine(1), officine(2, "010000024"), officine(3), officine(4)]
    assert advice(flawless(*lignes)) == [
        ("finess-double", "/lignesImport/2/beneficiaire/FINESSGeo"),
        ("finess-double", "/lignesImport/3/beneficiaire/FINESSGeo"),
    ]


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ({}, "finess-inconnu"),
        ({"010000024": "620"}, "finess-inconnu"),
        ({FINESS: "101"}, "finess-categorie"),
        ({FINESS: ""}, "finess-categorie"),
        ({FINESS: "620"}, None),
        ({FINESS: "627"}, None),
        ({FINESS: "628"}, None),
        ({FINESS: "629"}, None),
    ],
)
def test_a_register_that_the_caller_supplies(categories: dict[str, str], expected: str | None) -> None:
    found = advice(flawless(), categories=categories)
    assert found == ([(expected, f"{BENEFICIAIRE}/FINESSGeo")] if expected else [])


def test_advice_is_given_on_accepted_lines_only() -> None:
    refused = modifier(officine(1, "777777777"), "/typeAction", "M")
    rapport = controler(octets(flawless(refused, officine(2, "777777777"))))
    assert [(c.id, c.chemin) for c in rapport.conseils] == [("finess-cle", "/lignesImport/1/beneficiaire/FINESSGeo")]


def test_a_refused_file_is_told_what_explains_it() -> None:
    assert [c.id for c in controler(b"\xef\xbb\xbf[]").conseils] == ["marque-d-ordre"]
    assert [c.id for c in controler(b'{"impId": 7, "lignesImport": 3}').conseils] == ["reponse-du-portail"]
    assert controler(b"{").conseils == ()
    assert controler(octets(modifier(fichier(), "/lignesImport", [None]))).conseils == ()


@pytest.mark.parametrize("tag", ["numeroASP", "codeTraitement", "libelleTraitement"])
@pytest.mark.parametrize(("valeur", "told"), [("x", True), (7, True), ("", False)], ids=repr)
def test_what_only_the_agency_fills_betrays_an_answer(tag: str, valeur: Json, told: bool) -> None:  # noqa: FBT001
    rapport = controler(octets(modifier(fichier(), f"{LIGNE}/{tag}", valeur)))
    assert ("reponse-du-portail" in {c.id for c in rapport.conseils}) == told


@pytest.mark.parametrize("sans", [["inconnu"], "siret-cle", {"siret-cle", "siret"}])
def test_an_id_that_does_not_exist_is_refused(sans: list[str]) -> None:
    with pytest.raises(SegurError, match="siret-cle"):
        controler(octets(fichier()), sans=sans)


def test_every_id_is_kebab_case_and_reached_here() -> None:
    reached = {case[0] for case in CASES}
    reached |= {
        "date-future",
        "finess-double",
        "finess-inconnu",
        "finess-categorie",
        "marque-d-ordre",
        "reponse-du-portail",
    }
    assert reached == set(CONSEILS)
    assert all(identifiant.replace("-", "").isalnum() and identifiant.islower() for identifiant in CONSEILS)
