"""Decisions 1 to 16, one by one.  Lengths, amounts, days, addresses and operators are gone through in tests/table."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import VA1, avance, controler
from tests.outils import (
    ABSENT,
    BON_DE_COMMANDE,
    LIGNE,
    PREUVE_HT,
    Change,
    Json,
    Nombre,
    codes,
    demande,
    fautes,
    fichier,
    modifier,
    octets,
)

COMMANDE = f"{LIGNE}/commande"
CERTIFICATS = f"{LIGNE}/certificatsServeur"
BENEFICIAIRE = f"{LIGNE}/beneficiaire"
PIECES = f"{LIGNE}/piecesJustificatives"
SCENARIO = f"{LIGNE}/scenarioInstallation"


def verdict(*changes: Change) -> list[tuple[str, str]]:
    """Change the guide's file at some pointers, and list the codes and pointers found."""
    arbre = fichier()
    for chemin, valeur in changes:
        arbre = modifier(arbre, chemin, valeur)
    return fautes(controler(octets(arbre)))


def test_decision_1_an_exact_length_a_strict_bound_and_five_blanks() -> None:
    assert verdict((f"{BENEFICIAIRE}/FINESSGeo", "77777777😀")) == []
    assert verdict((f"{CERTIFICATS}/nomAdminTechnique", "M" * 24)) == []
    assert verdict((f"{CERTIFICATS}/nomAdminTechnique", "M" * 25))[0][0] == "1603"
    assert verdict((f"{CERTIFICATS}/nomAdminTechnique", " \u00a0\t\r\n"))[0][0] == "1601"
    assert verdict((f"{CERTIFICATS}/nomAdminTechnique", "\u2003")) == []


FACULTATIVE = [
    f"{BENEFICIAIRE}/emailResponsable",
    f"{BENEFICIAIRE}/telephoneResponsable",
    f"{SCENARIO}/operateurMessagerie",
]


@pytest.mark.parametrize("chemin", FACULTATIVE)
def test_decision_2_a_facultative_tag_is_null_or_of_its_format_and_may_be_missing(chemin: str) -> None:
    numero = {"emailResponsable": "21", "telephoneResponsable": "22"}.get(chemin.rpartition("/")[2], "30")
    assert verdict((chemin, None)) == []
    for blank in ("", "  ", "\u00a0"):
        assert verdict((chemin, blank)) == [(f"{numero}01", chemin)]
    missing = controler(octets(modifier(fichier(), chemin, ABSENT)))
    assert missing.tout_accepte
    (conseil,) = [c for c in missing.conseils if c.id == "balise-absente"]
    assert (conseil.balise, conseil.chemin) == (chemin.rpartition("/")[2], chemin.rpartition("/")[0])


def test_decision_2_a_facultative_libelle_says_to_write_null() -> None:
    rapport = controler(octets(modifier(fichier(), FACULTATIVE[0], "")))
    assert "null sans guillemets" in rapport.lignes[0].libelle_traitement


REQUIRED = [
    *(f"/{tag}" for tag in ("impId", "numeroAns", "SIRET", "lignesImport")),
    *(f"{LIGNE}/{tag}" for tag in demande()),
    *(f"{COMMANDE}/{tag}" for tag in ("dateCommande", "regimeTVA", "montantSegurHT")),
    f"{CERTIFICATS}/statutAdminTechnique",
    f"{CERTIFICATS}/emailAdminTechnique",
    f"{BENEFICIAIRE}/nomResponsable",
    f"{BENEFICIAIRE}/FINESSGeo",
    *(f"{PIECES}/0/{tag}" for tag in BON_DE_COMMANDE),
    f"{SCENARIO}/hasBALMSSantePersonnelle",
]


@pytest.mark.parametrize("chemin", REQUIRED)
def test_decision_2_every_other_tag_is_required(chemin: str) -> None:
    container, _, tag = chemin.rpartition("/")
    rapport = controler(octets(modifier(fichier(), chemin, ABSENT)))
    assert fautes(rapport) == [("9905", container)]
    assert rapport.anomalies_fichier[0].balise == tag
    assert tag in rapport.anomalies_fichier[0].libelle


def test_decision_3_the_first_control_refuses_the_whole_file() -> None:
    two = fichier(nombre=2)
    refused = controler(octets(modifier(two, "/lignesImport/1/commande", None)))
    assert (refused.recevable, refused.tout_accepte, refused.lignes) == (False, False, ())
    assert refused.demandes() == {}
    assert refused.en_lignes() == []


def test_decision_4_the_kinds_are_tried_in_order_and_only_the_first_is_reported() -> None:
    chemin = f"{PIECES}/0/nomFichier"
    assert verdict((chemin, "")) == [("2501", chemin)]
    assert verdict((chemin, "x" * 50)) == [("2503", chemin)]
    assert verdict((chemin, "x" * 49)) == [("2504", chemin)]
    assert verdict((chemin, "PHA-LGO-Va1-BDC-00009.pdf")) == [("2507", chemin)]
    assert verdict((f"{LIGNE}/numeroEditeur", "é")) == [("0803", f"{LIGNE}/numeroEditeur")]


def test_decision_4_balises_come_in_the_order_of_the_table_and_documents_one_by_one() -> None:
    bad_piece: Json = {"nomFichier": "", "formatFichier": "", "typeFichier": ""}
    found = verdict(
        (f"{LIGNE}/libelleTraitement", ""),
        (f"{LIGNE}/numLigne", 7),
        (f"{COMMANDE}/montantSegurHT", 1),
        (f"{BENEFICIAIRE}/FINESSGeo", ""),
        (f"{CERTIFICATS}/numeroCarteCPX", ""),
        (f"{SCENARIO}/hasBALMSSantePersonnelle", None),
        (PIECES, [bad_piece, bad_piece]),
    )
    assert [code for code, _ in found] == [
        "0507", "1204", "1501", "2301", "2501", "2601", "2701", "2501", "2601", "2701", "2901", "3202",
    ]  # fmt: skip
    assert found[4][1] == f"{PIECES}/0/nomFichier"
    assert found[7][1] == f"{PIECES}/1/nomFichier"


def test_decision_4_the_order_is_the_tables_and_not_the_files() -> None:
    arbre = fichier(dict(reversed(demande().items())))
    arbre = modifier(modifier(arbre, f"{LIGNE}/typeAction", ""), f"{LIGNE}/codeTraitement", "")
    assert codes(controler(octets(arbre))) == ["0601", "3102"]


def test_decision_4_the_portal_stops_at_the_first_anomaly_and_we_show_all() -> None:
    arbre = modifier(modifier(fichier(), f"{BENEFICIAIRE}/FINESSGeo", ""), f"{LIGNE}/typeAction", "M")
    (ligne,) = controler(octets(arbre)).lignes
    assert [a.code for a in ligne.anomalies] == ["0605", "2301"]
    assert (ligne.acceptee, ligne.code_traitement) == (False, "0605")
    assert ligne.libelle_traitement == ligne.anomalies[0].libelle


HT = (f"{COMMANDE}/regimeTVA", "HT")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # 2407 reads the types of all documents: one of them faulty, and nobody compares.
        ([HT, (f"{PIECES}/0/typeFichier", "BDC")], ["2705"]),
        ([HT, (PIECES, [BON_DE_COMMANDE, {**PREUVE_HT, "typeFichier": None}])], ["2701"]),
        ([(PIECES, [PREUVE_HT, {**PREUVE_HT, "typeFichier": "X"}])], ["2705"]),
        # The HT rule also reads the regime; the number of order forms does not.
        ([(f"{COMMANDE}/regimeTVA", "HTT")], ["1105"]),
        ([(f"{COMMANDE}/regimeTVA", "HTT"), (PIECES, [PREUVE_HT])], ["1105", "2407"]),
        # An empty list is not filled in, and compared with nothing.
        ([HT, (PIECES, [])], ["2401"]),
        # A document's name reads the request's number and its own type and format...
        ([(f"{LIGNE}/numeroEditeur", "0001")], ["0803"]),
        ([(f"{PIECES}/0/formatFichier", "pdf")], ["2605"]),
        ([(f"{PIECES}/0/nomFichier", "bon.pdf")], ["2504"]),
        # ...and not those of another document.
        ([(PIECES, [{**BON_DE_COMMANDE, "nomFichier": "PHA-LGO-Va1-BDC-00009.pdf"}, {**PREUVE_HT, "formatFichier": "x"}])],
         ["2507", "2605"]),
        # A name that is wrong does not keep the types from being counted.
        ([HT, (f"{PIECES}/0/nomFichier", "bon.pdf")], ["2407", "2504"]),
        ([HT, (f"{PIECES}/0/nomFichier", "PHA-LGO-Va1-HT-00001.pdf")], ["2407", "2507"]),
    ],
)  # fmt: skip
def test_decision_4_kinds_06_and_07_are_tried_only_where_what_they_read_is_faultless(
    changes: list[Change], expected: list[str]
) -> None:
    assert [code for code, _ in verdict(*changes)] == expected


def test_decision_4_a_number_used_twice_is_no_fault_by_itself_so_names_are_compared_with_it() -> None:
    later = modifier(demande(2), "/piecesJustificatives/0/nomFichier", "PHA-LGO-Va1-BDC-00002.pdf")
    assert fautes(controler(octets(fichier(demande(1), later)))) == [
        ("0806", "/lignesImport/1/numeroEditeur"),
        ("2507", "/lignesImport/1/piecesJustificatives/0/nomFichier"),
    ]


def test_decision_5_an_accepted_line_bears_0000_and_the_documents_words() -> None:
    (ligne,) = controler(octets(fichier())).lignes
    assert (ligne.code_traitement, ligne.libelle_traitement) == ("0000", "Demande acceptée")
    assert all(len(e.code) == 4 and e.code.isdigit() for e in VA1.catalogue)


def test_decision_6_line_k_bears_k_and_a_number_is_given_once() -> None:
    lignes = [demande(1, "AbC09"), demande(3, "abc09"), demande(2, "AbC09"), demande(4, "AbC09")]
    assert fautes(controler(octets(fichier(*lignes)))) == [
        ("0507", "/lignesImport/1/numLigne"),
        ("0507", "/lignesImport/2/numLigne"),
        ("0806", "/lignesImport/2/numeroEditeur"),
        ("0806", "/lignesImport/3/numeroEditeur"),
    ]


@pytest.mark.parametrize(
    "numero", ["0000 ", "00\u00a001", "0000\n", "../01", "00\\01", "00:01", "0000\x85", "00\x0001"]
)
def test_decision_6_a_number_holds_nothing_that_no_name_of_a_file_can_hold(numero: str) -> None:
    assert verdict((f"{LIGNE}/numeroEditeur", numero)) == [("0804", f"{LIGNE}/numeroEditeur")]
    assert verdict(("/numeroAns", numero * 2)) == [("0204", "/numeroAns")]


@pytest.mark.parametrize(
    "numero", ["00_01", "é0001", "٠٠٠٠١", "００００１", "00-01", "a.b.c", "N°001", "=1+1a", "0000\u2003"]
)
def test_decision_6_any_other_character_is_accepted_and_told(numero: str) -> None:
    piece = f"{LIGNE}/piecesJustificatives/0/nomFichier"
    document = f"PHA-LGO-Va1-BDC-{numero}.pdf"
    assert verdict((f"{LIGNE}/numeroEditeur", numero), (piece, document), ("/numeroAns", numero * 2)) == []


@given(st.characters(exclude_categories=["Cs"]))
def test_decision_6_says_of_every_character_whether_a_name_can_hold_it(character: str) -> None:
    refused = character in '/\\:*?"<>| \u00a0' or unicodedata.category(character) == "Cc"
    assert (verdict(("/numeroAns", f"ANS00000{character}1")) == [("0204", "/numeroAns")]) == refused


def test_decision_6_a_faulty_number_used_twice_is_faulty_twice_and_no_duplicate() -> None:
    lignes = [{**demande(rang), "numeroEditeur": "0001"} for rang in (1, 2)]
    assert codes(controler(octets(fichier(*lignes)))) == ["0803", "0803"]


def test_decision_7_an_amount_is_judged_on_its_text_and_zero_is_advice() -> None:
    chemin = f"{COMMANDE}/montantSegurHT"
    for text in ("850", "850.0", "8.5e2", "85000E-2", "-1.00"):
        assert verdict((chemin, Nombre(text))) == [("1204", chemin)]
    for valeur in ("850.00", True):
        assert verdict((chemin, valeur)) == [("1202", chemin)]
    nothing = controler(octets(modifier(fichier(), chemin, Nombre("0.00"))))
    assert nothing.tout_accepte
    assert "montant-nul" in {c.id for c in nothing.conseils}


def test_decision_8_a_day_is_jj_mm_aaaa_and_exists() -> None:
    chemin = f"{COMMANDE}/dateCommande"
    assert verdict((chemin, "29/02/2024")) == []
    assert verdict((chemin, "29/02/2023")) == [("1004", chemin)]
    assert verdict((chemin, "2022-11-15")) == [("1004", chemin)]


def test_decision_9_a_responsible_persons_name_has_no_lower_case() -> None:
    chemin = f"{BENEFICIAIRE}/nomResponsable"
    assert verdict((chemin, "D’ARTAGNAN-ÉLOÏ".upper())) == []
    assert verdict((chemin, "DURANd")) == [("2004", chemin)]


def test_decision_10_an_address_has_a_dot_in_its_domain() -> None:
    chemin = f"{CERTIFICATS}/emailAdminTechnique"
    assert verdict((chemin, "contact@officine")) == [("1804", chemin)]
    assert verdict((chemin, "Contact@Officine.Fr")) == []


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        ("/SIRET", "ABCDEFGHIJKLMN"),
        ("/SIRET", "00000000000000"),
        (f"{BENEFICIAIRE}/FINESSGeo", "FINESS-77"),
        (f"{CERTIFICATS}/numeroCarteCPX", "CARTE-CPS1"),
    ],
)
def test_decision_11_the_controls_know_the_length_of_an_identifier_and_no_more(chemin: str, valeur: str) -> None:
    assert verdict((chemin, valeur)) == []


def test_decision_12_the_documents_of_a_request() -> None:
    jpg: Json = {"nomFichier": "PHA-LGO-Va1-BDC-00001.jpg", "formatFichier": "JPG", "typeFichier": "BON_COMMANDE"}
    for pieces in ([BON_DE_COMMANDE], [jpg], [PREUVE_HT, BON_DE_COMMANDE]):
        assert verdict((PIECES, pieces)) == []
    assert verdict(HT, (PIECES, [BON_DE_COMMANDE, PREUVE_HT])) == []
    assert verdict((PIECES, [])) == [("2401", PIECES)]
    for pieces in ([PREUVE_HT], [BON_DE_COMMANDE, jpg], [BON_DE_COMMANDE, PREUVE_HT, PREUVE_HT]):
        assert verdict((PIECES, pieces)) == [("2407", PIECES)]
    assert verdict(HT) == [("2407", PIECES)]
    needless = controler(octets(modifier(fichier(), PIECES, [BON_DE_COMMANDE, PREUVE_HT])))
    assert "preuve-ht-inutile" in {c.id for c in needless.conseils}


def test_decision_12_several_broken_rules_are_one_fault_with_the_first_ones_words() -> None:
    rapport = controler(octets(modifier(modifier(fichier(), *HT), PIECES, [])))
    assert codes(rapport) == ["2401"]
    rapport = controler(octets(modifier(fichier(), PIECES, [PREUVE_HT, PREUVE_HT])))
    assert codes(rapport) == ["2407"]
    assert "BON_COMMANDE" in rapport.lignes[0].libelle_traitement


@pytest.mark.parametrize(
    "nom",
    ["PHA-LGO-Va1-BDC-00001.PDF", "PHA-LGO-Va1-BDC-00001.jpeg", "PHA-LGO-Va1-BON_COMMANDE-00001.pdf", "PHA-LGO-VA1-BDC-00001.pdf",
     "PHA-LGO-Va1-BDC-00001.pdf\n", "./PHA-LGO-Va1-BDC-00001.pdf", "MDV-LGO-Va1-BDC-00001.pdf", "PHA-LGO-Va1-BDC-0001.pdf"],
)  # fmt: skip
def test_decision_12_a_name_of_another_shape_is_2504(nom: str) -> None:
    assert verdict((f"{PIECES}/0/nomFichier", nom)) == [("2504", f"{PIECES}/0/nomFichier")]


@pytest.mark.parametrize(
    "nom",
    ["PHA-LGO-Va1-BDC-00002.pdf", "PHA-LGO-Va1-HT-00001.pdf", "PHA-LGO-Va1-BDC-00001.png", "PHA-LGO-Va1-BDC-0000a.pdf"],
)
def test_decision_12_a_well_shaped_name_of_another_document_is_2507(nom: str) -> None:
    assert verdict((f"{PIECES}/0/nomFichier", nom)) == [("2507", f"{PIECES}/0/nomFichier")]


def test_decision_13_an_operator_is_taken_as_printed_and_the_near_miss_proposed() -> None:
    chemin = f"{SCENARIO}/operateurMessagerie"
    assert verdict((chemin, "CH _20")) == []
    rapport = controler(octets(modifier(fichier(), chemin, "CH_20")))
    assert codes(rapport) == ["3005"]
    assert "CH _20" in rapport.lignes[0].libelle_traitement


MUST_OR_MAY_BE_NULL = {
    f"{LIGNE}/numeroASP": "0702",
    f"{LIGNE}/codeTraitement": "3102",
    f"{LIGNE}/libelleTraitement": "3202",
    f"{BENEFICIAIRE}/emailResponsable": "2102",
    f"{BENEFICIAIRE}/telephoneResponsable": "2202",
    f"{SCENARIO}/operateurMessagerie": "3002",
    "/impId": "0102",
}


@pytest.mark.parametrize("chemin", MUST_OR_MAY_BE_NULL)
@pytest.mark.parametrize("null", ["null", "NULL", "Null"])
def test_decision_14_the_text_null_is_02_and_the_libelle_says_to_drop_the_quotes(chemin: str, null: str) -> None:
    rapport = controler(octets(modifier(fichier(), chemin, null)))
    assert fautes(rapport) == [(MUST_OR_MAY_BE_NULL[chemin], chemin)]
    (anomalie,) = [*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)]
    assert "sans guillemets" in anomalie.libelle


@pytest.mark.parametrize("chemin", [c for c in MUST_OR_MAY_BE_NULL if "Responsable" not in c and "operateur" not in c])
@pytest.mark.parametrize("valeur", ["", " ", "x", 0, False, [], {}, Nombre("0.0")], ids=repr)
def test_decision_14_any_other_value_where_null_is_due_is_02(chemin: str, valeur: Json) -> None:
    assert verdict((chemin, valeur)) == [(MUST_OR_MAY_BE_NULL[chemin], chemin)]


def test_decision_14_elsewhere_the_text_null_is_a_text() -> None:
    assert verdict((f"{BENEFICIAIRE}/nomResponsable", "NULL")) == []
    assert verdict((f"{CERTIFICATS}/telAdminTechnique", "null")) == []


def test_decision_14_one_is_not_true_and_neither_is_the_text() -> None:
    chemin = f"{SCENARIO}/hasBALMSSantePersonnelle"
    for valeur in (1, 0, "true", "false"):
        assert verdict((chemin, valeur)) == [("2902", chemin)]


def test_decision_15_a_mo_is_a_million_bytes() -> None:
    assert VA1.limites.octets_par_piece == 3_000_000
    assert VA1.limites.octets_par_zip == 200_000_000


def test_decision_16_the_advance_of_an_accepted_line() -> None:
    arbre = fichier(demande(1), demande(2, "00002"))
    arbre = modifier(arbre, "/lignesImport/1/commande/regimeTVA", "HT")
    arbre = modifier(
        arbre,
        "/lignesImport/1/piecesJustificatives",
        [{**p, "nomFichier": str(p["nomFichier"]).replace("00001", "00002")} for p in (BON_DE_COMMANDE, PREUVE_HT)],
    )
    ttc, ht = controler(octets(arbre)).en_lignes()
    assert (ttc["avance"], ht["avance"]) == (Decimal("255.00"), Decimal("212.50"))
    assert avance("708.33", "TTC").montant_ttc == Decimal("850.00")
