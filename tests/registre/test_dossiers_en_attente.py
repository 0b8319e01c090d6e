"""A folder that waits to be shown: what may pass for it, what its connection may suffer, and what is said of it."""

from __future__ import annotations

import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from segur_pha import DepotRefuse, Editeur, RegistreError
from segur_pha.cli import principal
from segur_pha.depot import preparer_depot
from segur_pha.registre import Registre, Resoumission, montrer_depot, preparer_au_registre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY = date(2022, 11, 15)
JSON = "JSON-ANS0000001-20221115-001.json"


def prepare(connection: Connection, folder: Path, orders: Path = EXAMPLES / "commandes.csv") -> Resoumission:
    return preparer_au_registre(Registre(connection), orders, EDITEUR, EXAMPLES / "pieces", folder, jour=DAY)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    with engine.begin() as connection:
        Registre(connection)
    yield engine
    engine.dispose()


# Another folder of that name


def another_deposit(folder: Path) -> None:
    folder.with_name("one.csv").write_text(
        "\n".join((EXAMPLES / "commandes.csv").read_text("utf-8-sig").splitlines()[:2]), "utf-8"
    )
    preparer_depot(folder.with_name("one.csv"), EDITEUR, EXAMPLES / "pieces", folder, jour=DAY, concordance=False)


@pytest.mark.parametrize("other", [Path.mkdir, another_deposit])
def test_another_folder_of_that_name_is_not_the_one_that_was_rolled_back(
    engine: Engine, tmp_path: Path, other: object
) -> None:
    folder = tmp_path / "depot"
    with engine.connect() as connection:
        made = prepare(connection, folder)
        connection.rollback()
    other(folder)  # type: ignore[operator]
    with pytest.raises(RegistreError, match="annulée"):
        made.montrer()
    with pytest.raises(RegistreError, match="aucun dossier préparé et inscrit"):
        montrer_depot(Registre(engine), folder)


def test_another_folder_of_that_name_does_not_hide_that_the_prepared_one_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    made = preparer_depot(EXAMPLES / "commandes.csv", EDITEUR, EXAMPLES / "pieces", folder, jour=DAY, montrer=False)
    made.oublier()
    folder.mkdir()
    with pytest.raises(DepotRefuse, match="existe déjà"):
        made.montrer()


def test_a_hidden_folder_without_its_manifest_is_known_by_nothing(tmp_path: Path) -> None:
    """Nothing that bears its name later passes for it."""
    from segur_pha.depot import DossierCache

    (tmp_path / "depot").mkdir()
    with pytest.raises(DepotRefuse, match="existe déjà"):
        DossierCache(tmp_path / ".depot.0a1b2c3d-1-0.a-montrer", tmp_path / "depot").montrer()


def test_what_was_given_up_is_not_said_to_be_shown(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    with engine.begin() as connection:
        made = prepare(connection, folder)
    made.montrer()
    with Registre(engine) as own:
        assert montrer_depot(own, folder) == folder
        own.abandonner(JSON, jour=DAY)
        with pytest.raises(RegistreError, match="aucun dossier préparé et inscrit"):
            montrer_depot(own, folder)


def test_a_folder_is_shown_for_its_own_preparation_only(engine: Engine, tmp_path: Path) -> None:
    """The same file, given up and prepared anew elsewhere, shows no folder of before; what happens to others does no harm."""
    titles, *rows = (EXAMPLES / "commandes.csv").read_bytes().splitlines(keepends=True)
    ours, others = tmp_path / "ours.csv", tmp_path / "others.csv"
    ours.write_bytes(titles + rows[0])
    others.write_bytes(titles + rows[1])
    with engine.begin() as connection:
        before = prepare(connection, tmp_path / "before", ours)
        beside = prepare(connection, tmp_path / "beside", others)
    (sent,) = tmp_path.glob(".before*/JSON*")
    for again in ("again", "once more"):
        with Registre(engine) as own:
            own.abandonner(sha256(sent.read_bytes()).hexdigest(), jour=DAY)
        with engine.begin() as connection:
            after = prepare(connection, tmp_path / again, ours)
        with pytest.raises(RegistreError, match="pas inscrit au registre comme préparé"):
            before.montrer()
    assert beside.montrer().exists()
    (anew,) = after.montrer().glob("JSON*")
    assert anew.read_bytes() == sent.read_bytes()


def test_a_connection_that_prepares_again_and_again_is_listened_to_once(engine: Engine, tmp_path: Path) -> None:
    """Work is counted: what is called at a transaction's end does not grow with the deposits that its connection has seen."""
    listeners: list[int] = []
    with engine.connect() as connection:
        for k in range(3):
            prepare(connection, tmp_path / f"depot-{k}")
            assert len(list(tmp_path.glob(".depot*"))) == 1
            listeners.append(sum(1 for end in ("rollback", "commit") for _ in getattr(connection.dispatch, end)))
            connection.rollback()
            assert list(tmp_path.glob(".depot*")) == []
        assert listeners == [listeners[0]] * 3
        made = prepare(connection, tmp_path / "depot")
        connection.commit()
        connection.rollback()
    assert made.montrer().exists()


def test_all_that_one_transaction_prepared_goes_with_its_rollback(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as connection:
        prepare(connection, tmp_path / "depot-1")
        Registre(connection).abandonner(JSON, jour=DAY)
        prepare(connection, tmp_path / "depot-2")
        assert len(list(tmp_path.glob(".depot*"))) == 2
    assert list(tmp_path.glob(".depot*")) == []


# Where nobody can tell


def test_a_damaged_manifest_is_not_taken_for_a_folder_that_is_not_there(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    with engine.begin() as connection:
        prepare(connection, folder)
    [hidden] = tmp_path.glob(".depot*")
    whole = (hidden / "manifeste.json").read_bytes()
    for damage in (lambda path: path.write_bytes(whole[:-9]), Path.unlink):
        damage(hidden / "manifeste.json")  # type: ignore[operator]
        with pytest.raises(RegistreError, match=r"manifeste de ce dossier caché ne se lit pas"):
            montrer_depot(Registre(engine), folder)
        with pytest.raises(RegistreError, match="manifeste"), engine.begin() as connection:
            prepare(connection, folder)
    (hidden / "manifeste.json").write_bytes(whole)
    assert montrer_depot(Registre(engine), folder) == folder


def test_a_folder_that_is_being_filled_has_no_manifest_yet_and_one_that_may_not_be_read_tells_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / ".depot.0a1b2c3d-1-0.partiel"
    begun.mkdir()
    for content in (None, b"half"):
        if content:
            (begun / "manifeste.json").write_bytes(content)
        with pytest.raises(RegistreError, match="aucun dossier préparé et inscrit"):
            montrer_depot(Registre(engine), tmp_path / "depot")
    # As one that was shown between the listing and the look.
    (tmp_path / ".depot.0a1b2c3d-2-0.a-montrer").symlink_to(tmp_path / "gone")
    with pytest.raises(RegistreError, match="aucun dossier préparé et inscrit"):
        montrer_depot(Registre(engine), tmp_path / "depot")
    monkeypatch.setattr(Path, "lstat", forbid)
    with pytest.raises(RegistreError, match="manifeste"):
        montrer_depot(Registre(engine), tmp_path / "depot")


def test_a_folder_that_cannot_be_listed_is_not_an_empty_one(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RegistreError, match="aucun dossier préparé et inscrit"):
        montrer_depot(Registre(engine), tmp_path / "absent" / "depot")
    monkeypatch.setattr(Path, "iterdir", forbid)
    with pytest.raises(RegistreError, match="ne se lit pas"):
        montrer_depot(Registre(engine), tmp_path / "depot")


def forbid(*_: object) -> None:
    raise PermissionError(13, "not yours")


# What a clerk is told


def verify(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = principal(["registre", "verifier", "--registre", str(folder / "registre.sqlite"), *words])
    captured = capsys.readouterr()
    return code, " ".join((captured.out + captured.err).replace("│", " ").split())


def test_what_waits_to_be_shown_is_told_with_how_to_show_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'registre.sqlite'}")
    with engine.begin() as connection:
        made = prepare(connection, tmp_path / "depot.1")
    [hidden] = tmp_path.glob(".depot*")
    code, said = verify(tmp_path, capsys)
    assert (code, "inscrit au registre attend d’être montré" in said) == (1, True)
    assert 'montrer_depot(Registre(…), "depot.1")' in said
    # Given up, it is nothing to show any more; nor where nothing tells what it holds.
    with Registre(engine) as own:
        own.abandonner(JSON, jour=DAY)
    code, said = verify(tmp_path, capsys)
    assert (code, "ne connaît pas comme préparé" in said, "montrer_depot" in said) == (1, True, False)
    (hidden / "manifeste.json").unlink()
    code, said = verify(tmp_path, capsys)
    assert (code, "manifeste.json manque" in said, "montrer_depot" in said) == (1, True, False)
    made.depot.oublier()
    assert verify(tmp_path, capsys)[0] == 0
    engine.dispose()


def test_a_document_that_cannot_be_read_is_told_with_why_and_not_as_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "depot"
    with Registre(tmp_path / "registre.sqlite") as own:
        orders, pieces = EXAMPLES / "commandes.csv", EXAMPLES / "pieces"
        preparer_au_registre(own, orders, EDITEUR, pieces, folder, jour=DAY)
    archive = next(folder.glob("PJ-*.zip"))
    with zipfile.ZipFile(archive) as whole:
        contents = {name: whole.read(name) for name in whole.namelist()}
    first = min(contents)
    with zipfile.ZipFile(archive, "w") as written:
        for name, content in contents.items():
            written.writestr(name, b"no document" if name == first else content)
    code, said = verify(tmp_path, capsys, "--depot", str(folder))
    # The other documents are there, and nothing is said of what need not be one.
    assert (code, "1 constat à regarder" in said, first in said.replace(" ", "")) == (1, True, True)
    assert "n’est plus dans le dossier" not in said
    archive.write_bytes(b"PK but no zip")
    code, said = verify(tmp_path, capsys, "--depot", str(folder))
    assert (code, "1 constat à regarder" in said, "n’est plus dans le dossier" in said) == (1, True, False)
