"""``segur-pha registre inscrire``: files and answers that existed before the ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path  # noqa: TC003 - cyclopts reads the annotations
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.genre_de_fichier import exiger_du_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.objets import objets_des_remplacements
from segur_pha.cli.options import EST_UN_JOUR, Forme, Vague, specification_de
from segur_pha.cli.ouverture import PAR_DEFAUT, Creer, OuEstLeRegistre, jour_du_fait, ouvrir
from segur_pha.depot.manifeste import json_du_dossier, manifeste_du_dossier
from segur_pha.rapports.tableau import Tableau, accorder, nom_lisible
from segur_pha.texte_json.lecture import octets_de

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from segur_pha.table.specification import Specification

__all__ = ["inscrire"]


def inscrire(
    *fichiers: Annotated[Path, Parameter(help="Des fichiers JSON qui ont été déposés, ou des dossiers de dépôt.")],
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
    forme: Forme = "texte",
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
    depots = [*(dossier or []), *(chemin for chemin in fichiers if chemin.is_dir())]
    fichiers = tuple(chemin for chemin in fichiers if chemin not in depots)
    exiger_du_json(*fichiers, *(retour or []))
    manifestes = {depot: manifeste_du_dossier(depot) for depot in depots}
    specification = _vague(vague, {manifeste.specification for manifeste in manifestes.values()})
    limites = specification.limites
    contenus: dict[str, bytes] = {}
    for chemin in fichiers:
        _ajouter(contenus, {chemin.name: octets_de(chemin, limites)})
    empreintes: dict[str, str] = {}
    for depot, manifeste in manifestes.items():
        _ajouter(contenus, json_du_dossier(depot, manifeste, limites))
        empreintes |= {piece.nom: piece.sha256 for f in manifeste.fichiers for piece in f.pieces}
    reponses = [
        Reponse(chemin.name, octets_de(chemin, limites), jour or _jour_du_fichier(chemin)) for chemin in retour or []
    ]
    with ouvrir(registre, existant=not creer, option_creer=True, specification=specification) as livre:
        reprise = livre.inscrire(contenus, reponses, jour=jour, empreintes=empreintes)
    if forme == "json":
        neufs = {"fichiers": list(reprise.fichiers), "reponses": list(reprise.reponses)}
        sortir_json({"version": 1, **neufs, "remplacements": objets_des_remplacements(reprise.remplace)})
        return 0
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


def _ajouter(contenus: dict[str, bytes], autres: Mapping[str, bytes]) -> None:
    """Add files by name; refuse different files with the same name, which would be taken for one."""
    for nom, octets in autres.items():
        if contenus.setdefault(nom, octets) != octets:
            raise UsageErrone(
                f"Deux fichiers différents portent le nom {nom_lisible(nom)} : donnez seulement celui qui a été déposé. "
                "Rien n’a été inscrit."
            )


def _vague(donnee: str | None, des_dossiers: Collection[str]) -> Specification:
    """Return the wave that was named, otherwise that of the folders."""
    if donnee is None and len(des_dossiers) > 1:
        raise UsageErrone(
            f"Ces dossiers sont de plusieurs vagues ({', '.join(sorted(des_dossiers))}) : inscrivez-les en autant de fois."
        )
    return specification_de(next(iter(des_dossiers), None) if donnee is None else donnee)


def _jour_du_fichier(chemin: Path) -> date:
    return date.fromtimestamp(chemin.stat().st_mtime)  # noqa: DTZ012 - the day on the user's calendar
