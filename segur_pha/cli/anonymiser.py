"""``segur-pha anonymiser``: a real file made fit to be shown."""

from __future__ import annotations

import secrets
from pathlib import Path  # noqa: TC003 - cyclopts reads the annotations
from typing import Annotated

from cyclopts import Parameter

from segur_pha.anonymiser import anonymiser as masquer
from segur_pha.cli.console import montrer, sortir
from segur_pha.cli.vague import Vague, specification_de
from segur_pha.fichiers import ecrire_sans_ecraser

__all__ = ["anonymiser"]


def anonymiser(
    fichier: Annotated[Path, Parameter(help="Un fichier de demandes, ou une réponse du portail.")],
    sortie: Annotated[Path | None, Parameter(help="Le fichier à écrire ; l’écran par défaut.")] = None,
    /,
    *,
    graine: Annotated[
        str | None,
        Parameter(
            help="Mot secret : le même donne les mêmes remplaçants dans plusieurs fichiers. Tiré au sort par défaut."
        ),
    ] = None,
    vague: Vague = None,
) -> int:
    """Remplace noms, adresses, téléphones et identifiants par d’autres, justes ou fautifs comme les vrais.

    Dates, montants et codes restent. Relisez le résultat avant de le montrer. N’écrase jamais un fichier.

    Exemple :

        segur-pha anonymiser retour.json retour-anonyme.json
    """
    octets = masquer(fichier, graine=graine or secrets.token_hex(), specification=specification_de(vague))
    if sortie is None:
        sortir(octets)
    else:
        montrer(f"Fichier anonymisé : {ecrire_sans_ecraser(sortie, octets)}")
    return 0
