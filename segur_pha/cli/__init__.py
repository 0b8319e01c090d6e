"""The command ``segur-pha``: one file per command, each loaded when it is called.

Exit codes: 0 all well, 1 something rejected or due, 2 a file refused or unreadable, 64 misuse (130 when interrupted,
141 when nobody reads the output any more).
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Final

from segur_pha.cli.console import montrer_erreur, regler_les_sorties, taire
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cyclopts import App

__all__ = ["application", "principal"]

#: The commands in the order of the work, each with its purpose in one line.  ``xyz`` is the function, or the cyclopts
#: ``App(name="xyz")``, called ``xyz`` in ``segur_pha/cli/xyz.py``.
COMMANDES: Final = {
    "controler": "Contrôle des fichiers de demandes avant leur dépôt.",
    "editeur": "Écrit les réglages de l’éditeur, chaque clé expliquée.",
    "preparer": "Prépare le dossier à déposer, depuis un export de commandes et les pièces numérisées.",
    "verifier": "Vérifie un dossier avant son dépôt.",
    "retour": "Lit la réponse du portail, la rapproche de ce qui est parti, et l’enregistre.",
    "resoumettre": "Prépare un nouveau dépôt des demandes rejetées, corrigées.",
    "etat": "Dit où en sont les demandes : ce qui attend, combien, depuis quand, et quoi faire.",
    "registre": "Montre ce qui est parti, revenu, attendu ; exporte et importe le registre.",
    "expliquer": "Dit ce que signifie un code, un constat, un conseil ou une balise, et ce qu’il faut faire.",
    "anonymiser": "Remplace noms, adresses et identifiants d’un fichier, pour pouvoir le montrer.",
    "schema": "Affiche le schéma JSON d’un fichier de demandes, ou de ce qu’une commande écrit en JSON.",
    "operateurs": "Cherche le code d’un opérateur de messagerie.",
    "avance": "Calcule l’avance pour un montant hors taxe.",
    "certificats": "Suit les échéances des certificats et prépare leur renouvellement.",
    "demo": "Joue toute la vie de quelques demandes inventées, avec un portail simulé.",
    "completion": "Affiche le script qui complète les commandes à la touche Tab.",
}

_AIDE: Final = """\
Contrôle, prépare et suit les demandes de financement Ségur des officines (PHA-LGO, vague 1).

Pour commencer :

    segur-pha demo

Pour contrôler un fichier avant de le déposer :

    segur-pha controler JSON-ANS0000001-20221115-001.json

Pour l’aide d’une commande :

    segur-pha aide controler
"""

OUI, PLUS_DE_LECTEUR = 0, 141
_DU_SHELL: Final = ("/dev/", "/proc/")


@cache
def application() -> App:
    """Build the cyclopts application; raises :class:`~segur_pha.ExtraManquant` without the extra ``cli``."""
    try:
        from cyclopts import App
    except ImportError as manque:
        raise ExtraManquant("cli") from manque
    from segur_pha.cli.aide import Aide

    app = App(
        name="segur-pha",
        help=_AIDE,
        version=_version,
        help_format="plaintext",
        help_formatter=Aide(COMMANDES),
        suppress_keyboard_interrupt=False,
    )
    for rang, nom in enumerate(COMMANDES):
        app.command(f"segur_pha.cli.{nom}:{nom}", name=nom, sort_key=rang)
    return app


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"segur-pha {version('segur-pha')}"
    except PackageNotFoundError:
        return "segur-pha, exécuté depuis ses sources sans être installé"


def principal(argv: Sequence[str] | None = None) -> int:
    """Run a command line (by default the process's) and return its exit code; errors are reported in French, on stderr."""
    regler_les_sorties()
    donnes = sys.argv[1:] if argv is None else argv
    try:
        with _fichiers_a_soi():
            code = _executer(donnes)
        sys.stdout.flush()
    except BrokenPipeError:
        taire(sys.stdout)
        return PLUS_DE_LECTEUR
    except OSError as refus:
        from segur_pha.cli.arrets import dire_le_refus_du_systeme

        taire(sys.stdout)
        return dire_le_refus_du_systeme(donnes, refus)
    return code


#: What people type for the options --help and --version.
_SYNONYMES: Final = {"aide": "--help", "help": "--help", "version": "--version"}


def _en_option(argv: Sequence[str]) -> list[str]:
    """Accept « aide », « help » and « version » for the options that they mean.

    >>> _en_option(["aide", "registre", "payer"]), _en_option(["registre", "aide"]), _en_option(["operateurs", "aide"])
    (['registre', 'payer', '--help'], ['registre', '--help'], ['operateurs', 'aide'])
    """
    if argv and argv[0] in _SYNONYMES:
        return [*argv[1:], _SYNONYMES[argv[0]]]
    if len(argv) > 1 and argv[0] == "registre" and argv[1] in _SYNONYMES:
        return [argv[0], *argv[2:], _SYNONYMES[argv[1]]]
    return list(argv)


@contextmanager
def _fichiers_a_soi() -> Iterator[None]:
    """Make new files private to their owner, unless the environment lets the group read them, and report leftovers."""
    from segur_pha.fichiers import DROITS
    from segur_pha.restes import RESTES_RETIRES

    du_groupe = os.environ.get("SEGUR_PHA_DROITS") == "groupe"
    droits, restes = DROITS.set(0o660 if du_groupe else 0o600), RESTES_RETIRES.set(_dire_les_restes)
    try:
        yield
    finally:
        DROITS.reset(droits)
        RESTES_RETIRES.reset(restes)


def _dire_les_restes(noms: list[str]) -> None:
    montrer_erreur(f"Laissé par une commande interrompue, et effacé : {', '.join(noms)}.")


def _executer(argv: Sequence[str]) -> int:
    """Do what a line asks for; what stops it is said in French, by a room that is loaded then."""
    try:
        _annoncer_les_tubes(argv)
        if fichiers := _fichiers_seuls(argv):
            from segur_pha.cli.verdicts import rendre_les_verdicts

            return rendre_les_verdicts(fichiers)
        resultat = application()(_en_option(argv), exit_on_error=False, print_error=False, result_action="return_value")
    except (Exception, KeyboardInterrupt) as arret:
        from segur_pha.cli.arrets import dire_l_arret

        code = dire_l_arret(argv, arret)
        if code is None:
            raise
        return code
    return resultat if isinstance(resultat, int) else OUI


def _annoncer_les_tubes(argv: Sequence[str]) -> None:
    """Say which files are pipes: whoever opens one waits, without end if nobody ever writes to it.

    Those that the shell itself connects to a program, ``<(…)``, have their writer.
    """
    for mot in argv:
        chemin = mot.partition("=")[2] if mot.startswith("--") else mot
        with suppress(OSError, ValueError):
            if not chemin.startswith(_DU_SHELL) and stat.S_ISFIFO(os.stat(chemin).st_mode):  # noqa: PTH116 - a word of any kind
                montrer_erreur(
                    f"{chemin} est un tube nommé : la commande qui le lit attend qu’un autre programme y écrive."
                )


def _fichiers_seuls(argv: Sequence[str]) -> Sequence[str]:
    """Give the files of a line that checks them and says nothing else; of any other line, none.

    cyclopts, which takes as long to load as a check does, has nothing to say of such a line.

    >>> _fichiers_seuls(["controler", "a.json", "b.json"]), _fichiers_seuls(["controler", "a.json", "--complet"])
    (['a.json', 'b.json'], [])
    """
    commande, fichiers = argv[:1], argv[1:]
    seuls = [*commande] == ["controler"] and all(mot and not mot.startswith("-") for mot in fichiers)
    return fichiers if seuls else []
