"""The strict reader (decision 3): what is refused, with which code, and exactly where."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from segur_pha import VA1, SegurError, controler, en_json
from segur_pha.texte_json.analyse import analyser, verifier
from segur_pha.texte_json.grammaire import TexteFautif
from segur_pha.texte_json.lecture import lire_octets
from segur_pha.texte_json.places import reperer
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.outils import LIGNE, Json, Nombre, codes, fautes, fichier, modifier, octets, place, texte
from tests.texte_json.pas_a_pas import pas_a_pas

if TYPE_CHECKING:
    from collections.abc import Callable

GUIDE = texte(fichier())


def refused(source: bytes | str) -> tuple[str, str]:
    """Check a text that is refused for one reason; give the code and the place, « ligne:colonne »."""
    rapport = controler(source)
    (anomalie,) = rapport.anomalies_fichier
    position = anomalie.position
    return anomalie.code, f"{position.ligne}:{position.colonne}" if position else ""


def words(source: bytes | str) -> str:
    return controler(source).anomalies_fichier[0].libelle


# --- Encodings ---


def test_a_byte_order_mark_as_the_only_oddity_is_advice() -> None:
    rapport = controler(b"\xef\xbb\xbf" + octets(fichier()))
    assert rapport.tout_accepte
    assert "marque-d-ordre" in {c.id for c in rapport.conseils}
    assert rapport.en_retour().startswith(b"{")
    assert "marque-d-ordre" not in {c.id for c in controler(octets(fichier())).conseils}
    assert controler("\ufeff" + GUIDE).tout_accepte


def test_a_mark_does_not_shift_places_and_counts_in_the_size() -> None:
    assert refused(b'\xef\xbb\xbf{"a": tru}') == ("9902", "1:7")
    assert refused(b"\xef\xbb\xbf" + b" " * 9_999_998) == ("9909", "")
    two = controler(b"\xef\xbb\xbf\xef\xbb\xbf{}")
    assert codes(two) == ["9902"]


def test_what_is_no_text_at_all_is_not_called_windows_1252() -> None:
    for source in (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", b"\x89PNG\r\n", "Numéro;Montant\n".encode("cp1252")):
        assert refused(source)[0] == "9901"
        assert "est-ce le bon fichier ?" in words(source)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_another_unicode_encoding_is_named(encoding: str) -> None:
    assert refused(GUIDE.encode(encoding)) == ("9901", "1:1")
    assert "UTF-16" in words(GUIDE.encode(encoding))


@pytest.mark.parametrize("letter", ["é", "í", "É", "œ", "’", "€"])
def test_a_windows_1252_file_is_called_by_its_name(letter: str) -> None:
    source = texte(modifier(fichier(), f"{LIGNE}/certificatsServeur/nomAdminTechnique", f"MART{letter}N"))
    assert refused(source.encode("cp1252")) == ("9901", "19:35")
    assert "Windows-1252" in words(source.encode("cp1252"))


@pytest.mark.parametrize("before", ["", "\r\n\t ", "[", " ["])
def test_a_windows_1252_file_begins_as_json_does(before: str) -> None:
    assert "Windows-1252" in words(f'{before}{{"a": "é"}}'.encode("cp1252"))


def test_the_place_of_a_wrong_byte_counts_characters() -> None:
    assert refused('["é€😀'.encode() + b'\xff"]') == ("9901", "1:6")
    assert refused(b'{"a": "\xc3') == ("9901", "1:8")


@pytest.mark.parametrize("half", [b"\xed\xa0\x80", b"\xed\xbf\xbf"])
def test_half_a_character_in_bytes(half: bytes) -> None:
    source = octets(fichier()).replace(b"MARTIN", b"MART" + half + b"N")
    assert refused(source) == ("9901", "19:35")
    assert "surrogate" in words(source)


@pytest.mark.parametrize("escape", ["\\ud800", "\\udc00", "\\udfff", "\\ud800\\ud800", "\\udc00\\ud800", "\\uD83D x"])
def test_half_a_character_in_an_escape_of_a_value_or_a_key(escape: str) -> None:
    assert refused(GUIDE.replace("MARTIN", escape)) == ("9901", "19:30")
    assert refused(GUIDE.replace('"nomAdminTechnique"', f'"{escape}"')) == ("9901", "19:9")
    assert "surrogate" in words(GUIDE.replace("MARTIN", escape))


def test_a_whole_character_in_two_escapes_is_one_character() -> None:
    rapport = controler(GUIDE.replace('"MARTIN"', '"' + "\\ud83d\\ude00" * 24 + '"'))
    assert rapport.tout_accepte


def test_half_a_character_in_a_python_text() -> None:
    assert refused(GUIDE.replace("MARTIN", "MART\ud800N")) == ("9901", "19:35")


def test_advice_on_a_broken_text_has_a_place_or_none() -> None:
    for source, where in ((b"[", "ligne 1, colonne 1"), (b'"\\ud800"', "None"), (b"\xff", "None"), (b"", "None")):
        (conseil,) = controler(b"\xef\xbb\xbf" + source).conseils
        assert (conseil.id, str(conseil.position)) == ("marque-d-ordre", where)


# --- Malformed texts ---

MALFORMED = [
    # text, place, a word of the explanation
    ("", "1:1", "vide"),
    (" \r\n\t ", "1:1", "vide"),
    ("{", "1:2", "s’arrête"),
    ("[1", "1:3", "s’arrête"),
    ('{"a"', "1:5", "« : »"),
    ('{"a":', "1:6", "s’arrête"),
    ('{"a": 1', "1:8", "s’arrête"),
    ('{"a": 1,', "1:9", "s’arrête"),
    ('{"a": 1,}', "1:9", "virgule"),
    ("[1, 2,\n ]", "2:2", "virgule"),
    ("[,1]", "1:2", "valeur manquante"),
    ('{"a": }', "1:7", "valeur manquante"),
    ('{"a" 1}', "1:6", "« : »"),
    ('{"a": 1 "b": 2}', "1:9", "« , »"),
    ('["a" "b"]', "1:6", "« ] »"),
    ("[1}", "1:3", "« ] »"),
    ("[123\x00]", "1:5", "« ] »"),
    ('{"a": 1]', "1:8", "« } »"),
    ("{a: 1}", "1:2", "guillemets"),
    ("{1: 1}", "1:2", "guillemets"),
    ("{'a': 1}", "1:2", "guillemets"),
    ("{\"a\": 'x'}", "1:7", "guillemets doubles"),
    ('{"a": NaN}', "1:7", "NaN"),
    ('{"a": -Infinity}', "1:7", "Infinity"),
    ('{"a": Infinity}', "1:7", "Infinity"),
    ('{"a": None}', "1:7", "None"),
    ('{"a": True}', "1:7", "True"),
    ('{"a": False}', "1:7", "False"),
    ('{"a": undefined}', "1:7", "undefined"),
    ('{"a": nul}', "1:7", "valeur attendue"),
    ('{"a": TRUE}', "1:7", "valeur attendue"),
    ('{"a": truex}', "1:7", "valeur attendue"),
    ('{"a": true1}', "1:11", "« , »"),
    ('{"a": 01}', "1:7", "nombre mal écrit"),
    ('{"a": 00001}', "1:7", "nombre mal écrit"),
    ('{"a": +1}', "1:7", "nombre mal écrit"),
    ('{"a": .5}', "1:7", "nombre mal écrit"),
    ('{"a": -}', "1:7", "nombre mal écrit"),
    ('{"a": 1.}', "1:8", "« , »"),
    ('{"a": 1e}', "1:7", "nombre mal écrit"),
    ('{"a": 0x10}', "1:7", "nombre mal écrit"),
    ('{"a": 708,33}', "1:11", "guillemets"),
    ('{"a": ２}', "1:7", "nombre mal écrit"),
    ('{"a": "x}', "1:7", "guillemet fermant"),
    ('{"a": "x\\"}', "1:7", "guillemet fermant"),
    ('{"a": "x\n"}', "1:9", "contrôle"),
    ('{"a": "x\ty"}', "1:9", "contrôle"),
    ('{"a": "\x00"}', "1:8", "contrôle"),
    ('{"a": "\x1f"}', "1:8", "contrôle"),
    ('{"a": "C:\\depot"}', "1:10", "échappement"),
    ('{"a": "\\x41"}', "1:8", "échappement"),
    ('{"a": "\\u12"}', "1:8", "échappement"),
    ('{"a": "ok\\n\\u0041\\q"}', "1:18", "échappement"),
    ('{"a": "\\', "1:8", "échappement"),
    ("{} {}", "1:4", "après la fin"),
    ("{}\n\nx", "3:1", "après la fin"),
    ("{},", "1:3", "après la fin"),
    ('{"a": 1}\x00', "1:9", "après la fin"),
    ('{"a": 1} // fin', "1:10", "après la fin"),
    ("// debut\n{}", "1:1", "valeur attendue"),
    ('{"a": /* x */ 1}', "1:7", "valeur attendue"),
    ("# x\n{}", "1:1", "valeur attendue"),
    ("\u00a0{}", "1:1", "valeur attendue"),
    ("\x0c{}", "1:1", "valeur attendue"),
    ("{}\x0b", "1:3", "après la fin"),
    ("bonjour", "1:1", "valeur attendue"),
    ("XML", "1:1", "valeur attendue"),
    ("numeroEditeur;finess\n00001;777777777\n", "1:1", "valeur attendue"),
    ("<html></html>", "1:1", "valeur attendue"),
    ("PK\x03\x04", "1:1", "valeur attendue"),
    ('["é😀", x]', "1:8", "valeur attendue"),
    ('{\r\n  "a": 1,\r\n  "b" 2\r\n}', "3:7", "« : »"),
]


@pytest.mark.parametrize(("source", "where", "word"), MALFORMED, ids=lambda v: repr(v)[:25])
def test_a_malformed_text_is_one_fault_at_its_place_in_words(source: str, where: str, word: str) -> None:
    assert refused(source) == refused(source.encode()) == ("9902", where)
    assert word in words(source)


def test_a_text_cut_anywhere_is_refused_within_itself() -> None:
    whole = octets(fichier(), compact=True)
    for end in range(len(whole)):
        code, where = refused(whole[:end])
        ligne, colonne = map(int, where.split(":"))
        assert (code, ligne) == ("9902", 1)
        assert 1 <= colonne <= end + 1


def test_crlf_and_blanks_anywhere_are_json() -> None:
    source = GUIDE.replace("\n", "\r\n\t ").replace(": ", " \n:\t")
    rapport = controler(f"\n\n {source} \r\n")
    assert rapport.tout_accepte


@pytest.mark.parametrize("root", ["[]", "null", "true", '"texte"', "12", "708.33", "[{}]"])
def test_the_root_is_an_object(root: str) -> None:
    assert refused(f" \n {root}") == ("9904", "2:2")


# --- Duplicate keys ---

NUMERO = '"numeroEditeur": "00001"'
DUPLICATES = [
    # what is replaced, by what, pointer of the doubled key, what stands just before its second place
    ('"impId": null', '"impId": null, "impId": null', "/impId", '"impId": null, '),
    ('"impId": null', '"impId": null, "imp\\u0049d": null', "/impId", '"impId": null, '),
    (NUMERO, f'{NUMERO}, "numeroEditeur": "00001"', f"{LIGNE}/numeroEditeur", f"{NUMERO}, "),
    (NUMERO, f'{NUMERO}, "num\\u0065roEditeur": "00001"', f"{LIGNE}/numeroEditeur", f"{NUMERO}, "),
    (NUMERO, f'{NUMERO}, "\\u006eumLigne": 1', f"{LIGNE}/numLigne", f"{NUMERO}, "),
    ('"regimeTVA"', '"dateCommande": "15/11/2022", "regimeTVA"', f"{LIGNE}/commande/dateCommande",
     '"dateCommande": "15/11/2022",\n        '),
    ('"formatFichier"', '"nomFichier": "PHA-LGO-Va1-BDC-00001.pdf", "formatFichier"',
     f"{LIGNE}/piecesJustificatives/0/nomFichier", '"nomFichier": "PHA-LGO-Va1-BDC-00001.pdf",\n          '),
    ('"operateurMessagerie": null', '"operateurMessagerie": "MAI_15", "operateurMessagerie": null',
     f"{LIGNE}/scenarioInstallation/operateurMessagerie", '"operateurMessagerie": "MAI_15", '),
    ('"commande": {', '"commande": {}, "commande": {', f"{LIGNE}/commande", '"commande": {}, '),
]  # fmt: skip


@pytest.mark.parametrize("hidden", ["", "\\u003a", "\\u003A", ":", "::", "\\\\u003a", "\\\\:"], ids=repr)
@pytest.mark.parametrize(("what", "by", "chemin", "before"), DUPLICATES, ids=lambda v: v[:30])
def test_a_key_twice_at_any_level_even_in_escapes_even_behind_colons(
    what: str, by: str, chemin: str, before: str, hidden: str
) -> None:
    source = GUIDE.replace("0102030405", f"T{hidden}").replace(what, by, 1)
    rapport = controler(source)
    assert fautes(rapport) == [("9903", chemin)]
    start = source.index(before) + len(before)
    line, column = source.count("\n", 0, start) + 1, start - source.rfind("\n", 0, start)
    (anomalie,) = rapport.anomalies_fichier
    assert str(anomalie.position) == f"ligne {line}, colonne {column}"
    assert anomalie.balise == chemin.rpartition("/")[2]
    assert anomalie.libelle.startswith(f"{anomalie.balise} : ")
    assert controler(GUIDE.replace("0102030405", f"T{hidden}")).tout_accepte


def test_a_key_three_times_is_two_faults_and_its_last_value_is_judged() -> None:
    source = '{"impId": 1, "impId": 2, "numeroAns": "ANS0000001", "impId": null, "SIRET": "12345678200010", "lignesImport": []}'
    assert fautes(controler(source)) == [("9903", "/impId"), ("9903", "/impId"), ("9908", "/lignesImport")]
    source = source.replace("null", "3")
    rapport = controler(source)
    assert codes(rapport) == ["9903", "9903", "0102", "9908"]
    assert str(rapport.anomalies_fichier[2].position) == f"ligne 1, colonne {source.index('3') + 1}"


def test_a_doubled_key_inside_a_value_that_should_be_no_object() -> None:
    source = GUIDE.replace('"MARTIN"', '{"a/b": {"~": 1, "~": 2}}')
    assert fautes(controler(source)) == [("9903", f"{LIGNE}/certificatsServeur/nomAdminTechnique/a~1b/~0")]


def test_an_empty_key_is_a_key() -> None:
    rapport = controler('{"": 1, "": 2}')
    assert fautes(rapport)[:1] == [("9903", "/")]


def test_a_doubled_key_that_is_no_balise_is_not_repeated() -> None:
    anomalie = controler('{"Zqcanari": 1, "Zqcanari": 2}').anomalies_fichier[0]
    assert (anomalie.code, anomalie.balise, anomalie.chemin) == ("9903", "", "/Zqcanari")
    assert "Zqcanari" not in anomalie.libelle


# --- Depth ---


def deep(levels: int) -> str:
    """Give the guide's file in which a value of a line makes that many levels (the line itself is at level 3)."""
    return GUIDE.replace('"numeroASP": null', f'"numeroASP": {"[" * (levels - 3)}{"]" * (levels - 3)}')


def test_64_levels_are_read_and_65_are_not() -> None:
    assert fautes(controler(deep(64))) == [("0702", f"{LIGNE}/numeroASP")]
    source = deep(65)
    line = 9
    column = source.split("\n")[line - 1].index("[") + 62
    assert refused(source) == ("9909", f"{line}:{column}")
    objects = GUIDE.replace('"numeroASP": null', '"numeroASP": ' + '{"a":' * 61 + "1" + "}" * 61)
    assert fautes(controler(objects)) == [("0702", f"{LIGNE}/numeroASP")]
    objects = GUIDE.replace('"numeroASP": null', '"numeroASP": ' + '{"a":' * 62 + "1" + "}" * 62)
    assert refused(objects)[0] == "9909"


def test_there_is_no_tree_beside_a_fault() -> None:
    lecture = lire_octets(b"[" * 65 + b"]" * 65, VA1.limites).exacte(VA1.limites)
    assert [faute.code for faute in lecture.fautes] == ["9909"]
    assert lecture.arbre is None


@pytest.mark.parametrize(
    "source",
    [
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'[{"a":' * 50_000,
        b'{"impId": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda s: repr(s[:6]),
)
def test_100_000_brackets_are_too_deep(source: bytes) -> None:
    rapport = controler(source)
    assert codes(rapport) == ["9909"]
    assert "64 niveaux" in str(rapport)


def test_depth_does_not_depend_on_the_callers_stack() -> None:
    def deeper(levels: int, source: str) -> list[tuple[str, str]]:
        return deeper(levels - 1, source) if levels else fautes(controler(source))

    for frames in (0, 300, 600):
        assert deeper(frames, deep(64)) == [("0702", f"{LIGNE}/numeroASP")]
        assert [code for code, _ in deeper(frames, deep(65))] == ["9909"]


LIFTED_LIMIT = """
import sys
from segur_pha import controler
sys.setrecursionlimit(10_000_000)
print(controler(b"[" * 2_000_000 + b"]" * 2_000_000).anomalies_fichier[0].code)
print(controler(b"[" * 100_000 + b"]" * 100_000).anomalies_fichier[0].code)
print(controler(b"[" * 64 + b"]" * 64).anomalies_fichier[0].code)
"""


def test_deep_brackets_do_not_crash_a_process_that_lifted_pythons_own_limit() -> None:
    done = subprocess.run([sys.executable, "-c", LIFTED_LIMIT], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "9909\n9909\n9904\n"


# --- Numbers of many digits ---


@pytest.mark.parametrize("limit", [640, 4_300, 0])
@pytest.mark.parametrize("digits", [640, 641, 4_000, 4_301, 10_000])
def test_a_number_of_many_digits_is_a_number_whatever_pythons_limit(limit: int, digits: int) -> None:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        found = [
            fautes(controler(texte(modifier(fichier(), f"{LIGNE}/{tag}", Nombre("9" * digits)))))
            for tag in ("numLigne", "commande/montantSegurHT", "numeroEditeur")
        ]
    finally:
        sys.set_int_max_str_digits(before)
    assert found == [
        [("0507", f"{LIGNE}/numLigne")],
        [("1204", f"{LIGNE}/commande/montantSegurHT")],
        [("0802", f"{LIGNE}/numeroEditeur")],
    ]


# --- Size and sources ---


def test_ten_million_bytes_are_read_and_one_more_is_not() -> None:
    source = octets(fichier())
    assert controler(source + b" " * (10_000_000 - len(source))).tout_accepte
    assert refused(source + b" " * (10_000_001 - len(source))) == ("9909", "")
    assert "10 000 000" in words(b" " * 10_000_001)


def test_a_path(tmp_path: Path) -> None:
    chemin = tmp_path / "depot.json"
    chemin.write_bytes(octets(fichier()))
    assert controler(chemin) == controler(octets(fichier()))
    chemin.write_bytes(b"")
    assert codes(controler(chemin)) == ["9902"]
    with pytest.raises(FileNotFoundError):
        controler(tmp_path / "absent.json")
    with pytest.raises(IsADirectoryError):
        controler(tmp_path)


def test_a_file_on_the_disk_may_be_as_large_as_the_limit(tmp_path: Path) -> None:
    chemin, source = tmp_path / "depot.json", octets(fichier())
    etroite = evolve(VA1, limites=evolve(VA1.limites, octets_du_json=len(source)))
    for blancs, attendus in ((b"", []), (b" ", ["9909"])):
        chemin.write_bytes(source + blancs)
        assert codes(controler(chemin, specification=etroite)) == attendus


def test_a_sparse_file_of_5_gb_is_refused_without_being_read(tmp_path: Path) -> None:
    chemin = tmp_path / "enorme.json"
    with chemin.open("wb") as flux:
        flux.truncate(5_000_000_000)
    assert codes(controler(chemin)) == ["9909"]


def test_an_endless_source_is_read_up_to_the_limit() -> None:
    assert codes(controler(Path(os.devnull))) == ["9902"]
    assert codes(controler(Path("/dev/zero"))) == ["9909"]


@pytest.mark.parametrize(
    "text", ["depot/JSON-ANS0000001-20221115-001.json", r"C:\depot\demandes.JSON", " demandes.json "]
)
def test_a_text_that_looks_like_a_path_is_told_to_be_one(text: str) -> None:
    assert refused(text) == ("9902", "1:2" if text.startswith(" ") else "1:1")
    assert "Path(" in words(text)
    assert "Path(" not in words(text.encode())
    [fault] = controler(text).anomalies_fichier
    assert (fault.balise, fault.chemin) == ("", "")


@pytest.mark.parametrize("text", ["{.json", "[.json", " {.json", "a\nb.json", "bonjour"])
def test_another_text_is_not(text: str) -> None:
    assert "Path(" not in words(text)


@pytest.mark.parametrize("source", [None, 1, bytearray(b"{}"), ["{}"], io.BytesIO(b"{}")], ids=type)
def test_another_source_is_told_what_to_be(source: bytes) -> None:
    with pytest.raises(SegurError, match="Path"):
        controler(source)


def test_a_model_is_a_source() -> None:
    assert controler(fichier_du_guide()) == controler(en_json(fichier_du_guide()))


# --- The exact reader against Python's own, and the fast one against the exact one ---

CHARACTERS = st.sampled_from(
    [*list('{}[]":,\\ \n'), "0", "1", "-", ".", "e", "E", "+", "t", "true", "null", "u0041", "NaN", "é", "\t", "😀"]
)


def strict_json(source: str) -> object:
    """Read with the standard library, which is lax about NaN and lone surrogates."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    value = json.loads(source, parse_constant=refuse)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def standard(source: str) -> object:
    try:
        return strict_json(source)
    except (ValueError, RecursionError):
        return ValueError


def as_numbers(brut: object) -> object:
    """Turn the raw texts of numbers into what the standard library makes of them."""
    if isinstance(brut, dict):
        return {key: as_numbers(value) for key, value in brut.items()}
    if isinstance(brut, list):
        return [as_numbers(value) for value in brut]
    return float(brut) if isinstance(brut, bytes) else brut


def exact(source: str) -> object:
    try:
        return as_numbers(analyser(source, niveaux=64).arbre)
    except TexteFautif:
        return ValueError


@st.composite
def nearly_json(draw: st.DrawFn) -> str:
    """Take a JSON text and spoil it here and there."""
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5)
    )
    tree = draw(
        st.recursive(leaves, lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=3), s, max_size=3))
    )
    source = json.dumps(tree, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(source)))
        source = source[:at] + draw(CHARACTERS) + source[at + draw(st.integers(0, 2)) :]
    return source


@example("[NaN]")
@example('{"a": [true, false, null, -0.5, "\\u00e9", {}]}')
@given(nearly_json() | st.lists(CHARACTERS, max_size=12).map("".join))
def test_both_readers_read_what_the_standard_reader_reads(source: str) -> None:
    expected = standard(source)
    assert exact(source) == expected
    lecture = lire_octets(source.encode("utf-8", "surrogatepass"), VA1.limites)
    assert (ValueError if lecture.fautes else as_numbers(lecture.arbre)) == expected


def fault_of(read: Callable[..., object], source: str) -> tuple[object, ...] | None:
    try:
        read(source, niveaux=3)
    except TexteFautif as faute:
        return faute.args
    return None


@given(nearly_json() | st.lists(CHARACTERS, max_size=12).map("".join))
def test_looking_for_a_fault_in_long_strides_finds_the_same_one(source: str) -> None:
    assert fault_of(verifier, source) == fault_of(pas_a_pas, source)


@pytest.mark.parametrize("source", [source for source, _, _ in MALFORMED], ids=lambda v: repr(v)[:25])
def test_no_long_stride_passes_over_a_known_fault(source: str) -> None:
    assert fault_of(verifier, source) == fault_of(pas_a_pas, source)
    assert fault_of(verifier, f"[1, [2], {source}") == fault_of(pas_a_pas, f"[1, [2], {source}")


@given(st.binary(max_size=40) | st.text(max_size=40))
def test_no_source_breaks_the_check(source: bytes | str) -> None:
    rapport = controler(source)
    assert not rapport.recevable
    for anomalie in rapport.anomalies_fichier:
        assert anomalie.position is not None
        assert anomalie.position.ligne >= 1
        assert anomalie.position.colonne >= 1


@given(st.integers(0, len(GUIDE) - 1), CHARACTERS, st.integers(0, 3))
def test_no_spoiled_file_breaks_the_check(at: int, by: str, length: int) -> None:
    rapport = controler(GUIDE[:at] + by + GUIDE[at + length :])
    assert len(str(rapport)) > 0
    for anomalie in rapport.anomalies_fichier:
        assert anomalie.position is not None


# --- Places ---

POINTERS = sorted(
    {
        f"{LIGNE}/{tag}"
        for tag in ("commande", "piecesJustificatives", "piecesJustificatives/0", "numLigne", "beneficiaire")
    }
    | {"", "/lignesImport", LIGNE, "/SIRET", f"{LIGNE}/scenarioInstallation/operateurMessagerie"}
)


@pytest.mark.parametrize("chemin", POINTERS)
def test_a_pointer_is_found_where_a_mark_put_there_stands(chemin: str) -> None:
    debut, fin = reperer(GUIDE, [chemin])[chemin]
    ligne, colonne = place(fichier(), chemin)
    assert (GUIDE.count("\n", 0, debut) + 1, debut - GUIDE.rfind("\n", 0, debut)) == (ligne, colonne)
    value: Json = fichier()
    for token in chemin.split("/")[1:]:
        value = value[int(token)] if isinstance(value, list) else value[token]  # type: ignore[index]
    assert re.sub(r"\s", "", GUIDE[debut:fin]) == re.sub(r"\s", "", texte(value))


def test_the_last_of_two_equal_keys_has_the_place_and_what_leads_nowhere_has_none() -> None:
    source = '{"a": [1, {"b/c": 2, "~": 3}], "a": [4, {"b/c": 5, "~": 6}]}'
    assert reperer(source, ["/a/1/b~1c", "/a/1/~0", "/a/9", "/x", "/a/0/z"]) == {
        "/a/1/b~1c": (source.index("5"), source.index("5") + 1),
        "/a/1/~0": (source.index("6"), source.index("6") + 1),
    }


def test_what_stands_before_a_fault_has_its_place_all_the_same() -> None:
    assert reperer('{"a": 1, "b": tru', ["/a", "/b"]) == {"/a": (6, 7)}
    assert reperer('{"a": 1, "x": [1, "b": 2', ["/a", "/b"]) == {"/a": (6, 7)}


def test_a_position_counts_characters_and_lines() -> None:
    source = texte(modifier(fichier(), f"{LIGNE}/certificatsServeur/nomAdminTechnique", "😀É"))
    source = source.replace('"😀É",\n        ', '"😀É", ').replace('"0102030405"', "5")
    (anomalie,) = controler(source).lignes[0].anomalies
    assert anomalie.code == "1702"
    # 8 blanks, 21 characters of tag, colon and blank, 6 of value, comma and blank, 21 of the next tag
    assert str(anomalie.position) == "ligne 19, colonne 57"
