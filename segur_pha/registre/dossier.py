"""All that the ledger knows about one pharmacy, for checks after the fact: as one page, and as one JSON."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
from attrs import frozen

from segur_pha.erreurs import RegistreError
from segur_pha.rapports.html import Html, chiffres, element, page, table
from segur_pha.rapports.tableau import Tableau, accorder, en_mots, euros
from segur_pha.registre.base import demandes
from segur_pha.registre.evenements import NATURES, DemandePreparee, FaitAnnule, FichierPrepare, LigneRecue, depuis_json
from segur_pha.registre.journal import evenements_de
from segur_pha.registre.mots import EVENEMENTS, NOMS_DES_MONTANTS, precisions
from segur_pha.registre.rangees import lignes_des_etats, objet_de_demande
from segur_pha.registre.tables import demandes as table_des_demandes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.evenements import Evenement

__all__ = ["Dossier", "dossier_de", "tableau_de_l_histoire"]


@frozen(kw_only=True)
class Dossier:
    """The requests of one pharmacy and all that happened to them, in order, including the lines sent and received."""

    finess_geo: str
    demandes: tuple[EtatDemande, ...]
    evenements: tuple[Evenement, ...]

    def __str__(self) -> str:
        return (
            f"Officine {self.finess_geo} : {accorder(len(self.demandes), 'demande')}, "
            f"{accorder(len(self.evenements), 'événement')}"
        )

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per request, as :meth:`~segur_pha.registre.Registre.en_lignes` does."""
        return lignes_des_etats(self.demandes)

    def json(self) -> bytes:
        """Return it for programs: states, then events as the journal keeps them."""
        noms = {e.fichier: e.nom for e in self.evenements if isinstance(e, FichierPrepare)}
        objet = {
            "version": 1,
            "finess_geo": self.finess_geo,
            "demandes": [objet_de_demande(demande, noms.get(demande.fichier)) for demande in self.demandes],
            "evenements": [{"nature": NATURES[type(e)], "evenement": _brut(e)} for e in self.evenements],
        }
        return msgspec.json.format(msgspec.json.encode(objet), indent=2) + b"\n"

    def html(self) -> bytes:
        """Return it as one web page, readable without its script and without external resources."""
        return page(f"Officine {self.finess_geo}", *(Html(partie) for partie in self._parties()), filtrable=True)

    def _parties(self) -> Iterator[str]:
        for d in self.demandes:
            attendu, paye = NOMS_DES_MONTANTS[d.solde_de is not None]
            montants = (
                (attendu.capitalize(), d.avance),
                (paye.capitalize(), d.montant_paye),
                ("Solde payé", d.montant_solde),
            )
            dits = [
                ("Phase", d.phase.value),
                ("Référence de l’ASP", d.numero_asp or "aucune"),
                *((nom, euros(montant)) for nom, montant in montants if montant is not None),
                *([("VA signée", en_mots(d.jour_service))] if d.jour_service else []),
                *([("MSSanté", d.adresse_mssante)] if d.adresse_mssante else []),
            ]
            yield element("h2", f"Demande {d.numero_editeur}")
            yield chiffres(dits)
            pieces = [(piece.nom, piece.sha256 or None) for piece in d.pieces]
            yield table(
                Tableau(("Pièce", "SHA-256"), pieces, titre=f"Pièces de la demande {d.numero_editeur}"), fiches=True
            )
        yield table(tableau_de_l_histoire(self.evenements), fiches=True)
        for e in self.evenements:
            if isinstance(e, DemandePreparee | LigneRecue):
                sens = "envoyée" if isinstance(e, DemandePreparee) else "reçue"
                yield element("h3", f"Ligne {sens} le {en_mots(e.jour)}, demande {e.numero_editeur or 'inconnue'}")
                yield element("pre", element("code", e.ligne))


def tableau_de_l_histoire(evenements: Iterable[Evenement]) -> Tableau:
    """Lay out what happened, day by day; within a day, in the order in which it was noted."""
    rangees = [
        (
            getattr(e, "jour", None),
            EVENEMENTS[NATURES[type(e)]],
            # What is taken back for a whole file is about each of its requests.
            None if isinstance(e, FaitAnnule) and e.fichier else getattr(e, "numero_editeur", None),
            ", ".join(precisions(e)) or None,
        )
        for e in sorted(evenements, key=lambda e: getattr(e, "jour", date.min))
    ]
    return Tableau(("Jour", "Événement", "Demande", "Précision"), rangees, titre="Historique")


def _brut(evenement: Evenement) -> object:
    from segur_pha.registre.evenements import en_json

    return msgspec.Raw(en_json(evenement).encode())


def dossier_de(connexion: Connection, finess: str) -> Dossier:
    """Gather all that the ledger knows about a pharmacy.

    Raises :class:`~segur_pha.RegistreError` for a pharmacy without requests.
    """
    trouvees = tuple(demandes(connexion, table_des_demandes.c.finess_geo == finess))
    if not trouvees:
        raise RegistreError("Le registre n’a aucune demande de cette officine.")
    evenements = tuple(depuis_json(*ecrit) for ecrit in evenements_de(connexion, finess))
    return Dossier(finess_geo=finess, demandes=trouvees, evenements=evenements)
