"""A folder that appears whole or not at all: built beside its place on the same disk, flushed to that disk, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from typing import TYPE_CHECKING, Final

from attrs import Factory, field, frozen

from segur_pha.depot.manifeste import MANIFESTE, OCTETS_DU_MANIFESTE, empreinte, manifeste_du_dossier
from segur_pha.erreurs import DepotRefuse, SegurError
from segur_pha.fichiers import chemin_reel, droits_du_dossier, ouvrir_neuf, synchroniser_les_noms
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.renommage import porte, renommer_sans_remplacer
from segur_pha.restes import EN_COURS, forme_provisoire, nom_provisoire, retirer_les_restes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = [
    "A_MONTRER",
    "DossierCache",
    "DossierExistant",
    "dossier_entier",
    "ecrire_durablement",
    "marque_du_dossier",
    "motif_du_systeme",
    "refuser_l_existant",
    "restes",
    "verifier_la_sortie",
]

#: How the name of a finished folder that waits to be shown ends; no preparation removes it as a leftover.
A_MONTRER: Final = ".a-montrer"


class DossierExistant(DepotRefuse, FileExistsError):
    """Something with that name is already there; segur_pha never touches it."""

    def __init__(self, nom: str, suite: str = "rien n’a été écrit. Choisissez un autre nom de dossier.") -> None:
        DepotRefuse.__init__(self, f"{nom_lisible(nom)} existe déjà : {suite}")


_ATTEND: Final = (
    "le dossier préparé attend toujours, sous un nom caché. Renommez ou déplacez ce qui porte ce nom, puis recommencez."
)


def _identite(dossier: Path) -> str | None:
    try:
        return empreinte(dossier / MANIFESTE, OCTETS_DU_MANIFESTE)[1]
    except OSError:
        return None


def _toujours() -> None:
    """Allow a folder to be shown at any time."""


@frozen
class DossierCache:
    """A finished folder that is not visible yet: it lies beside ``sortie``, under a hidden name, until it is shown.

    ``permission`` raises for as long as the folder may not be shown.
    """

    cache: Path
    sortie: Path
    permission: Callable[[], object] = _toujours
    #: The SHA-256 of its manifest, which lists every file with its own: the folder is recognised by it once it is shown.
    _identite: str | None = field(
        init=False, repr=False, eq=False, default=Factory(lambda soi: _identite(soi.cache), takes_self=True)
    )

    def montrer(self) -> Path:
        """Give the folder its name; if it was already shown, leave it as it is.

        Raises ``DossierExistant`` when another folder or file has the name, :class:`~segur_pha.DepotRefuse` when the hidden
        folder is gone or the disk refuses, and what ``permission`` raises; the folder then stays hidden.
        """
        if not self.cache.exists() and self._identite is not None and _identite(self.sortie) == self._identite:
            return self.sortie
        self.permission()
        try:
            _nommer(self.cache, self.sortie)
        except FileNotFoundError as erreur:
            raise DepotRefuse(
                f"{nom_lisible(self.sortie.name)} : le dossier préparé a été supprimé avant d’être montré ; préparez-le de "
                "nouveau."
            ) from erreur
        except DossierExistant:
            raise DossierExistant(self.sortie.name, _ATTEND) from None
        except OSError as erreur:
            raise DepotRefuse(
                f"{nom_lisible(self.sortie.name)} n’a pas pu être montré ({motif_du_systeme(erreur)}) : réglez ce point, puis "
                "montrez-le de nouveau."
            ) from erreur
        with contextlib.suppress(OSError):  # the deposit is there, whole: too late to refuse
            synchroniser_les_noms(self.sortie.parent)
        return self.sortie

    def oublier(self) -> None:
        """Remove the hidden folder; one that has been shown stays.

        >>> from datetime import date
        >>> from segur_pha import Editeur
        >>> from segur_pha.depot import preparer_depot
        >>> editeur = Editeur.lire("examples/editeur.toml")
        >>> depot = preparer_depot("examples/commandes.csv", editeur, "examples/pieces", "depot-oublie",
        ...                        jour=date(2022, 11, 15), montrer=False)
        >>> depot.cache.cache.exists(), depot.cache.oublier(), depot.cache.cache.exists()
        (True, None, False)
        """
        shutil.rmtree(self.cache, ignore_errors=True)


@contextlib.contextmanager
def dossier_entier(
    sortie: Path, *, montrer: bool = True, depot: bool = True, avant: Callable[[Path], object] | None = None
) -> Iterator[Path]:
    """Yield a new folder to fill; if the block ends without an error the folder is named ``sortie``, otherwise it is removed.

    ``avant`` is called with the folder once it is on the disk and before it has its name; if it raises, the folder is removed.

    Without ``montrer``, it is left hidden at the end, with a name ending in :data:`A_MONTRER`, for :meth:`DossierCache.montrer`.

    A process killed inside the block leaves a folder ``.NAME.….partiel`` beside it, and no ``sortie``.  Where the folder is no
    deposit, which a ledger might know (``depot=False``), it leaves ``.….partiel``, which the next one to write there removes.

    Raises :class:`DossierExistant` when the name is already taken, or gets taken meanwhile; :class:`~segur_pha.DepotRefuse` when
    the disk refuses.
    """
    refuser_l_existant(sortie)
    retirer_les_restes(sortie.parent)
    # On the same disk, so that a rename is one step.
    provisoire = sortie.with_name(nom_provisoire(f".{sortie.name}.") if depot else nom_provisoire())
    try:
        provisoire.mkdir(droits_du_dossier())
        yield provisoire
        synchroniser_les_noms(provisoire)
        if avant is not None:
            # The hidden folder proves what a ledger records now: after a power cut it must be there.
            synchroniser_les_noms(sortie.parent)
            avant(provisoire)
        if montrer:
            _nommer(provisoire, sortie)
            with contextlib.suppress(OSError):  # the deposit is there, whole: too late to refuse
                synchroniser_les_noms(sortie.parent)
        else:
            provisoire.rename(provisoire.with_suffix(A_MONTRER))
    except SegurError:
        raise
    except OSError as erreur:
        refuse = nom_lisible(_refuse(erreur, provisoire, sortie).name)
        raise DepotRefuse(
            f"{refuse} n’a pas pu être écrit ({motif_du_systeme(erreur)}). Aucun dossier n’a été laissé, vos fichiers sont intacts : "
            "réglez ce point, puis recommencez."
        ) from erreur
    finally:
        _retirer(provisoire)


def _retirer(provisoire: Path) -> None:
    """Remove an unfinished folder; one file that may still be opened is enough for a folder that holds none."""
    shutil.rmtree(provisoire, ignore_errors=True)
    with contextlib.suppress(OSError):
        for nom in os.listdir(provisoire):  # noqa: PTH208 - closed before anything is removed
            (provisoire / nom).unlink()
        provisoire.rmdir()


def _refuse(erreur: OSError, provisoire: Path, sortie: Path) -> Path:
    """Tell what could not be written: the folder, or a file somewhere else that was to be written with it."""
    if not isinstance(erreur.filename, str | os.PathLike):
        return sortie
    fichier = sortie.parent / erreur.filename
    return sortie if fichier == sortie.parent or fichier.is_relative_to(provisoire) else fichier


def refuser_l_existant(sortie: Path) -> None:
    """Raise :class:`DossierExistant` when the name is taken, even by a broken link.

    Raises :class:`~segur_pha.DepotRefuse` for a folder inside a deposit, which may only hold its own files.
    """
    if os.path.lexists(sortie):
        raise DossierExistant(sortie.name)
    reel = chemin_reel(sortie.parent)
    for parent in (reel, *reel.parents):
        if _est_un_depot(parent):
            raise DepotRefuse(
                f"{nom_lisible(sortie.name)} serait à l’intérieur de {nom_lisible(parent.name)}, qui est un dossier de dépôt et ne "
                "contient que ses propres fichiers : rien n’a été écrit. Choisissez un dossier à côté."
            )


def _est_un_depot(dossier: Path) -> bool:
    try:
        manifeste_du_dossier(dossier)
    except (DepotRefuse, OSError, ValueError):  # a name that no disk accepts is reported when the folder is made
        return False
    return True


def restes(sortie: Path) -> list[Path]:
    """List the hidden folders that preparations of the same folder left beside it; ``OSError`` when that cannot be found out."""
    forme = forme_provisoire(f".{sortie.name}.", EN_COURS, A_MONTRER)
    return sorted(p for p in sortie.parent.iterdir() if forme.fullmatch(p.name))


def marque_du_dossier(dossier: Path) -> str:
    """Give what no other hidden folder bears in its name, before it waits and while it does; ``""`` for one that everybody sees.

    >>> from pathlib import Path
    >>> marque_du_dossier(Path(".depot.1f2e3d4c-77-a0b1.a-montrer")), marque_du_dossier(Path("depot"))
    ('a0b1', '')
    """
    return dossier.stem.rpartition("-")[2] if dossier.suffix in {EN_COURS, A_MONTRER} else ""


def ecrire_durablement(chemin: Path, remplir: Callable[[BinaryIO], object]) -> None:
    """Write a new file to the disk, and not only to the system's cache."""
    with ouvrir_neuf(chemin) as flux:
        remplir(flux)
        flux.flush()
        os.fsync(flux.fileno())


_PRIS: Final = "ce nom vient d’être pris, aucun dossier n’a été laissé. Choisissez un autre nom de dossier."


def _nommer(provisoire: Path, sortie: Path) -> None:
    """Give a finished folder its name; :class:`DossierExistant` when it is taken, at the last moment by an empty folder too."""
    if os.path.lexists(sortie):
        raise DossierExistant(sortie.name, _PRIS)
    refuser_l_existant(sortie)
    lui_meme = provisoire.stat()
    try:
        if not renommer_sans_remplacer(provisoire, sortie):
            provisoire.rename(sortie)
    except OSError as refus:
        # A network drive may have renamed it but lost the reply.
        if porte(sortie, lui_meme):
            return
        if os.path.lexists(sortie):
            raise DossierExistant(sortie.name, _PRIS) from refus
        raise


_MOTIFS: Final = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "votre quota est atteint",
    errno.EFBIG: "la taille permise est dépassée",
    errno.EACCES: "vous n’avez pas le droit d’écrire ici",
    errno.EPERM: "vous n’avez pas le droit d’écrire ici",
    errno.EROFS: "ce disque est en lecture seule",
    errno.ENOENT: "le dossier où écrire n’existe pas ou a disparu",
    errno.ENOTDIR: "le dossier où écrire n’est pas un dossier",
    errno.ENAMETOOLONG: "ce nom est trop long",
    errno.ELOOP: "des liens de ce chemin se renvoient l’un à l’autre",
    errno.EMFILE: "trop de fichiers sont ouverts à la fois",
    errno.ENFILE: "trop de fichiers sont ouverts à la fois",
    errno.EEXIST: "ce nom vient d’être pris",
    errno.ENOTEMPTY: "ce nom vient d’être pris",
}


def motif_du_systeme(erreur: OSError) -> str:
    """Say in French why the system refuses to write.

    >>> motif_du_systeme(OSError(errno.ENOSPC, "No space left on device"))
    'le disque est plein'
    """
    return _MOTIFS.get(erreur.errno or 0, "le système refuse")


def verifier_la_sortie(dossier: Path, racine: Path) -> None:
    """Raise :class:`~segur_pha.DepotRefuse` if the place is taken, lies in the folder of documents, or has no parent folder."""
    refuser_l_existant(dossier)
    if chemin_reel(dossier).is_relative_to(chemin_reel(racine)):
        raise DepotRefuse(
            "Le dossier de sortie est dans celui des pièces, où rien ne doit changer : choisissez-en un autre."
        )
    if not dossier.parent.is_dir():
        raise DepotRefuse(
            f"Le dossier {nom_lisible(dossier.parent.name)}, où écrire le dépôt, n’existe pas : créez-le."
        )
