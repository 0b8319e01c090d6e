from __future__ import annotations

import json
import pickle
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from mesure import USUAL, examples
from mutations import arbres_gates

from segur_pha import VA1, Fichier, RapportControle, controler, convertisseur, en_json, lire
from segur_pha.strategies import Faute, fautes, fichiers
from segur_pha.strategies.ecritures import textes
from segur_pha.table.modele import en_brut

DE_LIGNE = {entree.code for entree in VA1.catalogue if "05" <= entree.code[:2] <= "32"}


# 10,000 files in the long profile.
@examples(20, 10_000)
@given(fichiers())
def test_a_written_file_reads_as_itself_and_is_written_alike_again(fichier: Fichier) -> None:
    for compact in (False, True):
        octets = en_json(fichier, compact=compact)
        lu = lire(octets)
        assert lu == fichier
        assert en_json(lu, compact=compact) == octets
    assert json.loads(en_json(fichier)) == json.loads(en_json(fichier, compact=True))


@USUAL
@given(st.data(), fichiers(maximum=2))
def test_whatever_its_spelling_a_text_reads_as_the_same_file(data: st.DataObject, fichier: Fichier) -> None:
    assert lire(data.draw(textes(en_brut(fichier), VA1))) == fichier


@USUAL
@given(fichiers(maximum=2))
def test_another_parser_finds_the_tags_in_order_and_the_values_of_the_model(fichier: Fichier) -> None:
    lu = json.loads(en_json(fichier), parse_float=str)
    assert list(lu) == ["impId", "numeroAns", "SIRET", "lignesImport"]
    assert (lu["impId"], lu["numeroAns"], lu["SIRET"]) == (None, fichier.numero_ans, fichier.siret)
    for rang, (ligne, demande) in enumerate(zip(lu["lignesImport"], fichier.demandes, strict=True), start=1):
        assert list(ligne)[:4] == ["numLigne", "typeAction", "numeroASP", "numeroEditeur"]
        assert list(ligne.values())[:4] == [rang, "C", None, demande.numero_editeur]
        assert list(ligne.items())[-2:] == [("codeTraitement", None), ("libelleTraitement", None)]
        commande = demande.commande
        jour = f"{commande.date_commande.day:02}/{commande.date_commande.month:02}/{commande.date_commande.year:04}"
        assert ligne["commande"] == {
            "dateCommande": jour,
            "regimeTVA": commande.regime_tva.value,
            "montantSegurHT": f"{commande.montant_segur_ht:.2f}",
        }
        assert list(ligne["beneficiaire"].values()) == [
            demande.beneficiaire.nom_responsable,
            demande.beneficiaire.email_responsable,
            demande.beneficiaire.telephone_responsable,
            demande.beneficiaire.finess_geo,
        ]


@USUAL
@given(fichiers(maximum=2))
def test_cattrs_takes_a_file_apart_and_together_again(fichier: Fichier) -> None:
    conv = convertisseur()
    assert conv.structure(conv.unstructure(fichier), Fichier) == fichier


# --- The portal's answer -------------------------------------------------------------------------------------------------


def pairs(octets: bytes) -> list[tuple[str, Any]]:
    """Read a JSON object with the standard parser, keeping the order of keys and the text of numbers."""
    return json.loads(
        octets.decode("utf-8-sig"), object_pairs_hook=list, parse_float=lambda text: ("number", text), parse_int=Decimal
    )


def answered(depose: list[tuple[str, Any]], rapport: RapportControle) -> list[tuple[str, Any]]:
    """Fill the two balises in by hand."""
    verdicts = iter(rapport.lignes)

    def line(paires: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        verdict = next(verdicts)
        reponse = {"codeTraitement": verdict.code_traitement, "libelleTraitement": verdict.libelle_traitement}
        return [(cle, reponse.get(cle, valeur)) for cle, valeur in paires]

    return [(cle, [line(v) for v in valeur] if cle == "lignesImport" else valeur) for cle, valeur in depose]


@USUAL
@given(fautes(codes=DE_LIGNE))
def test_the_answer_to_a_rejected_line_changes_two_balises_and_nothing_else(faute: Faute) -> None:
    rapport = controler(faute.octets)
    assert pairs(rapport.en_retour()) == answered(pairs(faute.octets), rapport)


@USUAL
@given(st.data(), arbres_gates(structure=False))
def test_the_answer_to_any_receivable_file_changes_two_balises_and_nothing_else(
    data: st.DataObject, arbre: dict[str, object]
) -> None:
    octets = data.draw(textes(arbre, VA1))
    rapport = controler(octets)
    assert rapport.recevable
    assert pairs(rapport.en_retour()) == answered(pairs(octets), rapport)
    assert rapport.en_retour() == rapport.en_retour()


# --- Reports -------------------------------------------------------------------------------------------------------------


@USUAL
@given(fautes())
def test_a_report_survives_pickling_with_its_places_and_its_advice(faute: Faute) -> None:
    rapport = controler(faute.octets)
    copie = pickle.loads(pickle.dumps(rapport))  # noqa: S301 - our own bytes
    assert copie == rapport
    assert str(copie) == str(rapport)
    assert copie.conseils == rapport.conseils
    assert copie.demandes() == rapport.demandes()
    assert [a.position for a in copie.anomalies_fichier] == [a.position for a in rapport.anomalies_fichier]
    assert [a.position for ligne in copie.lignes for a in ligne.anomalies] == [
        a.position for ligne in rapport.lignes for a in ligne.anomalies
    ]


@USUAL
@given(fautes(codes=DE_LIGNE))
def test_the_place_of_a_fault_is_where_its_value_begins(faute: Faute) -> None:
    rapport = controler(faute.octets)
    (anomalie,) = (a for ligne in rapport.lignes for a in ligne.anomalies)
    position = anomalie.position
    assert position is not None
    texte = faute.octets.decode("utf-8-sig")
    debut = sum(len(ligne) + 1 for ligne in texte.split("\n")[: position.ligne - 1]) + position.colonne - 1
    valeur, _ = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode(texte, debut)
    attendue = json.loads(texte, parse_float=str, parse_int=str)
    for jeton in faute.chemin.split("/")[1:]:
        attendue = attendue[int(jeton)] if isinstance(attendue, list) else attendue[jeton]
    assert valeur == attendue
