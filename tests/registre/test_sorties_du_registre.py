"""Every command of the ledger speaks to programs: a whole life asked for as JSON, each output held to its schema."""

from __future__ import annotations

import inspect
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from atelier import ACCEPTED, ALTERED, DAY, REJECTED, answer_to, file_of, name

from segur_pha.cli import principal
from segur_pha.cli.registre import registre as commandes
from segur_pha.cli.schema import Sortie
from segur_pha.registre import Registre
from segur_pha.registre.evenements import Fait
from segur_pha.registre.notes import Note
from tests.sorties import juger, juger_la_ligne

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., Any]

EXAMPLES = Path(__file__).parents[2] / "examples"
NAME = "JSON-ANS0000001-20221115-001.json"
#: What writes for programs by nature: an export, and SQL.
WITHOUT = {"exporter", "tables"}


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ask:
    """Type a command in a copy of the examples, and give what it tells a program."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)

    def asked(line: str, code: int = 0) -> Any:
        words = [*line.split(), "--format", "json"]
        done = principal(words)
        output, errors = capfd.readouterr()
        assert done == code, (line, output, errors)
        juger_la_ligne(words, output)
        return json.loads(output)

    return asked


@pytest.fixture
def lived(ask: Ask, tmp_path: Path) -> Ask:
    """Bring the three requests of the examples to an answer: accepted, rejected, accepted."""
    ask("registre creer")
    ask("preparer commandes.csv --pieces pieces --sortie depot --jour 2022-11-15 --registre registre.sqlite")
    ask("registre deposer depot --jour 2022-11-15")
    sent = (tmp_path / "depot" / NAME).read_bytes()
    (tmp_path / "retour.json").write_bytes(answer_to(sent, [ACCEPTED, REJECTED, ACCEPTED]))
    ask("retour retour.json --appliquer --jour 2022-11-16", code=1)
    return ask


def test_every_command_has_json_and_every_json_a_schema() -> None:
    names = {command for command in commandes if not command.startswith("-")}
    for command in names:
        asked = "forme" in inspect.signature(commandes[command].default_command).parameters
        assert asked is (command not in WITHOUT), command
        assert asked is (f"registre-{command}" in get_args(Sortie)), command


@pytest.mark.parametrize("command", sorted({command for command in commandes if not command.startswith("-")} - WITHOUT))
def test_a_failure_asked_for_as_json_is_json(ask: Ask, tmp_path: Path, command: str) -> None:
    (tmp_path / "registre.sqlite").write_bytes(b"no ledger, and no SQLite either" * 40)
    line = {
        "annuler": "00001 paiement --motif faux",
        "decider": "00001 attribuée",
        "dossier": "750000002 --sortie controle",
        "effacer": "750000002",
        "importer": "absent.jsonl",
        "inscrire": "demandes.json",
        "noter": "decisions.csv",
        "payer": "00001 255.00",
    }.get(
        command,
        "" if command in {"copier", "creer", "lister", "relancer", "soldables", "soldes", "verifier"} else "00001",
    )
    (tmp_path / "decisions.csv").write_text("numero_editeur;décision\n00001;attribuée\n", "utf-8")
    told = ask(f"registre {command} {line}", code=2)
    assert told["erreur"]["message"].endswith(".")
    assert ask(f"registre {command} --inconnue", code=64)["erreur"]["code"] is None


def test_what_was_prepared_and_deposited(ask: Ask, tmp_path: Path) -> None:
    assert ask("registre creer")["registre"].endswith("registre.sqlite")
    made = ask("preparer commandes.csv --pieces pieces --sortie depot --jour 2022-11-15 --registre registre.sqlite")
    assert (made["nombre_demandes"], made["remplacements"]) == (3, [])
    (told,) = ask("registre deposer depot --jour 2022-11-15")["fichiers"]
    with Registre(tmp_path / "registre.sqlite") as registre:
        (known,) = registre.fichiers()
    assert (told["fichier"], told["sha256"]) == (NAME, known.fichier)
    assert (told["phase"], told["jour_depot"], told["motif"]) == ("déposé", "2022-11-15", None)
    assert told["etapes"] == [{"phase": "déposé", "jour": "2022-11-15", "motif": None}]
    (told,) = ask(f"registre refuser {NAME} --motif structure --jour 2022-11-16")["fichiers"]
    assert (told["phase"], told["jour_depot"], told["motif"]) == ("refusé", None, "structure")
    (told,) = ask(f"registre abandonner {NAME} --jour 2022-11-16")["fichiers"]
    assert [step["phase"] for step in told["etapes"]] == ["déposé", "refusé", "abandonné"]


def test_one_request_and_its_history(lived: Ask) -> None:
    told = lived("registre montrer 00001")
    (request,) = told["demandes"]
    assert (request["phase"], request["numero_asp"], request["motif_decision"]) == ("acceptée", "ASP-00001", None)
    assert (request["fichier"], request["num_ligne"]) == (NAME, 1)
    assert [wait["numeros_editeur"] for wait in told["attentes"]] == [["00001"]]
    assert told["attentes"][0]["attente"] == "acceptée, sans décision"
    assert [event["fait"] for event in told["historique"]][:2] == ["fichier préparé", "demande préparée"]
    assert told["ecarts_de_paiement"] == []
    lived("registre decider 00001 attribuée --jour 2023-01-09")
    paid = lived("registre payer 00001 1.00 --jour 2023-02-09")["demandes"]
    assert [(d["phase"], d["montant_paye"]) for d in paid] == [("avance payée", "1.00")]
    told = lived("registre montrer 00001 --xlsx un.xlsx")
    assert told["ecarts_de_paiement"] == [
        {"numero_editeur": "00001", "avance": told["demandes"][0]["avance"], "montant_paye": "1.00"}
    ]
    assert {"décision", "avance payée"} <= {event["fait"] for event in told["historique"]}
    back = lived("registre annuler 00001 paiement --motif erreur --jour 2023-02-10")["demandes"]
    assert [(d["phase"], d["montant_paye"]) for d in back] == [("attribuée", None)]


def test_several_pharmacies_of_one_name_have_no_common_history(ask: Ask, tmp_path: Path) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.preparer({name(1): file_of("00001", "00002")}, jour=DAY)
    told = ask("registre montrer durand --xlsx durand.xlsx")
    assert len({d["finess_geo"] for d in told["demandes"]}) == 2
    assert told["historique"] == []
    assert (tmp_path / "durand.xlsx").stat().st_size > 1000


def test_a_balance_is_below_zero_where_more_was_paid_than_is_funded(lived: Ask) -> None:
    lived("registre decider 00001 attribuée --jour 2023-01-09")
    lived("registre payer 00001 100000.00 --jour 2023-02-09")
    told = lived("registre soldes")
    assert min(float(one["solde_attendu"]) for one in told["soldes"]) < -90_000


def test_an_answer_that_is_taken_back(lived: Ask) -> None:
    told = lived("registre annuler retour.json reponse --motif essai --jour 2022-11-17")
    assert {d["numero_editeur"]: (d["phase"], d["numero_asp"]) for d in told["demandes"]} == dict.fromkeys(
        ("00001", "00002", "00003"), ("déposée", None)
    )


def test_a_table_of_facts(lived: Ask, tmp_path: Path) -> None:
    table = tmp_path / "decisions.csv"
    table.write_text("numéro éditeur;décision;date de la décision;Ville\n00001;attribuée;09/01/2023;Metz\n", "utf-8")
    told = lived("registre noter decisions.csv")
    assert (told["nombre_notes"], told["nombre_deja_notes"], told["fautes"]) == (1, 0, [])
    assert told["colonnes_laissees"] == ["Ville"]
    told = lived("registre noter decisions.csv")
    assert (told["nombre_notes"], told["nombre_deja_notes"]) == (0, 1)
    table.write_text("numéro éditeur;décision\n00003;attribuée\n00009;attribuée\n", "utf-8")
    told = lived("registre noter decisions.csv --fautes fautes.json", code=1)
    assert (told["nombre_notes"], [fault["numero_editeur"] for fault in told["fautes"]]) == (0, ["00009"])
    juger("fautes", (tmp_path / "fautes.json").read_bytes())
    table.write_text("numéro éditeur;décision\n00003;attribuée\n00009;attribuée\n", "utf-8")
    assert lived("registre noter decisions.csv --partiel", code=1)["nombre_notes"] == 1
    table.write_text("numéro éditeur;décision\n00003;peut-être\n", "utf-8")
    assert lived("registre noter decisions.csv", code=1)["nombre_notes"] == 0
    table.write_text("numéro éditeur;montant payé\n00001;1,00\n", "utf-8")
    told = lived("registre noter decisions.csv", code=1)
    assert (told["nombre_notes"], len(told["ecarts_de_paiement"])) == (1, 1)


def test_a_request_that_is_incomplete_no_more(lived: Ask, tmp_path: Path) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.noter_incomplete(
            "00001", jour=registre.demandes()[0].jour_reponse or registre.demandes()[0].jour_phase
        )
    (told,) = lived("registre regulariser 00001")["demandes"]
    assert (told["phase"], told["jour_incomplete"]) == ("acceptée", None)


def test_rejected_requests_go_again(lived: Ask, tmp_path: Path) -> None:
    told = lived("resoumettre --modele corrections.csv")
    assert (told["modele"], told["nombre_demandes"]) == ("corrections.csv", 1)
    again = "resoumettre corrections.csv --pieces depot --sortie depot-2 --jour 2022-11-22"
    (tmp_path / "corrections.csv").write_text("numero_editeur;regime_tva;Ville\n00001;TTC;Metz\n", "utf-8")
    told = lived(f"{again} --fautes fautes.json", code=1)
    assert (told["pret"], told["nombre_pretes"], told["fautes"][0]["code"]) == (False, 0, "demande-non-rejetee")
    juger("fautes", (tmp_path / "fautes.json").read_bytes())
    (tmp_path / "corrections.csv").write_text("numero_editeur;regime_tva\n00002;XX\n", "utf-8")
    told = lived(again, code=1)
    assert (told["pret"], told["fautes"][0]["numero_editeur"]) == (False, "00002")
    assert not (tmp_path / "depot-2").exists()
    (tmp_path / "corrections.csv").write_text("numero_editeur;nom_responsable\n00002;DUPONT\n", "utf-8")
    told = lived(again)
    (line,) = told["lignes"]
    assert told["remplacements"] == [{"numero_editeur": line["numero_editeur"], "remplace": "00002"}]
    assert (told["pret"], told["dossier"], told["nombre_demandes"]) == (True, "depot-2", 1)
    told = lived("resoumettre --modele encore.csv")
    assert (told["modele"], told["nombre_demandes"]) == (None, 0)
    assert not (tmp_path / "encore.csv").exists()
    ledger = lived("registre montrer 00002")["demandes"]
    assert [(d["numero_editeur"], d["remplacee_par"]) for d in ledger] == [("00002", line["numero_editeur"])]


def test_a_ledger_is_looked_after(lived: Ask, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = lived("registre verifier --depot depot")
    assert (told["bon"], told["nombre_demandes"], told["fautes"]) == (True, 3, [])
    (tmp_path / ".depot.abc.a-montrer").mkdir()
    told = lived("registre verifier", code=1)
    assert (told["bon"], [fault["document"] for fault in told["fautes"]]) == (False, [".depot.abc.a-montrer"])
    (tmp_path / "copies").mkdir()
    first = lived("registre copier copies --garder 1")
    assert (Path(first["copie"]).parent, first["retirees"]) == (Path("copies"), [])
    assert lived("registre copier ailleurs.sqlite") == {"version": 1, "copie": "ailleurs.sqlite", "retirees": []}
    assert principal(["registre", "exporter", "registre.jsonl"]) == 0
    capfd.readouterr()
    told = lived("registre importer registre.jsonl --registre neuf.sqlite")
    assert (told["registre"].endswith("neuf.sqlite"), told["nombre_demandes"]) == (True, 3)
    told = lived("registre inscrire --dossier depot --retour retour.json --registre refait.sqlite --creer")
    assert (told["fichiers"], told["reponses"], told["remplacements"]) == ([NAME], ["retour.json"], [])


def test_all_about_one_pharmacy(lived: Ask, tmp_path: Path) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        one = registre.demandes()[0]
    told = lived(f"registre dossier {one.finess_geo} --sortie controle --pieces depot")
    assert (told["finess_geo"], told["nombre_demandes"]) == (one.finess_geo, 1)
    assert (sorted(told["pieces_copiees"]), told["pieces_absentes"]) == (sorted(p.nom for p in one.pieces), [])
    (tmp_path / "vide").mkdir()
    told = lived(f"registre dossier {one.finess_geo} --sortie controle-2 --pieces vide", code=1)
    assert sorted(told["pieces_absentes"]) == sorted(p.nom for p in one.pieces)
    (told,) = lived(f"registre effacer {one.finess_geo}")["demandes"]
    assert (told["numero_editeur"], told["effacee"]) == (one.numero_editeur, True)


def test_what_could_not_be_acted_on(ask: Ask, tmp_path: Path) -> None:
    ask("preparer commandes.csv --pieces pieces --sortie depot --jour 2022-11-15 --registre registre.sqlite --creer")
    sent = (tmp_path / "depot" / NAME).read_bytes()
    (tmp_path / "retour.json").write_bytes(answer_to(sent, [ALTERED, REJECTED, ACCEPTED]))
    ask("retour retour.json --appliquer --jour 2022-11-16", code=1)
    (request,) = ask("registre montrer 00001")["demandes"]
    assert (request["a_verifier"], request["reserves"]) == (
        True,
        [{"issue": "acceptée", "numero_asp": "ASP-00001"}],
    )
    waiting = ask("registre relancer --depuis 0", code=1)
    assert [d["numero_editeur"] for d in waiting["demandes_a_verifier"]] == ["00001"]
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.noter([Note(cle="00003", fait=Fait.SERVICE, jour=registre.demandes()[2].jour_phase)])
    assert ask("etat --depuis 2022-11-01")["notes"][0]["nombre_faits"] >= 1


@pytest.mark.parametrize("taken", ["controler demandes.json --retour pris.json", "registre lister --xlsx pris.xlsx"])
def test_a_program_reads_one_json_even_where_a_file_could_not_be_written(ask: Ask, tmp_path: Path, taken: str) -> None:
    (tmp_path / taken.rsplit(maxsplit=1)[-1]).write_bytes(b"precieux")
    ask("registre creer")
    assert "existe déjà" in ask(taken, code=2)["erreur"]["message"]
