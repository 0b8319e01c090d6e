"""The states of the ledger by themselves: which phases there are, what each may hold, and when a person must look."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest

from segur_pha.registre.etats import (
    VIVANTES,
    Changements,
    EtapeFichier,
    EtatDemande,
    EtatFichier,
    Phase,
    PhaseFichier,
    Reserve,
)
from segur_pha.retour.lignes import Issue

DAY = date(2022, 11, 15)
REQUEST = EtatDemande(
    numero_editeur="00001", specification="PHA-LGO-Va1", fichier="a" * 64, rang=1, jour_preparation=DAY, jour_depot=DAY
)
FILE = EtatFichier(
    fichier="a" * 64,
    nom="a.json",
    numero_ans="ANS0000001",
    siret="1",
    specification="PHA-LGO-Va1",
    entete='{"x": 1}',
    jour_preparation=DAY,
)


def test_the_phases_as_a_ledger_writes_them() -> None:
    # A ledger stores these words: none may ever change.
    assert [(phase.name, phase.value) for phase in Phase] == [
        ("PREPAREE", "préparée"),
        ("DEPOSEE", "déposée"),
        ("INCOMPLETE", "incomplète"),
        ("A_MODIFIER", "à modifier"),
        ("ACCEPTEE", "acceptée"),
        ("REJETEE", "rejetée"),
        ("ATTRIBUEE", "attribuée"),
        ("REFUSEE", "refusée"),
        ("AVANCE_PAYEE", "avance payée"),
        ("SERVICE_FAIT", "service fait"),
        ("SOLDE_DEMANDE", "solde demandé"),
        ("SOLDE_PAYE", "solde payé"),
        ("CONTROLEE", "contrôlée"),
        ("ABANDONNEE", "abandonnée"),
    ]
    assert [(phase.name, phase.value) for phase in PhaseFichier] == [
        ("PREPARE", "préparé"),
        ("DEPOSE", "déposé"),
        ("REFUSE", "refusé"),
        ("ABANDONNE", "abandonné"),
    ]
    assert set(Phase) - VIVANTES == {Phase.REJETEE, Phase.REFUSEE, Phase.ABANDONNEE}


def day(rank: int) -> date:
    return DAY + timedelta(days=rank)


#: A life, fact after fact, and where the request stands after each.
LIFE: list[tuple[dict[str, object], Phase, date]] = [
    ({"jour_incomplete": day(1)}, Phase.INCOMPLETE, day(1)),
    ({"jour_incomplete": None}, Phase.DEPOSEE, day(0)),
    ({"issue": Issue.ACCEPTEE, "jour_reponse": day(2), "numero_asp": "A1"}, Phase.ACCEPTEE, day(2)),
    ({"jour_modification": day(3)}, Phase.A_MODIFIER, day(3)),
    ({"jour_service": day(4)}, Phase.A_MODIFIER, day(3)),
    ({"attribuee": True, "jour_decision": day(5)}, Phase.ATTRIBUEE, day(5)),
    # The service was done before the advance came.
    ({"montant_paye": Decimal("255.00"), "jour_paiement": day(6)}, Phase.SERVICE_FAIT, day(6)),
    ({"jour_controle": day(7)}, Phase.SERVICE_FAIT, day(6)),
    ({"jour_solde": day(8)}, Phase.SOLDE_DEMANDE, day(8)),
    ({"jour_solde_paye": day(9)}, Phase.CONTROLEE, day(9)),
    ({"jour_controle": None}, Phase.SOLDE_PAYE, day(9)),
]


def test_where_a_request_stands_follows_from_its_facts() -> None:
    state = REQUEST
    for facts, phase, since in LIFE:
        state = attrs.evolve(state, **facts)
        assert (state.phase, state.jour_phase) == (phase, since), facts


@pytest.mark.parametrize(
    ("facts", "phase", "motive"),
    [
        ({"jour_depot": None}, Phase.PREPAREE, ""),
        ({"jour_depot": None, "jour_refus": day(1)}, Phase.PREPAREE, ""),
        ({"jour_depot": None, "jour_abandon": day(1), "motif_abandon": "a"}, Phase.ABANDONNEE, "a"),
        ({"jour_incomplete": day(1), "motif_incomplete": "i"}, Phase.INCOMPLETE, "i"),
        ({"jour_modification": day(1), "motif_modification": "m"}, Phase.A_MODIFIER, "m"),
        ({"issue": Issue.REJETEE, "jour_reponse": day(1)}, Phase.REJETEE, ""),
        ({"attribuee": False, "jour_decision": day(1), "motif_decision": "d"}, Phase.REFUSEE, "d"),
        ({"attribuee": True, "jour_decision": day(1), "jour_paiement": day(2)}, Phase.AVANCE_PAYEE, ""),
        ({"solde_de": "A1", "jour_paiement": day(2)}, Phase.SOLDE_PAYE, ""),
    ],
)
def test_a_phase_and_its_reason(facts: dict[str, object], phase: Phase, motive: str) -> None:
    state = attrs.evolve(REQUEST, **facts)
    assert (state.phase, state.motif) == (phase, motive)


def test_where_a_file_stands_is_its_last_step() -> None:
    assert (FILE.phase, FILE.jour_depot, FILE.motif) == (PhaseFichier.PREPARE, None, "")
    deposited = attrs.evolve(FILE, etapes=(EtapeFichier(PhaseFichier.DEPOSE, day(1)),))
    assert (deposited.phase, deposited.jour_depot, deposited.motif) == (PhaseFichier.DEPOSE, day(1), "")
    refused = attrs.evolve(
        deposited, etapes=(*deposited.etapes, EtapeFichier(PhaseFichier.REFUSE, day(2), "structure"))
    )
    assert (refused.phase, refused.jour_depot, refused.motif) == (PhaseFichier.REFUSE, None, "structure")


def test_what_is_not_known_yet_is_empty() -> None:
    given = {"numero_editeur", "specification", "fichier", "rang", "jour_preparation", "jour_depot"}
    empty = {name: value for name, value in attrs.asdict(REQUEST).items() if name not in given}
    assert set(map(repr, empty.values())) == {"None", "''", "()", "False"}
    assert (FILE.etapes, FILE.entame, FILE.repondu) == ((), False, False)
    assert set(attrs.astuple(Changements())) == {()}
    assert Reserve(Issue.REJETEE).numero_asp == ""


def test_states_are_values_made_by_name_and_a_header_stays_out_of_logs() -> None:
    for kind in (EtatDemande, EtatFichier, Changements):
        assert all(attribute.kw_only for attribute in attrs.fields(kind))
        assert kind.__setattr__ is not object.__setattr__
    assert "entete" not in repr(FILE)
    assert "a.json" in repr(FILE)
    assert "mssante" not in repr(attrs.evolve(REQUEST, adresse_mssante="officine@mssante.example"))
    assert sorted([Reserve(Issue.REJETEE, "b"), Reserve(Issue.ACCEPTEE), Reserve(Issue.REJETEE, "a")]) == [
        Reserve(Issue.ACCEPTEE),
        Reserve(Issue.REJETEE, "a"),
        Reserve(Issue.REJETEE, "b"),
    ]


@pytest.mark.parametrize("answered", [None, Issue.ACCEPTEE, Issue.REJETEE])
@pytest.mark.parametrize("numero_asp", [None, "A1"])
@pytest.mark.parametrize("issue", Issue)
def test_a_person_looks_where_an_answer_and_the_phase_disagree(
    answered: Issue | None, numero_asp: str | None, issue: Issue
) -> None:
    agrees = {
        Issue.ACCEPTEE: answered is Issue.ACCEPTEE and numero_asp == "A1",
        Issue.REJETEE: answered is Issue.REJETEE,
        Issue.NON_TRAITEE: answered is not None,
        Issue.AMBIGUE: answered is not None,
    }[issue]
    state = attrs.evolve(REQUEST, issue=answered, numero_asp=numero_asp, reserves=(Reserve(issue, "A1"),))
    assert state.a_verifier is not agrees
    assert not attrs.evolve(state, reserves=()).a_verifier
    twice = attrs.evolve(state, reserves=(Reserve(issue, "A1"), Reserve(Issue.ACCEPTEE, "other")))
    assert twice.a_verifier
