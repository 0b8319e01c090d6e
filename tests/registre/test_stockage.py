"""Where the ledger is kept: numbers, joined transactions, export, migration, erasure, questions."""

from __future__ import annotations

import csv
import gc
import json
import sqlite3
import sys
import traceback
from contextlib import closing
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, SILENT, THREE, answer_to, file_of, lived, name, phases, snapshot
from sqlalchemy import create_engine, inspect, text

import segur_pha.registre
from segur_pha import ExtraManquant, Fichier, RegistreError, en_json
from segur_pha.portail import PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.etats import Phase
from segur_pha.registre.numeros import AvertissementNumeros
from segur_pha.vagues.va1.exemples import demande_du_guide

if TYPE_CHECKING:
    from pathlib import Path

# Numbers


def test_digits_only_numbers_by_default(registre: Registre) -> None:
    assert registre.reserver(3) == ["00001", "00002", "00003"]
    assert registre.reserver(0) == []
    assert registre.numeros_restants() == 99_999 - 3


def test_a_number_that_came_with_an_order_is_not_served(registre: Registre) -> None:
    registre.preparer({name(1): file_of("00002", "00003")}, jour=DAY)
    assert registre.reserver(3) == ["00001", "00004", "00005"]


@pytest.mark.parametrize("number", ["A-1_B", "né-1+", "=1(2)"])
def test_a_number_of_other_characters_is_followed_like_any_other(registre: Registre, number: str) -> None:
    # Decision 6: the table says VARCHAR; such a number is advice, no fault.
    sent = en_json(Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=[demande_du_guide(number)]))
    registre.preparer({"JSON-ANS0000001-20221115-001.json": sent}, jour=date(2022, 11, 15))
    registre.deposer("JSON-ANS0000001-20221115-001.json", jour=date(2022, 11, 15))
    registre.enregistrer_retour(PortailSimule(graine=1).deposer(sent), jour=date(2022, 11, 16))
    (kept,) = registre.demandes()
    assert (kept.numero_editeur, kept.phase) == (number, Phase.ACCEPTEE)


@pytest.mark.parametrize("number", ["0001", "000001", "00/01", "00 01", ""])
def test_a_number_that_the_table_refuses_cannot_be_followed(registre: Registre, number: str) -> None:
    sent = en_json(Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=[demande_du_guide()]))
    wrong = sent.replace(b'"numeroEditeur": "00001"', json.dumps({"numeroEditeur": number})[1:-1].encode())
    assert wrong != sent
    with pytest.raises(RegistreError, match=r"ligne 1 : numeroEditeur incorrect.*5 caractères"):
        registre.preparer({"JSON-ANS0000001-20221115-001.json": wrong}, jour=date(2022, 11, 15))
    assert registre.demandes() == ()


def test_capitals_do_not_make_another_number(registre: Registre, place: str) -> None:
    registre.preparer({name(1): file_of("0000a")}, jour=DAY)
    with Registre(place, alphabet="0123456789ABCDEF", premier="00009") as other:
        assert other.reserver(2) == ["00009", "0000B"]


def test_numbers_that_came_with_orders_count_at_the_end(url: str) -> None:
    with Registre(url, alphabet="01", premier="11110") as registre:
        registre.preparer({name(1): file_of("11111")}, jour=DAY)
        with pytest.raises(RegistreError, match="Numéros éditeur restants : 1, demandés : 2"):
            registre.reserver(2)


def test_settings_are_remembered_and_used_numbers_stay_used(registre: Registre, place: str) -> None:
    registre.reserver(3)
    with Registre(place, alphabet="012", premier="00001") as other:
        assert other.reserver(3) == ["00010", "00011", "00012"]
    assert registre.reserver(1) == ["00020"]


def test_an_alphabet_without_the_usual_first_number(url: str) -> None:
    with Registre(url, alphabet="AB") as registre:
        assert registre.reserver(2) == ["AAAAA", "AAAAB"]


def test_warned_at_nine_tenths_and_stopped_at_the_end(url: str) -> None:
    with Registre(url, alphabet="01", premier="00000") as registre:
        registre.reserver(28)
        with pytest.warns(AvertissementNumeros, match="Plus que 3 numéros"):
            assert registre.reserver(1) == ["11100"]
        with pytest.raises(RegistreError, match="Numéros éditeur restants : 3, demandés : 4"):
            registre.reserver(4)
        with pytest.warns(AvertissementNumeros):
            assert registre.reserver(3) == ["11101", "11110", "11111"]


@pytest.mark.parametrize(
    ("alphabet", "premier"), [("0", None), ("aA", None), ("é1", None), ("0 1", None), ("01", "0001"), ("01", "00002")]
)
def test_settings_that_make_no_numbers(alphabet: str, premier: str | None) -> None:
    with pytest.raises(RegistreError):
        Registre("sqlite://", alphabet=alphabet, premier=premier)


# Where


def test_a_path_names_a_sqlite_file(tmp_path: Path) -> None:
    for where in (tmp_path / "a.sqlite", str(tmp_path / "a.sqlite")):
        with Registre(where) as registre:
            registre.reserver(1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.sqlite"]


@pytest.mark.parametrize("url", ["nulle://part", "sqlite+absent:///x", "::://"])
def test_an_address_of_no_database(url: str) -> None:
    with pytest.raises(RegistreError):
        Registre(url)


def test_what_the_database_refuses_is_said_in_french(tmp_path: Path) -> None:
    (tmp_path / "faux.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(RegistreError, match="La base du registre a refusé"):
        Registre(tmp_path / "faux.sqlite")
    with pytest.raises(RegistreError, match="La base du registre a refusé"):
        Registre(tmp_path / "nowhere" / "a.sqlite")
    gc.collect()  # here Python 3.13 complains of a connection that was left open


def test_an_engine_of_the_caller_stays_open(url: str) -> None:
    engine = create_engine(url)
    with Registre(engine) as registre:
        registre.reserver(1)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM segur_numeros")) == 1
    engine.dispose()


def test_a_connection_joins_the_ledger_to_the_caller_s_transaction(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE factures (numero VARCHAR(5))"))
    with engine.connect() as connection:
        registre = Registre(connection)
        connection.commit()
        connection.execute(text("INSERT INTO factures VALUES ('F1')"))
        assert registre.reserver(2) == ["00001", "00002"]
        with pytest.raises(RegistreError):
            registre.decider("00009", favorable=True, jour=DAY)
        # The failed command left the caller's transaction as it was.
        assert registre.reserver(1) == ["00003"]
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM factures")) == 0
        connection.execute(text("INSERT INTO factures VALUES ('F2')"))
        assert registre.reserver(1) == ["00001"]
        connection.commit()
        registre.fermer()
    with Registre(engine) as registre, engine.connect() as connection:
        assert registre.reserver(1) == ["00002"]
        assert connection.scalar(text("SELECT numero FROM factures")) == "F2"
    engine.dispose()


def test_a_ledger_made_in_the_caller_s_transaction_goes_with_its_rollback(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        Registre(connection).reserver(1)
        connection.rollback()
    assert [table for table in inspect(engine).get_table_names() if table.startswith("segur")] == []
    engine.dispose()


def test_without_sqlalchemy_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    for public in segur_pha.registre.__all__:
        monkeypatch.delitem(vars(segur_pha.registre), public, raising=False)
        with pytest.raises(ExtraManquant, match="registre"):
            getattr(segur_pha.registre, public)
    with pytest.raises(AttributeError):
        _ = segur_pha.registre.Absent


# Export and import


def test_an_export_makes_the_same_ledger(url: str, tmp_path: Path) -> None:
    with Registre(url) as registre, Registre(tmp_path / "copie.sqlite") as copy:
        lived(registre)
        copy.importer(registre.exporter())
        assert snapshot(copy) == snapshot(registre)
        assert copy.exporter_csv() == registre.exporter_csv()
        assert copy.reserver(2) == registre.reserver(2)


def test_an_empty_ledger_is_exported_and_imported(tmp_path: Path) -> None:
    with Registre("sqlite://", alphabet="AB") as registre, Registre(tmp_path / "b.sqlite") as copy:
        copy.importer(registre.exporter())
        assert copy.reserver(1) == ["AAAAA"]


def test_two_programs_may_make_the_ledger_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        registre.reserver(1)
    # The second one looked before the first had made the tables.
    monkeypatch.setattr("segur_pha.registre.registre.existe", lambda _connection: False)
    with Registre(path) as registre:
        assert registre.reserver(1) == ["00002"]


def test_a_long_history_is_imported_lot_by_lot(tmp_path: Path) -> None:
    with Registre(tmp_path / "a.sqlite") as registre, Registre(tmp_path / "b.sqlite") as copy:
        for rank in range(3):
            numbers = registre.reserver(200)
            registre.preparer({name(rank + 1): file_of(*numbers)}, jour=DAY)
        copy.importer(registre.exporter())
        assert snapshot(copy) == snapshot(registre)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["bruit"],
        ["[]"],
        ['{"titre": "autre"}'],
        ['{"titre": "registre segur_pha", "reglages": {}}'],
        ['{"titre": "registre segur_pha", "reglages": {"version": "99"}}'],
        ['{"titre": "registre segur_pha", "reglages": {"version": "1"}}', "{}"],
        [
            '{"titre": "registre segur_pha", "reglages": {"version": "1"}}',
            '{"nature": "fichier-depose", "evenement": {"x": 1}}',
        ],
        [
            '{"titre": "registre segur_pha", "reglages": {"version": "1"}}',
            '{"nature": "fichier-depose", "evenement": {"jour": "2022-11-15", "fichier": "ab"}}',
        ],
        [
            '{"titre": "registre segur_pha", "reglages": {"version": "1"}}',
            '{"nature": "numeros-reserves", "evenement": {"numeros": ["00001", "00001"]}}',
        ],
    ],
)
def test_what_is_no_export_is_refused_whole(same: Registre, lines: list[str]) -> None:
    before = snapshot(same)
    with pytest.raises(RegistreError):
        same.importer(lines, sans_empreinte=True)
    assert snapshot(same) == before


def test_tables_open_in_a_spreadsheet_without_running_anything(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    answer = answer_to(THREE, [REJECTED, SILENT, SILENT]).replace(b"FINESSGeo inconnu", b"=1+1")
    registre.enregistrer_retour(answer, jour=DAY)
    rows = list(
        csv.DictReader(StringIO(registre.exporter_csv()["segur_demandes.csv"].decode("utf-8-sig")), delimiter=";")
    )
    assert (rows[0]["numero_editeur"], rows[0]["libelle_traitement"]) == ("00001", "'=1+1")
    assert len(rows) == 3


# Erasure


def test_erasing_a_pharmacy_s_personal_values_keeps_the_history(registre: Registre) -> None:
    lived(registre)
    before = phases(registre)
    registre.effacer("750000003", jour=DAY)
    assert phases(registre) == before
    texts = {number: json.dumps(registre.ligne_envoyee(number), default=repr) for number in ("00001", "00003")}
    assert "DURAND" in texts["00001"]
    assert not any(word in texts["00003"] for word in ("DURAND", "MARTIN", "0102030405", "@", "1234567890"))
    assert "750000003" in texts["00003"]
    history = "".join(line for line in registre.exporter() if "750000003" in line)
    assert "DURAND" not in history
    assert "01/01/2020" in history
    assert registre.demande("00003").effacee
    # What comes later is matched, applied, and kept without the personal values.
    result = registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]), jour=DAY)
    assert result.sans_ecart
    assert registre.demande("00003").phase == "acceptée"
    assert "DURAND" not in "".join(line for line in registre.exporter() if "750000003" in line)


def test_a_refusal_of_the_database_tells_nobody_s_name(tmp_path: Path) -> None:
    place, prepared = tmp_path / "registre.sqlite", {name(9): file_of("00099")}
    with Registre(place) as registre, closing(sqlite3.connect(place)) as other:
        lived(registre)
        refuse = "BEGIN SELECT RAISE(ABORT, 'not today'); END"
        other.execute(f"CREATE TRIGGER refusal BEFORE INSERT ON segur_evenements {refuse}")
        other.commit()
        with pytest.raises(RegistreError, match=r"rien n’a été enregistré : .*not today") as refusal:
            registre.preparer(prepared, jour=DAY)
        told = "".join(traceback.format_exception(refusal.value))
        assert not any(word in told for word in ("DURAND", "MARTIN", "0102030405", "@", "00099"))


def test_a_line_without_its_blocks_loses_what_it_has(registre: Registre) -> None:
    lived(registre)
    registre.effacer("750000003", jour=DAY)
    answer = json.loads(answer_to(THREE, [SILENT, SILENT, SILENT]))
    answer["lignesImport"][2] |= {
        "beneficiaire": "DURAND",
        "piecesJustificatives": "DURAND",
        "commande": {"regimeTVA": ["DURAND"]},
    }
    registre.enregistrer_retour(json.dumps(answer), jour=DAY)
    received = [line for line in registre.exporter() if '"nature":"ligne-recue"' in line and "00003" in line]
    assert received
    assert "DURAND" not in "".join(received)


def test_an_erased_ledger_exports_and_imports(registre: Registre, tmp_path: Path) -> None:
    lived(registre)
    registre.effacer("750000001", jour=DAY)
    registre.effacer("750000001", jour=DAY)
    with Registre(tmp_path / "copie.sqlite") as copy:
        copy.importer(registre.exporter())
        assert snapshot(copy) == snapshot(registre)


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_erased_values_leave_the_file_itself(tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        registre.preparer({name(1): file_of("00001").replace(b"DURAND", b"PETITJEAN")}, jour=DAY)
        assert b"PETITJEAN" in written(tmp_path)
        registre.effacer("750000001", jour=DAY)
        # Neither in the file nor in the journal beside it, while the program goes on.
        assert b"PETITJEAN" not in written(tmp_path)
    assert b"PETITJEAN" not in written(tmp_path)
