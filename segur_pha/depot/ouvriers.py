"""Documents opened on all cores of the machine: each core has a process that opens one document after the other.

Decoding pages is work for the processor, which the threads of one process cannot share out.  A process takes nearly half a second
to start, so the first documents are opened here, until the work has exceeded that.  The processes are started directly: those of
`multiprocessing` would run the caller's program again if it does not guard its main module, and would copy its threads if they
were forked.  A document that crashes a process is refused; it cannot bring down the deposit.  Where no process can be started,
documents are opened here.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from time import process_time
from typing import TYPE_CHECKING, BinaryIO, Final, Self, TypeAlias

from segur_pha.constats import ValeurRefusee
from segur_pha.depot.documents import Document, ExamenDeDocument, examiner, lire_document
from segur_pha.erreurs import SegurError
from segur_pha.fichiers import chemin_reel
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from segur_pha.table.specification import Limites

__all__ = ["Ouvert", "Ouvriers", "servir"]

#: A file, or the bytes of a member of a zip; whether the text layer is wanted; the wave's limits.
Tache: TypeAlias = "tuple[Path | bytes, bool, Limites]"
#: The document (``None`` for bytes) and its examination, or why it was refused.
Ouvert: TypeAlias = "tuple[Document | None, ExamenDeDocument] | ValeurRefusee"

#: With fewer documents, all are opened before any process would have started.
DOCUMENTS_MINIMUM: Final = 100
#: The work after which others take it over, in seconds of the processor: what their start may cost.  Neither its size nor its kind
#: says what a document takes; what others have taken does.
SECONDES_MINIMUM: Final = 2.0
_PROCESSUS_MAXIMUM: Final = 16
#: Without processes, the threads that wait for them take turns.
_UN_SEUL: Final = Lock()
#: A process says so once it can open documents: if it ends before, no document is to blame.
_PRET: Final = b"segur_pha"
_DEPART: Final = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from segur_pha.depot.ouvriers import servir; servir(sys.stdin.buffer, sys.stdout.buffer)"
)


class Ouvriers:
    """Opens documents, in processes once there has been enough to do; a context manager.

    ``documents`` is the largest number that may come.
    """

    def __init__(self, documents: int, limites: Limites = PAR_DEFAUT.limites) -> None:
        self._limites = limites
        self._nombre = min(_coeurs(), _PROCESSUS_MAXIMUM) if documents >= DOCUMENTS_MINIMUM else 1
        self._secondes = 0.0
        self._libres: SimpleQueue[_Processus] = SimpleQueue()
        self._processus: list[_Processus] = []
        self._fils: ThreadPoolExecutor | None = None

    @property
    def avance(self) -> int:
        """How many documents to ask for before waiting for the outcome of the first one."""
        return 2 * len(self._processus)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *erreur: object) -> None:
        self.fermer()

    def fermer(self) -> None:
        """End the processes; what was asked for but not begun is dropped."""
        if self._fils is not None:
            self._fils.shutdown(cancel_futures=True)
        for processus in self._processus:
            processus.fermer()

    def demander(self, quoi: Path | bytes, *, texte: bool = False) -> Callable[[], Ouvert]:
        """Have a document opened; what is given back waits for the outcome, and raises what opening it raised."""
        if self._fils is None and self._nombre > 1 and self._secondes >= SECONDES_MINIMUM:
            self._demarrer()
        if self._fils is None:
            return lambda: _exiger(self._ouvrir_ici((quoi, texte, self._limites)))
        futur = self._fils.submit(self._confier, (quoi, texte, self._limites))
        return lambda: _exiger(futur.result())

    def _demarrer(self) -> None:
        self._processus = [_Processus() for _ in range(self._nombre)]
        for processus in self._processus:
            self._libres.put(processus)
        self._fils = ThreadPoolExecutor(self._nombre)

    def _ouvrir_ici(self, tache: Tache) -> Ouvert | SegurError:
        debut = process_time()
        try:
            return _ouvrir(tache)
        finally:
            self._secondes += process_time() - debut

    def _confier(self, tache: Tache) -> Ouvert | SegurError:
        processus = self._libres.get()
        try:
            return processus.faire(tache)
        finally:
            self._libres.put(processus)


class _Processus:
    """A process that opens documents, started with the first one."""

    def __init__(self) -> None:
        self._processus: subprocess.Popen[bytes] | None = None
        self._demarre = True

    def faire(self, tache: Tache) -> Ouvert | SegurError:
        """Have a document opened; if the process dies of it, another one is started for the next document."""
        if self._processus is None and self._demarre:
            try:
                self._processus = _demarrer()
            except OSError:
                self._demarre = False
        if self._processus is None:
            with _UN_SEUL:
                return _ouvrir(tache)
        return self._confier(self._processus, tache)

    def _confier(self, processus: subprocess.Popen[bytes], tache: Tache) -> Ouvert | SegurError:
        try:
            assert processus.stdin is not None
            assert processus.stdout is not None
            pickle.dump(tache, processus.stdin)
            processus.stdin.flush()
            fait: Ouvert | SegurError = pickle.load(processus.stdout)  # noqa: S301 - it comes from our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            self.fermer()
            return ValeurRefusee(
                "document-illisible", "l’ouverture de cette pièce a échoué : numérisez la pièce de nouveau"
            )
        return fait

    def fermer(self) -> None:
        """End the process, which ends by itself when its input is closed."""
        if self._processus is None:
            return
        processus, self._processus = self._processus, None
        _attendre(processus)


def _demarrer() -> subprocess.Popen[bytes]:
    """Start a process, and wait until it can open documents; raises ``OSError`` when it cannot."""
    # -P: the current folder may hold what a pharmacy sent, and is no place to import from.  What a process that fails writes
    # would be a traceback; what it could not open is told.
    processus = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-c", _DEPART], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert processus.stdin is not None
    assert processus.stdout is not None
    with contextlib.ExitStack() as sinon:
        sinon.callback(_attendre, processus)
        pickle.dump(_ou_chercher(), processus.stdin)
        processus.stdin.flush()
        if processus.stdout.read(len(_PRET)) != _PRET:
            raise ChildProcessError
        sinon.pop_all()
    return processus


def _ou_chercher() -> list[str]:
    """List where Python looks for modules, without the current folder, unless the library itself lies there."""
    ici = chemin_reel(Path())
    if ici == chemin_reel(Path(__file__).parents[2]):
        return sys.path
    return [ou for ou in sys.path if chemin_reel(Path(ou)) != ici]


def _attendre(processus: subprocess.Popen[bytes]) -> None:
    """Have a process end, as it does by itself when its input is closed."""
    for flux in (processus.stdin, processus.stdout):
        assert flux is not None
        with contextlib.suppress(OSError):
            flux.close()
    processus.wait()


def servir(demandes: BinaryIO, reponses: BinaryIO) -> None:
    """Open the documents that are asked for until the input ends: this is what a process runs."""
    # Ctrl-C is left to the main process, whose end closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reponses.write(_PRET)
    reponses.flush()
    while True:
        try:
            tache: Tache = pickle.load(demandes)  # noqa: S301 - it comes from our own process
        except EOFError:
            return
        pickle.dump(_ouvrir(tache), reponses)
        reponses.flush()


def _ouvrir(tache: Tache) -> Ouvert | SegurError:
    quoi, texte, limites = tache
    try:
        if isinstance(quoi, bytes):
            return None, examiner(quoi, texte=texte)
        return lire_document(quoi, texte=texte, limites=limites)
    except (ValeurRefusee, SegurError) as refus:
        return refus


def _exiger(fait: Ouvert | SegurError) -> Ouvert:
    if isinstance(fait, SegurError):
        raise fait
    return fait


def _coeurs() -> int:
    """Count the cores that this process may use; 1 when Python cannot start itself (a frozen program)."""
    if getattr(sys, "frozen", False) or not sys.executable:
        return 1
    permis = getattr(os, "sched_getaffinity", None)
    return len(permis(0)) if permis else os.cpu_count() or 1
