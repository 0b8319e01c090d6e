"""The names of the ledger's files: which one comes next, which ones are taken, which file is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.erreurs import NomInvalide, RegistreError
from segur_pha.registre.base import les_fichiers
from segur_pha.registre.etats import PhaseFichier
from segur_pha.registre.evenements import FichierPrepare

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from segur_pha.registre.evenements import Evenement
    from segur_pha.table.noms import NomDeFichier
    from segur_pha.table.specification import Specification

__all__ = ["empreinte_de", "prochain_fichier", "refuser_les_noms_pris"]

#: A file in one of these phases is, or may still be, on the portal under its name.
_VIVANTS: Final = frozenset({PhaseFichier.PREPARE, PhaseFichier.DEPOSE})


def prochain_fichier(connexion: Connection, numero_ans: str, jour: date, specification: Specification) -> int:
    """Give the number (NNN) that follows those of a day's files, but for those that were given up."""
    vivants = (e for e in les_fichiers(connexion) if e.phase is not PhaseFichier.ABANDONNE)
    noms = [_nom_ou_rien(etat.nom, specification) for etat in vivants]
    return 1 + max((n.numero for n in noms if n and (n.numero_ans, n.jour) == (numero_ans, jour)), default=0)


def _nom_ou_rien(nom: str, specification: Specification) -> NomDeFichier | None:
    try:
        return specification.nom_de_fichier.lire(nom)
    except NomInvalide:
        return None


def refuser_les_noms_pris(connexion: Connection, evenements: Iterable[Evenement]) -> None:
    """Refuse to prepare a file under the name of another one that is prepared or deposited (whatever the case)."""
    vivants = {etat.nom.casefold(): etat for etat in les_fichiers(connexion) if etat.phase in _VIVANTS}
    for evenement in evenements:
        if not isinstance(evenement, FichierPrepare):
            continue
        pris = vivants.get(evenement.nom.casefold())
        if pris is not None and pris.fichier != evenement.fichier:
            raise RegistreError(
                f"Un autre fichier {pris.nom} est au registre ({pris.phase}) : donnez au nouveau le numéro suivant de ce jour "
                "(--premier-fichier), ou notez l’abandon du premier s’il ne partira pas."
            )


def empreinte_de(connexion: Connection, cle: str) -> str:
    """Find a file by its SHA-256 or its name; of several that bore the name, the one that is prepared or deposited."""
    trouves = [etat for etat in les_fichiers(connexion) if cle in {etat.fichier, etat.nom}]
    vivants = [etat for etat in trouves if etat.phase in _VIVANTS]
    if len(trouves) > 1 and len(vivants) != 1:
        raise RegistreError(
            f"Plusieurs fichiers s’appellent {cle} : indiquez l’empreinte SHA-256 de celui dont il s’agit."
        )
    if not trouves:
        raise RegistreError(f"Fichier inconnu du registre : {cle}. Vérifiez son nom, et que c’est bien ce registre.")
    return (vivants if len(trouves) > 1 else trouves)[0].fichier
