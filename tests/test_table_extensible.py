"""One balise more in a copy of the table: everything derived from the table follows, and nothing else is edited."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pages_derivees.table import page_de_la_table, page_des_codes, parametres_de_la_demande

from segur_pha import (
    VA1,
    DemandeInvalide,
    Issue,
    NatureEcart,
    controler,
    en_json,
    lire,
    lire_retour,
    rapprocher,
    schema,
)
from segur_pha.controle.colonnes import examiner
from segur_pha.strategies import Faute, fautes, fichiers, scenarios_installation
from segur_pha.table.balise import balises
from segur_pha.table.formats import Format, Nature
from segur_pha.table.modele import en_brut
from segur_pha.texte_json.conversion import convertisseur
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.vagues.va1 import table as table_va1
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.outils import BON_DE_COMMANDE, PREUVE_HT, Nombre, demande, fichier, modifier, octets

if TYPE_CHECKING:
    from segur_pha.table.specification import Specification

LOGICIEL = """\
    code_logiciel: str = field(
        metadata=balise(77, "codeLogiciel", Texte(exact=3), bloc=_SCENARIO, titre="Code du logiciel",
                        description="Code à trois caractères du logiciel installé.")
    )
"""
ETAGE = """\
    etage: str = field(
        metadata=balise(77, "etage", Texte(exact=2), bloc=_BENEFICIAIRES, titre="Étage", description="Étage de l’officine.",
                        personnelle=True)
    )
"""
CONTACT = """\
    contact: str | None = field(
        default=None,
        metadata=balise(78, "contact", Courriel(moins_de=125), bloc=_ENTETE_FICHIER, titre="Contact",
                        description="Adresse de l’éditeur.", obligatoire=False)
    )
"""
PAGES = """\
    pages: str | None = field(
        default=None,
        metadata=balise(80, "pages", Texte(exact=2), bloc=_PIECES, titre="Pages", description="Nombre de pages.",
                        obligatoire=False)
    )
"""
REMISE = """\
    remise: Decimal | None = field(
        default=None,
        metadata=balise(79, "remise", Montant(decimales=2), bloc=_COMMANDE, titre="Remise",
                        description="Remise accordée.", obligatoire=False)
    )
"""


def next_wave(name: str, row: str, *, before: str) -> Specification:
    """Copy the first wave: the source of its table, with a row inserted before that of another attribute."""
    source = Path(str(table_va1.__file__)).read_text(encoding="utf-8")
    (there,) = re.findall(rf"^    {before}: .* = field\(\n", source, re.MULTILINE)
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(source.replace(there, row + there), f"{name}.py", "exec"), module.__dict__)  # noqa: S102 - our own source
    return evolve(VA1, nom=name, racine=module.Fichier, schema_id=f"urn:test:{name}")


def block(specification: Specification, nom: str) -> Any:
    """Give the class of a block of a request."""
    return next(b.format.classe for b in balises(specification.classe_demande) if b.nom == nom)  # type: ignore[union-attr]


ETENDUE = next_wave("va2", LOGICIEL, before="operateur_messagerie")
ScenarioEtendu = block(ETENDUE, "scenarioInstallation")
CHEMIN = "/lignesImport/0/scenarioInstallation"


def arbre_du_guide(**scenario: object) -> Any:
    """Give the guide's file as raw values, with other values in its last block."""
    arbre: Any = en_brut(fichier_du_guide())
    arbre["lignesImport"][0]["scenarioInstallation"].update(scenario)
    return arbre


def test_the_row_stands_in_the_middle_of_its_block_and_renumbers_nothing() -> None:
    noms = [b.nom for b in ETENDUE.balises]
    assert noms[noms.index("codeLogiciel") + 1] == "operateurMessagerie"
    assert [n for n in noms if n != "codeLogiciel"] == [b.nom for b in VA1.balises]
    assert {b.numero for b in ETENDUE.balises} == {*range(1, len(VA1.balises) + 1), 77}


def test_the_catalogue_gains_the_codes_of_the_new_row_and_no_other() -> None:
    nouveaux = [e for e in ETENDUE.catalogue if VA1.catalogue.get(e.code) is None]
    assert [(e.code, e.balise) for e in nouveaux] == [(code, "codeLogiciel") for code in ("7701", "7702", "7703")]
    assert len(ETENDUE.catalogue) == len(VA1.catalogue) + 3


@pytest.mark.parametrize(
    ("valeur", "code"),
    [("LGO", "0000"), (None, "7701"), ("  ", "7701"), (123, "7702"), ("LG", "7703"), ("LGOO", "7703")],
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
    assert [a.code for a in rapport.lignes[0].anomalies] == ["2902", "7701", "3005"]


def test_the_constructor_judges_the_new_attribute() -> None:
    with pytest.raises(DemandeInvalide) as refus:
        ScenarioEtendu(has_bal_ms_sante_personnelle=True, code_logiciel="LONG")
    assert [(a.code, a.chemin) for a in refus.value.anomalies] == [("7703", "/codeLogiciel")]


@settings(max_examples=20)
@given(fichiers(specification=ETENDUE))
def test_drawn_files_are_written_read_and_accepted(fichier: Any) -> None:
    octets = en_json(fichier)
    lu = lire(octets, specification=ETENDUE)
    assert lu == fichier
    assert en_json(lu) == octets
    assert controler(fichier, specification=ETENDUE).tout_accepte
    scenario = json.loads(octets)["lignesImport"][0]["scenarioInstallation"]
    assert list(scenario)[-2:] == ["codeLogiciel", "operateurMessagerie"]
    assert scenario["codeLogiciel"] == fichier.demandes[0].scenario_installation.code_logiciel
    conv = convertisseur(ETENDUE)
    assert conv.structure(conv.unstructure(fichier), ETENDUE.racine) == fichier


@settings(max_examples=10)
@given(scenarios_installation(specification=ETENDUE))
def test_the_drawn_block_has_the_new_attribute(scenario: Any) -> None:
    assert type(scenario) is ScenarioEtendu
    assert len(scenario.code_logiciel) == 3


@settings(max_examples=30)
@given(fautes(specification=ETENDUE) | fautes(codes={"7701", "7702", "7703"}, specification=ETENDUE))
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
    assert "| 77 | `codeLogiciel`<br>`code_logiciel` | un texte de 3 caractères" in table
    assert (
        table.index("`hasBALMSSantePersonnelle`") < table.index("`codeLogiciel`") < table.index("`operateurMessagerie`")
    )
    assert f"The {len(ETENDUE.balises)} balises" in table
    assert "    code_logiciel: str,\n" in parametres_de_la_demande(ETENDUE)
    assert "| {index}`! 7703` | codeLogiciel : " in page_des_codes(ETENDUE)
    assert Nature.LONGUEUR.value == "03"


def test_a_personal_row_is_hidden() -> None:
    beneficiaire = block(next_wave("va3", ETAGE, before="finess_geo"), "beneficiaire")
    assert "2e" not in repr(beneficiaire(nom_responsable="DURAND", finess_geo="777777777", etage="2e"))
    with pytest.raises(DemandeInvalide) as refus:
        beneficiaire(nom_responsable="Durand", finess_geo="777777777", etage="deux")
    assert [(a.code, a.chemin) for a in refus.value.anomalies] == [("2004", "/nomResponsable"), ("7703", "/etage")]
    assert "deux" not in str(refus.value)


def test_the_advance_of_a_line_of_the_next_wave_is_the_same() -> None:
    (ligne,) = controler(json_du_brut(arbre_du_guide(codeLogiciel="LGO")), specification=ETENDUE).en_lignes()
    assert ligne["avance"] == Decimal("255.00")


def test_an_answer_of_the_next_wave_may_tell_more_than_was_sent() -> None:
    sent, answer = json_du_brut(arbre_du_guide()), json_du_brut(arbre_du_guide(codeLogiciel="LGO"))
    for specification, nature in ((ETENDUE, NatureEcart.CONTENU_MODIFIE), (VA1, NatureEcart.BALISE_INCONNUE)):
        ecarts = rapprocher(sent, answer, specification=specification).ecarts
        assert [(NatureEcart.de(e), e.chemin) for e in ecarts] == [(nature, f"{CHEMIN}/codeLogiciel")]


def test_a_facultative_row_of_the_header_may_be_missing() -> None:
    va4 = next_wave("va4", CONTACT, before="siret")
    lines = [demande(1), demande(2), modifier(demande(3, "00003"), "/beneficiaire/FINESSGeo", "7")]
    expected = ["0000", "0806", "2303"]
    for contact, refused in ((None, []), ("a@b.fr", []), ("a@b", ["7804"]), ("null", ["7802"]), ("", ["7801"])):
        rapport = controler(octets({**fichier(*lines), "contact": contact}), specification=va4)
        assert [a.code for a in rapport.anomalies_fichier] == refused
        assert [v.code_traitement for v in rapport.lignes] == ([] if refused else expected)
    rapport = controler(octets(fichier(*lines)), specification=va4)
    assert [v.code_traitement for v in rapport.lignes] == expected


def test_a_facultative_amount_is_an_amount_or_nothing_in_every_form() -> None:
    va5 = next_wave("va5", REMISE, before="regime_tva")
    conv = convertisseur(va5)
    for ecrite, remise in ((Nombre("12.50"), Decimal("12.50")), (None, None)):
        source = octets(modifier(fichier(), "/lignesImport/0/commande/remise", ecrite))
        assert controler(source, specification=va5).tout_accepte
        lu = lire(source, specification=va5)
        assert lu.demandes[0].commande.remise == remise
        forme = conv.unstructure(lu)
        assert forme["lignesImport"][0]["commande"]["remise"] == remise
        assert conv.structure(forme, va5.racine) == lu


def test_a_facultative_row_of_a_document_may_be_missing_in_one_of_them() -> None:
    va6 = next_wave("va6", PAGES, before="format_fichier")
    pieces: Any = [{**BON_DE_COMMANDE, "pages": "02"}, PREUVE_HT]
    for first, code in (("02", "0000"), ("2", "8003"), ("null", "8002")):
        pieces[0]["pages"] = first
        rapport = controler(
            octets(modifier(fichier(), "/lignesImport/0/piecesJustificatives", pieces)), specification=va6
        )
        assert [v.code_traitement for v in rapport.lignes] == [code]
        missing = [(c.balise, c.chemin) for c in rapport.conseils if c.id == "balise-absente"]
        assert missing == ([("pages", "/lignesImport/0/piecesJustificatives/1")] if code == "0000" else [])


REFERENCE_DE_L_EDITEUR = """\
    numero_asp: str = field(
        metadata=balise(7, "numeroASP", Texte(moins_de=30), bloc=_ENTETE_DEMANDE, titre="Numéro ASP",
                        description="Référence de l’avance à solder.", role=Role.REFERENCE_ASP)
    )
"""


def balance_wave(name: str) -> Specification:
    """Make a wave of balances: the publisher fills numeroASP, so that it can be no answer."""
    source = Path(str(table_va1.__file__)).read_text(encoding="utf-8")
    (agency,) = re.findall(r"^    _numero_asp: .*?^    \)\n", source, re.MULTILINE | re.DOTALL)
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(source.replace(agency, REFERENCE_DE_L_EDITEUR), f"{name}.py", "exec"), module.__dict__)  # noqa: S102
    return evolve(VA1, nom=name, racine=module.Fichier, schema_id=f"urn:test:{name}")


SOLDE = balance_wave("solde")


@given(
    st.sampled_from(["ASP-00001", "4512"]),
    st.sampled_from([None, "0000", "17", 0]),
    st.sampled_from([None, "Demande acceptée", "FINESSGeo inconnu"]),
)
def test_what_the_publisher_fills_is_no_answer(reference: str, code: Any, libelle: str | None) -> None:
    sent = modifier(fichier(), "/lignesImport/0/numeroASP", reference)
    unanswered = octets(sent)
    assert controler(unanswered, specification=SOLDE).tout_accepte
    assert [line.issue for line in lire_retour(unanswered, specification=SOLDE).lignes] == [Issue.NON_TRAITEE]
    answer = modifier(sent, "/lignesImport/0/codeTraitement", code)
    answer = octets(modifier(answer, "/lignesImport/0/libelleTraitement", libelle))
    (line,) = lire_retour(answer, specification=SOLDE).lignes
    assert line.numero_asp is None
    # As decision 17 says of a line without a reference: nothing makes it an acceptance.
    neutral = code in (None, "0000", 0) and libelle in (None, "Demande acceptée")
    silent = code is None and libelle is None
    assert line.issue is (Issue.NON_TRAITEE if silent else Issue.AMBIGUE if neutral else Issue.REJETEE)
    natures = {NatureEcart.de(e) for e in rapprocher(unanswered, answer, specification=SOLDE).ecarts}
    assert natures <= {NatureEcart.LIGNE_AMBIGUE, NatureEcart.REPONSE_CONTRADICTOIRE}
    lost = octets(modifier(sent, "/lignesImport/0/numeroASP", None))
    found = rapprocher(unanswered, lost, specification=SOLDE).ecarts
    assert [(NatureEcart.de(e), e.chemin) for e in found] == [
        (NatureEcart.CONTENU_MODIFIE, "/lignesImport/0/numeroASP")
    ]


def test_a_format_without_a_rule_cannot_even_be_made() -> None:
    class Oublieux(Format):
        """A format that forgot everything."""

    with pytest.raises(TypeError, match="abstract"):
        Oublieux()  # type: ignore[abstract]
