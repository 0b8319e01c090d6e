"""The fast look against the plain rules: on files with all kinds of odd values, both ways give the same verdicts."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from segur_pha import VA1, Anomalie, controler, en_json, lire
from segur_pha.controle.colonnes import examiner
from segur_pha.controle.structure import anomalies_de_structure
from segur_pha.table.formats import Montant
from segur_pha.table.modele import Coherence
from segur_pha.table.regles import anomalies_de_la_demande, doublons
from segur_pha.texte_json.lecture import recevoir
from segur_pha.texte_json.structures import decodeur, mal_typees
from tests.outils import (
    ABSENT,
    BON_DE_COMMANDE,
    LIGNE,
    PREUVE_HT,
    Json,
    Nombre,
    Objet,
    codes,
    demande,
    fichier,
    modifier,
    octets,
    texte,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from segur_pha.table.balise import Balise
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

LINES = 4
TAGS = [
    "numLigne", "typeAction", "numeroASP", "numeroEditeur", "commande", "certificatsServeur", "beneficiaire",
    "piecesJustificatives", "scenarioInstallation", "codeTraitement", "libelleTraitement", "commande/dateCommande",
    "commande/regimeTVA", "commande/montantSegurHT", "certificatsServeur/statutAdminTechnique",
    "certificatsServeur/numeroCarteCPX", "certificatsServeur/nomAdminTechnique", "certificatsServeur/telAdminTechnique",
    "certificatsServeur/emailAdminTechnique", "beneficiaire/nomResponsable", "beneficiaire/emailResponsable",
    "beneficiaire/telephoneResponsable", "beneficiaire/FINESSGeo", "piecesJustificatives/0",
    "piecesJustificatives/0/nomFichier", "piecesJustificatives/0/formatFichier", "piecesJustificatives/0/typeFichier",
    "scenarioInstallation/hasBALMSSantePersonnelle", "scenarioInstallation/operateurMessagerie", "inconnue",
    "commande/inconnue",
]  # fmt: skip
PLACES = [
    "",
    "/impId",
    "/numeroAns",
    "/SIRET",
    "/lignesImport",
    *(f"/lignesImport/{k}/{t}" for k in range(LINES) for t in TAGS),
]
VALUES: list[Json] = [
    None, True, 0, 1, 2, 3, "", " ", "\u00a0", "\u2003", "x", "null", "NULL", "C", "HT", "TTC", "E", "00001", "00002", "PDF",
    "JPG", "BON_COMMANDE", "PREUVE_HT", "DURAND", "Durand", "É" * 24, "A" * 50, "a@b.fr", "a:b@c.fr", "T::1", "CH _20", "CH_20",
    "15/11/2022", "31/02/2022", "PHA-LGO-Va1-BDC-00001.pdf", "PHA-LGO-Va1-BDC-00002.pdf", "777777777", "000\n1",
    "PHA-LGO-Va1-BDC-00001.pdf\n", [], {}, [[]], [{}],
    {"a": {"b": 1}}, [BON_DE_COMMANDE], [BON_DE_COMMANDE, PREUVE_HT], [PREUVE_HT], Nombre("0.00"), Nombre("850.0"),
    Nombre("1e0"), Nombre('"a\\u003ab"'), Nombre('"\\u0041"'), Nombre('{"a": 1, "a": 2}'), Nombre("9" * 30),
    Nombre("[" * 70 + "]" * 70), Nombre('"\\ud800"'),
]  # fmt: skip


def plain(source: str) -> list[Anomalie]:
    """Judge a text with nothing but the exact reader and the plain rules, in the order of the decisions."""
    lecture = recevoir(source.encode(), VA1.limites).exacte(VA1.limites)
    refused = [*lecture.fautes] or anomalies_de_structure(lecture, VA1)
    if refused:
        return refused
    assert isinstance(lecture.arbre, dict)
    lines = lecture.arbre["lignesImport"]
    assert isinstance(lines, list)
    found: list[Anomalie] = []
    repeated = doublons([line["numeroEditeur"] for line in lines])  # type: ignore[index, call-overload]
    for k, line in enumerate(lines):
        found += anomalies_de_la_demande(
            VA1.classe_demande,
            line,  # type: ignore[arg-type]
            rang=k + 1,
            coherences=VA1.coherences,
            deja_vues=["numeroEditeur"] if k in repeated else [],
        )
    return found


CHANGES = st.lists(st.tuples(st.sampled_from(PLACES[1:]), st.sampled_from([*VALUES, ABSENT])), max_size=4)


def changed(changes: list[tuple[str, Json]]) -> dict[str, Json]:
    arbre = fichier(nombre=LINES)
    for chemin, valeur in changes:
        try:
            arbre = modifier(arbre, chemin, deepcopy(valeur))
        except (KeyError, IndexError, TypeError, ValueError):  # an earlier change took the place away
            continue
    return arbre


@given(CHANGES)
def test_the_fast_way_and_the_plain_way_give_the_same_verdicts(changes: list[tuple[str, Json]]) -> None:
    source = texte(changed(changes))
    assert codes(controler(source)) == [a.code for a in plain(source)]


@given(CHANGES)
def test_a_line_that_the_fast_look_does_not_name_is_faultless(changes: list[tuple[str, Json]]) -> None:
    examen = examiner(octets(changed(changes)), VA1)
    faulty = {int(a.chemin.split("/")[2]) for v in controler(octets(changed(changes))).lignes for a in v.anomalies}
    assert examen is None or faulty <= examen.doutes.keys()


@pytest.mark.parametrize("pieces", [[], [{}]], ids=repr)
def test_a_file_in_which_no_request_has_a_right_document(pieces: Json) -> None:
    lines = [{**demande(k, f"{k:05}"), "piecesJustificatives": pieces} for k in (1, 2)]
    expected = ["2401", "2401"] if not pieces else ["9905"] * 6
    assert codes(controler(octets(fichier(*lines)))) == expected


def test_a_rule_between_balises_without_a_fast_twin_is_asked_of_every_line() -> None:
    plain_rules = tuple(
        Coherence(balise=c.balise, lit=c.lit, libelle=c.libelle, respectee=c.respectee, portee=c.portee)
        for c in VA1.coherences
    )
    specification = evolve(VA1, coherences=plain_rules)
    lines = [demande(1), demande(1, "00002"), modifier(demande(3, "00003"), "/commande/regimeTVA", "HT")]
    lines.append({**demande(4, "00004"), "piecesJustificatives": [BON_DE_COMMANDE]})
    source = octets(fichier(*lines))
    assert controler(source, specification=specification) == controler(source)
    assert codes(controler(source)) == ["0507", "2407", "2507"]
    assert (
        doubts(source, specification)
        == doubts(source)
        == {
            1: {"numLigne"},
            2: {"regimeTVA", "piecesJustificatives", "typeFichier"},
            3: {"numeroEditeur", "nomFichier", "formatFichier", "typeFichier"},
        }
    )


def doubts(source: bytes, specification: Specification = VA1) -> Mapping[int, AbstractSet[str]] | None:
    examen = examiner(source, specification)
    return None if examen is None else examen.doutes


SECOND, THIRD = "/lignesImport/1", "/lignesImport/2"


def with_a_proof(rang: int, extension: str) -> Objet:
    """Give a request under the HT regime, with its two documents in another format."""
    pieces = [
        {**piece, "nomFichier": f"PHA-LGO-Va1-{code}-{rang:05}.{extension}", "formatFichier": extension.upper()}
        for piece, code in ((BON_DE_COMMANDE, "BDC"), (PREUVE_HT, "HT"))
    ]
    return {**modifier(demande(rang, f"{rang:05}"), "/commande/regimeTVA", "HT"), "piecesJustificatives": pieces}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({SECOND: with_a_proof(2, "png"), THIRD: with_a_proof(3, "jpg")}, {}),
        ({f"{SECOND}/beneficiaire/emailResponsable": ABSENT, f"{LIGNE}/scenarioInstallation/operateurMessagerie": ABSENT}, {}),
        ({f"{SECOND}/certificatsServeur/telAdminTechnique": "a:b", "/numeroAns": "ANS0000002"}, {}),
        ({f"{SECOND}/beneficiaire/emailResponsable": "a@b.fr", f"{LIGNE}/beneficiaire/telephoneResponsable": "01"}, {}),
        ({f"{SECOND}/beneficiaire/FINESSGeo": "7"}, {1: {"FINESSGeo"}}),
        ({f"{SECOND}/beneficiaire/FINESSGeo": 7}, {1: {"FINESSGeo"}}),
        ({f"{SECOND}/commande/dateCommande": "31/02/2022"}, {1: {"dateCommande"}}),
        ({f"{SECOND}/beneficiaire/emailResponsable": "null"}, {1: {"emailResponsable"}}),
        ({f"{SECOND}/beneficiaire/emailResponsable": "null", f"{LIGNE}/beneficiaire/emailResponsable": ABSENT},
         {1: {"emailResponsable"}}),
        ({f"{SECOND}/piecesJustificatives": []}, {1: {"piecesJustificatives"}}),
        ({SECOND: {**demande(2), "numLigne": 2}}, {1: set()}),
        ({SECOND: {**demande(7), "beneficiaire": {"nomResponsable": "Durand", "FINESSGeo": "777777777"}}},
         {1: {"numLigne", "nomResponsable"}}),
    ],
)  # fmt: skip
def test_no_more_is_doubted_than_what_may_be_wrong(changes: dict[str, Json], expected: dict[int, set[str]]) -> None:
    arbre = fichier(nombre=3)
    for chemin, valeur in changes.items():
        arbre = modifier(arbre, chemin, valeur)
    assert doubts(octets(arbre)) == expected


@pytest.mark.parametrize("nombre", [1, 200])
def test_no_more_is_looked_at_than_what_may_be_wrong(nombre: int, monkeypatch: pytest.MonkeyPatch) -> None:
    columns: list[str] = []
    requests: list[tuple[int, AbstractSet[str]]] = []

    def look_at_a_column(rangee: Balise, colonne: Sequence[Brut]) -> set[int]:
        columns.append(rangee.nom)
        return mal_typees(rangee, colonne)

    def look_at_a_request(*arguments: Any, rang: int, a_juger: AbstractSet[str], **options: Any) -> list[Anomalie]:
        requests.append((rang, a_juger))
        return anomalies_de_la_demande(*arguments, rang=rang, a_juger=a_juger, **options)

    monkeypatch.setattr("segur_pha.controle.colonnes.mal_typees", look_at_a_column)
    monkeypatch.setattr("segur_pha.controle.colonnes.anomalies_de_la_demande", look_at_a_request)
    arbre = fichier(nombre=nombre)
    assert controler(octets(arbre)).tout_accepte
    assert (columns, requests) == ([], [])
    wrong = modifier(arbre, f"/lignesImport/{nombre - 1}/commande/dateCommande", "31/02/2022")
    assert codes(controler(octets(wrong))) == ["1004"]
    assert (columns, requests) == ([], [(nombre, {"dateCommande"})])
    assert codes(controler(octets(modifier(arbre, f"{LIGNE}/beneficiaire/FINESSGeo", 7)))) == ["2302"]
    assert "FINESSGeo" in columns
    assert requests[1:] == [(1, {"FINESSGeo"})]


def test_ordinary_files_never_meet_the_plain_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    source, model = octets(fichier(nombre=3)), lire(octets(fichier(nombre=3)))
    monkeypatch.delattr("segur_pha.controle.structure.premier_controle")
    monkeypatch.delattr("segur_pha.controle.verdict.depuis_brut")
    monkeypatch.delattr("segur_pha.texte_json.structures._Attendu.autres")
    monkeypatch.delattr(Montant, "ecrire")
    report = controler(source)
    assert (report.tout_accepte, report.arbre) == (True, decodeur.decode(source))
    assert lire(source) == model
    assert decodeur.decode(en_json(model)) == decodeur.decode(source)


def test_a_value_of_another_type_makes_nobody_doubt_the_others() -> None:
    wrong = octets(modifier(fichier(nombre=3), f"{LIGNE}/numLigne", 1.5))
    examen = examiner(wrong, VA1)
    assert examen is not None
    assert examen.doutes == {0: {"numLigne"}}


def test_what_may_be_left_out_is_of_no_wrong_type_when_it_is() -> None:
    (row,) = (b for b in VA1.balises if b.nom == "emailResponsable")
    assert mal_typees(row, [None, "contact@officine.example", 7]) == {2}


ONE_FAULT_SHOWN = evolve(VA1, limites=evolve(VA1.limites, anomalies_detaillees=1))


@given(CHANGES.map(changed).map(texte))
@example('[{"a": 1, "a": 2}]')
@example('{"x": 1, "impId": 1, "impId": null, "numeroAns": "", "SIRET": 1, "lignesImport": [], "x": 2, "x": 3}')
@example('{"impId": null, "lignesImport": [1, {}, {"commande": [], "piecesJustificatives": [{}, 1, {"y": 1}]}, null]}')
@example('{"SIRET": "", "z": 0, "lignesImport": [{"piecesJustificatives": {}, "beneficiaire": {"x": 1}}]}')
def test_as_many_faults_of_a_file_are_announced_as_there_are(source: str) -> None:
    every = controler(source).anomalies_fichier
    assert not any("après celle-ci" in anomalie.libelle for anomalie in every)
    others = len(every) - 1
    counted = "1 autre anomalie" if others == 1 else f"{others} autres anomalies"
    for first in controler(source, specification=ONE_FAULT_SHOWN).anomalies_fichier:
        assert first.libelle == every[0].libelle + (f" (et {counted} après celle-ci)" if others else "")


@pytest.mark.parametrize("places", [[3], [150], [3, 150], [0, 1, 2, 3, 99, 100, 199], range(200)], ids=str)
def test_faults_are_found_wherever_they_stand_among_many_lines(places: list[int]) -> None:
    lines = [demande(k + 1, f"{k:05}") for k in range(200)]
    for place in places:
        lines[place] = modifier(lines[place], "/beneficiaire/FINESSGeo", "7")
    assert [v.num_ligne - 1 for v in controler(octets(fichier(*lines))).lignes if not v.acceptee] == list(places)


def test_a_colon_in_a_value_is_no_key() -> None:
    for value in ("a:b", "::", "a\\u003ab", "\\u003A:", "\\\\u003a"):
        source = texte(modifier(fichier(), f"{LIGNE}/certificatsServeur/telAdminTechnique", Nombre(f'"{value}"')))
        assert controler(source).tout_accepte


def test_a_line_feed_in_a_value_cannot_make_it_pass_for_two() -> None:
    lines = [demande(k + 1, f"{k:05}") for k in range(3)]
    lines[1] = modifier(lines[1], "/piecesJustificatives/0/nomFichier", "PHA-LGO-Va1-BDC-00001.pdf\n")
    lines[2] = modifier(lines[2], "/numeroEditeur", "00\n02")
    assert codes(controler(octets(fichier(*lines)))) == ["2504", "0804"]


def test_a_line_in_doubt_leaves_the_documents_of_the_others_beside_their_requests() -> None:
    lignes = [demande(rang, f"0000{rang}") for rang in (1, 2, 3)]
    for ligne in lignes:
        ligne["piecesJustificatives"] = [
            {**piece, "nomFichier": f"PHA-LGO-Va1-{code}-{ligne['numeroEditeur']}.pdf"}
            for piece, code in ((BON_DE_COMMANDE, "BDC"), (PREUVE_HT, "HT"))[: ligne["numLigne"]]
        ]
    lignes[0]["numeroEditeur"] = "0/001"
    lignes[2]["piecesJustificatives"][1]["nomFichier"] = "PHA-LGO-Va1-HT-00002.pdf"
    rapport = controler(octets(fichier(*lignes)))
    assert [v.code_traitement for v in rapport.lignes] == ["0804", "0000", "2507"]
