from __future__ import annotations

import json
import subprocess
import sys

import attrs
import pytest
from attrs import evolve, field, frozen
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from mesure import USUAL, examples

import segur_pha.strategies as sp
from segur_pha import (
    VA1,
    Beneficiaire,
    CertificatsServeur,
    Commande,
    Demande,
    ExtraManquant,
    Fichier,
    PieceJustificative,
    ScenarioInstallation,
    SegurError,
    controler,
)
from segur_pha.strategies.champs import valeurs
from segur_pha.strategies.ecritures import textes
from segur_pha.table.balise import Liste, balise
from segur_pha.table.bloc import Bloc
from segur_pha.table.catalogue import Catalogue, EntreeCatalogue, Provenance
from segur_pha.table.formats import Booleen, Nature, Texte
from segur_pha.table.formats.textes import FormatTexte
from segur_pha.table.modele import Coherence, en_brut

CODES = sorted(entree.code for entree in VA1.catalogue if entree.code != "0000")
BLOCS = {
    Commande: sp.commandes(),
    CertificatsServeur: sp.certificats_serveur(),
    Beneficiaire: sp.beneficiaires(),
    PieceJustificative: sp.pieces_justificatives(),
    ScenarioInstallation: sp.scenarios_installation(),
    Demande: sp.demandes(),
}


def rebuilt(bloc: attrs.AttrsInstance) -> attrs.AttrsInstance:
    """Build a block again through the public constructors, which check."""
    values = {name: getattr(bloc, name) for name in attrs.fields_dict(type(bloc))}
    for name, value in values.items():
        if attrs.has(type(value)):
            values[name] = rebuilt(value)
        elif isinstance(value, tuple):
            values[name] = tuple(map(rebuilt, value))
    return type(bloc)(**values)


@examples(15, 10_000)
@given(sp.fichiers())
def test_a_drawn_file_is_accepted_by_both_controls_and_by_the_constructors(fichier: Fichier) -> None:
    rapport = controler(fichier)
    assert rapport.tout_accepte, str(rapport)
    assert rebuilt(fichier) == fichier


@pytest.mark.parametrize("classe", BLOCS, ids=lambda classe: classe.__name__)
def test_a_drawn_block_is_accepted_by_its_constructor(classe: type[Bloc]) -> None:
    @examples(5, 200)
    @given(BLOCS[classe])
    def accepted(bloc: Bloc) -> None:
        assert type(bloc) is classe
        assert rebuilt(bloc) == bloc

    accepted()


# 69 codes: about 10,000 files in the long profile.
@pytest.mark.parametrize("code", CODES)
def test_a_planted_fault_is_the_only_one_found_with_its_code_and_its_pointer(code: str) -> None:
    # A text can be broken in many more ways than a value.
    @examples({"9901": 20, "9902": 30, "9907": 20, "9909": 10}.get(code, 2), 150)
    @given(sp.fautes(codes={code}))
    def caught(faute: sp.Faute) -> None:
        assert faute.code == code
        rapport = controler(faute.octets)
        found = [*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)]
        assert [(a.code, a.chemin) for a in found] == [(faute.code, faute.chemin)]
        assert code in {
            *(ligne.code_traitement for ligne in rapport.lignes),
            *(a.code for a in rapport.anomalies_fichier),
        }

    caught()


def test_texts_are_broken_in_every_usual_way() -> None:
    usual = {
        "s’arrête avant la fin",
        "après la fin",
        "attendu après le nom de la balise",
        "n’est pas du JSON",
        "valeur attendue",
        "fichier est vide",
    }

    def is_the_last(faute: sp.Faute) -> bool:
        libelle = controler(faute.octets).anomalies_fichier[0].libelle
        usual.difference_update([precision for precision in usual if precision in libelle])
        return not usual

    find(
        sp.fautes(codes={"9902"}),
        is_the_last,
        settings=settings(max_examples=5_000, derandomize=True, phases=[Phase.generate]),
    )


def test_an_item_of_a_list_is_no_block_either() -> None:
    faute = find(
        sp.fautes(codes={"9907"}),
        lambda faute: faute.chemin.rpartition("/")[2].isdecimal(),
        settings=settings(max_examples=1_000, derandomize=True, phases=[Phase.generate]),
    )
    rapport = controler(faute.octets)
    (anomalie,) = [*rapport.anomalies_fichier, *(a for ligne in rapport.lignes for a in ligne.anomalies)]
    assert (anomalie.code, anomalie.chemin) == ("9907", faute.chemin)


def test_faults_are_drawn_among_all_codes_by_default() -> None:
    @settings(max_examples=10)
    @given(sp.fautes())
    def drawn(faute: sp.Faute) -> None:
        assert faute.code in CODES

    drawn()


@pytest.mark.parametrize("codes", [{"0000"}, {"2303", "2399"}, set()])
def test_a_code_that_no_fault_has_is_refused(codes: set[str]) -> None:
    with pytest.raises(SegurError, match="Aucune faute ne porte ces codes"):
        sp.fautes(codes=codes)


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 4), (3, 2), (1, 201)])
def test_numbers_of_requests_that_no_file_may_have_are_refused(minimum: int, maximum: int) -> None:
    with pytest.raises(SegurError, match="de 1 à 200 demandes") as refus:
        sp.fichiers(minimum=minimum, maximum=maximum)
    assert refus.value.balise == "lignesImport"


def test_a_full_file_can_be_drawn() -> None:
    @settings(max_examples=2)
    @given(sp.fichiers(minimum=200, maximum=200))
    def full(fichier: Fichier) -> None:
        assert len({demande.numero_editeur for demande in fichier.demandes}) == 200
        assert controler(fichier).tout_accepte

    full()


@USUAL
@given(st.data(), sp.fichiers(maximum=2))
def test_every_spelling_of_a_file_means_the_same_to_another_parser(data: st.DataObject, fichier: Fichier) -> None:
    octets = data.draw(textes(en_brut(fichier), VA1))
    lu = json.loads(octets.decode("utf-8-sig"), parse_float=str.encode)
    for ligne in lu["lignesImport"]:
        for bloc, tag in [
            (ligne["beneficiaire"], "emailResponsable"),
            (ligne["beneficiaire"], "telephoneResponsable"),
            (ligne["scenarioInstallation"], "operateurMessagerie"),
        ]:
            bloc.setdefault(tag, None)  # a facultative balise may be left out
    assert lu == en_brut(fichier)


@pytest.mark.parametrize("classe", [Fichier, *BLOCS], ids=lambda classe: classe.__name__)
def test_hypothesis_draws_the_model_from_its_types(classe: type[Bloc]) -> None:
    sp.enregistrer()
    sp.enregistrer()

    @settings(max_examples=3)
    @given(st.from_type(classe))
    def drawn(exemple: Bloc) -> None:
        assert type(exemple) is classe
        assert rebuilt(exemple) == exemple

    drawn()


def test_the_entry_point_imports_hypothesis_only_when_it_is_called() -> None:
    script = """
import sys
import segur_pha.strategies
assert not [m for m in sys.modules if m.startswith("hypothesis")]
segur_pha.strategies.enregistrer()
assert "segur_pha.strategies.arbres" not in sys.modules
from hypothesis import given, settings, strategies as st
@settings(max_examples=1, database=None)
@given(st.from_type(segur_pha.Demande))
def show(demande):
    print(type(demande).__name__)
show()
"""
    fait = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (fait.stdout, fait.stderr) == ("Demande\n", "")


def test_without_hypothesis_the_strategies_say_which_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    for strategie in (sp.fichiers, sp.demandes, sp.commandes, sp.fautes):
        with pytest.raises(ExtraManquant) as manque:
            strategie()
        assert manque.value.extra == "strategies"


# --- What a table must bring for its strategies to exist -----------------------------------------------------------------


class Oui(Booleen):
    """A format of somebody else's, with a kind of fault that its parent has not."""

    @property
    def natures(self) -> tuple[Nature, ...]:
        return (*super().natures, Nature.VALEUR)


def _une_table(format_: object) -> type[Bloc]:
    @frozen(kw_only=True, repr=False)
    class Ligne(Bloc):
        numero: str = field(
            metadata=balise(2, "numero", Texte(exact=3), bloc="", titre="", description="", unique=True)
        )
        accord: bool = field(metadata=balise(3, "accord", format_, bloc="", titre="", description=""))

    @frozen(kw_only=True, repr=False)
    class Racine(Bloc):
        lignes: tuple[Ligne, ...] = field(
            metadata=balise(1, "lignes", Liste(Ligne, maximum=3), bloc="", titre="", description="")
        )

    return Racine


def test_a_kind_of_fault_without_strategy_is_refused() -> None:
    autre = evolve(VA1, racine=_une_table(Oui()), coherences=())
    with pytest.raises(SegurError, match="accord : aucune stratégie pour les fautes 05"):
        sp.fautes(specification=autre)


def test_a_format_without_strategy_is_refused_and_the_message_says_how_to_add_it() -> None:
    class Autre(FormatTexte):
        """As a text, and yet nobody said how to draw it."""

        natures, attendu = (), ""
        juger = suspectes = schema = None

    autre = evolve(VA1, racine=_une_table(Autre()), coherences=())
    with pytest.raises(SegurError, match=r"le format Autre : ajoutez-la avec valeurs\.register"):
        sp.fautes(specification=autre)
    valeurs.register(Autre)(lambda _: st.just("x"))
    with pytest.raises(SegurError, match=r"fautives\.register"):
        sp.fautes(specification=autre)


def test_a_rule_between_balises_without_strategy_is_refused() -> None:
    regle = Coherence(balise="numLigne", lit=("numLigne",), libelle="", respectee=lambda *_: True)
    autre = evolve(VA1, coherences=(*VA1.coherences, regle))
    with pytest.raises(SegurError, match="règles entre balises"):
        sp.demandes(specification=autre)


def test_a_code_that_no_strategy_plants_is_refused() -> None:
    autre = evolve(VA1, nom="autre")
    de_plus = EntreeCatalogue("9910", "", "10", "Un code de plus", Provenance.SEGUR_PHA)
    vars(autre)["catalogue"] = Catalogue((*VA1.catalogue, de_plus))
    with pytest.raises(SegurError, match="9910"):
        sp.fautes(specification=autre)


def test_a_table_without_that_block_is_told_so() -> None:
    with pytest.raises(SegurError, match="n’a pas de bloc « commande »"):
        sp.commandes(specification=evolve(VA1, racine=_une_table(Booleen()), coherences=()))
