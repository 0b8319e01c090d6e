"""Codes and libellés: derived from the table, so that exactly the pairs (balise, kind) that can happen have one.

The documents print one libellé only, « Demande acceptée »; every other code and libellé is segur_pha's own (decision 5).
A libellé names the balise and what is expected, and never repeats the value.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.table.formats import Defaut, Format, Nature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.table.balise import Balise
    from segur_pha.table.modele import Coherence

__all__ = [
    "CODE_ACCEPTE",
    "LIBELLE_ACCEPTE",
    "Catalogue",
    "CodeDeFichier",
    "EntreeCatalogue",
    "Provenance",
    "catalogue_de",
    "code_de",
    "libelle_de",
]

CODE_ACCEPTE: Final = "0000"
#: The only libellé that the document prints (section 1.2, step 5).
LIBELLE_ACCEPTE: Final = "Demande acceptée"


class CodeDeFichier(StrEnum):
    """Why a whole file is refused by the 1st control, besides its header values."""

    ENCODAGE = "9901"
    MALFORME = "9902"
    CLE_DOUBLE = "9903"
    RACINE = "9904"
    BALISE_ABSENTE = "9905"
    BALISE_INCONNUE = "9906"
    NATURE_DU_BLOC = "9907"
    NOMBRE = "9908"
    TAILLE = "9909"

    @property
    def libelle(self) -> str:
        """The French sentence of this code; what is known of the place is added to it."""
        return _LIBELLES_DE_FICHIER[self]


_LIBELLES_DE_FICHIER: Final = {
    CodeDeFichier.ENCODAGE: "Encodage : enregistrez le fichier en UTF-8",
    CodeDeFichier.MALFORME: "Le texte n’est pas du JSON bien formé",
    CodeDeFichier.CLE_DOUBLE: "Balise présente deux fois dans le même bloc ; gardez-en une seule",
    CodeDeFichier.RACINE: "Le fichier doit contenir un seul objet JSON, entre accolades",
    CodeDeFichier.BALISE_ABSENTE: "Balise absente ; ajoutez-la",
    CodeDeFichier.BALISE_INCONNUE: "Balise inconnue ; retirez-la ou corrigez son nom",
    CodeDeFichier.NATURE_DU_BLOC: "Nature du bloc incorrecte",
    CodeDeFichier.NOMBRE: "Nombre de demandes incorrect",
    CodeDeFichier.TAILLE: "Fichier trop gros ou trop imbriqué",
}


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
        """What is wrong in a few words, whatever is expected: for a count of many faults.

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
        """Look a code up; a code that is not ours gives ``None``.

        >>> from segur_pha import VA1
        >>> print(VA1.catalogue.get("2303").libelle)
        FINESSGeo : longueur incorrecte ; indiquez un texte de 9 caractères
        """
        return self._par_code.get(code)


def code_de(balise: Balise, nature: Nature) -> str:
    """Give the code RRNN of a kind of fault of a balise."""
    return f"{balise.numero:02}{nature}"


_CONSTATS: Final = {
    Nature.TYPE: "type de valeur incorrect",
    Nature.LONGUEUR: "longueur incorrecte",
    Nature.FORMAT: "format incorrect",
    Nature.VALEUR: "valeur non autorisée",
}


def libelle_de(balise: Balise, defaut: Defaut) -> str:
    """Give the French libellé of a fault that a value has by itself, or of a value used twice.

    >>> from segur_pha import VA1
    >>> print(libelle_de(VA1.balises[22], Defaut(Nature.NON_RENSEIGNEE)))
    FINESSGeo : valeur obligatoire ; indiquez un texte de 9 caractères
    """
    if defaut.nature is Nature.DOUBLON:
        return f"{balise.nom} : déjà porté par une autre demande du fichier ; donnez à chaque demande une valeur à elle"
    if not isinstance(balise.format, Format):
        return f"{balise.nom} : liste vide ; indiquez au moins un élément"
    attendu = balise.format.attendu
    if defaut.nature is not Nature.NON_RENSEIGNEE:
        libelle = f"{balise.nom} : {_CONSTATS[defaut.nature]} ; indiquez {attendu}"
        if defaut.nature is Nature.TYPE and balise.format.ecriture and not defaut.precision:
            libelle += f", {balise.format.ecriture}"
    elif balise.obligatoire:
        libelle = f"{balise.nom} : valeur obligatoire ; indiquez {attendu}"
    else:
        libelle = f"{balise.nom} : texte vide ; indiquez {attendu}, ou null sans guillemets"
    return f"{libelle} ; {defaut.precision}" if defaut.precision else libelle


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
