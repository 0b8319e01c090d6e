"""Values of one field: right ones, and wrong ones whose *first* kind of fault is known from the format's declaration.

Each format class has two functions here, found by dispatch on its class: :func:`valeurs` and :func:`fautives`.  A user's own
format is registered in the same way (``valeurs.register``, ``fautives.register``).
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, singledispatch
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final, TypeAlias

from hypothesis import strategies as st

from segur_pha.erreurs import SegurError
from segur_pha.table.formats import (
    Booleen,
    Brut,
    Code,
    CodeDeListe,
    Constante,
    Courriel,
    DateJJMMAAAA,
    Format,
    Montant,
    Nature,
    Nul,
    Rang,
    Texte,
)
from segur_pha.table.motifs import BLANCS, est_blanc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    from segur_pha.table.balise import Balise

__all__ = ["champ_fautif", "champ_valide", "exiger_des_strategies", "fautives", "json_quelconque", "valeurs"]

Bruts: TypeAlias = "SearchStrategy[Brut]"

#: Past the limits of every table, and short enough to stay readable.
_DE_TROP: Final = 40
_ALPHANUMERIQUES: Final = ascii_letters + digits
_LOCALE: Final = _ALPHANUMERIQUES + ".!#$%&'*+/=?^_`{|}~-"
_USUELS: Final = _ALPHANUMERIQUES + " -'./éèçÉÈÇŒ"

_caracteres: Final = st.characters(exclude_categories=["Cs"])
_blancs: Final = st.text(alphabet=BLANCS, max_size=3)
_mots: Final = st.text(alphabet=_caracteres, min_size=1, max_size=8).filter(lambda texte: not est_blanc(texte))
#: Numbers that are not integers, as text; none of them is an amount with two decimals.
_nombres: Final[Bruts] = st.sampled_from([b"1.0", b"0.5", b"-0.0", b"1e5", b"12.50E-3", b"1E+400", b"3.14159"])


@cache
def json_quelconque() -> Bruts:
    """Draw any JSON value, small."""
    feuilles: Bruts = st.none() | st.booleans() | st.integers() | _nombres | st.text(alphabet=_caracteres, max_size=8)
    return st.recursive(
        feuilles,
        lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(alphabet=_caracteres, max_size=4), v, max_size=3),
        max_leaves=5,
    )


def _autres_que(*types: type) -> Bruts:
    """Draw JSON values of none of these types, except null and blank texts."""
    return json_quelconque().filter(
        lambda v: v is not None and type(v) not in types and not (isinstance(v, str) and est_blanc(v))
    )


@singledispatch
def valeurs(champ: Format) -> Bruts:
    """Draw faultless raw values of a format, except null."""
    raise _sans_strategie(champ)


@singledispatch
def fautives(champ: Format) -> Mapping[Nature, Bruts]:
    """Return, for each kind from 02 to 05 that a format declares, raw values whose first fault is of that kind."""
    raise _sans_strategie(champ)


def _sans_strategie(champ: Format) -> SegurError:
    nom = type(champ).__name__
    return SegurError(f"Aucune stratégie pour le format {nom} : ajoutez-la avec valeurs.register et fautives.register.")


def exiger_des_strategies(rangee: Balise) -> None:
    """Raise :class:`~segur_pha.SegurError` when a row's format, or a kind of fault that it declares, has no strategy."""
    if not isinstance(rangee.format, Format):
        return
    if rangee.attribut:
        valeurs(rangee.format)
    manquantes = set(rangee.format.natures) - {Nature.NON_RENSEIGNEE, *fautives(rangee.format)}
    if manquantes:
        raise SegurError(f"{rangee.nom} : aucune stratégie pour les fautes {', '.join(sorted(manquantes))}.")


@cache
def champ_valide(rangee: Balise, champ: Format) -> Bruts:
    """Draw faultless raw values of a row, including null where it is allowed."""
    pleines = valeurs(champ)
    return pleines if rangee.obligatoire else st.none() | pleines.filter(_n_est_pas_null)


@cache
def champ_fautif(rangee: Balise, champ: Format, nature: Nature) -> Bruts:
    """Draw raw values of a row whose first fault is of that kind (decisions 1, 2, 4 and 14)."""
    if nature is Nature.NON_RENSEIGNEE:
        return st.none() | _blancs if rangee.obligatoire else _blancs
    fausses = fautives(champ)[nature]
    if rangee.obligatoire:
        return fausses
    if nature is Nature.TYPE:
        return fausses | st.sampled_from(["null", "NULL", "Null"])
    return fausses.filter(_n_est_pas_null)


def _n_est_pas_null(brut: Brut) -> bool:
    return not (isinstance(brut, str) and brut.lower() == "null")


def _textes(alphabet: str | SearchStrategy[str], minimum: int, maximum: int) -> SearchStrategy[str]:
    """Draw texts that are not blank, often of the shortest or the longest allowed length."""
    libres = st.text(alphabet=alphabet, min_size=minimum, max_size=maximum)
    longs = st.text(alphabet=alphabet, min_size=maximum, max_size=maximum)
    courts = st.text(alphabet=alphabet, min_size=minimum, max_size=minimum)
    return (libres if minimum == maximum else libres | longs | courts).filter(lambda texte: not est_blanc(texte))


# --- Texte ---------------------------------------------------------------------------------------------------------------


@valeurs.register(Texte)
def _(champ: Texte) -> Bruts:
    minimum, maximum = champ.longueurs
    if champ.forme is not None:
        # A starred character class takes the length; any other shape is drawn freely and measured.
        motif = re.sub(r"\A(\[[^\]]*\])\*\Z", rf"\1{{{minimum},{maximum}}}", champ.forme.motif)
        return st.from_regex(motif, fullmatch=True).filter(lambda texte: minimum <= len(texte) <= maximum)
    if champ.majuscules:
        tous = st.characters(exclude_categories=["Cs", "Ll"])
        return _textes(_USUELS.upper(), minimum, maximum) | _textes(tous, minimum, maximum)
    return _textes(_USUELS, minimum, maximum) | _textes(_caracteres, minimum, maximum)


@fautives.register(Texte)
def _(champ: Texte) -> Mapping[Nature, Bruts]:
    minimum, maximum = champ.longueurs
    longs: Bruts = _textes(_USUELS, maximum + 1, maximum + _DE_TROP) | _textes(_caracteres, maximum + 1, maximum + 3)
    courts: Bruts = _textes(_USUELS, 1, minimum - 1) if minimum > 1 else st.nothing()
    fausses = {Nature.TYPE: _autres_que(str), Nature.LONGUEUR: longs | courts}
    if champ.majuscules:
        fausses[Nature.FORMAT] = _avec_une_minuscule(minimum, maximum)
    elif champ.forme is not None:
        fausses[Nature.FORMAT] = _deformes(champ, re.compile(champ.forme.motif))
    return fausses


def _avec_une_minuscule(minimum: int, maximum: int) -> Bruts:
    minuscules = st.sampled_from("aéßœÿµ") | st.characters(categories=["Ll"])
    autour = st.lists(st.sampled_from(_USUELS.upper()), min_size=minimum - 1, max_size=maximum - 1).map("".join)
    return st.tuples(minuscules, autour, st.integers(0, maximum)).map(lambda t: t[1][: t[2]] + t[0] + t[1][t[2] :])


def _deformes(champ: Texte, motif: re.Pattern[str]) -> Bruts:
    """Draw texts of the right length that do not have the shape: near misses and others."""
    minimum, maximum = champ.longueurs
    intrus = st.sampled_from(["-", "_", "/", " ", "\n", "é", "\u0663", "ı"]) | _caracteres
    proches = st.tuples(valeurs(champ), st.integers(0, maximum), intrus).map(_deformer) | valeurs(champ).map(
        _en_capitales
    )
    quelconques = _textes(_caracteres, minimum, maximum)
    return (proches | quelconques).filter(
        lambda texte: minimum <= len(texte) <= maximum and not est_blanc(texte) and not motif.fullmatch(texte)
    )


def _deformer(tirage: tuple[Brut, int, str]) -> str:
    texte, place, intrus = str(tirage[0]), tirage[1], tirage[2]
    return texte[:place] + intrus + texte[place + 1 :]


def _en_capitales(brut: Brut) -> str:
    # Where swapping the case leaves a text right, as for "letters and digits", the filter asks for another draw.
    return str(brut).swapcase()


# --- Courriel ------------------------------------------------------------------------------------------------------------


def _domaines(maximum: int) -> SearchStrategy[str]:
    longueur = min(63, max(1, (maximum - 4) // 3))
    etiquettes = st.text(alphabet=_ALPHANUMERIQUES + "-", min_size=1, max_size=longueur).map(
        lambda texte: texte.strip("-") or "x"
    )
    return st.lists(etiquettes, min_size=2, max_size=3).map(".".join)


@valeurs.register(Courriel)
def _(champ: Courriel) -> Bruts:
    maximum = champ.moins_de - 1
    locales = st.text(alphabet=_LOCALE, min_size=1, max_size=16)
    courtes = st.tuples(locales, _domaines(maximum)).map("@".join).filter(lambda texte: len(texte) <= maximum)
    longues = _domaines(maximum).map(lambda domaine: f"@{domaine}".rjust(maximum, "a"))
    return courtes | longues


#: Ways to break an address, from its two halves, that keep it short.
_ADRESSES_GATEES: Final[tuple[Callable[[str, str], str], ...]] = (
    lambda _, domaine: domaine,
    lambda _, domaine: f"@{domaine}",
    lambda locale, _: f"{locale}@",
    lambda locale, _: f"{locale}@localhost",
    lambda locale, domaine: f"{locale}@{locale}@{domaine}",
    lambda locale, domaine: f"{locale}@.{domaine}",
    lambda locale, domaine: f"{locale}@{domaine}.",
    lambda locale, domaine: f"{locale}@-{domaine}",
    lambda locale, domaine: f"{locale}@{domaine}-",
    lambda locale, domaine: f"{locale}@{domaine.replace('.', '..')}",
    lambda locale, domaine: f"{locale}@{domaine.replace('.', '-.')}",
    lambda locale, domaine: f"{locale}@{'a' * 64}.{domaine}",
    lambda locale, domaine: f"{locale}@exemple_{domaine}",
    lambda locale, domaine: f"{locale} {locale}@{domaine}",
    lambda locale, domaine: f'"{locale}"@{domaine}',
    lambda locale, domaine: f"é{locale}@{domaine}",
    lambda locale, domaine: f"{locale}@é{domaine}",
    lambda locale, domaine: f" {locale}@{domaine}",
    lambda locale, domaine: f"{locale}@{domaine}\n",
    lambda locale, domaine: f"{locale}@{domaine};{locale}@{domaine}",
)


@fautives.register(Courriel)
def _(champ: Courriel) -> Mapping[Nature, Bruts]:
    locales = st.text(alphabet=_ALPHANUMERIQUES, min_size=1, max_size=6)
    courts = _domaines(20)
    gatees = st.tuples(st.sampled_from(_ADRESSES_GATEES), locales, courts).map(lambda t: t[0](t[1], t[2]))
    sans_arobase = _textes(_caracteres, 1, min(12, champ.moins_de - 1)).filter(lambda texte: "@" not in texte)
    longues = st.tuples(st.integers(0, _DE_TROP), courts).map(lambda t: f"{'a' * (champ.moins_de + t[0])}@{t[1]}")
    justes = courts.map(lambda domaine: f"@{domaine}".rjust(champ.moins_de, "a"))
    return {
        Nature.TYPE: _autres_que(str),
        Nature.LONGUEUR: justes | longues | _textes(_USUELS, champ.moins_de, champ.moins_de + _DE_TROP),
        Nature.FORMAT: gatees.filter(lambda texte: len(texte) < champ.moins_de) | sans_arobase,
    }


# --- DateJJMMAAAA --------------------------------------------------------------------------------------------------------


def _en_jour(jour: date) -> str:
    return f"{jour.day:02}/{jour.month:02}/{jour.year:04}"


@valeurs.register(DateJJMMAAAA)
def _(_champ: DateJJMMAAAA) -> Bruts:
    return (st.dates(min_value=date(2021, 1, 1), max_value=date(2026, 12, 31)) | st.dates()).map(_en_jour)


#: Ways to write a day other than JJ/MM/AAAA.
_JOURS_GATES: Final[tuple[Callable[[date], str], ...]] = (
    lambda jour: f"{jour.year:04}-{jour.month:02}-{jour.day:02}",
    lambda jour: f"{jour.year:04}/{jour.month:02}/{jour.day:02}",
    lambda jour: f"{jour.day % 9 + 1}/{jour.month:02}/{jour.year:04}",
    lambda jour: f"{jour.day:02}/{jour.month:02}/{jour.year % 100:02}",
    lambda jour: f"{jour.day:02}-{jour.month:02}-{jour.year:04}",
    lambda jour: f"{jour.day:02}{jour.month:02}{jour.year:04}",
    lambda jour: f"{jour.month + 12:02}/{jour.day + 31:02}/{jour.year:04}",
    lambda jour: f"00/{jour.month:02}/{jour.year:04}",
    lambda jour: f"{jour.day:02}/00/{jour.year:04}",
    lambda jour: f"{jour.day:02}/13/{jour.year:04}",
    lambda jour: f"32/{jour.month:02}/{jour.year:04}",
    lambda jour: f"30/02/{jour.year:04}",
    lambda jour: f"31/{(4, 6, 9, 11)[jour.day % 4]:02}/{jour.year:04}",
    lambda jour: f"29/02/{jour.year // 4 * 4 + 1:04}",
    lambda jour: f"{jour.day:02}/{jour.month:02}/0000",
    lambda jour: f"{_en_jour(jour)}\n",
    lambda jour: f" {_en_jour(jour)}",
    lambda jour: f"{_en_jour(jour)} 00:00",
    lambda jour: _en_jour(jour).translate({ord("0") + n: 0x660 + n for n in range(10)}),
)


@fautives.register(DateJJMMAAAA)
def _(_champ: DateJJMMAAAA) -> Mapping[Nature, Bruts]:
    gates = st.tuples(st.sampled_from(_JOURS_GATES), st.dates()).map(lambda t: t[0](t[1]))
    sans_barre = _mots.filter(lambda texte: texte.count("/") != 2)  # noqa: PLR2004 - JJ/MM/AAAA has two
    return {Nature.TYPE: _autres_que(str), Nature.FORMAT: gates | sans_barre}


# --- Montant, Rang -------------------------------------------------------------------------------------------------------


@valeurs.register(Montant)
def _(champ: Montant) -> Bruts:
    euros = st.integers(0, 2_000) | st.integers(0, 10**12) | st.integers(0, 10**40)
    centimes = st.integers(0, 10**champ.decimales - 1)
    return st.tuples(euros, centimes).map(lambda t: f"{t[0]}.{t[1]:0{champ.decimales}}".encode())


#: More digits than Python turns into an int by default.
_ENTIER_DEMESURE: Final = b"1" * 4_500


@fautives.register(Montant)
def _(champ: Montant) -> Mapping[Nature, Bruts]:
    justes = valeurs(champ).map(lambda brut: brut if isinstance(brut, bytes) else b"")
    fausses: Bruts = st.one_of(
        st.integers(),
        justes.map(lambda texte: b"-" + texte),
        justes.map(lambda texte: texte + b"0"),
        justes.map(lambda texte: texte[: 1 - champ.decimales] if champ.decimales > 1 else texte + b"5"),
        justes.map(lambda texte: texte + b"e0"),
        justes.map(lambda texte: texte + b"E-2"),
        justes.map(lambda texte: texte.replace(b".", b"").lstrip(b"0") + b"0E-2"),
        st.just(_ENTIER_DEMESURE),
    )
    return {Nature.TYPE: _autres_que(int, bytes) | st.sampled_from(["850.00", "850,00"]), Nature.FORMAT: fausses}


@fautives.register(Rang)
def _(_champ: Rang) -> Mapping[Nature, Bruts]:
    return {Nature.TYPE: _autres_que(int) | st.sampled_from(["1", b"1.0", b"1e0"])}


# --- Booleen, lists of values, Nul ---------------------------------------------------------------------------------------


@valeurs.register(Booleen)
def _(_champ: Booleen) -> Bruts:
    return st.booleans()


@fautives.register(Booleen)
def _(_champ: Booleen) -> Mapping[Nature, Bruts]:
    return {Nature.TYPE: _autres_que(bool) | st.sampled_from([0, 1, "true", "false", "True"])}


@valeurs.register(Code)
@valeurs.register(CodeDeListe)
def _(champ: Code | CodeDeListe) -> Bruts:
    return st.sampled_from(champ.valeurs)


@fautives.register(Code)
@fautives.register(Constante)
@fautives.register(CodeDeListe)
def _(champ: Code | Constante | CodeDeListe) -> Mapping[Nature, Bruts]:
    connues = frozenset(champ.valeurs)
    presque = st.tuples(
        st.sampled_from(champ.valeurs),
        st.sampled_from([str.lower, str.swapcase, "{} ".format, " {}".format, "{}\n".format]),
    ).map(lambda t: t[1](t[0]))
    inconnues = (presque | _mots).filter(lambda texte: texte not in connues)
    fausses: dict[Nature, Bruts] = {Nature.TYPE: _autres_que(str), Nature.VALEUR: inconnues}
    if isinstance(champ, CodeDeListe):
        longueur = champ.moins_de
        fausses[Nature.VALEUR] = inconnues.filter(lambda texte: len(texte) < longueur)
        longs = _textes(_USUELS, longueur, longueur + _DE_TROP)
        fausses[Nature.LONGUEUR] = longs.filter(lambda texte: texte not in connues)
    return fausses


@fautives.register(Nul)
def _(_champ: Nul) -> Mapping[Nature, Bruts]:
    remplies = json_quelconque().filter(lambda v: v is not None)
    return {Nature.TYPE: remplies | st.sampled_from(["", " ", "null", "NULL", "0", 0, False])}
