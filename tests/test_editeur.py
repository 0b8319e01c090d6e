"""The publisher's settings: in Python, in TOML, and what is said when they are wrong."""

import re
import zipfile
from datetime import date
from decimal import Decimal
from inspect import signature
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import (
    DemandeInvalide,
    DemandesInvalides,
    Editeur,
    SegurError,
    construire_demande,
    mettre_a_plat,
    renumeroter,
)
from segur_pha.depot import preparer_depot
from segur_pha.depot.reglages import texte_des_reglages
from segur_pha.strategies import demandes
from segur_pha.vagues.va1.exemples import demande_du_guide

EXEMPLE = Path(__file__).parents[1] / "examples" / "editeur.toml"

ADMINISTRATEUR = {
    "statut_admin_technique": "E",
    "numero_carte_cpx": "1234567890",
    "nom_admin_technique": "MARTIN",
    "tel_admin_technique": "0102030405",
    "email_admin_technique": "certificats@editeur.example",
}
COMMANDE = {
    "date_commande": "15/11/2022",
    "regime_tva": "TTC",
    "montant_segur_ht": "708.33",
    "nom_responsable": "DURAND",
    "finess_geo": "777777777",
}


def ecrire_toml(tmp_path: Path, texte: str) -> Path:
    chemin = tmp_path / "editeur.toml"
    chemin.write_text(texte, encoding="utf-8")
    return chemin


def test_what_the_publisher_says_once_is_in_every_request():
    editeur = Editeur(
        "ANS0000001", "12345678200010", regime_tva="HT", has_bal_ms_sante_personnelle=False, **ADMINISTRATEUR
    )

    commande = {cle: valeur for cle, valeur in COMMANDE.items() if cle != "regime_tva"}
    demande = editeur.demande(numero_editeur="00001", **commande)

    assert demande.certificats_serveur.nom_admin_technique == "MARTIN"
    assert [p.nom_fichier for p in demande.pieces_justificatives] == [
        "PHA-LGO-Va1-BDC-00001.pdf",
        "PHA-LGO-Va1-HT-00001.pdf",
    ]


def test_a_request_may_say_otherwise():
    editeur = Editeur(
        "ANS0000001", "12345678200010", regime_tva="HT", has_bal_ms_sante_personnelle=False, **ADMINISTRATEUR
    )

    demande = editeur.demande(numero_editeur="00001", **COMMANDE)

    assert demande.commande.regime_tva == "TTC"
    assert len(demande.pieces_justificatives) == 1


def test_a_missing_keyword_is_a_value_that_is_not_filled():
    editeur = Editeur("ANS0000001", "12345678200010")

    with pytest.raises(DemandeInvalide) as faute:
        editeur.demande(numero_editeur="00001")

    # Every obligatory keyword but the number: dateCommande, regimeTVA, montantSegurHT, the five of the administrator,
    # nomResponsable, FINESSGeo and hasBALMSSantePersonnelle.
    assert [a.code for a in faute.value.anomalies] == [
        "1001", "1101", "1201", "1401", "1501", "1601", "1701", "1801", "2001", "2301", "2901",
    ]  # fmt: skip


def test_the_example_file_of_settings_can_be_read():
    editeur = Editeur.lire(EXEMPLE)

    assert (editeur.numero_ans, editeur.siret) == ("ANS0000001", "12345678200010")
    assert editeur.plafonds == {"B": Decimal("708.33")}
    assert editeur.colonnes["finess_geo"] == "FINESS"
    demande = editeur.demande(numero_editeur="00001", **COMMANDE)
    assert demande.commande.date_commande == date(2022, 11, 15)


def test_a_toml_day_is_a_day(tmp_path):
    chemin = ecrire_toml(
        tmp_path, 'numero_ans="ANS0000001"\nsiret="12345678200010"\n[defauts]\ndate_commande=2022-11-15\n'
    )

    assert Editeur.lire(chemin).defauts == {"date_commande": date(2022, 11, 15)}


def test_a_byte_order_mark_before_the_settings_does_no_harm(tmp_path):
    chemin = tmp_path / "editeur.toml"
    chemin.write_bytes(b'\xef\xbb\xbfnumero_ans="ANS0000001"\nsiret="12345678200010"\n')

    assert Editeur.lire(chemin).siret == "12345678200010"


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("numero_ans = @", "à la ligne 1, colonne 14"),
        ("numero_ans = ", "à la fin du fichier"),
        ("x = " + "[" * 20_000, "TOML"),
        ("x = " + "9" * 10_000, "TOML"),
        ("numero_ans = 1\nsiret = '12345678200010'", "numero_ans"),
        ("siret = '12345678200010'", "numero_ans"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\ndefauts = 1", "[defauts]"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\nautre = 1", "autre"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\n[defauts]\nregime = 'HT'", "regime_tva"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\n[defauts]\ncolonnes = 'HT'", "colonnes"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\n[colonnes]\nfiness = 'FINESS'", "finess_geo"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\n[colonnes]\nfiness_geo = 9", "finess_geo"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\n[plafonds]\nB = 708.33", "tranche B"),
        ("numero_ans = 'ANS0000001'\nsiret = '12345678200010'\n[plafonds]\nB = '708,33'", "708.33"),
    ],
)
def test_wrong_settings_are_refused_with_what_to_do(tmp_path, texte, attendu):
    with pytest.raises(SegurError) as faute:
        Editeur.lire(ecrire_toml(tmp_path, texte))

    assert attendu in str(faute.value)


ENTETE = "numero_ans = 'ANS0000001'\nsiret = '12345678200010'\n"


@pytest.mark.parametrize(
    ("cle", "justes", "fausses", "attendu"),
    [
        ("has_bal_ms_sante_personnelle", ["true", "false"], ["'non'", "1", "[]", "1.0"], "écrivez true ou false, sans"),
        ("date_commande", ["2022-11-15", "'15/11/2022'"], ["2022-11-15T10:00:00", "12", "true"], '"15/11/2022"'),
        ("montant_segur_ht", ["'708.33'"], ["708.33", "708", "true", "{}"], '"708.33"'),
        ("statut_admin_technique", ["'E'"], ["true", "1", "[]"], 'écrivez "E" ou "P", entre guillemets'),
        (
            "nom_admin_technique",
            ["'MARTIN'"],
            ["12", "1.5", "false", "2022-11-15"],
            "écrivez un texte entre guillemets",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_in_the_words_of_toml(tmp_path, cle, justes, fausses, attendu):
    for valeur in justes:
        assert cle in Editeur.lire(ecrire_toml(tmp_path, f"{ENTETE}[defauts]\n{cle} = {valeur}")).defauts
    for valeur in fausses:
        with pytest.raises(SegurError) as faute:
            Editeur.lire(ecrire_toml(tmp_path, f"{ENTETE}[defauts]\nfiness_geo = 1\n{cle} = {valeur}"))
        premiere, seconde = str(faute.value).splitlines()
        assert premiere == "editeur.toml, [defauts] : finess_geo : écrivez un texte entre guillemets."
        assert seconde.startswith(f"editeur.toml, [defauts] : {cle} : ")
        assert attendu in seconde
        assert not {"True", "False", "Decimal", "str", "date()"} & set(re.findall(r"[\w()]+", seconde))


@pytest.mark.parametrize("valeur", ["oui", "Non", "True", "15/11/2022", "ANS1"])
def test_a_word_without_quotes_is_told_how_it_is_written(tmp_path, valeur):
    with pytest.raises(SegurError) as faute:
        Editeur.lire(ecrire_toml(tmp_path, f"{ENTETE}[defauts]\nnom_admin_technique = {valeur}"))

    assert "(à la ligne 4, colonne " in str(faute.value)
    assert "un texte se met entre guillemets, oui s’écrit true et non s’écrit false." in str(faute.value)
    with pytest.raises(SegurError) as autre:
        Editeur.lire(ecrire_toml(tmp_path, "= 3"))
    assert str(autre.value).endswith("(à la ligne 1, colonne 1).")


def test_a_header_left_empty_names_the_key_and_the_file(tmp_path):
    with pytest.raises(DemandeInvalide) as faute:
        Editeur.lire(ecrire_toml(tmp_path, texte_des_reglages()))

    numero, siret = str(faute.value).splitlines()
    assert numero.startswith("editeur.toml, numero_ans : numeroAns : valeur obligatoire")
    assert siret.startswith("editeur.toml, siret : SIRET : valeur obligatoire")
    assert [a.code for a in faute.value.anomalies] == ["0201", "0301"]


def test_an_export_given_as_settings_is_told_as_such():
    with pytest.raises(SegurError) as faute:
        Editeur.lire(EXEMPLE.with_name("commandes.csv"))

    assert "commandes.csv : c’est un tableau, et les réglages sont un fichier TOML" in str(faute.value)
    assert "intervertis" in str(faute.value)


def test_settings_in_another_encoding_are_named_as_such(tmp_path):
    chemin = tmp_path / "editeur.toml"
    chemin.write_bytes('numero_ans = "é"'.encode("cp1252"))

    with pytest.raises(SegurError, match="UTF-8"):
        Editeur.lire(chemin)


def test_a_toml_fault_never_shows_the_text_around_it(tmp_path):
    with pytest.raises(SegurError) as faute:
        Editeur.lire(ecrire_toml(tmp_path, "[defauts]\nnom_admin_technique = SECRET"))

    assert "SECRET" not in str(faute.value)


@pytest.mark.parametrize(
    ("numero_ans", "siret", "codes"),
    [
        ("ANS", "12345678200010", ["0203"]),
        ("ANS/000001", "", ["0204", "0301"]),
        (None, 12345678200010, ["0201", "0302"]),
    ],
)
def test_a_wrong_header_is_refused_at_once(numero_ans, siret, codes):
    with pytest.raises(DemandeInvalide) as faute:
        Editeur(numero_ans, siret)

    assert [a.code for a in faute.value.anomalies] == codes


def test_an_unknown_keyword_is_refused_wherever_it_comes_from():
    editeur = Editeur("ANS0000001", "12345678200010")

    with pytest.raises(SegurError, match="finess"):
        editeur.demande(finess="777777777")
    with pytest.raises(SegurError, match="montant"):
        Editeur("ANS0000001", "12345678200010", montant="1.00")


def test_settings_cannot_be_changed_behind_the_back():
    defauts = {"regime_tva": "HT"}
    editeur = Editeur("ANS0000001", "12345678200010", **defauts)
    defauts["regime_tva"] = "TTC"

    assert editeur.defauts == {"regime_tva": "HT"}
    with pytest.raises(TypeError):
        editeur.defauts["regime_tva"] = "TTC"  # type: ignore[index]


def test_settings_show_no_personal_value():
    assert "MARTIN" not in repr(Editeur("ANS0000001", "12345678200010", **ADMINISTRATEUR))


def test_ceilings_may_be_decimals():
    assert Editeur("ANS0000001", "12345678200010", plafonds={"C": Decimal(900)}).plafonds == {"C": Decimal("900.00")}


def test_requests_come_in_files_of_two_hundred_and_no_empty_one():
    editeur = Editeur.lire(EXEMPLE)
    demandes = [editeur.demande(numero_editeur=f"{n:05}", **COMMANDE) for n in range(1, 401)]

    fichiers = list(editeur.fichiers(demandes))

    assert [len(f.demandes) for f in fichiers] == [200, 200]
    assert [d for f in fichiers for d in f.demandes] == demandes
    assert list(editeur.fichiers([])) == []


def test_files_are_made_lazily():
    editeur = Editeur.lire(EXEMPLE)
    demandees = []

    def construire(n):
        demandees.append(n)
        return editeur.demande(numero_editeur=f"{n:05}", **COMMANDE)

    next(editeur.fichiers(map(construire, range(1, 1000))))

    assert len(demandees) == 200


def test_every_keyword_of_the_builder_can_be_set_once():
    for nom in signature(construire_demande).parameters:
        assert nom in Editeur("ANS0000001", "12345678200010", **{nom: "x"}).defauts


EDITEUR = Editeur("ANS0000001", "12345678200010", has_bal_ms_sante_personnelle=False, **ADMINISTRATEUR)
NUMEROS = st.text("0123456789ABCDEFabcdef", min_size=5, max_size=5)


@given(demandes())
def test_a_request_laid_flat_makes_the_same_request(demande):
    refaite = construire_demande(**mettre_a_plat(demande))
    sans_pieces = attrs.filters.exclude("pieces_justificatives")
    assert attrs.asdict(refaite, filter=sans_pieces) == attrs.asdict(demande, filter=sans_pieces)
    # The documents are those that are due, in the builder's order.
    assert set(refaite.pieces_justificatives) <= set(demande.pieces_justificatives)
    assert mettre_a_plat(refaite) | formats(demande) == mettre_a_plat(demande)
    assert EDITEUR.demandes([mettre_a_plat(demande)]) == (refaite,)


def formats(demande):
    """Give the formats of the documents that a request announces, due or not."""
    return {f"format_{piece.type_fichier.lower()}": piece.format_fichier for piece in demande.pieces_justificatives}


@given(demandes(), NUMEROS)
def test_under_another_number_everything_but_the_number_and_the_names_stays(demande, numero):
    autre = renumeroter(demande, numero)
    assert autre.numero_editeur == numero
    assert all(f"-{numero}." in piece.nom_fichier for piece in autre.pieces_justificatives)
    assert mettre_a_plat(autre) | {"numero_editeur": ""} == mettre_a_plat(demande) | {"numero_editeur": ""}
    assert renumeroter(autre, demande.numero_editeur) == demande


@given(demandes(), NUMEROS)
def test_evolve_judges_as_a_constructor_does(demande, numero):
    assert attrs.evolve(demande) == demande
    assert attrs.evolve(demande, beneficiaire=attrs.evolve(demande.beneficiaire, nom_responsable="X")) != demande
    if numero != demande.numero_editeur:
        with pytest.raises(DemandeInvalide) as refus:
            attrs.evolve(demande, numero_editeur=numero)
        assert {anomalie.code for anomalie in refus.value.anomalies} == {"2507"}


def test_what_is_no_request_is_neither_laid_flat_nor_renumbered():
    for autre in (None, "00001", demande_du_guide().commande):
        with pytest.raises(SegurError, match="Donnez une demande"):
            mettre_a_plat(autre)
        with pytest.raises(SegurError, match="Donnez une demande"):
            renumeroter(autre, "00002")
    with pytest.raises(SegurError, match="en texte"):
        renumeroter(demande_du_guide(), 2)
    with pytest.raises(DemandeInvalide):
        renumeroter(demande_du_guide(), "2")


#: What can be wrong with an order, and the codes of it.
FAUTES = {
    "rien": ({}, []),
    "le nom": ({"nom_responsable": "Durand"}, ["2004"]),
    "deux": ({"nom_responsable": "Durand", "montant_segur_ht": 708.33}, ["1202", "2004"]),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(FAUTES)), st.sampled_from(["00001", "00002", "00003"])), max_size=5))
def test_every_fault_of_every_order_is_told_by_its_rank_and_its_number(choix):
    rangees = [{**COMMANDE, **FAUTES[faute][0], "numero_editeur": numero} for faute, numero in choix]
    attendues = []
    vus = set()
    for rang, (faute, numero) in enumerate(choix, start=1):
        codes = [*FAUTES[faute][1], *(["0806"] if numero in vus else [])]
        vus.add(numero)
        if codes:
            attendues.append((rang, numero, codes))
    if not attendues:
        assert [d.numero_editeur for d in EDITEUR.demandes(iter(rangees))] == [numero for _, numero in choix]
        return
    with pytest.raises(DemandesInvalides) as refus:
        EDITEUR.demandes(rangees)
    assert [
        (c.rang, c.numero_editeur, [anomalie.code for anomalie in c.anomalies]) for c in refus.value.commandes
    ] == attendues
    assert str(refus.value).count("Commande ") == sum(len(codes) for _, _, codes in attendues)


def test_an_order_without_a_number_and_one_with_an_unknown_keyword():
    with pytest.raises(DemandesInvalides, match=r"^Commande 1 : numeroEditeur"):
        EDITEUR.demandes([COMMANDE])
    with pytest.raises(SegurError, match="Commande 2 : nom inconnu : finess"):
        EDITEUR.demandes([{**COMMANDE, "numero_editeur": "00001"}, {"finess": "x"}])
    with pytest.raises(SegurError, match="Commande 1 : donnez un dictionnaire"):
        EDITEUR.demandes([demande_du_guide()])


def test_a_prepared_deposit_tells_what_became_of_each_order(tmp_path):
    exemples = EXEMPLE.parent
    depot = preparer_depot(
        exemples / "commandes.csv",
        Editeur.lire(EXEMPLE),
        exemples / "pieces",
        tmp_path / "depot",
        jour=date(2022, 11, 15),
    )
    assert [(ligne.ligne, ligne.numero_editeur, ligne.num_ligne) for ligne in depot.lignes] == [
        (2, "00001", 1),
        (3, "00002", 2),
        (4, "00003", 3),
    ]
    assert [[document.source for document in ligne.documents] for ligne in depot.lignes] == [
        ["Bon DURAND.pdf"],
        ["Bon LEFEVRE.PDF", "PREUVE_HT.pdf"],
        ["scan-0003.png"],
    ]
    for ligne in depot.en_lignes():
        with zipfile.ZipFile(depot.dossier / ligne["zip"]) as contenu:
            source = next(p for p in (exemples / "pieces").rglob("*") if p.name == ligne["source"])
            assert contenu.read(ligne["nom"]) == source.read_bytes()
        assert f'"{ligne["numero_editeur"]}"' in (depot.dossier / ligne["fichier"]).read_text("utf-8")
    assert "DURAND" not in repr(depot.lignes)
