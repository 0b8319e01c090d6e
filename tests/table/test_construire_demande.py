"""Requests from flat values: the signature against the table, every fault at once, and no reproach for what was named for you."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import (
    Demande,
    DemandeInvalide,
    Fichier,
    FormatFichier,
    RegimeTVA,
    SegurError,
    StatutAdminTechnique,
    TypeFichier,
    construire_demande,
    controler,
    decouper,
    en_json,
)
from segur_pha.table.balise import Liste, Objet, balises, blocs
from tests.outils import demande, octets

GUIDE: dict[str, object] = {
    "numero_editeur": "00001",
    "date_commande": date(2022, 11, 15),
    "regime_tva": RegimeTVA.TTC,
    "montant_segur_ht": Decimal("708.33"),
    "statut_admin_technique": StatutAdminTechnique.EDITEUR,
    "numero_carte_cpx": "1234567890",
    "nom_admin_technique": "MARTIN",
    "tel_admin_technique": "0102030405",
    "email_admin_technique": "certificats@editeur.example",
    "nom_responsable": "DURAND",
    "finess_geo": "777777777",
    "has_bal_ms_sante_personnelle": True,
}


def build(**changes: object) -> Demande:
    return construire_demande(**{**GUIDE, **changes})  # type: ignore[arg-type]


def faults(**changes: object) -> list[tuple[str, str]]:
    with pytest.raises(DemandeInvalide) as refus:
        build(**changes)
    return [(a.code, a.chemin) for a in refus.value.anomalies]


def names(built: Demande) -> list[str]:
    return [p.nom_fichier for p in built.pieces_justificatives]


def test_the_signature_is_the_table_laid_flat() -> None:
    attributes = [
        b.attribut
        for classe, b in blocs(Demande)
        if b.attribut
        and not isinstance(b.format, Objet | Liste)
        and "nomFichier" not in [r.nom for r in balises(classe)]
    ]
    parameters = inspect.signature(construire_demande).parameters
    assert set(parameters) == {*attributes, "format_bon_commande", "format_preuve_ht"}
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values())
    facultative = {b.attribut for _, b in blocs(Demande) if not b.obligatoire}
    assert {name for name, p in parameters.items() if p.default is None} == facultative
    assert {name: p.default for name, p in parameters.items() if p.default not in {None, p.empty}} == {
        "format_bon_commande": "PDF",
        "format_preuve_ht": "PDF",
    }


def test_the_guides_request() -> None:
    built = build()
    assert names(built) == ["PHA-LGO-Va1-BDC-00001.pdf"]
    fichier = Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=(built,))
    assert controler(fichier).tout_accepte
    assert octets([demande()], compact=True)[1:-1] in en_json(fichier, compact=True)


def test_texts_are_as_good_as_values() -> None:
    assert build() == build(
        date_commande="15/11/2022",
        regime_tva="TTC",
        montant_segur_ht="708.33",
        statut_admin_technique="E",
        format_bon_commande=FormatFichier.PDF,
        email_responsable=None,
        telephone_responsable=None,
        operateur_messagerie=None,
    )


def test_the_proof_is_added_under_the_ht_regime_only() -> None:
    for regime in ("HT", RegimeTVA.HT):
        built = build(regime_tva=regime, format_bon_commande="PNG", format_preuve_ht=FormatFichier.JPG)
        assert names(built) == ["PHA-LGO-Va1-BDC-00001.png", "PHA-LGO-Va1-HT-00001.jpg"]
        assert [p.type_fichier for p in built.pieces_justificatives] == [
            TypeFichier.BON_COMMANDE,
            TypeFichier.PREUVE_HT,
        ]
    assert names(build(format_preuve_ht="JPG")) == ["PHA-LGO-Va1-BDC-00001.pdf"]


@pytest.mark.parametrize(
    ("changes", "code", "chemin"),
    [
        ({"numero_editeur": "1"}, "0803", "/numeroEditeur"),
        ({"numero_editeur": 1}, "0802", "/numeroEditeur"),
        ({"numero_editeur": None}, "0801", "/numeroEditeur"),
        ({"numero_editeur": "0000?"}, "0804", "/numeroEditeur"),
        ({"date_commande": "2022-11-15"}, "1004", "/commande/dateCommande"),
        ({"date_commande": datetime(2022, 11, 15, tzinfo=UTC)}, "1002", "/commande/dateCommande"),
        ({"date_commande": None}, "1001", "/commande/dateCommande"),
        ({"regime_tva": "ht"}, "1105", "/commande/regimeTVA"),
        ({"regime_tva": ["HT"]}, "1102", "/commande/regimeTVA"),
        ({"montant_segur_ht": 708.33}, "1202", "/commande/montantSegurHT"),
        ({"montant_segur_ht": 708}, "1202", "/commande/montantSegurHT"),
        ({"montant_segur_ht": "850"}, "1204", "/commande/montantSegurHT"),
        ({"montant_segur_ht": "708,33"}, "1204", "/commande/montantSegurHT"),
        ({"montant_segur_ht": "708.33\n"}, "1204", "/commande/montantSegurHT"),
        ({"montant_segur_ht": "\ud800"}, "1204", "/commande/montantSegurHT"),
        ({"montant_segur_ht": " "}, "1201", "/commande/montantSegurHT"),
        ({"montant_segur_ht": Decimal("NaN")}, "1204", "/commande/montantSegurHT"),
        ({"montant_segur_ht": Decimal("708.333")}, "1204", "/commande/montantSegurHT"),
        ({"statut_admin_technique": "X"}, "1405", "/certificatsServeur/statutAdminTechnique"),
        ({"numero_carte_cpx": 1234567890}, "1502", "/certificatsServeur/numeroCarteCPX"),
        ({"email_responsable": ""}, "2101", "/beneficiaire/emailResponsable"),
        ({"telephone_responsable": "Null"}, "2202", "/beneficiaire/telephoneResponsable"),
        ({"finess_geo": 777777777}, "2302", "/beneficiaire/FINESSGeo"),
        ({"has_bal_ms_sante_personnelle": "true"}, "2902", "/scenarioInstallation/hasBALMSSantePersonnelle"),
        ({"has_bal_ms_sante_personnelle": 1}, "2902", "/scenarioInstallation/hasBALMSSantePersonnelle"),
        ({"operateur_messagerie": "CH_20"}, "3005", "/scenarioInstallation/operateurMessagerie"),
        ({"format_bon_commande": "pdf"}, "2605", "/piecesJustificatives/0/formatFichier"),
        ({"format_bon_commande": 3}, "2602", "/piecesJustificatives/0/formatFichier"),
        ({"format_bon_commande": None}, "2601", "/piecesJustificatives/0/formatFichier"),
        ({"regime_tva": "HT", "format_preuve_ht": "GIF"}, "2605", "/piecesJustificatives/1/formatFichier"),
        ({"nom_responsable": "DUR\ud800AND"}, "9901", "/beneficiaire/nomResponsable"),
    ],
)
def test_one_wrong_value_is_one_fault_at_its_place(changes: dict[str, object], code: str, chemin: str) -> None:
    assert faults(**changes) == [(code, chemin)]


def test_all_faults_come_at_once_and_nothing_that_was_named_for_you() -> None:
    wrong = faults(
        numero_editeur="x",
        date_commande="31/02/2022",
        regime_tva="HTT",
        montant_segur_ht=1.0,
        numero_carte_cpx="",
        nom_responsable="Durand",
        finess_geo="7",
        has_bal_ms_sante_personnelle=None,
        format_bon_commande="TIFF",
    )
    assert [code for code, _ in wrong] == ["0803", "1004", "1105", "1202", "1501", "2004", "2303", "2605", "2901"]


def test_a_missing_or_unknown_name_is_pythons_own_business() -> None:
    with pytest.raises(TypeError, match="finess_geo"):
        construire_demande(**{k: v for k, v in GUIDE.items() if k != "finess_geo"})  # type: ignore[arg-type]


PERSONAL = [
    "numero_carte_cpx",
    "nom_admin_technique",
    "tel_admin_technique",
    "email_admin_technique",
    "nom_responsable",
]
PERSONAL_OR_NONE = ["email_responsable", "telephone_responsable"]


@given(st.sampled_from(PERSONAL + PERSONAL_OR_NONE), st.sampled_from(["zqCanari" * 20, "zqCanari\ud800", "zqCanari "]))
def test_no_message_repeats_a_personal_value(attribute: str, value: str) -> None:
    with pytest.raises(DemandeInvalide) as refus:
        build(**{attribute: value, "finess_geo": "zqCanari"})
    assert "zqcanari" not in f"{refus.value} {refus.value!r} {refus.value.anomalies}".lower()


# --- Cutting into files ---


@pytest.mark.parametrize(
    ("nombre", "lots"),
    [(0, []), (1, [1]), (199, [199]), (200, [200]), (201, [200, 1]), (400, [200, 200]), (401, [200, 200, 1])],
)
def test_lots_of_200_and_never_an_empty_last_one(nombre: int, lots: list[int]) -> None:
    cut = list(decouper(iter(range(nombre))))
    assert [len(lot) for lot in cut] == lots
    assert [k for lot in cut for k in lot] == list(range(nombre))


def test_cutting_is_lazy() -> None:
    taken: list[int] = []

    def note(k: int) -> int:
        taken.append(k)
        return k

    lots = decouper(map(note, range(1_000)), taille=3)
    assert taken == []
    assert next(lots) == (0, 1, 2)
    assert taken == [0, 1, 2]


@pytest.mark.parametrize("taille", [0, -1, 201])
def test_a_lot_is_1_to_200(taille: int) -> None:
    with pytest.raises(SegurError, match="1 à 200"):
        decouper([], taille=taille)
