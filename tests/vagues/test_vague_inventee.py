"""A wave beside the first one, its tags, names and codes its own: what is derived from a table serves it untouched."""

from __future__ import annotations

import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import segur_pha.vagues
from segur_pha import VA1, DemandeInvalide, SegurError, controler, convertisseur, en_json, lire, schema
from segur_pha.anonymiser import anonymiser
from segur_pha.controle.page import en_page
from segur_pha.controle.resultats import FichierControle, en_objet, en_tableau
from segur_pha.depot.reglages import texte_des_reglages
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.retour.affichage import tableau_des_reponses
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.rapprochement import rapprocher
from segur_pha.retour.remedes import remede
from segur_pha.strategies import Faute, commandes, demandes, fautes, fichiers
from segur_pha.table.roles import Role
from segur_pha.texte_json.schema import fichier_du_schema, texte_du_schema
from segur_pha.vagues import vague, vagues
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.vagues.inventee import INVENTEE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DataObject

#: Tags that only one of the two waves has.
OTHERS = {b.nom for b in VA1.balises} - {b.nom for b in INVENTEE.balises}


def solde(numero: str = "00001", **changes: Any) -> Any:
    valeurs = {
        "numero_asp": "ASP-0001",
        "jour_du_service": "15/01/2024",
        "solde_ht": "100.50",
        "finess": "990000010",
        "signataire": "T",
        "nom_signataire": "DURAND",
    }
    return INVENTEE.construire(numero_solde=numero, **{**valeurs, **changes})


def file_of(*requests: Any) -> Any:
    return INVENTEE.fichier("ANS0000001", "12345678200010", requests or (solde(),))


def names_no_balise_of_the_first_wave(text: str) -> bool:
    words = set(re.findall(r"\w+", text))
    return not (words & (OTHERS - {"commande", "SIRET"}))


# --- The table and what is derived from it -------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["null", "NULL"])
def test_the_text_null_is_no_value_that_is_left_out(word: str) -> None:
    with pytest.raises(DemandeInvalide) as refus:
        solde(courriel=word)
    assert [a.code for a in refus.value.anomalies] == ["1502"]
    text = en_json(file_of(solde(courriel="rien"), solde("00002"))).replace(b'"rien"', f'"{word}"'.encode())
    assert [[a.code for a in line.anomalies] for line in controler(text, specification=INVENTEE).lignes] == [
        ["1502"],
        [],
    ]


def test_flat_values_make_a_request_and_its_documents() -> None:
    demande = solde("0000A", signataire="M", format_mandat="PNG")
    assert [p.nom for p in demande.documents] == ["PHA-LGO-Inv2-SF-0000A.pdf", "PHA-LGO-Inv2-MDT-0000A.png"]
    with pytest.raises(DemandeInvalide) as refus:
        solde("0000001", solde_ht="12", nom_signataire="Durand", format_service_fait="DOC")
    assert [a.balise for a in refus.value.anomalies] == ["numeroSolde", "soldeHT", "nomSignataire", "extension"]


@settings(max_examples=20)
@given(fichiers(maximum=3, specification=INVENTEE))
def test_drawn_files_are_written_read_and_accepted(fichier: Any) -> None:
    octets = en_json(fichier)
    lu = lire(octets, specification=INVENTEE)
    assert lu == fichier
    assert controler(octets, specification=INVENTEE).tout_accepte
    assert not controler(octets).recevable
    conv = convertisseur(INVENTEE)
    assert conv.structure(conv.unstructure(lu), INVENTEE.racine) == lu
    forme = json.loads(octets)
    assert Draft202012Validator(schema(INVENTEE)).is_valid(forme)
    assert not Draft202012Validator(schema()).is_valid(forme)


@settings(max_examples=10)
@given(demandes(specification=INVENTEE))
def test_drawn_requests_keep_the_rules_of_their_wave(demande: Any) -> None:
    assert type(demande) is INVENTEE.classe_demande
    assert [p.genre for p in demande.documents] == list(
        INVENTEE.pieces_dues({"signataire": demande.officine.signataire})
    )


@settings(max_examples=60)
@given(fautes(specification=INVENTEE))
def test_planted_faults_are_found(faute: Faute) -> None:
    rapport = controler(faute.octets, specification=INVENTEE)
    found = [*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)]
    assert [(a.code, a.chemin) for a in found] == [(faute.code, faute.chemin)]
    assert all(names_no_balise_of_the_first_wave(a.libelle) for a in found)


@pytest.mark.parametrize("code", sorted(e.code for e in INVENTEE.catalogue if e.balise and e.nature == "07"))
@settings(max_examples=5)
@given(data=st.data())
def test_each_rule_between_balises_is_broken_alone(code: str, data: DataObject) -> None:
    faute = data.draw(fautes(codes={code}, specification=INVENTEE))
    rapport = controler(faute.octets, specification=INVENTEE)
    assert [(a.code, a.chemin) for ligne in rapport.lignes for a in ligne.anomalies] == [(code, faute.chemin)]


def test_rules_that_no_strategy_knows_how_to_keep_are_an_error() -> None:
    for paquet in ("segur_pha.vagues", "segur_pha.vagues.va1"):
        with pytest.raises(SegurError, match="Aucune stratégie ne sait respecter"):
            fautes(codes={"0507"}, specification=evolve(INVENTEE, paquet=paquet)).example()


def test_a_block_that_a_wave_does_not_have_cannot_be_drawn() -> None:
    with pytest.raises(SegurError, match="PHA-LGO-Inv2 n’a pas de bloc « commande »"):
        commandes(specification=INVENTEE)


def test_a_type_of_document_without_a_word_cannot_be_declared() -> None:
    with pytest.raises(SegurError, match="donnez un code et un mot à chaque type"):
        evolve(INVENTEE.noms_des_pieces, mots={"MANDAT": "le mandat"})


def test_the_schema_stands_in_the_folder_of_its_wave() -> None:
    assert fichier_du_schema(INVENTEE) == texte_du_schema(INVENTEE)
    described = json.loads(fichier_du_schema(INVENTEE))
    assert described["title"] == "Demandes de solde PHA-LGO-Inv2"
    assert described["$id"] == "urn:segur-pha:schema:PHA-LGO-Inv2:solde"
    assert schema()["title"] == "Demandes d’avance PHA-LGO-Va1"


# --- What people see of a checked file -----------------------------------------------------------------------------------


def faulty() -> bytes:
    arbre = json.loads(
        en_json(file_of(solde("00001"), solde("00002", signataire="M"), solde("00003", solde_ht="0.00")))
    )
    arbre["soldes"][0]["officine"]["nomSignataire"] = "Durand"
    arbre["soldes"][1]["service"]["soldeHT"] = "beaucoup"
    del arbre["soldes"][2]["officine"]["courrielSignataire"]
    return json.dumps(arbre).replace('"soldeHT": 100.5', '"soldeHT": 100.50').replace("0.0}", "0.00}").encode()


def test_a_report_speaks_of_the_balises_of_its_own_wave() -> None:
    rapport = controler(faulty(), specification=INVENTEE)
    assert [ligne.code_traitement for ligne in rapport.lignes] == ["1404", "1002", "0000"]
    assert [c.id for c in rapport.conseils] == ["balise-absente", "solde-nul"]
    controle = FichierControle("soldes.json", rapport)
    page = en_page([controle], complet=True).decode()
    objet = en_objet([controle])
    table = en_tableau([controle], complet=True)
    notebook = rapport._repr_html_()
    for shown in (page, json.dumps(objet, ensure_ascii=False), str(table.rangees), notebook, str(rapport)):
        assert names_no_balise_of_the_first_wave(shown)
    assert "numeroSolde" in page
    assert "numeroSolde" in notebook
    assert "Solde attendu pour les acceptées" in page
    lignes: Any = objet["fichiers"]
    assert lignes[0]["lignes"][0]["anomalies"][0]["chemin"] == "/soldes/0/officine/nomSignataire"


def test_flat_rows_have_the_same_keys_in_every_wave() -> None:
    (row,) = controler(file_of(solde(solde_ht=Decimal(10))), specification=INVENTEE).en_lignes()
    (first,) = controler(fichier_du_guide()).en_lignes()
    assert row.keys() == first.keys()
    told = {key: row[key] for key in ("finess_geo", "date_commande", "regime_tva", "montant_segur_ht", "avance")}
    assert told == {
        "finess_geo": "990000010",
        "date_commande": None,
        "regime_tva": None,
        "montant_segur_ht": Decimal("10.00"),
        "avance": Decimal("12.00"),
    }


def test_the_answer_of_the_controls_fills_the_balises_of_the_wave() -> None:
    answer = json.loads(controler(faulty(), specification=INVENTEE).en_retour())
    assert [ligne["codeReponse"] for ligne in answer["soldes"]] == ["1404", "1002", "0000"]
    assert answer["soldes"][2]["motReponse"] == "Demande acceptée"
    assert "codeTraitement" not in answer["soldes"][0]


# --- The portal and its answers ------------------------------------------------------------------------------------------


def test_the_simulated_portal_answers_in_the_balises_of_the_wave() -> None:
    sent = en_json(file_of(solde("00001"), solde("00002")))
    portail = PortailSimule(graine=3, specification=INVENTEE)
    answer = portail.deposer(sent)
    assert rapprocher(sent, answer, specification=INVENTEE).sans_ecart
    retour = lire_retour(answer, specification=INVENTEE)
    assert [ligne.numero_editeur for ligne in retour.acceptees] == ["00001", "00002"]
    assert json.loads(answer)["soldes"][0]["referenceSolde"] == retour.acceptees[0].numero_asp
    # What the publisher filled came back as it went: it is not the reference of the answer.
    assert {ligne.brut["numeroASP"] for ligne in retour.lignes} == {"ASP-0001"}
    (used, _) = lire_retour(portail.deposer(sent), specification=INVENTEE).rejetees
    assert (used.code_traitement, used.libelle_traitement[:11]) == ("0806", "numeroSolde")
    assert "numeroSolde" in str(remede(used, specification=INVENTEE))
    assert names_no_balise_of_the_first_wave(retour._repr_html_())
    assert tableau_des_reponses(retour.lignes, specification=INVENTEE).colonnes[2] == "referenceSolde"


@pytest.mark.parametrize(
    ("inconduite", "nature", "chemin"),
    [
        (Inconduite.VALEUR_MODIFIEE, NatureEcart.CONTENU_MODIFIE, "service/soldeHT"),
        (Inconduite.NUMERO_ASP_DOUBLE, NatureEcart.NUMERO_ASP_DOUBLE, "referenceSolde"),
        (Inconduite.NUMERO_ASP_OUBLIE, NatureEcart.LIGNE_AMBIGUE, ""),
        (Inconduite.BALISE_INCONNUE, NatureEcart.BALISE_INCONNUE, "simuleSuivi"),
        (Inconduite.LIGNE_ABSENTE, NatureEcart.REPONSE_ABSENTE, ""),
        (Inconduite.LIGNE_DOUBLE, NatureEcart.REPONSE_DOUBLE, ""),
    ],
)
def test_what_the_portal_does_wrong_is_found_at_its_place(
    inconduite: Inconduite, nature: NatureEcart, chemin: str
) -> None:
    sent = en_json(file_of(solde("00001"), solde("00002")))
    answer = PortailSimule(inconduites=[inconduite], specification=INVENTEE).deposer(sent)
    ecarts = rapprocher(sent, answer, specification=INVENTEE).ecarts
    assert {NatureEcart.de(e) for e in ecarts} == {nature}
    assert all(re.fullmatch(rf"/soldes/[0-9]{'/' * bool(chemin)}{chemin}", e.chemin) for e in ecarts)
    assert all(names_no_balise_of_the_first_wave(e.message) for e in ecarts)


def test_an_unknown_code_of_the_portal_rejects() -> None:
    sent = en_json(file_of())
    answer = PortailSimule(inconduites=[Inconduite.CODE_INCONNU], specification=INVENTEE).deposer(sent)
    (refused,) = lire_retour(answer, specification=INVENTEE).rejetees
    assert refused.code_traitement == "SIMULE-X99"


def test_an_answer_of_one_wave_is_no_answer_of_another() -> None:
    answer = PortailSimule(specification=INVENTEE).deposer(en_json(file_of()))
    assert [c.id for c in controler(answer, specification=INVENTEE).conseils] == ["reponse-du-portail"]
    with pytest.raises(SegurError, match="lignesImport"):
        lire_retour(answer)


# --- The anonymiser ------------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.data(), fichiers(maximum=2, specification=INVENTEE))
def test_a_masked_file_is_judged_the_same(data: DataObject, fichier: Any) -> None:
    octets = en_json(fichier)
    graine = data.draw(st.text(max_size=4))
    masked = anonymiser(octets, graine=graine, specification=INVENTEE)
    assert controler(masked, specification=INVENTEE).tout_accepte
    assert masked == anonymiser(octets, graine=graine, specification=INVENTEE)


def test_a_value_has_the_same_fake_in_the_files_of_every_wave() -> None:
    advance = PortailSimule(graine=1).deposer(en_json(fichier_du_guide()))
    (line,) = json.loads(advance)["lignesImport"]
    settled = solde(line["numeroEditeur"], numero_asp=line["numeroASP"], finess=line["beneficiaire"]["FINESSGeo"])

    def masked(octets: bytes, specification: Any) -> Any:
        arbre = json.loads(anonymiser(octets, graine="secret", specification=specification))
        return arbre[specification.liste_des_demandes.nom][0]

    there, here = masked(advance, VA1), masked(en_json(file_of(settled)), INVENTEE)
    assert here["numeroASP"] == there["numeroASP"] != line["numeroASP"]
    assert here["officine"]["idOfficine"] == there["beneficiaire"]["FINESSGeo"] != "777777777"
    assert here["numeroSolde"] == there["numeroEditeur"]
    assert here["documents"][0]["nom"] == f"PHA-LGO-Inv2-SF-{here['numeroSolde']}.pdf"
    assert here["officine"]["nomSignataire"] != "DURAND"
    assert here["service"]["soldeHT"] == 100.5


# --- Waves by their names ------------------------------------------------------------------------------------------------


@pytest.fixture
def beside_the_first(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """Let the made-up folder stand beside ``va1/``, as one does who adds a wave."""
    ici = str(Path(__file__).parent)
    monkeypatch.setattr(segur_pha.vagues, "__path__", [*segur_pha.vagues.__path__, ici])
    return vagues()


def test_a_folder_beside_the_first_wave_is_a_wave(beside_the_first: Mapping[str, Any]) -> None:
    assert {folder: wave.nom for folder, wave in beside_the_first.items()} == {
        "va1": "PHA-LGO-Va1",
        "inventee": "PHA-LGO-Inv2",
    }
    assert vague("pha-lgo-inv2") is vague("INVENTEE") is beside_the_first["inventee"]


def test_an_unknown_wave_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SegurError, match=r"^Vague inconnue\. Vagues connues : PHA-LGO-Va1\.$"):
        vague("va2")


def test_a_wave_may_have_no_advice_from_a_register_of_pharmacies() -> None:
    assert INVENTEE.avis_sur_l_officine("010000024", {}) == []
    assert [identifiant for identifiant, _ in VA1.avis_sur_l_officine("010000024", {})] == ["finess-inconnu"]
    assert VA1.avis_sur_l_officine("010000024", None) == VA1.avis_sur_l_officine("", {}) == []


def test_settings_to_begin_with_name_the_keywords_of_the_wave() -> None:
    words = vocabulaire(INVENTEE)
    title = INVENTEE.role(Role.OFFICINE).titre
    text = texte_des_reglages(titres=[title, "Ville"], specification=INVENTEE)
    assert all(f"{word} = " in text for word in words.colonnes)
    assert tomllib.loads(text)["colonnes"] == {words.mot(Role.OFFICINE): title}
    assert "n’en donnent aucun" in text
    assert (OTHERS - {"SIRET"}).isdisjoint(re.findall(r"\w+", text))  # the header's key is explained by that word


def test_the_words_for_type_checkers_are_those_of_the_default_wave() -> None:
    from segur_pha.vagues import ValeursDeDemande

    assert {"numero_editeur", "date_commande"} <= set(ValeursDeDemande.__annotations__)
