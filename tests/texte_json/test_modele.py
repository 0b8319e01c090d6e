"""The cattrs converter: the shape of a file as Python values, judged before it is converted."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

import pytest
from attrs import frozen

from segur_pha import Commande, Demande, DemandeInvalide, Fichier, convertisseur
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
from tests.outils import ABSENT, LIGNE, Json, Nombre, fichier, modifier


def shape(arbre: object) -> object:
    """Turn the numbers of a hand-written tree into Decimals, as the converter gives and takes them."""
    if isinstance(arbre, dict):
        return {tag: shape(value) for tag, value in arbre.items()}
    if isinstance(arbre, list):
        return [shape(value) for value in arbre]
    return Decimal(str(arbre)) if isinstance(arbre, Nombre) else arbre


def test_the_shape_is_that_of_the_file() -> None:
    forme = convertisseur().unstructure(fichier_du_guide())
    assert forme == shape(fichier())
    assert list(forme) == list(fichier())


def test_it_comes_back_and_the_shape_is_left_alone() -> None:
    conv = convertisseur()
    forme = conv.unstructure(fichier_du_guide())
    before = deepcopy(forme)
    assert conv.structure(forme, Fichier) == fichier_du_guide()
    assert forme == before
    assert conv.structure(conv.unstructure(demande_du_guide().commande), Commande) == demande_du_guide().commande


@pytest.mark.parametrize(
    ("chemin", "valeur", "expected"),
    [
        (f"{LIGNE}/beneficiaire/FINESSGeo", "7", [("2303", f"{LIGNE}/beneficiaire/FINESSGeo")]),
        (f"{LIGNE}/beneficiaire/FINESSGeo", ABSENT, [("2301", f"{LIGNE}/beneficiaire/FINESSGeo")]),
        (f"{LIGNE}/commande", None, [("9907", f"{LIGNE}/commande")]),
        (f"{LIGNE}/piecesJustificatives", {}, [("9907", f"{LIGNE}/piecesJustificatives")]),
        (f"{LIGNE}/piecesJustificatives/0", 3, [("9907", f"{LIGNE}/piecesJustificatives/0")]),
        (f"{LIGNE}/commande/remarque", "x", [("9906", f"{LIGNE}/commande/remarque")]),
        (f"{LIGNE}/commande/montantSegurHT", Nombre("NaN"), [("1204", f"{LIGNE}/commande/montantSegurHT")]),
        (f"{LIGNE}/codeTraitement", "0000", [("3102", f"{LIGNE}/codeTraitement")]),
        ("/impId", 1, [("0102", "/impId")]),
    ],
)
def test_a_fault_is_reported_with_its_pointer(chemin: str, valeur: Json, expected: list[tuple[str, str]]) -> None:
    with pytest.raises(DemandeInvalide) as refus:
        convertisseur().structure(shape(modifier(fichier(), chemin, valeur)), Fichier)
    assert [(a.code, a.chemin) for a in refus.value.anomalies] == expected


def test_a_float_is_refused_and_so_is_what_is_no_object() -> None:
    conv = convertisseur()
    forme = conv.unstructure(demande_du_guide().commande)
    for montant in (708.33, "708.33"):
        with pytest.raises(DemandeInvalide) as refus:
            conv.structure({**forme, "montantSegurHT": montant}, Commande)
        assert refus.value.code == "1202"
    with pytest.raises(DemandeInvalide) as refus:
        conv.structure([forme], Commande)
    assert refus.value.code == "9907"


def test_all_faults_of_the_whole_come_at_once() -> None:
    arbre = modifier(
        modifier(fichier(nombre=2), f"{LIGNE}/typeAction", "M"), "/lignesImport/1/beneficiaire/FINESSGeo", ""
    )
    arbre = modifier(arbre, "/SIRET", None)
    with pytest.raises(DemandeInvalide) as refus:
        convertisseur().structure(shape(arbre), Fichier)
    assert [a.code for a in refus.value.anomalies] == ["0301", "0605", "2301"]


@frozen
class Envoi:
    """A class of an embedder's own, around the model."""

    reference: str
    demandes: list[Demande]


def test_an_embedders_own_class_is_structured_around_the_model() -> None:
    conv = convertisseur()
    envoi = Envoi("R1", [demande_du_guide()])
    assert conv.structure(conv.unstructure(envoi), Envoi) == envoi


def test_a_request_that_bears_another_rank_is_not_renumbered_in_silence() -> None:
    forme = convertisseur().unstructure(fichier_du_guide())
    forme["lignesImport"][0]["numLigne"] = 7

    with pytest.raises(DemandeInvalide) as faute:
        convertisseur().structure(forme, Fichier)

    assert [(a.code, a.chemin) for a in faute.value.anomalies] == [("0507", "/lignesImport/0/numLigne")]
