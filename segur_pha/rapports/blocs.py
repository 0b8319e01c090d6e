"""Findings for people at a terminal: one block each, grouped by kind if there are many, and the number of each kind."""

from __future__ import annotations

import re
from itertools import compress
from typing import TYPE_CHECKING, Final

from segur_pha.rapports.tableau import Marque, Niveau, Phrase, accorder, en_plages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.constats import Constat
    from segur_pha.rapports.console import Morceau

__all__ = ["en_blocs", "resume_par_nature"]

#: The largest number of findings of one kind that are shown one by one.
_UN_PAR_UN: Final = 3
#: The largest group whose members are named one by one, with their numbers; for a larger one, the rows are given.
_NOMMES: Final = 12
#: How many documents of a larger group are named.
_DOCUMENTS_NOMMES: Final = 40
#: The least length of a description of a fault; the longest balise and the longest name of a document are shorter.
_CONSTAT_COURT: Final = 25
_REMEDE: Final = re.compile(" [:;] ")
_PARENTHESE: Final = re.compile(r" \([^()]*\)$")
#: What differs between two findings of one kind: a name between quotes, an amount or a number, a hidden value.
_PROPRE: Final = re.compile("« [^«»]* »|(?<![^\\s.,;:()])[^\\s.,;:()0-9•]*[0-9•](?:[\u00a0\u202f.,]?[^\\s.,;:()])*")

_Nature = tuple[str, str, str]


def en_blocs(constats: Sequence[Constat], quoi: str = "demandes") -> Iterator[Morceau]:
    r"""Show findings in order; a kind with more than a few is shown once, at the place of its first finding.

    ``quoi``: what the numbers of findings refer to, in the plural; ``"commandes"`` for orders.

    >>> from segur_pha.constats import Constat
    >>> from segur_pha.rapports.console import en_texte
    >>> faute = Constat(message="ce jour n’existe pas", code="jour-illisible", ligne=4, colonne="Date", numero="00003")
    >>> print("\n".join(map(en_texte, en_blocs([faute], "commandes"))))
    Ligne 4, commande 00003, colonne « Date »
        ce jour n’existe pas  [jour-illisible]
    <BLANKLINE>
    """
    groupes = _groupes(constats)
    dits: set[_Nature] = set()
    for constat in constats:
        nature = _nature(constat)
        if len(groupes[nature]) <= _UN_PAR_UN:
            yield from _bloc(constat, quoi)
        elif nature not in dits:
            dits.add(nature)
            yield from _bloc_de_plusieurs(groupes[nature], quoi)


def resume_par_nature(constats: Sequence[Constat]) -> Iterator[Morceau]:
    """Say how many there are of each kind, the most frequent first; say nothing if there is a single kind, or one of each."""
    groupes = _groupes(constats)
    if len(groupes) <= 1 or len(groupes) == len(constats):
        return
    yield Phrase(Marque("En résumé", Niveau.FORT))
    for groupe in sorted(groupes.values(), key=len, reverse=True):
        message = _sans_remede(_commun([constat.message for constat in groupe]))
        ou = f", colonne « {groupe[0].colonne} »" if groupe[0].colonne else ""
        nombre = Marque(f"{len(groupe):>5}", Niveau.FORT)
        yield Phrase(f"{message}{ou}  ", _code(groupe[0].code), retrait=2, tete=nombre)
    yield ""


def _groupes(constats: Sequence[Constat]) -> dict[_Nature, list[Constat]]:
    groupes: dict[_Nature, list[Constat]] = {}
    for constat in constats:
        groupes.setdefault(_nature(constat), []).append(constat)
    return groupes


def _commun(textes: Sequence[str]) -> str:
    """Return what texts of one kind have in common, with an ellipsis where they differ.

    >>> _commun(["ligne 3 : 49 caractères", "ligne 12 : 49 caractères"])
    'ligne … : 49 caractères'
    """
    varient = iter(_qui_varient(textes))
    return _PROPRE.sub(lambda trouve: "…" if next(varient) else trouve[0], textes[0])


def _qui_varient(textes: Sequence[str]) -> list[bool]:
    return [len(set(mots)) > 1 for mots in zip(*map(_PROPRE.findall, textes), strict=True)]


def _sans_remede(message: str) -> str:
    """Leave out what to do, which follows a colon or a semicolon; the first one may only follow the name of a balise.

    >>> _sans_remede("nomResponsable : format incorrect ; indiquez des majuscules"), _sans_remede("balise : trop long")
    ('nomResponsable : format incorrect', 'balise : trop long')
    """
    nu = _PARENTHESE.sub("", message)
    remede = _REMEDE.search(nu, _CONSTAT_COURT)
    return nu if remede is None else nu[: remede.start()]


def _nature(constat: Constat) -> _Nature:
    return constat.code, constat.colonne, _PROPRE.sub("…", constat.message)


def _code(code: str) -> Marque:
    return Marque(f"[{code}]", Niveau.DISCRET)


def _lieu(constat: Constat, quoi: str, *, avec_la_colonne: bool = True) -> str:
    """Say where a finding is, in terms that people know: file, row, number, pharmacy, column, document."""
    lieux = (
        constat.fichier,
        f"ligne {constat.ligne}" if constat.ligne is not None else "",
        f"{quoi.removesuffix('s')} {constat.numero}" if constat.numero else "",
        constat.officine,
        f"colonne « {constat.colonne} »" if constat.colonne and avec_la_colonne else "",
        f"document « {constat.document} »" if constat.document else "",
    )
    lieu = ", ".join(filter(None, lieux))
    # A file keeps the name that it has.
    return lieu if constat.fichier else lieu[:1].upper() + lieu[1:]


def _bloc(constat: Constat, quoi: str) -> Iterator[Morceau]:
    lieu = _lieu(constat, quoi)
    if lieu:
        yield Phrase(Marque(lieu, Niveau.FORT))
    # A finding without a place must not look like the end of the block above.
    yield from _dire(constat.message, constat.attendu, constat.code, retrait=4 if lieu else 0)
    yield ""


def _dire(message: str, attendu: str, code: str, *, retrait: int = 4) -> Iterator[Morceau]:
    yield Phrase(f"{message}  ", _code(code), retrait=retrait)
    if attendu:
        yield Phrase(Marque(f"attendu : {attendu}", Niveau.DISCRET), retrait=retrait)


def _bloc_de_plusieurs(groupe: Sequence[Constat], quoi: str) -> Iterator[Morceau]:
    premier = groupe[0]
    rangees = len({(constat.fichier, constat.ligne) for constat in groupe})
    if premier.ligne is not None:
        compte = accorder(rangees, quoi.removesuffix("s"), quoi)
    else:
        compte = accorder(len(groupe), "document" if premier.document else "fichier" if premier.fichier else "constat")
    colonne = f", colonne « {premier.colonne} »" if premier.colonne else ""
    yield Phrase(Marque(f"{compte}{colonne}", Niveau.FORT))
    messages = [constat.message for constat in groupe]
    attendus = [constat.attendu for constat in groupe]
    memes = len({_PROPRE.sub("…", attendu) for attendu in attendus}) == 1
    yield from _dire(_commun(messages), _commun(attendus) if memes else "", premier.code)
    if len(groupe) <= _NOMMES:
        varient = _qui_varient(messages)
        for constat in groupe:
            lieu = _lieu(constat, quoi, avec_la_colonne=False)
            propres = ", ".join(compress(_PROPRE.findall(constat.message), varient))
            yield Phrase(" : ".join(filter(None, (lieu, propres))), retrait=6)
    else:
        yield from _places(groupe)
    yield ""


def _places(groupe: Sequence[Constat]) -> Iterator[Morceau]:
    """Name the rows of a large group, in each file, and its documents."""
    lignes: dict[str, set[int]] = {}
    for constat in groupe:
        if constat.ligne is not None:
            lignes.setdefault(constat.fichier, set()).add(constat.ligne)
    for fichier, numeros in lignes.items():
        yield Phrase(f"{fichier}{', ' if fichier else ''}lignes {en_plages(sorted(numeros))}", retrait=4)
    documents = list(dict.fromkeys(constat.document for constat in groupe if constat.document))
    if documents:
        reste = f" et {len(documents) - _DOCUMENTS_NOMMES} autres" if len(documents) > _DOCUMENTS_NOMMES else ""
        nommes = ", ".join(f"« {nom} »" for nom in documents[:_DOCUMENTS_NOMMES])
        yield Phrase(f"documents : {nommes}{reste}", retrait=4)
    autres = list(dict.fromkeys(c.fichier for c in groupe if c.ligne is None and c.fichier and not c.document))
    if autres:
        yield Phrase(f"fichiers : {', '.join(autres)}", retrait=4)
