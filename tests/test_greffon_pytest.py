"""The pytest plugin: its fixtures, and that a suite which uses none of them does not notice it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import segur_pha_pytest
from segur_pha import controler, en_json, lire_retour
from segur_pha.depot import verifier_depot

if TYPE_CHECKING:
    import pytest

    from segur_pha import Fichier
    from segur_pha.portail import PortailSimule

ROOT = Path(__file__).parents[1]


def test_pytest_is_told_of_it_under_its_own_name() -> None:
    # Under another name, `-p segur_pha_pytest` would register it a second time.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"segur_pha_pytest": "segur_pha_pytest"}


def test_the_file_is_valid_and_shows_both_regimes(fichier_valide: Fichier) -> None:
    rapport = controler(en_json(fichier_valide))
    assert rapport.tout_accepte
    assert {ligne["regime_tva"] for ligne in rapport.en_lignes()} == {"TTC", "HT"}


def test_the_portal_is_new_and_remembers_numbers(portail_simule: PortailSimule, fichier_valide: Fichier) -> None:
    first, second = (lire_retour(portail_simule.deposer(en_json(fichier_valide))) for _ in range(2))
    assert len(first.acceptees) == len(second.rejetees) == 6


def test_the_deposit_is_ready_to_upload(depot_temporaire: Path, portail_simule: PortailSimule) -> None:
    verification = verifier_depot(depot_temporaire)
    assert (verification.fautes, verification.demandes, verification.zips) == ((), 6, 1)
    (requests,) = depot_temporaire.glob("*.json")
    (documents,) = depot_temporaire.glob("*.zip")
    named = {
        piece["nomFichier"]
        for demande in json.loads(requests.read_bytes())["lignesImport"]
        for piece in demande["piecesJustificatives"]
    }
    with zipfile.ZipFile(documents) as archive:
        assert set(archive.namelist()) == named
    assert len(lire_retour(portail_simule.deposer(requests.read_bytes(), [documents])).acceptees) == 6


def test_every_test_gets_its_own_and_help_tells_of_them(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("rank", [1, 2])
        def test_own(rank, depot_temporaire, portail_simule, tmp_path):
            (fichier,) = depot_temporaire.glob("JSON-*.json")
            assert b"SIMULE-" in portail_simule.deposer(fichier.read_bytes())
            fichier.unlink()
            assert list(tmp_path.iterdir()) == []
        """
    )
    options = ("-p", "segur_pha_pytest", "-p", "no:cacheprovider")
    pytester.runpytest_inprocess(*options).assert_outcomes(passed=2)
    listing = pytester.runpytest_inprocess(*options, "--fixtures")
    for name in segur_pha_pytest.__all__:
        listing.stdout.fnmatch_lines([f"{name} -- *"])


def test_a_suite_that_uses_no_fixture_does_not_load_the_library(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_unrelated():
            assert "segur_pha_pytest" in sys.modules
            assert not {"segur_pha", "hypothesis", "attrs"} & set(sys.modules)
        """
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "segur_pha_pytest", "-p", "no:cacheprovider"],
        cwd=pytester.path,
        env={"PYTHONPATH": str(Path(segur_pha_pytest.__file__).parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
