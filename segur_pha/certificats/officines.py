"""The second table: what is known about the pharmacies, and whose certificate it is when its row does not say."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import Factory, frozen

from segur_pha.certificats.colonnes import OFFICINES, places_des_champs
from segur_pha.certificats.memoire import Memoire
from segur_pha.certificats.parc import Officine, SuiviIllisible, ligne_illisible
from segur_pha.certificats.tableaux import Source, ouvrir_tableau

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.constats import Constat

__all__ = ["Rattachement", "TableLue", "TableOfficines", "lire_officines"]

TableOfficines: TypeAlias = "Source | Iterable[Mapping[str, str]]"

_BESOINS: Final = (("finess", "structure"),)
_CLES: Final = ("numero", "fqdn", "cn")


@frozen
class Rattachement:
    """Which pharmacy a certificate belongs to, by product number, FQDN or CN (case does not matter)."""

    finess: dict[tuple[str, str], str] = Factory(dict)

    def __bool__(self) -> bool:
        return bool(self.finess)

    def de(self, numero: str, fqdn: str, cn: str) -> str | None:
        """Return the FINESS for the first of the three that is known."""
        cles = zip(_CLES, (numero, fqdn, cn), strict=True)
        return next((f for champ, texte in cles if (f := self.finess.get((champ, _cle(texte))))), None)


@frozen
class _Rangee:
    officine: Officine
    cles: tuple[tuple[str, str], ...]

    @property
    def muette(self) -> bool:
        return not (self.officine.editeur or self.officine.nom or self.officine.courriel)


@frozen
class TableLue:
    """What the second table provides."""

    officines: dict[str, Officine] = Factory(dict)
    fautes: list[Constat] = Factory(list)
    rattachement: Rattachement = Factory(Rattachement)


def lire_officines(source: TableOfficines | None, memoire: Memoire | None = None) -> TableLue:
    """Read the table of the pharmacies: by FINESS, the keys of their certificates, and the rows that could not be taken.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when the table cannot be opened, has no column ``finess``, or is not
    made of mappings.
    """
    lue, lieu = TableLue(), dict[str, int]()
    for numero, rangee in () if source is None else _rangees(source, memoire or Memoire()):
        if isinstance(rangee, str):
            lue.fautes.append(ligne_illisible("officines", numero, rangee))
            continue
        finess = rangee.officine.finess
        connue = lue.officines.get(finess)
        if connue is None:
            lue.officines[finess], lieu[finess] = rangee.officine, numero
        elif connue != rangee.officine and not (rangee.cles and rangee.muette):
            raison = f"même FINESS que la ligne {lieu[finess]}, avec d’autres renseignements : gardez la bonne ligne"
            lue.fautes.append(ligne_illisible("officines", numero, raison))
            continue
        for cle in rangee.cles:
            if lue.rattachement.finess.setdefault(cle, finess) != finess:
                raison = "ce n° de produit, ce FQDN ou ce CN désigne déjà une autre officine : gardez la bonne ligne"
                lue.fautes.append(ligne_illisible("officines", numero, raison))
    return lue


def _rangees(source: TableOfficines, memoire: Memoire) -> Iterator[tuple[int, _Rangee | str]]:
    if isinstance(source, (bytes, str, os.PathLike)):
        tableau = ouvrir_tableau(source, OFFICINES, _BESOINS, quoi="tableau des officines")
        for numero, cellules in tableau.lignes:
            yield numero, cellules if isinstance(cellules, str) else _rangee(tableau.places, cellules, memoire)
        memoire.noter("Officines", tableau.lu)
        return
    for rang, ligne in enumerate(source, 1):
        if not isinstance(ligne, Mapping):
            raise SuiviIllisible("Les officines sont un tableau ou une suite de dictionnaires (finess, editeur, …).")
        valeurs = ["" if valeur is None else str(valeur) for valeur in ligne.values()]
        places = places_des_champs(list(ligne), OFFICINES, _BESOINS)
        yield rang, "FINESS absent" if places is None else _rangee(places, valeurs, memoire)


def _rangee(places: Mapping[str, list[int]], cellules: list[str], memoire: Memoire) -> _Rangee | str:
    lus = {champ: cellules[rangs[0]] for champ, rangs in places.items()}
    finess_lu, structure = lus.get("finess", ""), lus.get("structure", "")
    finess = memoire.finess[finess_lu] or (None if finess_lu.strip() else memoire.structures[structure])
    if finess is None:
        return memoire.pourquoi_pas_un_finess(finess_lu or structure)
    editeur, nom = memoire.textes[lus.get("editeur", "")], lus.get("nom", "").strip()
    adresses = [a for place in places.get("courriel", ()) for a in memoire.adresses[cellules[place]]]
    cles = tuple((champ, cle) for champ in _CLES if champ in lus and (cle := _cle(lus[champ])))
    return _Rangee(Officine(finess, editeur, nom, adresses[0] if adresses else ""), cles)


def _cle(texte: str) -> str:
    return texte.strip().casefold()
