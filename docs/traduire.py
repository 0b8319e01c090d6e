"""Keep the French site complete: `python docs/traduire.py`, from the project's folder, after any change of a page.

It extracts the messages of the pages from their sources, merges them into `docs/locale/fr/LC_MESSAGES`, one catalogue per page,
and reports what is still to be translated. `python docs/traduire.py --verifier` writes nothing and fails where a page is missing
from the locale, or a message has no translation, a doubtful one (*fuzzy*), or one that has lost a piece of code or a link.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = Path(__file__).resolve().parent
LOCALE = DOCS / "locale" / "fr" / "LC_MESSAGES"
#: Sphinx looks for the words around the pages (menus, buttons) in this domain, after its own.
CHROME = "sphinx"
#: Pages that stay English, since they are for those who change the library; the list of the decisions is in everybody's menu.
ENGLISH = re.compile(r"decisions/(?!index$)|_build/")
#: Only the hand-written parts of these pages are translated; the rest comes from the code, and is mostly in French already.
REFERENCE = "reference"
#: A page that comes entirely from the code.  In its sections the rows of tables are left out, in its objects everything.
DERIVED_PAGE = re.compile(r"^<!-- Written by docs/generate.py|^This page is written from the code", re.MULTILINE)
SECTION, OBJECT = re.compile("## "), re.compile(r"```\{(eval-rst|py:)")
#: Between these marks, a hand-written page has what comes from the code.
BEGIN_DERIVED, END_DERIVED = re.compile(r"<!-- (aide|sortie): "), "<!-- fin"
#: What `python -m benchmarks --ecrire` rewrites each time stays as it is: the day, the machine, the versions.
OF_A_RUN = re.compile(r"on \d\d/\d\d/\d{4}, |CPython \d")
#: What must survive a translation as it is: inline code, the target of a role or of a link.
CODE = re.compile(r"(?:\{[\w:+-]+\})?(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")
#: A translation that begins like this would be read as a list, a title or a quotation: the first character needs a backslash.
BLOCK = re.compile(r"\d+[.)] |[-+*>] |#")
#: Small words that tell the two languages apart.
FRENCH_WORDS = frozenset(
    re.findall(r"\w+", "le la les de des du un une est et pour au aux ce sur par qui que dans ou avec en pas")
)
ENGLISH_WORDS = frozenset(re.findall(r"\w+", "the of to is are and for in by that which with from its it what not one"))
HEADER = """\
# French translation of segur_pha's documentation. `python docs/traduire.py` keeps its messages up to date.
msgid ""
msgstr ""
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""


def pages() -> list[str]:
    """Name the pages that must be readable in French but are not written in it."""
    names = [path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")]
    return sorted(name for name in names if not ENGLISH.match(name) and not written_in_french(name))


def written_in_french(page: str) -> bool:
    """Tell whether a page says `lang: fr` at its top."""
    return (DOCS / f"{page}.md").read_text(encoding="utf-8").startswith("---\nlang: fr\n")


def templates() -> dict[str, Catalog]:
    """Extract the messages from their sources: page, or `sphinx` for the words around the pages → its messages, in order."""
    with tempfile.TemporaryDirectory() as folder:
        # Docstrings stay English: without autodoc there are none, and it takes half the time. What Sphinx then warns of
        # (unknown directives) is judged by the builds of the two sites.
        options = [
            "extensions=myst_parser,sphinx_design",
            "exclude_patterns=_build,decisions/[0-9]*",
            "gettext_compact=0",
            # In French, the texts of images would come out translated as soon as a build has compiled the catalogues.
            "language=en",
            # Messages are taken as they were typed.
            "smartquotes=0",
        ]
        command = [
            sys.executable,
            "-Wignore",
            "-m",
            "sphinx",
            "-b",
            "gettext",
            "-Q",
            *(f"-D{option}" for option in options),
        ]
        subprocess.run([*command, DOCS, folder], check=True)  # noqa: S603 - ourselves
        found = {page: _of_page(page, Path(folder)) for page in pages()}
    return found | {CHROME: _of_chrome()}


def _of_page(page: str, folder: Path) -> Catalog:
    template = folder / f"{page}.pot"
    messages = _read(template) if template.exists() else Catalog()
    is_wanted = part_of_reference(page) if page.startswith(f"{REFERENCE}/") else lambda *_: True
    catalog = Catalog(locale="fr")
    for message in messages:
        text = str(message.id)
        if (
            text
            and has_words(text)
            and not OF_A_RUN.match(text)
            and any(is_wanted(text, line) for _, line in message.locations)
        ):
            catalog.add(text)
    return catalog


def part_of_reference(page: str) -> Callable[[str, int], bool]:
    """Tell, from a message and its line, whether it is written by hand, a heading, or the title of a column."""
    lines = [*(DOCS / f"{page}.md").read_text(encoding="utf-8").splitlines(), ""]
    derived = DERIVED_PAGE.search("\n".join(lines[:5])) is not None
    sections, objects = (_first(mark, lines) for mark in (SECTION, OBJECT))
    between_marks = frozenset(lines_between_marks(lines))

    def is_wanted(text: str, number: int) -> bool:
        line, below = lines[number - 1], lines[number]
        if not derived:
            return line.startswith("#") or number not in between_marks
        if line.startswith("|") and number > sections:
            # If a cell has a role in it, every cell of its table is reported as being on the first line.
            return below.startswith(("|---", "| ---")) and text in [cell.strip() for cell in line.split("|")]
        return number <= objects

    return is_wanted


def _first(mark: re.Pattern[str], lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if mark.match(line)), len(lines))


def lines_between_marks(lines: list[str]) -> Iterator[int]:
    inside = False
    for number, line in enumerate(lines, 1):
        inside = BEGIN_DERIVED.match(line) is not None or (inside and not line.startswith(END_DERIVED))
        if inside:
            yield number


def has_words(message: str) -> bool:
    """Tell whether a message holds anything to translate besides code, links and numbers.

    >>> has_words("{doc}`glossaire`, `numeroAns`: 12 %"), has_words("{doc}`the words <glossaire>`"), has_words("3.2")
    (False, True, False)
    """
    titled = re.sub(r"\{[\w:+-]+\}`([^`<]+)<[^`>]*>`", r"\1", message)
    return re.search(r"[^\W\d_]{2}", re.sub(r"</?\w+>", "", LINK.sub("]", CODE.sub("", titled)))) is not None


def _of_chrome() -> Catalog:
    """Collect what the theme and our own templates say, if Sphinx's French catalogue does not have it."""
    import furo
    import sphinx

    with (Path(sphinx.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "sphinx.mo").open("rb") as compiled:
        known = GNUTranslations(compiled)
    catalog = Catalog(locale="fr")
    for folder in (Path(furo.__file__).parent / "theme", DOCS / "_templates"):
        for _, _, message, _, _ in extract_from_dir(folder, [("**.html", "jinja2.ext:babel_extract")]):
            if isinstance(message, str) and known.gettext(message) == message:
                catalog.add(message)
    return catalog


def path_of(domain: str) -> Path:
    """Say where the catalogue of a page is."""
    return LOCALE / f"{domain}.po"


def read(domain: str) -> Catalog:
    """Read the translations of a page; nothing if there is no catalogue."""
    path = path_of(domain)
    return _read(path) if path.exists() else Catalog(locale="fr")


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def reads_as_french(message: str) -> bool:
    """Guess whether a page already says something in French, like tables of codes.

    >>> reads_as_french("numéro à vérifier par l’éditeur"), reads_as_french("the list of the balises"), reads_as_french("SIRET")
    (True, False, False)
    """
    words = set(re.findall(r"\w+", CODE.sub("", message).lower()))
    return not words & ENGLISH_WORDS and bool(words & FRENCH_WORDS or re.search(r"[àâçéèêëîïôùûœ]|\b[ldnsc]’", message))


def merged(domain: str, template: Catalog) -> Catalog:
    """Return the messages of a page with their translations: those that changed a little get the old one, marked as fuzzy."""
    catalog = read(domain)
    catalog.update(template)
    catalog.obsolete.clear()
    for message in catalog:
        if message.id and (message.fuzzy or not message.string) and reads_as_french(str(message.id)):
            message.string = message.id
            message.flags.discard("fuzzy")
    return catalog


def write(domain: str, template: Catalog, catalog: Catalog) -> None:
    """Write a catalogue: messages in the order of the page, unwrapped and without line numbers, so that a diff shows changes only."""
    ordered = Catalog(locale="fr")
    for message in template:
        if message.id:
            translated = catalog[message.id]
            ordered.add(message.id, translated.string, flags=translated.flags)
    path = path_of(domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, ordered, width=0, no_location=True, omit_header=True)
    path.write_bytes(HEADER.encode() + body.getvalue().rstrip() + b"\n")


def faults(domain: str, template: Catalog, catalog: Catalog) -> Iterator[str]:
    """Say what keeps a page from being read in French, with its number."""
    wanted = [message for message in template if message.id]
    found = [(message, catalog.get(message.id)) for message in wanted]
    missing = [message for message, got in found if got is None or not got.string]
    doubtful = [message for message, got in found if got is not None and got.fuzzy]
    if missing:
        yield f"{domain}: {len(missing)} untranslated" + ("" if path_of(domain).exists() else ", no catalogue")
    if doubtful:
        yield f"{domain}: {len(doubtful)} fuzzy"
    for message, got in found:
        if got is not None and BLOCK.match(str(got.string)):
            yield f"{domain}: put a backslash before the first sign of: {str(got.string)[:60]}"
        lost = (
            kept(str(message.id)) - kept(str(got.string)) if got is not None and got.string and not got.fuzzy else None
        )
        if lost:
            yield f"{domain}: {', '.join(sorted(lost))} lost in the translation of: {str(message.id)[:60]}"


def kept(message: str) -> Counter[str]:
    """Count what a translation must keep: inline code, targets of roles and links.

    >>> sorted(kept("See {doc}`the page <guide/index>`, [here](a.md#b) and `x.py`"))
    ['a.md#b', 'guide/index', 'x.py']
    """
    spans = (match[2] for match in CODE.finditer(message))
    targets = (re.sub(r".*<([^>]+)>", r"\1", span) for span in spans)
    return Counter([*targets, *(first or second for first, second in LINK.findall(message))])


def orphans(domains: dict[str, Catalog]) -> list[str]:
    """Name the catalogues of pages that no longer exist."""
    names = [path.relative_to(LOCALE).with_suffix("").as_posix() for path in LOCALE.rglob("*.po")]
    return sorted(set(names) - set(domains))


def main(arguments: list[str]) -> list[str]:
    """Do what the command line asks for, and say what is missing."""
    found, told = templates(), []
    only_look = arguments == ["--verifier"]
    for domain, template in found.items():
        catalog = read(domain) if only_look else merged(domain, template)
        if not only_look and len(template):
            write(domain, template, catalog)
        told += faults(domain, template, catalog)
    for domain in orphans(found):
        if only_look:
            told.append(f"{domain}: a catalogue without a page")
        else:
            path_of(domain).unlink()
    return told


if __name__ == "__main__":
    sys.exit("\n".join(main(sys.argv[1:])) or None)
