"""The walk over a JSON text: passing over runs of plain elements must change nothing but the time."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segur_pha import VA1, controler
from segur_pha.controle.structure import anomalies_de_structure
from segur_pha.texte_json.analyse import analyser, verifier
from segur_pha.texte_json.grammaire import TexteFautif
from segur_pha.texte_json.lecture import lire_octets
from segur_pha.texte_json.places import reperer
from tests.texte_json.pas_a_pas import pas_a_pas

NIVEAUX = 4

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda enfants: st.lists(enfants, max_size=4) | st.dictionaries(st.text(max_size=3), enfants, max_size=4),
    max_leaves=12,
)
#: Pieces that make and break JSON, thrown together.
MORCEAUX = st.lists(
    st.sampled_from(
        [
            *(
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                '"a"',
                '"',
                "1",
                "1x",
                "-0.5e3",
                "01",
                "true",
                "nul",
                "NaN",
                " ",
                "\n",
                "\\",
                "'",
            ),
            *('"\\ud83d\\ude00"', '"\\ud800"', '"\\u0041"', '"\\x"', "[]", "{}", '{"a":1}', '[1,"b"]', "\x00"),
        ]
    ),
    max_size=14,
).map("".join)


@st.composite
def json_abimes(tirer):
    """Write JSON, then lose, double or change one character, as a hand does."""
    texte = json.dumps(tirer(JSON))
    place = tirer(st.integers(0, len(texte) - 1))
    return (
        texte[:place]
        + tirer(st.sampled_from(["", texte[place] * 2, '"', ":", ",", "}", "]", "1"]))
        + texte[place + 1 :]
    )


def faute(lecteur, texte):
    try:
        lecteur(texte, niveaux=NIVEAUX)
    except TexteFautif as erreur:
        return erreur.code, erreur.precision, erreur.place
    return None


@given(JSON.map(json.dumps) | MORCEAUX | json_abimes())
@example('[1, [2, [3, [4, "x"]]], 5]')
@example("[[[[[1]]]], 2]")
@example('{"a": 1, "b": [1, 2,], "c": 3}')
@example('{"a": 1, }')
@example("[1, 2")
@example('{"a": "b": 1}')
@example('{"a": "b": 1, "c": 2 3}')
@example('[{"a": "b": "c"}]')
@example('{"a": {"b": [1]}, "a": "\\udc00"}')
def test_a_text_taken_in_strides_has_the_fault_that_it_has_character_by_character(texte):
    assert faute(verifier, texte) == faute(analyser, texte) == faute(pas_a_pas, texte)


@given(json_abimes().map(str.encode))
@example(b'{"a":"b":1}')
def test_a_broken_text_is_refused_and_never_an_exception(octets):
    assert not controler(octets).recevable


@given(JSON, st.booleans())
def test_a_value_is_found_where_it_stands(valeur, indente):
    texte = json.dumps(valeur, indent=2 if indente else None, ensure_ascii=indente)
    attendus = dict(_scalaires(valeur, ""))

    trouves = reperer(texte, attendus)

    assert {chemin: json.loads(texte[debut:fin]) for chemin, (debut, fin) in trouves.items()} == attendus


def _scalaires(valeur, chemin):
    if isinstance(valeur, dict):
        for cle, contenu in valeur.items():
            yield from _scalaires(contenu, f"{chemin}/{cle.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(valeur, list):
        for rang, contenu in enumerate(valeur):
            yield from _scalaires(contenu, f"{chemin}/{rang}")
    else:
        yield chemin, valeur


@given(JSON)
def test_the_beginnings_alone_are_the_same(valeur):
    texte = json.dumps(valeur)
    chemins = {"", *(chemin.rpartition("/")[0] for chemin, _ in _scalaires(valeur, "")), *dict(_scalaires(valeur, ""))}

    tout, debuts = (reperer(texte, chemins, debuts_seuls=seuls) for seuls in (False, True))

    assert {c: debut for c, (debut, _) in tout.items()} == {c: debut for c, (debut, _) in debuts.items()}


def test_of_a_key_written_twice_the_last_value_is_found():
    assert reperer('{"a": 1, "a": 22}', ["/a"]) == {"/a": (14, 16)}


@pytest.mark.parametrize(
    ("texte", "nombre"),
    [
        (b'{"lignesImport": [' + b"{}," * 1999 + b"{}]}", 3 + 1 + 2000 * 11),
        (b'{"lignesImport": [' + b"0," * 1999 + b"0]}", 3 + 1 + 2000),
        (b"{" + b",".join(b'"k%d": 0' % i for i in range(2000)) + b"}", 4 + 2000),
        (b"{" + b'"impId": 0,' * 1500 + b'"impId": null}', 1500 + 3),
        (b'[{"a": 1, "a": 2}]', 1 + 1),
        (b'{"lignesImport": [{"piecesJustificatives": {}, "commande": []}], "SIRET": ""}', 2 + 1 + 9 + 2),
    ],
)
def test_of_a_thousand_faults_and_more_it_is_said_how_many(texte, nombre):
    rapport = controler(texte)
    detaillees = min(nombre, 1000)

    assert len(rapport.anomalies_fichier) == detaillees
    reste = nombre - detaillees
    assert (f"et {reste} autres anomalies" in rapport.anomalies_fichier[-1].libelle) == (reste > 0)


@given(JSON)
def test_the_faults_are_counted_as_they_are_listed(valeur):
    fichier = {"lignesImport": [{"commande": valeur, "piecesJustificatives": [valeur]}, valeur], "SIRET": valeur}
    lecture = lire_octets(json.dumps(fichier).encode(), VA1.limites)

    anomalies = anomalies_de_structure(lecture, VA1)

    assert "autre" not in anomalies[-1].libelle
