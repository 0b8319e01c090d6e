"""What a notebook shows of each report: the outcome first, then what is left to do, and no more than ten rows of it."""

from __future__ import annotations

import json
from pathlib import Path

from segur_pha import controler, lire_retour, rapprocher
from segur_pha.depot.resultats import Verification
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, Tableau
from segur_pha.vagues.va1.exemples import fichier_du_guide

EXAMPLE = Path(__file__).parents[2] / "examples" / "demandes.json"


def test_ten_rows_are_enough() -> None:
    ten, eleven = (en_carnet(Tableau(("Numéro",), [[n] for n in range(k)], titre="Numéros")) for k in (10, 11))
    assert "<caption" in ten
    assert "autre ligne" not in ten
    assert eleven.count("<tr>") == ten.count("<tr>") == 11
    assert "… et 1 autre ligne." in eleven


def test_a_word_that_stands_out_does_so_without_a_colour() -> None:
    assert "<strong>rejetée</strong>" in en_carnet(Marque("rejetée", Niveau.MAUVAIS))
    assert "<p>ligne 3</p>" in en_carnet(Marque("ligne 3", Niveau.DISCRET))


def test_a_check_says_what_is_rejected_and_why() -> None:
    shown = controler(EXAMPLE)._repr_html_()
    assert "<strong>4 demandes rejetées sur 6</strong>" in shown
    assert "<strong>1204</strong>" in shown
    assert "459,00" in shown
    assert "Avance" not in controler(b"{}")._repr_html_()
    assert "<table>" not in controler(fichier_du_guide())._repr_html_()


def test_an_answer_says_what_is_not_accepted_and_a_match_what_is_odd() -> None:
    sent = fichier_du_guide()
    answer = json.loads(controler(sent).en_retour())
    answer["lignesImport"][0]["numeroASP"] = "AVF1"
    good = lire_retour(json.dumps(answer))
    assert "1 acceptée, 0 rejetée" in good._repr_html_()
    assert "<table>" not in good._repr_html_()
    assert "Aucun écart." in rapprocher(sent, good)._repr_html_()
    odd = controler(sent).en_retour()
    assert "ambiguë</strong>" in lire_retour(odd)._repr_html_()
    assert "0 réponse sûre sur 1" in rapprocher(sent, odd)._repr_html_()
    assert "ligne ambiguë" in rapprocher(sent, odd)._repr_html_()


def test_a_folder_is_good_or_not() -> None:
    good = Verification(fautes=(), conseils=(), demandes=2, fichiers_json=1, zips=1, pieces=3)
    assert "<strong>bon à déposer</strong></p><p>2 demandes, 3 pièces" in good._repr_html_()
