"""What the tests of deposits share."""

from __future__ import annotations

import pytest

from segur_pha.depot import ouvriers


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open even many documents in this process: test_depot_ouvriers.py looks at those that others open, and a process costs more."""
    monkeypatch.setattr(ouvriers, "_coeurs", lambda: 1)
