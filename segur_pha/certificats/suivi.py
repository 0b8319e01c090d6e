"""Reading the follow-up export of the IGC-Santé, as shown on the screen, or with the columns that people add."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import evolve

from segur_pha.certificats.colonnes import SUIVI, FormeJour, Ordre, OrdreVu, ordre_impose, ordre_vu, structure_au_dessus
from segur_pha.certificats.lecteur import Lecteur, PourTout
from segur_pha.certificats.memoire import Memoire
from segur_pha.certificats.natures import nature_de
from segur_pha.certificats.officines import TableOfficines, lire_officines
from segur_pha.certificats.parc import Parc, ReglageInvalide, SuiviIllisible
from segur_pha.certificats.tableaux import Source, TableauOuvert, ouvrir_tableau
from segur_pha.constats import Constat
from segur_pha.identifiants import defaut_finess, forme_finess, nature_structure, normaliser_finess
from segur_pha.tableurs.rangees import nom_de_colonne

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["lire_suivi"]

# A row of titles names the end and one other field; the pharmacy may also be given for the whole file.
_BESOINS: Final = (("fin",), tuple(champ for champ in SUIVI if champ != "fin"))
# Few enough rows that the garbage collector finds them young, and enough that working by columns pays off.
_PAQUET: Final = 200


def lire_suivi(
    source: Source,
    *,
    officines: TableOfficines | None = None,
    colonnes: Mapping[str, str] | None = None,
    finess: str | None = None,
    structure: str | None = None,
    ordre_des_jours: FormeJour | None = None,
    feuille: str | None = None,
    encodage: str | None = None,
) -> Parc:
    r"""Read the export of the page « suivi des certificats » (CSV or XLSX) into a fleet.

    It needs the end of validity, and the pharmacy: a column with its FINESS or its structure id (1 + FINESS); or, since the
    screen has none, one given for the whole file (``finess``, ``structure``, or a line « Structure : … » above the titles); or
    the columns ``numero``, ``fqdn`` or ``cn`` of the second table.  Headers are matched ignoring accents and case; ``colonnes``
    imposes some (``{"fin": "Expire le"}``, fields: ``fin``, ``finess``, ``structure``, ``numero``, ``canal``, ``debut``,
    ``offre``, ``usage``, ``etat``, ``fqdn``, ``cn``, ``courriel``, ``administrateur``, ``emetteur``).  ``officines`` is that
    second table (``finess, editeur, nom, courriel``), as a file or as mappings.  Rows that cannot be read are listed in
    ``Parc.lignes_illisibles`` with the reason, test certificates and those of a publisher, a cabinet or a person in
    ``Parc.ecartes``, and ``Parc.lectures`` tells how and what was read.  ``feuille`` chooses a sheet by name or rank,
    ``encodage`` gives the encoding of a CSV when it is doubtful (``"cp850"``); hidden rows and sheets left aside are in
    ``Parc.avertissements``.

    Whether 03/05/2026 is in March or in May is decided for a whole column, by days above 12; if there are none, the first number
    is read as the day and ``Parc.avertissements`` says so: ``ordre_des_jours`` settles it.

    Raises :class:`~segur_pha.certificats.ReglageInvalide` when ``finess``, ``structure`` or ``ordre_des_jours`` is not what it
    should be; :class:`~segur_pha.certificats.SuiviIllisible` when a table cannot be opened, has no headers to recognise, or
    nothing says whose certificates it lists; :class:`~segur_pha.ExtraManquant` for an XLSX without the extra ``tableur``.

    >>> parc = lire_suivi("N° produit;Fin de validité;FINESS\n374606;20 févr. 2026;750000002\n374607;;750000002\n")
    >>> parc.certificats
    (Certificat(finess='750000002', fin=2026-02-20, numero='374606'),)
    >>> print(*parc.lignes_illisibles)
    suivi, ligne 3 : fin de validité vide
    >>> lire_suivi("N° produit;Fin de validité\n374606;20 févr. 2026\n", finess="750000002").finess
    frozenset({'750000002'})
    """
    impose = ordre_impose(ordre_des_jours)
    memoire = Memoire()
    table = lire_officines(officines, memoire)

    def lire() -> tuple[Lecteur, tuple[str, ...]]:
        # A CSV given as a text has no encoding.
        tableau = ouvrir_tableau(
            source, SUIVI, _BESOINS, quoi="tableau de suivi", colonnes=colonnes, feuille=feuille, encodage=encodage
        )
        return _lire(tableau, memoire, pour_tout)

    memoire.lire_les_jours(impose or Ordre.JOUR, impose or Ordre.JOUR)
    pour_tout = evolve(_pour_tout(finess, structure), rattachement=table.rattachement)
    lecteur, lectures = lire()
    avertissements: tuple[Constat, ...] = ()
    if impose is None:
        fins, debuts = ordre_vu(memoire.fins), ordre_vu(memoire.debuts)
        decide = fins.ordre or debuts.ordre
        avertissements = _sur_l_ordre(fins, decide)
        ordres = decide or Ordre.JOUR, debuts.ordre or decide or Ordre.JOUR
        if ordres != (Ordre.JOUR, Ordre.JOUR):
            memoire.lire_les_jours(*ordres)
            lecteur, lectures = lire()
    illisibles = (*lecteur.illisibles, *table.fautes)
    return Parc(
        tuple(lecteur.certificats),
        illisibles,
        table.officines,
        (*avertissements, *memoire.remarques()),
        ecartes=tuple(lecteur.ecartes),
        lectures=lectures,
    )


def _lire(tableau: TableauOuvert, memoire: Memoire, pour_tout: PourTout) -> tuple[Lecteur, tuple[str, ...]]:
    memoire.oublier("Suivi")
    lectures = [_colonnes_lues(tableau)]
    if not pour_tout.finess and not pour_tout.nature and (au_dessus := structure_au_dessus(tableau.au_dessus)):
        pour_tout = evolve(_pour_tout(None, au_dessus), rattachement=pour_tout.rattachement)
        lectures.append("L’officine est celle de la structure écrite au-dessus du tableau.")
    elif pour_tout.finess and not {"finess", "structure"} & tableau.places.keys():
        lectures.append("L’officine est celle qui a été donnée pour tout le fichier.")
    dite = pour_tout.finess or pour_tout.nature or pour_tout.rattachement
    if not dite and not {"finess", "structure"} & tableau.places.keys():
        raise SuiviIllisible(
            f"Rien ne dit de quelle officine sont ces certificats. {lectures[0]} Donnez l’officine de tout le fichier, avec "
            "--finess ou --structure ; ou, avec --officines, une table qui ait une colonne finess et une colonne FQDN, CN "
            "ou N° produit ; ou ajoutez à ce tableau une colonne FINESS."
        )
    lecteur = Lecteur(tableau, memoire, pour_tout)
    while paquet := list(islice(tableau.lignes, _PAQUET)):
        lecteur.lire(paquet)
    memoire.noter("Suivi", tableau.lu)
    return lecteur, (*memoire.lectures.values(), *lectures)


def _colonnes_lues(tableau: TableauOuvert) -> str:
    lues = {place for places in tableau.places.values() for place in places}
    titres = [" ".join(titre.split()) for titre in tableau.lu.titres]
    dites = ", ".join(f"« {titres[place]} »" for place in sorted(lues))
    autres = ", ".join(
        f"« {nom_de_colonne(titres, place)} »" for place, titre in enumerate(titres) if titre and place not in lues
    )
    return f"Colonnes lues : {dites}{f' ; laissées de côté : {autres}' if autres else ''}."


def _pour_tout(finess: str | None, structure: str | None) -> PourTout:
    """Return what is said about the whole file.

    Raises :class:`~segur_pha.certificats.ReglageInvalide` when it is not a FINESS, or not a structure id.
    """
    if finess is not None and structure is not None:
        raise ReglageInvalide("--finess et --structure disent la même chose : donnez l’un ou l’autre.")
    if finess is not None:
        seul = normaliser_finess(finess)
        if not forme_finess(seul):
            raise ReglageInvalide(f"--finess : {defaut_finess(seul)}.")
        return PourTout(seul)
    if structure is None:
        return PourTout()
    seule = normaliser_finess(structure)
    if nature_structure(seule) is None:
        raise ReglageInvalide(
            "--structure : un chiffre puis l’identifiant ; pour une officine, 1 puis les 9 caractères du FINESS."
        )
    nature = nature_de([seule])
    return PourTout(seule[1:] if nature is None else None, nature)


def _sur_l_ordre(vu: OrdreVu, ordre: Ordre | None) -> tuple[Constat, ...]:
    if ordre is None and vu.douteux:
        message = (
            f"rien ne dit si « {vu.douteux} » commence par le jour ou par le mois, le jour a été lu d’abord ; tranchez avec "
            "--ordre-des-jours jj/mm/aaaa ou mm/jj/aaaa"
        )
    elif ordre is Ordre.MOIS:
        message = "le mois y est écrit avant le jour (mm/jj/aaaa), toute la colonne a été lue ainsi"
    else:
        return ()
    return (Constat(code="ordre-des-jours", message=message, fichier="suivi", colonne="Fin de validité"),)
