"""The publisher's settings: in Python, in TOML, and what is said when they are wrong."""

from datetime import date
from decimal import Decimal
from inspect import signature
from pathlib import Path

import pytest

from segur_pha import DemandeInvalide, Editeur, SegurError, construire_demande

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
