"""An ambiguous line that bears a numeroASP: held back, until a person who has asked the agency admits it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, name, phases
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR

from segur_pha import Issue
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.etats import Reserve
from segur_pha.retour.ecarts import NatureEcart

if TYPE_CHECKING:
    from pathlib import Path

    from segur_pha import Rapprochement

TWO = file_of("00001", "00002")
ADMITTED = [NatureEcart.LIGNE_AMBIGUE]


def spoiled(libelle: str = "Demande acceptÃ©e", *, sent: bytes = TWO) -> bytes:
    """Answer every request with words that nobody can be sure of."""
    tree = json.loads(answer_to(sent, [ACCEPTED] * len(json.loads(sent)["lignesImport"])))
    for line in tree["lignesImport"]:
        line["libelleTraitement"] = libelle
    return json.dumps(tree, ensure_ascii=False).encode()


def deposited(registre: Registre) -> None:
    registre.preparer({name(1): TWO}, jour=DAY)
    registre.deposer(name(1), jour=DAY)


def test_a_person_admits_it_and_the_reference_is_recorded(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(spoiled(), jour=DAY)
    assert phases(registre) == {"00001": "déposée", "00002": "déposée"}
    assert [demande.numero_editeur for demande in registre.a_verifier()] == ["00001", "00002"]
    assert [demande.reserves for demande in registre.demandes()] == [
        (Reserve(Issue.AMBIGUE, "ASP-00001"),),
        (Reserve(Issue.AMBIGUE, "ASP-00002"),),
    ]
    registre.enregistrer_retour(spoiled() + b"\n", jour=DAY, admettre=ADMITTED)
    assert phases(registre) == {"00001": "acceptée", "00002": "acceptée"}
    assert [s.numero_asp for s in registre.soldables()] == ["ASP-00001", "ASP-00002"]
    assert registre.demande("00001").libelle_traitement == "Demande acceptÃ©e"
    assert registre.a_verifier() == ()
    with Registre("sqlite://") as replayed:
        replayed.importer(registre.exporter())
        assert replayed.demandes() == registre.demandes()


def test_without_a_reference_nobody_s_word_is_enough(registre: Registre) -> None:
    deposited(registre)
    silent = spoiled("Demande acceptée").replace(b'"numeroASP": "ASP-0000', b'"numeroASP": null, "x": "')
    registre.enregistrer_retour(silent, jour=DAY, admettre=ADMITTED)
    assert phases(registre) == {"00001": "déposée", "00002": "déposée"}


def test_it_contradicts_a_rejection_and_another_reference(registre: Registre) -> None:
    deposited(registre)
    registre.enregistrer_retour(answer_to(TWO, [ACCEPTED, REJECTED]), jour=DAY)

    def record(octets: bytes, *admitted: NatureEcart) -> Rapprochement:
        return registre.enregistrer_retour(octets, jour=DAY, admettre=admitted)

    found = record(spoiled(), *ADMITTED)
    # The same reference again changes nothing; a rejected request's is the contrary of what was acted on.
    assert [(NatureEcart.de(e).value, e.numero) for e in found.ecarts] == [
        ("ligne ambiguë", "00001"),
        ("ligne ambiguë", "00002"),
        ("réponse contraire", "00002"),
    ]
    assert phases(registre) == {"00001": "acceptée", "00002": "rejetée"}
    record(spoiled() + b" ", *ADMITTED, NatureEcart.REPONSE_CONTRAIRE)
    assert phases(registre) == {"00001": "acceptée", "00002": "acceptée"}
    registre.decider("00001", favorable=True, jour=DAY)
    other = spoiled().replace(b"ASP-00001", b"ASP-X")
    record(other, *ADMITTED, NatureEcart.REPONSE_CONTRAIRE)
    assert registre.demande("00001").numero_asp == "ASP-00001"


#: How a text is spoiled on its way: another encoding, one encoding taken for another, a sign of replacement.
SPOILT = {
    "latin-1": lambda text: text.encode("latin-1", "replace"),
    "cp1252": lambda text: text.encode("cp1252"),
    "twice": lambda text: text.encode().decode("latin-1").encode(),
    "twice-cp1252": lambda text: text.encode().decode("cp1252", "replace").encode(),
    "replaced": lambda text: text.encode("ascii", "replace").replace(b"?", "\ufffd".encode()),
    "lost": lambda text: text.encode("ascii", "ignore"),
}


@DEAR
@pytest.mark.cas(6)
@given(st.sampled_from(sorted(SPOILT)), st.text("ABEÉÈÎŒ’ -", min_size=1, max_size=9), st.sampled_from(["é", "É", ""]))
def test_however_a_text_was_spoiled_a_reference_has_a_way_in(way: str, word: str, accent: str) -> None:
    sent = json.loads(file_of("00001"))
    sent["lignesImport"][0]["beneficiaire"]["nomResponsable"] = f"LEF{word}VRE"
    octets = json.dumps(sent, ensure_ascii=False).encode()
    answer = SPOILT[way](spoiled(f"Demande accept{accent}e", sent=octets).decode())
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): octets}, jour=DAY)
        registre.deposer(name(1), jour=DAY)
        registre.enregistrer_retour(answer, jour=DAY, admettre=[*ADMITTED, NatureEcart.CONTENU_MODIFIE])
        assert registre.demande("00001").numero_asp == "ASP-00001"


def test_the_command_tells_how_and_records_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        deposited(registre)
    (tmp_path / "r.json").write_bytes(spoiled())
    assert principal(["retour", "r.json"]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "2 lignes ambiguës portent une référence de l’ASP (numeroASP)" in shown
    assert "--appliquer --admettre ligne-ambigue" in shown
    principal(["retour", "r.json", "--appliquer", "--admettre", "ligne-ambigue"])
    with Registre("registre.sqlite") as registre:
        assert phases(registre) == {"00001": "acceptée", "00002": "acceptée"}
