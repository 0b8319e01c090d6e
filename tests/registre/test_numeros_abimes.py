"""Answers whose publisher's numbers a tool has spoiled, or whose header is another: held back, and no numeroASP is lost."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, THREE, answer_to, file_of, name, phases

from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.evenements import Fait
from segur_pha.registre.reprise import Reponse
from segur_pha.retour.ecarts import Admission, NatureEcart

if TYPE_CHECKING:
    from pathlib import Path

ADMITTED = [NatureEcart.CONTENU_MODIFIE]


def spoiled(sent: bytes = THREE, *, but: int | None = None) -> bytes:
    """Accept every request, under its number as a spreadsheet has it; ``but``: the place of one that keeps its own."""
    tree = json.loads(answer_to(sent, [ACCEPTED] * len(json.loads(sent)["lignesImport"])))
    for place, line in enumerate(tree["lignesImport"]):
        if place != but:
            line["numeroEditeur"] = int(line["numeroEditeur"])
    return json.dumps(tree).encode()


def deposited(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.deposer(name(1), jour=DAY)


@pytest.mark.parametrize("but", [None, 1])
def test_every_reference_waits_until_a_person_has_looked(registre: Registre, but: int | None) -> None:
    deposited(registre)
    registre.enregistrer_retour(spoiled(but=but), jour=DAY)
    whole = {"00002"} if but == 1 else set()
    held = sorted({"00001", "00002", "00003"} - whole)
    assert [d.numero_editeur for d in registre.demandes() if d.numero_asp] == sorted(whole)
    assert [d.numero_editeur for d in registre.a_verifier()] == held
    first, *others = held
    registre.enregistrer_retour(spoiled(but=but), jour=DAY, admettre=[Admission(NatureEcart.CONTENU_MODIFIE, first)])
    assert [d.numero_editeur for d in registre.a_verifier()] == others
    result = registre.enregistrer_retour(spoiled(but=but), jour=DAY, admettre=ADMITTED)
    assert [line.admise for line in result.lignes] == [line.numero_editeur in held for line in result.lignes]
    assert {d.numero_editeur: d.numero_asp for d in registre.demandes()} == {
        number: f"ASP-{number}" for number in ("00001", "00002", "00003")
    }
    assert registre.a_verifier() == ()
    with Registre("sqlite://") as replayed:
        replayed.importer(registre.exporter())
        assert replayed.demandes() == registre.demandes()
    # Taken back whole, as any answer.
    registre.annuler_retour(spoiled(but=but), jour=DAY, motif="essai")
    assert set(phases(registre).values()) == {"déposée"}


def test_such_an_answer_is_recorded_with_its_file(registre: Registre) -> None:
    outcome = registre.inscrire({name(1): THREE}, [Reponse("r.json", spoiled(), DAY)])
    assert outcome.reponses == ("r.json",)
    assert len(registre.a_verifier()) == 3


def test_it_is_known_among_several_files(registre: Registre) -> None:
    deposited(registre)
    other = file_of("00011", "00012")
    registre.preparer({name(2): other}, jour=DAY)
    registre.deposer(name(2), jour=DAY)
    registre.enregistrer_retour(spoiled(other), jour=DAY, admettre=ADMITTED)
    assert [d.numero_editeur for d in registre.demandes() if d.numero_asp] == ["00011", "00012"]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        deposited(registre)
    return tmp_path


def words(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_the_command_says_what_lets_it_in(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "r.json").write_bytes(spoiled(but=1))
    assert principal(["retour", "r.json", "--appliquer"]) == 1
    shown = words(capsys)
    assert "À vérifier : 2 demandes sur 3 sans réponse sûre." in shown
    assert (
        "2 demandes non suivies portent une référence de l’ASP (numeroASP) : si l’écart (contenu modifié) ne change rien, "
        "--appliquer --admettre contenu-modifie:00001 l’enregistre pour une demande, --admettre contenu-modifie pour toutes."
        in shown
    )
    assert principal(["retour", "r.json", "--appliquer", "--admettre", "contenu-modifie"]) == 1
    shown = words(capsys)
    assert "sans réponse sûre" not in shown
    assert "--admettre" not in shown
    with Registre("registre.sqlite") as registre:
        assert set(phases(registre).values()) == {"acceptée"}


def test_the_command_says_that_a_header_holds_every_line_back(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = json.loads(answer_to(THREE, [ACCEPTED] * 3))
    tree["SIRET"] = "98765432100011"
    tree["lignesImport"][2] |= {"libelleTraitement": "Demande acceptÃ©e"}
    (office / "r.json").write_text(json.dumps(tree), "utf-8")
    assert principal(["retour", "r.json", "--appliquer"]) == 1
    shown = words(capsys)
    assert "À vérifier : 3 demandes sur 3 sans réponse sûre." in shown
    assert "2 demandes non suivies portent" in shown
    assert (
        "1 demande non suivie porte une référence de l’ASP (numeroASP) : si l’écart (contenu modifié, ligne ambiguë) ne change "
        "rien, --appliquer --admettre contenu-modifie:00003 --admettre ligne-ambigue:00003" in shown
    )
    # Nothing was accepted, so no decision is waited for.
    assert "registre decider" not in shown
    assert principal(["retour", "r.json", "--appliquer", "--admettre", "contenu-modifie"]) == 1
    assert "registre decider" in words(capsys)
    with Registre("registre.sqlite") as registre:
        assert phases(registre) == {"00001": "acceptée", "00002": "acceptée", "00003": "déposée"}


def test_what_nobody_may_let_in_is_not_proposed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "r.json").write_bytes(answer_to(THREE, [ACCEPTED] * 3).replace(b"ASP-00002", b"ASP-00001"))
    assert principal(["retour", "r.json", "--appliquer"]) == 1
    shown = words(capsys)
    assert "À vérifier : 2 demandes sur 3 sans réponse sûre." in shown
    assert "--admettre" not in shown


def test_why_a_contrary_answer_is_not_let_in_is_said(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Registre("registre.sqlite") as registre:
        registre.enregistrer_retour(answer_to(THREE, [REJECTED, ACCEPTED, REJECTED]), jour=DAY)
        registre.decider("00002", favorable=True, jour=DAY)
        again = file_of("00021", finess={"00021": "750000001"})
        registre.preparer({name(2): again}, jour=DAY, remplace={"00021": "00001"})
    (office / "r.json").write_bytes(answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]))
    line = ["retour", "r.json", "--appliquer", "--admettre", "reponse-contraire"]
    assert principal(line) == 1
    shown = words(capsys)
    assert "la demande 00021 est partie à sa place ou attend : notez qu’elle est abandonnée ou refusée avant" in shown
    assert "une décision est notée : annulez-la avant d’admettre celle-ci" in shown
    # Nothing is proposed that would not be let in, and what was let in is not proposed again.
    assert "--appliquer --admettre" not in shown
    with Registre("registre.sqlite") as registre:
        assert phases(registre) == {"00001": "rejetée", "00002": "attribuée", "00003": "acceptée", "00021": "préparée"}
        # What is said to do, done.
        registre.abandonner(name(2), jour=date(2022, 11, 20))
        registre.annuler("00002", Fait.DECISION, jour=DAY, motif="erreur")
    assert principal(line) == 1
    with Registre("registre.sqlite") as registre:
        assert phases(registre) == {"00001": "acceptée", "00002": "rejetée", "00003": "acceptée", "00021": "abandonnée"}
