"""``lire_retour``: four outcomes, nothing lost, and nothing accepted that is not (decision 17)."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesure import examples
from reponses import ASP, CODE, LIBELLE, accepted, encode, sent

from segur_pha import RetourIllisible
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.lignes import Issue, LigneRetour

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = (None, "", " \u00a0")
NEUTRAL = (0, "0", "0000", "Demande acceptée")


def read_one(**tags: object) -> LigneRetour:
    return lire_retour(encode({"lignesImport": [{"numLigne": 1, "numeroEditeur": "00001", **tags}]})).lignes[0]


@pytest.mark.parametrize("asp", [*NOTHING, 4512, "4512", "ASP-45"])
def test_the_four_outcomes(asp: object) -> None:
    codes, libelles = [*NOTHING, *NEUTRAL, 17, "2303", "OK"], [*NOTHING, "Demande acceptée", "FINESS inconnu"]
    for code, libelle in product(codes, libelles):
        # Decision 17's table, spelled out.
        if asp not in NOTHING:
            expected = Issue.ACCEPTEE if libelle in (*NOTHING, "Demande acceptée") else Issue.AMBIGUE
        elif code in NOTHING and libelle in NOTHING:
            expected = Issue.NON_TRAITEE
        elif any(value not in (*NOTHING, *NEUTRAL) for value in (code, libelle)):
            expected = Issue.REJETEE
        else:
            expected = Issue.AMBIGUE
        assert (code, libelle, read_one(**{ASP: asp, CODE: code, LIBELLE: libelle}).issue) == (code, libelle, expected)


def test_the_tuples_share_the_lines_out() -> None:
    lines = [
        {"numeroEditeur": "00001", ASP: 1},
        {"numeroEditeur": "00002", LIBELLE: "non"},
        {"numeroEditeur": "00003"},
        {"numeroEditeur": "00004", ASP: 4, LIBELLE: "non"},
    ]
    retour = lire_retour(encode({"lignesImport": lines}))
    parts = (retour.acceptees, retour.rejetees, retour.non_traitees, retour.ambigues)
    assert [[line.numero_editeur for line in part] for part in parts] == [["00001"], ["00002"], ["00003"], ["00004"]]


@pytest.mark.parametrize(
    "reference",
    [
        "null",
        "NULL",
        "None",
        "n/a",
        "-",
        "néant",
        "undefined",
        0,
        "0",
        "0000",
        "000-000",
        -5,
        1.5,
        1e3,
        True,
        False,
        [],
        ["A1"],
        {},
    ],
)
def test_what_is_no_reference_never_makes_an_acceptance(reference: object) -> None:
    line = read_one(**{ASP: reference, CODE: "0000", LIBELLE: "Demande acceptée"})
    assert (line.issue, line.numero_asp) == (Issue.AMBIGUE, None)


def test_a_reference_too_long_for_a_computer_number_is_shown_and_not_trusted() -> None:
    text = b'{"lignesImport": [{"numeroEditeur": "00001", "numeroASP": %s}]}'
    assert lire_retour(text % (b"9" * 30)).lignes[0].numero_asp == "9" * 30
    assert lire_retour(text % (b"9" * 5000)).lignes[0].issue is Issue.AMBIGUE


@pytest.mark.parametrize("words", ["demande acceptée", "DEMANDE ACCEPTEE", " « Demande  accepte\u0301e ». "])
def test_acceptance_is_recognised_however_it_is_typed(words: object) -> None:
    assert read_one(**{ASP: "A1", LIBELLE: words}).issue is Issue.ACCEPTEE
    assert read_one(**{LIBELLE: words}).issue is Issue.AMBIGUE


@pytest.mark.parametrize(
    "words",
    [
        "Demande non acceptée",
        "Demande acceptée sous réserve",
        "acceptée",
        "Demande acceptée ?",
        "Demande, acceptée",
        "\0Demande acceptée",
        "Rejet : Demande acceptée",
    ],
)
def test_other_words_are_no_acceptance(words: object) -> None:
    assert read_one(**{ASP: "A1", LIBELLE: words}).issue is Issue.AMBIGUE


@pytest.mark.parametrize("tag", [CODE, LIBELLE])
@pytest.mark.parametrize("value", [True, [], {"x": 1}])
def test_an_unreadable_code_or_label_is_ambiguous(tag: object, value: object) -> None:
    assert read_one(**{ASP: "A1", tag: value}).issue is Issue.AMBIGUE


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from([*NEUTRAL, "null", "A1", 12]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


REFERENCES = st.sampled_from(["A1", 12, "0", "null", " A2 ", None])
LINES = st.fixed_dictionaries(
    {},
    optional={
        ASP: REFERENCES | JSON_VALUES,
        CODE: JSON_VALUES,
        LIBELLE: st.none() | st.just(NEUTRAL[-1]) | JSON_VALUES,
    },
)


@examples(30, 2_000)  # few lines have a reference
@given(st.lists(LINES | JSON_VALUES, max_size=5))
def test_any_list_of_lines_is_read_and_kept_and_accepted_only_with_a_reference(lines: object) -> None:
    retour = lire_retour(encode({"lignesImport": lines}))
    assert [line.brut for line in retour.lignes] == lines
    assert [line.place for line in retour.lignes] == list(range(1, len(lines) + 1))
    for line in retour.acceptees:
        reference = line.brut[ASP]
        assert line.numero_asp == str(reference).strip()
        assert type(reference) is int or isinstance(reference, str)
        assert any(c not in "0_" and c.isalnum() for c in line.numero_asp)


def test_numbers_keep_their_digits_and_unknown_tags_stay() -> None:
    text = b'{"nouveau": [1.50], "impId": 12, "lignesImport": [{"numLigne": "7", "extra": 2.50, "montantSegurHT": 850.00}]}'
    retour = lire_retour(text)
    assert retour.lignes[0].brut == {"numLigne": "7", "extra": b"2.50", "montantSegurHT": b"850.00"}
    assert (retour.imp_id, retour.entete["nouveau"], retour.octets) == ("12", [b"1.50"], text)
    assert retour.lignes[0].num_ligne == 7


@pytest.mark.parametrize("num_ligne", [None, "sept", 1.0, True, [1], "9" * 5000])
def test_a_rank_that_is_no_whole_number(num_ligne: object) -> None:
    assert read_one(numLigne=num_ligne).num_ligne is None


@pytest.mark.parametrize("number", [None, 1, ["00001"]])
def test_a_number_that_is_no_text(number: object) -> None:
    assert read_one(numeroEditeur=number).numero_editeur is None


def test_a_line_in_which_a_tag_stands_twice_is_ambiguous_and_the_others_are_not() -> None:
    text = '{"impId": 1, "impId": 2, "lignesImport": [{"numeroASP": null, "numeroASP": "A1"}, {"numeroASP": "A2"}]}'
    retour = lire_retour(text)
    assert [line.issue for line in retour.lignes] == [Issue.AMBIGUE, Issue.ACCEPTEE]
    assert retour.cles_doubles == ("/impId", "/lignesImport/0/numeroASP")


def test_a_list_out_of_all_proportion_is_no_answer() -> None:
    assert len(lire_retour('{"lignesImport": [' + "null," * 19_999 + "null]}").lignes) == 20_000
    with pytest.raises(RetourIllisible, match="20001 lignes, pour 200 demandes"):
        lire_retour('{"lignesImport": [' + "null," * 20_000 + "null]}")


def test_a_text_of_doubled_keys_is_no_answer() -> None:
    def text(times: int) -> str:
        return '{"impId": 1, ' + '"x": 1,' * times + ' "lignesImport": [{"numeroASP": "A1"}]}'

    assert lire_retour(text(10_001)).cles_doubles == ("/x",)
    with pytest.raises(RetourIllisible, match="10000 clés"):
        lire_retour(text(10_002))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        "{}",
        '{"lignesImport": null}',
        '{"lignesImport": {}}',
        "",
        "{",
        '{"lignesImport": []',
        "PK\x03\x04",
    ],
)
def test_what_is_no_answer(text: object) -> None:
    with pytest.raises(RetourIllisible):
        lire_retour(text)


@pytest.mark.parametrize(
    "octets",
    [
        "é".encode("cp1252"),
        '{"lignesImport": []}'.encode("utf-16"),
        b'{"lignesImport": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"lignesImport": [], "x": ' + b"[" * 700 + b"]" * 700 + b', "y": 1, "y": 2}',
        b'{"lignesImport": [], "lignesImport": []}',
    ],
)
def test_bytes_that_cannot_be_read_for_sure(octets: object) -> None:
    with pytest.raises(RetourIllisible):
        lire_retour(octets)


def test_the_error_says_where_and_what_to_do() -> None:
    with pytest.raises(RetourIllisible, match=r"ligne 2, colonne 3 .*téléchargez-le à nouveau") as caught:
        lire_retour('{\n  x: "DUPONT"}')
    assert "DUPONT" not in str(caught.value)
    assert caught.value.code == "9902"


def test_a_path_and_a_byte_order_mark(tmp_path: Path) -> None:
    answer = accepted(sent(2))
    path = tmp_path / "reponse.json"
    path.write_bytes(b"\xef\xbb\xbf" + encode(answer))
    assert len(lire_retour(path).acceptees) == 2


def test_an_answer_may_be_larger_than_what_was_sent() -> None:
    answer = sent(1)
    answer["journal"] = "x" * 10_000_001
    assert len(lire_retour(encode(answer)).non_traitees) == 1


def test_the_repr_shows_no_personal_value() -> None:
    assert "DURAND" not in repr(lire_retour(encode(accepted(sent(1)))))


def test_every_combination_survives_a_round_trip_through_json() -> None:
    values = (None, "", 0, "0000", "A1", 12)
    lines = [dict(zip((ASP, CODE, LIBELLE), triple, strict=True)) for triple in product(values, repeat=3)]
    retour = lire_retour(json.dumps({"lignesImport": lines}))
    assert sum(map(len, (retour.acceptees, retour.rejetees, retour.non_traitees, retour.ambigues))) == len(lines)


@pytest.mark.parametrize("length", [199, 200, 201])
def test_a_reference_is_no_longer_than_any_agency_s(length: int) -> None:
    line = read_one(**{ASP: "A" * length, CODE: "0000", LIBELLE: "Demande acceptée"})
    assert line.issue is (Issue.ACCEPTEE if length <= 200 else Issue.AMBIGUE)


def test_answers_and_their_lines_can_be_put_into_a_set() -> None:
    octets = encode(accepted(sent(2)))
    assert len({lire_retour(octets), lire_retour(octets)}) == 1
    assert len({line for _ in range(2) for line in lire_retour(octets).lignes}) == 2
