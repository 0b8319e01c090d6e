"""The 1st control: every fault of the structure, in order, up to a thousand."""

from __future__ import annotations

import pytest

from segur_pha import controler
from tests.outils import BON_DE_COMMANDE, LIGNE, Json, Nombre, codes, demande, fautes, fichier, modifier, octets, place

BLOCKS = ["commande", "certificatsServeur", "beneficiaire", "scenarioInstallation"]
NO_OBJECT: list[Json] = [None, [], "x", 1, True, [{}], Nombre("1.5")]
NO_LIST: list[Json] = [None, {}, "x", 1, False, Nombre("1.5")]


@pytest.mark.parametrize("valeur", NO_OBJECT, ids=repr)
@pytest.mark.parametrize("bloc", BLOCKS)
def test_a_block_is_an_object(bloc: str, valeur: Json) -> None:
    rapport = controler(octets(modifier(fichier(), f"{LIGNE}/{bloc}", valeur)))
    assert fautes(rapport) == [("9907", f"{LIGNE}/{bloc}")]
    assert rapport.anomalies_fichier[0].balise == bloc
    assert "accolades" in rapport.anomalies_fichier[0].libelle


@pytest.mark.parametrize("valeur", [{"x": "a:b"}, ["a:b"], [{"x": ":"}]], ids=repr)
def test_a_colon_within_a_value_is_no_key_written_twice(valeur: Json) -> None:
    assert fautes(controler(octets(modifier(fichier(), "/numeroAns", valeur)))) == [("0202", "/numeroAns")]


@pytest.mark.parametrize("valeur", NO_LIST, ids=repr)
@pytest.mark.parametrize("chemin", ["/lignesImport", f"{LIGNE}/piecesJustificatives"])
def test_a_list_is_a_list(chemin: str, valeur: Json) -> None:
    arbre = modifier(fichier(), chemin, valeur)
    (anomalie,) = controler(octets(arbre)).anomalies_fichier
    assert (anomalie.code, anomalie.balise, anomalie.chemin) == ("9907", chemin.rpartition("/")[2], chemin)
    assert "crochets" in anomalie.libelle
    assert anomalie.position is not None
    assert (anomalie.position.ligne, anomalie.position.colonne) == place(arbre, chemin)


@pytest.mark.parametrize("valeur", NO_OBJECT, ids=repr)
@pytest.mark.parametrize(
    ("liste", "element"), [("/lignesImport", demande()), (f"{LIGNE}/piecesJustificatives", BON_DE_COMMANDE)]
)
def test_what_a_list_holds_is_an_object(liste: str, element: Json, valeur: Json) -> None:
    arbre = modifier(fichier(), liste, [element, valeur, element, valeur])
    rapport = controler(octets(arbre))
    assert fautes(rapport) == [("9907", f"{liste}/1"), ("9907", f"{liste}/3")]
    assert rapport.anomalies_fichier[0].balise == liste.rpartition("/")[2]
    assert "un objet entre accolades" in rapport.anomalies_fichier[0].libelle


UNKNOWN = ["x", "siret", "codetraitement", "", "a/b", "a~b", "é", "impId ", "_id"]


@pytest.mark.parametrize("tag", UNKNOWN, ids=repr)
@pytest.mark.parametrize("bloc", ["", LIGNE, f"{LIGNE}/commande", f"{LIGNE}/piecesJustificatives/0"])
def test_an_unknown_tag_is_refused_at_every_level(bloc: str, tag: str) -> None:
    objet = fichier()
    *parents, _ = [*bloc.split("/")[1:], ""]
    cible: Json = objet
    for jeton in parents:
        cible = cible[int(jeton)] if isinstance(cible, list) else cible[jeton]  # type: ignore[index]
    assert isinstance(cible, dict)
    cible[tag] = {"anything": [None]}
    (anomalie,) = controler(octets(objet)).anomalies_fichier
    assert (anomalie.code, anomalie.balise) == ("9906", "")
    assert anomalie.chemin == f"{bloc}/{tag.replace('~', '~0').replace('/', '~1')}"
    assert anomalie.position is not None


def test_a_tag_of_another_case_is_told_the_right_one() -> None:
    arbre = modifier(fichier(), f"{LIGNE}/beneficiaire/finessGeo", "777777777")
    assert "« FINESSGeo »" in controler(octets(arbre)).anomalies_fichier[0].libelle


def test_faults_come_in_the_order_of_the_table_with_unknown_tags_at_the_end_of_their_block() -> None:
    ligne = demande(2)
    del ligne["numLigne"]
    ligne["commande"] = {"zz": 1, "regimeTVA": "faux", "dateCommande": None}
    del ligne["codeTraitement"]
    arbre = {"zzz": 0, **fichier(demande(), ligne, None), "SIRET": "", "impId": 1}
    assert fautes(controler(octets(arbre))) == [
        ("0102", "/impId"),
        ("0301", "/SIRET"),
        ("9905", "/lignesImport/1"),
        ("9905", "/lignesImport/1/commande"),
        ("9906", "/lignesImport/1/commande/zz"),
        ("9905", "/lignesImport/1"),
        ("9907", "/lignesImport/2"),
        ("9906", "/zzz"),
    ]


def test_a_doubled_key_stands_beside_the_other_faults_and_before_them() -> None:
    source = '{"x": 1, "impId": 1, "impId": null, "numeroAns": "ANS0000001", "SIRET": "", "lignesImport": [], "x": 2}'
    assert fautes(controler(source)) == [
        ("9903", "/impId"),
        ("9903", "/x"),
        ("0301", "/SIRET"),
        ("9908", "/lignesImport"),
        ("9906", "/x"),
    ]


def test_a_wrong_number_of_requests_stands_beside_the_faults_of_the_requests() -> None:
    lignes: list[Json] = [demande(k, f"{k:05}") for k in range(1, 202)]
    lignes[200] = None
    rapport = controler(octets({**fichier(), "lignesImport": lignes}))
    assert fautes(rapport) == [("9908", "/lignesImport"), ("9907", "/lignesImport/200")]
    assert "201" in rapport.anomalies_fichier[0].libelle


def test_the_values_of_lines_are_not_judged_while_the_structure_is_wrong() -> None:
    arbre = modifier(modifier(fichier(), f"{LIGNE}/beneficiaire/FINESSGeo", ""), "/impId", 0)
    assert codes(controler(octets(arbre))) == ["0102"]


@pytest.mark.parametrize(
    ("many", "end"),
    [
        (1_000, "son nom"),
        (1_001, "(et 1 autre anomalie après celle-ci)"),
        (2_500, "(et 1500 autres anomalies après celle-ci)"),
    ],
)
def test_a_thousand_faults_of_a_file_are_shown_and_then_how_many_more(many: int, end: str) -> None:
    arbre = {**fichier(), **{f"t{k}": None for k in range(many)}}
    anomalies = controler(octets(arbre)).anomalies_fichier
    assert [a.chemin for a in anomalies] == [f"/t{k}" for k in range(1_000)]
    assert anomalies[-1].libelle.endswith(end)
    assert anomalies[-2].libelle.endswith("son nom")
    assert anomalies[-1].position is not None
    assert (anomalies[-1].position.ligne, anomalies[-1].position.colonne) == place(arbre, "/t999")


def test_a_thousand_faults_of_a_line_are_shown_and_then_how_many_more() -> None:
    piece: Json = {"nomFichier": "", "formatFichier": "", "typeFichier": ""}
    first = modifier(demande(), "/piecesJustificatives", [piece] * 400)
    second = modifier(demande(2, "00002"), "/beneficiaire/FINESSGeo", "")
    rapport = controler(octets(fichier(first, second)))
    anomalies = rapport.lignes[0].anomalies
    assert len(anomalies) == 1_000
    assert anomalies[0].code == "2501"
    assert "200 autres " in anomalies[-1].libelle
    assert codes(rapport)[1_000:] == ["2301"]


def test_a_key_written_twice_is_told_in_one_sentence() -> None:
    [double, *_] = controler(b'{"impId": null, "impId": null}').anomalies_fichier
    assert double.libelle == "impId : balise présente deux fois dans le même bloc ; gardez-en une seule"
