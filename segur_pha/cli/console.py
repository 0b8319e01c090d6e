"""Where a command writes: coloured on a terminal, plain in a pipe, and never failing because of a character.

Commands use :func:`montrer`, which does without rich in a pipe.  Output for programs goes through :func:`sortir` or
:func:`sortir_json`.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.console import en_texte
from segur_pha.rapports.tableau import Phrase, sans_controle

if TYPE_CHECKING:
    from rich.console import Console

    from segur_pha.rapports.console import Morceau

__all__ = [
    "console",
    "console_erreurs",
    "en_ligne",
    "montrer",
    "montrer_erreur",
    "octets_json",
    "regler_les_sorties",
    "sortir",
    "sortir_json",
    "taire",
]

#: A line is never cut unless it is on a terminal.
_SANS_COUPURE = 10_000


def regler_les_sorties() -> None:
    """Have what a console cannot encode replaced (cp1252 has no ``→``), instead of failing.

    An output that the caller has closed leads nowhere, so that no file opened later can take its place.
    """
    for nom in ("stdout", "stderr"):
        if getattr(sys, nom) is None:
            setattr(sys, nom, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - as long as the process
    for flux in (sys.stdout, sys.stderr):
        if hasattr(flux, "reconfigure"):
            flux.reconfigure(errors="replace")


def console() -> Console:
    """Return rich's console for the standard output; raises :class:`~segur_pha.ExtraManquant` without the extra ``cli``."""
    return _console(sys.stdout)


def console_erreurs() -> Console:
    """Return rich's console for the error output; raises :class:`~segur_pha.ExtraManquant` without the extra ``cli``."""
    return _console(sys.stderr)


def _console(flux: TextIO) -> Console:
    try:
        from rich.console import Console
    except ImportError as erreur:
        raise ExtraManquant("cli") from erreur
    # Rich keeps bold and dim with NO_COLOR, but those who set it expect no escape sequences at all.
    sans_couleur = bool(os.environ.get("NO_COLOR"))
    terminal = flux.isatty()
    return Console(
        file=flux,
        color_system=None if sans_couleur else "auto",
        width=None if terminal else _SANS_COUPURE,
        soft_wrap=not terminal,
        highlight=False,
        markup=False,
        emoji=False,
    )


def en_ligne(ligne: str) -> Phrase:
    """Take a line of text with its margin; a command alone on its line, meant to be copied, is never cut in two."""
    texte = ligne.strip()
    return Phrase(texte, retrait=len(ligne) - len(ligne.lstrip()), entiere=texte.startswith("segur-pha "))


def montrer(*morceaux: Morceau) -> None:
    """Show pieces of a report on the standard output, one below the other."""
    _montrer(sys.stdout, morceaux)


def montrer_erreur(*morceaux: Morceau) -> None:
    """Show them on the error output, after what was shown before, since both outputs may be the same file or pipe."""
    with suppress(OSError):  # nobody reads any more, or the disk is full: the end of the command reports it
        sys.stdout.flush()
    with suppress(OSError):  # the exit code tells, where nothing else can
        _montrer(sys.stderr, morceaux)
    taire(sys.stderr)


def taire(flux: TextIO) -> None:
    """Discard pending output that cannot be written, or Python would complain about it again when it ends."""
    try:
        flux.flush()
    except OSError:
        with suppress(OSError, ValueError):
            nulle_part = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nulle_part, flux.fileno())
            os.close(nulle_part)


def _montrer(flux: TextIO, morceaux: tuple[Morceau, ...]) -> None:
    if flux.isatty() or os.environ.get("FORCE_COLOR"):
        from segur_pha.rapports.couleurs import en_couleurs

        ecran = _console(flux)
        for morceau in morceaux:
            # A word longer than the screen is still shown whole: rich would drop what sticks out.
            ecran.print(en_couleurs(morceau), crop=False)
    else:
        flux.writelines(f"{en_texte(morceau)}\n" for morceau in morceaux)


def sortir(octets: bytes) -> None:
    """Write bytes to the standard output as they are: JSON, CSV and HTML are UTF-8 whatever the console.

    On a terminal, anything that could move the cursor, change colours or reverse text is replaced.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(_inoffensif(octets) if sys.stdout.isatty() else octets)
    sys.stdout.buffer.flush()


def _inoffensif(octets: bytes) -> bytes:
    lignes = octets.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").split("\n")
    return "\n".join(map(sans_controle, lignes)).encode(errors="replace")


def sortir_json(objet: object) -> None:
    """Write JSON to the standard output."""
    sortir(octets_json(objet))


def octets_json(objet: object) -> bytes:
    """Give the JSON text of an object; what no UTF-8 can hold (half of a surrogate pair in a name) becomes ``?``."""
    import json

    return f"{json.dumps(objet, ensure_ascii=False, indent=2)}\n".encode(errors="replace")
