"""A 33rd balise in a copy of the table: everything derived from the table follows, and nothing else is edited."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import attrs
import pytest
from attrs import evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from segur_pha import VA1, DemandeInvalide, Fichier, ScenarioInstallation, controler, en_json, lire, schema
from segur_pha.controle.colonnes import examiner
from segur_pha.echange.ecriture import json_du_brut
from segur_pha.echange.modele import convertisseur
from segur_pha.specification.bloc import Bloc
from segur_pha.specification.formats import Nature, Texte
from segur_pha.specification.reference import page_de_la_table, page_des_codes
from segur_pha.specification.table import Balise, Liste, Objet, balise, en_brut
from segur_pha.specification.va1.exemple import fichier_du_guide
from segur_pha.strategies import Faute, fautes, fichiers, scenarios_installation

DE_L_ORIGINAL = attrs.fields_dict(ScenarioInstallation)


@frozen(kw_only=True, repr=False)
class ScenarioEtendu(Bloc):
    """The last block of a request, with one more row in its middle."""

    has_bal_ms_sante_personnelle: bool = field(metadata=DE_L_ORIGINAL["has_bal_ms_sante_personnelle"].metadata)
    code_logiciel: str = field(
        metadata=balise(
            33,
            "codeLogiciel",
            Texte(exact=3),
            bloc="Scénario d’installation",
            titre="Code du logiciel",
            description="Code à trois caractères du logiciel installé.",
        )
    )
    operateur_messagerie: str | None = field(default=None, metadata=DE_L_ORIGINAL["operateur_messagerie"].metadata)


def copied(classe: type[Any]) -> type[Any]:
    """Copy a class of the table, row by row, with the extended block in the place of the shipped one."""
    if classe is ScenarioInstallation:
        return ScenarioEtendu
    lignes: dict[str, object] = {"coherences": classe.coherences, "__annotations__": {"coherences": ClassVar[Any]}}
    for nom in (nom for nom in classe.__annotations__ if nom != "coherences"):
        champ = attrs.fields_dict(classe).get(nom)
        if champ is None:
            lignes["__annotations__"][nom] = ClassVar[Any]
            lignes[nom] = getattr(classe, nom)
            continue
        rangee: Balise = champ.metadata["balise"]
        if isinstance(rangee.format, Objet | Liste):
            rangee = evolve(rangee, format=evolve(rangee.format, classe=copied(rangee.format.classe)))
        lignes["__annotations__"][nom] = Any
        lignes[nom] = field(default=champ.default, converter=champ.converter, metadata={"balise": rangee})
    return frozen(kw_only=True, repr=False)(type(classe.__name__, (Bloc,), lignes))


ETENDUE = evolve(VA1, nom="PHA-LGO-Va1-étendue", racine=copied(Fichier), schema_id="urn:test:etendue")
CHEMIN = "/lignesImport/0/scenarioInstallation"


def arbre_du_guide(**scenario: object) -> Any:
    """Give the guide's file as raw values, with other values in its last block."""
    arbre: Any = en_brut(fichier_du_guide())
    arbre["lignesImport"][0]["scenarioInstallation"].update(scenario)
    return arbre


def test_the_row_stands_in_the_middle_of_its_block_and_renumbers_nothing() -> None:
    noms = [b.nom for b in ETENDUE.balises]
    assert noms[noms.index("hasBALMSSantePersonnelle") :][:3] == [
        "hasBALMSSantePersonnelle",
        "codeLogiciel",
        "operateurMessagerie",
    ]
    assert [n for n in noms if n != "codeLogiciel"] == [b.nom for b in VA1.balises]
    assert {b.numero for b in ETENDUE.balises} == {*range(1, 34)}


def test_the_catalogue_gains_the_codes_of_the_new_row_and_no_other() -> None:
    nouveaux = [e for e in ETENDUE.catalogue if VA1.catalogue.get(e.code) is None]
    assert [(e.code, e.balise) for e in nouveaux] == [(code, "codeLogiciel") for code in ("3301", "3302", "3303")]
    assert len(ETENDUE.catalogue) == len(VA1.catalogue) + 3


@pytest.mark.parametrize(
    ("valeur", "code"),
    [("LGO", "0000"), (None, "3301"), ("  ", "3301"), (123, "3302"), ("LG", "3303"), ("LGOO", "3303")],
)
def test_the_engine_judges_the_new_row(valeur: object, code: str) -> None:
    rapport = controler(json_du_brut(arbre_du_guide(codeLogiciel=valeur)), specification=ETENDUE)
    assert rapport.recevable
    assert rapport.lignes[0].code_traitement == code
    assert [a.chemin for a in rapport.lignes[0].anomalies] == ([] if code == "0000" else [f"{CHEMIN}/codeLogiciel"])


def test_the_first_control_asks_for_the_new_row_and_the_shipped_table_refuses_it() -> None:
    (absente,) = controler(json_du_brut(arbre_du_guide()), specification=ETENDUE).anomalies_fichier
    assert (absente.code, absente.balise, absente.chemin) == ("9905", "codeLogiciel", CHEMIN)
    (inconnue,) = controler(json_du_brut(arbre_du_guide(codeLogiciel="LGO"))).anomalies_fichier
    assert (inconnue.code, inconnue.chemin) == ("9906", f"{CHEMIN}/codeLogiciel")


def test_faults_of_a_block_come_in_the_order_of_the_class_body_and_not_of_the_numbers() -> None:
    arbre = arbre_du_guide(hasBALMSSantePersonnelle=1, codeLogiciel="", operateurMessagerie="?")
    rapport = controler(json_du_brut(arbre), specification=ETENDUE)
    assert [a.code for a in rapport.lignes[0].anomalies] == ["2902", "3301", "3005"]


def test_the_constructor_judges_the_new_attribute() -> None:
    with pytest.raises(DemandeInvalide) as refus:
        ScenarioEtendu(has_bal_ms_sante_personnelle=True, code_logiciel="LONG")
    assert [(a.code, a.chemin) for a in refus.value.anomalies] == [("3303", "/codeLogiciel")]


@settings(max_examples=20)
@given(fichiers(specification=ETENDUE))
def test_drawn_files_are_written_read_and_accepted(fichier: Any) -> None:
    octets = en_json(fichier)
    lu = lire(octets, specification=ETENDUE)
    assert lu == fichier
    assert en_json(lu) == octets
    assert controler(fichier, specification=ETENDUE).tout_accepte
    scenario = json.loads(octets)["lignesImport"][0]["scenarioInstallation"]
    assert list(scenario) == ["hasBALMSSantePersonnelle", "codeLogiciel", "operateurMessagerie"]
    assert scenario["codeLogiciel"] == fichier.demandes[0].scenario_installation.code_logiciel
    conv = convertisseur(ETENDUE)
    assert conv.structure(conv.unstructure(fichier), ETENDUE.racine) == fichier


@settings(max_examples=10)
@given(scenarios_installation(specification=ETENDUE))
def test_the_drawn_block_has_the_new_attribute(scenario: Any) -> None:
    assert type(scenario) is ScenarioEtendu
    assert len(scenario.code_logiciel) == 3


@settings(max_examples=30)
@given(fautes(specification=ETENDUE) | fautes(codes={"3301", "3302", "3303"}, specification=ETENDUE))
def test_planted_faults_are_found_those_of_the_new_row_included(faute: Faute) -> None:
    rapport = controler(faute.octets, specification=ETENDUE)
    found = [*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)]
    assert [(a.code, a.chemin) for a in found] == [(faute.code, faute.chemin)]


def test_the_fast_look_trusts_a_right_value_and_doubts_a_wrong_one() -> None:
    for valeur, douteuses in (("LGO", set()), ("LG", {0}), (None, {0})):
        examen = examiner(json_du_brut(arbre_du_guide(codeLogiciel=valeur)), ETENDUE)
        assert examen is not None
        assert examen.doutes.keys() == douteuses


@settings(max_examples=10)
@given(st.data(), fichiers(maximum=2, specification=ETENDUE))
def test_the_schema_describes_the_new_row(data: st.DataObject, fichier: Any) -> None:
    validateur = Draft202012Validator(schema(ETENDUE))
    forme = json.loads(en_json(fichier))
    assert validateur.is_valid(forme)
    scenario = forme["lignesImport"][-1]["scenarioInstallation"]
    scenario["codeLogiciel"] = data.draw(st.sampled_from(["", "LG", "LGOO", 123, None]))
    assert not validateur.is_valid(forme)
    del scenario["codeLogiciel"]
    assert not validateur.is_valid(forme)


def test_the_pages_of_the_reference_show_the_new_row() -> None:
    table = page_de_la_table(ETENDUE)
    assert "| 33 | `codeLogiciel`<br>`code_logiciel` | un texte de 3 caractères" in table
    assert (
        table.index("`hasBALMSSantePersonnelle`") < table.index("`codeLogiciel`") < table.index("`operateurMessagerie`")
    )
    assert f"The {len(ETENDUE.balises)} balises" in table
    assert "| {index}`! 3303` | codeLogiciel : " in page_des_codes(ETENDUE)
    assert Nature.LONGUEUR.value == "03"
