"""States in memory, all those of a ledger or those that an event needs, and the entry point of the pure reducer."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Final

from attrs import define, field

from segur_pha.erreurs import RegistreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segur_pha.registre.etats import Changements, Cle, EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement

__all__ = ["EtatsEnMemoire", "consequences", "demande_connue", "fichier_connu", "inconnue", "interdit", "proposer"]


@define
class EtatsEnMemoire:
    """Requests by wave and number, files by SHA-256, numbers used up, answers recorded, references of the agency.

    ``asp``: wave and numeroASP → the number of the request that has it.
    """

    demandes: dict[Cle, EtatDemande] = field(factory=dict)
    fichiers: dict[str, EtatFichier] = field(factory=dict)
    numeros: set[Cle] = field(factory=set)
    retours: set[str] = field(factory=set)
    asp: dict[Cle, str] = field(factory=dict)
    vagues: set[str] = field(factory=set)

    def copie(self) -> EtatsEnMemoire:
        """Return a copy of these states, for trying something out."""
        return EtatsEnMemoire(
            demandes=dict(self.demandes),
            fichiers=dict(self.fichiers),
            numeros=set(self.numeros),
            retours=set(self.retours),
            asp=dict(self.asp),
            vagues=set(self.vagues),
        )

    def poser(self, changements: Changements) -> None:
        """Take over what an event changed."""
        for demande in changements.demandes:
            ancienne = self.demandes.get(demande.cle)
            if ancienne is not None and ancienne.numero_asp is not None:
                del self.asp[ancienne.specification, ancienne.numero_asp]
            self.retenir(demande)
        self.fichiers.update({fichier.fichier: fichier for fichier in changements.fichiers})
        self.numeros.update(changements.numeros)
        self.retours.update(changements.retours)
        self.retours.difference_update(changements.retours_annules)

    def retenir(self, demande: EtatDemande) -> None:
        """Take over a request that was not there, or had no reference."""
        self.demandes[demande.cle] = demande
        if demande.numero_asp is not None:
            self.asp[demande.specification, demande.numero_asp] = demande.numero_editeur
            self.vagues.add(demande.specification)

    def demandes_du_fichier(self, empreinte: str) -> list[EtatDemande]:
        """List the requests that are now in a file, by place."""
        return sorted((d for d in self.demandes.values() if d.fichier == empreinte), key=lambda d: d.rang)

    def demandes_du_finess(self, finess: str) -> list[EtatDemande]:
        """List the requests of a pharmacy, by wave and number."""
        return sorted((d for d in self.demandes.values() if d.finess_geo == finess), key=lambda d: d.cle)

    def avance_soldee(self, solde: EtatDemande) -> EtatDemande | None:
        """Return the request whose advance a balance request settles, ``None`` if no request here has that numeroASP."""
        porteurs = ((vague, self.asp.get((vague, solde.solde_de or ""))) for vague in sorted(self.vagues))
        avances = (self.demandes[vague, numero] for vague, numero in porteurs if numero is not None)
        return next((avance for avance in avances if avance.solde_de is None), None)


@singledispatch
def consequences(evenement: Evenement, etats: EtatsEnMemoire) -> Changements:
    """Say what an event changes; pure.

    Raises :class:`~segur_pha.RegistreError` when it may not happen, given what ``etats`` holds.
    """
    del etats
    raise TypeError(type(evenement).__name__)


def demande_connue(etats: EtatsEnMemoire, specification: str, numero: str) -> EtatDemande:
    """Return a request; raises :class:`~segur_pha.RegistreError` for one that the ledger does not know."""
    demande = etats.demandes.get((specification, numero))
    if demande is None:
        raise inconnue(numero)
    return demande


def inconnue(numero: str, connus: Iterable[str] = ()) -> RegistreError:
    """Say that the ledger knows no request with that number or reference; ``connus``: the numbers that it knows."""
    return RegistreError(f"Demande inconnue du registre : {numero}.{proposer(numero, connus)}")


def proposer(numero: str, connus: Iterable[str]) -> str:
    """Propose the known numbers that differ only by leading zeros, blanks or case; ``""`` if there are none.

    >>> proposer("4", ["00004", "00014", "40000"])
    ' Vouliez-vous 00004 ?'
    """
    cle = _sans_zeros(numero)
    proches = sorted({connu for connu in connus if cle and _sans_zeros(connu) == cle})[:_PROPOSES]
    return f" Vouliez-vous {' ou '.join(proches)} ?" if proches else ""


#: How many numbers a message proposes.
_PROPOSES: Final = 3


def _sans_zeros(numero: str) -> str:
    return numero.strip().lstrip("0").casefold()


def fichier_connu(etats: EtatsEnMemoire, empreinte: str) -> EtatFichier:
    """Return a file; raises :class:`~segur_pha.RegistreError` for one that the ledger does not know."""
    fichier = etats.fichiers.get(empreinte)
    if fichier is None:
        raise RegistreError(f"Fichier inconnu du registre ({empreinte[:12]}) : enregistrez d’abord sa préparation.")
    return fichier


def interdit(demande: EtatDemande, raison: str) -> RegistreError:
    """Say why something may not happen to a request."""
    return RegistreError(f"Demande {demande.numero_editeur} ({demande.phase}) : {raison}.")
