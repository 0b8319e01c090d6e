"""Sphinx configuration: Markdown pages, the API read from the docstrings, no network.

The sources are English; the site is French unless it is built with ``-D language=en`` (decision 51).
"""

import ast
import pkgutil
import re
import sys
import unicodedata
from importlib import import_module
from inspect import getsource
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search.en import SearchEnglish
from sphinx.search.fr import SearchFrench
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

import segur_pha

sys.path.insert(0, str(Path(__file__).parent))

from traduire import has_words, reads_as_french

project = "segur_pha"
author = "the segur_pha contributors"
copyright = author
language = "fr"
# Curly quotes and ellipses, but no dash instead of the two hyphens of an option: --format has to be typed.
smartquotes_action = "qe"
locale_dirs = ["locale"]
gettext_compact = False

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design"]
exclude_patterns = ["_build"]
nitpicky = True
# Types of other libraries, whose pages are not looked up; our aliases and type variables, which autodoc shows by name.
nitpick_ignore_regex = [
    (
        "py:.*",
        r"(datetime|decimal|pathlib|collections|contextlib|os|enum|hypothesis|matplotlib|sqlalchemy|jsonschema|cattrs|attr)\..*",
    ),
    (
        "py:.*",
        r"(Callable\[\[\]?|Source|SourceRetour|SourceDeCommandes|TableOfficines|Suivi|Admissible|Brut|ObjetBrut|date|Decimal|Path|Mapping\[str)",
    ),
    # Classes that only describe what a method returns, a protocol, and aliases: each is described where it is used.
    (
        "py:.*",
        (
            r"(segur_pha\.registre\.attentes\.)?(Attente|EnAttente|Situation|Solde|DejaPartie)|(segur_pha\.anomalies\.)?RapportDeControle|"
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
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["segur_pha.css"]
html_js_files = ["copier.js"]
html_search_scorer = str(Path(__file__).with_name("classement.js"))
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"


def name_the_types() -> None:
    """Run the imports meant for the type checker only, so that signatures name types that can be linked."""
    rooms = [
        room.name
        for room in pkgutil.walk_packages(segur_pha.__path__, "segur_pha.")
        if room.name != "segur_pha.__main__"
    ]
    for room in map(import_module, rooms):
        for statement in ast.parse(getsource(room)).body:
            if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
                exec(compile(ast.Module(statement.body, []), room.__name__, "exec"), vars(room))  # noqa: S102 - our own code


def without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


class EnglishWithoutAccents(SearchEnglish):
    """Half of the words of the English site are French: fold the accents of both pages and queries, then stem."""

    js_splitter_code = """
Stemmer = ((English) => function () {
  const english = new English();
  this.stemWord = (word) => english.stemWord(word.normalize("NFD").replace(/\\p{Mark}/gu, ""));
})(Stemmer);
"""

    def stem(self, word: str) -> str:
        return super().stem(without_accents(word))


class FrenchWithoutAccents(SearchFrench):
    """Fold the accents, then stem; the stemmer needs them for « rejetée » and « vérifié », so remove those endings as well."""

    js_splitter_code = """
Stemmer = ((French) => function () {
  const french = new French();
  this.stemWord = (word) => {
    const plain = word.toLowerCase().normalize("NFD").replace(/\\p{Mark}/gu, "");
    return french.stemWord(plain.replace(/(?<=...)s$/, "")).replace(/(?<=...)[ei]+$/, "");
  };
})(Stemmer);
"""

    def stem(self, word: str) -> str:
        singular = re.sub(r"(?<=...)s$", "", without_accents(word.lower()))
        return re.sub(r"(?<=...)[ei]+$", "", super().stem(singular))


class PointAtTheRow(SphinxTransform):
    """Make an indexed code in a table lead to its row, so that the search shows the row, not a bare number."""

    default_priority = 400

    def apply(self) -> None:
        for index in list(self.document.findall(addnodes.index)):
            if isinstance(index.parent.parent, nodes.entry):
                [(kind, text, _, main, key)] = index["entries"]
                [target] = [node for node in index.parent.children if isinstance(node, nodes.target)]
                target.parent.remove(target)
                index.parent.parent.parent["ids"].append(f"code-{text.strip()}")
                index["entries"] = [(kind, text.strip(), f"code-{text.strip()}", main, key)]


def kept_together(text: str) -> str:
    """Put no-break spaces inside « », before ; : ! ? % € and in 10 000; sources and catalogues stay easy to type."""
    return re.sub(r"(?<=«) | (?=[»;:!?])|(?<=\d) (?=[%€]|\d{3}(?!\d))", "\N{NO-BREAK SPACE}", text)


def keep_french_signs_together(_app: Sphinx, doctree: nodes.document) -> None:
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.literal | nodes.literal_block | nodes.raw | nodes.comment):
            text.parent.replace(text, nodes.Text(kept_together(text)))


class SayWhatIsEnglish(SphinxPostTransform):
    """Mark what a French page shows in English (docstrings and sentences from the code) for screen readers."""

    default_priority = 5

    def run(self, **_: object) -> None:
        if language_of(self.app, self.env.docname) == "fr":
            for node in self.document.findall(nodes.Element):
                untranslated = node.get("translated") is False and has_words(node.rawsource)
                if isinstance(node, addnodes.desc_content) or (untranslated and not reads_as_french(node.rawsource)):
                    node["classes"].append("language-en")


def language_of(app: Sphinx, page: str) -> str:
    """Tell the language of a page: that of the site, unless it says `lang: fr` at its top or is not translated."""
    said = app.env.metadata.get(page, {}).get("lang")
    return said or ("en" if re.match("decisions/(?!index$)", page) else app.config.language)


def say_the_language(app: Sphinx, page: str, _template: str, context: dict[str, object], _doctree: object) -> None:
    """Tell browsers and screen readers the language of a page, and where to find the same page in the other one."""
    other = "en" if app.config.language == "fr" else "fr"
    # The French site is the root, the English one its folder `en`.
    way = f"{context['content_root']}{'en/' if other == 'en' else '../'}"
    context |= {
        "language": language_of(app, page),
        "language_of_site": app.config.language,
        "other_language": other,
        "other_page": f"{way}{page}.html",
    }


#: A signature over several lines, which Sphinx writes as definitions without terms.
PARAMETERS = re.compile(r"<dl>\n((?:<dd>.*?</dd>\n)+)</dl>", re.DOTALL)


def list_the_parameters(_app: Sphinx, _page: str, _template: str, context: dict[str, object], _doctree: object) -> None:
    """Write the parameters of a signature over several lines as a list: screen readers then say how many there are."""
    if body := context.get("body"):
        context["body"] = PARAMETERS.sub(
            lambda found: '<ul class="parametres">\n{}</ul>'.format(
                found[1].replace("<dd>", "<li>").replace("</dd>", "</li>")
            ),
            str(body),
        )


def name_the_authors(_app: Sphinx, config: Config) -> None:
    if config.language == "fr":
        config.author = config.copyright = "les contributeurs de segur_pha"


def setup(app: Sphinx) -> None:
    if "sphinx.ext.autodoc" in app.extensions:  # traduire.py does without
        name_the_types()
    app.add_search_language(EnglishWithoutAccents)
    app.add_search_language(FrenchWithoutAccents)
    app.add_transform(PointAtTheRow)
    app.add_post_transform(SayWhatIsEnglish)
    app.connect("config-inited", name_the_authors)
    app.connect("doctree-read", keep_french_signs_together)
    app.connect("html-page-context", say_the_language)
    app.connect("html-page-context", list_the_parameters)
