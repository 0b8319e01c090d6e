"""``segur-pha registre …``: what a person tells the ledger; what it answers is in ``questions.py``."""

from __future__ import annotations

import re
from decimal import Decimal
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import App, Parameter

from segur_pha.cli.console import montrer, sortir, sortir_json
from segur_pha.cli.dossier import dossier
from segur_pha.cli.effacer import effacer
from segur_pha.cli.faits import annuler, noter, regulariser
from segur_pha.cli.inscrire import inscrire
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.montrer import montrer_demande, rendre_les_demandes
from segur_pha.cli.objets import objet_de_fichier
from segur_pha.cli.options import Forme, Vague, specification_nommee
from segur_pha.cli.ouverture import PAR_DEFAUT, Jour, OuEstLeRegistre, jour_du_fait, ouvrir, verifier_export
from segur_pha.cli.questions import lister, relancer, soldables, soldes
from segur_pha.cli.suite import apres_le_depot
from segur_pha.cli.tenue import copier, creer, tables, verifier
from segur_pha.depot.dossier import dossier_entier, ecrire_durablement
from segur_pha.depot.manifeste import empreinte, manifeste_du_dossier
from segur_pha.erreurs import RegistreError
from segur_pha.fichiers import ecrire_sans_ecraser, lire_jusqu_a
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder, en_mots, euros, nom_lisible
from segur_pha.rapports.xlsx import en_xlsx
from segur_pha.textes import plier
from segur_pha.vagues import vagues

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from segur_pha.registre import Registre
    from segur_pha.registre.etats import EtatFichier

__all__ = ["abandonner", "decider", "deposer", "exporter", "importer", "payer", "refuser", "registre"]

Motif = Annotated[
    str, Parameter(help="La raison, telle qu’elle vous a été dite ; elle est gardée au registre.", show_default=False)
]
Numero = Annotated[str, Parameter(help="Le numéro éditeur de la demande, comme 00001.")]
FichierInscrit = Annotated[str, Parameter(help="Le fichier JSON inscrit au registre, par son chemin ou son nom.")]

#: Euros as a clerk writes or copies them: with a comma or a point, blanks between thousands, with or without the sign.
_MONTANT: Final = re.compile(r"\s*([0-9]{1,3}(?:\s?[0-9]{3})*|[0-9]+)(?:[.,]([0-9]{1,2}))?\s*€?\s*")

_AIDE: Final = """\
Montre ce qui est parti, revenu, attendu ; exporte et importe le registre.

Exemple :

    segur-pha registre relancer --depuis 15
"""

registre = App(name="registre", help=_AIDE)
registre.command(creer)
registre.command(lister)
registre.command(montrer_demande, name="montrer")
registre.command(soldables)
registre.command(soldes)
registre.command(relancer)
registre.command(regulariser)
registre.command(noter)
registre.command(annuler)
registre.command(inscrire)
registre.command(dossier)
registre.command(tables)
registre.command(verifier)
registre.command(copier)
registre.command(effacer)


@registre.command
def deposer(
    *fichiers: FichierInscrit, jour: Jour = None, registre: OuEstLeRegistre = PAR_DEFAUT, forme: Forme = "texte"
) -> int:
    """Note que des fichiers JSON ont été déposés sur le portail : par leur nom, leur chemin, ou le dossier du dépôt.

    Exemples :

        segur-pha registre deposer JSON-ANS0000001-20221115-001.json
        segur-pha registre deposer depot
    """
    if not fichiers:
        raise UsageErrone("Indiquez au moins un fichier à noter comme déposé.")
    with ouvrir(registre, existant=True) as livre:
        cles = [cle for fichier in fichiers for cle in _cles(livre, fichier)]
        avant = livre.fichiers()
        livre.deposer(*cles, jour=(le_jour := jour_du_fait(jour)))
        if forme == "json":
            return _rendre_les_fichiers(livre, avant)
    notes = accorder(len(cles), "fichier noté comme déposé", "fichiers notés comme déposés")
    noter = f"{notes} le {en_mots(le_jour)}."
    montrer(noter, *apres_le_depot(registre))
    return 0


@registre.command
def refuser(
    fichier: FichierInscrit,
    /,
    *,
    motif: Motif = "",
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Note que le premier contrôle a refusé un fichier ou ceux d’un dossier : rien n’a été pris, leurs numéros sont de nouveau libres.

    Que les mêmes numéros puissent repartir est notre lecture : le guide n’en dit rien.

    Exemple :

        segur-pha registre refuser JSON-ANS0000001-20221115-001.json --motif "structure incorrecte"
    """
    with ouvrir(registre, existant=True) as livre:
        avant = livre.fichiers()
        livre.refuser(*(cles := _cles(livre, fichier)), jour=jour_du_fait(jour), motif=motif)
        if forme == "json":
            return _rendre_les_fichiers(livre, avant)
    montrer(
        f"{fichier} : refus noté{_de_combien(fichier, cles)} ; les mêmes numéros peuvent repartir (notre lecture : le guide n’en "
        "dit rien)."
    )
    return 0


@registre.command
def abandonner(
    fichier: FichierInscrit,
    /,
    *,
    motif: Motif = "",
    jour: Jour = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Note que des fichiers préparés ne seront pas déposés : par leur nom, leur chemin, ou le dossier du dépôt.

    Exemple :

        segur-pha registre abandonner JSON-ANS0000001-20221115-002.json
    """
    with ouvrir(registre, existant=True) as livre:
        avant = livre.fichiers()
        livre.abandonner(*(cles := _cles(livre, fichier)), jour=jour_du_fait(jour), motif=motif)
        if forme == "json":
            return _rendre_les_fichiers(livre, avant)
    montrer(f"{fichier} : abandon noté{_de_combien(fichier, cles)}.")
    return 0


def _sans_les_accents(_: object, mots: Sequence[object]) -> str:
    """Accept a decision in capitals, or without its accents; raises ``ValueError`` for any other word."""
    dite = plier(str(getattr(mots[0], "value", "")))
    for decision in ("attribuée", "refusée"):
        if plier(decision) == dite:
            return decision
    raise ValueError("no decision")


@registre.command
def decider(
    numero: Numero,
    decision: Annotated[
        Literal["attribuée", "refusée"],
        Parameter(help="Ce que l’ASP a décidé : attribuée ou refusée.", converter=_sans_les_accents, n_tokens=1),
    ],
    /,
    *,
    motif: Motif = "",
    jour: Jour = None,
    vague: Vague = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Note la décision de l’ASP sur une demande acceptée.

    Exemple :

        segur-pha registre decider 00001 attribuée
    """
    with ouvrir(registre, existant=True) as livre:
        specification = specification_nommee(vague)
        favorable = decision == "attribuée"
        livre.decider(numero, favorable=favorable, jour=jour_du_fait(jour), motif=motif, specification=specification)
        if forme == "json":
            return rendre_les_demandes(livre, [livre.demande(numero, specification=specification)])
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
    vague: Vague = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Note le paiement de l’avance d’une demande attribuée, en euros.

    Exemple :

        segur-pha registre payer 00001 255.00 --reference AVIS-2023-0042
    """
    recu = _MONTANT.fullmatch(montant)
    if recu is None:
        raise UsageErrone("Montant : indiquez des euros et des centimes, comme 255.00 ou 255,00.")
    from segur_pha.registre.ecarts import ARRONDI, dire_l_ecart
    from segur_pha.registre.mots import NOMS_DES_MONTANTS

    with ouvrir(registre, existant=True) as livre:
        paye = Decimal(f"{''.join(recu[1].split())}.{(recu[2] or '').ljust(2, '0')}")
        specification = specification_nommee(vague)
        livre.payer(numero, paye, jour=jour_du_fait(jour), reference=reference, specification=specification)
        demande = livre.demande(numero, specification=specification)
        if forme == "json":
            return rendre_les_demandes(livre, [demande])
    assert demande is not None
    montrer(f"Demande {numero} : {NOMS_DES_MONTANTS[demande.solde_de is not None][1]}, {euros(paye)}.")
    ecart = demande.ecart_de_paiement
    if ecart is None or abs(ecart) > ARRONDI:
        montrer(Phrase(Marque("À vérifier", Niveau.ATTENTION), f" : {dire_l_ecart(demande)}."))
    return 0


@registre.command
def exporter(
    sortie: Annotated[
        Path | None, Parameter(help="Fichier .jsonl ou .xlsx, ou dossier de CSV à créer ; l’écran par défaut.")
    ] = None,
    /,
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
) -> int:
    """Exporte tout le registre : JSON Lines (qui se réimporte), un classeur, ou un dossier de fichiers CSV.

    N’écrase jamais un fichier.

    Exemple :

        segur-pha registre exporter registre.jsonl
    """
    with ouvrir(registre, existant=True) as livre:
        if sortie is not None and sortie.suffix.lower() == ".xlsx":
            feuilles = livre.exporter_tableaux()
            ecrire_sans_ecraser(sortie, en_xlsx(*feuilles))
            montrer(f"Registre exporté : {accorder(len(feuilles), 'table')} dans {sortie}.")
            return 0
        if sortie is not None and sortie.suffix.lower() == ".csv":
            raise UsageErrone(
                f"Le registre a plusieurs tables, et un CSV n’en tient qu’une : indiquez un dossier à créer ({sortie.stem}), ou un "
                "fichier .xlsx ou .jsonl."
            )
        if sortie is not None and sortie.suffix.lower() != ".jsonl":
            tables = livre.exporter_csv()
            with dossier_entier(sortie, depot=False) as dossier:
                for nom, octets in tables.items():
                    ecrire_durablement(dossier / nom, methodcaller("write", octets))
            montrer(f"Registre exporté : {accorder(len(tables), 'table')} dans {sortie}.")
            return 0
        octets = "".join(f"{ligne}\n" for ligne in livre.exporter()).encode()
    if sortie is None:
        sortir(octets)
    else:
        ecrire_sans_ecraser(sortie, octets)
        montrer(f"Registre exporté : {sortie}.")
    return 0


#: The size of a ledger of hundreds of thousands of requests, in bytes; reading an endless file stops here.
_OCTETS_D_UN_EXPORT: Final = 1_000_000_000


@registre.command
def importer(
    entree: Annotated[Path, Parameter(help="Le fichier .jsonl qu’a écrit « registre exporter ».")],
    /,
    *,
    sans_empreinte: Annotated[
        bool,
        Parameter(
            help="Accepte un export d’une version antérieure, sans empreinte, que vous savez entier.", negative=""
        ),
    ] = False,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Remplit un registre neuf depuis un export JSON Lines, s’il est entier et tel qu’il a été écrit.

    Exemple :

        segur-pha registre importer registre.jsonl --registre copie.sqlite
    """
    octets = lire_jusqu_a(entree, _OCTETS_D_UN_EXPORT)
    if len(octets) > _OCTETS_D_UN_EXPORT:
        raise RegistreError("Ce fichier dépasse 1 Go : ce n’est pas l’export d’un registre.")
    try:
        # Not splitlines(): the agency's words may hold U+2028, which does not end a line in JSON Lines.
        lignes = octets.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise RegistreError("Ce fichier n’est pas l’export d’un registre : il n’est pas en UTF-8.") from None
    # Before the ledger is made, so that a refused export leaves none.
    verifier_export(lignes, sans_empreinte=sans_empreinte)
    with ouvrir(registre, existant=False) as livre:
        livre.importer(lignes, sans_empreinte=sans_empreinte)
        nombre = len(livre.demandes())
    from segur_pha.registre.adresse import en_clair

    if forme == "json":
        sortir_json({"version": 1, "registre": en_clair(registre), "nombre_demandes": nombre})
        return 0
    montrer(f"{accorder(nombre, 'demande importée', 'demandes importées')} dans {en_clair(registre)}.")
    return 0


def _de_combien(fichier: str, cles: Sequence[str]) -> str:
    """Say how many files of a folder were meant; nothing for a file that was named itself."""
    return f" pour {accorder(len(cles), 'fichier')}" if Path(fichier).is_dir() else ""


def _rendre_les_fichiers(livre: Registre, avant: Collection[EtatFichier]) -> int:
    """Write for programs what the ledger now knows about the files that have changed."""
    changes = [fichier for fichier in livre.fichiers() if fichier not in avant]
    sortir_json({"version": 1, "fichiers": list(map(objet_de_fichier, changes))})
    return 0


def _cles(livre: Registre, fichier: str) -> list[str]:
    """Return the keys by which the ledger knows the files of a deposit's folder, or a single file."""
    chemin = Path(fichier)
    if not chemin.is_dir():
        return [_cle(livre, chemin)]
    return [_cle(livre, chemin / f.nom) for f in manifeste_du_dossier(chemin).fichiers if f.nature == "json"]


def _cle(livre: Registre, chemin: Path) -> str:
    """Return the key by which the ledger knows a file: its SHA-256 if the file exists, otherwise its name.

    Raises :class:`~segur_pha.RegistreError` for a file that is not the one recorded under its name, or larger than any of them.
    """
    if not chemin.is_file():
        return chemin.name
    maximum = max(vague.limites.octets_du_json for vague in vagues().values())
    octets, sha256 = empreinte(chemin, maximum)
    if octets > maximum:
        raise RegistreError(
            f"{nom_lisible(chemin.name)} dépasse {maximum // 1_000_000} Mo : ce n’est pas un fichier JSON inscrit au registre. "
            "Indiquez celui du dossier préparé."
        )
    connus = {fichier.fichier: fichier.nom for fichier in livre.fichiers()}
    if sha256 in connus:
        return sha256
    if chemin.name in connus.values():
        raise RegistreError(
            f"{chemin.name} n’est pas le fichier inscrit sous ce nom : il a changé depuis sa préparation, ou vient d’un autre "
            "dépôt. Déposez celui du dossier préparé, ou inscrivez celui-ci s’il est déjà sur le portail (registre inscrire)."
        )
    return chemin.name
