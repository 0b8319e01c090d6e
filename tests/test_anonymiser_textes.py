"""The anonymiser's promise in free text: nothing that the file says of a person is left in the agency's words."""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segur_pha import en_json
from segur_pha.anonymiser import anonymiser
from segur_pha.anonymiser.citations import a_nu
from segur_pha.cli import principal
from segur_pha.textes import plier
from segur_pha.vagues.va1.exemples import fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LETTERS = "ABCDEÉÈÊÇÀÔŒÆØÑÜILMNORSTUVZ"
WORDS = st.text(LETTERS, min_size=1, max_size=9)
NAMES = st.lists(WORDS, min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from("-' ’").map(lambda s: s.join(words))
)
PHONES = st.from_regex("0[1-9][0-9]{8}", fullmatch=True)
ADDRESSES = st.from_regex(r"[a-z]{2,8}\.[a-z]{2,8}@[a-z]{4,9}\.(fr|example)", fullmatch=True)
FINESS = st.from_regex("75[0-9]{7}", fullmatch=True)


def folded(text: str) -> str:
    """Fold on our own: no case, no accent, the words, with one blank between them."""
    text = (
        text.replace("Œ", "OE")
        .replace("œ", "oe")
        .replace("Æ", "AE")
        .replace("æ", "ae")
        .replace("Ø", "O")
        .replace("ø", "o")
    )
    bare = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    words = " ".join(re.findall(r"[^\W_]+", bare))
    return f" {words} "


#: The ways in which somebody may write a name again.
SPELLINGS = {
    "as it is": str,
    "lower": str.lower,
    "title": str.title,
    "no accents": lambda t: "".join(c for c in unicodedata.normalize("NFD", t) if not unicodedata.combining(c)),
    "decomposed": lambda t: unicodedata.normalize("NFD", t),
    "hyphens": lambda t: re.sub("[ '’-]", "-", t),
    "blanks": lambda t: re.sub("[ '’-]", " ", t),
    "fullwidth": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
}


def in_groups(digits: str, sizes: list[int], between: str) -> str:
    """Cut a number into groups; the last size serves for what is left."""
    groups, here = [], 0
    for size in chain(sizes, [sizes[-1]] * len(digits)):
        groups.append(digits[here : here + size])
        here += size
    return between.join(group for group in groups if group)


#: What stands in the copy of every file: codes of the table, and the words of the libellé below.
TABLE = folded("Le nom n’est pas celui du bon FINESS tél C TTC E PDF BON_COMMANDE PHA LGO Va1 BDC R12")


def answered(libelle: Any, **person: Any) -> bytes:
    tree = json.loads(en_json(fichier_du_guide()))
    line = tree["lignesImport"][0]
    for block in (line["beneficiaire"], line["certificatsServeur"]):
        block |= {tag: value for tag, value in person.items() if tag in block}
    line |= {"codeTraitement": "R12", "libelleTraitement": libelle}
    return json.dumps(tree).encode()


def masked_libelle(octets: bytes, seed: str = "x") -> Any:
    return json.loads(anonymiser(octets, graine=seed))["lignesImport"][0]["libelleTraitement"]


def leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(value)
    elif isinstance(tree, str):
        yield tree


@pytest.mark.cas(7)
@given(st.data(), NAMES, NAMES, PHONES, ADDRESSES, FINESS, st.text(max_size=9))
def test_no_personal_value_is_found_again(
    data: st.DataObject, name: str, admin: str, phone: str, address: str, finess: str, seed: str
) -> None:
    person = {
        "nomResponsable": name,
        "nomAdminTechnique": admin,
        "telAdminTechnique": phone,
        "emailResponsable": address,
        "FINESSGeo": finess,
    }
    # What a person is called must not be what the table itself says.
    values = [folded(value) for value in person.values()]
    assume(not any(value in TABLE or value == " null " for value in values))
    spell = SPELLINGS[data.draw(st.sampled_from(sorted(SPELLINGS)))]
    between = data.draw(st.sampled_from([" ", ".", "\u00a0", "\u202f"]))
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    libelle = (
        f"Le nom {spell(name)} n’est pas celui du bon ({spell(admin)}, {address.upper()}) : FINESS "
        f"{in_groups(finess, sizes, between)}, tél. {in_groups(phone, [2], between)}"
    )
    masked = anonymiser(answered(libelle, **person), graine=seed)
    found = " ".join(map(folded, leaves(json.loads(masked))))
    for value in values:
        assert value not in found, (person, found)
        if len(value) >= 6:  # two are the blanks around it
            assert value.strip() not in found
    digits = re.sub(r"\D", "", masked_libelle(answered(libelle, **person), seed))
    assert finess not in digits
    assert phone[1:] not in digits


@given(NAMES, st.sampled_from(sorted(SPELLINGS)))
def test_what_the_agency_wrote_stays_readable(name: str, spelling: str) -> None:
    assume(not set(folded(name).split()) & set(folded("Le nom n’est pas celui du bon de commande").split()))
    assume(all(len(word) < 4 or word not in folded("commande celui") for word in folded(name).split()))
    libelle = f"Le nom {SPELLINGS[spelling](name)} n’est pas celui du bon de commande (15/11/2022)"
    masked = masked_libelle(answered(libelle, nomResponsable=name))
    assert masked.startswith("Le nom ")
    assert masked.endswith(" n’est pas celui du bon de commande (15/11/2022)")


@pytest.mark.cas(7)
@pytest.mark.parametrize(
    ("person", "libelle", "gone"),
    [
        ({"nomResponsable": "ROY"}, "Le nom Roy n’est pas royal", ["Roy "]),
        ({"nomResponsable": "LEFÈVRE"}, "M. LefÃ¨vre, LEF\ufffdVRE, Lef?vre", ["Lef", "LEF", "vre", "VRE"]),
        ({"nomResponsable": "NOÉ"}, "M. Noe\u0301, NOE\u0301", ["\u0301", "No", "NO"]),
        ({"nomResponsable": "MARTIN DE LA TOUR"}, "Mme Latour, Mme de La Tour, Martin", ["Martin", "Latour"]),
        ({"nomResponsable": "DUPONT"}, "dossier_DUPONT_2022, SCI-Dupont2", ["DUPONT", "Dupont"]),
        ({"telAdminTechnique": "0612345678"}, "+33 6 12 34 56 78, 0033612345678, 06.12.34.56.78", ["34", "3456"]),
        ({"telAdminTechnique": "+33 6 12 34 56 78"}, "06 12 34 56 78", ["34 56"]),
        ({"telAdminTechnique": 612345678}, "tél. 612345678 ou 0612345678", ["612345678"]),
        ({"nomResponsable": ["Camille", {"a": "Roussel"}]}, "C. ROUSSEL (camille)", ["ROUSSEL", "camille"]),
        ({}, "écrivez à jean.roux@pharmacie.example ou jean.roux (at) pharmacie.example", ["roux", "pharmacie"]),
        ({}, "a (at) bc.fr, a@bc.fr", ["bc"]),
        ({}, "appelez le 06 98 76 54 32 ou le +33 (0)6 98 76 54 32", ["98 76", "54 32"]),
        ({}, "FINESS 75 000 000 2, 2A 000 000 1, SIRET 732 829 320 00074", ["75 000", "2A 0", "732 829"]),
    ],
)
def test_people_write_a_thing_in_many_ways(person: dict[str, object], libelle: str, gone: list[str]) -> None:
    masked = masked_libelle(answered(libelle, **person))
    assert len(masked.split()) == len(libelle.split())
    assert [part for part in gone if part in masked] == []


@pytest.mark.parametrize(
    "libelle",
    [
        "Demande acceptée",
        "Le montant 1 234,56 € du 15/11/2022 (2022-11-15 10:30) dépasse le plafond de 12 345 678 €",
        "Rejet R12 : voir l’article 3.2.1 du guide, page 14",
    ],
)
def test_words_days_and_amounts_are_nobody_s(libelle: str) -> None:
    assert masked_libelle(answered(libelle)) == libelle


def test_a_known_value_keeps_its_fake_in_the_words() -> None:
    octets = answered("Durand (DURAND) : 77.77.77.77.7", nomResponsable="DURAND")
    line = json.loads(anonymiser(octets, graine="x"))["lignesImport"][0]
    fake, finess = line["beneficiaire"]["nomResponsable"], line["beneficiaire"]["FINESSGeo"]
    grouped = ".".join([*(finess[k : k + 2] for k in range(0, 8, 2)), finess[8]])
    assert line["libelleTraitement"] == f"{fake.title()} ({fake}) : {grouped}"


def test_whatever_shape_the_words_have() -> None:
    for words in ({"texte": "DURAND"}, ["DURAND"], 102030405, 1020304.05):
        assert "DURAND" not in json.dumps(masked := masked_libelle(answered(words)))
        assert masked != words
        assert type(masked) is type(words)
    assert masked_libelle(answered(17)) == 17
    assert masked_libelle(answered(None)) is None


def test_the_words_may_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    octets = answered("Le nom DURAND n’est pas celui du bon")
    line = json.loads(anonymiser(octets, graine="x", sans_libelles=True))["lignesImport"][0]
    assert (line["libelleTraitement"], line["codeTraitement"]) == (None, "R12")
    (tmp_path / "r.json").write_bytes(octets)
    assert principal(["anonymiser", str(tmp_path / "r.json"), "--sans-libelles"]) == 0
    shown = capsys.readouterr()
    assert '"libelleTraitement": null' in shown.out
    assert shown.err == ""


def test_a_file_in_another_encoding_is_read_and_said(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    octets = answered("Le nom DURAND n’est pas là, ou mal écrit")
    (tmp_path / "r.json").write_bytes(json.dumps(json.loads(octets), ensure_ascii=False).encode("cp1252"))
    assert principal(["anonymiser", str(tmp_path / "r.json"), "--graine", "x"]) == 0
    shown = capsysbinary.readouterr()
    assert shown.out == anonymiser(octets, graine="x")
    assert "lu en Windows-1252" in shown.err.decode()


@given(st.lists(st.text("ABC", min_size=1, max_size=2), min_size=2, max_size=2, unique=True), st.text(max_size=9))
def test_short_names_get_fakes_that_are_nobody_s_and_differ(names: list[str], seed: str) -> None:
    masked = json.loads(anonymiser(answered("", nomResponsable=names[0], nomAdminTechnique=names[1]), graine=seed))
    line = masked["lignesImport"][0]
    fakes = [line["beneficiaire"]["nomResponsable"], line["certificatsServeur"]["nomAdminTechnique"]]
    assert not {*fakes} & {*names}
    assert fakes[0] != fakes[1]


@given(st.text() | st.text("ŒœÆæØøŁłĐđÐðıİßﬁÉé\u0301ǅ 1-"))
def test_what_is_the_same_for_a_search_is_the_same_for_the_anonymiser(text: str) -> None:
    assert a_nu(text) == "".join(c for c in plier(text) if c.isalnum())


@pytest.mark.parametrize(("accented", "plain"), [("LǼTICIAN", "LAETICIAN"), ("SǾRENSEN", "Sorensen"), ("ǽ", "AE")])
def test_an_accent_on_a_letter_that_is_two_in_one_comes_off_too(accented: str, plain: str) -> None:
    assert plier(accented) == plain.lower()
