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
from segur_pha.depot.commandes import entetes_connus
from segur_pha.depot.constats import CommandesRefusees, en_tableau
from segur_pha.depot.editeur import Editeur
from segur_pha.depot.export import ouvrir_export
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    majuscules: Annotated[bool, Parameter(help="Met les noms des responsables en majuscules.", negative="")] = False,
    admettre: Admettre = None,
) -> int:
    """Prépare un nouveau dépôt des demandes rejetées, corrigées, sous de nouveaux numéros.

    Code de sortie : 0 le dossier est prêt, 1 des corrections sont à revoir, 2 rien n’a pu être lu ou écrit.

    Exemple :

        segur-pha resoumettre corrections.csv --pieces depot --sortie depot-2 --jour 2022-11-22
    """
    from segur_pha.registre.resoumission import resoumettre as preparer

    verifier_les_sorties(dossier=sortie, registre=registre)
    reglages = Editeur.lire(editeur)
    demandes = _lire(corrections, reglages)
    try:
        with avancement() as suivi, ouvrir(registre, existant=True) as livre:
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


def _lire(corrections: Path, editeur: Editeur) -> Mapping[str, Mapping[str, object]]:
    """Read the table of corrections: number → keyword → right value."""
    entetes = entetes_connus(editeur)
    export = ouvrir_export(corrections, [*entetes.values(), *entetes])
    mots = {titre.casefold(): mot for mot, entete in entetes.items() for titre in (mot, entete)}
    lues: dict[str, dict[str, object]] = {}
    for rangee in export.rangees:
        if rangee.est_vide:
            continue
        valeurs = {
            mots.get(entete.casefold(), entete): cellule for entete, cellule in rangee.cellules.items() if entete
        }
        numero = valeurs.pop("numero_editeur", None)
        if rangee.defaut or not isinstance(numero, str) or not numero.strip() or numero.strip() in lues:
            raise DepotRefuse(
                f"Corrections, ligne {rangee.numero} : indiquez le numéro d’une demande rejetée, une fois chacune."
            )
        remplies = {mot: v for mot, v in valeurs.items() if v is not None and str(v).strip()}
        lues[numero.strip()] = {mot: None if v == _VIDER else v for mot, v in remplies.items()}
    return lues
