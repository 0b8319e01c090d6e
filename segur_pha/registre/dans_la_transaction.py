"""A deposit recorded in the caller's transaction: its folder is not visible before the commit (decision 21)."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from attrs import define, evolve, field, frozen
from sqlalchemy import event

from segur_pha.depot.dossier import DossierCache
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.rapports.tableau import accorder
from segur_pha.registre.etats import PhaseFichier
from segur_pha.registre.inscription import Inscription, fichiers_json, reprendre, restes_inscrits
from segur_pha.registre.transaction import EMPRUNTEE

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

    from sqlalchemy import Connection

    from segur_pha.depot.antecedents import Admissible
    from segur_pha.depot.resultats import DepotPrepare
    from segur_pha.registre.registre import Registre
    from segur_pha.table.specification import Specification

__all__ = ["NumerosAnnonces", "NumerosDeLaVague", "Resoumission", "montrer_depot", "preparer_sans_montrer"]


@frozen
class Resoumission:
    """A deposit of corrected requests: the deposit, and new number → the rejected one that it replaces."""

    depot: DepotPrepare
    remplace: Mapping[str, str] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.depot} ; {accorder(len(self.remplace), 'demande remplacée', 'demandes remplacées')}"

    def en_lignes(self) -> list[dict[str, object]]:
        """Return the lines of the deposit, each with the rejected request that it replaces (``remplace``, possibly ``None``)."""
        return [
            {**ligne, "remplace": self.remplace.get(str(ligne["numero_editeur"]))} for ligne in self.depot.en_lignes()
        ]

    def montrer(self) -> Path:
        """Show the folder and return it; if it was prepared in a transaction of yours, call this after your commit.

        It may be called again; without such a transaction the folder is there already.  It is meant for whatever announces a
        commit: ``transaction.on_commit(faite.montrer)`` in Django, ``event.listen(session, "after_commit", …)`` in SQLAlchemy.

        Raises :class:`~segur_pha.RegistreError` before the commit, after a rollback, and when the folder was given up meanwhile;
        :class:`~segur_pha.DepotRefuse` when it is gone or cannot be shown.
        """
        return self.depot.montrer()


#: How many times a folder is built at most when others are quicker: the last time under the ledger's lock, before that without.
_ESSAIS: Final = 5


class _Devance(Exception):
    """Somebody else was given the numbers that a folder was built with, or the names of its files."""


@frozen
class NumerosDeLaVague:
    """The ledger as a source of numbers for one wave, which need not be its default one."""

    registre: Registre
    specification: Specification

    def reserver(self, nombre: int) -> list[str]:
        """See :class:`~segur_pha.depot.numeros.SourceDeNumeros`."""
        return self.registre.reserver(nombre, specification=self.specification)


@define
class NumerosAnnonces:
    """The numbers that the ledger would serve next: a folder is built with them, and they are reserved once it is recorded."""

    registre: Registre
    specification: Specification
    servis: list[str] = field(factory=list)

    def reserver(self, nombre: int) -> list[str]:
        """See :class:`~segur_pha.depot.numeros.SourceDeNumeros`; :meth:`confirmer` finds out whether others were given them."""
        nouveaux = self.registre.prochains_numeros(len(self.servis) + nombre)[len(self.servis) :]
        self.servis += nouveaux
        return nouveaux

    def confirmer(self) -> None:
        """Reserve what was announced, under the ledger's lock."""
        if self.registre.reserver(len(self.servis), specification=self.specification) != self.servis:
            raise _Devance


def preparer_sans_montrer(
    registre: Registre,
    preparer: Callable[..., DepotPrepare],
    sortie: str | os.PathLike[str],
    vague: Specification,
    jour: date,
    *,
    premier: Callable[[], int],
    remplace: Callable[[], Mapping[str, str]],
    admettre: Collection[Admissible],
) -> DepotPrepare:
    """Build a folder out of sight, then reserve and record it in the caller's transaction.

    ``premier`` asks for the number of the first file, ``remplace`` says what each number replaces once the folder is built.
    Documents are opened and zips written before the ledger's lock is taken.  If somebody else was given the same numbers
    meanwhile, the folder is built again.
    """
    connexion = registre.connexion
    assert connexion is not None
    reprendre(registre, sortie, jour=jour)
    essai = 0
    while True:
        essai += 1
        if essai == _ESSAIS:
            registre.reserver(0)  # takes the lock
        numeros, rang = NumerosAnnonces(registre, vague), premier()
        inscrire = Inscription(registre, jour, remplace, vague, cache=True, admettre=admettre)
        avant = partial(_sous_le_verrou, numeros, inscrire, rang, premier)
        with contextlib.suppress(_Devance):
            depot = preparer(premier_fichier=rang, numeros=numeros, avant=avant, montrer=False)
            break
    assert depot.cache is not None
    reste = depot.cache.cache
    permission = partial(registre.exiger_la_validation, tuple(fichiers_json(reste)), dossier=reste)
    cache = evolve(depot.cache, permission=permission)
    if EMPRUNTEE not in connexion.get_execution_options():
        _oublier_si_annulee(connexion, depot.cache)
    return evolve(depot, cache=cache, conseils=(*inscrire.conseils, *depot.conseils))


def _sous_le_verrou(
    numeros: NumerosAnnonces, inscrire: Inscription, rang: int, premier: Callable[[], int], dossier: Path
) -> None:
    with numeros.registre.ensemble():
        numeros.confirmer()
        if premier() != rang:
            raise _Devance
        inscrire(dossier)


#: The hidden folders of each open transaction; they hold no reference to its connection.
_EN_COURS: Final[WeakKeyDictionary[Connection, list[DossierCache]]] = WeakKeyDictionary()


def _oublier_si_annulee(connexion: Connection, cache: DossierCache) -> None:
    """Remove a hidden folder when the transaction in which it was recorded is rolled back."""
    # A listener cannot be removed while its event is dispatched, so a long-lived connection gets a single one.
    if not event.contains(connexion, "rollback", _annulee):
        for nom, suite in (("commit", _validee), ("rollback", _annulee)):
            event.listen(connexion, nom, suite)
            event.listen(connexion, f"{nom}_twophase", suite)
    _EN_COURS.setdefault(connexion, []).append(cache)


def _validee(connexion: Connection, *_: object) -> None:
    _EN_COURS.pop(connexion, None)


def _annulee(connexion: Connection, *_: object) -> None:
    for dossier in _EN_COURS.pop(connexion, ()):
        dossier.oublier()


def montrer_depot(registre: Registre, sortie: str | os.PathLike[str]) -> Path:
    """Show the folder of a preparation whose transaction was committed, if nobody has shown it yet; return the folder.

    This is for a program that was killed between its commit and ``.montrer()``, and for a process other than the one that
    prepared.  A folder whose files the ledger knows, and that is already shown, stays as it is.

    Raises :class:`~segur_pha.RegistreError` when no such folder waits beside ``sortie``, or its transaction is not committed;
    :class:`~segur_pha.DepotRefuse` when it cannot be shown.

    >>> from segur_pha.registre import Registre
    >>> with Registre("sqlite://") as registre:
    ...     montrer_depot(registre, "depot-de-novembre")
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.RegistreError: depot-de-novembre : aucun dossier préparé et inscrit n’attend ici d’être montré.
    """
    dossier = Path(sortie).absolute()
    restes = {frozenset(fichiers): reste for reste, fichiers in restes_inscrits(registre, dossier)}
    if not restes and _est_au_registre(registre, dossier):
        return dossier
    if not restes:
        raise RegistreError(f"{dossier.name} : aucun dossier préparé et inscrit n’attend ici d’être montré.")
    if len(restes) > 1:
        raise RegistreError(
            f"{dossier.name} : plusieurs dossiers préparés attendent d’être montrés sous ce nom ; abandonnez les fichiers de "
            "ceux qui sont de trop (segur-pha registre abandonner), puis recommencez."
        )
    for fichiers, reste in restes.items():
        registre.exiger_la_validation(fichiers, dossier=reste)
        DossierCache(reste, dossier).montrer()
    return dossier


def _est_au_registre(registre: Registre, dossier: Path) -> bool:
    """Tell whether a visible folder is a deposit whose files were recorded and not given up."""
    try:
        fichiers = fichiers_json(dossier)
    except DepotRefuse:
        return False
    vivants = {f.fichier for f in registre.fichiers() if f.phase is not PhaseFichier.ABANDONNE}
    return bool(fichiers) and vivants.issuperset(fichiers)
