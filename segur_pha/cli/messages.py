"""What the command line says when it is misused or when the system refuses something, in French and without traceback."""

from __future__ import annotations

import errno
import re
from datetime import date
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, get_args, get_origin

from segur_pha.erreurs import ExtraManquant
from segur_pha.rapports.tableau import Marque, Niveau, Phrase
from segur_pha.textes import a_majuscule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cyclopts import CycloptsError

__all__ = [
    "FORMES_D_UN_JOUR",
    "UsageErrone",
    "ce_qui_manque",
    "erreur",
    "erreur_d_usage",
    "erreur_du_systeme",
    "option_inconnue",
    "sans_mot_de_passe",
    "tous_ensemble",
]

#: How a day is written; it need not exist in the calendar.
FORMES_D_UN_JOUR: Final = (
    re.compile(r"(?P<an>[0-9]{4})-(?P<mois>[0-9]{2})-(?P<jour>[0-9]{2})"),
    re.compile(r"(?P<jour>[0-9]{1,2})/(?P<mois>[0-9]{1,2})/(?P<an>[0-9]{4})"),
)
#: The options of an address that hold a password.
_OPTION_SECRETE: Final = re.compile(r"(?<=pass)(\w{0,20}=)[^&\s]*", re.IGNORECASE)
#: Where an address, even a mistyped one, goes on after its scheme; an ordinary colon in French is followed by a blank.
_SUITE: Final = re.compile(r":(?=\S)")


class UsageErrone(Exception):
    """The command line asks for something that makes no sense: exit code 64.  The text is a French sentence."""


def ce_qui_manque(donnes: Mapping[str, object]) -> str:
    """Name what was not given; what was given is not asked for again.

    >>> ce_qui_manque({"l’export": "a.csv", "--pieces": None, "--sortie": None, "--jour": None})
    'Il manque --pieces, --sortie et --jour'
    """
    *debut, dernier = [nom for nom, donne in donnes.items() if donne is None]
    return f"Il manque {' et '.join(filter(None, (', '.join(debut), dernier)))}"


def sans_mot_de_passe(message: str) -> str:
    """Remove the user and the password of an address from a message, wherever on the command line it was typed.

    >>> sans_mot_de_passe("Argument en trop : postgresql://segur:s%40cret@serveur/base?password=s%40cret.")
    'Argument en trop : postgresql://…@serveur/base?password=…'
    """
    return "\n".join(_OPTION_SECRETE.sub(r"\1…", _sans_identite(ligne)) for ligne in message.split("\n"))


def _sans_identite(ligne: str) -> str:
    """Remove from a line what is between the first colon that may belong to an address and the last @."""
    avant, arobase, apres = ligne.rpartition("@")
    suite = _SUITE.search(avant)
    if not arobase or suite is None:
        return ligne
    barres = "//" if avant.startswith("//", suite.end()) else ""
    return f"{avant[: suite.end()]}{barres}…@{apres}"


def erreur(message: str) -> Phrase:
    """Lay out what went wrong, for the error output."""
    return Phrase(Marque("Erreur :", Niveau.MAUVAIS), f" {message}")


_REFUS: Final = {
    errno.ENOENT: "introuvable ; vérifiez le nom et le dossier",
    errno.EISDIR: "c’est un dossier ; indiquez un fichier",
    errno.ENOTDIR: "un des dossiers de ce chemin est un fichier ; corrigez le chemin",
    errno.EEXIST: "ce nom est déjà pris ; choisissez-en un autre",
    errno.EACCES: "accès refusé ; vérifiez les droits",
    errno.EPERM: "accès refusé ; vérifiez les droits",
    errno.EROFS: "ce disque est en lecture seule ; choisissez un autre dossier",
    errno.ENOSPC: "le disque est plein ; faites de la place, puis recommencez",
    errno.EDQUOT: "le quota du disque est atteint ; faites de la place, puis recommencez",
    errno.ENAMETOOLONG: "ce nom est trop long ; choisissez-en un plus court",
    errno.ELOOP: "des liens de ce chemin se renvoient l’un à l’autre ; corrigez-les, ou donnez un autre chemin",
    errno.EMFILE: "trop de fichiers sont ouverts à la fois ; relevez la limite (ulimit -n), puis recommencez",
    errno.ENFILE: "trop de fichiers sont ouverts à la fois ; fermez des programmes, puis recommencez",
    errno.EINVAL: "ce nom n’est pas permis ; choisissez-en un autre",
}


def erreur_du_systeme(erreur: OSError) -> str:
    """Say what the system refused, and for which file.

    >>> erreur_du_systeme(FileNotFoundError(2, "No such file or directory", "demandes.json"))
    'demandes.json : introuvable ; vérifiez le nom et le dossier.'
    """
    quoi = _REFUS.get(erreur.errno or 0, f"le système refuse ({errno.errorcode.get(erreur.errno or 0, 'inconnu')})")
    return f"{erreur.filename} : {quoi}." if erreur.filename else f"{a_majuscule(quoi)}."


def erreur_d_usage(erreur: CycloptsError) -> str:
    """Say in French what cyclopts could not understand, and where to find help."""
    commande = " ".join(["segur-pha", *(erreur.command_chain or ()), "--help"])
    return f"{_constat(erreur)}\nPour l’aide : {commande}"


def _constat(erreur: CycloptsError) -> str:
    from cyclopts import exceptions as cy

    match erreur:
        case cy.UnknownCommandError():
            return _commande_inconnue(erreur)
        case cy.UnknownOptionError():
            donnee = erreur.token.keyword or erreur.token.value
            connues = [nom for argument in erreur.argument_collection for nom in argument.names if argument.parse]
            return option_inconnue(donnee, connues)
        case cy.CoercionError():
            return _valeur_incorrecte(erreur)
        case cy.MissingArgumentError():
            return f"Il manque une valeur : {_nom(erreur, erreur.keyword)}."
        case cy.RepeatArgumentError():
            return f"Option donnée deux fois : {erreur.token.keyword}."
        case cy.UnusedCliTokensError():
            return f"Argument en trop : {' '.join(erreur.unused_tokens or ())}."
        case _:
            return "Ligne de commande incorrecte."


def option_inconnue(donnee: str, connues: Sequence[str]) -> str:
    """Say that an option does not exist, and which one was probably meant.

    >>> option_inconnue("--formt", ["--complet", "--format"])
    'Option inconnue : --formt. Vouliez-vous --format ?'
    """
    return f"Option inconnue : {donnee}.{_vouliez_vous(donnee, connues)}"


def _commande_inconnue(erreur: CycloptsError) -> str:
    donnee = (erreur.unused_tokens or [""])[0]
    connues = [nom for nom in erreur.app or () if not nom.startswith("-")]
    return f"Commande inconnue : {donnee}.{_vouliez_vous(donnee, connues)}\nCommandes : {', '.join(connues)}."


def _vouliez_vous(donnee: str, connues: Sequence[str]) -> str:
    proches = get_close_matches(donnee, connues, n=1)
    return f" Vouliez-vous {proches[0]} ?" if proches else ""


def _valeur_incorrecte(erreur: CycloptsError) -> str:
    token, voulu = getattr(erreur, "token", None), getattr(erreur, "target_type", None)
    nom = _nom(erreur, token.keyword if token else None)
    donnee = f" « {token.value} »" if token else ""
    if str(get_origin(voulu)) == "typing.Literal":
        return f"{nom} : valeur incorrecte{donnee} ; choisissez parmi {', '.join(map(str, get_args(voulu)))}."
    genres = {voulu, *get_args(voulu)}
    if date in genres and token is not None and any(forme.fullmatch(token.value.strip()) for forme in FORMES_D_UN_JOUR):
        return f"{nom} : le jour « {token.value} » n’existe pas ; vérifiez-le dans un calendrier."
    attendu = (
        "un nombre entier" if int in genres else "un jour écrit 15/11/2022 ou 2022-11-15" if date in genres else ""
    )
    return f"{nom} : valeur incorrecte{donnee}" + (f" ; indiquez {attendu}." if attendu else ".")


def _nom(erreur: CycloptsError, mot_cle: str | None) -> str:
    argument = erreur.argument
    if mot_cle or argument is None:
        return mot_cle or "l’argument"
    return argument.name if argument.name.startswith("-") else argument.name.upper()


#: An extra → a module that only it installs.
_MODULES: Final = {
    "cli": "cyclopts",
    "pieces": "pypdf",
    "registre": "sqlalchemy",
    "tableur": "openpyxl",
    "certificats": "icalendar",
}
#: A command → the extra without which it cannot do anything.
_DES_COMMANDES: Final = {
    "preparer": "pieces",
    "verifier": "pieces",
    "registre": "registre",
    "etat": "registre",
    "resoumettre": "registre",
    "certificats": "certificats",
}


def tous_ensemble(manque: ExtraManquant, argv: Sequence[str]) -> ExtraManquant:
    """Name every missing extra that a command line needs, starting with the one that was first missed.

    >>> tous_ensemble(ExtraManquant("graphiques"), ["certificats", "suivi.csv"]).extras
    ('graphiques',)
    """
    voulus = [extra for extra in dict.fromkeys(_voulus(argv)) if extra != manque.extra]
    absents = [extra for extra in voulus if find_spec(_MODULES[extra]) is None]
    return ExtraManquant(manque.extra, *absents) if absents else manque


def _voulus(argv: Sequence[str]) -> Iterator[str]:
    yield "cli"
    if argv and argv[0] in _DES_COMMANDES:
        yield _DES_COMMANDES[argv[0]]
    if "--registre" in argv:
        yield "registre"
    if any(mot.lower().endswith((".xlsx", ".xlsm")) for mot in argv):
        yield "tableur"
