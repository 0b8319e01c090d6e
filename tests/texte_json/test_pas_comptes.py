"""Short ways stay short, counted in steps and not in seconds; and what a place or a fault is called at the borders."""

from __future__ import annotations

import gc
import sys
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest

from segur_pha import VA1, Commande, Demande, DemandeInvalide, Fichier, controler, convertisseur
from segur_pha.texte_json import analyse
from segur_pha.texte_json.analyse import verifier
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.texte_json.grammaire import TexteFautif
from segur_pha.texte_json.lecture import TexteJSON, lire_octets
from segur_pha.texte_json.places import reperer
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
from tests.outils import LIGNE, demande, fichier, modifier, octets

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def calls(action: Callable[[], object]) -> list[object]:
    """List what an action calls, of Python's functions (their code) and of C's."""
    seen: list[object] = []

    def see(frame: FrameType, event: str, argument: object) -> None:
        if event in {"call", "c_call"}:  # pragma: no cover - nothing is traced inside a profiler
            seen.append(argument if event == "c_call" else frame.f_code)  # pragma: no cover

    gc.disable()
    sys.setprofile(see)
    try:
        action()
    finally:
        sys.setprofile(None)
        gc.enable()
    return seen


@pytest.mark.parametrize("limit", [1_000, 10_000])
def test_a_file_that_is_right_is_decoded_once_and_as_a_whole(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "getrecursionlimit", lambda: limit)
    text = octets(fichier(nombre=20))
    for read in (controler, partial(lire_octets, limites=VA1.limites)):
        seen = calls(partial(read, text))
        assert sum(isinstance(getattr(call, "__self__", None), msgspec.json.Decoder) for call in seen) == 1


def test_no_slow_look_where_the_size_and_the_colons_settle_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise AssertionError("the slow way was taken")  # pragma: no cover

    monkeypatch.setattr(analyse, "analyser", slow)
    monkeypatch.setattr(analyse, "trop_de_blocs", slow)
    tree = modifier(modifier(fichier(nombre=3), f"{LIGNE}/numeroASP", "a:b"), "/suivi:x", {"y": [["z:"]]})
    assert [a.code for a in controler(octets(tree)).anomalies_fichier] == ["9906"]
    assert controler(b"[" * 64 + b"]" * 64).anomalies_fichier[0].code == "9904"


@pytest.mark.parametrize("element", ["1", '"a"', "null", "[1, true]", '{"a": 1, "b": "x"}', "{}"])
def test_a_long_plain_list_is_verified_in_a_few_steps(element: str) -> None:
    text = f"[{f'{element}, ' * 10_000}{element}]"
    verifier(text, niveaux=64)  # its patterns are made the first time
    assert len(calls(lambda: verifier(text, niveaux=64))) < 1_000


def test_a_fault_at_the_end_of_a_long_list_is_found_in_a_few_steps() -> None:
    text = b"[" + b"1, " * 10_000 + b"x]"
    assert len(calls(lambda: lire_octets(text, VA1.limites))) < 1_000


MANY_KEYS = "{" + ", ".join(f'"k{i}": {i}' for i in range(1_000)) + "}"


def test_a_place_near_the_beginning_is_found_in_a_few_steps_whatever_was_looked_for_before() -> None:
    text = TexteJSON(MANY_KEYS.encode())
    assert str(text.position("/k999")) == f"ligne 1, colonne {len(MANY_KEYS) - 3}"
    assert len(calls(lambda: text.position("/k1"))) < 200


def test_the_places_of_many_faults_are_found_in_one_walk() -> None:
    faults = controler(MANY_KEYS).anomalies_fichier
    seen = calls(lambda: [fault.position for fault in faults])
    assert sum(call is reperer.__code__ for call in seen) == 1


def test_plain_values_are_written_in_one_step_each() -> None:
    plain = {f"k{i}": i for i in range(1_000)}
    assert len(calls(lambda: json_du_brut(plain))) < 1_100


def test_a_block_in_which_nothing_is_looked_for_is_passed_over() -> None:
    text = '{"a": [' + "1, " * 1_000 + '1], "b": 1}'
    assert reperer(text, ["/b"]) == {"/b": (len(text) - 2, len(text) - 1)}
    assert len(calls(lambda: reperer(text, ["/b"]))) < 200


@pytest.mark.parametrize("text", ["[1, 2] x", "{} 1", "1 1", '["a"],'])
def test_nothing_may_follow(text: str) -> None:
    with pytest.raises(TexteFautif, match="texte après la fin du JSON"):
        verifier(text, niveaux=64)


STRETCH = 1 << 16


@pytest.mark.parametrize(
    "ends", [[STRETCH], [STRETCH - 1], [0, STRETCH, 2 * STRETCH], [STRETCH, STRETCH + 1, 2 * STRETCH - 1]]
)
def test_lines_are_counted_across_long_stretches(ends: list[int]) -> None:
    characters = ["x"] * (2 * STRETCH + 9)
    for end in ends:
        characters[end] = "\n"
    text = TexteJSON("".join(characters).encode())
    for place in {
        0,
        1,
        *(end + step for end in (*ends, STRETCH, 2 * STRETCH) for step in (-1, 0, 1, 2) if end + step >= 0),
    }:
        before = "".join(characters[:place]).split("\n")
        found = text.position_de(place)
        assert (found.ligne, found.colonne) == (len(before), len(before[-1]) + 1), place


UNKNOWN = "Balise inconnue ; retirez-la ou corrigez son nom"


def structure_faults(shape: object, into: type) -> list[tuple[str, str, str, str]]:
    with pytest.raises(DemandeInvalide) as caught:
        convertisseur().structure(shape, into)
    return [(a.code, a.balise, a.chemin, a.libelle) for a in caught.value.anomalies]


def test_what_is_wrong_with_a_shape_word_for_word() -> None:
    conv = convertisseur()
    order, request, file = (
        conv.unstructure(o) for o in (demande_du_guide().commande, demande_du_guide(), fichier_du_guide())
    )
    a_block = "Nature du bloc incorrecte ; écrivez un objet entre accolades"
    assert structure_faults(3, Commande) == [("9907", "", "", a_block)]
    assert structure_faults({**request, "commande": []}, Demande) == [("9907", "", "/commande", a_block)]
    assert structure_faults({**request, "piecesJustificatives": "x"}, Demande) == [
        ("9907", "piecesJustificatives", "/piecesJustificatives",
         "piecesJustificatives : nature du bloc incorrecte ; écrivez une liste entre crochets"),
    ]  # fmt: skip
    assert structure_faults({**order, "x/y": 1, "z": 1, "regimeTVA": "T"}, Commande) == [
        ("9906", "", "/x~1y", UNKNOWN),
        ("9906", "", "/z", UNKNOWN),
        ("1105", "regimeTVA", "/regimeTVA", "regimeTVA : valeur non autorisée ; indiquez « TTC » ou « HT »"),
    ]
    assert structure_faults({**file, "lignesImport": [{**request, "numLigne": 2}]}, Fichier) == [
        ("0507", "numLigne", "/lignesImport/0/numLigne",
         "numLigne : rang d’une autre demande ; indiquez le rang de la demande dans le fichier, un entier sans guillemets de 1 à 200"),
    ]  # fmt: skip
    assert (
        conv.structure({**request, "piecesJustificatives": tuple(request["piecesJustificatives"])}, Demande)
        == demande_du_guide()
    )
    second = {
        **file,
        "lignesImport": [{**request, "numLigne": 1}, {**request, "numLigne": 2, "numeroEditeur": "00002"}],
    }
    assert [fault[0] for fault in structure_faults(second, Fichier)] == ["2507"]


def test_requests_of_a_file_bear_their_rank() -> None:
    assert controler(octets(fichier(demande(1), demande(2, "00002")))).tout_accepte


MALFORMED = "Le texte n’est pas du JSON bien formé"
ENCODING = "Encodage : enregistrez le fichier en UTF-8"
TOO_LARGE = "Fichier trop gros ou trop imbriqué"


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        (b"{", "9902", f"{MALFORMED} ; le texte s’arrête avant la fin"),
        (b" " * 10_000_001, "9909", f"{TOO_LARGE} ; plus de 10 000 000 octets"),
        (b'{"\xe9": 1}', "9901", f"{ENCODING} ; il semble enregistré en Windows-1252 (ANSI)"),
        ("\ufeff\u4e2d\u6587".encode("utf-16-le"), "9901", f"{ENCODING} ; le fichier est en UTF-16 ou UTF-32"),
        ("\ufeff\u4e2d\u6587".encode("utf-16-be"), "9901", f"{ENCODING} ; le fichier est en UTF-16 ou UTF-32"),
        ("{}".encode("utf-16-le"), "9901", f"{ENCODING} ; le fichier est en UTF-16 ou UTF-32"),
    ],
)
def test_a_text_that_cannot_be_read_names_no_balise(source: bytes, code: str, words: str) -> None:
    [fault] = controler(source).anomalies_fichier
    assert (fault.code, fault.balise, fault.chemin) == (code, "", "")
    assert fault.libelle == words
