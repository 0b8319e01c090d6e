"""Invented: what the made-up wave bounds, and how its files and documents are named."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from segur_pha.erreurs import NomInvalide
from segur_pha.table.noms import NomsDePieces
from segur_pha.table.specification import Limites

__all__ = ["LIMITES", "NOMS_DES_PIECES", "FormatDocument", "NomFichierSolde", "Signataire", "TypeDocument"]

LIMITES: Final = Limites(
    fichiers_par_jour=99,
    demandes_par_fichier=3,
    octets_du_json=1_000_000,
    niveaux_du_json=16,
    blocs_du_json=10_000,
    octets_par_piece=1_000_000,
    octets_par_zip=2_000_000,
    anomalies_detaillees=100,
)


class TypeDocument(StrEnum):
    """What a document is: the proof of the service done, or the power of whoever signed it for the pharmacist."""

    SERVICE_FAIT = "SERVICE_FAIT"
    MANDAT = "MANDAT"


class FormatDocument(StrEnum):
    PDF = "PDF"
    PNG = "PNG"


class Signataire(StrEnum):
    TITULAIRE = "T"
    MANDATAIRE = "M"


NOMS_DES_PIECES: Final = NomsDePieces(
    prefixe="PHA-LGO-Inv2",
    codes={TypeDocument.SERVICE_FAIT.value: "SF", TypeDocument.MANDAT.value: "MDT"},
    formats=tuple(f.value for f in FormatDocument),
    numero="[0-9A-Za-z]{1,6}",
    mots={TypeDocument.SERVICE_FAIT.value: "la preuve du service fait", TypeDocument.MANDAT.value: "le mandat"},
)

_NOM: Final = re.compile(r"SOLDES-([0-9A-Za-z]{10})-([0-9]{4})-([0-9]{2})-([0-9]{2})-([0-9]{2})\.json")


@frozen(kw_only=True, order=True)
class NomFichierSolde:
    numero_ans: str
    jour: date
    numero: int = field(default=1)

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch("[0-9A-Za-z]{10}", self.numero_ans) or not 1 <= self.numero <= LIMITES.fichiers_par_jour:
            raise NomInvalide("Nom de fichier de soldes impossible.")

    def __str__(self) -> str:
        return f"SOLDES-{self.numero_ans}-{self.jour.isoformat()}-{self.numero:02}.json"

    @classmethod
    def lire(cls, texte: str) -> NomFichierSolde:
        trouve = _NOM.fullmatch(texte)
        if trouve is None:
            raise NomInvalide("Nom de fichier attendu : SOLDES-numeroAns-AAAA-MM-JJ-NN.json.")
        numero_ans, annee, mois, jour, numero = trouve.groups()
        return cls(numero_ans=numero_ans, jour=date(int(annee), int(mois), int(jour)), numero=int(numero))
