"""What is wrong with a value that a program gave, worded for Python: quotes, ``null`` and ``true`` are for files."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from attrs import evolve

from segur_pha.table.codes import libelle_de
from segur_pha.table.formats import Booleen, Code, DateJJMMAAAA, Format, Montant, Nature
from segur_pha.table.regles import anomalie

if TYPE_CHECKING:
    from segur_pha.anomalies import Anomalie
    from segur_pha.table.balise import Balise
    from segur_pha.table.formats import Defaut

__all__ = ["anomalie_en_python", "libelle_en_python", "sans_mots_de_fichier"]

#: What only a file has, and what a program gives instead.
_D_UN_FICHIER: Final = (
    (", ou null sans guillemets", ", ou None"),
    ("ou écrivez null sans guillemets", "ou donnez None"),
    (" sans guillemets", ""),
    (", entre guillemets", ""),
)


def anomalie_en_python(rangee: Balise, defaut: Defaut, chemin: str, valeur: object) -> Anomalie:
    """Name a fault of a value that a constructor was given, as :func:`~segur_pha.table.regles.anomalie` does for a file."""
    return evolve(anomalie(rangee, defaut, chemin), libelle=libelle_en_python(rangee, defaut, valeur))


def libelle_en_python(rangee: Balise, defaut: Defaut, valeur: object) -> str:
    """Return the French libellé of a fault of a value that a constructor was given.

    >>> from datetime import datetime
    >>> from segur_pha import VA1
    >>> from segur_pha.table.formats import Defaut
    >>> from segur_pha.table.roles import Role
    >>> print(libelle_en_python(VA1.role(Role.DATE_COMMANDE), Defaut(Nature.TYPE), datetime(2022, 11, 15)))
    dateCommande : type de valeur incorrect ; donnez un jour sans heure : appelez .date()
    >>> print(libelle_en_python(VA1.role(Role.MONTANT), Defaut(Nature.TYPE), 708.33))
    montantSegurHT : type de valeur incorrect ; donnez un Decimal, comme Decimal("708.33"), et non un float
    """
    if defaut.nature is Nature.TYPE and not defaut.precision and isinstance(rangee.format, Format):
        return f"{rangee.nom} : type de valeur incorrect ; {_a_donner(rangee.format, valeur)}"
    return sans_mots_de_fichier(libelle_de(rangee, defaut))


def sans_mots_de_fichier(libelle: str) -> str:
    """Leave out of a libellé what only somebody who types JSON needs to read."""
    for du_fichier, du_programme in _D_UN_FICHIER:
        libelle = libelle.replace(du_fichier, du_programme)
    return libelle


def _a_donner(champ: Format, valeur: object) -> str:
    donne = f", et non un {type(valeur).__name__}"
    if isinstance(champ, DateJJMMAAAA):
        if isinstance(valeur, datetime):
            return "donnez un jour sans heure : appelez .date()"
        return f"donnez un jour, comme {date(2022, 11, 15)!r}{donne}"
    if isinstance(champ, Montant):
        return f'donnez un Decimal, comme Decimal("708.33"){donne}'
    if isinstance(champ, Booleen):
        return f"donnez True ou False{donne}"
    if isinstance(champ, Code):
        membres = [f"{champ.enumeration.__name__}.{membre.name}" for membre in champ.enumeration]
        return f"donnez {', '.join(membres[:-1])} ou {membres[-1]}{donne}"
    return f"donnez un texte (str){donne}"
