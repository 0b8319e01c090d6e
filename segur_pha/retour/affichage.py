"""The portal's answer for people: as tables, and in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, Tableau, accorder
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lignes import Issue
from segur_pha.retour.remedes import remede
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segur_pha.constats import Constat
    from segur_pha.rapports.html import Html
    from segur_pha.retour.lignes import LigneRetour
    from segur_pha.table.specification import Specification

__all__ = [
    "NIVEAUX",
    "apercu_du_rapprochement",
    "apercu_du_retour",
    "comptes",
    "tableau_des_ecarts",
    "tableau_des_reponses",
]

NIVEAUX: Final = {
    Issue.ACCEPTEE: Niveau.BON,
    Issue.REJETEE: Niveau.MAUVAIS,
    Issue.NON_TRAITEE: Niveau.ATTENTION,
    Issue.AMBIGUE: Niveau.ATTENTION,
}


def tableau_des_reponses(
    lignes: Iterable[LigneRetour], titre: str = "", *, specification: Specification = PAR_DEFAUT
) -> Tableau:
    """Lay answered lines out as a table: the outcome, the agency's own words, and what to do where it is known."""
    rangees = [
        (
            ligne.numero_editeur or f"(ligne {ligne.place})",
            Marque(ligne.issue.value, NIVEAUX[ligne.issue]),
            ligne.numero_asp,
            ligne.code_traitement,
            ligne.libelle_traitement,
            remede(ligne, specification=specification),
        )
        for ligne in lignes
    ]
    reference = specification.nom_de(Role.REFERENCE_ASP)
    return Tableau(("Demande", "Issue", reference, "Code", "Libellé de l’ASP", "Que faire"), rangees, titre=titre)


def tableau_des_ecarts(ecarts: Sequence[Constat]) -> Tableau:
    """Lay discrepancies out as a table."""
    rangees = [(e.numero, NatureEcart.de(e).value, e.attendu, e.recu, e.message, e.chemin) for e in ecarts]
    return Tableau(("Demande", "Écart", "Attendu", "Reçu", "Explication", "Où"), rangees, titre="Écarts")


def comptes(issues: Iterable[Issue]) -> str:
    """Say how many lines have each outcome.

    >>> comptes([Issue.ACCEPTEE, Issue.ACCEPTEE])
    '2 acceptées, 0 rejetée, 0 non traitée, 0 ambiguë'
    """
    vues = list(issues)
    return ", ".join(accorder(vues.count(issue), issue.value) for issue in Issue)


def apercu_du_retour(lignes: Sequence[LigneRetour], specification: Specification) -> Html:
    """Show an answer in a notebook: how many lines have each outcome, and those that are not accepted."""
    restantes = [ligne for ligne in lignes if ligne.issue is not Issue.ACCEPTEE]
    dites = Marque(f"Réponse du portail : {comptes(ligne.issue for ligne in lignes)}", Niveau.FORT)
    titre = "Lignes qui ne sont pas acceptées"
    tableau = tableau_des_reponses(restantes, titre, specification=specification)
    return en_carnet(dites, *([tableau] if restantes else []))


def apercu_du_rapprochement(sures: int, issues: Sequence[Issue], ecarts: Sequence[Constat]) -> Html:
    """Show a match in a notebook: how many requests have a sure answer, and every discrepancy."""
    dites = Marque(f"{accorder(sures, 'réponse sûre', 'réponses sûres')} sur {len(issues)}", Niveau.FORT)
    return en_carnet(dites, comptes(issues), *([tableau_des_ecarts(ecarts)] if ecarts else ["Aucun écart."]))
