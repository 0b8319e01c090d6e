"""``segur-pha resoumettre``: rejected requests, corrected, in a new deposit."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from attrs import define, evolve, field
from cyclopts import Parameter

from segur_pha.cli.avancement import avancement
from segur_pha.cli.console import montrer, montrer_erreur
from segur_pha.cli.fautes import Fautes, ListeDesFautes, montrer_les_conseils, montrer_les_fautes
from segur_pha.cli.ouverture import PAR_DEFAUT, Admettre, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.cli.vague import Vague, specification_de
from segur_pha.constats import Constat
from segur_pha.depot.commandes import entetes_connus
from segur_pha.depot.constats import CommandesRefusees, nom_lisible
from segur_pha.depot.editeur import Editeur
from segur_pha.depot.export import ouvrir_export
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder
from segur_pha.table.roles import Role
from segur_pha.tableurs import CelluleAbimee, est_vide

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segur_pha.tableurs import Rangee, TableauLu

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
    zeros: Annotated[
        bool,
        Parameter(help="Rend son zéro de tête à un FINESS de huit chiffres dont la clé est alors juste.", negative=""),
    ] = False,
    admettre: Admettre = None,
    fautes: Fautes = None,
    vague: Vague = None,
) -> int:
    """Prépare un nouveau dépôt des demandes rejetées, corrigées, sous de nouveaux numéros.

    Code de sortie : 0 le dossier est prêt, 1 des corrections sont à revoir, 2 rien n’a pu être lu ou écrit.

    Exemple :

        segur-pha resoumettre corrections.csv --pieces depot --sortie depot-2 --jour 2022-11-22
    """
    from segur_pha.registre.resoumission import resoumettre as preparer

    liste = ListeDesFautes(fautes)
    verifier_les_sorties(*liste.a_ecrire(), dossier=sortie, registre=registre)
    specification = specification_de(vague)
    reglages = Editeur.lire(editeur, specification=specification)
    export = _ouvrir(corrections, reglages, feuille, encodage)
    lues = _lire(export, reglages)
    montrer(Phrase(f"Corrections lues comme : {export.description}."))
    montrer(*(Phrase(Marque("À vérifier : ", Niveau.ATTENTION), r.message, ".") for r in export.remarques), "")
    if lues.fautes:
        return _a_revoir(lues.fautes, f"Rien n’a été écrit : {accorder(len(lues.fautes), 'ligne')} à revoir.", liste)
    try:
        with avancement() as suivi, ouvrir(registre, existant=True, specification=specification) as livre:
            faite = preparer(
                livre,
                lues.valeurs,
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
    except CommandesRefusees as refus:
        return _a_revoir(lues.situer(refus.fautes), str(refus).splitlines()[0], liste)
    liste.ecrire([])
    montrer_les_conseils(lues.situer(faite.depot.conseils))
    rangees = [(ancien, nouveau) for nouveau, ancien in faite.remplace.items()]
    montrer(
        Tableau(("Demande rejetée", "Nouveau numéro"), rangees),
        Phrase(Marque("Dossier prêt", Niveau.BON), f" : {sortie}"),
    )
    return 0


def _a_revoir(fautes: Sequence[Constat], resume: str, liste: ListeDesFautes) -> int:
    liste.ecrire(fautes)
    montrer_les_fautes(fautes)
    montrer_erreur(Phrase(Marque(resume, Niveau.MAUVAIS)))
    return 1


def _ouvrir(corrections: Path, editeur: Editeur, feuille: str | None, encodage: str | None) -> TableauLu:
    entetes = entetes_connus(editeur)
    return ouvrir_export(corrections, [*entetes.values(), *entetes], feuille=feuille, encodage=encodage)


@define
class _Corrections:
    """A table of corrections, read: number → keyword → right value, the row of each, the rows that cannot be read."""

    valeurs: dict[str, dict[str, object]] = field(factory=dict)
    lignes: list[int] = field(factory=list)
    fautes: list[Constat] = field(factory=list)
    titres: dict[str, str] = field(factory=dict)

    def situer(self, constats: Iterable[Constat]) -> list[Constat]:
        """Place findings in the table: each bears the rank of its request among the corrections, and a keyword as its column."""
        return [
            c
            if c.ligne is None
            else evolve(c, ligne=self.lignes[c.ligne - 1], colonne=self.titres.get(c.colonne, c.colonne))
            for c in constats
        ]


def _lire(export: TableauLu, editeur: Editeur) -> _Corrections:
    mots = {place: mot for mot, titres in entetes_connus(editeur).items() for place in _places(export, mot, titres)}
    for place, titre in enumerate(export.titres):
        mots.setdefault(place, titre)
    du_numero = vocabulaire(editeur.specification).mot(Role.NUMERO_EDITEUR)
    lues = _Corrections(titres={mot: export.titres[place] for place, mot in mots.items()})
    for rangee in export.rangees:
        valeurs = {mots[place]: cellule for place, cellule in enumerate(rangee.cellules) if not est_vide(cellule)}
        numero = valeurs.pop(du_numero, None)
        nu = numero.strip() if isinstance(numero, str) else ""
        if pourquoi := _defaut(rangee, numero, sans_titre="" in valeurs, deja=nu in lues.valeurs):
            colonne = lues.titres.get(du_numero, "")
            lues.fautes.append(
                Constat(
                    code="correction-illisible",
                    message=pourquoi,
                    ligne=rangee.numero,
                    colonne=colonne,
                    numero=nom_lisible(nu),
                )
            )
        else:
            lues.lignes.append(rangee.numero)
            lues.valeurs[nu] = {mot: None if valeur == _VIDER else valeur for mot, valeur in valeurs.items()}
    return lues


def _defaut(rangee: Rangee, numero: object, *, sans_titre: bool, deja: bool) -> str:
    """Say why a row corrects nothing, ``""`` when it does."""
    if rangee.defaut:
        return rangee.defaut
    if sans_titre:
        return "une cellule est remplie sous une colonne sans titre : donnez-lui le sien, ou videz-la"
    if isinstance(numero, CelluleAbimee):
        return numero.message(str)
    if not isinstance(numero, str):
        return "indiquez le numéro d’une demande rejetée"
    return "ce numéro est déjà plus haut : gardez une ligne par demande" if deja else ""


def _places(export: TableauLu, mot: str, titre: str) -> tuple[int, ...]:
    """Give the place of a keyword's column, under its own name or the one that the settings give it."""
    places = tuple(dict.fromkeys((*export.places(titre), *export.places(mot))))
    if len(places) > 1:
        noms = " et ".join(f"« {export.titres[place]} »" for place in places)
        raise DepotRefuse(f"Corrections : les colonnes {noms} donnent toutes {mot} : gardez-en une.")
    return places
