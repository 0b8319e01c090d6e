"""Judge the built site as a reader would: `python docs/verifier.py docs/_build/html`, from the project's folder.

The French site is the folder, the English one its folder `en`; each page must lead to its counterpart in the other. Every link
and anchor inside the site and in the project's own Markdown files must lead somewhere. Pages must have a heading, no column title
may be empty, and no option may be shown with a dash. In Chromium, no page may scroll sideways on a telephone, the search box must
find what people look for, with the guides first, and axe must find nothing on one page of each kind, light and dark. Links to
other sites are only checked for their form: the build needs no network. Without Chromium these checks are left out, except under
``CI=true``.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from contextlib import contextmanager
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

PROJECT = Path(__file__).resolve().parents[1]
#: What is read next to the code and not on our site.
MARKDOWN = ("*.md", "*/README.md")
TELEPHONE = {"width": 375, "height": 700}
#: Site → what somebody types → the page that must be among the results.
_NAMES = {
    "2407": "reference/codes.html#code-2407",
    "montantSegurHT": "reference/codes.html",
    "construire_demande": "reference/api/construire.html",
    "segur_pha.registre.Registre": "reference/api/registre.html",
    "finess-cle": "reference/conseils.html",
    "PostgreSQL": "guide/partager-le-registre.html",
    "rejetée": "gestionnaire.html",
    "rejetee": "gestionnaire.html",
    "contrôles": "gestionnaire.html",
    "opérateur de messagerie": "gestionnaire.html",
    "operateur messagerie": "gestionnaire.html",
    "prise en main": "prise-en-main.html",
    "pièce justificative": "glossaire.html",
    "numéro déjà utilisé": "gestionnaire.html",
    "django": "guide/dans-un-service.html",
    "docker": "guide/dans-un-service.html",
}
SEARCHES = {
    "": _NAMES
    | {
        "rejet": "gestionnaire.html",
        "rejeter": "gestionnaire.html",
        "certificats expirés": "guide/certificats.html",
        "renouvellement": "guide/certificats.html",
        "déposer un fichier": "tutoriel/index.html",
        "intégrer": "guide/integrer.html",
        "contrôler": "guide/controler.html",
        "préparées": "guide/preparer.html",
        "deposees": "guide/apres-le-depot.html",
    },
    "en": _NAMES | {"certificates expire": "guide/certificats.html", "checking files": "guide/controler.html"},
}
#: Site → what somebody following a guide types → the pages one of which must come first.
FIRST = {
    "": {
        "numéro déjà utilisé": {"gestionnaire.html"},
        "rejet": {"gestionnaire.html", "guide/apres-le-depot.html"},
        "solde": {"gestionnaire.html", "guide/apres-le-depot.html"},
        "certificat": {"guide/certificats.html"},
        "avance": {"gestionnaire.html", "prise-en-main.html", "tutoriel/index.html"},
        "dépôt": {"guide/apres-le-depot.html", "guide/preparer.html", "gestionnaire.html"},
    },
    "en": {"rejected": {"guide/apres-le-depot.html", "gestionnaire.html"}, "certificates": {"guide/certificats.html"}},
}
#: What comes after every guide: the names of the code, and the decisions.
LAST = re.compile("(reference/api|decisions)/")
GUIDES = re.compile("(guide|tutoriel|exemples)/|(gestionnaire|prise-en-main)[.]")
#: A page of each kind, on the French site.
KINDS = (
    "index", "gestionnaire", "prise-en-main", "glossaire", "tutoriel/index", "guide/preparer", "explications/vitesse",
    "exemples/analyse", "reference/index", "reference/table", "reference/codes", "reference/constats", "reference/cli",
    "reference/registre", "reference/api/index", "reference/api/controler", "decisions/index", "decisions/17-retours",
    "genindex", "search",
)  # fmt: skip
#: Each theme, with a width: that of a desktop and of a telephone.
THEMES = {"light": {"width": 1200, "height": 900}, "dark": TELEPHONE}
AXE = PROJECT / "tests" / "noeud" / "node_modules" / "axe-core" / "axe.min.js"
#: What the search says when it is finished, in either language.
ENDED = re.compile("Search finished|did not match|echerche (est )?terminée|ne correspond à aucun")
#: The title of a column that says nothing.
#: An option whose hyphens became a dash: "–format".
MANGLED = re.compile(r"(?<![^\s>(«“])[–—][a-zé][\w-]*")
NO_TITLE = re.compile(r"<th\b[^>]*>\s*(<p>\s*</p>)?\s*</th>")
#: The elements of an article that stick out to the right, except those that scroll by themselves.
STICKS_OUT = """() => [...document.querySelectorAll("article *")].filter(element => {
    for (let up = element; up && up.tagName != "ARTICLE"; up = up.parentElement)
        if (getComputedStyle(up).overflowX != "visible") return false;
    return element.getBoundingClientRect().right > innerWidth + 1;
}).map(element => element.outerHTML.slice(0, 100))"""


class Links(HTMLParser):
    """What a page points to, and its possible targets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = {""}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the name is HTMLParser's
        given = dict(attrs)
        self.targets += [url for name in ("href", "src") if (url := given.get(name)) is not None]
        self.anchors |= {name for key in ("id", "name") if (name := given.get(key))}


@cache
def links_of(path: Path) -> Links:
    """Read a page once."""
    return Links(path.read_text(encoding="utf-8"))


def broken_links(site: Path) -> Iterator[str]:
    """Say which links of a built site lead nowhere."""
    for page in sorted(site.rglob("*.html")):
        for url in dict.fromkeys(links_of(page).targets):
            fault = _fault(url, page)
            if fault:
                yield f"{page.relative_to(site)}: {url}: {fault}"


def without_twin(site: Path) -> Iterator[str]:
    """Say which pages do not lead to the same page in the other language."""
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site)
        twin = name.relative_to("en") if name.parts[0] == "en" else Path("en", name)
        ways = {(page.parent / unquote(url)).resolve() for url in links_of(page).targets if not urlsplit(url).scheme}
        if (site / twin).resolve() not in ways:
            yield f"{name}: no link to {twin}"


def hard_to_listen_to(site: Path) -> Iterator[str]:
    """Say which pages lack their own heading, or have an empty column title: screen readers navigate by these."""
    for page in sorted(site.rglob("*.html")):
        html = page.read_text(encoding="utf-8")
        if not re.search(r"<h1\b", html):
            yield f"{page.relative_to(site)}: no heading of the first level"
        if NO_TITLE.search(html):
            yield f"{page.relative_to(site)}: an empty title of a column"


def options_with_a_dash(site: Path) -> Iterator[str]:
    """Say which pages show an option with a dash in place of its two hyphens, which nobody could type."""
    for page in sorted(site.rglob("*.html")):
        for option in dict.fromkeys(MANGLED.findall(page.read_text(encoding="utf-8"))):
            yield f"{page.relative_to(site)}: {option}: an option is written with two hyphens"


def broken_markdown_links(folder: Path = PROJECT) -> Iterator[str]:
    """Say which links of the Markdown files next to the code lead nowhere."""
    for path in sorted(path for pattern in MARKDOWN for path in folder.glob(pattern)):
        prose = re.sub(r"`[^`\n]*`", "", without_blocks(path))
        for url in re.findall(r"\]\(([^)\s]+)\)", prose):
            fault = _fault(url, path)
            if fault:
                yield f"{path.relative_to(folder)}: {url}: {fault}"


def without_blocks(markdown: Path) -> str:
    """Read a Markdown file without its blocks of code."""
    return re.sub(r"^```.*?^```", "", markdown.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def _fault(url: str, page: Path) -> str | None:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return None if _well_formed(url) else "not the address of a page or a mailbox"
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_file():
        return "no such file"
    return None if unquote(parts.fragment) in _anchors(target) else "no such place in that file"


def _well_formed(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme in {"data", "mailto"}:
        return bool(parts.path)
    host = parts.hostname or ""
    return parts.scheme in {"https", "http", ""} and re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", host) is not None


def _anchors(target: Path) -> set[str]:
    if target.suffix == ".html":
        return links_of(target).anchors
    if target.suffix == ".md":
        titles = re.findall(r"^#+ +(.+)$", without_blocks(target), re.MULTILINE)
        return {"", *map(slug, titles)}
    return {""}


def slug(title: str) -> str:
    """Name a heading as the code hosting site does.

    >>> slug("Try it, without the portal")
    'try-it-without-the-portal'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve the site on this machine only, since the search does not work on files in a browser; yield its address."""

    class Silent(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def too_wide(page: Page, address: str, site: Path) -> Iterator[str]:
    """Say which pages scroll sideways, or hide something, on a telephone."""
    for name in sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html")):
        page.goto(f"{address}/{name}", wait_until="load")
        width = page.evaluate("document.scrollingElement.scrollWidth")
        outside = page.evaluate(STICKS_OUT)
        if width > TELEPHONE["width"] or outside:
            yield f"{name}: {width} pixels wide; {outside[:3]}"


def found_by(page: Page, root: str, query: str) -> list[str]:
    """Type into the search box of a site, and list the pages that it shows, in order."""
    page.goto(f"{root}/search.html")
    box = page.locator("form input[name=q]").last
    box.fill(query)
    box.press("Enter")
    page.get_by_text(ENDED).wait_for()
    links = page.eval_on_selector_all("#search-results li > a", "links => links.map(link => link.href)")
    return [link.removeprefix(f"{root}/") for link in links]


def not_found(page: Page, address: str) -> Iterator[str]:
    """Say what the search boxes of the two sites do not find."""
    for folder, queries in SEARCHES.items():
        for query, wanted in queries.items():
            found = found_by(page, f"{address}/{folder}".rstrip("/"), query)
            if not any(link == wanted or link.startswith(f"{wanted}#") for link in found):
                yield f"« {query} » does not find {folder}/{wanted}, but {sorted(found)}"


def found_late(page: Page, address: str) -> Iterator[str]:
    """Say what the search boxes find but do not show first, or show after the names of the code and the decisions."""
    for folder, queries in FIRST.items():
        for query, wanted in queries.items():
            yield from late(f"{folder}: « {query} »", found_by(page, f"{address}/{folder}".rstrip("/"), query), wanted)


def late(what: str, found: list[str], wanted: set[str]) -> Iterator[str]:
    """Say what is wrong with the order of what was found.

    >>> list(late("« rejet »", ["decisions/17.html", "guide/a.html"], {"guide/a.html"}))
    ['« rejet » shows decisions/17.html first', '« rejet » shows guide/a.html after decisions/17.html']
    """
    if not found or found[0].partition("#")[0] not in wanted:
        yield f"{what} shows {found[0] if found else 'nothing'} first"
    last = next((k for k, link in enumerate(found) if LAST.match(link)), len(found))
    yield from (f"{what} shows {link} after {found[last]}" for link in found[last:] if GUIDES.match(link))


def hindering(page: Page, address: str) -> Iterator[str]:
    """Say what axe finds on a page of each kind, in either theme: what hinders screen readers, keyboard use, or weak eyesight."""
    axe = AXE.read_text(encoding="utf-8")
    for theme, size in THEMES.items():
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)
        for kind in KINDS:
            page.goto(f"{address}/{kind}.html", wait_until="load")
            page.evaluate(axe)
            for found in page.evaluate("async () => (await axe.run()).violations"):
                first = found["nodes"][0]["html"][:100]
                yield f"{kind}.html, {theme}: {found['id']} in {len(found['nodes'])} places, first in {first}"


def judged_in_chromium(site: Path) -> Iterator[str]:
    """Check what only a browser can."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI") == "true":
            yield "chromium is not installed"
        else:
            sys.stderr.write("chromium is not installed: neither the width of the pages nor the search was looked at\n")
        return
    from playwright.sync_api import sync_playwright

    with served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.getuid() != 0)
        page = browser.new_page(viewport=TELEPHONE)
        yield from too_wide(page, address, site)
        yield from not_found(page, address)
        yield from found_late(page, address)
        if AXE.is_file():
            yield from hindering(page, address)
        elif os.environ.get("CI") == "true":
            yield "axe is not installed: npm ci --prefix tests/noeud"
        else:
            sys.stderr.write("axe is not installed: nobody looked for what hinders readers\n")
        browser.close()


if __name__ == "__main__":
    built = Path(sys.argv[1]).resolve()
    faults = [
        *broken_markdown_links(),
        *broken_links(built),
        *without_twin(built),
        *hard_to_listen_to(built),
        *options_with_a_dash(built),
        *judged_in_chromium(built),
    ]
    sys.exit("\n".join(faults) or None)
