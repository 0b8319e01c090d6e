"""A ledger is made on purpose, looked after, and kept twice."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from atelier import DAY, THREE, file_of, lived, name
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from test_verrou import writer

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.erreurs import DepotRefuse, SegurError
from segur_pha.registre import Registre
from segur_pha.registre.copies import copier_le_fichier, garder_les_dernieres, nom_de_copie

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"
PREPARE = (
    f"preparer {EXAMPLES}/commandes.csv --editeur {EXAMPLES}/editeur.toml --pieces {EXAMPLES}/pieces "
    "--jour 2022-11-15 --sortie depot"
)


@pytest.fixture
def type_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], tuple[int, str]]:
    """Type a command in an empty folder, and give its exit code and all that it said."""
    monkeypatch.chdir(tmp_path)

    def type_here(line: str) -> tuple[int, str]:
        code = principal(line.split())
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return type_here


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# On purpose


def test_a_ledger_is_made_once(type_in: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    assert type_in("registre creer --premier 00123") == (0, "Registre créé : registre.sqlite.\n")
    with Registre(tmp_path / "registre.sqlite", creer=False) as registre:
        assert registre.reserver(1) == ["00123"]
    code, said = type_in("registre creer")
    assert (code, "existe déjà : rien n’a été changé" in said) == (2, True)
    assert names(tmp_path) == ["registre.sqlite"]


def test_a_creation_that_was_interrupted_is_begun_again(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path
) -> None:
    (tmp_path / "registre.sqlite").touch()
    code, said = type_in("registre lister")
    assert (code, "Registre introuvable" in said) == (2, True)
    assert type_in("registre creer")[0] == 0
    assert type_in("registre lister")[0] == 0
    (tmp_path / "notes.txt").write_text("precious", "utf-8")
    assert type_in("registre creer --registre notes.txt")[0] == 2
    assert (tmp_path / "notes.txt").read_text("utf-8") == "precious"


UNKNOWN = [
    f"{PREPARE} --registre registe.sqlite",
    f"registre inscrire {EXAMPLES}/demandes.json --registre registe.sqlite",
    "registre lister --registre registe.sqlite",
    "registre verifier --registre registe.sqlite",
    "registre copier --registre registe.sqlite",
    "etat --registre registe.sqlite",
    "retour reponse.json --registre registe.sqlite --appliquer",
]


@pytest.mark.parametrize("line", UNKNOWN)
def test_an_unknown_ledger_names_those_beside_it(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path, line: str
) -> None:
    type_in("registre creer")
    (tmp_path / "notes.sqlite").write_text("no ledger", "utf-8")
    (tmp_path / "broken.sqlite").write_bytes(b"SQLite format 3\0" + bytes(range(100)))
    (tmp_path / "folder.sqlite").mkdir()
    shutil.copy(EXAMPLES / "demandes.json", tmp_path / "reponse.json")
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE t (a)")
    before = names(tmp_path)
    code, said = type_in(line)
    assert code == 2
    assert "Registre introuvable : registe.sqlite. Registres du même dossier : registre.sqlite. Pour" in said
    assert "segur-pha registre creer" in said
    # The option is told by those that have it.
    assert ("ou l’option --creer" in said) == line.startswith(("preparer", "registre inscrire"))
    assert names(tmp_path) == before


def test_where_there_is_no_folder_no_ledger_is_named(type_in: Callable[[str], tuple[int, str]]) -> None:
    code, said = type_in("registre lister --registre absent/registre.sqlite")
    assert (code, "Vérifiez le nom et le dossier. Pour en commencer un" in said) == (2, True)


def test_a_deposit_may_make_its_ledger(type_in: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    code, said = type_in(f"{PREPARE} --creer")
    assert (code, "--creer ne sert qu’avec --registre" in said) == (64, True)
    assert type_in(f"{PREPARE} --registre registre.sqlite --creer")[0] == 0
    assert names(tmp_path) == ["depot", "registre.sqlite"]
    # The ledger is there: the option makes no second one.  The same orders are one file, which is now the day's second.
    assert type_in(f"{PREPARE}-2 --registre registre.sqlite --creer")[0] == 0
    with Registre(tmp_path / "registre.sqlite", creer=False) as registre:
        assert [f.nom[-8:] for f in registre.fichiers()] == ["002.json"]


def test_what_is_taken_up_may_make_its_ledger(type_in: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "demandes.json", tmp_path / "JSON-ANS0000001-20221115-001.json")
    assert type_in("registre inscrire JSON-ANS0000001-20221115-001.json --creer")[0] == 0
    assert type_in("registre inscrire JSON-ANS0000001-20221115-001.json")[0] == 0


def test_in_python_one_may_ask_for_a_ledger_that_exists(url: str, tmp_path: Path) -> None:
    with pytest.raises(RegistreError, match="introuvable"):
        Registre(url, creer=False)
    engine = create_engine(url)
    with pytest.raises(RegistreError, match="introuvable"):
        Registre(engine, creer=False)
    with engine.connect() as connection, pytest.raises(RegistreError, match="introuvable"):
        Registre(connection, creer=False)
    engine.dispose()
    Registre(url).fermer()
    with Registre(url, creer=False) as registre:
        assert registre.reserver(1) == ["00001"]
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE t (a)")
    content = (tmp_path / "other.sqlite").read_bytes()
    with pytest.raises(RegistreError, match="introuvable"):
        Registre(tmp_path / "other.sqlite", creer=False)
    assert (tmp_path / "other.sqlite").read_bytes() == content


def test_a_ledger_on_a_server_is_made_on_purpose_too(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert principal(["registre", "lister", "--registre", url]) == 2
    assert "Registre introuvable" in capsys.readouterr().err
    assert principal(["registre", "creer", "--registre", url]) == 0
    assert principal(["registre", "creer", "--registre", url]) == 2
    assert principal(["registre", "lister", "--registre", url]) == 0


# In order

TABLES = {
    "UPDATE segur_demandes SET phase = 'rejetée', issue = 'rejetée' WHERE numero_editeur = '00001'": "la demande 00001",
    "UPDATE segur_demandes SET paye_centimes = 1 WHERE numero_editeur = '00001'": "la demande 00001",
    "DELETE FROM segur_demandes WHERE numero_editeur = '00003'": "la demande 00003",
    "DELETE FROM segur_numeros WHERE numero_editeur = '00002'": "le numéro 00002",
    "INSERT INTO segur_numeros VALUES ('PHA-LGO-Va1', '00099', '00099')": "le numéro 00099",
    "DELETE FROM segur_retours": "la réponse",
    "UPDATE segur_fichiers SET siret = '0'": "le fichier",
}


@pytest.mark.parametrize("change", TABLES)
def test_a_table_that_says_something_else_than_the_journal_is_told(url: str, change: str) -> None:
    with Registre(url) as registre:
        lived(registre)
        assert registre.verifier() == ()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    with Registre(url) as registre:
        found = registre.verifier()
    assert {c.code for c in found} == {"table-differente"}
    assert f"Pour {TABLES[change]}" in found[0].message


@pytest.mark.parametrize(
    ("numbers", "more"),
    [
        (100, []),
        (101, ["Et 1 autre différence de même sorte"]),
        (150, ["Et 50 autres différences de même sorte"]),
    ],
)
def test_many_differences_are_counted(tmp_path: Path, numbers: int, more: list[str]) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.reserver(numbers)
    with closing(sqlite3.connect(tmp_path / "registre.sqlite")) as connection, connection:
        connection.execute("DELETE FROM segur_numeros")
    with Registre(tmp_path / "registre.sqlite") as registre:
        differences = registre.verifier()
    assert {constat.code for constat in differences} == {"table-differente"}
    found = [constat.message for constat in differences]
    assert [message.split(",")[0] for message in found[:100]] == [f"Pour le numéro {n:05}" for n in range(1, 101)]
    assert found[100:] == more


JOURNAL = {
    "UPDATE segur_evenements SET nature = 'fichier-depose' WHERE id = 2": 2,
    "UPDATE segur_evenements SET contenu = '{' WHERE id = 3": 3,
    "DELETE FROM segur_evenements WHERE id = 2": 2,
}


@pytest.mark.parametrize("change", JOURNAL)
def test_a_journal_that_cannot_be_followed_is_told(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path, change: str
) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        lived(registre)
    assert type_in("registre verifier") == (
        0,
        "Registre en ordre : 6 demandes, les tables disent ce que dit le journal.\n",
    )
    with closing(sqlite3.connect(tmp_path / "registre.sqlite")) as connection, connection:
        connection.execute(change)
    code, said = type_in("registre verifier")
    assert code == 1
    assert "Le journal ne se rejoue pas" in said
    with Registre(tmp_path / "registre.sqlite") as registre:
        assert [(c.code, c.ligne) for c in registre.verifier()] == [("journal-impossible", JOURNAL[change])]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a ledger with a history."""
    path = tmp_path_factory.mktemp("sain") / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
    return path.read_bytes()


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoiled_file_is_said_in_words_by_every_command(
    capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory, sound: bytes, data: st.DataObject
) -> None:
    """Bytes changed anywhere: the command answers or refuses, in French, and never with a traceback."""
    path, octets = tmp_path_factory.mktemp("abime") / "registre.sqlite", bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(octets) - 1))
        length = data.draw(st.sampled_from([1, 16, 4096]))
        octets[start : start + length] = bytes([data.draw(st.integers(0, 255))]) * min(length, len(octets) - start)
    path.write_bytes(octets[: data.draw(st.sampled_from([len(octets), len(octets) // 2, 5000]))])
    line = data.draw(st.sampled_from(["registre verifier", "registre lister", "registre copier", "etat"]))
    assert principal([*line.split(), "--registre", str(path)]) in {0, 1, 2}
    said = "".join(capsys.readouterr())
    assert "Traceback" not in said
    assert not re.search(r"\w(Error|Exception)\b", said)


def test_a_text_that_cannot_be_read_is_not_repeated(type_in: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    """The driver quotes what it could not read, and that may be a name."""
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE segur_demandes SET finess_geo = CAST(X'4475706F6E74FF' AS TEXT)")
        connection.commit()
    code, said = type_in("registre lister")
    assert (code, "ce fichier est abîmé" in said, "Dupont" in said) == (2, True, False)


def test_what_a_spoiled_file_says_and_what_to_do(type_in: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
    octets = path.read_bytes()
    path.write_bytes(octets[: len(octets) // 2])
    code, said = type_in("registre lister")
    assert code == 2
    assert "ce fichier est abîmé ; reprenez la dernière copie entière (segur-pha registre copier en fait)" in said


def test_an_index_that_lost_a_row_is_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        turned = "replace(sql, '(jour, nature)', '(nature, jour)')"
        connection.execute(f"UPDATE sqlite_master SET sql = {turned} WHERE name = 'ix_segur_evenements_jour'")  # noqa: S608
        connection.commit()
    with Registre(path) as registre:
        assert {c.code for c in registre.verifier()} == {"fichier-abime"}


def test_a_deposit_is_compared_with_the_ledger(type_in: Callable[[str], tuple[int, str]], tmp_path: Path) -> None:
    assert type_in(f"{PREPARE} --registre registre.sqlite --creer")[0] == 0
    assert type_in("registre verifier --depot depot")[0] == 0
    with Registre(tmp_path / "registre.sqlite") as registre:
        piece = registre.demandes()[0].pieces[0]
        (file,) = registre.fichiers()
        octets = {file.nom: (tmp_path / "depot" / file.nom).read_bytes()}
        pieces = {p.nom: p.sha256 for d in registre.demandes() for p in d.pieces}
        assert registre.verifier_un_depot(octets, pieces) == ()
        (lost,) = registre.verifier_un_depot(octets, {k: v for k, v in pieces.items() if k != piece.nom})
        assert (lost.code, lost.document, "n’est plus dans le dossier" in lost.message) == (
            "piece-differente",
            piece.nom,
            True,
        )
        (other,) = registre.verifier_un_depot(octets, pieces | {piece.nom: "0" * 64})
        assert "n’est pas celle que le registre a inscrite" in other.message
        (changed,) = registre.verifier_un_depot({file.nom: b"{}"}, pieces)
        assert "le registre en connaît un autre de ce nom" in changed.message
        (unknown,) = registre.verifier_un_depot({"a.json": b"{}"}, pieces)
        assert (unknown.code, "ne le déposez pas" in unknown.message) == ("fichier-inconnu", True)
    # With other documents than those of the ledger.
    (tmp_path / "depot" / next(n for n in names(tmp_path / "depot") if n.endswith(".zip"))).unlink()
    code, said = type_in("registre verifier --depot depot")
    assert (code, "piece-differente" in said or "n’est plus dans le dossier" in said) == (1, True)


# Twice


def test_what_is_no_folder_of_a_deposit_is_said_to_be_none(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path
) -> None:
    type_in("registre creer")
    (tmp_path / "fichier").write_bytes(b"")
    (tmp_path / "vide").mkdir()
    for place in ("absent", "fichier"):
        code, said = type_in(f"registre verifier --depot {place}")
        assert (code, f"{place} n’est pas un dossier : vérifiez son chemin" in said) == (2, True)
    assert "manifeste.json manque dans ce dossier" in type_in("registre verifier --depot vide")[1]


def test_a_copy_is_a_ledger_even_while_others_write(tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
        before = list(registre.exporter())
    with writer(f"sqlite:///{path}"), Registre(path) as registre:
        assert registre.copier(tmp_path / "copie.sqlite") == tmp_path / "copie.sqlite"
    assert names(tmp_path) == ["copie.sqlite", "registre.sqlite"]
    with Registre(tmp_path / "copie.sqlite", creer=False) as copy:
        assert list(copy.exporter()) == before
        assert copy.verifier() == ()
    with Registre(path) as registre, pytest.raises(DepotRefuse, match="existe déjà"):
        registre.copier(tmp_path / "copie.sqlite")


COPY = """
import sys
from pathlib import Path
from segur_pha.registre import Registre
with Registre(Path(sys.argv[1]), creer=False) as registre:
    print("ready", flush=True)
    for number in range(40):
        registre.reserver(3)
"""


def test_copies_made_while_numbers_are_served_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"
    Registre(path).fermer()
    with subprocess.Popen([sys.executable, "-c", COPY, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with Registre(path) as registre:
            for number in range(5):
                registre.copier(tmp_path / f"copie-{number}.sqlite")
    assert process.returncode == 0
    for number in range(5):
        with Registre(tmp_path / f"copie-{number}.sqlite", creer=False) as copy:
            assert copy.verifier() == ()


def test_only_a_file_is_copied(url: str, tmp_path: Path) -> None:
    engine = create_engine(url)
    with Registre(engine) as registre, pytest.raises(RegistreError, match="Seul un registre SQLite"):
        registre.copier(tmp_path / "copie.sqlite")
    engine.dispose()


def test_a_damaged_ledger_leaves_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        lived(registre)
        registre.preparer({name(9): file_of(*(f"{k:05}" for k in range(500, 600)))}, jour=DAY)
    octets = bytearray(path.read_bytes())
    octets[-20_000:] = b"\xff" * 20_000
    path.write_bytes(octets)
    with Registre(path) as registre, pytest.raises(RegistreError, match="est abîmé"):
        registre.copier(tmp_path / "copie.sqlite")
    assert names(tmp_path) == ["registre.sqlite"]


def test_what_cannot_be_read_leaves_no_copy(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no ledger, but a text that is long enough to be looked at" * 20, "utf-8")
    with pytest.raises(RegistreError, match="n’a pas pu être copié"):
        copier_le_fichier(tmp_path / "notes.txt", tmp_path / "copie.sqlite")
    assert names(tmp_path) == ["notes.txt"]


def test_what_interrupted_commands_left_is_told(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger knows the first one; the second one's manifest cannot be read, whoever asks; of the others nobody knows."""
    assert type_in(f"{PREPARE} --registre registre.sqlite --creer")[0] == 0
    (tmp_path / "depot").rename(tmp_path / ".depot.0a1b2c3d-1-0.partiel")
    (tmp_path / ".fermé.0a1b2c3d-1-0.partiel").mkdir()
    (tmp_path / ".controle.0a1b2c3d-1-0.partiel").mkdir()
    (tmp_path / ".0a1b2c3d-1-0.partiel").mkdir()
    (tmp_path / ".a.partiel").touch()
    real = Path.lstat

    def forbid(path: Path) -> os.stat_result:
        if ".fermé" in str(path):
            raise PermissionError(errno.EACCES, "not yours")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "lstat", forbid)
        code, said = type_in("registre verifier --format json")
    found = {fault["document"]: fault["message"] for fault in json.loads(said)["fautes"]}
    assert code == 1
    assert {name: re.split("[,;:] ", message)[-1] for name, message in found.items()} == {
        ".depot.0a1b2c3d-1-0.partiel": "préparez de nouveau le dossier depot",
        ".fermé.0a1b2c3d-1-0.partiel": "puis recommencez.",
        ".controle.0a1b2c3d-1-0.partiel": "supprimez-le",
        ".0a1b2c3d-1-0.partiel": "supprimez-le",
    }
    # What is said is what helps.
    assert type_in(f"{PREPARE} --registre registre.sqlite")[0] == 0
    for left in tmp_path.glob("*-0.partiel"):
        shutil.rmtree(left)
    assert type_in("registre verifier")[0] == 0


def test_copies_rotate(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        lived(registre)
    (tmp_path / "sauvegardes").mkdir()
    foreign = ["autre.sqlite.20221115-083000.copie", "registre.sqlite.20221115.copie", "registre.sqlite.v1.copie"]
    for other in foreign:
        (tmp_path / "sauvegardes" / other).touch()
    moment = datetime(2022, 11, 15, 8, 30)  # noqa: DTZ001 - a user's clock

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            assert tz is None
            return moment

    monkeypatch.setattr("segur_pha.cli.tenue.datetime", Clock)
    for _ in range(4):
        moment += timedelta(days=1)
        code, said = type_in("registre copier sauvegardes --garder 2")
        assert code == 0
    assert "Copie ancienne retirée : registre.sqlite.20221117-083000.copie." in said
    kept = [nom_de_copie(Path("registre.sqlite"), moment - timedelta(days=k)) for k in (1, 0)]
    assert names(tmp_path / "sauvegardes") == sorted([*foreign, *kept])
    assert type_in("registre copier")[0] == 0
    assert type_in("registre copier une.sqlite")[0] == 0
    assert names(tmp_path) == ["registre.sqlite", "registre.sqlite.20221119-083000.copie", "sauvegardes", "une.sqlite"]
    for wrong in ("sauvegardes --garder 0", "autre.sqlite --garder 2"):
        assert type_in(f"registre copier {wrong}")[0] == 64


def with_an_old_copy(folder: Path) -> Path:
    Registre(folder / "registre.sqlite").fermer()
    old = folder / "sauvegardes" / "registre.sqlite.20221115-083000.copie"
    old.parent.mkdir()
    old.touch()
    return old


def test_copies_that_cannot_be_listed_are_said_to_have_stayed(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = with_an_old_copy(tmp_path)

    def refuse(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    with monkeypatch.context() as patched:
        patched.setattr("segur_pha.registre.copies.os.scandir", refuse)
        code, said = type_in("registre copier sauvegardes --garder 1")
    assert (code, "le dossier sauvegardes ne se lit pas : les copies anciennes y sont restées" in said) == (2, True)
    assert len(names(old.parent)) == 2


def test_an_old_copy_that_cannot_be_taken_away_does_not_hide_the_new_one(
    type_in: Callable[[str], tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = with_an_old_copy(tmp_path)
    taken = Path.unlink

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == old.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        taken(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    code, said = type_in("registre copier sauvegardes --garder 1")
    assert code == 2
    assert re.search(r"La copie \S+ est faite, mais l’ancienne \S+ n’a pas pu être retirée", said)
    assert len(names(old.parent)) == 2


def test_fewer_copies_than_are_kept_all_stay(tmp_path: Path) -> None:
    (tmp_path / "r.20221115-083000.copie").touch()
    (tmp_path / "r.20221116-083000.copie").mkdir()
    assert garder_les_dernieres(Path("r"), tmp_path, 2, faite=tmp_path / "r.20221115-083000.copie") == []
    assert len(names(tmp_path)) == 2


def test_in_the_hour_that_comes_twice_the_new_copy_stays(tmp_path: Path) -> None:
    """On 30 October 2022 the copy of 02:10 after the change is younger than the one of 02:50 before it."""
    older, before, new = (tmp_path / f"r.20221030-{hour}.copie" for hour in ("024000", "025000", "021000"))
    for age, copy in enumerate([before, older, new]):
        copy.touch()
        os.utime(copy, ns=(age, age))
    assert garder_les_dernieres(Path("r"), tmp_path, 2, faite=new) == [before]
    # Nor does it go when the clock of the disk is ahead.
    os.utime(older, ns=(10, 10))
    assert garder_les_dernieres(Path("r"), tmp_path, 1, faite=new) == [older]
    assert names(tmp_path) == [new.name]


def test_a_server_s_ledger_is_not_copied_by_command(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ici").mkdir()
    monkeypatch.chdir(tmp_path / "ici")
    Registre(url).fermer()
    code = principal(["registre", "copier", "copie.sqlite", "--registre", url])
    said = "".join(capsys.readouterr())
    assert (code, "Seul un registre SQLite" in said) == ((0, False) if url.startswith("sqlite") else (2, True))
    assert principal(["registre", "copier", "--registre", url]) == code


# An export that was changed


@pytest.fixture(scope="module")
def export() -> list[str]:
    with Registre("sqlite://") as registre:
        lived(registre)
        registre.effacer("750000001", jour=DAY)
        return list(registre.exporter())


@given(data=st.data())
def test_a_changed_export_is_refused_in_words_or_is_the_same(export: list[str], data: st.DataObject) -> None:
    """Bytes, lines and values changed, or the hash left out: words, and nothing is written; never a traceback, now or later."""
    octets = bytearray("".join(f"{line}\n" for line in export).encode())
    unsealed = data.draw(st.booleans())
    if unsealed:
        head = octets.index(b'"evenements":')
        end = octets.index(b"}\n", head)
        octets[head - 1 : end] = b""
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(octets) - 1))
        end = data.draw(st.integers(start, min(len(octets), start + 80)))
        octets[start:end] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"null", b"-1", b'""', b"[]", b"{}", b"1e999", b"\n"])
        )
    lines = octets.decode("utf-8", "surrogateescape").split("\n")
    with Registre("sqlite://") as registre:
        try:
            registre.importer(lines[:-1] if not lines[-1] else lines, sans_empreinte=unsealed)
        except SegurError:
            assert registre.journal() == ()
            return
        # What was let in answers every question.
        registre.situation()
        registre.totaux()
        registre.demandes()
        registre.exporter()
        assert {c.code for c in registre.verifier()} <= {"table-differente"}
        assert registre.numeros_restants() >= 0


def test_the_example_of_a_ledger_is_in_order(url: str) -> None:
    with Registre(url) as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
        assert registre.verifier() == ()
