"""SIRET, FINESS, structure ids.  Right values come from public registers; keys are recomputed here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from segur_pha.identifiants import (
    defaut_finess,
    defaut_siret,
    finess_de_structure,
    forme_finess,
    nature_structure,
    normaliser_finess,
    normaliser_siret,
)

JUNK = [
    "",
    " ",
    "\n",
    "73282932000074\n",
    "750000002\n",
    "７５０００００１",
    "²" * 9,
    "null",
    "2CC000014",
    "2a0000014",
    "1" * 400,
    "\ud800",
]


def luhn_total(digits: str) -> int:
    doubled = [int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(digits))]
    return sum(d // 10 + d % 10 for d in doubled)


@pytest.mark.parametrize("siret", ["73282932000074", "35600000000048", "35600000049837", "12002701600563"])
def test_known_sirets_have_nothing_to_say(siret: str) -> None:
    assert defaut_siret(siret) is None


@pytest.mark.parametrize("finess", ["750000002", "2A0000014", "2B0000020", "010000024"])
def test_known_finess_have_nothing_to_say(finess: str) -> None:
    assert defaut_finess(finess) is None


def test_the_example_of_the_guide_has_a_wrong_key() -> None:
    assert "clé" in str(defaut_finess("777777777"))
    assert forme_finess("777777777")


@given(st.from_regex(r"\A[0-9]{9}\Z").filter(lambda s: s[:2] != "20"))
def test_a_finess_of_digits_is_right_exactly_when_luhn_says_so(finess: str) -> None:
    assert (defaut_finess(finess) is None) == (luhn_total(finess) % 10 == 0) == luhn.is_valid(finess)


@given(st.sampled_from([("2A", "21"), ("2B", "22")]), st.from_regex(r"\A[0-9]{7}\Z"))
def test_corsica_counts_as_21_and_22(corsica: tuple[str, str], rest: str) -> None:
    assert (defaut_finess(corsica[0] + rest) is None) == (luhn_total(corsica[1] + rest) % 10 == 0)


@given(st.from_regex(r"\A[0-9]{14}\Z").filter(lambda s: not s.startswith("356000000")))
def test_a_siret_needs_both_its_keys(siret: str) -> None:
    right = luhn_total(siret) % 10 == 0 and luhn_total(siret[:9]) % 10 == 0
    assert (defaut_siret(siret) is None) == right


@given(st.from_regex(r"\A[0-9]{5}\Z").filter(lambda s: s != "00048"))
def test_la_poste_adds_its_digits_instead(nic: str) -> None:
    assert (defaut_siret("356000000" + nic) is None) == ((3 + 5 + 6 + sum(map(int, nic))) % 5 == 0)


@pytest.mark.parametrize("texte", JUNK)
def test_junk_gets_a_reason_that_never_repeats_it(texte: str) -> None:
    for reason in (defaut_siret(texte), defaut_finess(texte)):
        assert reason
        assert not texte.strip() or texte.strip() not in reason
    assert finess_de_structure(texte) is None
    assert not forme_finess(texte)


def test_the_reason_tells_length_from_key_from_character() -> None:
    assert defaut_siret("7328293200007") == "14 chiffres attendus, 13 caractères trouvés"
    assert defaut_siret("7") == "14 chiffres attendus, 1 caractère trouvé"
    assert defaut_siret("7328293200007A") == "14 chiffres attendus : un caractère n’y a pas sa place"
    assert str(defaut_finess("10000024")).endswith("8 caractères trouvés")


@given(st.from_regex(r"\A[0-9]{14}\Z"), st.sampled_from([" ", ".", "\u00a0", "\u202f", "  "]))
def test_grouping_is_removed(siret: str, separator: str) -> None:
    grouped = separator.join((siret[:3], siret[3:6], siret[6:9], siret[9:]))
    assert normaliser_siret(grouped) == siret
    assert normaliser_siret(siret) == siret


@given(st.text(st.characters(exclude_characters=" .\u00a0\u2009\u202f\t\r\n")))
def test_nothing_but_grouping_is_removed(texte: str) -> None:
    assert normaliser_finess(texte) == texte


def test_a_number_of_a_spreadsheet_is_not_turned_into_a_finess() -> None:
    assert defaut_finess(normaliser_finess("10000024.0")) is not None


@given(st.from_regex(r"\A[0-9]{9}\Z"))
def test_a_structure_id_gives_its_finess_back(finess: str) -> None:
    assert finess_de_structure("1" + finess) == finess
    assert [nature_structure(p + finess) for p in "01259"] == [None, "FINESS", "SIREN", None, None]


@pytest.mark.parametrize(("prefix", "register", "length"), [("0", "ADELI", 11), ("4", "RPPS", 14)])
def test_the_number_of_a_cabinet_is_longer_than_its_holder_s(prefix: str, register: str, length: int) -> None:
    found = [n for n in range(20) if nature_structure(prefix + "7" * n) == register]
    assert found == [length]
    assert nature_structure("0" + "2A1234567AB") == "ADELI"


def test_a_finess_may_hold_a_letter() -> None:
    # ansforge/finess: [0-9][0-9A-Z][0-9]{7}; 0B0152872 is one of the ANS's test establishments.
    assert forme_finess("0B0152872")
    assert finess_de_structure("10B0152872") == "0B0152872"
    assert "FINESS de test" in str(defaut_finess("0B0152872"))
    assert [forme_finess(f) for f in ("00B152872", "B00152872", "0b0152872", "0É0152872")] == [False] * 4


def test_the_longer_structure_ids() -> None:
    assert nature_structure("373282932000074") == "SIRET"
    assert nature_structure("3750000002") is None
    assert finess_de_structure("373282932000074") is None
