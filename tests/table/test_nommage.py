"""The names of section 3.3, as value objects."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import FormatFichier, NomFichierJSON, NomInvalide, NomPiece, TypeFichier

_SIGNS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='/\\:*?"<>| \u00a0')
NUMERO_ANS = st.text(_SIGNS, min_size=10, max_size=10)
NUMERO_EDITEUR = st.text(_SIGNS, min_size=5, max_size=5)

JSON_NAME = "JSON-ANS0000001-20220101-001.json"
PIECE_NAME = "PHA-LGO-Va1-BDC-00001.pdf"


def test_the_example_of_the_guide() -> None:
    assert str(
        NomPiece(type_fichier=TypeFichier.BON_COMMANDE, numero_editeur="00001", format_fichier=FormatFichier.PDF)
    ) == ("PHA-LGO-Va1-BDC-00001.pdf")
    first = NomFichierJSON(numero_ans="9999999999", jour=date(2022, 1, 1))
    assert str(first) == "JSON-9999999999-20220101-001.json"
    assert str(NomFichierJSON(numero_ans="9999999999", jour=date(2022, 1, 1), numero=2)).endswith("-002.json")


@given(NUMERO_ANS, st.dates(), st.integers(1, 999))
def test_the_name_of_a_file_round_trips(numero_ans: str, jour: date, numero: int) -> None:
    nom = NomFichierJSON(numero_ans=numero_ans, jour=jour, numero=numero)
    assert NomFichierJSON.lire(str(nom)) == nom
    assert len(str(nom)) == len(JSON_NAME)


@given(st.sampled_from(TypeFichier), NUMERO_EDITEUR, st.sampled_from(FormatFichier))
def test_the_name_of_a_document_round_trips(
    type_fichier: TypeFichier, numero_editeur: str, format_fichier: FormatFichier
) -> None:
    nom = NomPiece(type_fichier=type_fichier, numero_editeur=numero_editeur, format_fichier=format_fichier)
    assert NomPiece.lire(str(nom)) == nom


def test_files_of_one_number_sort_by_day_then_number() -> None:
    names = [
        NomFichierJSON(numero_ans="A" * 10, jour=date(2022, 1, day), numero=number)
        for day, number in ((2, 1), (1, 10), (1, 9))
    ]
    assert [str(nom)[-12:-5] for nom in sorted(names)] == ["101-009", "101-010", "102-001"]


NOT_A_JSON_NAME = [
    "", "JSON", "json-ANS0000001-20220101-001.json", "JSON-ANS0000001-20220101-001.JSON", "JSON- ANS0000001-20220101-001.json",
    "JSON-99999999-20220101-001.json", "JSON-ANS00000001-20220101-001.json", "JSON-ANS000000:-20220101-001.json",
    "JSON-ANS0000001-20220231-001.json", "JSON-ANS0000001-00000101-001.json", "JSON-ANS0000001-20221301-001.json",
    "JSON-ANS0000001-20220101-000.json", "JSON-ANS0000001-20220101-1.json", "JSON-ANS0000001-20220101-1000.json",
    "JSON-ANS0000001-２０２２0101-001.json", "JSON-ANS0000001-20220101-001", "JSON-ANS0000001-20220101-001.json\0",
]  # fmt: skip
NOT_A_PIECE_NAME = [
    "", "pha-LGO-Va1-BDC-00001.pdf", "PHA-LGO-VA1-BDC-00001.pdf", "PHA-LGO-Va1-BDC-00001.PDF", "PHA-LGO-Va1-BDC-00001.jpeg",
    "PHA-LGO-Va1-BDC-00001", "PHA-LGO-Va1-BDC-0001.pdf", "PHA-LGO-Va1-BDC-000001.pdf", "PHA-LGO-Va1-BDC-0000*.pdf",
    "PHA-LGO-Va1-BON_COMMANDE-00001.pdf", "PHA-LGO-Va1-PREUVE_HT-00001.pdf", "PHA-LGO-Va1-BDC-00001.pdf.pdf",
    "PHA-LGO-Va1-BDC-00001.p\0df", "HOP-LGO-Va1-BDC-00001.pdf",
]  # fmt: skip


def spoiled(name: str) -> list[object]:
    return [f"{name}\n", f" {name}", f"{name} ", f"../{name}", f"./{name}", f"a/{name}", f"a\\{name}", f"\t{name}", f"{name}\r\n",
            f"\ufeff{name}", name.encode(), Path(name), None, 1]  # fmt: skip


@pytest.mark.parametrize("nom", [*NOT_A_JSON_NAME, PIECE_NAME, *spoiled(JSON_NAME)], ids=repr)
def test_nothing_else_is_the_name_of_a_file(nom: str) -> None:
    with pytest.raises(NomInvalide, match="JSON-numeroAns-AAAAMMJJ-NNN"):
        NomFichierJSON.lire(nom)


@pytest.mark.parametrize("nom", [*NOT_A_PIECE_NAME, JSON_NAME, *spoiled(PIECE_NAME)], ids=repr)
def test_nothing_else_is_the_name_of_a_document(nom: str) -> None:
    with pytest.raises(NomInvalide, match="PHA-LGO-Va1-BDC-00001") as refus:
        NomPiece.lire(nom)
    assert refus.value.balise == "nomFichier"


@pytest.mark.parametrize(
    "numero_ans",
    ["", "A" * 9, "A" * 11, "ANS 000001", "ANS/000001", "..\\0000000", "\x85" * 10, "A" * 10 + "\n", None, 1],
)
def test_a_numero_ans_forms_a_name_only_when_it_is_right(numero_ans: str) -> None:
    with pytest.raises(NomInvalide, match="numeroAns") as refus:
        NomFichierJSON(numero_ans=numero_ans, jour=date(2022, 1, 1))
    assert refus.value.balise == "numeroAns"


@pytest.mark.parametrize("jour", [datetime(2022, 1, 1, tzinfo=UTC), "20220101", None])
def test_the_day_of_a_name_is_a_day(jour: date) -> None:
    with pytest.raises(NomInvalide, match="jour"):
        NomFichierJSON(numero_ans="A" * 10, jour=jour)


@pytest.mark.parametrize("numero", [0, 1000, -1, True, "001", 1.0, None])
def test_the_number_of_a_name_goes_from_1_to_999(numero: int) -> None:
    with pytest.raises(NomInvalide, match="999"):
        NomFichierJSON(numero_ans="A" * 10, jour=date(2022, 1, 1), numero=numero)


@pytest.mark.parametrize(
    ("changes", "balise"),
    [
        ({"numero_editeur": "0001"}, "numeroEditeur"),
        ({"numero_editeur": "../01"}, "numeroEditeur"),
        ({"numero_editeur": "00001\n"}, "numeroEditeur"),
        ({"type_fichier": "BON_COMMANDE"}, "typeFichier"),
        ({"format_fichier": "pdf"}, "formatFichier"),
    ],
)
def test_a_document_is_named_from_right_values_only(changes: dict[str, str], balise: str) -> None:
    right = {"type_fichier": TypeFichier.BON_COMMANDE, "numero_editeur": "00001", "format_fichier": FormatFichier.PDF}
    with pytest.raises(NomInvalide, match=balise) as refus:
        NomPiece(**{**right, **changes})  # type: ignore[arg-type]
    assert refus.value.balise == balise
    assert isinstance(refus.value, ValueError)
