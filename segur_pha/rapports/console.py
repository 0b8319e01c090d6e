"""Reports as text: aligned columns for files and pipes; what a terminal shows is :mod:`segur_pha.rapports.couleurs`'s."""

from __future__ import annotations

from typing import TypeAlias

from segur_pha.rapports.tableau import Phrase, Tableau, en_mots

__all__ = ["Morceau", "en_texte"]

#: A piece of a report.
Morceau: TypeAlias = "str | Phrase | Tableau"


def en_texte(morceau: Morceau) -> str:
    """Write a piece of a report without colours and without wrapping; the columns of a table are aligned.

    >>> from segur_pha.rapports.tableau import Marque, Niveau
    >>> print(en_texte(Tableau(("Code", "Nom"), [["MAI_15", "MAILIZ"], ["ZEN_01", "ZENIDOC"]])))
    Code    Nom
    ------  -------
    MAI_15  MAILIZ
    ZEN_01  ZENIDOC
    >>> en_texte(Phrase("1 demande ", Marque("rejetée", Niveau.MAUVAIS), retrait=2))
    '  1 demande rejetée'
    """
    match morceau:
        case Tableau():
            return _en_colonnes(morceau)
        case Phrase(morceaux, retrait, tete):
            debut = f"{en_mots(tete)}  " if tete else ""
            return " " * retrait + debut + "".join(map(en_mots, morceaux))
        case _:
            return en_mots(morceau)


def _en_colonnes(tableau: Tableau) -> str:
    rangees = [tableau.colonnes, *(tuple(map(en_mots, rangee)) for rangee in tableau.rangees)]
    largeurs = [max(map(len, colonne)) for colonne in zip(*rangees, strict=True)]
    droites = [tableau.est_numerique(i) for i in range(len(largeurs))]
    lignes = [
        "  ".join(
            mots.rjust(largeur) if droite else mots.ljust(largeur)
            for mots, largeur, droite in zip(rangee, largeurs, droites, strict=True)
        ).rstrip()
        for rangee in rangees
    ]
    lignes.insert(1, "  ".join("-" * largeur for largeur in largeurs))
    return "\n".join([tableau.titre, "", *lignes] if tableau.titre else lignes)
