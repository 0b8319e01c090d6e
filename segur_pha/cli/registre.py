"""``segur-pha registre …``: what the ledger knows, and what a person tells it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import App, Parameter

from segur_pha.cli.console import montrer, sortir
from segur_pha.cli.messages import UsageErrone
from segur_pha.depot.dossier import dossier_entier, ecrire_durablement
from segur_pha.erreurs import RegistreError
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.tableau import Tableau, accorder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segur_pha.rapports.tableau import Cellule
    from segur_pha.registre import Registre
    from segur_pha.registre.etats import EtatDemande

__all__ = ["aujourd_hui", "ouvrir", "registre"]

OuEstLeRegistre = Annotated[str, Parameter(name="--registre", help="Le fichier du registre, ou une URL SQLAlchemy.")]
Motif = Annotated[
    str, Parameter(help="La raison, telle qu’elle vous a été dite ; elle est gardée au registre.", show_default=False)
]
Numero = Annotated[str, Parameter(help="Le numéro éditeur de la demande, comme 00001.")]
FichierInscrit = Annotated[str, Parameter(help="Le nom du fichier JSON inscrit au registre.")]
Jour = Annotated[date | None, Parameter(help="Jour de l’événement, AAAA-MM-JJ ; aujourd’hui par défaut.")]
PAR_DEFAUT: Final = "registre.sqlite"

_AIDE: Final = """\
Montre ce qui est parti, revenu, attendu ; exporte et importe le registre.

Exemple :

    segur-pha registre relancer --depuis 15
"""

registre = App(name="registre", help=_AIDE)


def ouvrir(ou: str, *, existant: bool = False) -> Registre:
    """Open a ledger; ``existant``: it must be there, a mistyped name does not make an empty one."""
    from segur_pha.registre import Registre

    if existant and "://" not in ou and not Path(ou).is_file():
        raise RegistreError(f"Registre introuvable : {ou}. Vérifiez le nom et le dossier (--registre).")
    return Registre(ou)


def aujourd_hui(jour: date | None) -> date:
    """Give the day that was meant."""
    return jour or date.today()  # noqa: DTZ011 - the day on the user's calendar


@registre.command
def lister(
    *,
    phase: Annotated[str | None, Parameter(help="Seulement les demandes de cette phase, comme rejetée.")] = None,
    totaux: Annotated[bool, Parameter(help="Montre les totaux par mois et par phase.", negative="")] = False,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Liste les demandes, ou leurs totaux par mois.

    Exemple :

        segur-pha registre lister --phase rejetée
    """
    from segur_pha.registre.etats import Phase

    if phase is not None and phase not in set(Phase):
        raise UsageErrone(f"Phase inconnue : {phase}. Phases : {', '.join(Phase)}.")
    with ouvrir(registre, existant=True) as livre:
        if totaux:
            rangees = [(t.mois, t.phase.value, t.nombre, t.montant_segur_ht, t.avance, t.paye) for t in livre.totaux()]
            montrer(Tableau(("Mois", "Phase", "Demandes", "Montant HT", "Avance attendue", "Avance payée"), rangees))
            return 0
        demandes = [d for d in livre.demandes() if phase in {None, d.phase.value}]
        _montrer_demandes(demandes)
        for finess, numeros in livre.doublons().items():
            montrer(f"Officine {finess} : plusieurs demandes en cours ({', '.join(numeros)}).")
    return 0


@registre.command(name="montrer")
def montrer_demande(
    cle: Annotated[str, Parameter(help="Un numéro éditeur, ou un FINESS.")],
    /,
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Montre une demande (son numéro) ou toutes celles d’une officine (son FINESS), avec ce qui leur est arrivé.

    Exemple :

        segur-pha registre montrer 00001
    """
    with ouvrir(registre, existant=True) as livre:
        demande = livre.demande(cle)
        demandes = livre.officine(cle) if demande is None else (demande,)
        if not demandes:
            raise RegistreError(
                f"Ni demande ni officine de ce nom au registre : {cle}. Vérifiez le numéro ou le FINESS."
            )
        _montrer_demandes(demandes)
        for un in demandes:
            for reference, texte in (("remplace", un.remplace), ("est remplacée par", un.remplacee_par)):
                if texte:
                    montrer(f"La demande {un.numero_editeur} {reference} la demande {texte}.")
        finess = {d.finess_geo for d in demandes if d.finess_geo}
        rangees = [_rangee_d_evenement(e) for f in sorted(finess) for e in livre.historique(f)]
        montrer("", Tableau(("Jour", "Événement", "Demande", "Précision"), rangees, titre="Historique"))
    return 0


#: What happened, as a clerk would say it.
_FAITS: Final = {
    "FichierPrepare": "fichier préparé",
    "DemandePreparee": "demande préparée",
    "FichierDepose": "fichier déposé",
    "FichierRefuse": "fichier refusé au premier contrôle",
    "FichierAbandonne": "fichier abandonné",
    "RetourRecu": "réponse reçue",
    "LigneRecue": "ligne de réponse",
    "DecisionRendue": "décision",
    "AvancePayee": "avance payée",
    "DonneesEffacees": "données personnelles effacées",
}


def _rangee_d_evenement(evenement: object) -> tuple[Cellule, ...]:
    precisions = (
        getattr(evenement, nom, None) for nom in ("nom", "libelle_traitement", "raison", "motif", "reference")
    )
    return (
        getattr(evenement, "jour", None),
        _FAITS[type(evenement).__name__],
        getattr(evenement, "numero_editeur", None),
        next((p for p in precisions if p), None),
    )


@registre.command
def soldables(*, registre: OuEstLeRegistre = PAR_DEFAUT) -> int:
    """Liste les demandes qui portent un numeroASP : celles dont le solde pourra être demandé.

    Exemple :

        segur-pha registre soldables
    """
    with ouvrir(registre, existant=True) as livre:
        rangees = [
            (s.numero_editeur, s.numero_asp, s.finess_geo, s.phase.value, s.avance_payee, s.montant_paye, s.a_verifier)
            for s in livre.soldables()
        ]
    montrer(
        Tableau(("Demande", "numeroASP", "FINESS", "Phase", "Avance payée", "Montant payé", "À vérifier"), rangees),
        f"{accorder(len(rangees), 'demande')} avec un numeroASP.",
    )
    return 0


@registre.command
def relancer(
    *,
    depuis: Annotated[int, Parameter(help="Nombre de jours sans réponse.")] = 15,
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Liste ce qui attend : sans réponse depuis N jours, rejetée et pas encore resoumise, réponse à vérifier.

    Code de sortie : 1 quand il y en a.

    Exemple :

        segur-pha registre relancer --depuis 15
    """
    with ouvrir(registre, existant=True) as livre:
        attentes = {
            f"Sans réponse depuis {accorder(depuis, 'jour')} ou plus": livre.sans_reponse(
                jour=aujourd_hui(jour), depuis=depuis
            ),
            "Rejetées, pas encore resoumises": livre.a_resoumettre(),
            "Réponse à vérifier": livre.a_verifier(),
        }
    for titre, demandes in attentes.items():
        montrer(f"{titre} : {accorder(len(demandes), 'demande')}.")
        if demandes:
            _montrer_demandes(demandes)
    return 1 if any(attentes.values()) else 0


@registre.command
def deposer(*fichiers: FichierInscrit, jour: Jour = None, registre: OuEstLeRegistre = PAR_DEFAUT) -> int:
    """Note que des fichiers JSON ont été déposés sur le portail.

    Exemple :

        segur-pha registre deposer JSON-ANS0000001-20221115-001.json
    """
    if not fichiers:
        raise UsageErrone("Indiquez au moins un fichier à noter comme déposé.")
    with ouvrir(registre, existant=True) as livre:
        livre.deposer(*fichiers, jour=aujourd_hui(jour))
    montrer(f"{accorder(len(fichiers), 'fichier noté comme déposé', 'fichiers notés comme déposés')}.")
    return 0


@registre.command
def refuser(
    fichier: FichierInscrit, /, *, motif: Motif = "", jour: Jour = None, registre: OuEstLeRegistre = PAR_DEFAUT
) -> int:
    """Note que le premier contrôle a refusé un fichier : les mêmes numéros peuvent repartir.

    Exemple :

        segur-pha registre refuser JSON-ANS0000001-20221115-001.json --motif "structure incorrecte"
    """
    with ouvrir(registre, existant=True) as livre:
        livre.refuser(fichier, jour=aujourd_hui(jour), motif=motif)
    montrer(f"{fichier} : refus noté, les mêmes numéros peuvent repartir.")
    return 0


@registre.command
def abandonner(
    fichier: FichierInscrit, /, *, motif: Motif = "", jour: Jour = None, registre: OuEstLeRegistre = PAR_DEFAUT
) -> int:
    """Note qu’un fichier préparé ne sera pas déposé.

    Exemple :

        segur-pha registre abandonner JSON-ANS0000001-20221115-002.json
    """
    with ouvrir(registre, existant=True) as livre:
        livre.abandonner(fichier, jour=aujourd_hui(jour), motif=motif)
    montrer(f"{fichier} : abandon noté.")
    return 0


@registre.command
def decider(
    numero: Numero,
    decision: Annotated[
        Literal["attribuée", "refusée"], Parameter(help="Ce que l’ASP a décidé : attribuée ou refusée.")
    ],
    /,
    *,
    motif: Motif = "",
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Note la décision de l’ASP sur une demande acceptée.

    Exemple :

        segur-pha registre decider 00001 attribuée
    """
    with ouvrir(registre, existant=True) as livre:
        livre.decider(numero, favorable=decision == "attribuée", jour=aujourd_hui(jour), motif=motif)
    montrer(f"Demande {numero} : {decision}.")
    return 0


@registre.command
def payer(
    numero: Numero,
    montant: Annotated[str, Parameter(help="Le montant reçu en euros, comme 255.00 ou 255,00.")],
    /,
    *,
    reference: Annotated[str, Parameter(help="La référence de l’avis de paiement.", show_default=False)] = "",
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Note le paiement de l’avance d’une demande attribuée, en euros.

    Exemple :

        segur-pha registre payer 00001 255.00 --reference AVIS-2023-0042
    """
    try:
        euros = Decimal(montant.replace(",", "."))
    except InvalidOperation:
        raise UsageErrone("Montant : indiquez des euros, comme 255.00.") from None
    with ouvrir(registre, existant=True) as livre:
        livre.payer(numero, euros, jour=aujourd_hui(jour), reference=reference)
    montrer(f"Demande {numero} : avance payée.")
    return 0


@registre.command
def effacer(
    finess: Annotated[str, Parameter(help="Le FINESS de l’officine.")],
    /,
    *,
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Efface du journal les données personnelles d’une officine ; l’historique reste.

    Exemple :

        segur-pha registre effacer 990000010
    """
    with ouvrir(registre, existant=True) as livre:
        livre.effacer(finess, jour=aujourd_hui(jour))
    montrer(f"Officine {finess} : données personnelles effacées.")
    return 0


@registre.command
def exporter(
    sortie: Annotated[
        Path | None, Parameter(help="Fichier .jsonl, ou dossier de CSV à créer ; l’écran par défaut.")
    ] = None,
    /,
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Exporte tout le registre : JSON Lines (qui se réimporte), ou un dossier de fichiers CSV.

    N’écrase jamais un fichier.

    Exemple :

        segur-pha registre exporter registre.jsonl
    """
    with ouvrir(registre, existant=True) as livre:
        if sortie is not None and sortie.suffix.lower() != ".jsonl":
            tables = livre.exporter_csv()
            with dossier_entier(sortie) as dossier:
                for nom, octets in tables.items():
                    ecrire_durablement(dossier / nom, methodcaller("write", octets))
            return 0
        octets = "".join(f"{ligne}\n" for ligne in livre.exporter()).encode()
    if sortie is None:
        sortir(octets)
    else:
        ecrire_sans_ecraser(sortie, octets)
    return 0


@registre.command
def importer(
    entree: Annotated[Path, Parameter(help="Le fichier .jsonl qu’a écrit « registre exporter ».")],
    /,
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Remplit un registre neuf depuis un export JSON Lines.

    Exemple :

        segur-pha registre importer registre.jsonl --registre copie.sqlite
    """
    try:
        # Not splitlines(): the agency's words may hold U+2028, which is no end of line in JSON Lines.
        lignes = entree.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise RegistreError("Ce fichier n’est pas l’export d’un registre : il n’est pas en UTF-8.") from None
    with ouvrir(registre) as livre:
        livre.importer(lignes)
        nombre = len(livre.demandes())
    montrer(f"{accorder(nombre, 'demande importée', 'demandes importées')} dans {registre}.")
    return 0


def _montrer_demandes(demandes: Iterable[EtatDemande]) -> None:
    rangees = [
        (
            d.numero_editeur,
            d.finess_geo,
            f"{d.phase.value} (à vérifier)" if d.a_verifier else d.phase.value,
            d.jour_phase,
            d.numero_asp,
            d.libelle_traitement or d.motif or None,
        )
        for d in demandes
    ]
    montrer(Tableau(("Demande", "FINESS", "Phase", "Depuis", "numeroASP", "Libellé de l’ASP, ou motif"), rangees))
