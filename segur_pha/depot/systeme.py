"""Files that systems and programs leave in folders and zips by themselves, and how to recognise them."""

from __future__ import annotations

from typing import Final

__all__ = ["laisse_par"]

_MACOS: Final = "macOS"
_WINDOWS: Final = "Windows"
_NOMS: Final = {
    "__macosx": _MACOS,
    ".ds_store": _MACOS,
    ".spotlight-v100": _MACOS,
    ".trashes": _MACOS,
    ".fseventsd": _MACOS,
    ".temporaryitems": _MACOS,
    ".documentrevisions-v100": _MACOS,
    ".apdisk": _MACOS,
    "icon\r": _MACOS,
    "thumbs.db": _WINDOWS,
    "ehthumbs.db": _WINDOWS,
    "desktop.ini": _WINDOWS,
    "$recycle.bin": _WINDOWS,
    "system volume information": _WINDOWS,
    ".directory": "Linux",
    "@eadir": "le serveur de fichiers",
}
_DEBUTS: Final = {
    "._": _MACOS,
    "~$": "un document ouvert dans Office",
    ".~lock.": "un document ouvert dans LibreOffice",
    ".nfs": "le serveur de fichiers",
    ".trash-": "Linux",
}
_DEBUTS_POSSIBLES: Final = tuple(_DEBUTS)


def laisse_par(nom: str) -> str:
    """Say in French which program leaves a file with this name, ``""`` when a person put it there; ``nom`` may be a path.

    >>> laisse_par("__MACOSX/._bon.pdf"), laisse_par("Thumbs.db"), laisse_par("bon.pdf")
    ('macOS', 'Windows', '')
    """
    for partie in nom.casefold().replace("\\", "/").split("/"):
        qui = _NOMS.get(partie)
        if qui is None and partie.startswith(_DEBUTS_POSSIBLES):
            qui = next(qui for debut, qui in _DEBUTS.items() if partie.startswith(debut))
        if qui is not None:
            return qui
    return ""
