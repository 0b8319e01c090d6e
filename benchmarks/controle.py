"""Check a file: bytes in, a verdict out; compared with other libraries, each given as much of the table as it can express."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import pairs
from benchmarks.boucle import chrono, en_tours
from benchmarks.donnees import formes
from benchmarks.specimens import FAUTES, compte, laisse_passer
from benchmarks.tableau import Tableau
from segur_pha import controler, schema, validateur

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOUS = "`controler`"
ORJSON = "orjson"


class Pair(NamedTuple):
    """Tells whether a file is right and, in a few words, what it reports when it is not."""

    accepte: Callable[[bytes], bool]
    dit: str


def _controler(octets: bytes) -> bool:
    rapport = controler(octets)
    return rapport.recevable and {ligne.code_traitement for ligne in rapport.lignes} == {"0000"}


def sans_exception(lire: Callable[[bytes], object], *refus: type[Exception]) -> Callable[[bytes], bool]:
    """Tell whether a reader that raises can read a file."""

    def accepte(octets: bytes) -> bool:
        try:
            lire(octets)
        except refus:
            return False
        return True

    return accepte


def _par_un_schema(
    est_valide: Callable[[object], bool],
    fautes: Callable[[object], object],
    lire: Callable[[bytes], object] = json.loads,
) -> Callable[[bytes], bool]:
    """First ask whether all is well, which is quicker, then for every fault."""

    def accepte(octets: bytes) -> bool:
        arbre = lire(octets)
        return est_valide(arbre) or not [*fautes(arbre)]

    return accepte


def par_msgspec(*, motifs: bool, modele: bool = False) -> Callable[[bytes], bool]:
    import msgspec

    fichier = pairs.avec_msgspec(motifs=motifs, modele=modele)["Fichier"]
    lire = msgspec.json.Decoder(fichier, dec_hook=pairs.Jour.lire).decode
    return sans_exception(lire, msgspec.ValidationError)


def par_pydantic(*, motifs: bool, modele: bool = False) -> Callable[[bytes], bool]:
    import pydantic

    lire = pairs.avec_pydantic(motifs=motifs, modele=modele)["Fichier"].model_validate_json
    return sans_exception(lire, pydantic.ValidationError)


def par_marshmallow() -> Callable[[bytes], bool]:
    import marshmallow

    return sans_exception(pairs.avec_marshmallow()["Fichier"]().loads, marshmallow.ValidationError)


def par_cattrs() -> Callable[[bytes], bool]:
    convertisseur, classe = pairs.convertisseur(), pairs.avec_attrs()["Fichier"]
    # Without its detailed validation, which costs more, cattrs lets exceptions of the validators through, whatever their class.
    return sans_exception(lambda o: convertisseur.structure(json.loads(o), classe), Exception)


@cache
def concurrents() -> dict[str, Pair]:
    import fastjsonschema
    import jsonschema_rs

    compile_ = fastjsonschema.compile(schema(), use_default=False)
    rust, python = jsonschema_rs.validator_for(schema()), validateur()
    return {
        NOUS: Pair(_controler, "each fault: code, line and column"),
        "`json.loads`": Pair(sans_exception(json.loads), "malformed text"),
        **_avec_orjson(rust.is_valid, rust.iter_errors),
        "msgspec, types and lengths": Pair(par_msgspec(motifs=False), "the first fault"),
        "msgspec, patterns too": Pair(par_msgspec(motifs=True), "the first fault"),
        "pydantic 2, types and lengths": Pair(par_pydantic(motifs=False), "each fault"),
        "pydantic 2, patterns too": Pair(par_pydantic(motifs=True), "each fault"),
        "jsonschema-rs": Pair(_par_un_schema(rust.is_valid, rust.iter_errors), "each fault"),
        "fastjsonschema": Pair(
            sans_exception(lambda o: compile_(json.loads(o)), fastjsonschema.JsonSchemaValueException),
            "the first fault",
        ),
        "jsonschema": Pair(_par_un_schema(python.is_valid, python.iter_errors), "each fault"),
        "marshmallow": Pair(par_marshmallow(), "each fault"),
        "cattrs, attrs with validators": Pair(par_cattrs(), "the first fault"),
    }


def _avec_orjson(est_valide: Callable[[object], bool], fautes: Callable[[object], object]) -> dict[str, Pair]:
    """Read with orjson, and judge with jsonschema-rs; none if orjson is missing."""
    if find_spec("orjson") is None:
        return {}
    import orjson

    return {
        ORJSON: Pair(sans_exception(orjson.loads, orjson.JSONDecodeError), "malformed text"),
        "orjson, jsonschema-rs `is_valid`": Pair(lambda o: est_valide(orjson.loads(o)), "yes or no"),
        "orjson, jsonschema-rs, every error": Pair(_par_un_schema(est_valide, fautes, orjson.loads), "each fault"),
    }


def refus() -> Tableau:
    """Find out which library refuses what."""
    essais = {nom: laisse_passer(pair.accepte) for nom, pair in concurrents().items()}
    return Tableau(
        titre="Who refuses what",
        propos="A file of three requests with one fault, for each fault in turn. All but `json.loads` and orjson refuse an unknown "
        "tag, a missing one, and a number where a text is due; none but `controler` gives a verdict per request.",
        colonnes=("refused by",),
        lignes={faute: ("; ".join(nom for nom, passe in essais.items() if not passe[faute]),) for faute in FAUTES},
    )


def mesurer() -> Iterator[Tableau]:
    yield refus()
    mesures = {
        forme: en_tours(
            {nom: chrono(p.accepte, octets) for nom, p in concurrents().items()}, chrono(json.loads, octets)
        )
        for forme, octets in formes().items()
    }
    yield Tableau(
        titre="Check a file of 200 requests",
        propos="Times of `json.loads` of the same bytes. *Indented* is what `ecrire` writes; the other forms hold no blanks. "
        "`controler` gives its whole report, and every code is read.",
        colonnes=(*mesures, "tells", "lets through"),
        lignes={
            nom: (*(m[nom] for m in mesures.values()), pair.dit, compte(pair.accepte))
            for nom, pair in concurrents().items()
        },
    )
