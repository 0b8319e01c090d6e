"""Shell completion: each script is one its shell can read, and bash completes what a clerk would type."""

from __future__ import annotations

import io
import shutil
import subprocess
from contextlib import redirect_stdout
from functools import cache
from typing import TYPE_CHECKING

import pytest

from segur_pha.cli import COMMANDES, principal

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = ("Display this", "Display application")


@cache
def script(shell: str) -> str:
    """Ask for a script as a shell would, once: making it loads every command."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(out):
        assert principal(["completion", shell]) == 0
    return out.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_gets_every_command_in_french(shell: str) -> None:
    for name in COMMANDES:
        assert name in script(shell)
    assert not [words for words in ENGLISH if words in script(shell)]


@pytest.mark.parametrize(
    ("shell", "option"),
    [
        pytest.param(
            shell, option, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")
        )
        for shell, option in (("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute"))
    ],
)
def test_the_shell_can_read_it(tmp_path: Path, shell: str, option: str) -> None:
    written = tmp_path / "script"
    written.write_text(script(shell), encoding="utf-8")
    done = subprocess.run([shell, option, str(written)], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_options_choices_and_files(tmp_path: Path) -> None:
    (tmp_path / "demandes.json").touch()
    lines = {
        "cont": ["controler"],
        "controler --comp": ["--complet"],
        "controler --format j": ["json", "junit"],
        "controler --retour dem": ["demandes.json"],
        "registre sol": ["soldables", "soldes"],
        "registre decider 00001 attr": ["attribuée"],
        "schema --sortie ver": ["verifier"],
    }
    ask = "".join(
        f"COMP_WORDS=(segur-pha {line}); COMP_CWORD={len(line.split())}; COMPREPLY=(); _segur_pha; echo ${{COMPREPLY[*]}}\n"
        for line in lines
    )
    program = f"{script('bash')}\n{ask}complete -p segur-pha\n"
    done = subprocess.run(
        ["bash", "-s"], input=program.encode(), cwd=tmp_path, capture_output=True, check=True, timeout=60
    )
    *found, registered = done.stdout.decode().splitlines()
    assert [words.split() for words in found] == list(lines.values())
    # Where the script knows nothing, as for the files to control, bash completes names of files.
    assert registered == "complete -o default -F _segur_pha segur-pha"


def test_zsh_completes_the_files_to_control() -> None:
    assert "« - » pour l’entrée standard.:_files'" in script("zsh")
