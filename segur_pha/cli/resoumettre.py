"""``segur-pha resoumettre``: rejected requests, corrected, in a new deposit; or the table in which to correct them."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from attrs import evolve
from cyclopts import Parameter

from segur_pha.cli.avancement import avancement
from segur_pha.cli.console import montrer, montrer_erreur, sortir_json
from segur_pha.cli.editeur import chercher_les_reglages
from segur_pha.cli.fautes import Fautes, ListeDesFautes, montrer_les_conseils, montrer_les_fautes
from segur_pha.cli.messages import UsageErrone, ce_qui_manque
from segur_pha.cli.objets import objet_du_depot, objet_du_depot_refuse
from segur_pha.cli.options import (
    EST_UN_JOUR,
    Encodage,
    Feuille,
    Forme,
    Majuscules,
    Reglages,
    Vague,
    Zeros,
    specification_de,
)
from segur_pha.cli.ouverture import PAR_DEFAUT, Admettre, aujourd_hui, ouvrir
from segur_pha.cli.preparer import montrer_les_totaux
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.cli.suite import apres_la_preparation
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.depot.editeur import Editeur
from segur_pha.depot.jour_du_depot import conseils_sur_le_jour
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder
from segur_pha.rapports.xlsx import en_xlsx

if TYPE_CHECKING:
    from segur_pha.registre.corrections import CorrectionsLues
    from segur_pha.registre.dans_la_transaction import Resoumission
    from segur_pha.registre.resoumission import CorrectionsRefusees
    from segur_pha.table.specification import Specification

__all__ = ["resoumettre"]

_FORMES: Final = (".csv", ".xlsx")


def resoumettre(
    corrections: Annotated[
        Path | None,
        Parameter(help="CSV ou XLSX : le numéro de chaque demande rejetée et ce qui change ; null vide une valeur."),
    ] = None,
    /,
    *,
    pieces: Annotated[Path | None, Parameter(help="Le dossier des pièces, ou celui du dépôt précédent.")] = None,
    sortie: Annotated[Path | None, Parameter(help="Le dossier à créer ; il ne doit pas exister.")] = None,
    jour: Annotated[
        date | None, EST_UN_JOUR, Parameter(help="Jour du nouveau dépôt sur le portail, JJ/MM/AAAA.")
    ] = None,
    modele: Annotated[
        Path | None,
        Parameter(
            help="Écrit le tableau à remplir (.csv ou .xlsx, n’écrase rien) et s’arrête : demandes rejetées, valeurs "
            "envoyées, mots de l’ASP."
        ),
    ] = None,
    editeur: Reglages = Path("editeur.toml"),
    registre: Annotated[str, Parameter(help="Le fichier du registre, ou une URL SQLAlchemy.")] = PAR_DEFAUT,
    premier_fichier: Annotated[
        int | None, Parameter(help="Numéro du premier fichier JSON de ce jour ; le suivant du registre par défaut.")
    ] = None,
    feuille: Feuille = None,
    encodage: Encodage = None,
    majuscules: Majuscules = False,
    zeros: Zeros = False,
    admettre: Admettre = None,
    fautes: Fautes = None,
    forme: Forme = "texte",
    vague: Vague = None,
) -> int:
    """Prépare un nouveau dépôt des demandes rejetées, corrigées, sous de nouveaux numéros.

    Le tableau des corrections peut être un extrait de votre export, à vos titres, ou le modèle que --modele écrit. Code de
    sortie : 0 le dossier est prêt, 1 des corrections sont à revoir, 2 rien n’a pu être lu ou écrit.

    Exemples :

        segur-pha resoumettre --modele corrections.xlsx
        segur-pha resoumettre corrections.xlsx --pieces depot --sortie depot-2 --jour 2022-11-22
    """
    from segur_pha.registre.corrections import lire_les_corrections
    from segur_pha.registre.resoumission import CorrectionsRefusees
    from segur_pha.registre.resoumission import resoumettre as preparer

    liste = ListeDesFautes(fautes)
    specification = specification_de(vague)
    if modele is not None:
        return _ecrire_le_modele(modele, editeur, registre, specification, en_json=forme == "json")
    if corrections is None or pieces is None or sortie is None or jour is None:
        donnes = {"le tableau des corrections": corrections, "--pieces": pieces, "--sortie": sortie, "--jour": jour}
        raise UsageErrone(f"{ce_qui_manque(donnes)} (ou --modele seul).")
    verifier_les_sorties(*liste.a_ecrire(), dossier=sortie, registre=registre)
    chercher_les_reglages(editeur)
    reglages = Editeur.lire(editeur, specification=specification)
    lues = lire_les_corrections(corrections, reglages, feuille=feuille, encodage=encodage)
    if forme == "texte":
        _dire_la_lecture(lues)
    try:
        with avancement() as suivi, ouvrir(registre, existant=True, specification=specification) as livre:
            faite = preparer(
                livre,
                lues,
                reglages,
                pieces,
                sortie,
                jour=jour,
                premier_fichier=premier_fichier,
                majuscules=majuscules,
                zeros=zeros,
                suivi=suivi,
                admettre=admettre or (),
            )
    except (CommandesRefusees, CorrectionsRefusees) as refus:
        return _refuser(refus, lues, liste, en_json=forme == "json")
    liste.ecrire([])
    faite = _avec_le_jour(faite, jour)
    if forme == "json":
        return _en_json(faite, lues, sortie)
    _montrer(faite, sortie, jour, registre)
    return 0


def _avec_le_jour(faite: Resoumission, jour: date) -> Resoumission:
    conseils = (*conseils_sur_le_jour(jour, aujourd_hui(None)), *faite.depot.conseils)
    return evolve(faite, depot=evolve(faite.depot, conseils=conseils))


def _en_json(faite: Resoumission, lues: CorrectionsLues, sortie: Path) -> int:
    depot = evolve(faite.depot, conseils=(*lues.remarques, *faite.depot.conseils))
    sortir_json(objet_du_depot(depot, sortie, faite.remplace))
    return 0


def _montrer(faite: Resoumission, sortie: Path, jour: date, registre: str) -> None:
    montrer_les_conseils(faite.depot.conseils)
    rangees = [(ancien, nouveau) for nouveau, ancien in faite.remplace.items()]
    montrer(Tableau(("Demande rejetée", "Nouveau numéro"), rangees), "")
    montrer_les_totaux(faite.depot, sortie)
    montrer(
        *apres_la_preparation(
            sortie, faite.depot.fichiers, jour, registre=registre, specification=faite.depot.specification
        )
    )


def _ecrire_le_modele(
    modele: Path, editeur: Path, registre: str, specification: Specification, *, en_json: bool
) -> int:
    from segur_pha.registre.corrections import modele_des_corrections

    if modele.suffix.lower() not in _FORMES:
        raise UsageErrone("--modele : indiquez un fichier .csv ou .xlsx.")
    verifier_les_sorties(modele, registre=registre)
    chercher_les_reglages(editeur)
    reglages = Editeur.lire(editeur, specification=specification)
    with ouvrir(registre, existant=True, specification=specification) as livre:
        tableau = modele_des_corrections(livre, reglages)
    nombre = len(tableau.rangees)
    if nombre:
        classeur = modele.suffix.lower() == ".xlsx"
        ecrire_sans_ecraser(modele, en_xlsx(tableau, a_remplir=True) if classeur else en_csv(tableau))
    if en_json:
        sortir_json({"version": 1, "modele": str(modele) if nombre else None, "nombre_demandes": nombre})
        return 0
    if not nombre:
        montrer("Aucune demande rejetée n’attend de repartir : rien n’a été écrit.")
        return 0
    montrer(
        f"{accorder(nombre, 'demande rejetée', 'demandes rejetées')} dans {modele} : corrigez les valeurs, une "
        "cellule vide ne change rien, null vide une valeur ; puis donnez ce tableau à « segur-pha resoumettre »."
    )
    return 0


def _dire_la_lecture(lues: CorrectionsLues) -> None:
    montrer(Phrase(f"Corrections lues comme : {lues.description}."))
    montrer(*(Phrase(Marque("À vérifier : ", Niveau.ATTENTION), r.message, ".") for r in lues.remarques))
    if lues.ignorees:
        noms = ", ".join(f"« {titre} »" for titre in lues.ignorees)
        montrer(f"Colonnes laissées de côté, qui ne corrigent rien : {noms}.")
    montrer("")


def _refuser(
    refus: CommandesRefusees | CorrectionsRefusees, lues: CorrectionsLues, liste: ListeDesFautes, *, en_json: bool
) -> int:
    fautes = refus.fautes
    liste.ecrire(fautes)
    if en_json:
        dit = refus if isinstance(refus, CommandesRefusees) else CommandesRefusees(fautes, (), lues.description)
        dit.conseils = (*lues.remarques, *dit.conseils)
        sortir_json(objet_du_depot_refuse(dit))
        return 1
    montrer_les_fautes(fautes)
    montrer_erreur(
        Phrase(
            Marque(f"Rien n’a été écrit : {accorder(len(fautes), 'faute')}.", Niveau.MAUVAIS),
            " Corrigez le tableau, puis recommencez.",
        )
    )
    return 1
