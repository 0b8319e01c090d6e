from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mesure import USUAL
from mutations import arbres_gates

from segur_pha import VA1, Demande, SegurError, controler, decouper
from segur_pha.strategies.ecritures import textes
from segur_pha.table.balise import Liste, Objet, balises


def places(classe: type, objet: dict[str, Any], chemin: str) -> list[str]:
    """List the pointers of a line in the order in which the controls look at them."""
    trouves = []
    for rangee in balises(classe):
        ici = f"{chemin}/{rangee.nom}"
        trouves.append(ici)
        if isinstance(rangee.format, Objet):
            trouves += places(rangee.format.classe, objet[rangee.nom], ici)
        elif isinstance(rangee.format, Liste):
            for i, element in enumerate(objet[rangee.nom]):
                trouves += places(rangee.format.classe, element, f"{ici}/{i}")
    return trouves


@USUAL
@given(st.data(), arbres_gates(structure=False))
def test_the_code_of_a_line_is_that_of_its_first_anomaly_in_the_order_of_the_table(
    data: st.DataObject, arbre: dict[str, Any]
) -> None:
    rapport = controler(data.draw(textes(arbre, VA1)))
    for i, (verdict, ligne) in enumerate(zip(rapport.lignes, arbre["lignesImport"], strict=True)):
        ordre = places(Demande, ligne, f"/lignesImport/{i}")
        rangs = [ordre.index(a.chemin) for a in verdict.anomalies]
        assert all(avant < apres for avant, apres in pairwise(rangs))
        premiere = [(a.code, a.libelle) for a in verdict.anomalies][:1] or [("0000", "Demande acceptée")]
        assert [(verdict.code_traitement, verdict.libelle_traitement)] == premiere
        assert verdict.num_ligne == i + 1


@USUAL
@given(st.data(), arbres_gates())
def test_the_spelling_of_a_file_changes_no_verdict(data: st.DataObject, arbre: dict[str, Any]) -> None:
    un, autre = (controler(data.draw(textes(arbre, VA1))) for _ in range(2))
    # Duplicate and unknown keys are reported in the order of the text.
    assert {(a.code, a.chemin) for a in un.anomalies_fichier} == {(a.code, a.chemin) for a in autre.anomalies_fichier}
    assert un.lignes == autre.lignes


@USUAL
@given(st.data(), arbres_gates(structure=False, maximum=5))
def test_lines_in_another_order_keep_their_verdicts(data: st.DataObject, arbre: dict[str, Any]) -> None:
    lignes = arbre["lignesImport"]
    # A repeated numeroEditeur is a fault of the later line, whichever that is.
    assume(len({str(ligne["numeroEditeur"]) for ligne in lignes}) == len(lignes))
    for rang, ligne in enumerate(lignes, start=1):
        ligne["numLigne"] = rang
    avant = controler(data.draw(textes(arbre, VA1)))
    ordre = data.draw(st.permutations(range(len(lignes))))
    remises = [{**lignes[place], "numLigne": rang} for rang, place in enumerate(ordre, start=1)]
    apres = controler(data.draw(textes({**arbre, "lignesImport": remises}, VA1)))
    for verdict, place in zip(apres.lignes, ordre, strict=True):
        attendu = avant.lignes[place]
        assert (verdict.code_traitement, verdict.numero_editeur) == (attendu.code_traitement, attendu.numero_editeur)
        assert [a.libelle for a in verdict.anomalies] == [a.libelle for a in attendu.anomalies]


# --- Cutting at 200 ------------------------------------------------------------------------------------------------------


@USUAL
@given(st.integers(0, 1_000), st.integers(1, 200))
def test_lots_are_the_requests_in_order_all_full_but_the_last_and_none_empty(nombre: int, taille: int) -> None:
    lots = list(decouper(range(nombre), taille))
    assert [element for lot in lots for element in lot] == list(range(nombre))
    assert {len(lot) for lot in lots[:-1]} <= {taille}
    assert all(1 <= len(lot) <= taille for lot in lots)


@USUAL
@given(st.integers(1, 5), st.integers(1, 200))
def test_lots_are_taken_one_by_one_from_an_endless_source(voulus: int, taille: int) -> None:
    pris = []
    source = iter(lambda: pris.append(None) or len(pris), 0)
    lots = decouper(source, taille)
    assert not pris
    assert [next(lots)[-1] for _ in range(voulus)] == [taille * k for k in range(1, voulus + 1)]
    assert len(pris) == voulus * taille


@USUAL
@given(st.integers(max_value=0) | st.integers(min_value=201))
def test_lots_of_another_size_are_refused_at_once(taille: int) -> None:
    with pytest.raises(SegurError, match="de 1 à 200"):
        decouper(range(3), taille)
