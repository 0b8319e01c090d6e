"""One balise more, typed into the table's file, and the command that writes derived files again: nothing else is edited.

tests/test_table_extensible.py does it in memory and looks at each derivation; here it is done as a developer would, in a copy
of the package, and an order with the new column goes all the way from a CSV to the portal's answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import segur_pha

ROOT = Path(__file__).parents[1]
PACKAGE = Path(segur_pha.__file__).parent

#: Where the row goes: after this one, in the last block.
BEFORE = """            description="true si le responsable dispose d’une boîte aux lettres MSSanté personnelle, false sinon.",
        )
    )
"""
ROW = """    code_logiciel: str | None = field(
        default=None,
        metadata=balise(
            77,
            "codeLogiciel",
            Texte(exact=3),
            bloc=_SCENARIO,
            titre="Code du logiciel",
            description="Code à trois caractères du logiciel installé, ou null.",
            obligatoire=False,
        ),
    )
"""

WRITE_AGAIN = """
import runpy

generate = runpy.run_path("docs/generate.py")
file = generate["PROJET"] / generate["_CONSTRUCTEUR"]
file.write_text(generate["source_du_constructeur"](), encoding="utf-8", newline="\\n")
"""

STORY = """
import json
from datetime import date
from pathlib import Path

from segur_pha import Editeur, controler, en_json, lire, lire_retour, rapprocher, schema
from segur_pha.depot import CommandesRefusees, preparer_depot
from segur_pha.portail import PortailSimule
from pages_derivees.table import page_de_la_table

TITLES, *ORDERS = Path("examples/commandes.csv").read_text(encoding="utf-8").splitlines()[:3]


def prepare(folder, *codes):
    rows = [f"{order};{code}" for order, code in zip(ORDERS, codes, strict=True)]
    Path("orders.csv").write_text("\\n".join([f"{TITLES};code_logiciel", *rows]), encoding="utf-8")
    editeur = Editeur.lire("examples/editeur.toml")
    return preparer_depot("orders.csv", editeur, "examples/pieces", folder, jour=date(2022, 11, 15))


try:
    prepare("refused", "LGO", "LG")
except CommandesRefusees as refusal:
    (fault,) = refusal.fautes
    assert (fault.code, fault.ligne, fault.colonne, fault.balise) == ("7703", 3, "code_logiciel", "codeLogiciel"), fault
else:
    raise AssertionError("the wrong code was taken")

deposit = prepare("deposit", "LGO", "")
(sent,) = (p.read_bytes() for p in deposit.dossier.glob("*.json") if p.name != "manifeste.json")
scenarios = [line["scenarioInstallation"] for line in json.loads(sent)["lignesImport"]]
assert [list(s)[1] for s in scenarios] == ["codeLogiciel", "codeLogiciel"]
assert [s["codeLogiciel"] for s in scenarios] == ["LGO", None]

read = lire(sent)
assert [d.scenario_installation.code_logiciel for d in read.demandes] == ["LGO", None]
assert en_json(read) == sent
assert controler(sent).tout_accepte
(wrong, right) = controler(sent.replace(b'"LGO"', b'"LG"')).lignes
assert (wrong.code_traitement, right.code_traitement) == ("7703", "0000")

answer = lire_retour(PortailSimule().deposer(sent))
assert all(not line.ecarts for line in rapprocher(sent, answer).lignes)

assert "codeLogiciel" in json.dumps(schema())
assert "`codeLogiciel`<br>`code_logiciel`" in page_de_la_table()
print("the end")
"""


def run(program: str, folder: Path) -> str:
    # What is run is the copy, of which coverage has no business to know.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(folder), str(folder / "docs")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_file_is_edited_and_an_order_with_the_new_column_reaches_the_portal(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "segur_pha", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "docs" / "pages_derivees", tmp_path / "docs" / "pages_derivees")
    shutil.copy(ROOT / "docs" / "generate.py", tmp_path / "docs")
    table = tmp_path / "segur_pha" / "vagues" / "va1" / "table.py"
    source = table.read_text(encoding="utf-8")
    assert source.count(BEFORE) == 1
    table.write_text(source.replace(BEFORE, BEFORE + ROW), encoding="utf-8")
    run(WRITE_AGAIN, tmp_path)
    assert run(STORY, tmp_path) == "the end\n"
