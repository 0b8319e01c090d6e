"""The README's pictures show the project of today, bring nothing from elsewhere, and can be read without being seen."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from types import ModuleType

from segur_pha.cli import COMMANDES
from segur_pha.cli.registre import registre

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "docs" / "_static"


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("images", ROOT / "docs" / "images.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


IMAGES: dict[str, Any] = load_script().images()


def words(svg: str) -> list[str]:
    """Read what a picture says; the letters count, not how this version of rich places them."""
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 - our own file
    return " ".join("".join(text.itertext()).replace("\u00a0", " ") for text in texts).split()


@pytest.mark.parametrize("name", IMAGES)
def test_it_says_what_is_so_today(name: str) -> None:
    svg = (STATIC / name).read_text(encoding="utf-8")
    assert words(svg) == words(IMAGES[name]), "run: python docs/images.py"
    assert re.findall(r"(?:url\(|href=|@import|src=)[^#]{0,3}\w+:", svg) == []


def test_the_screenshot_is_a_command_and_its_whole_output() -> None:
    said = " ".join(words(IMAGES["controler.svg"]))
    assert "$ segur-pha controler examples/demandes.json" in said
    assert "4 demandes rejetées sur 6" in said
    assert "Avance attendue pour les demandes acceptées" in said


def test_the_readme_shows_every_picture_with_words_beside_it() -> None:
    shown = dict(re.findall(r"!\[([^\]]{5,})\]\(docs/_static/([\w.-]+)\)", (ROOT / "README.md").read_text("utf-8")))
    assert sorted(shown.values()) == sorted(set(IMAGES) - {"logo.svg"})  # which stands on each page of the site


def test_the_five_steps_name_commands_that_exist() -> None:
    lines = ET.fromstring(IMAGES["etapes.svg"]).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 - our own
    named = [group for line in lines for group in re.findall(r"segur-pha ([\w ,]+)", str(line.text))]
    assert len(named) == 9
    for group in named:
        first, *others = re.match(r"(?:registre )?\w+(?:, \w+)*", group)[0].split(", ")  # type: ignore[index]
        before = "registre " if first.startswith("registre ") else ""
        for command in (first, *(before + other for other in others)):
            name, *below = command.split()
            assert name in COMMANDES
            assert set(below) <= set(registre)
