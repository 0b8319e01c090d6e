"""Codes and libellés of faults; :mod:`segur_pha.table.catalogue` lists those that can happen.

The documents print one libellé only, « Demande acceptée »; every other code and libellé is segur_pha's own (decision 5).
A libellé names the balise and what is expected, and never repeats the value.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from segur_pha.table.formats import Defaut, Format, Nature

if TYPE_CHECKING:
    from segur_pha.table.balise import Balise

__all__ = [
    "CODE_ACCEPTE",
    "LIBELLE_ACCEPTE",
    "CodeDeFichier",
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
        """The French sentence of this code; what is known about the place is added to it."""
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


def code_de(balise: Balise, nature: Nature) -> str:
    """Return the code RRNN of one kind of fault of a balise."""
    return f"{balise.numero:02}{nature}"


_CONSTATS: Final = {
    Nature.TYPE: "type de valeur incorrect",
    Nature.LONGUEUR: "longueur incorrecte",
    Nature.FORMAT: "format incorrect",
    Nature.VALEUR: "valeur non autorisée",
}


def libelle_de(balise: Balise, defaut: Defaut) -> str:
    """Return the French libellé of a fault that a value has by itself, or of a value used twice.

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
