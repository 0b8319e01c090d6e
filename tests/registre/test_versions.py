"""From one version of the ledger to the next: a copy first, then every table made again from the journal."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from atelier import lived, phases, snapshot
from hypothesis import given
from hypothesis import strategies as st
from ouvriers import lift
from sqlalchemy import create_engine, text

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre, export, tables

#: What version 1 wrote of :func:`atelier.lived`, kept as it was.
VERSION_1 = Path(__file__).parent / "donnees" / "registre-v1.sql"


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A ledger that version 1 has written."""
    path = tmp_path / "registre.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    return path


def content(path: Path) -> list[str]:
    """Give all that a SQLite file holds, as the statements that would make it again."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def schema(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        statements = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {" ".join(statement.split()) for (statement,) in statements}


def test_the_ledger_that_version_1_wrote_is_read_as_it_was_meant(version_1: Path, tmp_path: Path) -> None:
    with Registre(version_1) as old, Registre(tmp_path / "today.sqlite") as today:
        lived(today)
        assert snapshot(old) == snapshot(today)
        assert old.reserver(1) == today.reserver(1) == ["00023"]


def test_the_tables_are_those_of_their_version(tmp_path: Path) -> None:
    # Whoever changes a table or an index of a version that was released raises tables.VERSION.
    assert tables.VERSION == 2
    Registre(tmp_path / "today.sqlite").fermer()
    statements = (Path(__file__).parent / "donnees" / "tables-v2.sql").read_text(encoding="utf-8").split(";\n")
    assert schema(tmp_path / "today.sqlite") == {" ".join(s.split()) for s in statements if s.strip()}


def test_a_migrated_ledger_has_the_tables_of_a_new_one(version_1: Path, tmp_path: Path) -> None:
    Registre(version_1).fermer()
    Registre(tmp_path / "today.sqlite").fermer()
    assert schema(version_1) == schema(tmp_path / "today.sqlite")


#: What version 1 called some keys of the commands' JSON → today's names.
RENAMED = {
    "a_resoumettre": "demandes_a_resoumettre",
    "a_verifier": "demandes_a_verifier",
    "nombre": "nombre_demandes",
    "numeros": "numeros_editeur",
    "paye": "montant_paye",
    "sans_reponse": "demandes_sans_reponse",
}


def test_every_answer_is_as_version_1_gave_it(version_1: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Compare with what the commands of commit 0038c3f answered in JSON about this very file."""
    expected = json.loads((Path(__file__).parent / "donnees" / "reponses-v1.json").read_text(encoding="utf-8"))
    for command, answer in expected.items():
        principal([*command.split(), "--format", "json", "--registre", str(version_1)])
        given = json.loads(capsysbinary.readouterr().out)
        assert _only_as_in(given, _in_todays_words(answer)) == _in_todays_words(answer)


#: Keys that were other words for one thing before the first release (decision 71).
RENAMED = {
    "numeros": "numeros_editeur",
    "nombre": "nombre_demandes",
    "paye": "montant_paye",
    "sans_reponse": "demandes_sans_reponse",
    "a_resoumettre": "demandes_a_resoumettre",
}


def _in_todays_words(answer: object) -> object:
    if isinstance(answer, list):
        return [_in_todays_words(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    # Of one request it says whether somebody must look; of several it was the list of those.
    renamed = {
        **RENAMED,
        **({"a_verifier": "demandes_a_verifier"} if isinstance(answer.get("a_verifier"), list) else {}),
    }
    return {renamed.get(key, key): _in_todays_words(value) for key, value in answer.items()}


def _only_as_in(given: object, answer: object) -> object:
    """Keep of an answer the keys that version 1 gave: a later one may say more."""
    if isinstance(given, dict) and isinstance(answer, dict):
        names = {key: key if key in given else RENAMED[key] for key in answer}
        return {key: _only_as_in(given[today], answer[key]) for key, today in names.items()}
    if isinstance(given, list) and isinstance(answer, list):
        return [_only_as_in(one, other) for one, other in zip(given, answer, strict=True)]
    return given


#: What version 1 wrote without the name of a wave.
NAMELESS = ("retour-recu", "ligne-recue", "decision-rendue", "avance-payee", "numeros-reserves")


@given(
    st.integers(0, 2),
    st.lists(st.tuples(st.sampled_from(NAMELESS), st.integers(0, 3))),
)
def test_every_event_of_version_1_is_of_its_one_wave(prepared: int, told: list[tuple[str, int]]) -> None:
    """Also one about a file or a request of which the journal does not tell the preparation."""
    ours, told_before = "PHA-LGO-Va9", []
    for k in range(prepared):
        told_before += [
            ("fichier-prepare", {"fichier": f"{k}", "specification": ours}),
            ("demande-preparee", {"numero_editeur": f"{k}", "specification": ours}),
        ]
    nameless = [(kind, {"fichier": f"{k}", "numero_editeur": f"{k}", "jour": "2022-11-15"}) for kind, k in told]
    wave = ours if prepared else "PHA-LGO-Va1"
    assert list(export.elever([*told_before, *nameless], 1)) == [
        *told_before,
        *((kind, {**fields, "specification": wave}) for kind, fields in nameless),
    ]


def as_version_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that there is a next version of the ledger."""
    monkeypatch.setattr(tables, "VERSION", 3)
    monkeypatch.setitem(export.MARCHES, 2, lift)


def test_an_older_ledger_is_copied_and_then_lifted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Registre(url) as registre:
        lived(registre)
        before = phases(registre)
    as_version_3(monkeypatch)
    with Registre(url) as lifted:
        assert phases(lifted) == before
        assert lifted.demande("00031").motif == "abandon (version 2)"
        assert json.loads(next(iter(lifted.exporter())))["reglages"]["version"] == "3"
        assert lifted.reserver(1) == ["00023"]
    with Registre(url) as again:
        assert phases(again) == before


def test_a_ledger_of_two_versions_ago_goes_all_the_way(version_1: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_version_3(monkeypatch)
    with Registre(version_1) as lifted:
        assert lifted.demande("00031").motif == "abandon (version 2)"
        assert lifted.demande("00001").phase.value == "avance payée"


def test_the_copy_is_the_old_ledger(version_1: Path) -> None:
    before = content(version_1)
    Registre(version_1).fermer()
    assert content(version_1.with_name("registre.sqlite.v1.copie")) == before


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        as_version_3(newer)
        Registre(tmp_path / "registre.sqlite").fermer()
    with pytest.raises(RegistreError, match="mettez segur_pha à jour"):
        Registre(tmp_path / "registre.sqlite")


@pytest.mark.parametrize("its_own", [False, True])
def test_the_copy_never_replaces_another_one(version_1: Path, *, its_own: bool) -> None:
    copy = version_1.with_name("registre.sqlite.v1.copie")
    if its_own:  # a copy of what the ledger was yesterday
        shutil.copy(version_1, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("DELETE FROM segur_retours")
    else:
        copy.write_bytes(b"precious")
    precious, before = copy.read_bytes(), content(version_1)
    with pytest.raises(RegistreError, match="déplacez-la"):
        Registre(version_1)
    assert copy.read_bytes() == precious
    assert content(version_1) == before


def test_a_copy_that_an_interrupted_migration_left_is_used(version_1: Path) -> None:
    copy = version_1.with_name("registre.sqlite.v1.copie")
    shutil.copy(version_1, copy)
    left = copy.read_bytes()
    Registre(version_1).fermer()
    assert copy.read_bytes() == left


def test_an_engine_s_ledger_is_copied_into_tables(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(url)
    with Registre(engine) as registre:
        lived(registre)
        count = len(list(registre.exporter())) - 1
    as_version_3(monkeypatch)
    Registre(engine).fermer()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM segur_evenements_v2")) == count
    engine.dispose()


def test_two_programs_may_migrate_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
    answers = iter([True, False])
    monkeypatch.setattr(export, "a_migrer", lambda _connection: next(answers))
    Registre(path).fermer()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT valeur FROM segur_reglages WHERE cle = 'version'").fetchone() == ("2",)
