"""A deposit is recorded, then shown, even if something goes wrong in between."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, field

from segur_pha.constats import Constat
from segur_pha.depot.dossier import A_MONTRER, restes
from segur_pha.depot.manifeste import empreinte, manifeste_du_dossier
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.fichiers import nom_pris
from segur_pha.registre.etats import PhaseFichier
from segur_pha.restes import EN_COURS, RESTES_RETIRES
from segur_pha.vagues import vagues

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    from segur_pha.depot.antecedents import Admissible
    from segur_pha.registre.etats import EtatFichier
    from segur_pha.registre.registre import Registre
    from segur_pha.table.specification import Specification

__all__ = ["Inscription", "fichiers_du_reste", "fichiers_json", "inscription", "reprendre", "restes_inscrits"]

_PAS_MONTRE: Final = "le dossier préparé n’a pas pu être montré"
_INTERROMPU: Final = "la préparation s’est arrêtée avant que le dossier soit montré"


@define
class Inscription:
    """The ``avant`` of :func:`~segur_pha.depot.preparer_depot` that records a deposit in a ledger.

    ``cache``: the folder stays out of sight until after the caller's commit.  ``conseils``: what the reader should know about the
    ledger, once the deposit has been recorded.
    """

    registre: Registre
    jour: date
    remplace: Callable[[], Mapping[str, str]]
    specification: Specification | None = None
    admettre: Collection[Admissible] = ()
    cache: bool = False
    conseils: list[Constat] = field(factory=list)
    #: The files of which this preparation may have told the ledger: SHA-256 → name.
    nouveaux: dict[str, str] = field(factory=dict)

    def __call__(self, dossier: Path) -> None:
        """Record a deposit that is about to be shown."""
        fichiers = fichiers_json(dossier)
        prepares = {f.fichier: f for f in self.registre.fichiers() if f.phase is PhaseFichier.PREPARE}
        self.nouveaux = {sha256: nom for sha256, nom in fichiers.items() if sha256 not in prepares}
        self.registre.inscrire_depot(
            dossier,
            jour=self.jour,
            remplace=self.remplace(),
            specification=self.specification,
            admettre=self.admettre,
            cache=self.cache,
        )
        self.conseils += [_deja_prepare(prepares[sha256]) for sha256 in fichiers if sha256 in prepares]

    def reprendre_si_absent(self, sortie: Path) -> None:
        """Give up what was recorded, unless the folder is there: the interruption may have come just after it was shown."""
        if self.nouveaux and not _contient(sortie, self.nouveaux):
            _abandonner(self.registre, self.nouveaux, jour=self.jour, motif=_PAS_MONTRE)


@contextlib.contextmanager
def inscription(
    registre: Registre,
    sortie: str | os.PathLike[str],
    *,
    jour: date,
    remplace: Callable[[], Mapping[str, str]] = dict,
    specification: Specification | None = None,
    admettre: Collection[Admissible] = (),
) -> Iterator[Inscription]:
    """Yield an object that records the deposit of the folder ``sortie`` in a ledger, for :func:`~segur_pha.depot.preparer_depot`.

    ``specification`` is the wave of its requests, the ledger's first one by default; ``admettre`` is as for
    :meth:`~segur_pha.registre.Registre.preparer`.

    If the block fails after that, and the folder is not there, its files are recorded as given up.  What an earlier preparation
    of the same folder recorded before it was killed is given up first.

    The ledger must commit by itself, having been given an address or an Engine.
    """
    reprendre(registre, sortie, jour=jour)
    inscrire = Inscription(registre, jour, remplace, specification, admettre=admettre)
    try:
        yield inscrire
    except BaseException:
        # The first error is the one to report; if the ledger cannot be reached either, the next preparation will notice.
        with contextlib.suppress(RegistreError):
            inscrire.reprendre_si_absent(Path(sortie))
        raise


def reprendre(registre: Registre, sortie: str | os.PathLike[str], *, jour: date) -> None:
    """Give up what a preparation of this folder had recorded, but not shown, when its process was killed.

    The hidden folder that it left is the proof.  It is renamed first, so that a preparation that is still at work cannot show it,
    and so that it proves nothing a second time.

    In a transaction of the caller's, nothing is given up: whoever prepared the folder may show it before that transaction ends,
    and a rollback would have to restore its name.

    There, :class:`~segur_pha.RegistreError` is raised when a folder waits under this name.
    """
    for reste, fichiers in restes_inscrits(registre, sortie):
        if registre.connexion is not None:
            raise RegistreError(
                f"{Path(sortie).name} : un dossier préparé et inscrit attend d’être montré sous ce nom. Montrez-le "
                f"(montrer_depot), ou abandonnez d’abord {', '.join(sorted(fichiers.values()))} (segur-pha registre "
                "abandonner), puis recommencez."
            )
        with contextlib.suppress(OSError):
            _ranger(reste)
            _abandonner(registre, fichiers, jour=jour, motif=_INTERROMPU)


def restes_inscrits(registre: Registre, sortie: str | os.PathLike[str]) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield the hidden folders of ``sortie`` with files that the ledger knows as prepared (SHA-256 → name).

    Raises :class:`~segur_pha.RegistreError` when that cannot be found out, because the parent folder cannot be listed or the
    manifest of a hidden one cannot be read.
    """
    dossier = Path(sortie).absolute()
    try:
        trouves = restes(dossier)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as erreur:
        raise RegistreError(
            f"Le dossier où {dossier.name} doit paraître ne se lit pas : impossible de savoir si un dépôt y attend déjà. Vérifiez "
            "vos droits d’accès, puis recommencez."
        ) from erreur
    for reste in trouves:
        fichiers = fichiers_du_reste(reste)
        # A folder that waits for a commit counts by its own recording: the same files may have been recorded in another since.
        if registre.fichiers_prepares(fichiers, dossier=reste if reste.suffix == A_MONTRER else None):
            yield reste, fichiers


def fichiers_du_reste(reste: Path) -> dict[str, str]:
    """Return the JSON files of a hidden folder: SHA-256 → name; of one that was stopped before all of them were there, none.

    Raises :class:`~segur_pha.RegistreError` when that cannot be found out.
    """
    try:
        return fichiers_json(reste)
    except DepotRefuse as refus:
        # A folder that was stopped before its manifest was complete had not been recorded yet; a finished one has all of it.
        illisible = isinstance(refus.__cause__, OSError) and not isinstance(refus.__cause__, FileNotFoundError)
        if not nom_pris(reste) or (reste.suffix == EN_COURS and not illisible):
            return {}  # in the first case, it was shown after it was listed
        raise RegistreError(
            f"{reste.name} : le manifeste de ce dossier caché ne se lit pas ; impossible de savoir s’il attend d’être montré. "
            "Vérifiez vos droits d’accès, ou supprimez ce dossier, puis recommencez."
        ) from refus


def _ranger(reste: Path) -> None:
    """Remove a hidden folder that was given up, after renaming it so that it proves nothing."""
    abandonne = reste.rename(reste.with_name(f"{reste.stem}.abandonne{reste.suffix}"))
    # Its orders and documents are where they were; what was made from them is no longer of any use.
    shutil.rmtree(abandonne, ignore_errors=True)
    RESTES_RETIRES.get()([reste.name])


def _abandonner(registre: Registre, fichiers: Mapping[str, str], *, jour: date, motif: str) -> None:
    for fichier in sorted(registre.fichiers_prepares(fichiers)):
        registre.abandonner(fichier, jour=jour, motif=motif)


def fichiers_json(dossier: Path) -> dict[str, str]:
    """Return the JSON files of a prepared folder, as listed in its manifest: SHA-256 → name.

    Raises :class:`~segur_pha.DepotRefuse` for a folder without a readable manifest.
    """
    return {f.sha256: f.nom for f in manifeste_du_dossier(dossier).fichiers if f.nature == "json"}


def _contient(dossier: Path, fichiers: Mapping[str, str]) -> bool:
    maximum = max(vague.limites.octets_du_json for vague in vagues().values())
    try:
        return all(empreinte(dossier / nom, maximum)[1] == sha256 for sha256, nom in fichiers.items())
    except OSError:
        return False


def _deja_prepare(fichier: EtatFichier) -> Constat:
    return Constat(
        code="deja-prepare",
        message=(
            f"le registre le connaît déjà, sous le nom {fichier.nom}, préparé le {fichier.jour_preparation:%d/%m/%Y} : si un "
            "autre dossier le contient, n’en déposez qu’un"
        ),
        document=fichier.nom,
    )
