"""What CI installs to judge us is what was looked at: each package by its hash, from no host that is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS, LOCK = ROOT / ".ci" / "outils.txt", ROOT / "tests" / "noeud" / "package-lock.json"

pytestmark = pytest.mark.skipif(not TOOLS.is_file(), reason="the tools of CI are not in a source distribution")


def test_every_npm_package_has_its_hash_and_no_host() -> None:
    locked = json.loads(LOCK.read_text("utf-8"))
    wanted = json.loads(LOCK.with_name("package.json").read_text("utf-8"))["dependencies"]
    packages = {name.removeprefix("node_modules/"): package for name, package in locked["packages"].items() if name}
    assert all(re.fullmatch(r"sha512-[\w+/=]{88}", package["integrity"]) for package in packages.values())
    assert {name: packages[name]["version"] for name in wanted} == wanted
    assert not [package for package in packages.values() if "resolved" in package]


def test_every_tool_has_its_hashes_and_its_version() -> None:
    lines = [line for line in TOOLS.read_text("utf-8").splitlines() if not line.startswith("#")]
    requirements = re.split(r"\n(?=\S)", "\n".join(lines))
    assert all(re.search(r"^[\w.-]+==\S+", one) and "--hash=sha256:" in one for one in requirements)
    asked = [line.partition(";")[0].strip() for line in TOOLS.with_suffix(".in").read_text("utf-8").splitlines()]
    locked = {one.split()[0] for one in requirements}
    assert {line for line in asked if line and not line.startswith("#")} <= locked
    assert not re.search("https?://|file:", "\n".join(lines))
