"""``segur-pha registre dossier``: what an inspector asks for about one pharmacy, in one folder."""

from __future__ import annotations

from hashlib import sha256
from operator import methodcaller
from pathlib import Path  # noqa: TC003 - cyclopts reads the annotations
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.options import Forme
from segur_pha.cli.ouverture import PAR_DEFAUT, OuEstLeRegistre, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.depot.dossier import dossier_entier, ecrire_durablement
from segur_pha.depot.fonds import FondsDeDocuments
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder

if TYPE_CHECKING:
    from segur_pha.registre.dossier import Dossier

__all__ = ["dossier"]


def dossier(
    finess: Annotated[str, Parameter(help="Le FINESS de l’officine.")],
    /,
    *,
    sortie: Annotated[Path, Parameter(help="Le dossier à créer ; il ne doit pas exister.")],
    pieces: Annotated[
        Path | None, Parameter(help="Dossier de dépôt ou de pièces, dont celles de l’officine sont copiées.")
    ] = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Réunit tout ce que le registre sait d’une officine : une page, un JSON, et ses pièces.

    Code de sortie : 1 quand des pièces demandées n’ont pas été retrouvées.

    Exemple :

        segur-pha registre dossier 990000010 --sortie controle-990000010
    """
    verifier_les_sorties(dossier=sortie)
    with ouvrir(registre, existant=True) as livre:
        reuni = livre.dossier(finess)
    trouvees, absentes = ({}, []) if pieces is None else _pieces(reuni, pieces)
    with dossier_entier(sortie, depot=False) as cible:
        ecrire_durablement(cible / "dossier.html", methodcaller("write", reuni.html()))
        ecrire_durablement(cible / "dossier.json", methodcaller("write", reuni.json()))
        for nom, octets in trouvees.items():
            ecrire_durablement(cible / nom, methodcaller("write", octets))
    if forme == "json":
        dit = {"finess_geo": finess, "dossier": str(sortie), "nombre_demandes": len(reuni.demandes)}
        sortir_json({"version": 1, **dit, "pieces_copiees": sorted(trouvees), "pieces_absentes": absentes})
        return 1 if absentes else 0
    montrer(
        f"Officine {finess} : {accorder(len(reuni.demandes), 'demande')}, "
        f"{accorder(len(trouvees), 'pièce copiée', 'pièces copiées')} dans {sortie}."
    )
    if absentes:
        montrer(Phrase(Marque("À vérifier", Niveau.ATTENTION), f" : pièces introuvables : {', '.join(absentes)}."))
    return 1 if absentes else 0


def _pieces(reuni: Dossier, source: Path) -> tuple[dict[str, bytes], list[str]]:
    """Find the documents of a pharmacy by the hashes in the ledger, whatever their names are now."""
    voulues = {piece.sha256: piece.nom for demande in reuni.demandes for piece in demande.pieces if piece.sha256}
    trouvees = {
        voulues[empreinte]: octets
        for _, octets in FondsDeDocuments(source).tout_lire({})
        if (empreinte := sha256(octets).hexdigest()) in voulues
    }
    return trouvees, sorted(set(voulues.values()) - trouvees.keys())
