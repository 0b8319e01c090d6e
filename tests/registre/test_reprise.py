"""``inscrire``: files and answers that were there before the ledger, or are left of one that was lost."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, ALTERED, DAY, REJECTED, SILENT, THREE, answer_to, file_of, name, phases
from hypothesis import given, settings
from hypothesis import strategies as st

from segur_pha import FichierRejete, RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.reprise import Reponse

if TYPE_CHECKING:
    from pathlib import Path

OUTCOMES = st.lists(st.sampled_from([ACCEPTED, REJECTED, SILENT, ALTERED]), min_size=3, max_size=3)


def named(day: date, rank: int) -> str:
    return f"JSON-ANS0000001-{day:%Y%m%d}-{rank:03}.json"


def all_answers(registre: Registre) -> list[object]:
    """Ask every question but those of the journal."""
    return [
        *(registre.demandes(), registre.fichiers(), registre.totaux(), registre.soldables(), registre.doublons()),
        *(registre.a_resoumettre(), registre.a_verifier(), registre.situation(), registre.soldes()),
    ]


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(OUTCOMES, min_size=1, max_size=3), st.randoms(use_true_random=False), st.booleans())
def test_a_rebuilt_ledger_answers_as_the_lost_one_did(
    files: list[list[str]],
    chance: object,
    twice: bool,  # noqa: FBT001
) -> None:
    sent: dict[str, bytes] = {}
    answers: list[Reponse] = []
    with Registre("sqlite://") as lost, Registre("sqlite://") as rebuilt:
        served = iter(f"{k:05}" for k in range(1, 100))
        for rank, outcomes in enumerate(files):
            day = DAY + timedelta(days=7 * rank)
            waiting = {d.finess_geo: d.numero_editeur for d in lost.a_resoumettre()}
            numbers = [next(served) for _ in range(3)]
            links = dict(zip(numbers, waiting.values(), strict=False))
            octets = file_of(*numbers, finess=dict(zip(numbers, waiting, strict=False)))
            lost.preparer({named(day, 1): octets}, jour=day, remplace=links)
            lost.deposer(named(day, 1), jour=day)
            answer = answer_to(octets, outcomes)
            lost.enregistrer_retour(answer, jour=day + timedelta(days=2))
            sent[named(day, 1)] = octets
            answers.append(Reponse(f"{rank}.json", answer, day + timedelta(days=2)))
        chance.shuffle(answers)
        shuffled = list(sent)
        chance.shuffle(shuffled)
        rebuilt.inscrire({file: sent[file] for file in shuffled}, answers)
        assert all_answers(rebuilt) == all_answers(lost)
        if twice:
            history = [*rebuilt.exporter()]
            again = rebuilt.inscrire(sent, answers)
            assert (again.fichiers, again.reponses, dict(again.remplace)) == ((), (), {})
            assert [*rebuilt.exporter()] == history


def test_why_an_answer_is_refused_is_told_by_its_name(registre: Registre) -> None:
    sent, stray = file_of("00001"), answer_to(file_of("00009"), [REJECTED])
    answers = [Reponse("envoi.json", sent, DAY), Reponse("autre.json", stray, DAY)]
    with pytest.raises(RegistreError) as refused:
        registre.inscrire({name(1): sent}, answers)
    ours, others = str(refused.value).splitlines()
    assert ours.startswith("envoi.json : Ce fichier est celui qui a été déposé, et non la réponse du portail")
    assert others.startswith("Aucune demande de ces réponses n’est au registre")
    assert ": autre.json. " in others
    assert registre.fichiers() == ()


def test_one_after_the_other_is_all_at_once(registre: Registre) -> None:
    answer = Reponse("r.json", answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]), DAY)
    with pytest.raises(RegistreError, match=r"rien n’a été inscrit : r\.json"):
        registre.inscrire({}, [answer])
    assert registre.inscrire({name(1): THREE}).fichiers == (name(1),)
    assert registre.inscrire({}, [answer]).reponses == ("r.json",)
    assert phases(registre) == {"00001": "acceptée", "00002": "rejetée", "00003": "acceptée"}
    # A file that was prepared here was deposited, since somebody says so.
    registre.preparer({name(2): file_of("00011")}, jour=DAY)
    accepted = Reponse("s.json", answer_to(file_of("00011"), [ACCEPTED]), DAY + timedelta(days=3))
    outcome = registre.inscrire({name(2): file_of("00011")}, [accepted])
    assert (outcome.fichiers, outcome.reponses) == ((name(2),), ("s.json",))
    assert registre.demande("00011").jour_depot == DAY
    assert phases(registre)["00011"] == "acceptée"


def test_a_pharmacy_with_two_rejected_requests_is_not_guessed(registre: Registre) -> None:
    twice = file_of("00001", "00002", finess={"00002": "750000001"})
    registre.inscrire({name(1): twice}, [Reponse("r.json", answer_to(twice, [REJECTED, REJECTED]), DAY)])
    outcome = registre.inscrire({name(2): file_of("00003", finess={"00003": "750000001"})})
    assert outcome.remplace == {}


def test_what_cannot_be_recorded_leaves_nothing(registre: Registre) -> None:
    with pytest.raises(RegistreError, match=r"ce nom ne dit pas le jour du dépôt ; indiquez-le \(--jour\)"):
        registre.inscrire({name(1): THREE, "demandes.json": file_of("00009")})
    with pytest.raises(FichierRejete):
        registre.inscrire({name(1): THREE, name(2): b"{}"})
    assert registre.demandes() == ()
    registre.inscrire({"demandes.json": THREE}, jour=DAY)
    assert registre.demande("00001").jour_depot == DAY


@pytest.mark.parametrize(("phase", "command"), [("préparé", "abandonner"), ("déposé", "refuser")])
def test_another_file_of_the_name_that_the_portal_has_is_recorded_once_the_first_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], phase: str, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
        if phase == "déposé":
            registre.deposer(name(1), jour=DAY)
    (tmp_path / "depot").mkdir()
    (tmp_path / "depot" / name(1)).write_bytes(THREE)
    (tmp_path / name(1)).write_bytes(file_of("00009"))
    assert principal(["registre", "inscrire", name(1)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"Un autre fichier {name(1)} est au registre ({phase})" in said
    assert f"registre {command}" in said
    assert "--premier-fichier" not in said
    assert principal(["registre", command, f"depot/{name(1)}"]) == 0
    assert principal(["registre", "inscrire", name(1)]) == 0
    with Registre("registre.sqlite") as registre:
        assert [d.numero_editeur for d in registre.demandes() if d.phase.value == "déposée"] == ["00009"]


def test_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name(1)).write_bytes(THREE)
    (tmp_path / "r.json").write_bytes(answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]))
    os.utime(tmp_path / "r.json", (0, datetime(2022, 11, 20, 12).timestamp()))  # noqa: DTZ001
    assert principal(["registre", "inscrire"]) == 64
    assert principal(["registre", "inscrire", "--retour", "r.json", name(1), "--creer"]) == 0
    assert "1 fichier inscrit, 1 réponse inscrite" in capsys.readouterr().out
    with Registre("registre.sqlite") as registre:
        assert registre.demande("00001").jour_reponse == date(2022, 11, 20)
    again = named(DAY + timedelta(days=7), 1)
    (tmp_path / again).write_bytes(file_of("00011", finess={"00011": "750000002"}))
    assert principal(["registre", "inscrire", again, name(1)]) == 0
    shown = capsys.readouterr().out
    assert "1 fichier inscrit, 0 réponse inscrite" in shown
    assert "Ces liens sont déduits" in shown


def test_two_files_of_one_name_are_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, octets in (("a", THREE), ("b", file_of("00011")), ("c", THREE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name(1)).write_bytes(octets)
    files = [f"{folder}/{name(1)}" for folder in "abc"]
    assert principal(["registre", "inscrire", *files[:2], "--creer"]) == 64
    assert (
        f"Deux fichiers différents portent le nom {name(1)} : donnez seulement celui qui a été déposé"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "registre.sqlite").exists()
    assert principal(["registre", "inscrire", files[0], files[2], "--creer"]) == 0
