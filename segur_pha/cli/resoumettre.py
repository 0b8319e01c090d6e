"""``segur-pha resoumettre``: rejected requests, corrected, in a new deposit."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from segur_pha.cli.avancement import avancement
from segur_pha.cli.console import montrer, montrer_erreur
from segur_pha.cli.ouverture import PAR_DEFAUT, Admettre, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.cli.vague import Vague, specification_de
from segur_pha.depot.commandes import entetes_connus
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.depot.editeur import Editeur
from segur_pha.depot.export import ouvrir_export
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.constats import en_tableau
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau
from segur_pha.table.roles import Role
from segur_pha.tableurs import CelluleAbimee, est_vide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.tableurs import TableauLu

__all__ = ["resoumettre"]

#: In a cell, empties a facultative value; an empty cell leaves it as it was.
_VIDER: Final = "null"


def resoumettre(
    corrections: Annotated[
        Path,
        Parameter(help="CSV ou XLSX : le numéro de chaque demande rejetée et ce qui change ; null vide une valeur."),
    ],
    /,
    *,
    pieces: Annotated[Path, Parameter(help="Le dossier des documents, ou du dépôt précédent.")],
    sortie: Annotated[Path, Parameter(help="Le dossier à créer ; il ne doit pas exister.")],
    jour: Annotated[date, Parameter(help="Jour du nouveau dépôt sur le portail, AAAA-MM-JJ.")],
    editeur: Annotated[Path, Parameter(help="Les réglages de l’éditeur.")] = Path("editeur.toml"),
    registre: Annotated[str, Parameter(help="Le fichier du registre, ou une URL SQLAlchemy.")] = PAR_DEFAUT,
    premier_fichier: Annotated[
        int | None, Parameter(help="Numéro du premier fichier JSON de ce jour ; le suivant du registre par défaut.")
    ] = None,
    feuille: Annotated[
        str | None,
        Parameter(help="Feuille du classeur à lire, par son nom ou son rang ; la première qui convient par défaut."),
    ] = None,
    encodage: Annotated[
        str | None, Parameter(help="Encodage du CSV quand il est douteux : macroman, cp850, windows-1252.")
    ] = None,
    majuscules: Annotated[bool, Parameter(help="Met les noms des responsables en majuscules.", negative="")] = False,
    admettre: Admettre = None,
    vague: Vague = None,
) -> int:
    """Prépare un nouveau dépôt des demandes rejetées, corrigées, sous de nouveaux numéros.

    Code de sortie : 0 le dossier est prêt, 1 des corrections sont à revoir, 2 rien n’a pu être lu ou écrit.

    Exemple :

        segur-pha resoumettre corrections.csv --pieces depot --sortie depot-2 --jour 2022-11-22
    """
    from segur_pha.registre.resoumission import resoumettre as preparer

    verifier_les_sorties(dossier=sortie, registre=registre)
    specification = specification_de(vague)
    reglages = Editeur.lire(editeur, specification=specification)
    export = _ouvrir(corrections, reglages, feuille, encodage)
    demandes = _lire(export, reglages)
    montrer(Phrase(f"Corrections lues comme : {export.description}."))
    montrer(*(Phrase(Marque("À vérifier : ", Niveau.ATTENTION), r.message, ".") for r in export.remarques), "")
    try:
        with avancement() as suivi, ouvrir(registre, existant=True, specification=specification) as livre:
            faite = preparer(
                livre,
                demandes,
                reglages,
                pieces,
                sortie,
                jour=jour,
                premier_fichier=premier_fichier,
                majuscules=majuscules,
                suivi=suivi,
                admettre=admettre or (),
            )
    except CommandesRefusees as refus:
        montrer(en_tableau(refus.fautes), "")
        ordre = ", ".join(f"ligne {rang} : demande {numero}" for rang, numero in enumerate(demandes, start=1))
        montrer_erreur(Phrase(Marque(str(refus).splitlines()[0], Niveau.MAUVAIS)), ordre)
        return 1
    rangees = [(ancien, nouveau) for nouveau, ancien in faite.remplace.items()]
    montrer(
        Tableau(("Demande rejetée", "Nouveau numéro"), rangees),
        Phrase(Marque("Dossier prêt", Niveau.BON), f" : {sortie}"),
    )
    return 0


def _ouvrir(corrections: Path, editeur: Editeur, feuille: str | None, encodage: str | None) -> TableauLu:
    entetes = entetes_connus(editeur)
    return ouvrir_export(corrections, [*entetes.values(), *entetes], feuille=feuille, encodage=encodage)


def _lire(export: TableauLu, editeur: Editeur) -> Mapping[str, Mapping[str, object]]:
    """Read the table of corrections: number → keyword → right value."""
    mots = {place: mot for mot, titres in entetes_connus(editeur).items() for place in _places(export, mot, titres)}
    for place, titre in enumerate(export.titres):
        mots.setdefault(place, titre)
    lues: dict[str, dict[str, object]] = {}
    for rangee in export.rangees:
        valeurs = {mots[place]: cellule for place, cellule in enumerate(rangee.cellules) if not est_vide(cellule)}
        numero = valeurs.pop(vocabulaire(editeur.specification).mot(Role.NUMERO_EDITEUR), None)
        if isinstance(numero, CelluleAbimee):
            raise DepotRefuse(f"Corrections, ligne {rangee.numero} : {numero.message(str)}.")
        defaut = rangee.defaut or ("une cellule est remplie sous une colonne sans titre" if "" in valeurs else "")
        if defaut or not isinstance(numero, str) or numero.strip() in lues:
            raise DepotRefuse(
                f"Corrections, ligne {rangee.numero} : {defaut + ' ; ' if defaut else ''}indiquez le numéro d’une demande "
                "rejetée, une fois chacune."
            )
        lues[numero.strip()] = {mot: None if valeur == _VIDER else valeur for mot, valeur in valeurs.items()}
    return lues


def _places(export: TableauLu, mot: str, titre: str) -> tuple[int, ...]:
    """Give the place of a keyword's column, under its own name or the one that the settings give it."""
    places = tuple(dict.fromkeys((*export.places(titre), *export.places(mot))))
    if len(places) > 1:
        noms = " et ".join(f"« {export.titres[place]} »" for place in places)
        raise DepotRefuse(f"Corrections : les colonnes {noms} donnent toutes {mot} : gardez-en une.")
    return places
