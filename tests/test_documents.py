"""The root conftest: what a writer of documents is told, and what is really executed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., pytest.RunResult]

ROOT = Path(__file__).parents[1]


@pytest.fixture
def document(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the tests of a document written for the occasion, beside the project's own root conftest."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # looking for plugins takes longer than the rest
    pytester.makeconftest((ROOT / "conftest.py").read_text(encoding="utf-8"))
    pytester.mkdir("examples").joinpath("demande.json").write_text("{}\n", encoding="utf-8")
    pytester.mkdir("docs").joinpath("guide").mkdir()

    def run(text: str, name: str = "docs/guide/page.md") -> pytest.RunResult:
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", name)

    return run


def block(language: str, source: str, comment: str = "") -> str:
    return f"{comment}\n```{language}\n{source}\n```\n"


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/index.md", "docs/guide/page.md"]
)
def test_python_blocks_of_every_document_run(document: Run, name: str) -> None:
    document(block("python", "assert 1 + 1 == 3"), name).assert_outcomes(failed=1)


def test_blocks_of_a_document_share_names_and_directory(document: Run) -> None:
    text = "".join(
        [
            block("python", "import pathlib\ntotal = 1 + 1\npathlib.Path('mark').touch()"),
            block("pycon", ">>> total\n2\n>>> print('a long line')\na ... line"),
            block("sh", "test -f mark && test -f examples/demande.json && printf two > number"),
            block("python", "assert pathlib.Path('number').read_text() == 'two'"),
        ]
    )
    document(text).assert_outcomes(passed=5)


def test_a_wrong_doctest_fails(document: Run) -> None:
    document(block("pycon", ">>> 1 + 1\n3")).assert_outcomes(failed=1)


def test_examples_are_copied_so_a_document_cannot_spoil_them(document: Run, pytester: pytest.Pytester) -> None:
    document(block("sh", "echo spoilt > examples/demande.json")).assert_outcomes(passed=1)
    assert (pytester.path / "examples" / "demande.json").read_text(encoding="utf-8") == "{}\n"


def test_doctests_of_docstrings_run_and_other_strings_do_not(document: Run) -> None:
    text = '"""A module.\n\n>>> SUM\n2\n>>> SUM\n3\n"""\n\nSUM = 2\n""">>> unknown"""\n'
    document(text, "segur_pha/module.py").assert_outcomes(passed=1, failed=1)


def test_shell_finds_the_programs_of_the_running_interpreter_first(document: Run) -> None:
    text = block("sh", f'test "$(command -v python)" = "{Path(sys.executable).parent / "python"}"')
    document(text).assert_outcomes(passed=1)


@pytest.mark.parametrize("sign", ["", "# ours\n"], ids=["here", "in a shell"])
def test_our_commands_run_in_their_turn_until_one_fails(document: Run, sign: str) -> None:
    text = block(
        "sh", f"{sign}segur-pha avance \\\n  708.33\nsegur-pha avance 8.123\nsegur-pha --help", "<!-- exit: 64 -->"
    )
    printed = block("text", "...255,00...Erreur : ... deux décimales au plus...", "<!-- output -->")
    document(text + printed + block("text", "...Usage...", "<!-- output -->")).assert_outcomes(passed=2, failed=1)


@pytest.mark.parametrize("source", ["exit 3", "false\ntrue", 'echo "$UNSET_NAME"'])
def test_a_failing_command_fails_the_document_and_shows_its_output(document: Run, source: str) -> None:
    result = document(block("sh", f"echo said before\n{source}"))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*exit status *, expected 0*", "said before"])


@pytest.mark.parametrize(("status", "outcome"), [(1, {"passed": 1}), (0, {"failed": 1}), (2, {"failed": 1})])
def test_an_announced_exit_status_must_happen(document: Run, status: int, outcome: dict[str, int]) -> None:
    document(block("sh", f"exit {status}", "<!-- exit: 1 -->")).assert_outcomes(**outcome)


@pytest.mark.parametrize(
    ("expected", "outcome"), [("one\n...\nthree", {"passed": 2}), ("two", {"passed": 1, "failed": 1})]
)
@pytest.mark.parametrize(
    ("language", "source"),
    [("sh", "seq 3 | sed s/1/one/\\;s/3/three/"), ("python", "print('one', 2, 'three', sep='\\n')")],
)
def test_output_shown_is_compared_with_what_was_printed(
    document: Run, language: str, source: str, expected: str, outcome: dict[str, int]
) -> None:
    text = block(language, source) + block("text", expected, "<!-- output -->")
    document(text).assert_outcomes(**outcome)


def test_output_without_anything_executed_above_fails(document: Run) -> None:
    document(block("text", "something", "<!-- output -->")).assert_outcomes(failed=1)


def test_text_and_data_blocks_are_only_shown(document: Run) -> None:
    document(
        block("text", "something") + block("json", "{") + "```\nplain\n```\n" + block("python", "")
    ).assert_outcomes(passed=1)


def test_a_block_can_be_the_content_of_a_file(document: Run) -> None:
    text = block("toml", 'siret = "é"', "<!-- file: profil/editeur.toml -->") + block(
        "sh", "grep -q é profil/editeur.toml"
    )
    document(text).assert_outcomes(passed=2)


def test_comments_combine_and_belong_to_the_next_block_only(document: Run) -> None:
    text = block("sh", "cat it; exit 1", "<!-- a note -->\n<!-- exit: 1 -->\n") + block("sh", "true")
    document(text).assert_outcomes(passed=2)


def test_set_up_commands_are_left_to_the_ci(document: Run) -> None:
    text = block("sh", "python3 -m venv .venv && exit 1", "<!-- skip: set-up -->") + block("sh", "true")
    document(text).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("language", "source", "comment"),
    [
        ("sh", "segur-pha demo", "<!-- skip: set-up -->"),
        ("sh", "python3 -m venv .venv", "<!-- skip: slow -->"),
        ("python", "'python3 -m venv'", "<!-- skip: set-up -->"),
    ],
)
def test_nothing_else_can_be_skipped(document: Run, language: str, source: str, comment: str) -> None:
    result = document(block(language, source, comment))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*may be skipped*"])


@pytest.mark.parametrize("language", ["bash", "console", "shell", "py"])
def test_a_language_that_would_never_be_executed_is_refused(document: Run, language: str) -> None:
    result = document(block(language, "true"))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*would not be executed*"])
