"""``segur-pha controler``: files in, the verdict of both controls out."""

from __future__ import annotations

import errno
import os
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, montrer_erreur, sortir
from segur_pha.cli.genre_de_fichier import qui_lit_ce_tableau
from segur_pha.cli.messages import UsageErrone, erreur, erreur_du_systeme, option_inconnue, sans_mot_de_passe
from segur_pha.cli.options import EST_UN_JOUR, Finess, Vague, ouvrir_le_repertoire, specification_de
from segur_pha.controle.conseils import conseils_de
from segur_pha.controle.resultats import FichierControle, en_tableau, en_texte_json
from segur_pha.controle.verdict import RapportControle, controler_nomme
from segur_pha.fichiers import ecrire_sans_ecraser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segur_pha.table.specification import Specification

__all__ = ["controler"]

_ENTREE: Final = "-"
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
        Literal["texte", "json", "html", "csv", "junit"],
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
    le_jour = jour or date.today()  # noqa: DTZ011 - the clerk's own day
    # The day in a file's name is only compared with a day that was given: yesterday's file may well be checked today.
    examiner = partial(
        controler_nomme,
        jour=le_jour,
        jour_du_nom=jour,
        categories=ouvrir_le_repertoire(finess),
        sans=tus,
        specification=specification,
    )
    controles = [_controler_un(nom, examiner, specification) for nom in fichiers]
    if retour is not None and format == "json":
        # A program reads a single JSON: either the report, or why there is none.
        _ecrire_le_retour(controles[0], retour, asp)
    if statistiques:
        _compter(controles, format)
    else:
        _rendre(controles, format, complet=complet, jour=le_jour)
    for controle in controles:
        if (
            controle.rapport is not None
            and not controle.rapport.recevable
            and (dit := qui_lit_ce_tableau(Path(controle.nom)))
        ):
            montrer_erreur(dit)
    if retour is not None and format != "json":
        _ecrire_le_retour(controles[0], retour, asp)
    return max(controle.etat.code_de_sortie for controle in controles)


def _verifier(fichiers: Sequence[str], retour: Path | None) -> None:
    if not fichiers:
        raise UsageErrone("Indiquez au moins un fichier à contrôler, ou « - » pour l’entrée standard.")
    for nom in fichiers:
        # « - » begins with a hyphen too, so cyclopts lets every such word through to here, even those after « -- ».
        if nom.startswith("-") and nom != _ENTREE and not Path(nom).exists():
            raise UsageErrone(option_inconnue(nom, _OPTIONS))
    if fichiers.count(_ENTREE) > 1:
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


def _controler_un(
    nom: str, examiner: Callable[[bytes | Path], RapportControle], specification: Specification
) -> FichierControle:
    if os.path.isdir(nom):  # noqa: PTH112 - also for a name that no disk takes
        dit = f"{nom} est un dossier : « segur-pha verifier » vérifie un dossier de dépôt ; sinon, indiquez ses fichiers JSON."
        return FichierControle(nom, None, dit)
    try:
        source = _entree_standard(specification) if nom == _ENTREE else Path(nom)
        return FichierControle("entrée standard" if nom == _ENTREE else nom, examiner(source))
    except OSError as refus:
        return FichierControle(nom, None, sans_mot_de_passe(erreur_du_systeme(refus)))


def _entree_standard(specification: Specification) -> bytes:
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "entrée standard")
    # One byte over the limit is enough to know that a file is too big.
    return sys.stdin.buffer.read(specification.limites.octets_du_json + 1)


def _ecrire_le_retour(controle: FichierControle, retour: Path, asp: str) -> None:
    rapport = controle.rapport
    if isinstance(rapport, RapportControle) and rapport.recevable:
        ecrire_sans_ecraser(retour, rapport.en_retour(asp=asp))
        references = "les numéros ASP y sont inventés" if asp else "les demandes acceptées n’y ont pas de numéro ASP"
        montrer_erreur(f"Verdict écrit dans {retour} : ce n’est pas la réponse du portail, {references}.")
    else:
        montrer_erreur(f"{retour} n’est pas écrit : le portail ne répond rien à un fichier refusé ou illisible.")


def _compter(controles: list[FichierControle], forme: str) -> None:
    from segur_pha.controle.statistiques import bilan, par_nature

    tableau = par_nature(controles)
    if forme == "csv":
        from segur_pha.rapports.csv import en_csv

        sortir(en_csv(tableau))
    else:
        if tableau.rangees:
            montrer(tableau, "")
        montrer(bilan(controles))


def _rendre(controles: list[FichierControle], forme: str, *, complet: bool, jour: date) -> None:
    if forme == "json":
        sortir(en_texte_json(controles).encode(errors="replace"))
    elif forme == "csv":
        from segur_pha.rapports.csv import en_csv

        sortir(en_csv(en_tableau(controles, complet=complet)))
    elif forme == "junit":
        from segur_pha.controle.junit import en_junit

        sortir(en_junit(controles))
    elif forme == "html":
        from segur_pha.controle.page import en_page

        sortir(en_page(controles, complet=complet, jour=jour))
    else:
        from segur_pha.controle.affichage import en_morceaux

        for i, controle in enumerate(controles):
            if controle.erreur:
                montrer_erreur(erreur(controle.erreur))
            else:
                montrer(*([""] if i else []), *en_morceaux(controle, complet=complet))
