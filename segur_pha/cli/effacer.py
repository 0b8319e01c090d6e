"""``segur-pha registre effacer``: the personal values of a pharmacy go, and what still holds them is named."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer
from segur_pha.cli.montrer import rendre_les_demandes
from segur_pha.cli.options import Forme
from segur_pha.cli.ouverture import PAR_DEFAUT, Jour, OuEstLeRegistre, jour_du_fait, ouvrir
from segur_pha.depot.dossier import A_MONTRER
from segur_pha.erreurs import RegistreError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, nom_lisible
from segur_pha.restes import PIECES_DEPLIEES, restes_presents, retirer_les_restes

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["effacer"]


def effacer(
    finess: Annotated[str, Parameter(help="Le FINESS de l’officine.")],
    /,
    *,
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Efface du journal les données personnelles d’une officine ; l’historique reste.

    Les copies du registre qui sont à côté de lui et les contiennent encore sont nommées.

    Exemple :

        segur-pha registre effacer 990000010
    """
    with ouvrir(registre, existant=True) as livre:
        livre.effacer(finess, jour=jour_du_fait(jour))
        retirer_les_restes(Path(tempfile.gettempdir()), debut=PIECES_DEPLIEES, fins=("",))
        copies, restes = _a_cote(registre, finess.upper())
        if forme == "json":
            demandes = [d for d in livre.chercher(finess) if d.finess_geo == finess.upper()]
            return rendre_les_demandes(livre, demandes, copies=copies, restes=restes)
    montrer(f"Officine {finess} : données personnelles effacées du registre.")
    if copies:
        _nommer("À supprimer", "ces copies du registre, à côté de lui, les contiennent encore", copies)
    if restes:
        _nommer("À vérifier", "ces restes de commandes interrompues, à côté du registre, peuvent les contenir", restes)
    montrer(
        "Cette commande ne voit ni vos exports, ni vos dossiers de dépôt, ni les copies et les sauvegardes rangées ailleurs : "
        "supprimez-y aussi ces données."
    )
    return 0


def _nommer(quoi: str, pourquoi: str, noms: Sequence[str]) -> None:
    montrer(Phrase(Marque(quoi, Niveau.ATTENTION), f" : {pourquoi} : {', '.join(map(nom_lisible, noms))}."))


def _a_cote(registre: str, finess: str) -> tuple[list[str], list[str]]:
    """Name what lies beside a SQLite ledger and may still hold the values: its copies, and what interrupted commands left."""
    from segur_pha.registre.adresse import fichier_de, lire_adresse
    from segur_pha.registre.copies import copies_qui_gardent

    fichier = fichier_de(lire_adresse(registre))
    if fichier is None:
        return [], []
    dossier = fichier.parent
    retirer_les_restes(dossier)
    try:
        restes = restes_presents(dossier, A_MONTRER)
        return [nom for nom in copies_qui_gardent(fichier, finess) if nom not in restes], restes
    except OSError as erreur:
        raise RegistreError(
            f"Données personnelles effacées du registre, mais son dossier {nom_lisible(dossier.name)} ne se lit pas : les copies qui "
            "les contiennent encore n’ont pas été cherchées. Vérifiez vos droits d’accès, puis recommencez."
        ) from erreur
