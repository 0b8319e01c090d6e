"""SIRET, FINESS and structure ids: normalise, judge the key, find the FINESS inside a structure id.

Every ``defaut_…`` judges the text exactly as given and answers ``None`` (nothing to say) or a short French reason that
never repeats the value.  The controls only know lengths (decision 11): these reasons feed advice and importers, never
a rejection.
"""

from __future__ import annotations

import re

__all__ = [
    "defaut_finess",
    "defaut_siret",
    "finess_de_structure",
    "forme_finess",
    "nature_structure",
    "normaliser_finess",
    "normaliser_siret",
]

_BLANCS = re.compile("[ \u00a0\u2009\u202f\t\r\n]+")
# A dot before a single last character does not group digits: "10000024.0" is a spreadsheet's number, and joining it would invent
# a FINESS.
_POINTS = re.compile(r"(?<=[0-9A-Za-z])\.(?=[0-9A-Za-z]{2})")
_SIRET = re.compile(r"[0-9]{14}")
#: The ANS's own schema of a FINESS (facts of ansforge/finess): Corsica's 2A and 2B, and test numbers like 0B0152872.
_FINESS = re.compile(r"[0-9][0-9A-Z][0-9]{7}")
_CORSE = {"2A": "21", "2B": "22"}

# Decision 18: the prefix that says which register a structure id comes from, and what follows it.  0 and 4 mean the cabinet of a
# professional, whose number is longer than the person's.
_STRUCTURES = {
    "0": ("ADELI", re.compile(r"[0-9A-Z]{11}")),
    "1": ("FINESS", _FINESS),
    "2": ("SIREN", re.compile(r"[0-9]{9}")),
    "3": ("SIRET", _SIRET),
    "4": ("RPPS", re.compile(r"[0-9]{14}")),
}


def normaliser_siret(texte: str) -> str:
    """Return ``texte`` without the blanks and dots that group the digits of a SIRET; nothing else changes.

    >>> normaliser_siret(" 732 829 320 00074 ")
    '73282932000074'
    """
    return _sans_groupes(texte)


def normaliser_finess(texte: str) -> str:
    """Return ``texte`` without the blanks and dots that group the characters of a FINESS; nothing else changes.

    >>> normaliser_finess("75 000 000 2"), normaliser_finess("10000024.0")
    ('750000002', '10000024.0')
    """
    return _sans_groupes(texte)


def forme_finess(texte: str) -> bool:
    """Say whether a text has the shape of a FINESS (9 characters, the second may be a letter), whatever its key.

    >>> forme_finess("777777777"), forme_finess("0B0152872"), forme_finess("77777777")
    (True, True, False)
    """
    return _FINESS.fullmatch(texte) is not None


def defaut_siret(texte: str) -> str | None:
    """Return what is wrong with a SIRET, in French, or ``None``.

    14 digits, Luhn key with La Poste's exception (decision 11).

    >>> defaut_siret("73282932000074") is None
    True
    >>> defaut_siret("73282932000079")
    'clé fausse : un chiffre est sans doute mal recopié'
    """
    if _SIRET.fullmatch(texte) is None:
        return _defaut_de_forme(texte, 14, "14 chiffres attendus")
    if _cle_juste(texte) and _cle_juste(texte[:9]) and not texte.startswith(_LA_POSTE):
        return None
    from stdnum.fr import siret

    return None if siret.is_valid(texte) else _CLE_FAUSSE


def defaut_finess(texte: str) -> str | None:
    """Return what is wrong with a FINESS, in French, or ``None``.

    9 characters, Luhn key with 2A→21 and 2B→22 (decision 11).  With any other letter the key means nothing, and it is most likely
    a test number.

    >>> defaut_finess("750000002"), defaut_finess("2A0000014")
    (None, None)
    >>> defaut_finess("777777777")
    'clé fausse : un chiffre est sans doute mal recopié'
    >>> defaut_finess("0B0152872")
    'une lettre hors de la Corse (2A, 2B) : c’est sans doute un FINESS de test'
    """
    if not forme_finess(texte):
        return _defaut_de_forme(texte, 9, "9 chiffres attendus (ou 2A, 2B puis 7 chiffres en Corse)")
    if texte[1].isalpha() and texte[:2] not in _CORSE:
        return "une lettre hors de la Corse (2A, 2B) : c’est sans doute un FINESS de test"
    chiffres = _CORSE.get(texte[:2], texte[:2]) + texte[2:]
    return None if _cle_juste(chiffres) else _CLE_FAUSSE


def nature_structure(identifiant: str) -> str | None:
    """Return the register of a structure id: ``ADELI``, ``FINESS``, ``SIREN``, ``SIRET`` or ``RPPS``, else ``None``.

    The first character names the register (decision 18); what follows must have that register's shape, its key is not
    judged.

    >>> nature_structure("1750000002"), nature_structure("373282932000074"), nature_structure("750000002")
    ('FINESS', 'SIRET', None)
    """
    nom, forme = _STRUCTURES.get(identifiant[:1], ("", _SIRET))
    return nom if nom and forme.fullmatch(identifiant, 1) else None


def finess_de_structure(identifiant: str) -> str | None:
    """Return the FINESS inside a structure id (prefix 1 + FINESS, decision 18), or ``None`` when it holds none.

    >>> finess_de_structure("1750000002"), finess_de_structure("373282932000074")
    ('750000002', None)
    """
    return identifiant[1:] if nature_structure(identifiant) == "FINESS" else None


#: The one SIREN whose establishments have another kind of key.
_LA_POSTE = "356000000"
_DOUBLES = str.maketrans("0123456789", "0246813579")


def _cle_juste(chiffres: str) -> bool:
    """Tell whether the Luhn sum of digits ends in 0; python-stdnum, which takes long to load, is asked for exceptions only."""
    return sum(map(int, chiffres[::-2] + chiffres[-2::-2].translate(_DOUBLES))) % 10 == 0


_CLE_FAUSSE = "clé fausse : un chiffre est sans doute mal recopié"


def _sans_groupes(texte: str) -> str:
    # Most texts hold nothing to remove, and importers ask a hundred thousand times.
    return texte if texte.isalnum() else _POINTS.sub("", _BLANCS.sub("", texte))


def _defaut_de_forme(texte: str, longueur: int, attendu: str) -> str:
    if len(texte) != longueur:
        return f"{attendu}, {len(texte)} caractère{'s' if len(texte) > 1 else ''} trouvé{'s' if len(texte) > 1 else ''}"
    return f"{attendu} : un caractère n’y a pas sa place"
