"""Checked files for people: on a terminal, in a pipe, in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.controle.resultats import EtatDuControle, FichierControle
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, en_cellule, euros
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.anomalies import Anomalie, VerdictDeLigne
    from segur_pha.rapports.console import Morceau

__all__ = ["acceptees", "apercu", "en_morceaux", "resume"]

#: How many faults of a refused file are shown unless everything was asked for.
_PREMIERES: Final = 10

_NIVEAUX: Final = {
    EtatDuControle.ACCEPTE: Niveau.BON,
    EtatDuControle.REJETS: Niveau.MAUVAIS,
    EtatDuControle.REFUSE: Niveau.MAUVAIS,
    EtatDuControle.ILLISIBLE: Niveau.MAUVAIS,
}


def resume(fichier: FichierControle) -> Marque:
    """Say in a few words what became of a file.

    >>> from segur_pha.controle.resultats import FichierControle
    >>> resume(FichierControle("absent.json", None, "absent.json : introuvable.")).texte
    'illisible'
    """
    mots = {
        EtatDuControle.ACCEPTE: f"{accorder(len(fichier.lignes), 'demande acceptée', 'demandes acceptées')}, aucune rejetée",
        EtatDuControle.REJETS: f"{accorder(len(fichier.rejetees), 'demande rejetée', 'demandes rejetées')} sur {len(fichier.lignes)}",
        EtatDuControle.REFUSE: "fichier refusé au premier contrôle, aucune demande n’est examinée",
        EtatDuControle.ILLISIBLE: "illisible",
    }
    return Marque(mots[fichier.etat], _NIVEAUX[fichier.etat])


def en_morceaux(fichier: FichierControle, *, complet: bool) -> Iterator[Morceau]:
    """Yield a file's report piece by piece: what is rejected and why, and with ``complet`` everything else too."""
    yield Phrase(Marque(fichier.nom, Niveau.FORT), " : ", resume(fichier))
    yield from _anomalies_du_fichier(fichier, complet=complet)
    for verdict in fichier.rejetees:
        yield from _ligne_rejetee(verdict, fichier, complet=complet)
    if complet and len(fichier.rejetees) < len(fichier.lignes):
        yield ""
        yield acceptees(fichier)
    if fichier.avance:
        yield ""
        nom = fichier.specification.nom_du_montant
        yield Phrase(f"{nom} pour les demandes acceptées : ", Marque(euros(fichier.avance), Niveau.FORT))
    yield from _conseils(fichier, complet=complet)


def apercu(fichier: FichierControle) -> Iterator[str | Marque | Tableau]:
    """Yield what a notebook shows: what became of the file and the first fault of each rejected request."""
    yield resume(fichier)
    fautes = [("", None, Marque(a.code, Niveau.MAUVAIS), a.libelle) for a in fichier.anomalies_fichier]
    rejets = [
        (f"{v.num_ligne}", fichier.numero(v), Marque(v.code_traitement, Niveau.MAUVAIS), v.libelle_traitement)
        for v in fichier.rejetees
    ]
    if fautes or rejets:
        yield Tableau(
            ("Demande", fichier.specification.numero_de_demande.nom, "Code", "À corriger"), [*fautes, *rejets]
        )
    if fichier.avance:
        yield f"{fichier.specification.nom_du_montant} pour les demandes acceptées : {euros(fichier.avance)}"


def _anomalies_du_fichier(fichier: FichierControle, *, complet: bool) -> Iterator[Morceau]:
    montrees = fichier.anomalies_fichier if complet else fichier.anomalies_fichier[:_PREMIERES]
    for anomalie in montrees:
        yield from _faute(anomalie, retrait=2)
    reste = len(fichier.anomalies_fichier) - len(montrees)
    if reste:
        yield Phrase(
            Marque(f"et {accorder(reste, 'autre anomalie', 'autres anomalies')} : --complet", Niveau.DISCRET), retrait=2
        )


def _ligne_rejetee(verdict: VerdictDeLigne, fichier: FichierControle, *, complet: bool) -> Iterator[Morceau]:
    yield ""
    yield Phrase(Marque(f"Demande {verdict.num_ligne}", Niveau.FORT), f", {_numero(verdict, fichier)}", retrait=2)
    montrees = verdict.anomalies if complet else verdict.anomalies[:1]
    for anomalie in montrees:
        yield from _faute(anomalie, retrait=4)
    reste = len(verdict.anomalies) - len(montrees)
    if reste:
        yield Phrase(
            Marque(f"et {accorder(reste, 'autre anomalie', 'autres anomalies')} : --complet", Niveau.DISCRET), retrait=4
        )


def _numero(verdict: VerdictDeLigne, fichier: FichierControle) -> str:
    return f"{fichier.specification.numero_de_demande.nom} {fichier.numero(verdict) or 'incorrect'}"


def _faute(anomalie: Anomalie, *, retrait: int) -> Iterator[Morceau]:
    yield Phrase(anomalie.libelle, retrait=retrait, tete=Marque(anomalie.code, Niveau.MAUVAIS))
    if anomalie.position:
        yield Phrase(Marque(f"{anomalie.position} du fichier", Niveau.DISCRET), retrait=retrait + 6)


def acceptees(fichier: FichierControle) -> Tableau:
    """List the accepted requests, with the advance of each."""
    specification = fichier.specification
    colonnes = {
        "num_ligne": "Demande",
        "numero_editeur": specification.numero_de_demande.nom,
        "finess_geo": specification.nom_de(Role.OFFICINE),
        "date_commande": "Commande",
        "regime_tva": "TVA",
        "montant_segur_ht": "HT (€)",
        "avance": f"{specification.type_de_demande.capitalize()} (€)",
    }
    rangees = [[en_cellule(plate[cle]) for cle in colonnes] for plate in fichier.plates if plate["acceptee"]]
    return Tableau(tuple(colonnes.values()), rangees, titre="Demandes acceptées")


def _conseils(fichier: FichierControle, *, complet: bool) -> Iterator[Morceau]:
    if not fichier.conseils:
        return
    yield ""
    if not complet:
        nombre = accorder(len(fichier.conseils), "conseil")
        yield Phrase(Marque(f"{nombre} sur des valeurs à vérifier : --complet", Niveau.ATTENTION))
        return
    yield Phrase(Marque("Conseils", Niveau.FORT))
    for conseil in fichier.conseils:
        yield Phrase(conseil.libelle, retrait=2, tete=Marque(conseil.id, Niveau.ATTENTION))
        if conseil.position:
            yield Phrase(Marque(f"{conseil.position} du fichier", Niveau.DISCRET), retrait=4)
