"""A clerk gives one thing for another: each command says what it was given, and what takes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import DepotRefuse
from segur_pha.cli import principal
from segur_pha.depot import preparer_depot
from segur_pha.registre import Registre
from segur_pha.registre.etats import Phase
from segur_pha.registre.memoire import proposer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PREPARE = (
    *("preparer", EXAMPLES / "commandes.csv"),
    *("--editeur", EXAMPLES / "editeur.toml", "--pieces", EXAMPLES / "pieces"),
)


@pytest.fixture(scope="module")
def prepared_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare the example's orders with a ledger, in this folder."""
    folder = tmp_path_factory.mktemp("prepared")
    order = (*PREPARE, "--jour", "15/11/2022", "--registre", "registre.sqlite", "--sortie", "depot")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert principal(["registre", "creer"]) == 0
        assert principal([str(word) for word in order]) == 0
    return folder


@pytest.fixture
def prepared(prepared_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of its own, which is the current one's `depot`, beside its ledger."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(prepared_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "depot"


def test_a_file_given_for_the_folder_of_a_deposit(run: Callable[..., Outcome], prepared: Path) -> None:
    (file,) = prepared.glob("JSON-*.json")
    outcome = run("verifier", file)
    assert outcome.code == 2
    assert f"{file.name} est un fichier, pas un dossier" in outcome.err
    assert "segur-pha controler" in outcome.err
    assert "Le dossier absent est introuvable" in run("verifier", "absent").err


def test_a_folder_given_for_the_files_in_it_is_given_up_and_refused_as_it_is_deposited(
    run: Callable[..., Outcome], prepared: Path
) -> None:
    assert run("registre", "abandonner", prepared.name).out == "depot : abandon noté pour 1 fichier.\n"
    with Registre("registre.sqlite") as ledger:
        assert {d.phase for d in ledger.demandes()} == {Phase.ABANDONNEE}
    assert "n’est pas un" not in run("registre", "annuler", "00001", "abandon", "--motif", "essai").err
    assert run("registre", "deposer", prepared.name).code == 0
    assert run("registre", "refuser", prepared.name).out.startswith("depot : refus noté pour 1 fichier ;")
    (name,) = (path.name for path in prepared.glob("JSON-*.json"))
    assert "Fichier inconnu" not in run("registre", "annuler", "00001", "refus", "--motif", "essai").err
    assert run("registre", "refuser", name).out.startswith(f"{name} : refus noté ;")


def test_several_files_are_given_up_together_or_not_at_all() -> None:
    with Registre("sqlite://") as ledger:
        file = (EXAMPLES / "demandes.json").read_bytes()
        names = ledger.preparer({"JSON-ANS0000001-20221115-001.json": file}, jour=date(2022, 11, 15))
        with pytest.raises(Exception, match="inconnu"):
            ledger.abandonner(*names, "absent.json", jour=date(2022, 11, 16))
        assert {d.phase for d in ledger.demandes()} == {Phase.PREPAREE}


def test_a_folder_beside_a_deposit_is_not_inside_it(run: Callable[..., Outcome], prepared: Path) -> None:
    outcome = run(*PREPARE, "--jour", "16/11/2022", "--sortie", "depot/../autre")
    assert outcome.code == 0
    assert (prepared.parent / "autre" / "manifeste.json").is_file()


@pytest.mark.parametrize("inside", ["depot/autre", "depot/a/b"])
def test_nothing_is_prepared_inside_a_deposit(run: Callable[..., Outcome], prepared: Path, inside: str) -> None:
    before = sorted(prepared.iterdir())
    outcome = run(*PREPARE, "--jour", "16/11/2022", "--sortie", inside)
    assert outcome.code == 2
    assert "à l’intérieur de depot" in outcome.err
    assert sorted(prepared.iterdir()) == before
    with pytest.raises(DepotRefuse, match="à l’intérieur"):
        preparer_depot(
            EXAMPLES / "commandes.csv",
            editeur=EXAMPLES / "editeur.toml",
            pieces=EXAMPLES / "pieces",
            sortie=Path(inside),
            jour=date(2022, 11, 16),
        )


def test_a_folder_that_no_disk_takes_is_refused_in_words(run: Callable[..., Outcome], tmp_path: Path) -> None:
    outcome = run(*PREPARE, "--jour", "16/11/2022", "--sortie", tmp_path / ("x" * 300) / "depot")
    assert outcome.code == 2
    assert outcome.err.startswith("Erreur : ")


def test_another_programs_manifest_is_no_deposit(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifeste.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(*PREPARE, "--jour", "16/11/2022", "--sortie", "depot").code == 0


@pytest.mark.parametrize(
    "command",
    [("controler",), ("retour",), ("anonymiser",), ("registre", "inscrire"), ("registre", "inscrire", "--retour")],
)
def test_a_table_given_for_json_leads_to_what_takes_it(run: Callable[..., Outcome], command: tuple[str, ...]) -> None:
    outcome = run(*command, EXAMPLES / "commandes.csv")
    assert outcome.code == 2
    assert "commandes.csv est un tableau" in outcome.err
    assert "segur-pha preparer" in outcome.err


def test_json_under_the_name_of_a_table_is_json(run: Callable[..., Outcome], tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "demandes.json", tmp_path / "demandes.csv")
    assert run("controler", tmp_path / "demandes.csv").err == ""
    (tmp_path / "broken.csv").write_text('\ufeff {"a": ', encoding="utf-8")
    assert run("controler", tmp_path / "broken.csv").err == ""
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    assert "tableau" not in run("controler", tmp_path / "empty.csv").err
    assert "absent.csv : introuvable" in run("anonymiser", tmp_path / "absent.csv").err


@pytest.mark.parametrize("command", [("registre", "noter"), ("certificats",)])
def test_json_given_for_a_table_leads_to_what_takes_it(
    run: Callable[..., Outcome], command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("registre", "creer")
    outcome = run(*command, EXAMPLES / "demandes.json")
    assert outcome.code == 2
    assert "ce fichier est du JSON, pas un tableau" in outcome.err
    assert "segur-pha controler" in outcome.err


@pytest.mark.parametrize("typed", ["29/02/2022", "31/04/2023", "00/01/2022", "2022-13-01", "32/12/2022"])
def test_a_day_that_no_calendar_has_is_told_as_such(run: Callable[..., Outcome], typed: str) -> None:
    assert f"le jour « {typed} » n’existe pas" in run("etat", "--jour", typed).err
    assert "indiquez un jour écrit 15/11/2022" in run("etat", "--jour", "février").err


def test_only_what_is_missing_is_asked_for(run: Callable[..., Outcome]) -> None:
    outcome = run("preparer", EXAMPLES / "commandes.csv", "--pieces", EXAMPLES / "pieces")
    assert outcome.code == 64
    assert outcome.err.startswith("Erreur : Il manque --sortie et --jour (ou --modele seul).")
    assert "Il manque le tableau des corrections, --pieces, --sortie et --jour" in run("resoumettre").err


def test_a_phase_is_taken_without_its_accents(run: Callable[..., Outcome], prepared: Path) -> None:
    assert prepared
    for typed in ("préparée", "preparees", "PREPAREE"):
        assert "00001" in run("registre", "lister", "--phase", typed).out
    assert "00001" not in run("registre", "lister", "--phase", "rejetees").out
    assert "Phase inconnue : zut" in run("registre", "lister", "--phase", "zut").err


@pytest.mark.parametrize(
    "command",
    [("payer", "3", "255"), ("decider", "3", "attribuée"), ("montrer", "3"), ("regulariser", "3"),
     ("annuler", "3", "depot", "--motif", "x"), ("annuler", "3", "reponse", "--motif", "x")],
)  # fmt: skip
def test_a_number_without_its_zeros_leads_to_the_request(
    run: Callable[..., Outcome], prepared: Path, command: tuple[str, ...]
) -> None:
    assert prepared
    outcome = run("registre", *command)
    assert outcome.code == 2
    assert "Vouliez-vous 00003 ?" in outcome.err
    assert "Vouliez-vous" not in run("registre", command[0], "9", *command[2:]).err


@given(st.lists(st.text("0123AB", min_size=1, max_size=5), max_size=6), st.text("0123ab ", max_size=5))
def test_numbers_are_proposed_that_differ_by_zeros_blanks_or_case_alone(known: list[str], typed: str) -> None:
    bare = typed.strip().lstrip("0").lower()
    expected = {number for number in known if bare and number.lstrip("0").lower() == bare}
    told = set(proposer(typed, known).removeprefix(" Vouliez-vous ").removesuffix(" ?").split(" ou ")) - {""}
    assert told <= expected
    assert bool(told) is bool(expected)


def test_what_is_to_be_done_is_told_once(run: Callable[..., Outcome], prepared: Path) -> None:
    assert prepared
    out = run("etat").out
    assert out.count("À faire") == 1
    assert out.count("segur-pha registre deposer") == 1


def test_an_empty_ledger_shows_no_table_without_rows(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("registre", "creer")
    assert run("etat").out == "Rien n’attend.\n"
    assert run("registre", "lister").out == "Aucune demande au registre.\n"
    assert run("registre", "lister", "--totaux").out == "Aucune demande au registre.\n"
    assert run("registre", "lister", "--phase", "rejetee").out == "Aucune demande de la phase « rejetée ».\n"
    assert run("registre", "soldables").out == "0 demande avec un numeroASP.\n"
    assert run("registre", "soldes").out == "Aucun solde n’est attendu.\n"


def test_the_history_is_in_the_order_of_the_days(run: Callable[..., Outcome], prepared: Path) -> None:
    run("registre", "deposer", prepared.name, "--jour", "20/11/2022")
    # The refusal by the 1st control is noted with the day that the portal wrote.
    run("registre", "refuser", prepared.name, "--jour", "18/11/2022")
    out = run("registre", "montrer", "00001").out
    days = [line[:10] for line in out.partition("Historique")[2].splitlines() if line[2:3] == "/"]
    assert days == sorted(days, key=lambda day: day.split("/")[::-1])
    assert len(days) == 4


def test_a_decision_is_taken_without_its_accents_and_another_word_is_not(
    run: Callable[..., Outcome], prepared: Path
) -> None:
    assert prepared
    assert "choisissez parmi attribuée, refusée" in run("registre", "decider", "00001", "oui").err
    for typed in ("REFUSEE", "attribuee", "Attribuée"):
        # The request is not accepted yet: the ledger refuses, and not the command line.
        assert "Demande 00001 (préparée)" in run("registre", "decider", "00001", typed).err


def test_a_ledger_is_not_exported_to_one_csv(run: Callable[..., Outcome], prepared: Path) -> None:
    assert prepared
    outcome = run("registre", "exporter", "tout.csv")
    assert outcome.code == 64
    assert "un dossier à créer (tout)" in outcome.err
    assert not Path("tout.csv").exists()


def test_a_deposit_s_folder_is_recorded_as_its_files_are(
    run: Callable[..., Outcome], prepared: Path, tmp_path: Path
) -> None:
    here, option = (tmp_path / name for name in ("ici.sqlite", "option.sqlite"))
    assert run("registre", "inscrire", prepared.name, "--creer", "--registre", here).out.startswith("1 fichier inscrit")
    assert run("registre", "inscrire", "--dossier", prepared.name, "--creer", "--registre", option).code == 0
    with Registre(here) as one, Registre(option) as other:
        assert one.demandes() == other.demandes() != ()


def test_orders_that_went_already_lead_to_the_option_that_leaves_them_aside(
    run: Callable[..., Outcome], prepared: Path
) -> None:
    run("registre", "deposer", prepared.name, "--jour", "16/11/2022")
    order = (*PREPARE, "--jour", "17/11/2022", "--registre", "registre.sqlite", "--sortie", "autre")
    outcome = run(*order)
    assert outcome.code == 1
    assert "--nouvelles laisse de côté les commandes que le registre connaît déjà." in outcome.err
    assert "Aucune commande nouvelle" in run(*order, "--nouvelles").err


def test_the_demo_leaves_a_deposit_alone(run: Callable[..., Outcome], prepared: Path) -> None:
    before = sorted(prepared.iterdir())
    outcome = run("demo", prepared.name)
    assert outcome.code == 2
    assert "depot est un dossier de dépôt" in outcome.err
    assert sorted(prepared.iterdir()) == before


def test_columns_that_a_follow_up_lacks_are_named_shortly(run: Callable[..., Outcome]) -> None:
    told = run("certificats", EXAMPLES / "suivi.csv", "--colonnes", "fin=Expire").err
    assert "« fin » et « finess », « structure » ou « numero »… et « Expire », que vous demandez pour fin," in told
    assert "emetteur" not in told


@pytest.mark.parametrize("line", ["controler {}", "schema --comparer {}", "schema --comparer={}"])
def test_a_pipe_is_said_to_be_waited_for(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody may ever write to it; what does come is read as from any file."""
    monkeypatch.chdir(tmp_path)
    octets = (EXAMPLES / "demandes.json").read_bytes()
    Path("a.json").write_bytes(octets)
    os.mkfifo("p.json")
    file = principal(line.format("a.json").split()), capsys.readouterr().out
    Thread(target=Path("p.json").write_bytes, args=[octets], daemon=True).start()
    code = principal(line.format("p.json").split())
    said = capsys.readouterr()
    assert (code, said.out.replace("p.json", "a.json")) == file
    assert "p.json est un tube nommé : la commande qui le lit attend qu’un autre programme y écrive." in said.err


def test_a_pipe_of_the_shell_has_its_writer(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes((EXAMPLES / "demandes.json").read_bytes())
    line = f'"{sys.executable}" -m segur_pha controler <(cat a.json) --format json'
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
