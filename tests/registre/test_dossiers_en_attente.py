"""A folder that waits to be shown: what may pass for it, what its connection may suffer, and what is said of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from segur_pha import DepotRefuse, Editeur, RegistreError
from segur_pha.depot import preparer_depot
from segur_pha.registre import Registre, Resoumission, montrer_depot, preparer_au_registre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY = date(2022, 11, 15)
JSON = "JSON-ANS0000001-20221115-001.json"


def prepare(connection: Connection, folder: Path) -> Resoumission:
    orders, pieces = EXAMPLES / "commandes.csv", EXAMPLES / "pieces"
    return preparer_au_registre(Registre(connection), orders, EDITEUR, pieces, folder, jour=DAY)


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
        DossierCache(tmp_path / ".depot.1-0.a-montrer", tmp_path / "depot").montrer()


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
