"""``segur-pha controler``: files in, the verdict of both controls out."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - cyclopts resolves the annotations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from segur_pha.cli.messages import UsageErrone, option_inconnue
from segur_pha.cli.options import EST_UN_JOUR, Finess, Vague, ouvrir_le_repertoire, specification_de
from segur_pha.cli.verdicts import ENTREE, FormeDuVerdict, rendre_les_verdicts
from segur_pha.controle.conseils import conseils_de

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.table.specification import Specification

__all__ = ["controler"]

_OPTIONS: Final = (
    "--complet",
    "--format",
    "--statistiques",
    "--retour",
    "--asp",
    "--jour",
    "--sans",
    "--finess",
    "--vague",
    "--help",
)


def controler(
    *fichiers: Annotated[
        str, Parameter(help="Fichiers JSON de demandes ; « - » pour l’entrée standard.", allow_leading_hyphen=True)
    ],
    complet: Annotated[
        bool, Parameter(help="Montre toutes les anomalies, les demandes acceptées et les conseils.", negative="")
    ] = False,
    format: Annotated[  # noqa: A002 - the option's name
        FormeDuVerdict,
        Parameter(
            help="Forme du rapport, écrit sur la sortie standard ; junit, pour un serveur d’intégration continue."
        ),
    ] = "texte",
    statistiques: Annotated[
        bool, Parameter(help="Compte plutôt les anomalies et les conseils par nature (texte ou csv).", negative="")
    ] = False,
    retour: Annotated[
        Path | None,
        Parameter(
            help="Écrit aussi ce verdict sous la forme d’une réponse, avec nos codes : ce n’est pas la réponse du portail "
            "(un seul fichier contrôlé ; n’écrase rien)."
        ),
    ] = None,
    asp: Annotated[
        str,
        Parameter(
            help="Avec --retour : donne aux demandes acceptées un numéroASP inventé, qui commence ainsi (essais).",
            show_default=False,
        ),
    ] = "",
    jour: Annotated[
        date | None, EST_UN_JOUR, Parameter(help="Jour du contrôle, JJ/MM/AAAA. Par défaut : aujourd’hui.")
    ] = None,
    sans: Annotated[
        list[str] | None,
        Parameter(help="Conseils à taire, par leur identifiant : --sans finess-cle,siret-cle.", negative=""),
    ] = None,
    finess: Finess = None,
    vague: Vague = None,
) -> int:
    """Contrôle des fichiers de demandes d’après le guide : la structure du fichier, puis chaque demande.

    Code de sortie : 0 tout est accepté, 1 une demande au moins est rejetée, 2 un fichier est refusé ou illisible.

    Exemple :

        segur-pha controler JSON-ANS0000001-20221115-001.json --complet
    """
    specification = specification_de(vague)
    tus = _conseils_tus(sans or [], specification)
    _verifier(fichiers, retour)
    if asp and retour is None:
        raise UsageErrone("--asp ne sert qu’avec --retour.")
    if statistiques and format not in {"texte", "csv"}:
        raise UsageErrone("--statistiques ne va qu’avec --format texte ou csv.")
    return rendre_les_verdicts(
        fichiers,
        forme=format,
        complet=complet,
        statistiques=statistiques,
        retour=retour,
        asp=asp,
        jour=jour,
        sans=tus,
        categories=ouvrir_le_repertoire(finess),
        specification=specification,
    )


def _verifier(fichiers: Sequence[str], retour: Path | None) -> None:
    if not fichiers:
        raise UsageErrone("Indiquez au moins un fichier à contrôler, ou « - » pour l’entrée standard.")
    for nom in fichiers:
        # « - » begins with a hyphen too, so cyclopts lets every such word through to here, those after « -- » included.
        if nom.startswith("-") and nom != ENTREE and not Path(nom).exists():
            raise UsageErrone(option_inconnue(nom, _OPTIONS))
    if fichiers.count(ENTREE) > 1:
        raise UsageErrone("« - », l’entrée standard, ne se lit qu’une fois.")
    if retour is not None and len(fichiers) > 1:
        raise UsageErrone("--retour ne va qu’avec un seul fichier à contrôler.")


def _conseils_tus(sans: Sequence[str], specification: Specification) -> frozenset[str]:
    tus = frozenset(nom for liste in sans for nom in liste.split(","))
    connus = conseils_de(specification)
    inconnus = sorted(tus - connus.keys())
    if inconnus:
        raise UsageErrone(f"Conseils inconnus : {', '.join(inconnus)}.\nConnus : {', '.join(connus)}.")
    return tus
