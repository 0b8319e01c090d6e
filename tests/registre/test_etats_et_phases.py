"""The states of the ledger by themselves: which phases there are, what each may hold, and when a person must look."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from segur_pha.registre.etats import (
    ACCORDEES,
    VIVANTES,
    Changements,
    EtatDemande,
    EtatFichier,
    Phase,
    PhaseFichier,
    Reserve,
)
from segur_pha.retour.lecture import Issue

DAY = date(2022, 11, 15)
REQUEST = EtatDemande(
    numero_editeur="00001",
    phase=Phase.DEPOSEE,
    specification="PHA-LGO-Va1",
    fichier="a" * 64,
    rang=1,
    jour_preparation=DAY,
    jour_phase=DAY,
)
FILE = EtatFichier(
    fichier="a" * 64,
    nom="a.json",
    numero_ans="ANS0000001",
    siret="1",
    specification="PHA-LGO-Va1",
    entete='{"x": 1}',
    phase=PhaseFichier.PREPARE,
    jour_preparation=DAY,
)


def test_the_phases_as_a_ledger_writes_them() -> None:
    # A ledger stores these words: none may ever change.
    assert [(phase.name, phase.value) for phase in Phase] == [
        ("PREPAREE", "préparée"),
        ("DEPOSEE", "déposée"),
        ("ACCEPTEE", "acceptée"),
        ("REJETEE", "rejetée"),
        ("ATTRIBUEE", "attribuée"),
        ("REFUSEE", "refusée"),
        ("AVANCE_PAYEE", "avance payée"),
        ("ABANDONNEE", "abandonnée"),
    ]
    assert [(phase.name, phase.value) for phase in PhaseFichier] == [
        ("PREPARE", "préparé"),
        ("DEPOSE", "déposé"),
        ("REFUSE", "refusé"),
        ("ABANDONNE", "abandonné"),
    ]
    assert set(Phase) - VIVANTES == {Phase.REJETEE, Phase.REFUSEE, Phase.ABANDONNEE}
    assert set(Phase) - ACCORDEES == {Phase.PREPAREE, Phase.DEPOSEE, Phase.REJETEE, Phase.ABANDONNEE}


def test_what_is_not_known_yet_is_empty() -> None:
    empty = {name: value for name, value in attrs.asdict(REQUEST).items() if not value and value is not None}
    assert empty == {"pieces": (), "motif": "", "reference_paiement": "", "reserves": (), "effacee": False}
    unknown = {name for name, value in attrs.asdict(REQUEST).items() if value is None}
    assert unknown == {
        *("jour_depot", "finess_geo", "date_commande", "regime_tva", "montant_segur_ht", "avance", "numero_asp"),
        *("code_traitement", "libelle_traitement", "montant_paye", "remplace", "remplacee_par"),
    }
    assert (FILE.jour_depot, FILE.motif, FILE.entame) == (None, "", False)
    assert attrs.astuple(Changements()) == ((), (), (), ())
    assert Reserve(Issue.REJETEE).numero_asp == ""


def test_states_are_values_made_by_name_and_a_header_stays_out_of_logs() -> None:
    for kind in (EtatDemande, EtatFichier, Changements):
        assert all(attribute.kw_only for attribute in attrs.fields(kind))
        assert kind.__setattr__ is not object.__setattr__
    assert "entete" not in repr(FILE)
    assert "a.json" in repr(FILE)
    assert sorted([Reserve(Issue.REJETEE, "b"), Reserve(Issue.ACCEPTEE), Reserve(Issue.REJETEE, "a")]) == [
        Reserve(Issue.ACCEPTEE),
        Reserve(Issue.REJETEE, "a"),
        Reserve(Issue.REJETEE, "b"),
    ]


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("numero_asp", [None, "A1"])
@pytest.mark.parametrize("issue", Issue)
def test_a_person_looks_where_an_answer_and_the_phase_disagree(
    phase: Phase, numero_asp: str | None, issue: Issue
) -> None:
    granted = phase.value in {"acceptée", "attribuée", "refusée", "avance payée"}
    agrees = {
        Issue.ACCEPTEE: granted and numero_asp == "A1",
        Issue.REJETEE: phase.value == "rejetée",
        Issue.NON_TRAITEE: phase.value != "déposée",
        Issue.AMBIGUE: phase.value != "déposée",
    }[issue]
    state = attrs.evolve(REQUEST, phase=phase, numero_asp=numero_asp, reserves=(Reserve(issue, "A1"),))
    assert state.a_verifier is not agrees
    assert not attrs.evolve(state, reserves=()).a_verifier
    twice = attrs.evolve(state, reserves=(Reserve(issue, "A1"), Reserve(Issue.ACCEPTEE, "other")))
    assert twice.a_verifier
