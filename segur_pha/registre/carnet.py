"""States that events change one after the other: in memory, whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from segur_pha.registre.transitions import consequences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segur_pha.registre.etats import Changements, EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement

__all__ = ["Carnet", "Livre", "rejouer"]


@define
class Carnet:
    """Working memory: states that one event after another changes.

    It is a :class:`~segur_pha.registre.etats.Vue` on all of them, or on those that it was given.
    """

    demandes: dict[str, EtatDemande] = field(factory=dict)
    fichiers: dict[str, EtatFichier] = field(factory=dict)
    numeros: set[str] = field(factory=set)
    retours: set[str] = field(factory=set)
    asp: dict[str, str] = field(factory=dict)

    def appliquer(self, evenement: Evenement) -> Changements:
        """Let an event happen, and say what it changed."""
        changements = consequences(evenement, self)
        for demande in changements.demandes:
            self._retenir(demande)
        self.fichiers.update({fichier.fichier: fichier for fichier in changements.fichiers})
        self.numeros.update(changements.numeros)
        self.retours.update(changements.retours)
        return changements

    def _retenir(self, demande: EtatDemande) -> None:
        ancienne = self.demandes.get(demande.numero_editeur)
        if ancienne is not None and ancienne.numero_asp is not None:
            del self.asp[ancienne.numero_asp]
        if demande.numero_asp is not None:
            self.asp[demande.numero_asp] = demande.numero_editeur
        self.demandes[demande.numero_editeur] = demande

    def demande(self, numero: str) -> EtatDemande | None:
        """See :class:`~segur_pha.registre.etats.Vue`."""
        return self.demandes.get(numero)

    def fichier(self, empreinte: str) -> EtatFichier | None:
        """See :class:`~segur_pha.registre.etats.Vue`."""
        return self.fichiers.get(empreinte)

    def demandes_du_fichier(self, empreinte: str) -> list[EtatDemande]:
        """See :class:`~segur_pha.registre.etats.Vue`."""
        return sorted((d for d in self.demandes.values() if d.fichier == empreinte), key=lambda d: d.rang)

    def demandes_du_finess(self, finess: str) -> list[EtatDemande]:
        """See :class:`~segur_pha.registre.etats.Vue`."""
        return sorted((d for d in self.demandes.values() if d.finess_geo == finess), key=lambda d: d.numero_editeur)

    def porteur(self, numero_asp: str) -> str | None:
        """See :class:`~segur_pha.registre.etats.Vue`."""
        return self.asp.get(numero_asp)

    def numero_reserve(self, numero: str) -> bool:
        """See :class:`~segur_pha.registre.etats.Vue`."""
        return numero in self.numeros

    def retour_connu(self, empreinte: str) -> bool:
        """See :class:`~segur_pha.registre.etats.Vue`."""
        return empreinte in self.retours


@frozen(kw_only=True)
class Livre:
    """The whole state of a ledger; made by :func:`rejouer`."""

    demandes: Mapping[str, EtatDemande]
    fichiers: Mapping[str, EtatFichier]
    numeros: frozenset[str]
    retours: frozenset[str]


def rejouer(evenements: Iterable[Evenement]) -> Livre:
    """Fold a history into the state it leads to.

    >>> from segur_pha.registre.evenements import NumerosReserves
    >>> rejouer([NumerosReserves(numeros=("00001", "00002"))]).numeros == {"00001", "00002"}
    True
    """
    carnet = Carnet()
    for evenement in evenements:
        carnet.appliquer(evenement)
    return Livre(
        demandes=carnet.demandes,
        fichiers=carnet.fichiers,
        numeros=frozenset(carnet.numeros),
        retours=frozenset(carnet.retours),
    )
