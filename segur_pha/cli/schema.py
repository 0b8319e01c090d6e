"""``segur-pha schema``: the JSON Schemas of the files of requests, and of what the commands print for programs."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path  # noqa: TC003 - cyclopts reads the annotations
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir, sortir_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.options import Vague, specification_de
from segur_pha.erreurs import SegurError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, sans_controle

if TYPE_CHECKING:
    from segur_pha.table.specification import Specification

__all__ = ["schema", "schema_de_sortie"]

#: The commands that write for programs; a hyphen stands for the blank before a subcommand.
Sortie: TypeAlias = Literal[
    "controler",
    "preparer",
    "verifier",
    "retour",
    "resoumettre",
    "etat",
    "registre-abandonner",
    "registre-annuler",
    "registre-copier",
    "registre-creer",
    "registre-decider",
    "registre-deposer",
    "registre-dossier",
    "registre-effacer",
    "registre-importer",
    "registre-inscrire",
    "registre-lister",
    "registre-montrer",
    "registre-noter",
    "registre-payer",
    "registre-refuser",
    "registre-regulariser",
    "registre-relancer",
    "registre-soldables",
    "registre-soldes",
    "registre-verifier",
    "expliquer",
    "operateurs",
    "avance",
    "certificats",
    "certificats-plan",
    "fautes",
    "erreur",
]

_RENVOI: Final = re.compile(r'"#/\$defs/(\w+)"')


def schema(
    *,
    sortie: Annotated[
        Sortie | None, Parameter(help="Plutôt le schéma de ce que cette commande écrit avec --format json.")
    ] = None,
    comparer: Annotated[
        Path | None,
        Parameter(help="Compare plutôt la table avec ce fichier, comme le modèle que le portail offre à télécharger."),
    ] = None,
    vague: Vague = None,
) -> int:
    """Affiche le schéma JSON (draft 2020-12) d’un fichier de demandes, ou de ce qu’une commande écrit en JSON.

    Avec --comparer : dit si un modèle a les balises de la table. Code de sortie : 0 les mêmes, 1 des différences,
    2 le modèle ne se lit pas.

    Exemples :

        segur-pha schema > PHA-LGO-Va1.schema.json
        segur-pha schema --sortie controler > controler.schema.json
        segur-pha schema --comparer MODELE.json
    """
    if comparer is not None:
        if sortie is not None:
            raise UsageErrone("--comparer et --sortie ne vont pas ensemble : donnez l’une ou l’autre.")
        return _comparer(comparer, specification_de(vague))
    if sortie is not None:
        sortir_json(schema_de_sortie(sortie))
        return 0
    from segur_pha.texte_json.schema import texte_du_schema

    sortir(texte_du_schema(specification_de(vague)).encode())
    return 0


def schema_de_sortie(commande: Sortie) -> dict[str, object]:
    """Return the schema of a command's JSON output, with only the definitions to which it refers.

    >>> list(schema_de_sortie("operateurs"))
    ['$schema', '$id', 'title', 'description', 'type', 'items', '$defs']
    """
    entier = json.loads(files("segur_pha.cli").joinpath("sorties.schema.json").read_text(encoding="utf-8"))
    definitions: dict[str, dict[str, object]] = entier["$defs"]
    # Named as by code generators that make classes from a schema: RegistreLister.
    racine = "".join(mot.capitalize() for mot in commande.split("-"))
    utiles: dict[str, object] = {}
    a_voir = [racine]
    while a_voir:
        for nom in _RENVOI.findall(json.dumps(definitions[a_voir.pop()])):
            if nom not in utiles:
                utiles[nom] = definitions[nom]
                a_voir.append(nom)
    tete = {"$schema": entier["$schema"], "$id": f"urn:segur-pha:schema:sortie:{commande}:1"}
    return {**tete, **definitions[racine], **({"$defs": utiles} if utiles else {})}


def _comparer(modele: Path, specification: Specification) -> int:
    """Show how a model of the file differs from the table."""
    from segur_pha.table.comparaison import comparer_au_modele
    from segur_pha.texte_json.lecture import lire_octets, octets_de

    lecture = lire_octets(octets_de(modele, specification.limites), specification.limites)
    if lecture.fautes:
        raise SegurError(f"{modele} : {lecture.fautes[0].libelle}.", code=lecture.fautes[0].code)
    differences = comparer_au_modele(specification.racine, lecture.arbre)
    if not differences:
        memes = Marque("mêmes balises", Niveau.BON)
        montrer(Phrase(f"{modele} et la table {specification.nom} : ", memes, f", les {len(specification.balises)}."))
        return 0
    montrer(
        Tableau(
            ("Place", "Balise de la table", "Balise du modèle", "Différence"),
            [
                (sans_controle(d.chemin) or "/", d.balise, sans_controle(d.dans_le_modele), d.nature.value)
                for d in differences
            ],
        ),
        "",
        Phrase(
            Marque(accorder(len(differences), "différence"), Niveau.MAUVAIS),
            f" avec la table {specification.nom}. Si ce fichier vient du portail, ne déposez rien avant de savoir qui a "
            "raison : le portail refuse en entier un fichier dont la structure n’est pas la sienne.",
        ),
    )
    return 1
