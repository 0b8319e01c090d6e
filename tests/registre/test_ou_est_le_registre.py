"""Where a ledger is: the place that was meant and no other, and an address whose password nobody reads."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path

import pytest
from atelier import DAY, THREE, name
from hypothesis import example, given
from hypothesis import strategies as st
from mesure import DEAR
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.adresse import moteur_de

#: What a disk takes for a name, and what a URL, a driver or SQLite would read something else in.
HOSTILE = st.text(
    st.sampled_from("%20?#&=@:;+~!'\"\\ .é🏥\n\tabz")
    | st.characters(exclude_characters="/\0", exclude_categories=["Cs"]),
    min_size=1,
    max_size=30,
)
VOLATILE = [
    ":memory:",
    Path(":memory:"),
    "sqlite:///",
    "sqlite:///:memory:",
    "sqlite+pysqlite:///:memory:",
    "sqlite:///file::memory:?uri=true",
    "sqlite:///file:a?mode=memory&uri=true",
    "sqlite:///file:/a?vfs=memdb&uri=true",
    "sqlite://?uri=true",
    URL.create("sqlite", database=""),
    URL.create("sqlite", database=":memory:"),
]


def possible(written: str) -> bool:
    return bool(written.strip()) and written not in {".", "..", ":memory:"} and len(written.encode()) < 200


@DEAR
@given(HOSTILE.filter(possible), st.sampled_from([str, Path]))
@example("registre%20partagé.sqlite", str)
@example("a?b.sqlite", str)
@example("a#b?mode=memory&uri=true", Path)
def test_a_file_bears_exactly_the_name_that_was_given(written: str, kind: type[str | Path]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder, written)
        for number in ("00001", "00002"):
            with Registre(where if "://" in written else kind(where)) as registre:
                assert registre.reserver(1) == [number]
        assert [path.name for path in Path(folder).iterdir()] == [where.name]


def test_a_name_in_the_current_folder_is_a_file_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Registre("a?b%20.sqlite") as registre:
        monkeypatch.chdir("/")
        registre.reserver(1)
    assert [path.name for path in tmp_path.iterdir()] == ["a?b%20.sqlite"]


@pytest.mark.parametrize("written", ["", " ", "\n\t", *VOLATILE])
def test_what_would_keep_nothing_is_refused(
    written: str | Path | URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RegistreError, match="fichier"):
        Registre(written)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["sqlite://", "sqlite+pysqlite://", URL.create("sqlite")])
def test_one_in_memory_is_asked_for_by_its_own_address(where: str | URL) -> None:
    with Registre(where) as registre:
        assert registre.reserver(1) == ["00001"]


def test_a_url_may_be_an_object(tmp_path: Path) -> None:
    with Registre(URL.create("sqlite", database=str(tmp_path / "a%20b?.sqlite"))) as registre:
        registre.reserver(1)
    assert [path.name for path in tmp_path.iterdir()] == ["a%20b?.sqlite"]


def test_sqlite_s_own_uris_go_on(tmp_path: Path) -> None:
    for number in ("00001", "00002"):
        with Registre(f"sqlite:///file:{tmp_path}/a.sqlite?uri=true&mode=rwc") as registre:
            assert registre.reserver(1) == [number]


WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(),
    st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=1),
    st.builds(object),
    st.just(Path),
    st.just(create_engine),
    st.builds(lambda: Session(create_engine("sqlite://"))),
)


@given(WRONG)
def test_what_is_no_place_is_refused_in_words(wrong: object) -> None:
    with pytest.raises(RegistreError, match=f"et non {type(wrong).__name__}"):
        Registre(wrong)


def test_a_closed_connection_is_refused() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        pass
    with pytest.raises(RegistreError, match="fermée"):
        Registre(connection)
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "a\0b.sqlite",
        "a\ud800.sqlite",
        "sqlite:///a.sqlite?timeout=soon",
        "sqlite:///a.sqlite?tiemout=3",
        "sqlite:///a?b.sqlite",
        "sqlite://a.sqlite",
        "postgresql+psycopg://server:port/base",
        "postgresql+psycopg_async://server/base",
    ],
)
def test_an_address_of_no_place(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RegistreError):
        Registre(address)
    assert list(tmp_path.iterdir()) == []


#: What sqlite3.connect of Python's library takes, by name: what a URL may say of it.
OPTIONS = ("timeout=5", "isolation_level=IMMEDIATE", "detect_types=0", "check_same_thread=true", "cached_statements=20")


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_of_python_s_driver_is_taken_from_a_url(option: str, tmp_path: Path) -> None:
    with Registre(f"sqlite:///{tmp_path / 'a.sqlite'}?{option}") as registre:
        assert registre.reserver(1) == ["00001"]
    assert (tmp_path / "a.sqlite").exists()


@pytest.mark.parametrize(("options", "milliseconds"), [("", 60_000), ("?timeout=5", 5_000), ("?timeout=0.25", 250)])
def test_another_program_is_waited_for_as_long_as_the_url_says(options: str, milliseconds: int, tmp_path: Path) -> None:
    engine = moteur_de(f"sqlite:///{tmp_path / 'a.sqlite'}{options}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == milliseconds
    engine.dispose()


# On the command line

PREPARE = (
    "preparer {0}/commandes.csv --editeur {0}/editeur.toml --pieces {0}/pieces --jour 2022-11-15 --sortie depot --creer "
    "--registre"
)
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("where", ["", ":memory:", "sqlite://", "sqlite:///:memory:"])
def test_no_deposit_is_recorded_in_a_ledger_that_ends_with_the_command(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert principal([*PREPARE.format(EXAMPLES).split(), where]) == 2
    assert list(tmp_path.iterdir()) == []
    assert "indiquez un fichier" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["registre%20partagé.sqlite", "a?b.sqlite", "#.sqlite"])
def test_the_ledger_of_that_name_is_the_one_that_is_asked(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert principal([*PREPARE.format(EXAMPLES).split(), where]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([where, "depot"])
    capsys.readouterr()
    assert principal(["registre", "lister", "--registre", where]) == 0
    assert "00003" in capsys.readouterr().out


@pytest.mark.parametrize("prefix", ["", "sqlite:///"])
def test_a_mistyped_name_makes_no_ledger(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert principal(["registre", "lister", "--registre", f"{prefix}absent.sqlite"]) == 2
    assert "Registre introuvable" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_refused_command_leaves_the_new_ledger_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "faux.json").write_text('{"impId": 1}', "utf-8")
    assert principal(["registre", "inscrire", "faux.json", "--creer", "--jour", "2022-11-15"]) == 2
    with Registre("registre.sqlite", creer=False) as registre:
        assert (registre.demandes(), registre.reserver(1)) == ((), ["00001"])


# The password

SECRET = "s3cr@t/Mot"  # noqa: S105 - made up
ENCODED = "s3cr%40t%2FMot"
PARTS = ("s3cr", "t/Mot", "t%2FMot")
ADDRESSES = [
    f"postgresql+psycopg://segur:{ENCODED}@127.0.0.1:1/base",
    f"postgresql+psycopg://segur:{SECRET}@127.0.0.1:1/base",
    f"postgresql+psycopg://127.0.0.1:1/base?user=segur&password={ENCODED}",
    f"postgresql+psycopg://segur:{ENCODED}@127.0.0.1:port/base",
    f"postgresql+psycopg://segur:{ENCODED}@127.0.0.1:1/base?nothing=1",
    f"postgresql+absent://segur:{ENCODED}@127.0.0.1/base",
    f"postgresql://segur:{ENCODED}@/base?host=127.0.0.1:port:port",
    f"absent://segur:{ENCODED}@127.0.0.1/base",
    f"sqlite://segur:{ENCODED}@127.0.0.1/base",
    f"postgresql:/segur:{ENCODED}@127.0.0.1/base",
    f"postgresql//segur:{SECRET}@127.0.0.1/base",
    f"://segur:{ENCODED}@127.0.0.1/base",
]


@pytest.mark.parametrize("secret", ["a@b", "a@b/c", "a@b?c", "a@b#c", "@", "a@@b"])
def test_a_password_that_is_not_encoded_is_refused_before_anybody_is_asked(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "begin", lambda _: pytest.fail("a server was asked"))
    with pytest.raises(RegistreError, match="%40"):
        Registre(f"postgresql+psycopg://segur:{secret}@127.0.0.1:1/base")


def told(error: BaseException) -> str:
    """Give all that anybody could read of an error: its traceback, and what it comes from."""
    chain, current = [], error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return "".join(traceback.format_exception(error)) + "".join(f"{e} {e!r} {e.args!r} {vars(e)!r}" for e in chain)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_error_tells_the_password(address: str) -> None:
    with pytest.raises(RegistreError) as refused:
        Registre(address).reserver(1)
    assert not any(part in told(refused.value) for part in PARTS)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "line",
    [
        ["registre", "lister", "--registre"],
        ["registre", "lister"],
        ["registre"],
        ["retour", str(EXAMPLES / "demandes.json"), "--registre"],
        ["registre", "montrer", "00001", "--registre"],
        ["registre", "importer"],
        [],
        PREPARE.format(EXAMPLES).split(),
    ],
)
def test_no_command_shows_the_password(
    line: list[str], address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert principal([*line, address]) in {2, 64}
    said = "".join(capsys.readouterr())
    assert "Erreur" in said
    assert not any(part in said for part in PARTS)


@pytest.mark.parametrize("secret", ["quote\"'", "two words", SECRET])
def test_a_driver_that_repeats_the_password_is_not_repeated(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some drivers quote what they were given; what they say is then left out, and where it came from as well."""

    def refuse(engine: Engine) -> None:
        words = f'could not connect with "password={engine.url.password}"'
        raise OperationalError("connect", {}, Exception(words))

    monkeypatch.setattr(Engine, "begin", refuse)
    url = make_url("postgresql+psycopg://segur@server/base").set(password=secret)
    for where in (url, create_engine(url)):
        with pytest.raises(RegistreError, match="La base du registre a refusé") as refused:
            Registre(where)
        assert secret not in told(refused.value)


def test_what_a_driver_says_otherwise_is_told_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_engine: Engine) -> None:
        raise OperationalError("connect", {}, Exception("the server is asleep"))

    monkeypatch.setattr(Engine, "begin", refuse)
    with pytest.raises(RegistreError, match="the server is asleep") as refused:
        Registre("postgresql+psycopg://segur@server/base")
    assert isinstance(refused.value.__cause__, OperationalError)


def test_where_an_export_went_is_told_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Registre(tmp_path / "a.sqlite") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
        (tmp_path / "a.jsonl").write_text("".join(f"{line}\n" for line in registre.exporter()), "utf-8")
    monkeypatch.setattr("segur_pha.cli.registre.ouvrir", lambda _where, **_: Registre(tmp_path / "b.sqlite"))
    assert principal(["registre", "importer", str(tmp_path / "a.jsonl"), "--registre", ADDRESSES[0]]) == 0
    said = capsys.readouterr().out
    assert said == "3 demandes importées dans postgresql+psycopg://127.0.0.1:1/base.\n"
