"""Opening a table: bytes, a text or mappings in; out comes the table whose titles were recognised, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from segur_pha.constats import Constat
from segur_pha.erreurs import SegurError
from segur_pha.fichiers import lire_jusqu_a
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.tableurs.classeur import Classeur
from segur_pha.tableurs.encodages import decoder
from segur_pha.tableurs.fichier_csv import SEPARATEURS, TexteSepare
from segur_pha.tableurs.rangees import Rangee, TableauLu, cle_de_titre, nom_de_colonne
from segur_pha.tableurs.titres import LIGNES_DES_TITRES, ajuster, chercher, titres_vus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from segur_pha.tableurs.classeur import Feuille
    from segur_pha.tableurs.rangees import Titres

__all__ = ["TableauIllisible", "lire_mappings", "lire_tableau", "octets_du_fichier"]


class TableauIllisible(SegurError, ValueError):
    """A table cannot be read; ``code`` says why for programs, the text what to do."""


def octets_du_fichier(
    chemin: Path, *, maximum: int, nom: str = "", refus: type[SegurError] = TableauIllisible
) -> bytes:
    """Read a file, unless it is larger than any table; ``nom`` is its name in messages.

    Raises ``refus`` for a larger one, ``OSError`` when it cannot be read.

    >>> from pathlib import Path
    >>> len(octets_du_fichier(Path("examples/commandes.csv"), maximum=1_000_000)) > 100
    True
    """
    octets = lire_jusqu_a(chemin, maximum)
    if len(octets) > maximum:
        raise refus(
            f"{nom or nom_lisible(chemin.name)} dépasse {maximum // 1_000_000} Mo : est-ce le bon fichier ?",
            code="tableau-demesure",
        )
    return octets


def lire_tableau(
    source: bytes | str,
    titres: Titres,
    *,
    nom: str = "tableau",
    feuille: str | None = None,
    encodage: str | None = None,
    lignes_maximum: int | None = None,
    refus: type[SegurError] = TableauIllisible,
) -> TableauLu:
    r"""Open a table: a workbook (.xlsx) or a CSV, told apart by content.

    Args:
        source: the bytes of the file, or the text of a CSV.
        titres: how the row of titles is recognised, among the first twenty rows.
        nom: the file's name, for messages.
        feuille: the sheet to read, by name or rank from 1; by default the first one that is visible and has titles.
        encodage: the encoding of a CSV, for when it cannot be recognised.
        lignes_maximum: the number of rows beyond which it is something else.
        refus: the class of every refusal, including those that come while the rows are read.

    The description and the remarks of the result say how the table was read, and must always be shown (decision 43).

    Raises ``refus`` saying what to do, :class:`~segur_pha.ExtraManquant` for a workbook without the extra ``tableur``.

    >>> from segur_pha.tableurs import titres_connus
    >>> tableau = lire_tableau("Commandes de mai\nTitulaire;FINESS\nDURAND;750000002\n", titres_connus(["FINESS"]))
    >>> tableau.description
    'CSV, séparateur point-virgule, titres à la ligne 2 (1 ligne laissée de côté au-dessus)'
    >>> [(rangee.numero, rangee.cellules) for rangee in tableau.rangees]
    [(3, ['DURAND', '750000002'])]
    """
    if isinstance(source, bytes) and source.startswith(b"PK\x03\x04"):
        if encodage is not None:
            raise refus(f"{nom} : un classeur n’a pas d’encodage à choisir, ôtez --encodage.", code="encodage-inutile")
        tableau = _lire_un_classeur(Classeur.ouvrir(source, nom=nom, refus=refus), titres, feuille)
    else:
        if isinstance(source, bytes) and source.startswith(b"\xd0\xcf\x11\xe0"):
            raise refus(
                f"{nom} : format d’avant 2007, ou mot de passe. Enregistrez-le en « Classeur Excel (.xlsx) » sans mot de "
                "passe, ou en CSV.",
                code="classeur-illisible",
            )
        if feuille is not None:
            raise refus(f"{nom} : un CSV n’a pas de feuille à choisir, ôtez --feuille.", code="feuille-inutile")
        texte, dit = (
            (source, "") if isinstance(source, str) else decoder(source, nom=nom, encodage=encodage, refus=refus)
        )
        tableau = _lire_un_csv(TexteSepare(texte), titres, nom, dit, refus)
    if lignes_maximum is not None:
        tableau.rangees = _limiter(tableau.rangees, lignes_maximum, nom, refus)
    return tableau


def lire_mappings(source: Iterable[Mapping[str, object]], *, refus: type[SegurError] = TableauIllisible) -> TableauLu:
    """Make a table of mappings title → cell; their rows are numbered from 1.

    Raises ``refus`` for anything but a mapping of texts.

    >>> tableau = lire_mappings([{"Titulaire": "DURAND"}, {"FINESS": "777777777"}])
    >>> tableau.titres, [rangee.cellules for rangee in tableau.rangees]
    (('Titulaire', 'FINESS'), [['DURAND', None], [None, '777777777']])
    """
    lignes = list(source)
    for rang, ligne in enumerate(lignes, start=1):
        if not isinstance(ligne, Mapping) or not all(isinstance(cle, str) for cle in ligne):
            raise refus(
                f"Commande {rang} : indiquez un dictionnaire dont les clés sont des textes.", code="ligne-illisible"
            )
    titres = tuple(dict.fromkeys(cle for ligne in lignes for cle in ligne))
    rangees = (Rangee(rang, [ligne.get(titre) for titre in titres]) for rang, ligne in enumerate(lignes, start=1))
    return TableauLu("dictionnaires", titres, rangees)


def _lire_un_csv(texte: TexteSepare, titres: Titres, nom: str, encodage: str, refus: type[SegurError]) -> TableauLu:
    debuts = {s: [*islice(texte.rangees(s), LIGNES_DES_TITRES)] for s in texte.separateurs}
    vues = [
        (trouvee, separateur)
        for separateur, debut in debuts.items()
        if (trouvee := chercher(debut, titres)) is not None
    ]
    if not vues and texte.est_du_json:
        raise refus(
            f"{nom} : ce fichier est du JSON, pas un tableau. Un fichier de demandes se donne à « segur-pha controler », une réponse "
            "du portail à « segur-pha retour ».",
            code="json-au-lieu-d-un-tableau",
        )
    if not vues:
        raise _sans_titres(nom, titres, titres_vus(chain.from_iterable(debuts.values()), titres), refus)
    trouvee, separateur = max(vues, key=lambda vue: (vue[0].note, len(vue[0].titres)))
    description = ", ".join(filter(None, ("CSV", encodage, f"séparateur {SEPARATEURS[separateur]}", trouvee.ou)))
    tableau = TableauLu(
        description, trouvee.titres, iter(()), trouvee.numero, encodage=encodage, que_des_textes=texte.intact
    )
    tableau.rangees = _suivre(islice(texte.rangees(separateur), trouvee.rang + 1, None), tableau, csv=True)
    return tableau


def _lire_un_classeur(classeur: Classeur, titres: Titres, feuille: str | None) -> TableauLu:
    visibles = [f for f in classeur.feuilles if f.visible] if feuille is None else [_choisir(classeur, feuille)]
    vues: list[str] = []
    for lue in visibles:
        masquees: set[int] = set()
        lignes = classeur.lignes(lue, masquees)
        debut = [*islice(lignes, LIGNES_DES_TITRES)]
        trouvee = chercher(debut, titres)
        if trouvee is not None:
            break
        vues.append(f"feuille « {nom_lisible(lue.nom)} » : {titres_vus(debut, titres)}")
    else:
        raise _sans_titres(classeur.nom, titres, " ; ".join(vues), classeur.refus)
    nom = nom_lisible(lue.nom)
    tableau = TableauLu(
        f"classeur Excel, feuille « {nom} », {trouvee.ou}", trouvee.titres, iter(()), trouvee.numero, nom,
        epoque=classeur.epoque, remarques=[*_colonnes_masquees(masquees, trouvee.titres), *_autres_feuilles(classeur, lue, titres)],
    )  # fmt: skip
    tableau.rangees = _suivre(chain(debut[trouvee.rang + 1 :], lignes), tableau, csv=False)
    return tableau


def _choisir(classeur: Classeur, voulue: str) -> Feuille:
    """Find a sheet by its name, otherwise by its rank."""
    par_nom = [f for f in classeur.feuilles if cle_de_titre(f.nom) == cle_de_titre(voulue)]
    if par_nom:
        return par_nom[0]
    par_rang = {str(rang): f for rang, f in enumerate(classeur.feuilles, start=1)}
    if voulue.strip() in par_rang:
        return par_rang[voulue.strip()]
    noms = ", ".join(f"« {nom_lisible(f.nom)} »" for f in classeur.feuilles)
    raise classeur.refus(f"{classeur.nom} : pas de feuille de ce nom. Feuilles : {noms}.", code="feuille-inconnue")


def _colonnes_masquees(masquees: set[int], titres: tuple[str, ...]) -> Iterator[Constat]:
    noms = ", ".join(
        f"« {nom_lisible(nom_de_colonne(titres, place))} »"
        for place in sorted(masquees)
        if titres[place : place + 1] > ("",)
    )
    if noms:
        message = f"colonnes masquées dans le tableur, lues comme les autres : {noms} ; affichez-les pour les vérifier"
        yield Constat(code="colonnes-masquees", message=message)


def _autres_feuilles(classeur: Classeur, lue: Feuille, titres: Titres) -> Iterator[Constat]:
    """Name the non-empty sheets that are not read, and say which of them also look like orders."""
    noms = []
    for feuille in classeur.feuilles:
        if feuille == lue:
            continue
        try:
            debut = [*islice(classeur.lignes(feuille, set()), LIGNES_DES_TITRES)]
        except classeur.refus:
            mots = ["illisible"]
        else:
            if not debut:
                continue
            mots = ["mêmes titres"] if chercher(debut, titres) else []
        mots += [] if feuille.visible else ["masquée"]
        noms.append(f"« {nom_lisible(feuille.nom)} »" + (f" ({', '.join(mots)})" if mots else ""))
    if noms:
        message = f"feuilles laissées de côté : {', '.join(noms)} ; --feuille en choisit une"
        yield Constat(code="feuilles-laissees", message=message)


def _sans_titres(nom: str, titres: Titres, vus: str, refus: type[SegurError]) -> SegurError:
    return refus(
        f"{nom} : aucune colonne reconnue, pas de ligne d’intitulés avec {titres.attendus} parmi les {LIGNES_DES_TITRES} "
        f"premières. Ligne la plus large : {vus}. {titres.remede}",
        code="titres-introuvables",
    )


def _suivre(rangees: Iterator[Rangee], tableau: TableauLu, *, csv: bool) -> Iterator[Rangee]:
    """Yield the non-empty rows, cut to the width of the titles, and note the hidden ones."""
    largeur = len(tableau.titres)
    for rangee in rangees:
        premiere = rangee.cellules[0] if rangee.cellules else None
        # Most rows begin with a text, which a single look finds.
        if (not premiere or type(premiere) is not str or premiere.isspace()) and rangee.est_vide:
            continue
        if rangee.masquee:
            tableau.noter_masquee(rangee.numero)
        yield rangee if len(rangee.cellules) == largeur else ajuster(rangee, largeur, csv=csv)


def _limiter(rangees: Iterable[Rangee], maximum: int, nom: str, refus: type[SegurError]) -> Iterator[Rangee]:
    suite = iter(rangees)
    yield from islice(suite, maximum)
    if next(suite, None) is not None:
        raise refus(f"{nom} : plus de {maximum} lignes, est-ce le bon fichier ?", code="tableau-demesure")
