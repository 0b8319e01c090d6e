"""How much memory it takes to read the daily FINESS file as a stream.

`python benchmarks/repertoire.py [MEGABYTES [ESTABLISHMENTS]]` (540 and 103,000 by default: the size of the file, and the number
of rows of its predecessor). The file is made up, written to a temporary folder, and read by a separate process, whose peak is
reported: first as it is, then gzipped.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The promise: well under 300 MB, whatever the size of the file.
BOUND = 300

READ = """
import resource, sys, time
from segur_pha.repertoire.lecture import lire_repertoire
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
register = lire_repertoire(sys.argv[1])
print(len(register), before // 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000, time.perf_counter() - start)
"""


def entity(rank: int, padding: str) -> bytes:
    """Make a legal entity with one establishment, in the shape of the daily file; the padding stands for everything else."""
    department = rank % 95 + 1
    establishment = {
        "informationsGeneralesEGE": {
            "numFinessEge": f"{rank:09}",
            "nomEgeLong": "PHARMACIE DE L’ÉTÉ",
            "observations": padding,
        },
        "categorieentiteGeographiqueExercice": "620" if rank % 5 else "355",
        "etatObjet": "I" if rank % 7 == 0 else "A",
        "adresse": [{"cogCommune": f"{department:02}001", "codePostal": f"{department:02}000"}],
    }
    whole = {"informationsGeneralesPMEJ": {"numFinessPm": f"{rank:09}"}, "ege": [establishment]}
    return json.dumps(whole, ensure_ascii=False).encode()


def daily(megabytes: int, establishments: int) -> Iterator[bytes]:
    """Yield the bytes of the file, one entity at a time."""
    padding = "é" * ((megabytes * 1_000_000 // establishments - len(entity(1, ""))) // 2)
    yield b'{"dateGeneration": "2026-11-20", "pmej": ['
    for rank in range(1, establishments + 1):
        yield b", " * (rank > 1) + entity(rank, padding)
    yield b"]}"


def measure(path: Path) -> tuple[int, int, int, float]:
    """Read a register in a separate process: the number read, the peak before and after in MB, seconds."""
    command = [sys.executable, "-c", READ, str(path)]
    count, before, peak, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(count), int(before), int(peak), float(seconds)


def main(megabytes: int = 540, establishments: int = 103_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain, zipped = Path(folder, "finess.json"), Path(folder, "finess.json.gz")
        with plain.open("wb") as file, gzip.open(zipped, "wb", compresslevel=1) as packed:
            for piece in daily(megabytes, establishments):
                file.write(piece)
                packed.write(piece)
        for path in (plain, zipped):
            count, before, peak, seconds = measure(path)
            size = path.stat().st_size / 1_000_000
            print(
                f"{path.name}: {size:.0f} MB, {count:,} establishments: peak {peak} MB ({before} before), {seconds:.1f} s"
            )
            assert count == establishments
            assert peak < BOUND, f"{peak} MB"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
