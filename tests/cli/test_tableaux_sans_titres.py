"""Tables whose first row is an order, not titles: whatever reads them says where it looked, and shows no cell of anybody."""

from __future__ import annotations

from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from segur_pha.cli import principal

EXAMPLES = Path(__file__).parents[2] / "examples"
SUIVI = str(EXAMPLES / "suivi.csv")
EDITEUR, PIECES = ("--editeur", str(EXAMPLES / "editeur.toml")), ("--pieces", str(EXAMPLES / "pieces"))
#: The commands that read a table, with its place open.
COMMANDS = (
    ("preparer", "{}", *EDITEUR, *PIECES, "--sortie", "depot", "--jour", "2022-11-15"),
    ("resoumettre", "{}", *EDITEUR, *PIECES, "--sortie", "depot", "--jour", "2022-11-22"),
    ("registre", "noter", "{}", "--jour", "2023-01-05"),
    ("certificats", "{}", "--au", "2025-01-01"),
    ("certificats", SUIVI, "--officines", "{}", "--au", "2025-01-01"),
    ("certificats", SUIVI, "--repertoire", "{}", "--au", "2025-01-01"),
    ("editeur", "reglages.toml", "--depuis", "{}"),
)
#: What stands for a person: each of it is found again in whatever shows it.
NAMES = st.sampled_from(["ZZDURAND", "ZZNOM", "Zzmail", "ZZ LENOM", "ZZTITULAIRE", "ZZ FINESS"])
NUMBERS = st.sampled_from(
    ["zz@officine.fr", "06 99 88 77 66", "0699887766", "+33 6 99 88 77 66", "ZZ Bon.pdf", "ZZ 99887766"]
)
#: Cells that show nobody; some of them are also names of columns.
OTHERS = st.sampled_from(
    ["HT", "TTC", "P", "oui", "B", "", "Sud", "fin", "finess", "FINESS", "N° demande", "Montant", "Jour"]
)
ROWS = st.builds(
    lambda name, number, others, order: order([name, number, *others]),
    NAMES, NUMBERS, st.lists(OTHERS, max_size=6),
    st.randoms(use_true_random=False).map(lambda r: lambda cells: r.sample(cells, len(cells))),
)  # fmt: skip


def workbook(rows: list[list[str]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append([cell or None for cell in row])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def run(folder: Path, words: tuple[str, ...], form: str) -> tuple[int, str]:
    registre = ("--registre", str(folder / "r.sqlite")) if words[0] in {"registre", "resoumettre"} else ()
    if registre:
        assert principal(["registre", "creer", *registre]) == 0
    table = str(folder / "t")
    places = {"{}": table, "depot": str(folder / "depot"), "reglages.toml": str(folder / "reglages.toml")}
    forme = () if words[0] in {"editeur", "certificats"} else ("--format", form)
    said = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(said), redirect_stderr(said):
        code = principal([*(places.get(word, word) for word in words), *registre, *forme])
    written = "".join(chemin.read_text("utf-8") for chemin in folder.glob("*.toml"))
    said.seek(0)
    return code, said.read() + written


@given(
    st.lists(ROWS, min_size=1, max_size=3),
    st.sampled_from(COMMANDS),
    st.sampled_from([";", ",", "\t", "xlsx"]),
    st.sampled_from(["texte", "json"]),
)
def test_no_cell_of_a_table_without_titles_is_shown(
    rows: list[list[str]], words: tuple[str, ...], kind: str, form: str
) -> None:
    with TemporaryDirectory() as name, redirect_stdout(StringIO()):
        folder = Path(name)
        text = "".join(f"{kind.join(row)}\n" for row in rows)
        (folder / "t").write_bytes(workbook(rows) if kind == "xlsx" else text.encode())
        code, said = run(folder, words, form)
    assert code in {0, 1, 2}
    shown = [cell for row in rows for cell in row if any(sign in cell for sign in ("zz", "ZZ", "Zz", "99"))]
    assert [cell for cell in shown if cell in said] == []


def test_a_refusal_says_which_row_was_looked_at(tmp_path: Path) -> None:
    rows = ["Export du 15/11/2022", "00001;ZZDURAND;zz@officine.fr;0699887766", "00002;ZZNOM;zz2@officine.fr;"]
    (tmp_path / "t").write_text("\n".join(rows), "utf-8")
    for words in COMMANDS:
        code, said = run(tmp_path / "", words, "texte")
        said = " ".join(said.split())
        if words[0] == "editeur":
            assert code == 0
            assert "la ligne 2 de l’export, prise pour celle des titres (4 cellules remplies)" in said
        else:
            assert code == 2
            assert "ligne 2, 4 cellules remplies" in said
        (tmp_path / "r.sqlite").unlink(missing_ok=True)


def test_titles_that_are_known_are_told_though_others_are_missing(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("N° FINESS;Offre;Ville\n010000024;SERV;Metz\n", "utf-8")
    code, said = run(tmp_path, COMMANDS[3], "texte")
    assert code == 2
    assert "3 cellules remplies, dont des titres connus : « N° FINESS », « Offre »." in " ".join(said.split())
