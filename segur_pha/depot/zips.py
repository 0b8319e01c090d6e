"""Zips of documents: reproducible to the byte, well filled, and written and read with the memory of one document."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from io import RawIOBase
from typing import TYPE_CHECKING, Final

from attrs import Factory, define, frozen

from segur_pha.constats import LectureRefusee, ValeurRefusee
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from segur_pha.depot.documents import Document
    from segur_pha.table.specification import Limites

__all__ = [
    "Membre",
    "borne_basse",
    "defaut_du_membre",
    "defaut_du_nom",
    "ecrire_zip",
    "lire_le_membre",
    "nom_de_zip",
    "octets_du_zip",
    "ouvrir_le_zip",
    "repartir",
]

#: The format's own limit without its 64-bit extension, which not every reader knows.
MEMBRES_MAXIMUM: Final = 65_534

#: What the format adds, in bytes: a header and a directory entry per member (both hold its name), and an end of directory.
_PAR_MEMBRE: Final = 30 + 46
_FIN: Final = 22

#: A plain file that its owner may write and everybody may read, in Unix terms; the same on every machine.
_ATTRIBUTS: Final = 0o100644 << 16
_UNIX: Final = 3
#: The earliest day that the format allows: the machine's day says nothing about the documents.
_JOUR: Final = (1980, 1, 1, 0, 0, 0)


@frozen
class Membre:
    """A member of a zip: its name (section 3.3) and the document of which it is a copy."""

    nom: str
    document: Document

    @property
    def octets(self) -> int:
        """What it takes up in a zip, in bytes: documents hardly shrink, so they are stored as they are."""
        return self.document.octets + _PAR_MEMBRE + 2 * len(self.nom)


def octets_du_zip(membres: Iterable[Membre]) -> int:
    """Work out the size of a zip before it is written, to the byte.

    >>> octets_du_zip([])
    22
    """
    return _FIN + sum(membre.octets for membre in membres)


def borne_basse(groupes: Iterable[Sequence[Membre]], maximum: int = PAR_DEFAUT.limites.octets_par_zip) -> int:
    """Tell the least number of zips of at most ``maximum`` bytes that are needed, even if documents could be cut up."""
    total = sum(membre.octets for groupe in groupes for membre in groupe)
    return -(-total // (maximum - _FIN))


def repartir(
    groupes: Sequence[Sequence[Membre]],
    maximum: int = PAR_DEFAUT.limites.octets_par_zip,
    membres_maximum: int = MEMBRES_MAXIMUM,
) -> list[list[Membre]]:
    """Put groups of documents (those of one request stay together) into zips of at most ``maximum`` bytes.

    First fit, the largest groups first, which is near the lower bound when a group is small compared with a zip (6 Mo to 200 Mo).
    Inside a zip, and among zips, the order of the requests is kept.

    Raises ``ValueError`` when one group alone is too large.
    """
    poids = [sum(membre.octets for membre in groupe) for groupe in groupes]
    zips: list[_Zip] = []
    for i in sorted(range(len(groupes)), key=lambda i: (-poids[i], i)):
        ouvert = next((z for z in zips if poids[i] <= z.octets and len(groupes[i]) <= z.places), None)
        if ouvert is None:
            ouvert = _Zip(maximum - _FIN, membres_maximum)
            zips.append(ouvert)
            if poids[i] > ouvert.octets or len(groupes[i]) > ouvert.places:
                raise ValueError("the documents of one request do not fit into a zip")
        ouvert.octets -= poids[i]
        ouvert.places -= len(groupes[i])
        ouvert.groupes.append(i)
    return [[membre for i in places for membre in groupes[i]] for places in sorted(sorted(z.groupes) for z in zips)]


@define
class _Zip:
    """A zip that is being filled: the bytes and members left, and the groups it holds."""

    octets: int
    places: int
    groupes: list[int] = Factory(list)


def nom_de_zip(nom_json: str, rang: int, total: int) -> str:
    """Name a zip after the JSON file whose documents it holds (PJ for its first word); it is numbered when there are several.

    >>> nom_de_zip("JSON-ANS0000001-20221115-001.json", 1, 1), nom_de_zip("JSON-ANS0000001-20221115-001.json", 2, 3)
    ('PJ-ANS0000001-20221115-001.zip', 'PJ-ANS0000001-20221115-001-2.zip')
    """
    tronc = f"PJ-{nom_json.partition('-')[2].removesuffix('.json')}"
    return f"{tronc}-{rang}.zip" if total > 1 else f"{tronc}.zip"


def ecrire_zip(flux: BinaryIO, membres: Iterable[Membre], lire: Callable[[Document], bytes]) -> None:
    """Write a zip; ``lire`` returns the bytes of a document; one is read after the other.

    Without paths, links or the machine's day, the same documents give the same bytes everywhere.
    """
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for membre in membres:
            octets = lire(membre.document)
            entree = zipfile.ZipInfo(membre.nom, date_time=_JOUR)
            entree.create_system = _UNIX
            entree.external_attr = _ATTRIBUTS
            entree.header_offset = archive.start_dir
            entree.CRC = zlib.crc32(octets)
            entree.file_size = entree.compress_size = len(octets)
            # What is known beforehand is written once; ``writestr`` goes back to each header, and to the disk each time.
            archive.start_dir += flux.write(entree.FileHeader(zip64=False)) + flux.write(octets)
            archive.filelist.append(entree)
        archive.comment = b""  # the list of members is to be written


# --- Reading ---

#: Documents hardly shrink: a zip that unpacks to more than five times the largest allowed size is an attack.
OCTETS_DEBALLES: Final = 1_000_000_000
#: The list of members is read in one piece; each entry takes 46 bytes, a name of some thirty, and what a system adds.
_LISTE_MAXIMUM: Final = MEMBRES_MAXIMUM * 128

_COMPRESSIONS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_CHIFFRE: Final = 0x1
#: What the zip reader raises for a file that is not a zip, or was damaged.
_ILLISIBLE: Final = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


class _LectureBornee(RawIOBase):
    """A file that refuses to return more at once than the list of a zip's members may take."""

    def __init__(self, flux: BinaryIO) -> None:
        self._flux = flux

    def read(self, nombre: int = -1, /) -> bytes:
        if nombre > _LISTE_MAXIMUM:
            raise _trop_de_membres()
        return self._flux.read(nombre)

    def seek(self, place: int, depuis: int = 0, /) -> int:
        return self._flux.seek(place, depuis)

    def tell(self) -> int:
        return self._flux.tell()

    def seekable(self) -> bool:
        return True


@contextmanager
def ouvrir_le_zip(chemin: Path, limites: Limites = PAR_DEFAUT.limites) -> Iterator[zipfile.ZipFile]:
    """Open a zip of documents given by somebody.

    Raises :class:`~segur_pha.constats.ValeurRefusee` when it is too large, has too many members, unpacks to too much, or is not a
    zip; nothing is unpacked.
    """
    try:
        if chemin.stat().st_size > limites.octets_par_zip:
            raise _zip_trop_lourd(limites)
        flux = chemin.open("rb")
    except FileNotFoundError:
        raise _zip_illisible() from None
    except OSError:
        raise LectureRefusee(
            "zip-illisible", "ce zip ne se lit pas : vérifiez le fichier et vos droits d’accès"
        ) from None
    with flux:
        try:
            archive = zipfile.ZipFile(_LectureBornee(flux))
        except _ILLISIBLE:
            raise _zip_illisible() from None
        with archive:
            if len(archive.infolist()) > MEMBRES_MAXIMUM:
                raise _trop_de_membres()
            if sum(membre.file_size for membre in archive.infolist()) > OCTETS_DEBALLES:
                raise ValeurRefusee("zip-demesure", "ce zip est démesuré une fois décompressé : préparez-le de nouveau")
            yield archive


def _zip_trop_lourd(limites: Limites) -> ValeurRefusee:
    maximum = limites.octets_par_zip // 1_000_000
    return ValeurRefusee("zip-lourd", f"ce zip dépasse {maximum} Mo : répartissez les pièces sur plusieurs zips")


def _zip_illisible() -> ValeurRefusee:
    return ValeurRefusee("zip-illisible", "ce zip est abîmé et ne s’ouvre pas : préparez-le de nouveau")


def _trop_de_membres() -> ValeurRefusee:
    return ValeurRefusee("zip-demesure", "ce zip contient trop d’entrées : répartissez les pièces sur plusieurs zips")


def defaut_du_nom(membre: zipfile.ZipInfo, *, annoncee: bool) -> str:
    """Say what is wrong with a member's place in its zip, or in the deposit."""
    if "/" in membre.filename or "\\" in membre.filename:
        return "un zip de pièces n’a ni dossier ni chemin : placez les pièces à sa racine"
    if not annoncee:
        return "aucun fichier JSON n’annonce cette pièce : retirez-la, ou corrigez le nom annoncé"
    return ""


def defaut_du_membre(membre: zipfile.ZipInfo, limites: Limites = PAR_DEFAUT.limites) -> str:
    """Say what is wrong with a member before a byte of it is read, in French; ``""`` when nothing is."""
    if membre.flag_bits & _CHIFFRE:
        return "cette pièce est protégée par un mot de passe : refaites le zip sans mot de passe"
    if stat.S_ISLNK(membre.external_attr >> 16):
        return "un zip de pièces ne contient pas de lien : placez-y la pièce elle-même"
    if membre.file_size > limites.octets_par_piece:
        return f"cette pièce dépasse {limites.octets_par_piece // 1_000_000} Mo : réduisez la définition de la numérisation"
    if membre.compress_type not in _COMPRESSIONS:
        return "cette pièce est compressée d’une façon que le portail ne lit sans doute pas : refaites le zip sans compression"
    return ""


def lire_le_membre(archive: zipfile.ZipFile, membre: zipfile.ZipInfo, limites: Limites = PAR_DEFAUT.limites) -> bytes:
    """Read a member, but no more of it than it announces; one that lies about its size is damaged.

    Raises :class:`~segur_pha.constats.ValeurRefusee`.
    """
    defaut = defaut_du_membre(membre, limites)
    if defaut:
        raise ValeurRefusee("zip-contenu", defaut)
    try:
        with archive.open(membre) as flux:
            # Its checksum is compared at the end, which is only reached by asking for more.
            octets = flux.read(membre.file_size + 1)
    except _ILLISIBLE:
        octets = None
    if octets is None or len(octets) != membre.file_size:
        raise ValeurRefusee("zip-contenu", "cette pièce est abîmée dans le zip : préparez-le de nouveau")
    return octets
