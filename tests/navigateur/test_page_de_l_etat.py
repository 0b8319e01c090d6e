"""The manager's page: in a browser, by day and by night, on a screen and on a telephone."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import attrs
import pytest

from segur_pha import Demande, en_json, lire_retour
from segur_pha.cli import principal
from segur_pha.portail import PortailSimule
from segur_pha.registre import Registre
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

DAY = date(2022, 11, 15)
WIDTHS = (375, 1200)


def request(number: str) -> Demande:
    """A request for a pharmacy of its own."""
    guide = demande_du_guide(number)
    return attrs.evolve(guide, beneficiaire=attrs.evolve(guide.beneficiaire, finess_geo=f"7500{number}"))


@pytest.fixture
def html(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> bytes:
    """The page of a ledger of two months."""
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        for month, count in ((0, 12), (1, 6)):
            day = DAY + timedelta(days=30 * month)
            requests = tuple(request(f"{month}{k:04}") for k in range(count))
            octets, name = en_json(attrs.evolve(fichier_du_guide(), demandes=requests)), f"{month}.json"
            registre.preparer({name: octets}, jour=day)
            registre.deposer(name, jour=day)
            registre.enregistrer_retour(lire_retour(PortailSimule(graine=month).deposer(octets)), jour=day)
        accepted = [s.numero_editeur for s in registre.soldables()]
        for number in accepted[:3]:
            registre.decider(number, favorable=True, jour=DAY)
            registre.payer(number, Decimal("25.50"), jour=DAY)
    assert principal(["etat", "--format", "html", "--jour", "2023-06-01", "--depuis", "2022-11-16"]) == 0
    return capsysbinary.readouterr().out


def test_nothing_hinders_its_reader(
    ouvrir: Callable[..., Page], obstacles: Callable[[Page], list[str]], html: bytes
) -> None:
    page = ouvrir(html)
    for width, scheme in product(WIDTHS, ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 812})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert (width, scheme, obstacles(page), fits) == (width, scheme, [], True)


def test_its_figures_are_those_of_the_ledger(ouvrir: Callable[..., Page], html: bytes) -> None:
    page = ouvrir(html)
    said = re.sub(r"[\s\u00a0]+", " ", page.locator("dl.chiffres").inner_text())
    assert said == ("Demandes 18 En attente 18 Avances attendues 4 590,00 € Avances payées 76,50 € Soldes payés 0,00 €")
    months = page.locator("table", has_text="Par mois, sans").locator("tbody tr")
    boxes = [row.locator("rect").bounding_box() for row in months.all()]
    assert [round(2 * box["width"] / boxes[0]["width"]) for box in boxes if box] == [2, 1]
    ages = page.locator("table", has_text="Âge de ce qui attend")
    assert "180 à 364 j" in ages.inner_text()
    assert page.locator("table", has_text="Écarts de paiement").locator("tbody tr").count() == 3
    assert page.locator("table", has_text="Noté depuis le 16/11/2022").count() == 1
