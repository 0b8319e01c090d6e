"""The rows of a sheet, read from its XML, whatever the prefix, the encoding or the edition of the format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import define, field

from segur_pha.tableurs.abimees import FORMULE_SANS_VALEUR, CelluleAbimee, abimee
from segur_pha.tableurs.parties import PartieDemesuree, analyser, vrai
from segur_pha.tableurs.rangees import LONGUEUR_D_UNE_CELLULE
from segur_pha.tableurs.valeurs import DEMESUREE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import IO

    from segur_pha.tableurs.parties import Compte

__all__ = ["COLONNES_MAXIMUM", "CelluleLointaine", "LigneXml", "lignes_de_la_feuille"]

#: A table that people work with has about thirty columns.
COLONNES_MAXIMUM: Final = 256
#: How many columns a sheet of Excel has, and so how many settings of columns; and how many rows.
REGLAGES_MAXIMUM: Final = 16_384
LIGNES_MAXIMUM: Final = 1_048_576
_REFERENCE: Final = re.compile("([A-Z]{1,3})[0-9]{1,7}")


class CelluleLointaine(Exception):
    """A non-empty cell is farther to the right than any table reaches."""


@define
class LigneXml:
    """A row of a sheet: its number, place → value for the non-empty cells, whether it is hidden, and whether a cell is left out.

    What is left out is longer than any cell.
    """

    numero: int
    masquee: bool = False
    demesuree: bool = False
    cellules: dict[int, object] = field(factory=dict)


def lignes_de_la_feuille(
    flux: IO[bytes],
    compte: Compte,
    convertir: Callable[[str, str, str], object],
    colonnes_masquees: set[int],
    *,
    recalcul: bool,
) -> Iterator[LigneXml]:
    """Read the non-empty rows of a sheet, as they come.

    ``convertir`` makes a value from a cell's type, style and text.  ``colonnes_masquees`` gets the places of hidden columns.
    ``recalcul``: the workbook asks to be recalculated when it is opened, so that its zeros may not be real results.

    Raises ``ValueError``, ``LookupError`` or ``expat.ExpatError`` for anything but a sheet, :class:`CelluleLointaine`,
    :class:`~segur_pha.tableurs.parties.PartieDemesuree` when ``compte`` has had enough.
    """
    lecteur = _Lecteur(convertir, colonnes_masquees, recalcul)
    for _ in analyser(flux, compte, lecteur.debut, lecteur.fin, lecteur.texte):
        compte.ajouter(signes=lecteur.signes)
        lecteur.signes = 0
        yield from lecteur.lues
        lecteur.lues.clear()


@define
class _Lecteur:
    """Gathers rows while the XML is parsed."""

    convertir: Callable[[str, str, str], object]
    colonnes_masquees: set[int]
    recalcul: bool
    lues: list[LigneXml] = field(factory=list)
    signes: int = 0
    _ligne: LigneXml = field(factory=lambda: LigneXml(0))
    _place: int = -1
    _sorte: str = ""
    _style: str = ""
    _formule: bool = False
    _valeur: list[str] | None = None
    _longueur: int = 0
    _reglages: int = 0
    _lignes: int = 0
    _ecoute: bool = False
    _phonetique: bool = False

    def debut(self, nom: str, attributs: Mapping[str, str]) -> None:
        if nom == "c":
            reference = attributs.get("r")
            self._place = self._place + 1 if reference is None else _place(reference)
            self._sorte, self._style = attributs.get("t", "n"), attributs.get("s", "0")
            self._formule, self._valeur, self._longueur = False, None, 0
        elif nom in {"v", "t"}:
            self._valeur = self._valeur or []
            self._ecoute = not self._phonetique
        elif nom == "f":
            self._formule = True
        elif nom == "row":
            self._lignes += 1
            if self._lignes > LIGNES_MAXIMUM:
                raise PartieDemesuree
            numero = attributs.get("r")
            masquee = vrai(attributs.get("hidden")) or float(attributs.get("ht", "1")) == 0
            self._ligne = LigneXml(self._ligne.numero + 1 if numero is None else int(numero), masquee)
            self._place = -1
        elif nom == "rPh":
            self._phonetique = True
        elif nom == "col" and (vrai(attributs.get("hidden")) or float(attributs.get("width", "1")) == 0):
            self._masquer(int(attributs["min"]), int(attributs["max"]))

    def _masquer(self, premiere: int, derniere: int) -> None:
        self._reglages += 1
        if self._reglages > REGLAGES_MAXIMUM:
            raise PartieDemesuree
        self.colonnes_masquees.update(range(max(premiere, 1) - 1, min(derniere, COLONNES_MAXIMUM)))

    def texte(self, texte: str) -> None:
        if self._ecoute and self._valeur is not None:
            self._longueur += len(texte)
            if self._longueur <= LONGUEUR_D_UNE_CELLULE:
                self._valeur.append(texte)

    def fin(self, nom: str) -> None:
        if nom in {"v", "t"}:
            self._ecoute = False
        elif nom == "c":
            self._ranger(None if self._valeur is None else "".join(self._valeur))
        elif nom == "row" and (self._ligne.cellules or self._ligne.demesuree):
            self.lues.append(self._ligne)
        elif nom == "rPh":
            self._phonetique = False

    def _ranger(self, texte: str | None) -> None:
        """Put a non-empty cell into its row."""
        valeur: object = None
        if self._longueur > LONGUEUR_D_UNE_CELLULE:
            valeur = DEMESUREE
        elif self._formule and self._sans_valeur(texte):
            valeur = FORMULE_SANS_VALEUR
        elif texte:
            valeur = self.convertir(self._sorte, self._style, texte)
        if valeur is None or valeur == "":
            return
        if self._place >= COLONNES_MAXIMUM:
            raise CelluleLointaine
        if valeur is DEMESUREE:
            self._ligne.demesuree = True
            return
        if isinstance(valeur, str):
            self.signes += len(valeur)
            # Texts that cells share were judged when they were read.
            valeur = valeur if self._sorte == "s" else abimee(valeur) or valeur
        elif isinstance(valeur, CelluleAbimee):
            self.signes += len(valeur.ecrit)
        self._ligne.cellules[self._place] = valeur

    def _sans_valeur(self, texte: str | None) -> bool:
        """Tell whether a formula was never calculated; one that gives an empty text is written with an empty value."""
        if texte is None or (not texte and self._sorte != "str"):
            return True
        # What some libraries write when they do not know the result.
        return self.recalcul and self._sorte == "n" and texte == "0"


def _place(reference: str) -> int:
    trouvee = _REFERENCE.fullmatch(reference)
    if trouvee is None:
        raise ValueError(reference)
    place = 0
    for lettre in trouvee[1]:
        place = place * 26 + ord(lettre) - 64
    return place - 1
