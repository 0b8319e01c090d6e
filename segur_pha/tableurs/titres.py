"""Finding the row of titles, and cutting rows to its width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from attrs import frozen

from segur_pha.rapports.tableau import accorder, nom_lisible
from segur_pha.tableurs.feuille import COLONNES_MAXIMUM
from segur_pha.tableurs.rangees import Rangee

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segur_pha.tableurs.rangees import Titres

__all__ = ["LIGNES_DES_TITRES", "LigneDesTitres", "ajuster", "chercher", "titres_vus"]

#: How many rows are searched for the titles.
LIGNES_DES_TITRES: Final = 20
_TITRES_NOMMES: Final = 12


@frozen
class LigneDesTitres:
    """The row of titles that was found.

    Attributes:
        note: how many known titles it holds.
        rang: how many rows of the source come before it, including blank ones; ``remplies``: how many of them are not empty.
        numero: its number, as in a spreadsheet.
        titres: its texts.
    """

    note: int
    rang: int
    remplies: int
    numero: int
    titres: tuple[str, ...]

    @property
    def ou(self) -> str:
        """Where it is, in French."""
        laissees = accorder(self.remplies, "ligne laissée de côté", "lignes laissées de côté")
        return f"titres à la ligne {self.numero}" + (f" ({laissees} au-dessus)" if self.remplies else "")


def chercher(rangees: Sequence[Rangee], titres: Titres) -> LigneDesTitres | None:
    """Find the first row with the most known titles; ``None`` when no row has any."""
    notes = [(titres.compter(textes) if (textes := _textes(rangee)) else 0) for rangee in rangees]
    note = max(notes, default=0)
    if not note:
        return None
    rang = notes.index(note)
    remplies = sum(not rangee.est_vide for rangee in rangees[:rang])
    return LigneDesTitres(note, rang, remplies, rangees[rang].numero, _textes(rangees[rang]))


def titres_vus(rangees: Iterable[Rangee], titres: Titres) -> str:
    """Say which row is the widest, the best guess at what its author meant as titles, and which of its titles are known.

    Its other cells are not shown: in a table without titles they are names, addresses and numbers of people.
    """
    vues = [(rangee.numero, [texte for texte in _textes(rangee) if texte]) for rangee in rangees]
    numero, textes = max(vues, key=lambda vue: len(vue[1]), default=(0, []))
    if not textes:
        return "aucune cellule remplie"
    connus = [f"« {nom_lisible(texte)} »" for texte in textes if titres.connu(texte)][:_TITRES_NOMMES]
    suite = f", dont des titres connus : {', '.join(connus)}" if connus else ""
    return f"ligne {numero}, {accorder(len(textes), 'cellule remplie', 'cellules remplies')}{suite}"


def _textes(rangee: Rangee) -> tuple[str, ...]:
    # A line made only of separators is not a row of titles, and each title costs some work.
    if len(rangee.cellules) > COLONNES_MAXIMUM:
        return ()
    return tuple("" if cellule is None else " ".join(str(cellule).split()) for cellule in rangee.cellules)


def ajuster(rangee: Rangee, largeur: int, *, csv: bool) -> Rangee:
    """Fit a row to the number of titles, and say what does not fit."""
    cellules, compte = rangee.cellules, len(rangee.cellules)
    if compte < largeur:
        completes = [*cellules, *["" if csv else None] * (largeur - compte)]
        manquantes = largeur - compte if csv else 0
        return msgspec.structs.replace(rangee, cellules=completes, manquantes=manquantes)
    defaut = ""
    if any(cellule is not None and str(cellule).strip() for cellule in cellules[largeur:]):
        defaut = (
            f"plus de cellules que de titres ({compte} cellules pour {largeur} colonnes) : un séparateur s’est glissé dans une valeur"
            if csv
            else "une cellule de cette ligne est remplie sous une colonne sans titre"
        )
    return Rangee(rangee.numero, cellules[:largeur], defaut, masquee=rangee.masquee)
