"""Count instructions under valgrind: a figure that a busy machine cannot blur, and that is nearly the same from run to run.

    python -m benchmarks.instructions [WORD…]

Each case is run twice, then twelve times, in separate processes; the difference, divided by ten, is what one turn takes.  The
last column is the case as a multiple of `json.loads` on the same bytes; for an import, as a multiple of `import attrs`.  WORDs
select the cases with one of them in their name.
"""

from __future__ import annotations

import compileall
import gc
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import segur_pha
from benchmarks.cas import CAS

if TYPE_CHECKING:
    from collections.abc import Callable

PEU, BEAUCOUP = 2, 12
IMPORT: Final = "from segur_pha import controler"
_COMPTE: Final = re.compile(r"I\s+refs:\s+([0-9,]+)")


def faire(nom: str, fois: int, *, etalon: bool) -> None:
    """Run a case, or its yardstick, several times: this is what valgrind looks at."""
    octets, action = CAS[nom]()
    acte: Callable[[], object] = (lambda: json.loads(octets)) if etalon else action
    gc.collect()
    gc.freeze()
    for _ in range(fois):
        acte()


def compter(nom: str, *, etalon: bool) -> float:
    """Count the instructions of one turn of a case, or of its yardstick, in millions."""
    deux = [_instructions(nom, fois, etalon=etalon) for fois in (PEU, BEAUCOUP)]
    return (deux[1] - deux[0]) / (BEAUCOUP - PEU) / 1e6


def compter_l_import(instruction: str) -> float:
    """Count the instructions of an import with compiled byte code, without those of Python's start, in millions."""
    return (_compter("-c", instruction) - _compter("-c", "pass")) / 1e6


def _instructions(nom: str, fois: int, *, etalon: bool) -> int:
    return _compter("-m", "benchmarks.instructions", "--faire", nom, str(fois), "etalon" if etalon else "cas")


def _compter(*mots: str) -> int:
    commande = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", sys.executable]
    sortie = subprocess.run(
        [*commande, *mots],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    trouve = _COMPTE.search(sortie.stderr)
    if trouve is None:
        raise RuntimeError(f"valgrind counted nothing: {sortie.stderr[-500:]}")
    return int(trouve[1].replace(",", ""))


def main(mots: list[str]) -> None:
    print(f"{'case':44} {'millions':>10} {'ratio':>8}")
    for nom in CAS:
        if not mots or any(mot in nom for mot in mots):
            combien, etalon = compter(nom, etalon=False), compter(nom, etalon=True)
            print(f"{nom:44} {combien:10.2f} {combien / etalon:8.2f}", flush=True)
    if not mots or any(mot in IMPORT for mot in mots):
        compileall.compile_dir(Path(segur_pha.__file__).parent, quiet=2)
        combien, etalon = compter_l_import(IMPORT), compter_l_import("import attrs")
        print(f"{IMPORT:44} {combien:10.2f} {combien / etalon:8.2f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--faire"]:
        faire(sys.argv[2], int(sys.argv[3]), etalon=sys.argv[4] == "etalon")
    else:
        main(sys.argv[1:])
