"""How hard hypothesis looks, and what a skipped test means.

``SEGUR_PROFIL=long pytest`` looks long; the profile of every day, ``quotidien``, always looks at the same examples.
Where ``CI=true`` every tool is expected to be there, so a test that skips itself has failed.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# Most of what a test run makes stays: looking for garbage after every 700 objects costs a tenth of its time; after 10,000, which a
# cache of the processor still holds, a fiftieth.
gc.set_threshold(10_000, 50, 50)

PROFILE = os.environ.get("SEGUR_PROFIL", "quotidien")


def in_ci() -> bool:
    """Tell whether CI runs, where everything is there and more is looked at."""
    return os.environ.get("CI") == "true"


def pytest_configure(config: pytest.Config) -> None:
    """Set how long hypothesis looks, in the processes that run tests: the one that hands them out does not need it."""
    if config.getoption("dist", "no") != "no":
        return
    from hypothesis import HealthCheck, settings

    # How long an example takes says more about the machine than about the code.
    common = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("quotidien", common, max_examples=30 if in_ci() else 10, derandomize=True)
    settings.register_profile("long", common, max_examples=2000)
    settings.load_profile(PROFILE)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Have the tests that look at pages in a browser share it, where the tests of a file stay together."""
    from tests.repartition import Repartition

    return Repartition(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what collecting has made, which stays to the end, out of every later search for garbage.

    Not where one process does everything: `mutation/juges.py` asks the collector for functions, and it names none of these.
    """
    if hasattr(session.config, "workerinput"):
        make_hypothesis_ready()
        gc.collect()
        gc.freeze()


def make_hypothesis_ready() -> None:
    """Look at a first example: hypothesis asks the collector who holds its random numbers, and it names nobody who is frozen."""
    from hypothesis import given
    from hypothesis import strategies as st

    @given(st.none())
    def first(_: None) -> None:
        pass

    first()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests marked ``long`` to the long profile, and those marked ``ci`` to it and to CI."""
    asked = {"long": PROFILE == "long", "ci": PROFILE == "long" or in_ci()}
    left_out = [mark for mark, wanted in asked.items() if not wanted]
    later = [item for item in items if any(map(item.get_closest_marker, left_out))]
    config.hook.pytest_deselected(items=later)
    items[:] = [item for item in items if item not in later]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge a test that skipped itself."""
    return judge_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge a module that skipped itself."""
    return judge_skip((yield))


def judge_skip(report: Report) -> Report:
    """Turn a skip into a failure where ``CI=true``; an expected failure (xfail) stays what it is."""
    if in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, although CI=true promises every tool: {report.longrepr}"
    return report
