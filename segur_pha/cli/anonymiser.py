"""``segur-pha anonymiser``: a real file made fit to be shown."""

from __future__ import annotations

import secrets
from pathlib import Path  # noqa: TC003 - cyclopts reads the annotations
from typing import Annotated

from cyclopts import Parameter

from segur_pha.anonymiser import anonymiser as masquer
from segur_pha.cli.console import montrer, montrer_erreur, sortir
from segur_pha.cli.options import Vague, specification_de
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.retour.lecture import UTF_8, lire_retour

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
    sans_libelles: Annotated[
        bool, Parameter(help="Vide aussi les libellés de l’ASP, au lieu d’y remplacer ce qui nomme.", negative="")
    ] = False,
    vague: Vague = None,
) -> int:
    """Remplace noms, adresses, téléphones et identifiants par d’autres, justes ou fautifs comme les vrais.

    Dates, montants et codes restent. Relisez le résultat avant de le montrer. N’écrase jamais un fichier.

    Exemple :

        segur-pha anonymiser retour.json retour-anonyme.json
    """
    specification = specification_de(vague)
    lu = lire_retour(fichier, specification=specification)
    if lu.encodage != UTF_8:
        montrer_erreur(f"Le texte n’est pas en UTF-8 ; il a été lu en {lu.encodage}. La copie est en UTF-8.")
    octets = masquer(lu, graine=graine or secrets.token_hex(), sans_libelles=sans_libelles, specification=specification)
    if sortie is None:
        sortir(octets)
    else:
        montrer(f"Fichier anonymisé : {ecrire_sans_ecraser(sortie, octets)}")
    return 0
