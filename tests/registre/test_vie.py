"""The life of requests in the ledger: what may happen, what may not, and what is never lost."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, ALTERED, DAY, MISSING, REJECTED, SILENT, answer_to, file_of, name, phases, snapshot
from bases import on_each_database

from segur_pha import FichierRejete, RegistreError, RetourIllisible
from segur_pha.registre.evenements import Fait, LigneRecue
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lecture import lire_retour

if TYPE_CHECKING:
    from segur_pha.registre import Registre

THREE = file_of("00001", "00002", "00003")
#: In which four answers may come.
ORDERS = list(permutations(range(4)))


def deposited(registre: Registre, octets: bytes = THREE, rank: int = 1) -> None:
    registre.preparer({name(rank): octets}, jour=DAY)
    registre.deposer(name(rank), jour=DAY)


def natures(rapprochement: object) -> list[NatureEcart]:
    return [NatureEcart.de(ecart) for ecart in rapprochement.ecarts]


def test_the_whole_life_of_a_request(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY, empreintes={"PHA-LGO-Va1-BDC-00001.pdf": "ab" * 32})
    assert set(phases(registre).values()) == {"préparée"}
    registre.deposer(name(1), jour=DAY)
    assert set(phases(registre).values()) == {"déposée"}
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]), jour=DAY)
    assert phases(registre) == {"00001": "acceptée", "00002": "rejetée", "00003": "acceptée"}
    registre.decider("00001", favorable=True, jour=DAY)
    registre.decider("00003", favorable=False, jour=DAY, motif="hors périmètre")
    registre.payer("00001", Decimal("255.00"), jour=DAY, reference="VIR 12")
    assert phases(registre) == {"00001": "avance payée", "00002": "rejetée", "00003": "refusée"}
    first, second = registre.demande("00001"), registre.demande("00002")
    assert (first.numero_asp, first.montant_segur_ht, first.avance) == (
        "ASP-00001",
        Decimal("708.33"),
        Decimal("255.00"),
    )
    assert (first.montant_paye, first.reference_paiement) == (Decimal("255.00"), "VIR 12")
    assert (first.specification, first.finess_geo, first.regime_tva) == ("PHA-LGO-Va1", "750000001", "TTC")
    assert [(p.nom, p.sha256) for p in first.pieces] == [("PHA-LGO-Va1-BDC-00001.pdf", "ab" * 32)]
    assert (second.code_traitement, second.libelle_traitement, second.numero_asp) == ("17", "FINESSGeo inconnu", None)
    assert registre.demande("00099") is None


def test_a_rejected_request_is_replaced_under_a_new_number(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [REJECTED, REJECTED, ACCEPTED]), jour=DAY)
    again = file_of("00011")
    registre.preparer({name(2): again}, jour=DAY, remplace={"00011": "00001"})
    assert registre.demande("00001").remplacee_par == "00011"
    assert registre.demande("00011").remplace == "00001"
    assert [request.numero_editeur for request in registre.a_resoumettre()] == ["00002"]
    registre.deposer(name(2), jour=DAY)
    registre.enregistrer_retour(answer_to(again, [ACCEPTED]), jour=DAY)
    assert [s.numero_editeur for s in registre.soldables()] == ["00003", "00011"]


def test_giving_a_replacement_up_makes_the_rejected_request_wait_again(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [REJECTED, ACCEPTED, ACCEPTED]), jour=DAY)
    again = file_of("00011")
    registre.preparer({name(2): again}, jour=DAY, remplace={"00011": "00001"})
    registre.abandonner(name(2), jour=DAY, motif="erreur de saisie")
    assert registre.demande("00011").phase == "abandonnée"
    assert [request.numero_editeur for request in registre.a_resoumettre()] == ["00001"]
    # The file went to the portal all the same: its answer says so.
    registre.enregistrer_retour(answer_to(again, [ACCEPTED]), jour=DAY)
    assert registre.demande("00011").phase == "acceptée"
    assert registre.demande("00001").remplacee_par == "00011"


def test_a_given_up_replacement_does_not_push_its_successor_aside(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [REJECTED, ACCEPTED, ACCEPTED]), jour=DAY)
    again = file_of("00011")
    registre.preparer({name(2): again}, jour=DAY, remplace={"00011": "00001"})
    registre.abandonner(name(2), jour=DAY)
    registre.preparer({name(3): file_of("00012")}, jour=DAY, remplace={"00012": "00001"})
    registre.enregistrer_retour(answer_to(again, [ACCEPTED]), jour=DAY)
    assert registre.demande("00001").remplacee_par == "00012"
    assert registre.demande("00011").remplace == "00001"


def test_after_a_refusal_of_the_file_the_same_numbers_go_again(registre: Registre) -> None:
    deposited(registre)
    registre.refuser(name(1), jour=DAY, motif="balise inconnue")
    corrected = THREE.replace(b"DURAND", b"DURANT")
    registre.preparer({name(2): corrected}, jour=DAY)
    registre.deposer(name(2), jour=DAY)
    assert set(phases(registre).values()) == {"déposée"}
    with pytest.raises(RegistreError, match="reparties dans un autre"):
        registre.deposer(name(1), jour=DAY)


def test_a_refused_file_may_go_again_as_it_is(registre: Registre) -> None:
    deposited(registre)
    registre.refuser(name(1), jour=DAY)
    registre.deposer(name(1), jour=DAY)
    assert set(phases(registre).values()) == {"déposée"}


def test_a_replacement_that_goes_again_keeps_its_link(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [REJECTED, REJECTED, ACCEPTED]), jour=DAY)
    registre.preparer({name(2): file_of("00011")}, jour=DAY, remplace={"00011": "00001"})
    registre.deposer(name(2), jour=DAY)
    registre.refuser(name(2), jour=DAY)
    with pytest.raises(RegistreError, match="remplace déjà la demande 00001"):
        registre.preparer(
            {name(3): file_of("00011", finess={"00011": "750000099"})}, jour=DAY, remplace={"00011": "00002"}
        )
    registre.preparer({name(3): file_of("00011", finess={"00011": "750000099"})}, jour=DAY, remplace={"00011": "00001"})
    assert registre.demande("00011").remplace == "00001"


@pytest.mark.parametrize(
    "move",
    [
        lambda r: r.preparer({name(2): file_of("00001")}, jour=DAY),
        lambda r: r.preparer({name(2): THREE}, jour=DAY),
        lambda r: r.preparer({name(2): file_of("00009")}, jour=DAY, remplace={"00009": "00001"}),
        lambda r: r.preparer({name(2): file_of("00009")}, jour=DAY, remplace={"00009": "00077"}),
        lambda r: r.preparer({name(2): file_of("00009")}, jour=DAY, remplace={"00008": "00002"}),
        lambda r: r.preparer({name(2): file_of("00009"), name(3): file_of("00009", "00010")}, jour=DAY),
        lambda r: r.preparer(
            {name(2): file_of("00009", "00010")}, jour=DAY, remplace={"00009": "00002", "00010": "00002"}
        ),
        lambda r: r.preparer({name(2): THREE.replace(b"00002", b"0000")}, jour=DAY),
        lambda r: r.preparer({name(2): THREE.replace(b'"impId"', b'"impID"')}, jour=DAY),
        lambda r: r.deposer(name(1), jour=DAY),
        lambda r: r.deposer(name(9), jour=DAY),
        lambda r: r.refuser(name(1), jour=DAY),
        lambda r: r.abandonner(name(1), jour=DAY),
        lambda r: r.decider("00002", favorable=True, jour=DAY),
        lambda r: r.decider("00099", favorable=True, jour=DAY),
        lambda r: r.payer("00001", Decimal(255), jour=DAY),
        lambda r: r.effacer("750000099", jour=DAY),
        lambda r: r.reserver(-1),
        lambda r: r.reserver(100_000),
        lambda r: r.importer(r.exporter()),
        lambda r: r.enregistrer_retour(answer_to(file_of("00077"), [ACCEPTED]), jour=DAY),
        lambda r: r.enregistrer_retour(b"{}", jour=DAY),
        lambda r: r.enregistrer_retour(
            answer_to(THREE, [ACCEPTED] * 3), jour=DAY, admettre=[NatureEcart.REPONSE_DOUBLE]
        ),
    ],
)
def test_what_may_not_happen_raises_and_changes_nothing(same: Registre, move: object) -> None:
    if same.demande("00001") is None:
        deposited(same)
        same.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, SILENT]), jour=DAY)
    before = snapshot(same)
    with pytest.raises((RegistreError, FichierRejete, RetourIllisible)):
        move(same)
    assert snapshot(same) == before


def test_of_files_of_one_name_the_live_one_is_meant_and_the_hash_tells_the_others_apart(registre: Registre) -> None:
    other = file_of("00004")
    registre.preparer({name(1): THREE}, jour=DAY)
    with pytest.raises(RegistreError, match=r"est au registre \(préparé\) : donnez au nouveau le numéro suivant"):
        registre.preparer({name(1).lower(): other}, jour=DAY)
    registre.abandonner(name(1), jour=DAY)
    registre.preparer({name(1): other}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    assert phases(registre)["00004"] == "déposée"
    with pytest.raises(RegistreError, match=r"est au registre \(déposé\)"):
        registre.preparer({name(1): file_of("00005")}, jour=DAY)
    registre.refuser(name(1), jour=DAY)
    with pytest.raises(RegistreError, match="SHA-256"):
        registre.deposer(name(1), jour=DAY)
    registre.deposer(sha256(other).hexdigest(), jour=DAY)
    assert phases(registre)["00004"] == "déposée"


def test_replaying_an_answer_changes_nothing(registre: Registre) -> None:
    deposited(registre)
    answer = answer_to(THREE, [ACCEPTED, REJECTED, SILENT])
    registre.enregistrer_retour(answer, jour=DAY)
    before = snapshot(registre)
    assert registre.enregistrer_retour(answer, jour=DAY).sans_ecart
    assert snapshot(registre) == before


def test_a_dry_run_records_nothing(registre: Registre) -> None:
    deposited(registre)
    before = snapshot(registre)
    assert registre.rapprocher(lire_retour(answer_to(THREE, [ACCEPTED, MISSING, SILENT])), jour=DAY).lignes[0].sure
    assert snapshot(registre) == before


@on_each_database("order", ORDERS, every_day=ORDERS[::6], fixture="place")
def test_answers_may_come_in_any_order(registre: Registre, order: tuple[int, ...]) -> None:
    deposited(registre)
    answers = [
        answer_to(THREE, [SILENT, SILENT, SILENT]),
        answer_to(THREE, [ACCEPTED, SILENT, SILENT]),
        answer_to(THREE, [ACCEPTED, REJECTED, MISSING]),
        answer_to(THREE, [ACCEPTED, REJECTED, ALTERED]),
    ]
    for k in order:
        registre.enregistrer_retour(answers[k], jour=DAY)
    assert phases(registre) == {"00001": "acceptée", "00002": "rejetée", "00003": "déposée"}
    assert [request.numero_editeur for request in registre.a_verifier()] == ["00003"]


def test_an_answer_to_a_file_that_nobody_said_deposited_proves_the_deposit(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, SILENT, SILENT]), jour=DAY)
    assert phases(registre) == {"00001": "acceptée", "00002": "déposée", "00003": "déposée"}
    assert [etat.phase for etat in registre.fichiers()] == ["déposé"]


def test_a_blocked_line_waits_for_a_person_and_a_person_may_admit_it(registre: Registre) -> None:
    deposited(registre)
    answer = answer_to(THREE, [ALTERED, ACCEPTED, ACCEPTED])
    assert natures(registre.enregistrer_retour(answer, jour=DAY)) == [NatureEcart.CONTENU_MODIFIE]
    assert phases(registre)["00001"] == "déposée"
    assert registre.demande("00001").a_verifier
    again = answer + b"\n"
    registre.enregistrer_retour(again, jour=DAY, admettre=[NatureEcart.CONTENU_MODIFIE])
    assert (phases(registre)["00001"], registre.demande("00001").a_verifier) == ("acceptée", False)


def test_an_answer_that_says_the_contrary_is_shown_and_a_person_may_admit_it(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]), jour=DAY)
    contrary = answer_to(THREE, [REJECTED, ACCEPTED, ACCEPTED])
    found = registre.enregistrer_retour(contrary, jour=DAY)
    assert natures(found) == [NatureEcart.REPONSE_CONTRAIRE] * 2
    assert [(ecart.attendu, ecart.recu) for ecart in found.ecarts] == [
        ("acceptée ASP-00001", "rejetée"),
        ("rejetée", "acceptée ASP-00002"),
    ]
    assert phases(registre) == {"00001": "acceptée", "00002": "rejetée", "00003": "acceptée"}
    assert [request.numero_editeur for request in registre.a_verifier()] == ["00001", "00002"]
    registre.enregistrer_retour(contrary + b" ", jour=DAY, admettre=[NatureEcart.REPONSE_CONTRAIRE])
    assert phases(registre) == {"00001": "rejetée", "00002": "acceptée", "00003": "acceptée"}
    assert registre.a_verifier() == ()
    assert registre.demande("00001").numero_asp is None


def test_no_word_is_enough_against_a_decision_or_a_resubmission(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, ACCEPTED]), jour=DAY)
    registre.decider("00001", favorable=True, jour=DAY)
    registre.preparer({name(2): file_of("00012")}, jour=DAY, remplace={"00012": "00002"})
    contrary = answer_to(THREE, [REJECTED, ACCEPTED, ACCEPTED])
    registre.enregistrer_retour(contrary, jour=DAY, admettre=[NatureEcart.REPONSE_CONTRAIRE])
    assert phases(registre) == {"00001": "attribuée", "00002": "rejetée", "00003": "acceptée", "00012": "préparée"}
    assert [request.numero_editeur for request in registre.a_verifier()] == ["00001", "00002"]


def test_another_numero_asp_for_an_accepted_request_is_a_contrary_answer(registre: Registre) -> None:
    deposited(registre)
    answer = answer_to(THREE, [ACCEPTED] * 3)
    registre.enregistrer_retour(answer, jour=DAY)
    changed = answer.replace(b"ASP-00001", b"ASP-X")
    found = registre.enregistrer_retour(changed, jour=DAY)
    assert natures(found) == [NatureEcart.REPONSE_CONTRAIRE]
    assert [(gap.attendu, gap.recu) for gap in found.ecarts] == [("acceptée ASP-00001", "acceptée ASP-X")]
    assert registre.demande("00001").numero_asp == "ASP-00001"
    registre.enregistrer_retour(changed + b" ", jour=DAY, admettre=[NatureEcart.REPONSE_CONTRAIRE])
    assert registre.demande("00001").numero_asp == "ASP-X"


def test_a_word_that_confirms_what_is_known_clears_the_doubt(registre: Registre) -> None:
    deposited(registre)
    answer = answer_to(THREE, [ACCEPTED] * 3)
    registre.enregistrer_retour(answer, jour=DAY)
    registre.enregistrer_retour(answer.replace(b"ASP-00001", b"ASP-X"), jour=DAY)
    confirmed = answer_to(THREE, [ALTERED, ACCEPTED, ACCEPTED])
    registre.enregistrer_retour(confirmed, jour=DAY, admettre=[NatureEcart.CONTENU_MODIFIE])
    assert registre.a_verifier() == ()
    assert registre.demande("00001").numero_asp == "ASP-00001"


def test_a_numero_asp_serves_one_request_only(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED] * 3), jour=DAY)
    other = file_of("00004")
    deposited(registre, other, 2)
    stolen = answer_to(other, [ACCEPTED]).replace(b"ASP-00004", b"ASP-00001")
    assert natures(registre.enregistrer_retour(stolen, jour=DAY)) == [NatureEcart.NUMERO_ASP_CONNU]
    assert phases(registre)["00004"] == "déposée"
    assert registre.demande("00004").a_verifier


@pytest.mark.parametrize("reference", ["00003", "0000a", "00009"])
def test_a_reference_that_is_a_number_of_the_ledger_waits_for_a_person(registre: Registre, reference: str) -> None:
    deposited(registre)
    deposited(registre, file_of("0000A"), 2)
    if reference == "00009":
        registre.reserver(9)  # served, and borne by nobody yet
    other = file_of("00010") if reference == "00009" else file_of("00004")
    deposited(registre, other, 3)
    number = "00010" if reference == "00009" else "00004"
    answer = answer_to(other, [ACCEPTED]).replace(f"ASP-{number}".encode(), reference.encode())
    assert natures(registre.enregistrer_retour(answer, jour=DAY)) == [NatureEcart.REFERENCE_EQUIVOQUE]
    assert registre.demande(number).a_verifier
    registre.enregistrer_retour(answer, jour=DAY, admettre=[NatureEcart.REFERENCE_EQUIVOQUE])
    assert registre.demande(number).numero_asp == reference


def test_a_changed_header_holds_every_line_back(registre: Registre) -> None:
    deposited(registre)
    answer = answer_to(THREE, [ACCEPTED] * 3).replace(b"12345678200010", b"12345678200028")
    registre.enregistrer_retour(answer, jour=DAY)
    assert set(phases(registre).values()) == {"déposée"}
    registre.enregistrer_retour(answer + b" ", jour=DAY, admettre=[NatureEcart.CONTENU_MODIFIE])
    assert set(phases(registre).values()) == {"acceptée"}


def test_nothing_that_came_back_vanishes(registre: Registre) -> None:
    deposited(registre)
    deposited(registre, file_of("00004"), 2)
    foreign = b'{"numeroEditeur": "99999", "numeroASP": "A"}, {"numeroEditeur": "00004"}, "bruit \\u0000", '
    answer = answer_to(THREE, [ACCEPTED, ACCEPTED, ACCEPTED]).replace(
        b'"lignesImport": [', b'"lignesImport": [' + foreign
    )
    registre.enregistrer_retour(answer.replace(b"Demande accept", b"\\u0000 Demande accept", 1), jour=DAY)
    lines = [line for line in registre.exporter() if '"nature":"ligne-recue"' in line]
    assert len(lines) == 6
    assert sum("99999" in line for line in lines) == 1
    assert sum("bruit" in line for line in lines) == 1
    assert phases(registre) == {"00001": "déposée", "00002": "acceptée", "00003": "acceptée", "00004": "déposée"}
    assert [request.numero_editeur for request in registre.a_verifier()] == ["00001", "00004"]


def test_the_journal_keeps_what_was_sent_to_the_last_digit(registre: Registre) -> None:
    deposited(registre)
    assert registre.ligne_envoyee("00001")["commande"]["montantSegurHT"] == b"708.33"
    assert registre.ligne_envoyee("00077") is None
    history = registre.historique("750000001")
    assert [type(event).__name__ for event in history] == ["FichierPrepare", "DemandePreparee", "FichierDepose"]


def test_the_history_of_a_pharmacy(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, REJECTED, ALTERED]), jour=DAY)
    received = [event for event in registre.historique("750000003") if isinstance(event, LigneRecue)]
    assert [(event.appliquee, event.raison) for event in received] == [(False, "contenu modifié")]
    assert [request.numero_editeur for request in registre.officine("750000003")] == ["00003"]


def test_the_history_of_each_pharmacy_holds_what_happened_to_its_files(registre: Registre) -> None:
    deposited(registre)
    registre.annuler("00001", Fait.DEPOT, jour=DAY, motif="un autre dossier")
    registre.abandonner(name(1), jour=DAY)
    registre.preparer({name(2): file_of("00002")}, jour=DAY)
    # The file of 00002 is another one now; what happened to the first stays in its history, told once.
    histories = {finess: registre.historique(finess) for finess in ("750000001", "750000002", "750000003")}
    told = {finess: [type(event).__name__ for event in history] for finess, history in histories.items()}
    first = ["FichierPrepare", "DemandePreparee", "FichierDepose", "FaitAnnule", "FichierAbandonne"]
    assert told == {"750000001": first, "750000002": [*first, "FichierPrepare", "DemandePreparee"], "750000003": first}
    assert "00001" not in [getattr(event, "numero_editeur", "") for event in histories["750000003"][:3]]


def test_a_faulty_line_is_recorded_as_it_was_sent(registre: Registre) -> None:
    faulty = THREE.replace(b"708.33", b"708.333", 1).replace(b"750000002", b"75000000", 1)
    faulty = faulty.replace(b"PHA-LGO-Va1-BDC-00003.pdf", b"bon.pdf").replace(b'"bon.pdf"', b"null")
    faulty = faulty.replace(b"708.33,", b"99999999999999999.00,")
    deposited(registre, faulty)
    first, second, third = registre.demandes()
    assert (first.montant_segur_ht, first.finess_geo) == (None, "750000001")
    assert (second.finess_geo, second.montant_segur_ht) == (None, None)
    assert (third.pieces, third.montant_segur_ht) == ((), None)
    assert registre.ligne_envoyee("00001")["commande"]["montantSegurHT"] == b"708.333"


@pytest.mark.parametrize("reference", ["asp-00001", "ASP-00001\u200b", "ASP -00001", "ASP-\u00a000001"])
def test_a_reference_that_looks_like_another_request_s_waits_for_a_person(registre: Registre, reference: str) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED] * 3), jour=DAY)
    other = file_of("00004")
    deposited(registre, other, 2)
    answer = answer_to(other, [ACCEPTED]).replace(b"ASP-00004", json.dumps(reference)[1:-1].encode())
    assert natures(registre.enregistrer_retour(answer, jour=DAY)) == [NatureEcart.REFERENCE_EQUIVOQUE]
    assert registre.demande("00004").a_verifier
    registre.enregistrer_retour(answer, jour=DAY, admettre=[NatureEcart.REFERENCE_EQUIVOQUE])
    assert registre.demande("00004").numero_asp == reference


@pytest.mark.parametrize("reference", ["9" * 201, "ASP" * 3000])
def test_a_reference_without_end_is_for_a_person_on_every_database(registre: Registre, reference: str) -> None:
    deposited(registre)
    answer = answer_to(THREE, [ACCEPTED] * 3).replace(b"ASP-00001", reference.encode())
    assert natures(registre.enregistrer_retour(answer, jour=DAY)) == [NatureEcart.LIGNE_AMBIGUE]
    assert phases(registre) == {"00001": "déposée", "00002": "acceptée", "00003": "acceptée"}


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800"])
def test_a_text_that_no_database_keeps_is_refused_on_every_one(registre: Registre, text: str) -> None:
    deposited(registre)
    with pytest.raises(RegistreError, match="aucune base ne garde"):
        registre.refuser(name(1), jour=DAY, motif=text)
    assert phases(registre) == {"00001": "déposée", "00002": "déposée", "00003": "déposée"}
