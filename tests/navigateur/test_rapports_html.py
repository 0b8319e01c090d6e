"""The HTML reports as a reader has them: in a browser, by day and by night, on a telephone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segur_pha import controler
from segur_pha.controle.affichage import en_page
from segur_pha.controle.resultats import FichierControle

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

EXAMPLE = Path(__file__).parents[2] / "examples" / "demandes.json"
TELEPHONE = {"width": 375, "height": 812}


@pytest.fixture(scope="module")
def rapport() -> bytes:
    return en_page([FichierControle("demandes.json", controler(EXAMPLE))], complet=True)


def test_what_a_page_must_not_do_is_noticed(ouvrir: Callable[..., Page], plaintes: list[str]) -> None:
    page = ouvrir(b"<script>alert(1); fetch('http://ailleurs.invalid'); console.log(2); throw Error(3)</script>")
    page.context.close()
    assert {"console: 2", "dialog: 1", "error: 3", "request: http://ailleurs.invalid/"} <= set(plaintes)
    plaintes.clear()


def test_what_hinders_a_reader_is_noticed(ouvrir: Callable[..., Page], obstacles: Callable[[Page], list[str]]) -> None:
    found = obstacles(ouvrir(b"<p style='color: #ddd'>p\xc3\xa2le</p>"))
    assert {"color-contrast", "document-title", "html-has-lang"} <= {line.split(":")[0] for line in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hinders_a_reader(
    ouvrir: Callable[..., Page], obstacles: Callable[[Page], list[str]], rapport: bytes, scheme: str
) -> None:
    page = ouvrir(rapport, color_scheme=scheme)
    assert obstacles(page) == []
    page.set_viewport_size(TELEPHONE)
    assert obstacles(page) == []
