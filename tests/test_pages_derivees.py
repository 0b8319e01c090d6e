"""What is derived from the table and checked in is what the table says today."""

import importlib.util
import inspect
import json
import re
from contextlib import suppress
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


def test_the_notebook_is_kept_with_what_its_cells_show():
    cells = json.loads((PROJET / "examples" / "analyse.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]

    # That is what a code host renders: tables for people, texts for the others, and nothing that a page could run.
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)]
    shown = [output["data"] for cell in code for output in cell["outputs"]]
    assert len(shown) > 3
    for data in shown:
        assert data["text/plain"]
        assert "<script" not in "".join(data.get("text/html", []))
    assert sum("<table>" in "".join(data.get("text/html", [])) for data in shown) > 1


def test_no_signature_of_the_reference_holds_an_endless_default():
    pages = "".join(p.read_text(encoding="utf-8") for p in (PROJET / "docs" / "reference" / "api").glob("*.md"))
    shown = re.findall(r"^\.\. auto(?:class|function):: ([\w.]+)$", pages, re.MULTILINE)

    def defaults(thing):
        inside = vars(thing) if inspect.isclass(thing) else {}
        for part in (thing, *(getattr(m, "__func__", m) for name, m in inside.items() if not name.startswith("_"))):
            if inspect.isclass(part) or inspect.isfunction(part):
                with suppress(ValueError, TypeError):
                    yield from (p.default for p in inspect.signature(part).parameters.values())

    assert len(shown) > 80
    for name in shown:
        room, _, last = name.rpartition(".")
        assert [d for d in defaults(getattr(import_module(room), last)) if len(repr(d)) > 100] == [], name


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
