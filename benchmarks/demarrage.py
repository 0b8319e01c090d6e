"""The cost of starting: importing, and checking one file from a shell, in fresh processes with compiled byte code."""

from __future__ import annotations

import compileall
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import segur_pha
from benchmarks.boucle import chrono, en_tours, temps_des_enfants
from benchmarks.donnees import formes
from benchmarks.tableau import Tableau
from segur_pha import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.boucle import Chrono

PORTE, OUTIL = "`import segur_pha`", "`from segur_pha import controler`"
IMPORTS = (
    PORTE,
    OUTIL,
    "`from segur_pha import *`",
    "`import attrs`",
    "`import msgspec`",
    "`import jsonschema`",
    "`import pydantic`",
)
COMMANDE, ETALON = "`segur-pha controler F.json`", "`check-jsonschema --schemafile S.json F.json`"
BUDGET_IMPORT, BUDGET_COMMANDE = 0.5, 3.0


def importation(instruction: str) -> Chrono:
    """Let a fresh interpreter time one import, in processor time, without its own start."""
    code = f"from time import process_time as t; debut = t(); {instruction.strip('`')}; print(t() - debut)"
    return lambda: float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)


def commande(*mots: str) -> Chrono:
    """Time a command from its start to its end, in processor time."""
    ordre = [sys.executable, "-m", *mots]
    return chrono(lambda: subprocess.run(ordre, check=True, capture_output=True), horloge=temps_des_enfants)


def mesurer() -> Iterator[Tableau]:
    compileall.compile_dir(Path(segur_pha.__file__).parent, quiet=2)
    mesures = en_tours({i: importation(i) for i in IMPORTS}, importation("import attrs"), budget=BUDGET_IMPORT)
    yield Tableau(
        titre="Import",
        propos="In a fresh interpreter, in times of `import attrs`.",
        colonnes=("× `import attrs`", "ms"),
        lignes={nom: (m, f"{m.duree * 1e3:.0f}") for nom, m in mesures.items()},
    )
    with tempfile.TemporaryDirectory() as dossier:
        fichier, regles = Path(dossier, "F.json"), Path(dossier, "S.json")
        fichier.write_bytes(formes()["indented"])
        regles.write_text(json.dumps(schema()), encoding="utf-8")
        etalon = commande("check_jsonschema", "--schemafile", str(regles), str(fichier))
        notre = commande("segur_pha", "controler", str(fichier))
        mesures = en_tours({COMMANDE: notre, ETALON: etalon}, etalon, budget=BUDGET_COMMANDE)
    yield Tableau(
        titre="Check one file from a shell",
        propos="A valid file of 200 requests, from the start of the process to its end, in times of check-jsonschema, which lets "
        "through what jsonschema does.",
        colonnes=("× check-jsonschema", "ms"),
        lignes={nom: (m, f"{m.duree * 1e3:.0f}") for nom, m in mesures.items()},
    )
