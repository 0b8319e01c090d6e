"""The anonymiser: nobody can be recognised, and the controls say the same."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segur_pha import RetourIllisible, controler, en_json
from segur_pha.anonymiser import anonymiser
from segur_pha.demonstration import fichier_fautif, fichier_invente
from segur_pha.identifiants import defaut_finess, defaut_siret
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.rapprochement import rapprocher
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

SEEDS = st.text(max_size=80)
#: For what anonymises whole files.
FEWER = settings(max_examples=settings.default.max_examples // 3)


def verdicts(octets: bytes) -> list[list[tuple[str, str]]]:
    return [[(a.code, a.chemin) for a in line.anomalies] for line in controler(octets).lignes]


@FEWER
@given(SEEDS)
def test_right_and_wrong_files_stay_as_right_and_wrong(seed: str) -> None:
    for octets in (en_json(fichier_invente()), fichier_fautif()):
        assert verdicts(anonymiser(octets, graine=seed)) == verdicts(octets)


def test_no_original_remains() -> None:
    masked = anonymiser(fichier_fautif(), graine="secret").decode()
    originals = [
        "DURAND",
        "LEFÈVRE",
        "Benali",
        "ROUSSEAU",
        "MARTIN",
        "certificats@",
        "editeur",
        "0102030405",
        "1234567890",
    ]
    originals += ["990000010", "12345678200010", "ANS0000001", "Bon de commande"]
    assert not [original for original in originals if original in masked]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(SEEDS, st.lists(TEXTS, min_size=1, max_size=6, unique=True))
def test_any_text_keeps_its_verdict_and_its_shape(seed: str, texts: list[str]) -> None:
    tree = json.loads(
        en_json(
            attrs.evolve(fichier_du_guide(), demandes=tuple(demande_du_guide(f"{k:05}") for k in range(len(texts))))
        )
    )
    for line, text in zip(tree["lignesImport"], texts, strict=True):
        line["beneficiaire"]["nomResponsable"] = text
        line["beneficiaire"]["emailResponsable"] = text
        line["commande"]["dateCommande"] = text
    octets = json.dumps(tree).encode()
    masked = anonymiser(octets, graine=seed)
    assert verdicts(masked) == verdicts(octets)
    names = [line["beneficiaire"]["nomResponsable"] for line in json.loads(masked)["lignesImport"]]
    assert list(map(len, names)) == list(map(len, texts))


@given(SEEDS, st.lists(st.integers(0, 10**7 - 1), min_size=2, max_size=5, unique=True))
def test_identifiers_keep_their_key_or_its_fault_and_stay_different(seed: str, numbers: list[int]) -> None:
    finess = [f"75{n:07}" for n in numbers]
    requests = [demande_du_guide(f"{k:05}") for k in range(len(finess))]
    requests = [
        attrs.evolve(r, beneficiaire=attrs.evolve(r.beneficiaire, finess_geo=f))
        for r, f in zip(requests, finess, strict=True)
    ]
    fichier = attrs.evolve(fichier_du_guide(), siret="73282932000074", demandes=tuple(requests))
    masked = json.loads(anonymiser(en_json(fichier), graine=seed))
    fakes = [line["beneficiaire"]["FINESSGeo"] for line in masked["lignesImport"]]
    assert [defaut_finess(f) is None for f in fakes] == [defaut_finess(f) is None for f in finess]
    assert len(set(fakes)) == len(finess)
    assert defaut_siret(masked["SIRET"]) is None


@FEWER
@given(SEEDS, st.sets(st.sampled_from(Inconduite)))
def test_an_answer_still_matches_what_was_sent(seed: str, misbehaviour: set[Inconduite]) -> None:
    sent = en_json(fichier_invente())
    answer = PortailSimule(inconduites=misbehaviour).deposer(sent)
    masked_sent, masked_answer = anonymiser(sent, graine=seed), anonymiser(answer, graine=seed)
    found = [(NatureEcart.de(e), e.chemin) for e in rapprocher(masked_sent, masked_answer).ecarts]
    assert found == [(NatureEcart.de(e), e.chemin) for e in rapprocher(sent, answer).ecarts]
    assert [line.issue for line in lire_retour(masked_answer).lignes] == [
        line.issue for line in lire_retour(answer).lignes
    ]


def test_the_agency_s_words_stay_but_for_the_values_they_repeat() -> None:
    tree = json.loads(en_json(fichier_du_guide()))
    tree["lignesImport"][0] |= {"codeTraitement": "17", "libelleTraitement": "FINESS 777777777 inconnu pour DURAND"}
    line = json.loads(anonymiser(json.dumps(tree), graine="x"))["lignesImport"][0]
    assert line["codeTraitement"] == "17"
    fakes = line["beneficiaire"]
    assert line["libelleTraitement"] == f"FINESS {fakes['FINESSGeo']} inconnu pour {fakes['nomResponsable']}"


def test_values_of_any_shape_are_replaced() -> None:
    tree = {
        "suivi": {
            "agent": "Camille",
            "rang": 12,
            "taux": -0.5,
            "grand": 1e25,
            "vu": True,
            "rien": None,
            "liste": ["Ω mega"],
        },
        "lignesImport": [
            "Camille",
            {"numeroASP": 4512, "piecesJustificatives": "Camille", "beneficiaire": {"nomResponsable": ["Camille"]}},
        ],
    }
    masked = json.loads(anonymiser(json.dumps(tree), graine="x"))
    assert "Camille" not in json.dumps(masked)
    assert (masked["suivi"]["vu"], masked["suivi"]["rien"]) == (True, None)
    assert 10 <= masked["suivi"]["rang"] < 100
    assert masked["suivi"]["taux"] < 0
    assert 1000 <= masked["lignesImport"][1]["numeroASP"] < 10_000


def test_the_same_secret_gives_the_same_fakes_and_another_gives_others() -> None:
    octets = en_json(fichier_invente())
    assert anonymiser(octets, graine="a") == anonymiser(octets, graine="a") != anonymiser(octets, graine="b")


def test_what_is_no_file_of_requests() -> None:
    with pytest.raises(RetourIllisible):
        anonymiser("{}", graine="x")
