"""``segur-pha certificats``: which certificates are about to expire, what to do and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence  # noqa: TC003 - cyclopts resolves the annotations
from datetime import UTC, date, datetime
from pathlib import Path  # noqa: TC003 - same
from typing import TYPE_CHECKING, Annotated, Final

from attrs import evolve, frozen
from cyclopts import Parameter

from segur_pha.certificats import (
    Parc,
    ReglageInvalide,
    SuiviIllisible,
    alertes_en_csv,
    alertes_en_json,
    bilan,
    calendrier,
    calendrier_du_travail,
    evolution,
    lire_suivi,
    lire_x509,
    lisser,
    tableau_des_adresses,
    tableau_des_impossibles,
    tableau_des_trois,
    tableau_du_travail,
    travail_en_json,
    trois_certificats,
)
from segur_pha.certificats.affichage import morceaux_du_bilan
from segur_pha.certificats.colonnes import FormeJour
from segur_pha.certificats.jours import jour_de_paris
from segur_pha.certificats.officines import lire_officines
from segur_pha.certificats.sorties import (
    JOURNAL,
    exiger_un_dossier,
    exiger_un_journal,
    garder,
    noter,
    tableau_des_alertes,
    veille,
)
from segur_pha.cli.console import montrer
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.options import EST_UN_JOUR, Finess, ouvrir_le_repertoire
from segur_pha.cli.sorties import place, verifier_les_sorties
from segur_pha.erreurs import SegurError
from segur_pha.fichiers import ecrire_ensemble, nom_pris
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Phrase, Tableau
from segur_pha.rapports.xlsx import en_xlsx
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from segur_pha.certificats import Bilan, Evolution
    from segur_pha.repertoire.etablissements import Repertoire

__all__ = ["certificats"]

#: A capacity that no workload exceeds: what it cannot save, nothing can.
_SANS_LIMITE: Final = 10**9


_FICHIERS_DE_CERTIFICATS: Final = frozenset([".pem", ".cer", ".crt", ".der", ".p7b", ".p7c"])


def certificats(
    suivi: Annotated[
        Path, Parameter(help="Export CSV ou XLSX de la page de suivi, ou dossier de certificats, ou l’un d’eux.")
    ],
    /,
    *,
    au: Annotated[date | None, EST_UN_JOUR, Parameter(help="Jour du bilan ; aujourd’hui par défaut.")] = None,
    officines: Annotated[
        Path | None,
        Parameter(
            help="Table des officines : finess, editeur, nom, courriel ; et fqdn, cn ou numero pour rattacher le suivi."
        ),
    ] = None,
    finess: Annotated[str | None, Parameter(help="Officine de tout le suivi, si aucune colonne ne la donne.")] = None,
    structure: Annotated[
        str | None, Parameter(help="Ou l’identifiant de sa structure : le chiffre 1, puis le FINESS.")
    ] = None,
    repertoire: Finess = None,
    colonnes: Annotated[
        list[str] | None,
        Parameter(help='Intitulés à imposer : --colonnes "fin=Expire le".', negative="", consume_multiple=False),
    ] = None,
    ordre_des_jours: Annotated[
        FormeJour | None, Parameter(help="Comment les jours du suivi sont écrits ; par défaut, la colonne le dit.")
    ] = None,
    feuille: Annotated[
        str | None,
        Parameter(help="Feuille du classeur de suivi, par son nom ou son rang ; la première qui convient par défaut."),
    ] = None,
    encodage: Annotated[
        str | None, Parameter(help="Encodage du CSV de suivi quand il est douteux : macroman, cp850, windows-1252.")
    ] = None,
    seuils: Annotated[str, Parameter(help="Seuils d’alerte, en jours, séparés par des virgules.")] = "90,60,30,7",
    fenetre: Annotated[int, Parameter(help="Fenêtre de renouvellement, en jours ; 90 est notre choix.")] = 90,
    capacite: Annotated[
        int | None,
        Parameter(help="Renouvellements possibles par jour ouvré : donne à chacun son jour, avant son échéance."),
    ] = None,
    horizon: Annotated[int, Parameter(help="Jours couverts par cette répartition.")] = 365,
    impossibles: Annotated[
        bool,
        Parameter(
            help="Liste ce qui ne peut plus être renouvelé à temps, et ce qui le serait avec une capacité plus grande.",
            negative="",
        ),
    ] = False,
    trois: Annotated[
        bool, Parameter(help="Liste les trois certificats (INSi, DMP, signature) de chaque officine.", negative="")
    ] = False,
    adresses: Annotated[
        bool, Parameter(help="Liste les adresses de notification à revoir, et pourquoi.", negative="")
    ] = False,
    depuis: Annotated[
        Path | None, Parameter(help="Sortie CSV ou JSON d’un passage précédent : ne compte que ce qui est nouveau.")
    ] = None,
    dossier: Annotated[
        Path | None,
        Parameter(name="--suivi", help="Dossier qui garde les alertes de chaque jour : il connaît la veille."),
    ] = None,
    journal: Annotated[Path | None, Parameter(help="Ajoute à ce fichier une ligne par jour.")] = None,
    html: Annotated[Path | None, Parameter(help="Écrit le bilan complet en page HTML (n’écrase rien).")] = None,
    ics: Annotated[Path | None, Parameter(help="Écrit les échéances en calendrier (n’écrase rien).")] = None,
    csv: Annotated[Path | None, Parameter(help="Écrit toutes les alertes en CSV (n’écrase rien).")] = None,
    json: Annotated[Path | None, Parameter(help="Écrit toutes les alertes en JSON (n’écrase rien).")] = None,
    plan: Annotated[
        list[Path] | None,
        Parameter(
            help="Écrit qui fait quoi, quel jour : .csv, .xlsx, .json ou .ics (n’écrase rien ; peut être répété).",
            negative="",
            consume_multiple=False,
        ),
    ] = None,
) -> int:
    """Dit quels certificats arrivent à échéance, ce qu’il faut faire, qui doit le faire, et quel jour.

    Code de sortie : 0 rien à faire avant le premier seuil, 1 une échéance, une commande à passer, un état inconnu ou
    une ligne illisible, 2 un fichier illisible. Avec --depuis ou --suivi, 1 seulement pour ce qui est nouveau ou s’est rapproché.

    Exemples :

        segur-pha certificats suivi.csv --officines officines.csv --html bilan.html

        segur-pha certificats suivi.csv --suivi certificats/ --capacite 5 --plan travail.xlsx
    """
    jour = au or jour_de_paris(datetime.now(UTC))
    if depuis is not None and dossier is not None:
        raise UsageErrone("--depuis et --suivi disent tous deux où est la veille : donnez l’un ou l’autre.")
    journaux = [lieu for lieu in (journal, dossier / JOURNAL if dossier else None) if lieu]
    sorties = _Sorties(html, ics, csv, json, tuple(plan or ()))
    sorties.verifier(capacite, journaux, dossier, (suivi, officines, repertoire, depuis))
    paliers = _jours(seuils)
    try:
        connus = ouvrir_le_repertoire(repertoire)
        avant = veille(dossier, jour) if dossier else depuis if depuis and nom_pris(depuis) else None
        parc = _lire(suivi, officines, colonnes or [], (finess, structure, ordre_des_jours, feuille, encodage))
        etat = bilan(parc, jour=jour, capacite=capacite, fenetre_jours=fenetre, horizon_jours=horizon, seuils=paliers)
        change = evolution(etat.alertes, avant, jour=jour, illisibles=parc.lignes_illisibles)
        ecrits = ecrire_ensemble(sorties.octets(etat, change))
        gardees = dossier and garder(dossier, jour, alertes_en_json(etat.alertes, illisibles=parc.lignes_illisibles))
    except ReglageInvalide as erreur:
        raise UsageErrone(str(erreur)) from erreur
    except SegurError as erreur:
        for lieu in journaux:
            noter(lieu, f"{jour.isoformat()} code=2 {type(erreur).__name__}")
        raise
    suivie = depuis is not None or dossier is not None
    code = int(change.due if suivie else bool(etat.alertes or parc.lignes_illisibles))
    for lieu in journaux:
        noter(lieu, _ligne_du_journal(etat, change, code))
    montrer(*morceaux_du_bilan(etat, change if suivie else None, premier_jour=avant is None))
    if impossibles:
        lissage = etat.lissage or lisser(etat.plan, capacite=_SANS_LIMITE, horizon_jours=horizon)
        rien = "Impossibles à renouveler à temps : aucun, chacun a son jour à cette capacité."
        montrer("", tableau_des_impossibles(parc, lissage) if lissage.perdues else rien)
    if trois:
        montrer("", tableau_des_trois(parc, trois_certificats(parc, jour=jour)))
    if adresses:
        a_revoir = tableau_des_adresses(parc)
        montrer("", a_revoir if a_revoir.rangees else "Adresses : toutes les premières adresses paraissent valides.")
    _montrer_le_registre(parc, connus)
    if ecrits or gardees:
        montrer("", Phrase("Écrit : ", ", ".join(map(str, [*ecrits, *([gardees] if gardees else [])]))))
    return code


@frozen
class _Sorties:
    """The files to write."""

    html: Path | None
    ics: Path | None
    csv: Path | None
    json: Path | None
    plan: tuple[Path, ...]

    def verifier(
        self, capacite: int | None, journaux: Sequence[Path], dossier: Path | None, lus: Sequence[Path | None]
    ) -> None:
        """Refuse, before anything is read or noted, outputs that could not be written; logs and their folder may be there."""
        if dossier is not None:
            exiger_un_dossier(dossier)
        for journal in journaux:
            exiger_un_journal(journal)
        ecrites = [chemin for chemin in (self.html, self.ics, self.csv, self.json, *self.plan) if chemin]
        verifier_les_sorties(*ecrites)
        if {*map(place, journaux)} & {place(chemin) for chemin in (*ecrites, *lus) if chemin}:
            raise UsageErrone("Le journal a le nom d’un fichier lu ou écrit par ailleurs : donnez-lui le sien.")
        for chemin in self.plan:
            if chemin.suffix.lower() not in _PLANS:
                raise UsageErrone(f"--plan {chemin.name} : le nom finit par {', '.join(_PLANS)}.")
            if chemin.suffix.lower() == ".ics" and capacite is None:
                raise UsageErrone("--plan en .ics place le travail jour par jour : donnez aussi --capacite.")

    def octets(self, etat: Bilan, change: Evolution) -> list[tuple[Path, bytes]]:
        """Make everything before anything is written, so that a missing extra does not leave only some of the files."""
        illisibles, lissage = etat.parc.lignes_illisibles, etat.lissage
        faites: list[tuple[Path | None, Callable[[], bytes]]] = [
            (self.html, etat.html),
            (self.ics, lambda: calendrier(etat.alertes, terminees=change.terminees, lissage=lissage)),
            (self.csv, lambda: alertes_en_csv(etat.alertes, illisibles=illisibles, lissage=lissage)),
            (self.json, lambda: alertes_en_json(etat.alertes, illisibles=illisibles, lissage=lissage)),
        ]
        ecrites = [(chemin, faire()) for chemin, faire in faites if chemin]
        return [*ecrites, *((chemin, _PLANS[chemin.suffix.lower()](etat)) for chemin in self.plan)]


def _travail(etat: Bilan) -> Tableau:
    return tableau_du_travail(etat.parc, etat.plan, etat.lissage)


def _classeur(etat: Bilan) -> bytes:
    alertes = tableau_des_alertes(etat.alertes, illisibles=etat.parc.lignes_illisibles, lissage=etat.lissage)
    trois = tableau_des_trois(etat.parc, trois_certificats(etat.parc, jour=etat.jour))
    return en_xlsx(_travail(etat), alertes, trois)


def _calendrier(etat: Bilan) -> bytes:
    assert etat.lissage is not None  # verifier() requires --capacite
    return calendrier_du_travail(etat.parc, etat.plan, etat.lissage)


_PLANS: Final[dict[str, Callable[[Bilan], bytes]]] = {
    ".csv": lambda etat: en_csv(_travail(etat)),
    ".xlsx": _classeur,
    ".json": lambda etat: travail_en_json(etat.parc, etat.plan, etat.lissage),
    ".ics": _calendrier,
}


def _lire(
    suivi: Path,
    officines: Path | None,
    colonnes: Sequence[str],
    reglages: tuple[str | None, str | None, FormeJour | None, str | None, str | None],
) -> Parc:
    if not all("=" in reglage for reglage in colonnes):
        raise UsageErrone('--colonnes associe un champ à un intitulé : --colonnes "fin=Expire le".')
    if suivi.is_dir() or suivi.suffix.lower() in _FICHIERS_DE_CERTIFICATS:
        if colonnes or any(reglages):
            raise UsageErrone(
                "--colonnes, --finess, --structure, --ordre-des-jours, --feuille et --encodage vont avec un tableau, "
                "pas un dossier."
            )
        parc, table = lire_x509(suivi), lire_officines(officines)
        return evolve(parc, officines=table.officines, lignes_illisibles=(*parc.lignes_illisibles, *table.fautes))
    finess, structure, ordre, feuille, encodage = reglages
    imposees = dict(reglage.split("=", 1) for reglage in colonnes)
    parc = lire_suivi(
        suivi,
        officines=officines,
        colonnes=imposees,
        finess=finess,
        structure=structure,
        ordre_des_jours=ordre,
        feuille=feuille,
        encodage=encodage,
    )
    if not (parc.certificats or parc.lignes_illisibles or parc.ecartes):
        raise SuiviIllisible(
            f"{suivi.name} n’a aucun certificat sous ses intitulés : refaites l’export, sans filtre sur la page de suivi. "
            f"{' '.join(parc.lectures)}"
        )
    return parc


def _montrer_le_registre(parc: Parc, repertoire: Repertoire | None) -> None:
    avis = [(f, phrase) for f in sorted(parc.finess) for _, phrase in PAR_DEFAUT.avis_sur_l_officine(f, repertoire)]
    if avis:
        montrer("", Tableau(("FINESS", "À vérifier"), avis, titre="Officines et registre fourni"))


def _jours(seuils: str) -> list[int]:
    try:
        return [int(seuil) for seuil in seuils.split(",")]
    except ValueError as erreur:
        raise UsageErrone("--seuils : des nombres de jours séparés par des virgules, comme 90,60,30,7.") from erreur


def _ligne_du_journal(etat: Bilan, change: Evolution, code: int) -> str:
    parc = etat.parc
    dits = {
        "code": code,
        "officines": len(parc.finess),
        "certificats": len(parc.certificats),
        "alertes": len(etat.alertes),
        "nouvelles": len(change.nouvelles),
        "terminees": len(change.terminees),
        "illisibles": len(parc.lignes_illisibles),
    }
    return " ".join([etat.jour.isoformat(), *(f"{nom}={nombre}" for nom, nombre in dits.items())])
