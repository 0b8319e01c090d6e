"""The follow-up as its screen shows it: no column for the structure, a title cut off, the structure above the table."""

from __future__ import annotations

import io
from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import openpyxl
import pytest
from flottes import csv_de
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.certificats import NatureDeCertificat, ReglageInvalide, SuiviIllisible, lire_suivi
from segur_pha.cli import principal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The screen of the webinar: two columns of buttons without a title, and « Adre » cut off at the edge.
TITRES = ["N° produit", "", "", "Canal", "Date début de validité", "Fin de validité", "Offre", "Usage", "Etat", "FQDN"]
LIGNE = [
    *("374606", "Historique", "Detail", "IHM", "20 févr. 2024", "20 févr. 2026", "SERV", "SSL_SERV", "Actif"),
    "portail.exemple.fr",
]
ECRAN = csv_de([*TITRES, "Adre"], [*LIGNE, "a@exemple.fr"])


def test_without_a_structure_the_message_says_what_was_read_and_what_to_give() -> None:
    with pytest.raises(SuiviIllisible) as refus:
        lire_suivi(csv_de([*TITRES, "Couleur"], [*LIGNE, "bleu"]))
    dit = str(refus.value)
    assert "« N° produit », « Canal »" in dit
    assert "laissées de côté : « Couleur »." in dit
    assert all(mot in dit for mot in ("--finess", "--structure", "--officines", "FQDN, CN ou N° produit"))


@pytest.mark.cas(19)
@pytest.mark.parametrize(
    "reglage", [{"finess": "750000002"}, {"finess": "75 000 000 2"}, {"structure": "1750000002"}], ids=str
)
def test_a_pharmacy_may_be_given_for_the_whole_file(reglage: dict[str, str]) -> None:
    parc = lire_suivi(ECRAN, **reglage)  # type: ignore[arg-type]
    (lu,) = parc.certificats
    assert (lu.finess, lu.fin, lu.courriels) == ("750000002", date(2026, 2, 20), ("a@exemple.fr",))
    assert "donnée pour tout le fichier" in " ".join(parc.lectures)


def test_a_row_that_names_its_pharmacy_keeps_it() -> None:
    texte = "FINESS;Fin\n990001018;01/01/2026\n;01/01/2026\n12;01/01/2026\n"
    parc = lire_suivi(texte, finess="750000002")
    assert [c.finess for c in parc.certificats] == ["990001018", "750000002"]
    assert [i.ligne for i in parc.lignes_illisibles] == [4]


@pytest.mark.parametrize(
    ("reglage", "mot"),
    [
        ({"finess": "12"}, "9 chiffres"),
        ({"structure": "750000002"}, "1 puis les 9"),
        ({"finess": "750000002", "structure": "1750000002"}, "l’un ou l’autre"),
    ],
)
def test_what_is_given_is_judged(reglage: dict[str, str], mot: str) -> None:
    with pytest.raises(ReglageInvalide, match=mot):
        lire_suivi(ECRAN, **reglage)  # type: ignore[arg-type]


AU_DESSUS = [
    "Offre : SERV\nStructure : 1750000002\nNombre de produits trouvés : 1\n",
    "Offre;SERV\nStructure :;1750000002\n\n",
    "Structure: 1 75 000 000 2\n",
]


@pytest.mark.parametrize("au_dessus", AU_DESSUS)
def test_the_structure_above_the_table_is_the_pharmacy_s(au_dessus: str) -> None:
    parc = lire_suivi(au_dessus + ECRAN)
    assert [c.finess for c in parc.certificats] == ["750000002"]
    assert "au-dessus du tableau" in " ".join(parc.lectures)


def test_it_is_found_in_a_workbook_too_and_a_zero_is_no_structure() -> None:
    livre = openpyxl.Workbook()
    for rangee in (["Structure : 1750000002"], TITRES, LIGNE):
        livre.worksheets[0].append(rangee)
    sortie = io.BytesIO()
    livre.save(sortie)
    assert [c.finess for c in lire_suivi(sortie.getvalue()).certificats] == ["750000002"]
    with pytest.raises(SuiviIllisible, match="--structure"):
        lire_suivi("Offre : SERV\nStructure : 0\n" + ECRAN)


@pytest.mark.parametrize(
    ("structure", "nature"),
    [
        ("373282932000074", NatureDeCertificat.ENTREPRISE),
        ("2732829320", NatureDeCertificat.ENTREPRISE),
        ("012345678901", NatureDeCertificat.CABINET),
        ("412345678901234", NatureDeCertificat.CABINET),
    ],
)
def test_a_structure_that_is_no_pharmacy_sets_its_certificates_aside(
    structure: str, nature: NatureDeCertificat
) -> None:
    par_reglage, au_dessus = lire_suivi(ECRAN, structure=structure), lire_suivi(f"Structure : {structure}\n{ECRAN}")
    par_colonne = lire_suivi(f"Structure;Fin\n{structure};01/01/2026\n1750000002;01/01/2026\n")
    for parc in (par_reglage, au_dessus, par_colonne):
        assert (parc.compte_ecartes(), parc.lignes_illisibles) == ({nature: 1}, ())
    assert [c.finess for c in par_colonne.certificats] == ["750000002"]
    assert [(e.tableau, e.ligne, e.fin) for e in par_colonne.ecartes] == [("suivi", 2, date(2026, 1, 1))]


def test_what_is_of_test_or_of_a_person_is_set_aside() -> None:
    texte = (
        "FINESS;Fin;Offre;Autorité de certification\n"
        "750000002;01/01/2026;ORG;TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS\n"
        "750000002;01/01/2026;PS;AC IGC-SANTE\n"
        "750000002;01/01/2026;pro;\n"
        "750000002;demain;PRO;\n"
        "750000002;01/01/2026;ORG;AC IGC-SANTE\n"
    )
    parc = lire_suivi(texte)
    assert [c.ligne for c in parc.certificats] == [6]
    assert parc.compte_ecartes() == {NatureDeCertificat.TEST: 1, NatureDeCertificat.PERSONNE: 2}
    assert [i.ligne for i in parc.lignes_illisibles] == [5]


SUIVI = csv_de(
    ["N° produit", "Fin de validité", "FQDN", "CN"],
    ["1", "01/01/2026", "A.exemple.fr", ""],
    ["2", "02/01/2026", "", "LGO DMP"],
    ["3", "03/01/2026", "c.exemple.fr", "INSI-AUTO"],
    ["4", "04/01/2026", "d.exemple.fr", ""],
)
ATTENDUS = {"1": "750000002", "2": "690000013", "3": "010000024"}


@pytest.mark.cas(20)
def test_a_second_table_joins_by_product_number_fqdn_or_cn() -> None:
    officines = csv_de(
        ["finess", "editeur", "FQDN", "CN", "N° produit"],
        ["750000002", "Alpha", "a.Exemple.fr", "", ""],
        ["690000013", "Bêta", "", "lgo dmp", ""],
        ["010000024", "Alpha", "", "", "3"],
        ["010000024", "", "x.exemple.fr", "", ""],
    )
    parc = lire_suivi(SUIVI, officines=officines)
    assert {c.numero: c.finess for c in parc.certificats} == ATTENDUS
    assert [(i.fichier, i.ligne, "FQDN" in i.message) for i in parc.lignes_illisibles] == [("suivi", 5, True)]
    assert parc.editeur("010000024") == "Alpha"


def test_a_structure_in_the_second_table_is_a_pharmacy_too() -> None:
    officines = [{"Structure": "1750000002", "fqdn": "d.exemple.fr"}, {"Structure": "3", "fqdn": "a.exemple.fr"}]
    parc = lire_suivi(SUIVI, officines=officines)
    assert [c.finess for c in parc.certificats] == ["750000002"]
    assert [i.fichier for i in parc.lignes_illisibles] == ["suivi", "suivi", "suivi", "officines"]


def test_a_key_of_two_pharmacies_joins_nothing_new() -> None:
    officines = csv_de(["finess", "fqdn"], ["750000002", "d.exemple.fr"], ["690000013", "D.exemple.fr"])
    parc = lire_suivi(SUIVI, officines=officines)
    fautes = [i for i in parc.lignes_illisibles if i.fichier == "officines"]
    assert [(i.ligne, "désigne déjà" in i.message) for i in fautes] == [(3, True)]


# Folder 20: the order of columns, accents, case, blanks, ordinal signs and apostrophes differ from export to export.
ECRITURES: dict[str, list[Callable[[str], str]]] = {
    "titre": [
        str,
        str.upper,
        str.lower,
        lambda t: t.replace(" ", "_"),
        lambda t: f"  {t} ",
        lambda t: t.replace("é", "e\u0301"),
        lambda t: t.replace("é", "e"),
        lambda t: t.replace("N°", "Numéro"),
        lambda t: t.replace("N°", "Nº"),
        lambda t: t + " :",
    ]
}
CHAMPS = [
    ("N° produit", "374606"),
    ("Canal", "IHM"),
    ("Date début de validité", "20 févr. 2024"),
    ("Fin de validité", "20 févr. 2026"),
    ("Etat", "Actif"),
    ("FQDN", "a.exemple.fr"),
    ("Adresse mail", "a@exemple.fr"),
    ("Structure", "1750000002"),
]


@given(st.permutations(CHAMPS), st.lists(st.sampled_from(ECRITURES["titre"]), min_size=8, max_size=8))
def test_every_order_of_columns_and_spelling_of_titles_reads_the_same(
    champs: list[tuple[str, str]], ecritures: list[Callable[[str], str]]
) -> None:
    titres = [ecrire(titre) for (titre, _), ecrire in zip(champs, ecritures, strict=True)]
    (lu,) = lire_suivi(csv_de(titres, [valeur for _, valeur in champs])).certificats
    assert (lu.numero, lu.canal, lu.debut, lu.fin) == ("374606", "IHM", date(2024, 2, 20), date(2026, 2, 20))
    assert (lu.etat_lu, lu.nom, lu.courriels) == ("Actif", "a.exemple.fr", ("a@exemple.fr",))
    assert lu.finess == "750000002"


@pytest.mark.parametrize("champs", list(permutations(CHAMPS[3:4] + CHAMPS[5:8])), ids=lambda c: c[0][0])
def test_every_order_of_the_four_columns_that_matter(champs: list[tuple[str, str]]) -> None:
    (lu,) = lire_suivi(csv_de([t for t, _ in champs], [v for _, v in champs])).certificats
    assert (lu.fin, lu.finess, lu.nom, lu.courriels) == (
        date(2026, 2, 20),
        "750000002",
        "a.exemple.fr",
        ("a@exemple.fr",),
    )


@pytest.mark.parametrize(
    ("titre", "lu"),
    [("Adre…", True), ("Adre...", True), ("adre", True), ("Adresse ma…", True), ("C…", False), ("…", False)],
)
def test_a_title_that_was_cut_off_is_known_by_its_beginning(titre: str, lu: bool) -> None:  # noqa: FBT001
    parc = lire_suivi(f"FINESS;Fin;{titre}\n750000002;01/01/2026;a@exemple.fr\n")
    assert parc.certificats[0].courriels == (("a@exemple.fr",) if lu else ())
    assert ("laissées de côté : «" in " ".join(parc.lectures)) is not lu


def test_from_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ecran.csv").write_text(ECRAN, encoding="utf-8")
    (tmp_path / "vide.csv").write_text(csv_de(TITRES), encoding="utf-8")
    (tmp_path / "o.csv").write_text("finess;fqdn\n750000002;portail.exemple.fr\n", encoding="utf-8")
    (tmp_path / "parc").mkdir()
    commande = ["certificats", "ecran.csv", "--au", "2026-01-10"]
    assert principal(commande) == 2
    assert "--finess ou --structure" in capsys.readouterr().err
    for options in (["--finess", "750000002"], ["--structure", "1750000002"], ["--officines", "o.csv"]):
        assert principal([*commande, *options]) == 1
        lu = capsys.readouterr().out
        assert "20/02/2026     41  renouveler  750000002" in lu
        assert "Colonnes lues : « N° produit »" in lu
    assert principal([*commande, "--finess", "12"]) == 64
    assert principal(["certificats", "vide.csv", "--au", "2026-01-10", "--finess", "750000002"]) == 2
    assert "refaites l’export" in capsys.readouterr().err
    assert principal(["certificats", "parc", "--au", "2026-01-10", "--finess", "750000002"]) == 64
    assert "pas un dossier" in capsys.readouterr().err
