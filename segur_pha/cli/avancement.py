"""A progress bar on the error output, if that is a terminal and the work takes long enough."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from segur_pha.cli.console import console_erreurs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.depot.verification import Suivi

__all__ = ["avancement"]

#: In seconds; anything shorter is over before a bar could be read.
PATIENCE: Final = 1.0


@contextmanager
def avancement() -> Iterator[Suivi | None]:
    """Yield a function to call with the progress; ``None`` if nobody watches, since output in a pipe stays plain."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()):
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    barre = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console_erreurs(),
        transient=True,
    )
    tache = barre.add_task("", total=None)
    debut = time.monotonic()

    def suivre(etape: str, fait: int, total: int) -> None:
        if not barre.live.is_started and time.monotonic() - debut > PATIENCE:
            barre.start()
        barre.update(tache, description=etape, completed=fait, total=total or None)

    try:
        yield suivre
    finally:
        barre.stop()
