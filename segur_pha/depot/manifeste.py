"""What lies in the folder beside the deposit itself: the manifest for machines, the summary for people."""

from __future__ import annotations

import hashlib
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import asdict, frozen

from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.html import chiffres, page, table
from segur_pha.rapports.tableau import Tableau, en_mots, euros
from segur_pha.vagues.va1.avance import avance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from segur_pha.vagues.va1.table import Demande

__all__ = [
    "A_CORRIGER",
    "MANIFESTE",
    "RECAPITULATIF_CSV",
    "RECAPITULATIF_HTML",
    "ASaisir",
    "FichierDepose",
    "LigneDeposee",
    "Manifeste",
    "PieceDeposee",
    "empreinte",
    "lire_manifeste",
    "manifeste_de",
    "recapituler",
]

MANIFESTE: Final = "manifeste.json"
RECAPITULATIF_CSV: Final = "recapitulatif.csv"
RECAPITULATIF_HTML: Final = "recapitulatif.html"
#: The rows that a partial deposit leaves aside.
A_CORRIGER: Final = "a-corriger.csv"

#: The caller's precision must not round a total.
_CONTEXTE: Final = Context(prec=60)

#: What a file has nothing to say of, it does not say.
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
class FichierDepose:
    """A file of the folder.

    Attributes:
        nature: ``json``, ``zip``, or ``suivi`` for what is not uploaded.
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
        zips: how many zips there are, and ``zips_au_moins``: the number below which no distribution could go.
        fichiers: every file of the folder except the manifest.
    """

    specification: str
    numero_ans: str
    siret: str
    jour: str
    demandes: int
    zips: int
    zips_au_moins: int
    fichiers: tuple[FichierDepose, ...]

    def en_json(self) -> bytes:
        """Write the manifest, always the same bytes for the same deposit."""
        dites = asdict(self, filter=lambda _champ, valeur: valeur not in _VIDES)
        return msgspec.json.format(msgspec.json.encode(dites), indent=2) + b"\n"


def lire_manifeste(octets: bytes) -> Manifeste:
    """Read a manifest.

    Raises :class:`~segur_pha.DepotRefuse` when it is none of ours.
    """
    try:
        return msgspec.json.decode(octets, type=Manifeste)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as erreur:
        raise DepotRefuse(f"{MANIFESTE} n’a pas la forme attendue : préparez le dépôt de nouveau.") from erreur


def manifeste_de(dossier: Path) -> Manifeste:
    """Read the manifest of a prepared folder; raises as :func:`lire_manifeste`, also when there is none."""
    try:
        octets = (dossier / MANIFESTE).read_bytes()
    except OSError as erreur:
        raise DepotRefuse(f"{MANIFESTE} manque dans ce dossier : préparez le dépôt de nouveau.") from erreur
    return lire_manifeste(octets)


def empreinte(chemin: Path) -> tuple[int, str]:
    """Give the size and the SHA-256 of a file."""
    with chemin.open("rb") as flux:
        somme = hashlib.file_digest(flux, "sha256").hexdigest()
        return flux.tell(), somme


@frozen
class LigneDeposee:
    """A request in its file: the file's name, the place in it (from 1), the row of the source, the request."""

    fichier: str
    num_ligne: int
    ligne_source: int
    demande: Demande


def recapituler(
    lignes: Sequence[LigneDeposee], *, numero_ans: str, jour: date
) -> tuple[bytes, bytes, Decimal, Decimal]:
    """Write the summary as CSV and as a web page, with the totals in euros: before tax, and of the advances expected."""
    titre = f"Dépôt {numero_ans} du {en_mots(jour)}"
    rangees: list[tuple[str | int | Decimal, ...]] = []
    total_ht = total_avance = Decimal("0.00")
    for ligne in lignes:
        commande = ligne.demande.commande
        attendue = avance(commande.montant_segur_ht, commande.regime_tva)
        total_ht = _CONTEXTE.add(total_ht, attendue.montant_ht)
        total_avance = _CONTEXTE.add(total_avance, attendue.montant)
        rangees.append(
            (
                ligne.fichier,
                ligne.num_ligne,
                ligne.ligne_source,
                ligne.demande.numero_editeur,
                ligne.demande.beneficiaire.finess_geo,
                commande.regime_tva.value,
                attendue.montant_ht,
                attendue.montant,
            )
        )
    return (
        _en_csv(rangees, total_ht, total_avance),
        _en_page(rangees, total_ht, total_avance, titre),
        total_ht,
        total_avance,
    )


_TITRES: Final = (
    "Fichier",
    "Ligne",
    "Ligne de l’export",
    "Numéro éditeur",
    "FINESS",
    "Régime",
    "Montant HT",
    "Avance attendue",
)


def _en_csv(rangees: Sequence[tuple[str | int | Decimal, ...]], total_ht: Decimal, total_avance: Decimal) -> bytes:
    # Amounts with a point, as in the JSON: whoever compares the two searches for the same digits.
    dites = [(*rangee[:-2], *map(str, rangee[-2:])) for rangee in rangees]
    return en_csv(Tableau(_TITRES, [*dites, ("TOTAL", None, None, None, None, None, str(total_ht), str(total_avance))]))


def _en_page(
    rangees: Sequence[tuple[str | int | Decimal, ...]], total_ht: Decimal, total_avance: Decimal, titre: str
) -> bytes:
    dits = [
        ("Demandes", en_mots(len(rangees))),
        ("Fichiers JSON", en_mots(len({rangee[0] for rangee in rangees}))),
        ("Montant HT", euros(total_ht)),
        ("Avance attendue", euros(total_avance)),
    ]
    tableau = Tableau(_TITRES, rangees, titre="Demandes déposées")
    pied = ("Total", "", "", "", "", "", total_ht, total_avance)
    return page(titre, chiffres(dits), table(tableau, pied=pied, fiches=True), filtrable=True)
