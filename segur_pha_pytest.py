"""pytest fixtures for those who test a program that uses segur_pha: pytest finds this file once segur_pha is installed.

It is outside the package, and imports nothing from it before a fixture is requested: every run of pytest on the machine loads
this file, even those that have nothing to do with segur_pha (decision 70).

- ``portail_simule``: a :class:`~segur_pha.portail.PortailSimule` where nothing has been deposited yet; it is not the ASP.
- ``fichier_valide``: a :class:`~segur_pha.Fichier` of six made-up requests that both controls accept.
- ``depot_temporaire``: the folder of a deposit that holds these requests, ready to upload: a JSON file and its zip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from segur_pha import Fichier
    from segur_pha.portail import PortailSimule

__all__ = ["depot_temporaire", "fichier_valide", "portail_simule"]


@pytest.fixture
def portail_simule() -> PortailSimule:
    """Simulate the portal for one test: it applies both controls, remembers numbers, and is not the ASP."""
    from segur_pha.portail import PortailSimule

    return PortailSimule()


@pytest.fixture
def fichier_valide() -> Fichier:
    """Six made-up requests, under both VAT regimes, that both controls accept."""
    from segur_pha.demonstration import fichier_invente

    return fichier_invente()


@pytest.fixture
def depot_temporaire(fichier_valide: Fichier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the folder of a deposit, new for each test: the JSON file of ``fichier_valide`` and the zip of its documents."""
    from segur_pha.demonstration import depot_invente

    return depot_invente(fichier_valide, tmp_path_factory.mktemp("depot"))
