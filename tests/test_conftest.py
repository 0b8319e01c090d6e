"""A skip under ``CI=true`` is a failure, and the tests marked ``long`` wait for the long profile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

MODULE = """
import pytest

def test_plain() -> None: pass

def test_skipped() -> None: pytest.skip("no such tool")

@pytest.mark.xfail
def test_known() -> None: assert False
"""


@pytest.fixture
def run(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> Callable[[], pytest.RunResult]:
    """Run test modules under the hooks of this folder's own conftest."""
    hooks = request.config.pluginmanager.get_plugin(str(Path(__file__).with_name("conftest.py")))
    return lambda: pytester.runpytest_inprocess("-p", "no:cacheprovider", plugins=[hooks])


def test_a_skip_is_a_skip_on_a_laptop(
    run: Callable[[], pytest.RunResult], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(test_one=MODULE, test_two="import pytest; pytest.importorskip('no_such_module')")
    run().assert_outcomes(passed=1, skipped=2, xfailed=1)


def test_a_skip_is_a_failure_where_every_tool_is_promised(
    run: Callable[[], pytest.RunResult], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(test_one=MODULE)
    outcome = run()
    outcome.assert_outcomes(passed=1, failed=1, xfailed=1)
    outcome.stdout.fnmatch_lines(["*CI=true*no such tool*"])


def test_a_module_that_skips_itself_is_a_failure_too(
    run: Callable[[], pytest.RunResult], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(test_two="import pytest; pytest.importorskip('no_such_module')")
    outcome = run()
    outcome.assert_outcomes(errors=1)
    assert outcome.ret != 0


@pytest.mark.parametrize(
    ("profile", "ci", "examples", "tests"),
    [("quotidien", "", 10, 1), pytest.param("quotidien", "true", 30, 2, marks=pytest.mark.ci), ("long", "", 2000, 3)],
)
def test_the_profile_decides_how_long_to_look(
    pytester: pytest.Pytester, profile: str, ci: str, examples: int, tests: int
) -> None:
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(
        f"""
        import pytest
        from hypothesis import settings

        def test_examples(): assert settings().max_examples == {examples}

        @pytest.mark.long
        def test_long(): pass

        @pytest.mark.ci
        def test_ci(): pass
        """
    )
    pytester.makeini("[pytest]\nmarkers =\n  long\n  ci")
    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        env=os.environ | {"SEGUR_PROFIL": profile, "CI": ci},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout
    assert f"{tests} passed" in outcome.stdout
