"""The help pages in French: cyclopts gathers what there is to say, and this module lays it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.cli.console import en_ligne, montrer
from segur_pha.rapports.tableau import Marque, Niveau, Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cyclopts.help import HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions, RenderableType

__all__ = ["EN_FRANCAIS", "Aide"]

#: cyclopts' own words.
EN_FRANCAIS: Final = {
    "Commands": "Commandes",
    "Parameters": "Options",
    "COMMAND": "COMMANDE",
    "[ARGS]": "[ARGUMENTS]",
    "[ARGS...]": "[ARGUMENTS…]",
    "STR": "TEXTE",
    "STR...": "TEXTE",
    "INT": "NOMBRE",
    "PATH": "CHEMIN",
    "PATH...": "CHEMIN",
    "DATE": "JOUR",
    "Display this message and exit.": "Affiche cette aide.",
    "Display application version.": "Affiche la version.",
}


@frozen
class Aide:
    """A cyclopts help formatter.

    Attributes:
        resumes: command → its purpose in one line, so that listing the commands loads none of them.
    """

    resumes: Mapping[str, str]

    def render_usage(self, console: Console, options: ConsoleOptions, usage: object) -> None:
        """Show how to write the command."""
        del console, options
        mots = " ".join(EN_FRANCAIS.get(mot, mot) for mot in str(usage).split())
        montrer(Phrase(Marque("Usage :", Niveau.FORT), f" {mots}", entiere=True), "")

    def render_description(self, console: Console, options: ConsoleOptions, description: RenderableType) -> None:
        """Show what the command does, with its example."""
        del options
        lignes = _en_clair(console, description).split("\n")
        montrer(*map(en_ligne, lignes), "")

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Show a list of commands or of parameters."""
        del options
        if not panel.entries:
            return
        titre = str(panel.title)
        montrer(Phrase(Marque(EN_FRANCAIS.get(titre, titre), Niveau.FORT)))
        largeur = max(len(_nom(entree)) for entree in panel.entries)
        for entree in panel.entries:
            texte = _en_clair(console, entree.description or "") or self.resumes.get(_nom(entree), "")
            description = EN_FRANCAIS.get(texte, texte) + _precisions(entree)
            if panel.format == "command":
                montrer(Phrase(description, retrait=2, tete=Marque(_nom(entree).ljust(largeur), Niveau.BON)))
            else:
                montrer(Phrase(Marque(_nom(entree), Niveau.BON), retrait=2), Phrase(description, retrait=6))
        montrer("")


def _en_clair(console: Console, description: RenderableType) -> str:
    with console.capture() as texte:
        console.print(description, soft_wrap=True)
    return texte.get().strip("\n")


def _nom(entree: HelpEntry) -> str:
    noms = ", ".join(entree.display_labels)
    if entree.positional_label or not entree.metavar:
        return noms
    choix = "|".join(entree.choices or ())
    return f"{noms} {choix or EN_FRANCAIS.get(entree.metavar, entree.metavar)}"


def _precisions(entree: HelpEntry) -> str:
    # A flag that is not given is not set, which goes without saying.
    return f" Par défaut : {entree.default}." if entree.default not in {None, "False"} else ""
