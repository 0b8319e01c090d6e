"""What CI installs to judge us is what was looked at: each package by its hash, from no host that is named."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CI, LOCK = ROOT / ".ci", ROOT / "tests" / "noeud" / "package-lock.json"
#: What judges the code; what lists the parts of a release, asks for advisories, and locks both.
LOCKED = ("outils", "chaine")

pytestmark = pytest.mark.skipif(not CI.is_dir(), reason="the tools of CI are not in a source distribution")


def test_every_npm_package_has_its_hash_and_no_host() -> None:
    locked = json.loads(LOCK.read_text("utf-8"))
    wanted = json.loads(LOCK.with_name("package.json").read_text("utf-8"))["dependencies"]
    packages = {name.removeprefix("node_modules/"): package for name, package in locked["packages"].items() if name}
    assert all(re.fullmatch(r"sha512-[\w+/=]{88}", package["integrity"]) for package in packages.values())
    assert {name: packages[name]["version"] for name in wanted} == wanted
    assert not [package for package in packages.values() if "resolved" in package]


@pytest.mark.parametrize("name", LOCKED)
def test_every_tool_has_its_hashes_and_its_version(name: str) -> None:
    tools = CI / f"{name}.txt"
    lines = [line for line in tools.read_text("utf-8").splitlines() if not line.startswith("#")]
    requirements = re.split(r"\n(?=\S)", "\n".join(lines))
    assert all(re.search(r"^[\w.-]+==\S+", one) and "--hash=sha256:" in one for one in requirements)
    asked = [line.partition(";")[0].strip() for line in tools.with_suffix(".in").read_text("utf-8").splitlines()]
    locked = {one.split()[0] for one in requirements}
    assert {line for line in asked if line and not line.startswith("#")} <= locked
    assert not re.search("https?://|file:", "\n".join(lines))


def installed(script: str) -> list[list[str]]:
    """Give what each ``pip install`` of a script is told to install, and how."""
    return [shlex.split(told) for told in re.findall(r'\bpip"? install ([^&|)\n]+)', script)]


def test_nothing_is_installed_by_its_name_alone() -> None:
    """A lock with hashes, our own tree or wheel, or a group of pyproject.toml, whose versions the page on threats speaks of."""
    by_hash = set()
    for script in (*sorted(CI.iterdir()), *sorted((ROOT / ".github" / "workflows").glob("*.yml"))):
        for words in installed(script.read_text("utf-8")):
            options = {"-r", "-e", "--group", "--python", "--find-links", "--resolution"}
            named = [word for before, word in pairwise(["", *words]) if word[0] != "-" and before not in options]
            assert [name for name in named if name != "${wheel}[tout]"] == [], (script.name, words)
            if "-r" in words:
                assert "--require-hashes" in words, (script.name, words)
                by_hash.add(words[words.index("-r") + 1])
    assert by_hash == {".ci/outils.txt", "$tree/.ci/chaine.txt", "$work/uv.txt"}
    # The last one is cut from the one before.
    assert installed("pip install uv 'a>=1' -r b --group c && d") == [["uv", "a>=1", "-r", "b", "--group", "c"]]
