"""``rapprocher``: every sent line answered exactly once, with what was sent."""

from __future__ import annotations

import json
from copy import deepcopy

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reponses import ASP, CODE, LIBELLE, accepted, encode, sent, sent_bytes

from segur_pha import Demande, RetourIllisible, en_json
from segur_pha.retour import comparaison
from segur_pha.retour.comparaison import differences
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.lignes import Issue
from segur_pha.retour.rapprochement import Rapprochement, rapprocher, rapprocher_lignes
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

N = NatureEcart
COUNT = 4


def compare(answer: object, numeros_asp: dict[str, str] | None = None) -> Rapprochement:
    return rapprocher(sent_bytes(COUNT), encode(answer), numeros_asp=numeros_asp)


def found(result: object) -> list[tuple[NatureEcart, str]]:
    return [(NatureEcart.de(ecart), ecart.numero) for ecart in result.ecarts]


@pytest.fixture
def answer() -> dict:
    return accepted(sent(COUNT))


def test_a_faithful_answer_has_no_discrepancy(answer: dict) -> None:
    result = compare(answer)
    assert result.sans_ecart
    assert [(line.rang, line.numero_editeur, line.issue, line.sure) for line in result.lignes] == [
        (rank, f"{rank:05}", Issue.ACCEPTEE, True) for rank in range(1, COUNT + 1)
    ]


def test_the_sent_file_may_be_a_model() -> None:
    assert rapprocher(fichier_du_guide(), lire_retour(encode(accepted(sent(1))))).lignes[0].sure


def test_an_answer_that_changes_nothing_is_not_compared_value_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(comparaison, "_balise_par_balise")
    plain, large = sent(2), sent(2)
    large["lignesImport"][0]["inconnue"] = 10**40
    for file in (plain, large):
        assert rapprocher(encode(file), encode(accepted(file))).sans_ecart
    with pytest.raises(NameError):
        rapprocher(encode(plain), encode(accepted(large)))


@given(st.data())
def test_order_of_lines_and_tags_does_not_matter(data: st.DataObject) -> None:
    answer = accepted(sent(COUNT))
    lines = data.draw(st.permutations(answer["lignesImport"]))
    tags = data.draw(st.permutations(list(lines[0])))
    answer["lignesImport"] = [{tag: line[tag] for tag in tags} for line in lines]
    assert compare(answer).sans_ecart


@given(st.lists(st.integers(0, 3), max_size=6))
def test_each_sent_line_is_answered_exactly_once(picked: object) -> None:
    # The answer holds the picked lines: some twice, some not at all.
    answer = accepted(sent(COUNT))
    lines = answer["lignesImport"]
    answer["lignesImport"] = [{**deepcopy(lines[k]), ASP: f"X{place}"} for place, k in enumerate(picked)]
    result = compare(answer)
    for k, line in enumerate(result.lignes):
        times = picked.count(k)
        expected = {0: [N.REPONSE_ABSENTE], 1: []}.get(times, [N.REPONSE_DOUBLE] * times)
        assert [NatureEcart.de(ecart) for ecart in line.ecarts] == expected
        assert line.sure == (times == 1)
        assert line.issue is (Issue.ACCEPTEE if times == 1 else Issue.NON_TRAITEE)
    # Nothing vanishes: what is not the answer of a request is listed.
    assert len(result.etrangeres) + sum(line.reponse is not None for line in result.lignes) == len(picked)


def test_a_foreign_answer(answer: dict) -> None:
    answer["lignesImport"].append({**answer["lignesImport"][0], "numeroEditeur": "00099", ASP: "A99"})
    answer["lignesImport"] += [{"numeroEditeur": 2, ASP: "A98"}, "bruit"]
    result = compare(answer)
    assert found(result) == [(N.REPONSE_ETRANGERE, "00099"), (N.REPONSE_ETRANGERE, ""), (N.REPONSE_ETRANGERE, "")]
    assert [ecart.chemin for ecart in result.ecarts] == [f"/lignesImport/{k}" for k in (4, 5, 6)]
    assert [line.brut for line in result.etrangeres][2] == "bruit"


def test_a_number_that_was_sent_twice_is_told_apart_by_its_rank() -> None:
    twice = sent(2)
    twice["lignesImport"][1]["numeroEditeur"] = "00001"
    answer = accepted(twice)
    assert rapprocher(encode(twice), encode(answer)).sans_ecart
    del answer["lignesImport"][1]["numLigne"]
    result = rapprocher(encode(twice), encode(answer))
    assert [line.sure for line in result.lignes] == [False, False]
    assert {NatureEcart.de(ecart) for ecart in result.ecarts} == {N.REPONSE_DOUBLE, N.CONTENU_MODIFIE}


def change(answer: dict, path: object, value: object) -> None:
    holder = answer
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("lignesImport", 1, "commande", "montantSegurHT"), 708.34, "/lignesImport/1/commande/montantSegurHT"),
        (("lignesImport", 1, "commande", "montantSegurHT"), "708,33", "/lignesImport/1/commande/montantSegurHT"),
        (("lignesImport", 1, "commande", "montantSegurHT"), "7e", "/lignesImport/1/commande/montantSegurHT"),
        (("lignesImport", 1, "commande", "montantSegurHT"), None, "/lignesImport/1/commande/montantSegurHT"),
        (("lignesImport", 1, "commande"), None, "/lignesImport/1/commande"),
        (("lignesImport", 1, "commande"), [], "/lignesImport/1/commande"),
        (("lignesImport", 1, "beneficiaire", "FINESSGeo"), "777777778", "/lignesImport/1/beneficiaire/FINESSGeo"),
        (("lignesImport", 1, "beneficiaire", "FINESSGeo"), 777777777, "/lignesImport/1/beneficiaire/FINESSGeo"),
        (("lignesImport", 1, "beneficiaire", "emailResponsable"), "", "/lignesImport/1/beneficiaire/emailResponsable"),
        (
            ("lignesImport", 1, "scenarioInstallation", "hasBALMSSantePersonnelle"),
            1,
            "/lignesImport/1/scenarioInstallation/hasBALMSSantePersonnelle",
        ),
        (
            ("lignesImport", 1, "piecesJustificatives", 0, "formatFichier"),
            "PNG",
            "/lignesImport/1/piecesJustificatives/0/formatFichier",
        ),
        (("lignesImport", 1, "piecesJustificatives"), [], "/lignesImport/1/piecesJustificatives"),
        (("lignesImport", 1, "piecesJustificatives"), ["x"], "/lignesImport/1/piecesJustificatives/0"),
        (("lignesImport", 1, "piecesJustificatives"), None, "/lignesImport/1/piecesJustificatives"),
        (("lignesImport", 1, "numLigne"), True, "/lignesImport/1/numLigne"),
    ],
)
def test_a_changed_value_is_found_where_it_is(answer: dict, path: object, value: object, pointer: object) -> None:
    change(answer, path, value)
    result = compare(answer)
    assert found(result) == [(N.CONTENU_MODIFIE, "00002")]
    assert result.ecarts[0].chemin == pointer
    assert [line.sure for line in result.lignes] == [True, False, True, True]


def test_of_documents_only_the_changed_one_is_named() -> None:
    parti = sent(1)
    parti["lignesImport"][0]["piecesJustificatives"].insert(0, "bruit")
    answer = accepted(parti)
    change(answer, ("lignesImport", 0, "piecesJustificatives", 1, "formatFichier"), "PNG")
    result = rapprocher(encode(parti), encode(answer))
    assert [e.chemin for e in result.ecarts] == ["/lignesImport/0/piecesJustificatives/1/formatFichier"]


def test_a_changed_header_concerns_the_file(answer: dict) -> None:
    answer["SIRET"] = "12345678200011"
    del answer["numeroAns"]
    result = compare(answer)
    assert [(NatureEcart.de(e), e.numero, e.chemin) for e in result.ecarts] == [
        (N.CONTENU_MODIFIE, "", "/numeroAns"),
        (N.CONTENU_MODIFIE, "", "/SIRET"),
    ]


@pytest.mark.parametrize("value", [708.33, "708.33", "0708.330"])
def test_amounts_compare_by_value(answer: dict, value: object) -> None:
    answer["lignesImport"][0]["commande"]["montantSegurHT"] = value
    assert compare(answer).sans_ecart


#: What tools make of a number that is a text of digits.
SPOILED = {
    "a number": int,
    "a fraction": float,
    "its text": lambda number: str(float(number)),
    "without zeros": lambda number: number.lstrip("0"),
    "more zeros": lambda number: f"0{number}",
    "a blank": lambda number: f"{number} ",
    "a blank of another kind": lambda number: f"\u00a0{number}",
    "an invisible character": lambda number: f"{number}\u200b",
}


@given(st.lists(st.sampled_from([None, *SPOILED]), min_size=COUNT, max_size=COUNT), st.permutations(range(COUNT)))
def test_a_number_that_a_tool_has_spoiled_is_told_and_its_line_is_not_lost(
    ways: list[str | None], order: list[int]
) -> None:
    answer = accepted(sent(COUNT))
    lines = answer["lignesImport"]
    for line, way in zip(lines, ways, strict=True):
        if way is not None:
            line["numeroEditeur"] = SPOILED[way](line["numeroEditeur"])
    answer["lignesImport"] = [lines[place] for place in order]
    result = compare(answer)
    assert [line.reponse.numero_asp for line in result.lignes] == [f"ASP{rank:05}" for rank in range(1, COUNT + 1)]
    assert [line.sure for line in result.lignes] == [way is None for way in ways]
    assert found(result) == [(N.CONTENU_MODIFIE, f"{rank:05}") for rank, way in enumerate(ways, start=1) if way]
    assert {e.chemin.rpartition("/")[2] for e in result.ecarts} <= {"numeroEditeur"}


def test_a_letter_of_a_number_in_another_case_is_told_and_its_line_is_not_lost() -> None:
    parti = json.loads(en_json(attrs.evolve(fichier_du_guide(), demandes=(demande_du_guide("000AB"),))))
    answer = accepted(parti)
    answer["lignesImport"][0]["numeroEditeur"] = "000ab"
    (line,) = rapprocher(encode(parti), encode(answer)).lignes
    assert (line.reponse.numero_asp, line.sure) == ("ASP00001", False)


@pytest.mark.parametrize("number", ["00077", "=1+1", None, 7, "", True])
def test_a_number_that_nobody_recognises_stays_foreign(answer: dict, number: object) -> None:
    answer["lignesImport"][1]["numeroEditeur"] = number
    assert [nature for nature, _ in found(compare(answer))] == [N.REPONSE_ABSENTE, N.REPONSE_ETRANGERE]


def test_documents_that_do_not_agree_name_no_request(answer: dict) -> None:
    line = answer["lignesImport"][1]
    line["numeroEditeur"] = 2
    line["piecesJustificatives"].append({"nomFichier": "PHA-LGO-Va1-BDC-00003.pdf"})
    assert [nature for nature, _ in found(compare(answer))] == [N.REPONSE_ABSENTE, N.REPONSE_ETRANGERE]
    line["piecesJustificatives"] = None
    assert [nature for nature, _ in found(compare(answer))] == [N.REPONSE_ABSENTE, N.REPONSE_ETRANGERE]


def test_a_spoiled_number_takes_no_answer_from_a_whole_one_nor_from_its_like(answer: dict) -> None:
    like = deepcopy(answer["lignesImport"][0]) | {"numeroEditeur": 1, ASP: "ASP-X"}
    answer["lignesImport"].append(like)
    assert found(compare(answer)) == [(N.REPONSE_ETRANGERE, "")]
    answer["lignesImport"][0]["numeroEditeur"] = "1"
    assert [nature for nature, _ in found(compare(answer))] == [N.REPONSE_ABSENTE, *[N.REPONSE_ETRANGERE] * 2]


def test_no_line_is_sure_under_a_header_that_is_not_the_one_that_was_sent(answer: dict) -> None:
    answer["SIRET"] = "12345678200011"
    result = compare(answer)
    assert [line.sure for line in result.lignes] == [False] * COUNT
    assert all(line.sure_par_elle_meme for line in result.lignes)
    assert "0 réponse sûre" in str(result)
    # A tag that nobody knows forbids nothing there either.
    assert compare({**accepted(sent(COUNT)), "nouveau": 1}).lignes[0].sure


def test_what_concerns_the_file_is_told_apart_from_what_concerns_a_line(answer: dict) -> None:
    answer["SIRET"] = "0" * 14
    answer["lignesImport"][0]["commande"]["regimeTVA"] = "HT"
    answer["lignesImport"][1]["numeroEditeur"] = None
    result = compare(answer)
    assert [(NatureEcart.de(e), e.chemin) for e in result.ecarts_du_fichier] == [(N.CONTENU_MODIFIE, "/SIRET")]
    assert len(result.ecarts) > 2


def test_null_empty_and_absent_are_told_apart(answer: dict) -> None:
    facultative = ("emailResponsable", "telephoneResponsable")
    answer["lignesImport"][0]["beneficiaire"][facultative[0]] = ""
    del answer["lignesImport"][0]["beneficiaire"][facultative[1]]
    messages = [ecart.message for ecart in compare(answer).ecarts]
    assert "texte vide" in messages[0]
    assert "balise absente de la réponse" in messages[1]


def test_a_tag_that_was_not_sent_comes_back() -> None:
    parti = sent(1)
    del parti["lignesImport"][0]["scenarioInstallation"]["operateurMessagerie"]
    parti["lignesImport"][0]["maison"] = {"a": [1, None]}
    parti["lignesImport"][0]["perdue"] = 1
    answer = accepted(sent(1))
    answer["lignesImport"][0]["maison"] = {"a": [1, None]}
    result = rapprocher(encode(parti), encode(answer))
    assert sorted(ecart.chemin for ecart in result.ecarts) == [
        "/lignesImport/0/perdue",
        "/lignesImport/0/scenarioInstallation/operateurMessagerie",
    ]
    assert {NatureEcart.de(ecart) for ecart in result.ecarts} == {N.CONTENU_MODIFIE}


def test_a_block_that_was_sent_as_null_comes_back_as_null() -> None:
    parti = sent(1)
    parti["lignesImport"][0]["commande"] = None
    assert rapprocher(encode(parti), encode(accepted(parti))).sans_ecart


def test_documents_may_come_back_in_another_order() -> None:
    parti = sent(1)
    pieces = parti["lignesImport"][0]["piecesJustificatives"]
    pieces.append({"nomFichier": "PHA-LGO-Va1-HT-00001.pdf", "formatFichier": "PDF", "typeFichier": "PREUVE_HT"})
    answer = accepted(parti)
    answer["lignesImport"][0]["piecesJustificatives"].reverse()
    assert rapprocher(encode(parti), encode(answer)).sans_ecart


def test_unknown_tags_are_named_and_forbid_nothing(answer: dict) -> None:
    answer["version"] = 2
    answer["lignesImport"][0]["suivi"] = {"x": 1}
    answer["lignesImport"][0]["beneficiaire"]["FINESSgeo"] = "777777777"
    result = compare(answer)
    assert {(NatureEcart.de(e), e.chemin) for e in result.ecarts} == {
        (N.BALISE_INCONNUE, "/version"),
        (N.BALISE_INCONNUE, "/lignesImport/0/suivi"),
        (N.BALISE_INCONNUE, "/lignesImport/0/beneficiaire/FINESSgeo"),
    }
    assert all(line.sure for line in result.lignes)


def test_one_numero_asp_on_two_lines(answer: dict) -> None:
    answer["lignesImport"][2][ASP] = answer["lignesImport"][0][ASP]
    result = compare(answer)
    assert found(result) == [(N.NUMERO_ASP_DOUBLE, "00001"), (N.NUMERO_ASP_DOUBLE, "00003")]
    assert [line.sure for line in result.lignes] == [False, True, False, True]


def test_a_numero_asp_that_another_request_bears(answer: dict) -> None:
    known = {"ASP00001": "00001", "ASP00002": "00077"}
    assert found(compare(answer, numeros_asp=known)) == [(N.NUMERO_ASP_CONNU, "00002")]


@pytest.mark.parametrize("reference", ["00001", "00002", "00003"])
def test_a_reference_that_is_a_number_of_the_file(answer: dict, reference: str) -> None:
    answer["lignesImport"][1][ASP] = reference
    result = compare(answer)
    assert found(result) == [(N.REFERENCE_EQUIVOQUE, "00002")]
    assert [line.sure for line in result.lignes] == [True, False, True, True]


@given(
    st.text(st.sampled_from("asp0 -"), min_size=3, max_size=8),
    st.lists(st.sampled_from([" ", "\u200b", "\ufeff", "\u00a0", "\u2060"]), min_size=1, max_size=3),
    st.booleans(),
)
def test_references_that_look_alike_are_told(core: str, unseen: list[str], upper: bool) -> None:  # noqa: FBT001 - drawn
    first, second = f"X1{core}Y".replace(" ", ""), f"X1{''.join(unseen)}{core}Y"
    answer = accepted(sent(COUNT))
    answer["lignesImport"][0][ASP], answer["lignesImport"][1][ASP] = first, second.lower() if upper else second
    result = compare(answer)
    assert found(result) == [(N.REFERENCE_EQUIVOQUE, "00001"), (N.REFERENCE_EQUIVOQUE, "00002")]
    assert [line.sure for line in result.lignes] == [False, False, True, True]


def test_a_reference_that_looks_like_a_known_one_is_told(answer: dict) -> None:
    known = {answer["lignesImport"][1][ASP].lower(): "00077"}
    assert found(compare(answer, numeros_asp=known)) == [(N.REFERENCE_EQUIVOQUE, "00002")]


def test_an_ambiguous_line_is_not_acted_on(answer: dict) -> None:
    answer["lignesImport"][0][LIBELLE] = "Demande en cours"
    result = compare(answer)
    assert found(result) == [(N.LIGNE_AMBIGUE, "00001")]
    assert not result.lignes[0].sure


def test_words_that_accept_beside_a_code_that_refuses_are_for_a_person(answer: dict) -> None:
    answer["lignesImport"][0].update({ASP: None, CODE: "17"})
    result = compare(answer)
    assert found(result) == [(N.REPONSE_CONTRADICTOIRE, "00001")]
    assert (result.lignes[0].issue, result.lignes[0].sure) == (Issue.REJETEE, False)


def test_tags_that_stand_twice(answer: dict) -> None:
    text = (
        encode(answer)
        .replace(b'"impId"', b'"impId": 3, "impId"')
        .replace(b'"regimeTVA"', b'"regimeTVA": "HT", "regimeTVA"', 1)
    )
    result = rapprocher(sent_bytes(COUNT), text)
    assert found(result) == [(N.BALISE_DOUBLE, ""), (N.LIGNE_AMBIGUE, "00001"), (N.BALISE_DOUBLE, "00001")]


def test_a_tag_that_stands_twice_elsewhere_says_nothing_of_a_line(answer: dict) -> None:
    result = rapprocher(sent_bytes(COUNT), encode(answer)[:-1] + b', "vu": [{"a": {"b": 1, "b": 2}}]}')
    assert found(result) == [(N.BALISE_INCONNUE, "")]
    assert all(line.sure for line in result.lignes)


def test_a_ledger_that_does_not_know_the_header_compares_the_lines(answer: dict) -> None:
    answer["SIRET"] = "other"
    lines = [line.brut for line in lire_retour(sent_bytes(COUNT)).lignes]
    assert rapprocher_lignes(lines, lire_retour(encode(answer))).sans_ecart
    result = rapprocher_lignes(["bruit"], lire_retour(encode({"lignesImport": []})))
    assert found(result) == [(N.REPONSE_ABSENTE, "")]


def test_the_messages_say_what_to_do_and_repeat_no_value(answer: dict) -> None:
    answer["lignesImport"][0]["beneficiaire"]["nomResponsable"] = "PETITJEAN"
    result = compare(answer)
    assert result.ecarts[0].message.startswith("nomResponsable : la valeur renvoyée n’est pas celle qui a été envoyée")
    assert not {"PETITJEAN", "DURAND"} & set(result.ecarts[0].message.split())
    assert all(nature.explication for nature in NatureEcart)


def test_both_files_must_be_readable() -> None:
    with pytest.raises(RetourIllisible, match="Fichier envoyé"):
        rapprocher(b"{}", encode(accepted(sent(1))))
    with pytest.raises(RetourIllisible, match=r"^Ce fichier n’est pas"):
        rapprocher(sent_bytes(1), b"{}")


@pytest.mark.parametrize(("back", "changed"), [(10**40, False), (10**40 + 1, True)])
def test_a_number_of_any_length_is_compared_to_its_last_digit(*, back: int, changed: bool) -> None:
    numeros = [ecart[0] for ecart in differences(Demande, {"commande": [10**40]}, {"commande": [back]}, "")]
    assert bool(numeros) == changed


def test_a_request_without_an_answer_has_a_line_like_the_others() -> None:
    answer = accepted(sent(3))
    del answer["lignesImport"][1]
    found = rapprocher(sent_bytes(3), encode(answer))
    first, second, third = found.en_lignes()
    assert first.keys() == second.keys() == third.keys()
    assert (second["numero_editeur"], second["sure"], second["numero_asp"]) == ("00002", False, None)
    assert (first["sure"], first["numero_asp"], third["numero_asp"]) == (True, "ASP00001", "ASP00003")
    assert str(found) == "3 demandes envoyées : 2 réponses sûres, 1 écart"


def test_a_reference_that_is_a_number_of_another_request_is_told_whatever_its_case(answer: dict) -> None:
    answer["lignesImport"][0][ASP] = "0000a"
    sent_lines = [line.brut for line in lire_retour(sent_bytes(COUNT)).lignes]
    read = lire_retour(encode(answer))
    assert found(rapprocher_lignes(sent_lines, read, numeros=["0000A"])) == [(N.REFERENCE_EQUIVOQUE, "00001")]
    assert found(rapprocher_lignes(sent_lines, read, numeros=["0000B"])) == []
