"""The catalogue of codes: derived from the table, so that a pair (balise, kind) has a code if and only if it can happen."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.table.codes import CODE_ACCEPTE, LIBELLE_ACCEPTE, CodeDeFichier, code_de, libelle_de
from segur_pha.table.formats import Defaut, Format, Nature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.table.balise import Balise
    from segur_pha.table.modele import Coherence

__all__ = ["Catalogue", "EntreeCatalogue", "Provenance", "catalogue_de"]


class Provenance(StrEnum):
    """Where a libellé comes from."""

    DOCUMENT = "document"
    SEGUR_PHA = "segur_pha"


@frozen
class EntreeCatalogue:
    """One code: its balise (or ``""``), its kind (two digits, or ``""``), its French libellé and where that comes from."""

    code: str
    balise: str
    nature: str
    libelle: str
    provenance: Provenance

    @property
    def constat(self) -> str:
        """What is wrong, in a few words that do not say what is expected, for counting many faults.

        >>> from segur_pha import VA1
        >>> VA1.catalogue.get("1204").constat, VA1.catalogue.get("2407").constat
        ('montantSegurHT : format incorrect', 'piecesJustificatives : en désaccord avec une autre balise')
        """
        if self.nature == Nature.INCOHERENCE and self.balise:
            return f"{self.balise} : en désaccord avec une autre balise"
        return self.libelle.partition(" ; ")[0]


@frozen(slots=False)
class Catalogue:
    """Every code that the controls can give, in order of code."""

    entrees: tuple[EntreeCatalogue, ...]

    @cached_property
    def _par_code(self) -> dict[str, EntreeCatalogue]:
        return {entree.code: entree for entree in self.entrees}

    def __iter__(self) -> Iterator[EntreeCatalogue]:
        return iter(self.entrees)

    def __len__(self) -> int:
        return len(self.entrees)

    def get(self, code: str) -> EntreeCatalogue | None:
        """Look a code up; ``None`` when it is not one of ours.

        >>> from segur_pha import VA1
        >>> print(VA1.catalogue.get("2303").libelle)
        FINESSGeo : longueur incorrecte ; indiquez un texte de 9 caractères
        """
        return self._par_code.get(code)


def catalogue_de(rangees: Sequence[Balise], coherences: Sequence[Coherence]) -> Catalogue:
    """Derive the catalogue of a table: one entry per code that can happen."""
    document = EntreeCatalogue(CODE_ACCEPTE, "", "", LIBELLE_ACCEPTE, Provenance.DOCUMENT)
    fichier = [EntreeCatalogue(c.value, "", c.value[2:], c.libelle, Provenance.SEGUR_PHA) for c in CodeDeFichier]
    lignes = [entree for rangee in rangees for entree in _entrees(rangee, coherences)]
    return Catalogue((document, *sorted(lignes, key=lambda entree: entree.code), *fichier))


def _entrees(rangee: Balise, coherences: Sequence[Coherence]) -> Iterator[EntreeCatalogue]:
    for nature in _natures(rangee):
        code, libelle = code_de(rangee, nature), libelle_de(rangee, Defaut(nature))
        yield EntreeCatalogue(code, rangee.nom, nature.value, libelle, Provenance.SEGUR_PHA)
    libelles = [f"{c.balise} : {c.libelle}" for c in coherences if c.balise == rangee.nom]
    if libelles:
        code = code_de(rangee, Nature.INCOHERENCE)
        yield EntreeCatalogue(code, rangee.nom, Nature.INCOHERENCE.value, " / ".join(libelles), Provenance.SEGUR_PHA)


def _natures(rangee: Balise) -> Iterator[Nature]:
    if isinstance(rangee.format, Format):
        yield from rangee.format.natures
    elif rangee.vide_est_un_defaut:
        yield Nature.NON_RENSEIGNEE
    if rangee.unique:
        yield Nature.DOUBLON
