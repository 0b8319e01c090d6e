"""``segur-pha operateurs``: find the code of an operator of secure health messaging."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer, montrer_erreur, sortir_json
from segur_pha.cli.options import TexteOuJson
from segur_pha.rapports.tableau import Marque, Niveau, Tableau
from segur_pha.vagues.va1.operateurs import chercher_operateurs
from segur_pha.vagues.va1.operateurs import operateurs as tous_les_operateurs

__all__ = ["operateurs"]


def operateurs(
    *recherche: Annotated[
        str, Parameter(help="Une partie du nom ou du code ; accents et majuscules sont indifférents.")
    ],
    format: TexteOuJson = "texte",  # noqa: A002 - the option's name
) -> int:
    """Cherche un opérateur de messagerie et son code pour operateurMessagerie, le plus probable d’abord.

    Sans recherche : les 355 opérateurs. Code de sortie : 1 si rien ne correspond.

    Exemple :

        segur-pha operateurs orleans
    """
    trouves = chercher_operateurs(" ".join(recherche)) if recherche else tous_les_operateurs()
    if format == "json":
        sortir_json([{"code": o.code, "libelle": o.libelle} for o in trouves])
    elif trouves:
        montrer(Tableau(("Code", "Opérateur"), [(Marque(o.code, Niveau.BON), o.libelle) for o in trouves]))
    else:
        montrer_erreur("Aucun opérateur ne correspond. Essayez une partie du nom, ou une ville.")
    return 0 if trouves else 1
