"""Whether the notice of expiry will be read: first address, or the best of them."""

from __future__ import annotations

from flottes import JOUR

from segur_pha.certificats import (
    Certificat,
    Etat,
    Officine,
    Parc,
    adresses_par_officine,
    avis_adresses,
    tableau_adresses,
    tableau_mensuel_invalides,
)

PARC = Parc(
    (
        Certificat("990000001", JOUR, courriels=("contact@pharmacie", "camille.durand@exemple-pharmacie.fr")),
        Certificat("990000001", JOUR, courriels=("accueil@exemple-pharmacie.fr",)),
        Certificat("990000002", JOUR),
        Certificat("990000003", JOUR, etat=Etat.REVOQUE, courriels=("contact@exemple-pharmacie.fr",)),
    ),
    officines={
        "990000001": Officine("990000001", "Alpha", courriel="accueil@exemple-pharmacie.fr"),
        "990000002": Officine("990000002", "Alpha", courriel="contact@exemple-pharmacie.fr"),
        "990000009": Officine("990000009", "Alpha", courriel="contact@exemple-pharmacie.fr"),
    },
)


def test_addresses_come_from_what_counts_then_from_the_pharmacy() -> None:
    assert adresses_par_officine(PARC) == {
        "990000001": (
            *("contact@pharmacie", "camille.durand@exemple-pharmacie.fr"),
            "accueil@exemple-pharmacie.fr",
        ),
        "990000002": ("contact@exemple-pharmacie.fr",),
        "990000003": (),
    }


def test_the_first_address_is_the_worst_case_and_the_best_a_shared_one() -> None:
    premiers, meilleurs = avis_adresses(PARC), avis_adresses(PARC, toutes=True)
    assert [(a.valide, a.generique) for a in premiers.values()] == [(False, None), (True, True), (False, None)]
    assert [(a.valide, a.generique) for a in meilleurs.values()] == [(True, True), (True, True), (False, None)]
    assert premiers["990000003"].raison == "aucune adresse"


def test_shares_by_publisher() -> None:
    assert tableau_adresses(PARC) == [
        {"editeur": "Autres", "nombre": 0, "part": 0.0},
        {"editeur": "Alpha", "nombre": 1, "part": 0.5},
        {"editeur": "total", "nombre": 1, "part": 1 / 3},
    ]
    assert tableau_adresses(PARC, toutes=True)[1] == {"editeur": "Alpha", "nombre": 2, "part": 1.0}
    assert tableau_adresses(Parc(())) == []


def test_the_months_of_invalid_addresses_have_a_total() -> None:
    assert tableau_mensuel_invalides(PARC) == [
        {"editeur": "Autres", "mois": "total", "nombre": 0, "part": 0.0},
        {"editeur": "Alpha", "mois": "2025-06", "nombre": 1, "part": 0.5},
        {"editeur": "Alpha", "mois": "total", "nombre": 1, "part": 0.5},
    ]
