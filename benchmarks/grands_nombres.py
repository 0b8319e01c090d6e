"""How the cost grows: from 1 request to 200 in a file, then 20,174 requests in 101 files, in one process and in two."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.boucle import chrono, en_tours
from benchmarks.donnees import fichier, formes
from benchmarks.tableau import Tableau
from segur_pha import controler, en_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha import RapportControle

TAILLES = (1, 2, 5, 10, 20, 50, 100, 200)
DEMANDES = 20_174  # the pharmacies with certificates in the export of 2025
CENT, PAR_FICHIER = 100, 200
FACONS = UN, DEUX, DEUX_PRETS = (
    "`controler`, one process",
    "`controler`, two processes, their start included",
    "`controler`, two processes already there",
)


def lire(octets: list[bytes]) -> None:
    for texte in octets:
        json.loads(texte)


def controler_ici(octets: list[bytes]) -> list[RapportControle]:
    return list(map(controler, octets))


def deux_ouvriers() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def controler_ailleurs(ouvriers: ProcessPoolExecutor, octets: list[bytes]) -> list[RapportControle]:
    """Check in other processes; the reports come back."""
    return list(ouvriers.map(controler, octets, chunksize=10))


def controler_a_deux(octets: list[bytes]) -> list[RapportControle]:
    with deux_ouvriers() as ouvriers:
        return controler_ailleurs(ouvriers, octets)


def tailles() -> list[int]:
    return [PAR_FICHIER] * (DEMANDES // PAR_FICHIER) + [DEMANDES % PAR_FICHIER]


def mesurer() -> Iterator[Tableau]:
    octets = {taille: formes(taille)["valid"] for taille in TAILLES}
    mesures = en_tours({str(n): chrono(controler, o) for n, o in octets.items()}, chrono(controler, octets[CENT]))
    yield Tableau(
        titre=f"From 1 request to {PAR_FICHIER}",
        propos=f"`controler` of a valid file, in times of the file of {CENT} requests.",
        colonnes=(f"× {CENT} requests", "µs", "µs per request"),
        lignes={
            nom: (m, f"{m.duree * 1e6:.0f}", f"{m.duree * 1e6 / taille:.1f}")
            for taille, (nom, m) in zip(TAILLES, mesures.items(), strict=True)
        },
    )
    tous = [en_json(fichier(taille, graine), compact=True) for graine, taille in enumerate(tailles())]
    with deux_ouvriers() as ouvriers:
        fonctions = {UN: controler_ici, DEUX: controler_a_deux, DEUX_PRETS: partial(controler_ailleurs, ouvriers)}
        mesures = en_tours(
            {nom: chrono(fonction, tous, horloge=perf_counter) for nom, fonction in fonctions.items()},
            chrono(lire, tous, horloge=perf_counter),
        )
    yield Tableau(
        titre=f"{DEMANDES:,} requests in one go",
        propos=f"{len(tous)} files, in times of `json.loads` of one after the other; elapsed time, since two processes may end "
        "sooner than one. All reports are kept; from other processes they have to come back.",
        colonnes=("× `json.loads`", "seconds", "requests per second"),
        lignes={nom: (m, f"{m.duree:.2f}", f"{DEMANDES / m.duree:,.0f}") for nom, m in mesures.items()},
    )
