"""Advice on whether the signed order form says what the request says.

The guide requires the day, the amount and the name to be those of the order form (section 3.2).  If a PDF has a text layer, they
are looked for in it in their usual spellings; if it has none, a person must look.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from segur_pha.constats import Constat
from segur_pha.depot.texte_pdf import TexteLu
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.table.roles import Role
from segur_pha.textes import plier
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segur_pha.depot.pieces import PieceTrouvee
    from segur_pha.table.specification import Specification
    from segur_pha.vagues import Demande

__all__ = ["absents_du_texte", "comparer"]

_COMPAREZ: Final = "comparez vous-même la date, le montant et le nom"
_MOTS: Final = {
    Role.DATE_COMMANDE: "la date de la commande",
    Role.MONTANT: "le montant hors taxe",
    Role.NOM_RESPONSABLE: "le nom du responsable",
    Role.OFFICINE: "le FINESS",
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


def comparer(
    ligne: int,
    demande: Demande,
    bon: PieceTrouvee,
    colonnes: Mapping[str, str],
    specification: Specification = PAR_DEFAUT,
) -> Iterator[Constat]:
    """Compare a request with the text of its order form, when it has one."""
    lu = bon.examen.texte or TexteLu("", entier=True)
    if lu.entier and not lu.texte.strip():
        message = f"image seule : {_COMPAREZ}"
        yield Constat(code="concordance-image", message=message, ligne=ligne, document=bon.nom)
        return
    absents = absents_du_texte(lu.texte, demande, specification)
    if absents and not lu.entier:
        message = f"le texte de ce PDF n’a pas pu être lu en entier : {_COMPAREZ}"
        yield Constat(code="concordance-illisible", message=message, ligne=ligne, document=bon.nom)
        return
    dans = specification.noms_des_pieces.mots[bon.type_fichier]
    for balise, mots in absents:
        yield Constat(
            code="concordance-absence",
            message=f"{mots} n’apparaît pas dans {dans} : vérifiez l’un et l’autre",
            ligne=ligne,
            colonne=colonnes.get(vocabulaire(specification).mot_de_balise[balise], ""),
            balise=balise,
            document=bon.nom,
        )


def absents_du_texte(texte: str, demande: Demande, specification: Specification = PAR_DEFAUT) -> list[tuple[str, str]]:
    """List what the text of an order form does not say: the balise, and its name in French.

    >>> from segur_pha.vagues.va1.exemples import demande_du_guide
    >>> absents_du_texte("Signé le 15 novembre 2022 par M. Durand, FINESS 77 777 777 7 ; 850 €", demande_du_guide())
    [('montantSegurHT', 'le montant hors taxe')]
    """
    plie = _plier_les_signes(texte)
    mots = set(plie.split())
    return [
        (specification.role(role).nom, mot)
        for role, mot in _MOTS.items()
        if role in specification.roles and not _est_dit(role, specification.valeur(demande, role), plie, mots)
    ]


def _est_dit(role: Role, valeur: object, plie: str, mots: set[str]) -> bool:
    if isinstance(valeur, date):
        return re.search(_date(valeur), plie) is not None
    if isinstance(valeur, Decimal):
        return re.search(_montant(valeur), plie) is not None
    mot = _plier_les_signes(str(valeur))
    # Compiling a pattern for a single request is costly, and most often the plain word is there.
    return mot in mots or re.search(_nom(mot) if role is Role.NOM_RESPONSABLE else _groupes(mot), plie) is not None


def _plier_les_signes(texte: str) -> str:
    """Fold a text for comparison: no accents, no case, one plain space between words, plain hyphens and apostrophes."""
    return re.sub("[\u2010-\u2015]", "-", plier(texte).replace("’", "'"))


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
    """Match 1708,33, 1 708.33, 1.708,33; and 850 for 850.00.  "1 708,33" may also mean "one, at 708,33"."""
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
