"""The 355 operators of section 4: codes as printed, blank included (``CH _20``), and how to find one (decision 13)."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from attrs import frozen

from segur_pha.erreurs import SegurError
from segur_pha.textes import plier

__all__ = ["Operateur", "chercher_operateurs", "code_le_plus_proche", "codes_operateurs", "operateur", "operateurs"]


@frozen
class Operateur:
    """An operator of secure health messaging: its code for ``operateurMessagerie`` and its name.

    >>> operateur("MAI_15")
    Operateur(code='MAI_15', libelle='MAILIZ')
    """

    code: str
    libelle: str


@cache
def operateurs() -> tuple[Operateur, ...]:
    """Return the whole list, in the document's order (section 4).

    >>> len(operateurs())
    355
    """
    import csv
    from pkgutil import get_data  # loads ten modules less than importlib.resources, at each start of the command

    octets = get_data(__package__, "operateurs_messagerie.csv")
    assert octets is not None
    rangees = csv.DictReader(octets.decode("utf-8").splitlines())
    return tuple(Operateur(rangee["code"], rangee["libelle"]) for rangee in rangees)


@cache
def codes_operateurs() -> tuple[str, ...]:
    """Return the codes alone, in the document's order."""
    return tuple(o.code for o in operateurs())


def operateur(code: str) -> Operateur | None:
    """Look up a code exactly as printed; ``None`` when the list has no such code.

    >>> operateur("CH_20") is None, operateur("CH _20").libelle
    (True, "CH REGIONAL D'ORLEANS")
    """
    return next((o for o in operateurs() if o.code == code), None)


def chercher_operateurs(recherche: str) -> tuple[Operateur, ...]:
    """Find operators by code or by name, best matches first; accents and case do not matter, nor do blanks in a code.

    >>> [o.code for o in chercher_operateurs("ch_20")][:1]
    ['CH _20']
    >>> [o.libelle for o in chercher_operateurs("hopital foch")]
    ['HÔPITAL FOCH']
    >>> [o.code for o in chercher_operateurs("CH 20")][:1]
    ['CH _20']

    Raises :class:`~segur_pha.SegurError` for anything but a text.
    """
    if not isinstance(recherche, str):
        raise SegurError(f"chercher_operateurs attend un texte, et non {type(recherche).__name__}.")
    mots = _mots(recherche)
    separes = _SIGNES.sub(" ", " ".join(mots)).split()
    if not separes:
        return ()
    # « saint-étienne » for SAINT ETIENNE; near misses only help when nothing matches.
    notes = _notes(mots) or _notes(separes) or _presque(separes)
    return tuple(candidat for _, _, candidat in sorted(notes, key=lambda n: (-n[0], n[1])))


def _notes(mots: list[str]) -> list[tuple[float, int, Operateur]]:
    cherche = "".join(mots)
    nu = _SIGNES.sub("", cherche)
    notes = [(_note(code, libelle, mots, cherche, nu), rang) for rang, (code, libelle) in enumerate(_plies())]
    return [(note, rang, operateurs()[rang]) for note, rang in notes if note]


@cache
def _plies() -> tuple[tuple[str, str], ...]:
    """Give the bare code and the folded name of each operator."""
    return tuple((_nu(candidat.code), " ".join(_mots(candidat.libelle))) for candidat in operateurs())


def _note(code: str, libelle: str, mots: list[str], cherche: str, nu: str) -> int:
    """Rate how well an operator matches: 4 its code, 3 its name, 2 whole words, 1 parts of it, 0 not."""
    if nu == code:
        return 4
    if cherche == libelle.replace(" ", ""):
        return 3
    if all(mot in libelle.split() for mot in mots):
        return 2
    return int(nu in code or all(mot in libelle for mot in mots))


#: How alike (0 to 1) the words must be for a near miss.
_PRESQUE: Final = 0.75


def _presque(mots: list[str]) -> list[tuple[float, int, Operateur]]:
    """Rate the operators of whose words each of these is nearly one."""
    notes = []
    for rang, (code, libelle) in enumerate(_plies()):
        possibles = (code, *libelle.split())
        note = min(max(_ressemblance(mot, possible) for possible in possibles) for mot in mots)
        if note >= _PRESQUE:
            notes.append((note, rang, operateurs()[rang]))
    return notes


def _ressemblance(mot: str, possible: str) -> float:
    """Rate from 0 to 1, at 0 where the lengths alone or the letters alone say that it is too little."""
    if 2 * min(len(mot), len(possible)) < _PRESQUE * (len(mot) + len(possible)):
        return 0
    from difflib import SequenceMatcher

    comparaison = SequenceMatcher(None, mot, possible)
    return comparaison.ratio() if comparaison.quick_ratio() >= _PRESQUE else 0


@cache
def _cles_des_codes() -> dict[str, str]:
    return {plier(code).replace(" ", ""): code for code in codes_operateurs()}


def code_le_plus_proche(texte: str) -> str | None:
    """Propose the code that a wrong one was probably meant to be, or ``None``.

    >>> code_le_plus_proche("CH_20"), code_le_plus_proche("mai_15"), code_le_plus_proche("?")
    ('CH _20', 'MAI_15', None)
    """
    from difflib import get_close_matches

    cles = _cles_des_codes()
    cherche = plier(texte).replace(" ", "")
    proches = [cherche] if cherche in cles else get_close_matches(cherche, cles, n=1, cutoff=0.8)
    return cles[proches[0]] if proches else None


_SIGLE: Final = re.compile("[a-z]+")
_SIGNES: Final = re.compile("[^0-9a-z]+")
#: Words that are abbreviated as often as not.
_ABREGES: Final = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def _mots(texte: str) -> list[str]:
    """Split a text into words, folded, with the abbreviated ones written in full."""
    return [_SIGLE.sub(lambda m: _ABREGES.get(m[0], m[0]), mot) for mot in plier(texte.replace(".", " ")).split()]


def _nu(code: str) -> str:
    return _SIGNES.sub("", plier(code))
