"""Fit to be published: an index page whose links lead somewhere, an address in one place, hosted CI that runs our own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LINK = re.compile(r"\[[^\]]*\]\(([^)]+)\)")


def index_page() -> str:
    """Give the README as an index shows it."""
    text = (ROOT / "README.md").read_text("utf-8")
    for step in PROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(step["pattern"], step["replacement"], text)
    return text


def test_every_link_and_picture_of_the_index_page_is_absolute_and_is_in_the_source() -> None:
    links = [link for link in LINK.findall(index_page()) if not link.startswith("#")]
    assert len(links) > 15
    assert [link for link in links if not link.startswith("https://")] == []
    source = PROJECT["project"]["urls"]["Source"]
    raw = source.replace("https://github.com", "https://raw.githubusercontent.com")
    ours = [link for link in links if link.startswith((source, raw))]
    assert len([link for link in ours if link.startswith(raw)]) >= 5
    for link in ours:
        inside = re.sub(r"^https://[^/]+/[^/]+/[^/]+/(?:blob/)?main/", "", link).partition("#")[0]
        assert (ROOT / inside).exists(), link


ADDRESS = re.compile(r"https://(?:github\.com|raw\.githubusercontent\.com)/[\w./-]+")


def test_the_address_stands_in_one_place_and_all_that_bears_it_follows() -> None:
    urls = PROJECT["project"]["urls"]
    source = urls["Source"]
    assert all(url == source or url.startswith(f"{source}/") for url in urls.values())
    host, _, path = source.partition("github.com/")
    ours = (source, f"{host}raw.githubusercontent.com/{path}/")
    assert [
        found for found in ADDRESS.findall((ROOT / "pyproject.toml").read_text("utf-8")) if not found.startswith(ours)
    ] == []
    replaced = [
        step["replacement"]
        for step in PROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    ]
    assert len(replaced) == 2
    assert all(any(address in text for address in ours) for text in replaced)
    # Nowhere else, but for the release steps: whoever sets it has one file to edit.
    elsewhere = [
        *ROOT.glob("*.md"),
        *(ROOT / ".github").rglob("*.yml"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "docs/conf.py",
    ]
    assert [file.name for file in elsewhere if path in file.read_text("utf-8")] == ["CONTRIBUTING.md"]
    # The release steps name the part of the address that is to be replaced.
    assert f"s#{path}#" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_the_image_installs_what_the_package_declares() -> None:
    page = (ROOT / "docs/guide/dans-un-service.md").read_text("utf-8").partition("## A Docker image")[2]
    fetched, installed = re.findall(r'^(?:RUN )?pip (?:download|install) [^"\n]*((?:"[^"]+" ?)+)$', page, re.MULTILINE)
    assert fetched == installed
    extras = re.findall(r"segur-pha\[([\w,]+)\]", fetched)[0].split(",")
    assert {*extras} <= PROJECT["project"]["optional-dependencies"].keys()
    assert re.findall(r'^ENTRYPOINT \["([\w-]+)"\]$', page, re.MULTILINE) == list(PROJECT["project"]["scripts"])
    (python,) = re.findall(r"^FROM python:([0-9.]+)-slim$", page, re.MULTILINE)
    assert f"Programming Language :: Python :: {python}" in PROJECT["project"]["classifiers"]


def test_the_metadata_names_every_python_and_address() -> None:
    classifiers = PROJECT["project"]["classifiers"]
    for minor in (11, 12, 13, 14):
        assert f"Programming Language :: Python :: 3.{minor}" in classifiers
    assert {"Source", "Documentation", "Changelog", "Issues"} <= PROJECT["project"]["urls"].keys()
    assert "Framework :: Django" in classifiers


def test_the_hosted_ci_runs_our_own_and_templates_are_forms() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    commands = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert any(command.endswith("bash .ci/run") for command in commands)
    assert any(command.endswith("bash .ci/pythons") for command in commands)
    for template in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"):
        form = yaml.safe_load(template.read_text("utf-8"))
        assert template.stem == "config" or {"name", "description", "body"} <= form.keys()


def test_what_the_tests_need_is_in_the_source_archive() -> None:
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    for needed in (
        "tests",
        "docs",
        "examples",
        "conftest.py",
        "vecteurs",
        "benchmarks",
        "CONTRIBUTING.md",
        ".ci",
        ".github",
    ):
        assert needed in included
