"""A table given instead of JSON, and the commands that take it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from segur_pha.erreurs import SegurError
from segur_pha.fichiers import lire_jusqu_a
from segur_pha.tableurs.rangees import EXTENSIONS_DE_TABLEAU

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["exiger_du_json", "qui_lit_ce_tableau"]

#: How much of a file is enough to see whether it is JSON after all, in bytes.
_DEBUT: Final = 64


def qui_lit_ce_tableau(chemin: Path) -> str:
    """Say that a file is a table, and which commands take tables; ``""`` for anything else.

    >>> from pathlib import Path
    >>> qui_lit_ce_tableau(Path("examples/demandes.json"))
    ''
    """
    if chemin.suffix.lower() not in EXTENSIONS_DE_TABLEAU:
        return ""
    debut = b""
    with suppress(OSError):  # the code that opens it next will report it
        debut = lire_jusqu_a(chemin, _DEBUT).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not debut or debut.startswith((b"{", b"[")):
        return ""
    return (
        f"{chemin.name} est un tableau, et cette commande lit du JSON. Un export de commandes se donne à « segur-pha preparer », "
        "des décisions et des paiements à « segur-pha registre noter », un suivi de certificats à « segur-pha certificats »."
    )


def exiger_du_json(*chemins: Path) -> None:
    """Raise :class:`~segur_pha.SegurError` for the first of these files that is a table."""
    for chemin in chemins:
        if dit := qui_lit_ce_tableau(chemin):
            raise SegurError(dit)
