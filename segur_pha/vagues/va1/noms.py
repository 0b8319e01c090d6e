"""The names of files (section 3.3): how documents are named, and the names of JSON files as value objects."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from attrs import field, frozen

from segur_pha.erreurs import NomInvalide
from segur_pha.table.motifs import HORS_DES_NOMS
from segur_pha.table.noms import NomsDePieces
from segur_pha.vagues.va1.enumerations import LIMITES, FormatFichier, TypeFichier

__all__ = ["COULOIR", "LOGICIEL", "NOMS_DES_PIECES", "VAGUE", "NomFichierJSON", "NomPiece", "exiger_motif"]

#: Pharmacies, pharmacy software, wave 1.
COULOIR: Final = "PHA"
LOGICIEL: Final = "LGO"
VAGUE: Final = "Va1"

#: Three digits, and the first file of a day is 001.
NUMERO_MAXIMAL: Final = LIMITES.fichiers_par_jour

#: The table says VARCHAR: any character that a file name can hold (decision 6).
MOTIF_NUMERO_ANS: Final = f"[^{HORS_DES_NOMS}]{{10}}"
MOTIF_NUMERO_EDITEUR: Final = f"[^{HORS_DES_NOMS}]{{5}}"
#: CodeTypeFichier is in the table at the end of section 3.3.
NOMS_DES_PIECES: Final = NomsDePieces(
    prefixe=f"{COULOIR}-{LOGICIEL}-{VAGUE}",
    codes={TypeFichier.BON_COMMANDE.value: "BDC", TypeFichier.PREUVE_HT.value: "HT"},
    formats=tuple(f.value for f in FormatFichier),
    numero=MOTIF_NUMERO_EDITEUR,
    mots={
        TypeFichier.BON_COMMANDE.value: "le bon de commande",
        TypeFichier.PREUVE_HT.value: "la preuve de régime HT",
    },
    communes={TypeFichier.PREUVE_HT.value: ("preuve_ht", "preuve-ht", "preuve ht")},
)

_NOM_JSON: Final = f"JSON-({MOTIF_NUMERO_ANS})-([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})-([0-9]{{3}})\\.json"


def exiger_motif(motif: str, attendu: str, valeur: str, balise: str) -> None:
    """Raise :class:`~segur_pha.NomInvalide` unless a value is a text that can be used in a name."""
    if not isinstance(valeur, str) or not re.fullmatch(motif, valeur):
        raise NomInvalide(f"{balise} : indiquez {attendu} pour former un nom de fichier.", balise=balise)


@frozen(kw_only=True, order=True)
class NomFichierJSON:
    """The name of a JSON file: ``JSON-{numeroAns}-{AAAAMMJJ}-{NNN}.json`` (section 3.3).

    Attributes:
        numero_ans: ten characters that a file name can hold.
        jour: the day of the deposit on the portal.
        numero: the file's number on that day for that numeroAns, 1 to 999.

    Raises :class:`~segur_pha.NomInvalide` on anything else.

    >>> nom = NomFichierJSON(numero_ans="ANS0000001", jour=date(2022, 11, 15), numero=1)
    >>> str(nom)
    'JSON-ANS0000001-20221115-001.json'
    >>> NomFichierJSON.lire(str(nom)) == nom
    True
    """

    numero_ans: str
    jour: date
    numero: int = field(default=1)

    def __attrs_post_init__(self) -> None:
        exiger_motif(MOTIF_NUMERO_ANS, "10 caractères permis dans un nom de fichier", self.numero_ans, "numeroAns")
        if type(self.jour) is not date:
            raise NomInvalide("La date de dépôt d’un fichier JSON est un jour (datetime.date, sans heure).")
        if type(self.numero) is not int or not 1 <= self.numero <= NUMERO_MAXIMAL:
            raise NomInvalide(f"Le numéro de fichier du jour va de 1 à {NUMERO_MAXIMAL}.")

    def __str__(self) -> str:
        jour = f"{self.jour.year:04}{self.jour.month:02}{self.jour.day:02}"
        return f"JSON-{self.numero_ans}-{jour}-{self.numero:03}.json"

    @classmethod
    def lire(cls, texte: str) -> NomFichierJSON:
        """Parse a name, strictly: no path, no blank, exact case.

        >>> NomFichierJSON.lire("JSON-ANS0000001-20220231-001.json")
        Traceback (most recent call last):
        ...
        segur_pha.erreurs.NomInvalide: Nom de fichier JSON attendu : JSON-numeroAns-AAAAMMJJ-NNN.json, avec un jour qui existe.
        """
        trouve = re.fullmatch(_NOM_JSON, texte) if isinstance(texte, str) else None
        if trouve is not None:
            numero_ans, annee, mois, jour, numero = trouve.groups()
            try:
                return cls(numero_ans=numero_ans, jour=date(int(annee), int(mois), int(jour)), numero=int(numero))
            except ValueError:  # a day that does not exist, or the number 000 (NomInvalide is a ValueError)
                pass
        raise NomInvalide("Nom de fichier JSON attendu : JSON-numeroAns-AAAAMMJJ-NNN.json, avec un jour qui existe.")


@frozen(kw_only=True)
class NomPiece:
    """The name of a supporting document: ``PHA-LGO-Va1-{code}-{numeroEditeur}.{format}`` (section 3.3).

    Raises :class:`~segur_pha.NomInvalide` on anything else.

    >>> nom = NomPiece(type_fichier=TypeFichier.BON_COMMANDE, numero_editeur="00001", format_fichier=FormatFichier.PDF)
    >>> str(nom)
    'PHA-LGO-Va1-BDC-00001.pdf'
    >>> NomPiece.lire(str(nom)) == nom
    True
    """

    type_fichier: TypeFichier
    numero_editeur: str
    format_fichier: FormatFichier

    def __attrs_post_init__(self) -> None:
        exiger_motif(
            MOTIF_NUMERO_EDITEUR, "5 caractères permis dans un nom de fichier", self.numero_editeur, "numeroEditeur"
        )
        if not isinstance(self.type_fichier, TypeFichier):
            raise NomInvalide("typeFichier : indiquez un TypeFichier.", balise="typeFichier")
        if not isinstance(self.format_fichier, FormatFichier):
            raise NomInvalide("formatFichier : indiquez un FormatFichier.", balise="formatFichier")

    def __str__(self) -> str:
        return NOMS_DES_PIECES.nommer(self.type_fichier, self.numero_editeur, self.format_fichier)

    @classmethod
    def lire(cls, texte: str) -> NomPiece:
        """Parse a name, strictly: no path, no blank, extension in lower case.

        >>> NomPiece.lire("PHA-LGO-Va1-HT-A0001.png").type_fichier
        <TypeFichier.PREUVE_HT: 'PREUVE_HT'>
        """
        trouve = NOMS_DES_PIECES.lire(texte) if isinstance(texte, str) else None
        if trouve is None:
            raise NomInvalide(
                "Nom de pièce attendu : comme PHA-LGO-Va1-BDC-00001.pdf (section 3.3).", balise="nomFichier"
            )
        type_fichier, numero, format_fichier = trouve
        return cls(
            type_fichier=TypeFichier(type_fichier), numero_editeur=numero, format_fichier=FormatFichier(format_fichier)
        )
