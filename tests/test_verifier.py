"""docs/verifier.py: the links of the project's own documents are right, and a wrong one would be told."""

import importlib.util
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def verifier():
    spec = importlib.util.spec_from_file_location("verifier", PROJECT / "docs" / "verifier.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_link_of_the_documents_beside_the_code_leads_somewhere(verifier):
    assert list(verifier.broken_markdown_links()) == []


@pytest.fixture
def site(tmp_path):
    (tmp_path / "image.png").touch()
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "page.html").write_text('<h1 id="prêt">Prêt</h1><a name="old"></a>', encoding="utf-8")

    def with_link(url):
        (tmp_path / "index.html").write_text(f'<a href="{url}">x</a><img src="image.png">', encoding="utf-8")
        return tmp_path

    return with_link


@pytest.mark.parametrize(
    "url",
    [
        "#",
        "guide/page.html",
        "guide/page.html#pr%C3%AAt",
        "guide/page.html#old",
        "image.png",
        "https://docs.python.org/3/#top",
        "mailto:someone@editeur.example",
    ],
)
def test_a_link_that_leads_somewhere_is_not_told(verifier, site, url):
    assert list(verifier.broken_links(site(url))) == []


@pytest.mark.parametrize(
    "url",
    [
        "absent.html",
        "guide",
        "guide/page.html#prete",
        "#absent",
        "image.png#part",
        "https://",
        "https://localhost/page",
        "htps://docs.python.org/",
        "file:///etc/hosts",
        "mailto:",
    ],
)
def test_a_link_that_leads_nowhere_is_told(verifier, site, url):
    [fault] = verifier.broken_links(site(url))

    assert fault.startswith(f"index.html: {url}: ")


def test_links_between_markdown_files_follow_their_headings(verifier, tmp_path):
    (tmp_path / "CHANGELOG.md").write_text("# Title, and `code`\n", encoding="utf-8")
    text = (
        "[a](CHANGELOG.md#title-and-code) [b](CHANGELOG.md#title) `[c](absent)`\n```\n[d](absent)\n# no heading\n```\n"
    )
    (tmp_path / "README.md").write_text(text + "[e](#no-heading)", encoding="utf-8")

    assert list(verifier.broken_markdown_links(tmp_path)) == [
        "README.md: CHANGELOG.md#title: no such place in that file",
        "README.md: #no-heading: no such place in that file",
    ]


def test_without_a_browser_only_the_ci_complains(verifier, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setenv("CI", "true")
    assert list(verifier.judged_in_chromium(tmp_path)) == ["chromium is not installed"]

    monkeypatch.delenv("CI")
    assert list(verifier.judged_in_chromium(tmp_path)) == []
    assert "neither the width of the pages nor the search" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["index.html", "guide/page.html"])
def test_a_page_that_does_not_lead_to_its_twin_in_the_other_language_is_told(verifier, tmp_path, name):
    french, english = tmp_path / name, tmp_path / "en" / name
    for page in (french, english):
        page.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * name.count("/") or "./"
    french.write_text(f'<a href="{up}en/{name}">English</a>', encoding="utf-8")
    english.write_text(f'<a href="{up}{name}">Français</a>', encoding="utf-8")

    assert list(verifier.without_twin(tmp_path)) == [f"en/{name}: no link to {name}"]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<h1>Codes</h1><th><p>code</p></th><td></td><thead></thead>", []),
        ("<h2>Codes</h2>", ["index.html: no heading of the first level"]),
        ('<h1>Codes</h1><th class="head"><p></p></th>', ["index.html: an empty title of a column"]),
        ("<h1>Codes</h1><th></th>", ["index.html: an empty title of a column"]),
    ],
)
def test_a_page_without_heading_or_an_empty_title_of_a_column_is_told(verifier, tmp_path, html, told):
    (tmp_path / "index.html").write_text(html, encoding="utf-8")

    assert list(verifier.hard_to_listen_to(tmp_path)) == told


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>segur-pha etat --format json – en un mot, 1–2, Avance–solde</p>", []),
        ("<p>segur-pha etat –format json</p><td>–format</td>", ["–format"]),
        ("<td>–sans-concordance</td>", ["–sans-concordance"]),
    ],
)
def test_an_option_whose_hyphens_became_a_dash_is_told(verifier, tmp_path, html, told):
    (tmp_path / "index.html").write_text(html, encoding="utf-8")

    faults = [f"index.html: {option}: an option is written with two hyphens" for option in told]
    assert list(verifier.options_with_a_dash(tmp_path)) == faults


def test_a_guide_that_is_shown_late_is_told(verifier):
    assert list(verifier.late("q", ["guide/a.html#b", "gestionnaire.html", "decisions/1.html"], {"guide/a.html"})) == []
    assert list(verifier.late("q", ["guide/b.html"], {"guide/a.html"})) == ["q shows guide/b.html first"]
    assert list(verifier.late("q", [], {"guide/a.html"})) == ["q shows nothing first"]
    found = ["guide/a.html", "reference/api/registre.html", "glossaire.html", "tutoriel/index.html"]
    assert list(verifier.late("q", found, {"guide/a.html"})) == [
        "q shows tutoriel/index.html after reference/api/registre.html"
    ]
