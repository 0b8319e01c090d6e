from __future__ import annotations

import errno
import gc
import importlib
import io
import os
import pty
import re
import shlex
import subprocess
import sys
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from cyclopts import CycloptsError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segur_pha.cli import COMMANDES, application, principal
from segur_pha.cli.console import console, console_erreurs, montrer, montrer_erreur
from segur_pha.cli.messages import erreur_d_usage, erreur_du_systeme, tous_ensemble
from segur_pha.cli.options import EST_UN_JOUR, lire_le_jour
from segur_pha.cli.registre import registre
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cyclopts import App, Argument

    from conftest import Outcome

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "demandes.json"
ENGLISH = re.compile(r"Usage:|\bCommands\b|\bParameters\b|\[required|\[default|Display|STR\b|PATH\b|CHOICE")


def test_without_a_command_the_help_lists_every_command_and_what_it_is_for(run: Callable[..., Outcome]) -> None:
    outcome = run()
    assert outcome.code == 0
    assert outcome == run("--help")
    for name, purpose in COMMANDES.items():
        assert re.search(rf"^  {name} +{re.escape(purpose)}$", outcome.out, re.MULTILINE)


PAGES = [*COMMANDES, *(f"registre {name}" for name in registre if not name.startswith("-"))]


@pytest.mark.parametrize("command", PAGES)
def test_every_command_has_a_french_help_page_that_explains_each_word(
    run: Callable[..., Outcome], command: str
) -> None:
    outcome = run(*command.split(), "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage : segur-pha {command}")
    assert not ENGLISH.search(outcome.out)
    if command != "registre":
        # A name, and below it what it is for: a French sentence.
        words = re.findall(r"^  (\S.*)\n {6}(.*)$", outcome.out, re.MULTILINE)
        assert [name for name, purpose in words if not re.match(r"[A-ZÉ].+\.$", purpose)] == []
        assert len(words) == len(re.findall(r"^  \S", outcome.out, re.MULTILINE))
    # Its examples can be typed.
    examples = re.findall(r"^    segur-pha (.*?)(?: >.*)?$", outcome.out, re.MULTILINE)
    assert examples
    for line in examples:
        assert line.startswith(command)
        application().parse_args(shlex.split(line), exit_on_error=False, print_error=False)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("contrler a.json", "Commande inconnue : contrler. Vouliez-vous controler ?"),
        ("rien", "Commande inconnue : rien.\nCommandes : controler,"),
        ("avance 1 --taux 5", "Option inconnue : --taux."),
        ("avance 1 --regim HT", "Option inconnue : --regim. Vouliez-vous --regime ?"),
        ("avance", "Il manque une valeur : MONTANT_HT."),
        ("avance 1 --tranche", "Il manque une valeur : --tranche."),
        ("avance 1 2", "Argument en trop : 2."),
        ("avance 1 --regime X", "--regime : valeur incorrecte « X » ; choisissez parmi TTC, HT."),
        ("avance 1 --tranche B --tranche C", "Option donnée deux fois : --tranche."),
        (
            "controler a.json --jour 31/11/2022",
            "--jour : le jour « 31/11/2022 » n’existe pas ; vérifiez-le dans un calendrier.",
        ),
        ("controler a.json --complet=soit", "--complet : valeur incorrecte « soit »."),
        ("controler a.json --formt json", "Option inconnue : --formt. Vouliez-vous --format ?"),
        ("controler", "Indiquez au moins un fichier"),
        ("controler - -", "ne se lit qu’une fois"),
        ("controler a.json b.json --retour c.json", "--retour ne va qu’avec un seul fichier"),
        ("controler a.json --sans sieste", "Conseils inconnus : sieste.\nConnus : marque-d-ordre,"),
        ("avance 8.123", "deux décimales au plus"),
        ("registre lister --phase rejeter", "Phase inconnue : rejeter. Phases : préparée, déposée,"),
        ("registre lister --totaux --phase rejetée", "--totaux compte toutes les phases"),
        ("registre relancer --depuis -3", "--depuis : indiquez un nombre de jours, 0 ou plus."),
        ("registre deposer", "Indiquez au moins un fichier à noter comme déposé."),
        ("avance 1 --tranche Z", "Tranche inconnue. Plafond documenté pour : B."),
    ],
)
def test_misuse_is_explained_in_french_with_exit_code_64(run: Callable[..., Outcome], line: str, says: str) -> None:
    outcome = run(*line.split())
    assert outcome.code == 64
    assert outcome.out == ""
    assert outcome.err.startswith("Erreur : ")
    assert says in outcome.err


def test_a_misuse_that_has_no_sentence_of_its_own_still_leads_to_the_help() -> None:
    assert erreur_d_usage(CycloptsError()) == "Ligne de commande incorrecte.\nPour l’aide : segur-pha --help"


def test_an_unforeseen_refusal_of_the_system_is_named() -> None:
    assert erreur_du_systeme(OSError(errno.EIO, "Input/output error", "a.json")) == "a.json : le système refuse (EIO)."


def test_an_interrupted_command_ends_with_130(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("segur_pha.cli.verdicts.controler_nomme", interrupt)
    assert run("controler", EXAMPLE) == (130, "", "Erreur : Interrompu.\n")


@pytest.mark.parametrize("module", ["cyclopts", "rich.console"])
def test_without_the_extra_the_pip_command_is_said(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    application.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    # rich is only needed for colours.
    monkeypatch.setenv("FORCE_COLOR", "1" if module == "rich.console" else "")
    with pytest.raises(ExtraManquant, match=re.escape('pip install "segur-pha[cli]"')):
        application() if module == "cyclopts" else console()
    if module == "cyclopts":
        outcome = run("avance", "1")
        assert outcome.code == 2
        assert 'pip install "segur-pha[cli]"' in outcome.err
        assert "Traceback" not in outcome.err
    application.cache_clear()


MISSING = {
    "pieces": "pypdf",
    "registre": "sqlalchemy",
    "tableur": "openpyxl",
    "certificats": "icalendar",
    "cli": "cyclopts",
}


@pytest.mark.parametrize(
    ("missed", "line", "missing", "asked"),
    [
        ("pieces", "preparer e.xlsx --registre r.sqlite", ["pieces", "registre", "tableur"], "pieces,registre,tableur"),
        ("pieces", "preparer e.csv --registre r.sqlite", ["pieces", "tableur"], "pieces"),
        ("cli", "certificats suivi.csv", ["cli", "certificats"], "cli,certificats"),
        ("tableur", "registre noter T.XLSX", ["tableur", "registre", "certificats"], "tableur,registre"),
        ("graphiques", "", [], "graphiques"),
    ],
)
def test_missing_extras_are_asked_for_together_and_all_of_them_are_proposed(
    monkeypatch: pytest.MonkeyPatch, missed: str, line: str, missing: list[str], asked: str
) -> None:
    for extra in missing:
        monkeypatch.setitem(sys.modules, MISSING[extra], None)
    told = tous_ensemble(ExtraManquant(missed), line.split())
    assert f'pip install "segur-pha[{asked}]"\n' in str(told)
    assert str(told).endswith('pip install "segur-pha[tout]"')
    assert told.extra == missed


def test_a_command_asks_for_all_the_extras_it_will_need(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ExtraManquant("pieces")

    monkeypatch.setattr("segur_pha.cli.preparer.preparer_depot", missing)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    words = ["preparer", "e.xlsx", "--jour", "15/11/2022", "--pieces", f"{EXAMPLE.parent}/pieces"]
    outcome = run(*words, "--editeur", f"{EXAMPLE.parent}/editeur.toml", "--sortie", f"{tmp_path}/depot")
    assert outcome.code == 2
    assert 'pip install "segur-pha[pieces,tableur]"' in outcome.err


@pytest.mark.parametrize("command", ["preparer", "resoumettre"])
def test_missing_settings_lead_to_the_command_that_writes_them(
    run: Callable[..., Outcome], tmp_path: Path, command: str
) -> None:
    settings = tmp_path / "mes réglages.toml"
    outcome = run(
        *(command, EXAMPLE.parent / "commandes.csv", "--editeur", settings, "--jour", "15/11/2022"),
        *("--pieces", EXAMPLE.parent / "pieces", "--sortie", tmp_path / "depot"),
    )
    assert outcome.code == 2
    (typed,) = re.findall(r"(?m)^    segur-pha (editeur .*)$", outcome.err)
    source = [] if "--depuis" in typed else ["--depuis", str(EXAMPLE.parent / "commandes.csv")]
    assert run(*shlex.split(typed), *source).code == 0
    assert settings.is_file()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("aide", "--help"),
        ("help", "--help"),
        ("aide registre payer", "registre payer --help"),
        ("registre help", "registre --help"),
        ("version", "--version"),
    ],
)
def test_words_do_for_the_options_that_everybody_looks_for(run: Callable[..., Outcome], typed: str, meant: str) -> None:
    assert run(*typed.split()) == run(*meant.split())
    assert run(*typed.split()).code == 0


def commands(app: App) -> Iterator[App]:
    for name in app:
        if not name.startswith("-"):
            yield app[name]
            yield from commands(app[name])


def days() -> Iterator[tuple[str, Argument]]:
    for command in commands(application()):
        if command.default_command:
            for argument in command.assemble_argument_collection():
                if date in {argument.hint, *get_args(argument.hint)}:
                    yield " ".join(command.name), argument


def test_every_day_is_read_as_the_guide_writes_it_and_as_programs_do() -> None:
    found = dict(days())
    assert {"controler", "preparer", "verifier", "retour", "etat", "resoumettre", "certificats", "payer"} <= set(found)
    assert {name for name, argument in days() if argument.parameter.converter is not EST_UN_JOUR.converter} == set()


@given(st.dates())
def test_both_ways_of_writing_a_day_say_the_same(day: date) -> None:
    assert lire_le_jour(f"{day.day:02}/{day.month:02}/{day.year:04}") == lire_le_jour(day.isoformat()) == day
    assert lire_le_jour(f"{day.day}/{day.month}/{day.year:04}") == day


@pytest.mark.parametrize("text", ["15/11/22", "2022-02-30", "15.11.2022", "2022/11/15", "", "hier", "１５/11/2022"])
def test_what_may_be_two_days_or_none_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|range"):
        lire_le_jour(text)


def test_the_version_is_that_of_the_installed_package(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "1.2.3")
    assert run("--version").out == "segur-pha 1.2.3\n"


def test_without_an_installed_package_the_version_says_so(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", none)
    assert run("--version") == (0, "segur-pha, exécuté depuis ses sources sans être installé\n", "")


def test_arguments_come_from_the_command_line_by_default(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["segur-pha", "avance", "708.33"])
    assert principal() == 0
    assert "255,00" in capsys.readouterr().out


def test_importing_the_entry_point_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    importlib.import_module("segur_pha.__main__")
    assert capsys.readouterr() == ("", "")


def test_an_output_that_cannot_change_its_encoding_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        """A notebook's output: no terminal, no encoding to change."""

        def __init__(self) -> None:
            self.text = ""

        def writelines(self, lines: list[str]) -> None:
            self.text += "".join(lines)

        def isatty(self) -> bool:
            return False

        def flush(self) -> None:
            """Keep everything."""

    bare = Bare()
    monkeypatch.setattr(sys, "stdout", bare)
    assert principal(["avance", "708.33"]) == 0
    assert "255,00" in bare.text


def test_an_output_that_the_caller_has_closed_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert principal(["avance", "708.33"]) == 0
    with sys.stdout as nowhere:
        assert nowhere.name == os.devnull


def test_what_is_said_keeps_its_order_where_both_outputs_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    both = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(both, encoding="utf-8"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(both, encoding="utf-8", write_through=True))
    montrer("un")
    montrer_erreur("deux")
    montrer("trois")
    sys.stdout.flush()
    assert both.getvalue() == b"un\ndeux\ntrois\n"


def test_a_file_that_is_missing_leaves_the_caller_s_output_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "output").open("w+", encoding="utf-8") as output:
        monkeypatch.setattr(sys, "stdout", output)
        words = ["preparer", "absent.csv", "--jour", "2022-11-15", "--pieces", f"{EXAMPLE.parent}/pieces"]
        words += ["--editeur", f"{EXAMPLE.parent}/editeur.toml", "--sortie", f"{tmp_path}/depot"]
        assert principal(words) == 2
        assert output.write("après\n")
    assert (tmp_path / "output").read_text(encoding="utf-8") == "après\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["controler", "absent.json"], 2),
        (["controler", "a.json", "--jour", "zz"], 64),
        (["registre", "lister", "--registre", "absent.sqlite"], 2),
    ],
)
def test_errors_that_nobody_can_be_told_still_end_with_their_code(words: list[str], code: int) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "segur_pha", *words], stderr=full, check=False, cwd=ROOT)
    assert done.returncode == code


def test_questions_without_a_standard_input_are_answered_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert principal(["editeur", f"{tmp_path}/editeur.toml"]) == 2
    assert "Il manque des réponses : rien n’a été écrit." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_said_without_a_traceback(unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "segur_pha", "avance", "1"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "Erreur : Le disque est plein ; faites de la place, puis recommencez.\n",
    )


def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "segur_pha", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


def on_a_terminal(*argv: str, columns: int, **environment: str) -> str:
    """Give what a command shows on a real terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "segur_pha", *argv],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env=environment,
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := read(ours):
            shown += chunk
    os.close(ours)
    assert process.returncode == 1
    return shown.decode().replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side is closed
        return b""


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_gets_colours_and_no_line_too_long(columns: int) -> None:
    shown = on_a_terminal("controler", "examples/demandes.json", "--complet", columns=columns)
    assert "\x1b[1;31m4 demandes rejetées sur 6\x1b[0m" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(len, plain.splitlines())) <= columns
    assert "\n          guillemets, avec un point" in plain or columns == 120


def test_no_color_takes_every_escape_sequence_away() -> None:
    shown = on_a_terminal("controler", "examples/demandes.json", columns=80, NO_COLOR="1")
    assert "4 demandes rejetées sur 6" in shown
    assert "\x1b" not in shown


def test_colours_can_be_had_in_a_pipe(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;32m" in run("avance", "708.33").out
    assert "\x1b[1;31mErreur :\x1b[0m" in run("rien").err


def test_rich_consoles_stand_ready_for_what_takes_time(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("[bold]texte[/bold] :smile: 12")
    console_erreurs().print("x" * 500)
    assert capsys.readouterr() == ("[bold]texte[/bold] :smile: 12\n", "x" * 500 + "\n")


def test_a_command_called_from_a_program_leaves_its_garbage_collector_as_it_was(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = gc.get_threshold()
    assert run("operateurs", "foch").code == 0
    assert gc.get_threshold() == before
    monkeypatch.setattr("segur_pha.cli.application", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        principal([])
    assert gc.get_threshold() == before


def test_a_pipe_needs_neither_rich_nor_anything_heavy() -> None:
    program = (
        "import sys; from segur_pha.cli import principal; principal(['controler', 'examples/demandes.json']);"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT)
    imported = set(done.stderr.decode().splitlines())
    assert "segur_pha.cli.verdicts" in imported
    assert not imported & {
        "rich",
        "cyclopts",
        "stdnum",
        "ssl",
        "jsonschema",
        "cattrs",
        "hypothesis",
        "segur_pha.cli.demo",
    }


WORDS = st.one_of(
    st.sampled_from(["examples/demandes.json", "examples", "absent.json", "aide", "--", "-", "-x", "--complet", ""]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\\\0"), max_size=8),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(WORDS, max_size=3))
@example(files=["examples/demandes.json", "absent.json", "examples"])
def test_a_line_that_only_names_files_says_the_same_with_the_parser_and_without(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, files: list[str]
) -> None:
    """The parser is left out of such lines because it takes long to load, and for no other reason."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.stdin", None)  # a closed one
    shortest = run("controler", *files)
    with monkeypatch.context() as patch:
        patch.setattr("segur_pha.cli._fichiers_seuls", lambda _: [])
        assert run("controler", *files) == shortest


def test_a_file_can_be_checked_without_the_extra(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = run("controler", EXAMPLE, "absent.json")
    assert expected.code == 2
    monkeypatch.setitem(sys.modules, "cyclopts", None)
    assert run("controler", EXAMPLE, "absent.json") == expected
    assert "segur-pha[cli]" in run("controler", EXAMPLE, "--complet").err


def test_a_fault_of_ours_is_no_misuse_and_needs_no_parser_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "cyclopts")
    monkeypatch.setattr("segur_pha.cli.verdicts.controler_nomme", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        principal(["controler", str(EXAMPLE)])


def test_a_cp1252_console_gets_question_marks_and_never_an_exception(
    spawn: Callable[..., subprocess.CompletedProcess[bytes]], tmp_path: Path
) -> None:
    named = tmp_path / "été→.json"
    named.write_bytes(EXAMPLE.read_bytes())
    done = spawn("controler", named, PYTHONIOENCODING="cp1252")
    assert done.returncode == 1
    assert done.stderr == b""
    assert f"{tmp_path}/été?.json : 4 demandes rejetées sur 6" in done.stdout.decode("cp1252")
    missing = spawn("controler", tmp_path / "→.json", PYTHONIOENCODING="cp1252")
    assert missing.returncode == 2
    assert "?.json : introuvable" in missing.stderr.decode("cp1252")


@pytest.mark.parametrize("form", ["json", "html", "csv"])
def test_forms_for_programs_are_utf_8_on_every_console(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    expected = run("controler", EXAMPLE, "--format", form).out
    narrow = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(narrow, encoding="cp1252"))
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert principal(["controler", str(EXAMPLE), "--format", form]) == 1
    assert narrow.getvalue().decode() == expected
    assert "Demande acceptée" in expected or form == "html"
    assert "\x1b" not in expected


@pytest.mark.parametrize("command", [("etat",), ("registre", "relancer")])
def test_the_day_of_a_list_is_no_event_s(command: tuple[str, ...], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert principal([*command, "--help"]) == 0
    shown = " ".join(capsysbinary.readouterr().out.decode().split())
    assert "Jour jusqu’auquel les jours d’attente sont comptés, JJ/MM/AAAA" in shown
    assert "événement" not in shown
