"""A 33rd balise in a copy of the table: everything that is derived follows, with no other edit."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from attrs import evolve, fields_dict

from segur_pha import VA1, DemandeInvalide, controler
from segur_pha.echange.ecriture import json_du_brut
from segur_pha.echange.lecture import lire_octets
from segur_pha.specification.formats import Format
from segur_pha.specification.table import Specification, depuis_brut, en_brut
from segur_pha.specification.va1 import demande as module_va1
from tests.outils import LIGNE, Json, codes, demande, fautes, fichier, modifier, octets

FINESS = "    finess_geo: str = field("
SIRET = "    siret: str = field("
ETAGE = """\
    etage: str = field(
        metadata=balise(33, "etage", Texte(exact=2), bloc=_BENEFICIAIRES, titre="Étage", description="Étage de l’officine.",
                        personnelle=True)
    )
"""
CONTACT = """\
    contact: str | None = field(
        default=None,
        metadata=balise(34, "contact", Courriel(moins_de=125), bloc=_ENTETE_FICHIER, titre="Contact",
                        description="Adresse de l’éditeur.", obligatoire=False)
    )
"""


def next_wave(name: str, before: str, row: str) -> Specification:
    """Copy the first wave: the source of its table, with a row inserted before another one."""
    source = Path(str(module_va1.__file__)).read_text(encoding="utf-8")
    assert source.count(before) == 1
    module = ModuleType(name)
    sys.modules[name] = module
    code = compile(source.replace(before, row + before), f"{name}.py", "exec")
    exec(code, module.__dict__)  # noqa: S102 - our own source, with one row more
    return evolve(VA1, nom=name, racine=module.Fichier)


@pytest.fixture(scope="module")
def va2() -> Specification:
    """The next wave, with a floor in front of FINESSGeo."""
    return next_wave("demande_va2", FINESS, ETAGE)


def with_etage(etage: Json) -> dict[str, Json]:
    return modifier(fichier(), f"{LIGNE}/beneficiaire/etage", etage)


def test_the_new_row_stands_at_its_place_and_renumbers_nothing(va2: Specification) -> None:
    names = [b.nom for b in va2.balises]
    assert len(names) == 33
    assert names[names.index("etage") + 1] == "FINESSGeo"
    assert {b.nom: b.numero for b in va2.balises} == {**{b.nom: b.numero for b in VA1.balises}, "etage": 33}
    assert len(VA1.balises) == 32


def test_the_engine_checks_it(va2: Specification) -> None:
    assert controler(octets(with_etage("2e")), specification=va2).tout_accepte
    chemin = f"{LIGNE}/beneficiaire/etage"
    for etage, code in ((None, "3301"), ("", "3301"), (2, "3302"), ("2", "3303"), ("2ee", "3303")):
        assert fautes(controler(octets(with_etage(etage)), specification=va2)) == [(code, chemin)]
    assert codes(controler(octets(fichier()), specification=va2)) == ["9905"]
    assert codes(controler(octets(with_etage("2e")))) == ["9906"]


def test_its_faults_come_in_the_order_of_the_table(va2: Specification) -> None:
    arbre = modifier(with_etage("2"), f"{LIGNE}/beneficiaire/FINESSGeo", "7")
    arbre = modifier(arbre, f"{LIGNE}/beneficiaire/nomResponsable", "Durand")
    assert codes(controler(octets(arbre), specification=va2)) == ["2004", "3303", "2303"]


def test_the_catalogue_has_its_codes(va2: Specification) -> None:
    added = {entree.code for entree in va2.catalogue} - {entree.code for entree in VA1.catalogue}
    assert added == {"3301", "3302", "3303"}


def test_the_codec_reads_and_writes_it(va2: Specification) -> None:
    texte = octets(with_etage("2e"), compact=True)
    lue = depuis_brut(va2.racine, lire_octets(texte, va2.limites).arbre)  # type: ignore[arg-type]
    assert lue.demandes[0].beneficiaire.etage == "2e"  # type: ignore[attr-defined]
    assert json_du_brut(en_brut(lue), compact=True) == octets(
        # written at its place, which is before FINESSGeo
        modifier(
            with_etage("2e"),
            f"{LIGNE}/beneficiaire",
            {
                "nomResponsable": "DURAND",
                "emailResponsable": None,
                "telephoneResponsable": None,
                "etage": "2e",
                "FINESSGeo": "777777777",
            },
        ),
        compact=True,
    )


def test_the_constructor_and_its_repr_know_it(va2: Specification) -> None:
    beneficiaire = fields_dict(va2.classe_demande)["beneficiaire"].metadata["balise"].format.classe
    with pytest.raises(DemandeInvalide) as refus:
        beneficiaire(nom_responsable="Durand", finess_geo="777777777", etage="deux")
    assert [(a.code, a.chemin) for a in refus.value.anomalies] == [("2004", "/nomResponsable"), ("3303", "/etage")]
    assert "2e" not in repr(beneficiaire(nom_responsable="DURAND", finess_geo="777777777", etage="2e"))


def test_a_format_without_a_rule_cannot_even_be_made() -> None:
    class Oublieux(Format):
        """A format that forgot everything."""

    with pytest.raises(TypeError, match="abstract"):
        Oublieux()  # type: ignore[abstract]


def test_the_advance_of_a_line_of_the_next_wave_is_the_same(va2: Specification) -> None:
    ligne = controler(octets(with_etage("2e")), specification=va2).en_lignes()[0]
    assert ligne["avance"] == Decimal("255.00")
    assert demande()["numLigne"] == ligne["num_ligne"]


def test_a_facultative_row_of_the_header_may_be_missing() -> None:
    va3 = next_wave("demande_va3", SIRET, CONTACT)
    lines = [demande(1), demande(2), modifier(demande(3, "00003"), "/beneficiaire/FINESSGeo", "7")]
    expected = ["0000", "0806", "2303"]
    for contact, refused in ((None, []), ("a@b.fr", []), ("a@b", ["3404"]), ("null", ["3402"]), ("", ["3401"])):
        arbre = {**fichier(*lines), "contact": contact}
        rapport = controler(octets(arbre), specification=va3)
        assert [a.code for a in rapport.anomalies_fichier] == refused
        assert [v.code_traitement for v in rapport.lignes] == ([] if refused else expected)
    rapport = controler(octets(fichier(*lines)), specification=va3)
    assert [v.code_traitement for v in rapport.lignes] == expected
