"""What a clerk's table holds reaches the deposit as Excel shows it, or a person is told: nothing hidden changes a claim in silence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur, pdf

from segur_pha.cli import principal
from segur_pha.depot import CommandesRefusees, tri
from segur_pha.depot.preparation import preparer_depot
from segur_pha.erreurs import DepotRefuse
from tests.sorties import juger_la_ligne
from tests.tableurs.classeurs import STRICT, classeur, feuille, ligne, prefixer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from segur_pha.depot import Constat, DepotPrepare

    Run = Callable[..., tuple[int, str, str]]

EXAMPLES = Path(__file__).parents[2] / "examples"
TITLES = (
    "N° demande",
    "Date de signature",
    "Titulaire",
    "FINESS",
    "Régime",
    "Montant HT",
    "Tranche",
    "Bon de commande",
)
DURAND = ("00001", "15/11/2022", "DURAND", "750000002", "TTC", "708,33", "B", "Bon DURAND.pdf")
OTHER = ("00003", "10/11/2022", "N'GUYEN-ROUX", "690000013", "TTC", "708,33", "B", "scan-0003.png")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Prepare a table beside a copy of the examples; give exit code, output and error output."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")

    def preparer(table: bytes, *words: str) -> tuple[int, str, str]:
        Path("table").write_bytes(table)
        line = ("preparer", "table", "--pieces", "pieces", "--sortie", "depot", "--jour", "2022-11-20", *words)
        code = principal(line)
        output, errors = capfd.readouterr()
        juger_la_ligne(line, output)
        return code, output, errors

    return preparer


def deposited() -> list[tuple[str, str]]:
    """Give number and name of the requests that lie in the folder."""
    found = json.loads(next(Path("depot").glob("JSON-*")).read_bytes())["lignesImport"]
    return [(line["numeroEditeur"], line["beneficiaire"]["nomResponsable"]) for line in found]


def as_csv(*rows: tuple[str, ...]) -> str:
    return "".join(";".join(row) + "\r\n" for row in rows)


# --- Silent changes ---


@pytest.mark.cas(2)
@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_regime_that_nobody_calculated_is_refused_whatever_the_xml(run: Run, prefix: str, encoding: str) -> None:
    formula = '<c><f>IF(1=1,"HT","TTC")</f><v/></c>'
    xml = feuille(ligne(*TITLES), ligne(*DURAND[:4], formula, *DURAND[5:]))
    xml = f'<?xml version="1.0" encoding="{encoding}"?>' + (prefixer(xml, prefix) if prefix else xml)
    code, output, _ = run(classeur(xml.encode(encoding)))
    assert code == 1
    assert "Régime" in output
    assert "cette formule n’a pas de valeur : ouvrez le classeur dans le tableur et enregistrez-le" in output
    assert not Path("depot").exists()


def test_a_formula_of_a_column_that_is_not_used_is_no_fault(run: Run) -> None:
    code, output, _ = run(classeur(feuille(ligne(*TITLES, "Total"), ligne(*DURAND, "<c><f>1+1</f></c>"))))
    assert (code, deposited()) == (0, [("00001", "DURAND")])
    assert "« Total »" in output


@pytest.mark.cas(1)
def test_hidden_rows_are_deposited_and_told(run: Run) -> None:
    rows = feuille(ligne(*TITLES), ligne(*DURAND), ligne(*OTHER, attributs=' hidden="1"'))
    code, output, _ = run(classeur(rows))
    assert (code, [number for number, _ in deposited()]) == (0, ["00001", "00003"])
    assert "lignes masquées dans le tableur (filtre, groupe), lues comme les autres : 3" in output


@pytest.mark.cas(11)
def test_a_second_sheet_is_told_and_chosen(run: Run) -> None:
    first, second = feuille(ligne(*TITLES), ligne(*DURAND)), feuille(ligne(*TITLES), ligne(*OTHER))
    book = classeur(first, second, noms=("Octobre", "Novembre"))
    code, output, _ = run(book)
    assert (code, deposited()) == (0, [("00001", "DURAND")])
    assert "classeur Excel, feuille « Octobre », titres à la ligne 1" in output
    assert "feuilles laissées de côté : « Novembre » (mêmes titres) ; --feuille en choisit une" in output
    shutil.rmtree("depot")
    code, output, _ = run(book, "--feuille", "novembre", "--format", "json")
    assert (code, deposited()) == (0, [("00003", "N'GUYEN-ROUX")])
    assert "feuille « Novembre »" in json.loads(output)["source"]


def test_what_was_read_and_left_aside_is_told_with_the_faults_too(run: Run) -> None:
    wrong = (*DURAND[:3], "12", *DURAND[4:])
    book = classeur(
        feuille(ligne(*TITLES), ligne(*wrong, attributs=' hidden="1"')), feuille(ligne(*TITLES), ligne(*OTHER))
    )
    code, output, _ = run(book)
    assert code == 1
    assert output.startswith("Export lu comme : classeur Excel, feuille « Commandes », titres à la ligne 1.")
    assert "lignes masquées" in output
    assert "« Feuil2 »" in output
    _, output, _ = run(book, "--format", "json")
    assert json.loads(output)["source"] == "classeur Excel, feuille « Commandes », titres à la ligne 1"


def test_a_sheet_without_orders_is_named(run: Run) -> None:
    code, _, errors = run(classeur(feuille(ligne(*TITLES))))
    assert code == 2
    assert "feuille « Commandes »" in errors


@pytest.mark.cas(4)
@pytest.mark.parametrize(("encoding", "name"), [("mac-roman", "MacRoman"), ("cp850", "CP850")])
@pytest.mark.parametrize("holder", ["FRANÇOIS", "LEFÈVRE", "LEBŒUF", "SCHÄFER", "HÉLÈNE"])
def test_names_in_another_encoding_are_refused_and_read_when_it_is_named(
    run: Run, holder: str, encoding: str, name: str
) -> None:
    settings = (
        Path("editeur.toml").read_text(encoding="utf-8").replace("N° demande", "Numero").replace("Régime", "Regime")
    )
    Path("editeur.toml").write_text(settings, encoding="utf-8")
    titles = ("Numero", *TITLES[1:4], "Regime", *TITLES[5:])
    text = as_csv(titles, (*DURAND[:2], holder, *DURAND[3:]))
    if holder == "LEBŒUF" and encoding == "cp850":
        return
    code, _, errors = run(text.encode(encoding))
    assert code == 2
    assert f"se lisent mieux en {name}" in errors
    assert holder not in errors
    code, output, _ = run(text.encode(encoding), "--encodage", encoding)
    assert (code, deposited()) == (0, [("00001", holder)])
    assert f"CSV, {name}," in output


@pytest.mark.cas(5)
def test_what_a_dot_net_writer_leaves_in_a_name_is_undone(run: Run) -> None:
    code, _, _ = run(
        classeur(feuille(ligne(*TITLES), ligne(*DURAND[:2], "DURAND_x000D_\n", *DURAND[3:]))), "--majuscules"
    )
    assert (code, deposited()) == (0, [("00001", "DURAND")])


def test_what_a_dot_net_writer_leaves_in_a_csv_is_a_fault(run: Run) -> None:
    code, output, _ = run(as_csv(TITLES, (*DURAND[:2], "DURAND_x000D_", *DURAND[3:])).encode(), "--majuscules")
    assert code == 1
    assert "DU••ND" in output
    assert "DURAND" not in output.replace("Bon DURAND", "")


# --- What people really have ---


@pytest.mark.cas(8)
def test_excel_leaves_the_last_empty_cells_out(run: Run) -> None:
    text = as_csv((*TITLES, "Remarque", "Note"), (*DURAND, "", ""), OTHER)
    code, _, _ = run(text.encode("cp1252"))
    assert (code, len(deposited())) == (0, 2)


def test_a_cell_under_no_title_is_a_fault(run: Run) -> None:
    code, output, _ = run(as_csv((*TITLES, "", "Ville"), (*DURAND, "", "Paris"), (*OTHER, "x", "Paris")).encode())
    assert code == 1
    assert output.count("une cellule de cette ligne est remplie sous une colonne sans titre") == 1


def test_a_row_whose_missing_cells_are_needed_is_cut_in_two(run: Run) -> None:
    code, output, _ = run(as_csv(TITLES, DURAND[:4], DURAND[4:]).encode())
    assert code == 1
    assert output.count("elle est coupée en deux") == 2


@pytest.mark.cas(14)
def test_a_title_twice_matters_only_if_it_is_used(run: Run) -> None:
    code, _, _ = run(as_csv((*TITLES, "Ville", "Ville"), (*DURAND, "Paris", "Lyon")).encode())
    assert (code, deposited()) == (0, [("00001", "DURAND")])
    shutil.rmtree("depot")
    code, output, _ = run(as_csv((*TITLES, "finess "), (*DURAND, "690000013")).encode())
    assert code == 1
    assert "2 colonnes portent ce titre : renommez celles qui ne doivent pas servir" in output
    code, output, _ = run(as_csv((*TITLES, "tranche"), (*DURAND, "B")).encode())
    assert (code, "2 colonnes portent ce titre" in output) == (1, True)


def test_rows_left_aside_come_back_with_every_column(run: Run) -> None:
    wrong = (*DURAND[:3], '="75"', *DURAND[4:])
    code, _, _ = run(
        as_csv((*TITLES, "Ville", "Ville", ""), (*OTHER, "Nice", "Metz", ""), (*wrong, "Paris", "Lyon")).encode(),
        "--partiel",
    )
    assert code == 1
    (titles, row) = Path("depot", "a-corriger.csv").read_text(encoding="utf-8-sig").splitlines()
    assert titles.split(";")[8:10] == ["Ville", "Ville"]
    assert row.startswith('00001;15/11/2022;DURAND;"\'=""75""";TTC;"708,33";B;Bon DURAND.pdf;Paris;Lyon;3;')


@pytest.mark.cas(13)
def test_the_text_of_a_formula_is_proposed(run: Run) -> None:
    code, output, _ = run(as_csv(TITLES, ('="00001"', *DURAND[1:3], '="750000002"', *DURAND[4:7], "7,5E+08")).encode())
    assert code == 1
    assert 'le tableur a mis une formule (="…") à la place du texte : écrivez 00001' in output
    assert "écrivez 750000002" in output
    assert "« E+ »" in output


@pytest.mark.cas(20)
def test_numbers_shown_with_their_zeros_are_right(run: Run) -> None:
    cells = (*DURAND[:2], "LEFÈVRE", '<c s="2"><v>10000024</v></c>', *DURAND[4:])
    row = ligne('<c s="1"><v>1</v></c>', *cells[1:])
    code, _, _ = run(classeur(feuille(ligne(*TITLES), row), formats=("00000", "000000000")))
    assert (code, deposited()) == (0, [("00001", "LEFÈVRE")])


@pytest.mark.cas(17)
def test_a_strict_workbook_and_titles_below_a_title_are_read(run: Run) -> None:
    sheet = feuille(ligne("Commandes Ségur"), ligne(), ligne(*TITLES), ligne(*DURAND))
    code, output, _ = run(classeur(sheet, espace=STRICT))
    assert (code, deposited()) == (0, [("00001", "DURAND")])
    assert "titres à la ligne 3 (1 ligne laissée de côté au-dessus)" in output


# --- Bounds ---


def prepare(tmp_path: Path, orders: object, **options: object) -> DepotPrepare:
    settings = {"jour": _jour(), "numeros": None, **options}
    return preparer_depot(orders, editeur(), tmp_path / "pieces", tmp_path / "depot", **settings)  # type: ignore[arg-type]


def _jour() -> date:
    from datetime import date

    return date(2022, 11, 20)


@pytest.mark.parametrize("partial", [False, True])
def test_a_table_whose_every_cell_is_wrong_is_not_read_to_its_end(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    partial: bool,  # noqa: FBT001
) -> None:
    bons(tmp_path / "pieces", 1)
    monkeypatch.setattr(tri, "_FAUTES_MAXIMUM", 50)
    read: list[int] = []
    orders = tmp_path / "e.csv"
    titles = ("numero_editeur", "date_commande", "nom_responsable", "finess_geo", "montant_segur_ht")
    good = tuple(str(commande()[title]) for title in titles)
    orders.write_text(as_csv(titles, (*good[:1], *good[1:]), *((f"x{k}", *["x"] * 4) for k in range(2_000))))
    (tmp_path / "pieces" / "BDC-00001.pdf").write_bytes(pdf("DURAND"))
    with pytest.raises(CommandesRefusees) as refused:
        prepare(tmp_path, orders, partiel=partial, suivi=lambda _step, rank, _total: read.append(rank))
    found: tuple[Constat, ...] = refused.value.fautes
    assert 50 <= len(found) <= 80
    assert len(read) < 20
    assert (found[-1].code, found[-1].ligne) == ("trop-de-fautes", len(read) + 1)
    assert "l’export n’a pas été lu au-delà de cette ligne" in found[-1].message


def test_more_orders_than_a_day_can_hold_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bons(tmp_path / "pieces", 1)
    monkeypatch.setattr("segur_pha.depot.export.LIGNES_MAXIMUM", 1)
    titles = [*commande()]
    rows = [[*map(str, commande(rank).values())] for rank in (1, 2)]
    (tmp_path / "e.csv").write_text(as_csv(titles, *rows))
    with pytest.raises(DepotRefuse, match="plus de 1 lignes"):
        prepare(tmp_path, tmp_path / "e.csv")
