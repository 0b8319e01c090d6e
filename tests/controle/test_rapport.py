"""The report: what the portal would give back, verdicts as values, and nobody's name in any message."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve

from segur_pha import VA1, Demande, FichierRejete, VerdictLigne, controler, lire
from segur_pha.controle import verdict
from segur_pha.controle.conseils import CONSEILS
from segur_pha.texte_json.places import reperer
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.outils import BON_DE_COMMANDE, LIGNE, Json, Nombre, Objet, codes, demande, fichier, modifier, octets, texte

# --- The deposited data with codes and libellés filled in ---


def test_the_answer_is_the_deposit_with_codes_and_libelles() -> None:
    arbre = fichier(demande(1), modifier(demande(2, "00002"), "/beneficiaire/FINESSGeo", "7"))
    rapport = controler(octets(arbre))
    answer = json.loads(rapport.en_retour(), parse_float=Nombre)
    refused = answer["lignesImport"][1]
    assert (refused["codeTraitement"], refused["libelleTraitement"]) == ("2303", rapport.lignes[1].libelle_traitement)
    arbre = modifier(arbre, f"{LIGNE}/codeTraitement", "0000")
    arbre = modifier(arbre, f"{LIGNE}/libelleTraitement", "Demande acceptée")
    arbre = modifier(arbre, "/lignesImport/1/codeTraitement", "2303")
    arbre = modifier(arbre, "/lignesImport/1/libelleTraitement", rapport.lignes[1].libelle_traitement)
    assert rapport.en_retour() == octets(arbre)


def untidy() -> str:
    """Give a file that a tidy writer would never write: odd blanks, order, escapes and numbers."""
    ligne: Objet = dict(reversed(demande().items()))
    ligne["numeroASP"] = Nombre("1E400")
    ligne["commande"] = {
        "montantSegurHT": Nombre("8.50e+2"),
        "regimeTVA": Nombre('"T\\u0054C"'),
        "dateCommande": Nombre('"15\\/11\\/2022"'),
    }
    source = texte(modifier(fichier(), LIGNE, ligne))
    source = source.replace('": ', '"\t :\r\n ').replace("{", "{ ").replace(",\n", " ,\n\n")
    return f" \r\n{source}\n\t"


def test_everything_else_is_untouched_to_the_last_digit_blank_and_escape() -> None:
    source = untidy()
    rapport = controler(source)
    assert codes(rapport) == ["0702", "1204"]
    answer = rapport.en_retour().decode()
    assert "1E400" in answer
    assert "8.50e+2" in answer
    libelle = json.dumps(rapport.lignes[0].libelle_traitement, ensure_ascii=False)
    for tag, value in (("codeTraitement", '"0702"'), ("libelleTraitement", libelle)):
        assert answer.count(f'"{tag}"\t :\r\n {value}') == 1
        answer = answer.replace(f'"{tag}"\t :\r\n {value}', f'"{tag}"\t :\r\n null')
    assert answer == source


@pytest.mark.parametrize("before", ["null", '"x"', "[1, [2]]", '{"a": {"b": 1}}', "12.50", '"null"'])
def test_whatever_stood_in_the_balises_of_the_agency_is_replaced(before: str) -> None:
    source = texte(modifier(fichier(), f"{LIGNE}/codeTraitement", Nombre(before)))
    rapport = controler(source)
    code = "0000" if before == "null" else "3102"
    answer = json.loads(rapport.en_retour())["lignesImport"][0]
    assert answer["codeTraitement"] == code == rapport.lignes[0].code_traitement
    assert answer["libelleTraitement"] == rapport.lignes[0].libelle_traitement


def test_a_refused_file_has_no_answer() -> None:
    for source in (b"{", b"[]", octets(modifier(fichier(), "/impId", 1))):
        with pytest.raises(FichierRejete) as refus:
            controler(source).en_retour()
        assert refus.value.rapport == controler(source)
        assert refus.value.code == codes(controler(source))[0]


def test_a_model_can_be_answered_too() -> None:
    assert json.loads(controler(fichier_du_guide()).en_retour())["lignesImport"][0]["codeTraitement"] == "0000"


# --- Verdicts, rows, requests ---


def mixed() -> bytes:
    return octets(
        fichier(
            demande(1),
            modifier(demande(2, "00002"), "/commande/montantSegurHT", 850),
            modifier(demande(3, "00003"), "/numeroEditeur", None),
        )
    )


def test_each_line_has_its_verdict() -> None:
    rapport = controler(mixed())
    assert (rapport.recevable, rapport.tout_accepte, rapport.anomalies_fichier) == (True, False, ())
    assert [(v.num_ligne, v.numero_editeur, v.acceptee, v.code_traitement) for v in rapport.lignes] == [
        (1, "00001", True, "0000"),
        (2, "00002", False, "1204"),
        (3, None, False, "0801"),
    ]
    assert rapport.lignes[0] == VerdictLigne(1, "00001", ())


def test_the_place_of_a_line_is_its_own_whatever_its_number_says() -> None:
    rapport = controler(octets(fichier(demande(9), demande(1, "00002"))))
    assert [v.num_ligne for v in rapport.lignes] == [1, 2]
    assert codes(rapport) == ["0507", "0507"]


def test_the_accepted_requests_by_their_place() -> None:
    found = controler(mixed()).demandes()
    assert list(found) == [1]
    assert isinstance(found[1], Demande)
    assert found[1] == fichier_du_guide().demandes[0]


def test_rows_for_a_table() -> None:
    accepted, refused, _ = controler(mixed()).en_lignes()
    assert accepted == {
        "num_ligne": 1,
        "numero_editeur": "00001",
        "acceptee": True,
        "code_traitement": "0000",
        "libelle_traitement": "Demande acceptée",
        "balise": None,
        "chemin": None,
        "anomalies": 0,
        "finess_geo": "777777777",
        "date_commande": date(2022, 11, 15),
        "regime_tva": "TTC",
        "montant_segur_ht": Decimal("708.33"),
        "avance": Decimal("255.00"),
    }
    assert list(refused) == list(accepted)
    assert (refused["code_traitement"], refused["balise"], refused["anomalies"]) == ("1204", "montantSegurHT", 1)
    assert refused["chemin"] == "/lignesImport/1/commande/montantSegurHT"
    assert {refused[k] for k in ("finess_geo", "date_commande", "regime_tva", "montant_segur_ht", "avance")} == {None}


def test_an_amount_of_more_digits_than_any_money_has_no_advance() -> None:
    arbre = modifier(fichier(), f"{LIGNE}/commande/montantSegurHT", Nombre("9" * 400 + ".00"))
    (ligne,) = controler(octets(arbre)).en_lignes()
    assert ligne["montant_segur_ht"] == Decimal("9" * 400 + ".00")
    assert ligne["avance"] is None


# --- Reports are values ---


@pytest.mark.parametrize("source", [mixed(), b"{", octets(modifier(fichier(), LIGNE, None)), b'{"a":1,"a":2}'], ids=len)
def test_a_report_survives_a_pickle_and_a_copy(source: bytes) -> None:
    rapport = controler(source, jour=date(2022, 1, 1), sans=["siret-cle"])
    for other in (pickle.loads(pickle.dumps(rapport)), copy.deepcopy(rapport), controler(source)):  # noqa: S301 - our own
        assert other == rapport
        assert str(other) == str(rapport)
        assert [a.position for a in other.anomalies_fichier] == [a.position for a in rapport.anomalies_fichier]
        assert [[a.position for a in v.anomalies] for v in other.lignes] == [
            [a.position for a in v.anomalies] for v in rapport.lignes
        ]
    assert pickle.loads(pickle.dumps(rapport)).conseils == rapport.conseils  # noqa: S301 - our own bytes
    assert controler(octets(fichier())) != rapport


@pytest.mark.parametrize(
    "source",
    [mixed(), octets(modifier(fichier(), "/lignesImport", [0] * 20)), octets(fichier(demande(1), demande(2, "00002")))],
    ids=["lines", "file", "advice"],
)
def test_the_places_of_a_whole_report_are_found_in_one_walk(source: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    rapport = controler(source)
    found = [*rapport.anomalies_fichier, *(a for v in rapport.lignes for a in v.anomalies)] or rapport.conseils
    assert len(found) > 1
    walks: list[object] = []

    def walk(*arguments: object, **options: object) -> object:
        walks.append(arguments)
        return reperer(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("segur_pha.texte_json.places.reperer", walk)
    assert all(one.position is not None for one in found)
    assert len(walks) == 1


def test_what_python_shows_of_a_report_is_its_verdict() -> None:
    line = "VerdictLigne(num_ligne=1, numero_editeur='00001', anomalies=())"
    rapport = controler(octets(fichier()), jour=date(2022, 11, 14), categories={"750000002": "620"})
    assert repr(rapport) == f"RapportControle(anomalies_fichier=(), lignes=({line},))"


def test_a_report_is_told_in_french() -> None:
    assert str(controler(octets(fichier()))) == "1 demande : 1 acceptée, 0 rejetée"
    assert str(controler(mixed())).startswith("3 demandes : 1 acceptée, 2 rejetées\n  ligne 2 : montantSegurHT : ")
    assert "[1204]" in str(controler(mixed()))
    assert str(controler(b'{"a": x}')).startswith("Fichier refusé au premier contrôle :\n  ligne 1, colonne 7 : ")
    many = controler(octets(fichier(*[demande(0, f"{k:05}") for k in range(30)])))
    assert str(many).split("\n") == [
        "30 demandes : 0 acceptée, 30 rejetées",
        *(f"  ligne {v.num_ligne} : {v.libelle_traitement} [0507]" for v in many.lignes[:10]),
    ]
    refused = controler(b'{"impId": null}')
    missing = [f"  ligne 1, colonne 1 : {a.libelle} [9905]" for a in refused.anomalies_fichier]
    assert str(refused).split("\n") == ["Fichier refusé au premier contrôle :", *missing]
    assert len(missing) == 3


# --- lire ---


def test_reading_gives_the_model_or_the_whole_report() -> None:
    assert lire(octets(fichier())) == fichier_du_guide()
    assert lire(texte(fichier())) == fichier_du_guide()
    assert lire(fichier_du_guide()) == fichier_du_guide()
    with pytest.raises(FichierRejete) as refus:
        lire(mixed())
    assert (refus.value.code, refus.value.balise) == ("1204", "montantSegurHT")
    assert refus.value.chemin == "/lignesImport/1/commande/montantSegurHT"
    assert refus.value.rapport == controler(mixed())
    assert str(refus.value) == str(controler(mixed()))


def test_reading_goes_by_the_rules_that_are_asked_for() -> None:
    source = octets(fichier(demande(7)))
    assert lire(source, specification=evolve(VA1, coherences=())) == fichier_du_guide()
    with pytest.raises(FichierRejete, match="0507"):
        lire(source)


def test_a_file_read_without_its_facultative_tags_is_that_with_null() -> None:
    ligne = demande()
    ligne["beneficiaire"] = {"nomResponsable": "DURAND", "FINESSGeo": "777777777"}
    ligne["scenarioInstallation"] = {"hasBALMSSantePersonnelle": True}
    assert lire(octets(fichier(ligne))) == fichier_du_guide()


def test_the_portals_answer_is_sent_to_lire_retour() -> None:
    answered = modifier(octets_to_tree(), f"{LIGNE}/numeroASP", "ASP-1")
    for arbre in (modifier(answered, "/impId", 12), answered, modifier(fichier(), "/impId", "x")):
        with pytest.raises(FichierRejete) as refus:
            lire(octets(arbre))
        assert str(refus.value) == f"{controler(octets(arbre))}\n{CONSEILS['reponse-du-portail']}"
        assert "reponse-du-portail" in {c.id for c in controler(octets(arbre)).conseils}
    with pytest.raises(FichierRejete) as refus:
        lire(mixed())
    assert "lire_retour" not in str(refus.value)


def octets_to_tree() -> Objet:
    """Give the guide's file as our own answer has it."""
    tree = json.loads(controler(octets(fichier())).en_retour(), parse_float=Nombre)
    assert isinstance(tree, dict)
    return tree


# --- Nobody's name in any message ---

CANARY = "Zqcanari"
PERSONAL: dict[str, list[Json]] = {
    "certificatsServeur/numeroCarteCPX": [CANARY, f"{CANARY} 123456789", [CANARY], {CANARY: CANARY}],
    "certificatsServeur/nomAdminTechnique": [CANARY * 4, [CANARY], {"x": CANARY}],
    "certificatsServeur/telAdminTechnique": [CANARY * 7, [CANARY]],
    "certificatsServeur/emailAdminTechnique": [f"{CANARY}@x", CANARY, f"{CANARY}@x.fr" * 20, [CANARY]],
    "beneficiaire/nomResponsable": [CANARY, CANARY * 7, [CANARY]],
    "beneficiaire/emailResponsable": [f"{CANARY}@", CANARY * 20, [CANARY]],
    "beneficiaire/telephoneResponsable": [CANARY * 7, [CANARY]],
    "scenarioInstallation/operateurMessagerie": [CANARY, CANARY * 4],
    "piecesJustificatives/0/nomFichier": [f"{CANARY}.pdf", CANARY * 7],
    "piecesJustificatives/0/formatFichier": [CANARY],
    "commande/regimeTVA": [CANARY],
    "commande/dateCommande": [CANARY],
    "numeroEditeur": [CANARY],
    "typeAction": [CANARY],
    "codeTraitement": [CANARY],
}


@pytest.mark.parametrize("tag", PERSONAL)
def test_no_message_ever_repeats_a_value(tag: str) -> None:
    for valeur in PERSONAL[tag]:
        source = octets(modifier(fichier(), f"{LIGNE}/{tag}", valeur))
        rapport = controler(source)
        assert codes(rapport)
        said = [str(rapport), *(str(c) for c in rapport.conseils), *(str(a) for a in rapport.lignes[0].anomalies)]
        with pytest.raises(FichierRejete) as refus:
            lire(source)
        said += [str(refus.value), repr(refus.value)]
        assert CANARY.lower() not in " ".join(said).lower()


def test_advice_never_repeats_a_personal_value() -> None:
    arbre = modifier(fichier(), f"{LIGNE}/certificatsServeur/numeroCarteCPX", "ZQCANARI12")
    arbre = modifier(arbre, f"{LIGNE}/certificatsServeur/emailAdminTechnique", "jean.zqcanari@zqcanari.example")
    rapport = controler(octets(arbre))
    assert rapport.tout_accepte
    assert {c.id for c in rapport.conseils} >= {"carte-cpx", "courriel-personnel"}
    assert CANARY.lower() not in f"{rapport.conseils} {rapport} {rapport!r} {rapport.en_lignes()}".lower()


@pytest.mark.parametrize("where", ["MARTIN", "DURAND"])
def test_a_broken_text_is_not_quoted(where: str) -> None:
    source = texte(fichier()).replace(f'"{where}"', f'"{CANARY}\n"')
    with pytest.raises(FichierRejete) as refus:
        lire(source)
    assert CANARY not in f"{refus.value} {refus.value.rapport!r}"


def test_one_document_more_than_the_rules_know() -> None:
    pieces: Json = [
        BON_DE_COMMANDE,
        {**BON_DE_COMMANDE, "nomFichier": "PHA-LGO-Va1-BDC-00001.png", "formatFichier": "PNG"},
    ]
    assert codes(controler(octets(modifier(fichier(), f"{LIGNE}/piecesJustificatives", pieces)))) == ["2407"]


def test_a_file_is_read_the_same_where_the_fast_look_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = lire(octets(fichier()))
    monkeypatch.setattr(verdict, "examiner", lambda *_: None)
    assert lire(octets(fichier())) == expected
