"""A fact that is noted twice, of a replaced request, in the wrong column, or taken back: what a clerk then reads."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, name
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.evenements import Fait
from segur_pha.registre.tableau_de_notes import lire_les_notes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TWO = file_of("00001", "00002")
#: Each fact in an order in which all may happen.
FACTS: dict[Fait, Callable[[Registre, date], None]] = {
    Fait.DECISION: lambda registre, day: registre.decider("00001", favorable=True, jour=day),
    Fait.PAIEMENT: lambda registre, day: registre.payer("00001", Decimal("255.00"), jour=day),
    Fait.SERVICE: lambda registre, day: registre.noter_service("00001", jour=day),
    Fait.FACTURE: lambda registre, day: registre.noter_facture("00001", jour=day),
    Fait.SOLDE: lambda registre, day: registre.demander_solde("00001", jour=day),
    Fait.SOLDE_PAYE: lambda registre, day: registre.payer_solde("00001", Decimal("595.00"), jour=day),
    Fait.CONTROLE: lambda registre, day: registre.noter_controle("00001", jour=day),
}


def answered(registre: Registre) -> None:
    registre.preparer({name(1): TWO}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    registre.enregistrer_retour(answer_to(TWO, [ACCEPTED, REJECTED]), jour=DAY)


@DEAR
@given(st.sampled_from(list(FACTS)), st.integers(0, len(FACTS)), st.integers(0, 900))
def test_a_fact_that_is_noted_already_is_told_with_its_day(again: Fait, further: int, days: int) -> None:
    day = DAY + timedelta(days=days)
    so_far = list(FACTS)[: max(further, list(FACTS).index(again) + 1)]
    with Registre("sqlite://") as registre:
        answered(registre)
        for fact in so_far:
            FACTS[fact](registre, day)
        before = registre.demande("00001")
        with pytest.raises(RegistreError) as refused:
            FACTS[again](registre, day + timedelta(days=1))
        assert registre.demande("00001") == before
    assert f"est déjà noté, le {day:%d/%m/%Y} ; s’il était faux, annulez-le" in str(refused.value)
    assert f"(segur-pha registre annuler 00001 {again} --motif …)" in str(refused.value)


@pytest.mark.parametrize("fact", [Fait.DECISION, Fait.PAIEMENT, Fait.SERVICE, Fait.SOLDE, Fait.SOLDE_PAYE])
def test_a_replaced_request_names_the_one_that_replaces_it(fact: Fait) -> None:
    old, new = file_of("00001"), file_of("00007")
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): old}, jour=DAY)
        registre.enregistrer_retour(answer_to(old, [REJECTED]), jour=DAY)
        with pytest.raises(RegistreError) as refused:
            FACTS[fact](registre, DAY)
        assert "remplace" not in str(refused.value)
        registre.preparer({name(2): new}, jour=DAY, remplace={"00007": "00001"})
        with pytest.raises(RegistreError, match="la demande 00007 la remplace, notez-le sur celle-ci"):
            FACTS[fact](registre, DAY)


@pytest.fixture
def type_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], tuple[int, str]]:
    """Type a command beside a ledger of two requests, deposited in one file."""
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): TWO}, jour=DAY)
        registre.deposer(name(1), jour=DAY)

    def run(line: str) -> tuple[int, str]:
        code = principal(line.split())
        captured = capsys.readouterr()
        return code, " ".join((captured.out + captured.err).split())

    return run


@pytest.mark.parametrize("word", ["depot", "dépôt", "DÉPÔT", "Depot"])
def test_a_file_s_fact_is_taken_back_for_all_its_requests(type_in: Callable[[str], tuple[int, str]], word: str) -> None:
    code, shown = type_in(f"registre annuler 00002 {word} --motif essai")
    assert (code, shown) == (
        0,
        f"Fichier {name(1)} : dépôt annulé, pour 2 demandes ; phase de 00002 : préparée.",
    )
    with Registre("registre.sqlite") as registre:
        assert {d.phase.value for d in registre.demandes()} == {"préparée"}


def test_a_program_is_given_all_the_requests_of_the_file(type_in: Callable[[str], tuple[int, str]]) -> None:
    code, shown = type_in("registre annuler 00002 depot --motif essai --format json")
    assert (code, [d["numero_editeur"] for d in json.loads(shown)["demandes"]]) == (0, ["00001", "00002"])


def test_a_request_s_fact_is_taken_back_in_french(type_in: Callable[[str], tuple[int, str]]) -> None:
    with Registre("registre.sqlite") as registre:
        registre.enregistrer_retour(answer_to(TWO, [ACCEPTED, ACCEPTED]), jour=DAY)
        for note in FACTS.values():
            note(registre, DAY)
    for word, told in [
        ("Contrôle", "contrôle annulé, elle est maintenant solde payé"),
        ("solde-payé", "paiement du solde annulé, elle est maintenant solde demandé"),
        ("SOLDE", "demande du solde annulée, elle est maintenant service fait"),
        ("paiement", "paiement annulé, elle est maintenant attribuée"),
        ("décision", "décision annulée, elle est maintenant acceptée"),
    ]:
        assert type_in(f"registre annuler 00001 {word} --motif erreur") == (0, f"Demande 00001 : {told}.")


def test_another_word_is_no_fact(type_in: Callable[[str], tuple[int, str]]) -> None:
    assert type_in("registre annuler 00001 dépots --motif erreur")[0] == 64
    shown = type_in("registre annuler --help")[1]
    for word in ("dépôt", "refus", "abandon", "réponse", "incomplète", "modification", "décision", "paiement"):
        assert word in shown
    for word in ("service", "facture", "solde", "solde-payé", "contrôle"):
        assert word in shown


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, st.sampled_from(["{:%d/%m/%Y}", "{:%Y-%m-%d}", " {:%d/%m/%Y} "]))
def test_a_day_is_no_number_of_an_invoice(day: date, form: str) -> None:
    read = lire_les_notes(f"numéro éditeur;facture\n00001;{form.format(day)}\n", nom="t.csv", jour=DAY)
    assert read.notes == ()
    (fault,) = read.constats
    assert (fault.colonne, fault.ligne, fault.message) == (
        *("facture", 2),
        "cette colonne tient le numéro de la facture ; sa date se met dans une autre, sous « date de facture »",
    )


def test_a_typed_day_is_none_either_and_its_own_column_takes_it() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    for title, faults, notes in [("facture", 1, 0), ("date de facture", 0, 1)]:
        book = openpyxl.Workbook()
        book.active.append(["numéro éditeur", title])
        book.active.append(["00001", date(2023, 2, 1)])
        content = BytesIO()
        book.save(content)
        read = lire_les_notes(content.getvalue(), nom="t.xlsx", jour=DAY)
        assert (len(read.constats), len(read.notes)) == (faults, notes)


@given(
    st.from_regex(r"F[A-Z]?-?[0-9]{4}-[0-9]{1,4}|[0-9]{1,10}", fullmatch=True, alphabet=st.characters(codec="ascii"))
)
def test_a_number_of_an_invoice_is_taken_as_it_is(number: str) -> None:
    read = lire_les_notes(f"numéro éditeur;n° facture\n00001;{number}\n", nom="t.csv", jour=DAY)
    assert ([note.texte for note in read.notes], read.constats) == ([number], ())
