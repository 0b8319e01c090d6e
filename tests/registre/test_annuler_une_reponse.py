"""An answer that was recorded by mistake is taken back whole; then the right one acts as if it had come alone."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, ALTERED, DAY, MISSING, REJECTED, SILENT, THREE, answer_to, file_of, name, phases, snapshot
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR
from pannes import fault_in_sql, some

from segur_pha import RegistreError, lire_retour
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.base import enregistrer
from segur_pha.registre.evenements import Fait, LigneRecue, RetourAnnule, RetourRecu
from segur_pha.registre.histoire import rejouer
from segur_pha.retour.ecarts import Admission, NatureEcart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EXAMPLES = Path(__file__).parents[2] / "examples"
NEXT, LATER, LAST = (DAY + timedelta(days=days) for days in (1, 2, 3))
WHY = "réponse d’un essai"
ADMISSIBLE = [nature for nature in NatureEcart if nature.admissible]
OUTCOMES = st.lists(st.sampled_from([ACCEPTED, REJECTED, SILENT, ALTERED, MISSING]), min_size=3, max_size=3).filter(
    lambda outcomes: set(outcomes) != {MISSING}
)
ADMITTED = st.lists(st.sampled_from(ADMISSIBLE))


def wrong_answer(outcomes: Sequence[str], shift: int) -> bytes:
    """Answer three requests with references of its own, or with those of the right answer given to others."""
    answer = answer_to(THREE, outcomes).decode()
    for number in (1, 2, 3):
        other = f"A*P-{(number + shift - 1) % 3 + 1:05}" if shift else f"FAUX-{number}"
        answer = answer.replace(f"ASP-0000{number}", other)
    return answer.replace("A*P", "ASP").replace('"IMP"', '"FAUX"').encode()


def states(registre: Registre) -> list[object]:
    """Give what the questions are answered from, and the answers to some."""
    return [
        *map(repr, registre.demandes()),
        *map(repr, registre.fichiers()),
        registre.situation(),
        registre.totaux(),
        registre.soldables(),
        registre.a_verifier(),
    ]


def ledger(registre: Registre, *, deposited: bool) -> Registre:
    registre.preparer({name(1): THREE}, jour=DAY)
    if deposited:
        registre.deposer(name(1), jour=DAY)
    return registre


def told_again(registre: Registre) -> None:
    """Find the history to lead to the states that are stored, and to come back from an export."""
    states_by_key = {d.cle: d for d in registre.demandes()}
    replayed = rejouer(event for _, event in registre.journal())
    assert replayed.demandes == states_by_key
    assert replayed.fichiers == {f.fichier: f for f in registre.fichiers()}
    with Registre("sqlite://") as copy:
        copy.importer(registre.exporter())
        assert snapshot(copy) == snapshot(registre)


@DEAR
@given(OUTCOMES, OUTCOMES, st.integers(0, 2), ADMITTED, st.sets(st.sampled_from(["deposited", "by number"])))
def test_taken_back_a_wrong_answer_leaves_the_right_one_as_if_it_were_alone(
    wrong: list[str], right: list[str], shift: int, admitted: list[NatureEcart], how: set[str]
) -> None:
    deposited = "deposited" in how
    mistake, answer = wrong_answer(wrong, shift), answer_to(THREE, right)
    with Registre("sqlite://") as alone, Registre("sqlite://") as registre:
        ledger(alone, deposited=deposited).enregistrer_retour(answer, jour=LATER)
        ledger(registre, deposited=deposited).enregistrer_retour(mistake, jour=NEXT, admettre=admitted)
        spoken = tuple(f"0000{rank}" for rank, outcome in enumerate(wrong, start=1) if outcome != MISSING)
        if "by number" in how:
            assert registre.annuler_reponse(spoken[0], jour=LATER, motif=WHY) == spoken
        else:
            assert registre.annuler_retour(mistake, jour=LATER, motif=WHY) == spoken
        with Registre("sqlite://") as untouched:
            assert states(registre) == states(ledger(untouched, deposited=deposited))
        registre.enregistrer_retour(answer, jour=LATER)
        assert states(registre) == states(alone)
        # The journal keeps both, and the mistake may be made again.
        kinds = [type(event) for _, event in registre.journal()]
        assert (kinds.count(RetourRecu), kinds.count(RetourAnnule)) == (2, 1)
        told_again(registre)
        registre.enregistrer_retour(mistake, jour=LAST, admettre=admitted)
        registre.annuler_retour(mistake, jour=LAST, motif=WHY)
        assert states(registre) == states(alone)


@DEAR
@given(OUTCOMES, OUTCOMES, st.integers(0, 2), ADMITTED, st.sampled_from(["right first", "mistake first"]))
def test_it_is_the_same_when_the_right_answer_was_recorded_before_or_after_the_mistake(
    wrong: list[str], right: list[str], shift: int, admitted: list[NatureEcart], order: str
) -> None:
    mistake, answer = wrong_answer(wrong, shift), answer_to(THREE, right)
    with Registre("sqlite://") as alone, Registre("sqlite://") as registre:
        for one in (alone, registre):
            ledger(one, deposited=True)
        alone.enregistrer_retour(answer, jour=LATER)
        if order == "right first":
            registre.enregistrer_retour(answer, jour=LATER)
        registre.enregistrer_retour(mistake, jour=LATER, admettre=admitted)
        registre.enregistrer_retour(answer, jour=LATER)
        registre.annuler_retour(lire_retour(mistake), jour=LAST, motif=WHY)
        # What the mistake had held back acts when the same answer is given again.
        registre.enregistrer_retour(answer, jour=LATER)
        assert states(registre) == states(alone)
        told_again(registre)
        before = snapshot(registre)
        registre.enregistrer_retour(answer, jour=LATER)
        assert snapshot(registre) == before


def test_a_reference_is_free_for_the_request_whose_it_is_also_in_an_export(registre: Registre) -> None:
    """The request that gets it was prepared after the mistake, and both stand in one lot of an import."""
    registre.preparer({name(1): file_of("00002")}, jour=DAY)
    mistake = answer_to(file_of("00002"), [ACCEPTED]).replace(b"ASP-00002", b"ASP-00001")
    registre.enregistrer_retour(mistake, jour=DAY)
    before = list(registre.exporter())
    registre.annuler_retour(mistake, jour=NEXT, motif=WHY)
    registre.preparer({name(2): file_of("00001")}, jour=NEXT)
    registre.enregistrer_retour(answer_to(file_of("00001"), [ACCEPTED]), jour=LATER)
    assert (phases(registre)["00001"], registre.demande("00001").numero_asp) == ("acceptée", "ASP-00001")
    told_again(registre)
    assert len(before) < len(list(registre.exporter()))


def test_a_reference_goes_from_one_request_to_another_in_one_lot(registre: Registre) -> None:
    ledger(registre, deposited=True)
    mistake = wrong_answer([ACCEPTED, MISSING, MISSING], 1)
    registre.enregistrer_retour(mistake, jour=NEXT)
    with Registre("sqlite://") as other:
        other.importer(registre.exporter())
        other.noter_service("00002", jour=NEXT)  # the one that gets the reference is written first
        other.annuler_retour(mistake, jour=LATER, motif=WHY)
        other.enregistrer_retour(answer_to(THREE, [REJECTED, ACCEPTED, SILENT]), jour=LATER)
        known = sum(1 for _ in registre.journal())
        later = [event for _, event in other.journal()][known:]
    with registre._stockage.ecriture() as connexion:  # noqa: SLF001 - as an import does
        enregistrer(connexion, later)
    assert [(d.phase, d.numero_asp) for d in registre.demandes()][:2] == [("rejetée", None), ("acceptée", "ASP-00002")]


def test_a_stray_line_of_another_file_is_taken_back_too(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.preparer({name(2): file_of("00009")}, jour=DAY)
    registre.deposer(name(2), jour=DAY)
    tree = json.loads(answer_to(THREE, [ACCEPTED] * 3))
    tree["lignesImport"] += json.loads(answer_to(file_of("00009"), [ACCEPTED]))["lignesImport"]
    registre.enregistrer_retour(json.dumps(tree), jour=NEXT)
    assert registre.demande("00009").a_verifier
    assert registre.annuler_retour(json.dumps(tree), jour=LATER, motif=WHY) == ("00001", "00002", "00003", "00009")
    assert not registre.demande("00009").a_verifier
    assert phases(registre) == {"00001": "préparée", "00002": "préparée", "00003": "préparée", "00009": "déposée"}


def test_a_line_of_the_file_before_does_not_stand_in_the_way(registre: Registre) -> None:
    first = file_of("00001")
    registre.preparer({name(1): first}, jour=DAY)
    registre.enregistrer_retour(answer_to(first, [SILENT]), jour=DAY)
    registre.refuser(name(1), jour=DAY)
    second = file_of("00001", "00002")
    registre.preparer({name(2): second}, jour=NEXT)
    registre.enregistrer_retour(answer_to(second, [ACCEPTED, SILENT]), jour=NEXT)
    registre.annuler_reponse("00001", jour=LATER, motif=WHY)
    assert phases(registre) == {"00001": "préparée", "00002": "préparée"}


def test_what_rests_on_an_answer_is_taken_back_first(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    mistake = answer_to(THREE, [ACCEPTED, REJECTED, SILENT])
    registre.enregistrer_retour(mistake, jour=NEXT)
    registre.decider("00001", favorable=True, jour=NEXT)
    again = file_of("00021", finess={"00021": "750000002"})
    registre.preparer({name(2): again}, jour=NEXT, remplace={"00021": "00002"})

    def refused(words: str) -> None:
        before = snapshot(registre)
        with pytest.raises(RegistreError, match=words):
            registre.annuler_retour(mistake, jour=LATER, motif=WHY)
        assert snapshot(registre) == before

    refused("00001 .attribuée.*annulez d’abord le fait « décision »")
    registre.annuler("00001", Fait.DECISION, jour=LATER, motif=WHY)
    refused("00002 .rejetée.*déjà remplacée par la demande 00021")
    registre.abandonner(name(2), jour=LATER)
    registre.noter_service("00003", jour=LATER)
    refused("le dépôt du fichier .* a une autre suite que cette réponse")
    registre.annuler("00003", Fait.SERVICE, jour=LATER, motif=WHY)
    with pytest.raises(RegistreError, match="Dites pourquoi"):
        registre.annuler_retour(mistake, jour=LATER, motif=" ")
    registre.annuler_retour(mistake, jour=LATER, motif=WHY)
    assert phases(registre) == {
        "00001": "préparée", "00002": "préparée", "00003": "préparée", "00021": "abandonnée",
    }  # fmt: skip
    refused("pas au registre, ou elle est déjà annulée")


def test_what_a_rejection_would_forbid_stands_before_it(registre: Registre) -> None:
    registre.preparer({name(1): file_of("00001")}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    registre.enregistrer_retour(answer_to(file_of("00001"), [REJECTED]), jour=NEXT)
    mistake = answer_to(file_of("00001"), [ACCEPTED])
    registre.enregistrer_retour(mistake, jour=NEXT, admettre=[NatureEcart.REPONSE_CONTRAIRE])
    registre.noter_facture("00001", jour=LATER)
    with pytest.raises(RegistreError, match="annulez d’abord le fait « facture »"):
        registre.annuler_retour(mistake, jour=LATER, motif=WHY)


def test_a_reference_that_somebody_else_bears_by_now_is_not_given_back(registre: Registre) -> None:
    registre.preparer({name(1): file_of("00001")}, jour=DAY)
    registre.preparer({name(2): file_of("00002")}, jour=DAY)
    first = answer_to(file_of("00001"), [ACCEPTED])
    registre.enregistrer_retour(first, jour=NEXT)
    mistake = first.replace(b"ASP-00001", b"FAUX-1")
    registre.enregistrer_retour(mistake, jour=NEXT, admettre=[NatureEcart.REPONSE_CONTRAIRE])
    other = answer_to(file_of("00002"), [ACCEPTED]).replace(b"ASP-00002", b"ASP-00001")
    registre.enregistrer_retour(other, jour=NEXT)
    with pytest.raises(RegistreError, match="la référence de l’ASP d’une autre demande"):
        registre.annuler_retour(mistake, jour=LATER, motif=WHY)


def test_the_last_time_that_an_answer_was_recorded_is_the_one_taken_back(registre: Registre) -> None:
    """What erases personal values rewrites rows of the journal, and a server then gives them in another order."""
    answer = answer_to(file_of("00001"), [REJECTED])
    registre.preparer({name(1): file_of("00001", "00002")}, jour=DAY)
    registre.enregistrer_retour(answer, jour=NEXT)
    registre.annuler_retour(answer, jour=NEXT, motif=WHY)
    registre.abandonner(name(1), jour=NEXT)
    registre.preparer({name(2): file_of("00001")}, jour=DAY)
    registre.enregistrer_retour(answer, jour=NEXT)
    registre.effacer("750000002", jour=LATER)
    assert registre.annuler_retour(answer, jour=LATER, motif=WHY) == ("00001",)
    assert {f.nom: f.repondu for f in registre.fichiers()} == {name(1): False, name(2): False}
    assert registre.verifier() == ()


def test_the_requests_of_an_answer_are_given_in_its_order(registre: Registre) -> None:
    mistake = answer_to(THREE, [ALTERED] * 3)
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.enregistrer_retour(mistake, jour=NEXT)
    registre.effacer("750000001", jour=LATER)
    assert registre.annuler_retour(mistake, jour=LATER, motif=WHY) == ("00001", "00002", "00003")


def test_what_is_not_there_cannot_be_taken_back(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    for words, call in (
        ("Cette réponse n’est pas au registre", lambda: registre.annuler_retour(b"{}", jour=DAY, motif=WHY)),
        ("Demande inconnue", lambda: registre.annuler_reponse("99999", jour=DAY, motif=WHY)),
        ("aucune réponse n’en parle", lambda: registre.annuler_reponse("00001", jour=DAY, motif=WHY)),
    ):
        with pytest.raises(RegistreError, match=words):
            call()


def test_refused_by_the_database_at_a_step_nothing_is_taken_back(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    mistake = answer_to(THREE, [ACCEPTED, REJECTED, ALTERED])
    registre.enregistrer_retour(mistake, jour=NEXT)
    before = snapshot(registre)

    def cut() -> None:
        raise RegistreError("cut off")

    for step in some(8, turn=2, every_day=3):
        with fault_in_sql(step, cut), pytest.raises(RegistreError):
            registre.annuler_retour(mistake, jour=LATER, motif=WHY)
        assert snapshot(registre) == before
    registre.annuler_retour(mistake, jour=LATER, motif=WHY)
    assert set(phases(registre).values()) == {"préparée"}


# A word on one line


@DEAR
@given(OUTCOMES, st.sets(st.sampled_from(["00001", "00002", "00003"])))
def test_a_word_may_be_on_some_lines_only(outcomes: list[str], named: set[str]) -> None:
    outcomes = [ALTERED if outcome == MISSING else outcome for outcome in outcomes]  # each line may be named
    words = [Admission(NatureEcart.CONTENU_MODIFIE, number) for number in sorted(named)]
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
        registre.enregistrer_retour(answer_to(THREE, outcomes), jour=NEXT, admettre=words)
        expected = {ACCEPTED: "acceptée", REJECTED: "rejetée", SILENT: "déposée"}
        assert phases(registre) == {
            number: expected.get(outcome, "acceptée" if number in named else "déposée")
            for number, outcome in zip(("00001", "00002", "00003"), outcomes, strict=True)
        }
        admitted = {e.numero_editeur for _, e in registre.journal() if isinstance(e, LigneRecue) and e.admise}
        assert (
            admitted == {n for n, o in zip(("00001", "00002", "00003"), outcomes, strict=True) if o == ALTERED} & named
        )


def test_a_word_on_a_line_that_is_not_there_is_a_slip(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    before = snapshot(registre)
    with pytest.raises(RegistreError, match="ne parle pas, une fois et une seule, de 00002, 00007"):
        registre.enregistrer_retour(
            answer_to(THREE, [ALTERED, MISSING, ALTERED]),
            jour=NEXT,
            admettre=[Admission(NatureEcart.CONTENU_MODIFIE, number) for number in ("00001", "00002", "00007")],
        )
    with pytest.raises(RegistreError, match="ne s’admettent pas : réponse absente"):
        registre.enregistrer_retour(
            answer_to(THREE, [ALTERED] * 3), jour=NEXT, admettre=[Admission(NatureEcart.REPONSE_ABSENTE, "00001")]
        )
    assert snapshot(registre) == before


# As a clerk types it


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple]:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)

    def segur_pha(*words: str) -> tuple[int, str, str]:
        code = principal(words)
        return (code, *capfd.readouterr())

    return segur_pha


def test_a_clerk_takes_the_wrong_file_back(run: Callable[..., tuple[int, str, str]]) -> None:
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): THREE}, jour=DAY)
    Path("essai.json").write_bytes(wrong_answer([ACCEPTED, ACCEPTED, REJECTED], 0))
    Path("retour.json").write_bytes(answer_to(THREE, [ACCEPTED, REJECTED, SILENT]))
    assert run("retour", "essai.json", "--appliquer")[0] == 1
    code, output, _ = run("registre", "annuler", "essai.json", "reponse", "--motif", WHY)
    assert (code, "Réponse annulée, pour 3 demandes." in output) == (0, True)
    assert run("retour", "retour.json", "--appliquer")[0] == 1
    _, output, _ = run("registre", "montrer", "00001")
    for words in ("réponse annulée", "réponse annulée en entier", WHY, "FAUX-1", "ASP-00001"):
        assert words in output
    code, output, _ = run("registre", "annuler", "00002", "reponse", "--motif", WHY)
    assert (code, "pour 3 demandes" in output) == (0, True)
    with Registre("registre.sqlite") as registre:
        assert set(phases(registre).values()) == {"préparée"}
    assert run("registre", "annuler", "00002", "reponse", "--motif", WHY)[0] == 2
