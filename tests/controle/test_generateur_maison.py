"""The mistakes of a real generator written by hand for a sister corridor, and the guide's own use case."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from segur_pha import (
    Demande,
    Fichier,
    NomFichierJSON,
    avance,
    construire_demande,
    controler,
    decouper,
    ecrire,
    lire,
)
from segur_pha.vagues.va1.exemples import demande_du_guide
from tests.outils import ABSENT, BON_DE_COMMANDE, LIGNE, Nombre, fautes, fichier, modifier, octets

if TYPE_CHECKING:
    from pathlib import Path


def test_the_guides_use_case_from_the_order_to_the_deposit(tmp_path: Path) -> None:
    demande = construire_demande(
        numero_editeur="00001",
        date_commande="15/11/2022",
        regime_tva="TTC",
        montant_segur_ht="708.33",
        statut_admin_technique="P",
        numero_carte_cpx="1234567890",
        nom_admin_technique="DURAND",
        tel_admin_technique="01 02 03 04 05",
        email_admin_technique="officine@pharmacie.example",
        nom_responsable="DURAND",
        finess_geo="777777777",
        has_bal_ms_sante_personnelle=False,
    )
    assert [p.nom_fichier for p in demande.pieces_justificatives] == ["PHA-LGO-Va1-BDC-00001.pdf"]
    depose = ecrire(
        Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=(demande,)), tmp_path, jour=date(2022, 11, 16)
    )
    assert NomFichierJSON.lire(depose.name).jour == date(2022, 11, 16)
    assert b'"montantSegurHT": 708.33' in depose.read_bytes()
    rapport = controler(depose)
    assert rapport.tout_accepte
    assert rapport.en_lignes()[0]["avance"] == Decimal("255.00")
    assert rapport.demandes() == {1: demande}
    assert lire(depose).demandes == (demande,)
    commande = demande.commande
    assert avance(commande.montant_segur_ht, commande.regime_tva).montant_ttc == Decimal("850.00")


def test_null_between_quotes() -> None:
    arbre = fichier()
    for tag in ("numeroASP", "codeTraitement", "libelleTraitement"):
        arbre = modifier(arbre, f"{LIGNE}/{tag}", "null")
    assert fautes(controler(octets(arbre))) == [
        ("0702", f"{LIGNE}/numeroASP"),
        ("3102", f"{LIGNE}/codeTraitement"),
        ("3202", f"{LIGNE}/libelleTraitement"),
    ]
    assert fautes(controler(octets(modifier(fichier(), "/impId", "null")))) == [("0102", "/impId")]


def test_true_between_quotes() -> None:
    chemin = f"{LIGNE}/scenarioInstallation/hasBALMSSantePersonnelle"
    rapport = controler(octets(modifier(fichier(), chemin, "true")))
    assert fautes(rapport) == [("2902", chemin)]
    assert "sans guillemets" in rapport.lignes[0].libelle_traitement


def test_siret_in_lower_case() -> None:
    arbre = modifier(modifier(fichier(), "/SIRET", ABSENT), "/siret", "12345678200010")
    rapport = controler(octets(arbre))
    assert fautes(rapport) == [("9905", ""), ("9906", "/siret")]
    assert "« SIRET »" in rapport.anomalies_fichier[1].libelle


def test_numero_editeur_as_a_number() -> None:
    for numero in (12345, Nombre("00001"[4:])):
        chemin = f"{LIGNE}/numeroEditeur"
        rapport = controler(octets(modifier(fichier(), chemin, numero)))
        assert fautes(rapport) == [("0802", chemin)]
        assert rapport.lignes[0].numero_editeur is None


def test_a_number_with_leading_zeros_is_no_json() -> None:
    rapport = controler(octets(modifier(fichier(), f"{LIGNE}/numeroEditeur", Nombre("00001"))))
    assert fautes(rapport) == [("9902", "")]
    assert str(rapport.anomalies_fichier[0].position) == "ligne 10, colonne 24"


def test_documents_overwritten_by_an_object() -> None:
    chemin = f"{LIGNE}/piecesJustificatives"
    rapport = controler(octets(modifier(fichier(), chemin, BON_DE_COMMANDE)))
    assert fautes(rapport) == [("9907", chemin)]
    assert "crochets" in rapport.anomalies_fichier[0].libelle


@pytest.mark.parametrize(("nombre", "sizes"), [(200, [200]), (400, [200, 200]), (201, [200, 1])])
def test_no_empty_last_file(nombre: int, sizes: list[int]) -> None:
    demandes: list[Demande] = [demande_du_guide(f"{k:05}") for k in range(nombre)]
    lots = [Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=lot) for lot in decouper(demandes)]
    assert [len(lot.demandes) for lot in lots] == sizes
    assert all(controler(lot).tout_accepte for lot in lots)


@pytest.mark.parametrize(("nombre", "expected"), [(0, ["9908"]), (1, []), (200, []), (201, ["9908"])])
def test_0_1_200_and_201_requests(nombre: int, expected: list[str]) -> None:
    arbre = modifier(fichier(), "/lignesImport", fichier(nombre=nombre)["lignesImport"] if nombre else [])
    rapport = controler(octets(arbre))
    assert fautes(rapport) == [(code, "/lignesImport") for code in expected]
    assert len(rapport.lignes) == (0 if expected else nombre)
    assert rapport.tout_accepte == (not expected)
