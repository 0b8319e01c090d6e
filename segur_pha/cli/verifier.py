"""``segur-pha verifier``: is this folder ready to upload?"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from pathlib import Path  # noqa: TC003 - same
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from segur_pha.cli.avancement import avancement
from segur_pha.cli.console import montrer, sortir, sortir_json
from segur_pha.cli.fautes import Fautes, ListeDesFautes, montrer_les_conseils, montrer_les_fautes
from segur_pha.cli.objets import objet_du_constat
from segur_pha.cli.options import EST_UN_JOUR, Vague, specification_de
from segur_pha.cli.ouverture import aujourd_hui
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.cli.suite import apres_la_verification
from segur_pha.depot.affichage import page_de_verification
from segur_pha.depot.manifeste import manifeste_du_dossier
from segur_pha.depot.verification import verifier_depot
from segur_pha.erreurs import SegurError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder
from segur_pha.vagues import vagues

if TYPE_CHECKING:
    from segur_pha.depot.resultats import Verification

__all__ = ["verifier"]


def verifier(
    dossier: Annotated[Path, Parameter(help="Le dossier à déposer, préparé ici ou ailleurs.")],
    /,
    *,
    jour: Annotated[
        date | None,
        EST_UN_JOUR,
        Parameter(
            help="Jour du dépôt, JJ/MM/AAAA : compare aussi les noms des fichiers à ce jour. Les commandes plus tardives sont "
            "signalées ; sans cette option, celles d’après aujourd’hui."
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["texte", "json", "html"], Parameter(help="Forme du résultat : json pour un programme, html à imprimer.")
    ] = "texte",
    fautes: Fautes = None,
    vague: Vague = None,
) -> int:
    """Vérifie un dossier avant son dépôt : fichiers JSON, zips, pièces, et leur accord.

    Code de sortie : 0 tout est bon, 1 quelque chose est à corriger, 2 le dossier ne se lit pas.

    Exemple :

        segur-pha verifier depot
    """
    liste = ListeDesFautes(fautes)
    verifier_les_sorties(*liste.a_ecrire())
    with avancement() as suivi:
        verification = verifier_depot(
            dossier,
            jour=jour,
            aujourd_hui=aujourd_hui(None),
            suivi=suivi,
            specification=specification_de(vague or _vague_du_dossier(dossier)),
        )
    liste.ecrire(verification.fautes)
    if format == "json":
        sortir_json(_objet(verification))
    elif format == "html":
        sortir(page_de_verification(verification, str(dossier)))
    else:
        _montrer(verification, dossier, jour)
    return 0 if verification.bon else 1


def _vague_du_dossier(dossier: Path) -> str | None:
    """Give the wave that a folder says itself to be of; ``None`` where it does not say, or says one that nobody knows."""
    try:
        nom = manifeste_du_dossier(dossier).specification
    except (SegurError, OSError):
        # What is wrong with it is for the verification to tell.
        return None
    return nom if nom in {connue.nom for connue in vagues().values()} else None


def _objet(verification: Verification) -> dict[str, object]:
    return {
        "version": 1,
        "bon": verification.bon,
        "nombre_demandes": verification.demandes,
        "nombre_fichiers_json": verification.fichiers_json,
        "nombre_zips": verification.zips,
        "nombre_pieces": verification.pieces,
        "fautes": [objet_du_constat(faute) for faute in verification.fautes],
        "conseils": [objet_du_constat(conseil) for conseil in verification.conseils],
    }


def _montrer(verification: Verification, dossier: Path, jour: date | None) -> None:
    contenu = ", ".join(
        (
            accorder(verification.demandes, "demande"),
            accorder(verification.fichiers_json, "fichier JSON", "fichiers JSON"),
            accorder(verification.zips, "zip"),
            accorder(verification.pieces, "pièce"),
        )
    )
    montrer_les_fautes(verification.fautes)
    montrer_les_conseils(verification.conseils)
    etat = Marque("bon à déposer", Niveau.BON) if verification.bon else Marque("à corriger", Niveau.MAUVAIS)
    montrer(
        Phrase("Dossier ", etat, f" : {contenu}."), *apres_la_verification(dossier, bon=verification.bon, jour=jour)
    )
