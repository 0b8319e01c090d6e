"""Roles and fillers: what a row is for and who fills it, told without its tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import VA1, SegurError, en_json
from segur_pha.strategies import demandes
from segur_pha.table.balise import Liste, Objet, balise, balises
from segur_pha.table.bloc import Bloc
from segur_pha.table.formats import Format, Texte
from segur_pha.table.roles import Acteur, Role
from segur_pha.texte_json.lecture import lire_octets
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from segur_pha import Demande


def test_the_agency_fills_what_the_guide_leaves_null() -> None:
    # Section 3.2: null at the deposit, filled in by the ASP.
    by = {acteur: [b.nom for b in VA1.balises if b.rempli_par is acteur] for acteur in Acteur}
    assert by[Acteur.ASP] == ["impId", "numeroASP", "codeTraitement", "libelleTraitement"]
    assert by[Acteur.BIBLIOTHEQUE] == ["numLigne", "typeAction"]
    assert all(b.attribut for b in VA1.balises if b.rempli_par is Acteur.EDITEUR)


def test_the_first_wave_has_a_row_for_each_role() -> None:
    # A wave of advances settles none.
    assert VA1.roles.keys() == set(Role) - {Role.AVANCE_SOLDEE}
    assert all(rangee.role is role for role, rangee in VA1.roles.items())
    without = {b.nom for b in VA1.balises if b.role is None and isinstance(b.format, Format)}
    assert without == {"hasBALMSSantePersonnelle"}


@given(demandes())
def test_a_role_is_read_alike_from_the_text_and_from_the_model(demande: Demande) -> None:
    fichier = evolve(fichier_du_guide(), demandes=(demande,))
    header: Any = lire_octets(en_json(fichier), VA1.limites).arbre
    (line,) = header["lignesImport"]
    assert (
        VA1.valeur_brute(line, Role.OFFICINE) == VA1.valeur(demande, Role.OFFICINE) == demande.beneficiaire.finess_geo
    )
    assert VA1.valeur_brute(header, Role.EDITEUR) == VA1.valeur(fichier, Role.EDITEUR) == fichier.siret
    assert VA1.valeur(demande, Role.PIECES) == demande.pieces_justificatives
    first = demande.pieces_justificatives[0]
    assert VA1.valeur_brute(line["piecesJustificatives"][0], Role.NOM_PIECE) == first.nom_fichier
    assert VA1.valeur_brute(line, Role.REFERENCE_ASP) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda below: st.lists(below) | st.dictionaries(st.sampled_from(["beneficiaire", "FINESSGeo", "a"]), below),
        max_leaves=6,
    ),
    st.sampled_from(Role),
)
def test_reading_a_role_takes_any_shape(brut: Any, role: Role) -> None:
    try:
        expected = brut["beneficiaire"]["FINESSGeo"]
    except (KeyError, TypeError, IndexError):
        expected = None
    assert VA1.valeur_brute(brut, Role.OFFICINE) == expected
    assert VA1.valeur_brute(brut, role) is None or isinstance(brut, dict)


def test_a_value_that_the_publisher_does_not_decide_is_not_in_the_model() -> None:
    with pytest.raises(SegurError, match="numeroASP : l’éditeur ne décide pas"):
        VA1.valeur(demande_du_guide(), Role.REFERENCE_ASP)


@frozen(kw_only=True)
class Ligne(Bloc):
    """A line of a table that has no role but one."""

    nom: str = field(
        metadata=balise(2, "nom", Texte(exact=3), bloc="", titre="", description="", unique=True, role=Role.LIBELLE)
    )


@frozen(kw_only=True)
class Racine(Bloc):
    """Its file."""

    lignes: tuple[Ligne, ...] = field(
        metadata=balise(1, "lignes", Liste(Ligne, maximum=9), bloc="", titre="", description="")
    )


@frozen(kw_only=True)
class RacineDouble(Bloc):
    """A file with two rows of one role, one of them in a block."""

    lignes: tuple[Ligne, ...] = field(
        metadata=balise(1, "lignes", Liste(Ligne, maximum=9), bloc="", titre="", description="")
    )
    bloc: Ligne = field(metadata=balise(3, "bloc", Objet(Ligne), bloc="", titre="", description=""))


def test_a_role_that_a_table_has_not_is_said_and_reads_as_nothing() -> None:
    petite = evolve(VA1, nom="petite", racine=Racine)
    assert petite.roles == {Role.LIBELLE: balises(Ligne)[0]}
    assert petite.valeur_brute({"nom": "abc"}, Role.CODE) is None
    assert petite.colonne_brute([{"nom": "abc"}, {}], Role.CODE) == [None, None]
    with pytest.raises(SegurError, match="La table petite n’a pas de balise qui porte le code"):
        petite.role(Role.CODE)


def test_two_rows_of_one_role_are_refused_by_name() -> None:
    with pytest.raises(SegurError, match="deux balises qui portent la phrase par laquelle l’ASP répond : nom et nom"):
        _ = evolve(VA1, racine=RacineDouble).roles
