"""What ``segur-pha controler`` does once its line is read: files in, their verdicts out.

No parser of command lines is loaded here: a line that names files and nothing else needs none.
"""

from __future__ import annotations

import errno
import os
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from segur_pha.cli.console import montrer, montrer_erreur, sortir
from segur_pha.controle.resultats import FichierControle, en_tableau, en_texte_json
from segur_pha.controle.verdict import RapportControle, controler_nomme
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segur_pha.table.specification import Specification

__all__ = ["ENTREE", "FormeDuVerdict", "rendre_les_verdicts"]

#: The name of the standard input.
ENTREE: Final = "-"
FormeDuVerdict: TypeAlias = Literal["texte", "json", "html", "csv", "junit"]


def rendre_les_verdicts(
    fichiers: Sequence[str],
    *,
    forme: FormeDuVerdict = "texte",
    complet: bool = False,
    statistiques: bool = False,
    retour: Path | None = None,
    asp: str = "",
    jour: date | None = None,
    sans: frozenset[str] = frozenset(),
    categories: Mapping[str, str] | None = None,
    specification: Specification = PAR_DEFAUT,
) -> int:
    """Check files, show what became of them, and give the exit code; ``retour`` is where the verdict of the only one is written."""
    le_jour = jour or date.today()  # noqa: DTZ011 - the clerk's own day
    # The day in a file's name is compared with a day that somebody gave: yesterday's file may well be looked at today.
    examiner = partial(
        controler_nomme,
        jour=le_jour,
        jour_du_nom=jour,
        categories=categories,
        sans=sans,
        specification=specification,
    )
    controles = [_controler_un(nom, examiner, specification) for nom in fichiers]
    if retour is not None and forme == "json":
        # A program reads one JSON: either the report, or why there is none.
        _ecrire_le_retour(controles[0], retour, asp)
    if statistiques:
        _compter(controles, forme)
    else:
        _rendre(controles, forme, complet=complet, jour=le_jour)
    for controle in controles:
        if controle.rapport is not None and not controle.rapport.recevable:
            _dire_qui_le_lit(Path(controle.nom))
    if retour is not None and forme != "json":
        _ecrire_le_retour(controles[0], retour, asp)
    return max(controle.etat.code_de_sortie for controle in controles)


def _dire_qui_le_lit(chemin: Path) -> None:
    from segur_pha.cli.genre_de_fichier import qui_lit_ce_tableau

    if dit := qui_lit_ce_tableau(chemin):
        montrer_erreur(dit)


def _controler_un(
    nom: str, examiner: Callable[[bytes | Path], RapportControle], specification: Specification
) -> FichierControle:
    if os.path.isdir(nom):  # noqa: PTH112 - also for a name that no disk takes
        dit = f"{nom} est un dossier : « segur-pha verifier » vérifie un dossier de dépôt ; sinon, indiquez ses fichiers JSON."
        return FichierControle(nom, None, dit)
    try:
        source = _entree_standard(specification) if nom == ENTREE else Path(nom)
        return FichierControle("entrée standard" if nom == ENTREE else nom, examiner(source))
    except OSError as refus:
        from segur_pha.cli.messages import erreur_du_systeme, sans_mot_de_passe

        return FichierControle(nom, None, sans_mot_de_passe(erreur_du_systeme(refus)))


def _entree_standard(specification: Specification) -> bytes:
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), "entrée standard")
    # One byte over the limit is enough to say that a file is too big.
    return sys.stdin.buffer.read(specification.limites.octets_du_json + 1)


def _ecrire_le_retour(controle: FichierControle, retour: Path, asp: str) -> None:
    rapport = controle.rapport
    if isinstance(rapport, RapportControle) and rapport.recevable:
        from segur_pha.fichiers import ecrire_sans_ecraser

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
                from segur_pha.cli.messages import erreur

                montrer_erreur(erreur(controle.erreur))
            else:
                montrer(*([""] if i else []), *en_morceaux(controle, complet=complet))
