"""``segur-pha registre inscrire``: files and answers that were there before the ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path  # noqa: TC003 - cyclopts reads the annotations
from typing import Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.options import EST_UN_JOUR, Vague, specification_de
from segur_pha.cli.ouverture import PAR_DEFAUT, Creer, OuEstLeRegistre, jour_du_fait, ouvrir_ou_creer
from segur_pha.depot.manifeste import json_du_dossier, manifeste_du_dossier
from segur_pha.rapports.tableau import Tableau, accorder
from segur_pha.texte_json.lecture import octets_de

__all__ = ["inscrire"]


def inscrire(
    *fichiers: Annotated[Path, Parameter(help="Des fichiers JSON qui ont été déposés.")],
    retour: Annotated[
        list[Path] | None, Parameter(help="Une réponse du portail ; à répéter pour chacune.", negative="")
    ] = None,
    dossier: Annotated[
        list[Path] | None, Parameter(help="Un dossier de dépôt, avec ses pièces ; à répéter.", negative="")
    ] = None,
    jour: Annotated[
        date | None,
        EST_UN_JOUR,
        Parameter(help="Jour de ce qui ne le dit pas : dépôts sans nom daté, réponses.", show_default=False),
    ] = None,
    vague: Vague = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    creer: Creer = False,
) -> int:
    """Inscrit des fichiers déjà déposés et leurs réponses, pour commencer un registre ou refaire celui qui est perdu.

    L’ordre ne compte pas, et inscrire deux fois ne change rien. Une réponse est du jour de son fichier, sauf --jour.

    Exemple :

        segur-pha registre inscrire JSON-ANS0000001-20221115-001.json --retour retour.json --creer
    """
    from segur_pha.registre.reprise import Reponse

    if not fichiers and not retour and not dossier:
        raise UsageErrone("Indiquez au moins un fichier, une réponse (--retour) ou un dossier de dépôt (--dossier).")
    jour = jour and jour_du_fait(jour)
    specification = specification_de(vague)
    limites = specification.limites
    contenus = {chemin.name: octets_de(chemin, limites) for chemin in fichiers}
    empreintes: dict[str, str] = {}
    for depot in dossier or []:
        manifeste = manifeste_du_dossier(depot)
        contenus |= json_du_dossier(depot, manifeste)
        empreintes |= {piece.nom: piece.sha256 for f in manifeste.fichiers for piece in f.pieces}
    reponses = [
        Reponse(chemin.name, octets_de(chemin, limites), jour or _jour_du_fichier(chemin)) for chemin in retour or []
    ]
    with ouvrir_ou_creer(registre, creer=creer, specification=specification) as livre:
        reprise = livre.inscrire(contenus, reponses, jour=jour, empreintes=empreintes)
    montrer(
        f"{accorder(len(reprise.fichiers), 'fichier inscrit', 'fichiers inscrits')}, "
        f"{accorder(len(reprise.reponses), 'réponse inscrite', 'réponses inscrites')} ; le reste était connu."
    )
    if reprise.remplace:
        montrer(
            "",
            Tableau(("Nouvelle demande", "Remplace la demande rejetée"), list(reprise.remplace.items())),
            "Ces liens sont déduits : même officine, une seule demande rejetée qui attendait. Vérifiez-les.",
        )
    return 0


def _jour_du_fichier(chemin: Path) -> date:
    return date.fromtimestamp(chemin.stat().st_mtime)  # noqa: DTZ012 - the day on the user's calendar
