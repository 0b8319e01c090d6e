"""All outputs for programs say the same thing in the same way: rules that the next output has to obey as well.

The rules are asked of the schemas; that what is really printed follows them is asked of every command that the tests run
(``tests/sorties.py``), and here of each command of the ledger.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any, get_args

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.cli.objets import objet_de_demande, objet_de_fichier, objet_du_constat
from segur_pha.cli.schema import Sortie, schema_de_sortie
from segur_pha.constats import Constat
from segur_pha.registre.etats import EtatDemande, EtatFichier, Reserve
from segur_pha.registre.evenements import Piece
from segur_pha.retour.lignes import Issue
from tests.sorties import juger

if TYPE_CHECKING:
    from collections.abc import Iterator

SORTIES = get_args(Sortie)
#: Whole numbers that count nothing: places, days, and what a command says of itself.
NO_COUNTS = {"ligne", "colonne", "num_ligne", "place", "page", "jours", "seuil", "version", "code_de_sortie"}
#: What is said of one thing has one key; these were other keys for the same.
OTHER_WORDS = {
    *(
        "numero",
        "numeros",
        "numeroEditeur",
        "montant_ht",
        "montant",
        "paye",
        "solde",
        "rang",
        "nom_fichier",
        "empreinte",
    ),
    *("demandes_nombre", "count", "total", "prets", "pretes", "acceptees", "rejetees", "zips"),
}


def definitions(commande: Sortie) -> dict[str, Any]:
    """Give what a schema is made of, itself among them, by title."""
    schema: Any = schema_de_sortie(commande)
    return {schema["title"]: schema, **schema.get("$defs", {})}


EVERY: dict[str, Any] = {title: part for commande in SORTIES for title, part in definitions(commande).items()}


def followed(schema: Any) -> Any:
    return EVERY[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema


def alternatives(schema: Any) -> list[Any]:
    """Give what a value may be, references followed, null left out."""
    schema = followed(schema)
    parts = schema.get("anyOf") or schema.get("oneOf")
    several = [schema] if parts is None else [one for part in parts for one in alternatives(part)]
    return [one for one in several if one.get("type") != "null"]


def keys() -> Iterator[tuple[str, str, Any]]:
    """Give every key of every object: the title of its object, itself, the schema of its value."""
    for title, part in EVERY.items():
        for key, value in part.get("properties", {}).items():
            yield title, key, value


def kind(schema: Any) -> str:
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        (found,) = {type(value).__name__ for value in values}
        return {"str": "string", "int": "integer", "bool": "boolean"}[found]
    return str(schema["type"])


def test_every_name_is_fit_for_a_class_and_means_one_thing() -> None:
    for commande in SORTIES:
        for title, part in definitions(commande).items():
            assert re.fullmatch(r"(?:[A-Z][a-z0-9]+)+", title), title
            assert part["title"] == title
            shown = {key: value for key, value in part.items() if key not in {"$schema", "$id", "$defs"}}
            said = {key: value for key, value in EVERY[title].items() if key not in {"$schema", "$id", "$defs"}}
            assert shown == said, title
    folded = defaultdict(set)
    for title in EVERY:
        folded[title.casefold()].add(title)
    assert [names for names in folded.values() if len(names) > 1] == []
    assert [key for _, key, _ in keys() if not re.fullmatch(r"[a-z]+(?:_[a-z]+)*|sha256", key)] == []


def test_every_value_that_may_be_one_of_several_words_has_a_named_type() -> None:
    # Whatever makes classes would call an enumeration that stands within an object after its key.
    words = [(title, key) for title, key, value in keys() if isinstance(value.get("enum", [0])[0], str)]
    assert words == []


def test_nothing_is_null_and_never_an_empty_text() -> None:
    for title, key, value in keys():
        for one in alternatives(value):
            texts = one.get("items", one)
            for text in alternatives(texts):
                if kind(text) != "string" or key == "chemin":  # RFC 6901: "" points to the whole document
                    continue
                allowed = text.get("enum") or [text.get("const", "")]
                empty = "" in allowed and not text.get("minLength") and re.fullmatch(text.get("pattern", ""), "")
                assert not empty, f"{title}.{key} may be an empty text"


def test_no_key_is_left_out() -> None:
    for title, part in EVERY.items():
        if "properties" in part:
            assert part["required"] == list(part["properties"]), title


def test_one_key_has_one_kind_of_value() -> None:
    kinds = defaultdict(set)
    for _, key, value in keys():
        kinds[key] |= {kind(one) for one in alternatives(value)}
    assert {key: found for key, found in kinds.items() if len(found) > 1} == {}


def test_counts_and_lists_are_told_apart_by_their_keys() -> None:
    for title, key, value in keys():
        kinds = {kind(one) for one in alternatives(value)}
        if key.startswith("nombre"):
            assert kinds == {"integer"}, f"{title}.{key}"
            assert value.get("$ref") == "#/$defs/Nombre", f"{title}.{key} may be negative, or null"
        elif kinds == {"integer"}:
            assert key in NO_COUNTS, f"{title}.{key}: a count is called nombre_…"
        if kinds == {"array"}:
            assert "anyOf" not in value, f"{title}.{key}: an empty list says that there is none"


def test_one_thing_has_one_key() -> None:
    assert {key for _, key, _ in keys()} & OTHER_WORDS == set()
    typed = {"Euros", "EurosSignes", "Jour", "NumeroEditeur", "NumeroAsp", "FinessGeo", "Sha256", "Phase", "RegimeTva"}
    for title, key, value in keys():
        named = {part["$ref"].rpartition("/")[2] for part in (value, *value.get("anyOf", ())) if "$ref" in part} & typed
        begins = {
            "EurosSignes": ("solde_attendu", "solde_pret"),
            "Euros": ("montant_", "avance", "solde_", "depassement"),
            "Jour": ("jour", "date_", "depuis", "expiration", "dernier_jour"),
            "NumeroEditeur": ("numero_editeur", "remplace"),
            "NumeroAsp": ("numero_asp", "solde_de"),
            "FinessGeo": ("finess_geo",),
            "Sha256": ("sha256",),
            "Phase": ("phase",),
            "RegimeTva": ("regime_tva",),
        }
        assert all(key.startswith(begins[name]) for name in named), f"{title}.{key}"


def plain(word: str) -> str:
    """Give a word without accents, signs and endings: « acceptée », « accepte » and « Accepté » are one."""
    letters = unicodedata.normalize("NFD", word.casefold())
    bare = "".join(c for c in letters if c.isalnum())
    return re.sub("e+s?$", "", bare)


def test_a_state_has_one_spelling() -> None:
    spellings = defaultdict(set)
    for part in EVERY.values():
        for word in filter(lambda word: isinstance(word, str), part.get("enum", ())):
            # Of a file it is « accepté », of a request « acceptée ».
            spellings[plain(word)].add(re.sub("ée$", "é", word))
    assert {bare: found for bare, found in spellings.items() if len(found) > 1} == {}
    # The rule would see what it is about.
    assert plain("accepte") == plain("acceptée") == plain("ACCEPTÉ") == plain("acceptees")
    assert plain("avance-payee") == plain("avance payée")


@pytest.mark.parametrize("commande", SORTIES)
def test_what_an_object_is_made_of_is_described(commande: Sortie) -> None:
    for title, part in definitions(commande).items():
        assert part["description"].endswith((".", "$id.")), title
        # The command, its options and its form stand at the beginning of an output's description.
        assert part["description"][0].isupper() or part["description"].startswith("segur-pha "), title


# --- Whatever a value holds, its object follows the schema --------------------------------------------------------------

WORDS = st.just("") | st.text(min_size=1, max_size=5)
MAYBE = st.none() | st.text(min_size=1, max_size=5)
EUROS = st.decimals(min_value=0, max_value=10**9, places=2)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(
    st.builds(
        Constat,
        message=st.text(min_size=1, max_size=5),
        code=st.sampled_from(["2303", "jour-illisible"]),
        ligne=st.none() | st.integers(0, 10**6),
        page=st.none() | st.integers(1, 10**4),
        chemin=st.sampled_from(["", "/lignesImport/0"]),
        **dict.fromkeys(["colonne", "balise", "document", "attendu", "fichier", "numero", "officine", "recu"], WORDS),
    )
)
def test_a_finding_says_null_for_what_it_does_not_say(finding: Constat) -> None:
    told = objet_du_constat(finding)
    juger("fautes", json.dumps([told], ensure_ascii=True))
    assert sum(value is None for value in told.values()) == sum(
        value in {"", None} for value in finding.en_ligne().values()
    )


@given(
    st.builds(
        EtatDemande,
        numero_editeur=st.text(min_size=1, max_size=5),
        specification=st.just("PHA-LGO-Va1"),
        fichier=HASHES,
        rang=st.integers(1, 200),
        finess_geo=st.none() | st.from_regex("[0-9]{9}", fullmatch=True),
        regime_tva=st.sampled_from(["TTC", "HT", None]),
        **dict.fromkeys(["montant_segur_ht", "avance", "montant_paye", "montant_solde"], st.none() | EUROS),
        **dict.fromkeys(["numero_asp", "code_traitement", "libelle_traitement", "solde_de"], MAYBE),
        **dict.fromkeys(["remplace", "remplacee_par"], MAYBE),
        pieces=st.lists(st.builds(Piece, st.text(min_size=1, max_size=5), WORDS), max_size=2).map(tuple),
        reserves=st.lists(st.builds(Reserve, st.sampled_from(Issue), WORDS), max_size=2).map(tuple),
    )
)
def test_a_request_of_the_ledger_follows_its_schema_whatever_is_known_of_it(request_: EtatDemande) -> None:
    told = objet_de_demande(request_, {request_.fichier: "a.json"})
    juger("registre-payer", json.dumps({"version": 1, "demandes": [told]}))


@given(st.builds(EtatFichier, fichier=HASHES, nom=st.just("a.json"), numero_ans=st.just("A"), siret=st.just("1")))
def test_a_file_of_the_ledger_follows_its_schema(file: EtatFichier) -> None:
    juger(
        "registre-deposer", json.dumps({"version": 1, "fichiers": [objet_de_fichier(evolve(file, specification="V"))]})
    )
