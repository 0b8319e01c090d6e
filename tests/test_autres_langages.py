"""The calls from other languages that the guide shows: each is run as it stands there, and hands the same report over."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segur_pha import controler

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "guide" / "autres-langages.md"
EXAMPLE = ROOT / "examples" / "demandes.json"
LAUNCHER = f"""#!{sys.executable}
import sys
sys.path.insert(0, {str(ROOT)!r})
from segur_pha.cli import principal
sys.exit(principal())
"""


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Write the guide's files into an empty folder, with a launcher in the PATH, and run a program there."""
    for name, source in re.findall(
        r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL
    ):
        (tmp_path / name).write_text(source, encoding="utf-8")
    launcher = tmp_path / "bin" / "segur-pha"
    launcher.parent.mkdir()
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        path = f"{launcher.parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            words,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


def check_report(done: subprocess.CompletedProcess[str]) -> None:
    assert (done.returncode, done.stderr) == (1, "")
    lines = json.loads(done.stdout)["fichiers"][0]["lignes"]
    assert [ligne["libelle_traitement"] for ligne in lines] == [
        ligne.libelle_traitement for ligne in controler(EXAMPLE).lignes
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_javascript(call: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = call("node", "controler.mjs", str(EXAMPLE))
    rejected = [ligne for ligne in controler(EXAMPLE).lignes if not ligne.acceptee]
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        f"{li.num_ligne} {li.code_traitement} {li.libelle_traitement}" for li in rejected
    ]


@pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK is installed")
def test_java(call: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    check_report(call("java", "-XX:TieredStopAtLevel=1", "Controler.java", str(EXAMPLE)))


@pytest.mark.skipif(shutil.which("mcs") is None, reason="Mono is not installed")
def test_c_sharp(call: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    assert call("mcs", "Controler.cs").returncode == 0
    check_report(call("mono", "Controler.exe", str(EXAMPLE)))
