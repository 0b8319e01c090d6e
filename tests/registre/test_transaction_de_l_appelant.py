"""Prepared in the caller's transaction (decision 21): nobody sees the folder before the commit, on both databases."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import sqlite3
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool, StaticPool

from segur_pha import DepotRefuse, Editeur, RegistreError
from segur_pha.depot import DepotPrepare, preparer_depot, verifier_depot
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.registre import Registre, Resoumission, montrer_depot, preparer_au_registre, resoumettre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY, LATER = date(2022, 11, 15), date(2022, 11, 22)
JSON = "JSON-ANS0000001-20221115-001.json"
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["segur_pha.registre.resoumission", "psycopg"])


def orders_without_numbers() -> list[dict[str, str]]:
    titles, *rows = [line.split(";") for line in (EXAMPLES / "commandes.csv").read_text("utf-8-sig").splitlines()]
    return [dict(zip(titles, ["", *row[1:]], strict=True)) for row in rows]


def prepare(registre: Registre, folder: Path, **options: object) -> Resoumission:
    orders = iter(orders_without_numbers())
    return preparer_au_registre(registre, orders, EDITEUR, EXAMPLES / "pieces", folder, jour=DAY, **options)  # type: ignore[arg-type]


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    with engine.begin() as connection:
        Registre(connection)
    yield engine
    engine.dispose()


def hidden(folder: Path) -> list[Path]:
    return sorted(folder.parent.glob(f".{folder.name}.*"))


def test_shown_after_the_commit_and_never_before(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    with engine.connect() as connection:
        with connection.begin():
            made = prepare(Registre(connection), folder)
            assert len(hidden(folder)) == 1
            with pytest.raises(RegistreError, match="commit"):
                made.montrer()
            with pytest.raises(RegistreError, match="commit"):
                made.depot.montrer()
            assert not folder.exists()
        # The caller's own connection is open, and in no transaction: it is asked.
        assert made.montrer() == folder
        assert not connection.in_transaction()
    assert made.montrer() == made.depot.montrer() == montrer_depot(Registre(engine), folder) == folder
    assert verifier_depot(folder, jour=DAY).bon
    assert hidden(folder) == []
    made.depot.oublier()
    assert folder.exists()
    with Registre(engine) as own:
        assert [d.numero_editeur for d in own.demandes()] == ["00001", "00002", "00003"]
        assert own.reserver(1) == ["00004"]


@pytest.mark.parametrize("end", ["rollback", "close", "raise"])
def test_a_rollback_leaves_no_folder_and_serves_its_numbers_again(engine: Engine, tmp_path: Path, end: str) -> None:
    folder = tmp_path / "depot"

    kept: list[Resoumission] = []

    def work() -> None:
        with engine.begin() if end == "raise" else engine.connect() as connection:
            kept.append(prepare(Registre(connection), folder))
            if end == "rollback":
                connection.rollback()
            if end == "raise":
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) if end == "raise" else contextlib.nullcontext():
        work()
    [made] = kept
    assert list(tmp_path.glob("*depot*")) == []
    with pytest.raises(RegistreError):
        made.montrer()
    with engine.begin() as connection:
        again = prepare(Registre(connection), folder)
    assert again.montrer() == folder
    with Registre(engine) as own:
        assert [d.numero_editeur for d in own.demandes()] == ["00001", "00002", "00003"]


def test_the_next_transaction_of_the_same_connection_takes_nothing_back(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as connection:
        made = prepare(Registre(connection), tmp_path / "depot")
        connection.commit()
        Registre(connection).reserver(1)
        connection.rollback()
    assert made.montrer().exists()


def test_a_savepoint_of_the_caller_s_that_is_rolled_back_is_never_shown(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        Registre(connection).reserver(0)  # so that SQLite's driver has begun
        savepoint = connection.begin_nested()
        made = prepare(Registre(connection), tmp_path / "depot")
        savepoint.rollback()
    with pytest.raises(RegistreError, match="annulée"):
        made.montrer()
    assert not (tmp_path / "depot").exists()
    made.depot.oublier()
    assert hidden(tmp_path / "depot") == []
    with pytest.raises(RegistreError, match="aucun dossier"):
        montrer_depot(Registre(engine), tmp_path / "depot")


def test_others_write_while_the_documents_are_opened(engine: Engine, tmp_path: Path) -> None:
    """Another program takes the lock and lets it go at every step; it would wait in vain for a minute otherwise."""
    steps: list[str] = []
    with Registre(engine) as other, engine.begin() as connection:

        def write(step: str, _done: int, _of: int) -> None:
            other.reserver(0)
            steps.append(step)

        prepare(Registre(connection), tmp_path / "depot", suivi=write)
    assert len(set(steps)) >= 3
    assert "Écriture du dépôt" in steps


@pytest.mark.parametrize("times", [1, 9])
def test_numbers_that_others_were_served_meanwhile_are_not_served_twice(
    engine: Engine, tmp_path: Path, times: int
) -> None:
    """However quick the others are, the folder holds numbers that it alone was served; in the end it waits no longer."""
    theirs: list[str] = []
    with Registre(engine) as other, engine.begin() as connection:
        joined = Registre(connection)

        def hurry(step: str, _done: int, _of: int) -> None:
            # Who holds the lock would make the other one wait for ever.
            if step == "Écriture du dépôt" and len(theirs) < times and not locked(engine):
                theirs.extend(other.reserver(1))

        made = prepare(joined, tmp_path / "depot", suivi=hurry)
    assert made.montrer().exists()
    with Registre(engine) as own:
        numbers = {d.numero_editeur for d in own.demandes()}
        assert len(numbers) == 3
        assert not numbers & set(theirs)
        assert theirs
        assert not set(own.reserver(2)) & (numbers | set(theirs))
    written = next((tmp_path / "depot").glob("JSON-*")).read_text("utf-8")
    assert all(f'"{number}"' in written for number in numbers)
    assert verifier_depot(tmp_path / "depot", jour=DAY).bon


def locked(engine: Engine) -> bool:
    """Ask, without waiting, whether somebody holds the ledger's lock."""
    question = (
        "BEGIN IMMEDIATE"
        if engine.dialect.name == "sqlite"
        else "SELECT 1 FROM segur_reglages WHERE cle = 'verrou' FOR UPDATE NOWAIT"
    )
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.exec_driver_sql(question)
        except Exception:  # noqa: BLE001 - whatever the driver says
            return True
        finally:
            connection.rollback()
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout = 5000")
        return False


def test_a_name_of_a_file_that_another_one_took_is_not_taken_twice(engine: Engine, tmp_path: Path) -> None:
    done: list[str] = []

    with Registre(engine) as other, engine.begin() as connection:

        def hurry(step: str, _done: int, _of: int) -> None:
            if step == "Écriture du dépôt" and not done:
                done.append(step)
                numbered = [orders_without_numbers()[0] | {"FINESS": "990000044", "N° demande": "ZZ001"}]
                preparer_au_registre(
                    other, numbered, EDITEUR, EXAMPLES / "pieces", tmp_path / "theirs", jour=DAY, concordance=False
                )

        made = prepare(Registre(connection), tmp_path / "ours", suivi=hurry)
    made.montrer()
    names = [path.name for folder in ("theirs", "ours") for path in (tmp_path / folder).glob("JSON-*")]
    assert names == [JSON, JSON.replace("-001", "-002")]


def test_a_number_given_for_the_first_file_is_kept(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        made = prepare(Registre(connection), tmp_path / "depot", premier_fichier=7)
    assert made.montrer().joinpath(JSON.replace("-001", "-007")).exists()


def test_rejected_requests_go_again_in_the_caller_s_transaction(engine: Engine, tmp_path: Path) -> None:
    portal = PortailSimule(graine=1, inconduites=[Inconduite.CODE_INCONNU])
    with Registre(engine) as own:
        prepare(own, tmp_path / "sent")
        sent = (tmp_path / "sent" / JSON).read_bytes()
        own.enregistrer_retour(portal.deposer(sent, list((tmp_path / "sent").glob("PJ-*.zip"))), jour=DAY)
        [rejected] = own.a_resoumettre()
    number = rejected.numero_editeur
    for commit in (False, True):
        with engine.connect() as connection:
            joined = Registre(connection)
            made = resoumettre(
                joined,
                {number: {"nom_responsable": "DUPONT"}},
                EDITEUR,
                tmp_path / "sent",
                tmp_path / "again",
                jour=LATER,
            )
            assert made.remplace == {"00004": number}
            if commit:
                connection.commit()
        assert not (tmp_path / "again").exists()
        assert len(hidden(tmp_path / "again")) == commit
    assert made.montrer() == tmp_path / "again"
    with Registre(engine) as own:
        again = own.demande("00004")
        assert again is not None
        assert again.remplace == number


def test_an_event_of_the_session_shows_it(engine: Engine, tmp_path: Path) -> None:
    for end, shown in (("rollback", False), ("commit", True)):
        with Session(engine) as session:
            made = prepare(Registre(session.connection()), tmp_path / end)
            event.listen(session, "after_commit", lambda _, made=made: made.montrer(), once=True)
            getattr(session, end)()
        assert (tmp_path / end).exists() is shown
        assert hidden(tmp_path / end) == []


def test_a_pool_of_one_connection_is_enough(url: str, tmp_path: Path) -> None:
    engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect() as connection:
        Registre(connection)
        connection.commit()
        made = prepare(Registre(connection), tmp_path / "depot")
        with pytest.raises(RegistreError, match="ne peut pas servir"):
            made.montrer()
        connection.commit()
        assert made.montrer().exists()
    engine.dispose()


def test_a_question_on_a_connection_that_was_closed_or_has_failed_is_an_error_of_ours(engine: Engine) -> None:
    with engine.connect() as connection:
        registre = Registre(connection)
    with pytest.raises(RegistreError, match="ne peut pas servir"):
        registre.demandes()
    with pytest.raises(RegistreError, match="ne peut pas servir"):
        registre.reserver(1)


def test_one_connection_for_all_is_seen_through() -> None:
    """In memory every connection is the same: what is not committed is not taken for committed."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        registre = Registre(connection)
        registre.reserver(1)
        with pytest.raises(RegistreError, match="pas encore validée"):
            registre.exiger_la_validation([])
    engine.dispose()


class AlwaysOpen(sqlite3.Connection):
    """What ``sqlite3.connect(…, autocommit=False)`` gives since Python 3.12: a transaction begins where another one ends."""

    autocommit = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.isolation_level = None
        self.execute("BEGIN")

    def commit(self) -> None:
        """Commit, and begin again."""
        super().commit()
        self.execute("BEGIN")

    def rollback(self) -> None:
        """Roll back, and begin again."""
        super().rollback()
        self.execute("BEGIN")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_driver_that_is_always_in_a_transaction_is_seen_through(url: str, tmp_path: Path) -> None:
    engine = create_engine(url, connect_args={"factory": AlwaysOpen})
    with engine.connect() as connection:
        first = prepare(Registre(connection), tmp_path / "rolled back")
        connection.rollback()
        made = prepare(Registre(connection), tmp_path / "depot")
        for deposit in (first, made):
            with pytest.raises(RegistreError, match="annulée"):
                deposit.montrer()
        connection.commit()
        assert made.montrer() == tmp_path / "depot"
    with pytest.raises(RegistreError, match="annulée"):
        first.montrer()
    engine.dispose()


def test_nobody_can_tell_of_one_that_several_share() -> None:
    engine = create_engine("sqlite://", connect_args={"factory": AlwaysOpen}, poolclass=StaticPool)
    with engine.begin() as connection:
        registre = Registre(connection)
        with pytest.raises(RegistreError, match="pas encore validée"):
            registre.exiger_la_validation([])
    engine.dispose()


# Killed


def die_in_the_transaction(url: str, folder: str, *, committed: bool) -> None:  # pragma: no cover - dies unseen
    engine = create_engine(url)
    with engine.connect() as connection:
        prepare(Registre(connection), Path(folder))
        if committed:
            connection.commit()
        os.kill(os.getpid(), signal.SIGKILL)


def killed(url: str, folder: Path, *, committed: bool) -> None:
    options = {"committed": committed}
    process = CONTEXT.Process(target=die_in_the_transaction, args=(url, str(folder)), kwargs=options)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert len(hidden(folder)) == 1
    assert not folder.exists()


def test_killed_before_the_commit_nothing_has_happened(engine: Engine, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    killed(url, folder, committed=False)
    with pytest.raises(RegistreError, match="aucun dossier"):
        montrer_depot(Registre(engine), folder)
    with engine.begin() as connection:
        made = prepare(Registre(connection), folder)
    assert {conseil.code for conseil in made.depot.conseils} >= {"reste"}
    made.montrer()
    with Registre(engine) as own:
        assert [d.numero_editeur for d in own.demandes()] == ["00001", "00002", "00003"]


def test_killed_after_the_commit_the_folder_is_shown_later(engine: Engine, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    killed(url, folder, committed=True)
    assert montrer_depot(Registre(engine), str(folder)) == folder
    assert verifier_depot(folder, jour=DAY).bon
    assert hidden(folder) == []


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_what_waits_to_be_shown_is_not_given_up_by_another_transaction(
    engine: Engine, tmp_path: Path, end: str
) -> None:
    """Its own program may show it while the other one's transaction is open: the ledger must then say what is there."""
    folder = tmp_path / "depot"
    with engine.begin() as connection:
        made = prepare(Registre(connection), folder)
    with engine.connect() as other:
        with pytest.raises(RegistreError, match=rf"attend d’être montré.*montrer_depot.*{JSON}"):
            prepare(Registre(other), folder, admettre=["officine-deja-demandee"])
        with pytest.raises(RegistreError, match="attend d’être montré"):
            resoumettre(Registre(other), {"00001": {}}, EDITEUR, EXAMPLES / "pieces", folder, jour=LATER)
        made.montrer()
        getattr(other, end)()
    assert verifier_depot(folder, jour=DAY).bon
    with Registre(engine) as own:
        assert {d.phase.value for d in own.demandes()} == {"préparée"}


def test_killed_after_the_commit_the_same_call_goes_through_once_the_first_was_given_up(
    engine: Engine, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "depot"
    killed(url, folder, committed=True)
    with engine.connect() as connection, pytest.raises(RegistreError, match="abandonnez d’abord"):
        prepare(Registre(connection), folder)
    assert len(hidden(folder)) == 1
    with engine.begin() as connection:
        Registre(connection).abandonner(JSON, jour=DAY)
        made = prepare(Registre(connection), folder)
    assert {conseil.code for conseil in made.depot.conseils} >= {"reste"}
    made.montrer()
    with Registre(engine) as own:
        assert {d.numero_editeur: d.phase.value for d in own.demandes()} == {
            **dict.fromkeys(("00001", "00002", "00003"), "abandonnée"),
            **dict.fromkeys(("00004", "00005", "00006"), "préparée"),
        }


def test_two_that_wait_in_one_process_have_two_names(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        first = prepare(Registre(connection), tmp_path / "depot")
    made = out_of_sight(tmp_path / "depot")
    assert len(hidden(tmp_path / "depot")) == 2
    made.oublier()
    assert first.montrer().exists()


def test_given_up_meanwhile_it_is_not_shown(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        made = prepare(Registre(connection), tmp_path / "depot")
    with Registre(engine) as own:
        own.abandonner(JSON, jour=DAY)
    with pytest.raises(RegistreError, match="abandonné"):
        made.montrer()


def test_two_folders_that_wait_under_one_name_are_not_confused(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    with engine.begin() as connection:
        prepare(Registre(connection), folder)
    [first] = hidden(folder)
    aside = tmp_path / "aside"
    first.rename(aside)
    with engine.begin() as connection:
        prepare(Registre(connection), folder, admettre=["officine-deja-demandee"])
    aside.rename(first)
    with pytest.raises(RegistreError, match="plusieurs dossiers"):
        montrer_depot(Registre(engine), folder)


# The folder itself


def out_of_sight(folder: Path) -> DepotPrepare:
    return preparer_depot(EXAMPLES / "commandes.csv", EDITEUR, EXAMPLES / "pieces", folder, jour=DAY, montrer=False)


def test_a_deposit_out_of_sight_without_any_ledger(tmp_path: Path) -> None:
    made = out_of_sight(tmp_path / "depot")
    assert not (tmp_path / "depot").exists()
    assert made.montrer() == tmp_path / "depot" == made.montrer()


def test_a_deposit_that_was_shown_at_once_is_not_forgotten(tmp_path: Path) -> None:
    made = preparer_depot(EXAMPLES / "commandes.csv", EDITEUR, EXAMPLES / "pieces", tmp_path / "depot", jour=DAY)
    made.oublier()
    assert made.montrer() == tmp_path / "depot"
    assert sorted(path.name for path in made.dossier.iterdir()) == sorted(made.fichiers)


def test_what_may_go_wrong_when_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = out_of_sight(tmp_path / "depot")
    (tmp_path / "depot").touch()
    with pytest.raises(DepotRefuse, match="depot existe déjà : le dossier préparé attend toujours"):
        made.montrer()
    (tmp_path / "depot").unlink()
    monkeypatch.setattr("segur_pha.depot.dossier.renommer_sans_remplacer", read_only)
    with pytest.raises(DepotRefuse, match="lecture seule"):
        made.montrer()
    monkeypatch.undo()
    shutil.rmtree(made.cache.cache)
    with pytest.raises(DepotRefuse, match="supprimé"):
        made.montrer()


def read_only(*_: object) -> None:
    raise OSError(30, "read-only")
