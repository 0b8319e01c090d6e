"""Engine, schema validators and model agree on any file, apart from what a schema cannot say (docs/explications)."""

from __future__ import annotations

import json

import jsonschema_rs
from hypothesis import given
from mesure import examples

from segur_pha import VA1, controler, en_json, lire, schema, validateur
from segur_pha.strategies import fautes, fichiers

RUST = jsonschema_rs.validator_for(schema())
PYTHON = validateur()

#: A text that cannot be read is no value for a schema to judge.
LISIBLES = {entree.code for entree in VA1.catalogue} - {"0000", "9901", "9902", "9909"}
#: What a schema cannot say at all: a key written twice, uniqueness and names of documents.
JAMAIS = {"9903", "0806", "2507"}
#: What it says in part: 1.0 as an integer, a rank from 1 to 200, the text of an amount, a calendar day, rare lower-case letters.
EN_PARTIE = {"0502", "0507", "1004", "1204", "2004"}


@examples(daily=20, long=10_000)
@given(fichiers(maximum=2))
def test_a_valid_file_is_valid_for_the_engine_the_schema_and_the_model(fichier):
    octets = en_json(fichier)

    assert controler(octets).tout_accepte
    assert RUST.is_valid(json.loads(octets))
    assert lire(octets) == fichier


@examples(daily=40, long=10_000)
@given(fautes(codes=LISIBLES - JAMAIS - EN_PARTIE))
def test_a_fault_that_a_schema_can_say_is_refused_by_the_schema(faute):
    assert not controler(faute.octets).tout_accepte
    assert not RUST.is_valid(json.loads(faute.octets))


@examples(daily=10, long=1_000)
@given(fautes(codes=JAMAIS))
def test_a_fault_that_no_schema_can_say_is_left_to_the_engine(faute):
    assert not controler(faute.octets).tout_accepte
    assert RUST.is_valid(json.loads(faute.octets))


@examples(daily=10, long=1_000)
@given(fautes(codes=LISIBLES))
def test_the_validators_of_python_and_rust_agree(faute):
    valeur = json.loads(faute.octets)

    assert PYTHON.is_valid(valeur) == RUST.is_valid(valeur)
