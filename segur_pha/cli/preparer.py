"""``segur-pha preparer``: from an export and a folder of documents to a folder to upload."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date  # noqa: TC003 - cyclopts reads the annotations
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from attrs import define, evolve
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
    Finess,
    Majuscules,
    Reglages,
    TexteOuJson,
    Vague,
    Zeros,
    ouvrir_le_repertoire,
    specification_de,
)
from segur_pha.cli.ouverture import Admettre, Creer, aujourd_hui, ouvrir
from segur_pha.cli.sorties import verifier_les_sorties
from segur_pha.cli.suite import apres_la_preparation, ligne
from segur_pha.depot.antecedents import NUMERO_CONNU, dire_les_laissees
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.depot.editeur import Editeur
from segur_pha.depot.jour_du_depot import conseils_sur_le_jour
from segur_pha.depot.numeros import NumerosDepuis
from segur_pha.depot.preparation import preparer_depot
from segur_pha.depot.reglages import conseils_sur_les_reglages
from segur_pha.fichiers import ecrire_sans_ecraser, tous_ou_aucun
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder, en_mots, euros
from segur_pha.renommage import porte
from segur_pha.textes import a_minuscule

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterator

    from segur_pha.depot.antecedents import Admissible
    from segur_pha.depot.resultats import DepotPrepare
    from segur_pha.registre import Registre
    from segur_pha.registre.inscription import Inscription
    from segur_pha.table.specification import Specification

__all__ = ["montrer_les_totaux", "preparer"]

#: What the numbered rows are.
_QUOI: Final = "commandes"
#: The advice that is also shown with faults: what was read may not be what was meant, or waits in another file.
_DE_LA_LECTURE: Final = frozenset(
    {"valeur-d-exemple", "lignes-masquees", "colonnes-masquees", "feuilles-laissees", "numero-en-attente"}
)


def preparer(
    commandes: Annotated[Path | None, Parameter(help="L’export des commandes, CSV ou XLSX.")] = None,
    /,
    *,
    editeur: Reglages = Path("editeur.toml"),
    pieces: Annotated[Path | None, Parameter(help="Le dossier des pièces numérisées.")] = None,
    sortie: Annotated[Path | None, Parameter(help="Le dossier à créer ; il ne doit pas exister.")] = None,
    jour: Annotated[date | None, EST_UN_JOUR, Parameter(help="Jour du dépôt sur le portail, JJ/MM/AAAA.")] = None,
    premier_fichier: Annotated[
        int | None,
        Parameter(help="Numéro du premier fichier JSON de ce jour ; 1 par défaut, ou le suivant du registre."),
    ] = None,
    premier_numero: Annotated[
        str | None, Parameter(help="Premier numéro éditeur à donner aux commandes qui n’en ont pas, comme 00001.")
    ] = None,
    majuscules: Majuscules = False,
    zeros: Zeros = False,
    partiel: Annotated[
        bool, Parameter(help="Dépose les commandes justes et met les autres dans a-corriger.csv.", negative="")
    ] = False,
    sans_concordance: Annotated[
        bool, Parameter(help="Ne cherche pas la date, le montant et le nom dans les bons de commande.", negative="")
    ] = False,
    feuille: Feuille = None,
    encodage: Encodage = None,
    finess: Finess = None,
    registre: Annotated[
        str | None, Parameter(help="Inscrit le dépôt dans ce registre, qui donne aussi les numéros manquants.")
    ] = None,
    nouvelles: Annotated[
        bool,
        Parameter(
            help="Laisse de côté les commandes que le registre connaît déjà, et dit combien ; prépare les autres.",
            negative="",
        ),
    ] = False,
    creer: Creer = False,
    admettre: Admettre = None,
    fautes: Fautes = None,
    format: TexteOuJson = "texte",  # noqa: A002 - the option's name
    vague: Vague = None,
    modele: Annotated[
        bool, Parameter(help="Écrit un exemple de réglages (--editeur) et s’arrête.", negative="")
    ] = False,
) -> int:
    """Prépare le dossier à déposer : fichiers JSON, zips de pièces, récapitulatif ; ou dit tout ce qui est à corriger.

    Code de sortie : 0 le dossier est prêt, 1 des commandes sont à corriger, 2 rien n’a pu être lu ou écrit.

    Exemple :

        segur-pha preparer commandes.csv --editeur editeur.toml --pieces pieces --sortie depot --jour 2022-11-15
    """
    if modele:
        if format == "json":
            raise UsageErrone("--modele écrit un fichier et n’a rien à dire à un programme : retirez --format json.")
        return _ecrire_le_modele(editeur, specification_de(vague))
    if commandes is None or pieces is None or sortie is None or jour is None:
        donnes = {"l’export des commandes": commandes, "--pieces": pieces, "--sortie": sortie, "--jour": jour}
        raise UsageErrone(f"{ce_qui_manque(donnes)} (ou --modele seul).")
    if (admettre or nouvelles) and registre is None:
        option = "--admettre" if admettre else "--nouvelles"
        raise UsageErrone(f"{option} ne sert qu’avec --registre, qui sait quelles officines ont déjà une demande.")
    if creer and registre is None:
        raise UsageErrone("--creer ne sert qu’avec --registre, qui nomme le registre à créer.")
    specification = specification_de(vague)
    listes = ListeDesFautes(fautes)
    verifier_les_sorties(*listes.a_ecrire(), dossier=sortie, registre=registre)
    chercher_les_reglages(editeur, commandes)
    reglages = Editeur.lire(editeur, specification=specification)
    paru = _Paru(sortie)
    try:
        with (
            avancement() as suivi,
            tous_ou_aucun(sauf=paru) as ecrire,
            _au_registre(registre, sortie, jour, admettre or (), specification, creer=creer) as (livre, inscrire),
        ):
            depot = preparer_depot(
                commandes,
                reglages,
                pieces,
                sortie,
                jour=jour,
                premier_fichier=_premier(premier_fichier, livre, reglages.numero_ans, jour),
                numeros=livre if premier_numero is None else NumerosDepuis(premier_numero, specification=specification),
                majuscules=majuscules,
                zeros=zeros,
                partiel=partiel,
                concordance=not sans_concordance,
                feuille=feuille,
                encodage=encodage,
                categories=ouvrir_le_repertoire(finess),
                suivi=suivi,
                ecartees=lambda constats: listes.ecrire(constats, ecrire),
                avant=paru.avant(inscrire),
                antecedents=livre,
                admettre=admettre or (),
                nouvelles=nouvelles,
            )
    except CommandesRefusees as refus:
        with tous_ou_aucun() as ecrire:
            listes.ecrire(refus.fautes, ecrire)
        refus.conseils = (*refus.conseils, *conseils_sur_les_reglages(reglages))
        _montrer_le_refus(refus, en_json=format == "json", nouvelles=nouvelles)
        return 1
    inscrits = () if inscrire is None else inscrire.conseils
    dits = (*conseils_sur_le_jour(jour, aujourd_hui(None)), *conseils_sur_les_reglages(reglages))
    depot = evolve(depot, conseils=(*inscrits, *depot.conseils, *dits))
    return _rendre_compte(depot, sortie, jour, registre, en_json=format == "json")


@define
class _Paru:
    """Tell whether a deposit has its name; an interruption may come just after."""

    sortie: Path
    _dossier: os.stat_result | None = None

    def avant(self, inscrire: Callable[[Path], None] | None) -> Callable[[Path], None]:
        """Return an ``avant`` that looks at the folder which is to get the name, and then does as ``inscrire``."""

        def noter(dossier: Path) -> None:
            self._dossier = dossier.stat()
            if inscrire is not None:
                inscrire(dossier)

        return noter

    def __call__(self) -> bool:
        return self._dossier is not None and porte(self.sortie, self._dossier)


def _rendre_compte(depot: DepotPrepare, sortie: Path, jour: date, registre: str | None, *, en_json: bool) -> int:
    if en_json:
        sortir_json(objet_du_depot(depot, sortie))
    else:
        _montrer_le_depot(depot, sortie)
        suite = apres_la_preparation(
            sortie,
            depot.fichiers,
            jour,
            registre=registre,
            specification=depot.specification,
            partiel=bool(depot.fautes),
        )
        montrer(*suite)
    return 1 if depot.fautes else 0


def _premier(donne: int | None, livre: Registre | None, numero_ans: str, jour: date) -> int:
    if donne is not None:
        return donne
    return 1 if livre is None else livre.prochain_fichier(numero_ans, jour)


@contextmanager
def _au_registre(
    ou: str | None,
    sortie: Path,
    jour: date,
    admettre: Collection[Admissible],
    specification: Specification,
    *,
    creer: bool,
) -> Iterator[tuple[Registre | None, Inscription | None]]:
    """Yield the ledger, and the function that records the deposit in it; ``None`` for both if no ledger is kept."""
    if ou is None:
        yield None, None
        return
    from segur_pha.registre.inscription import inscription

    with (
        ouvrir(ou, existant=not creer, option_creer=True, specification=specification) as livre,
        inscription(livre, sortie, jour=jour, specification=specification, admettre=admettre) as inscrire,
    ):
        yield livre, inscrire


def _ecrire_le_modele(editeur: Path, specification: Specification) -> int:
    exemple = files(specification.paquet).joinpath("editeur.exemple.toml")
    if not exemple.is_file():
        ecrire = ligne("editeur", str(editeur), "--vague", specification.nom)
        raise UsageErrone(f"--modele : la vague {specification.nom} n’a pas d’exemple ; {ecrire} les écrit avec vous.")
    ecrire_sans_ecraser(editeur, exemple.read_bytes())
    montrer(Phrase(f"Exemple de réglages écrit dans {editeur} : remplacez-y les valeurs par les vôtres."))
    return 0


def _montrer_le_refus(refus: CommandesRefusees, *, en_json: bool, nouvelles: bool) -> None:
    if en_json:
        sortir_json(objet_du_depot_refuse(refus))
        return
    _montrer_la_lecture(refus.description)
    montrer_les_fautes(refus.fautes, _QUOI)
    montrer_les_conseils([c for c in refus.conseils if c.code in _DE_LA_LECTURE], _QUOI)
    if refus.pretes:
        sont = "est prête" if refus.pretes == 1 else "sont prêtes"
        nom = _QUOI if refus.pretes > 1 else _QUOI.removesuffix("s")
        pretes = f"{en_mots(refus.pretes)} {nom} sur {en_mots(refus.commandes)} {sont}"
        suite = f" ({euros(refus.avance)}) ; les préparer : segur-pha preparer … --partiel"
        montrer(Phrase(Marque(pretes, Niveau.BON), suite))
    resume = str(refus).splitlines()[0]
    # With --nouvelles such a row is only reported if it names another pharmacy.
    connues = not nouvelles and any(faute.code == NUMERO_CONNU for faute in refus.fautes)
    autrement = " --nouvelles laisse de côté les commandes que le registre connaît déjà." if connues else ""
    suite = f"Corrigez l’export ou les pièces, puis recommencez.{autrement}"
    montrer_erreur(Phrase(Marque(resume, Niveau.MAUVAIS)), suite)


def _montrer_la_lecture(description: str) -> None:
    montrer(Phrase(f"Export lu comme : {description}."), "")


def _montrer_le_depot(depot: DepotPrepare, sortie: Path) -> None:
    _montrer_la_lecture(depot.description)
    if depot.fautes:
        montrer_les_fautes(depot.fautes, _QUOI)
    montrer_les_conseils(depot.conseils, _QUOI)
    montrer_les_totaux(depot, sortie)
    if depot.laissees:
        montrer(Phrase(f"{dire_les_laissees(depot.laissees)}.", retrait=2))
    if depot.fautes:
        ecartees = len({faute.ligne for faute in depot.fautes})
        montrer(
            Phrase(f"{accorder(ecartees, 'commande écartée', 'commandes écartées')} : voir a-corriger.csv.", retrait=2)
        )


def montrer_les_totaux(depot: DepotPrepare, sortie: Path) -> None:
    """Show what a finished folder holds, and for how much money."""
    nom = depot.specification.nom_du_montant
    montrer(
        Phrase(Marque("Dossier prêt", Niveau.BON), f" : {sortie}"),
        Phrase(
            f"{accorder(depot.demandes, 'demande')} pour {euros(depot.montant_ht)} hors taxe ; "
            f"{a_minuscule(nom)} : {euros(depot.avance)}.",
            retrait=2,
        ),
        Phrase(
            f"{accorder(depot.fichiers_json, 'fichier JSON', 'fichiers JSON')} (type de demande : "
            f"{depot.specification.type_de_demande}) et "
            f"{accorder(depot.zips, 'zip')}{_trop_de_zips(depot)}.",
            retrait=2,
        ),
    )


def _trop_de_zips(depot: DepotPrepare) -> str:
    """Say that by size alone fewer zips would have been enough, but that the documents of a request stay together."""
    return f" (leur taille en demande au moins {depot.zips_au_moins})" if depot.zips > depot.zips_au_moins else ""
