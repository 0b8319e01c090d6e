"""Each code of the catalogue, reached by a file written by hand, with its pointer, its line and its column."""

from __future__ import annotations

import pytest

from segur_pha import VA1, controler
from tests.outils import (
    ABSENT,
    BON_DE_COMMANDE,
    LIGNE,
    PREUVE_HT,
    Json,
    Nombre,
    demande,
    fautes,
    fichier,
    modifier,
    octets,
    place,
    texte,
)

# The guide's file as tests/outils.py writes it, to count lines and columns on:
#  1  {
#  2    "impId": null,
#  3    "numeroAns": "ANS0000001",
#  4    "SIRET": "12345678200010",
#  5    "lignesImport": [
#  6      {
#  7        "numLigne": 1,
#  8        "typeAction": "C",
#  9        "numeroASP": null,
# 10        "numeroEditeur": "00001",
# 11        "commande": {
# 12          "dateCommande": "15/11/2022",
# 13          "regimeTVA": "TTC",
# 14          "montantSegurHT": 708.33
# 15        },
# 16        "certificatsServeur": {
# 17          "statutAdminTechnique": "E",
# 18          "numeroCarteCPX": "1234567890",
# 19          "nomAdminTechnique": "MARTIN",
# 20          "telAdminTechnique": "0102030405",
# 21          "emailAdminTechnique": "certificats@editeur.example"
# 22        },
# 23        "beneficiaire": {
# 24          "nomResponsable": "DURAND",
# 25          "emailResponsable": null,
# 26          "telephoneResponsable": null,
# 27          "FINESSGeo": "777777777"
# 28        },
# 29        "piecesJustificatives": [
# 30          {
# 31            "nomFichier": "PHA-LGO-Va1-BDC-00001.pdf",
# 32            "formatFichier": "PDF",
# 33            "typeFichier": "BON_COMMANDE"
# 34          }
# 35        ],
# 36        "scenarioInstallation": {
# 37          "hasBALMSSantePersonnelle": true,
# 38          "operateurMessagerie": null
# 39        },
# 40        "codeTraitement": null,
# 41        "libelleTraitement": null
# 42      }
# 43    ]
# 44  }

# code, pointer below the line (a header value: below the file), value, line and column
HEADER: list[tuple[str, str, Json, int, int]] = [
    ("0102", "/impId", "", 2, 12),
    ("0201", "/numeroAns", None, 3, 16),
    ("0202", "/numeroAns", Nombre("1234567890"), 3, 16),
    ("0203", "/numeroAns", "99999999", 3, 16),
    ("0204", "/numeroAns", "ANS/000001", 3, 16),
    ("0301", "/SIRET", "\u00a0", 4, 12),
    ("0302", "/SIRET", Nombre("12345678200010"), 4, 12),
    ("0303", "/SIRET", "123 456 782 00010", 4, 12),
]
OF_A_LINE: list[tuple[str, str, Json, int, int]] = [
    ("0501", "/numLigne", None, 7, 19),
    ("0502", "/numLigne", "1", 7, 19),
    ("0507", "/numLigne", 2, 7, 19),
    ("0601", "/typeAction", "", 8, 21),
    ("0602", "/typeAction", True, 8, 21),
    ("0605", "/typeAction", "M", 8, 21),
    ("0702", "/numeroASP", "null", 9, 20),
    ("0801", "/numeroEditeur", "\t", 10, 24),
    ("0802", "/numeroEditeur", 12345, 10, 24),
    ("0803", "/numeroEditeur", "1", 10, 24),
    ("0804", "/numeroEditeur", "00/01", 10, 24),
    ("1001", "/commande/dateCommande", None, 12, 25),
    ("1002", "/commande/dateCommande", 15112022, 12, 25),
    ("1004", "/commande/dateCommande", "31/02/2022", 12, 25),
    ("1101", "/commande/regimeTVA", None, 13, 22),
    ("1102", "/commande/regimeTVA", ["TTC"], 13, 22),
    ("1105", "/commande/regimeTVA", "TVA", 13, 22),
    ("1201", "/commande/montantSegurHT", None, 14, 27),
    ("1202", "/commande/montantSegurHT", "708.33", 14, 27),
    ("1204", "/commande/montantSegurHT", 850, 14, 27),
    ("1401", "/certificatsServeur/statutAdminTechnique", "", 17, 33),
    ("1402", "/certificatsServeur/statutAdminTechnique", False, 17, 33),
    ("1405", "/certificatsServeur/statutAdminTechnique", "EDITEUR", 17, 33),
    ("1501", "/certificatsServeur/numeroCarteCPX", None, 18, 27),
    ("1502", "/certificatsServeur/numeroCarteCPX", 1234567890, 18, 27),
    ("1503", "/certificatsServeur/numeroCarteCPX", "123456789", 18, 27),
    ("1601", "/certificatsServeur/nomAdminTechnique", None, 19, 30),
    ("1602", "/certificatsServeur/nomAdminTechnique", {}, 19, 30),
    ("1603", "/certificatsServeur/nomAdminTechnique", "M" * 25, 19, 30),
    ("1701", "/certificatsServeur/telAdminTechnique", "\r\n", 20, 30),
    ("1702", "/certificatsServeur/telAdminTechnique", 102030405, 20, 30),
    ("1703", "/certificatsServeur/telAdminTechnique", "0" * 50, 20, 30),
    ("1801", "/certificatsServeur/emailAdminTechnique", None, 21, 32),
    ("1802", "/certificatsServeur/emailAdminTechnique", ["a@b.fr"], 21, 32),
    ("1803", "/certificatsServeur/emailAdminTechnique", "a" * 120 + "@b.fr", 21, 32),
    ("1804", "/certificatsServeur/emailAdminTechnique", "certificats(at)editeur.example", 21, 32),
    ("2001", "/beneficiaire/nomResponsable", None, 24, 27),
    ("2002", "/beneficiaire/nomResponsable", 7, 24, 27),
    ("2003", "/beneficiaire/nomResponsable", "D" * 50, 24, 27),
    ("2004", "/beneficiaire/nomResponsable", "Durand", 24, 27),
    ("2101", "/beneficiaire/emailResponsable", "", 25, 29),
    ("2102", "/beneficiaire/emailResponsable", "null", 25, 29),
    ("2103", "/beneficiaire/emailResponsable", "a" * 120 + "@b.fr", 25, 29),
    ("2104", "/beneficiaire/emailResponsable", "a@b", 25, 29),
    ("2201", "/beneficiaire/telephoneResponsable", " ", 26, 33),
    ("2202", "/beneficiaire/telephoneResponsable", "NULL", 26, 33),
    ("2203", "/beneficiaire/telephoneResponsable", "0" * 50, 26, 33),
    ("2301", "/beneficiaire/FINESSGeo", None, 27, 22),
    ("2302", "/beneficiaire/FINESSGeo", 777777777, 27, 22),
    ("2303", "/beneficiaire/FINESSGeo", "77777777", 27, 22),
    ("2401", "/piecesJustificatives", [], 29, 31),
    ("2407", "/piecesJustificatives", [PREUVE_HT], 29, 31),
    ("2501", "/piecesJustificatives/0/nomFichier", "", 31, 25),
    ("2502", "/piecesJustificatives/0/nomFichier", Nombre("1.0"), 31, 25),
    ("2503", "/piecesJustificatives/0/nomFichier", "P" * 50, 31, 25),
    ("2504", "/piecesJustificatives/0/nomFichier", "PHA-LGO-Va1-BDC-00001.PDF", 31, 25),
    ("2507", "/piecesJustificatives/0/nomFichier", "PHA-LGO-Va1-BDC-00002.pdf", 31, 25),
    ("2601", "/piecesJustificatives/0/formatFichier", None, 32, 28),
    ("2602", "/piecesJustificatives/0/formatFichier", 1, 32, 28),
    ("2605", "/piecesJustificatives/0/formatFichier", "pdf", 32, 28),
    ("2701", "/piecesJustificatives/0/typeFichier", None, 33, 26),
    ("2702", "/piecesJustificatives/0/typeFichier", {"a": 1}, 33, 26),
    ("2705", "/piecesJustificatives/0/typeFichier", "BDC", 33, 26),
    ("2901", "/scenarioInstallation/hasBALMSSantePersonnelle", None, 37, 37),
    ("2902", "/scenarioInstallation/hasBALMSSantePersonnelle", "true", 37, 37),
    ("3001", "/scenarioInstallation/operateurMessagerie", "", 38, 32),
    ("3002", "/scenarioInstallation/operateurMessagerie", "null", 38, 32),
    ("3003", "/scenarioInstallation/operateurMessagerie", "A" * 25, 38, 32),
    ("3005", "/scenarioInstallation/operateurMessagerie", "CH_20", 38, 32),
    ("3102", "/codeTraitement", "0000", 40, 25),
    ("3202", "/libelleTraitement", "Demande acceptée", 41, 28),
]
# code, pointer, the file's text, line and column
OF_THE_TEXT: list[tuple[str, str, bytes, int, int]] = [
    ("9901", "", '{"a": "é"}'.encode("cp1252"), 1, 8),
    ("9902", "", b'{\n "a": 1,\n}', 3, 1),
    ("9903", "/a", b'{"a": 1,\n "a": 2}', 2, 2),
    ("9904", "", b" \n  []", 2, 3),
    ("9909", "", b"[" * 65 + b"]" * 65, 1, 65),
]
# code, tag, pointer, pointer of the value to change, value, line and column of the fault
OF_THE_STRUCTURE: list[tuple[str, str, str, str, object, int, int]] = [
    ("9905", "numeroASP", "/lignesImport/0", f"{LIGNE}/numeroASP", ABSENT, 6, 5),
    ("9906", "", f"{LIGNE}/commande/remarque", f"{LIGNE}/commande/remarque", "x", 15, 21),
    ("9907", "beneficiaire", f"{LIGNE}/beneficiaire", f"{LIGNE}/beneficiaire", None, 23, 23),
    ("9908", "lignesImport", "/lignesImport", "/lignesImport", [], 5, 19),
]


def test_the_comment_shows_the_file_as_it_is() -> None:
    lines = texte(fichier()).split("\n")
    assert len(lines) == 44
    assert lines[13] == '        "montantSegurHT": 708.33'
    assert controler(octets(fichier())).tout_accepte


@pytest.mark.parametrize(
    ("code", "chemin", "valeur", "ligne", "colonne"),
    [*HEADER, *((code, LIGNE + chemin, *rest) for code, chemin, *rest in OF_A_LINE)],
    ids=lambda v: v if isinstance(v, str) and len(v) == 4 else "",
)
def test_a_value(code: str, chemin: str, valeur: Json, ligne: int, colonne: int) -> None:
    arbre = modifier(fichier(), chemin, valeur)
    rapport = controler(octets(arbre))
    anomalies = [*rapport.anomalies_fichier, *(a for verdict in rapport.lignes for a in verdict.anomalies)]
    anomalie = anomalies[0]
    assert (anomalie.code, anomalie.chemin) == (code, chemin)
    assert anomalie.position is not None
    assert (anomalie.position.ligne, anomalie.position.colonne) == (ligne, colonne) == place(arbre, chemin)
    assert anomalie.balise == chemin.rpartition("/")[2]
    assert anomalie.libelle.startswith(f"{anomalie.balise} : ")
    assert rapport.recevable == (chemin.count("/") > 1)
    assert anomalies[1:] == []


def test_a_number_used_twice() -> None:
    rapport = controler(octets(fichier(demande(1), demande(2, "00002"), demande(3))))
    assert fautes(rapport) == [("0806", "/lignesImport/2/numeroEditeur")]
    assert [verdict.code_traitement for verdict in rapport.lignes] == ["0000", "0000", "0806"]


@pytest.mark.parametrize(("code", "chemin", "source", "ligne", "colonne"), OF_THE_TEXT, ids=lambda v: str(v)[:4])
def test_a_text(code: str, chemin: str, source: bytes, ligne: int, colonne: int) -> None:
    rapport = controler(source)
    anomalie = rapport.anomalies_fichier[0]
    assert (anomalie.code, anomalie.chemin) == (code, chemin)
    assert str(anomalie.position) == f"ligne {ligne}, colonne {colonne}"
    assert anomalie.balise == ""
    assert not rapport.recevable
    assert rapport.lignes == ()


@pytest.mark.parametrize(
    ("code", "balise", "chemin", "change", "valeur", "ligne", "colonne"), OF_THE_STRUCTURE, ids=lambda v: str(v)[:4]
)
def test_a_structure(code: str, balise: str, chemin: str, change: str, valeur: Json, ligne: int, colonne: int) -> None:
    rapport = controler(octets(modifier(fichier(), change, valeur)))
    assert fautes(rapport) == [(code, chemin)]
    assert rapport.anomalies_fichier[0].balise == balise
    assert str(rapport.anomalies_fichier[0].position) == f"ligne {ligne}, colonne {colonne}"
    assert rapport.lignes == ()


def test_every_code_of_the_catalogue_is_reached_here() -> None:
    tables = (HEADER, OF_A_LINE, OF_THE_TEXT, OF_THE_STRUCTURE)
    reached = {"0000", "0806", *(row[0] for table in tables for row in table)}
    assert reached == {entree.code for entree in VA1.catalogue}


def test_a_fault_of_the_second_document_is_found_at_its_place() -> None:
    arbre = modifier(
        fichier(), f"{LIGNE}/piecesJustificatives", [BON_DE_COMMANDE, {**PREUVE_HT, "formatFichier": "PNG"}]
    )
    assert fautes(controler(octets(arbre))) == [("2507", f"{LIGNE}/piecesJustificatives/1/nomFichier")]
