"""An answer is recorded first and looked at later: a person's word acts whenever it comes, and once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from atelier import ACCEPTED, ALTERED, DAY, REJECTED, SILENT, THREE, answer_to, file_of, name, phases, snapshot
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR

from segur_pha.registre import Registre
from segur_pha.registre.histoire import rejouer
from segur_pha.retour.ecarts import NatureEcart

if TYPE_CHECKING:
    from collections.abc import Sequence

ADMISSIBLE = [nature for nature in NatureEcart if nature.admissible]
CONTRADICTED, DOUBLED = "contradicted", "doubled"
ANSWERS = st.lists(
    st.sampled_from([ACCEPTED, REJECTED, SILENT, ALTERED, CONTRADICTED, DOUBLED]), min_size=3, max_size=3
)


def answer_with(outcomes: Sequence[str], header: str = "12345678200010") -> bytes:
    """Answer three requests; of a line a person may have to say that it holds, for each reason that there is."""
    tree = json.loads(answer_to(THREE, [ACCEPTED if o in {CONTRADICTED, DOUBLED} else o for o in outcomes]))
    for line, outcome in zip(tree["lignesImport"], outcomes, strict=True):
        if outcome == CONTRADICTED:
            line |= {"numeroASP": None, "codeTraitement": "17"}
        if outcome == DOUBLED:
            line["numLigne"] = f"{line['numLigne']}, twice"
    plain = re.sub('"numLigne": "(.), twice"', r'"numLigne": \1, "numLigne": \1', json.dumps(tree))
    return plain.replace("12345678200010", header).encode()


def states(registre: Registre) -> list[str]:
    return [*map(repr, registre.demandes()), *map(repr, registre.fichiers())]


@DEAR
@given(ANSWERS, st.sampled_from(["12345678200010", "12345678200028"]), st.lists(st.sampled_from(ADMISSIBLE)))
def test_admitted_after_the_fact_a_line_acts_as_if_it_had_been_admitted_at_once(
    outcomes: list[str], header: str, admitted: list[NatureEcart]
) -> None:
    answer = answer_with(outcomes, header)
    with Registre("sqlite://") as at_once, Registre("sqlite://") as later:
        for registre in (at_once, later):
            registre.preparer({name(1): THREE}, jour=DAY)
        at_once.enregistrer_retour(answer, jour=DAY, admettre=admitted)
        later.enregistrer_retour(answer, jour=DAY)
        later.enregistrer_retour(answer, jour=DAY, admettre=admitted)
        assert states(later) == states(at_once)
        # Once: what was admitted is known, and the history leads to the same states.
        before = snapshot(later)
        later.enregistrer_retour(answer, jour=DAY, admettre=admitted)
        assert snapshot(later) == before
        assert rejouer(event for _, event in later.journal()).demandes == {d.cle: d for d in later.demandes()}


def test_the_word_acts_and_is_in_the_journal(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    # A tag of the header stands twice: nobody is sure of any line.
    answer = answer_with([ALTERED, ACCEPTED, CONTRADICTED]).replace(b'"impId": ', b'"impId": null, "impId": ')
    registre.enregistrer_retour(answer, jour=DAY)
    assert set(phases(registre).values()) == {"déposée"}
    registre.enregistrer_retour(answer, jour=DAY, admettre=[NatureEcart.BALISE_DOUBLE])
    assert phases(registre) == {"00001": "déposée", "00002": "acceptée", "00003": "déposée"}
    registre.enregistrer_retour(answer, jour=DAY, admettre=[NatureEcart.BALISE_DOUBLE, NatureEcart.CONTENU_MODIFIE])
    assert phases(registre) == {"00001": "acceptée", "00002": "acceptée", "00003": "déposée"}
    assert (registre.demande("00001").numero_asp, registre.demande("00001").a_verifier) == ("ASP-00001", False)
    *_, (_, last) = registre.journal()
    assert (last.numero_editeur, last.admise) == ("00001", True)
    registre.enregistrer_retour(answer, jour=DAY, admettre=ADMISSIBLE)
    assert phases(registre)["00003"] == "rejetée"


def test_a_word_on_a_file_that_was_noted_as_refused_meanwhile_proves_its_deposit(registre: Registre) -> None:
    registre.preparer({name(1): file_of("00001")}, jour=DAY)
    answer = answer_to(file_of("00001"), [ALTERED])
    registre.enregistrer_retour(answer, jour=DAY)
    registre.refuser(name(1), jour=DAY)
    registre.enregistrer_retour(answer, jour=DAY)
    assert phases(registre) == {"00001": "préparée"}
    registre.enregistrer_retour(answer, jour=DAY, admettre=[NatureEcart.CONTENU_MODIFIE])
    assert phases(registre) == {"00001": "acceptée"}
    assert [file.phase for file in registre.fichiers()] == ["déposé"]
