"""One line of an answer: what it says, and never more (decision 17)."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.table.codes import LIBELLE_ACCEPTE
from segur_pha.table.motifs import est_blanc
from segur_pha.table.roles import Acteur, Role
from segur_pha.textes import plier
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = [
    "Issue",
    "LigneRetour",
    "a_l_oeil",
    "de_l_asp",
    "dit_acceptee",
    "lire_ligne",
    "lire_lignes",
    "numero_retrouve",
    "reference",
    "references_asp",
    "references_doubles",
    "references_semblables",
    "se_contredit",
]


class Issue(StrEnum):
    """What an answered line means (decision 17)."""

    ACCEPTEE = "acceptée"
    REJETEE = "rejetée"
    NON_TRAITEE = "non traitée"
    AMBIGUE = "ambiguë"


@frozen(kw_only=True)
class LigneRetour:
    """One line of an answer.

    Attributes:
        num_ligne: the numLigne in the line itself, ``None`` when it is not a whole number.
        numero_editeur: as returned, ``None`` when it is not a text.
        numero_asp: the agency's reference as a text (a JSON number keeps its digits), ``None`` when there is none.
        code_traitement: the agency's code as a text, ``None`` when there is none; by itself it decides nothing.
        libelle_traitement: the agency's own words, untouched, ``None`` when there are none.
        issue: one of the four outcomes.
        brut: the whole line as raw values, unknown tags included; a number that is not an integer is its text, as ``bytes``.
        place: the line's place in the returned list, from 1.
    """

    num_ligne: int | None
    numero_editeur: str | None
    numero_asp: str | None
    code_traitement: str | None
    libelle_traitement: str | None
    issue: Issue
    brut: Brut = field(repr=False, hash=False)
    place: int


def lire_ligne(brut: Brut, place: int = 1, *, specification: Specification = PAR_DEFAUT) -> LigneRetour:
    """Read one line of an answer.

    >>> lire_ligne({"numeroEditeur": "00001", "codeTraitement": 17, "libelleTraitement": "FINESS inconnu"}).issue
    <Issue.REJETEE: 'rejetée'>
    """
    return lire_lignes([brut], specification, premiere=place)[0]


def lire_lignes(
    bruts: Sequence[Brut], specification: Specification, *, douteuses: Collection[int] = (), premiere: int = 1
) -> tuple[LigneRetour, ...]:
    """Read the lines of an answer; the first one has the place ``premiere``.

    ``douteuses``: the places of those that already cannot be trusted because of their text.
    """
    colonnes = zip(
        bruts,
        specification.colonne_brute(bruts, Role.RANG),
        specification.colonne_brute(bruts, Role.NUMERO_EDITEUR),
        map(reference, de_l_asp(bruts, Role.REFERENCE_ASP, specification)),
        map(_texte, de_l_asp(bruts, Role.CODE, specification)),
        map(_texte, de_l_asp(bruts, Role.LIBELLE, specification)),
        strict=True,
    )
    lues = []
    for place, (brut, rang, numero, (asp, asp_lue), (code, code_lu), (libelle, libelle_lu)) in enumerate(
        colonnes, start=premiere
    ):
        sure = asp_lue and code_lu and libelle_lu and isinstance(brut, dict) and place not in douteuses
        lues.append(
            LigneRetour(
                num_ligne=_rang(rang),
                numero_editeur=numero if isinstance(numero, str) else None,
                numero_asp=asp,
                code_traitement=code,
                libelle_traitement=libelle,
                issue=_issue(asp, code, libelle) if sure else Issue.AMBIGUE,
                brut=brut,
                place=place,
            )
        )
    return tuple(lues)


def de_l_asp(bruts: Sequence[Brut], role: Role, specification: Specification) -> Sequence[Brut]:
    """Return the raw values of a role, ``None`` where the agency does not fill it: what was sent is not an answer."""
    rangee = specification.roles.get(role)
    if rangee is None or rangee.rempli_par is not Acteur.ASP:
        return [None] * len(bruts)
    return specification.colonne_brute(bruts, role)


def references_asp(bruts: Sequence[Brut], specification: Specification = PAR_DEFAUT) -> list[str | None]:
    """Return the agency's reference in each line, ``None`` for a line without one.

    >>> references_asp([{"numeroASP": 4512}, {"numeroASP": "null"}])
    ['4512', None]
    """
    return [reference(valeur)[0] for valeur in de_l_asp(bruts, Role.REFERENCE_ASP, specification)]


def numero_retrouve(brut: Brut, specification: Specification = PAR_DEFAUT) -> str | None:
    """Give the number that a line has lost on the way to a spreadsheet or back, ``None`` where it cannot be told.

    All its documents are named after that number, and the line's own is the same but for its zeros, its case, blanks, or being no
    text.

    >>> numero_retrouve({"numeroEditeur": 1, "piecesJustificatives": [{"nomFichier": "PHA-LGO-Va1-BDC-00001.pdf"}]})
    '00001'
    """
    revenu = _nu(specification.valeur_brute(brut, Role.NUMERO_EDITEUR))
    pieces = specification.valeur_brute(brut, Role.PIECES)
    noms = specification.colonne_brute(pieces if isinstance(pieces, list) else [], Role.NOM_PIECE)
    lus = {specification.noms_des_pieces.lire(nom) if isinstance(nom, str) else None for nom in noms}
    numeros = {None if lu is None else lu[1] for lu in lus}
    numero = numeros.pop() if len(numeros) == 1 else None
    return numero if revenu is not None and _nu(numero) == revenu else None


def _nu(numero: Brut) -> str | None:
    texte, _ = _texte(numero)
    return None if texte is None else a_l_oeil(texte).removesuffix(".0").lstrip("0")


def _issue(asp: str | None, code: str | None, libelle: str | None) -> Issue:
    acceptation = libelle is not None and dit_acceptee(libelle)
    if asp is not None:
        return Issue.ACCEPTEE if libelle is None or acceptation else Issue.AMBIGUE
    if code is None and libelle is None:
        return Issue.NON_TRAITEE
    refus = (libelle is not None and not acceptation) or (code is not None and not _code_neutre(code))
    return Issue.REJETEE if refus else Issue.AMBIGUE


def _code_neutre(code: str) -> bool:
    """Tell whether a code says nothing: zero, however it is written, or the words of acceptance."""
    return re.fullmatch(r"0+(?:\.0*)?", code.strip()) is not None or dit_acceptee(code)


def dit_acceptee(libelle: str) -> bool:
    """Tell whether a libellé is « Demande acceptée », ignoring case, accents, blanks and quotation marks.

    >>> dit_acceptee("« DEMANDE ACCEPTEE ».") , dit_acceptee("Demande non acceptée")
    (True, False)
    """
    return libelle == LIBELLE_ACCEPTE or _a_nu(libelle) == _ACCEPTEE


#: What may surround the words of a libellé without changing its meaning.
_AUTOUR: Final = " .«»\"'“”’"


def _a_nu(texte: str) -> str:
    return plier(texte).strip(_AUTOUR)


_ACCEPTEE: Final = _a_nu(LIBELLE_ACCEPTE)


def _texte(valeur: Brut) -> tuple[str | None, bool]:
    """Return a number or a text as a text, ``None`` when there is nothing, and whether it was readable at all."""
    if valeur is None:
        return None, True
    if isinstance(valeur, str):
        return None if est_blanc(valeur) else valeur, True
    if isinstance(valeur, bytes):
        return valeur.decode(), True
    if type(valeur) is int:
        return str(valeur), True
    return None, False


#: In characters: nobody types a longer reference, and PostgreSQL, unlike SQLite, cannot index one of thousands.
LONGUEUR_D_UNE_REFERENCE: Final = 200
#: A letter, or a digit other than zero.
_SIGNIFIANT: Final = re.compile("[^\\W0_]")
_CHIFFRE: Final = re.compile("[1-9]")
#: What a system writes when it has no reference to give: such a text is not a reference.
_SANS_REFERENCE: Final = frozenset(
    {"null", "nul", "none", "nil", "nan", "na", "n/a", "undefined", "neant", "true", "false"}
)


def reference(valeur: Brut) -> tuple[str | None, bool]:
    """Return a reference of the agency as a text; zero, a fraction, « null » or an endless text are not readable as one."""
    texte, lisible = _texte(valeur)
    if texte is None:
        return None, lisible
    texte = texte.strip()
    nombre_etrange = isinstance(valeur, bytes) or (type(valeur) is int and valeur < 0)
    if len(texte) > LONGUEUR_D_UNE_REFERENCE or nombre_etrange:
        return None, False
    # None of the words that mean "nothing" has a digit.
    if _CHIFFRE.search(texte):
        return texte, True
    nu = _a_nu(texte)
    if not _SIGNIFIANT.search(nu) or nu in _SANS_REFERENCE:
        return None, False
    return texte, True


def a_l_oeil(reference: str) -> str:
    """Return what look-alike references have in common: the text without case, accents, blanks and invisible characters.

    >>> a_l_oeil("ASP\u200b-42") == a_l_oeil("asp -42"), a_l_oeil("ASP-42") == a_l_oeil("ASP-43")
    (True, False)
    """
    plie = plier(reference)
    return (plie if plie.isprintable() else "".join(filter(str.isprintable, plie))).replace(" ", "")


def _rang(valeur: Brut) -> int | None:
    if type(valeur) is int:
        return valeur
    return int(valeur) if isinstance(valeur, str) and re.fullmatch("[0-9]{1,9}", valeur) else None


def references_doubles(lignes: Sequence[LigneRetour]) -> set[str]:
    """Return the references that several lines of an answer have."""
    porteurs = Counter(ligne.numero_asp for ligne in lignes)
    return {asp for asp, nombre in porteurs.items() if nombre > 1 and asp is not None}


def references_semblables(lignes: Sequence[LigneRetour], connues: Iterable[str]) -> set[str]:
    """Find the references of an answer that look like another one, in the answer or among those that are known."""
    nues = {r: a_l_oeil(r) for r in {*connues, *(ligne.numero_asp for ligne in lignes if ligne.numero_asp is not None)}}
    semblables = Counter(nues.values())
    return {reference for reference, nue in nues.items() if semblables[nue] > 1}


def se_contredit(reponse: LigneRetour) -> bool:
    """Tell whether a line counts as rejected only because of its code, while the agency's words accept it."""
    libelle = reponse.libelle_traitement
    return reponse.issue is Issue.REJETEE and libelle is not None and dit_acceptee(libelle)
