"""What the folder holds besides the deposit itself: the manifest for machines, the summary for people."""

from __future__ import annotations

import hashlib
import re
import stat
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import asdict, frozen

from segur_pha.argent import EXACT
from segur_pha.constats import Constat
from segur_pha.depot.affichage import codes_des_constats, tables_des_constats
from segur_pha.erreurs import DepotRefuse
from segur_pha.fichiers import lire_jusqu_a
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.html import chiffres, page, table
from segur_pha.rapports.tableau import Tableau, accorder, en_cellule, en_mots, euros, nom_lisible
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date
    from pathlib import Path

    from segur_pha.rapports.tableau import Cellule
    from segur_pha.table.specification import Limites, Specification
    from segur_pha.vagues import Demande

__all__ = [
    "A_CORRIGER",
    "MANIFESTE",
    "OCTETS_DU_MANIFESTE",
    "RECAPITULATIF_CSV",
    "RECAPITULATIF_HTML",
    "ASaisir",
    "FichierDuDossier",
    "LigneDeposee",
    "Manifeste",
    "PieceDeposee",
    "ecarts",
    "empreinte",
    "json_du_dossier",
    "lire_manifeste",
    "manifeste_du_dossier",
    "pieces_des_zips_manquants",
    "recapituler",
    "zip_manquant",
]

MANIFESTE: Final = "manifeste.json"
RECAPITULATIF_CSV: Final = "recapitulatif.csv"
RECAPITULATIF_HTML: Final = "recapitulatif.html"
#: The rows that a partial deposit leaves aside.
A_CORRIGER: Final = "a-corriger.csv"

#: A deposit of the whole trade (some 20,000 pharmacies) has a manifest of eight million bytes.
OCTETS_DU_MANIFESTE: Final = 30_000_000
_BLOC: Final = 1 << 18
_HORS_D_UN_NOM: Final = re.compile(r"[/\\\0]|^\.{0,2}$")

#: The caller's precision must not round a total.

#: Fields that do not apply to a file are left out.
_VIDES: Final = (None, "", (), 0)


@frozen
class PieceDeposee:
    """A document in a zip: its name there, its size in bytes, its SHA-256 in hexadecimal."""

    nom: str
    octets: int
    sha256: str


@frozen
class ASaisir:
    """What the portal asks for each JSON file (section 1.2)."""

    type_de_demande: str
    numero_ans: str


@frozen(kw_only=True)
class FichierDuDossier:
    """A file of the folder.

    Attributes:
        nature: ``json``, ``zip``, or ``suivi`` for a file that is not uploaded.
        a_saisir: for a JSON file, what to enter on the portal.
        json: for a zip, the JSON file whose documents it holds.
        pieces: for a zip, its documents.
    """

    nom: str
    octets: int
    sha256: str
    nature: str
    demandes: int = 0
    a_saisir: ASaisir | None = None
    json: str = ""
    pieces: tuple[PieceDeposee, ...] = ()


@frozen(kw_only=True)
class Manifeste:
    """``manifeste.json``.

    Attributes:
        specification: the wave, ``PHA-LGO-Va1``.
        jour: the day of the deposit, AAAA-MM-JJ.
        demandes: how many requests there are.
        zips: how many zips there are, and ``zips_au_moins``: the least number that any distribution could need.
        fichiers: every file of the folder except the manifest.
    """

    specification: str
    numero_ans: str
    siret: str
    jour: str
    demandes: int
    zips: int
    zips_au_moins: int
    fichiers: tuple[FichierDuDossier, ...]

    def en_json(self) -> bytes:
        """Write the manifest, always the same bytes for the same deposit."""
        dites = asdict(self, filter=lambda _champ, valeur: valeur not in _VIDES)
        return msgspec.json.format(msgspec.json.encode(dites), indent=2) + b"\n"


def lire_manifeste(octets: bytes) -> Manifeste:
    """Read a manifest.

    Raises :class:`~segur_pha.DepotRefuse` when it is not one of ours; each of its files must lie in the folder.
    """
    try:
        manifeste = msgspec.json.decode(octets, type=Manifeste)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as erreur:
        raise _autre_forme() from erreur
    if any(_HORS_D_UN_NOM.search(fichier.nom) for fichier in manifeste.fichiers):
        raise _autre_forme()
    return manifeste


def manifeste_du_dossier(dossier: Path) -> Manifeste:
    """Read the manifest of a folder.

    Raises :class:`~segur_pha.DepotRefuse` when there is none, or it is not one of ours.
    """
    try:
        octets = _octets_de_fichier(dossier / MANIFESTE, OCTETS_DU_MANIFESTE)
    except PermissionError as erreur:
        raise DepotRefuse(f"{MANIFESTE} ne peut pas être lu : vérifiez les droits de ce dossier.") from erreur
    except OSError as erreur:
        if not dossier.is_dir():
            raise DepotRefuse(f"{nom_lisible(dossier.name)} n’est pas un dossier : vérifiez son chemin.") from erreur
        raise DepotRefuse(f"{MANIFESTE} manque dans ce dossier : préparez le dépôt de nouveau.") from erreur
    return lire_manifeste(octets)


def json_du_dossier(dossier: Path, manifeste: Manifeste, limites: Limites = PAR_DEFAUT.limites) -> dict[str, bytes]:
    """Read the JSON files of a folder, as its manifest lists them; ``limites`` are those of its wave.

    Raises :class:`~segur_pha.DepotRefuse` when one of them is missing, or is larger than a JSON file may be.
    """
    lus = {}
    for fichier in manifeste.fichiers:
        if fichier.nature == "json":
            try:
                lus[fichier.nom] = _octets_de_fichier(dossier / fichier.nom, limites.octets_du_json)
            except OSError as erreur:
                raise DepotRefuse(
                    f"{nom_lisible(fichier.nom)} manque dans ce dossier : préparez le dépôt de nouveau."
                ) from erreur
    return lus


def _octets_de_fichier(chemin: Path, maximum: int) -> bytes:
    """Read a plain file, within its size limit."""
    etat = chemin.lstat()
    if not stat.S_ISREG(etat.st_mode) or etat.st_size > maximum:
        raise _autre_forme(chemin.name)
    return lire_jusqu_a(chemin, maximum)[:maximum]


def _autre_forme(nom: str = MANIFESTE) -> DepotRefuse:
    return DepotRefuse(f"{nom_lisible(nom)} n’a pas la forme attendue : préparez le dépôt de nouveau.")


def empreinte(chemin: Path, maximum: int) -> tuple[int, str]:
    """Return the size and the SHA-256 of a file of at most ``maximum`` bytes.

    Of a larger or endless one, ``maximum`` bytes and one more are read: both are those of what was read, and of no file that is
    within the limit.
    """
    somme, lus = hashlib.sha256(), 0
    with chemin.open("rb", 0) as flux:
        while bloc := flux.read(min(_BLOC, maximum + 1 - lus)):
            somme.update(bloc)
            lus += len(bloc)
    return lus, somme.hexdigest()


@frozen
class LigneDeposee:
    """A request in its file: the file's name, the place in it (from 1), the row of the source, the request."""

    fichier: str
    num_ligne: int
    ligne_source: int
    demande: Demande


def recapituler(
    lignes: Sequence[LigneDeposee],
    *,
    numero_ans: str,
    jour: date,
    specification: Specification = PAR_DEFAUT,
    conseils: Sequence[Constat] = (),
) -> tuple[bytes, bytes, Decimal, Decimal]:
    """Write the summary as CSV and as a web page, with the totals in euros: amounts before tax, and what the agency should pay.

    ``conseils``: what a careful publisher would look at before the deposit, for the page.
    """
    titre = f"Dépôt {numero_ans} du {en_mots(jour)}"
    lus = [_lecteur(role, specification) for role in _ROLES_DITS]
    rangees: list[tuple[Cellule, ...]] = []
    total_ht = total_avance = Decimal("0.00")
    for ligne in lignes:
        dits = [lire(ligne.demande) for lire in lus]
        montant, attendu = dits[-1], specification.montant_attendu(ligne.demande)
        total_ht = EXACT.add(total_ht, montant if isinstance(montant, Decimal) else 0)
        total_avance = EXACT.add(total_avance, attendu or 0)
        rangees.append((ligne.fichier, ligne.num_ligne, ligne.ligne_source, *dits, attendu))
    return (
        _en_csv(rangees, total_ht, total_avance, specification),
        _en_page(rangees, total_ht, total_avance, titre, specification, conseils),
        total_ht,
        total_avance,
    )


_ROLES_DITS: Final = (Role.NUMERO_EDITEUR, Role.OFFICINE, Role.REGIME, Role.MONTANT)


def _lecteur(role: Role, specification: Specification) -> Callable[[Demande], Cellule]:
    connu = role in specification.roles
    return (lambda demande: en_cellule(specification.valeur(demande, role))) if connu else lambda _: None


_TITRES: Final = (
    "Fichier",
    "Ligne",
    "Ligne de l’export",
    "Numéro éditeur",
    "FINESS",
    "Régime",
    "Montant HT",
)


def _en_csv(
    rangees: Sequence[tuple[Cellule, ...]], total_ht: Decimal, total_avance: Decimal, specification: Specification
) -> bytes:
    total = ("TOTAL", None, None, None, None, None, total_ht, total_avance)
    return en_csv(Tableau((*_TITRES, specification.nom_du_montant), [*rangees, total]))


def _en_page(
    rangees: Sequence[tuple[Cellule, ...]],
    total_ht: Decimal,
    total_avance: Decimal,
    titre: str,
    specification: Specification,
    conseils: Sequence[Constat],
) -> bytes:
    dits = [
        ("Demandes", en_mots(len(rangees))),
        ("Fichiers JSON", en_mots(len({rangee[0] for rangee in rangees}))),
        ("Montant HT", euros(total_ht)),
        (specification.nom_du_montant, euros(total_avance)),
        ("Conseils", en_mots(len(conseils))),
    ]
    titres = (*_TITRES, specification.nom_du_montant)
    tableau = Tableau(titres, rangees, titre="Demandes à déposer")
    pied = ("Total", "", "", "", "", "", total_ht, total_avance)
    demandes = table(tableau, pied=pied, fiches=True)
    avis, codes = tables_des_constats((), conseils), codes_des_constats((), conseils)
    return page(titre, chiffres(dits), *avis, demandes, *codes, filtrable=True)


_MANQUE: Final = "annoncé par le manifeste, ce fichier manque : remettez-le, ou préparez le dépôt de nouveau"
_CHANGE: Final = "ce fichier a changé depuis la préparation : préparez le dépôt de nouveau"
_EN_TROP: Final = "ce fichier n’est pas dans le manifeste : retirez-le"
_AUTRES_PIECES: Final = "les pièces des zips ne sont pas celles que le manifeste annonce : préparez le dépôt de nouveau"


def ecarts(
    dossier: Path,
    manifeste: Manifeste,
    presents: AbstractSet[str],
    vues: Mapping[str, str],
    limites: Limites = PAR_DEFAUT.limites,
) -> Iterator[Constat]:
    """Compare a folder with its manifest: what is wrong with each file.

    ``presents``: the files of the folder except the manifest; ``vues``: each document of the zips → its SHA-256.
    """
    annonces = {fichier.nom: fichier for fichier in manifeste.fichiers}
    for nom in sorted(annonces.keys() | presents):
        if nom not in presents:
            yield _ecart(nom, zip_manquant(len(annonces[nom].pieces)) if annonces[nom].pieces else _MANQUE)
        elif nom not in annonces:
            yield _ecart(nom, _EN_TROP)
        elif not _inchange(dossier / nom, annonces[nom], limites):
            yield _ecart(nom, _CHANGE)
    perdues = pieces_des_zips_manquants(manifeste, presents)
    pieces = {p.nom: p.sha256 for fichier in manifeste.fichiers for p in fichier.pieces if p.nom not in perdues}
    if vues != pieces:
        yield _ecart(MANIFESTE, _AUTRES_PIECES)


def _ecart(nom: str, message: str) -> Constat:
    return Constat(code="manifeste", message=message, fichier=nom_lisible(nom))


def pieces_des_zips_manquants(manifeste: Manifeste, presents: AbstractSet[str]) -> frozenset[str]:
    """List the documents of the manifest whose zip is missing: the zip is then reported, not each of them."""
    return frozenset(p.nom for fichier in manifeste.fichiers if fichier.nom not in presents for p in fichier.pieces)


def zip_manquant(pieces: int) -> str:
    """Say in one line that a zip is missing, whatever it holds.

    >>> zip_manquant(1)
    'ce zip manque : ce qu’il contient (1 pièce) n’est dans aucun zip, ajoutez-le au dossier ou préparez le dépôt de nouveau'
    """
    contenu = f"ce qu’il contient ({accorder(pieces, 'pièce')}) n’est dans aucun zip"
    return f"ce zip manque : {contenu}, ajoutez-le au dossier ou préparez le dépôt de nouveau"


def _inchange(chemin: Path, annonce: FichierDuDossier, limites: Limites) -> bool:
    """Compare sizes first: a file may be of any size, and nothing larger than a zip is ever deposited."""
    octets = chemin.stat().st_size
    if octets != annonce.octets or octets > limites.octets_par_zip:
        return False
    return empreinte(chemin, octets) == (annonce.octets, annonce.sha256)
