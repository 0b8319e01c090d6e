"""Read a file into typed values: days, amounts and codes that can be worked with, in objects of dedicated classes."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from benchmarks import controle
from benchmarks.boucle import chrono, en_tours
from benchmarks.donnees import formes
from benchmarks.specimens import compte
from benchmarks.tableau import Tableau
from segur_pha import FichierRejete, lire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _lecteurs_nus() -> dict[str, controle.Pair]:
    return {nom: pair for nom, pair in controle.concurrents().items() if nom == controle.ORJSON}


@cache
def concurrents() -> dict[str, tuple[Callable[[bytes], bool], str]]:
    """Return the readers, and what each reads into."""
    return {
        "`lire`": (controle.sans_exception(lire, FichierRejete), "frozen attrs, `date`, `Decimal`, enumerations"),
        "`json.loads`": (controle.sans_exception(json.loads), "dictionaries, texts, floats"),
        **{nom: (pair.accepte, "dictionaries, texts, floats") for nom, pair in _lecteurs_nus().items()},
        "msgspec, patterns too": (
            controle.par_msgspec(motifs=True, modele=True),
            "Structs, `date`, `Decimal`, enumerations",
        ),
        "pydantic 2, patterns too": (
            controle.par_pydantic(motifs=True, modele=True),
            "models, `date`, `Decimal`, enumerations",
        ),
        "cattrs, attrs with validators": (
            controle.par_cattrs(),
            "frozen attrs, `date`, `Decimal`, enumerations",
        ),
        "marshmallow": (controle.par_marshmallow(), "dictionaries, `date`, floats, texts"),
    }


def mesurer() -> Iterator[Tableau]:
    octets = formes()["valid"]
    mesures = en_tours(
        {nom: chrono(lit, octets) for nom, (lit, _) in concurrents().items()}, chrono(json.loads, octets)
    )
    yield Tableau(
        titre="Read 200 requests into models",
        propos="Times of `json.loads` of the same bytes. Each peer checks as it reads, as far as it can; *lets through*: of the "
        "faults that the first table tries out.",
        colonnes=("× `json.loads`", "ms", "gives", "lets through"),
        lignes={
            nom: (mesures[nom], f"{mesures[nom].duree * 1e3:.2f}", donne, compte(lit))
            for nom, (lit, donne) in concurrents().items()
        },
    )
