"""The blocks of the model: every fault of a block at once, found by the one engine; nothing personal in a repr."""

from __future__ import annotations

import pickle
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError

from segur_pha import (
    Beneficiaire,
    CertificatsServeur,
    Commande,
    Demande,
    DemandeInvalide,
    Fichier,
    FormatFichier,
    PieceJustificative,
    RegimeTVA,
    ScenarioInstallation,
    StatutAdminTechnique,
    TypeFichier,
    controler,
    en_json,
    lire,
)
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable

JOUR = date(2022, 11, 15)


def faults(build: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(DemandeInvalide) as refus:
        build()
    erreur = refus.value
    assert isinstance(erreur, ValueError)
    assert (erreur.code, erreur.balise, erreur.chemin) == (
        erreur.anomalies[0].code,
        erreur.anomalies[0].balise,
        erreur.anomalies[0].chemin,
    )
    for anomalie in erreur.anomalies:
        assert anomalie.position is None
        assert anomalie.balise in str(erreur)
        assert anomalie.code in str(erreur)
    return [(a.code, a.chemin) for a in erreur.anomalies]


def commande(**changes: object) -> Commande:
    values = {"date_commande": JOUR, "regime_tva": RegimeTVA.TTC, "montant_segur_ht": Decimal("708.33"), **changes}
    return Commande(**values)  # type: ignore[arg-type]


def certificats(**changes: object) -> CertificatsServeur:
    values = {
        "statut_admin_technique": StatutAdminTechnique.EDITEUR,
        "numero_carte_cpx": "1234567890",
        "nom_admin_technique": "MARTIN",
        "tel_admin_technique": "0102030405",
        "email_admin_technique": "certificats@editeur.example",
        **changes,
    }
    return CertificatsServeur(**values)  # type: ignore[arg-type]


def piece(type_fichier: TypeFichier = TypeFichier.BON_COMMANDE, **changes: object) -> PieceJustificative:
    code = {"BON_COMMANDE": "BDC", "PREUVE_HT": "HT"}[type_fichier]
    values = {
        "nom_fichier": f"PHA-LGO-Va1-{code}-00001.pdf",
        "format_fichier": FormatFichier.PDF,
        "type_fichier": type_fichier,
        **changes,
    }
    return PieceJustificative(**values)  # type: ignore[arg-type]


def test_all_faults_of_a_block_come_at_once_in_the_order_of_the_table() -> None:
    assert faults(
        lambda: CertificatsServeur(
            statut_admin_technique="E",  # type: ignore[arg-type]
            numero_carte_cpx="123",
            nom_admin_technique="M" * 25,
            tel_admin_technique=" ",
            email_admin_technique="personne",
        )
    ) == [
        ("1402", "/statutAdminTechnique"),
        ("1503", "/numeroCarteCPX"),
        ("1603", "/nomAdminTechnique"),
        ("1701", "/telAdminTechnique"),
        ("1804", "/emailAdminTechnique"),
    ]
    assert faults(
        lambda: Beneficiaire(
            nom_responsable="Durand", email_responsable="", telephone_responsable="null", finess_geo="77777777"
        )
    ) == [
        ("2004", "/nomResponsable"),
        ("2101", "/emailResponsable"),
        ("2202", "/telephoneResponsable"),
        ("2303", "/FINESSGeo"),
    ]


WRONG = [None, True, 1, 1.5, b"x", [], {}, (), object(), Fraction(1, 2)]


@pytest.mark.parametrize(
    ("attribute", "build", "number", "wrong"),
    [
        ("date_commande", commande, "10", [*WRONG, "15/11/2022", datetime(2022, 11, 15, tzinfo=UTC)]),
        ("regime_tva", commande, "11", [*WRONG, "TTC", StatutAdminTechnique.EDITEUR]),
        ("montant_segur_ht", commande, "12", [*WRONG, "708.33", 708.33]),
        ("statut_admin_technique", certificats, "14", [*WRONG, "E", RegimeTVA.HT]),
        ("numero_carte_cpx", certificats, "15", [*WRONG, 1234567890]),
        ("nom_admin_technique", certificats, "16", WRONG),
        ("tel_admin_technique", certificats, "17", WRONG),
        ("email_admin_technique", certificats, "18", WRONG),
        ("nom_fichier", piece, "25", WRONG),
        ("format_fichier", piece, "26", [*WRONG, "PDF"]),
    ],
)
def test_a_value_of_another_type_is_refused(
    attribute: str, build: Callable[..., object], number: str, wrong: list[object]
) -> None:
    for value in wrong:
        ((code, _),) = faults(partial(build, **{attribute: value}))
        assert code == f"{number}{'01' if value is None else '02'}"


@pytest.mark.parametrize("value", [value for value in WRONG if value is not True])
def test_only_a_boolean_is_a_boolean(value: object) -> None:
    ((code, _),) = faults(lambda: ScenarioInstallation(has_bal_ms_sante_personnelle=value))  # type: ignore[arg-type]
    assert code == ("2901" if value is None else "2902")


def test_a_facultative_attribute_is_none_by_default() -> None:
    beneficiaire = Beneficiaire(nom_responsable="DURAND", finess_geo="777777777")
    assert beneficiaire.email_responsable is None
    assert beneficiaire.telephone_responsable is None
    assert ScenarioInstallation(has_bal_ms_sante_personnelle=False).operateur_messagerie is None


@pytest.mark.parametrize(
    ("operateur", "code"), [("CH_20", "3005"), ("", "3001"), ("null", "3002"), ("A" * 25, "3003"), (20, "3002")]
)
def test_an_operator_is_one_of_the_list_or_none(operateur: object, code: str) -> None:
    build = lambda: ScenarioInstallation(has_bal_ms_sante_personnelle=True, operateur_messagerie=operateur)  # type: ignore[arg-type] # noqa: E731
    assert faults(build) == [(code, "/operateurMessagerie")]


@pytest.mark.parametrize(("given", "written"), [("850", b"850.00"), ("8.5E+2", b"850.00"), ("708.330", b"708.33")])
def test_an_amount_is_written_to_the_cent(given: str, written: bytes) -> None:
    demande = evolve(demande_du_guide(), commande=commande(montant_segur_ht=Decimal(given)))
    fichier = evolve(fichier_du_guide(), demandes=(demande,))
    assert b'"montantSegurHT": ' + written + b"\n" in en_json(fichier)


@pytest.mark.parametrize(
    "given", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999999", "1E-999999999", "708.333", "-1"]
)
def test_an_amount_that_is_none_is_refused(given: str) -> None:
    assert faults(lambda: commande(montant_segur_ht=Decimal(given))) == [("1204", "/montantSegurHT")]


def test_a_text_that_utf_8_cannot_write_is_refused() -> None:
    assert faults(lambda: certificats(nom_admin_technique="MAR\ud800TIN")) == [("9901", "/nomAdminTechnique")]
    assert faults(lambda: evolve(fichier_du_guide(), siret="\udfff" * 14)) == [("9901", "/SIRET")]


# --- The request ---


def test_a_request_wants_blocks() -> None:
    wrong = {
        "numero_editeur": "1",
        "commande": {"dateCommande": "15/11/2022"},
        "certificats_serveur": None,
        "beneficiaire": commande(),
        "pieces_justificatives": [piece(), "BDC"],
        "scenario_installation": [],
    }
    assert faults(lambda: Demande(**wrong)) == [  # type: ignore[arg-type]
        ("0803", "/numeroEditeur"),
        ("9907", "/commande"),
        ("9907", "/certificatsServeur"),
        ("9907", "/beneficiaire"),
        ("9907", "/piecesJustificatives"),
        ("9907", "/scenarioInstallation"),
    ]


@pytest.mark.parametrize("pieces", [None, piece(), {"a": 1}, "BDC", {piece()}, (p for p in [piece()])], ids=type)
def test_documents_are_a_list_or_a_tuple(pieces: object) -> None:
    build = lambda: evolve(demande_du_guide(), pieces_justificatives=pieces)  # noqa: E731
    assert faults(build) == [("9907", "/piecesJustificatives")]


def test_the_rules_between_balises_are_tried_once_the_block_is_faultless() -> None:
    demande = demande_du_guide()
    bon, preuve = piece(), piece(TypeFichier.PREUVE_HT)
    here = "/piecesJustificatives"
    for pieces, expected in [
        ([], [("2401", here)]),
        ([preuve], [("2407", here)]),
        ([bon, bon], [("2407", here)]),
        ([bon, preuve, preuve], [("2407", here)]),
        ([piece(nom_fichier="PHA-LGO-Va1-BDC-00002.pdf")], [("2507", f"{here}/0/nomFichier")]),
        ([bon, piece(TypeFichier.PREUVE_HT, nom_fichier=bon.nom_fichier)], [("2507", f"{here}/1/nomFichier")]),
    ]:
        assert faults(partial(evolve, demande, pieces_justificatives=pieces)) == expected
    assert faults(lambda: evolve(demande, commande=commande(regime_tva=RegimeTVA.HT))) == [("2407", here)]
    assert faults(lambda: evolve(demande, numero_editeur="00002")) == [("2507", f"{here}/0/nomFichier")]
    both = evolve(demande, commande=commande(regime_tva=RegimeTVA.HT), pieces_justificatives=[bon, preuve])
    assert both.pieces_justificatives == (bon, preuve)


# --- The file ---


def test_a_file_numbers_its_requests_by_their_place() -> None:
    fichier = evolve(fichier_du_guide(), demandes=[demande_du_guide("00007"), demande_du_guide("00003")])
    assert isinstance(fichier.demandes, tuple)
    rapport = controler(en_json(fichier))
    assert rapport.tout_accepte
    assert [(ligne.num_ligne, ligne.numero_editeur) for ligne in rapport.lignes] == [(1, "00007"), (2, "00003")]


@pytest.mark.parametrize(("nombre", "expected"), [(0, "9908"), (1, None), (200, None), (201, "9908")])
def test_a_file_holds_1_to_200_requests(nombre: int, expected: str | None) -> None:
    demandes = tuple(demande_du_guide(f"{k:05}") for k in range(nombre))
    if expected is None:
        assert len(evolve(fichier_du_guide(), demandes=demandes).demandes) == nombre
    else:
        assert faults(lambda: evolve(fichier_du_guide(), demandes=demandes)) == [(expected, "/lignesImport")]


def test_a_file_reports_its_header_and_every_later_bearer_of_a_number() -> None:
    demandes = [demande_du_guide(numero) for numero in ("00001", "00002", "00001", "00001", "00002")]
    assert faults(lambda: Fichier(numero_ans="99999999", siret="", demandes=demandes)) == [
        ("0203", "/numeroAns"),
        ("0301", "/SIRET"),
        ("0806", "/lignesImport/2/numeroEditeur"),
        ("0806", "/lignesImport/3/numeroEditeur"),
        ("0806", "/lignesImport/4/numeroEditeur"),
    ]


@pytest.mark.parametrize(
    "demandes", [None, "x", demande_du_guide(), {}, [1], (d for d in [demande_du_guide()])], ids=type
)
def test_the_requests_of_a_file_are_a_list_or_a_tuple(demandes: object) -> None:
    assert faults(lambda: evolve(fichier_du_guide(), demandes=demandes)) == [("9907", "/lignesImport")]


def test_a_list_that_was_given_is_not_kept() -> None:
    demandes = [demande_du_guide()]
    fichier = Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=demandes)
    demandes.clear()
    assert len(fichier.demandes) == 1


# --- Values ---


def test_the_model_is_a_value() -> None:
    fichier = fichier_du_guide()
    assert fichier == fichier_du_guide()
    assert hash(fichier) == hash(fichier_du_guide())
    assert pickle.loads(pickle.dumps(fichier)) == fichier  # noqa: S301 - our own bytes
    assert deepcopy(fichier) == fichier
    assert lire(en_json(fichier)) == fichier
    with pytest.raises(FrozenInstanceError):
        fichier.siret = "0"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Commande(JOUR, RegimeTVA.TTC, Decimal(1))  # type: ignore[call-arg]


def test_a_repr_hides_what_is_personal_and_shows_the_rest() -> None:
    canaries = [
        "CARTE-CPX1",
        "CANARIN",
        "TEL-CANARI",
        "admin@canari.example",
        "RESPONSABLE",
        "resp@canari.example",
        "0699",
    ]
    demande = evolve(
        demande_du_guide(),
        certificats_serveur=certificats(
            numero_carte_cpx=canaries[0],
            nom_admin_technique=canaries[1],
            tel_admin_technique=canaries[2],
            email_admin_technique=canaries[3],
        ),
        beneficiaire=Beneficiaire(
            nom_responsable=canaries[4],
            email_responsable=canaries[5],
            telephone_responsable=canaries[6],
            finess_geo="777777777",
        ),
    )
    assert repr(evolve(fichier_du_guide(), demandes=(demande,))).endswith("demandes=<1 Demande>)")
    for text in (repr(demande), f"{demande}"):
        assert not [canary for canary in canaries if canary in text]
        assert "finess_geo='777777777'" in text
        assert "numero_editeur='00001'" in text
        assert "nom_responsable=…" in text
    assert "email_responsable=None" in repr(demande_du_guide())
    assert repr(demande.commande).startswith("Commande(date_commande=")
