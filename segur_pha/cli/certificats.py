"""``segur-pha certificats``: which certificates are about to expire, what to do and when."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - cyclopts resolves the annotations
from datetime import date  # noqa: TC003 - same
from pathlib import Path  # noqa: TC003 - same
from typing import TYPE_CHECKING, Annotated

from attrs import evolve
from cyclopts import Parameter

from segur_pha.certificats import (
    Action,
    Parc,
    ReglageInvalide,
    alertes_en_csv,
    alertes_en_json,
    bilan,
    calendrier,
    lire_suivi,
    lire_x509,
    nouvelles_alertes,
)
from segur_pha.certificats.plan import tableau_du_plan
from segur_pha.certificats.suivi import lire_officines
from segur_pha.cli.console import montrer
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.repertoire import Finess, ouvrir_le_repertoire
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.fichiers import ecrire_ensemble
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder
from segur_pha.vagues.va1.conseils import CONSEILS, avis_du_registre

if TYPE_CHECKING:
    from segur_pha.certificats import Alerte, Bilan
    from segur_pha.repertoire.etablissements import Repertoire

__all__ = ["certificats"]

_MONTREES = 20


def certificats(
    suivi: Annotated[Path, Parameter(help="Export CSV ou XLSX de la page de suivi, ou dossier de certificats.")],
    /,
    *,
    au: Annotated[date, Parameter(help="Jour du bilan, AAAA-MM-JJ.")],
    officines: Annotated[Path | None, Parameter(help="Table des officines : finess, editeur, nom, courriel.")] = None,
    finess: Finess = None,
    colonnes: Annotated[
        list[str] | None,
        Parameter(help='Intitulés à imposer : --colonnes "fin=Expire le".', negative="", consume_multiple=False),
    ] = None,
    feuille: Annotated[
        str | None,
        Parameter(help="Feuille du classeur de suivi, par son nom ou son rang ; la première qui convient par défaut."),
    ] = None,
    encodage: Annotated[
        str | None, Parameter(help="Encodage du CSV de suivi quand il est douteux : macroman, cp850, windows-1252.")
    ] = None,
    seuils: Annotated[str, Parameter(help="Seuils d’alerte, en jours, séparés par des virgules.")] = "90,60,30,7",
    fenetre: Annotated[int, Parameter(help="Fenêtre de renouvellement, en jours.")] = 90,
    capacite: Annotated[
        int | None, Parameter(help="Renouvellements possibles par jour ouvré : les répartit avant leur échéance.")
    ] = None,
    horizon: Annotated[int, Parameter(help="Jours couverts par cette répartition.")] = 365,
    depuis: Annotated[
        Path | None, Parameter(help="Sortie CSV ou JSON d’un passage précédent : n’affiche que les alertes nouvelles.")
    ] = None,
    html: Annotated[Path | None, Parameter(help="Écrit le bilan complet en page HTML (n’écrase rien).")] = None,
    ics: Annotated[Path | None, Parameter(help="Écrit les échéances en calendrier (n’écrase rien).")] = None,
    csv: Annotated[Path | None, Parameter(help="Écrit toutes les alertes en CSV (n’écrase rien).")] = None,
    json: Annotated[Path | None, Parameter(help="Écrit toutes les alertes en JSON (n’écrase rien).")] = None,
) -> int:
    """Dit quels certificats arrivent à échéance, ce qu’il faut faire, et quand.

    Code de sortie : 0 rien à faire avant le premier seuil, 1 une échéance, une commande à passer ou une ligne
    illisible, 2 un fichier illisible.

    Exemple :

        segur-pha certificats suivi.csv --au 2025-06-12 --officines officines.csv --html bilan.html
    """
    verifier_les_sorties(*(chemin for chemin in (html, ics, csv, json) if chemin))
    repertoire = ouvrir_le_repertoire(finess)
    parc = _lire(suivi, officines, colonnes or [], feuille, encodage)
    try:
        etat = bilan(
            parc,
            au=au,
            capacite=capacite,
            fenetre_jours=fenetre,
            horizon_jours=horizon,
            seuils=_jours(seuils),
        )
    except ReglageInvalide as erreur:
        raise UsageErrone(str(erreur)) from erreur
    montrees = etat.alertes if depuis is None else nouvelles_alertes(etat.alertes, depuis)
    # Everything is made before anything is written: a missing extra leaves no half of the files.
    sorties = [
        (html, etat.html() if html else b""),
        (ics, calendrier(etat.alertes) if ics else b""),
        (csv, alertes_en_csv(etat.alertes)),
        (json, alertes_en_json(etat.alertes)),
    ]
    ecrits = ecrire_ensemble((chemin, octets) for chemin, octets in sorties if chemin)
    _montrer(etat, montrees, nouvelles=depuis is not None)
    _montrer_le_registre(parc, repertoire)
    if ecrits:
        montrer("", Phrase("Écrit : ", ", ".join(map(str, ecrits))))
    a_commander = etat.plan.compte()[Action.COMMANDER]
    return 1 if etat.alertes or a_commander or parc.lignes_illisibles else 0


def _lire(
    suivi: Path, officines: Path | None, colonnes: Sequence[str], feuille: str | None, encodage: str | None
) -> Parc:
    if not all("=" in reglage for reglage in colonnes):
        raise UsageErrone('--colonnes associe un champ à un intitulé : --colonnes "fin=Expire le".')
    imposees = dict(reglage.split("=", 1) for reglage in colonnes)
    if not suivi.is_dir():
        return lire_suivi(suivi, officines=officines, colonnes=imposees, feuille=feuille, encodage=encodage)
    parc = lire_x509(suivi)
    if officines is None:
        return parc
    connues, fautes = lire_officines(officines)
    return evolve(parc, officines=connues, lignes_illisibles=(*parc.lignes_illisibles, *fautes))


def _montrer_le_registre(parc: Parc, repertoire: Repertoire | None) -> None:
    avis = [(f, CONSEILS[identifiant]) for f in sorted(parc.finess) for identifiant in avis_du_registre(f, repertoire)]
    if avis:
        montrer("", Tableau(("FINESS", "À vérifier"), avis, titre="Officines et registre fourni"))


def _jours(seuils: str) -> list[int]:
    try:
        return [int(seuil) for seuil in seuils.split(",")]
    except ValueError as erreur:
        raise UsageErrone("--seuils : des nombres de jours séparés par des virgules, comme 90,60,30,7.") from erreur


def _montrer(etat: Bilan, montrees: Sequence[Alerte], *, nouvelles: bool) -> None:
    parc = etat.parc
    montrer(
        *(Phrase(f"{lecture}.") for lecture in parc.lectures),
        f"{accorder(len(parc.finess), 'officine')}, {accorder(len(parc.certificats), 'certificat')}",
        "",
        tableau_du_plan(etat.plan),
        "",
    )
    quoi = (
        accorder(len(montrees), "alerte nouvelle", "alertes nouvelles")
        if nouvelles
        else accorder(len(montrees), "alerte")
    )
    montrer(Phrase(Marque(quoi, Niveau.MAUVAIS if montrees else Niveau.BON)))
    if montrees:
        lignes = [(a.fin, a.jours, a.finess, a.nom, a.editeur, len(a.certificats)) for a in montrees[:_MONTREES]]
        montrer(Tableau(("expiration", "jours", "FINESS", "officine", "éditeur", "certificats"), lignes))
    if len(montrees) > _MONTREES:
        montrer(f"… et {accorder(len(montrees) - _MONTREES, 'autre')} : --csv les donne toutes.")
    if etat.lissage is not None:
        montrer("", etat.lissage.phrase)
        if etat.lissage.perdues:
            noms = ", ".join(etat.lissage.officines_perdues)
            montrer(Phrase(Marque("Ne peuvent pas être sauvées à temps : ", Niveau.MAUVAIS), noms))
    if parc.lignes_illisibles or parc.avertissements:
        montrer("", Phrase(Marque("À corriger :", Niveau.ATTENTION)))
        montrer(*(Phrase(str(ligne), retrait=2) for ligne in parc.lignes_illisibles[:_MONTREES]))
        montrer(*(Phrase(texte, retrait=2) for texte in parc.avertissements))
    if len(parc.lignes_illisibles) > _MONTREES:
        montrer(f"  … et {accorder(len(parc.lignes_illisibles) - _MONTREES, 'autre')} : --html les donne toutes.")
