"""The stored ledger beside the pure reducer, and beside a small model of what the guide says, over random histories."""

from __future__ import annotations

import contextlib
import os
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, ALTERED, DAY, MISSING, REJECTED, SILENT, answer_to, file_of, name, snapshot
from bases import NO_POSTGRES, POSTGRES
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from segur_pha import RegistreError
from segur_pha.registre import Registre
from segur_pha.registre.histoire import rejouer
from tests.schemas import empty_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

LONG = os.environ.get("SEGUR_PROFIL") == "long"
OUTCOMES = st.lists(st.sampled_from([ACCEPTED, REJECTED, SILENT, MISSING, ALTERED]), min_size=3, max_size=3)


class Crash(Exception):
    """The program stops in the middle of a command."""


class Ledger(RuleBasedStateMachine):
    """Drives a ledger, and keeps what must be true of it in plain dictionaries."""

    files = Bundle("files")
    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.registre = Registre(self.engine)
        self.ranks = 0
        self.sent: dict[str, tuple[bytes, list[str]]] = {}
        self.file_phase: dict[str, str] = {}
        self.phase: dict[str, str] = {}
        self.replaced: dict[str, str] = {}
        # New number → the rejected request that it was ever linked with.
        self.links: dict[str, str] = {}
        self.served: list[str] = []
        self.answers: list[bytes] = []
        # The bundle keeps a file's first name; after a refusal its requests went again under another one.
        self.names: dict[str, str] = {}

    def numbers(self, count: int) -> list[str]:
        served = self.registre.reserver(count)
        assert not set(served) & set(self.served)
        self.served += served
        return served

    @contextmanager
    def allowed(self, condition: bool) -> Iterator[None]:  # noqa: FBT001
        """Expect a move to be refused, and to change nothing, unless the condition holds."""
        if condition:
            yield
            return
        before = snapshot(self.registre)
        with pytest.raises(RegistreError):
            yield
        assert snapshot(self.registre) == before

    @rule(target=files, replacing=st.booleans())
    def prepare(self, replacing: bool) -> object:  # noqa: FBT001
        waiting = [n for n, phase in sorted(self.phase.items()) if phase == "rejetée" and n not in self.replaced]
        numbers = self.numbers(3)
        links = dict(zip(numbers, waiting, strict=False)) if replacing else {}
        self.ranks += 1
        octets = file_of(*numbers)
        self.registre.preparer({name(self.ranks): octets}, jour=DAY, remplace=links)
        self.sent[name(self.ranks)] = (octets, numbers)
        self.file_phase[name(self.ranks)] = "préparé"
        self.phase |= dict.fromkeys(numbers, "préparée")
        self.replaced |= {old: new for new, old in links.items()}
        self.links |= links
        return name(self.ranks)

    @rule(file=files)
    def prepare_again(self, file: str) -> None:
        """Put the numbers of a file into another one: only after a refusal of the whole, or when it was given up."""
        octets, numbers = self.sent[file]
        corrected = octets.replace(b"DURAND", f"DURAND {self.ranks}".encode())
        possible = self.file_phase[file] == "refusé" or (self.file_phase[file] == "abandonné" and self.waits(numbers))
        self.go_again(file, corrected, possible=possible)

    @rule(file=files)
    def prepare_as_it_was(self, file: str) -> None:
        """Prepare the very same bytes: when nobody knows that they left, or the whole file was refused."""
        octets, numbers = self.sent[file]
        phase = self.file_phase[file]
        possible = phase in {"préparé", "refusé"} or (phase == "abandonné" and self.waits(numbers))
        self.go_again(file, octets, possible=possible)

    def waits(self, numbers: list[str]) -> bool:
        """Tell whether what these numbers were to replace has not been replaced by others meanwhile."""
        return not any(self.links.get(number) in self.replaced for number in numbers)

    def go_again(self, file: str, octets: bytes, *, possible: bool) -> None:
        numbers = self.sent[file][1]
        self.ranks += 1
        with self.allowed(possible):
            self.registre.preparer({name(self.ranks): octets}, jour=DAY)
        if possible:
            self.sent[file] = (octets, numbers)
            self.names[file] = name(self.ranks)
            self.move(file, "préparé", "préparée")
            self.replaced |= {self.links[number]: number for number in numbers if number in self.links}

    @rule(file=files)
    def deposit(self, file: str) -> None:
        with self.allowed(self.file_phase[file] in {"préparé", "refusé"}):
            self.registre.deposer(self.names.get(file, file), jour=DAY)
        if self.file_phase[file] in {"préparé", "refusé"}:
            self.move(file, "déposé", "déposée")

    @rule(file=files)
    def refuse(self, file: str) -> None:
        possible = self.file_phase[file] == "déposé" and {self.phase[n] for n in self.sent[file][1]} == {"déposée"}
        with self.allowed(possible):
            self.registre.refuser(self.names.get(file, file), jour=DAY)
        if possible:
            self.move(file, "refusé", "préparée")

    @rule(file=files)
    def give_up(self, file: str) -> None:
        possible = self.file_phase[file] in {"préparé", "refusé"}
        with self.allowed(possible):
            self.registre.abandonner(self.names.get(file, file), jour=DAY)
        if possible:
            self.move(file, "abandonné", "abandonnée")
            numbers = self.sent[file][1]
            self.replaced = {old: new for old, new in self.replaced.items() if new not in numbers}

    def move(self, file: str, phase: str, each: str) -> None:
        self.file_phase[file] = phase
        self.phase |= dict.fromkeys(self.sent[file][1], each)

    @rule(file=files, outcomes=OUTCOMES, order=st.permutations(range(3)))
    def answer(self, file: str, outcomes: list[str], order: list[int]) -> None:
        if self.file_phase[file] == "abandonné" or set(outcomes) == {MISSING}:
            return
        octets, numbers = self.sent[file]
        answer = answer_to(octets, outcomes, order=order)
        if answer in self.answers:
            self.again(answer)
            return
        if self.file_phase[file] != "déposé":
            self.move(file, "déposé", "déposée")
        self.registre.enregistrer_retour(answer, jour=DAY)
        self.answers.append(answer)
        for number, outcome in zip(numbers, outcomes, strict=True):
            if self.phase[number] == "déposée" and outcome in {ACCEPTED, REJECTED}:
                self.phase[number] = {ACCEPTED: "acceptée", REJECTED: "rejetée"}[outcome]

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        self.again(data.draw(st.sampled_from(self.answers)))

    def again(self, answer: bytes) -> None:
        """Record an answer that is recorded already, whatever has happened since: nothing changes."""
        before = snapshot(self.registre)
        self.registre.enregistrer_retour(answer, jour=DAY)
        assert snapshot(self.registre) == before

    @rule(file=files, favourable=st.booleans())
    def decide(self, file: str, favourable: bool) -> None:  # noqa: FBT001
        number = self.sent[file][1][0]
        possible = self.phase[number] == "acceptée"
        with self.allowed(possible):
            self.registre.decider(number, favorable=favourable, jour=DAY)
        if possible:
            self.phase[number] = "attribuée" if favourable else "refusée"

    @rule(file=files, amount=st.decimals(min_value="0.01", max_value=10**6, places=2))
    def pay(self, file: str, amount: Decimal) -> None:
        number = self.sent[file][1][0]
        possible = self.phase[number] == "attribuée"
        with self.allowed(possible):
            self.registre.payer(number, amount, jour=DAY)
        if possible:
            self.phase[number] = "avance payée"

    @rule(file=files, outcomes=OUTCOMES)
    def crash(self, file: str, outcomes: list[str]) -> None:
        """Stop before the commit point of several commands: nothing of them remains."""
        before = snapshot(self.registre)
        with contextlib.suppress(Crash), self.engine.connect() as connection:
            registre = Registre(connection)
            registre.preparer({"X.json": file_of(*registre.reserver(2))}, jour=DAY)
            with contextlib.suppress(RegistreError):
                registre.enregistrer_retour(answer_to(self.sent[file][0], outcomes), jour=DAY)
            raise Crash
        assert snapshot(self.registre) == before

    @rule()
    def open_again(self) -> None:
        self.registre = Registre(self.engine)

    @invariant()
    def the_stored_states_are_those_of_the_history(self) -> None:
        book = rejouer(event for _, event in self.registre.journal())
        assert {d.cle: d for d in self.registre.demandes()} == book.demandes
        assert {f.fichier: f for f in self.registre.fichiers()} == book.fichiers

    @invariant()
    def the_states_are_those_of_the_model(self) -> None:
        requests = self.registre.demandes()
        assert {d.numero_editeur: d.phase.value for d in requests} == self.phase
        assert {d.numero_editeur: d.remplacee_par for d in requests if d.remplacee_par} == self.replaced
        assert {d.numero_editeur for d in requests if d.numero_asp} == {
            n for n, phase in self.phase.items() if phase in {"acceptée", "attribuée", "refusée", "avance payée"}
        }
        assert [d.numero_editeur for d in self.registre.a_resoumettre()] == sorted(
            n for n, phase in self.phase.items() if phase == "rejetée" and n not in self.replaced
        )


class OnSQLite(Ledger):
    def __init__(self) -> None:
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        super().__init__()

    def teardown(self) -> None:
        self.engine.dispose()


def test_a_history_by_hand() -> None:
    """Go where chance seldom leads in few examples."""
    state = OnSQLite()
    first, second = state.prepare(replacing=False), state.prepare(replacing=False)
    state.prepare_again(file=first)
    state.deposit(file=first)
    state.deposit(file=first)
    state.refuse(file=first)
    state.prepare_again(file=first)
    state.refuse(file=first)
    state.prepare_as_it_was(file=first)
    state.deposit(file=first)
    state.answer(file=first, outcomes=[ACCEPTED, REJECTED, SILENT], order=[2, 0, 1])
    state.answer(file=second, outcomes=[ALTERED, REJECTED, MISSING], order=[0, 1, 2])
    state.answer(file=second, outcomes=[ALTERED, REJECTED, MISSING], order=[0, 2, 1])
    third = state.prepare(replacing=True)
    state.prepare_as_it_was(file=third)
    state.give_up(file=third)
    state.prepare_as_it_was(file=third)
    state.give_up(file=third)
    state.prepare_again(file=third)
    state.give_up(file=third)
    state.prepare(replacing=True)
    state.prepare_as_it_was(file=third)
    state.prepare_again(file=third)
    state.give_up(file=first)
    state.answer(file=third, outcomes=[MISSING] * 3, order=[0, 1, 2])
    state.pay(file=first, amount=Decimal("255.00"))
    state.decide(file=second, favourable=True)
    state.decide(file=first, favourable=True)
    state.pay(file=first, amount=Decimal("255.00"))
    state.crash(file=first, outcomes=[ACCEPTED, REJECTED, SILENT])
    state.open_again()
    state.the_stored_states_are_those_of_the_history()
    state.the_states_are_those_of_the_model()
    assert state.phase["00001"] == "avance payée"
    state.teardown()


def test_random_histories_on_sqlite() -> None:
    options = settings(max_examples=3000 if LONG else 6, stateful_step_count=50 if LONG else 20)
    run_state_machine_as_test(OnSQLite, settings=settings(options, suppress_health_check=list(HealthCheck)))


@pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES)
def test_random_histories_on_postgresql() -> None:
    class Fresh(Ledger):
        def __init__(self) -> None:
            self.schema = empty_schema(POSTGRES)
            self.engine = create_engine(next(self.schema))
            super().__init__()

        def teardown(self) -> None:
            self.engine.dispose()
            assert next(self.schema, None) is None

    options = settings(max_examples=500 if LONG else 2, stateful_step_count=40 if LONG else 10)
    run_state_machine_as_test(Fresh, settings=settings(options, suppress_health_check=list(HealthCheck)))
