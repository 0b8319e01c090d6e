"""Files that the 1st control cannot even read as one object: their bytes, their text, their root or their size are wrong.

Each of these faults concerns the whole file, so its JSON Pointer is ``""``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from segur_pha.strategies.arbres import arbres
from segur_pha.strategies.champs import json_quelconque
from segur_pha.strategies.ecritures import Ecriture, JetonLibre, assembler, ecritures, jetons, textes

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

    from segur_pha.strategies.ecritures import Ecrivable
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification

__all__ = ["encodage_fautif", "racine_fautive", "taille_fautive", "texte_malforme"]

_PONCTUATION: Final = "{}[]:,"
#: Bytes that UTF-8 never has before the first byte of a character.
_OCTETS_INTRUS: Final = (b"\xe9", b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82")
_DEMI_CARACTERES: Final = ("\\ud83d", "\\uDC00", "\\udfff\\ud800")
#: What stands for a value elsewhere than in JSON (no U+0000: near the beginning, it is the mark of another encoding).
_VALEURS_D_AILLEURS: Final = (
    *("NaN", "Infinity", "-Infinity", "None", "True", "FALSE", "undefined", "nul", "'texte'"),
    *("01", "+1", ".5", "1.", "1e", "-", "0x1F", "1_000", "\uff11", "12,50"),
    *('"\\x41"', '"\\u12G4"', '"\\"', '"a\tb"', '"a\nb"', '"\x01"', "“texte”", ""),
)
_BLANCS_D_AILLEURS: Final = ("\u00a0", "\u2028", "\x0b", "\x0c", "\x01", "// note\n", "/* note */", "# note\n", "\\")
_APRES_LA_FIN: Final = ("}", "]", ",", "{}", "null", "x", "\ufeff", "\u00a0", "\x1a", "---")


def _tirer_des_jetons(draw: DrawFn, specification: Specification) -> tuple[list[str], Ecriture]:
    """Draw a right file as tokens, and how to join them."""
    arbre = draw(arbres(specification, minimum=1, maximum=2, modeles=1))
    ecriture = draw(ecritures(specification)).sans_marque
    return [*jetons(arbre, ecriture)], ecriture


def _une_place(draw: DrawFn, suite: list[str], convient: Callable[[str], bool]) -> int:
    return draw(st.sampled_from([i for i, jeton in enumerate(suite) if convient(jeton)]))


def encodage_fautif(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a file that is not UTF-8: another encoding, a stray byte, half of a character."""
    suite, ecriture = _tirer_des_jetons(draw, specification)
    match draw(st.sampled_from(["autre encodage", "octet intrus", "demi-caractère"])):
        case "autre encodage":
            encodage = draw(st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]))
            octets = assembler(suite, ecriture).decode().encode(encodage)
        case "octet intrus":
            place = draw(st.integers(0, len(suite)))
            avant, apres = assembler(suite[:place], ecriture), assembler(suite[place:], ecriture)
            octets = avant + draw(st.sampled_from(_OCTETS_INTRUS)) + apres
        case _:
            place = _une_place(draw, suite, lambda jeton: jeton.startswith('"'))
            suite[place] = '"' + draw(st.sampled_from(_DEMI_CARACTERES)) + suite[place][1:]
            octets = assembler(suite, ecriture)
    return octets, ""


def texte_malforme(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a text that is not JSON: cut, continued, with a sign too many or too few, or with words of other languages."""
    suite, ecriture = _tirer_des_jetons(draw, specification)
    match draw(st.sampled_from(["coupé", "prolongé", "signe ôté", "signe ajouté", "valeur", "blanc", "vide"])):
        case "coupé":
            texte = assembler(suite, ecriture).decode().rstrip()
            return texte[: draw(st.integers(0, len(texte) - 1))].encode(), ""
        case "prolongé":
            suite.append(draw(st.sampled_from(_APRES_LA_FIN)))
        case "signe ôté":
            del suite[_une_place(draw, suite, lambda jeton: jeton in _PONCTUATION)]
        case "signe ajouté":
            suite.insert(draw(st.integers(0, len(suite))), draw(st.sampled_from(_PONCTUATION)))
        case "valeur":
            place = _une_place(draw, suite, lambda jeton: jeton not in _PONCTUATION)
            suite[place] = draw(st.sampled_from(_VALEURS_D_AILLEURS))
        case "blanc":
            suite.insert(draw(st.integers(1, len(suite))), draw(st.sampled_from(_BLANCS_D_AILLEURS)))
        case _:
            suite = draw(st.sampled_from([[], [""], [" \n"]]))
    return assembler(suite, ecriture), ""


def racine_fautive(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a JSON text whose root is no object: the list of the requests alone, a file in a list, anything else."""
    arbre = draw(arbres(specification, minimum=1, maximum=2, modeles=1))
    presque: list[Brut] = [[arbre], arbre[specification.liste_des_demandes.nom]]
    racine: Ecrivable = draw(st.sampled_from(presque) | json_quelconque().filter(lambda v: not isinstance(v, dict)))
    return draw(textes(racine, specification)), ""


def taille_fautive(draw: DrawFn, specification: Specification) -> tuple[bytes, str]:
    """Draw a file of one byte too many, or with one level too many (or a hundred thousand)."""
    arbre = draw(arbres(specification, minimum=1, maximum=1))
    if draw(st.booleans()):
        octets = draw(textes(arbre, specification))
        return octets.ljust(specification.limites.octets_du_json + 1), ""
    niveaux = draw(st.sampled_from([0, 1, 100_000])) + specification.limites.niveaux_du_json
    return draw(textes(_approfondi(draw, arbre, niveaux), specification)), ""


def _approfondi(draw: DrawFn, arbre: ObjetBrut, niveaux: int) -> dict[str, Ecrivable]:
    """Put so many levels in the place of a value of the root, which is itself the first level."""
    ouvre, ferme = draw(st.sampled_from([("[", "]"), ('{"a":', "}")]))
    profond = JetonLibre(ouvre * niveaux + "0" + ferme * niveaux)
    return {**arbre, draw(st.sampled_from(sorted(arbre))): profond}
