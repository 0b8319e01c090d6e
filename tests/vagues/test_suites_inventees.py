"""A second wave on the command line: what each command proposes next works as it is printed, and its money is called by its name."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import segur_pha.vagues
from segur_pha import en_json
from segur_pha.cli import principal
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.resoumission import preparer_au_registre
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.depot.fabrique_depot import pdf
from tests.vagues.inventee import INVENTEE
from tests.vagues.test_vie_inventee import DAY, answered, folder, settings, table

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["folder"]
ADVANCE = "JSON-ANS0000001-20221115-001.json"


@pytest.fixture(autouse=True)
def _beside_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ici = str(Path(__file__).parent)
    monkeypatch.setattr(segur_pha.vagues, "__path__", [*segur_pha.vagues.__path__, ici])


@pytest.fixture
def type_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, list[list[str]]]]:
    monkeypatch.chdir(folder)

    def run(*words: str) -> tuple[int, str, list[list[str]]]:
        code = principal(list(words))
        out, err = capsys.readouterr()
        lines = [line.strip() for line in out.splitlines()]
        return code, " ".join((out + err).split()), [shlex.split(x)[1:] for x in lines if x.startswith("segur-pha ")]

    return run


def test_every_command_that_is_proposed_works_as_it_is_printed(type_in: Callable[..., tuple]) -> None:
    words = ["--pieces", "pieces", "--jour", "2024-01-20", "--registre", "r.sqlite", "--creer", "--vague", "inventee"]
    code, _, (verify, deposit) = type_in("preparer", "soldes.csv", "--sortie", "depot", *words)
    assert code == 0
    code, _, proposed = type_in(*verify)
    assert (code, [words[:2] for words in proposed]) == (0, [["registre", "deposer"]])
    code, _, (read, state) = type_in(*deposit)
    assert (code, read[:2]) == (0, ["retour", "REPONSE.json"])
    sent = Path("depot/SOLDES-ANS0000001-2024-01-20-01.json")
    portail = PortailSimule(inconduites=[Inconduite.CODE_INCONNU], specification=INVENTEE)
    Path("REPONSE.json").write_bytes(portail.deposer(sent.read_bytes()))
    looked = type_in(*(word for word in read if word != "--appliquer"))
    assert (looked[0], looked[2][0][:3]) == (1, ["retour", "REPONSE.json", "--appliquer"])
    code, shown, proposed = type_in(*looked[2][0])
    assert code == 1
    (rejected,) = re.findall(r"(S000[0-9]) rejetée", shown)
    template = next(words for words in proposed if words[0] == "resoumettre")
    assert type_in(*template)[0] == 0
    assert any(rejected in path.read_text("utf-8-sig") for path in Path().glob("corrections.csv")) or list(
        Path().glob("corrections.xlsx")
    )
    assert type_in(*state)[0] == 0
    assert all(type_in(*words)[0] == 0 for words in proposed if words[0] == "etat")


def test_without_a_ledger_the_wave_is_named(type_in: Callable[..., tuple]) -> None:
    words = ["--pieces", "pieces", "--jour", "2024-01-20", "--vague", "inventee"]
    _, _, (_, read) = type_in("preparer", "soldes.csv", "--sortie", "depot", *words)
    sent = Path("depot/SOLDES-ANS0000001-2024-01-20-01.json")
    Path("REPONSE.json").write_bytes(PortailSimule(specification=INVENTEE).deposer(sent.read_bytes()))
    code, _, (keep,) = type_in(*read)
    assert code == 0
    assert type_in(*keep)[0] == 0


def test_a_folder_of_a_wave_that_nobody_knows_is_judged_by_the_first(type_in: Callable[..., tuple]) -> None:
    words = ["--pieces", "pieces", "--jour", "2024-01-20", "--vague", "inventee"]
    type_in("preparer", "soldes.csv", "--sortie", "depot", *words)
    manifest = Path("depot/manifeste.json")
    told = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**told, "specification": "PHA-LGO-Va8"}), "utf-8")
    code, shown, _ = type_in("verifier", "depot")
    assert code == 1
    assert "9905" in shown
    assert type_in("verifier", "depot", "--vague", "inventee")[0] == 0
    manifest.unlink()
    assert type_in("verifier", "depot")[0] == 1


def test_an_answer_of_no_wave_is_no_answer(type_in: Callable[..., tuple]) -> None:
    Registre("r.sqlite").fermer()
    Path("r.json").write_text("{}", "utf-8")
    code, shown, _ = type_in("retour", "r.json", "--registre", "r.sqlite")
    assert (code, "n’est pas une réponse du portail" in shown) == (2, True)


def test_the_settings_of_a_wave_without_an_example_are_written_by_another_command(
    type_in: Callable[..., tuple],
) -> None:
    code, shown, _ = type_in("preparer", "--modele", "--editeur", "neuf.toml", "--vague", "inventee")
    assert code == 64
    assert "segur-pha editeur neuf.toml --vague PHA-LGO-Inv2" in shown
    assert not Path("neuf.toml").exists()
    assert type_in("preparer", "--modele", "--editeur", "neuf.toml", "--vague", "va1")[0] == 0


def test_the_money_of_a_balance_is_called_so_and_counted_once(folder: Path, type_in: Callable[..., tuple]) -> None:
    advance = en_json(fichier_du_guide())
    with Registre("r.sqlite", specifications=[INVENTEE]) as registre:
        registre.preparer({ADVANCE: advance}, jour=DAY)
        registre.deposer(ADVANCE, jour=DAY)
        registre.enregistrer_retour(PortailSimule(graine=1).deposer(advance), jour=DAY)
        (paid,) = registre.soldables()
        order = ("S0001", paid.numero_asp, "15/01/2024", "297,50", paid.finess_geo or "", "T", "DURAND")
        (folder / "soldes.csv").write_bytes(table(order))
        (folder / "pieces" / "SF-S0001.pdf").write_bytes(pdf("Service fait"))
        made = preparer_au_registre(
            registre, folder / "soldes.csv", settings(folder), folder / "pieces", folder / "depot", jour=DAY
        ).depot
        registre.deposer(made.fichiers[0], jour=DAY)
        answered(registre, folder, made, PortailSimule(graine=2, specification=INVENTEE))
    common = ("--registre", "r.sqlite", "--jour", "2024-02-01")
    for number, amount in (("00001", "255,00"), ("S0001", "100,00")):
        type_in("registre", "decider", number, "attribuée", *common)
        _, shown, _ = type_in("registre", "payer", number, amount, *common)
        assert f"{'solde payé' if number == 'S0001' else 'avance payée'}, {amount}" in shown.replace("\xa0", " ")
    assert "moins que le solde attendu" in shown
    _, shown, _ = type_in("registre", "montrer", "S0001", "--registre", "r.sqlite")
    assert "solde payé 100,00" in shown.replace("\xa0", " ")
    assert "avance payée" not in shown.partition("Historique")[0]
    _, shown, _ = type_in("etat", *common)
    advances, balances = shown.split("Par mois et par phase")[1].split("Demandes de solde")
    assert "Avance payée" in advances
    assert "Avance" not in balances
    assert "Solde payé" in balances
    assert "Montant attendu" in shown or "Rien n’attend" in shown
    # The page adds nothing up twice: 255 of the advance, 100 of the balance.
    assert type_in("etat", "--format", "html", *common)[0] == 0
    _, page, _ = type_in("etat", "--format", "html", "--depuis", "2024-01-01", *common)
    figures = re.findall(r"(Avances payées|Soldes payés)\D*([0-9]+,[0-9]{2})", page.replace("\xa0", " "))
    assert dict(figures) == {"Avances payées": "255,00", "Soldes payés": "100,00"}
    assert "demandes de solde" in page
    folder_of = type_in("registre", "dossier", paid.finess_geo or "", "--sortie", "dossier", "--registre", "r.sqlite")
    assert folder_of[0] == 0
    assert "Solde attendu" in Path("dossier/dossier.html").read_text("utf-8")
