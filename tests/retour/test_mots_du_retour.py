"""What a clerk and a program read of an answer, word for word: places, sentences, fields of errors, tables."""

from __future__ import annotations

import json
from copy import deepcopy

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reponses import ASP, CODE, LIBELLE, accepted, encode, sent

from segur_pha import VA1, RetourIllisible, lire_retour, rapprocher
from segur_pha.rapports.tableau import Niveau
from segur_pha.retour.affichage import comptes, tableau_des_ecarts, tableau_des_reponses
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lecture import Retour
from segur_pha.retour.lignes import Issue, LigneRetour, lire_ligne
from segur_pha.retour.rapprochement import LigneRapprochee, Rapprochement
from segur_pha.retour.remedes import remede

LINE = "/lignesImport/1"
CHANGED = "la valeur renvoyée n’est pas celle qui a été envoyée ; comparez les deux"
UNKNOWN = "balise que le guide ne connaît pas ; elle est conservée telle quelle"
MISSING = object()

# (path below the second line, what comes back there, pointer below the line, sentence)
CHANGES = [
    (("commande", "regimeTVA"), "HT", "/commande/regimeTVA", f"regimeTVA : {CHANGED}"),
    (("commande", "regimeTVA"), None, "/commande/regimeTVA", f"regimeTVA : {CHANGED} (valeur null)"),
    (("commande", "regimeTVA"), "", "/commande/regimeTVA", f"regimeTVA : {CHANGED} (texte vide)"),
    (
        ("commande", "regimeTVA"),
        MISSING,
        "/commande/regimeTVA",
        f"regimeTVA : {CHANGED} (balise absente de la réponse)",
    ),
    (("commande", "montantSegurHT"), "7_0_8.33", "/commande/montantSegurHT", f"montantSegurHT : {CHANGED}"),
    (("commande", "montantSegurHT"), "+708.33", None, None),
    (("commande", "montantSegurHT"), "70833E-2", None, None),
    (("commande", "montantSegurHT"), "70833e-2", None, None),
    (("commande",), 12, "/commande", f"commande : {CHANGED} (un bloc était attendu)"),
    (
        ("piecesJustificatives",),
        [],
        "/piecesJustificatives",
        f"piecesJustificatives : {CHANGED} (1 envoyés, 0 revenus)",
    ),
    (("piecesJustificatives",), {}, "/piecesJustificatives", f"piecesJustificatives : {CHANGED}"),
    (("piecesJustificatives",), "", "/piecesJustificatives", f"piecesJustificatives : {CHANGED} (texte vide)"),
    (("piecesJustificatives", 0), "x", "/piecesJustificatives/0", f"{CHANGED} (un bloc était attendu)"),
    (("piecesJustificatives", 0, "nomFichier"), 3, "/piecesJustificatives/0/nomFichier", f"nomFichier : {CHANGED}"),
    (("beneficiaire", "FINESSgeo"), "7", "/beneficiaire/FINESSgeo", UNKNOWN),
    (("un/autre",), {}, "/un~1autre", UNKNOWN),
]


# The two values, where there are two.
VALUES = {
    (("commande", "regimeTVA"), '"HT"'): [("TTC", "HT")],
    (("commande", "regimeTVA"), "null"): [("TTC", "null")],
    (("commande", "regimeTVA"), '""'): [("TTC", "texte vide")],
    (("commande", "regimeTVA"), json.dumps(MISSING, default=str)): [("TTC", "absente")],
    (("commande", "montantSegurHT"), '"7_0_8.33"'): [("708.33", "7_0_8.33")],
    (("piecesJustificatives",), "[]"): [("liste de 1", "liste de 0")],
    (("piecesJustificatives",), "{}"): [("liste de 1", "bloc")],
    (("piecesJustificatives",), '""'): [("liste de 1", "texte vide")],
    (("piecesJustificatives", 0, "nomFichier"), "3"): [("PHA-LGO-Va1-BDC-00002.pdf", "3")],
}


@pytest.mark.parametrize(("path", "value", "pointer", "sentence"), CHANGES)
def test_a_change_is_named_word_for_word(path: tuple, value: object, pointer: str | None, sentence: str | None) -> None:
    parti = sent(2)
    answer = accepted(parti)
    *way, last = path
    holder = answer["lignesImport"][1]
    for step in way:
        holder = holder[step]
    if value is MISSING:
        del holder[last]
    else:
        holder[last] = value
    ecarts = rapprocher(encode(parti), encode(answer)).ecarts
    found = [(e.numero, e.chemin, e.message) for e in ecarts]
    assert [(e.attendu, e.recu) for e in ecarts] == VALUES.get(
        (path, json.dumps(value, default=str)), [("", "")] * len(ecarts)
    )
    assert found == ([] if pointer is None else [("00002", LINE + pointer, sentence)])


@pytest.mark.parametrize(
    ("gone", "back", "same"),
    [
        ({"a": [1, 2]}, {"a": [1, 2]}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ([], {}, False),
        ({}, [], False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"a": 2}, False),
        (1, True, False),
        (True, 1, False),
        (True, True, True),
        (1, "1.0", True),
        ("1", 1, False),
        (12, "é", False),
        (12, "²", False),
        (12, "1e", False),
        (12, None, False),
        (None, 12, False),
        (1.5, 1.50, True),
        (1.5, 3e0, False),
    ],
)
def test_a_tag_of_ones_own_comes_back_as_it_went(gone: object, back: object, same: object) -> None:
    parti, answer = sent(1), accepted(sent(1))
    parti["lignesImport"][0]["maison"], answer["lignesImport"][0]["maison"] = gone, back
    result = rapprocher(encode(parti), encode(answer))
    expected = [] if same else [(NatureEcart.BALISE_INCONNUE, "/lignesImport/0/maison", UNKNOWN)]
    assert [(NatureEcart.de(e), e.chemin, e.message) for e in result.ecarts] == expected


def test_what_is_lost_or_comes_of_itself_is_named() -> None:
    parti = sent(1)
    parti["lignesImport"][0]["maison"] = 1
    del parti["lignesImport"][0]["commande"]["regimeTVA"]
    result = rapprocher(encode(parti), encode(accepted(sent(1))))
    assert sorted(e.message for e in result.ecarts) == [
        f"maison : {CHANGED} (balise absente de la réponse)",
        f"regimeTVA : {CHANGED} (balise absente de l’envoi)",
    ]
    whole = accepted(sent(1))
    del whole["SIRET"]
    [ecart] = rapprocher(encode(sent(1)), encode(whole)).ecarts
    assert (ecart.chemin, ecart.message) == ("/SIRET", f"SIRET : {CHANGED} (balise absente de la réponse)")


def test_documents_are_matched_by_name_where_names_tell_them_apart() -> None:
    parti = sent(1)
    first = parti["lignesImport"][0]["piecesJustificatives"][0]
    parti["lignesImport"][0]["piecesJustificatives"] = [first, {**first, "nomFichier": "B.pdf"}]

    def pointers(change: dict, *, gone: dict = parti) -> list[str]:
        answer = accepted(gone)
        answer["lignesImport"][0]["piecesJustificatives"].reverse()
        answer["lignesImport"][0]["piecesJustificatives"][0].update(change)
        return [
            e.chemin.removeprefix("/lignesImport/0/piecesJustificatives")
            for e in rapprocher(encode(gone), encode(answer)).ecarts
        ]

    assert pointers({}) == []
    assert pointers({"formatFichier": "PNG"}) == ["/0/formatFichier"]
    # A name that was not sent: by place.
    assert pointers({"nomFichier": "C.pdf"}) == ["/0/nomFichier", "/1/nomFichier"]
    same = deepcopy(parti)
    same["lignesImport"][0]["piecesJustificatives"] = [{**first, "typeFichier": "PREUVE_HT"}, first]
    assert pointers({}, gone=same) == ["/0/typeFichier", "/1/typeFichier"]


def test_discrepancies_stand_in_an_order_and_say_where() -> None:
    parti = sent(3)
    answer = accepted(parti)
    answer["version"] = 2
    answer["lignesImport"][0][LIBELLE] = "Demande en cours"
    answer["lignesImport"][1] = deepcopy(answer["lignesImport"][2])
    answer["lignesImport"].append({"numeroEditeur": "00009"})
    result = rapprocher(encode(parti), encode(answer), numeros_asp={"ASP00001": "00009"})
    assert [(NatureEcart.de(e).value, e.numero, e.chemin) for e in result.ecarts] == [
        ("balise inconnue", "", "/version"),
        ("ligne ambiguë", "00001", "/lignesImport/0"),
        ("numeroASP connu", "00001", "/lignesImport/0/numeroASP"),
        ("réponse absente", "00002", "/lignesImport/1"),
        ("réponse double", "00003", "/lignesImport/1"),
        ("réponse double", "00003", "/lignesImport/2"),
        ("réponse étrangère", "00009", "/lignesImport/3"),
    ]
    assert [e.message for e in result.ecarts[1:4]] == [
        "ni acceptée ni rejetée de façon sûre ; lisez la ligne et demandez à l’ASP ce qu’elle dit",
        "numeroASP : cette référence de l’ASP est déjà celle d’une autre demande ; demandez à l’ASP à laquelle elle est",
        "cette demande a été envoyée et la réponse n’en parle pas ; réclamez sa réponse à l’ASP",
    ]
    assert [line.place for line in result.etrangeres] == [2, 3, 4]
    assert [line.reponse and line.reponse.place for line in result.lignes] == [1, None, None]
    assert not result.sans_ecart


def test_the_rank_tells_two_bearers_of_a_number_apart_and_nothing_else_does() -> None:
    twice = sent(3)
    for line in twice["lignesImport"]:
        line["numeroEditeur"] = "00001"
    answer = accepted(twice)
    answer["lignesImport"].reverse()
    assert [line.reponse.num_ligne for line in rapprocher(encode(twice), encode(answer)).lignes] == [1, 2, 3]
    alone = accepted(sent(1))
    alone["lignesImport"][0]["numLigne"] = 5
    assert rapprocher(encode(sent(1)), encode(alone)).lignes[0].reponse.num_ligne == 5


def test_a_tag_that_stands_twice_concerns_its_own_line() -> None:
    text = encode(accepted(sent(12))).replace(b'"numLigne": 12', b'"numLigne": 1, "numLigne": 12')
    result = rapprocher(encode(sent(12)), text)
    assert [(NatureEcart.de(e), e.numero, e.chemin) for e in result.ecarts] == [
        (NatureEcart.LIGNE_AMBIGUE, "00012", "/lignesImport/11"),
        (NatureEcart.BALISE_DOUBLE, "00012", "/lignesImport/11/numLigne"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "balise", "chemin"),
    [
        ("[]", "", "lignesImport", ""),
        ('{"lignesImport": 3}', "", "lignesImport", ""),
        ('{"lignesImport": [' + "1," * 20_000 + "1]}", "", "lignesImport", ""),
        ('{"lignesImport": [], "lignesImport": []}', "", "lignesImport", ""),
        ('{"lignesImport": [}', "9902", "", ""),
        (b'\xff{"lignesImport": []}', "9901", "", ""),
        ('{"lignesImport": ["é"]}'.encode("utf-16"), "9901", "", ""),
        ('{"lignesImport": ["\ud800"]}', "9901", "", ""),
        (b'{"lignesImport": ["\xe9", }', "9902", "", ""),
    ],
)
def test_the_error_bears_fields_for_a_program(text: str | bytes, code: str, balise: str, chemin: str) -> None:
    with pytest.raises(RetourIllisible) as caught:
        lire_retour(text)
    assert (caught.value.code, caught.value.balise, caught.value.chemin) == (code, balise, chemin)


@pytest.mark.parametrize(
    ("reference", "read"),
    [(1, "1"), (0, None), (-1, None), ("A1", "A1"), (" A1 ", "A1"), ("A_1", "A1".replace("A", "A_")), ("__", None)]
    + [
        (word, None)
        for word in [
            "Null",
            "nul",
            "none",
            "nil",
            "NaN",
            "N/A",
            "na",
            "undefined",
            "Néant",
            "true",
            "FALSE",
            "« null »",
        ]
    ],
)
def test_what_is_a_reference(reference: object, read: str | None) -> None:
    line = lire_ligne({ASP: reference})
    assert (line.numero_asp, line.issue) == (read, Issue.AMBIGUE if read is None else Issue.ACCEPTEE)
    assert lire_retour(json.dumps({"impId": reference, "lignesImport": []})).imp_id == read


WORDS_AND_DIGITS = st.from_regex("(null|n/a|NaN|«|é|0|[ .-]){0,4}[1-9](null|n/a|NaN|»|é|0|[ .-]){0,4}", fullmatch=True)


@given(WORDS_AND_DIGITS)
def test_a_text_with_a_digit_other_than_zero_is_a_reference_whatever_stands_around_it(text: str) -> None:
    assert lire_ligne({ASP: text}).numero_asp == text.strip()


@pytest.mark.parametrize(
    ("code", "issue"), [("0.00", Issue.AMBIGUE), (" 0 ", Issue.AMBIGUE), ("0.1", Issue.REJETEE), ("00x", Issue.REJETEE)]
)
def test_a_code_that_says_nothing(code: str, issue: Issue) -> None:
    assert lire_ligne({CODE: code}).issue is issue


def test_a_rank_of_ten_digits_is_none() -> None:
    assert [lire_ligne({"numLigne": text}).num_ligne for text in ("123456789", "1234567890", "", "1 ")] == [
        123456789,
        None,
        None,
        None,
    ]


def test_remedies_word_for_word() -> None:
    def advise(libelle: str) -> str | None:
        return remede(lire_ligne({CODE: 9, LIBELLE: libelle}))

    again = "Resoumettez ensuite sous un nouveau numéro."
    assert (
        advise("Bloc piecesJustificatives") == f"Vérifiez le bloc piecesJustificatives (Pièces justificatives). {again}"
    )
    assert advise("numLigne") == (
        "numLigne (Numéro de ligne) est remplie par segur_pha : vérifiez que le fichier n’a pas été modifié après sa "
        f"préparation. {again}"
    )
    assert advise("régime, regimetva") == f"Corrigez regimeTVA (Régime de TVA) : indiquez « TTC » ou « HT ». {again}"


def test_tables_of_an_answer() -> None:
    lines = [
        lire_ligne({"numeroEditeur": "00001", ASP: "A1"}),
        lire_ligne({CODE: 17, LIBELLE: "non"}, 2),
        lire_ligne({}, 3),
        lire_ligne(0, 4),
    ]
    table = tableau_des_reponses(lines, "Réponses")
    assert (table.titre, table.colonnes) == (
        "Réponses",
        ("Demande", "Issue", "numeroASP", "Code", "Libellé de l’ASP", "Que faire"),
    )
    shown = [(row[0], row[1].texte, row[1].niveau, *row[2:]) for row in table.rangees]
    assert shown == [
        ("00001", "acceptée", Niveau.BON, "A1", None, None, None),
        ("(ligne 2)", "rejetée", Niveau.MAUVAIS, None, "17", "non", None),
        ("(ligne 3)", "non traitée", Niveau.ATTENTION, None, None, None, None),
        ("(ligne 4)", "ambiguë", Niveau.ATTENTION, None, None, None, None),
    ]
    assert comptes(line.issue for line in [*lines, *lines]) == "2 acceptées, 2 rejetées, 2 non traitées, 2 ambiguës"
    result = rapprocher(encode(sent(1)), encode({"lignesImport": []}))
    table = tableau_des_ecarts(result.ecarts[-1:])
    assert (table.titre, table.colonnes) == ("Écarts", ("Demande", "Écart", "Attendu", "Reçu", "Explication", "Où"))
    [absent] = table.rangees
    assert absent == ("00001", "réponse absente", "", "", result.ecarts[-1].message, "/lignesImport/0")


def test_a_fault_without_a_place_is_told_without_one() -> None:
    with pytest.raises(RetourIllisible, match=r"^Ce fichier ne se lit pas : Fichier trop gros ou trop imbriqué ; "):
        lire_retour(b" " * 20_000_001)


def test_the_limits_are_those_of_the_specification_for_what_was_sent_too() -> None:
    small = attrs.evolve(VA1, limites=attrs.evolve(VA1.limites, demandes_par_fichier=1))
    lines, none = (encode({"lignesImport": [None] * count}) for count in (101, 0))
    assert len(rapprocher(lines, none).lignes) == 101
    for parti, answer in ((lines, none), (none, lines)):
        with pytest.raises(RetourIllisible, match="101 lignes, pour 1 demandes"):
            rapprocher(parti, answer, specification=small)


def test_what_is_shown_in_a_notebook() -> None:
    answer = accepted(sent(2))
    answer["lignesImport"][1].update({ASP: None, LIBELLE: "FINESSGeo inconnu", CODE: "7"})
    retour = lire_retour(encode(answer))
    shown = retour._repr_html_()
    assert "<strong>Réponse du portail : 1 acceptée, 1 rejetée, 0 non traitée, 0 ambiguë</strong>" in shown
    assert "Lignes qui ne sont pas acceptées" in shown
    assert ("00002" in shown, "00001" in shown) == (True, False)
    shown = rapprocher(encode(sent(2)), retour)._repr_html_()
    assert "<strong>2 réponses sûres sur 2</strong>" in shown
    assert "1 acceptée, 1 rejetée" in shown


@pytest.mark.parametrize("value_object", [LigneRetour, Retour, LigneRapprochee, Rapprochement])
def test_values_are_made_by_name(value_object: type) -> None:
    assert all(attribute.kw_only for attribute in attrs.fields(value_object))
    hidden = {attribute.name for attribute in attrs.fields(value_object) if not attribute.repr}
    # What holds whole lines of an answer stays out of logs.
    assert hidden - {"specification"} == {LigneRetour: {"brut"}, Retour: {"entete", "octets"}}.get(value_object, set())


def test_a_line_alone_is_the_first_one() -> None:
    assert lire_ligne({}).place == 1


def test_a_table_of_answers_has_the_title_that_it_is_given() -> None:
    assert (tableau_des_reponses([]).titre, tableau_des_reponses([], "À suivre").titre) == ("", "À suivre")


@pytest.mark.parametrize(
    ("source", "code", "balise"), [(b'{"lignesImport": 3}', "", "lignesImport"), (b'{"lignesImport": [', "9902", "")]
)
def test_what_was_sent_and_cannot_be_read_is_refused_like_an_answer(source: bytes, code: str, balise: str) -> None:
    with pytest.raises(RetourIllisible) as revenu:
        lire_retour(source)
    with pytest.raises(RetourIllisible) as parti:
        rapprocher(source, encode(accepted(sent(1))))
    assert str(parti.value) == f"Fichier envoyé. {revenu.value}"
    for refus in (parti.value, revenu.value):
        assert (refus.code, refus.balise) == (code, balise)


def test_a_number_or_a_list_is_the_name_of_no_request_and_of_no_document() -> None:
    parti = sent(2)
    parti["lignesImport"][0]["numeroEditeur"] = 7
    answer = accepted(parti)
    answer["lignesImport"][1]["piecesJustificatives"][0]["nomFichier"] = ["PHA"]
    first, second = rapprocher(encode(parti), encode(answer)).lignes
    assert (first.numero_editeur, first.reponse) == (None, None)
    assert [e.chemin for e in second.ecarts] == ["/lignesImport/1/piecesJustificatives/0/nomFichier"]


def test_an_answer_made_by_hand_has_no_tag_written_twice() -> None:
    read = lire_retour(encode(accepted(sent(1))))
    retour = Retour(lignes=read.lignes, imp_id=None, entete=read.entete, octets=b"")
    assert rapprocher(encode(sent(1)), retour).lignes[0].sure


def test_an_answer_without_a_number_belongs_to_no_request_not_even_to_one_sent_without() -> None:
    parti = sent(1)
    parti["lignesImport"][0]["numeroEditeur"] = ""
    answer = accepted(parti)
    answer["lignesImport"][0]["numeroEditeur"] = None
    [ligne] = rapprocher(encode(parti), encode(answer)).lignes
    assert (ligne.reponse, [NatureEcart.de(e) for e in ligne.ecarts]) == (None, [NatureEcart.REPONSE_ABSENTE])


def test_a_code_with_a_fraction_is_a_code() -> None:
    ligne = lire_ligne({CODE: b"17.5", LIBELLE: "FINESSGeo inconnu"})
    assert (ligne.code_traitement, ligne.issue) == ("17.5", Issue.REJETEE)
