"""What to do next: each step of a deposit says the next one, as a command that can be typed."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segur_pha import VA1
from segur_pha.cli import application
from segur_pha.cli.suite import apres_la_preparation, apres_la_reponse, apres_la_verification, apres_le_depot, ligne
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.rapports.console import en_texte

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conftest import Outcome
    from segur_pha.rapports.console import Morceau

EXAMPLES = Path(__file__).parents[2] / "examples"
JSON = "JSON-ANS0000001-20221115-001.json"
PREPARE = (
    "preparer",
    EXAMPLES / "commandes.csv",
    "--editeur",
    EXAMPLES / "editeur.toml",
    "--pieces",
    EXAMPLES / "pieces",
)


def next_commands(shown: str) -> list[list[str]]:
    """Give the commands under the last heading, as the words of a command line; each can be parsed."""
    _, heading, after = shown.rpartition("\nEnsuite\n")
    assert heading
    lines = [shlex.split(line)[1:] for line in re.findall(r"(?m)^ {6}(segur-pha .*)$", after)]
    for words in lines:
        known = [word.replace("JJ/MM/AAAA", "22/11/2022") for word in words]
        application().parse_args(known, exit_on_error=False, print_error=False)
    return lines


def test_a_clerk_who_types_what_comes_next_gets_from_the_orders_to_the_answer(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prepared = run(
        *PREPARE, "--sortie", "mon dépôt", "--jour", "15/11/2022", "--registre", "le registre.sqlite", "--creer"
    )
    verify, deposit = next_commands(prepared.out)
    assert "(type de demande : avance)" in prepared.out
    verified = run(*verify)
    assert verified.code == 0
    # The ledger has a name of its own, and nobody said on which day.
    told = ["registre", "deposer", JSON, "--jour", "JJ/MM/AAAA", "--registre", "REGISTRE"]
    assert next_commands(verified.out) == [told]
    deposited = run(*deposit)
    assert "1 fichier noté comme déposé le 15/11/2022." in deposited.out
    assert deposited.code == 0
    read, state = next_commands(deposited.out)
    portail = PortailSimule(graine=1, inconduites=[Inconduite.CODE_INCONNU])
    sent = Path("mon dépôt", JSON).read_bytes()
    Path("REPONSE.json").write_bytes(portail.deposer(sent, list(Path("mon dépôt").glob("PJ-*.zip"))))
    looked = run(*(word for word in read if word != "--appliquer"))
    assert "Rien n’a encore été enregistré." in looked.out
    (record,) = next_commands(looked.out)
    assert record == read
    recorded = run(*record)
    assert recorded.code == 1
    corrected, decide, again = next_commands(recorded.out)
    assert corrected[:3] == ["resoumettre", "--modele", "corrections.xlsx"]
    refused = run(*corrected)
    assert refused.code == 2
    assert "editeur.toml : introuvable" in refused.err
    assert "s’il est ailleurs, indiquez-le avec --editeur" in refused.err
    assert run(*corrected, "--editeur", EXAMPLES / "editeur.toml").code == 0
    assert Path("corrections.xlsx").is_file()
    assert again == state
    assert run(*(word.replace("NUMERO", "00002") for word in decide)).code == 0
    assert run(*state).code == 0


def test_what_comes_next_bears_the_day_that_was_typed_and_no_wave_that_is_meant_anyway(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(*PREPARE, "--sortie", "depot", "--jour", "15/11/2022", "--registre", "registre.sqlite", "--creer")
    (deposit,) = next_commands(run("verifier", "depot", "--jour", "2022-11-15").out)
    assert deposit == ["registre", "deposer", JSON, "--jour", "15/11/2022"]
    assert run(*deposit).code == 0
    sent = Path("depot", JSON).read_bytes()
    portail = PortailSimule(graine=1, inconduites=[Inconduite.CODE_INCONNU])
    Path("r.json").write_bytes(portail.deposer(sent, list(Path("depot").glob("PJ-*.zip"))))
    typed = ("--jour", "2022-11-16", "--vague", "va1")
    (keep,) = next_commands(run("retour", "r.json", "--envoye", Path("depot", JSON), *typed).out)
    assert keep[-2:] == ["--jour", "16/11/2022"]
    (record,) = next_commands(run("retour", "r.json", *typed).out)
    assert record == ["retour", "r.json", "--jour", "16/11/2022", "--appliquer"]
    correct, *_ = next_commands(run(*record).out)
    assert correct == ["resoumettre", "--modele", "corrections.xlsx"]
    assert "16/11/2022" in run("registre", "montrer", "00001").out


def test_without_a_ledger_the_answer_is_read_beside_what_was_sent_and_then_kept(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    prepared = run(*PREPARE, "--sortie", "depot", "--jour", "15/11/2022")
    verify, read = next_commands(prepared.out)
    assert verify == ["verifier", "depot"]
    sent = Path("depot", JSON).read_bytes()
    Path("REPONSE.json").write_bytes(PortailSimule(graine=1).deposer(sent, list(Path("depot").glob("PJ-*.zip"))))
    looked = run(*read)
    assert looked.code == 0
    (keep,) = next_commands(looked.out)
    assert keep[-1] == "--creer"  # there is no ledger yet
    kept = run(*keep)
    assert kept.code == 0
    assert Path("registre.sqlite").is_file()
    assert "--creer" not in run(*read).out
    # Everything was accepted: nothing is to be sent again.
    assert "resoumettre" not in looked.out + run("retour", "REPONSE.json", "--appliquer").out


def test_a_folder_that_is_wrong_is_looked_at_again(run: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    outcome = run("verifier", tmp_path / "vide")
    assert outcome.code == 1
    assert next_commands(outcome.out) == [["verifier", str(tmp_path / "vide")]]


def text(pieces: Iterable[Morceau]) -> str:
    return "\n".join(map(en_texte, pieces))


def test_orders_that_were_left_aside_are_not_forgotten() -> None:
    shown = text(
        apres_la_preparation(Path("depot"), [JSON], date(2022, 11, 15), registre=None, specification=VA1, partiel=True)
    )
    assert f"Corrigez les commandes écartées dans {Path('depot') / 'a-corriger.csv'}" in shown


def test_of_many_files_the_first_is_named(tmp_path: Path) -> None:
    names = [f"JSON-ANS0000001-20221115-{k:03}.json" for k in range(1, 6)]
    for name in [*names, "manifeste.json"]:
        (tmp_path / name).touch()
    shown = text(apres_la_verification(tmp_path, bon=True))
    assert names[0] in shown
    assert "Si ce dépôt est inscrit à un registre, notez" in shown
    assert not any(name in shown for name in [*names[1:], "manifeste.json"])


@pytest.mark.parametrize("address", ["postgresql+psycopg://segur:s3cret@serveur/base", "sqlite:///r.sqlite"])
def test_no_address_of_a_ledger_is_shown(address: str) -> None:
    shown = text(apres_le_depot(address)) + ligne("etat", registre=address)
    assert address not in shown
    assert "s3cret" not in shown
    assert shown.count("--registre ADRESSE") == 3


def test_without_the_library_of_workbooks_the_table_of_corrections_is_a_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segur_pha.cli.suite.find_spec", lambda _name: None)
    shown = apres_la_reponse([Path("r.json")], registre="registre.sqlite", envoye=None, enregistree=True, rejets=True)
    assert "segur-pha resoumettre --modele corrections.csv" in "\n".join(map(en_texte, shown))
