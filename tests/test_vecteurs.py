"""The conformance vectors: what they promise of themselves, and that engine and schema answer what was written by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from segur_pha import VA1, controler, lire_retour, validateur
from segur_pha.certificats import Action, lire_suivi, plan_renouvellement, premieres_echeances
from segur_pha.texte_json.schema import texte_du_schema
from vecteurs.ecrire import construire

ROOT = Path(__file__).parents[1]
VECTEURS = ROOT / "vecteurs"
NOEUD = ROOT / "tests" / "noeud"
INDEX: dict[str, Any] = json.loads((VECTEURS / "index.json").read_text(encoding="utf-8"))

#: No file can show them: sizes of documents (15); the page says so too.
NOT_SHOWN = {15}


def of(genre: str) -> list[Any]:
    """List the vectors of one kind."""
    return [vecteur for vecteur in INDEX["vecteurs"] if vecteur["genre"] == genre]


def test_the_index_follows_its_schema() -> None:
    schema = json.loads((VECTEURS / "index.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    jsonschema_rs.Draft202012Validator(schema).validate(INDEX)


def test_the_files_are_those_that_the_table_writes() -> None:
    there = {"index.json", *(f"entrees/{path.name}" for path in (VECTEURS / "entrees").iterdir())}
    written = construire()
    assert there == set(written)
    for name, content in written.items():
        assert (VECTEURS / name).read_bytes() == content, f"{name}: run python -m vecteurs.ecrire"


def test_what_is_expected_was_not_asked_of_the_library() -> None:
    for name in ("table.py", "gabarits.py", "ecrire.py"):
        lines = (VECTEURS / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if "import" in line and "segur_pha" in line] == []


def test_every_code_is_shown_and_begins_the_name_of_a_vector() -> None:
    named = {v["id"][:4] for v in INDEX["vecteurs"] if v["genre"] == "demandes" and v["attendu"]["anomalies"]}
    assert named | {"0000"} == {entree.code for entree in VA1.catalogue}
    assert len(named) == 89
    for vecteur in INDEX["vecteurs"]:
        if vecteur["genre"] == "demandes":
            codes = [a["code"] for a in vecteur["attendu"]["anomalies"]]
            assert vecteur["id"][:4] in codes or (codes == [] and vecteur["id"].startswith("valide-"))


def test_every_decision_that_a_file_can_show_is_shown() -> None:
    shown = {decision for v in INDEX["vecteurs"] for decision in v["source"]["decisions"]}
    assert shown == set(range(1, 19)) - NOT_SHOWN


def test_the_files_of_requests() -> None:
    # One test for all, told apart by their id: a test for each would take longer than the controls.
    assert {v["id"]: verdict(v) for v in of("demandes")} == {v["id"]: v["attendu"] for v in of("demandes")}


def verdict(vecteur: dict[str, Any]) -> dict[str, object]:
    """Give the engine's answer in the words of the index; the advice and the advances where the vector is about them."""
    rapport = controler((VECTEURS / vecteur["fichier"]).read_bytes())
    anomalies = [*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)]
    if not rapport.recevable:
        # The order of a file's faults is free: those that were expected come first, in their order.
        awaited = [(a["code"], a["chemin"]) for a in vecteur["attendu"]["anomalies"]]
        anomalies.sort(key=lambda a: awaited.index((a.code, a.chemin)) if (a.code, a.chemin) in awaited else 99)
    answer: dict[str, object] = {
        "recevable": rapport.recevable,
        "lignes": [ligne.code_traitement for ligne in rapport.lignes],
        "anomalies": [{"code": a.code, "chemin": a.chemin} for a in anomalies],
    }
    if "conseils" in vecteur["attendu"]:
        answer["conseils"] = [{"id": c.id, "chemin": c.chemin} for c in rapport.conseils]
    if "avances" in vecteur["attendu"]:
        answer["avances"] = [str(ligne["avance"]) for ligne in rapport.en_lignes()]
    return answer


def test_the_answers() -> None:
    for vecteur in of("retour"):
        retour = lire_retour((VECTEURS / vecteur["fichier"]).read_bytes())
        assert [ligne.issue.value for ligne in retour.lignes] == vecteur["attendu"]["issues"], vecteur["id"]


def test_the_follow_up_tables() -> None:
    for vecteur in of("certificats"):
        attendu = vecteur["attendu"]
        parc = lire_suivi(VECTEURS / vecteur["fichier"])
        assert {f: str(jour) for f, jour in premieres_echeances(parc).items()} == attendu["echeances"], vecteur["id"]
        plan = plan_renouvellement(parc, jour=date.fromisoformat(attendu["au"]))
        assert [ligne.action for ligne in plan.lignes] == [Action[mot.upper()] for mot in attendu["actions"]]


def test_a_python_validator_agrees() -> None:
    judge = validateur()
    expected = {
        v["id"]: v["schema"] in {"accepte", "muet"}
        for v in INDEX["vecteurs"]
        if v["genre"] == "demandes" and v["schema"] != "sans-objet"
    }
    assert expected == {
        v["id"]: judge.is_valid(json.loads((VECTEURS / v["fichier"]).read_text(encoding="utf-8-sig")))
        for v in INDEX["vecteurs"]
        if v["id"] in expected
    }


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(not (NOEUD / "node_modules").is_dir(), reason="npm ci --prefix tests/noeud was not run")
def test_the_runner_in_node_agrees_and_notices_a_schema_that_says_less(tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    # A file without a request is let through, and nothing else: all other vectors agree.
    schema.write_text(texte_du_schema().replace('"minItems": 1', '"minItems": 0'), encoding="utf-8")
    done = subprocess.run(
        ["node", str(VECTEURS / "verifier.mjs"), str(schema)],
        cwd=NOEUD,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, "9908-aucune: expected refuse, got accepte\n")
    judged = len(of("demandes"))
    assert done.stdout.startswith(f"{judged - 1} of {judged} vectors agree; ")
