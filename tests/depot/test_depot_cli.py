"""The commands preparer and verifier, as a clerk meets them."""

from __future__ import annotations

import csv
import errno
import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segur_pha.cli import avancement, principal
from segur_pha.depot import Editeur
from tests.sorties import juger_la_ligne

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date.today()  # noqa: DTZ011 - the day on the clerk's calendar


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Work in a copy of the examples; give exit code, output and error output of a command line."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)

    def segur_pha(*words: str) -> tuple[int, str, str]:
        code = principal(words)
        output, errors = capfd.readouterr()
        juger_la_ligne(words, output)
        return code, output, errors

    return segur_pha


PREPARE = ("preparer", "commandes.csv", "--pieces", "pieces", "--sortie", "depot", "--jour", "2022-11-15")


def test_a_deposit_from_the_examples(run: Run) -> None:
    code, output, errors = run(*PREPARE)
    assert (code, errors) == (0, "")
    assert "CSV, UTF-8, séparateur point-virgule" in output
    assert "Dossier prêt : depot" in output
    assert "avance attendue : 722,50" in output
    assert "image seule" in output
    code, output, errors = run("verifier", "depot")
    assert (code, errors) == (0, "")
    assert "bon à déposer : 3 demandes, 1 fichier JSON, 1 zip, 4 pièces" in output


def test_json_for_machines(run: Run) -> None:
    code, output, _ = run(*PREPARE, "--format", "json")
    made = json.loads(output)
    assert (code, made["pret"], made["avance"], made["fautes"]) == (0, True, "722.50", [])
    assert set(made["fichiers"]) == {path.name for path in Path("depot").iterdir()}
    code, output, _ = run("verifier", "depot", "--format", "json", "--jour", "2022-11-01")
    found = json.loads(output)
    assert (code, found["bon"], found["nombre_pieces"]) == (0, True, 4)
    assert "date-future" in {said["code"] for said in found["conseils"]}


def test_what_needs_no_word_gets_none(run: Run) -> None:
    lines = Path("commandes.csv").read_text(encoding="utf-8").splitlines()[:2]
    Path("commandes.csv").write_text("\n".join(line.rpartition(";")[0] for line in lines), encoding="utf-8")
    for name in ("Bon LEFEVRE.PDF", "scan-0003.png", "PREUVE_HT.pdf"):
        Path("pieces", name).unlink()
    settings = Path("editeur.toml").read_text(encoding="utf-8")
    for sample, own in (
        ("ANS0000001", "LGO1234567"), ("12345678200010", "73282932000074"), ("1234567890", "2234567890"),
        ("0102030405", "0102030406"), ("certificats@", "contact@"),
    ):  # fmt: skip
        settings = settings.replace(sample, own)
    Path("editeur.toml").write_text(settings, encoding="utf-8")
    _, output, _ = run(*PREPARE)
    assert "Conseils" not in output
    _, output, _ = run("verifier", "depot", "--jour", "2022-11-01")
    assert "dateCommande postérieure" in output


@pytest.mark.parametrize("ahead", [-400, 0, 1, 300])
def test_without_a_day_an_order_signed_after_today_is_told(run: Run, ahead: int) -> None:
    signed = TODAY + timedelta(days=ahead)
    deposited = TODAY + timedelta(days=310)
    spoil("15/11/2022", f"{signed:%d/%m/%Y}")
    assert run(*PREPARE[:-1], deposited.isoformat())[0] == 0
    code, output, _ = run("verifier", "depot", "--format", "json")
    told = [said["code"] for said in json.loads(output)["conseils"]]
    # The names bear a day that nobody gave here.
    assert (code, "nom-json" in told) == (0, False)
    assert ("date-future" in told) == (ahead > 0)
    _, output, _ = run("verifier", "depot", "--format", "json", "--jour", deposited.isoformat())
    assert "date-future" not in {said["code"] for said in json.loads(output)["conseils"]}


@pytest.mark.parametrize(("ahead", "told"), [(-3_000, False), (366, False), (367, True), (13_000, True)])
def test_a_deposit_more_than_a_year_ahead_is_told(run: Run, ahead: int, told: bool) -> None:  # noqa: FBT001
    day = TODAY + timedelta(days=ahead)
    code, output, _ = run(*PREPARE[:-1], day.isoformat())
    assert code == 0
    assert (f"le jour du dépôt, {day:%d/%m/%Y}, est dans plus d’un an" in output) is told


def spoil(old: str, new: str) -> None:
    path = Path("commandes.csv")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_faults_on_screen_and_as_files_to_give_back(run: Run) -> None:
    spoil("750000002", "75000002")
    code, output, errors = run(*PREPARE, "--fautes", "fautes.csv", "--fautes", "fautes.json")
    assert code == 1
    assert "écrivez 075000002" in output
    assert "1 faute sur 1 ligne" in errors
    assert not Path("depot").exists()
    (line,) = csv.DictReader(io.StringIO(Path("fautes.csv").read_text(encoding="utf-8-sig")), delimiter=";")
    (fault,) = json.loads(Path("fautes.json").read_bytes())
    assert line["Ligne"] == str(fault["ligne"]) == "2"
    assert line["Colonne"] == fault["titre_colonne"] == "FINESS"
    assert line["Balise"] == fault["balise"] == "FINESSGeo"


def test_a_page_for_whoever_corrects(run: Run) -> None:
    spoil("750000002", "75000002")
    run(*PREPARE, "--fautes", "fautes.html")
    page = Path("fautes.html").read_text(encoding="utf-8")
    assert "1 faute<" in page
    assert "écrivez 075000002" in page


def test_a_page_on_a_folder(run: Run) -> None:
    run(*PREPARE)
    code, page, _ = run("verifier", "depot", "--format", "html")
    assert code == 0
    assert "bon à déposer" in page
    Path("depot", "recapitulatif.csv").unlink()
    code, page, _ = run("verifier", "depot", "--format", "html")
    assert code == 1
    assert "annoncé par le manifeste, ce fichier manque" in page


def test_refusals_as_json(run: Run) -> None:
    spoil("15/11/2022", "15.11.22")
    code, output, _ = run(*PREPARE, "--format", "json")
    made = json.loads(output)
    assert (code, made["pret"]) == (1, False)
    assert [fault["code"] for fault in made["fautes"]] == ["jour-illisible"]


def test_a_partial_deposit_is_not_all_well(run: Run) -> None:
    spoil("15/11/2022", "")
    code, output, _ = run(*PREPARE, "--partiel", "--sans-concordance")
    assert code == 1
    assert "1 commande écartée : voir a-corriger.csv" in output
    assert Path("depot", "a-corriger.csv").exists()


def test_numbers_and_upper_case_on_demand(run: Run) -> None:
    for rank in (1, 2, 3):
        spoil(f"\n0000{rank};", "\n;")
    spoil("DURAND;", "Durand;")
    code, _, errors = run(*PREPARE)
    assert code == 1
    assert "4 fautes" in errors
    code, _, errors = run(*PREPARE, "--premier-numero", "A0100", "--majuscules")
    assert (code, errors) == (0, "")
    text = next(Path("depot").glob("JSON-*")).read_text(encoding="utf-8")
    assert '"numeroEditeur": "A0102"' in text


@pytest.mark.usefixtures("alone")
def test_a_long_list_is_cut_on_screen_only(run: Run) -> None:
    header, *_ = Path("commandes.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{k:05};15/11/2022;DURAND;75{k:07};TTC;708,33;;b{k}.pdf;" for k in range(1, 211)]
    Path("commandes.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    code, output, errors = run(*PREPARE, "--fautes", "fautes.json")
    assert code == 1
    assert "210 commandes, colonne « Bon de commande »" in output
    assert "lignes 2 à 211" in output
    assert "« b40.pdf » et 170 autres" in output
    assert len(output.splitlines()) < 20
    assert "210 fautes sur 210 lignes" in errors
    assert len(json.loads(Path("fautes.json").read_bytes())) == 210
    for k in range(1, 211):
        shutil.copy("pieces/PREUVE_HT.pdf", f"pieces/b{k}.pdf")
    code, output, _ = run(*PREPARE)
    assert code == 0
    assert "209 commandes\n" in output  # all but the first have the same form
    assert len(output.splitlines()) < 60


def test_the_model_of_the_settings_is_one_and_is_never_overwritten(run: Run) -> None:
    Path("editeur.toml").unlink()
    assert run("preparer", "--modele")[0] == 0
    assert Editeur.lire("editeur.toml").plafonds["B"]
    assert Path("editeur.toml").read_bytes() == (EXAMPLES / "editeur.toml").read_bytes()
    code, _, errors = run("preparer", "--modele")
    assert code == 2
    assert "existe déjà" in errors


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (("preparer",), 64, "--pieces"),
        ((*PREPARE, "--fautes", "fautes.txt"), 64, ".xlsx, .csv, .html ou .json"),
        ((*PREPARE, "--premier-numero", "x"), 2, "Premier numéro"),
        ((*PREPARE, "--premier-fichier", "1000"), 2, "1 à 999"),
        (("preparer", "absent.csv", *PREPARE[2:]), 2, "absent.csv"),
        ((*PREPARE, "--editeur", "absent.toml"), 2, "absent.toml"),
        (("verifier", "absent"), 2, "est introuvable"),
    ],
)
def test_misuse_is_told_without_a_traceback(words: tuple[str, ...], code: int, word: str, run: Run) -> None:
    found, _, errors = run(*words)
    assert found == code
    assert word in errors
    assert "Traceback" not in errors
    assert not Path("depot").exists()


def test_a_spoiled_folder_is_to_be_corrected(run: Run) -> None:
    run(*PREPARE)
    next(Path("depot").glob("PJ-*")).unlink()
    code, output, _ = run("verifier", "depot")
    assert code == 1
    assert "à corriger" in output
    assert "n’est dans aucun zip" in output


def test_the_bar_shows_on_a_terminal_when_it_lasts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Examen" not in "".join(map(str, run(*PREPARE)))
    shutil.rmtree("depot")
    monkeypatch.setattr(avancement, "PATIENCE", -1)
    screen, errors = Terminal(), Terminal()
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stdout(screen), redirect_stderr(errors):
        assert principal(PREPARE) == 0
    assert "Contrôle des zips" in errors.getvalue()
    assert "Dossier prêt" in screen.getvalue()


def test_no_bar_for_what_is_over_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(run)
    errors = Terminal()
    monkeypatch.setattr(avancement, "PATIENCE", 3_600)
    with redirect_stdout(Terminal()), redirect_stderr(errors):
        assert principal(PREPARE) == 0
    assert errors.getvalue() == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# What is asked for is looked at first

TAKEN = {
    "an existing file": lambda path: path.write_bytes(b"precious"),
    "a folder": Path.mkdir,
    "a broken link": lambda path: path.symlink_to("nowhere"),
}
#: The line that asks for several outputs, and the names of them.
ASKED = {
    "preparer": (
        (*PREPARE, "--partiel", "--fautes", "f.csv", "--fautes", "f.json", "--registre", "r.sqlite", "--creer"),
        ("depot",),
    ),
    "certificats": (
        ("certificats", "suivi.csv", "--au", "2025-06-12", "--csv", "f.csv", "--ics", "f.ics", "--json", "f.json"),
        ("f.csv", "f.ics", "f.json"),
    ),
    "demo": (
        ("demo", "."),
        tuple(f"{start}JSON-ANS0000001-{{today}}-{k:03}.json" for start in ("", "retour-") for k in (1, 2)),
    ),
}


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize(
    ("command", "rank"), [(name, k) for name, (_, outputs) in ASKED.items() for k in range(len(outputs))]
)
def test_an_output_that_is_taken_is_refused_before_anything_is_written(
    command: str, rank: int, taken: str, run: Run, tmp_path: Path
) -> None:
    spoil("03/11/2022", "bientôt")
    line, outputs = ASKED[command]
    today = f"{date.today():%Y%m%d}"  # noqa: DTZ011 - the day that the demonstration takes
    TAKEN[taken](Path(outputs[rank].format(today=today)))
    before = files(tmp_path)
    code, _, errors = run(*line)
    assert (code, "existe déjà" in errors) == (2, True)
    # No deposit, no ledger, no other output.
    assert files(tmp_path) == before
    assert not {"depot", "r.sqlite", "f.csv", "f.ics"} & {p.name for p in tmp_path.iterdir()} - {outputs[rank]}


@pytest.mark.parametrize("name", ["f.csv", "./f.csv", "F.csv", "pieces/../f.csv"])
def test_two_outputs_of_one_name_are_misuse(name: str, run: Run, tmp_path: Path) -> None:
    before = files(tmp_path)
    for line in (
        (*PREPARE, "--fautes", "f.csv", "--fautes", name),
        (*PREPARE[:-3], "f.csv", "--jour", "2022-11-15", "--fautes", name),
        (*PREPARE, "--fautes", "f.csv", "--registre", name),
        ("certificats", "suivi.csv", "--au", "2025-06-12", "--csv", "f.csv", "--json", name),
    ):
        code, _, errors = run(*line)
        assert (code, "même nom" in errors) == (64, True)
    assert files(tmp_path) == before


def test_a_list_in_a_folder_that_is_not_there_stops_the_deposit(run: Run, tmp_path: Path) -> None:
    before = files(tmp_path)
    code, _, errors = run(*PREPARE, "--partiel", "--fautes", "absent/f.csv", "--registre", "r.sqlite", "--creer")
    assert (code, "absent : introuvable" in errors) == (2, True)
    assert files(tmp_path) == before


def test_given_twice_a_partial_deposit_is_made_once(run: Run) -> None:
    spoil("03/11/2022", "bientôt")
    line = (*PREPARE, "--partiel", "--fautes", "f.csv", "--registre", "r.sqlite", "--creer")
    assert run(*line)[0] == 1
    assert len(files(Path("depot"))) > 3
    shutil.move("depot", "sent")
    code, _, errors = run(*line)
    # What went already is known to the ledger, and the list of what is to be corrected is a new one.
    assert (code, "les fautes sont dans f-2.csv" in errors, Path("depot").exists()) == (1, True, False)
    assert b"numero-connu" in Path("f-2.csv").read_bytes()
    assert '"numero_editeur": "00001"' in run("registre", "lister", "--registre", "r.sqlite", "--format", "json")[1]


def test_a_list_that_cannot_be_written_leaves_no_deposit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list comes before the record, and the record before the folder; what fails takes back what came before it."""
    spoil("03/11/2022", "bientôt")
    line = (*PREPARE, "--partiel", "--fautes", "f.csv", "--registre", "r.sqlite", "--creer")
    with monkeypatch.context() as patched:
        patched.setattr(
            "segur_pha.cli.fautes.en_csv", lambda _table: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
        )
        code, _, errors = run(*line)
    assert (code, "disque est plein" in errors) == (2, True)
    assert not Path("depot").exists()
    assert "00001" not in run("registre", "lister", "--registre", "r.sqlite")[1]
    with monkeypatch.context() as patched:
        patched.setattr(
            "segur_pha.depot.dossier.renommer_sans_remplacer",
            lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")),
        )
        assert run(*line)[0] == 2
    assert not Path("f.csv").exists()
    assert run(*line)[0] == 1
    assert Path("f.csv").exists()


@pytest.mark.parametrize("ledger", [(), ("--registre", "r.sqlite", "--creer")])
@pytest.mark.parametrize("trouble", [KeyboardInterrupt, MemoryError])
def test_what_comes_just_after_a_deposit_was_shown_leaves_its_list_too(
    run: Run, monkeypatch: pytest.MonkeyPatch, trouble: type[BaseException], ledger: tuple[str, ...]
) -> None:
    spoil("03/11/2022", "bientôt")
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        real(path, target)
        raise trouble

    with monkeypatch.context() as patched:
        patched.setattr("segur_pha.depot.dossier.renommer_sans_remplacer", rename)
        assert run(*PREPARE, "--partiel", "--fautes", "f.csv", *ledger)[0] in {2, 130}
    assert (Path("depot", "manifeste.json").exists(), Path("f.csv").exists()) == (True, True)


def test_a_folder_of_somebody_s_keeps_no_list(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the name at the last moment."""
    spoil("03/11/2022", "bientôt")

    def taken_meanwhile(_: Path, target: Path) -> None:
        target.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr("segur_pha.depot.dossier.renommer_sans_remplacer", taken_meanwhile)
    assert run(*PREPARE, "--partiel", "--fautes", "f.csv")[0] == 130
    assert not Path("f.csv").exists()
