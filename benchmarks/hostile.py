"""The cost of the largest hostile texts: time and memory of `controler`, shape by shape, in comparison with `json.loads`.

    python benchmarks/hostile.py [WORD…]

Each shape fills the ten million bytes that decision 3 allows (the last ones go beyond), and is judged in a separate process:
processor seconds of `controler`, of reading its whole report (every fault with its place, and the advice), and of `json.loads` on
the same bytes ("–" where it refuses them early or not at all); then the peak of memory, in MB, above what the process held with
the text loaded.  Workbooks follow, read as a table from one end to the other.  WORDs select the shapes with one of them in their
name.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from classeurs_hostiles import CLASSEURS, TITRES
from formes_hostiles import FORMES

if TYPE_CHECKING:
    from collections.abc import Callable


def _chrono(action: Callable[[], object]) -> tuple[float, object]:
    debut = time.process_time()
    resultat = action()
    return time.process_time() - debut, resultat


def _pic() -> int:
    """Return the peak of this process's own memory, in kB (`ru_maxrss` would start at the parent's)."""
    etat = Path("/proc/self/status").read_text(encoding="ascii")
    return int(etat.partition("VmHWM:")[2].split()[0])


def mesurer(fichier: str) -> dict[str, float]:
    """Judge one file in this process."""
    from segur_pha import controler

    octets = Path(fichier).read_bytes()
    controler(b"{}").conseils  # noqa: B018 - what is imported when first needed
    avant = _pic()
    controle, rapport = _chrono(lambda: controler(octets))
    apres_controle = _pic()

    def tout_lire() -> None:
        list(rapport.conseils)
        for anomalie in (*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)):
            str(anomalie.position)
        if rapport.recevable:
            rapport.en_retour()

    lecture, _ = _chrono(tout_lire)
    apres_lecture = _pic()
    try:
        plancher, _ = _chrono(lambda: json.loads(octets))
    except (ValueError, RecursionError):
        plancher = 0.0
    return {
        "controle": controle,
        "lecture": lecture,
        "plancher": plancher,
        "memoire": (apres_controle - avant) / 1000,
        "memoire_lecture": (apres_lecture - avant) / 1000,
    }


def mesurer_un_classeur(fichier: str) -> dict[str, float | str]:
    """Read one workbook in this process, up to its refusal or its last row."""
    from segur_pha.tableurs import TableauIllisible, lire_tableau, titres_connus

    octets, avant = Path(fichier).read_bytes(), _pic()

    def lire() -> str:
        try:
            rangees = [rangee.defaut for rangee in lire_tableau(octets, titres_connus(TITRES)).rangees]
        except TableauIllisible as refus:
            return refus.code
        return f"{len(rangees)} rows, {sum(map(bool, rangees))} unreadable"

    duree, fin = _chrono(lire)
    return {"duree": duree, "memoire": (_pic() - avant) / 1000, "fin": str(fin)}


def _classeurs(mots: list[str]) -> None:
    print(f"\n{'workbook':44} {'kB':>5} {'reading':>9} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as dossier:
        for nom, (forme, fois) in CLASSEURS.items():
            if mots and not any(mot in nom for mot in mots):
                continue
            fichier = Path(dossier, "hostile.xlsx")
            fichier.write_bytes(forme(fois))
            sortie = subprocess.run(
                [sys.executable, __file__, "--classeur", fichier], check=True, capture_output=True, text=True
            )
            m = json.loads(sortie.stdout)
            ko = fichier.stat().st_size / 1e3
            print(f"{nom:44} {ko:5.0f} {m['duree']:8.2f}s {m['memoire']:8.0f} {m['fin']}", flush=True)


def _tableau(mots: list[str]) -> None:
    print(f"{'shape':44} {'MB':>5} {'controler':>9} {'x loads':>8} {'+ report':>9} {'peak MB':>8} {'+ report':>9}")
    with tempfile.TemporaryDirectory() as dossier:
        for nom, forme in FORMES.items():
            if mots and not any(mot in nom for mot in mots):
                continue
            fichier = Path(dossier, "hostile.json")
            fichier.write_bytes(forme())
            sortie = subprocess.run(
                [sys.executable, __file__, "--mesurer", fichier], check=True, capture_output=True, text=True
            )
            m = json.loads(sortie.stdout)
            rapport = f"{m['controle'] / m['plancher']:8.1f}" if m["plancher"] > 0.005 else f"{'–':>8}"
            print(
                f"{nom:44} {fichier.stat().st_size / 1e6:5.1f} {m['controle']:8.2f}s {rapport} {m['lecture']:8.2f}s"
                f" {m['memoire']:8.0f} {m['memoire_lecture']:9.0f}",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--mesurer"]:
        print(json.dumps(mesurer(sys.argv[2])))
    elif sys.argv[1:2] == ["--classeur"]:
        print(json.dumps(mesurer_un_classeur(sys.argv[2])))
    else:
        _tableau(sys.argv[1:])
        _classeurs(sys.argv[1:])
