"""No pattern of the library takes more steps than its text is long, whatever the text."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain, permutations, product
from pathlib import Path
from typing import Any

import pytest

import segur_pha
from segur_pha import VA1
from segur_pha.depot import concordance
from segur_pha.texte_json import analyse
from tests.attaque.pas import Compteur, lettres

#: Ways of trying a pattern, the dearest first.
OU = {
    "search": "search",
    "findall": "search",
    "finditer": "search",
    "sub": "search",
    "split": "search",
    "match": "match",
}


def modules() -> list[Any]:
    noms = [m.name for m in pkgutil.walk_packages(segur_pha.__path__, "segur_pha.") if not m.name.endswith("__main__")]
    return [importlib.import_module(nom) for nom in noms]


@cache
def motifs() -> dict[str, tuple[re.Pattern[Any], str]]:
    """List every pattern, by name, and how it is tried: anywhere in a text if any call does that."""
    tous: dict[str, tuple[re.Pattern[Any], str]] = {}
    for module in modules():
        arbre = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        appels = [n for n in ast.walk(arbre) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
        ailleurs = {
            n.func.value.id for n in appels if isinstance(n.func.value, ast.Name) and OU.get(n.func.attr) == "search"
        }  # type: ignore[union-attr]
        for nom, valeur in vars(module).items():
            for rang, motif in enumerate(valeur if isinstance(valeur, tuple | list) else [valeur]):
                for un in motif if isinstance(motif, tuple) else [motif]:
                    if isinstance(un, re.Pattern):
                        tous[f"{module.__name__}.{nom}.{rang}"] = un, "search" if nom in ailleurs else "fullmatch"
        for n in appels:
            match n:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("re"), attr=verbe), args=[ast.Constant(str(motif)), *_]
                ):
                    tous[f"{module.__name__}:{n.lineno}"] = re.compile(motif), OU.get(verbe, "fullmatch")
    for balise in VA1.balises:
        motif = getattr(balise.format, "_motif", None)
        if isinstance(motif, re.Pattern):
            tous[balise.nom] = motif, "fullmatch"
    for etat in product(("", "]", "}"), (False, True), (False, True)):
        tous[f"elements.{etat}"] = analyse._elements(*etat), "match"  # noqa: SLF001 - it has no other name
    nom = "DE LA TOUR-D'AUVERGNE"
    for quoi, motif in (
        ("jour", concordance._date(date(2022, 11, 5))),  # noqa: SLF001
        ("montant", concordance._montant(Decimal("1234708.00"))),  # noqa: SLF001
        ("nom", concordance._nom(nom.casefold())),  # noqa: SLF001
        ("groupes", concordance._groupes("2A0000014")),  # noqa: SLF001
    ):
        tous[f"concordance.{quoi}"] = re.compile(motif), "search"
    return tous


def pas(motif: re.Pattern[Any], texte: str, ou: str) -> int:
    compteur = Compteur(motif)
    compteur.chercher(texte, ou=ou)
    return compteur.pas


def test_the_library_has_the_patterns_that_it_is_known_to_have() -> None:
    assert len(motifs()) > 50
    assert {ou for _, ou in motifs().values()} == {"search", "match", "fullmatch"}


def pire(motif: re.Pattern[Any], ou: str, petit: int, choix: int) -> float:
    """Give by how much the steps grow, at worst, when a part of the text that is repeated is three times as long."""
    sortes = lettres(motif)[: 3 * choix]
    pompes = [*sortes, *("".join(deux) for deux in permutations(sortes[:choix], 2))]
    return max(
        (pas(motif, debut + pompe * 3 * petit + fin, ou) - 100) / pas(motif, debut + pompe * petit + fin, ou)
        for debut, pompe, fin in product(["", *sortes[: choix - 2]], pompes, ["", "\x01"])
    )


#: Three times the text: three times the steps, a little more with bounded repetitions, and not nine.
EN_LIGNE_DROITE = 4.5


def test_the_steps_of_a_pattern_grow_in_a_straight_line() -> None:
    pires = {nom: pire(*motif, petit=14, choix=2) for nom, motif in motifs().items()}
    assert {nom: facteur for nom, facteur in pires.items() if facteur >= EN_LIGNE_DROITE} == {}


@pytest.mark.parametrize("combien", [1, pytest.param(None, marks=pytest.mark.long, id="all")])
def test_so_they_do_with_more_texts_and_longer_ones(combien: int | None) -> None:
    pires = {nom: pire(*motifs()[nom], petit=100, choix=5) for nom in list(motifs())[:combien]}
    assert {nom: facteur for nom, facteur in pires.items() if facteur >= EN_LIGNE_DROITE} == {}


@pytest.mark.parametrize("motif", ["(a+)+b", "(a|a)*b", "a*a*b", r"[^ @]+@[^ @]+", "(?:a|b|ab)*c"])
def test_the_count_knows_a_pattern_that_does_not(motif: str) -> None:
    assert pas(re.compile(motif), "a" * 12, "search") > EN_LIGNE_DROITE * pas(re.compile(motif), "a" * 4, "search")


MOTIFS = [
    "(a+)+b",
    "a*?b|[^c]{2,3}",
    "(?<!a)b(?=c)",
    r"\ba\b|\Bb$",
    "(?i)A*+b",
    "a{2}(?!b)|.",
    r"\A[a-b]+\Z",
    r"\w\s\d|\S\W",
]
MOTIFS += ["(?:a?)*b", "a??b", "a{0,2}?c", "(?:a|)*+b", "a{2}+b", "a{1,2}?$", "[^a]b{0}", "(?:ab|a)(?:c|bc)"]


@pytest.mark.parametrize("motif", MOTIFS)
def test_the_counting_matcher_finds_what_re_finds(motif: str) -> None:
    compile_ = re.compile(motif)
    for texte in chain.from_iterable(
        map("".join, product("abc A1\n"[:n], repeat=longueur)) for longueur, n in ((3, 7), (5, 3))
    ):
        for ou in ("search", "match", "fullmatch"):
            trouve = getattr(compile_, ou)(texte)
            assert Compteur(compile_).chercher(texte, ou=ou) == (trouve.span() if trouve else None)
