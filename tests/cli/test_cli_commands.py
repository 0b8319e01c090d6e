from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from segur_pha import operateurs
from segur_pha.texte_json.schema import schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Outcome


def figures(text: str) -> list[str]:
    return [line.replace("\xa0", " ").split("  ")[-1].strip() for line in text.splitlines()]


@pytest.mark.parametrize("regime", ["TTC", "HT"])
@pytest.mark.parametrize("amount", ["0.01", "708.33", "9999999.99", "123456789012.00"])
def test_amounts_stand_apart_from_what_they_are_and_below_each_other(
    run: Callable[..., Outcome], amount: str, regime: str
) -> None:
    lines = run("avance", amount, "--regime", regime).out.splitlines()
    assert [re.split(" {2,}", line.replace(f"du {regime} ", f"du {regime}  "))[0] for line in lines] == [
        "Montant HT",
        "Montant TTC (20 %)",
        f"Avance : 30 % du {regime}",
    ]
    assert len({len(line) for line in lines}) == 1
    assert lines[2].startswith(f"Avance : 30 % du {regime} ")


def test_the_advance_of_the_guide_s_use_case(run: Callable[..., Outcome]) -> None:
    outcome = run("avance", "708.33")
    assert outcome.code == 0
    assert figures(outcome.out) == ["708,33 €", "850,00 €", "255,00 €"]


def test_a_french_comma_and_the_other_regime(run: Callable[..., Outcome]) -> None:
    assert figures(run("avance", "708,33", "--regime", "HT").out)[-1] == "212,50 €"


def test_an_amount_over_its_ceiling_is_said(run: Callable[..., Outcome]) -> None:
    assert run("avance", "708.33", "--tranche", "B").out.count("\n") == 3
    outcome = run("avance", "710", "--tranche", "B")
    assert outcome.code == 0
    assert "Dépasse de 1,67\xa0€ le plafond de la tranche B (708,33\xa0€ HT)." in outcome.out


def test_an_operator_is_found_by_a_part_of_its_name(run: Callable[..., Outcome]) -> None:
    outcome = run("operateurs", "regional", "Orléans")
    assert outcome.code == 0
    assert re.search(r"^CH _20 +CH REGIONAL D'ORLEANS$", outcome.out, re.MULTILINE)


def test_operators_as_json(run: Callable[..., Outcome]) -> None:
    assert json.loads(run("operateurs", "ch_20", "--format", "json").out)[0] == {
        "code": "CH _20",
        "libelle": "CH REGIONAL D'ORLEANS",
    }
    assert len(json.loads(run("operateurs", "--format", "json").out)) == len(operateurs()) == 355


def test_no_operator_is_a_1(run: Callable[..., Outcome]) -> None:
    outcome = run("operateurs", "qqqqqqqq")
    assert (outcome.code, outcome.out) == (1, "")
    assert "Aucun opérateur" in outcome.err
    assert run("operateurs", "qqqqqqqq", "--format", "json")[:2] == (1, "[]\n")


def test_the_schema_is_printed_as_json(run: Callable[..., Outcome]) -> None:
    outcome = run("schema")
    assert outcome.code == 0
    assert json.loads(outcome.out) == schema()


@pytest.mark.parametrize("given", [True, False])
def test_the_demonstration_leads_from_a_file_to_the_next_command(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, given: bool
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / "mon essai"
    outcome = run("demo", folder) if given else run("demo")
    assert outcome.code == 0
    assert "4 demandes rejetées sur 6" in outcome.out
    deposited, corrected, returned, accepted = sorted(tmp_path.glob("*/*.json"))
    assert deposited.parent == folder or not given
    assert re.fullmatch(r"JSON-ANS0000001-\d{8}-001\.json", deposited.name)
    before, after = (json.loads(path.read_bytes()) for path in (deposited, returned))
    assert [line.pop("codeTraitement") for line in after["lignesImport"]] == [
        "0000",
        "0000",
        "3002",
        "1204",
        "2504",
        "2407",
    ]
    assert '"codeTraitement": "3002",' in outcome.out
    assert after.pop("impId").startswith("SIMULE")
    before.pop("impId")
    for line in [*before["lignesImport"], *after["lignesImport"]]:
        line.pop("codeTraitement", None)
        line.pop("libelleTraitement")
        line.pop("numeroASP")
    assert before == after
    # The rejected ones went again under new numbers, and the simulated portal accepted them all.
    sent_again, last = (json.loads(path.read_bytes())["lignesImport"] for path in (corrected, accepted))
    assert [line["numeroEditeur"] for line in sent_again] == ["00007", "00008", "00009", "00010"]
    assert all(line["numeroASP"].startswith("SIMULE") for line in last)
    assert "ce n’est pas l’ASP" in outcome.out
    command = outcome.out.splitlines()[-1].strip()
    quoted = f"'{deposited}'" if given else str(deposited)
    assert command == f"segur-pha controler {quoted}"
    assert run("controler", deposited).code == 1


def test_the_demonstration_never_overwrites(run: Callable[..., Outcome], tmp_path: Path) -> None:
    assert run("demo", tmp_path).code == 0
    kept = {path: path.read_bytes() for path in tmp_path.iterdir()}
    outcome = run("demo", tmp_path)
    assert (outcome.code, outcome.out) == (2, "")
    assert "existe déjà" in outcome.err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == kept


def test_a_folder_that_cannot_be_made_is_said(run: Callable[..., Outcome], tmp_path: Path) -> None:
    taken = tmp_path / "fichier"
    taken.write_bytes(b"")
    outcome = run("demo", taken / "dossier")
    assert outcome.code == 2
    assert f"{taken / 'dossier'} : un des dossiers de ce chemin est un fichier ; corrigez le chemin." in outcome.err
