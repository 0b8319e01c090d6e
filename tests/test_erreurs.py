"""The family of errors: machine-readable, picklable, and a door that is cheap to open."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import segur_pha
import segur_pha.depot
from segur_pha import (
    Anomalie,
    DemandeInvalide,
    DepotRefuse,
    ExtraManquant,
    FichierRejete,
    NomInvalide,
    Position,
    RegistreError,
    RetourIllisible,
    SegurError,
    controler,
    lire,
)

if TYPE_CHECKING:
    from types import ModuleType

ANOMALIES = (Anomalie("2303", "FINESSGeo : 9.", "FINESSGeo", "/a"), Anomalie("2004", "nom", "nomResponsable", "/b"))
ERRORS = [
    SegurError("m", code="2303", balise="FINESSGeo", chemin="/a"),
    DemandeInvalide(ANOMALIES),
    FichierRejete("m", rapport=ANOMALIES, code="9902"),
    NomInvalide("m", balise="nomFichier"),
    RetourIllisible("m"),
    DepotRefuse("m"),
    RegistreError("m"),
    ExtraManquant("tableur"),
]


@pytest.mark.parametrize("erreur", ERRORS, ids=lambda e: type(e).__name__)
def test_every_error_is_of_the_family_and_survives_a_pickle(erreur: SegurError) -> None:
    assert isinstance(erreur, SegurError)
    copy = pickle.loads(pickle.dumps(erreur))  # noqa: S301 - our own bytes
    assert type(copy) is type(erreur)
    assert str(copy) == str(erreur)
    assert vars(copy) == vars(erreur)


@pytest.mark.parametrize(
    "octets",
    [
        b'{"XAVIER": 1}',
        b'{"XAVIER": 1, "XAVIER": 2}',
        b'{"impId": null, "lignesImport": [{"XAVIER": {"commande": 1, "commande": 2}}]}',
    ],
)
def test_a_key_that_may_be_a_name_is_a_pointer_for_programs_only(octets: bytes) -> None:
    rapport = controler(octets)
    assert any("XAVIER" in anomalie.chemin for anomalie in rapport.anomalies_fichier)
    with pytest.raises(FichierRejete) as refus:
        lire(octets)
    for shown in (repr(rapport), str(rapport), repr(rapport.anomalies_fichier), str(refus.value), repr(refus.value)):
        assert "XAVIER" not in shown
    assert "chemin='/lignesImport'" in repr(controler(b'{"lignesImport": 1}'))


def test_a_refused_block_bears_its_first_fault_and_lists_them_all() -> None:
    erreur = DemandeInvalide(ANOMALIES)
    assert (erreur.code, erreur.balise, erreur.chemin) == ("2303", "FINESSGeo", "/a")
    assert str(erreur) == "FINESSGeo : 9. [2303]\nnom [2004]"
    assert erreur.anomalies == ANOMALIES


def test_an_error_of_a_real_file_survives_a_pickle_with_its_report() -> None:
    with pytest.raises(FichierRejete) as refus:
        lire(b"{")
    copy = pickle.loads(pickle.dumps(refus.value))  # noqa: S301 - our own bytes
    assert copy.rapport == refus.value.rapport
    assert copy.rapport.anomalies_fichier[0].position == Position(1, 2)


def test_where_an_anomaly_stands_is_no_part_of_what_it_is() -> None:
    here = Anomalie("2303", "l", "b", "/a", Position(3, 4))
    assert here.position == Position(3, 4)
    assert here == Anomalie("2303", "l", "b", "/a")
    assert str(here.position) == "ligne 3, colonne 4"


ROOT = Path(__file__).parents[1]
HEAVY = ["jsonschema", "cattrs", "hypothesis", "rich", "cyclopts", "stdnum"]
LOADED = "import json, sys; {}; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"


@pytest.mark.parametrize(
    ("statement", "left_out"),
    [("import segur_pha", [*HEAVY, "attrs", "msgspec"]), ("from segur_pha import *", HEAVY)],
)
def test_importing_segur_pha_loads_nothing_heavy(statement: str, left_out: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(statement)], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(json.loads(done.stdout))
    assert "segur_pha" in loaded
    assert loaded.isdisjoint(left_out)


CHECKED = (
    "import sys, attrs, msgspec; theirs = set(sys.modules);"
    "from segur_pha import controler; print(*set(sys.modules) - theirs, end=';');"
    'report = controler(open("examples/demandes.json", "rb").read()); assert len(report.rejetees) == 4;'
    "print(*sys.modules)"
)
LATER = ("rapports", "repertoire", "courriels", "identifiants", "controle.conseils", "controle.resultats")


def test_a_control_loads_neither_the_advice_nor_the_rooms_that_draw_a_report() -> None:
    # What measures the tests in the processes that they start loads modules of its own.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", CHECKED], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT, env=alone
    )
    imported, checked = (set(names.split()) for names in done.stdout.split(";"))
    assert "segur_pha.controle.verdict" in imported
    assert imported & {"json", "pathlib", "pkgutil", "segur_pha.vagues.va1.avance"} == set()
    assert checked & {f"segur_pha.{room}" for room in LATER} == set()


@pytest.mark.parametrize("module", [segur_pha, segur_pha.depot], ids=lambda m: m.__name__)
def test_every_public_name_is_there_and_no_other(module: ModuleType) -> None:
    for nom in module.__all__:
        assert getattr(module, nom) is not None
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError, match="no attribute 'controller'"):
        module.controller  # noqa: B018 - asking is what raises


def test_the_public_door_is_explicit() -> None:
    assert len(segur_pha.__all__) == len(set(segur_pha.__all__))
    for nom in segur_pha.__all__:
        assert getattr(segur_pha, nom) is not None
    for nom in ("controler", "lire", "en_json", "ecrire", "construire_demande", "avance", "schema", "validateur"):
        assert nom in segur_pha.__all__
