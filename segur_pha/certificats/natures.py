"""Whose certificate it is: a pharmacy's, or one that never counts, with a sentence that says why."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.certificats.jours import en_lettres
from segur_pha.identifiants import nature_structure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

__all__ = ["CertificatEcarte", "NatureDeCertificat", "nature_de"]


class NatureDeCertificat(enum.Enum):
    """Why a certificate that was read counts for no pharmacy."""

    TEST = "de TEST"
    ENTREPRISE = "d’une entreprise"
    CABINET = "d’un cabinet"
    PERSONNE = "d’une personne"


_RAISONS: Final = {
    NatureDeCertificat.TEST: "certificat de TEST : aucun service réel ne s’en sert, il ne compte jamais",
    NatureDeCertificat.ENTREPRISE: (
        "certificat d’une entreprise (SIREN ou SIRET), sans doute l’éditeur lui-même : il ne compte pour aucune "
        "officine, suivez son échéance à part"
    ),
    NatureDeCertificat.CABINET: "certificat d’un cabinet (ADELI ou RPPS) : il ne compte pour aucune officine",
    NatureDeCertificat.PERSONNE: "certificat d’une personne (carte, offre PRO ou PS) : il ne compte pour aucune officine",
}
_PAR_REGISTRE: Final = dict.fromkeys(("SIREN", "SIRET"), NatureDeCertificat.ENTREPRISE) | dict.fromkeys(
    ("ADELI", "RPPS"), NatureDeCertificat.CABINET
)


@frozen
class CertificatEcarte:
    """A certificate that was read and counts for no pharmacy.

    There is nothing to correct about it, so it is not a :class:`~segur_pha.Constat`.

    Attributes:
        tableau: ``"suivi"``, or the name of its file; ``ligne``: its line there, as for a :class:`~segur_pha.Constat`.
        nature: why it does not count.
        fin: the day it ends, if it could be read: a publisher's own certificate expires as well.
    """

    tableau: str
    ligne: int
    nature: NatureDeCertificat
    fin: date | None = None

    @property
    def raison(self) -> str:
        """A French sentence that says why it does not count, without a personal value.

        >>> CertificatEcarte("a.pem", 1, NatureDeCertificat.TEST).raison
        'certificat de TEST : aucun service réel ne s’en sert, il ne compte jamais'
        """
        return _RAISONS[self.nature]

    def __str__(self) -> str:
        fin = f", fin le {en_lettres(self.fin)}" if self.fin else ""
        return f"{self.tableau}, ligne {self.ligne}{fin} : {self.raison}"


def nature_de(
    structures: Iterable[str], *, offre: str = "", de_test: bool = False, personne: bool = False
) -> NatureDeCertificat | None:
    """Return why a certificate does not count for a pharmacy, or ``None``.

    ``structures`` are structure ids (a digit, then a number of the corresponding register); a FINESS among them outweighs others.

    >>> nature_de(["373282932000074"]), nature_de(["1750000002"])
    (<NatureDeCertificat.ENTREPRISE: 'd’une entreprise'>, None)
    """
    if de_test:
        return NatureDeCertificat.TEST
    if personne or offre.strip().upper() in {"PRO", "PS"}:
        return NatureDeCertificat.PERSONNE
    registres = [registre for structure in structures if (registre := nature_structure(structure))]
    if "FINESS" in registres or not registres:
        return None
    return _PAR_REGISTRE[registres[0]]
