"""What CI says of advisories: a weakness, nothing known, or what it could not ask about and why."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "avis.py"

pytestmark = [
    pytest.mark.ci,
    pytest.mark.skipif(not SCRIPT.is_file(), reason="the tools of CI are not in a source distribution"),
]

SOUND = {"name": "attrs", "version": "25.3.0", "vulns": []}
WEAK = {"name": "jinja2", "version": "2.4", "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"]}]}
UNKNOWN = {"name": "accessible-pygments", "skip_reason": "Dependency not found on PyPI and could not be audited"}
NO_ANSWER = "requests.exceptions.ProxyError: HTTPSConnectionPool(host='pypi.org', port=443): Max retries exceeded"


def said(folder: Path, packages: object, *, errors: str = "", code: int = 0, required: bool = False) -> tuple[int, str]:
    """Run the script with a tool that says this in place of pip-audit."""
    answer = packages if isinstance(packages, str) else json.dumps({"dependencies": packages, "fixes": []})
    tool = folder / "pip-audit"
    tool.write_text(
        f"#!{sys.executable}\nimport sys\nprint({answer!r})\nsys.stderr.write({errors!r})\nsys.exit({code})\n"
    )
    return run(folder, tool, required=required)


def run(folder: Path, tool: Path, *, required: bool = False, patience: str = "60") -> tuple[int, str]:
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    environment = {**os.environ, "SEGUR_AVIS": "exiger" if required else "", "SEGUR_AVIS_PATIENCE": patience}
    done = subprocess.run(
        [sys.executable, SCRIPT, tool, folder / "tenus.txt"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def test_a_known_weakness_fails_and_is_named(tmp_path: Path) -> None:
    for packages in ([SOUND, WEAK], [WEAK, UNKNOWN]):
        code, words = said(tmp_path, packages, code=1)
        assert (code, "jinja2 2.4: PYSEC-2019-217, mended in 2.10.1" in words) == (1, True)
        assert "none known" not in words


def test_nothing_known_is_said_of_what_was_looked_at(tmp_path: Path) -> None:
    assert said(tmp_path, [SOUND] * 3, required=True) == (0, "advisories: none known about 3 packages")


@pytest.mark.parametrize(
    ("packages", "errors", "words"),
    [
        ([UNKNOWN] * 2, "", "the database that was asked knows none of the 2 packages"),
        ([SOUND, UNKNOWN], "", "the database that was asked does not know accessible-pygments"),
        ([], "", "there was no package to ask about"),
        ("", NO_ANSWER, f"no database answers: {NO_ANSWER}"),
        ("", "ERROR: invalid requirements input: tenus.txt", "pip-audit failed: ERROR: invalid requirements input"),
        ("[]", "", "pip-audit failed: it says nothing"),
    ],
    ids=["knows none", "knows not all", "no package", "no network", "bad list", "no report"],
)
def test_what_could_not_be_asked_is_said_with_its_reason(
    tmp_path: Path, packages: object, errors: str, words: str
) -> None:
    code, told = said(tmp_path, packages, errors=errors)
    assert (code, f"NOT CHECKED, {words}" in told) == (0, True)
    assert ("no database answers" in told) == (errors == NO_ANSWER)
    assert said(tmp_path, packages, errors=errors, required=True)[0] == 1


def test_a_database_that_does_not_answer_holds_nobody_up(tmp_path: Path) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text("#!/bin/sh\nexec sleep 600\n")
    expected = (0, "advisories: NOT CHECKED, no database answers within 0.1 seconds")
    assert run(tmp_path, tool, patience="0.1") == expected


def test_what_a_release_is_made_of_is_not_what_its_developer_has() -> None:
    guide = (SCRIPT.parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    assert "`bash .ci/chaine dist`" in guide
    assert "chaine .venv" not in guide
