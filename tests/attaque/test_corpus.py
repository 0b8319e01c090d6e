"""Every file of the fuzzer's corpus, against the rule: a report, or a value, or a refusal that says something."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.cibles import CIBLES

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"
GRAINES = sorted(CORPUS.glob("*/*"))


def test_every_target_has_seeds() -> None:
    assert {graine.parent.name for graine in GRAINES} == set(CIBLES)


@pytest.mark.parametrize("graine", GRAINES, ids=lambda g: f"{g.parent.name}/{g.name}")
def test_the_rule_holds(graine: Path) -> None:
    CIBLES[graine.parent.name](graine.read_bytes())
