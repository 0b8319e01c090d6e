"""A folder of documents, opened in the same way for every caller: only what lies inside it, whatever names and links say."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.constats import ValeurRefusee
from segur_pha.depot.documents import octets_du_document
from segur_pha.depot.systeme import laisse_par
from segur_pha.depot.zips import lire_le_membre, ouvrir_le_zip
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.table.specification import Limites

__all__ = ["EXTENSIONS", "Emplacement", "FondsDeDocuments"]

EXTENSIONS: Final = (".pdf", ".png", ".jpg", ".jpeg")
_TETE_DE_ZIP: Final = b"PK"


@frozen
class Emplacement:
    """Where a document is: a file, or a member of the zip that this file is.

    Attributes:
        nom: the file's name in the folder, or the member's in its zip.
        chemin: the file.
        rang: the member's place in its zip, which may hold two with the same name; ``None`` for a file.
    """

    nom: str
    chemin: Path
    rang: int | None = None
    limites: Limites = field(default=PAR_DEFAUT.limites, repr=False)

    def lire(self) -> bytes:
        """Read the document; raises :class:`~segur_pha.constats.ValeurRefusee`."""
        if self.rang is None:
            return octets_du_document(self.chemin, self.limites)
        with ouvrir_le_zip(self.chemin, self.limites) as archive:
            return lire_le_membre(archive, archive.infolist()[self.rang], self.limites)


class FondsDeDocuments:
    """The files of a folder, found by their names as disks compare them.

    Links to folders are not followed; what a name or a link leads to must lie in the folder.  Raises
    :class:`~segur_pha.DepotRefuse` when the folder cannot be listed.
    """

    def __init__(self, racine: Path, limites: Limites = PAR_DEFAUT.limites) -> None:
        self._racine = racine
        self._limites = limites
        self._noms: dict[str, list[str]] = {}
        self._radicaux: dict[str, list[str]] = {}
        try:
            self.reelle = racine.resolve(strict=True)
            for nom in _lister(racine):
                self._noms.setdefault(_cle(nom), []).append(nom)
                plie = PurePosixPath(_cle(nom))
                if plie.suffix in EXTENSIONS:
                    self._radicaux.setdefault(plie.stem, []).append(nom)
        except (OSError, RuntimeError) as erreur:
            raise DepotRefuse(
                f"Le dossier des pièces {nom_lisible(racine.name)} ne se lit pas : vérifiez son nom et vos droits d’accès."
            ) from erreur

    @property
    def noms(self) -> list[str]:
        """The names of the files, relative to the folder, with forward slashes."""
        return sorted(nom for noms in self._noms.values() for nom in noms)

    def de_radical(self, radical: str) -> list[str]:
        """List the documents with that name, whatever their extension, in any subfolder."""
        return self._radicaux.get(_cle(radical), [])

    def localiser(self, nom: str) -> Path:
        """Return the real path of a document, which must be inside the folder.

        Raises :class:`~segur_pha.constats.ValeurRefusee`.
        """
        if _mene_dehors(nom):
            raise _dehors()
        propre = nom.replace("\\", "/")
        noms = self._noms.get(_cle(propre), [])
        if propre not in noms and len(noms) > 1:
            raise ValeurRefusee(
                "document-ambigu", "plusieurs pièces portent ce nom (majuscules ignorées) : renommez-les"
            )
        choisi = propre if propre in noms or not noms else noms[0]
        try:
            reel = self.reelle / choisi
            if not noms or self._passe_par_un_lien(reel):
                reel = reel.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise ValeurRefusee(
                "document-absent",
                "cette pièce n’est pas dans le dossier des pièces : vérifiez son nom",
                self._proche(propre),
            ) from None
        if not reel.is_relative_to(self.reelle):
            raise _dehors()
        return reel

    def _passe_par_un_lien(self, chemin: Path) -> bool:
        """Tell whether a listed file is a link, or lies in a folder that has been replaced by one since."""
        dessous = chemin.relative_to(self.reelle).parents
        return any(
            stat.S_ISLNK(etape.lstat().st_mode) for etape in (chemin, *(self.reelle / dossier for dossier in dessous))
        )

    def tout_lire(self, ecartes: dict[str, str]) -> Iterator[tuple[Emplacement, bytes]]:
        """Read every document of the folder and of the zips in it, one after the other.

        What cannot be a document is left aside; its name and the reason are added to ``ecartes``.
        """
        for nom in self.noms:
            if laisse_par(nom):
                continue
            try:
                chemin = self.localiser(nom)
                if _est_un_zip(chemin):
                    yield from _lire_le_zip(nom, chemin, ecartes, self._limites)
                else:
                    yield Emplacement(nom, chemin, None, self._limites), octets_du_document(chemin, self._limites)
            except ValeurRefusee as refus:
                ecartes[nom] = refus.constat.message
            except OSError:
                ecartes[nom] = "cette pièce ne se lit pas : vérifiez le fichier et vos droits d’accès"

    def _proche(self, nom: str) -> str:
        """Propose the document with the same name and another extension."""
        noms = self._radicaux.get(PurePosixPath(_cle(nom)).stem, [])
        return f"peut-être {nom_lisible(noms[0])}" if noms else "le nom exact d’un fichier du dossier des pièces"


def _cle(nom: str) -> str:
    """Fold a name as disks do: case ignored, and accents composed (macOS decomposes them)."""
    return unicodedata.normalize("NFC", nom).casefold()


def _est_un_zip(chemin: Path) -> bool:
    """Tell a zip by its beginning; a pipe or a device has none."""
    if not chemin.is_file():
        return False
    with chemin.open("rb") as flux:
        return flux.read(len(_TETE_DE_ZIP)) == _TETE_DE_ZIP


def _lire_le_zip(
    nom: str, chemin: Path, ecartes: dict[str, str], limites: Limites
) -> Iterator[tuple[Emplacement, bytes]]:
    with ouvrir_le_zip(chemin, limites) as archive:
        for rang, membre in enumerate(archive.infolist()):
            if membre.filename.endswith("/") or laisse_par(membre.filename):
                continue
            try:
                octets = lire_le_membre(archive, membre, limites)
            except ValeurRefusee as refus:
                ecartes[f"{nom}, {membre.filename}"] = refus.constat.message
            else:
                yield Emplacement(membre.filename, chemin, rang, limites), octets


def _lister(racine: Path) -> Iterator[str]:
    """List the files below a folder, relative to it, with forward slashes; links to folders are not followed."""

    def signaler(erreur: OSError) -> None:
        raise erreur

    for dossier, sous_dossiers, fichiers in os.walk(racine, onerror=signaler):
        sous_dossiers.sort()
        for fichier in sorted(fichiers):
            yield Path(dossier, fichier).relative_to(racine).as_posix()


def _mene_dehors(nom: str) -> bool:
    windows = PureWindowsPath(nom)
    return bool(windows.anchor or PurePosixPath(nom).is_absolute() or ".." in windows.parts or ":" in nom)


def _dehors() -> ValeurRefusee:
    return ValeurRefusee(
        "document-dehors",
        "ce nom mène hors du dossier des pièces : copiez la pièce dans ce dossier",
        "un nom de fichier",
    )
