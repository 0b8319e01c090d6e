"""The benchmarks compare what is comparable: each peer does its work, and the page shows every row.  Nothing is timed here."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from unittest import mock

import pytest

from benchmarks import ailleurs, boucle, certificats, controle, demarrage, ecriture, grands_nombres, modeles
from benchmarks.boucle import Rapport, en_tours
from benchmarks.donnees import fichier, formes
from benchmarks.page import BORNES, DEBUT, FIN, PAGE, bilan, texte
from benchmarks.specimens import FAUTES, laisse_passer, specimens
from benchmarks.tableau import Tableau
from segur_pha import controler, en_json


@cache  # the peers take a second to load and to build: only in the process that runs these tests
def lecteurs():
    return {nom: pair.accepte for nom, pair in controle.concurrents().items()} | {
        f"models: {nom}": lecteur for nom, (lecteur, _) in modeles.concurrents().items()
    }


def test_every_peer_takes_the_valid_file_in_every_form():
    ecrit = formes(30)
    prises = {
        nom: [forme for forme in ("valid", "indented", "sorted keys") if accepte(ecrit[forme])]
        for nom, accepte in lecteurs().items()
    }
    assert prises == {nom: ["valid", "indented", "sorted keys"] for nom in lecteurs()}


def test_every_peer_refuses_what_the_page_says_that_all_refuse():
    valide = formes(2)["valid"]
    fautifs = {
        "10 % faulty": formes(30)["10 % faulty"],
        "an unknown key": valide.replace(b'"SIRET":', b'"SIREN":"1","SIRET":', 1),
        "a missing key": valide.replace(b'"typeAction":"C",', b"", 1),
        "a number": valide.replace(b'"numeroEditeur":"00001"', b'"numeroEditeur":1', 1),
    }
    ne_jugent_pas = ("`json.loads`", controle.ORJSON)
    pris = {
        nom: [faute for faute, octets in fautifs.items() if accepte(octets)]
        for nom, accepte in lecteurs().items()
        if nom.removeprefix("models: ") not in ne_jugent_pas
    }
    assert len(pris) > len(ne_jugent_pas)
    assert {nom: fautes for nom, fautes in pris.items() if fautes} == {}


def test_the_faulty_file_has_one_faulty_request_in_ten_and_several_faults():
    rejetees = [ligne for ligne in controler(formes()["10 % faulty"]).lignes if not ligne.acceptee]

    assert len(rejetees) == 20
    assert len({ligne.code_traitement for ligne in rejetees}) > 4


def test_a_specimen_has_one_fault_and_ours_finds_it():
    for nom, octets in specimens().items():
        rapport = controler(octets)
        assert len([*rapport.anomalies_fichier, *(a for v in rapport.lignes for a in v.anomalies)]) == 1, nom
    assert not any(laisse_passer(lecteurs()[controle.NOUS]).values())
    assert not any(laisse_passer(lecteurs()["models: `lire`"]).values())


def test_every_writer_writes_the_same_requests():
    ecrits = {nom: json.loads(e.ecrire(e.demandes)) for nom, e in ecriture.concurrents().items()}
    assert ecrits == dict.fromkeys(ecrits, json.loads(en_json(fichier(), compact=True)))


def test_a_writer_that_keeps_the_text_of_amounts_and_checks_is_told_from_one_that_does_not():
    nous, nu = ecriture.concurrents()[ecriture.NOUS], ecriture.concurrents()["`json.dumps` of ready dictionaries"]

    assert (nous.verifie(), nous.juge()) == (True, "accepted")
    assert (nu.verifie(), nu.juge()) == (False, "rejected, 1204")


def test_the_many_files_hold_as_many_requests_as_they_say():
    tailles = grands_nombres.tailles()

    assert sum(tailles) == 20_174
    assert len(tailles) == 101


def test_the_peers_come_to_the_very_same_table_and_plan_of_certificates(tmp_path):
    certificats.fabriquer(tmp_path, 2_000)
    notre = certificats.notre(tmp_path)
    pairs = {"pandas": certificats.memes_resultats, "polars": certificats.par_polars, "duckdb": certificats.par_duckdb}
    compares = [nom for nom in pairs if find_spec(nom)]

    assert compares
    assert len(notre["plan"]) > 2
    assert [nom for nom in compares if pairs[nom](tmp_path) != notre] == []


@pytest.fixture
def _made_up_times(monkeypatch):
    """Nothing is measured: what other tests have left need not be looked for between the turns."""
    monkeypatch.setattr(boucle, "gc", mock.Mock())


@pytest.mark.usefixtures("_made_up_times")
def test_everyone_takes_turns_with_the_yardstick():
    rapports = en_tours({"slow": lambda: 0.3, "fast": lambda: 0.01}, lambda: 0.1)

    assert rapports["slow"] == pytest.approx((3, 3, 3, 0.3))
    assert rapports["fast"] == pytest.approx((0.1, 0.1, 0.1, 0.01))


@pytest.mark.usefixtures("_made_up_times")
def test_the_slow_one_gets_fewer_turns():
    tours = {"slow": 0, "fast": 0}

    def duree(nom, secondes):
        tours[nom] += 1
        return secondes

    en_tours({"slow": lambda: duree("slow", 0.3), "fast": lambda: duree("fast", 0.01)}, lambda: 0.1)

    assert tours["slow"] < tours["fast"]


def test_the_median_decides_whether_a_bound_is_met():
    borne = BORNES[0]
    for mesure, verdict in ((borne.au_plus, "met"), (borne.au_plus + 0.01, "**missed**")):
        rapport = Rapport(mesure, mesure, mesure, 1.0)
        tableau = Tableau(borne.tableau, "", (borne.colonne, "10 % faulty"), {borne.ligne: (rapport, rapport)})
        lignes = list(bilan([tableau]))
        assert lignes[4].endswith(f"| {verdict} |")
        assert "\n".join(lignes) in texte([tableau])


def test_the_page_holds_every_row_between_its_marks():
    _, debut, reste = PAGE.read_text(encoding="utf-8").partition(DEBUT)
    mesures, fin, _ = reste.partition(FIN)
    noms = [
        *FAUTES,
        *controle.concurrents(),
        *modeles.concurrents(),
        *ecriture.concurrents(),
        *demarrage.IMPORTS,
        demarrage.COMMANDE,
        demarrage.ETALON,
        *map(str, grands_nombres.TAILLES),
        *grands_nombres.FACONS,
        *(ailleurs.NOUS, ailleurs.SANS, ailleurs.AVEC, ailleurs.SCANS, ailleurs.REPONSE),
        *(borne.quoi for borne in BORNES),
    ]

    assert debut
    assert fin
    assert [nom for nom in noms if f"\n| {nom} | " not in mesures] == []
    assert [titre for titre in formes(30) if f" | {titre} |" not in mesures] == []
