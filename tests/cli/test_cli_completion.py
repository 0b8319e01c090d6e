"""Shell completion: each script is one its shell can read, and bash completes what a clerk would type."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from segur_pha.cli import COMMANDES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Outcome

ENGLISH = ("Display this", "Display application")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_gets_every_command_in_french(run: Callable[..., Outcome], shell: str) -> None:
    outcome = run("completion", shell)
    assert outcome.code == 0
    for name in COMMANDES:
        assert name in outcome.out
    assert not [words for words in ENGLISH if words in outcome.out]


@pytest.mark.parametrize(
    ("shell", "option"),
    [
        pytest.param(
            shell, option, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")
        )
        for shell, option in (("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute"))
    ],
)
def test_the_shell_can_read_it(run: Callable[..., Outcome], tmp_path: Path, shell: str, option: str) -> None:
    script = tmp_path / "script"
    script.write_text(run("completion", shell).out, encoding="utf-8")
    done = subprocess.run([shell, option, str(script)], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_options_choices_and_files(run: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "demandes.json").touch()
    lines = {
        "cont": ["controler"],
        "controler --comp": ["--complet"],
        "controler --format j": ["json"],
        "controler --retour dem": ["demandes.json"],
        "registre sol": ["soldables"],
        "registre decider 00001 attr": ["attribuée"],
        "schema --sortie ver": ["verifier"],
    }
    ask = "".join(
        f"COMP_WORDS=(segur-pha {line}); COMP_CWORD={len(line.split())}; COMPREPLY=(); _segur_pha; echo ${{COMPREPLY[*]}}\n"
        for line in lines
    )
    program = f"{run('completion', 'bash').out}\n{ask}complete -p segur-pha\n"
    done = subprocess.run(
        ["bash", "-s"], input=program.encode(), cwd=tmp_path, capture_output=True, check=True, timeout=60
    )
    *found, registered = done.stdout.decode().splitlines()
    assert [words.split() for words in found] == list(lines.values())
    # Where the script knows nothing, as for the files to control, bash completes names of files.
    assert registered == "complete -o default -F _segur_pha segur-pha"


def test_zsh_completes_the_files_to_control(run: Callable[..., Outcome]) -> None:
    assert "« - » pour l’entrée standard.:_files'" in run("completion", "zsh").out
