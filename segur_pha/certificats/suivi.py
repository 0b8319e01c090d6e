"""Reading the follow-up export of the IGC-Santé, and the second table that names the pharmacies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import chain, compress, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from msgspec import structs

from segur_pha.certificats.colonnes import OFFICINES, SUIVI, places_des_champs
from segur_pha.certificats.jours import lire_jour
from segur_pha.certificats.parc import Certificat, Etat, LigneIllisible, Officine, Parc, SuiviIllisible
from segur_pha.certificats.tableaux import Source, Tableau, ouvrir_tableau
from segur_pha.identifiants import defaut_finess, finess_de_structure, forme_finess, normaliser_finess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from segur_pha.tableurs import TableauLu

__all__ = ["TableOfficines", "lire_officines", "lire_suivi"]

TableOfficines: TypeAlias = "Source | Iterable[Mapping[str, str]]"

_MOT = re.compile(r"[^\s;,<>\"']+")
_CHAMPS = (
    *("fin", "finess", "structure", "numero", "canal", "debut"),
    *("offre", "usage", "etat", "fqdn", "cn", "administrateur"),
)
_ETATS = (
    (Etat.ACTIF, re.compile("acti(?:f|ve)|valide|en cours de validite")),
    (Etat.EXPIRE, re.compile("expiree?|echue?|perimee?")),
    (Etat.REVOQUE, re.compile("revoquee?(?: .*)?")),
)
# Few enough rows for the garbage collector to find them young, enough for the columns to pay.
_PAQUET = 200
_T = TypeVar("_T")


def lire_suivi(
    source: Source,
    *,
    officines: TableOfficines | None = None,
    colonnes: Mapping[str, str] | None = None,
    feuille: str | None = None,
    encodage: str | None = None,
) -> Parc:
    r"""Read the export of the page « suivi des certificats » (CSV or XLSX) into a fleet.

    Two columns are needed: the end of validity, and the pharmacy (its FINESS, or a structure id: 1 + FINESS).  Headers
    are matched whatever their accents and case; ``colonnes`` imposes some (``{"fin": "Expire le"}``, fields: ``fin``,
    ``finess``, ``structure``, ``numero``, ``canal``, ``debut``, ``offre``, ``usage``, ``etat``, ``fqdn``, ``cn``,
    ``courriel``, ``administrateur``).  ``officines`` is a second table (``finess, editeur, nom, courriel``), as a file
    or as mappings.  ``feuille`` chooses a sheet by name or rank, ``encodage`` says that of a CSV where it is doubtful
    (``"cp850"``); how the tables were read is in ``Parc.lectures``, hidden rows and sheets left aside are in
    ``Parc.avertissements``.  Rows that cannot be read are listed in ``Parc.lignes_illisibles`` with the reason.

    Raises:
        SuiviIllisible: a table cannot be opened, or has no headers to recognise.
        ExtraManquant: an XLSX without the extra ``tableur``.

    >>> parc = lire_suivi("N° produit;Fin de validité;FINESS\n374606;20 févr. 2026;750000002\n374607;;750000002\n")
    >>> parc.certificats
    (Certificat(finess='750000002', fin=2026-02-20, numero='374606'),)
    >>> print(*parc.lignes_illisibles)
    suivi, ligne 3 : fin de validité vide
    """
    memoire = _Memoire()
    connues, fautes = lire_officines(officines, memoire) if officines is not None else ({}, [])
    besoins = (("fin",), ("finess", "structure"))
    tableau = ouvrir_tableau(
        source, SUIVI, besoins, quoi="tableau de suivi", colonnes=colonnes, feuille=feuille, encodage=encodage
    )
    lecteur = _Lecteur(tableau, memoire)
    certificats: list[Certificat] = []
    illisibles: list[LigneIllisible] = []
    while paquet := list(islice(tableau.lignes, _PAQUET)):
        lus, non_lus = lecteur.lire(paquet)
        certificats += lus
        illisibles += non_lus
    memoire.noter("Suivi", tableau.lu)
    return Parc(tuple(certificats), (*illisibles, *fautes), connues, tuple(memoire.remarques), tuple(memoire.lectures))


def lire_officines(
    source: TableOfficines, memoire: _Memoire | None = None
) -> tuple[dict[str, Officine], list[LigneIllisible]]:
    """Read the table of the pharmacies: by FINESS, and the rows that could not be taken.

    Raises:
        SuiviIllisible: the table cannot be opened, has no column ``finess``, or is not made of mappings.
    """
    connues: dict[str, Officine] = {}
    fautes: list[LigneIllisible] = []
    lieu: dict[str, int] = {}
    for numero, lue in _officines(source, memoire or _Memoire()):
        if isinstance(lue, str):
            fautes.append(LigneIllisible("officines", numero, lue))
        elif lue.finess not in connues:
            connues[lue.finess], lieu[lue.finess] = lue, numero
        elif connues[lue.finess] != lue:
            raison = (
                f"même FINESS que la ligne {lieu[lue.finess]}, avec d’autres renseignements : gardez la bonne ligne"
            )
            fautes.append(LigneIllisible("officines", numero, raison))
    return connues, fautes


class _Memo(dict[str, _T]):
    """A function of one text, remembered: a national export repeats a few thousand texts a million times."""

    def __init__(self, fonction: Callable[[str], _T]) -> None:
        super().__init__()
        self._fonction = fonction

    def __missing__(self, texte: str) -> _T:
        valeur = self[texte] = self._fonction(texte)
        return valeur


class _Memoire:
    """What the texts of both tables were found to mean: a pharmacy's FINESS and address stand in both."""

    def __init__(self) -> None:
        self.jours, self.etats, self.textes = _Memo(lire_jour), _Memo(_etat), _Memo(str.strip)
        self.finess, self.structures = _Memo(_finess), _Memo(_finess_de_structure)
        self.adresses = _Memo(_adresses)
        self.lectures: list[str] = []
        self.remarques: list[str] = []

    def noter(self, quoi: str, lu: TableauLu) -> None:
        """Note how a table was read, once all its rows were."""
        self.lectures.append(f"{quoi} : {lu.description}")
        self.remarques += (f"{quoi} : {remarque.message}" for remarque in lu.remarques)


class _Lecteur:
    """Turns rows into certificates, a packet at a time and column by column: twice the speed of row by row."""

    def __init__(self, tableau: Tableau, memoire: _Memoire) -> None:
        self._rangs = [tableau.places.get(champ, [tableau.largeur])[0] for champ in _CHAMPS]
        self._rangs_courriel = tableau.places.get("courriel", [tableau.largeur])
        self._memoire = memoire
        self._produits: dict[str, Certificat] = {}

    def lire(self, paquet: list[tuple[int, list[str] | str]]) -> tuple[list[Certificat], list[LigneIllisible]]:
        """Return the certificates of a packet of rows, and the rows that give none, both in their order."""
        fautes: dict[int, str] = {}
        numeros: list[int] = []
        lignes: list[list[str]] = []
        for numero, brutes in paquet:
            if isinstance(brutes, str):
                fautes[numero] = brutes
            else:
                numeros.append(numero)
                lignes.append(brutes)
        certificats = self._certificats(numeros, lignes, fautes) if lignes else []
        uniques = self._sans_copie(certificats, fautes)
        return uniques, [LigneIllisible("suivi", numero, fautes[numero]) for numero in sorted(fautes)]

    def _certificats(self, numeros: list[int], lignes: list[list[str]], fautes: dict[int, str]) -> list[Certificat]:
        # The last one is what a field without a column reads.
        colonnes = [*zip(*lignes, strict=True), ("",) * len(lignes)]
        fins_lues, finess_lus, structures_lues, produits, canaux, debuts_lus, *autres = (
            colonnes[rang] for rang in self._rangs
        )
        offres, usages, etats, fqdns, cns, administrateurs = autres
        lu = self._memoire
        fins, debuts = _tous(lu.jours, fins_lues), _tous(lu.jours, debuts_lus)
        structures = _tous(lu.structures, structures_lues)
        finess = [
            lu.finess[texte] if texte and not texte.isspace() else autre
            for texte, autre in zip(finess_lus, structures, strict=True)
        ]
        bonnes = [
            fin is not None
            and officine is not None
            and (not debut_lu.strip() if debut is None else debut <= fin)
            and (autre is None or autre == officine)
            for fin, debut, debut_lu, officine, autre in zip(fins, debuts, debuts_lus, finess, structures, strict=True)
        ]
        if not all(bonnes):
            jugees = zip(numeros, fins_lues, fins, debuts, finess_lus, finess, structures_lues, strict=True)
            for bonne, (numero, *ligne) in zip(bonnes, jugees, strict=True):
                if not bonne:
                    fautes[numero] = _raison(*ligne)
            gardees = list(compress(lignes, bonnes))
            return self._certificats(list(compress(numeros, bonnes)), gardees, fautes) if gardees else []
        adresses = [_tous(lu.adresses, colonnes[rang]) for rang in self._rangs_courriel]
        return list(
            map(
                Certificat,
                cast("list[str]", finess),
                cast("list[date]", fins),
                map(str.strip, produits),
                _tous(lu.textes, canaux),
                debuts,
                _tous(lu.textes, offres),
                _tous(lu.textes, usages),
                _tous(lu.etats, etats),
                _tous(lu.textes, etats),
                [fqdn.strip() or cn.strip() for fqdn, cn in zip(fqdns, cns, strict=True)],
                map(_sans_double, *adresses) if len(adresses) > 1 else adresses[0],
                _tous(lu.textes, administrateurs),
                _tous(lu.textes, structures_lues),
                numeros,
            )
        )

    def _sans_copie(self, certificats: list[Certificat], fautes: dict[int, str]) -> list[Certificat]:
        produits = {c.numero: c for c in certificats}
        if len(produits) == len(certificats) and "" not in produits and self._produits.keys().isdisjoint(produits):
            self._produits.update(produits)
            return certificats
        return [c for c in certificats if not c.numero or self._inconnu(c, fautes)]

    def _inconnu(self, certificat: Certificat, fautes: dict[int, str]) -> bool:
        premier = self._produits.setdefault(certificat.numero, certificat)
        if premier is certificat or structs.replace(premier, ligne=certificat.ligne) != certificat:
            return True
        fautes[certificat.ligne] = f"copie de la ligne {premier.ligne} : ce produit n’est compté qu’une fois"
        return False


def _tous(memo: _Memo[_T], textes: Iterable[str]) -> list[_T]:
    return list(map(memo.__getitem__, textes))


def _sans_double(*adresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain(*adresses)))


def _raison(
    fin_lue: str, fin: date | None, debut: date | None, finess_lu: str, finess: str | None, structure: str
) -> str:
    if not fin_lue.strip():
        return "fin de validité vide"
    if fin is None:
        return "la fin de validité n’est pas un jour (20 févr. 2026, 20/02/2026 ou 2026-02-20)"
    if finess is None and finess_lu.strip():
        return f"FINESS : {defaut_finess(normaliser_finess(finess_lu))} ; au tableur, mettez la colonne au format texte"
    if finess is None and structure.strip():
        return "l’identifiant de structure ne donne pas de FINESS (1 suivi des 9 caractères)"
    if finess is None:
        return "ni FINESS ni identifiant de structure"
    if debut is None:
        return "le début de validité n’est pas un jour (20 févr. 2024, 20/02/2024 ou 2024-02-20)"
    if debut > fin:
        return "la fin de validité précède le début"
    return "le FINESS et l’identifiant de structure désignent deux officines"


def _finess(texte: str) -> str | None:
    # Only the shape is asked for: a wrong key is advice (decision 11, Parc.finess_douteux).
    finess = normaliser_finess(texte)
    return finess if forme_finess(finess) else None


def _finess_de_structure(texte: str) -> str | None:
    return finess_de_structure(normaliser_finess(texte))


def _etat(texte: str) -> Etat:
    plat = unicodedata.normalize("NFD", texte.strip().casefold()).encode("ascii", "ignore").decode()
    if not plat:
        return Etat.NON_DIT
    return next((etat for etat, motif in _ETATS if motif.fullmatch(plat)), Etat.INCONNU)


def _adresses(texte: str) -> tuple[str, ...]:
    # Word by word: a pattern with the @ in its middle would try every letter of a long text as the first one.
    return tuple(mot for mot in _MOT.findall(texte) if "@" in mot[1:-1]) if "@" in texte else ()


def _officines(source: TableOfficines, memoire: _Memoire) -> Iterator[tuple[int, Officine | str]]:
    if isinstance(source, (bytes, str, Path)):
        tableau = ouvrir_tableau(source, OFFICINES, (("finess",),), quoi="tableau des officines")
        places = tableau.places
        for numero, cellules in tableau.lignes:
            yield numero, cellules if isinstance(cellules, str) else _officine(places, cellules, memoire)
        memoire.noter("Officines", tableau.lu)
        return
    for rang, ligne in enumerate(source, 1):
        if not isinstance(ligne, Mapping):
            raise SuiviIllisible("Les officines sont un tableau ou une suite de dictionnaires (finess, editeur, …).")
        valeurs = ["" if valeur is None else str(valeur) for valeur in ligne.values()]
        cles = places_des_champs(list(ligne), OFFICINES, (("finess",),))
        yield rang, "FINESS absent" if cles is None else _officine(cles, valeurs, memoire)


def _officine(places: Mapping[str, list[int]], cellules: list[str], memoire: _Memoire) -> Officine | str:
    finess_lu = cellules[places["finess"][0]]
    finess = memoire.finess[finess_lu]
    if finess is None:
        return f"FINESS : {defaut_finess(normaliser_finess(finess_lu))} ; au tableur, mettez la colonne au format texte"
    editeur = memoire.textes[cellules[places["editeur"][0]]] if "editeur" in places else ""
    nom = cellules[places["nom"][0]].strip() if "nom" in places else ""
    adresses = [a for place in places.get("courriel", ()) for a in memoire.adresses[cellules[place]]]
    return Officine(finess, editeur, nom, adresses[0] if adresses else "")
