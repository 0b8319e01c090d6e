"""The 32 rows of section 3.2, against a transcription made by hand from the guide's text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import attrs
import pytest

from segur_pha import VA1, Commande, Demande, Fichier, RegimeTVA
from segur_pha.table.balise import Balise, Liste, Objet, balises
from segur_pha.table.catalogue import Provenance
from segur_pha.table.formats import (
    Booleen,
    Code,
    CodeDeListe,
    Constante,
    Courriel,
    DateJJMMAAAA,
    Format,
    Montant,
    Nul,
    Rang,
    Texte,
)
from segur_pha.table.modele import en_brut
from segur_pha.vagues.va1.exemples import demande_du_guide

# number, tag, "Format" column, "Obligatoire ?" column
TABLE = [
    (1, "impId", "null", True),
    (2, "numeroAns", "=10", True),
    (3, "SIRET", "=14", True),
    (4, "lignesImport", "N/A", True),
    (5, "numLigne", "INTEGER 200", True),
    (6, "typeAction", "« C »", True),
    (7, "numeroASP", "null", True),
    (8, "numeroEditeur", "=5", True),
    (9, "commande", "N/A", True),
    (10, "dateCommande", "JJ/MM/AAAA", True),
    (11, "regimeTVA", "« TTC » « HT »", True),
    (12, "montantSegurHT", "FLOAT 2", True),
    (13, "certificatsServeur", "N/A", True),
    (14, "statutAdminTechnique", "« E » « P »", True),
    (15, "numeroCarteCPX", "=10", True),
    (16, "nomAdminTechnique", "<25", True),
    (17, "telAdminTechnique", "<50", True),
    (18, "emailAdminTechnique", "<125 email", True),
    (19, "beneficiaire", "N/A", True),
    (20, "nomResponsable", "<50 MAJUSCULES", True),
    (21, "emailResponsable", "<125 email", False),
    (22, "telephoneResponsable", "<50", False),
    (23, "FINESSGeo", "=9", True),
    (24, "piecesJustificatives", "N/A", True),
    (25, "nomFichier", "<50", True),
    (26, "formatFichier", "« PDF » « PNG » « JPG »", True),
    (27, "typeFichier", "« BON_COMMANDE » « PREUVE_HT »", True),
    (28, "scenarioInstallation", "N/A", True),
    (29, "hasBALMSSantePersonnelle", "BOOLEAN", True),
    (30, "operateurMessagerie", "<25 liste", False),
    (31, "codeTraitement", "null", True),
    (32, "libelleTraitement", "null", True),
]

# The keys of a file, nested as section 2.2 says, in the table's order.
LIGNE = {
    "numLigne": None,
    "typeAction": None,
    "numeroASP": None,
    "numeroEditeur": None,
    "commande": ["dateCommande", "regimeTVA", "montantSegurHT"],
    "certificatsServeur": [
        "statutAdminTechnique",
        "numeroCarteCPX",
        "nomAdminTechnique",
        "telAdminTechnique",
        "emailAdminTechnique",
    ],
    "beneficiaire": ["nomResponsable", "emailResponsable", "telephoneResponsable", "FINESSGeo"],
    "piecesJustificatives": ["nomFichier", "formatFichier", "typeFichier"],
    "scenarioInstallation": ["hasBALMSSantePersonnelle", "operateurMessagerie"],
    "codeTraitement": None,
    "libelleTraitement": None,
}


def in_the_words_of_the_guide(format_: Format | Objet | Liste) -> str:
    match format_:
        case Texte(exact=None, moins_de=n, majuscules=majuscules):
            return f"<{n} MAJUSCULES" if majuscules else f"<{n}"
        case Texte(exact=n):
            return f"={n}"
        case Courriel(moins_de=n):
            return f"<{n} email"
        case CodeDeListe(moins_de=n):
            return f"<{n} liste"
        case Code() | Constante():
            return " ".join(f"« {valeur} »" for valeur in format_.valeurs)
        case Montant(decimales=n):
            return f"FLOAT {n}"
        case Rang(maximum=n):
            return f"INTEGER {n}"
        case _:
            words = {Nul: "null", Booleen: "BOOLEAN", DateJJMMAAAA: "JJ/MM/AAAA", Objet: "N/A", Liste: "N/A"}
            return words[type(format_)]


def test_the_32_rows_stand_as_the_guide_prints_them() -> None:
    rows = [(b.numero, b.nom, in_the_words_of_the_guide(b.format), b.obligatoire) for b in VA1.balises]
    assert rows == TABLE


def test_the_format_column_is_kept_as_it_is_printed() -> None:
    for numero, nom, words, _ in TABLE:
        printed = VA1.balises[numero - 1].imprime
        for word in re.findall(r"[=<]\d+|[\w/]+", words):
            assert word in re.sub(r"[( ](?=[=<])", "", printed), nom


def test_the_blocks_nest_as_the_guide_says() -> None:
    assert [b.nom for b in balises(Fichier)] == ["impId", "numeroAns", "SIRET", "lignesImport"]
    found = {
        b.nom: [inner.nom for inner in balises(b.format.classe)] if isinstance(b.format, Objet | Liste) else None
        for b in balises(Demande)
    }
    assert found == LIGNE
    assert list(found) == list(LIGNE)


@pytest.mark.parametrize("rangee", VA1.balises, ids=lambda b: b.nom)
def test_every_column_says_something_to_people(rangee: Balise) -> None:
    for words in (rangee.bloc, rangee.titre, rangee.description):
        assert words
        assert words == words.strip()
    assert rangee.description.endswith(".")
    assert rangee.section.startswith("3.2")
    assert {type(answer) for answer in (rangee.obligatoire, rangee.personnelle, rangee.unique)} == {bool}


def test_only_what_names_or_reaches_a_person_is_hidden() -> None:
    assert {b.nom for b in VA1.balises if b.personnelle} == {
        "numeroCarteCPX",
        "nomAdminTechnique",
        "telAdminTechnique",
        "emailAdminTechnique",
        "nomResponsable",
        "emailResponsable",
        "telephoneResponsable",
    }


def test_what_the_publisher_never_decides_is_no_attribute() -> None:
    attributes = {b.nom: b.attribut for b in VA1.balises}
    for nom in ("impId", "numLigne", "typeAction", "numeroASP", "codeTraitement", "libelleTraitement"):
        assert attributes[nom] == ""
    assert attributes["lignesImport"] == "demandes"
    assert attributes["numeroCarteCPX"] == "numero_carte_cpx"
    assert attributes["FINESSGeo"] == "finess_geo"
    assert attributes["hasBALMSSantePersonnelle"] == "has_bal_ms_sante_personnelle"
    assert {a.name for a in attrs.fields(Demande)} == {b.attribut for b in balises(Demande)} - {""}


def test_only_a_request_minds_rules_between_its_balises() -> None:
    blocks = [Fichier, *(b.format.classe for b in VA1.balises if isinstance(b.format, Objet | Liste))]
    assert {block.__name__: block.coherences for block in blocks if block.coherences != ()} == {
        "Demande": VA1.coherences
    }
    # All of them are rules of the request itself, but for the name of each of its documents.
    assert [c.portee for c in VA1.coherences] == ["", "", "", "", "piecesJustificatives"]


def test_the_specification_bundles_one_wave() -> None:
    assert (VA1.nom, VA1.couloir, VA1.logiciel, VA1.vague) == ("PHA-LGO-Va1", "PHA", "LGO", "Va1")
    assert VA1.racine is Fichier
    assert VA1.classe_demande is Demande
    assert VA1.liste_des_demandes.nom == "lignesImport"
    assert VA1.numero_de_demande.nom == "numeroEditeur"
    limites = VA1.limites
    assert (limites.demandes_par_fichier, limites.octets_du_json, limites.niveaux_du_json) == (200, 10_000_000, 64)
    assert limites.anomalies_detaillees == 1_000
    assert VA1.nommer_fichier("ANS0000001", date(2022, 1, 1), 2) == "JSON-ANS0000001-20220101-002.json"
    assert "04/11/2022" in VA1.source


def test_writing_a_block_gives_the_raw_values_in_the_order_of_the_table() -> None:
    commande = Commande(date_commande=date(2022, 11, 15), regime_tva=RegimeTVA.TTC, montant_segur_ht=Decimal("708.33"))
    assert list(en_brut(commande).items()) == [
        ("dateCommande", "15/11/2022"),
        ("regimeTVA", "TTC"),
        ("montantSegurHT", b"708.33"),
    ]
    assert list(en_brut(demande_du_guide())) == list(LIGNE)


# Every (balise, kind) that can happen by decisions 1 to 14, worked out by hand: tag number → kinds.
CODES = {
    1: [2],
    2: [1, 2, 3, 4],
    3: [1, 2, 3],
    5: [1, 2, 7],
    6: [1, 2, 5],
    7: [2],
    8: [1, 2, 3, 4, 6],
    10: [1, 2, 4],
    11: [1, 2, 5],
    12: [1, 2, 4],
    14: [1, 2, 5],
    15: [1, 2, 3],
    16: [1, 2, 3],
    17: [1, 2, 3],
    18: [1, 2, 3, 4],
    20: [1, 2, 3, 4],
    21: [1, 2, 3, 4],
    22: [1, 2, 3],
    23: [1, 2, 3],
    24: [1, 7],
    25: [1, 2, 3, 4, 7],
    26: [1, 2, 5],
    27: [1, 2, 5],
    29: [1, 2],
    30: [1, 2, 3, 5],
    31: [2],
    32: [2],
    99: [1, 2, 3, 4, 5, 6, 7, 8, 9],
}


def test_the_catalogue_holds_exactly_the_codes_that_can_happen() -> None:
    expected = ["0000", *(f"{rr:02}{nn:02}" for rr, kinds in CODES.items() for nn in kinds)]
    assert [entree.code for entree in VA1.catalogue] == expected
    assert len(VA1.catalogue) == len(expected)


def test_the_catalogue_names_balise_kind_and_provenance() -> None:
    tags = {numero: nom for numero, nom, _, _ in TABLE}
    for entree in VA1.catalogue:
        numero = int(entree.code[:2])
        if entree.code == "0000":
            told = (entree.balise, entree.libelle, entree.provenance)
            assert told == ("", "Demande acceptée", Provenance.DOCUMENT)
            continue
        assert entree.provenance is Provenance.SEGUR_PHA
        assert entree.nature == entree.code[2:]
        assert entree.balise == tags.get(numero, "")
        assert entree.libelle.startswith(f"{entree.balise} : " if entree.balise else entree.libelle[:1].upper())
        assert VA1.catalogue.get(entree.code) is entree
    assert VA1.catalogue.get("3303") is None
