"""The numbers of requests, each served once (section 3.2, decision 17), and the names of files: the next one, those taken."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from segur_pha.erreurs import NomInvalide, RegistreError
from segur_pha.registre import tables
from segur_pha.registre.base import ecrire_reglages, enregistrer, les_fichiers, lire_reglages, lots
from segur_pha.registre.etats import PhaseFichier
from segur_pha.registre.evenements import DemandePreparee, FichierPrepare, NumerosReserves

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from segur_pha.registre.evenements import Evenement
    from segur_pha.table.noms import NomDeFichier
    from segur_pha.table.specification import Specification

__all__ = [
    "CHOISIR_LE_DEPOSE",
    "AvertissementNumeros",
    "empreinte_de",
    "numeros_restants",
    "prochain_fichier",
    "prochains",
    "refuser_les_noms_pris",
    "refuser_les_numeros_semblables",
    "reglages_initiaux",
    "regler_les_numeros",
    "reserver",
    "verifier_reglages",
]

_LOT: Final = 500
_MARGE: Final = 10
_LETTRES: Final = 2
#: The share of served numbers from which a caller who reserves more is warned.
_SEUIL_DIXIEMES: Final = 9

CHIFFRES: Final = "0123456789"


class AvertissementNumeros(UserWarning):
    """Nine numbers out of ten are used up."""


def verifier_reglages(alphabet: str, premier: str, longueur: int) -> None:
    """Refuse an alphabet or a first number that cannot make numbers of that length (file names must differ by more than case)."""
    differentes = len(set(alphabet.casefold()))
    if not alphabet.isascii() or not alphabet.isalnum() or differentes < max(len(alphabet), _LETTRES):
        raise RegistreError(
            "Alphabet des numéros : indiquez au moins deux chiffres ou lettres sans accent, tous différents, sans mêler une "
            "majuscule et sa minuscule."
        )
    if len(premier) != longueur or not set(premier) <= set(alphabet):
        raise RegistreError(f"Premier numéro : indiquez {longueur} caractères de l’alphabet « {alphabet} ».")


def _numero(rang: int, alphabet: str, longueur: int) -> str:
    """Write a rank in an alphabet: the n-th number of that length, counting from 0."""
    lettres = []
    for _ in range(longueur):
        rang, reste = divmod(rang, len(alphabet))
        lettres.append(alphabet[reste])
    return "".join(reversed(lettres))


def _rang(numero: str, alphabet: str) -> int:
    rang = 0
    for lettre in numero:
        rang = rang * len(alphabet) + alphabet.index(lettre)
    return rang


def prochains(connexion: Connection, nombre: int) -> tuple[list[str], int]:
    """Return the next unused numbers, and where the count is after them; raises when fewer than that are left."""
    reglages = lire_reglages(connexion)
    alphabet, position = reglages["alphabet"], int(reglages["position"])
    longueur = len(reglages["premier"])
    total = len(alphabet) ** longueur
    if nombre > total - position:
        raise _epuises(total - position, nombre)
    servis: list[str] = []
    while len(servis) < nombre and position < total:
        # Most of the numbers ahead are free: one query finds the few that came with orders.
        lot = min(_LOT, 2 * (nombre - len(servis)) + _MARGE)
        candidats = [_numero(rang, alphabet, longueur) for rang in range(position, min(position + lot, total))]
        plis = [candidat.casefold() for candidat in candidats]
        pris = set(connexion.scalars(select(tables.numeros.c.pli).where(tables.numeros.c.pli.in_(plis))))
        for candidat, pli in zip(candidats, plis, strict=True):
            if len(servis) == nombre:
                break
            position += 1
            if pli not in pris:
                servis.append(candidat)
    if len(servis) < nombre:
        raise _epuises(len(servis), nombre)
    return servis, position


def reserver(connexion: Connection, nombre: int, specification: str) -> list[str]:
    """Serve numbers, under the ledger's lock; see :meth:`~segur_pha.registre.Registre.reserver`."""
    servis, position = prochains(connexion, nombre)
    reglages = lire_reglages(connexion)
    alphabet = reglages["alphabet"]
    premier, total = _rang(reglages["premier"], alphabet), len(alphabet) ** len(reglages["premier"])
    if servis:
        enregistrer(connexion, [NumerosReserves(specification=specification, numeros=tuple(servis))])
        ecrire_reglages(connexion, {"position": str(position)})
    if (position - premier) * 10 >= (total - premier) * _SEUIL_DIXIEMES:
        warnings.warn(
            f"Plus que {total - position} numéros éditeur au registre : élargissez bientôt son alphabet.",
            AvertissementNumeros,
            stacklevel=3,
        )
    return servis


def _epuises(restants: int, nombre: int) -> RegistreError:
    return RegistreError(
        f"Numéros éditeur restants : {restants}, demandés : {nombre} ; élargissez l’alphabet du registre (par "
        "exemple aux majuscules)."
    )


def numeros_restants(connexion: Connection) -> int:
    """Count the numbers that are still ahead."""
    reglages = lire_reglages(connexion)
    total: int = len(reglages["alphabet"]) ** len(reglages["premier"])
    return total - int(reglages["position"])


def regler_les_numeros(connexion: Connection, alphabet: str, premier: str) -> None:
    """Change the alphabet and the first number after checking them; the numbers used up so far remain used up."""
    ecrire_reglages(connexion, {"alphabet": alphabet, "premier": premier, "position": str(_rang(premier, alphabet))})


def reglages_initiaux(alphabet: str | None, premier: str | None, longueur: int) -> dict[str, str]:
    """Return the settings of a new ledger whose numbers have that length."""
    alphabet = alphabet or CHIFFRES
    ordinaire = f"{1:0{longueur}}"
    premier = premier or (ordinaire if set(ordinaire) <= set(alphabet) else alphabet[0] * longueur)
    verifier_reglages(alphabet, premier, longueur)
    return {
        "version": str(tables.VERSION),
        "verrou": "",
        "alphabet": alphabet,
        "premier": premier,
        "position": str(_rang(premier, alphabet)),
    }


#: The phases in which a file is, or may still be, on the portal under its name.
_VIVANTS: Final = frozenset({PhaseFichier.PREPARE, PhaseFichier.DEPOSE})


def prochain_fichier(connexion: Connection, numero_ans: str, jour: date, specification: Specification) -> int:
    """Return the number (NNN) that follows those of a day's files, ignoring the files that were given up."""
    vivants = (e for e in les_fichiers(connexion) if e.phase is not PhaseFichier.ABANDONNE)
    noms = [_nom_ou_rien(etat.nom, specification) for etat in vivants]
    return 1 + max((n.numero for n in noms if n and (n.numero_ans, n.jour) == (numero_ans, jour)), default=0)


def _nom_ou_rien(nom: str, specification: Specification) -> NomDeFichier | None:
    try:
        return specification.nom_de_fichier.lire(nom)
    except NomInvalide:
        return None


#: What can be done about a name that another file bears: where a new file is prepared, and where a deposited one is recorded.
_AUTRE_NOM: Final = (
    "donnez au nouveau le numéro suivant de ce jour (--premier-fichier), ou notez l’abandon du premier "
    "s’il ne partira pas"
)
CHOISIR_LE_DEPOSE: Final = (
    "celui que vous inscrivez a un autre contenu. Si c’est lui qui est sur le portail, notez d’abord l’abandon de l’autre "
    "(registre abandonner), ou son refus (registre refuser), en indiquant le dossier où il est, puis recommencez"
)


def refuser_les_noms_pris(connexion: Connection, evenements: Iterable[Evenement], suite: str = _AUTRE_NOM) -> None:
    """Refuse a file under the name of another one that is prepared or deposited, whatever the case; ``suite``: what to do."""
    vivants = {etat.nom.casefold(): etat for etat in les_fichiers(connexion) if etat.phase in _VIVANTS}
    for evenement in evenements:
        if not isinstance(evenement, FichierPrepare):
            continue
        pris = vivants.get(evenement.nom.casefold())
        if pris is not None and pris.fichier != evenement.fichier:
            raise RegistreError(f"Un autre fichier {pris.nom} est au registre ({pris.phase}) : {suite}.")


def refuser_les_numeros_semblables(connexion: Connection, evenements: Iterable[Evenement]) -> None:
    """Refuse to prepare a request whose number differs by case only from another one: their documents would share a name."""
    nouveaux = {(e.specification, e.numero_editeur) for e in evenements if isinstance(e, DemandePreparee)}
    n = tables.numeros.c
    connus = {
        (vague, numero)
        for lot in lots({numero.casefold() for _, numero in nouveaux})
        for vague, numero in connexion.execute(select(n.specification, n.numero_editeur).where(n.pli.in_(lot)))
    }
    par_pli: dict[tuple[str, str], set[str]] = {}
    for vague, numero in nouveaux | connus:
        par_pli.setdefault((vague, numero.casefold()), set()).add(numero)
    for vague, numero in sorted(nouveaux):
        autres = par_pli[vague, numero.casefold()] - {numero}
        if autres:
            raise RegistreError(
                f"Demande {numero} : ce numéro ne diffère que par la casse de {min(autres)}, et leurs pièces porteraient le même nom "
                "sur un disque de Windows. Donnez-lui un autre numéro."
            )


def empreinte_de(connexion: Connection, cle: str) -> str:
    """Find a file by its SHA-256 or its name; of several that have had the name, the one that is prepared or deposited."""
    trouves = [etat for etat in les_fichiers(connexion) if cle in {etat.fichier, etat.nom}]
    vivants = [etat for etat in trouves if etat.phase in _VIVANTS]
    if len(trouves) > 1 and len(vivants) != 1:
        raise RegistreError(
            f"Plusieurs fichiers s’appellent {cle} : indiquez l’empreinte SHA-256 de celui dont il s’agit."
        )
    if not trouves:
        raise RegistreError(f"Fichier inconnu du registre : {cle}. Vérifiez son nom, et que c’est bien ce registre.")
    return (vivants if len(trouves) > 1 else trouves)[0].fichier
