"""The cattrs converter: the model and JSON-shaped values, and every fault with its pointer."""

import json
from copy import deepcopy
from decimal import Decimal

import attrs
import pytest

from segur_pha import Demande, DemandeInvalide, Fichier, convertisseur, en_json
from segur_pha.specification.va1.exemple import fichier_du_guide


@pytest.fixture
def forme():
    return convertisseur().unstructure(fichier_du_guide())


def test_the_shape_is_that_of_the_file(forme):
    ecrit = json.loads(en_json(fichier_du_guide()), parse_float=Decimal)

    assert forme == ecrit
    assert list(forme) == list(ecrit)


def test_an_embedder_may_keep_requests_in_classes_of_its_own():
    @attrs.frozen
    class Facture:
        reference: str
        demande: Demande

    demande = fichier_du_guide().demandes[0]
    conv = convertisseur()
    facture = Facture("F-1", demande)

    assert conv.structure(conv.unstructure(facture), Facture) == facture


def premiere(forme):
    return forme["lignesImport"][0]


@pytest.mark.parametrize(
    ("changer", "faute"),
    [
        (
            lambda f: premiere(f)["commande"].update(dateCommande="31/02/2022"),
            ("1004", "/lignesImport/0/commande/dateCommande"),
        ),
        (
            lambda f: premiere(f)["commande"].update(montantSegurHT=7.5),
            ("1202", "/lignesImport/0/commande/montantSegurHT"),
        ),
        (lambda f: premiere(f).update(numeroASP="123"), ("0702", "/lignesImport/0/numeroASP")),
        (lambda f: premiere(f).pop("numeroEditeur"), ("0801", "/lignesImport/0/numeroEditeur")),
        (lambda f: f["lignesImport"].append(None), ("9907", "/lignesImport/1")),
        (lambda f: f.update(lignesImport={}), ("9907", "/lignesImport")),
        (lambda f: f.update(siret="12345678200010"), ("9906", "/siret")),
        (
            lambda f: premiere(f)["piecesJustificatives"][0].update(nomFichier="x"),
            ("2504", "/lignesImport/0/piecesJustificatives/0/nomFichier"),
        ),
    ],
)
def test_a_fault_is_named_with_its_pointer_before_anything_is_converted(forme, changer, faute):
    changer(forme)

    with pytest.raises(DemandeInvalide) as erreur:
        convertisseur().structure(forme, Fichier)

    assert [(a.code, a.chemin) for a in erreur.value.anomalies] == [faute]


def test_every_fault_of_the_whole_is_listed(forme):
    forme["SIRET"] = ""
    forme["lignesImport"].append({**deepcopy(forme["lignesImport"][0]), "typeAction": "M"})
    forme["lignesImport"][0]["beneficiaire"]["nomResponsable"] = "Durand"

    with pytest.raises(DemandeInvalide) as erreur:
        convertisseur().structure(forme, Fichier)

    assert [a.code for a in erreur.value.anomalies] == ["0301", "2004", "0605"]


def test_rules_between_balises_hold_too(forme):
    forme["lignesImport"][0]["commande"]["regimeTVA"] = "HT"

    with pytest.raises(DemandeInvalide) as erreur:
        convertisseur().structure(forme, Fichier)

    assert [a.code for a in erreur.value.anomalies] == ["2407"]


def test_what_is_given_is_not_changed(forme):
    copie = json.dumps(forme, default=str)
    convertisseur().structure(forme, Fichier)

    assert json.dumps(forme, default=str) == copie
