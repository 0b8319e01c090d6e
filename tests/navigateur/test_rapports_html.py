"""The HTML reports as a reader has them: in a browser, by day and by night, on a telephone, on paper, with a keyboard."""

from __future__ import annotations

import io
import json
import shutil
import unicodedata
from contextlib import redirect_stdout
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from segur_pha import controler, lire_retour, rapprocher
from segur_pha.certificats import Certificat, Parc, bilan, plan_renouvellement
from segur_pha.cli import principal
from segur_pha.constats import Constat
from segur_pha.controle.page import en_page
from segur_pha.controle.resultats import FichierControle
from segur_pha.depot import Editeur, preparer_depot, verifier_depot
from segur_pha.depot.affichage import page_des_fautes
from segur_pha.rapports.html import page as page_de
from segur_pha.rapports.html import table
from segur_pha.rapports.tableau import Tableau
from segur_pha.registre import Registre
from segur_pha.retour.compte_rendu import ReponseVue
from segur_pha.retour.compte_rendu import en_page as en_page_de_reponses

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from segur_pha.depot import DepotPrepare

EXAMPLES = Path(__file__).parents[2] / "examples"
TELEPHONE = {"width": 375, "height": 812}
NAMES = ("controle", "depot", "fautes", "certificats", "officine", "etat", "reponses")
#: What A4 leaves between the margins, in CSS pixels.
PAPER = {"width": 688, "height": 1000}
DAY = date(2022, 11, 15)
FAUTE = Constat(
    message="Date illisible.", code="jour-illisible", ligne=4, colonne="Date", attendu="un jour comme 15/11/2022"
)
PARC = Parc(tuple(Certificat(f"9900000{n:02}", DAY + timedelta(days=40 * n)) for n in range(20)), (), {})
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "=cmd()",
    "\u202egnp.exe",
    "\x00\x1b[31m\x07",
    "</style></title><b>",
    "&lt;b&gt;",
    "א" * 12,
]


def reponses() -> bytes:
    """Show an answer with all that may be odd, one that is right, and one that could not be read."""
    sent = controler(EXAMPLES / "demandes.json").en_retour(asp="ESSAI-")
    tree = json.loads(sent)
    tree["lignesImport"][0]["commande"] |= {"montantSegurHT": "850,00", "dateCommande": "01/01/2020"}
    tree["lignesImport"][0]["beneficiaire"]["nomResponsable"] = "DUPONT" * 20
    tree["lignesImport"][1]["libelleTraitement"] = "Demande acceptÃ©e"
    del tree["lignesImport"][2]
    odd = lire_retour(json.dumps(tree))
    views = [ReponseVue(nom="r.json", retour=odd, rapprochement=rapprocher(EXAMPLES / "demandes.json", odd))]
    views.append(ReponseVue(nom="bruit.json", erreur="Ce fichier ne se lit pas."))
    return en_page_de_reponses(views, complet=True, jour=DAY)


def every_day(chosen: str) -> list[object]:
    """Give every report; those that are not chosen are made of the same parts, and wait for the long profile."""
    return [pytest.param(name, marks=[] if name == chosen else pytest.mark.long) for name in NAMES]


def controle() -> bytes:
    files = [
        FichierControle("demandes.json", controler(EXAMPLES / "demandes.json")),
        FichierControle("refusé.json", controler(b'\xef\xbb\xbf{"impId": null,\n "x": 1}')),
        FichierControle("absent.json", None, "absent.json : introuvable."),
    ]
    return en_page(files, complet=True, jour=DAY)


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> DepotPrepare:
    folder = tmp_path_factory.mktemp("depots") / "depot"
    editeur = Editeur.lire(EXAMPLES / "editeur.toml")
    return preparer_depot(EXAMPLES / "commandes.csv", editeur, EXAMPLES / "pieces", folder, jour=DAY)


@pytest.fixture(scope="module")
def dossier_d_officine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare a deposit in a ledger, and have the pages of that ledger written."""
    folder = tmp_path_factory.mktemp("registre")
    ledger = ("--registre", str(folder / "r.sqlite"))
    prepared = (
        "preparer",
        str(EXAMPLES / "commandes.csv"),
        "--editeur",
        str(EXAMPLES / "editeur.toml"),
        "--jour",
        "15/11/2022",
    )
    shown = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(shown):
        out = ("--pieces", str(EXAMPLES / "pieces"), "--sortie", str(folder / "depot"))
        assert principal([*prepared, *out, *ledger, "--creer"]) == 0
    page = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(page, encoding="utf-8")) as shown:
        assert principal(["etat", "--format", "html", "--jour", "01/12/2022", "--depuis", "01/11/2022", *ledger]) == 0
        shown.flush()
        (folder / "etat.html").write_bytes(page.getvalue())
    with Registre(str(folder / "r.sqlite")) as registre:
        (folder / "officine.html").write_bytes(registre.dossier("010000024").html())
    return folder


@pytest.fixture(scope="module")
def rapports(depot: DepotPrepare, dossier_d_officine: Path) -> dict[str, Callable[[], bytes]]:
    return {
        "controle": controle,
        "depot": (depot.dossier / "recapitulatif.html").read_bytes,
        "fautes": lambda: page_des_fautes([FAUTE], [FAUTE]),
        "reponses": reponses,
        "certificats": lambda: bilan(PARC, jour=DAY, capacite=2).html(),
        "officine": (dossier_d_officine / "officine.html").read_bytes,
        "etat": (dossier_d_officine / "etat.html").read_bytes,
    }


def test_what_a_page_must_not_do_is_noticed(ouvrir: Callable[..., Page], plaintes: list[str]) -> None:
    page = ouvrir(b"<script>alert(1); fetch('http://ailleurs.invalid'); console.log(2); throw Error(3)</script>")
    page.evaluate("new Promise(requestAnimationFrame)")  # by then the browser has told all of it
    page.context.close()
    assert {"console: 2", "dialog: 1", "error: 3", "request: http://ailleurs.invalid/"} <= set(plaintes)
    plaintes.clear()


def test_what_hinders_a_reader_is_noticed(ouvrir: Callable[..., Page], obstacles: Callable[[Page], list[str]]) -> None:
    found = obstacles(ouvrir(b"<p style='color: #ddd'>p\xc3\xa2le</p>"))
    assert {"color-contrast", "document-title", "html-has-lang"} <= {line.split(":")[0] for line in found}


@pytest.mark.parametrize("name", every_day("controle"))
def test_nothing_hinders_a_reader(
    ouvrir: Callable[..., Page],
    obstacles: Callable[[Page], list[str]],
    rapports: dict[str, Callable[[], bytes]],
    name: str,
) -> None:
    page = ouvrir(rapports[name]())
    assert obstacles(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(TELEPHONE)
    assert obstacles(page) == []
    assert fits(page)


def test_the_page_of_answers_suits_a_telephone_and_a_desk_by_day_and_by_night(
    ouvrir: Callable[..., Page], obstacles: Callable[[Page], list[str]]
) -> None:
    page = ouvrir(reponses())
    looked_for = page.get_by_label("Filtrer les lignes")
    titles = ["Écarts", "Demandes rejetées", "Lignes ambiguës"]
    for width, colours in product((375, 1200), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        assert (width, colours, obstacles(page), fits(page)) == (width, colours, [], True)
        assert page.locator("caption").all_inner_texts()[: len(titles)] == titles
        row = page.get_by_role("row").filter(has_text="850,00")
        assert "00001" in row.inner_text()
        assert page.locator("body").inner_text().count("DUPONT") == 0
        looked_for.fill("contenu modifié")
        assert set(shown(page)) == {"00001"}
        looked_for.fill("")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def shown(page: Page) -> list[str]:
    return [text for text in page.locator("tbody th:visible").all_inner_texts() if text]


#: Words with a digit, no longer than a reference: those whose first and last letter a browser lays out on two lines.
BROKEN = """() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("script, style, .long, code, pre")) continue;
    for (const found of node.data.matchAll(/[^ \\n\\t]*[0-9][^ \\n\\t]*/g)) {
      if (found[0].length > 24) continue;
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const lines = new Set([...range.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top)));
      if (lines.size > 1) broken.push(found[0]);
    }
  }
  return broken;
}"""


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_broken_over_lines_and_no_page_is_wider_than_its_screen(
    ouvrir: Callable[..., Page], rapports: dict[str, Callable[[], bytes]], name: str
) -> None:
    page = ouvrir(rapports[name]())
    for width in (375, 700, 900, 1200):
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, page.evaluate(BROKEN), fits(page)) == (width, [], True)
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    assert page.evaluate(BROKEN) == []


def test_a_broken_number_would_be_seen(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(page_de("x", table(Tableau(("A",), [["750000002"]]))), viewport={"width": 375, "height": 900})
    page.evaluate(
        "document.querySelector('tbody th').style.cssText = 'width: 3em; min-width: 0; padding: 0; word-break: break-all'"
    )
    assert page.evaluate(BROKEN) == ["750000002"]


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_one_filter_and_its_rows_become_cards_on_a_telephone(
    ouvrir: Callable[..., Page], rapports: dict[str, Callable[[], bytes]], name: str
) -> None:
    page = ouvrir(rapports[name](), viewport=TELEPHONE)
    assert page.get_by_label("Filtrer les lignes").count() == 1
    shapes = "rows => rows.map((row) => getComputedStyle(row).display)"
    assert set(page.locator("tbody tr").evaluate_all(shapes)) == {"block"}
    names = (
        "cells => cells.map((cell) => [cell.dataset.nom, getComputedStyle(cell, '::before').content.split('\"')[1]])"
    )
    for said, shown_name in page.locator("tbody td, tbody th").evaluate_all(names):
        assert said == shown_name
    page.set_viewport_size({"width": 1200, "height": 900})
    assert set(page.locator("tbody tr").evaluate_all(shapes)) == {"table-row"}


@pytest.mark.parametrize("name", every_day("controle"))
def test_each_sheet_of_paper_bears_the_title(
    ouvrir: Callable[..., Page], rapports: dict[str, Callable[[], bytes]], name: str
) -> None:
    page = ouvrir(rapports[name]())
    page.evaluate("document.body.style.paddingBottom = '120cm'")  # two sheets at least
    title = squeezed(page.title())
    sheets = printed(page).pages
    assert len(sheets) > 1
    assert all(title in squeezed(sheet.extract_text()) for sheet in sheets)
    # The last one, where nothing else stands.
    assert squeezed(sheets[-1].extract_text()).count(title) == 1


def test_a_hostile_title_is_only_a_title(ouvrir: Callable[..., Page]) -> None:
    title = 'a"; } body { display: none } </style><b>\\ é\n'
    page = ouvrir(page_de(title, "texte"))
    assert page.locator("body").is_visible()
    assert page.locator("b").count() == 0


def test_a_rejected_request_is_told_with_its_place_and_its_remedy(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(controle(), java_script_enabled=False)
    row = page.get_by_role("row").filter(has_text="1204")
    place = "ligne 130, colonne 27"
    assert row.get_by_role("rowheader").inner_text() == "4"
    assert "indiquez un nombre d’euros sans guillemets, avec un point et 2 décimales" in row.inner_text()
    assert row.get_by_role("cell").last.inner_text().split("\n") == [place, "/lignesImport/3/commande/montantSegurHT"]
    assert page.get_by_label("Filtrer les lignes").is_hidden()  # no script, no filter; the report is whole
    assert len(shown(page)) == page.locator("tbody tr").count()


def test_the_filter_looks_for_words_whatever_their_accents_and_case(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(controle())
    rejected = page.locator("table", has_text="Demandes rejetées").locator("tbody th:visible")
    total = page.locator("tbody tr").count()
    expected = {
        "1204": ["4"],
        "00004 montant": ["4"],
        "DÉCIMALES": ["4"],
        "decimales": ["4"],
        "l'attestation": ["6"],
        "L’ATTESTATION": ["6"],
        "<b>": [],
        "00004 2407": [],
        "  ": ["3", "4", "4", "5", "6"],
    }
    for typed, requests in expected.items():
        page.get_by_label("Filtrer les lignes").fill(typed)
        assert rejected.all_inner_texts() == requests
        told = f"Filtre en place : {len(shown(page))} sur {total} lignes." if typed.strip() else ""
        assert page.get_by_role("status").inner_text() == told
    page.get_by_label("Filtrer les lignes").fill("2407")
    paper = printed(page).pages[0].extract_text()
    assert f"Filtre en place : 1 sur {total} lignes." in paper
    assert "1204" not in paper


def test_a_keyboard_is_enough(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(controle(), viewport=TELEPHONE)
    page.keyboard.press("Tab")
    page.keyboard.type("2407")
    assert shown(page) == ["6"]
    page.keyboard.press("Escape")
    assert len(shown(page)) > 5
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#fichier-0")
    page.keyboard.press("Tab")
    # A code leads to what it means, on the same page.
    assert page.evaluate("document.activeElement.textContent") == "3002"
    page.keyboard.press("Enter")
    page.wait_for_url("**#code-3002")
    assert "operateurMessagerie" in page.locator("dt:target").inner_text()


def test_a_card_on_a_telephone_is_still_a_row(ouvrir: Callable[..., Page]) -> None:
    page = ouvrir(controle(), viewport=TELEPHONE)
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [(n["role"]["value"], n.get("name", {}).get("value")) for n in nodes if not n["ignored"]]
    assert ("rowheader", "4") in roles
    assert ("columnheader", "À corriger") in roles


def test_hostile_texts_stay_texts(ouvrir: Callable[..., Page]) -> None:
    expected = ["".join(c if c.isprintable() else "\ufffd" for c in text) for text in HOSTILE]
    page = ouvrir(en_page([FichierControle(text, controler(b"{}")) for text in HOSTILE], complet=True))
    assert page.locator("h2").all_text_contents() == [*expected, "Ce que disent les codes"]
    assert page.locator("nav a").all_text_contents() == expected

    rows = [["Avant", text, "Après"] for text in HOSTILE]
    page = ouvrir(page_de(HOSTILE[0], table(Tableau(HOSTILE[:3], rows, titre=HOSTILE[0]), fiches=True), filtrable=True))
    assert page.title() == HOSTILE[0]
    assert page.locator("tbody td:first-of-type").all_text_contents() == expected
    places = "rows => rows.map((row) => [...row.cells].map((cell) => cell.getBoundingClientRect().x))"
    for left in page.locator("tbody tr").evaluate_all(places):
        assert left == sorted(left)  # nothing has turned a row around
    page.get_by_label("Filtrer les lignes").fill(HOSTILE[0])
    assert shown(page) == ["Avant"]
    assert page.locator("script, b, img").count() == 1  # the filter's own


def squeezed(text: str) -> str:
    """Drop the blanks, and the hyphens and ligatures that a line or a font makes."""
    return "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())


def printed(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("name", every_day("depot"))
def test_a_report_prints_on_a4_with_nothing_cut(
    ouvrir: Callable[..., Page], rapports: dict[str, Callable[[], bytes]], name: str
) -> None:
    page = ouvrir(rapports[name](), color_scheme="dark")
    sheets = printed(page).pages
    assert {(round(float(s.mediabox.width)), round(float(s.mediabox.height))) for s in sheets} == {(595, 842)}
    text = squeezed("".join(sheet.extract_text() for sheet in sheets))
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    assert fits(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for cell in page.locator("tbody th, tbody td, caption").all_inner_texts():
        assert squeezed(cell) in text


def test_a_long_report_repeats_its_headers_and_numbers_its_sheets(ouvrir: Callable[..., Page]) -> None:
    rows = [[f"{n:05}", "À corriger : " + "mot " * 40, Decimal(n)] for n in range(25)]
    sheets = printed(ouvrir(page_de("Long", table(Tableau(("Numéro", "Texte", "Somme"), rows), fiches=True)))).pages
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, start=1):
        text = sheet.extract_text()
        assert "Numéro" in text
        assert f"{number} / {len(sheets)}" in text


def carnets(depot: DepotPrepare, folder: Path) -> list[str]:
    """Everything that a notebook shows, with a hostile text wherever one can get in."""
    sent = EXAMPLES / "demandes.json"
    answer = json.loads(controler(sent).en_retour())
    for line, libelle in zip(answer["lignesImport"], HOSTILE, strict=False):
        line.update(codeTraitement="17", libelleTraitement=libelle, numeroEditeur=libelle)
    shutil.copytree(depot.dossier, folder)
    (folder / HOSTILE[1]).write_bytes(b"")
    parc = Parc((Certificat("990000010", DAY, administrateur=HOSTILE[0]),), (), {})
    reports = [
        controler(sent),
        controler(b'{"<script>alert(1)</script>": 1}'),
        lire_retour(json.dumps(answer)),
        rapprocher(sent, json.dumps(answer)),
        depot,
        verifier_depot(folder),
        parc,
        plan_renouvellement(parc, jour=DAY),
        bilan(parc, jour=DAY),
    ]
    return [report._repr_html_() for report in reports]


def test_a_notebook_s_own_colours_suit_what_it_shows_and_nothing_runs(
    ouvrir: Callable[..., Page], obstacles: Callable[[Page], list[str]], depot: DepotPrepare, tmp_path: Path
) -> None:
    shown = carnets(depot, tmp_path / "depot")
    assert not any(word in fragment for fragment in shown for word in ("<style", "class=", "color", "<script"))
    assert all(len(fragment) < 12_000 for fragment in shown)
    cells = "".join(f"<div>{fragment}</div>" for fragment in shown)
    themes = "background: #fff; color: #000", "background: #111; color: #eee"
    both = "".join(f'<section style="{colours}">{cells}</section>' for colours in themes)
    page = ouvrir(f'<!doctype html><html lang="fr"><title>Carnet</title><main><h1>Carnet</h1>{both}</main>'.encode())
    assert page.locator("script, img, b").count() == 0
    assert page.locator("td").filter(has_text="<script>alert(1)</script>").first.is_visible()
    assert obstacles(page) == []
