"""Every day, by cron: what is new, what has come nearer, what has ended, and a folder that keeps its own yesterday."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from flottes import JOUR, PARCS
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from segur_pha.certificats import (
    Certificat,
    Etat,
    Parc,
    SuiviIllisible,
    alertes,
    alertes_en_csv,
    alertes_en_json,
    calendrier,
    evolution,
)
from segur_pha.certificats.parc import ligne_illisible
from segur_pha.certificats.sorties import garder, noter, veille
from segur_pha.cli import principal
from tests.sorties import juger

if TYPE_CHECKING:
    from collections.abc import Callable

SEUILS = (90, 60, 30, 7)


def atteint(reste: int) -> int | None:
    """The threshold that a number of days left has reached: 0 once it is over."""
    return 0 if reste < 0 else next((s for s in sorted(SEUILS) if reste <= s), None)


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from([alertes_en_json, alertes_en_csv]))
def test_a_year_of_days_tells_every_threshold_once(graine: int, sortie: Callable[..., bytes]) -> None:
    """Pharmacies come, renew, leave; whatever happens, the new alerts of all days are the thresholds that were crossed."""
    tirage = Random(graine)  # noqa: S311 - a fleet, not a secret
    flotte: dict[str, date] = {}
    dites: Counter[tuple[str, date, int]] = Counter()
    attendues: Counter[tuple[str, date, int]] = Counter()
    vues: dict[tuple[str, date], int] = {}
    hier: bytes | None = None
    for rang in range(366):
        jour = JOUR + timedelta(days=rang)
        for _ in range(tirage.choice((0, 0, 1))):
            finess = f"99000000{tirage.randrange(6)}"
            fait = tirage.choice(("vient", "renouvelle", "part"))
            if fait == "part":
                flotte.pop(finess, None)
            elif fait == "vient" or finess in flotte:
                flotte[finess] = jour + timedelta(days=tirage.randrange(-20, 200))
        # The rule, said without any alert: one is due where the threshold reached is lower than yesterday's, or first seen.
        aujourd_hui = {(f, fin): s for f, fin in flotte.items() if (s := atteint((fin - jour).days)) is not None}
        for cle, seuil in aujourd_hui.items():
            if cle not in vues or seuil < vues[cle]:
                attendues[(*cle, seuil)] += 1
        parc = Parc(tuple(Certificat(f, fin) for f, fin in flotte.items()))
        courantes = alertes(parc, jour=jour, seuils=SEUILS)
        change = evolution(courantes, hier, jour=jour)
        dites.update((a.finess, a.fin, a.seuil) for a in change.nouvelles)
        assert {(t.finess, t.fin) for t in change.terminees} == vues.keys() - aujourd_hui.keys()
        assert change.due == bool(change.nouvelles)
        vues, hier = aujourd_hui, sortie(courantes)
    assert dites == attendues


@given(PARCS)
def test_the_same_day_again_has_nothing_new(parc: Parc) -> None:
    courantes = alertes(parc, jour=JOUR)
    lignes = (
        ligne_illisible("suivi", 7, "fin de validité vide", "374607"),
        ligne_illisible("officines", 2, "FINESS absent"),
    )
    for sortie in (alertes_en_json, alertes_en_csv):
        change = evolution(courantes, sortie(courantes, illisibles=lignes), jour=JOUR, illisibles=lignes)
        assert (change.nouvelles, change.terminees, change.illisibles, change.due) == ((), (), (), False)
        rien = evolution([], sortie(courantes, illisibles=lignes), jour=JOUR)
        assert [t.uid for t in rien.terminees] == [a.uid for a in courantes]


def test_a_row_that_could_not_be_read_is_new_once_wherever_it_moves() -> None:
    hier = [ligne_illisible("suivi", 35, "fin de validité vide", "374607")]
    aujourd_hui = [ligne_illisible("suivi", 40, "la fin n’est pas un jour", "374607"), ligne_illisible("suivi", 9, "x")]
    change = evolution([], alertes_en_json([], illisibles=hier), jour=JOUR, illisibles=aujourd_hui)
    assert change.illisibles == (aujourd_hui[1],)
    assert change.due
    juger("certificats", alertes_en_json([], illisibles=aujourd_hui))


def test_an_output_of_an_older_version_is_still_yesterday() -> None:
    ancienne = [{"uid": "certificats-990000001-2025-07-01@segur-pha", "finess": "990000001", "nom": "", "seuil": 30}]
    (alerte,) = alertes(Parc((Certificat("990000001", date(2025, 7, 1)),)), jour=JOUR)
    assert evolution([alerte], json.dumps(ancienne).encode(), jour=JOUR).nouvelles == ()
    # It does not say when the alert would have ended: nothing is cancelled on a guessed day.
    assert evolution([], json.dumps(ancienne).encode(), jour=JOUR).terminees == ()
    with pytest.raises(SuiviIllisible):
        evolution([], b'[{"uid": "a", "seuil": 1, "expiration": "demain"}]', jour=JOUR)


def test_what_has_ended_cancels_its_event() -> None:
    courantes = alertes(Parc((Certificat("990000001", date(2025, 7, 1)),)), jour=JOUR)
    demain = JOUR + timedelta(days=1)
    change = evolution([], alertes_en_json(courantes), jour=demain)
    avant, apres = (
        Calendar.from_ical(octets).walk("VEVENT")[0]
        for octets in (calendrier(courantes), calendrier([], terminees=change.terminees))
    )
    assert (apres["uid"], apres["status"], apres["dtstart"].dt) == (avant["uid"], "CANCELLED", date(2025, 7, 1))
    assert apres["sequence"] > avant["sequence"]


def test_a_folder_knows_its_yesterday(tmp_path: Path) -> None:
    dossier = tmp_path / "suivi"
    assert veille(dossier, JOUR) is None
    premier = garder(dossier, JOUR, b"[]\n")
    assert premier == dossier / "alertes-2025-06-12.json"
    (dossier / "autre.txt").write_bytes(b"")
    assert veille(dossier, JOUR) is None  # a second run of that day is compared with the day before
    assert garder(dossier, JOUR, b"[]\n") is None
    assert garder(dossier, JOUR, b"[ ]\n") == dossier / "alertes-2025-06-12-2.json"
    assert garder(dossier, JOUR, b"[  ]\n") == dossier / "alertes-2025-06-12-3.json"
    assert veille(dossier, JOUR + timedelta(days=3)) == dossier / "alertes-2025-06-12-3.json"
    (dossier / "alertes-2025-02-30.json").write_bytes(b"")
    with pytest.raises(SuiviIllisible, match="n’existe pas"):
        veille(dossier, JOUR)
    with pytest.raises(SuiviIllisible, match="est un fichier"):
        veille(dossier / "autre.txt", JOUR)


def test_the_log_has_one_line_a_day(tmp_path: Path) -> None:
    journal = tmp_path / "un" / "journal.txt"
    lines = [f"2025-06-{day:02} code=0" for day in (9, 9, 10, 9)]
    for ligne in lines:
        noter(journal, ligne)
    assert journal.read_text(encoding="utf-8").splitlines() == lines[1:]


LINE = b"2025-06-12 code=2 SuiviIllisible"
ENDS = st.sampled_from([b"", b"\n", b"\r\n"])


BEFORE = st.just(b"") | st.just(b"\xef\xbb\xbf") | st.binary(max_size=40).map(lambda octets: octets + b"\n")


@given(BEFORE, st.binary(max_size=40), ENDS, st.sampled_from([0, 5_000, 100_000]))
def test_a_log_keeps_what_it_holds_and_gets_a_line_of_its_own(
    before: bytes, after: bytes, end: bytes, many: int
) -> None:
    """An editor that saves it in another encoding, a mark before it, words of somebody's: none is changed, none stops the task."""
    held = before + LINE + b"\n" + b"." * many + after + end
    with TemporaryDirectory() as folder:
        journal = Path(folder, "journal.txt")
        journal.write_bytes(held)
        noter(journal, "2025-06-13 code=0")
        noter(journal, "2025-06-13 code=0")
        written = journal.read_bytes()
    assert written.startswith(held)
    assert written[len(held) :].lstrip(b"\r\n") == f"2025-06-13 code=0{os.linesep}".encode()
    assert written.splitlines()[-1:] == [b"2025-06-13 code=0"]


#: What stands where a log should be, and is none.
NO_LOGS = {
    "a follow-up": b"FINESS;Fin\n750000002;20/02/2026",
    "a page": b"<!doctype html>\n",
    "alerts": b"[]\n",
    "UTF-16": LINE.decode().encode("utf-16"),
    "a hole": b"\0" * 20_000,
}


@pytest.mark.parametrize("held", NO_LOGS.values(), ids=NO_LOGS)
@pytest.mark.parametrize("options", [["--journal", "j"], ["--suivi", "."]], ids=["--journal", "--suivi"])
def test_a_file_that_is_no_log_is_left_as_it_is(
    lancer: Callable[..., tuple[int, str]], held: bytes, options: list[str]
) -> None:
    for name in ("j", "journal.txt"):
        Path(name).write_bytes(held)
    code, texte = lancer("990001018;2025-07-10;7\n", *options, "--html", "a.html", "--au", "2025-06-12")
    assert (code, "n’est pas un journal de segur-pha certificats" in texte) == (2, True)
    assert {path.name for path in Path().iterdir()} == {"j", "journal.txt", "suivi.csv"}
    assert {Path(name).read_bytes() for name in ("j", "journal.txt")} == {held}


@pytest.mark.parametrize("kind", ["a device", "a pipe"])
def test_a_log_is_a_plain_file(lancer: Callable[..., tuple[int, str]], kind: str) -> None:
    if kind == "a pipe":
        os.mkfifo("j")  # nobody reads it: to open it would be to wait for ever
    else:
        Path("j").symlink_to("/dev/zero")
    code, texte = lancer("990001018;2025-07-10;7\n", "--journal", "j", "--html", "a.html")
    assert (code, "n’est pas un journal" in texte, Path("a.html").exists()) == (2, True, False)


def test_a_log_of_any_size_costs_what_its_ends_cost(tmp_path: Path) -> None:
    journal = tmp_path / "journal.txt"
    journal.write_bytes(LINE + b"\n")
    os.truncate(journal, 10**11)
    noter(journal, "2025-06-13 code=0")
    with journal.open("rb") as flux:
        flux.seek(10**11)
        assert flux.read().split() == [b"2025-06-13", b"code=0"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        *((["--html", "a"] if name == "a" else [f"--{name}", "a"], 64) for name in ("a", "ics", "csv", "json")),
        (["--plan", "a.csv", "--journal", "./a.csv"], 64),
        (["--suivi", "garde", "--html", "garde/journal.txt"], 64),
        (["--journal", "suivi.csv"], 2),
        (["--depuis", "hier.csv", "--journal", "hier.csv"], 64),
        (["--officines", "o.csv", "--journal", "o.csv"], 64),
        (["--suivi", "garde", "--journal", "garde/alertes-2025-06-12.json"], 2),
    ],
)
def test_a_log_has_a_name_of_its_own(lancer: Callable[..., tuple[int, str]], options: list[str], code: int) -> None:
    Path("garde").mkdir()
    line = options if "--journal" in options or "garde" in options else [*options, "--journal", "a"]
    assert lancer("990001018;2025-07-10;7\n", *line, "--au", "2025-06-12")[0] == code
    assert [path for path in Path().rglob("*") if path.is_file()] == [Path("suivi.csv")]
    assert Path("suivi.csv").read_text(encoding="utf-8").endswith(";7\n")
    # The same log twice is one log.
    assert lancer("990001018;2025-07-10;7\n", "--suivi", "garde", "--journal", "garde/journal.txt")[0] == 1
    assert len(Path("garde/journal.txt").read_text(encoding="utf-8").splitlines()) == 1


@pytest.fixture
def lancer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., object]:
    """Run the command on a follow-up, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def lance(suivi: str, *options: str) -> tuple[int, str]:
        Path("suivi.csv").write_text("FINESS;Fin de validité;N° produit\n" + suivi, encoding="utf-8")
        code = principal(["certificats", "suivi.csv", *options])
        lu = capsys.readouterr()
        return code, lu.out + lu.err

    return lance


def test_days_that_follow_one_another(lancer: Callable[..., tuple[int, str]]) -> None:
    suivi = "990001018;2025-07-10;7\n;;8\n"
    code, texte = lancer(suivi, "--suivi", "garde", "--au", "2025-06-12")
    assert (code, "Premier passage" in texte, "1 alerte nouvelle" in texte) == (1, True, True)
    assert "suivi, ligne 3 : fin de validité vide" in texte
    code, texte = lancer(suivi, "--suivi", "garde", "--au", "13/06/2025")
    assert (code, "0 alerte nouvelle" in texte, "ligne 3" in texte) == (0, True, False)
    assert lancer(suivi, "--suivi", "garde", "--au", "2025-07-05")[0] == 1  # within 7 days
    code, texte = lancer("990001018;2028-07-10;9\n", "--suivi", "garde", "--au", "2025-07-06", "--ics", "e.ics")
    assert (code, "1 alerte terminée" in texte) == (0, True)
    assert b"STATUS:CANCELLED" in Path("e.ics").read_bytes()
    assert (
        lancer("990001018;2028-07-10\n", "--suivi", "garde", "--au", "2025-07-07", "--officines", "absent.csv")[0] == 2
    )
    assert Path("garde/journal.txt").read_text(encoding="utf-8").splitlines() == [
        "2025-06-12 code=1 officines=1 certificats=1 alertes=1 nouvelles=1 terminees=0 illisibles=1",
        "2025-06-13 code=0 officines=1 certificats=1 alertes=1 nouvelles=0 terminees=0 illisibles=1",
        "2025-07-05 code=1 officines=1 certificats=1 alertes=1 nouvelles=1 terminees=0 illisibles=1",
        "2025-07-06 code=0 officines=1 certificats=1 alertes=0 nouvelles=0 terminees=1 illisibles=0",
        "2025-07-07 code=2 SuiviIllisible",
    ]
    juger("certificats", Path("garde/alertes-2025-06-12.json").read_bytes())


def test_a_missing_yesterday_is_a_first_day_and_a_broken_one_is_not(lancer: Callable[..., tuple[int, str]]) -> None:
    suivi = "990001018;2025-07-10;7\n"
    code, texte = lancer(suivi, "--depuis", "hier.csv", "--au", "2025-06-12", "--csv", "auj.csv", "--journal", "j.txt")
    assert (code, "Premier passage" in texte) == (1, True)
    code, texte = lancer(suivi, "--depuis", "auj.csv", "--au", "2025-06-12")
    assert (code, "Premier passage" in texte) == (0, False)
    assert lancer(suivi, "--depuis", "suivi.csv", "--au", "2025-06-12")[0] == 2
    assert lancer(suivi, "--depuis", "auj.csv", "--suivi", "garde")[0] == 64
    assert len(Path("j.txt").read_text(encoding="utf-8").splitlines()) == 1


def test_without_a_day_it_is_today_in_paris(lancer: Callable[..., tuple[int, str]]) -> None:
    avant = date.today()  # noqa: DTZ011 - whatever the zone, today is within a day of it
    code, texte = lancer("990001018;31/12/9998;7\n")
    jours = [avant + timedelta(days=ecart) for ecart in (-1, 0, 1, 2)]
    assert code == 0
    assert any(f"Plan au {jour:%d/%m/%Y}" in texte for jour in jours)
    assert lancer("990001018;31/12/9998;7\n", "--au", "demain")[0] == 64


def test_an_expired_state_is_told_once_with_the_rest() -> None:
    parc = Parc((Certificat("990000001", date(2027, 7, 1), etat=Etat.EXPIRE),))
    courantes = alertes(parc, jour=JOUR)
    assert evolution(courantes, alertes_en_csv(courantes), jour=JOUR + timedelta(days=1)).nouvelles == ()
