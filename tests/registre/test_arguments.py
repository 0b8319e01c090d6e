"""Whatever the ledger is given, it raises an error of ours or answers; and both databases take and refuse the same."""

from __future__ import annotations

import inspect
import json
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest
from atelier import ACCEPTED, DAY, THREE, answer_to, file_of, lived, name
from bases import NO_POSTGRES, POSTGRES
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from segur_pha import VA1, RegistreError, SegurError
from segur_pha.registre import Fait, Note, Registre
from tests.schemas import empty_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

#: Values that no database keeps, or not every one, or that are of another type than was asked for.
ODD: list[object] = [
    *(None, "", "\0", "a\0b", "\ud800", "x" * 300, "é", "00001", "ASP-00001", name(1)),
    *map(
        Decimal,
        ("NaN", "sNaN", "Infinity", "1e999999", "1e-999999", "-0", "92233720368547758.08", "1e30", "-1", "0.001"),
    ),
    *(0, -1, 10**30, 2**63, True, 1.5, float("nan"), b"\xff", b"{}", object()),
    *(date.min, date.max, date(2022, 11, 16), datetime(2022, 11, 15)),  # noqa: DTZ001 - a mistake that people make
    *([], {}, [None], ["\0"], {"a": 1}, {"a\0": b"{}"}, {"00002": "\ud800"}),
    *(Fait.DECISION, Note(cle="\0", fait=Fait.SERVICE, jour=DAY), [Note(cle="00001", fait=Fait.SERVICE, jour=DAY)]),
    [Note(cle="00001", fait=Fait.FACTURE, jour=DAY, texte="\0")],
]

#: A right value for each parameter, by its name; those of one method that differ come first.
RIGHT: dict[str, object] = {
    "preparer.fichiers": {name(8): file_of("00077")},
    "verifier_un_depot.fichiers": {name(8): file_of("00077")},
    "pieces": {"PHA-LGO-Va1-BDC-00077.pdf": "0" * 64},
    "inscrire.fichiers": {name(8): file_of("00077")},
    "fichiers": name(2),
    "exiger_la_validation.fichiers": [],
    "refuser.fichier": name(2),
    "fichier": name(2),
    "jour": DAY,
    "montant": Decimal("255.00"),
    "numero_editeur": "00001",
    "numero_ans": "ANS0000001",
    "numeros": ["00001"],
    "finess": ["750000001"],
    "finess_geo": "750000001",
    "retour": answer_to(THREE, [ACCEPTED, ACCEPTED, ACCEPTED]),
    "favorable": True,
    "fait": Fait.PAIEMENT if hasattr(Fait, "PAIEMENT") else next(iter(Fait)),
    "motif": "erreur",
    "nombre": 1,
    "depuis": 3,
    "notes_depuis.jour": DAY,
    "notes": [],
    "lignes": [],
    "cle": "00001",
    "specification": VA1,
}


def calls() -> Iterator[tuple[str, str, dict[str, object]]]:
    """Give each public method with each of its parameters that we know a right value of, and its other arguments."""
    for method, function in inspect.getmembers(Registre, inspect.isfunction):
        if method.startswith("_") or method in {"fermer", "ensemble", "inscrire_depot"}:
            continue
        parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
        right = {
            p.name: RIGHT.get(f"{method}.{p.name}", RIGHT.get(p.name))
            for p in parameters
            if p.default is p.empty or p.name in {"motif", "empreintes", "remplace", "reference", "adresse_mssante"}
        }
        for parameter in right:
            yield method, parameter, right


CALLS = list(calls())


def outcome(
    place: tuple[Connection, Registre], method: str, parameter: str, right: dict[str, object], value: object
) -> str:
    """Call a method in a transaction that is taken back: it answers, refuses, or says what it should not."""
    connection, registre = place
    function = getattr(registre, method)
    parameters = list(inspect.signature(function).parameters.values())
    arguments = {key: kept for key, kept in right.items() if kept is not None} | {parameter: value}
    # What comes before "*files" has to be given by place too.
    last = next((k for k, p in enumerate(parameters, start=1) if p.kind is p.VAR_POSITIONAL), 0)
    by_place = [arguments.pop(p.name) for p in parameters[:last] if p.name in arguments]
    try:
        answer = function(*by_place, **arguments)
        _ = list(answer) if hasattr(answer, "__next__") else answer
    except SegurError:
        return "refused"
    else:
        return "answered"
    finally:
        connection.rollback()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Connection, Registre]]]:
    """The same ledger with a history, on SQLite and, where there is a server, on PostgreSQL."""
    urls = [f"sqlite:///{tmp_path_factory.mktemp('registre') / 'registre.sqlite'}"]
    schemas = empty_schema(POSTGRES) if POSTGRES else iter(())
    engines = [create_engine(url) for url in [*urls, *([next(schemas)] if POSTGRES else [])]]
    connections = [engine.connect() for engine in engines]
    ledgers = [Registre(connection) for connection in connections]
    for connection, ledger in zip(connections, ledgers, strict=True):
        lived(ledger)
        connection.commit()
    yield list(zip(connections, ledgers, strict=True))
    for connection, engine in zip(connections, engines, strict=True):
        connection.close()
        engine.dispose()
    list(schemas)


@pytest.mark.parametrize(("method", "parameter", "right"), CALLS, ids=[f"{m}({p})" for m, p, _ in CALLS])
def test_every_odd_value_is_answered_or_refused_alike(
    places: list[tuple[Connection, Registre]], method: str, parameter: str, right: dict[str, object]
) -> None:
    for value in ODD:
        outcomes = {outcome(place, method, parameter, right, value) for place in places}
        assert len(outcomes) == 1, (value, outcomes)


@pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES)
@given(value=st.text(st.characters(codec=None), max_size=8) | st.decimals() | st.dates() | st.integers())
def test_whatever_text_amount_day_or_number_comes_both_agree(
    places: list[tuple[Connection, Registre]], value: object
) -> None:
    for method, parameter, right in (
        ("noter_facture", "reference", {"numero_editeur": "00001", "jour": DAY}),
        ("noter_service", "jour", {"numero_editeur": "00001"}),
        ("payer_solde", "montant", {"numero_editeur": "00001", "jour": DAY}),
        ("demande", "numero_editeur", {}),
        ("reserver", "nombre", {}),
        ("sans_reponse", "jour", {"depuis": 3}),
        ("sans_reponse", "depuis", {"jour": DAY}),
    ):
        assert len({outcome(place, method, parameter, right, value) for place in places}) == 1, method


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_an_answer_with_what_no_database_keeps_is_refused_before_anything_is_recorded(
    registre: Registre, character: str
) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    before = list(registre.exporter())
    answer = json.loads(answer_to(THREE, [ACCEPTED, ACCEPTED, ACCEPTED]))
    answer["lignesImport"][1]["numeroASP"] += character
    with pytest.raises(SegurError):
        registre.enregistrer_retour(json.dumps(answer).encode(), jour=DAY)
    assert list(registre.exporter()) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"jour": datetime(2022, 11, 15, 12)}, r"appelez \.date\(\)"),  # noqa: DTZ001 - the mistake
        ({"jour": "2022-11-15"}, r"donnez un jour \(date\), et non str"),
        ({"montant": 255.0}, r'Decimal\("255\.00"\), et non float'),
        ({"numero_editeur": 1}, r"donnez un texte \(str\), et non int"),
        ({"reference": "a\0"}, r"U\+0000"),
    ],
)
def test_a_mistake_is_told_in_the_words_of_python(registre: Registre, arguments: dict[str, object], words: str) -> None:
    right = {"numero_editeur": "00001", "montant": Decimal("255.00"), "jour": DAY}
    with pytest.raises(RegistreError, match=words):
        registre.payer(**{**right, **arguments})  # type: ignore[arg-type]


def test_a_generator_of_notes_and_lines_of_a_file_are_taken(registre: Registre) -> None:
    lived(registre)
    assert registre.noter(Note(cle="00001", fait=Fait.SERVICE, jour=DAY) for _ in range(2)).notees == 1


@pytest.mark.parametrize("character", ["\0", "\ud800"])
@pytest.mark.parametrize("field", ["cle", "texte"])
def test_a_generator_of_notes_is_looked_at_before_the_database(registre: Registre, field: str, character: str) -> None:
    lived(registre)
    before = list(registre.exporter())
    values = {"cle": "00001", "texte": "F 12"}
    note = Note(fait=Fait.FACTURE, jour=DAY, **values | {field: values[field] + character})  # type: ignore[arg-type]
    with pytest.raises(RegistreError, match="qu’aucune base ne garde"):
        registre.noter(iter([note]))
    assert list(registre.exporter()) == before


def test_a_wave_whose_name_has_no_room_is_refused(url: str) -> None:
    with pytest.raises(RegistreError, match="40 caractères au plus"):
        Registre(url, specification=attrs.evolve(VA1, nom="x" * 41))


def test_the_ledger_may_lie_in_a_schema_of_the_caller_s(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        connection.exec_driver_sql("ATTACH ':memory:' AS ailleurs" if sqlite else "CREATE SCHEMA ailleurs")
        connection.execution_options(schema_translate_map={None: "ailleurs"})
        lived(Registre(connection))
        again = Registre(connection)
        assert len(again.demandes()) == 6
        assert again.soldables()
        connection.rollback()
    engine.dispose()
