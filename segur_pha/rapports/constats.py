"""Findings as a table, for a page or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.rapports.tableau import Tableau

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segur_pha.constats import Constat
    from segur_pha.rapports.tableau import Cellule

__all__ = ["en_tableau"]

_COLONNES: Final[dict[str, Callable[[Constat], Cellule]]] = {
    "Fichier": lambda c: c.fichier,
    "Ligne": lambda c: c.ligne,
    "Numéro": lambda c: c.numero,
    "Pharmacie": lambda c: c.officine,
    "Colonne": lambda c: c.colonne,
    "Balise": lambda c: c.balise,
    "Pièce": lambda c: c.document,
    "Page": lambda c: c.page,
    "À corriger": lambda c: c.message,
    "Attendu": lambda c: c.attendu,
    "Code": lambda c: c.code,
}


def en_tableau(constats: Iterable[Constat], titre: str = "", *, complet: bool = False) -> Tableau:
    """Lay faults or advice out as a table, one row each; ``complet`` keeps the columns that hold nothing, for a program.

    >>> from segur_pha.constats import Constat
    >>> faute = Constat(message="Vide.", code="document-vide", ligne=2, document="a.pdf")
    >>> en_tableau([faute]).colonnes
    ('Ligne', 'Pièce', 'À corriger', 'Code')
    >>> len(en_tableau([faute], complet=True).colonnes)
    11
    """
    lus = list(constats)
    colonnes = {nom: [lire(constat) for constat in lus] for nom, lire in _COLONNES.items()}
    gardees = {
        nom: valeurs for nom, valeurs in colonnes.items() if complet or any(v not in {"", None} for v in valeurs)
    }
    return Tableau(tuple(gardees), list(zip(*gardees.values(), strict=True)), titre=titre)
