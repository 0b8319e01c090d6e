"""A clerk's two days with the ledger, replayed from ``examples/``: what was a dead end, and what is due.

Each row of that story is replayed somewhere.  Here: the pharmacy that is prepared again, the file that was never shown, two
deposits of one day, a refusal in a list.  The others: the admission (``test_admission``, ``test_resoumission``), the cumulative
export (``test_antecedents``), ``relancer``, ``etat`` and ``montrer`` (``test_attentes``), ``payer`` (``test_paiement``), a slip
and a table of facts (``test_noter``), files of the past (``test_reprise``), spoiled encodings (``test_lignes_ambigues``,
``test_encodages``).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segur_pha.cli import principal
from segur_pha.portail import PortailSimule
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"
PREPARE = "preparer commandes.csv --pieces pieces --registre registre.sqlite"
FIRST, SECOND = "JSON-ANS0000001-20221115-001.json", "JSON-ANS0000001-20221115-002.json"
Outcome = tuple[int, str, str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    Registre("registre.sqlite").fermer()

    def segur_pha(line: str) -> Outcome:
        code = principal(line.split())
        return (code, *capfd.readouterr())

    return segur_pha


def answered() -> None:
    sent = Path("depot", FIRST).read_bytes()
    Path("retour.json").write_bytes(PortailSimule(graine=1).deposer(sent))


def orders(*, date: str = "15/11/2022", number: str = "00001", finess: str = "750000002") -> None:
    """Leave one order in the export."""
    titles, first, *_ = (EXAMPLES / "commandes.csv").read_text("utf-8").splitlines()
    row = first.replace("15/11/2022", date).replace("00001", number).replace("750000002", finess)
    Path("commandes.csv").write_text(f"{titles}\n{row}\n", "utf-8")


def test_a_pharmacy_that_holds_an_accepted_request_is_not_prepared_again_without_a_word(
    run: Callable[..., Outcome],
) -> None:
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    answered()
    assert run("retour retour.json --appliquer")[0] == 0
    orders(number="00044")
    code, output, _ = run(f"{PREPARE} --sortie depot-2 --jour 2022-11-22")
    assert (code, "une demande en cours au registre, 00001 (acceptée)" in output) == (1, True)
    assert not Path("depot-2").exists()


def test_prepared_never_shown_and_a_date_corrected(run: Callable[..., Outcome]) -> None:
    orders()
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    shutil.rmtree("depot")
    orders(date="14/11/2022")
    again = f"{PREPARE} --sortie depot --jour 2022-11-15 --sans-concordance"
    code, output, _ = run(again)
    # Another file, which bears the same numbers.
    assert (code, f"attend dans le fichier {FIRST}" in output, "registre abandonner" in output) == (1, True, True)
    assert run(f"registre abandonner {FIRST}")[0] == 0
    code, output, _ = run(again)
    assert (code, "numero-repris" in output) == (0, True)
    assert "elle a été abandonnée ; la demande 00001 repart sous le même numéro" in output
    with Registre("registre.sqlite") as registre:
        assert registre.demande("00001").phase == "préparée"


def test_prepared_never_shown_and_the_day_of_the_deposit_changed(run: Callable[..., Outcome]) -> None:
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    shutil.rmtree("depot")
    code, output, _ = run(f"{PREPARE} --sortie depot --jour 2022-11-16")
    assert (code, output.count("attend déjà au registre dans ce même fichier, que ce dossier refait")) == (0, 3)
    assert "retirez cette ligne" not in output
    assert run("registre deposer depot")[0] == 0
    with Registre("registre.sqlite") as registre:
        assert [(f.nom, f.phase) for f in registre.fichiers()] == [("JSON-ANS0000001-20221116-001.json", "déposé")]


@pytest.mark.parametrize("day", ["2022-11-15", "2022-11-16"])
def test_a_file_that_was_refused_goes_again_with_nothing_changed_in_it(run: Callable[..., Outcome], day: str) -> None:
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    assert run("registre deposer depot --jour 2022-11-15")[0] == 0
    assert run("registre refuser depot --jour 2022-11-15 --motif envoi&coupé")[0] == 0
    # Byte for byte the same: its name was wrong, or the upload was cut.
    code, output, _ = run(f"{PREPARE} --sortie depot-2 --jour {day}")
    assert (code, output.count("numero-repris")) == (0, 3)
    assert "son fichier a été refusé ; la demande 00001 repart sous le même numéro" in output
    (sent,) = Path("depot-2").glob("JSON-*.json")
    assert sent.read_bytes() == Path("depot", FIRST).read_bytes()
    assert run("registre verifier --depot depot-2")[0] == 0
    assert run(f"registre deposer depot-2 --jour {day}")[0] == 0
    Path("retour.json").write_bytes(PortailSimule(graine=1).deposer(sent.read_bytes()))
    assert run(f"retour retour.json --appliquer --jour {day}")[0] == 0
    assert run("registre verifier")[0] == 0
    with Registre("registre.sqlite") as registre:
        assert {d.phase for d in registre.demandes()} == {"acceptée"}
        assert [(f.nom, f.phase) for f in registre.fichiers()] == [(sent.name, "déposé")]
        with Registre("sqlite://") as replayed:
            replayed.importer(registre.exporter())
            assert replayed.demandes() == registre.demandes()


def test_two_deposits_of_one_day(run: Callable[..., Outcome]) -> None:
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    orders(number="00004", finess="330000019")
    code, _, errors = run(f"{PREPARE} --sortie depot-2 --jour 2022-11-15 --premier-fichier 1 --sans-concordance")
    assert (code, f"Un autre fichier {FIRST} est au registre" in errors) == (2, True)
    assert run(f"{PREPARE} --sortie depot-2 --jour 2022-11-15 --sans-concordance")[0] == 0
    assert Path("depot-2", SECOND).is_file()
    code, output, _ = run("registre deposer depot --jour 2022-11-15")
    assert (code, "1 fichier noté comme déposé le 15/11/2022." in output) == (0, True)
    # The very file, whatever its name now.
    shutil.copy(Path("depot-2", SECOND), "copie.json")
    assert run("registre deposer copie.json")[0] == 0
    with Registre("registre.sqlite") as registre:
        assert {file.phase for file in registre.fichiers()} == {"déposé"}


@pytest.mark.parametrize("command", ["deposer", "abandonner", "refuser"])
@pytest.mark.parametrize("named", [f"depot/{FIRST}", "depot"], ids=["a file", "a folder"])
def test_a_file_larger_than_any_json_of_the_ledger_is_told_and_not_read(
    run: Callable[..., Outcome], command: str, named: str
) -> None:
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    with Registre("registre.sqlite") as registre:
        before = registre.fichiers()
    # A terabyte of nothing, which takes no place on the disk, and hours to read.
    with Path("depot", FIRST).open("r+b") as stream:
        stream.truncate(1_000_000_000_000)
    code, _, errors = run(f"registre {command} {named}")
    assert (code, f"{FIRST} dépasse 10 Mo : ce n’est pas un fichier JSON inscrit au registre." in errors) == (2, True)
    with Registre("registre.sqlite") as registre:
        assert registre.fichiers() == before


def test_what_is_no_plain_file_is_a_name(run: Callable[..., Outcome]) -> None:
    os.mkfifo("tuyau")
    for name in ("tuyau", os.devnull):
        code, _, errors = run(f"registre deposer {name}")
        assert (code, f"Fichier inconnu du registre : {Path(name).name}." in errors) == (2, True)


def test_a_file_that_is_not_the_one_which_was_recorded_is_not_noted(run: Callable[..., Outcome]) -> None:
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    path = Path("depot", FIRST)
    path.write_bytes(path.read_bytes() + b"\n")
    for command in ("deposer depot", f"deposer depot/{FIRST}", f"abandonner depot/{FIRST}"):
        code, _, errors = run(f"registre {command}")
        assert (code, "n’est pas le fichier inscrit sous ce nom : il a changé" in errors) == (2, True)
    Path("autre.json").write_bytes(b"{}")
    assert "Fichier inconnu du registre : autre.json" in run("registre deposer autre.json")[2]
    assert run("registre deposer pieces")[0] == 2
    # A name alone is a name.
    assert run(f"registre deposer {FIRST}")[0] == 0
    shutil.copy(EXAMPLES / "demandes.json", "depot/brut.json")
    assert run("registre refuser depot/brut.json")[0] == 2


def test_a_refused_request_bears_its_reason_and_its_history_says_which_way(run: Callable[..., Outcome]) -> None:
    assert run(f"{PREPARE} --sortie depot --jour 2022-11-15")[0] == 0
    answered()
    run("retour retour.json --appliquer")
    assert run("registre decider 00001 refusée --motif hors-délai")[0] == 0
    assert run("registre decider 00002 attribuée")[0] == 0
    listed = next(line for line in run("registre lister")[1].splitlines() if line.startswith("00001"))
    assert ("refusée" in listed, "hors-délai" in listed, "Demande acceptée" in listed) == (True, True, False)
    assert "refusée, hors-délai" in run("registre montrer 00001")[1]
    assert "attribuée" in next(line for line in run("registre montrer 00002")[1].splitlines() if "décision" in line)
    whole = json.loads(run("registre lister --format json")[1])
    assert {d["motif"] for d in whole["demandes"]} == {"hors-délai", None}
