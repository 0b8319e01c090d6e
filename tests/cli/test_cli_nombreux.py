"""Many files, build servers, editors, the agency's model: counting, JUnit, pre-commit, VS Code, ``schema --comparer``."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR

from segur_pha import VA1, Fichier, controler, en_json
from segur_pha.cli import principal
from segur_pha.controle.junit import en_junit
from segur_pha.controle.resultats import FichierControle
from segur_pha.controle.statistiques import par_nature
from segur_pha.demonstration import fichier_fautif, fichier_invente
from segur_pha.depot.affichage import page_des_fautes
from segur_pha.depot.constats import Constat
from segur_pha.strategies import fautes, fichiers
from segur_pha.table.comparaison import NatureDeDifference, comparer_au_modele

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Outcome

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "demandes.json"
NAME = "JSON-ANS0000001-20221115-001.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bon.json").write_bytes(en_json(fichier_invente()))
    (tmp_path / "fautif.json").write_bytes(fichier_fautif())
    (tmp_path / "refuse.json").write_bytes(b'{"impId": null')
    return tmp_path


def files_of(folder: Path) -> list[Path]:
    return [folder / f"{name}.json" for name in ("bon", "fautif", "fautif", "refuse", "absent")]


# --- Counting -----------------------------------------------------------------------------------------------------------


def test_faults_are_counted_by_kind_over_all_the_files(run: Callable[..., Outcome], folder: Path) -> None:
    outcome = run("controler", *files_of(folder), "--statistiques", "--format", "csv")
    assert outcome.code == 2
    rows = [*csv.DictReader(io.StringIO(outcome.out.lstrip("\ufeff")), delimiter=";")]
    counted = {row["Code"]: (int(row["Nombre"]), int(row["Fichiers"])) for row in rows}
    assert counted["1204"] == counted["2004"] == (2, 2)
    assert counted["9902"] == counted["illisible"] == (1, 1)
    assert [int(row["Nombre"]) for row in rows] == sorted((int(row["Nombre"]) for row in rows), reverse=True)
    assert max(len(row["Nature"]) for row in rows) < 80


def test_the_screen_says_what_became_of_the_files(run: Callable[..., Outcome], folder: Path) -> None:
    out = run("controler", *files_of(folder), "--statistiques").out
    assert "5 fichiers : 1 accepté, 2 avec des demandes rejetées, 1 refusé, 1 illisible" in out
    assert f"{2 * 6 + len(fichier_invente().demandes)} demandes, 8 rejetées." in out.replace("\n", " ")


def test_of_files_without_a_word_only_the_sum_is_said(run: Callable[..., Outcome], folder: Path) -> None:
    outcome = run("controler", folder / "bon.json", "--statistiques", "--sans", "siret-cle,finess-cle")
    assert (outcome.code, outcome.out.count("\n")) == (0, 1)
    assert outcome.out.startswith("1 fichier : 1 accepté ;")


@pytest.mark.parametrize("form", ["json", "html", "junit"])
def test_counts_have_two_forms(run: Callable[..., Outcome], form: str) -> None:
    outcome = run("controler", EXAMPLE, "--statistiques", "--format", form)
    assert outcome.code == 64
    assert "texte ou csv" in outcome.err


@DEAR
@given(st.lists(fautes().map(lambda faute: faute.octets), max_size=4))
def test_a_count_is_that_of_the_anomalies_and_advice_of_the_reports(texts: list[bytes]) -> None:
    reports = [controler(text) for text in texts]
    expected: Counter[str] = Counter()
    for report in reports:
        expected.update(a.code for a in report.anomalies_fichier)
        expected.update(a.code for line in report.lignes for a in line.anomalies)
        expected.update(advice.id for advice in report.conseils)
    counted = par_nature([FichierControle(f"{i}.json", report) for i, report in enumerate(reports)])
    assert {row[0]: row[2] for row in counted.rangees} == expected


# --- JUnit --------------------------------------------------------------------------------------------------------------


def test_a_build_server_sees_a_suite_per_file_and_a_test_per_request(run: Callable[..., Outcome], folder: Path) -> None:
    outcome = run("controler", *files_of(folder), "--format", "junit")
    assert outcome.code == 2
    root = ET.fromstring(outcome.out)  # noqa: S314 - our own output
    good, faulty, _, refused, absent = root
    assert {case.attrib["name"] for case in good.iter("testcase")} == {
        "premier contrôle",
        *(f"demande {k}, numeroEditeur {d.numero_editeur}" for k, d in enumerate(fichier_invente().demandes, 1)),
    }
    assert (good.attrib["failures"], faulty.attrib["failures"], refused.attrib["failures"]) == ("0", "4", "1")
    assert (absent.attrib["errors"], root.attrib["errors"]) == ("1", "1")
    failure = faulty.findall(".//failure")[1]
    assert failure.attrib["type"] == "1204"
    assert "2004" in str(failure.text)
    assert "ligne 130, colonne 27" in str(failure.text)


@DEAR
@given(
    st.text(max_size=20),
    st.one_of(fautes().map(lambda faute: faute.octets), fichiers(maximum=2).map(en_json), st.binary(max_size=30)),
)
def test_a_junit_report_is_xml_and_counts_right_whatever_the_file_is(name: str, octets: bytes) -> None:
    report = controler(octets)
    root = ET.fromstring(en_junit([FichierControle(name, report)]))  # noqa: S314 - same
    for element in (root, root[0]):
        assert int(element.attrib["tests"]) == 1 + len(report.lignes)
        assert int(element.attrib["failures"]) == len(report.rejetees) + bool(report.anomalies_fichier)


# --- pre-commit, VS Code ------------------------------------------------------------------------------------------------


def hook() -> dict[str, str]:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^[- ] (\w+): (.+)$", text))


def test_the_hook_of_pre_commit_takes_the_files_of_section_3_3_and_no_other() -> None:
    for path in (NAME, f"depots/novembre/{NAME}"):
        assert re.search(hook()["files"], path)
    for path in ("package.json", "PJ-ANS0000001-20221115-001.zip", f"{NAME}.bak"):
        assert not re.search(hook()["files"], path)


def test_the_hook_is_a_command_of_ours_and_asks_for_what_that_needs(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(fichier_fautif())
    command, *words = hook()["entry"].split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert command in project["scripts"]
    assert principal([*words, str(path)]) == 1
    (extra,) = re.findall(r"\.\[(\w+)\]", hook()["additional_dependencies"])
    assert extra in project["optional-dependencies"]


def test_the_lines_for_vs_code_bind_the_schema_that_the_guide_writes_to_names_of_section_3_3() -> None:
    guide = (ROOT / "docs" / "guide" / "controler.md").read_text(encoding="utf-8")
    (settings,) = re.findall(r"(?s)```json\n(.*?)```", guide)
    (binding,) = json.loads(settings)["json.schemas"]
    assert [fnmatch(NAME, pattern) for pattern in binding["fileMatch"]] == [True]
    assert f"segur-pha schema > {binding['url'].removeprefix('./')}\n" in guide


# --- The agency's model -------------------------------------------------------------------------------------------------


def tree() -> Any:
    return json.loads(en_json(fichier_invente()))


def test_a_model_with_the_tags_of_the_table_is_told_to_be_the_same(run: Callable[..., Outcome]) -> None:
    outcome = run("schema", "--comparer", EXAMPLE)
    assert outcome.code == 0
    assert "mêmes balises, les 32" in outcome.out


def test_a_tag_that_is_named_otherwise_is_seen_with_what_is_below_it(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    model = tree()
    for line in model["lignesImport"]:
        line["pieceJustificatives"] = line.pop("piecesJustificatives")
        for document in line["pieceJustificatives"]:
            del document["formatFichier"]
    path = tmp_path / "MODELE.json"
    path.write_text(json.dumps(model), encoding="utf-8")
    outcome = run("schema", "--comparer", path)
    assert outcome.code == 1
    assert "/lignesImport/piecesJustificatives " in outcome.out
    assert "pieceJustificatives " in outcome.out
    assert "2 différences" in outcome.out
    assert [(d.nature.name, d.balise) for d in comparer_au_modele(Fichier, model)] == [
        ("AUTRE_NOM", "piecesJustificatives"),
        ("ABSENTE", "formatFichier"),
    ]


ROWS = [b.nom for b in VA1.balises]


def renamed(part: Any, old: str, new: str) -> Any:
    if isinstance(part, dict):
        return {new if key == old else key: renamed(value, old, new) for key, value in part.items()}
    return [renamed(item, old, new) for item in part] if isinstance(part, list) else part


@given(st.sampled_from(ROWS), st.sampled_from(["x", "balise inventée", "PIECES", "id"]))
def test_whatever_one_tag_is_named_in_the_model_is_said(tag: str, name: str) -> None:
    found = comparer_au_modele(Fichier, renamed(tree(), tag, name))
    assert {d.balise for d in found if d.balise} == {tag}
    assert {d.dans_le_modele for d in found if d.dans_le_modele} == {name}
    assert {d.nature for d in found} <= {
        NatureDeDifference.ABSENTE,
        NatureDeDifference.INCONNUE,
        NatureDeDifference.AUTRE_NOM,
    }


def test_one_letter_or_the_case_is_enough_to_be_told() -> None:
    assert [
        (d.nature.name, d.balise, d.dans_le_modele)
        for d in comparer_au_modele(Fichier, renamed(tree(), "SIRET", "siret"))
    ] == [("AUTRE_NOM", "SIRET", "siret")]


def test_names_are_paired_the_most_alike_first_whatever_the_seed() -> None:
    model = tree()
    del model["lignesImport"][1:]
    block = model["lignesImport"][0]["certificatsServeur"]
    block["nomAdminTechniques"] = block.pop("nomAdminTechnique")
    block["telAdminTechniques"] = block.pop("telAdminTechnique")
    found = [(d.balise, d.dans_le_modele) for d in comparer_au_modele(Fichier, model)]
    assert found == [("nomAdminTechnique", "nomAdminTechniques"), ("telAdminTechnique", "telAdminTechniques")]


@pytest.mark.parametrize(
    ("path", "value", "tag"),
    [
        (("lignesImport",), {"1": {}}, "lignesImport"),
        (("lignesImport", 0, "commande"), [], "commande"),
        (("lignesImport", 0, "piecesJustificatives"), ["PDF"], "piecesJustificatives"),
        (("SIRET",), {"valeur": "…"}, "SIRET"),
    ],
)
def test_a_block_of_another_kind_is_told(path: tuple[str | int, ...], value: object, tag: str) -> None:
    model = tree()
    part: Any = model
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert (NatureDeDifference.AUTRE_BLOC, tag) in [(d.nature, d.balise) for d in comparer_au_modele(Fichier, model)]


def test_a_model_that_is_no_object_has_another_root(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text("[]", encoding="utf-8")
    outcome = run("schema", "--comparer", path)
    assert outcome.code == 1
    assert "d’une autre nature" in outcome.out


def test_a_model_that_is_no_json_is_refused_and_two_wishes_at_once_are_a_misuse(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    path = tmp_path / "m.json"
    path.write_text("{", encoding="utf-8")
    assert run("schema", "--comparer", path).code == 2
    assert run("schema", "--comparer", tmp_path / "absent.json").code == 2
    assert run("schema", "--comparer", path, "--sortie", "avance").code == 64


# --- What a code means --------------------------------------------------------------------------------------------------


def test_a_code_is_explained_on_the_screen_and_for_programs(run: Callable[..., Outcome]) -> None:
    outcome = run("expliquer", "2407", "finess-cle")
    assert outcome.code == 0
    for words in ("2407  ", "finess-cle  ", "Exemple faux\n", "Autre exemple\n", "section 3.1", "Origine\n"):
        assert words in outcome.out
    told = json.loads(run("expliquer", "1204", "--format", "json").out)
    assert [code["code"] for code in told["codes"]] == ["1204"]
    assert told["codes"][0]["exemples"] == [{"faux": '"montantSegurHT": 708', "juste": '"montantSegurHT": 708.33'}]


def test_a_finding_is_explained_with_what_to_do_and_a_tag_with_its_codes(run: Callable[..., Outcome]) -> None:
    assert "Ce qu’il faut faire\n  Reprenez" in run("expliquer", "fichier-abime").out
    tag = run("expliquer", "finessgeo").out
    assert "Ce qui est attendu\n  Valeur attendue : un texte de 9 caractères.\n" in tag
    assert "En cas de faute\n  Ses codes : 2301, 2302, 2303.\n" in tag
    assert "Ce qu’il faut faire" not in run("expliquer", "1204").out


def test_without_a_code_all_of_them_are_listed(run: Callable[..., Outcome]) -> None:
    out = run("expliquer").out
    told = json.loads(run("expliquer", "--format", "json").out)["codes"]
    assert len(told) > len(VA1.catalogue)
    assert all(re.search(rf"(?m)^{code['code']} ", out) for code in told)


def test_an_unknown_code_is_a_misuse_that_names_its_neighbours(run: Callable[..., Outcome]) -> None:
    outcome = run("expliquer", "1299")
    assert outcome.code == 64
    assert "1201, 1202 ou 1204 ?" in outcome.err


def test_each_code_of_a_page_leads_to_its_explanation(run: Callable[..., Outcome]) -> None:
    for options in ((), ("--complet",)):
        page = run("controler", EXAMPLE, "--format", "html", *options).out
        linked = set(re.findall(r'href="#code-([\w-]+)"', page))
        assert linked == set(re.findall(r'id="code-([\w-]+)"', page))
        assert {"1204", "2407", "2504", "3002"} <= linked


def test_a_page_of_faults_explains_the_codes_of_the_controls_and_its_own_and_leaves_others_as_they_are() -> None:
    faults = [Constat(message="À corriger.", code=code, ligne=2) for code in ("1204", "jour-illisible", "autre")]
    page = page_des_fautes(faults, [Constat(message="À voir.", code="finess-double")]).decode()
    assert re.findall(r'href="#code-([\w-]+)"', page) == ["1204", "jour-illisible", "finess-double"]
    assert re.findall(r'id="code-([\w-]+)"', page) == ["1204", "finess-double", "jour-illisible"]
    assert "autre</td>" in page
