"""French ways of writing days, amounts, yes and no, read exactly; damage done by a spreadsheet is named, never repaired."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final

from segur_pha.argent import au_centime
from segur_pha.constats import ValeurRefusee
from segur_pha.table.formats import Booleen, DateJJMMAAAA, Format, Montant, Texte
from segur_pha.tableurs import EPOQUE_EXCEL, CelluleAbimee
from segur_pha.tableurs.abimees import abimee

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["attendu_en_cellule", "lire_valeur", "simplifier"]

#: The days that a bare number may stand for; other numbers are amounts, years or mistakes.
_JOURS_PLAUSIBLES: Final = (date(2000, 1, 1), date(2099, 12, 31))

_JJMMAAAA: Final = re.compile("([0-9]{2})/([0-9]{2})/([0-9]{4})")
_ISO: Final = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00(?:[.]0+)?)?)?")
_JOUR_EXCEL: Final = re.compile("[0-9]{5}")
_BLANC: Final = "[ \u00a0\u2009\u202f]"
_MONTANT: Final = re.compile(
    f"([0-9]{{1,9}}|[0-9]{{1,3}}(?:{_BLANC}[0-9]{{3}}){{1,2}})(?:[.,]([0-9]{{1,2}}))?(?:{_BLANC}*(?:€|EUR|euros?))?",
    re.IGNORECASE,
)
_MONTANT_MAXIMAL: Final = Decimal("999999999.99")
#: The caller's precision must not decide what an amount is.
_BOOLEENS: Final = {
    "oui": True,
    "vrai": True,
    "true": True,
    "1": True,
    "non": False,
    "faux": False,
    "false": False,
    "0": False,
}

_ERREUR_DE_TABLEUR: Final = re.compile(r"#(?:N/A|REF!|VALEUR!|VALUE!|NOM\?|NAME\?|DIV/0!|NUL!|NULL!|NOMBRE!|NUM!|#+)")
#: What programs write for "no value"; no order has it as a value.
_NULL: Final = re.compile("[(<]?null[)>]?", re.IGNORECASE)
_NULL_AU_PLUS: Final = len("<null>")
_NOMBRE_A_VIRGULE: Final = re.compile("([0-9]+)[.,]0+")
_CHIFFRES: Final = re.compile("[0-9]+")
_TELEPHONE_SANS_ZERO: Final = re.compile("[1-9][0-9]{8}")
#: A number in a spreadsheet holds at most fifteen digits.
_ENTIERS_EXACTS: Final = 10**15
_ENTIER_ECRIT: Final = re.compile("[0-9]{1,15}")

#: The two ends of a text this short would show all of it.
_COURT: Final = 4
_EN_TEXTE: Final = "mettez la cellule au format Texte et saisissez-la de nouveau"


def simplifier(cellule: object) -> object:
    """Reduce a cell to a plain value: ``None`` when it is empty, a text without the blanks around it, numpy's scalars unboxed.

    >>> simplifier("  "), simplifier(float("nan")), simplifier(" 708,33 ")
    (None, None, '708,33')
    """
    if isinstance(cellule, str):
        return cellule.strip() or None
    if cellule is None or isinstance(cellule, bool | int | CelluleAbimee):
        return cellule
    if isinstance(cellule, Decimal):
        return None if cellule.is_nan() else cellule
    deballer = getattr(cellule, "item", None)
    if callable(deballer):
        cellule = deballer()
    try:
        manquante = bool(cellule != cellule)  # noqa: PLR0124 - NaN and NaT are all that differ from themselves
    except TypeError:  # pandas' NA cannot even be compared with itself
        manquante = True
    return None if manquante else cellule


def lire_valeur(
    attendu: Format, cellule: object, *, personnelle: bool, majuscules: bool = False, epoque: date = EPOQUE_EXCEL
) -> object:
    """Read a cell as a value for :func:`~segur_pha.construire_demande`; ``None`` when it is empty.

    ``personnelle``: the message must not repeat the value.  ``majuscules``: put in upper case what must be.  Only the notation is
    read here; whether the value is allowed is left to the rules.

    Raises :class:`ValeurRefusee`.

    >>> lire_valeur(DateJJMMAAAA(), "15/11/2022", personnelle=False)
    datetime.date(2022, 11, 15)
    >>> lire_valeur(Montant(decimales=2), "1 708,33 €", personnelle=False)
    Decimal('1708.33')
    >>> lire_valeur(Texte(exact=5), 1, personnelle=False)
    Traceback (most recent call last):
    ...
    segur_pha.constats.ValeurRefusee: le tableur a effacé les zéros de tête : écrivez 00001, s’il s’agit bien de lui
    """
    valeur = simplifier(cellule)
    if valeur is None:
        return None
    montrer = _montrer_rien if personnelle else _montrer
    abime = abimee(valeur) if isinstance(valeur, str) else valeur
    if isinstance(abime, CelluleAbimee):
        raise ValeurRefusee(abime.code, abime.message(montrer), propose=abime.propose)
    if isinstance(valeur, str) and valeur.startswith("#") and _ERREUR_DE_TABLEUR.fullmatch(valeur):
        raise ValeurRefusee(
            "tableur-erreur", "le tableur affiche une erreur à la place de la valeur : corrigez la cellule"
        )
    if isinstance(valeur, str) and len(valeur) <= _NULL_AU_PLUS and _NULL.fullmatch(valeur):
        raise ValeurRefusee(
            "cellule-null",
            "un logiciel a écrit « null » à la place d’une cellule vide : videz-la, ou écrivez la valeur",
        )
    match _genre(type(attendu)):
        case "jour":
            return _jour(valeur, epoque)
        case "montant":
            return _montant(valeur)
        case "booleen":
            return _booleen(valeur)
        case _:
            texte = _texte(attendu, valeur, montrer)
            return texte.upper() if majuscules and isinstance(attendu, Texte) and attendu.majuscules else texte


@cache
def _genre(classe: type[Format]) -> str:
    genres: dict[type[Format], str] = {DateJJMMAAAA: "jour", Montant: "montant", Booleen: "booleen"}
    return next((genre for connue, genre in genres.items() if issubclass(classe, connue)), "texte")


def attendu_en_cellule(attendu: Format) -> str:
    """Say what a cell should hold, in French: what JSON requires of a value does not help in a spreadsheet.

    >>> attendu_en_cellule(Booleen())
    'oui ou non'
    """
    match attendu:
        case DateJJMMAAAA():
            return _JOUR_ATTENDU
        case Montant():
            return _EUROS_ATTENDUS
        case Booleen():
            return _OUI_OU_NON
        case _:
            return attendu.attendu


def _jour(valeur: object, epoque: date) -> date:
    if isinstance(valeur, datetime):
        if valeur.time() != time(0):
            raise _jour_illisible("cette date porte une heure : indiquez le jour seul")
        return valeur.date()
    if isinstance(valeur, date):
        return valeur
    if isinstance(valeur, str) and not _JOUR_EXCEL.fullmatch(valeur):
        return _jour_ecrit(valeur)
    nombre = _entier(valeur)
    debut, fin = _JOURS_PLAUSIBLES
    if nombre is None or not (debut - epoque).days <= nombre <= (fin - epoque).days:
        raise _jour_illisible("cette date ne se lit pas")
    return epoque + timedelta(days=nombre)


def _jour_ecrit(texte: str) -> date:
    if trouve := _JJMMAAAA.fullmatch(texte):
        jour, mois, annee = map(int, trouve.groups())
    elif trouve := _ISO.fullmatch(texte):
        annee, mois, jour = map(int, trouve.groups())
    else:
        raise _jour_illisible("cette date ne se lit pas")
    try:
        return date(annee, mois, jour)
    except ValueError:
        raise _jour_illisible("ce jour n’existe pas") from None


def _jour_illisible(constat: str) -> ValeurRefusee:
    return ValeurRefusee("jour-illisible", constat, _JOUR_ATTENDU)


def _montant(valeur: object) -> Decimal:
    montant: Decimal | None = None
    if isinstance(valeur, str) and _TIRET.fullmatch(valeur):
        raise ValeurRefusee("montant-vide", "un tiret tient lieu de montant : écrivez le montant", _EUROS_ATTENDUS)
    if isinstance(valeur, str):
        trouve = _MONTANT.fullmatch(valeur)
        if trouve is not None:
            entiers, centimes = trouve.groups()
            montant = Decimal(f"{re.sub(_BLANC, '', entiers)}.{centimes or '0'}")
    elif isinstance(valeur, Decimal):
        montant = valeur
    elif isinstance(valeur, int | float) and not isinstance(valeur, bool):
        # repr() is the shortest text that gives the same number: 708.33, and 708.3299999999999 when it was computed.
        montant = Decimal(repr(valeur))
    if montant is None or not montant.is_finite() or not 0 <= montant <= _MONTANT_MAXIMAL:
        raise ValeurRefusee("montant-illisible", "ce montant ne se lit pas", _EUROS_ATTENDUS)
    if not au_centime(montant):
        raise ValeurRefusee(
            "montant-fraction", "ce montant a plus de deux décimales : arrondissez-le au centime", _EUROS_ATTENDUS
        )
    return montant


_TIRET: Final = re.compile(f"[-‐-―−]+{_BLANC}*(?:€|EUR|euros?)?", re.IGNORECASE)
_JOUR_ATTENDU: Final = "un jour comme 15/11/2022 ou 2022-11-15"
_OUI_OU_NON: Final = "oui ou non"
_EUROS_ATTENDUS: Final = "des euros hors taxe comme 708,33 ou 708.33, deux décimales au plus"


def _booleen(valeur: object) -> bool:
    if isinstance(valeur, bool):
        return valeur
    lu = _BOOLEENS.get(valeur.casefold() if isinstance(valeur, str) else str(_entier(valeur)))
    if lu is None:
        raise ValeurRefusee("booleen-illisible", "cette réponse ne se lit pas", _OUI_OU_NON)
    return lu


def _entier(valeur: object) -> int | None:
    """Return a whole number that still has all its digits, whatever its type, including a text of digits."""
    nombre: object = int(valeur) if isinstance(valeur, str) and _ENTIER_ECRIT.fullmatch(valeur) else valeur
    if isinstance(nombre, bool) or not isinstance(nombre, int | float | Decimal):
        return None
    return int(nombre) if -_ENTIERS_EXACTS < nombre < _ENTIERS_EXACTS and nombre == int(nombre) else None


def _montrer(propose: str) -> str:
    return propose


def _montrer_rien(propose: str) -> str:
    """Show the shape of a personal value: whoever typed it recognises it, but nobody else does."""
    bord = 2 if len(propose) > _COURT else 0
    return propose[:bord] + "•" * (len(propose) - 2 * bord) + propose[len(propose) - bord :]


def _texte(attendu: Format, valeur: object, montrer: Callable[[str], str]) -> str:
    """Read a text; a number counts as text only if it still has all its digits."""
    if isinstance(valeur, str):
        texte = valeur
    elif isinstance(valeur, date):
        raise ValeurRefusee("tableur-date", f"le tableur a pris cette valeur pour une date : {_EN_TEXTE}")
    else:
        entier = _entier(valeur)
        if entier is None or entier < 0:
            raise ValeurRefusee("tableur-nombre", f"le tableur a changé cette valeur en nombre : {_EN_TEXTE}")
        texte = str(entier)
    exact = attendu.exact if isinstance(attendu, Texte) else None
    if exact is not None and (decimal := _NOMBRE_A_VIRGULE.fullmatch(texte)):
        propose = decimal[1].zfill(exact)
        message = f"le tableur a changé cette valeur en nombre : écrivez {montrer(propose)}"
        raise ValeurRefusee("tableur-nombre", message, propose=propose)
    complet = _avec_ses_zeros(texte, exact)
    if complet != texte:
        raise ValeurRefusee(
            "tableur-zeros",
            f"le tableur a effacé {'les zéros' if exact else 'le zéro'} de tête : écrivez {montrer(complet)}, s’il s’agit bien de lui",
            propose=complet,
        )
    return texte


def _avec_ses_zeros(texte: str, exact: int | None) -> str:
    """Restore the zeros that a spreadsheet removed from a code of a fixed length or from a French phone number."""
    if exact is not None and _CHIFFRES.fullmatch(texte):
        return texte.zfill(exact)
    return f"0{texte}" if exact is None and _TELEPHONE_SANS_ZERO.fullmatch(texte) else texte
