"""Sphinx configuration: Markdown pages, the API read from the docstrings, no network."""

import ast
import pkgutil
import re
import unicodedata
from importlib import import_module
from inspect import getsource

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.transforms import SphinxTransform

import segur_pha

project = "segur_pha"
author = "the segur_pha contributors"
copyright = author
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design"]
exclude_patterns = ["_build"]
nitpicky = True
# Types of other libraries, whose pages are not asked for; aliases and type variables of ours, which autodoc shows by name.
nitpick_ignore_regex = [
    (
        "py:.*",
        r"(datetime|decimal|pathlib|collections|os|enum|hypothesis|matplotlib|sqlalchemy|jsonschema|cattrs|attr)\..*",
    ),
    (
        "py:.*",
        r"(Source|SourceRetour|SourceDeCommandes|TableOfficines|Suivi|Admissible|Brut|ObjetBrut|date|Decimal|Path|Mapping\[str)",
    ),
    # Classes that only describe what a method gives back, a protocol, and aliases: each is told where it is used.
    (
        "py:.*",
        (
            r"(segur_pha\.registre\.attentes\.)?(Attente|EnAttente|Situation|Solde)|(segur_pha\.anomalies\.)?RapportDeControle|"
            r"(segur_pha\.rapports\.tableau\.)?Tableau|Format|Objet|Liste|Evenement|FormeJour|Conseiller|NOMS_INSI|insi|dmp"
        ),
    ),
    ("py:.*", r".*\.construire\.T|.*\.(balise|modele)\.(Balise|Coherence)|.*\.Catalogue|(.*\.)?Localisable"),
]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
maximum_signature_line_length = 80
napoleon_use_ivar = True
napoleon_attr_annotations = False
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "segur_pha"
html_static_path = ["_static"]
html_css_files = ["segur_pha.css"]


def name_the_types() -> None:
    """Run the imports that are there for the type checker only: signatures then name types that can be linked."""
    rooms = [
        room.name
        for room in pkgutil.walk_packages(segur_pha.__path__, "segur_pha.")
        if room.name != "segur_pha.__main__"
    ]
    for room in map(import_module, rooms):
        for statement in ast.parse(getsource(room)).body:
            if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
                exec(compile(ast.Module(statement.body, []), room.__name__, "exec"), vars(room))  # noqa: S102 - our own code


class SearchWithoutAccents(SearchEnglish):
    """Half of the words are French: fold the accents of pages and queries alike, then stem as Sphinx does."""

    js_splitter_code = """
Stemmer = ((English) => function () {
  const english = new English();
  this.stemWord = (word) => english.stemWord(word.normalize("NFD").replace(/\\p{Mark}/gu, ""));
})(Stemmer);
"""

    def stem(self, word: str) -> str:
        return super().stem("".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)))


class PointAtTheRow(SphinxTransform):
    """Let a code that is indexed in a table lead to its row: what the search shows is then the row, not a bare number."""

    default_priority = 400

    def apply(self) -> None:
        for index in list(self.document.findall(addnodes.index)):
            if isinstance(index.parent.parent, nodes.entry):
                [(kind, text, _, main, key)] = index["entries"]
                [target] = [node for node in index.parent.children if isinstance(node, nodes.target)]
                target.parent.remove(target)
                index.parent.parent.parent["ids"].append(f"code-{text.strip()}")
                index["entries"] = [(kind, text.strip(), f"code-{text.strip()}", main, key)]


def keep_french_signs_together(_app: Sphinx, doctree: nodes.document) -> None:
    """Put no-break spaces inside « » and before ; : ! ? wherever a page speaks French; the sources stay easy to type."""
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.literal | nodes.literal_block | nodes.raw | nodes.comment):
            text.parent.replace(text, nodes.Text(re.sub(r"(?<=«) | (?=[»;:!?])", "\N{NO-BREAK SPACE}", text)))


def say_the_language(_app: Sphinx, _page: str, _template: str, context: dict[str, object], _doctree: object) -> None:
    """Tell browsers and screen readers which pages are in French: `lang: fr` at the top of a page."""
    meta = context.get("meta")
    context["language"] = meta.get("lang", language) if isinstance(meta, dict) else language


def setup(app: Sphinx) -> None:
    name_the_types()
    app.add_search_language(SearchWithoutAccents)
    app.add_transform(PointAtTheRow)
    app.connect("doctree-read", keep_french_signs_together)
    app.connect("html-page-context", say_the_language)
