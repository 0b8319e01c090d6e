"""What docs/conf.py does to words: how the French site is searched, and how French signs are kept together."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

CONF = Path(__file__).parents[1] / "docs" / "conf.py"


@pytest.fixture(scope="module")
def conf():
    spec = importlib.util.spec_from_file_location("conf", CONF)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "forms",
    [
        "rejet rejets rejeté rejetée rejetées rejeter REJETEE",
        "dépôt dépôts depot",
        "déposer déposé déposées deposees",
        "numéro numéros numero Numeros",
        "vérifier vérifié vérifiée verifiees",
        "échéance échéances echeance",
        "certificat certificats",
        "contrôle contrôles contrôler controle",
    ],
)
def test_the_forms_of_a_french_word_are_searched_as_one(conf, forms):
    search = conf.FrenchWithoutAccents({})

    assert len({search.stem(form) for form in forms.split()}) == 1


@given(word=st.text("abcdeéèêiïlnorstuùç", min_size=1, max_size=12))
def test_accents_and_case_make_no_difference_to_a_search(conf, word):
    for search in (conf.FrenchWithoutAccents({}), conf.EnglishWithoutAccents({})):
        assert search.stem(word) == search.stem(conf.without_accents(word)) == search.stem(word.upper())
        assert search.stem(word)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("dit : « oui » !", "dit\xa0: «\xa0oui\xa0»\xa0!"),
        ("30 % de 10 000 000 €", "30\xa0% de 10\xa0000\xa0000\xa0€"),
        ("le 12 2025 octets", "le 12 2025 octets"),
        ("English: as it was; yes", "English: as it was; yes"),
    ],
)
def test_french_signs_stay_with_their_words(conf, typed, shown):
    assert conf.kept_together(typed) == shown


@given(text=st.text("a1 0«»:;!?%€", max_size=30))
def test_only_spaces_change_and_once(conf, text):
    shown = conf.kept_together(text)

    assert shown.replace("\xa0", " ") == text
    assert conf.kept_together(shown) == shown


def test_the_parameters_of_a_long_signature_are_a_list(conf):
    signature = "(\n\n<dl>\n<dd><em>source</em>,</dd>\n<dd><em>jour</em>,</dd>\n</dl>\n\n<span>)</span>"
    context = {"body": f"{signature}<dl><dt>a</dt>\n<dd>b</dd></dl>"}
    conf.list_the_parameters(None, "", "", context, None)
    assert context["body"] == (
        '(\n\n<ul class="parametres">\n<li><em>source</em>,</li>\n<li><em>jour</em>,</li>\n</ul>\n\n<span>)</span>'
        "<dl><dt>a</dt>\n<dd>b</dd></dl>"
    )
    empty = {}
    conf.list_the_parameters(None, "", "", empty, None)
    assert empty == {}
