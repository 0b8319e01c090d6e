"""``segur-pha controler``: files in, what the portal would answer out."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, montrer_erreur, sortir
from segur_pha.cli.messages import UsageErrone, erreur_du_systeme
from segur_pha.controle.conseils import CONSEILS
from segur_pha.controle.resultats import Etat, FichierControle, en_objet, en_tableau
from segur_pha.controle.verdict import controler as controler_source
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.tableau import Phrase
from segur_pha.specification.va1 import VA1

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["CODES_DE_SORTIE", "controler"]

#: The exit code of one file; that of several is the highest.
CODES_DE_SORTIE: Final = {Etat.ACCEPTE: 0, Etat.REJETS: 1, Etat.REFUSE: 2, Etat.ILLISIBLE: 2}

_ENTREE: Final = "-"


def controler(
    *fichiers: Annotated[
        str, Parameter(help="Fichiers JSON de demandes ; « - » pour l’entrée standard.", allow_leading_hyphen=True)
    ],
    complet: Annotated[
        bool, Parameter(help="Montre toutes les anomalies, les demandes acceptées et les conseils.", negative="")
    ] = False,
    format: Annotated[  # noqa: A002 - the option's name
        Literal["texte", "json", "html", "csv"], Parameter(help="Forme du rapport, écrit sur la sortie standard.")
    ] = "texte",
    retour: Annotated[
        Path | None,
        Parameter(
            help="Écrit aussi un fichier comme la réponse du portail (un seul fichier contrôlé ; n’écrase rien)."
        ),
    ] = None,
    jour: Annotated[date | None, Parameter(help="Jour du contrôle, AAAA-MM-JJ. Par défaut : aujourd’hui.")] = None,
    sans: Annotated[
        list[str] | None,
        Parameter(help="Conseils à taire, par leur identifiant : --sans finess-cle,siret-cle.", negative=""),
    ] = None,
) -> int:
    """Contrôle des fichiers de demandes comme le ferait le portail : structure, puis chaque demande.

    Code de sortie : 0 tout est accepté, 1 une demande au moins est rejetée, 2 un fichier est refusé ou illisible.

    Exemple :

        segur-pha controler JSON-ANS0000001-20221115-001.json --complet
    """
    tus = _conseils_tus(sans or [])
    _verifier(fichiers, retour)
    controles = [_controler_un(nom, jour or date.today(), tus) for nom in fichiers]  # noqa: DTZ011 - the clerk's own day
    code = max(CODES_DE_SORTIE[controle.etat] for controle in controles)
    if retour is not None:
        _ecrire_le_retour(controles[0], retour)
    _rendre(controles, format, complet=complet, code=code)
    if retour is not None and format == "texte":
        montrer("", Phrase(f"Réponse écrite dans {retour}"))
    return code


def _verifier(fichiers: Sequence[str], retour: Path | None) -> None:
    if not fichiers:
        raise UsageErrone("Indiquez au moins un fichier à contrôler, ou « - » pour l’entrée standard.")
    if fichiers.count(_ENTREE) > 1:
        raise UsageErrone("« - », l’entrée standard, ne se lit qu’une fois.")
    if retour is not None and len(fichiers) > 1:
        raise UsageErrone("--retour ne va qu’avec un seul fichier à contrôler.")


def _conseils_tus(sans: Sequence[str]) -> frozenset[str]:
    tus = frozenset(nom for liste in sans for nom in liste.split(","))
    inconnus = sorted(tus - CONSEILS.keys())
    if inconnus:
        raise UsageErrone(f"Conseils inconnus : {', '.join(inconnus)}.\nConnus : {', '.join(CONSEILS)}.")
    return tus


def _controler_un(nom: str, jour: date, sans: Collection[str]) -> FichierControle:
    try:
        if nom == _ENTREE:
            # One byte over the limit is enough to say that a file is too big.
            octets = sys.stdin.buffer.read(VA1.limites.octets_du_json + 1)
            return FichierControle("entrée standard", controler_source(octets, jour=jour, sans=sans))
        return FichierControle(nom, controler_source(Path(nom), jour=jour, sans=sans))
    except (OSError, ValueError) as erreur:
        # Python refuses a name that holds a NUL character with a ValueError.
        motif = erreur_du_systeme(erreur) if isinstance(erreur, OSError) else "ce nom n’est pas permis."
        return FichierControle(nom, None, motif)


def _ecrire_le_retour(controle: FichierControle, retour: Path) -> None:
    if controle.rapport is not None and controle.rapport.recevable:
        ecrire_sans_ecraser(retour, controle.rapport.en_retour())
    else:
        montrer_erreur(f"{retour} n’est pas écrit : le portail ne répond rien à un fichier refusé ou illisible.")


def _rendre(controles: list[FichierControle], forme: str, *, complet: bool, code: int) -> None:
    if forme == "json":
        texte = json.dumps(en_objet(controles, code_de_sortie=code), ensure_ascii=False, indent=2)
        sortir(f"{texte}\n".encode(errors="replace"))
    elif forme == "csv":
        from segur_pha.rapports.fichier_csv import en_csv

        sortir(en_csv(en_tableau(controles, complet=complet)))
    else:
        from segur_pha.controle.affichage import en_morceaux, en_page

        if forme == "html":
            sortir(en_page(controles, complet=complet))
            return
        for i, controle in enumerate(controles):
            montrer(*([""] if i else []), *en_morceaux(controle, complet=complet))
