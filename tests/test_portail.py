"""The simulated portal: both controls, numbers that are used up, seeded references, and misbehaviour on demand."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import FichierRejete, SegurError, controler, en_json
from segur_pha.portail import AVERTISSEMENT, Inconduite, PortailSimule
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.rapprochement import rapprocher
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def file_of(*numbers: str) -> bytes:
    return en_json(attrs.evolve(fichier_du_guide(), demandes=tuple(map(demande_du_guide, numbers))))


def archive(*numbers: str, content: bytes = b"%PDF") -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as writer:
        for number in numbers:
            writer.writestr(f"PHA-LGO-Va1-BDC-{number}.pdf", content)
    return buffer.getvalue()


NUMBERS = ("00001", "00002", "00003")
SENT = file_of(*NUMBERS)


def numbers_of(lines: Sequence) -> list[str]:
    return [line.numero_editeur for line in lines]


def test_a_right_file_is_accepted_and_comes_back_as_it_was() -> None:
    answer = PortailSimule(graine=1).deposer(SENT)
    assert rapprocher(SENT, answer).sans_ecart
    retour = lire_retour(answer)
    assert numbers_of(retour.acceptees) == list(NUMBERS)
    assert len({line.numero_asp for line in retour.acceptees}) == len(NUMBERS)


def test_every_reference_says_that_it_is_simulated() -> None:
    retour = lire_retour(PortailSimule(graine=1).deposer(SENT))
    assert retour.imp_id.startswith("SIMULE")
    assert all(line.numero_asp.startswith("SIMULE") for line in retour.lignes)
    assert "ce n’est pas l’ASP" in AVERTISSEMENT == str(PortailSimule())


@given(st.integers(), st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4))
def test_the_same_seed_and_deposits_give_the_same_answers(graine: int, deposits: list[str]) -> None:
    first, second = PortailSimule(graine=graine), PortailSimule(graine=graine)
    assert [first.deposer(file_of(n)) for n in deposits] == [second.deposer(file_of(n)) for n in deposits]


def test_another_seed_gives_other_references() -> None:
    assert PortailSimule(graine=1).deposer(SENT) != PortailSimule(graine=2).deposer(SENT)


@given(
    st.lists(
        st.lists(st.sampled_from([f"{n:05}" for n in range(1, 9)]), min_size=1, max_size=4), min_size=1, max_size=4
    )
)
def test_a_number_is_taken_once_for_all(deposits: list[list[str]]) -> None:
    portal, seen, references = PortailSimule(), set(), []
    for numbers in deposits:
        fresh = list(dict.fromkeys(n for n in numbers if n not in seen))
        text = file_of(*dict.fromkeys(numbers))
        retour = lire_retour(portal.deposer(text))
        assert numbers_of(retour.acceptees) == fresh
        assert {line.code_traitement for line in retour.rejetees} <= {"0806"}
        references += [line.numero_asp for line in retour.acceptees]
        seen.update(numbers)
    assert len(set(references)) == len(references)


def test_the_second_control_rejects_line_by_line_and_uses_the_number_up() -> None:
    tree = json.loads(SENT)
    tree["lignesImport"][1]["beneficiaire"]["FINESSGeo"] = "1"
    portal = PortailSimule()
    faulty = json.dumps(tree).encode()
    retour = lire_retour(portal.deposer(faulty))
    assert numbers_of(retour.rejetees) == ["00002"]
    expected = controler(faulty).lignes[1]
    assert (retour.rejetees[0].code_traitement, retour.rejetees[0].libelle_traitement) == (
        expected.code_traitement,
        expected.libelle_traitement,
    )
    assert lire_retour(portal.deposer(file_of("00002"))).rejetees


def test_a_number_that_is_no_text_is_rejected_like_any_other_fault() -> None:
    tree = json.loads(SENT)
    tree["lignesImport"][1]["numeroEditeur"] = 2
    retour = lire_retour(PortailSimule().deposer(json.dumps(tree).encode()))
    assert [line.code_traitement for line in retour.rejetees] == ["0802"]


def test_the_first_control_takes_nothing() -> None:
    portal = PortailSimule()
    with pytest.raises(FichierRejete):
        portal.deposer(SENT.replace(b'"impId"', b'"impID"'))
    assert len(lire_retour(portal.deposer(SENT)).acceptees) == len(NUMBERS)


def test_documents_are_looked_for_in_the_zips(tmp_path: Path) -> None:
    path = tmp_path / "PJ.zip"
    path.write_bytes(archive("00002"))
    retour = lire_retour(PortailSimule().deposer(SENT, [archive("00001"), path, b"no zip"]))
    assert numbers_of(retour.acceptees) == ["00001", "00002"]
    assert numbers_of(retour.non_traitees) == ["00003"]


@pytest.mark.parametrize("content", [b"", bytes(3_000_001)])
def test_an_empty_or_oversized_document_is_not_taken(content: bytes) -> None:
    zips = [archive("00001", "00002"), archive("00003", content=content)]
    assert numbers_of(lire_retour(PortailSimule().deposer(SENT, zips)).non_traitees) == ["00003"]


def test_an_incomplete_request_is_answered_once_its_documents_are_there() -> None:
    portal = PortailSimule()
    before = lire_retour(portal.deposer(SENT, [archive("00001")]))
    middle = lire_retour(portal.completer(SENT, [archive("00003")]))
    after = lire_retour(portal.completer(SENT))
    assert numbers_of(middle.non_traitees) == ["00002"]
    assert numbers_of(after.acceptees) == list(NUMBERS)
    assert after.lignes[0].numero_asp == before.acceptees[0].numero_asp


def test_only_a_deposited_file_can_be_completed() -> None:
    with pytest.raises(SegurError, match="déposez-le"):
        PortailSimule().completer(SENT)


@pytest.mark.parametrize("graine", range(4))
@pytest.mark.parametrize("zips", [(), (archive(*NUMBERS[:2]), archive(NUMBERS[2]))])
def test_a_lost_zip_leaves_requests_unanswered(graine: int, zips: Sequence[bytes]) -> None:
    retour = lire_retour(PortailSimule(graine=graine, inconduites={Inconduite.ZIP_PERDU}).deposer(SENT, zips))
    assert retour.non_traitees
    assert len(retour.acceptees) + len(retour.non_traitees) == len(NUMBERS)


@pytest.mark.parametrize(
    ("inconduite", "expected"),
    [
        (Inconduite.LIGNE_ABSENTE, [NatureEcart.REPONSE_ABSENTE]),
        (Inconduite.LIGNE_DOUBLE, [NatureEcart.REPONSE_DOUBLE] * 2),
        (Inconduite.VALEUR_MODIFIEE, [NatureEcart.CONTENU_MODIFIE]),
        (Inconduite.BALISE_INCONNUE, [NatureEcart.BALISE_INCONNUE]),
        (Inconduite.NUMERO_ASP_DOUBLE, [NatureEcart.NUMERO_ASP_DOUBLE] * 2),
        (Inconduite.NUMERO_ASP_OUBLIE, [NatureEcart.LIGNE_AMBIGUE]),
        (Inconduite.ORDRE_CHANGE, []),
        (Inconduite.CODE_INCONNU, []),
    ],
)
@pytest.mark.parametrize("graine", range(4))
def test_each_misbehaviour_is_found_when_the_answer_is_matched(
    inconduite: Inconduite, expected: list[NatureEcart], graine: int
) -> None:
    answer = PortailSimule(graine=graine, inconduites=[inconduite]).deposer(SENT)
    assert [NatureEcart.de(ecart) for ecart in rapprocher(SENT, answer).ecarts] == expected
    assert len(lire_retour(answer).rejetees) == (inconduite is Inconduite.CODE_INCONNU)


def test_all_misbehaviours_at_once_still_give_a_readable_answer() -> None:
    answer = PortailSimule(inconduites=Inconduite).deposer(file_of("00001"))
    assert NatureEcart.REPONSE_ABSENTE in {
        NatureEcart.de(ecart) for ecart in rapprocher(file_of("00001"), answer).ecarts
    }
