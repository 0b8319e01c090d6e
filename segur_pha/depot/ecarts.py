"""What a folder holds beside what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.constats import Constat
from segur_pha.depot.constats import nom_lisible
from segur_pha.depot.manifeste import MANIFESTE, empreinte
from segur_pha.rapports.tableau import accorder
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from segur_pha.depot.manifeste import FichierDuDossier, Manifeste
    from segur_pha.table.specification import Limites

__all__ = ["ecarts", "pieces_des_zips_manquants", "zip_manquant"]

_MANQUE: Final = "annoncé par le manifeste, ce fichier manque : remettez-le, ou préparez le dépôt de nouveau"
_CHANGE: Final = "ce fichier a changé depuis la préparation : préparez le dépôt de nouveau"
_EN_TROP: Final = "ce fichier n’est pas dans le manifeste : retirez-le"
_AUTRES_PIECES: Final = "les pièces des zips ne sont pas celles que le manifeste annonce : préparez le dépôt de nouveau"


def ecarts(
    dossier: Path,
    manifeste: Manifeste,
    presents: AbstractSet[str],
    vues: Mapping[str, str],
    limites: Limites = PAR_DEFAUT.limites,
) -> Iterator[Constat]:
    """Compare a folder with its manifest: what is wrong with each file.

    ``presents``: the files of the folder without the manifest; ``vues``: each document of the zips → its SHA-256.
    """
    annonces = {fichier.nom: fichier for fichier in manifeste.fichiers}
    for nom in sorted(annonces.keys() | presents):
        if nom not in presents:
            yield _ecart(nom, zip_manquant(len(annonces[nom].pieces)) if annonces[nom].pieces else _MANQUE)
        elif nom not in annonces:
            yield _ecart(nom, _EN_TROP)
        elif not _inchange(dossier / nom, annonces[nom], limites):
            yield _ecart(nom, _CHANGE)
    perdues = pieces_des_zips_manquants(manifeste, presents)
    pieces = {p.nom: p.sha256 for fichier in manifeste.fichiers for p in fichier.pieces if p.nom not in perdues}
    if vues != pieces:
        yield _ecart(MANIFESTE, _AUTRES_PIECES)


def _ecart(nom: str, message: str) -> Constat:
    return Constat(code="manifeste", message=message, fichier=nom_lisible(nom))


def pieces_des_zips_manquants(manifeste: Manifeste, presents: AbstractSet[str]) -> frozenset[str]:
    """List the documents whose zip is not there, as the manifest says: the zip is missing, and not each of them."""
    return frozenset(p.nom for fichier in manifeste.fichiers if fichier.nom not in presents for p in fichier.pieces)


def zip_manquant(pieces: int) -> str:
    """Say in one line that a zip is not there, whatever it holds.

    >>> zip_manquant(1)
    'ce zip manque : ce qu’il contient (1 pièce) n’est dans aucun zip, ajoutez-le au dossier ou préparez le dépôt de nouveau'
    """
    contenu = f"ce qu’il contient ({accorder(pieces, 'pièce')}) n’est dans aucun zip"
    return f"ce zip manque : {contenu}, ajoutez-le au dossier ou préparez le dépôt de nouveau"


def _inchange(chemin: Path, annonce: FichierDuDossier, limites: Limites) -> bool:
    """Compare sizes first: a file of any size may lie there, and no larger one is deposited than a zip."""
    octets = chemin.stat().st_size
    if octets != annonce.octets or octets > limites.octets_par_zip:
        return False
    return empreinte(chemin) == (annonce.octets, annonce.sha256)
