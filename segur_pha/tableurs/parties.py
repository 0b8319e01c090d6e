"""The parts of a workbook's zip: opened within limits, found whatever the case of their names, parsed one block at a time."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Final, TypeAlias
from xml.parsers import expat

from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import IO

    Debut: TypeAlias = Callable[[str, Mapping[str, str]], None]
    Suite: TypeAlias = Callable[[str], None]

__all__ = ["ACCIDENTS", "Compte", "PartieDemesuree", "Parties", "analyser", "vrai"]

#: The largest total size of the parts once unzipped, in bytes: a national fleet of certificates takes half of it.
OCTETS_DEBALLES: Final = 200_000_000
PARTIES_MAXIMUM: Final = 1_000
#: Spreadsheets write more than twenty bytes for each element, so that bytes run out before elements do.
ELEMENTS_MAXIMUM: Final = 10_000_000
#: All that cells show, in characters: a text that many of them share is handed on, and worked over, by each of them.
SIGNES_MONTRES: Final = 200_000_000
_BLOC: Final = 1 << 16

#: The errors that zipfile, expat or a number may raise for a broken file: the remedy is always the same.
ACCIDENTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    OSError,
    ValueError,
    LookupError,
    NotImplementedError,
    EOFError,
    RuntimeError,
)


class PartieDemesuree(Exception):
    """A workbook would unpack to more than the size of any table, or holds more than any table."""


@define
class Compte:
    """What has been read of a workbook.

    Attributes:
        elements: how many elements of XML, of whatever part; a part that is read twice counts twice.
        signes: how many characters its cells have shown.
    """

    elements: int = 0
    signes: int = 0

    def ajouter(self, *, elements: int = 0, signes: int = 0) -> None:
        """Count what a block held; raises :class:`PartieDemesuree` when it is more than any table has."""
        self.elements += elements
        self.signes += signes
        if self.elements > ELEMENTS_MAXIMUM or self.signes > SIGNES_MONTRES:
            raise PartieDemesuree


def vrai(attribut: str | None) -> bool:
    """Read a boolean of the format.

    >>> vrai("1"), vrai("0"), vrai(None)
    (True, False, False)
    """
    return attribut in {"1", "true", "on"}


def _rien(_: str) -> None:
    """Ignore what is not asked for."""


def analyser(flux: IO[bytes], compte: Compte, debut: Debut, fin: Suite = _rien, texte: Suite = _rien) -> Iterator[None]:
    """Feed an XML part to three functions, one step per block; names come without prefix or namespace.

    Raises :class:`PartieDemesuree` when ``compte`` has had enough of elements.
    Raises ``expat.ExpatError`` for what is not XML, ``ValueError`` for a document type: no workbook has one, and it can be used
    to make entities multiply.
    """
    analyseur = expat.ParserCreate(namespace_separator=" ")
    analyseur.buffer_text = True
    ouverts = 0

    def ouvrir(nom: str, attributs: Mapping[str, str]) -> None:
        nonlocal ouverts
        ouverts += 1
        debut(nom.rpartition(" ")[2], attributs)

    def refuser(*_: object) -> None:
        raise ValueError("DOCTYPE")

    analyseur.StartDoctypeDeclHandler = refuser
    analyseur.StartElementHandler = ouvrir
    analyseur.EndElementHandler = lambda nom: fin(nom.rpartition(" ")[2])
    analyseur.CharacterDataHandler = texte
    while bloc := flux.read(_BLOC):
        analyseur.Parse(bloc, False)  # noqa: FBT003 - expat takes it by place only
        compte.ajouter(elements=ouverts)
        ouverts = 0
        yield
    analyseur.Parse(b"", True)  # noqa: FBT003 - same
    yield


@frozen
class Parties:
    """The parts of a workbook: lower-case name → name in the archive; and what has been read of them."""

    _archive: zipfile.ZipFile
    _noms: Mapping[str, str]
    compte: Compte = field(factory=Compte)

    @classmethod
    def ouvrir(cls, octets: bytes) -> Parties:
        """Open a zip; raises :class:`PartieDemesuree` for a bomb, one of :data:`ACCIDENTS` for anything but a zip.

        A part never gives more bytes than it declares, since zipfile stops there.
        """
        archive = zipfile.ZipFile(BytesIO(octets))
        parties = archive.infolist()
        if len(parties) > PARTIES_MAXIMUM or sum(partie.file_size for partie in parties) > OCTETS_DEBALLES:
            raise PartieDemesuree
        return cls(archive, {partie.filename.replace("\\", "/").lower(): partie.filename for partie in parties})

    def flux(self, partie: str) -> IO[bytes]:
        """Open a part; ``KeyError`` when there is none with that name."""
        return self._archive.open(self._noms[partie.lower()])

    def parcourir(self, partie: str, debut: Debut, fin: Suite = _rien, texte: Suite = _rien) -> None:
        """Parse a part from one end to the other; raises :class:`PartieDemesuree`."""
        with self.flux(partie) as flux:
            for _ in analyser(flux, self.compte, debut, fin, texte):
                pass

    def relations(self, partie: str) -> dict[str, tuple[str, str]]:
        """Return the relations of a part, or those of the whole for ``""``: id → what it is, and the part it leads to."""
        dossier, nom_de_la_partie = posixpath.split(partie)
        relations: dict[str, tuple[str, str]] = {}

        def debut(nom: str, attributs: Mapping[str, str]) -> None:
            if nom == "Relationship" and attributs.get("TargetMode") != "External":
                cible = posixpath.normpath(posixpath.join("/", dossier, attributs["Target"].replace("\\", "/")))
                relations[attributs["Id"]] = attributs["Type"].rpartition("/")[2], cible.lstrip("/")

        self.parcourir(posixpath.join(dossier, "_rels", f"{nom_de_la_partie}.rels"), debut)
        return relations
