"""Whoever erases a pharmacy is told what still holds its values beside the ledger."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from atelier import DAY, THREE, file_of, name
from hypothesis import given, settings
from hypothesis import strategies as st
from sorties import juger

from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.copies import copies_qui_gardent
from segur_pha.restes import marque_du_processus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Whose values are erased, in the requests of THREE; a name that no other one of its values holds.
FINESS, ERASED = "750000002", "PETITJEAN"
SENT = json.loads(THREE)
SENT["lignesImport"][1]["beneficiaire"]["nomResponsable"] = ERASED
OTHER = "Cette commande ne voit ni vos exports, ni vos dossiers de dépôt"


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a ledger alone in a folder, and go there."""
    (tmp_path / "ici").mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.chdir(tmp_path / "ici")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return make(tmp_path / "ici" / "registre.sqlite")


def make(path: Path, content: bytes | None = None) -> Path:
    with Registre(path) as registre:
        registre.preparer({name(1): content or json.dumps(SENT).encode()}, jour=DAY)
    return path


@pytest.fixture
def erase(ledger: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[dict[str, list[str]], str]]:
    """Erase the pharmacy, and give what programs and people are told."""

    def give(where: str = ledger.name) -> tuple[dict[str, list[str]], str]:
        line = ["registre", "effacer", FINESS, "--registre", where]
        assert principal([*line, "--format", "json"]) == 0
        told = capsys.readouterr()
        juger("registre-effacer", told.out)
        assert principal(line) == 0
        said = " ".join(capsys.readouterr().out.split())
        answer = json.loads(told.out)
        assert all(name in said for name in (*answer["copies"], *answer["restes"]))
        assert ("À supprimer" in said, "À vérifier" in said) == (bool(answer["copies"]), bool(answer["restes"]))
        assert OTHER in said
        return answer, told.err

    return give


def test_alone_there_is_nothing_to_name(erase: Callable[..., tuple[dict[str, list[str]], str]]) -> None:
    answer, said = erase()
    assert (answer["copies"], answer["restes"], said) == ([], [], "")


@settings(deadline=None, max_examples=6)
@given(st.lists(st.sampled_from(["before", "after", "another's", "of others"]), max_size=4))
def test_the_copies_with_the_values_are_named_and_no_others(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str]
) -> None:
    here = tmp_path_factory.mktemp("copies")
    path = make(here / "registre.sqlite")
    (here / "notes.txt").write_text(ERASED, "utf-8")
    with Registre(path) as registre:
        for rank, kind in enumerate(kinds):
            if kind == "before":
                registre.copier(here / f"{rank}.copie")
        registre.effacer(FINESS, jour=DAY)
        for rank, kind in enumerate(kinds):
            if kind == "after":
                registre.copier(here / f"{rank}.copie")
            elif kind == "another's":
                make(here / f"{rank}.sqlite")
            elif kind == "of others":
                make(here / f"{rank}.sqlite", file_of("00009"))
        named = copies_qui_gardent(path, FINESS)
    held = [p.name for p in here.iterdir() if p.suffix in {".copie", ".sqlite"} and ERASED.encode() in p.read_bytes()]
    assert named == sorted(held)


def test_a_copy_that_cannot_be_looked_into_is_named(
    ledger: Path, erase: Callable[..., tuple[dict[str, list[str]], str]]
) -> None:
    with closing(sqlite3.connect(ledger.with_name("ancien.copie"))) as old:
        old.execute("CREATE TABLE segur_reglages (x)").close()
    with Registre(make(ledger.with_name("ouvert.sqlite"), file_of("00009"))) as in_use:
        in_use.reserver(1)  # which stands in its log
        answer, _ = erase()
    assert answer["copies"] == ["ancien.copie", "ouvert.sqlite"]


def test_what_interrupted_commands_left_goes_or_is_named(
    ledger: Path, tmp_path: Path, erase: Callable[..., tuple[dict[str, list[str]], str]]
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    mark = re.sub(rf"{os.getpid()}-$", f"{ended.pid}-", marque_du_processus())
    gone = [ledger.with_name(f".{mark}01.partiel{end}") for end in ("", "-journal")]
    gone.append(tmp_path / "tmp" / f"segur-pha-pieces-{mark}01")
    named = [".00000000-7-01.partiel", ".depot.00000000-7-01.a-montrer", ".depot.00000000-7-01.abandonne.partiel"]
    for path in gone:
        path.touch()
    for left in named:
        ledger.with_name(left).mkdir()
    make(ledger.with_name(".00000000-7-02.partiel"))  # a copy that another machine has not finished
    ledger.with_name(".depot.partiel").touch()  # somebody's own
    answer, said = erase()
    assert answer["restes"] == sorted([*named, ".00000000-7-02.partiel"])
    assert answer["copies"] == []
    assert not any(path.exists() for path in gone)
    assert all(path.name in said for path in gone)


def test_a_folder_that_cannot_be_listed_is_said(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbid(*_: object) -> None:
        raise PermissionError(13, "not yours")

    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", forbid)
        assert principal(["registre", "effacer", FINESS]) == 2
    assert "effacées du registre, mais son dossier ici ne se lit pas" in capsys.readouterr().err
    assert ERASED.encode() not in ledger.read_bytes()


def test_where_the_file_is_not_known_only_what_cannot_be_seen_is_said(
    ledger: Path, erase: Callable[..., tuple[dict[str, list[str]], str]]
) -> None:
    make(ledger.with_name("autre.sqlite"))
    answer, _ = erase(f"sqlite:///file:{ledger}?mode=rw&uri=true")
    assert (answer["copies"], answer["restes"]) == ([], [])
