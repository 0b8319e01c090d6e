"""Files: read up to a limit, written whole or not at all, never over another, and for their owner alone."""

from __future__ import annotations

import contextlib
import errno
import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeAlias

from segur_pha.erreurs import DepotRefuse
from segur_pha.renommage import porte, renommer
from segur_pha.restes import nom_provisoire, retirer_les_restes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = [
    "DROITS",
    "FichierExistant",
    "chemin_reel",
    "creer_le_dossier",
    "droits_du_dossier",
    "ecrire_ensemble",
    "ecrire_sans_ecraser",
    "exiger_le_dossier",
    "fichier_entier",
    "lire_jusqu_a",
    "nom_pris",
    "ouvrir_neuf",
    "synchroniser_les_noms",
    "tous_ou_aucun",
]

#: The rights of a new file: what we write is about people, so only its owner may read it, unless otherwise decided.
DROITS: Final[ContextVar[int]] = ContextVar("droits", default=0o600)


def droits_du_dossier() -> int:
    """Return the rights of a new folder: those of its files, and access to the folder for those who may read them.

    >>> oct(droits_du_dossier())
    '0o700'
    """
    droits = DROITS.get()
    return droits | (droits & 0o444) >> 2


def creer_le_dossier(dossier: Path) -> None:
    """Make a folder, and those above it that are missing, with :func:`droits_du_dossier`; ``OSError`` where that is refused.

    ``Path.mkdir(parents=True)`` gives the ones above whatever rights the umask leaves.
    """
    manquants = [dossier]
    while not nom_pris(manquants[-1].parent):
        manquants.append(manquants[-1].parent)
    for manquant in reversed(manquants):
        manquant.mkdir(droits_du_dossier(), exist_ok=True)


def ouvrir_neuf(chemin: Path) -> BinaryIO:
    """Make a file and open it for writing, with the rights of :data:`DROITS`; ``FileExistsError`` when it already exists."""
    flux = chemin.open("xb")
    # The file is still empty.  Windows and some disks do not keep such rights.
    with contextlib.suppress(OSError, AttributeError):
        os.fchmod(flux.fileno(), DROITS.get())
    return flux


class FichierExistant(DepotRefuse, FileExistsError):
    """A file with that name already exists; segur_pha never overwrites."""

    def __init__(self, nom: str) -> None:
        DepotRefuse.__init__(
            self, f"Le fichier {nom} existe déjà : rien n’a été écrit. Choisissez un autre nom ou dossier."
        )


def lire_jusqu_a(chemin: Path, maximum: int) -> bytes:
    """Read a file of at most ``maximum`` bytes; from a longer or endless one, read one byte more, which shows that it is.

    Raises ``OSError`` when the file cannot be read.

    >>> import os; from pathlib import Path
    >>> len(lire_jusqu_a(Path(os.devnull), 100)), len(lire_jusqu_a(Path("examples/demandes.json"), 100))
    (0, 101)
    """
    # Without a buffer, one read takes everything in a plain file, and one more finds the end.
    with chemin.open("rb", 0) as flux:
        octets = flux.read(min(os.fstat(flux.fileno()).st_size, maximum) + 1)
        while len(octets) <= maximum and (suite := flux.read(maximum + 1 - len(octets))):
            octets += suite
    return octets


def ecrire_sans_ecraser(chemin: Path, octets: bytes) -> Path:
    """Write a new file, whole or not at all, and return its path.

    The bytes go to a temporary file in the same folder and are flushed to the disk; only then is the file renamed, and the new
    name flushed as well.

    Raises :class:`FichierExistant` (also a ``FileExistsError``) when the name is taken, ``OSError`` when the disk refuses.

    >>> import tempfile; from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     ecrire_sans_ecraser(Path(dossier, "a.json"), b"{}").read_bytes()
    b'{}'
    """
    with fichier_entier(chemin) as provisoire:
        _remplir(provisoire, octets)
    return chemin


def ecrire_ensemble(sorties: Iterable[tuple[Path, bytes]]) -> list[Path]:
    """Write several new files: all, or none if one of them cannot be written; raises what :func:`ecrire_sans_ecraser` raises.

    A process killed in between leaves the first ones, each whole.
    """
    with tous_ou_aucun() as ecrire:
        return [ecrire(chemin, octets) for chemin, octets in sorties]


@contextlib.contextmanager
def tous_ou_aucun(*, sauf: Callable[[], bool] = bool) -> Iterator[Callable[[Path, bytes], Path]]:
    """Yield an :func:`ecrire_sans_ecraser` whose files are removed again if the block fails.

    ``sauf``: whether what they belong to is there all the same; then they stay.
    """
    nommes: list[_Nomme] = []

    def ecrire(chemin: Path, octets: bytes) -> Path:
        with fichier_entier(chemin, nommes) as provisoire:
            _remplir(provisoire, octets)
        return chemin

    try:
        yield ecrire
    except BaseException:
        if not sauf():
            _retirer_les_nommes(nommes)
        raise


def _remplir(provisoire: Path, octets: bytes) -> None:
    with ouvrir_neuf(provisoire) as flux:
        flux.write(octets)
        flux.flush()
        os.fsync(flux.fileno())


#: A file and the name that it gets or has.
_Nomme: TypeAlias = "tuple[Path, os.stat_result]"


def _retirer_les_nommes(nommes: Iterable[_Nomme]) -> None:
    for chemin, fichier in nommes:
        with contextlib.suppress(OSError):
            if porte(chemin, fichier):
                chemin.unlink()


@contextlib.contextmanager
def fichier_entier(chemin: Path, nommes: list[_Nomme] | None = None) -> Iterator[Path]:
    """Yield the path of a file to make beside ``chemin``; if the block succeeds it gets that name, otherwise it is removed.

    ``nommes`` is told of the file before it gets its name, so that whoever is interrupted just after that can take it back.

    A process killed inside the block leaves a hidden file ``.….partiel`` beside it, which the next one to write there removes,
    and no ``chemin``.  Raises what :func:`ecrire_sans_ecraser` raises.
    """
    if os.path.lexists(chemin):
        raise FichierExistant(chemin.name)
    exiger_le_dossier(chemin)
    retirer_les_restes(chemin.parent)
    provisoire = chemin.with_name(nom_provisoire())
    a_nommer: list[_Nomme] = []
    try:
        try:
            yield provisoire
            a_nommer.append((chemin, provisoire.stat()))
            if nommes is not None:
                nommes += a_nommer
            _nommer(provisoire, *a_nommer[0])
            with contextlib.suppress(OSError):  # the file is there, whole: too late to refuse
                synchroniser_les_noms(chemin.parent)
        finally:
            # Removing may fail for the same reason as writing; the first error is the one to report.
            with contextlib.suppress(OSError):
                provisoire.unlink()
    except BaseException as erreur:
        _retirer_les_nommes(a_nommer)
        if isinstance(erreur, OSError) and str(erreur.filename) == str(provisoire):
            erreur.filename = str(chemin)  # the name that was asked for; nobody knows the other
        raise


def nom_pris(chemin: Path) -> bool:
    """Tell whether something has this name; raises ``OSError`` when that cannot be found out.

    On Python 3.14, :meth:`pathlib.Path.exists` returns ``False`` in a folder that is closed to us, and for a name no disk
    accepts.

    >>> nom_pris(Path("examples")), nom_pris(Path("examples/absent")), nom_pris(Path("examples/commandes.csv/absent"))
    (True, False, False)
    """
    try:
        chemin.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def chemin_reel(chemin: Path, *, strict: bool = False) -> Path:
    """Follow the links in a path as far as they lead somewhere; ``strict``: ``OSError`` when they do not, or nothing is there.

    Where links form a loop, :meth:`pathlib.Path.resolve` raises ``RuntimeError`` on Python 3.11 and 3.12.

    >>> chemin_reel(Path("examples/../examples/absent")) == Path.cwd() / "examples" / "absent"
    True
    """
    return type(chemin)(os.path.realpath(chemin, strict=strict))


def exiger_le_dossier(chemin: Path) -> None:
    """Raise ``FileNotFoundError``, naming the folder, when a file is to be written in a missing folder."""
    if not chemin.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(chemin.parent))


def _nommer(provisoire: Path, chemin: Path, fichier: os.stat_result) -> None:
    """Give a finished file its name, in one step that fails if the name is taken.

    A step that the system refuses may have happened: a network drive loses the reply, and asks its server again.
    """
    try:
        os.link(provisoire, chemin)
    except OSError as refus:
        if porte(chemin, fichier):
            return
        if isinstance(refus, FileExistsError):
            raise FichierExistant(chemin.name) from None
        # No hard links here: Windows shares, FAT, some network disks.
        try:
            renommer(provisoire, chemin)
        except OSError as refus_de_renommer:
            if porte(chemin, fichier):
                return
            if isinstance(refus_de_renommer, FileExistsError):
                raise FichierExistant(chemin.name) from None
            raise


def synchroniser_les_noms(dossier: Path) -> None:
    """Flush the names in a folder to the disk; ``OSError`` when the disk refuses."""
    try:
        descripteur = os.open(dossier, os.O_RDONLY)
    except PermissionError:
        return  # Windows cannot open a folder, and journals its renames
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
