"""Build 200 requests from typed values, and write their compact JSON text.

All start from the same typed values: `date`, `Decimal`, enumerations, texts, booleans.  segur_pha gets them flat, as a billing
system holds them; it lays them out, numbers the lines and names the documents.  For the peers all this is done beforehand: they
get each request block by block, in the types that suit them best, and only build and write.
"""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import pairs
from benchmarks.boucle import chrono, en_tours
from benchmarks.donnees import ENTETE, commandes, fichier
from benchmarks.tableau import Tableau
from segur_pha import (
    Demande,
    Fichier,
    FormatFichier,
    RegimeTVA,
    StatutAdminTechnique,
    TypeFichier,
    construire_demande,
    controler,
    en_json,
)
from segur_pha.table.balise import Liste, Objet, balises, blocs
from segur_pha.table.modele import en_brut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import attrs

    from segur_pha.table.balise import Balise

TITRE = "Build and write 200 requests"
BLOC_PAR_BLOC = "the model’s classes block by block, `Fichier`, `en_json`"
NOUS = "`construire_demande` of flat values, `Fichier`, `en_json`"
NOM = {"nom_responsable", "nomResponsable"}
CODES = (RegimeTVA, StatutAdminTechnique, FormatFichier, TypeFichier)


class Ecrivain(NamedTuple):
    """Builds and writes requests; `demandes` are the values that it starts from."""

    ecrire: Callable[[list[dict[str, Any]]], bytes | str]
    demandes: list[dict[str, Any]]

    def verifie(self) -> bool:
        """Tell whether it refuses to write a name with a hundred letters."""
        gatees = deepcopy(self.demandes[:1])
        bloc = next((b for b in gatees[0].values() if isinstance(b, dict) and NOM & b.keys()), gatees[0])
        bloc.update(dict.fromkeys(NOM & bloc.keys(), "A" * 100))
        try:
            self.ecrire(gatees)
        except Exception:  # noqa: BLE001 - each library has its own
            return True
        return False

    def juge(self) -> str:
        """Say what `controler` finds in the text that it writes."""
        codes = {ligne.code_traitement for ligne in controler(self.ecrire(self.demandes)).lignes}
        return "accepted" if codes == {"0000"} else f"rejected, {' '.join(sorted(codes - {'0000'}))}"


# --- The values to start from -------------------------------------------------------------------------------------------


def en_etages(bloc: attrs.AttrsInstance, cle: Callable[[Balise], str], rang: int = 1) -> dict[str, Any]:
    """Lay a block out as a dictionary; days, amounts and codes keep their own types."""
    ecrit = en_brut(bloc, rang)
    etages: dict[str, Any] = {}
    for b in balises(type(bloc)):
        valeur = getattr(bloc, b.attribut) if b.attribut else ecrit[b.nom]
        if isinstance(b.format, Objet):
            valeur = en_etages(valeur, cle)
        elif isinstance(b.format, Liste):
            valeur = [en_etages(element, cle) for element in valeur]
        if cle(b):
            etages[cle(b)] = valeur
    return etages


def remplacer(arbre: Any, par: dict[type, Callable[[Any], Any]]) -> Any:  # noqa: ANN401 - a tree of any values
    """Write the values of some types in another way, throughout a tree."""
    if isinstance(arbre, dict):
        return {cle: remplacer(valeur, par) for cle, valeur in arbre.items()}
    if isinstance(arbre, list):
        return [remplacer(valeur, par) for valeur in arbre]
    return par[type(arbre)](arbre) if type(arbre) in par else arbre


# --- The writers --------------------------------------------------------------------------------------------------------


def constructeur(classes: pairs.Blocs, cle: Callable[[Balise], str]) -> Callable[[dict[str, Any]], Any]:
    """Make the function that builds a request by calling the class of each of its blocks."""
    demande = classes["Demande"]
    objets = [(cle(b), classes[b.format.classe.__name__]) for b in balises(Demande) if isinstance(b.format, Objet)]
    ((liste, piece),) = (
        (cle(b), classes[b.format.classe.__name__]) for b in balises(Demande) if isinstance(b.format, Liste)
    )

    def construire(valeurs: dict[str, Any]) -> object:
        construits = {nom: classe(**valeurs[nom]) for nom, classe in objets}
        return demande(**{**valeurs, **construits, liste: [piece(**p) for p in valeurs[liste]]})

    return construire


def _segur_pha(construire: Callable[[dict[str, Any]], Demande]) -> Callable[[list[dict[str, Any]]], bytes]:
    return lambda demandes: en_json(Fichier(**ENTETE, demandes=tuple(map(construire, demandes))), compact=True)


def _complet(demandes: list[Any]) -> dict[str, Any]:
    return {"impId": None, "numeroAns": ENTETE["numero_ans"], "SIRET": ENTETE["siret"], "lignesImport": demandes}


def _json(demandes: list[dict[str, Any]]) -> str:
    return json.dumps(_complet(demandes), ensure_ascii=False, separators=(",", ":"))


def _msgspec(*, verifies: bool) -> Callable[[list[dict[str, Any]]], bytes]:
    import msgspec

    classes = pairs.avec_msgspec(motifs=True, modele=True)
    construire = constructeur(classes, attrgetter("nom"))
    ecrire = msgspec.json.Encoder(decimal_format="number", enc_hook=pairs.texte_du_jour).encode
    if verifies:
        return lambda demandes: ecrire(msgspec.convert(_complet(demandes), classes["Fichier"]))
    return lambda demandes: ecrire(classes["Fichier"](**_complet([construire(d) for d in demandes])))


def _pydantic() -> Callable[[list[dict[str, Any]]], str]:
    classes = pairs.avec_pydantic(motifs=True, modele=True)
    fichier, demande = classes["Fichier"], classes["Demande"]
    return lambda demandes: fichier(**_complet([demande(**d) for d in demandes])).model_dump_json()


def _cattrs() -> Callable[[list[dict[str, Any]]], bytes]:
    import msgspec

    classes, convertisseur = pairs.avec_attrs(), pairs.convertisseur()
    construire = constructeur(classes, attrgetter("nom"))
    ecrire = msgspec.json.Encoder(decimal_format="number").encode

    def ecrire_par_cattrs(demandes: list[dict[str, Any]]) -> bytes:
        construites = [construire(d) for d in demandes]
        return ecrire(convertisseur.unstructure(classes["Fichier"](**_complet(construites))))

    return ecrire_par_cattrs


def _marshmallow() -> Callable[[list[dict[str, Any]]], str]:
    schema = pairs.avec_marshmallow()["Fichier"]()
    return lambda demandes: schema.dumps(schema.load(_complet(demandes)))


@cache
def concurrents() -> dict[str, Ecrivain]:
    demandes = fichier().demandes
    types = [en_etages(demande, attrgetter("nom"), rang) for rang, demande in enumerate(demandes, start=1)]
    prets = remplacer(types, {date: pairs.texte_du_jour, Decimal: float, **dict.fromkeys(CODES, attrgetter("value"))})
    jours = remplacer(types, {date: pairs.Jour.du})
    nos_classes = {classe.__name__: classe for classe, _ in blocs(Fichier)}
    par_attribut = [en_etages(demande, attrgetter("attribut")) for demande in demandes]
    return {
        NOUS: Ecrivain(_segur_pha(lambda c: construire_demande(**c)), commandes()),
        BLOC_PAR_BLOC: Ecrivain(_segur_pha(constructeur(nos_classes, attrgetter("attribut"))), par_attribut),
        "`json.dumps` of ready dictionaries": Ecrivain(_json, prets),
        "msgspec, Structs and `encode`": Ecrivain(_msgspec(verifies=False), jours),
        "msgspec, `convert` and `encode`": Ecrivain(_msgspec(verifies=True), jours),
        "pydantic 2, models and `model_dump_json`": Ecrivain(_pydantic(), types),
        "attrs with validators, cattrs, `msgspec.json.encode`": Ecrivain(_cattrs(), types),
        "marshmallow, `load` and `dumps`": Ecrivain(_marshmallow(), prets),
    }


def mesurer() -> Iterator[Tableau]:
    octets = en_json(fichier(), compact=True)
    mesures = en_tours(
        {nom: chrono(e.ecrire, e.demandes) for nom, e in concurrents().items()}, chrono(json.loads, octets)
    )
    yield Tableau(
        titre=TITRE,
        propos="From typed values to the JSON text, in times of `json.loads` of that text. segur_pha gets the values flat, lays "
        "them out and names the documents; the peers get the blocks of each request laid out. *Checks*: whether a name of a "
        "hundred letters is refused. *Its text*: what `controler` says of it.",
        colonnes=("× `json.loads`", "ms", "checks", "its text"),
        lignes={
            nom: (mesures[nom], f"{mesures[nom].duree * 1e3:.2f}", "yes" if e.verifie() else "no", e.juge())
            for nom, e in concurrents().items()
        },
    )
