"""What a page and a notebook say of a folder that was checked."""

from __future__ import annotations

import re

from segur_pha.constats import Constat
from segur_pha.depot.affichage import page_de_verification
from segur_pha.depot.resultats import Verification


def test_a_page_begins_with_the_folder_and_how_many_things_are_in_it() -> None:
    checked = Verification(fautes=(), conseils=(), demandes=12, fichiers_json=3, zips=5, pieces=17)
    page = page_de_verification(checked, "depot de mai").decode()
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page) == [
        ("Demandes", "12"),
        ("Fichiers JSON", "3"),
        ("Zips", "5"),
        ("Pièces", "17"),
    ]
    assert "<h2>depot de mai</h2>" in page


def test_in_words_a_checked_folder_is_ready_or_begins_with_what_is_wrong() -> None:
    wrong = tuple(Constat(code="zip-absent", message=f"ce zip manque ({rank})", fichier="a.zip") for rank in range(11))
    ready, spoiled = (
        Verification(fautes=faults, conseils=(), demandes=12, fichiers_json=3, zips=1, pieces=17)
        for faults in ((), wrong)
    )
    holds = "12 demandes, 1 zip, 17 pièces"
    assert str(ready) == f"Dossier prêt : {holds}"
    first, *named = str(spoiled).splitlines()
    assert first == f"Dossier à corriger, 11 fautes : {holds}"
    assert named == [f"  a.zip : ce zip manque ({rank})" for rank in range(10)]
