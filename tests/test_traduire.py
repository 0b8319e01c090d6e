"""The French site is whole, and docs/traduire.py tells when it is not."""

import pytest
import traduire
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.ci
def test_every_page_that_should_be_is_read_in_french():
    assert traduire.main(["--verifier"]) == []


def test_every_page_is_written_in_french_or_translated_but_those_for_who_changes_the_library():
    pages = {path.relative_to(traduire.DOCS).with_suffix("").as_posix() for path in traduire.DOCS.rglob("*.md")}
    english = {page for page in pages if page.startswith(("decisions/", "_build/")) and page != "decisions/index"}

    assert pages - english - set(traduire.pages()) == {"gestionnaire", "prise-en-main"}


def _catalog(messages):
    catalog = Catalog(locale="fr")
    for message, (string, flags) in messages.items():
        catalog.add(message, string, flags=flags)
    return catalog


# What a page says, and how far its translation has come.
SENTENCES = st.from_regex(r"[A-Z][a-z]{2,8}( [a-z]{2,8}){1,4}\.", fullmatch=True)
STATES = {"done": ("Traduit.", ()), "missing": ("", ()), "doubtful": ("Douteux.", ("fuzzy",))}


@pytest.fixture
def locale(tmp_path, monkeypatch):
    monkeypatch.setattr(traduire, "LOCALE", tmp_path)
    return tmp_path


@given(page=st.dictionaries(SENTENCES, st.sampled_from(sorted(STATES))))
def test_what_is_missing_and_what_is_doubtful_are_counted_by_page(page):
    template = _catalog(dict.fromkeys(page, ("", ())))
    known = _catalog({message: STATES[state] for message, state in page.items()})
    states = list(page.values())

    told = list(traduire.faults("guide/page", template, known))

    expected = []
    if states.count("missing"):
        expected.append(f"guide/page: {states.count('missing')} untranslated, no catalogue")
    if states.count("doubtful"):
        expected.append(f"guide/page: {states.count('doubtful')} fuzzy")
    assert told == expected


def test_a_page_without_a_catalogue_is_told_and_so_is_a_catalogue_without_a_page(locale, monkeypatch):
    monkeypatch.setattr(traduire, "templates", lambda: {"guide/page": _catalog({"Here it is": ("", ())})})
    (locale / "old.po").touch()

    assert traduire.main(["--verifier"]) == [
        "guide/page: 1 untranslated, no catalogue",
        "old: a catalogue without a page",
    ]


def test_a_new_page_gets_its_catalogue_and_an_old_one_goes(locale, monkeypatch):
    template = _catalog({"Here it is": ("", ()), "un numéro à vérifier": ("", ())})
    monkeypatch.setattr(traduire, "templates", lambda: {"guide/page": template})
    (locale / "old.po").touch()

    assert traduire.main([]) == ["guide/page: 1 untranslated"]

    assert [path.name for path in locale.rglob("*.po")] == ["page.po"]
    assert traduire.read("guide/page")["un numéro à vérifier"].string == "un numéro à vérifier"


@given(page=st.lists(SENTENCES, min_size=1, unique=True), data=st.data())
def test_a_catalogue_keeps_what_is_translated_in_the_order_of_its_page(page, data):
    before = _catalog({message: (f"« {message} »", ()) for message in page})
    after = _catalog(dict.fromkeys(data.draw(st.permutations(page)), ("", ())))
    with pytest.MonkeyPatch.context() as patch, traduire.tempfile.TemporaryDirectory() as folder:
        patch.setattr(traduire, "LOCALE", traduire.Path(folder))
        traduire.write("guide/page", before, before)

        for _ in range(2):  # the second time changes nothing
            traduire.write("guide/page", after, traduire.merged("guide/page", after))
            written = traduire.path_of("guide/page").read_bytes()
            assert [(m.id, m.string) for m in traduire.read("guide/page") if m.id] == [
                (m.id, f"« {m.id} »") for m in after if m.id
            ]

        assert written == traduire.path_of("guide/page").read_bytes()
        assert len(written.decode().splitlines()) == 8 + 3 * len(page)


@pytest.mark.usefixtures("locale")
def test_a_message_that_changed_keeps_its_translation_as_doubtful():
    old, new = (
        "The file is written with its name and its day.",
        "The file is written with its name, its day and its hour.",
    )
    known = _catalog({old: ("Le fichier est écrit.", ())})
    traduire.write("guide/page", known, known)

    catalog = traduire.merged("guide/page", _catalog({new: ("", ())}))

    assert [(m.id, m.string, m.fuzzy) for m in catalog if m.id] == [(new, "Le fichier est écrit.", True)]


@pytest.mark.parametrize(
    ("message", "translation", "lost"),
    [
        ("Call `lire` on it.", "Appelez-la.", "lire"),
        ("See {doc}`the page <guide/index>`.", "Voyez {doc}`la page <guide/autre>`.", "guide/index"),
        ("See [it](a.md#b).", "Voyez-la.", "a.md#b"),
        ("`a` and `a`", "`a`", "a"),
    ],
)
def test_a_piece_of_code_or_a_link_that_is_lost_is_told(message, translation, lost):
    known = _catalog({message: (translation, ())})

    assert list(traduire.faults("page", known, known)) == [f"page: {lost} lost in the translation of: {message}"]


@pytest.mark.parametrize("translation", ["1. Installer", "- un point", "# un titre"])
def test_a_translation_that_would_be_read_as_a_list_or_a_title_is_told(translation):
    known = _catalog({"Install it": (translation, ())})

    assert list(traduire.faults("page", known, known)) == [
        f"page: put a backslash before the first sign of: {translation}"
    ]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("{doc}`glossaire`", False),
        ("`numeroAns`, `SIRET`: 12 %", False),
        ("{py:obj}`~segur_pha.lire`", False),
        ("https://docs.python.org", True),
        ("[the page](page.md)", True),
        ("{doc}`the words <glossaire>`", True),
    ],
)
def test_code_and_numbers_need_no_translation(message, words):
    assert traduire.has_words(message) is words


BY_HAND = "# Title\n\nHand.\n\n## First\n\n{between}\n\n| head | |\n|---|---|\n| row | cell |\n"


@pytest.mark.parametrize(
    ("text", "untranslated"),
    [
        # A page that comes from the code: its sentences, its headings, the titles of its columns.
        (
            "<!-- Written by docs/generate.py; a test. -->\n" + BY_HAND.format(between="Hand too."),
            {"row", "cell"},
        ),
        ("This page is written from the code: x.\n" + BY_HAND.format(between="Hand too."), {"row", "cell"}),
        (
            "<!-- Written by docs/generate.py; a test. -->\n# Title\n\nHand.\n\n```{py:data} x\nDerived.\n```\n",
            {"Derived."},
        ),
        # A page written by hand: all but what stands between the marks.
        (BY_HAND.format(between="More."), set()),
        (BY_HAND.format(between="<!-- sortie: x -->\nDerived.\n<!-- fin -->\n"), {"Derived."}),
    ],
)
def test_of_the_reference_what_is_written_by_hand_is_translated(tmp_path, monkeypatch, text, untranslated):
    monkeypatch.setattr(traduire, "DOCS", tmp_path)
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    is_wanted = traduire.part_of_reference("page")
    pieces = {
        (piece, number)
        for number, line in enumerate(text.splitlines(), 1)
        for piece in (line.strip("|").split("|") if line.startswith("|") else [line.lstrip("# ")])
        if piece.strip(" -") and not piece.startswith(("<!--", "This page", "`"))
    }

    assert {piece.strip() for piece, number in pieces if not is_wanted(piece.strip(), number)} == untranslated
