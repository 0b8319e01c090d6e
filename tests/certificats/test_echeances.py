"""First deadlines and the tables of the webinar of 12/06/2025."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from flottes import PARCS, csv_de, parc_de
from hypothesis import given

from segur_pha.certificats import (
    Certificat,
    Etat,
    Officine,
    Parc,
    lire_suivi,
    premieres_echeances,
    tableau_adresses,
    tableau_mensuel,
    tableau_mensuel_invalides,
)

DONNEES = Path(__file__).parent / "donnees"
# The document gives 20,174 pharmacies, 818 of them without a publisher; the other sizes are ours, chosen so that 61 % of
# all addresses work, as published.
TAILLES = {
    "Autres": 818,
    "C.E.P.I.": 400,
    "COMPAGNIE D'EXPLOITATION ET DE REPARTITION PHARMAC": 3000,
    "EQUASENS": 8000,
    "EVERYS": 2500,
    "LA SOURCE INFORMATIQUE": 4000,
    "MSI 2000": 56,
    "SMART RX": 900,
    "VISIOPHARM": 500,
}
# « Adresses mail associées à l'établissement OK », in percent.
ADRESSES_OK = {
    "C.E.P.I.": 4,
    "COMPAGNIE D'EXPLOITATION ET DE REPARTITION PHARMAC": 51,
    "EQUASENS": 60,
    "EVERYS": 100,
    "LA SOURCE INFORMATIQUE": 67,
    "MSI 2000": 7,
    "SMART RX": 3,
    "VISIOPHARM": 51,
    "total": 61,
}


def publie(nom: str) -> dict[str, dict[str, int]]:
    with (DONNEES / nom).open(encoding="utf-8", newline="") as fichier:
        lignes = list(csv.DictReader(fichier, delimiter=";"))
    return {ligne.pop("editeur"): {mois: int(part) for mois, part in ligne.items() if part} for ligne in lignes}


def repartir(parts: dict[str, int], taille: int, total: int, plafonds: dict[str, int]) -> dict[str, int]:
    """Spread ``total`` pharmacies so that each month's share of ``taille`` rounds to its published percentage."""
    nombres = {m: max(1, (2 * p - 1) * taille // 200 + 1) for m, p in parts.items()}
    for mois, part in parts.items():
        while sum(nombres.values()) < total and 200 * (nombres[mois] + 1) < (2 * part + 1) * taille:
            if nombres[mois] == plafonds[mois]:
                break
            nombres[mois] += 1
    assert sum(nombres.values()) == total
    return nombres


@pytest.fixture(scope="module")
def parc_publie() -> Parc:
    """A fleet built after the published tables, read from CSV as an export would be."""
    tirage = Random(20250612)  # noqa: S311
    echeances, invalides = publie("webinaire-echeances.csv"), publie("webinaire-adresses-invalides.csv")
    suivi, officines = [["FINESS", "Fin de validité", "Adresse mail"]], [["finess", "editeur"]]
    for editeur, taille in TAILLES.items():
        touchees = repartir(echeances[editeur], taille, taille, dict.fromkeys(echeances[editeur], taille))
        total = invalides[editeur].pop("total")
        perdues = repartir(invalides[editeur], taille, round(taille * total / 100), touchees)
        for mois, nombre in touchees.items():
            for rang in range(nombre):
                finess = f"{len(suivi):09d}"
                adresse = "contact@pharmacie" if rang < perdues.get(mois, 0) else "contact@pharmacie-exemple.fr"
                suivi.append([finess, f"{tirage.randint(1, 28)}/{mois[5:]}/{mois[:4]}", adresse])
                # A later certificate changes nothing to the first deadline.
                suivi.append([finess, "01/12/2027", "autre@pharmacie-exemple.fr"])
                officines.append([finess, "" if editeur == "Autres" else editeur])
    return lire_suivi(csv_de(*suivi), officines=csv_de(*officines))


def en_pourcent(lignes: list[dict[str, object]]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for ligne in lignes:
        table.setdefault(str(ligne["editeur"]), {})[str(ligne["mois"])] = round(100 * float(str(ligne["part"])))
    return table


def test_the_published_table_comes_back(parc_publie: Parc) -> None:
    assert len(parc_publie.finess) == 20174
    assert en_pourcent(tableau_mensuel(parc_publie)) == publie("webinaire-echeances.csv")
    assert sum(int(str(ligne["nombre"])) for ligne in tableau_mensuel(parc_publie)) == 20174


def test_the_published_table_of_invalid_addresses_comes_back(parc_publie: Parc) -> None:
    assert en_pourcent(tableau_mensuel_invalides(parc_publie)) == publie("webinaire-adresses-invalides.csv")


def test_the_published_shares_of_addresses_come_back(parc_publie: Parc) -> None:
    parts = {str(li["editeur"]): round(100 * float(str(li["part"]))) for li in tableau_adresses(parc_publie)}
    assert parts.pop("Autres") == 54
    assert parts == ADRESSES_OK
    meilleures = tableau_adresses(parc_publie, toutes=True)
    assert all(ligne["part"] == 1.0 for ligne in meilleures)


def attendues(parc: Parc) -> dict[str, date]:
    """The rule read from the issue, certificate by certificate: quadratic and plain."""
    comptes = [c for c in parc.certificats if c.etat is not Etat.REVOQUE]
    restants = [
        c
        for c in comptes
        if not any(
            c.nom
            and (c.finess, c.offre, c.usage, c.nom) == (d.finess, d.offre, d.usage, d.nom)
            and d.fin > c.fin
            and d.etat is not Etat.INCONNU
            for d in comptes
        )
    ]
    return {c.finess: min(d.fin for d in restants if d.finess == c.finess) for c in restants}


@given(PARCS)
def test_the_first_deadline_is_that_of_the_certificates_that_count(parc: Parc) -> None:
    assert premieres_echeances(parc) == attendues(parc)


@given(PARCS)
def test_the_table_counts_every_deadline_once(parc: Parc) -> None:
    table = {(str(li["editeur"]), str(li["mois"])): li["nombre"] for li in tableau_mensuel(parc)}
    assert table == Counter(("Autres", f"{fin:%Y-%m}") for fin in attendues(parc).values())
    assert len(table) == len(tableau_mensuel(parc))


def test_a_renewed_certificate_takes_the_place_of_its_old_one() -> None:
    vieux = Certificat("990000001", date(2025, 7, 1), offre="SERV", usage="SSL_SERV", nom="a.exemple.fr")
    neuf = Certificat("990000001", date(2028, 6, 20), offre="SERV", usage="SSL_SERV", nom="a.exemple.fr")
    autre = Certificat("990000001", date(2026, 1, 1), offre="SERV", usage="SSL_SERV", nom="b.exemple.fr")
    assert premieres_echeances(Parc((vieux, neuf)))["990000001"] == date(2028, 6, 20)
    assert premieres_echeances(Parc((neuf, vieux)))["990000001"] == date(2028, 6, 20)
    assert premieres_echeances(Parc((vieux, neuf, autre)))["990000001"] == date(2026, 1, 1)


def test_without_a_name_nothing_replaces_anything() -> None:
    assert premieres_echeances(
        Parc((Certificat("990000001", date(2025, 7, 1)), Certificat("990000001", date(2028, 7, 1))))
    ) == {"990000001": date(2025, 7, 1)}


def test_equal_deadlines_both_count_and_the_pharmacy_counts_once() -> None:
    parc = Parc(tuple(Certificat("990000001", date(2028, 2, 29), nom="a") for _ in range(2)))
    assert premieres_echeances(parc) == {"990000001": date(2028, 2, 29)}
    assert tableau_mensuel(parc) == [{"editeur": "Autres", "mois": "2028-02", "nombre": 1, "part": 1.0}]


def test_narrowing_keeps_the_pharmacies_of_the_whole_fleet() -> None:
    parc = Parc(
        (
            Certificat("990000001", date(2025, 7, 1), offre="ORG", nom="INSI-AUTO"),
            Certificat("990000001", date(2026, 7, 1), offre="SERV"),
            Certificat("990000002", date(2025, 8, 1), offre="SERV"),
        ),
        officines={"990000001": Officine("990000001", "Alpha"), "990000002": Officine("990000002", "Alpha")},
    )
    assert premieres_echeances(parc.filtrer(noms=["insi-auto"])) == {"990000001": date(2025, 7, 1)}
    assert tableau_mensuel(parc.filtrer(offres=["org"], usages=[""])) == [
        {"editeur": "Alpha", "mois": "2025-07", "nombre": 1, "part": 0.5}
    ]
    assert premieres_echeances(parc.filtrer(usages=[])) == {}


def test_far_days_have_their_month() -> None:
    table = tableau_mensuel(parc_de(date(1969, 12, 31), date(2101, 1, 1), date(9999, 12, 31)))
    assert [ligne["mois"] for ligne in table] == ["1969-12", "2101-01", "9999-12"]


def test_a_fleet_says_what_it_holds_and_nothing_personal() -> None:
    parc = lire_suivi(
        "FINESS;Fin;Adresse\n777777777;01/01/2026;camille@exemple.fr\n750000002;x;\n",
        officines=[{"finess": "777777777", "editeur": "Alpha", "nom": "Pharmacie", "courriel": "camille@exemple.fr"}],
    )
    assert repr(parc) == "Parc(1 officines, 1 certificats, 1 lignes illisibles)"
    assert parc.finess_douteux() == ("777777777",)
    assert (parc.nom_officine("777777777"), parc.nom_officine("750000002")) == ("Pharmacie", "")
    assert (parc.editeur("777777777"), parc.editeur("750000002")) == ("Alpha", "Autres")
    assert "camille" not in repr(parc.certificats) + repr(parc.officines) + parc._repr_html_()
    assert "1 certificat," in parc._repr_html_()
