"""``segur-pha retour`` as a clerk types it: several answers, every form, and what is no answer at all."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from segur_pha import en_json
from segur_pha.cli import principal
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.registre import Registre
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
from tests.sorties import juger_la_ligne

if TYPE_CHECKING:
    from collections.abc import Callable

import attrs

DAY = date(2022, 11, 15)
NAMES = ["JSON-ANS0000001-20221115-001.json", "JSON-ANS0000001-20221115-002.json"]
Outcome = tuple[int, str, str]


def sent(*numbers: str, rank: int = 0) -> bytes:
    one = fichier_du_guide()
    requests = tuple(
        attrs.evolve(d, beneficiaire=attrs.evolve(d.beneficiaire, finess_geo=f"75{int(n) + 100 * rank:07}"))
        for n, d in ((n, demande_du_guide(n)) for n in numbers)
    )
    return en_json(attrs.evolve(one, demandes=requests))


FILES = [sent("00001", "00002", "00003"), sent("00011", "00012", rank=1)]


def answers(*inconduites: Inconduite) -> list[bytes]:
    portail = PortailSimule(graine=1, inconduites=inconduites)
    return [portail.deposer(octets) for octets in FILES]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command in a folder with a ledger of two files, and their answers ``r0.json`` and ``r1.json``."""
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        registre.preparer(dict(zip(NAMES, FILES, strict=True)), jour=DAY)
    for rank, answer in enumerate(answers(Inconduite.CODE_INCONNU)):
        Path(f"r{rank}.json").write_bytes(answer)

    def segur_pha(line: str) -> Outcome:
        code = principal(line.split())
        output, errors = capfd.readouterr()
        juger_la_ligne(line.split(), output)
        return code, output, errors

    return segur_pha


def test_several_answers_at_once(run: Callable[..., Outcome]) -> None:
    code, output, _ = run("retour r0.json r1.json")
    assert (code, output.index("r0.json") < output.index("r1.json")) == (1, True)
    assert output.count("Demandes rejetées") == 2
    assert "2 réponses, dont 0 refusée : 3 acceptées, 2 rejetées, 0 non traitée, 0 ambiguë." in output
    assert "Rien n’a encore été enregistré." in output
    code, output, _ = run("retour r0.json r1.json --appliquer")
    assert (code, "2 réponses enregistrées, 0 déjà enregistrée, 0 refusée." in output) == (1, True)
    code, output, _ = run("retour r1.json r0.json --appliquer --jour 2022-11-16")
    assert "0 réponse enregistrée, 2 déjà enregistrées, 0 refusée." in output
    assert "Réponse déjà enregistrée : rien n’a changé." in run("retour r1.json --appliquer")[1]
    with Registre("registre.sqlite") as registre:
        assert len(registre.soldables()) == 3


def test_the_exit_code_is_the_highest_and_one_that_fails_stops_no_other(run: Callable[..., Outcome]) -> None:
    Path("bruit.json").write_bytes(b"{")
    code, output, errors = run("retour bruit.json absent.json r0.json --appliquer")
    assert (code, errors.count("Erreur :")) == (2, 2)
    # Each reason once, with its file's name once.
    told = errors + output
    assert [told.count(words) for words in ("introuvable", "ne se lit pas")] == [1, 1]
    assert [errors.count(name) for name in ("bruit.json", "absent.json")] == [1, 1]
    assert output.count("refusée.\n") == 2
    assert "bruit.json : Ce fichier ne se lit pas" in errors
    assert "absent.json : introuvable" in errors
    assert "1 réponse enregistrée, 0 déjà enregistrée, 2 refusées." in output
    for rank, answer in enumerate(answers()):
        Path(f"ok{rank}.json").write_bytes(answer)
    assert run(f"retour ok0.json --envoye {write_sent()}")[0] == 0
    assert run(f"retour ok0.json r0.json --envoye {write_sent()}")[0] == 1
    assert run("retour bruit.json")[0] == 2
    # Where none can be read there is nothing to do next but what the errors say.
    code, output, errors = run("retour bruit.json absent.json")
    assert (code, errors.count("Erreur :"), "segur-pha" in output) == (2, 2, False)
    assert output.endswith("Rien n’a encore été enregistré.\n")
    assert run("retour absent.json")[0] == 2


def write_sent() -> str:
    Path("envoye.json").write_bytes(FILES[0])
    return "envoye.json"


def test_accepted_ones_are_counted_and_shown_when_asked(run: Callable[..., Outcome]) -> None:
    assert "SIMULE" not in run("retour r0.json")[1].replace("SIMULE-X99", "")
    assert run("retour r0.json --complet")[1].count("SIMULE-288-") == 2


def test_json_is_as_it_was_for_one_and_a_list_for_several(run: Callable[..., Outcome]) -> None:
    one = json.loads(run("retour r0.json --format json")[1])
    assert (one["version"], one["fichier"], one["erreur"], len(one["lignes"])) == (1, "r0.json", None, 3)
    Path("bruit.json").write_bytes(b"{")
    two = json.loads(run("retour r0.json bruit.json --format json")[1])
    assert two[0] == one
    assert (two[1]["erreur"]["message"][:23], two[1]["encodage"], two[1]["lignes"]) == (
        "Ce fichier ne se lit pas"[:23],
        None,
        [],
    )


@pytest.mark.parametrize("form", ["json", "html", "csv", "xlsx"])
def test_every_form_may_go_to_a_file_and_overwrites_none(run: Callable[..., Outcome], form: str) -> None:
    code, output, _ = run(f"retour r0.json r1.json --sortie vu.{form} --appliquer")
    assert (code, "2 réponses enregistrées" in output) == (1, True)
    written = Path(f"vu.{form}").read_bytes()
    assert run(f"retour r0.json --sortie vu.{form}")[0] == 2
    assert Path(f"vu.{form}").read_bytes() == written
    if form == "xlsx":
        book = load_workbook(io.BytesIO(written))
        assert book.sheetnames == ["Réponses", "Écarts"]
        assert [cell.value for cell in book["Réponses"]["C"]] == [
            "Demande",
            "00001",
            "00002",
            "00003",
            "00011",
            "00012",
        ]
        assert book["Réponses"].freeze_panes == "A2"
    else:
        assert all(word in written.decode() for word in ("r0.json", "r1.json", "Rejet non documenté"))


def test_a_form_goes_to_the_standard_output(run: Callable[..., Outcome]) -> None:
    assert run("retour r0.json --format html")[1].startswith("<!doctype html>")
    assert run("retour r0.json --format csv")[1].splitlines()[1].startswith("r0.json;1;00001;")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("retour", "Indiquez au moins une réponse"),
        ("retour r0.json --sortie vu.pdf", "--sortie : indiquez un fichier .html, .csv, .xlsx ou .json"),
        ("retour r0.json --admettre ligne-ambigue", "--admettre ne sert qu’avec --appliquer"),
        (
            "retour r0.json --appliquer --admettre ligne",
            "valeur incorrecte « ligne » ; choisissez parmi contenu-modifie",
        ),
        ("retour r0.json --appliquer --admettre ligne-ambigue:", "valeur incorrecte « ligne-ambigue: »"),
        ("retour r0.json --appliquer --admettre reponse-absente:00001", "valeur incorrecte"),
        ("retour r0.json --appliquer --envoye r1.json", "retirez --envoye"),
    ],
)
def test_misuse_is_told_before_anything_is_read(run: Callable[..., Outcome], line: str, words: str) -> None:
    code, output, errors = run(line)
    assert (code, output, words in errors) == (64, "", True)


def test_a_workbook_is_not_thrown_at_a_screen(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert "donnez --sortie reponses.xlsx" in run("retour r0.json --format xlsx")[2]


def test_the_deposited_file_itself_is_told_in_one_sentence(run: Callable[..., Outcome]) -> None:
    for line in (
        f"retour {write_sent()} --appliquer",
        f"retour {write_sent()}",
        "retour envoye.json --envoye envoye.json",
    ):
        code, output, errors = run(line)
        assert (code, output) == (2, "")
        assert errors == (
            "Erreur : Ce fichier est celui qui a été déposé, et non la réponse du portail : téléchargez la réponse, puis "
            "recommencez.\n"
        )
    Path("envoye.json").write_text(json.dumps(json.loads(FILES[0]), indent=1), "utf-8")
    assert "Aucune ligne n’a de réponse" in run("retour envoye.json")[1]
    with Registre("registre.sqlite") as registre:
        assert {d.phase.value for d in registre.demandes()} == {"préparée"}


def test_another_publisher_s_answer_is_told_in_one_sentence(run: Callable[..., Outcome]) -> None:
    foreign = json.loads(Path("r0.json").read_bytes())
    foreign |= {"numeroAns": "LGO9999999", "SIRET": "98765432100011"}
    Path("autre.json").write_text(json.dumps(foreign), "utf-8")
    for line in ("retour autre.json --appliquer", f"retour autre.json --envoye {write_sent()}"):
        code, output, errors = run(line)
        assert (code, output, errors.count("\n")) == (2, "", 1)
        assert (
            "Cette réponse est celle d’un autre éditeur : elle porte numeroAns LGO9999999, SIRET 98765432100011"
            in errors
        )
    for line in foreign["lignesImport"]:
        line["numeroEditeur"] = f"9{line['numeroEditeur'][1:]}"
    Path("autre.json").write_text(json.dumps(foreign), "utf-8")
    assert (
        "autre éditeur : elle porte numeroAns LGO9999999, qu’aucun fichier de ce registre"
        in run("retour autre.json")[2]
    )
    Path("autre.json").write_text(json.dumps(foreign | {"SIRET": "12345678200010"}), "utf-8")
    assert "Aucune demande de cette réponse n’est au registre" in run("retour autre.json")[2]
    Path("autre.json").write_text(json.dumps(foreign | {"numeroAns": 7}), "utf-8")
    assert "Aucune demande de cette réponse n’est au registre" in run("retour autre.json")[2]


def test_the_values_that_differ_are_shown_and_one_may_be_admitted_for_one_request(run: Callable[..., Outcome]) -> None:
    answer = json.loads(answers()[0])
    for line in answer["lignesImport"][:2]:
        line["commande"]["montantSegurHT"] = 850
        line["beneficiaire"]["nomResponsable"] = "DUPONT"
    Path("r.json").write_text(json.dumps(answer), "utf-8")
    code, output, _ = run("retour r.json --appliquer")
    assert (code, output.count("708.33"), output.count("850"), "DUPONT" in output) == (1, 2, 2, False)
    assert output.count("masquée (6 caractères)  masquée (6 caractères)") == 2
    assert "À vérifier : 2 demandes sur 3 sans réponse sûre." in output
    code, output, errors = run("retour r.json --appliquer --admettre contenu-modifie:00009")
    assert (code, "ne parle pas, une fois et une seule, de 00009" in errors) == (2, True)
    assert run("retour r.json --appliquer --admettre contenu-modifie:00002")[0] == 1
    with Registre("registre.sqlite") as registre:
        assert [registre.demande(n).phase.value for n in ("00001", "00002")] == ["déposée", "acceptée"]
    # What an earlier answer said stands beside what this one says.
    contrary = json.loads(answers()[0])
    contrary["lignesImport"][1] |= {"numeroASP": None, "codeTraitement": "17", "libelleTraitement": "non"}
    Path("r.json").write_text(json.dumps(contrary), "utf-8")
    (ecart,) = json.loads(run("retour r.json --format json")[1])["ecarts"]
    assert (ecart["nature"], ecart["attendu"][:9], ecart["recu"]) == ("réponse contraire", "acceptée ", "rejetée")


def test_of_many_discrepancies_a_screen_shows_some(run: Callable[..., Outcome]) -> None:
    many = sent(*(f"{rank:05}" for rank in range(101, 161)), rank=2)
    with Registre("registre.sqlite") as registre:
        registre.preparer({"JSON-ANS0000001-20221115-003.json": many}, jour=DAY)
    answer = json.loads(PortailSimule(graine=1).deposer(many))
    for line in answer["lignesImport"]:
        line["commande"]["dateCommande"] = "01/01/2020"
    Path("r.json").write_text(json.dumps(answer), "utf-8")
    output = run("retour r.json")[1]
    assert (output.count("01/01/2020"), "… et 10 autres : --sortie reponses.xlsx les donne toutes." in output) == (
        50,
        True,
    )
