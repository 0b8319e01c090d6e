"""The lists of the ledger as tables, and the workbook that each command makes of them with ``--xlsx``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from cyclopts import Parameter

from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder
from segur_pha.rapports.xlsx import en_xlsx
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT as VAGUE_PAR_DEFAUT
from segur_pha.vagues import vague as vague_nommee

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segur_pha.registre.attentes import Attente, EnAttente
    from segur_pha.registre.ecarts import EcartDeSolde
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.questions import Soldable, Total

__all__ = [
    "REFERENCE",
    "Xlsx",
    "demande_le_solde",
    "ecrire_le_classeur",
    "phrases_des_ecarts",
    "sortie_de",
    "tableau_complet",
    "tableau_des_attentes",
    "tableau_des_demandes",
    "tableau_des_doublons",
    "tableau_des_ecarts_de_paiement",
    "tableau_des_ecarts_de_solde",
    "tableau_des_soldables",
    "tableaux_des_totaux",
]

#: A ledger calls the agency's reference by its name in an advance.
REFERENCE: Final = VAGUE_PAR_DEFAUT.role(Role.REFERENCE_ASP).nom

Xlsx: TypeAlias = Annotated[
    Path | None,
    Parameter(
        name="--xlsx",
        help="Écrit aussi la liste dans ce classeur Excel, avec filtres, dates et montants (n’écrase rien).",
        show_default=False,
    ),
]


def sortie_de(xlsx: Path | None) -> None:
    """Check the workbook to be written before anything is read; raises what :func:`verifier_les_sorties` raises."""
    if xlsx is not None:
        verifier_les_sorties(xlsx)


def ecrire_le_classeur(xlsx: Path | None, *tableaux: Tableau) -> None:
    """Write tables as a workbook, one sheet each, if one was asked for."""
    if xlsx is not None:
        ecrire_sans_ecraser(xlsx, en_xlsx(*tableaux))


def tableau_des_demandes(demandes: Iterable[EtatDemande]) -> Tableau:
    """Lay out requests for the screen."""
    rangees = [
        (
            d.numero_editeur,
            d.finess_geo,
            f"{d.phase.value} (à vérifier)" if d.a_verifier else d.phase.value,
            d.jour_phase,
            d.numero_asp,
            _motif(d),
        )
        for d in demandes
    ]
    return Tableau(("Demande", "FINESS", "Phase", "Depuis", REFERENCE, "Libellé de l’ASP, ou motif"), rangees)


def _motif(demande: EtatDemande) -> str | None:
    # What the agency said on accepting a request is not the reason for what came later.
    return demande.motif or (None if demande.attribuee is not None else demande.libelle_traitement)


def tableau_complet(demandes: Iterable[EtatDemande]) -> Tableau:
    """Lay out requests for a spreadsheet: their days and amounts, each in a separate column."""
    titres = (
        *("Demande", "FINESS", "Phase", "Depuis", "À vérifier", REFERENCE, "Vague", "Préparée", "Déposée", "Réponse"),
        *("Montant HT", "Avance attendue", "Décision", "Attribuée", "Avance payée", "Payée le", "Écart de paiement"),
        *("VA", "Facture", "Solde demandé", "Solde payé", "Solde payé le", "Libellé de l’ASP, ou motif"),
    )
    rangees = [
        (
            *(d.numero_editeur, d.finess_geo, d.phase.value, d.jour_phase, d.a_verifier, d.numero_asp, d.specification),
            *(d.jour_preparation, d.jour_depot, d.jour_reponse, d.montant_segur_ht, d.avance, d.jour_decision),
            *(d.attribuee, d.montant_paye, d.jour_paiement, d.ecart_de_paiement, d.jour_service, d.jour_facture),
            *(d.jour_solde, d.montant_solde, d.jour_solde_paye, _motif(d)),
        )
        for d in demandes
    ]
    return Tableau(titres, rangees, titre="Demandes")


def tableau_des_doublons(doublons: Mapping[str, Sequence[str]]) -> Tableau:
    """Lay out the pharmacies that have several live requests."""
    rangees = [(finess, numero) for finess, numeros in doublons.items() for numero in numeros]
    return Tableau(("FINESS", "Demande en cours"), rangees, titre="Plusieurs demandes en cours")


def tableau_des_ecarts_de_paiement(demandes: Iterable[EtatDemande]) -> Tableau:
    """Lay out the payments that differ from what was expected."""
    rangees = [
        (
            *(d.numero_editeur, d.finess_geo, d.numero_asp, d.avance, d.montant_paye, d.ecart_de_paiement),
            *(d.jour_paiement, d.reference_paiement or None),
        )
        for d in demandes
    ]
    titres = ("Demande", "FINESS", REFERENCE, "Avance attendue", "Avance payée", "Écart", "Payée le", "Référence")
    return Tableau(titres, rangees, titre="Écarts de paiement")


def tableau_des_ecarts_de_solde(ecarts: Iterable[EcartDeSolde]) -> Tableau:
    """Lay out the balances that differ from what was expected."""
    rangees = [
        (
            *(e.numero_editeur, e.finess_geo, e.numero_asp, e.attendu, e.montant_solde, e.ecart),
            *(e.jour_solde_paye, e.reference_solde_paye or None),
        )
        for e in ecarts
    ]
    titres = ("Demande", "FINESS", REFERENCE, "Solde attendu", "Solde payé", "Écart", "Payé le", "Référence")
    return Tableau(titres, rangees, titre="Écarts de solde")


def phrases_des_ecarts(avances: Sequence[EtatDemande], soldes: Sequence[EcartDeSolde]) -> list[Phrase]:
    """Say how many payments differ from what was expected."""
    comptes = [
        (
            len(avances),
            "avance payée n’est pas celle qu’on attendait",
            "avances payées ne sont pas celles qu’on attendait",
        ),
        (len(soldes), "solde payé n’est pas celui qu’on attendait", "soldes payés ne sont pas ceux qu’on attendait"),
    ]
    return [
        Phrase(Marque("À vérifier", Niveau.ATTENTION), f" : {accorder(nombre, un, plusieurs)} (--xlsx les liste).")
        for nombre, un, plusieurs in comptes
        if nombre
    ]


def tableau_des_soldables(soldables: Iterable[Soldable]) -> Tableau:
    """Lay out the requests that have a reference of the agency."""
    rangees = [
        (s.numero_editeur, s.numero_asp, s.finess_geo, s.phase.value, s.avance_payee, s.montant_paye, s.a_verifier)
        for s in soldables
    ]
    titres = ("Demande", REFERENCE, "FINESS", "Phase", "Avance payée", "Montant payé", "À vérifier")
    return Tableau(titres, rangees, titre="Soldables")


def tableaux_des_totaux(totaux: Sequence[Total]) -> list[Tableau]:
    """Lay out counts and amounts by month of deposit and phase: the advances, then the balances asked for, if any.

    The wave is said where there are several.
    """
    du_solde, d_avance = ([t for t in totaux if demande_le_solde(t.specification) is solde] for solde in (True, False))
    titre, montants = "Par mois et par phase", ("Avance attendue", "Avance payée", "Solde payé")
    tableaux = [_tableau_des_totaux(d_avance, montants, titre=titre)] if d_avance or not du_solde else []
    if du_solde:
        tableaux.append(_tableau_des_totaux(du_solde, ("Solde attendu", "Solde payé"), titre="Demandes de solde"))
    return tableaux


def demande_le_solde(vague: str) -> bool:
    """Tell whether the requests of a wave ask for the balance of an advance, which the advance's own request counts too."""
    return Role.AVANCE_SOLDEE in vague_nommee(vague).roles


def _tableau_des_totaux(totaux: Sequence[Total], montants: tuple[str, ...], *, titre: str) -> Tableau:
    plusieurs = len({t.specification for t in totaux}) > 1
    titres = ("Mois", "Phase", "Demandes", "Montant HT", *montants)
    rangees = [
        (
            *([t.specification] if plusieurs else []),
            *(t.mois, t.phase.value, t.nombre, t.montant_segur_ht, *(t.avance, t.paye, t.solde)[: len(montants)]),
        )
        for t in totaux
    ]
    return Tableau((*(["Vague"] if plusieurs else []), *titres), rangees, titre=titre)


def tableau_des_attentes(attentes: Mapping[Attente, Sequence[EnAttente]], noms: Mapping[str, str]) -> Tableau:
    """Lay out each request that waits; ``noms``: SHA-256 of a file → its name."""
    return Tableau(
        (
            *("Attente", "Demande", "FINESS", "Référence de l’ASP", "Depuis", "Avance attendue", "Libellé de l’ASP"),
            *("Fichier", "À faire"),
        ),
        [
            (
                *(a.value, d.numero_editeur, d.finess_geo, d.numero_asp, d.depuis, d.avance, d.libelle_traitement),
                *(noms.get(d.fichier), a.suite.replace("NUMERO", d.numero_editeur)),
            )
            for a, demandes in attentes.items()
            for d in demandes
        ],
        titre="En attente",
    )
