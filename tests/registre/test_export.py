"""An export is taken whole and as it was written, or not at all."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, THREE, answer_to, lived, name, snapshot
from hypothesis import given
from hypothesis import strategies as st
from mesure import examples

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from pathlib import Path


def exported() -> tuple[str, ...]:
    with Registre("sqlite://") as registre:
        lived(registre)
        return tuple(registre.exporter())


WHOLE = exported()
RANKS = st.integers(0, len(WHOLE) - 1)


@st.composite
def damaged(draw: st.DrawFn) -> list[str]:
    """Lose, double, move or change something of an export."""
    lines = list(WHOLE)
    match draw(st.sampled_from(["cut", "lose", "double", "swap", "letter", "settings", "unsigned"])):
        case "cut":
            del lines[draw(st.integers(1, len(lines) - 1)) :]
        case "lose":
            del lines[draw(RANKS)]
        case "double":
            rank = draw(RANKS)
            lines.insert(rank, lines[rank])
        case "swap":
            first, second = draw(st.lists(RANKS, min_size=2, max_size=2, unique=True))
            lines[first], lines[second] = lines[second], lines[first]
        case "letter":
            rank = draw(RANKS)
            place = draw(st.integers(0, len(lines[rank]) - 1))
            letter = draw(st.characters().filter(lambda letter: letter != lines[rank][place]))
            lines[rank] = f"{lines[rank][:place]}{letter}{lines[rank][place + 1 :]}"
        case "settings":
            header = json.loads(lines[0])
            header["reglages"]["position"] = "1"  # numbers would be served again
            lines[0] = json.dumps(header)
        case _:  # the count or the hash is gone
            header = json.loads(lines[0])
            del header[draw(st.sampled_from(["evenements", "sha256"]))]
            lines[0] = json.dumps(header)
    return lines


@examples(30, 2_000)  # several kinds of damage
@given(damaged(), st.booleans())
def test_an_export_that_was_cut_or_changed_is_refused(lines: list[str], word: bool) -> None:  # noqa: FBT001
    with Registre("sqlite://") as copy:
        before = snapshot(copy)
        # A word for an old export is no word for a damaged one.
        with pytest.raises(RegistreError):
            copy.importer(lines, sans_empreinte=word)
        assert snapshot(copy) == before


def test_the_count_and_the_hash_are_those_of_the_documentation() -> None:
    header = json.loads(WHOLE[0])
    assert header["evenements"] == len(WHOLE) - 1
    unsigned = WHOLE[0].replace(f',"sha256":"{header["sha256"]}"', "")
    assert header["sha256"] == sha256("".join(f"{line}\n" for line in (unsigned, *WHOLE[1:])).encode()).hexdigest()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ends_of_lines_are_no_change(end: str) -> None:
    with Registre("sqlite://") as copy:
        copy.importer(f"{line}{end}" for line in WHOLE)
        assert tuple(copy.exporter()) == WHOLE


def as_before(lines: tuple[str, ...]) -> list[str]:
    """Write an export as versions did that counted and hashed nothing."""
    header = json.loads(lines[0])
    return [json.dumps({key: header[key] for key in ("titre", "reglages")}), *lines[1:]]


def test_an_export_of_before_asks_for_a_person_s_word() -> None:
    with Registre("sqlite://") as copy:
        with pytest.raises(RegistreError, match="--sans-empreinte"):
            copy.importer(as_before(WHOLE))
        copy.importer(as_before(WHOLE), sans_empreinte=True)
        assert tuple(copy.exporter()) == WHOLE


def test_what_cannot_be_written_in_utf_8_is_no_export() -> None:
    with Registre("sqlite://") as copy:
        with pytest.raises(RegistreError, match="un de ces textes contient un caractère qu’aucune base ne garde"):
            copy.importer([*as_before(WHOLE), '{"nature": "\ud800"}'], sans_empreinte=True)
        # What can be gone through once is looked at line by line.
        with pytest.raises(RegistreError, match="une ligne n’est pas un objet JSON"):
            copy.importer(iter([*as_before(WHOLE), '{"nature": "\ud800"}']), sans_empreinte=True)
        with pytest.raises(RegistreError, match="empreinte SHA-256"):
            copy.importer(iter([*WHOLE[:-1], '{"nature": "\ud800"}']))


def test_a_clerk_s_export_that_lost_its_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, export, copy = (tmp_path / n for n in ("registre.sqlite", "registre.jsonl", "copie.sqlite"))
    with Registre(place) as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
        registre.enregistrer_retour(answer_to(THREE, [ACCEPTED] * 3), jour=DAY)
    assert principal(["registre", "exporter", str(export), "--registre", str(place)]) == 0
    whole = export.read_text("utf-8")
    take = ["registre", "importer", str(export), "--registre", str(copy)]
    export.write_text("".join(whole.splitlines(keepends=True)[:-1]), "utf-8")
    assert principal(take) == 2
    assert "événements annoncés : 9, présents : 8. Rien n’a été importé" in capsys.readouterr().err
    assert not copy.exists()
    export.write_text("\n".join(as_before(tuple(whole.splitlines()))), "utf-8")
    assert principal(take) == 2
    assert not copy.exists()
    assert principal([*take, "--sans-empreinte"]) == 0
    assert "3 demandes importées" in capsys.readouterr().out


FIELDS = [
    (rank, key)
    for rank, line in enumerate(WHOLE)
    for key, value in json.loads(line).get("evenement", {}).items()
    if isinstance(value, str)
]


@given(st.sampled_from(FIELDS), st.text(max_size=3), st.text("0a\\", max_size=3))
def test_what_no_database_keeps_is_refused_wherever_an_old_export_says_it(
    field: tuple[int, str], before: str, after: str
) -> None:
    rank, key = field
    lines = as_before(WHOLE)
    line = json.loads(lines[rank])
    line["evenement"][key] += f"{before}\0{after}"
    lines[rank] = json.dumps(line)
    with Registre("sqlite://") as copy:
        empty = snapshot(copy)
        with pytest.raises(RegistreError):
            copy.importer(lines, sans_empreinte=True)
        assert snapshot(copy) == empty


@pytest.mark.parametrize(("key", "value"), [("montant_segur_ht", "1e30"), ("rang", 2**63)])
def test_a_number_that_no_database_keeps_is_refused_in_words(registre: Registre, key: str, value: object) -> None:
    lines = as_before(WHOLE)
    rank = next(rank for rank, line in enumerate(lines) if f'"{key}":' in line)
    line = json.loads(lines[rank])
    line["evenement"][key] = value
    lines[rank] = json.dumps(line)
    with pytest.raises(RegistreError, match=r"a trop de chiffres\. Rien n’a été enregistré"):
        registre.importer(lines, sans_empreinte=True)
    assert registre.demandes() == ()


def test_what_is_too_large_for_an_export_is_said_and_leaves_no_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    export, copy = tmp_path / "registre.jsonl", tmp_path / "copie.sqlite"
    export.write_text("".join(f"{line}\n" for line in WHOLE), "utf-8")
    take = ["registre", "importer", str(export), "--registre", str(copy)]
    monkeypatch.setattr("segur_pha.cli.registre._OCTETS_D_UN_EXPORT", export.stat().st_size - 1)
    assert principal(take) == 2
    assert "dépasse 1 Go : ce n’est pas l’export d’un registre" in capsys.readouterr().err
    assert not copy.exists()
    monkeypatch.setattr("segur_pha.cli.registre._OCTETS_D_UN_EXPORT", export.stat().st_size)
    assert principal(take) == 0
