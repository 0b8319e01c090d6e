from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mesure import USUAL, examples
from mutations import arbres_gates, octets_alteres, octets_gates
from voie_lente import constat, constat_lent

from segur_pha import VA1, controler
from segur_pha.controle.colonnes import examiner
from segur_pha.strategies import Faute, fautes
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.regles import anomalies_de_la_demande
from segur_pha.texte_json.analyse import analyser
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.texte_json.grammaire import TexteFautif
from segur_pha.texte_json.lecture import lire_octets

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = examples(20, 10_000)


# --- The fast look and the plain rules -----------------------------------------------------------------------------------


@MANY
@given(octets_gates())
def test_a_spoilt_file_is_judged_as_the_plain_way_does(octets: bytes) -> None:
    assert constat(controler(octets)) == constat_lent(octets)


@MANY
@given(octets_alteres())
@example(b'{\x00"impId": null}')
@example(b'{"impId": "\xe9"}')
@example(b'{"impId": nul}')
def test_a_file_with_changed_bytes_is_judged_as_the_plain_way_does(octets: bytes) -> None:
    assert constat(controler(octets)) == constat_lent(octets)


@USUAL
@given(fautes(codes={e.code for e in VA1.catalogue} - {"0000", "9901", "9909"}))
def test_a_planted_fault_is_judged_as_the_plain_way_does(faute: Faute) -> None:
    assert constat(controler(faute.octets)) == constat_lent(faute.octets)


@USUAL
@given(arbres_gates(structure=False, maximum=6))
def test_a_line_that_the_fast_look_does_not_name_is_faultless(arbre: dict[str, object]) -> None:
    examen = examiner(json_du_brut(arbre), VA1)
    fautives = {
        place
        for place, ligne in enumerate(arbre["lignesImport"])
        if anomalies_de_la_demande(VA1.classe_demande, ligne, rang=place + 1, coherences=VA1.coherences)
    }
    if examen is None:
        assert any(map(not_for_the_fast_look, values(VA1.racine, arbre)))
    else:
        assert fautives <= examen.doutes.keys()


def values(classe: type, brut: dict[str, object]) -> list[object]:
    """List what stands where the table wants values."""
    found: list[object] = []
    for rangee in balises(classe):
        below = brut.get(rangee.nom)
        if isinstance(rangee.format, Objet | Liste):
            blocks = below if isinstance(below, list) else [below]
            found += [value for block in blocks for value in values(rangee.format.classe, block)]
        else:
            found.append(below)
    return found


def not_for_the_fast_look(value: object) -> bool:
    """Tell a block, or a number past all bounds."""
    if isinstance(value, dict | list):
        return True
    return (
        isinstance(value, int | bytes) and abs(Decimal(value.decode() if isinstance(value, bytes) else value)) > 10**18
    )


# --- The fast reader, the slow reader and Python's ------------------------------------------------------------------------

REFUSED = object()
NIVEAUX = VA1.limites.niveaux_du_json


def python_reads(octets: bytes) -> object:
    """Read with the standard parser, made strict: no NaN, no lone surrogate, numbers kept as the library keeps them."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        tree = json.loads(
            octets.decode("utf-8"),
            parse_constant=refuse,
            parse_float=str.encode,
            parse_int=lambda text: int(text) if len(text) <= 4_000 else text.encode(),
        )
        json.dumps(tree, ensure_ascii=False, default=bytes.decode).encode("utf-8")
    except ValueError:
        return REFUSED
    return tree if depth(tree) <= NIVEAUX else REFUSED


def depth(tree: object) -> int:
    if isinstance(tree, dict):
        return 1 + max(map(depth, tree.values()), default=0)
    return 1 + max(map(depth, tree), default=0) if isinstance(tree, list) else 0


def slow_reads(octets: bytes) -> object:
    try:
        return analyser(octets.decode("utf-8"), niveaux=NIVEAUX).arbre
    except (UnicodeDecodeError, TexteFautif):
        return REFUSED


def fast_reads(octets: bytes) -> object:
    # The fast parser alone knows no depth; whoever reads on finds the depth with the slow one.
    lecture = lire_octets(octets, VA1.limites)
    return REFUSED if lecture.fautes or depth(lecture.arbre) > NIVEAUX else lecture.arbre


def with_types(tree: object) -> object:
    """Tell 1 from true and from 1.0; an integer of hundreds of digits may be an int or its text, which says as much."""
    if type(tree) is int and abs(tree) >= 10**600:
        return with_types(str(tree).encode())
    if isinstance(tree, dict):
        return {key: with_types(value) for key, value in tree.items()}
    return [with_types(value) for value in tree] if isinstance(tree, list) else (type(tree).__name__, tree)


NUMBERS = st.sampled_from(
    [
        *("0", "-0", "-0.0", "1e5", "1E+400", "1e-400", "0.1", "12.50", "-9223372036854775808", "18446744073709551616"),
        *("9" * 18, "9" * 19, "9" * 40, "9" * 400, "9" * 641, "1" * 4_000, "1" * 4_001, "-" + "1" * 4_300),
        *("01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "Infinity", "-Infinity", "1_0", "1.5.2", "--1", "1e5e5"),
    ]
)
TEXTS = st.sampled_from(
    [
        *('""', '"a"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00\\ud83d"', '"\\/"', '"\\x"', '"\\u12g4"'),
        *('"\t"', '"\x7f"', '"é"', '"😀"', '"\\u0000"', "'a'", '"', '"\\"', '"\\ud83d\\u0041"', '"\u2028"'),
    ]
)
WORDS = st.sampled_from(["true", "false", "null", "True", "nul", "nulll", "truefalse", ""])
LEAVES = NUMBERS | TEXTS | WORDS | st.integers().map(str) | st.floats().map(str) | st.text(max_size=5).map(json.dumps)
BLANKS = st.sampled_from(["", " ", "\n\t\r ", "\u00a0", "\x0b", "\ufeff", "\x00", "//"])
FRAMES = st.sampled_from(
    ["[%s]", "[%s,]", "[%s", "%s]", '{"a":%s}', '{"a" : 1, "a":%s}', "{a:%s}", '{"a",%s}', '{"a":{"b":[%s]}}']
)
ALMOST_JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.tuples(FRAMES, inner).map(lambda pair: pair[0].replace("%s", pair[1]))
        | st.tuples(inner, BLANKS, inner).map(lambda trio: f"[{trio[0]},{trio[1]}{trio[2]}]")
    ),
    max_leaves=6,
).map(lambda text: text.encode("utf-8", errors="surrogatepass"))


@examples(25, 20_000)
@given(ALMOST_JSON | octets_alteres() | st.binary(max_size=20))
@example(b"[" * NIVEAUX + b"]" * NIVEAUX)
@example(b"[" * (NIVEAUX + 1) + b"]" * (NIVEAUX + 1))
@example(b'{"a":' * (NIVEAUX + 1) + b"1" + b"}" * (NIVEAUX + 1))
@example(b"\xef\xbb\xbf\xef\xbb\xbf1")
@example(b'{"\\ud83d": 1}')
@example(b"[NaN]")
@example(b"[" + b"9" * 4_000 + b"]")
def test_the_readers_agree_with_each_other_and_with_python(octets: bytes) -> None:
    without_mark = octets.removeprefix(b"\xef\xbb\xbf")
    expected = python_reads(without_mark)
    assert with_types(slow_reads(without_mark)) == with_types(expected)
    assert with_types(fast_reads(octets)) == with_types(expected)


@pytest.mark.parametrize(
    "convert", [bytes, lambda octets: octets.decode("utf-8", errors="surrogateescape")], ids=["bytes", "str"]
)
def test_nothing_makes_the_control_raise(convert: Callable[[bytes], bytes | str]) -> None:
    @examples(15, 2_000)
    @given(st.binary() | ALMOST_JSON | octets_alteres())
    def never_raises(octets: bytes) -> None:
        rapport = controler(convert(octets))
        assert rapport.recevable or rapport.anomalies_fichier
        said = [*rapport.anomalies_fichier, *rapport.conseils]
        assert all(one.position is None or one.position.ligne > 0 for one in said)
        assert str(rapport)

    never_raises()


@USUAL
@given(st.text(st.characters()))
def test_no_text_makes_the_control_raise(texte: str) -> None:
    assert controler(texte).anomalies_fichier
