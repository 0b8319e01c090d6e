"""The JSON Schema: what it says, that three validators read it alike, and that it agrees with the engine.

What no schema can say is listed here by hand, as issue and documentation list it; the documents that show it are accepted by
the schema and refused by the engine.
"""

from __future__ import annotations

import json
import locale
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from segur_pha import VA1, controler, operateurs, schema, validateur
from segur_pha.texte_json.schema import fichier_du_schema, texte_du_schema
from tests.outils import (
    ABSENT,
    BON_DE_COMMANDE,
    LIGNE,
    PREUVE_HT,
    Change,
    Nombre,
    Objet,
    demande,
    fichier,
    modifier,
    texte,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
NOEUD = ROOT / "tests" / "noeud"
COMMANDE = f"{LIGNE}/commande"
CERTIFICATS = f"{LIGNE}/certificatsServeur"
BENEFICIAIRE = f"{LIGNE}/beneficiaire"
PIECES = f"{LIGNE}/piecesJustificatives"
SCENARIO = f"{LIGNE}/scenarioInstallation"


def properties(part: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk every property of a schema, however deep."""
    for name, said in part.get("properties", {}).items():
        yield name, said
        yield from properties(said)
    yield from properties(part["items"]) if "items" in part else ()


def test_the_file_that_is_shipped_is_the_one_that_is_generated() -> None:
    assert fichier_du_schema() == texte_du_schema()
    assert json.loads(fichier_du_schema()) == schema()


def test_the_file_is_read_alike_whatever_the_machine_writes_in() -> None:
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        assert fichier_du_schema() == texte_du_schema()
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def test_it_is_a_schema_of_draft_2020_12() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema()["$id"] == VA1.schema_id


def test_every_property_has_a_title_a_description_and_its_section() -> None:
    found = dict(properties(schema()))
    assert set(found) == {b.nom for b in VA1.balises}
    for b in VA1.balises:
        said = found[b.nom]
        assert said["title"] == b.titre
        assert said["description"] == b.description
        assert re.match(rf"Section 3\.2(?: and (?:3\.3|4))?, balise {b.numero:02}\.", str(said["$comment"]))


def test_what_it_cannot_say_is_said() -> None:
    comments = {name: str(said["$comment"]) for name, said in properties(schema())}
    for name, word in (
        ("montantSegurHT", "text of the amount"),
        ("numLigne", "1.0"),
        ("dateCommande", "calendar"),
        ("nomResponsable", "lower-case"),
    ):
        assert word in comments[name]
    for word in ("uniqueness", "rank", "name of a document", "encoding"):
        assert word in str(schema()["$comment"])


def test_a_schema_is_the_callers_to_change() -> None:
    def emptied(tree: Any) -> None:
        for inside in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
            emptied(inside)
        if isinstance(tree, dict | list):
            tree.clear()

    before = json.dumps(schema())
    emptied(schema())
    assert json.dumps(schema()) == before


# --- A corpus: documents that the schema judges as the engine does... ---

RIGHT: list[list[Change]] = [
    [],
    *([(path, ABSENT)] for path in (f"{BENEFICIAIRE}/emailResponsable", f"{BENEFICIAIRE}/telephoneResponsable",
                                    f"{SCENARIO}/operateurMessagerie")),
    [(f"{BENEFICIAIRE}/FINESSGeo", "😀" * 9)],
    [(f"{CERTIFICATS}/nomAdminTechnique", "😀" * 24)],
    [(f"{CERTIFICATS}/nomAdminTechnique", "\u2003")],
    [(f"{CERTIFICATS}/telAdminTechnique", "null\n")],
    [(f"{BENEFICIAIRE}/telephoneResponsable", "nullx")],
    [(f"{BENEFICIAIRE}/telephoneResponsable", "null\n")],
    [(f"{BENEFICIAIRE}/emailResponsable", "null@null.fr")],
    [(f"{BENEFICIAIRE}/nomResponsable", "D’ANGÉLY \u00aa 李")],
    [(f"{COMMANDE}/montantSegurHT", Nombre("19.99"))],
    [(f"{COMMANDE}/montantSegurHT", Nombre("0.00"))],
    [(f"{COMMANDE}/montantSegurHT", Nombre("1234567890.01"))],
    [(f"{COMMANDE}/dateCommande", "29/02/2024")],
    [(PIECES, [BON_DE_COMMANDE, PREUVE_HT])],
    [(PIECES, [PREUVE_HT, BON_DE_COMMANDE]), (f"{COMMANDE}/regimeTVA", "HT")],
    [(f"{SCENARIO}/operateurMessagerie", "CH _20")],
    [(f"{SCENARIO}/operateurMessagerie", "HÔP_302")],
]  # fmt: skip
TRAILING: list[Change] = [  # a bare "$" would let each of these through in Python
    (path, f"{value}\n")
    for path, value in (
        ("/numeroAns", "ANS0000001"), ("/numeroAns", "ANS000001"), (f"{LIGNE}/numeroEditeur", "00001"),
        (f"{LIGNE}/numeroEditeur", "0001"), (f"{COMMANDE}/dateCommande", "15/11/2022"),
        (f"{CERTIFICATS}/emailAdminTechnique", "a@b.fr"), (f"{BENEFICIAIRE}/emailResponsable", "a@b.fr"),
        (f"{PIECES}/0/nomFichier", "PHA-LGO-Va1-BDC-00001.pdf"),
    )
]  # fmt: skip
WRONG: list[list[Change]] = [
    *([change] for change in TRAILING),
    *([(f"{path}", blank)] for blank in ("", " ", "\u00a0\t\r\n") for path in (
        "/SIRET", f"{CERTIFICATS}/nomAdminTechnique", f"{BENEFICIAIRE}/nomResponsable",
        f"{BENEFICIAIRE}/telephoneResponsable", f"{BENEFICIAIRE}/emailResponsable", f"{SCENARIO}/operateurMessagerie",
        f"{LIGNE}/typeAction", f"{COMMANDE}/regimeTVA",
    )),
    *([(path, null)] for null in ("null", "NULL") for path in (
        f"{LIGNE}/numeroASP", f"{BENEFICIAIRE}/telephoneResponsable", f"{BENEFICIAIRE}/emailResponsable",
        f"{SCENARIO}/operateurMessagerie",
    )),
    *([(path, ABSENT)] for path in ("/SIRET", f"{LIGNE}/numLigne", f"{COMMANDE}/regimeTVA", f"{PIECES}/0/typeFichier", PIECES)),
    *([(path, None)] for path in ("/lignesImport", COMMANDE, PIECES, f"{BENEFICIAIRE}/FINESSGeo", f"{LIGNE}/numLigne")),
    *([(path, 7)] for path in ("/impId", "/inconnue", f"{LIGNE}/inconnue", f"{BENEFICIAIRE}/FINESSGeo", PIECES, LIGNE)),
    [(f"{BENEFICIAIRE}/FINESSGeo", "😀" * 8)],
    [(f"{BENEFICIAIRE}/FINESSGeo", "😀" * 10)],
    [(f"{CERTIFICATS}/nomAdminTechnique", "😀" * 25)],
    [(f"{CERTIFICATS}/telAdminTechnique", "0" * 50)],
    [(f"{BENEFICIAIRE}/nomResponsable", "DURANd")],
    [(f"{BENEFICIAIRE}/nomResponsable", "É\u00e9")],
    [(f"{BENEFICIAIRE}/nomResponsable", "D" * 50)],
    [("/numeroAns", "ANS/000001")],
    [("/numeroAns", "\x85" * 10)],
    [("/lignesImport", [])],
    [("/lignesImport", [demande()] * 201)],
    [(f"{LIGNE}/numLigne", 0)],
    [(f"{LIGNE}/numLigne", 201)],
    [(f"{LIGNE}/numLigne", Nombre("1.5"))],
    [(f"{LIGNE}/numLigne", "1")],
    [(f"{LIGNE}/typeAction", "M")],
    [(f"{COMMANDE}/dateCommande", "2022-11-15")],
    [(f"{COMMANDE}/dateCommande", "32/01/2022")],
    [(f"{COMMANDE}/dateCommande", "01/13/2022")],
    [(f"{COMMANDE}/dateCommande", "01/01/0000")],
    [(f"{COMMANDE}/dateCommande", "٠١/01/2022")],
    [(f"{COMMANDE}/montantSegurHT", Nombre("-1.00"))],
    [(f"{COMMANDE}/montantSegurHT", "708.33")],
    [(f"{COMMANDE}/montantSegurHT", True)],
    [(f"{CERTIFICATS}/emailAdminTechnique", "a@b")],
    [(f"{CERTIFICATS}/emailAdminTechnique", "a@b..fr")],
    [(f"{CERTIFICATS}/emailAdminTechnique", "a" * 120 + "@b.fr")],
    [(f"{SCENARIO}/hasBALMSSantePersonnelle", "true")],
    [(f"{SCENARIO}/hasBALMSSantePersonnelle", 1)],
    [(f"{SCENARIO}/operateurMessagerie", "CH_20")],
    [(f"{SCENARIO}/operateurMessagerie", "CH _20\n")],
    [(PIECES, [])],
    [(PIECES, BON_DE_COMMANDE)],
    [(PIECES, [PREUVE_HT])],
    [(PIECES, [BON_DE_COMMANDE, BON_DE_COMMANDE])],
    [(PIECES, [BON_DE_COMMANDE, PREUVE_HT, PREUVE_HT])],
    [(f"{COMMANDE}/regimeTVA", "HT")],
    [(f"{PIECES}/0/formatFichier", "pdf")],
    [(f"{PIECES}/0/nomFichier", "PHA-LGO-Va1-BDC-00001.PDF")],
    [(f"{PIECES}/0/nomFichier", "x/PHA-LGO-Va1-BDC-00001.pdf")],
    [(f"{LIGNE}/codeTraitement", "0000")],
]  # fmt: skip
# ...and those that only the engine can refuse.
ONLY_THE_ENGINE: list[list[Change]] = [
    [(f"{COMMANDE}/montantSegurHT", 850)],
    [(f"{COMMANDE}/montantSegurHT", Nombre("850.0"))],
    [(f"{COMMANDE}/montantSegurHT", Nombre("8.5e2"))],
    [(f"{COMMANDE}/montantSegurHT", Nombre("708.333"))],
    [(f"{LIGNE}/numLigne", Nombre("1.0"))],
    [(f"{LIGNE}/numLigne", 2)],
    [(f"{COMMANDE}/dateCommande", "31/02/2022")],
    [("/lignesImport", [demande(1), demande(2)])],
    [(f"{PIECES}/0/nomFichier", "PHA-LGO-Va1-BDC-00002.pdf")],
    [(f"{PIECES}/0/formatFichier", "PNG")],
    [(f"{BENEFICIAIRE}/nomResponsable", "α")],
    [(f"{BENEFICIAIRE}/nomResponsable", "𝐚")],
]


def document(changes: list[Change]) -> Objet:
    arbre = fichier()
    for chemin, valeur in changes:
        arbre = modifier(arbre, chemin, valeur)
    return arbre


CORPUS = [
    *((changes, True, True) for changes in RIGHT),
    *((changes, False, False) for changes in WRONG),
    *((changes, True, False) for changes in ONLY_THE_ENGINE),
]
TEXTS = [texte(document(changes)) for changes, _, _ in CORPUS]


@pytest.mark.parametrize(("changes", "schema_accepts", "engine_accepts"), CORPUS, ids=lambda c: str(c)[:60])
def test_python_and_the_engine_judge_as_expected(
    changes: list[Change],
    schema_accepts: bool,  # noqa: FBT001 - parametrized
    engine_accepts: bool,  # noqa: FBT001 - same
) -> None:
    source = texte(document(changes))
    assert validateur().is_valid(json.loads(source)) == schema_accepts
    assert controler(source).tout_accepte == engine_accepts


def test_rust_gives_the_same_verdicts() -> None:
    rust = jsonschema_rs.Draft202012Validator(schema())
    assert [rust.is_valid(json.loads(source)) for source in TEXTS] == [accepts for _, accepts, _ in CORPUS]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(not (NOEUD / "node_modules").is_dir(), reason="npm ci --prefix tests/noeud was not run")
def test_ajv_compiles_it_in_strict_mode_and_gives_the_same_verdicts() -> None:
    done = subprocess.run(
        ["node", "juger.mjs"],
        cwd=NOEUD,
        input=json.dumps({"schema": schema(), "documents": TEXTS}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == [accepts for _, accepts, _ in CORPUS]


def test_it_lists_all_355_operators() -> None:
    _, choices = dict(properties(schema()))["operateurMessagerie"]["anyOf"]
    assert choices["enum"] == [o.code for o in operateurs()]
    assert len(choices["enum"]) == 355


def test_the_lower_case_letters_that_pass_the_schema_are_those_that_its_page_names() -> None:
    name: Any = schema()
    for key in ("lignesImport", "items", "beneficiaire", "nomResponsable"):
        name = name[key] if key == "items" else name["properties"][key]
    pattern = re.compile(name["pattern"])
    letters = {chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) == "Ll"}
    passing = {letter for letter in letters if pattern.search(letter)}
    assert passing == {c for c in letters if not (c <= "\u024f" or "\u1e00" <= c <= "\u1eff")}
    page = (ROOT / "docs/explications/ce-que-le-schema-ne-dit-pas.md").read_text(encoding="utf-8")
    shown = re.findall(r"typography \((.*?)\)", page)[0].split(", ")
    assert set(shown) <= passing
    assert "U+0000-U+024F and U+1E00-U+1EFF" in name["$comment"]
