"""What it costs to start: importing, and checking one file from a shell, each beside its peers, in turns.

    python benchmarks/demarrage.py

Processor time of fresh processes (the time of an idle interpreter taken off for the imports), the best of several turns.
Byte code is compiled beforehand, as pip does.
"""

from __future__ import annotations

import compileall
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from donnees import formes

import segur_pha
from segur_pha import schema

TOURS = 15
IMPORTS = (
    "import attrs",
    "import segur_pha",
    "from segur_pha import controler",
    "from segur_pha import *",
    "import pydantic",
)


def cout(*commande: str) -> float:
    """Give the processor time that a command takes, in milliseconds."""
    avant = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(commande, check=False, capture_output=True)
    apres = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (apres.ru_utime + apres.ru_stime - avant.ru_utime - avant.ru_stime) * 1e3


def en_tours(commandes: dict[str, tuple[str, ...]]) -> dict[str, float]:
    meilleurs = dict.fromkeys(commandes, float("inf"))
    for _ in range(TOURS):
        for nom, commande in commandes.items():
            meilleurs[nom] = min(meilleurs[nom], cout(*commande))
    return meilleurs


def les_imports() -> None:
    mesures = en_tours({nom: (sys.executable, "-c", nom) for nom in ("pass", *IMPORTS)})
    vide = mesures.pop("pass")
    etalon = mesures["import attrs"] - vide
    print("| import | ms | of import attrs |\n|---|---|---|")
    for nom, mesure in mesures.items():
        print(f"| `{nom}` | {mesure - vide:.0f} | {(mesure - vide) / etalon:.2f} |")


def les_commandes(dossier: Path) -> None:
    import json

    fichier = dossier / "F.json"
    fichier.write_bytes(formes()["indented"])
    (dossier / "schema.json").write_text(json.dumps(schema()), encoding="utf-8")
    module = (sys.executable, "-m")
    mesures = en_tours(
        {
            "segur-pha controler F.json": (*module, "segur_pha", "controler", str(fichier)),
            "check-jsonschema F.json": (
                *module,
                "check_jsonschema",
                "--schemafile",
                str(dossier / "schema.json"),
                str(fichier),
            ),
        }
    )
    etalon = mesures["check-jsonschema F.json"]
    print("\n| cold start, a file of 200 requests | ms | of check-jsonschema |\n|---|---|---|")
    for nom, mesure in mesures.items():
        print(f"| `{nom}` | {mesure:.0f} | {mesure / etalon:.2f} |")


if __name__ == "__main__":
    compileall.compile_dir(Path(segur_pha.__file__).parent, quiet=2)
    les_imports()
    with tempfile.TemporaryDirectory() as temporaire:
        les_commandes(Path(temporaire))
