"""Whether the signed order form says what the request says: advice.

The guide wants the day, the amount and the name to be those of the order form (section 3.2).  Where a PDF has a text layer,
they are looked for in their usual spellings; where it has none, somebody must look.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from segur_pha.depot.commandes import MOT_DE_BALISE
from segur_pha.depot.constats import Constat
from segur_pha.depot.texte_pdf import TexteLu

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from segur_pha.depot.pieces import PieceTrouvee
    from segur_pha.vagues.va1.table import Demande

__all__ = ["absents_du_texte", "comparer"]

_COMPAREZ: Final = "comparez vous-même la date, le montant et le nom"
_MOTS: Final = {
    "dateCommande": "la date de la commande",
    "montantSegurHT": "le montant hors taxe",
    "nomResponsable": "le nom du responsable",
    "FINESSGeo": "le FINESS",
}
_MOIS: Final = (
    ("janvier", "janv"),
    ("fevrier", "fevr", "fev"),
    ("mars",),
    ("avril", "avr"),
    ("mai",),
    ("juin",),
    ("juillet", "juil"),
    ("aout",),
    ("septembre", "sept"),
    ("octobre", "oct"),
    ("novembre", "nov"),
    ("decembre", "dec"),
)


def comparer(ligne: int, demande: Demande, bon: PieceTrouvee, colonnes: Mapping[str, str]) -> Iterator[Constat]:
    """Compare a request with the text of its order form, when it has one."""
    lu = bon.examen.texte or TexteLu("", entier=True)
    if lu.entier and not lu.texte.strip():
        message = f"image seule : {_COMPAREZ}"
        yield Constat(code="concordance-image", message=message, ligne=ligne, document=bon.nom)
        return
    absents = absents_du_texte(lu.texte, demande)
    if absents and not lu.entier:
        message = f"le texte de ce PDF n’a pas pu être lu en entier : {_COMPAREZ}"
        yield Constat(code="concordance-illisible", message=message, ligne=ligne, document=bon.nom)
        return
    for balise, mots in absents:
        yield Constat(
            code="concordance-absence",
            message=f"{mots} n’apparaît pas dans le bon de commande : vérifiez l’un et l’autre",
            ligne=ligne,
            colonne=colonnes.get(MOT_DE_BALISE[balise], ""),
            balise=balise,
            document=bon.nom,
        )


def absents_du_texte(texte: str, demande: Demande) -> list[tuple[str, str]]:
    """List what an order form's text does not say: balise, and its words in French.

    >>> from segur_pha.vagues.va1.exemples import demande_du_guide
    >>> absents_du_texte("Signé le 15 novembre 2022 par M. Durand, FINESS 77 777 777 7 ; 850 €", demande_du_guide())
    [('montantSegurHT', 'le montant hors taxe')]
    """
    plie = _plier(texte)
    mots = set(plie.split())
    commande = demande.commande
    nom, finess = _plier(demande.beneficiaire.nom_responsable), _plier(demande.beneficiaire.finess_geo)
    # A pattern that serves one request is dear to compile: most often the plain word is there.
    presents = {
        "dateCommande": re.search(_date(commande.date_commande), plie),
        "montantSegurHT": re.search(_montant(commande.montant_segur_ht), plie),
        "nomResponsable": nom in mots or re.search(_nom(nom), plie),
        "FINESSGeo": finess in mots or re.search(_groupes(finess), plie),
    }
    return [(balise, _MOTS[balise]) for balise, present in presents.items() if not present]


def _plier(texte: str) -> str:
    """Fold a text for comparison: no accent, no case, one plain blank between words, plain hyphens and apostrophes."""
    nu = unicodedata.normalize("NFKD", texte.replace("Œ", "OE").replace("œ", "oe"))
    nu = "".join(c for c in nu if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub("[\u2010-\u2015]", "-", nu.replace("’", "'")).split())


def _date(jour: date) -> str:
    """Match 15/11/2022, 15-11-22, 2022-11-15, 15 novembre 2022, 1er déc. 2022."""
    j, m = f"0?{jour.day}", f"0?{jour.month}"
    annee = f"(?:{jour.year:04}|{jour.year % 100:02})"
    mois = "|".join(_MOIS[jour.month - 1])
    ecritures = (
        rf"{j} ?[/.-] ?{m} ?[/.-] ?{annee}",
        rf"{jour.year:04}-{jour.month:02}-{jour.day:02}",
        rf"{j}(?:er)? (?:{mois})[.]? {annee}",
    )
    return rf"(?<![0-9])(?:{'|'.join(ecritures)})(?![0-9])"


def _montant(montant: Decimal) -> str:
    """Match 1708,33, 1 708.33, 1.708,33; and 850 for 850.00.  "1 708,33" also says "one, at 708,33"."""
    entiers, _, centimes = f"{montant:.2f}".partition(".")
    groupes = "[ .']?".join(_par_trois(entiers))
    fin = rf"(?:[.,]{centimes}|(?![.,][0-9]))" if centimes == "00" else f"[.,]{centimes}"
    return rf"(?<![0-9])(?<![0-9][.,]){groupes}{fin}(?![0-9])"


def _par_trois(chiffres: str) -> Iterator[str]:
    debut = len(chiffres) % 3
    if debut:
        yield chiffres[:debut]
    yield from (chiffres[i : i + 3] for i in range(debut, len(chiffres), 3))


def _nom(nom: str) -> str:
    mots = "[ '-]*".join(re.escape(mot) for mot in re.split("[ '-]+", nom) if mot)
    return rf"(?<!\w){mots}(?!\w)"


def _groupes(identifiant: str) -> str:
    return rf"(?<!\w){'[ .]?'.join(map(re.escape, identifiant))}(?!\w)"
