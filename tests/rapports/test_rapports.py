from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.console import en_texte
from segur_pha.rapports.couleurs import en_couleurs, en_table
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.html import Html, element, page, table
from segur_pha.rapports.tableau import Cellule, Marque, Niveau, Phrase, Tableau, accorder, en_mots, euros, sans_controle

NBSP = "\xa0"
hostile = st.one_of(
    st.text(),
    st.builds(
        str.__add__,
        st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "<script>", '"', "&", ";"]),
        st.text(),
    ),
)
no_nul = hostile.filter(lambda text: "\x00" not in text).filter(lambda text: text.isascii() or encodable(text))


def encodable(text: str) -> bool:
    return not any(unicodedata.category(character) == "Cs" for character in text)


def parsed(octets: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))


# --- Values in words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "oui"),
        (False, "non"),
        (1234567, f"1{NBSP}234{NBSP}567"),
        (Decimal("-1234.50"), f"-1{NBSP}234,50"),
        (date(2022, 1, 5), "05/01/2022"),
        (date(999, 1, 5), "05/01/0999"),
        (datetime(2022, 1, 5, 7, 8), "05/01/2022 07:08"),  # noqa: DTZ001 - a wall clock's time
        (Marque("rejetée\x07", Niveau.MAUVAIS), "rejetée\ufffd"),
        ("a\u202eb", "a\ufffdb"),
        ("a\u202fb\xa0c", "a\u202fb\xa0c"),
    ],
)
def test_values_are_said_in_french(value: str | bool | int | Decimal | date | Marque | None, words: str) -> None:  # noqa: FBT001 - a value like another
    assert en_mots(value) == words


def test_money_and_numbers_of_things() -> None:
    assert euros(Decimal("1466.50")) == f"1{NBSP}466,50{NBSP}€"
    assert [accorder(n, "cheval", "chevaux") for n in (0, 1, 2)] == ["0 cheval", "1 cheval", "2 chevaux"]
    assert accorder(1000, "demande") == f"1{NBSP}000 demandes"


@given(st.text())
def test_nothing_that_moves_a_cursor_or_turns_the_text_around_is_left(text: str) -> None:
    shown = sans_controle(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in shown)


def test_a_row_of_another_width_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="2 columns, but a row of 1"):
        Tableau(("A", "B"), [["a"]])


# --- CSV ----------------------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(no_nul, min_size=2, max_size=2), max_size=5))
def test_csv_gives_every_text_back_and_runs_none(rangees: list[list[str]]) -> None:
    titles, *read = parsed(en_csv(Tableau(("A", "=B"), rangees)))
    assert titles == ["A", "'=B"]
    for given_row, row in zip(rangees, read, strict=True):
        for text, cell in zip(given_row, row, strict=True):
            # Apostrophes come in; nothing else changes.
            assert cell.replace("'", "") == text.replace("'", "")
            assert not cell.strip().startswith(("=", "+", "-", "@"))
            assert not cell.startswith(("\t", "\r", "\n"))


@given(
    st.lists(st.text(st.sampled_from(" \t\n\r,;\"'=+-@＝ab1"), max_size=12), min_size=1, max_size=3),
    st.sampled_from([",", "\t"]),
)
def test_csv_cut_at_other_signs_runs_nothing_either(texts: list[str], sign: str) -> None:
    octets = en_csv(Tableau(tuple("ABC"[: len(texts)]), [texts])).decode("utf-8-sig")
    for line in re.split("[\r\n]", octets):
        first, *others = line.split(sign)
        assert not re.match(r"\s*[=+\-@＝]", first)
        # A reader may take a quotation mark there for the beginning of a cell.
        assert not any(re.match(r'[\s"]*[=+\-@＝]', cell) for cell in others)


def test_csv_puts_what_holds_a_comma_or_a_tab_between_quotation_marks() -> None:
    octets = en_csv(Tableau(("A", "B", "C"), [["DURAND,=1+1", 'a\t"b"', Decimal("1.5")], ["", "", ""]]))
    assert octets.decode("utf-8-sig").splitlines()[1:] == ['"DURAND,\'=1+1";"a\t""b""";1,5', ";;"]
    assert en_csv(Tableau(("A",), [[""]])).decode("utf-8-sig").splitlines()[1:] == ['""']


def test_csv_keeps_numbers_numbers_and_days_days() -> None:
    values: list[Cellule] = [
        -5,
        Decimal("-8.50"),
        Decimal("1E+3"),
        date(2022, 11, 15),
        True,
        None,
        Marque("-x", Niveau.BON),
        "00001",
    ]
    octets = en_csv(Tableau(tuple("abcdefgh"), [values]))
    assert octets.startswith(b"\xef\xbb\xbf")
    assert octets.endswith(b"\r\n")
    assert parsed(octets)[1] == ["-5", "-8,50", "1000", "2022-11-15", "oui", "", "'-x", "00001"]


def test_csv_survives_what_no_file_can_hold() -> None:
    assert parsed(en_csv(Tableau(("A",), [["a\x00b"], ["\ud800"]])))[1:] == [["a\ufffdb"], ["?"]]


# --- HTML ---------------------------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(hostile)
def test_a_text_stays_a_text_in_html(text: str) -> None:
    seen = Seen(element("p", text, title=text))
    assert seen.tags == ["p"]
    assert seen.text == "\n".join(map(sans_controle, text.split("\n")))
    assert seen.attributes == {"title": sans_controle(text)}


@given(st.lists(st.lists(hostile, min_size=2, max_size=2), max_size=4), hostile)
def test_a_page_holds_a_table_and_nothing_else(rangees: list[list[str]], title: str) -> None:
    seen = Seen(page(title, table(Tableau(("A", "B"), rangees))).decode())
    assert seen.tags.count("tr") == len(rangees) + 1
    assert seen.tags.count("th") == len(rangees) + 2
    expected = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "div",
        "span",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    assert set(seen.tags) <= expected
    assert seen.attributes["lang"] == "fr"


def test_a_page_fetches_nothing_and_knows_the_dark_and_the_paper() -> None:
    source = page("Titre").decode()
    assert "default-src 'none'" in source
    assert "prefers-color-scheme: dark" in source
    assert "@media print" in source
    assert "http:" not in source
    assert "https:" not in source
    assert "url(" not in source
    assert "@import" not in source


def test_a_table_says_what_its_headers_head() -> None:
    source = table(
        Tableau(
            ("Nom", "Montant", "État"),
            [["A", Decimal("850.00"), Marque("rejetée", Niveau.MAUVAIS)], ["B", None, None]],
            titre="Demandes",
        )
    )
    assert "<caption>Demandes</caption>" in source
    assert '<th scope="col" class="nombre">Montant</th>' in source
    assert '<th scope="row" data-nom="Nom">A</th><td class="nombre" data-nom="Montant">850,00</td>' in source
    assert '<td data-nom="État"><span class="marque mauvais">rejetée</span></td>' in source
    assert 'aria-label="Demandes"' in source


def test_what_is_html_already_is_not_escaped_twice() -> None:
    assert element("p", element("b", "a & b"), Html("<hr>")) == "<p><b>a &amp; b</b><hr></p>"


# --- Text ---------------------------------------------------------------------------------------------------------------


def test_a_text_that_equals_some_html_is_escaped_wherever_it_stands() -> None:
    shown = table(Tableau(("A", "B"), [[Html("<b>x</b>"), "<b>x</b>"], ["<b>x</b>", Html("<b>x</b>")]]))
    assert (shown.count("<b>x</b>"), shown.count("&lt;b&gt;x&lt;/b&gt;")) == (2, 2)


def test_columns_are_aligned_numbers_to_the_right() -> None:
    text = en_texte(Tableau(("Nom", "HT"), [["Long nom", Decimal("8.50")], ["B", None], ["C", 1000]], titre="Titre"))
    assert text.replace(NBSP, " ") == ("Titre\n\nNom          HT\n--------  -----\nLong nom   8,50\nB\nC         1 000")


def test_sentences_with_marks_margins_and_heads() -> None:
    red = Marque("rejetée", Niveau.MAUVAIS)
    assert en_texte(Phrase("1 ", red, retrait=4)) == "    1 rejetée"
    assert en_texte(Phrase("suite", retrait=2, tete=red)) == "  rejetée  suite"
    assert en_texte("a\x1b[31mb") == "a\ufffd[31mb"


def shown(piece: str | Phrase | Tableau, width: int = 30) -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system="standard")
    with console.capture() as capture:
        console.print(en_couleurs(piece), crop=False)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def test_on_a_terminal_what_follows_a_head_hangs_beside_it() -> None:
    lines = shown(
        Phrase("des mots et encore des mots et des mots", retrait=2, tete=Marque("1204", Niveau.MAUVAIS))
    ).split("\n")
    assert lines[0] == "  \x1b[1;31m1204\x1b[0m  des mots et encore des"
    assert lines[1] == "        mots et des mots"


def test_on_a_terminal_nothing_is_read_as_markup() -> None:
    assert shown("[red]a[/red] :smile:") == "[red]a[/red] :smile:"
    assert shown(Phrase("", "[b]")) == "[b]"
    assert shown(Phrase("[b]", retrait=3)) == "   [b]"
    assert shown(Phrase("")) == ""
    assert "[i]x" in shown(Tableau(("[u]",), [["[i]x"]]))


def test_a_table_on_a_terminal_has_a_title_colours_and_figures_to_the_right() -> None:
    lines = shown(Tableau(("Nom", "HT (€)"), [[Marque("A", Niveau.BON), Decimal("8.50")]], titre="Titre")).split("\n")
    assert "Titre" in lines[0]
    assert lines[-1].replace("\x1b[1;32m", "").replace("\x1b[0m", "").split() == ["A", "8,50"]
    assert lines[-1].endswith("   8,50")
    assert lines[-1].startswith("\x1b[1;32mA")


WORDS = st.text("aé0129-_,.€" + NBSP, min_size=1, max_size=14).filter(lambda word: word.strip() == word)
CELLS = st.one_of(
    st.none(),
    st.lists(WORDS, min_size=1, max_size=9).map(" ".join),
    st.decimals(-(10**9), 10**9, places=2),
    st.dates(),
)


@given(
    st.integers(1, 7).flatmap(
        lambda n: st.tuples(
            st.lists(WORDS, min_size=n, max_size=n), st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=5)
        )
    ),
    st.integers(14, 100),
)
def test_a_table_cuts_no_number_and_no_word_whatever_the_width(
    table: tuple[list[str], list[list[Cellule]]], width: int
) -> None:
    titles, rows = table
    lines = plain(shown(Tableau(tuple(titles), rows), width)).split("\n")
    seen = [word for line in lines for word in re.split("[ \n]+", line)]
    for row in rows:
        for cell in row:
            for word in filter(None, en_mots(cell).split(" ")):
                assert word in seen
    # Only where one word and the name of its column are wider than the screen is a line longer than that.
    if max([len(line) for line in lines]) > width:
        assert any(" :" in line for line in lines)


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize(("module", "piece"), [("rich.text", Phrase("a")), ("rich.box", Tableau(("A",), []))])
def test_without_rich_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, module: str, piece: Phrase | Tableau) -> None:
    monkeypatch.delitem(sys.modules, "rich.box", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "segur_pha.rapports.largeurs", raising=False)
    import rich

    monkeypatch.delattr(rich, "box", raising=False)
    with pytest.raises(ExtraManquant, match="cli"):
        en_table(piece, [9] * len(piece.colonnes)) if isinstance(piece, Tableau) else en_couleurs(piece)
