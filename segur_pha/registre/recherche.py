"""Finding requests by the name of a pharmacy's owner, which stands in the journal's lines and in no table of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from segur_pha.registre import tables
from segur_pha.registre.evenements import NATURES, DemandePreparee
from segur_pha.registre.journal import ligne_d_envoi
from segur_pha.table.roles import Role
from segur_pha.textes import plier

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from segur_pha.registre.etats import Cle
    from segur_pha.registre.vagues import Vagues

__all__ = ["envois_au_nom_de"]

_E = tables.evenements.c
_MOT: Final = re.compile(r"[^\W_]+")
#: Letters that French names write with an accent as well.
_ACCENTUABLES: Final = re.compile("[aceinouy]")
_LIGATURE: Final = re.compile("oe|ae")


def envois_au_nom_de(connexion: Connection, nom: str, vagues: Vagues) -> set[Cle]:
    """Give the requests that were once sent under an owner's name: wave and number.

    Every word of ``nom`` must begin a word of the name, whatever the case, the accents and the order.  What was erased is not
    found.
    """
    voulus = _mots(nom)
    if not any(map(str.isalpha, nom)):
        return set()
    # The database looks for the longest word, which leaves few lines to be read.  It knows the accents of French names only:
    # where it finds nobody, every line is read.
    motifs = [_E.contenu.ilike(f"%{motif}%") for motif in _motifs(max(voulus, key=len))]
    return _porteurs(connexion, voulus, vagues, or_(*motifs)) or _porteurs(connexion, voulus, vagues)


def _porteurs(connexion: Connection, voulus: list[str], vagues: Vagues, *conditions: ColumnElement[bool]) -> set[Cle]:
    question = select(_E.specification, _E.numero_editeur, _E.contenu).where(
        _E.nature == NATURES[DemandePreparee], *conditions
    )
    return {
        (vague, numero)
        for vague, numero, contenu in connexion.execute(question)
        if _porte(_responsable(contenu, vague, vagues), voulus)
    }


def _mots(texte: str) -> list[str]:
    """Cut a name into words without case or accents.

    >>> _mots("Lefèvre-Cœur d’Aÿ")
    ['lefevre', 'coeur', 'd', 'ay']
    """
    return _MOT.findall(plier(texte))


def _motifs(mot: str) -> set[str]:
    """Give the patterns of a database for a word, however its letters are accented."""
    return {_ACCENTUABLES.sub("_", mot), _ACCENTUABLES.sub("_", _LIGATURE.sub("_", mot))}


def _porte(nom: str, voulus: list[str]) -> bool:
    mots = _mots(nom)
    return all(any(mot.startswith(voulu) for mot in mots) for voulu in voulus)


def _responsable(contenu: str, vague: str, vagues: Vagues) -> str:
    specification = vagues.nommee(vague)
    if Role.NOM_RESPONSABLE not in specification.roles:
        return ""
    nom = specification.valeur_brute(ligne_d_envoi(contenu), Role.NOM_RESPONSABLE)
    return nom if isinstance(nom, str) else ""
