"""What is to be corrected, handed on: lists in every form under a new name each time, and what could go already."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from test_depot_cli import PREPARE, run, spoil  # noqa: F401 - a fixture

from segur_pha import avance
from segur_pha.cli.fautes import ListeDesFautes
from segur_pha.depot import CommandesRefusees, preparer_depot
from segur_pha.fichiers import FichierExistant, ecrire_sans_ecraser

if TYPE_CHECKING:
    from test_depot_cli import Run

NBSP = "\N{NO-BREAK SPACE}"


def test_a_list_has_a_new_name_each_time_whatever_has_the_old_one(run: Run) -> None:  # noqa: F811
    spoil("03/11/2022", "bientôt")
    Path("f-2.csv").mkdir()
    Path("f-4.csv").symlink_to("nowhere")
    for expected in ("f.csv", "f-3.csv", "f-5.csv"):
        code, output, errors = run(*PREPARE, "--fautes", "f.csv")
        assert (code, Path(expected).is_file()) == (1, True)
        assert ("f.csv existe déjà" in errors, f"dans {expected}." in errors) == (expected != "f.csv",) * 2
        assert "jour-illisible" in output
    assert Path("f.csv").read_bytes() == Path("f-5.csv").read_bytes()


def test_somebody_may_take_the_name_meanwhile(tmp_path: Path) -> None:
    refused = iter([True, False])

    def write(path: Path, octets: bytes) -> Path:
        if next(refused):
            path.write_bytes(b"theirs")
            raise FichierExistant(path.name)
        return ecrire_sans_ecraser(path, octets)

    ListeDesFautes([tmp_path / "f.json"]).ecrire([], write)
    assert (tmp_path / "f.json").read_bytes() == b"theirs"
    assert json.loads((tmp_path / "f-2.json").read_bytes()) == []


def test_every_form_holds_every_fault_with_its_number_and_its_pharmacy(run: Run) -> None:  # noqa: F811
    spoil("Commercial", "Pharmacie")
    spoil(";Sud", ";Pharmacie =1+1")
    spoil("03/11/2022", "bientôt")
    forms = ("f.xlsx", "f.csv", "f.html", "f.json")
    run(*PREPARE, *(word for form in forms for word in ("--fautes", form)))
    sheet = load_workbook(BytesIO(Path("f.xlsx").read_bytes())).active
    titles, first = list(sheet.iter_rows(values_only=True))
    row = dict(zip(titles, first, strict=True))
    # Typed: a row is a number, an order's number a text; a filter stands on the titles; nothing is a formula.
    assert (row["Ligne"], row["Numéro"], row["Pharmacie"], row["Code"]) == (
        3,
        "00002",
        "Pharmacie =1+1",
        "jour-illisible",
    )
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:K2", "A2")
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} == {"n", "s"}
    (written,) = csv.DictReader(StringIO(Path("f.csv").read_text("utf-8-sig")), delimiter=";")
    assert (written["Ligne"], written["Numéro"], written["Pharmacie"]) == ("3", "00002", "Pharmacie =1+1")
    (fault,) = json.loads(Path("f.json").read_bytes())
    assert (fault["ligne"], fault["numero_editeur"], fault["officine"]) == (3, "00002", "Pharmacie =1+1")
    page = Path("f.html").read_text("utf-8")
    assert all(word in page for word in ("00002", "Pharmacie =1+1", "jour-illisible"))


def test_a_form_that_there_is_not_stops_before_anything_is_read(run: Run) -> None:  # noqa: F811
    for words in (("verifier", "absent"), ("registre", "noter", "absent.csv"), PREPARE):
        code, _, errors = run(*words, "--fautes", "f.pdf")
        assert (code, ".xlsx, .csv, .html ou .json" in errors) == (64, True)


def test_a_folder_and_its_list(run: Run) -> None:  # noqa: F811
    run(*PREPARE)
    (zipped,) = Path("depot").glob("PJ-*")
    zipped.unlink()
    code, output, _ = run("verifier", "depot", "--fautes", "f.json")
    assert (code, f"{zipped.name}\n    " in output) == (1, True)
    assert {fault["fichier"] for fault in json.loads(Path("f.json").read_bytes())} >= {zipped.name}
    assert "à corriger" in output
    code, output, _ = run("verifier", "depot", "--format", "json", "--fautes", "f.json")
    assert (code, json.loads(output)["bon"], Path("f-2.json").is_file()) == (1, False, True)


def test_the_request_stands_beside_the_line_of_a_file(run: Run) -> None:  # noqa: F811
    run(*PREPARE)
    (path,) = Path("depot").glob("JSON-*")
    path.write_bytes(path.read_bytes().replace(b'"010000024"', b'"01000002"'))
    _, output, _ = run("verifier", "depot")
    assert f"{path.name}, ligne 2, demande 00002\n    FINESSGeo" in output


def test_what_could_go_is_told_with_what_it_is_worth(run: Run) -> None:  # noqa: F811
    spoil("03/11/2022", "bientôt")
    _, output, _ = run(*PREPARE)
    assert f"2 commandes sur 3 sont prêtes (510,00{NBSP}€) ; les préparer : segur-pha preparer … --partiel" in output
    code, output, _ = run(*PREPARE, "--format", "json")
    refused = json.loads(output)
    assert (code, refused["nombre_pretes"], refused["nombre_commandes"], refused["avance"]) == (1, 2, 3, "510.00")
    code, output, _ = run(*PREPARE, "--partiel")
    assert (code, f"avance attendue : 510,00{NBSP}€" in output) == (1, True)


def test_what_is_no_order_is_not_counted_and_a_shifted_row_names_nobody(run: Run) -> None:  # noqa: F811
    spoil("Commercial", "Pharmacie")
    path = Path("commandes.csv")
    text = path.read_text("utf-8")
    orders = text.splitlines()[1:]
    path.write_text(f"{text};;TOTAL;;;2 124,99;;;\n{orders[0]}\n{orders[1]};de trop\n", "utf-8")
    _, output, _ = run(*PREPARE)
    assert "3 commandes sur 4 sont prêtes" in output
    assert "Ligne 6, Sud\n    cette ligne répète la ligne 2" in output
    assert "Ligne 7\n    plus de cellules que de titres" in output


def test_another_table_has_nothing_ready(run: Run) -> None:  # noqa: F811
    spoil("Date de signature", "Jour")
    code, output, _ = run(*PREPARE, "--format", "json")
    refused = json.loads(output)
    assert (code, refused["nombre_pretes"], refused["nombre_commandes"], refused["avance"]) == (1, 0, 0, "0.00")


def test_nothing_is_promised_where_nothing_could_go(run: Run) -> None:  # noqa: F811
    # Settings that are wrong stop every order.
    spoil("Date de signature", "Jour")
    _, output, _ = run(*PREPARE)
    assert "--partiel" not in output
    spoil("Jour", "Date de signature")
    for day in ("15/11/2022", "03/11/2022", "10/11/2022"):
        spoil(day, "bientôt")
    _, output, _ = run(*PREPARE)
    assert output.count("[jour-illisible]") == 3
    assert "--partiel" not in output


@given(st.lists(st.booleans(), min_size=1, max_size=6).filter(lambda rows: not all(rows)))
def test_what_is_ready_is_what_a_partial_deposit_takes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bool]
) -> None:
    folder = tmp_path_factory.mktemp("d")
    pieces = bons(folder / "pieces", len(rows))
    orders = [commande(k, date_commande="15/11/2022" if good else "x") for k, good in enumerate(rows, start=1)]
    with pytest.raises(CommandesRefusees) as refused:
        preparer_depot(orders, editeur(), pieces, folder / "depot", jour=date(2022, 11, 15))
    found = refused.value
    each = avance(Decimal("708.33"), "TTC").montant
    assert (found.pretes, found.commandes, found.avance) == (sum(rows), len(rows), each * sum(rows))


def test_a_screen_has_an_end_and_a_list_has_not(
    run: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("segur_pha.cli.fautes._MORCEAUX_MONTRES", 4)
    for day in ("15/11/2022", "03/11/2022", "10/11/2022"):
        spoil(day, "bientôt")
    _, output, _ = run(*PREPARE, "--fautes", "f.json")
    assert output.count("[jour-illisible]") == 1
    assert "… et d’autres : --fautes fautes.xlsx les donne toutes." in output
    assert len(json.loads(Path("f.json").read_bytes())) == 3


def test_a_workbook_without_its_extra_stops_before_anything_is_read(
    run: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    code, _, errors = run("verifier", "absent", "--fautes", "f.xlsx")
    assert (code, "extra « tableur »" in errors) == (2, True)
