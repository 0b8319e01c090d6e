"""``segur-pha registre creer``, ``verifier`` and ``copier``: a ledger is made on purpose, checked, and copied."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from segur_pha.cli.console import montrer, montrer_erreur, sortir, sortir_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.objets import objet_du_constat
from segur_pha.cli.options import Forme
from segur_pha.cli.ouverture import PAR_DEFAUT, OuEstLeRegistre, ouvrir, refuser_autre_chose
from segur_pha.constats import Constat
from segur_pha.depot.dossier import A_MONTRER
from segur_pha.depot.fonds import FondsDeDocuments
from segur_pha.depot.manifeste import json_du_dossier, manifeste_du_dossier
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.fichiers import nom_pris
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder, en_tableau
from segur_pha.restes import EN_COURS, marque_du_processus, restes_presents, retirer_les_restes
from segur_pha.vagues import vague

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.registre import Registre

__all__ = ["copier", "creer", "tables", "verifier"]


def creer(
    *,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    premier: Annotated[
        str | None, Parameter(help="Premier numéro éditeur à servir ; 00001 par défaut.", show_default=False)
    ] = None,
    forme: Forme = "texte",
) -> int:
    """Crée un registre vide ; les autres commandes ne se servent que d’un registre qui existe.

    Exemple :

        segur-pha registre creer
    """
    from segur_pha.registre.adresse import en_clair

    refuser_autre_chose(registre)
    if _existe(registre):
        raise RegistreError(f"Le registre {en_clair(registre)} existe déjà : rien n’a été changé.")
    ouvrir(registre, existant=False, premier=premier).fermer()
    if forme == "json":
        sortir_json({"version": 1, "registre": en_clair(registre)})
    else:
        montrer(f"Registre créé : {en_clair(registre)}.")
    return 0


def _existe(registre: str) -> bool:
    from segur_pha.registre.adresse import fichier_de, lire_adresse
    from segur_pha.registre.base import existe
    from segur_pha.registre.stockage import Stockage

    url = lire_adresse(registre)
    fichier = fichier_de(url)
    # A database without a table is what an interrupted creation leaves.
    if fichier is not None and (not nom_pris(fichier) or _est_sans_rien(fichier)):
        return False
    stockage = Stockage(url)
    try:
        with stockage.lecture() as connexion:
            return existe(connexion)
    finally:
        stockage.fermer()


def _est_sans_rien(fichier: Path) -> bool:
    from segur_pha.registre.disque import sans_rien
    from segur_pha.registre.refus import motif

    try:
        return sans_rien(fichier)
    except sqlite3.Error as erreur:
        raise RegistreError(
            f"Le registre {fichier.name} n’a pas pu être lu, rien n’a été changé : {motif(erreur, fichier)}"
        ) from erreur


def verifier(
    *,
    depot: Annotated[
        list[Path] | None,
        Parameter(help="Un dossier de dépôt, comparé avec ce que le registre en sait ; à répéter.", negative=""),
    ] = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Vérifie un registre : son fichier, ses tables d’après son journal, les dépôts que vous indiquez, et les restes à côté d’eux.

    Code de sortie : 1 quand quelque chose ne va pas.

    Exemple :

        segur-pha registre verifier
    """
    from segur_pha.registre.adresse import fichier_de, lire_adresse

    with ouvrir(registre) as livre:
        constats = list(livre.verifier())
        for dossier in depot or []:
            constats += _du_depot(livre, dossier)
        fichier = fichier_de(lire_adresse(registre))
        for dossier in sorted({chemin.absolute().parent for chemin in (fichier, *(depot or [])) if chemin is not None}):
            constats += _restes(livre, dossier)
            constats += _fichiers_restants(dossier)
            constats += _a_montrer(livre, dossier)
        nombre = len(livre.demandes()) if not constats else 0
    if forme == "json":
        dits = list(map(objet_du_constat, constats))
        sortir_json({"version": 1, "bon": not constats, "nombre_demandes": nombre, "fautes": dits})
        return 1 if constats else 0
    if constats:
        montrer(en_tableau(constats), "")
        montrer_erreur(Phrase(Marque(f"{accorder(len(constats), 'constat')} à regarder.", Niveau.MAUVAIS)))
        return 1
    montrer(
        Phrase(
            Marque("Registre en ordre", Niveau.BON),
            f" : {accorder(nombre, 'demande')}, les tables disent ce que dit le journal.",
        )
    )
    return 0


def _du_depot(livre: Registre, dossier: Path) -> Iterator[Constat]:
    manifeste = manifeste_du_dossier(dossier)
    limites = vague(manifeste.specification).limites
    fichiers = json_du_dossier(dossier, manifeste, limites)
    ecartes: dict[str, str] = {}
    documents = FondsDeDocuments(dossier, limites).tout_lire(ecartes)
    pieces = {Path(ou.nom).name: sha256(octets).hexdigest() for ou, octets in documents}
    # A file that is not one of the deposit's zips need not be a document.
    illisibles: set[str] = set()
    for fichier in (f for f in manifeste.fichiers if f.nature == "zip"):
        for nom, motif in ecartes.items():
            if nom == fichier.nom:
                yield Constat(code="piece-illisible", message=motif, document=nom)
                illisibles |= {piece.nom for piece in fichier.pieces}
            elif nom.startswith(f"{fichier.nom}, "):
                yield Constat(code="piece-illisible", message=motif, document=nom)
                illisibles.add(Path(nom.removeprefix(f"{fichier.nom}, ")).name)
    for constat in livre.verifier_un_depot(fichiers, pieces):
        if constat.code != "piece-differente" or constat.document not in illisibles:
            yield constat


def _restes(livre: Registre, dossier: Path) -> Iterator[Constat]:
    """Remove what interrupted commands have left in a folder, and report the folders that may be deposits which they had begun."""
    from segur_pha.registre.inscription import fichiers_du_reste

    retirer_les_restes(dossier)
    for reste in sorted(chemin for chemin in dossier.glob(f".*{EN_COURS}") if chemin.is_dir()):
        try:
            inscrit = bool(livre.fichiers_prepares(fichiers_du_reste(reste)))
        except RegistreError as refus:
            yield Constat(code="reste", message=str(refus), document=reste.name)
            continue
        if inscrit:
            message = (
                "Une préparation interrompue a laissé ce dossier, que le registre connaît ; préparez de nouveau le dossier "
                f"{_nom_montre(reste)}"
            )
        else:
            message = (
                "Une commande interrompue a laissé ce dossier, que le registre ne connaît pas. Si aucun programme n’est en train "
                "de le remplir, supprimez-le"
            )
        yield Constat(code="reste", message=message, document=reste.name)


def _fichiers_restants(dossier: Path) -> Iterator[Constat]:
    """Report the unfinished files of a folder that nobody but a person may remove; ``OSError`` when it cannot be listed."""
    ici = marque_du_processus().partition("-")[0]
    for nom in restes_presents(dossier):
        if not (dossier / nom).is_file():
            continue
        qui = (
            "un programme qui tourne sur cette machine l’écrit, ou une commande interrompue portait le même numéro"
            if f".{ici}-" in nom
            else "une commande d’une autre machine, ou d’un autre conteneur, l’écrit, ou l’a laissé quand elle a été interrompue"
        )
        message = f"Fichier inachevé, avec peut-être des données personnelles : {qui}. Si aucun programme ne l’écrit, supprimez-le"
        yield Constat(code="reste", message=message, document=nom)


def _a_montrer(livre: Registre, dossier: Path) -> Iterator[Constat]:
    """Report the finished deposits of a folder that have not been shown."""
    from segur_pha.registre.etats import PhaseFichier

    for reste in sorted(chemin for chemin in dossier.glob(f".*{A_MONTRER}") if chemin.is_dir()):
        try:
            fichiers = {f.sha256 for f in manifeste_du_dossier(reste).fichiers if f.nature == "json"}
        except DepotRefuse as refus:
            yield Constat(
                code="a-montrer", message=f"Un dossier préparé attend ici d’être montré ; {refus}", document=reste.name
            )
            continue
        if fichiers & {f.fichier for f in livre.fichiers() if f.phase is PhaseFichier.PREPARE}:
            message = (
                "Un dossier préparé et inscrit au registre attend d’être montré ; en Python : "
                f"montrer_depot(Registre(…), {json.dumps(_nom_montre(reste), ensure_ascii=False)}). Pour y renoncer, abandonnez ses "
                "fichiers (segur-pha registre abandonner), puis supprimez-le"
            )
        else:
            message = (
                "Un dossier préparé attend ici, que ce registre ne connaît pas comme préparé : sa transaction est encore ouverte, ou "
                "elle a été annulée. Si aucun programme n’est en train de le préparer, supprimez-le"
            )
        yield Constat(code="a-montrer", message=message, document=reste.name)


def _nom_montre(reste: Path) -> str:
    """Return the name that a hidden folder ``.NAME.….a-montrer`` or ``.NAME.….partiel`` is to get."""
    return reste.name[1:].rsplit(".", 2)[0]


def copier(
    sortie: Annotated[
        Path | None,
        Parameter(
            help="Le fichier à écrire, ou un dossier qui existe ; à côté du registre par défaut.", show_default=False
        ),
    ] = None,
    /,
    *,
    garder: Annotated[
        int | None,
        Parameter(
            help="Ne garde que tant de copies datées de ce registre dans le dossier, les dernières.", show_default=False
        ),
    ] = None,
    registre: OuEstLeRegistre = PAR_DEFAUT,
    forme: Forme = "texte",
) -> int:
    """Copie un registre entier, même pendant que d’autres y écrivent ; la copie est elle-même un registre.

    N’écrase jamais un fichier.

    Exemple :

        segur-pha registre copier sauvegardes --garder 10
    """
    from segur_pha.registre.adresse import fichier_de, lire_adresse
    from segur_pha.registre.copies import garder_les_dernieres, nom_de_copie

    if garder is not None and garder < 1:
        raise UsageErrone("--garder : indiquez un nombre de copies, 1 ou plus.")
    if garder is not None and sortie is not None and not sortie.is_dir():
        raise UsageErrone("--garder ne sert qu’avec un dossier de copies datées.")
    fichier = fichier_de(lire_adresse(registre))
    dossier = sortie if sortie is not None and sortie.is_dir() else None
    if sortie is None and fichier is not None:
        dossier = fichier.parent
    retirees: list[Path] = []
    with ouvrir(registre) as livre:
        if dossier is None or fichier is None:
            faite = livre.copier(sortie or Path("copie"))
        else:
            instant = datetime.now()  # noqa: DTZ005 - the moment on the user's clock
            faite = livre.copier(dossier / nom_de_copie(fichier, instant))
            retirees = [] if garder is None else list(garder_les_dernieres(fichier, dossier, garder, faite=faite))
    if forme == "json":
        sortir_json({"version": 1, "copie": str(faite), "retirees": [partie.name for partie in retirees]})
        return 0
    montrer(f"Registre copié : {faite}.", *(f"Copie ancienne retirée : {partie.name}." for partie in retirees))
    return 0


def tables(
    *,
    dialecte: Annotated[
        Literal["postgresql", "sqlite"], Parameter(help="La base pour laquelle écrire ce SQL.")
    ] = "postgresql",
) -> int:
    """Écrit les tables du registre en SQL, pour les créer soi-même ; le registre s’en sert à sa première ouverture.

    Exemple :

        segur-pha registre tables --dialecte postgresql
    """
    from segur_pha.registre.tables import ddl

    sortir(ddl(dialecte).encode())
    return 0
