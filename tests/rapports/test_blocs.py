"""Findings on a terminal: whole words at any width, one block each, kinds together, nothing lost."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from segur_pha.constats import Constat
from segur_pha.rapports.blocs import en_blocs, resume_par_nature
from segur_pha.rapports.console import Morceau, en_texte
from segur_pha.rapports.couleurs import en_couleurs
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, en_mots

NBSP = "\N{NO-BREAK SPACE}"
MESSAGES = {
    "jour-illisible": "ce jour n’existe pas",
    "tableur-zeros": "le tableur a effacé le zéro de tête : écrivez {0:09}, s’il s’agit bien de lui",
    "document-absent": "le bon de commande : ce document n’est pas dans le dossier des pièces : vérifiez son nom",
    "2004": "nomResponsable : format incorrect ; indiquez un texte de 49 caractères au plus, en majuscules",
    "plafond-depasse": f"le montant dépasse de 1{NBSP}0{{0:02}},50{NBSP}€ le plafond de la tranche",
}


def faute(code: str, ligne: int, **plus: str) -> Constat:
    return Constat(
        message=MESSAGES[code].format(ligne), code=code, ligne=ligne, colonne="Date de signature",
        document=f"bon {ligne}.pdf" if code[0] == "d" else "", attendu="un jour comme 15/11/2022", numero=f"{ligne:05}",
        officine="Pharmacie des Lilas", **plus,
    )  # fmt: skip


ROWS = st.lists(st.tuples(st.sampled_from([*MESSAGES]), st.integers(2, 99)), max_size=60, unique=True)


def on_screen(pieces: list[Morceau], width: int) -> str:
    screen = Console(file=StringIO(), width=width, highlight=False, markup=False)
    for piece in pieces:
        screen.print(en_couleurs(piece), crop=False)
    return screen.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def plain(pieces: list[Morceau]) -> str:
    return "\n".join(map(en_texte, pieces))


@pytest.mark.parametrize("width", [60, 80, 120])
@given(ROWS)
def test_no_word_and_no_number_is_cut_in_two(width: int, rows: list[tuple[str, int]]) -> None:
    faults = [faute(*row) for row in rows]
    pieces = [*en_blocs(faults, "commandes"), *resume_par_nature(faults)]
    shown = on_screen(pieces, width)
    assert re.split("[ \n]+", shown.strip()) == re.split("[ \n]+", plain(pieces).strip())
    assert all(len(line) <= width for line in shown.splitlines())


WORDS = st.text(st.sampled_from("abé12«»:;,.() " + NBSP), max_size=90)


@given(WORDS, st.integers(0, 6), st.none() | st.just(Marque("1204", Niveau.MAUVAIS)), st.integers(1, 40))
def test_lines_lose_nothing_and_are_as_long_as_they_may(
    text: str, margin: int, head: Marque | None, width: int
) -> None:
    lines = on_screen([Phrase(text, retrait=margin, tete=head)], width).split("\n")[:-1]
    start = margin + (6 if head else 0)
    assert re.sub(" +", "", "".join(line[start:] for line in lines)) == text.replace(" ", "")
    for line, after in itertools.pairwise(lines):
        assert line[start:].strip(" ")
        # A line ends where the next word would stick out, and nowhere else.
        following = re.split("(?<!«) +(?![ :;?!»])", after[start:])[0]
        assert len(line) + 1 + len(following) > width


def test_a_sign_never_begins_a_line() -> None:
    shown = on_screen([Phrase("un deux trois : quatre « cinq » six")], 14)
    assert shown.split("\n")[:-1] == ["un deux", "trois : quatre", "« cinq » six"]


@given(ROWS)
@example([(code, row) for code in ("document-absent", "2004") for row in range(2, 30)])
def test_every_fault_is_told_and_a_kind_of_many_once(rows: list[tuple[str, int]]) -> None:
    faults = [faute(*row) for row in rows]
    shown = plain([*en_blocs(faults, "commandes")])
    for code in MESSAGES:
        number = sum(f.code == code for f in faults)
        assert shown.count(f"[{code}]") == (number if number <= 3 else 1)
        assert number <= 3 or f"{number} commandes, colonne « Date de signature »" in shown
    # Up to a dozen, each row stands with its number, its pharmacy, its document; beyond, the documents do.
    for f in faults:
        if sum(g.code == f.code for g in faults) <= 12:
            assert f"igne {f.ligne}, commande {f.numero}, Pharmacie des Lilas" in shown
        assert f.document in shown


def test_a_fault_says_where_it_is_as_people_know_it() -> None:
    shown = plain([*en_blocs([faute("document-absent", 4)], "commandes")])
    assert shown.startswith(
        "Ligne 4, commande 00004, Pharmacie des Lilas, colonne « Date de signature », document « bon 4.pdf »\n"
    )
    in_a_file = Constat(code="2303", message="FINESSGeo : trop court", fichier="json-1.json", ligne=2, numero="00002")
    assert plain([*en_blocs([in_a_file])]).startswith("json-1.json, ligne 2, demande 00002\n")


def test_a_group_says_once_what_its_rows_share_and_what_each_has_of_its_own() -> None:
    shown = plain([*en_blocs([faute("tableur-zeros", k) for k in (3, 4, 5, 12)], "commandes")])
    assert "le zéro de tête : écrivez …, s’il s’agit bien de lui  [tableur-zeros]" in shown
    assert "      Ligne 12, commande 00012, Pharmacie des Lilas : 000000012" in shown
    assert shown.count("s’il s’agit bien de lui") == 1
    large = plain([*en_blocs([faute("tableur-zeros", k) for k in (3, *range(20, 60))])])
    assert large.splitlines()[0] == "41 demandes, colonne « Date de signature »"
    assert "    lignes 3, 20 à 59" in large


def test_rows_of_several_files_are_named_file_by_file() -> None:
    faults = [faute("2004", k, fichier=f"json-{k % 2}.json") for k in range(2, 22)]
    shown = plain([*en_blocs(faults)])
    assert "json-0.json, lignes 2, 4, 6" in shown
    assert "json-1.json, lignes 3, 5, 7" in shown


def test_kinds_are_counted_the_most_frequent_first_without_what_to_do() -> None:
    faults = [faute("jour-illisible", 2), *(faute("tableur-zeros", k) for k in (3, 4)), faute("2004", 9)]
    title, *kinds, _ = map(en_texte, resume_par_nature(faults))
    assert title == "En résumé"
    assert [kind.split("  ")[-2:] for kind in kinds] == [
        ["le tableur a effacé le zéro de tête, colonne « Date de signature »", "[tableur-zeros]"],
        ["ce jour n’existe pas, colonne « Date de signature »", "[jour-illisible]"],
        ["nomResponsable : format incorrect, colonne « Date de signature »", "[2004]"],
    ]
    assert [kind.split()[0] for kind in kinds] == ["2", "1", "1"]
    assert not [*resume_par_nature(faults[:1])]
    assert not [*resume_par_nature(faults[1:3])]
    # Nobody needs a summary of what stands there once.
    assert not [*resume_par_nature([faults[0], faults[1], faults[3]])]


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        (
            "hasBalMsSantePersonnelle : valeur incorrecte ; indiquez true ou false",
            "hasBalMsSantePersonnelle : valeur incorrecte",
        ),
        (
            "la preuve de régime HT : ce document est vide : numérisez-le",
            "la preuve de régime HT : ce document est vide",
        ),
        (
            "cette colonne n’est pas dans l’export : ajoutez-la ; si c’est « A », écrivez-le",
            "cette colonne n’est pas dans l’export",
        ),
        (
            "le tableur a effacé les zéros de tête : écrivez 1 (l’option --zeros le fait : la clé est juste)",
            "le tableur a effacé les zéros de tête",
        ),
        ("image seule : comparez vous-même", "image seule : comparez vous-même"),
    ],
)
def test_a_summary_leaves_out_what_to_do(message: str, wrong: str) -> None:
    faults = [Constat(code="x", message=message, ligne=k) for k in (1, 2)]
    _, first, *_ = map(en_texte, resume_par_nature([*faults, Constat(code="y", message="autre")]))
    assert first == f"      2  {wrong}  [x]"


def test_what_has_no_row_or_no_place_is_told_too() -> None:
    documents = [Constat(code="document-inutilise", message="inutile", document=f"{k}.pdf") for k in range(50)]
    nowhere = [Constat(code="x", message="partout")] * 5
    files = [Constat(code="manifeste", message="en trop", fichier=f"{k}.zip") for k in range(13)]
    shown = plain([*en_blocs([*documents, *nowhere, *files])])
    assert "50 documents" in shown
    assert "« 39.pdf » et 10 autres" in shown
    assert "5 constats" in shown
    assert "13 fichiers" in shown
    assert "fichiers : 0.zip, 1.zip" in shown
    assert en_texte(next(iter(en_blocs([Constat(code="x", message="seul")])))) == "seul  [x]"


def test_an_expectation_that_is_another_kind_of_text_is_left_out() -> None:
    faults = [Constat(code="x", message="m", ligne=k, attendu="un jour" if k % 2 else "un nom") for k in range(4)]
    assert "attendu" not in plain([*en_blocs(faults)])
    alike = [Constat(code="x", message="m", ligne=k, attendu=f"BDC-{k}.pdf") for k in range(4)]
    assert "attendu : …" in plain([*en_blocs(alike)])


CELLS = (
    st.none() | st.decimals("0", "999999999", places=2) | st.text(st.sampled_from("abé12«»:;,.() " + NBSP), max_size=40)
)


@st.composite
def tables(draw: st.DrawFn) -> Tableau:
    count = draw(st.integers(1, 5))
    titles = draw(st.lists(st.text("Abcé ", min_size=1, max_size=12), min_size=count, max_size=count))
    return Tableau(titles, draw(st.lists(st.lists(CELLS, min_size=count, max_size=count), min_size=1, max_size=4)))


@given(tables(), st.integers(20, 120))
def test_no_word_of_a_table_is_cut_however_narrow_the_screen(table: Tableau, width: int) -> None:
    shown = on_screen([table], width)
    words = Counter(word for row in table.rangees for cell in row for word in re.split(" +", en_mots(cell)) if word)
    found = Counter(re.split("[ \n]+", shown))
    assert words <= found
    cells = [en_mots(cell) for row in (table.colonnes, *table.rangees) for cell in row]
    longest = max(len(part) for cell in cells for part in cell.split(" "))
    if longest < 8:
        # Room for the title of a cell, and a word beside it.
        assert max(map(len, shown.splitlines())) <= max(width, 30)


def test_a_table_stays_one_where_its_words_fit_and_its_widest_column_gets_the_room() -> None:
    table = Tableau(("Code", "Libellé"), [["1204", "montantSegurHT : format incorrect"], ["2303", "FINESSGeo"]])
    assert on_screen([table], 40).splitlines()[2:] == [
        "1204   montantSegurHT : format incorrect",
        "2303   FINESSGeo                        ",
    ]
    assert on_screen([table], 24).splitlines()[2:4] == ["1204   montantSegurHT : ", "       format incorrect "]
    assert on_screen([table], 16).splitlines()[:4] == [
        "Code :  1204",
        "Libellé :  montantSegurHT :",
        "           format",
        "           incorrect",
    ]


def test_columns_that_hold_nothing_go_before_a_table_does() -> None:
    table = Tableau(("Demande", "Motif", "Phase"), [["00001", None, "préparée"], ["00002", "", "rejetée"]])
    assert "Motif" in on_screen([table], 40)
    assert on_screen([table], 20).splitlines()[0].split() == ["Demande", "Phase"]
    empty = Tableau(("Demande", "Phase"), [], titre="Lignes")
    assert on_screen([empty], 40).split()[:3] == ["Lignes", "Demande", "Phase"]
    assert on_screen([empty], 10).split() == ["Lignes"]


def test_a_row_shown_cell_by_cell_leaves_out_what_is_empty_and_keeps_its_colours() -> None:
    table = Tableau(
        ("Demande", "Issue"), [["00001", Marque("rejetée-par-le-portail", Niveau.MAUVAIS)], ["", None]], titre="Lignes"
    )
    screen = Console(file=StringIO(), width=20, force_terminal=True, color_system="standard")
    screen.print(en_couleurs(table), crop=False)
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1mLignes\x1b[0m\n\n\x1b[2mDemande :\x1b[0m  00001\n" in shown
    assert "\x1b[1;31mrejetée-par-le-portail\x1b[0m" in shown
    assert shown.count("Demande :") == 1
