"""Recorded, then shown: stopped anywhere in between, the same command given again does what it would have done undisturbed."""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import shutil
import signal
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen
from pannes import LONG, Plan, die, fault, fault_in_sql, run_command
from sqlalchemy import create_engine, event

from segur_pha import DepotRefuse, Editeur, RegistreError
from segur_pha.cli import principal
from segur_pha.depot import CommandesRefusees, preparer_depot
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.etats import VIVANTES
from segur_pha.registre.resoumission import preparer_au_registre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY = date(2022, 11, 15)
PREPARE = (
    f"preparer {{orders}} --editeur {EXAMPLES}/editeur.toml --pieces {EXAMPLES}/pieces --sortie {{here}}/depot "
    "--jour 2022-11-15 --registre {ledger} --creer"
)
RESUBMIT = (
    f"resoumettre {{orders}} --editeur {EXAMPLES}/editeur.toml --pieces {{sent}} --sortie {{here}}/depot "
    "--jour 2022-11-22 --registre {ledger}"
)
#: Which orders of the examples bear a number of their own; the ledger serves the others.
OWN = {"own numbers": (1, 2, 3), "served numbers": (), "some of both": (1, 3), "resubmission": ()}
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["segur_pha.cli.preparer", "segur_pha.cli.resoumettre", "segur_pha.registre.registre"])


@frozen
class Desk:
    """A command, the folder that it writes in, and its ledger; as they were before it is given for the first time."""

    root: Path
    line: str

    def fresh(self) -> None:
        for name in ("here", "ledger"):
            shutil.rmtree(self.root / name, ignore_errors=True)
            shutil.copytree(self.root / f"{name}-before", self.root / name)

    def again(self) -> int:
        return principal(self.argv)

    @property
    def ledger(self) -> Path:
        return self.root / "ledger" / "registre.sqlite"

    @property
    def argv(self) -> list[str]:
        places = {"here": self.root / "here", "ledger": self.ledger}
        return self.line.format(**places, orders=self.root / "orders.csv", sent=self.root / "sent").split()

    def shown(self) -> dict[str, int] | None:
        """Give the files of the folder that everybody sees, with their sizes; nothing where it is not.

        The page for a person also tells that numbers go again, where they do: that it is there is enough.
        """
        depot = self.root / "here" / "depot"
        if not depot.exists():
            return None
        return {path.name: path.suffix == ".html" or path.stat().st_size for path in depot.iterdir()}

    def live(self) -> dict[str | None, tuple[str, bool]]:
        """Give by pharmacy the phase of its one live request, and whether it replaces one."""
        with Registre(self.ledger) as registre:
            assert registre.doublons() == {}
            assert registre.a_resoumettre() == ()
            live = [d for d in registre.demandes() if d.phase in VIVANTES]
            for file in (self.root / "here" / "depot").glob("JSON-*.json"):
                assert all(f'"{d.numero_editeur}"' in file.read_text("utf-8") for d in live if d.phase == "préparée")
            return {d.finess_geo: (d.phase.value, d.remplace is not None) for d in live}


@pytest.fixture(scope="module", params=OWN)
def laid_out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Lay out what a command finds, which each test has a copy of."""
    root = tmp_path_factory.mktemp("desk")
    (root / "here-before").mkdir()
    (root / "ledger-before").mkdir()
    rows = (EXAMPLES / "commandes.csv").read_text("utf-8-sig").splitlines()
    kept = [row if k in OWN[request.param] else row[row.index(";") :] for k, row in enumerate(rows[1:], start=1)]
    orders = [rows[0], *kept]
    if request.param == "resubmission":
        portal = PortailSimule(graine=1, inconduites=[Inconduite.CODE_INCONNU])
        with Registre(root / "ledger-before" / "registre.sqlite") as registre:
            pieces = EXAMPLES / "pieces"
            preparer_au_registre(registre, EXAMPLES / "commandes.csv", EDITEUR, pieces, root / "sent", jour=DAY)
            sent = next((root / "sent").glob("JSON-*.json")).read_bytes()
            registre.enregistrer_retour(portal.deposer(sent, list((root / "sent").glob("PJ-*.zip"))), jour=DAY)
            orders = ["numero_editeur;nom_responsable", f"{registre.a_resoumettre()[0].numero_editeur};DUPONT"]
    (root / "orders.csv").write_text("\n".join(orders), "utf-8")
    return Desk(root, RESUBMIT if request.param == "resubmission" else PREPARE)


@frozen
class Undisturbed:
    """What a command does that nothing stops: its steps on files and in the database, what everybody sees, what lives then."""

    steps: dict[bool, int]  # by "in the database"
    shown: dict[str, int]
    live: dict[str | None, tuple[str, bool]]


@pytest.fixture(scope="module")
def undisturbed(laid_out: Desk) -> Undisturbed:
    laid_out.fresh()
    with fault(laid_out.root / "here") as files, fault_in_sql() as statements:
        assert laid_out.again() == 0
    shown = laid_out.shown()
    assert shown
    return Undisturbed({False: files.taken, True: statements.taken}, shown, laid_out.live())


@pytest.fixture
def desk(laid_out: Desk, tmp_path: Path) -> Desk:
    shutil.copytree(laid_out.root, tmp_path, dirs_exist_ok=True)
    made = Desk(tmp_path, laid_out.line)
    made.fresh()
    return made


def interrupt() -> None:
    raise KeyboardInterrupt


def refuse() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "here")


def at(folder: Path, step: int, what: Callable[[], object], *, in_sql: bool) -> AbstractContextManager[Plan]:
    return fault_in_sql(step, what) if in_sql else fault(folder, step, what)


#: How it stops, where its steps are counted, and how many of the last steps are tried every day.
STOPS = {
    "interrupted at files": (interrupt, False, 3),
    "interrupted at statements": (interrupt, True, 2),
    "refused at files": (refuse, False, 3),
    "killed at files": (die, False, 2),
    "killed at statements": (die, True, 1),
}


@pytest.mark.parametrize("stop", STOPS)
def test_stopped_at_any_step_the_same_command_again_does_what_it_would_have_done(
    desk: Desk, undisturbed: Undisturbed, stop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    what, in_sql, last = STOPS[stop]
    here, steps = desk.root / "here", undisturbed.steps[in_sql]
    shown, live = undisturbed.shown, undisturbed.live
    # The last steps are those around the moment at which the folder is recorded, then shown.
    for step in range(1 if LONG else steps - last + 1, steps + 1):
        desk.fresh()
        if what is die:
            options = {"in_sql": in_sql}
            process = CONTEXT.Process(target=run_command, args=(desk.argv, str(here), step, die), kwargs=options)
            process.start()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        else:
            with at(here, step, what, in_sql=in_sql):
                desk.again()
        was_shown = desk.shown() is not None
        capsys.readouterr()
        code = desk.again()
        assert (code, "existe déjà" in capsys.readouterr().err) == ((2, True) if was_shown else (0, False)), step
        assert (desk.shown(), desk.live()) == (shown, live), step
        assert principal(["registre", "deposer", min(shown), "--registre", str(desk.ledger)]) == 0


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EIO, "the answer was lost")])
def test_what_came_just_after_the_folder_was_shown_takes_nothing_back(
    desk: Desk, undisturbed: Undisturbed, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def rename_and_stop(self: Path, to: Path) -> Path:
        rename(self, to)
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("segur_pha.depot.dossier.renommer_sans_remplacer", rename_and_stop)
        code = desk.again()
    # A disk that does what it says it cannot has shown the folder; who presses Ctrl-C is told so, and finds it.
    assert code == (130 if isinstance(error, KeyboardInterrupt) else 0)
    assert (desk.shown(), desk.live()) == (undisturbed.shown, undisturbed.live)


def test_given_up_by_a_person_the_same_command_again_goes_through(desk: Desk, undisturbed: Undisturbed) -> None:
    assert desk.again() == 0
    shutil.rmtree(desk.root / "here" / "depot")
    with Registre(desk.ledger) as registre:
        registre.abandonner(registre.fichiers()[-1].fichier, jour=DAY, motif="erreur")
    assert desk.again() == 0
    assert (desk.shown(), desk.live()) == (undisturbed.shown, undisturbed.live)


@pytest.fixture
def registre(tmp_path: Path) -> Iterator[Registre]:
    with Registre(tmp_path / "registre.sqlite") as ouvert:
        yield ouvert


def prepare(registre: Registre, folder: Path, *, pieces: Path = EXAMPLES / "pieces") -> object:
    return preparer_au_registre(registre, EXAMPLES / "commandes.csv", EDITEUR, pieces, folder, jour=DAY)


def test_the_same_file_in_a_second_folder_is_told(registre: Registre, tmp_path: Path) -> None:
    assert "deja-prepare" not in {c.code for c in prepare(registre, tmp_path / "a").depot.conseils}
    told = prepare(registre, tmp_path / "b").depot.conseils[0]
    assert (told.code, "JSON-ANS0000001-20221115-001.json" in str(told)) == ("deja-prepare", True)
    assert len(registre.demandes()) == 3


def test_on_the_command_line_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = PREPARE.format(orders=EXAMPLES / "commandes.csv", here="{here}", ledger=tmp_path / "registre.sqlite")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        assert principal(line.format(here=tmp_path / folder).split()) == 0
    assert capsys.readouterr().out.count("n’en déposez qu’un") == 1


def test_what_was_deposited_is_not_prepared_again(registre: Registre, tmp_path: Path) -> None:
    prepare(registre, tmp_path / "a")
    registre.deposer("JSON-ANS0000001-20221115-001.json", jour=DAY)
    before = list(registre.exporter())
    with pytest.raises(CommandesRefusees) as refused:
        prepare(registre, tmp_path / "b")
    assert [fault.ligne for fault in refused.value.fautes] == [2, 3, 4]
    assert {fault.code for fault in refused.value.fautes} == {"numero-connu"}
    assert list(registre.exporter()) == before
    assert not (tmp_path / "b").exists()


def test_a_number_that_waits_in_another_file_names_it(registre: Registre, tmp_path: Path) -> None:
    prepare(registre, tmp_path / "a")
    (tmp_path / "orders.csv").write_text(
        (EXAMPLES / "commandes.csv").read_text("utf-8-sig").replace("15/11/2022", "14/11/2022"), "utf-8"
    )
    with pytest.raises(CommandesRefusees) as refused:
        preparer_au_registre(
            registre, tmp_path / "orders.csv", EDITEUR, EXAMPLES / "pieces", tmp_path / "b", jour=DAY, concordance=False
        )
    assert [fault.ligne for fault in refused.value.fautes] == [2, 3, 4]
    first = refused.value.conseils[0].message
    assert re.search(r"attend dans le fichier JSON-ANS0000001-20221115-001\.json.*abandonner", first)


def test_what_another_preparation_left_is_no_proof(registre: Registre, tmp_path: Path) -> None:
    """Only a hidden folder of this very name, with files that were recorded and no more, is taken back."""
    prepare(registre, tmp_path / "depot")
    for name in (
        ".depot.0a1b2c3d-0-0.partiel",
        ".depot.0a1b2c3d-1-0.partiel",
        ".depot.2.0a1b2c3d-1-0.partiel",
        ".autre.0a1b2c3d-1-0.partiel",
    ):
        (tmp_path / name).mkdir()
    shutil.copy(tmp_path / "depot" / "manifeste.json", tmp_path / ".depot.2.0a1b2c3d-1-0.partiel")
    (tmp_path / ".depot.0a1b2c3d-1-0.partiel" / "manifeste.json").write_bytes(b"half")
    shutil.move(tmp_path / "depot", tmp_path / "sent")
    with pytest.raises(DepotRefuse):
        prepare(registre, tmp_path / "depot", pieces=tmp_path / "absent")
    assert {d.phase for d in registre.demandes()} == {"préparée"}
    registre.deposer("JSON-ANS0000001-20221115-001.json", jour=DAY)
    shutil.copy(tmp_path / "sent" / "manifeste.json", tmp_path / ".depot.0a1b2c3d-1-0.partiel")
    with pytest.raises(DepotRefuse):
        prepare(registre, tmp_path / "depot", pieces=tmp_path / "absent")
    assert {d.phase for d in registre.demandes()} == {"déposée"}


def test_a_proof_serves_once(registre: Registre, tmp_path: Path) -> None:
    prepare(registre, tmp_path / "depot")
    shutil.move(tmp_path / "depot", tmp_path / ".depot.0a1b2c3d-1-0.partiel")  # as a process that was killed leaves it
    prepare(registre, tmp_path / "depot")
    # Its documents are not left lying about.
    assert [p.name for p in tmp_path.glob(".*")] == []
    shutil.move(tmp_path / "depot", tmp_path / "sent")
    with pytest.raises(DepotRefuse):
        prepare(registre, tmp_path / "depot", pieces=tmp_path / "absent")
    assert {d.phase for d in registre.demandes()} == {"préparée"}


def test_a_ledger_that_is_gone_does_not_hide_what_stopped_the_preparation(
    registre: Registre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_here: Path, _there: Path) -> None:
        def refuse_all(*_: object, **__: object) -> None:
            raise RegistreError("gone")

        monkeypatch.setattr(Registre, "fichiers_prepares", refuse_all)
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr("segur_pha.depot.dossier.renommer_sans_remplacer", stop)
        with pytest.raises(DepotRefuse, match="disque est plein"):
            prepare(registre, tmp_path / "depot")
    monkeypatch.undo()
    prepare(registre, tmp_path / "depot")
    assert {d.phase for d in registre.demandes()} == {"préparée"}


# In a transaction of the caller's


def test_a_folder_that_is_shown_at_once_is_not_recorded_in_the_caller_s_transaction(url: str, tmp_path: Path) -> None:
    engine = create_engine(url)
    pieces, folder = EXAMPLES / "pieces", tmp_path / "depot"
    with engine.connect() as connection:
        joined = Registre(connection)
        connection.commit()
        seen: list[object] = []
        event.listen(connection, "before_cursor_execute", lambda *details: seen.append(details[2]))
        with pytest.raises(RegistreError, match="votre transaction"):
            preparer_depot(
                EXAMPLES / "commandes.csv",
                EDITEUR,
                pieces,
                folder,
                jour=DAY,
                avant=lambda made: joined.inscrire_depot(made, jour=DAY) and None,
            )
        # Nothing was even asked of the caller's database.
        assert seen == []
        connection.rollback()
    assert not folder.exists()
    with Registre(engine) as own:
        assert (own.demandes(), own.reserver(1)) == ((), ["00001"])
        prepare(own, folder)
    engine.dispose()
