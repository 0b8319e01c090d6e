"""The project's own cases, one by one: what is done, and the bytes for which `json.loads` is the yardstick."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from benchmarks.boucle import chrono, en_tours
from benchmarks.donnees import ENTETE, commandes, fautif, fichier
from benchmarks.tableau import Tableau
from segur_pha import Fichier, construire_demande, controler, en_json, lire, lire_retour, rapprocher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The bytes for the yardstick, and what is done.
Cas = tuple[bytes, "Callable[[], object]"]


@cache
def compact() -> bytes:
    return en_json(fichier(), compact=True)


def un_sur_dix(motif: bytes, par: bytes) -> bytes:
    """Damage every tenth occurrence of a pattern."""
    rang = 0

    def gater(trouve: re.Match[bytes]) -> bytes:
        nonlocal rang
        rang += 1
        return par if rang % 10 == 0 else trouve[0]

    return re.sub(motif, gater, compact())


@cache
def mauvais_jours() -> bytes:
    return un_sur_dix(rb'"dateCommande":"[^"]*"', b'"dateCommande":"31/02/2022"')


@cache
def mauvais_types() -> bytes:
    return un_sur_dix(rb'"FINESSGeo":"[^"]*"', b'"FINESSGeo":7')


@cache
def reponse() -> bytes:
    """Return an answer in which every request has its own reference."""
    rang = iter(range(1, 1_000))
    rendue = controler(compact()).en_retour()
    return re.sub(rb'"numeroASP":null', lambda _: b'"numeroASP":"ASP-%06d"' % next(rang), rendue)


def _sur(octets: bytes, acte: Callable[[bytes], object]) -> Cas:
    return octets, lambda: acte(octets)


def batir() -> Fichier:
    return Fichier(**ENTETE, demandes=tuple(construire_demande(**une) for une in commandes_en_main()))


@cache
def commandes_en_main() -> list[dict[str, object]]:
    return commandes()


def _ecrire(*, serre: bool) -> Cas:
    prete = fichier()
    return en_json(prete, compact=serre), lambda: en_json(prete, compact=serre)


def _rapprocher(envoye: bytes | Fichier, *, lue: bool) -> Cas:
    retour = lire_retour(reponse()) if lue else reponse()
    return compact(), lambda: rapprocher(envoye, retour)


TITRE: Final = "Every way in and out"
COLONNE: Final = "× `json.loads`"


def mesurer() -> Iterator[Tableau]:
    mesures = {}
    for nom, preparer in CAS.items():
        octets, acte = preparer()
        mesures[nom] = en_tours({nom: chrono(acte)}, chrono(json.loads, octets))[nom]
    yield Tableau(
        titre=TITRE,
        propos="The same file of 200 requests, checked, built, written, read and answered, in times of `json.loads` of the bytes in "
        "question. `python -m benchmarks.instructions` counts the instructions of these cases, which a busy machine cannot blur.",
        colonnes=(COLONNE, "µs"),
        lignes={nom: (mesure, round(mesure.duree * 1e6)) for nom, mesure in mesures.items()},
    )


CAS: Final[dict[str, Callable[[], Cas]]] = {
    "check valid": lambda: _sur(compact(), controler),
    "check valid, indented": lambda: _sur(en_json(fichier()), controler),
    "check valid, a colon in each name": lambda: _sur(
        re.sub(rb'("nomResponsable":"[^"]*)"', rb'\1:"', compact()), controler
    ),
    "check 10 % wrong days": lambda: _sur(mauvais_jours(), controler),
    "check 10 % wrong types": lambda: _sur(mauvais_types(), controler),
    "check 10 % faulty, of each kind": lambda: _sur(fautif(compact()), controler),
    "build and write": lambda: (compact(), lambda: en_json(batir(), compact=True)),
    "write, compact": lambda: _ecrire(serre=True),
    "write, indented": lambda: _ecrire(serre=False),
    "read to models": lambda: _sur(compact(), lire),
    "read an answer": lambda: _sur(reponse(), lire_retour),
    "match an answer, read already": lambda: _rapprocher(compact(), lue=True),
    "match an answer with a model": lambda: _rapprocher(fichier(), lue=True),
    "match two texts": lambda: _rapprocher(compact(), lue=False),
}
