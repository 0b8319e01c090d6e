"""`controler` beside its peers on the same bytes: each takes turns with `json.loads`, and the ratio of the best times is shown.

    python benchmarks/controle.py

`controler` reads bytes, finds duplicate keys, judges every balise, every rule between balises and the uniqueness of the
numbers, and the code of each line is read.  The peers do as much of that as they can: none finds duplicate keys or
repeated numbers, none gives a verdict per line.
"""

from __future__ import annotations

import contextlib
import json
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

import fastjsonschema
import jsonschema_rs
import msgspec
import pydantic
from donnees import formes

from segur_pha import controler, schema, validateur

if TYPE_CHECKING:
    from collections.abc import Callable

MODELES = {
    "Commande": {"dateCommande": "jour", "regimeTVA": Literal["TTC", "HT"], "montantSegurHT": "montant"},
    "CertificatsServeur": {
        "statutAdminTechnique": Literal["E", "P"],
        "numeroCarteCPX": (10, 10),
        "nomAdminTechnique": (1, 24),
        "telAdminTechnique": (1, 49),
        "emailAdminTechnique": (1, 124),
    },
    "Beneficiaire": {
        "nomResponsable": (1, 49),
        "emailResponsable": (1, 124, None),
        "telephoneResponsable": (1, 49, None),
        "FINESSGeo": (9, 9),
    },
    "Piece": {
        "nomFichier": (1, 49),
        "formatFichier": Literal["PDF", "PNG", "JPG"],
        "typeFichier": Literal["BON_COMMANDE", "PREUVE_HT"],
    },
    "Scenario": {"hasBALMSSantePersonnelle": bool, "operateurMessagerie": (1, 24, None)},
}


def _typer(texte: Callable[[int, int], object], special: dict[str, object]) -> dict[str, dict[str, object]]:
    def champ(forme: object) -> object:
        if isinstance(forme, tuple):
            return texte(*forme[:2]) | None if len(forme) == 3 else texte(*forme)
        return special.get(forme, forme) if isinstance(forme, str) else forme

    return {nom: {cle: champ(forme) for cle, forme in champs.items()} for nom, champs in MODELES.items()}


def avec_msgspec() -> Callable[[bytes], object]:
    types = _typer(
        lambda a, b: Annotated[str, msgspec.Meta(min_length=a, max_length=b)],
        {"jour": Annotated[str, msgspec.Meta(pattern="^[0-9]{2}/[0-9]{2}/[0-9]{4}$")], "montant": Decimal},
    )
    blocs = {
        nom: msgspec.defstruct(nom, list(champs.items()), forbid_unknown_fields=True) for nom, champs in types.items()
    }
    piece = blocs["Piece"]
    demande = msgspec.defstruct(
        "Demande",
        [
            ("numLigne", int),
            ("typeAction", Literal["C"]),
            ("numeroASP", None),
            ("numeroEditeur", Annotated[str, msgspec.Meta(min_length=5, max_length=5)]),
            ("commande", blocs["Commande"]),
            ("certificatsServeur", blocs["CertificatsServeur"]),
            ("beneficiaire", blocs["Beneficiaire"]),
            ("piecesJustificatives", list[piece]),
            ("scenarioInstallation", blocs["Scenario"]),
            ("codeTraitement", None),
            ("libelleTraitement", None),
        ],
        forbid_unknown_fields=True,
    )
    fichier = msgspec.defstruct(
        "Fichier", [("impId", None), ("numeroAns", str), ("SIRET", str), ("lignesImport", list[demande])]
    )
    return msgspec.json.Decoder(fichier).decode


def avec_pydantic() -> Callable[[bytes], object]:
    types = _typer(
        lambda a, b: Annotated[str, pydantic.StringConstraints(min_length=a, max_length=b)],
        {
            "jour": Annotated[str, pydantic.StringConstraints(pattern="^[0-9]{2}/[0-9]{2}/[0-9]{4}$")],
            "montant": Decimal,
        },
    )
    strict = pydantic.ConfigDict(extra="forbid")
    blocs = {
        nom: pydantic.create_model(nom, __config__=strict, **{cle: (forme, ...) for cle, forme in champs.items()})
        for nom, champs in types.items()
    }
    piece = blocs["Piece"]
    demande = pydantic.create_model(
        "Demande",
        __config__=strict,
        numLigne=(int, ...),
        typeAction=(Literal["C"], ...),
        numeroASP=(None, ...),
        numeroEditeur=(Annotated[str, pydantic.StringConstraints(min_length=5, max_length=5)], ...),
        commande=(blocs["Commande"], ...),
        certificatsServeur=(blocs["CertificatsServeur"], ...),
        beneficiaire=(blocs["Beneficiaire"], ...),
        piecesJustificatives=(list[piece], ...),
        scenarioInstallation=(blocs["Scenario"], ...),
        codeTraitement=(None, ...),
        libelleTraitement=(None, ...),
    )
    fichier = pydantic.create_model(
        "Fichier",
        __config__=strict,
        impId=(None, ...),
        numeroAns=(str, ...),
        SIRET=(str, ...),
        lignesImport=(list[demande], ...),
    )
    return fichier.model_validate_json


def concurrents() -> dict[str, Callable[[bytes], object]]:
    compile_ = fastjsonschema.compile(schema(), use_default=False)
    rust = jsonschema_rs.validator_for(schema())
    python = validateur()
    return {
        "json.loads": json.loads,
        "controler, every code read": lambda o: [ligne.code_traitement for ligne in controler(o).lignes],
        "msgspec typed": avec_msgspec(),
        "pydantic 2": avec_pydantic(),
        "jsonschema-rs": lambda o: rust.is_valid(json.loads(o)),
        "fastjsonschema": lambda o: compile_(json.loads(o)),
        "jsonschema": lambda o: python.is_valid(json.loads(o)),
    }


def _chrono(fonction: Callable[[bytes], object], octets: bytes) -> float:
    debut = time.perf_counter()
    with contextlib.suppress(*REFUS):
        fonction(octets)
    return time.perf_counter() - debut


def mesurer(octets: bytes, tours: int = 60) -> dict[str, tuple[float, float]]:
    """Give the best time of each, in seconds, and that of the json.loads it took turns with."""
    mesures = {}
    for nom, fonction in concurrents_prets.items():
        duos = [
            (_chrono(json.loads, octets), _chrono(fonction, octets)) for _ in range(4 if nom == "jsonschema" else tours)
        ]
        mesures[nom] = (min(duo[1] for duo in duos), min(duo[0] for duo in duos))
    return mesures


REFUS = (msgspec.ValidationError, pydantic.ValidationError, fastjsonschema.JsonSchemaValueException)
concurrents_prets = concurrents()


def verifier_l_accord() -> None:
    """A peer that refuses a valid file would be fast for the wrong reason."""
    for nom, fonction in concurrents_prets.items():
        assert fonction(formes()["valid"]) is not False, nom


if __name__ == "__main__":
    verifier_l_accord()
    mesures = {forme: mesurer(octets) for forme, octets in formes().items()}
    print("| ratio to json.loads | " + " | ".join(mesures) + " |")
    print("|---|" + "---|" * len(mesures))
    for nom in concurrents_prets:
        ratios = [f"{m[nom][0] / m[nom][1]:.2f}" for m in mesures.values()]
        print(f"| {nom} | " + " | ".join(ratios) + " |")
    print()
    petits = {
        n: mesurer(formes(n)["valid"], tours=30)["controler, every code read"][0] * 1e6 for n in (1, 50, 100, 200)
    }
    print("microseconds for a file of n lines:", {n: round(d) for n, d in petits.items()})
