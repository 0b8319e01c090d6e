"""What a folder holds beside what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.depot.manifeste import MANIFESTE, empreinte
from segur_pha.depot.systeme import laisse_par
from segur_pha.rapports.tableau import accorder
from segur_pha.vagues.va1.limites import LIMITES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from segur_pha.depot.manifeste import FichierDepose, Manifeste

__all__ = ["ecarts", "pieces_des_zips_manquants", "zip_manquant"]

_MANQUE: Final = "annoncé par le manifeste, ce fichier manque : remettez-le, ou préparez le dépôt de nouveau"
_CHANGE: Final = "ce fichier a changé depuis la préparation : préparez le dépôt de nouveau"
_EN_TROP: Final = "ce fichier n’est pas dans le manifeste : retirez-le"
_AUTRES_PIECES: Final = "les pièces des zips ne sont pas celles que le manifeste annonce : préparez le dépôt de nouveau"


def ecarts(
    dossier: Path, manifeste: Manifeste, presents: AbstractSet[str], vues: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Compare a folder with its manifest: the file, and what is wrong with it.

    ``presents``: the files of the folder without the manifest; ``vues``: each document of the zips → its SHA-256.
    """
    annonces = {fichier.nom: fichier for fichier in manifeste.fichiers}
    for nom in sorted(annonces.keys() | presents):
        if nom not in presents:
            yield nom, zip_manquant(len(annonces[nom].pieces)) if annonces[nom].pieces else _MANQUE
        elif nom in annonces:
            if not _inchange(dossier / nom, annonces[nom]):
                yield nom, _CHANGE
        elif not laisse_par(nom):
            yield nom, _EN_TROP
    perdues = pieces_des_zips_manquants(manifeste, presents)
    pieces = {p.nom: p.sha256 for fichier in manifeste.fichiers for p in fichier.pieces if p.nom not in perdues}
    if vues != pieces:
        yield MANIFESTE, _AUTRES_PIECES


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


def _inchange(chemin: Path, annonce: FichierDepose) -> bool:
    """Compare sizes first: a file of any size may lie there, and no larger one is deposited than a zip."""
    octets = chemin.stat().st_size
    if octets != annonce.octets or octets > LIMITES.octets_par_zip:
        return False
    return empreinte(chemin) == (annonce.octets, annonce.sha256)
