"""The mutation runner judges a fault that runs at import, and one in a living function, in an environment with our plugins."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Three copies of one room, judged by its tests: a wrong prefix in a table, the very same text, and a wrong function.
SCRIPT = """\
import ast, json, os, sys
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
[function] = [node for node in ast.parse(source).body if getattr(node, "name", "") == "finess_de_structure"]
body = range(function.body[0].lineno, function.end_lineno + 1)
[line] = [number for number in body if '== "FINESS" else None' in source.splitlines()[number - 1]]
wrong = source.replace('== "FINESS" else None', '== "SIRET" else None')
place = ("finess_de_structure", function.lineno)
in_a_function = Mutant(room, place[0], "right", "wrong", line, range(line, line + 1), place, body, wrong)


def note(verdict):  # in forks as well
    os.write(2, (json.dumps(["verdict", verdict.mutant.apres, verdict.par, verdict.froid]) + chr(10)).encode())


failing = juger(Salle([room], [tests], [tests]), [*faults, in_a_function], note)
os.write(2, (json.dumps(["failing", failing]) + chr(10)).encode())
"""


@pytest.mark.ci
@pytest.mark.skipif(sys.platform == "win32", reason="the runner forks")
def test_faults_are_noticed_and_an_unchanged_source_is_not() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith('["')]
    verdicts = {text: (by.partition("::")[0], cold) for _, text, by, cold in told[:-1]}
    assert told[-1] == ["failing", []]
    assert verdicts == {
        '"9": ("FINESS"': ("tests/test_identifiants.py", True),
        '"1": ("FINESS"': ("", True),
        "wrong": ("tests/test_identifiants.py", False),  # a fork of what is ready was enough
    }
