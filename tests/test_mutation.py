"""The mutation runner judges a fault that runs at import, in an environment where our plugins are installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Two copies of one room, judged by its tests: a wrong prefix in a table, and the very same text.
SCRIPT = """\
import json, sys
from pathlib import Path
sys.path.insert(0, "mutation")
from juges import Mutant, Salle, juger

room, tests = "segur_pha/identifiants.py", "tests/test_identifiants.py"
source = Path(room).read_text(encoding="utf-8")
before, after = '"1": ("FINESS"', '"9": ("FINESS"'
assert source.count(before) == 1
lines = range(1, source.count(chr(10)) + 1)
faults = [
    Mutant(room, "<module>", before, text, 1, lines, None, None, source.replace(before, text)) for text in (after, before)
]
verdicts = {}
failing = juger(Salle([room], [tests], [tests]), faults, lambda verdict: verdicts.update({verdict.mutant.apres: verdict.par}))
print(json.dumps([failing, verdicts[after], verdicts[before]]), file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the runner forks")
def test_a_fault_at_import_is_noticed_and_an_unchanged_source_is_not() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    failing, noticed, unchanged = json.loads(done.stderr.splitlines()[-1])
    assert (failing, unchanged) == ([], "")
    assert noticed.startswith("tests/test_identifiants.py::")
