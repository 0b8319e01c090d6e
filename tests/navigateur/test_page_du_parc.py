"""The page of a fleet as a publisher has it: in a browser, by day and by night, on a telephone, on paper."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from segur_pha.certificats import (
    Certificat,
    CertificatEcarte,
    Etat,
    NatureDeCertificat,
    Officine,
    Parc,
    bilan,
)
from segur_pha.certificats.parc import ligne_illisible

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

JOUR = date(2025, 6, 12)
TELEPHONE = {"width": 375, "height": 812}
MONTHS = (1, 1, 1, 2, 9, 9, 9, 9, 9, 9, 4)
PARC = Parc(
    (
        *(
            Certificat(
                f"9900000{n:02}", JOUR + timedelta(days=30 * month), numero=str(n), usage="SIGN", administrateur="Équipe",
                courriels=("contact@gmial.com" if n % 2 else "contact@pharmacie-du-port.fr",),
            )
            for n, month in enumerate(MONTHS)
        ),
        *(Certificat("990000000", JOUR + timedelta(days=1), numero=f"a{n}", usage="AUTH_CLI", nom="INSI_AUTO") for n in range(3)),
        Certificat("990000000", JOUR, etat=Etat.REVOQUE, numero="r", usage="SIGN"),
    ),
    (ligne_illisible("suivi", 9, "fin de validité vide"),),
    {f"9900000{n:02}": Officine(f"9900000{n:02}", "Alpha" if n % 3 else "", f"Pharmacie {n}") for n in range(11)},
    ("Fin de validité : le mois y est écrit avant le jour.",),
    ecartes=(CertificatEcarte("a.pem", 1, NatureDeCertificat.TEST, JOUR),),
    lectures=("Colonnes lues : « Fin de validité ».",),
)  # fmt: skip


@pytest.fixture(scope="module")
def html() -> bytes:
    return bilan(PARC, jour=JOUR, capacite=2).html()


def test_nothing_hinders_its_reader(
    ouvrir: Callable[..., Page], obstacles: Callable[[Page], list[str]], html: bytes
) -> None:
    page = ouvrir(html)
    assert obstacles(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(TELEPHONE)
    assert obstacles(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_wall_is_as_high_as_its_numbers(ouvrir: Callable[..., Page], html: bytes) -> None:
    page = ouvrir(html, java_script_enabled=False)
    rows = page.locator("table", has_text="Officines par mois de première échéance").locator("tbody tr")
    seen = {}
    for row in rows.all():
        month, number = row.get_by_role("rowheader").inner_text(), int(row.locator("td").first.inner_text())
        box = row.locator("rect").bounding_box()
        seen[month] = (number, round(box["width"]) if box else 0)
    assert {number for number, _ in seen.values()} >= {0, 1, 6}
    longest = max(width for _, width in seen.values())
    assert longest > 100
    assert all(abs(width - longest * number / 6) <= 1 for number, width in seen.values())


def test_a_larger_share_is_darker_by_day_and_lighter_by_night(ouvrir: Callable[..., Page], html: bytes) -> None:
    page = ouvrir(html)
    for scheme, towards in (("light", -1), ("dark", 1)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        tables = page.locator("table", has_text="Part des officines de chaque éditeur")
        cells = tables.locator("td[class*=part-]").all()
        shades = sorted(
            (
                float(cell.inner_text().removesuffix("\xa0%")),
                sum(
                    cell.evaluate("c => getComputedStyle(c).backgroundColor.match(/[0-9.]+/g).slice(0, 3).map(Number)")
                ),
            )
            for cell in cells
        )
        assert len({share for share, _ in shades}) > 2
        assert (shades[-1][1] - shades[0][1]) * towards > 0


def test_the_filter_finds_a_pharmacy_in_every_table(ouvrir: Callable[..., Page], html: bytes) -> None:
    page = ouvrir(html)
    page.get_by_label("Filtrer les lignes").fill("990000003")
    captions = page.locator("table:visible caption").all_inner_texts()
    assert {"Adresses à revoir, l’échéance la plus proche d’abord", "Trois certificats par officine"} <= set(captions)
    page.get_by_label("Filtrer les lignes").fill("aucune capacité")
    assert page.locator("table:visible").count() == 0


def test_who_does_what_is_on_paper(ouvrir: Callable[..., Page], html: bytes) -> None:
    page = ouvrir(html)
    texte = "\n".join(feuille.extract_text() for feuille in PdfReader(io.BytesIO(page.pdf())).pages)
    for mots in (
        "Qui fait quoi, et quel jour",
        "13/06/2025",
        "Équipe",
        "DESIR_560",
        "environ 61 %",
        "carte CPS seulement",
    ):
        assert mots in texte
