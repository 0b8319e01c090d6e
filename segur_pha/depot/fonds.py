"""A folder of documents, opened in the same way for every caller: only what lies inside it, whatever names and links say."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.constats import LectureRefusee, ValeurRefusee
from segur_pha.depot.documents import lecture_refusee, octets_du_document
from segur_pha.depot.systeme import laisse_par
from segur_pha.depot.zips import lire_le_membre, ouvrir_le_zip
from segur_pha.erreurs import DepotRefuse
from segur_pha.fichiers import chemin_reel
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.table.specification import Limites

__all__ = ["EXTENSIONS", "Emplacement", "FondsDeDocuments"]

EXTENSIONS: Final = (".pdf", ".png", ".jpg", ".jpeg")
_TETE_DE_ZIP: Final = b"PK"
#: What the system says of a name, or of a link, that leads nowhere; whatever else it says, it did not look.
_NE_MENE_A_RIEN: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL})


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
        self._chemins: dict[str, Path] = {}
        self.refuses: list[str] = []
        try:
            self.reelle = chemin_reel(racine, strict=True)
            self._nom_reel = str(self.reelle)
            for nom in _lister(racine):
                cle = _cle(nom)
                self._noms.setdefault(cle, []).append(nom)
                radical, extension = _radical(cle)
                if extension in EXTENSIONS:
                    self._radicaux.setdefault(radical, []).append(nom)
        except OSError as erreur:
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

    def chemin(self, nom: str) -> Path:
        """Give the path of one of :attr:`noms`, wherever it leads."""
        return self._chemins.get(nom) or self._chemins.setdefault(nom, self.reelle / nom)

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
        reel = self.chemin(choisi)
        try:
            if noms and not self._passe_par_un_lien(choisi):
                return reel
            reel = chemin_reel(reel, strict=True)
        except (OSError, ValueError) as erreur:
            if isinstance(erreur, OSError) and erreur.errno not in _NE_MENE_A_RIEN:
                raise lecture_refusee(erreur) from None
            raise ValeurRefusee(
                "document-absent",
                "cette pièce n’est pas dans le dossier des pièces : vérifiez son nom",
                self._proche(propre),
            ) from None
        if not reel.is_relative_to(self.reelle):
            raise _dehors()
        return reel

    def _passe_par_un_lien(self, nom: str) -> bool:
        """Tell whether a file that was listed is a link, or lies in a folder that was exchanged for one since."""
        # Names instead of paths: this is asked of every document, and most lie in the folder itself.
        etape = self._nom_reel
        if stat.S_ISLNK(os.lstat(etape).st_mode):
            return True
        for partie in nom.split("/"):
            etape = f"{etape}/{partie}"
            if stat.S_ISLNK(os.lstat(etape).st_mode):
                return True
        return False

    def tout_lire(self, ecartes: dict[str, str]) -> Iterator[tuple[Emplacement, bytes]]:
        """Read every document of the folder and of the zips in it, one after the other.

        What cannot be a document is left aside; its name and the reason are added to ``ecartes``.  The names of those that the
        system refuses to read are also in :attr:`refuses`: any document may be in there.
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
                if isinstance(refus, LectureRefusee):
                    self.refuses.append(nom)
            except OSError as erreur:
                ecartes[nom] = lecture_refusee(erreur).constat.message
                self.refuses.append(nom)

    def _proche(self, nom: str) -> str:
        """Propose the document of the same name under another extension."""
        noms = self._radicaux.get(_radical(_cle(nom))[0], [])
        return f"peut-être {nom_lisible(noms[0])}" if noms else "le nom exact d’un fichier du dossier des pièces"


def _cle(nom: str) -> str:
    """Fold a name as disks do: no case, and accents in one piece (macOS takes them apart)."""
    return nom.lower() if nom.isascii() else unicodedata.normalize("NFC", nom).casefold()


def _radical(plie: str) -> tuple[str, str]:
    """Give the last part of a folded name without its extension, and the extension."""
    dernier = plie.rpartition("/")[2]
    radical, _, extension = dernier.rpartition(".")
    return (radical, f".{extension}") if radical else (dernier, "")


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
        ici = Path(dossier).relative_to(racine)
        debut = f"{ici.as_posix()}/" if ici.parts else ""
        yield from (debut + fichier for fichier in sorted(fichiers))


def _mene_dehors(nom: str) -> bool:
    """Tell whether a name begins elsewhere or goes up, on Windows or anywhere else."""
    return ":" in nom or nom.startswith(("/", "\\")) or ".." in nom.replace("\\", "/").split("/")


def _dehors() -> ValeurRefusee:
    return ValeurRefusee(
        "document-dehors",
        "ce nom mène hors du dossier des pièces : copiez la pièce dans ce dossier",
        "un nom de fichier",
    )
