"""A workbook (.xlsx, in either edition of the format): its sheets and their rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from attrs import define, frozen

from segur_pha.erreurs import ExtraManquant
from segur_pha.tableurs.feuille import COLONNES_MAXIMUM, CelluleLointaine, lignes_de_la_feuille
from segur_pha.tableurs.parties import ACCIDENTS, PARTIES_MAXIMUM, PartieDemesuree, Parties, vrai
from segur_pha.tableurs.rangees import CELLULE_DEMESUREE, EPOQUE_EXCEL, Rangee
from segur_pha.tableurs.valeurs import Valeurs, desechapper, lire_les_formats, lire_les_textes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segur_pha.erreurs import SegurError

__all__ = ["Classeur", "Feuille"]

_EPOQUE_MAC: Final = date(1904, 1, 1)


@frozen
class Feuille:
    """A sheet of cells: its name, its part, and whether it is visible."""

    nom: str
    partie: str
    visible: bool


@define
class Classeur:
    """An open workbook.

    Attributes:
        feuilles: its sheets of cells, in their order.
        epoque: the day from which its day numbers count.
    """

    nom: str
    refus: type[SegurError]
    feuilles: tuple[Feuille, ...]
    epoque: date
    _parties: Parties
    _valeurs: Valeurs
    _recalcul: bool

    @classmethod
    def ouvrir(cls, octets: bytes, *, nom: str, refus: type[SegurError]) -> Classeur:
        """Open a workbook.

        Raises ``refus`` for anything but a workbook and for one of absurd size, :class:`~segur_pha.ExtraManquant` without
        openpyxl.
        """
        try:
            import openpyxl  # noqa: F401 - knows days and number formats
        except ImportError as erreur:
            raise ExtraManquant("tableur") from erreur
        try:
            parties = Parties.ouvrir(octets)
            lu = _lire_le_classeur(parties)
            textes = lire_les_textes(parties, lu.textes) if lu.textes else []
            formats = lire_les_formats(parties, lu.styles) if lu.styles else []
        except PartieDemesuree:
            raise _demesure(nom, refus) from None
        except ACCIDENTS as erreur:
            raise _illisible(nom, refus) from erreur
        return cls(nom, refus, lu.feuilles, lu.epoque, parties, Valeurs(textes, formats, lu.epoque), lu.recalcul)

    def lignes(self, feuille: Feuille, colonnes_masquees: set[int]) -> Iterator[Rangee]:
        """Yield the non-empty rows of a sheet; raises what :meth:`ouvrir` raises while they are read."""
        convertir, compte = self._valeurs.convertir, self._parties.compte
        try:
            with self._parties.flux(feuille.partie) as flux:
                for ligne in lignes_de_la_feuille(flux, compte, convertir, colonnes_masquees, recalcul=self._recalcul):
                    if ligne.demesuree:
                        yield Rangee(ligne.numero, (), CELLULE_DEMESUREE, illisible=True, masquee=ligne.masquee)
                        continue
                    cellules = [ligne.cellules.get(place) for place in range(max(ligne.cellules) + 1)]
                    yield Rangee(ligne.numero, cellules, masquee=ligne.masquee)
        except CelluleLointaine:
            ou = f", une cellule est remplie au-delà de la colonne {COLONNES_MAXIMUM}"
            raise _demesure(self.nom, self.refus, ou) from None
        except PartieDemesuree:
            raise _demesure(self.nom, self.refus) from None
        except ACCIDENTS as erreur:
            raise _illisible(self.nom, self.refus) from erreur


def _demesure(nom: str, refus: type[SegurError], ou: str = "") -> SegurError:
    return refus(
        f"{nom} : ce classeur est démesuré{ou}. Recopiez le tableau dans un classeur neuf.", code="classeur-demesure"
    )


def _illisible(nom: str, refus: type[SegurError]) -> SegurError:
    return refus(
        f"{nom} : ce classeur est abîmé ou n’en est pas un : il ne s’ouvre pas. Enregistrez-le de nouveau au format "
        "« Classeur Excel (.xlsx) », ou en CSV.",
        code="classeur-illisible",
    )


@define
class _Lu:
    """What the main part of a workbook says."""

    feuilles: tuple[Feuille, ...] = ()
    epoque: date = EPOQUE_EXCEL
    recalcul: bool = False
    textes: str = ""
    styles: str = ""


def _lire_le_classeur(parties: Parties) -> _Lu:
    (principale,) = (cible for sorte, cible in parties.relations("").values() if sorte == "officeDocument")
    liens = parties.relations(principale)
    cibles = dict(liens.values())
    lu = _Lu(textes=cibles.get("sharedStrings", ""), styles=cibles.get("styles", ""))
    feuilles: list[Feuille] = []

    def debut(nom: str, attributs: Mapping[str, str]) -> None:
        if nom == "sheet":
            sorte, partie = liens[next(valeur for cle, valeur in attributs.items() if cle.endswith(" id"))]
            if sorte == "worksheet":
                if any(feuille.partie == partie for feuille in feuilles):
                    raise ValueError(partie)
                if len(feuilles) == PARTIES_MAXIMUM:
                    raise PartieDemesuree
                visible = attributs.get("state", "visible") == "visible"
                feuilles.append(Feuille(desechapper(attributs["name"]), partie, visible))
        elif nom == "workbookPr" and vrai(attributs.get("date1904")):
            lu.epoque = _EPOQUE_MAC
        elif nom == "calcPr":
            lu.recalcul = vrai(attributs.get("fullCalcOnLoad"))

    parties.parcourir(principale, debut)
    if not any(feuille.visible for feuille in feuilles):
        raise ValueError("worksheet")
    lu.feuilles = tuple(feuilles)
    return lu
