"""What every word that segur_pha shows means: codes, advice, findings, discrepancies of answers, tags of the table.

The command ``expliquer`` and the reference page of findings take their words from here.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from segur_pha.controle.explications import Explication, Explications, explications
from segur_pha.erreurs import SegurError
from segur_pha.lexique.constats import GENRES, explications_des_constats
from segur_pha.table.balise import Liste, Objet
from segur_pha.textes import plier
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.table.balise import Balise
    from segur_pha.table.specification import Specification

__all__ = ["lexique", "par_genre", "trouver"]

_CODES: Final = "Codes des contrôles"
_CONSEILS: Final = "Conseils"
_BALISES: Final = "Balises"


@cache
def par_genre(specification: Specification = PAR_DEFAUT) -> Mapping[str, Mapping[str, Explication]]:
    """Explain everything, by kind: kind, in French → code, id or tag → what it means.

    An id that is both advice on a file and a finding of a deposit is listed once, as advice.

    >>> list(par_genre())
    ['Codes des contrôles', 'Conseils', 'Tableaux', 'Cellules', 'Pièces', 'Dépôts', 'Registre', 'Certificats', 'Réponses', 'Balises']
    """
    connues = explications(specification)
    constats: dict[str, dict[str, Explication]] = {genre: {} for genre in (*GENRES, "Réponses")}
    for genre, explication in explications_des_constats(specification):
        if explication.code not in connues:
            constats[genre][explication.code] = explication
    return {
        _CODES: Explications({code: partial(connues.__getitem__, code) for code in connues if code.isdigit()}),
        _CONSEILS: Explications({code: partial(connues.__getitem__, code) for code in connues if not code.isdigit()}),
        **constats,
        _BALISES: Explications({r.nom: partial(_de_la_balise, r, connues) for r in specification.balises}),
    }


@cache
def lexique(specification: Specification = PAR_DEFAUT) -> Mapping[str, Explication]:
    """Explain everything: code, id or tag → what it means.

    >>> lexique()["reponse-absente"].libelle
    'Réponse absente'
    """
    return Explications(
        {mot: partial(genre.__getitem__, mot) for genre in par_genre(specification).values() for mot in genre}
    )


def trouver(mot: str, specification: Specification = PAR_DEFAUT) -> Explication:
    """Explain one code, id or tag, or its name in a report; case, accents, blanks and hyphens do not matter.

    Raises :class:`~segur_pha.SegurError` for anything else, saying what was probably meant; the word is not repeated.

    >>> trouver("Pièce différente").code, trouver("finessgeo").code
    ('piece-differente', 'FINESSGeo')
    """
    connus = {
        **{_cle(e.libelle): nom for nom, e in lexique(specification).items()},
        **{_cle(nom): nom for nom in lexique(specification)},
    }
    voulu = _cle(mot)
    if voulu in connus:
        return lexique(specification)[connus[voulu]]
    proches = [connus[cle] for cle in _proches(voulu, [_cle(nom) for nom in lexique(specification)])]
    suite = f" Vouliez-vous {' ou '.join(filter(None, (', '.join(proches[:-1]), *proches[-1:])))} ?" if proches else ""
    raise SegurError(f"Code inconnu.{suite} « segur-pha expliquer » les donne tous.", code="code-inconnu")


def _proches(voulu: str, cles: list[str]) -> list[str]:
    if voulu.isdigit():
        # A code's first two digits name the tag: its other codes are nearer than any that looks similar.
        return [cle for cle in cles if cle.isdigit() and cle[:2] == voulu[:2]]
    ressemblants = get_close_matches(voulu, cles, n=3)
    # A single word of an id, as people remember it.
    contiennent = [cle for cle in cles if len(voulu) > _MOT_COURT and voulu in cle.split("-")]
    return list(dict.fromkeys([*ressemblants, *contiennent]))[:_PROPOSES]


_PROPOSES: Final = 5
_MOT_COURT: Final = 2


def _cle(mot: str) -> str:
    return plier(mot).replace("_", "-").replace("’", "-").replace("'", "-").replace(" ", "-")


def _de_la_balise(rangee: Balise, connues: Mapping[str, Explication]) -> Explication:
    siens = [e.code for e in connues.values() if e.balise == rangee.nom]
    if isinstance(rangee.format, Objet):
        attendu = "Un objet JSON, entre accolades."
    elif isinstance(rangee.format, Liste):
        attendu = "Une liste JSON, entre crochets."
    else:
        attendu = f"Valeur attendue : {rangee.format.attendu}{'' if rangee.obligatoire else ', ou null'}."
    imprime = f" Format imprimé : « {rangee.imprime} »." if rangee.imprime else ""
    return Explication(
        rangee.nom,
        rangee.nom,
        rangee.titre,
        attendu,
        f"Section {rangee.section}, bloc « {rangee.bloc} » : {rangee.description}{imprime}",
        (),
        "Balise du tableau de la section 3.2 du guide.",
        f"Ses codes : {', '.join(siens)}." if siens else "",
    )
