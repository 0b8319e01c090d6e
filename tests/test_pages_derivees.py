"""What is derived from the table and checked in is what the table says today."""

import importlib.util
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
