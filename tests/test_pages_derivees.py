"""What is derived from the table and checked in is what the table says today."""

import importlib.util
import json
import re
from importlib import import_module
from pathlib import Path

import pytest

import segur_pha

PROJET = Path(__file__).parents[1]


def _engendres():
    spec = importlib.util.spec_from_file_location("generate", PROJET / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ENGENDRES


@pytest.mark.parametrize(("nom", "page"), _engendres().items())
def test_the_checked_in_page_is_up_to_date(nom, page):
    # What is shipped is compared where it is installed, which may be a wheel.
    racine = Path(segur_pha.__file__).parents[1] if nom.startswith("segur_pha/") else PROJET

    assert (racine / nom).read_text(encoding="utf-8") == page(), "run: python docs/generate.py"


def test_the_notebook_is_kept_without_outputs():
    cells = json.loads((PROJET / "examples" / "analyse.ipynb").read_text(encoding="utf-8"))["cells"]

    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_every_public_name_has_its_place_in_the_reference():
    # The rooms that the front door's own words name, and the two small ones beside them.
    rooms = {*re.findall(r":mod:`([\w.]+)`", segur_pha.__doc__), "segur_pha.courriels", "segur_pha.identifiants"}
    public = {f"{room}.{name}" for room in ("segur_pha", *rooms) for name in import_module(room).__all__}
    # Editeur and Constat are shown once, at the front door.
    public -= {"segur_pha.depot.Editeur", "segur_pha.depot.Constat"}

    pages = "".join(p.read_text(encoding="utf-8") for p in (PROJET / "docs" / "reference" / "api").glob("*.md"))
    shown = set(re.findall(r"^(?:\.\. auto\w+::|```\{py:data\}) ([\w.]+)", pages, re.MULTILINE))

    assert public - shown == set()
    assert public <= set(re.findall(r"\{py:obj\}`~([\w.]+)`", pages))
