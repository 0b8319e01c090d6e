"""One ledger for several waves: a request is known by its wave and its number, and a balance by the advance that it settles."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import attrs
import pytest
from atelier import ACCEPTED, DAY, MISSING, REJECTED, answer_to, file_of, name
from test_transitions import DEPOSITED, FILE, LINE, PREPARED, REQUEST

from segur_pha import VA1, RegistreError
from segur_pha.registre import Registre
from segur_pha.registre import evenements as ev
from segur_pha.registre.histoire import rejouer
from segur_pha.retour.lignes import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.registre.memoire import EtatsEnMemoire

#: A made-up wave with the table of the first one.
OTHER = attrs.evolve(VA1, nom="PHA-LGO-Va9")
ONE, TWO = file_of("00001", "00002"), file_of("00001", "00003", finess={"00001": "750000009"})


@pytest.fixture
def two(place: str, registre: Registre) -> Iterator[Registre]:
    """An empty ledger of two waves."""
    del registre  # it empties the place afterwards
    with Registre(place, specifications=[OTHER]) as ledger:
        yield ledger


@pytest.fixture
def both(two: Registre) -> Registre:
    """A ledger with requests of two waves, which share a number."""
    two.preparer({name(1): ONE}, jour=DAY)
    two.preparer({name(2): TWO}, jour=DAY, specification=OTHER)
    return two


def test_the_same_number_in_two_waves_is_two_requests(both: Registre) -> None:
    assert [d.cle for d in both.demandes()] == [
        ("PHA-LGO-Va1", "00001"),
        ("PHA-LGO-Va1", "00002"),
        ("PHA-LGO-Va9", "00001"),
        ("PHA-LGO-Va9", "00003"),
    ]
    with pytest.raises(RegistreError, match=r"plusieurs vagues portent ce numéro \(PHA-LGO-Va1, PHA-LGO-Va9\)"):
        both.demande("00001")
    with pytest.raises(RegistreError, match="précisez laquelle"):
        both.decider("00001", favorable=True, jour=DAY)
    assert both.demande("00001", specification=OTHER).finess_geo == "750000009"
    assert both.demande("00003").specification == "PHA-LGO-Va9"
    assert both.ligne_envoyee("00001", specification=VA1)["beneficiaire"]["FINESSGeo"] == "750000001"
    # A served number is borne in no wave at all.
    assert both.reserver(1) == ["00004"]
    assert both.antecedents(["00003"], []) == []
    assert [a.numero for a in both.antecedents(["00003"], [], specification=OTHER)] == ["00003"]


def test_each_answer_is_read_as_that_of_its_wave(both: Registre) -> None:
    both.enregistrer_retour(answer_to(ONE, [ACCEPTED, REJECTED]), jour=DAY)
    assert {d.cle: d.phase.value for d in both.demandes()} == {
        ("PHA-LGO-Va1", "00001"): "acceptée",
        ("PHA-LGO-Va1", "00002"): "rejetée",
        ("PHA-LGO-Va9", "00001"): "préparée",
        ("PHA-LGO-Va9", "00003"): "préparée",
    }
    # The agency's references are of a wave, too.
    both.enregistrer_retour(answer_to(TWO, [ACCEPTED, ACCEPTED]), jour=DAY, specification=OTHER)
    both.decider("00001", favorable=True, jour=DAY, specification=OTHER)
    both.payer("00001", Decimal("255.00"), jour=DAY, specification=OTHER)
    assert [s.numero_editeur for s in both.soldables()] == ["00001"]
    assert [(s.numero_editeur, s.avance_payee) for s in both.soldables(specification=OTHER)] == [
        ("00001", True),
        ("00003", False),
    ]
    assert [(t.specification, t.phase.value, t.nombre) for t in both.totaux()] == [
        ("PHA-LGO-Va1", "acceptée", 1),
        ("PHA-LGO-Va1", "rejetée", 1),
        ("PHA-LGO-Va9", "acceptée", 1),
        ("PHA-LGO-Va9", "avance payée", 1),
    ]


def test_an_answer_that_may_be_of_either_wave_is_not_guessed(both: Registre) -> None:
    shared = answer_to(ONE, [ACCEPTED, MISSING]).replace(b"750000001", b"750000005")
    with pytest.raises(RegistreError, match="précisez laquelle"):
        both.rapprocher(shared, jour=DAY)
    with pytest.raises(RegistreError, match="Aucune demande de cette réponse"):
        both.rapprocher(answer_to(file_of("00099"), [ACCEPTED]), jour=DAY)


def test_a_pharmacy_may_have_a_live_request_in_each_wave(two: Registre) -> None:
    two.preparer({name(1): file_of("00001")}, jour=DAY)
    two.preparer({name(2): file_of("00002", finess={"00002": "750000001"})}, jour=DAY, specification=OTHER)
    assert two.doublons() == {}
    third = file_of("00003", "00004", finess={"00003": "750000001", "00004": "750000001"})
    two.preparer({name(3): third}, jour=DAY, admettre=["officine-deja-demandee"])
    fifth = file_of("00005", finess={"00005": "750000001"})
    two.preparer({name(4): fifth}, jour=DAY, specification=OTHER, admettre=["officine-deja-demandee"])
    assert two.doublons() == {"750000001": ("00001", "00003", "00004", "00002", "00005")}


def test_a_wave_that_the_program_does_not_know_is_named(both: Registre, place: str) -> None:
    assert len(both.fichiers()) == 2
    with (
        Registre(place) as first_only,
        pytest.raises(RegistreError, match="PHA-LGO-Va9, que ce programme ne connaît pas"),
    ):
        first_only.effacer("750000009", jour=DAY)
    with Registre(place, specification=OTHER, specifications=[VA1]) as known:
        known.effacer("750000009", jour=DAY)
        assert known.ligne_envoyee("00001", specification=OTHER)["beneficiaire"]["nomResponsable"] is None
        assert known.ligne_envoyee("00001", specification=VA1)["beneficiaire"]["nomResponsable"] == "DURAND"


# A balance and the advance that it settles

SOLDE = "PHA-LGO-Va9"
_OTHER_FILE = "d" * 64
ADVANCE = [PREPARED, REQUEST, DEPOSITED, LINE]
BALANCE = [
    attrs.evolve(PREPARED, fichier=_OTHER_FILE, specification=SOLDE),
    attrs.evolve(REQUEST, fichier=_OTHER_FILE, specification=SOLDE, numero_editeur="00007", solde_de="A1"),
]
DEPOSITED_BALANCE = ev.FichierDepose(jour=DAY, fichier=_OTHER_FILE)
ANSWERED = attrs.evolve(LINE, specification=SOLDE, numero_editeur="00007", fichier=_OTHER_FILE, numero_asp="S1")


def advance(states: EtatsEnMemoire) -> tuple[str, str, Decimal | None]:
    request = states.demandes["PHA-LGO-Va1", "00001"]
    return request.phase.value, request.reference_solde, request.montant_solde


def test_a_balance_request_tells_its_advance_what_becomes_of_it() -> None:
    decided = ev.DecisionRendue(jour=DAY, specification=SOLDE, numero_editeur="00007", favorable=True)
    paid = ev.AvancePayee(jour=DAY, specification=SOLDE, numero_editeur="00007", montant=Decimal("595.00"))
    life = [*ADVANCE, *BALANCE]
    assert advance(rejouer(life)) == ("acceptée", "", None)
    life.append(DEPOSITED_BALANCE)
    assert advance(rejouer(life)) == ("solde demandé", "00007", None)
    refused = [*life, ev.FichierRefuse(jour=DAY, fichier=_OTHER_FILE)]
    assert advance(rejouer(refused)) == ("acceptée", "", None)
    rejected = [*life, attrs.evolve(ANSWERED, numero_asp=None, issue=Issue.REJETEE)]
    assert advance(rejouer(rejected)) == ("acceptée", "", None)
    assert advance(rejouer([*life, ANSWERED])) == ("solde demandé", "00007", None)
    life += [ANSWERED, decided, paid]
    assert advance(rejouer(life)) == ("solde payé", "00007", Decimal("595.00"))
    assert rejouer(life).demandes[SOLDE, "00007"].phase.value == "solde payé"


def test_a_balance_of_an_advance_that_nobody_knows_is_a_request_like_any_other() -> None:
    states = rejouer([*BALANCE, DEPOSITED_BALANCE, ANSWERED])
    assert states.demandes[SOLDE, "00007"].phase.value == "acceptée"
    assert FILE not in states.fichiers
