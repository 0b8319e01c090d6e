"""Advice: what the controls let through and a careful publisher would look at.  It refuses nothing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import SegurError, controler
from segur_pha.anomalies import Conseil
from segur_pha.controle.conseils import CONSEILS
from tests.outils import (
    ABSENT,
    BON_DE_COMMANDE,
    LIGNE,
    PREUVE_HT,
    Json,
    Nombre,
    Objet,
    demande,
    fichier,
    modifier,
    octets,
    place,
)

if TYPE_CHECKING:
    from pathlib import Path

# A file without any advice: the keys of these identifiers are right (Luhn, worked out by hand in test_identifiers_are_right).
SIRET = "73282932000074"
FINESS = "750000002"


def flawless(*lignes: Objet) -> Objet:
    arbre = fichier(*lignes) if lignes else fichier(officine(1))
    return {**arbre, "SIRET": SIRET}


def officine(rang: int, finess: str = FINESS) -> Objet:
    ligne = modifier(demande(rang, f"{rang:05}"), "/beneficiaire/FINESSGeo", finess)
    return modifier(ligne, "/certificatsServeur/emailAdminTechnique", "certificats@editeur.example")


def luhn_holds(digits: str) -> bool:
    doubled = [int(c) * (1 + place_ % 2) for place_, c in enumerate(reversed(digits))]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def test_identifiers_are_right() -> None:
    assert luhn_holds(SIRET)
    assert luhn_holds(SIRET[:9])
    assert luhn_holds(FINESS)
    assert not luhn_holds("777777777")


def advice(arbre: Objet, **options: object) -> list[tuple[str, str]]:
    rapport = controler(octets(arbre), **options)  # type: ignore[arg-type]
    assert rapport.tout_accepte
    return [(c.id, c.chemin) for c in rapport.conseils]


def test_a_flawless_file_has_none() -> None:
    assert advice(flawless()) == []
    assert advice(flawless(), jour=date(2022, 11, 15), categories={FINESS: "620"}) == []


BENEFICIAIRE = f"{LIGNE}/beneficiaire"
NOM = f"{BENEFICIAIRE}/nomResponsable"
TEL = f"{LIGNE}/certificatsServeur/telAdminTechnique"
CARTE = f"{LIGNE}/certificatsServeur/numeroCarteCPX"
CASES: list[tuple[str, str, str, object]] = [
    ("siret-cle", "/SIRET", "/SIRET", "73282932000075"),
    ("finess-cle", f"{BENEFICIAIRE}/FINESSGeo", f"{BENEFICIAIRE}/FINESSGeo", "777777777"),
    ("balise-absente", BENEFICIAIRE, f"{BENEFICIAIRE}/emailResponsable", ABSENT),
    ("balise-absente", f"{LIGNE}/scenarioInstallation", f"{LIGNE}/scenarioInstallation/operateurMessagerie", ABSENT),
    ("carte-cpx", f"{LIGNE}/certificatsServeur/numeroCarteCPX", f"{LIGNE}/certificatsServeur/numeroCarteCPX", "12345 7890"),
    ("carte-cpx", CARTE, CARTE, "12345678_0"),
    ("montant-invraisemblable", f"{LIGNE}/commande/montantSegurHT", f"{LIGNE}/commande/montantSegurHT", Nombre("70833.00")),
    ("montant-invraisemblable", f"{LIGNE}/commande/montantSegurHT", f"{LIGNE}/commande/montantSegurHT", Nombre("9" * 401 + ".00")),
    ("date-ancienne", f"{LIGNE}/commande/dateCommande", f"{LIGNE}/commande/dateCommande", "15/11/2002"),
    ("texte-invisible", NOM, NOM, "DU\u200bRAND"),
    ("texte-invisible", NOM, NOM, "DURAND\u00a0"),
    ("texte-invisible", NOM, NOM, " DURAND"),
    ("texte-invisible", NOM, NOM, "LEFE\u0300VRE"),
    ("nom-douteux", NOM, NOM, "FRAN‚OIS"),
    ("nom-douteux", NOM, NOM, "LEBÎUF"),
    ("nom-douteux", NOM, NOM, "LEFÔVRE"),
    ("nom-douteux", NOM, NOM, "DURAND 2"),
    ("nom-douteux", NOM, NOM, "LEF\ufffdVRE"),
    ("nom-douteux", NOM, NOM, "- -"),
    ("nom-douteux", f"{LIGNE}/certificatsServeur/nomAdminTechnique", f"{LIGNE}/certificatsServeur/nomAdminTechnique", "LefÃ¨vre"),
    ("telephone", TEL, TEL, "102030405"),
    ("telephone", TEL, TEL, "non communiqué"),
    ("telephone", f"{BENEFICIAIRE}/telephoneResponsable", f"{BENEFICIAIRE}/telephoneResponsable", "01 02 03 04"),
    ("longueur-en-octets", NOM, NOM, "É" * 26),
    ("montant-nul", f"{LIGNE}/commande/montantSegurHT", f"{LIGNE}/commande/montantSegurHT", Nombre("0.00")),
    ("preuve-ht-inutile", f"{LIGNE}/piecesJustificatives", f"{LIGNE}/piecesJustificatives", [BON_DE_COMMANDE, PREUVE_HT]),
    ("courriel-personnel", f"{LIGNE}/certificatsServeur/emailAdminTechnique",
     f"{LIGNE}/certificatsServeur/emailAdminTechnique", "jean.martin@editeur.example"),
]  # fmt: skip


@pytest.mark.cas(19)
@pytest.mark.parametrize(("identifiant", "chemin", "change", "valeur"), CASES, ids=lambda v: str(v)[:20])
def test_each_piece_of_advice(identifiant: str, chemin: str, change: str, valeur: Json) -> None:
    arbre = modifier(flawless(), change, valeur)
    (conseil,) = controler(octets(arbre)).conseils
    assert (conseil.id, conseil.balise, conseil.chemin) == (identifiant, change.rpartition("/")[2], chemin)
    assert conseil.libelle.startswith(CONSEILS[identifiant])
    assert conseil.position is not None
    assert (conseil.position.ligne, conseil.position.colonne) == place(arbre, chemin)
    assert controler(octets(arbre)).tout_accepte
    assert controler(octets(arbre), sans=[identifiant]).conseils == ()


def test_advice_that_belongs_to_no_text_has_no_place() -> None:
    assert Conseil("montant-nul", CONSEILS["montant-nul"], "montantSegurHT", f"{LIGNE}/commande").position is None


def test_a_date_after_the_day_is_advice_only_when_a_day_is_given() -> None:
    assert advice(flawless()) == []
    assert advice(flawless(), jour=date(2022, 11, 15)) == []
    assert advice(flawless(), jour=date(2022, 11, 14)) == [("date-future", f"{LIGNE}/commande/dateCommande")]


@pytest.mark.parametrize("jour", [datetime(2022, 11, 15, tzinfo=UTC), "2022-11-15", 20221115])
def test_a_day_is_a_day(jour: date) -> None:
    with pytest.raises(SegurError, match="jour"):
        controler(b"{}", jour=jour)


def test_a_pharmacy_asked_for_twice() -> None:
    lignes = [officine(1), officine(2, "010000024"), officine(3), officine(4)]
    assert advice(flawless(*lignes)) == [
        ("finess-double", "/lignesImport/2/beneficiaire/FINESSGeo"),
        ("finess-double", "/lignesImport/3/beneficiaire/FINESSGeo"),
    ]


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ({}, "finess-inconnu"),
        ({"010000024": "620"}, "finess-inconnu"),
        ({FINESS: "101"}, "finess-categorie"),
        ({FINESS: ""}, "finess-categorie"),
        ({FINESS: "620"}, None),
        ({FINESS: "627"}, None),
        ({FINESS: "628"}, None),
        ({FINESS: "629"}, None),
    ],
)
def test_a_register_that_the_caller_supplies(categories: dict[str, str], expected: str | None) -> None:
    found = advice(flawless(), categories=categories)
    assert found == ([(expected, f"{BENEFICIAIRE}/FINESSGeo")] if expected else [])


def test_advice_is_given_on_accepted_lines_only() -> None:
    refused = modifier(officine(1, "777777777"), "/typeAction", "M")
    rapport = controler(octets(flawless(refused, officine(2, "777777777"))))
    assert [(c.id, c.chemin) for c in rapport.conseils] == [("finess-cle", "/lignesImport/1/beneficiaire/FINESSGeo")]


def test_a_refused_file_is_told_what_explains_it() -> None:
    assert [c.id for c in controler(b"\xef\xbb\xbf[]").conseils] == ["marque-d-ordre"]
    assert [c.id for c in controler(b'{"impId": 7, "lignesImport": 3}').conseils] == ["reponse-du-portail"]
    assert controler(b"{").conseils == ()
    assert controler(octets(modifier(fichier(), "/lignesImport", [None]))).conseils == ()


@pytest.mark.parametrize("tag", ["numeroASP", "codeTraitement", "libelleTraitement"])
@pytest.mark.parametrize(("valeur", "told"), [("x", True), (7, True), ("", False)], ids=repr)
def test_what_only_the_agency_fills_betrays_an_answer(tag: str, valeur: Json, told: bool) -> None:  # noqa: FBT001
    rapport = controler(octets(modifier(fichier(), f"{LIGNE}/{tag}", valeur)))
    assert ("reponse-du-portail" in {c.id for c in rapport.conseils}) == told


@pytest.mark.parametrize("sans", [["inconnu"], "siret-cle", {"siret-cle", "siret"}])
def test_an_id_that_does_not_exist_is_refused(sans: list[str]) -> None:
    with pytest.raises(SegurError, match="siret-cle"):
        controler(octets(fichier()), sans=sans)


def test_every_id_is_kebab_case_and_reached_here() -> None:
    reached = {case[0] for case in CASES}
    reached |= {
        "date-future",
        "finess-double",
        "finess-inconnu",
        "finess-categorie",
        "marque-d-ordre",
        "reponse-du-portail",
        "finess-ferme",
        "finess-departement",
        "nom-json",
        "numero-inhabituel",
        "numero-casse",
    }
    assert reached == set(CONSEILS)
    assert all(identifiant.replace("-", "").isalnum() and identifiant.islower() for identifiant in CONSEILS)


# --- Texts: what nobody sees, names, phones, numbers -------------------------------------------------------------------------


def ids(arbre: Objet) -> set[str]:
    return {identifiant for identifiant, _ in advice(arbre)}


LETTERS = st.characters(categories=["Lu"], max_codepoint=0x17F)
UNSEEN = st.characters(categories=["Cf", "Cc", "Zl", "Zp"]) | st.sampled_from(["\u0301", "\u0300"]).map(
    lambda c: f"E{c}"
)


@given(st.text(LETTERS, min_size=1, max_size=8), UNSEEN, st.text(LETTERS, min_size=1, max_size=8))
def test_what_nobody_sees_is_told_wherever_it_stands(before: str, unseen: str, after: str) -> None:
    assert "texte-invisible" in ids(modifier(flawless(), NOM, before + unseen + after))


#: From France and from abroad, as their bearers write them.
NAMES = [
    "DURAND", "LE GOFF", "D’ALMEIDA", "SAINT-ÉLOI", "LEBŒUF", "L’HAŸ", "NOËL", "GONÇALVES", "NUÑEZ", "MÜLLER", "ÇELIK", "ŠIMIĆ",
    "ŁUKASZEWICZ", "ÅBERG", "SØRENSEN", "MAGALHÃES", "NGUYỄN", "ΠΑΠΠΑΣ", "O'CONNOR", "BÉRANGÈRE", "ST. JOHN",
]  # fmt: skip


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), st.sampled_from([" ", "-", " - "]))
def test_names_that_people_bear_are_not_doubted(names: list[str], between: str) -> None:
    assert ids(modifier(flawless(), NOM, between.join(names))) <= {"longueur-en-octets"}


@pytest.mark.cas(4)
@given(
    st.sampled_from(["LEFÈVRE", "BÉRANGER", "FRANÇOIS", "LEBŒUF", "HÉLÈNE", "MAÎTRE"]),
    st.sampled_from([("mac_roman", "cp1252"), ("cp850", "cp1252"), ("utf-8", "cp1252"), ("utf-8", "latin-1")]),
)
def test_names_that_were_read_in_another_encoding_are_doubted(name: str, encodings: tuple[str, str]) -> None:
    written, read = encodings
    try:
        spoiled = name.encode(written).decode(read)
    except UnicodeError:
        return
    if not any(c.islower() for c in spoiled):
        assert ids(modifier(flawless(), NOM, spoiled)) & {"nom-douteux", "texte-invisible"}


@given(st.text("ABZ '-.,09=+_É\t\u00a0\u200b", max_size=8))
def test_what_a_name_holds_and_what_nobody_sees_is_told_of_any_text(text: str) -> None:
    """However plain the other letters are, one that no name has is told, and so is a blank at the edge."""
    if not text.strip("\t \u00a0"):
        return  # it is not filled
    said = ids(modifier(flawless(), NOM, text))
    shown = text.replace("\t", "").replace("\u200b", "")
    doubtful = not set(shown) <= set("ABZÉ '-.,\u00a0") or not any(c.isalpha() for c in shown)
    unseen = "\t" in text or "\u200b" in text or text != text.strip()
    assert ("nom-douteux" in said, "texte-invisible" in said) == (doubtful, unseen)


ODD = st.text("AZÉÈÔazéœ '’-.0=+Ee_x00D\ufffdÃâÅ\u0080¨\u200b\u00a0\u0301", min_size=1, max_size=12)
TELLING = st.sampled_from(
    ["LefÃ¨vre", "x_x000D_", "1,75E+09", '="DURAND"', "LEF\ufffdVRE", "DURAND", "de  la Tour", "-"]
)
LINES = st.lists(st.tuples(ODD | TELLING | st.sampled_from(NAMES), st.booleans()), min_size=1, max_size=4)


@given(LINES)
def test_the_quick_looks_at_advice_change_nothing(lines: list[tuple[str, bool]]) -> None:
    """A plain name is looked at once, a spoiled cell asked for where there is a sign of one, a whole block passed over."""
    requests = []
    for rank, (name, whole) in enumerate(lines, start=1):
        request = modifier(officine(rank), "/certificatsServeur/nomAdminTechnique", name)
        if not whole:
            request = modifier(request, "/scenarioInstallation/operateurMessagerie", ABSENT)
        requests.append(request)
    source = octets(flawless(*requests))
    quick = controler(source).conseils
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segur_pha.controle.textes_douteux._NOM_SIMPLE", re.compile("(?!)"))
        patch.setattr("segur_pha.tableurs.abimees.peut_etre_abimee", lambda _: True)
        patch.setattr("segur_pha.controle.conseils._complet", lambda *_: False)
        assert controler(source).conseils == quick


DIGITS = st.text("0123456789", min_size=8, max_size=8)


@given(DIGITS, st.sampled_from("123456789"), st.sampled_from(["", " ", ".", "-", "\u00a0"]))
def test_a_french_number_is_right_in_the_shapes_people_give_it(digits: str, first: str, blank: str) -> None:
    pairs = blank.join([first, *(digits[k : k + 2] for k in range(0, 8, 2))])
    for telephone in (f"0{pairs}", f"+33{blank}{pairs}", f"+33 (0){pairs}", f"0033{blank}{pairs}"):
        assert not ids(modifier(flawless(), TEL, telephone))
    assert ids(modifier(flawless(), TEL, pairs)) == {"telephone"}


def test_a_number_with_other_signs_is_told_and_one_that_differs_by_case_too() -> None:
    lignes = [
        modifier(officine(k, f), "/numeroEditeur", n) for k, f, n in ((1, FINESS, "A-00b"), (2, "010000024", "a-00B"))
    ]
    for ligne in lignes:
        ligne["piecesJustificatives"] = [
            {**BON_DE_COMMANDE, "nomFichier": f"PHA-LGO-Va1-BDC-{ligne['numeroEditeur']}.pdf"}
        ]
    assert advice({**flawless(*lignes), "numeroAns": "ANS-00000É"}) == [
        ("longueur-en-octets", "/numeroAns"),
        ("numero-inhabituel", "/numeroAns"),
        ("numero-inhabituel", "/lignesImport/0/numeroEditeur"),
        ("numero-inhabituel", "/lignesImport/1/numeroEditeur"),
        ("numero-casse", "/lignesImport/1/numeroEditeur"),
    ]


# --- The file's own name -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "jour", "told"),
    [
        ("JSON-ANS0000001-20221115-001.json", None, []),
        ("JSON-ANS0000001-20221115-001.json", date(2022, 11, 15), []),
        (
            "JSON-ANS0000001-20221115-001.json",
            date(2022, 11, 16),
            ["le 15/11/2022, et le jour donné est le 16/11/2022"],
        ),
        ("JSON-ANS0000002-20221115-001.json", None, ["un autre numéro que numeroAns"]),
        ("JSON-ANS0000002-20221115-001.json", date(2022, 11, 16), ["un autre numéro", "16/11/2022"]),
        ("JSON-ANS0000001-20221115-1.json", None, ["AAAAMMJJ"]),
        ("json-ANS0000001-20221115-001.json", None, ["AAAAMMJJ"]),
        ("JSON_ANS0000001_20221115_001.json", None, ["AAAAMMJJ"]),
        ("essai.json", date(2022, 11, 16), []),
    ],
)
def test_the_name_of_a_file_is_compared_with_its_header(
    tmp_path: Path, name: str, jour: date | None, told: list[str]
) -> None:
    (tmp_path / name).write_bytes(octets(flawless()))
    conseils = [c for c in controler(tmp_path / name, jour=jour).conseils if c.id == "nom-json"]
    assert len(conseils) == len(told)
    assert all(words in c.libelle for c, words in zip(conseils, told, strict=True))


# --- What the guide's own balises are taken for ------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["siret", "Siret", "sIRET"])
def test_a_balise_in_another_case_is_named_as_what_it_is(tag: str) -> None:
    arbre = flawless()
    arbre[tag] = arbre.pop("SIRET")
    absente, inconnue = controler(octets(arbre)).anomalies_fichier
    assert (absente.code, absente.balise, inconnue.code) == ("9905", "SIRET", "9906")
    assert "elle est là, autrement écrite" in absente.libelle
    assert "c’est « SIRET »" in inconnue.libelle


def test_digits_of_other_scripts_are_no_digits_of_a_card() -> None:
    assert advice(modifier(flawless(), CARTE, "٠" * 10)) == [("longueur-en-octets", CARTE), ("carte-cpx", CARTE)]


def test_twelve_digits_of_a_card_are_explained() -> None:
    (ligne,) = controler(octets(modifier(flawless(), CARTE, "810000000001"))).rejetees
    assert ligne.code_traitement == "1503"
    assert "première ligne de la carte" in ligne.libelle_traitement
    (ligne,) = controler(octets(modifier(flawless(), CARTE, "81000000000"))).rejetees
    assert "première ligne" not in ligne.libelle_traitement
