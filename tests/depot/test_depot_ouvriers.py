"""Documents opened by several processes come out as they do here, and none of them takes the others with it."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur, image, pdf
from fabrique_pdf import Page, contenu, dessiner, image_jpeg, pdf_de
from PIL import Image

import segur_pha
from segur_pha import VA1
from segur_pha.constats import ValeurRefusee
from segur_pha.depot import CommandesRefusees, ouvriers, preparer_depot, verifier_depot
from segur_pha.depot.ouvriers import Ouvriers, servir
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2022, 11, 15)
SPOILED = image_jpeg(Image.new("L", (64, 64)))
DOCUMENTS = [
    pdf("DURAND"),
    image("PNG"),
    image("JPEG"),
    pdf("x")[:200],
    b"GIF89a",
    pdf_de([Page(), Page(contenu(dessiner(1)), (SPOILED.abime(SPOILED.octets[:-9]),))]),
]


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ouvriers, "DOCUMENTS_MINIMUM", 3)
    monkeypatch.setattr(ouvriers, "SECONDES_MINIMUM", 0)
    monkeypatch.setattr(ouvriers, "_coeurs", lambda: 2)


@pytest.mark.usefixtures("several")
def test_processes_open_documents_as_they_are_opened_here(tmp_path: Path) -> None:
    paths = []
    for rank, octets in enumerate(DOCUMENTS):
        paths.append(tmp_path / f"{rank}.pdf")
        paths[-1].write_bytes(octets)
    here, there = Ouvriers(2), Ouvriers(3)
    with here, there:
        for asked in (DOCUMENTS, [*paths, tmp_path / "absent.pdf"]):
            outcomes = [[o.demander(what, texte=True) for what in asked] for o in (here, there)]
            for own, other in zip(*outcomes, strict=True):
                mine, theirs = own(), other()
                if isinstance(mine, ValeurRefusee):
                    assert isinstance(theirs, ValeurRefusee)
                    assert theirs.__reduce__() == mine.__reduce__()
                else:
                    assert theirs == mine
        assert (here.avance, there.avance) == (0, 4)


@pytest.mark.parametrize("each", [0.001, 0.01, 0.2])
def test_processes_start_once_opening_has_taken_long(monkeypatch: pytest.MonkeyPatch, each: float) -> None:
    """A process costs more than opening a thousand small documents; long scans, and texts to read, are worth it sooner."""
    clock = count(0, each)
    monkeypatch.setattr(ouvriers, "_coeurs", lambda: 2)
    monkeypatch.setattr(ouvriers, "process_time", lambda: next(clock))
    with Ouvriers(20_000) as opened:
        here = 0
        while not opened.avance:
            result = opened.demander(b"%PDF-")
            if not opened.avance:
                assert isinstance(result(), ValeurRefusee)  # it took its time as well
                here += 1
    assert here == pytest.approx(ouvriers.SECONDES_MINIMUM / each, abs=1)


def test_few_documents_are_opened_here_however_long_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(0, 1_000)
    monkeypatch.setattr(ouvriers, "_coeurs", lambda: 2)
    monkeypatch.setattr(ouvriers, "process_time", lambda: next(clock))
    with Ouvriers(ouvriers.DOCUMENTS_MINIMUM - 1) as opened:
        for _ in range(3):
            assert isinstance(opened.demander(b"%PDF-")(), ValeurRefusee)
        assert opened.avance == 0


@pytest.mark.usefixtures("several")
def test_a_deposit_is_prepared_and_checked_by_processes(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 70)
    (tmp_path / "pieces" / "bon-9.pdf").write_bytes(DOCUMENTS[-1])
    (tmp_path / "pieces" / "PREUVE_HT.pdf").write_bytes(pdf("preuve"))
    orders: list[dict[str, object]] = [commande(rank, regime_tva="HT") for rank in range(1, 71)]
    # Two orders name one document, and one names none: both are told, as ever.
    orders[5]["bon_commande"] = "bon-5.pdf"
    orders[6]["bon_commande"] = "absent.pdf"
    with pytest.raises(CommandesRefusees) as raised:
        preparer_depot(orders, editeur(), tmp_path / "pieces", tmp_path / "depot", jour=DAY)
    assert [(f.ligne, f.code) for f in raised.value.fautes] == [
        (6, "document-double"),
        (7, "document-absent"),
        (9, "document-illisible"),
    ]
    orders = [order for rank, order in enumerate(orders, start=1) if rank not in {6, 7, 9}]
    made = preparer_depot(orders, editeur(), tmp_path / "pieces", tmp_path / "depot", jour=DAY)
    assert not {c.code for c in made.conseils} & {"concordance-absence", "concordance-image"}
    checked = verifier_depot(tmp_path / "depot")
    assert (checked.fautes, checked.pieces) == ((), 134)


@pytest.mark.usefixtures("several")
def test_a_document_that_takes_its_process_with_it_is_refused_alone() -> None:
    with Ouvriers(3) as opened:
        assert not isinstance(opened.demander(DOCUMENTS[0])(), ValeurRefusee)
        for process in opened._processus:  # noqa: SLF001 - what the system does to a process that takes too much
            if process._processus is not None:  # noqa: SLF001
                process._processus.send_signal(signal.SIGKILL)  # noqa: SLF001
        outcomes = [opened.demander(DOCUMENTS[0])() for _ in range(6)]
    failed = [outcome for outcome in outcomes if isinstance(outcome, ValeurRefusee)]
    assert [str(outcome) for outcome in failed] == [
        "l’ouverture de cette pièce a échoué : numérisez la pièce de nouveau"
    ]


#: What a program may have in its list of places to import from, and what that has to do with the folder it stands in.
PLACES = {"a script elsewhere": None, "python -c, or a notebook": "", "python -m": "{ici}", "a relative one": "."}


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_nothing_is_imported_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str | None
) -> None:
    """The current folder may hold what pharmacies sent: a ``pickle.py`` that lies there is a file like any other."""
    with Ouvriers(1) as opened:
        here = [opened.demander(octets, texte=True)() for octets in DOCUMENTS[:3]]
    trap, ran = tmp_path / "ici", tmp_path / "ran"
    trap.mkdir()
    for name in {*sys.stdlib_module_names, *(module.partition(".")[0] for module in sys.modules)}:
        (trap / f"{name}.py").write_text(f"with open({str(ran)!r}, 'a') as file:\n    file.write({name!r} + ' ')\n")
    monkeypatch.chdir(trap)
    if place is not None:
        monkeypatch.setattr(sys, "path", [place.format(ici=trap), *sys.path])
    with Ouvriers(3) as opened:
        there = [opened.demander(octets, texte=True)() for octets in DOCUMENTS[:3]]
        assert [process._processus is None for process in opened._processus] == [False, False]  # noqa: SLF001
    assert not ran.exists(), ran.read_text()
    assert there == here


@pytest.mark.usefixtures("several")
def test_a_library_that_lies_in_the_current_folder_is_found_there(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(segur_pha.__file__).parents[1]
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "path", ["", *(place for place in sys.path if Path(place) != root)])
    with Ouvriers(3) as opened:
        assert not isinstance(opened.demander(DOCUMENTS[0])(), ValeurRefusee)
        assert any(process._processus for process in opened._processus)  # noqa: SLF001


#: Programs that are no Python, or end before they can open a document: why a process cannot be started.
STARTS = {"no such program": "{tmp}/absent", "it ends at once": "/bin/true", "it writes something else": "/bin/echo"}


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("program", STARTS.values(), ids=STARTS)
def test_documents_are_opened_here_where_no_process_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], program: str
) -> None:
    """No document is to blame for it: each has the outcome that it has anywhere else."""
    monkeypatch.setattr(sys, "executable", program.format(tmp=tmp_path))
    started: list[object] = []
    popen = subprocess.Popen

    def count_starts(*arguments: object, **options: object) -> object:
        started.append(arguments)
        return popen(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", count_starts)
    with Ouvriers(1) as here, Ouvriers(3) as there:
        for octets in DOCUMENTS * 3:
            mine, theirs = here.demander(octets)(), there.demander(octets)()
            if isinstance(mine, ValeurRefusee):
                assert isinstance(theirs, ValeurRefusee)
                assert theirs.__reduce__() == mine.__reduce__()
            else:
                assert theirs == mine
    assert 0 < len(started) <= 2, "one for each of the two processes, and not one for each document"
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def _ctrl_c() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_ctrl_c")
def test_a_missing_library_is_told_by_a_process_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ExtraManquant("pieces")

    monkeypatch.setattr(ouvriers, "examiner", missing)
    answers = io.BytesIO()
    servir(io.BytesIO(pickle.dumps((b"x", False, VA1.limites))), answers)
    answers.seek(len(ouvriers._PRET))  # noqa: SLF001 - what comes before any answer
    assert str(pickle.load(answers)) == str(ExtraManquant("pieces"))  # noqa: S301 - written above
    with pytest.raises(ExtraManquant):
        Ouvriers(1).demander(b"x")()


@pytest.mark.parametrize(
    ("frozen", "executable", "cores"),
    [(True, sys.executable, 1), (False, "", 1), (False, sys.executable, 3)],
)
def test_a_program_that_cannot_start_itself_opens_documents_alone(
    monkeypatch: pytest.MonkeyPatch, executable: str, cores: int, *, frozen: bool
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(sys, "executable", executable)

    started: list[str] = []

    def start() -> None:
        started.append("one")
        raise OSError("none is needed here")

    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 5, 6})
    monkeypatch.setattr(ouvriers, "_demarrer", start)
    monkeypatch.setattr(ouvriers, "SECONDES_MINIMUM", 0)
    with Ouvriers(1_000) as opened:
        answer = opened.demander(DOCUMENTS[0])
        assert opened.avance == (2 * cores if cores > 1 else 0)
        assert not isinstance(answer(), ValeurRefusee)
    assert len(started) == (cores > 1)


def test_a_caller_without_a_guarded_main_module_is_not_run_again(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 5)
    script = tmp_path / "appelant.py"
    script.write_text(
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from datetime import date\n"
        "from fabrique_depot import commande, editeur\n"
        "from segur_pha.depot import ouvriers, preparer_depot\n"
        "print('once', flush=True)\n"
        "ouvriers.DOCUMENTS_MINIMUM, ouvriers.SECONDES_MINIMUM = 1, 0\n"
        "ouvriers._coeurs = lambda: 2\n"
        "preparer_depot([commande(r) for r in range(1, 6)], editeur(), 'pieces', 'depot', jour=date(2022, 11, 15))\n"
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, check=True, text=True)
    assert done.stdout == "once\n"
    assert (tmp_path / "depot" / "manifeste.json").is_file()
