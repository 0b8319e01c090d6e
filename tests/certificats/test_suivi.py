"""Reading the follow-up export: whatever its shape, no row is lost and none is guessed."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date, datetime
from itertools import product
from typing import TYPE_CHECKING

import openpyxl
import pytest
from flottes import csv_de
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.certificats import Certificat, Etat, Officine, SuiviIllisible, lire_suivi
from segur_pha.certificats.parc import ligne_illisible
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from pathlib import Path

# The header and a row as the webinar's screen shows them, plus the structure that the filter above them names.
PAGE = (
    "N° produit\tCanal\tDate début de validité\tFin de validité\tOffre\tUsage\tEtat\tFQDN\tAdresse\tStructure\n"
    "374606\tIHM\t20 févr. 2024\t20 févr. 2026\tSERV\tSSL_SERV\tActif\tportail.preprod.si-samu.fr\t"
    "a@exemple.fr ; b@exemple.fr\t1990001018\n"
)
LU = Certificat(
    "990001018",
    date(2026, 2, 20),
    "374606",
    "IHM",
    date(2024, 2, 20),
    "SERV",
    "SSL_SERV",
    Etat.ACTIF,
    "Actif",
    "portail.preprod.si-samu.fr",
    ("a@exemple.fr", "b@exemple.fr"),
    "",
    "1990001018",
    2,
)


@pytest.mark.parametrize(
    ("separateur", "codage"), list(product("\t;,|", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])), ids=str
)
def test_the_page_of_the_webinar_is_read(separateur: str, codage: str, tmp_path: Path) -> None:
    octets = PAGE.replace(";", " ").replace("\t", separateur).encode(codage)
    (tmp_path / "suivi.csv").write_bytes(octets)
    assert lire_suivi(octets).certificats == (LU,)
    assert lire_suivi(tmp_path / "suivi.csv").certificats == (LU,)


def classeur(lignes: list[list[object]]) -> bytes:
    livre = openpyxl.Workbook()
    for ligne in lignes:
        livre.worksheets[0].append(ligne)
    sortie = io.BytesIO()
    livre.save(sortie)
    return sortie.getvalue()


def test_a_workbook_is_read() -> None:
    octets = classeur(
        [
            ["Suivi des certificats"],
            ["FINESS", "Fin de validité", "Etat"],
            ["990001018", datetime(2028, 2, 29, 12), "Actif"],  # noqa: DTZ001 - a workbook knows no zone
            [990001018, date(2027, 1, 1), None],
            [10000024, "20 févr. 2026", None],
            [None, None, None],
            ["990001018", 46000, None],
            [None, "20/02/2026", "Actif"],
        ]
    )
    parc = lire_suivi(octets)
    assert [(c.finess, c.fin, c.ligne) for c in parc.certificats] == [
        ("990001018", date(2028, 2, 29), 3),
        ("990001018", date(2027, 1, 1), 4),
    ]
    # The zero that a spreadsheet took away is never guessed back.
    assert [(i.ligne, "texte" in i.message, "pas un jour" in i.message) for i in parc.lignes_illisibles] == [
        (5, True, False),
        (7, False, True),
        (8, False, False),
    ]


def test_a_workbook_without_headers_or_damaged_is_refused() -> None:
    with pytest.raises(SuiviIllisible, match="intitulés"):
        lire_suivi(classeur([["a", "b"], [1, 2]]))
    with pytest.raises(SuiviIllisible, match="abîmé"):
        lire_suivi(b"PK\x03\x04 rien")


def test_a_workbook_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ExtraManquant, match="tableur"):
        lire_suivi(b"PK\x03\x04 rien")


@pytest.mark.parametrize(
    "entetes",
    [
        "finess;fin de validite",
        "N° FINESS;FIN DE VALIDITÉ",
        "Finess EG;Date de fin de validité",
        "finess_geo;date_expiration",
        "FINESS géographique;Échéance",
        "structure;fin",
        "Identifiant de la structure;Valide jusqu'au",
    ],
)
def test_headers_are_matched_tolerantly(entetes: str) -> None:
    finess = "990001018" if "finess" in entetes.lower() else "1990001018"
    parc = lire_suivi(f"{entetes}\n{finess};20/02/2026\n")
    assert [(c.finess, c.fin) for c in parc.certificats] == [("990001018", date(2026, 2, 20))]


def test_headers_may_stand_under_other_lines() -> None:
    parc = lire_suivi(b'Export \xe9\n"x"y\n\nFINESS;Fin;Nom\n990001018;01/01/2026;a\n')
    assert [(c.finess, c.nom, c.ligne) for c in parc.certificats] == [("990001018", "a", 5)]
    assert parc.lectures == (
        "Suivi : CSV, Windows-1252, séparateur point-virgule, titres à la ligne 4 (2 lignes laissées de côté au-dessus).",
        "Colonnes lues : « FINESS », « Fin », « Nom ».",
    )


def test_bytes_of_another_encoding_are_not_guessed() -> None:
    octets = "FINESS;Fin;CN\n990001018;01/01/2026;MÜLLER\n".encode("cp850")
    with pytest.raises(SuiviIllisible, match="CP850"):
        lire_suivi(octets)
    assert lire_suivi(octets, encodage="cp850").certificats[0].nom == "MÜLLER"


def test_the_legal_entity_is_not_taken_for_the_pharmacy() -> None:
    with pytest.raises(SuiviIllisible, match="finess"):
        lire_suivi("FINESS EJ;Fin\n990001018;20/02/2026\n")


@pytest.mark.parametrize(
    "colonnes", [{"fin": "Quand", "finess": "Qui"}, {"Quand": "fin de validité", "Qui": "FINESS"}, {"finess": "qui"}]
)
def test_a_mapping_overrides_the_headers_either_way_round(colonnes: dict[str, str]) -> None:
    texte = "Qui;Fin;Quand\n990001018;01/01/2020;20/02/2026\n"
    attendu = date(2020, 1, 1) if len(colonnes) == 1 else date(2026, 2, 20)
    assert [c.fin for c in lire_suivi(texte, colonnes=colonnes).certificats] == [attendu]


def test_two_columns_for_one_field_are_not_chosen_between() -> None:
    texte = "FINESS;Fin;Expiration\n990001018;01/01/2026;02/01/2026\n"
    with pytest.raises(SuiviIllisible, match=r"« Fin » et « Expiration »"):
        lire_suivi(texte)
    assert lire_suivi(texte, colonnes={"fin": "Expiration"}).certificats[0].fin == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("source", "colonnes", "mot"),
    [
        ("", None, "chemin"),
        ("suivi.csv", None, "Path"),
        (b"", None, "intitulés"),
        ("a;b\n1;2\n", None, "« fin »"),
        ("FINESS;Fin\n1;2\n", {"fin": "Terme"}, "« Terme », que vous demandez pour fin"),
        ("FINESS;Fin\n1;2\n", {"couleur": "Teinte"}, "champ connu"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_do(
    source: bytes | str, colonnes: dict[str, str] | None, mot: str
) -> None:
    with pytest.raises(SuiviIllisible, match=mot):
        lire_suivi(source, colonnes=colonnes)


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(SuiviIllisible, match=r"absent\.csv, n’a pas pu être lu : il est introuvable"):
        lire_suivi(tmp_path / "absent.csv")
    with pytest.raises(SuiviIllisible, match="c’est un dossier"):
        lire_suivi(tmp_path)
    with pytest.raises(SuiviIllisible, match="le système refuse"):
        lire_suivi(tmp_path / ("x" * 5000))


BONNE = ["990001018", "", "01/01/2023", "01/01/2026", "7"]


@pytest.mark.parametrize(
    ("change", "mot"),
    [
        ({3: " "}, "fin de validité vide"),
        ({3: "demain"}, "n’est pas un jour"),
        ({3: "29/02/2026"}, "la fin de validité : ce jour n’existe pas"),
        ({3: "31 févr. 2027 à 10:00"}, "ce jour n’existe pas"),
        ({2: "2023-02-30"}, "le début de validité : ce jour n’existe pas"),
        ({2: "31/12/1899"}, "n’est pas un jour"),
        ({2: "31/02/1899"}, "n’est pas un jour"),
        ({2: "31 jui 2023"}, "n’est pas un jour"),
        ({2: "20/02/2023 25:00"}, "n’est pas un jour"),
        ({2: "demain"}, "début de validité"),
        ({2: "02/01/2026"}, "précède"),
        ({0: "99000101"}, "8 caractères"),
        ({0: "", 1: "750000002"}, "structure"),
        ({0: "", 1: ""}, "ni FINESS ni"),
        ({1: "1990001380"}, "deux officines"),
        ({4: "7;8"}, "6 cellules pour 5 colonnes"),
        ({4: '"7"8'}, "guillemet"),
    ],
)
def test_a_row_that_cannot_be_read_is_listed_with_its_reason(change: dict[int, str], mot: str) -> None:
    mauvaise = [change.get(rang, cellule) for rang, cellule in enumerate(BONNE)]
    texte = csv_de(
        ["FINESS", "Structure", "Début de validité", "Fin", "N° produit"], BONNE, mauvaise, [*BONNE[:4], "9"]
    )
    parc = lire_suivi(texte)
    assert [c.ligne for c in parc.certificats] == [2, 4]
    assert [(i.fichier, i.ligne) for i in parc.lignes_illisibles] == [("suivi", 3)]
    assert mot in parc.lignes_illisibles[0].message
    assert str(parc.lignes_illisibles[0]).startswith("suivi, ligne 3 : ")


def test_a_quote_never_closed_cannot_hide_rows() -> None:
    parc = lire_suivi('FINESS;Fin;Nom\n990001018;01/01/2026;"a\n990001380;01/01/2026;b\n990001752;01/01/2026;c\n')
    assert parc.certificats == ()
    assert parc.lignes_illisibles == (
        ligne_illisible("suivi", 2, "guillemet mal placé ou jamais refermé (jusqu’à la ligne 4)"),
    )


def test_a_cell_may_hold_lines_and_rows_may_be_short_or_empty() -> None:
    parc = lire_suivi(
        'FINESS;Fin;Nom;Usage\r\n990001018;01/01/2026;"a\nb";SIGN;;\r\n;;;\r\n\r\n 990001380;01/01/2026\r\n'
    )
    assert [(c.finess, c.nom, c.usage, c.ligne) for c in parc.certificats] == [
        ("990001018", "a\nb", "SIGN", 2),
        ("990001380", "", "", 5),
    ]
    assert parc.lignes_illisibles == ()


def test_a_copy_counts_once_and_the_same_number_otherwise_twice() -> None:
    ligne = ["990001018", "01/01/2026", "7"]
    parc = lire_suivi(csv_de(["FINESS", "Fin", "N° produit"], ligne, ligne, ["990001018", "02/01/2026", "7"]))
    assert [c.ligne for c in parc.certificats] == [2, 4]
    assert [(i.ligne, "copie de la ligne 2" in i.message) for i in parc.lignes_illisibles] == [(3, True)]


@pytest.mark.parametrize(
    ("texte", "etat"),
    [
        *[("Actif", Etat.ACTIF), ("ACTIVE", Etat.ACTIF), (" valide ", Etat.ACTIF), ("", Etat.NON_DIT)],
        *[
            ("Révoqué", Etat.REVOQUE),
            ("REVOQUE le 01/01", Etat.REVOQUE),
            ("Expiré", Etat.EXPIRE),
            ("Echu", Etat.EXPIRE),
        ],
        *[("Inactif", Etat.INCONNU), ("Expire bientôt", Etat.INCONNU), ("À retirer", Etat.INCONNU)],
    ],
)
def test_states(texte: str, etat: Etat) -> None:
    lu = lire_suivi(f"FINESS;Fin;Etat\n990001018;01/01/2026;{texte}\n").certificats[0]
    assert (lu.etat, lu.etat_lu) == (etat, texte.strip())


def test_several_columns_of_addresses_are_joined_in_order() -> None:
    texte = "FINESS;Fin;Adresse;E-mail\n990001018;01/01/2026;b@x.fr,a@x.fr;a@x.fr c@x.fr\n"
    assert lire_suivi(texte).certificats[0].courriels == ("b@x.fr", "a@x.fr", "c@x.fr")


@pytest.mark.cas(19)
@pytest.mark.parametrize(
    "entetes",
    [
        "Email de l'acteur;Email d'une personne à informer",
        "*Email de l’acteur;Email d’une personne à informer",
        "E-MAIL ACTEUR;e-mail de la personne à informer",
    ],
)
def test_both_addresses_of_an_order_are_read(entetes: str) -> None:
    texte = f"FINESS;Fin;{entetes}\n990001018;01/01/2026;x@gmial.com;contact@pharmacie-du-port.fr\n"
    assert lire_suivi(texte).certificats[0].courriels == ("x@gmial.com", "contact@pharmacie-du-port.fr")


def test_the_name_is_the_fqdn_or_the_cn() -> None:
    parc = lire_suivi("FINESS;Fin;CN;FQDN\n990001018;01/01/2026;INSI-AUTO;\n990001018;01/01/2026;x;a.exemple.fr\n")
    assert [c.nom for c in parc.certificats] == ["INSI-AUTO", "a.exemple.fr"]


JUNK = st.text(st.sampled_from('9;,\t\n\r"é/ 0123Actif'), max_size=12)


@given(st.lists(st.one_of(JUNK, st.sampled_from(["990001018", "01/01/2026", "Actif"])), max_size=30))
def test_no_row_is_ever_lost(cellules: list[str]) -> None:
    """Rows of cells safely quoted: each is a certificate or is listed, empty ones apart."""
    lignes = [cellules[debut : debut + 3] for debut in range(0, len(cellules), 3)]
    quotees = csv_de(*(['"' + c.replace('"', '""') + '"' for c in ligne] for ligne in lignes))
    parc = lire_suivi("FINESS;Fin;Etat\n" + quotees)
    pleines = [ligne for ligne in lignes if any(c.strip() for c in ligne)]
    assert len(parc.certificats) + len(parc.lignes_illisibles) == len(pleines)


@given(st.text(st.sampled_from("9;,\n\ré/ 0123Actif\x00\x1c\u2028"), max_size=40))
def test_without_quotes_the_rows_are_those_of_the_csv_module(texte: str) -> None:
    parc = lire_suivi("FINESS;Fin;Nom\n" + texte)
    lignes = list(csv.reader(io.StringIO(texte, newline=""), delimiter=";"))
    pleines = [2 + rang for rang, ligne in enumerate(lignes) if any(cellule.strip() for cellule in ligne)]
    assert sorted([c.ligne for c in parc.certificats] + [i.ligne for i in parc.lignes_illisibles]) == pleines


def test_a_blank_cell_is_an_empty_one() -> None:
    texte = "FINESS;Structure;Fin;Début\n ;1990001018;01/01/2026; \n;1990001018;01/01/2026;\n"
    assert [c.finess for c in lire_suivi(texte).certificats] == ["990001018"] * 2
    assert [c.debut for c in lire_suivi(texte).certificats] == [None] * 2


@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"FINESS;Fin\n", b"FINESS;Fin\n990001018;01/01/2026\n", b"PK\x03\x04"]),
)
def test_no_bytes_break_it(octets: bytes, debut: bytes) -> None:
    try:
        parc = lire_suivi(debut + octets)
    except SuiviIllisible as erreur:
        assert str(erreur)  # noqa: PT017
    else:
        assert b"FINESS" in debut + octets
        assert all(i.ligne > 1 for i in parc.lignes_illisibles)


def test_lone_surrogates_do_not_break_it() -> None:
    assert len(lire_suivi("FINESS;Fin;Nom\n990001018;01/01/2026;\ud800\n").certificats) == 1


SUIVI = "FINESS;Fin\n990001018;01/01/2026\n"


@pytest.mark.parametrize(
    "officines",
    [
        "finess;editeur;nom;courriel\n990001018;Alpha;Pharmacie;a@x.fr\n",
        b"\xef\xbb\xbfFINESS,LGO,Raison sociale,E-mail\n990001018,Alpha,Pharmacie,a@x.fr\n",
        [{"finess": "990 001 018", "editeur": "Alpha", "nom": "Pharmacie", "courriel": "a@x.fr"}],
        [{"finess": 990001018, "editeur": "Alpha", "nom": "Pharmacie", "courriel": "a@x.fr", "autre": None}],
    ],
)
def test_a_second_table_names_the_pharmacies(officines: str | bytes | list[dict[str, str]]) -> None:
    parc = lire_suivi(SUIVI, officines=officines)
    assert parc.officines == {"990001018": Officine("990001018", "Alpha", "Pharmacie", "a@x.fr")}
    assert parc.lignes_illisibles == ()


def test_rows_of_the_second_table_are_not_lost_either() -> None:
    texte = 'finess;editeur\n990001018;Alpha\n990001018;Alpha\n990001018;Bêta\n12;Alpha\n;\n"x"y;z\n990001380\n'
    parc = lire_suivi(SUIVI, officines=texte)
    assert sorted(parc.officines) == ["990001018", "990001380"]
    assert parc.editeur("990001018") == "Alpha"
    assert [(i.fichier, i.ligne) for i in parc.lignes_illisibles] == [("officines", n) for n in (4, 5, 7)]
    assert "ligne 2" in parc.lignes_illisibles[0].message
    autres = lire_suivi(SUIVI, officines=[{"nom": "x"}, {"finess": "990001018"}])
    assert [(i.ligne, i.message) for i in autres.lignes_illisibles] == [(1, "FINESS absent")]


def test_a_second_table_without_a_finess_is_refused() -> None:
    with pytest.raises(SuiviIllisible, match="officines"):
        lire_suivi(SUIVI, officines="nom;editeur\na;b\n")
    with pytest.raises(SuiviIllisible, match="dictionnaires"):
        lire_suivi(SUIVI, officines=["990001018"])  # type: ignore[list-item]


def test_a_large_table_is_read_packet_by_packet_in_order() -> None:
    lignes = [[f"99{rang:07d}", "01/01/2026" if rang % 100 else "jamais"] for rang in range(1001)]
    parc = lire_suivi(csv_de(["FINESS", "Fin"], *lignes))
    assert [c.finess for c in parc.certificats] == [f for f, fin in lignes if fin != "jamais"]
    assert [i.ligne for i in parc.lignes_illisibles] == [2 + rang for rang in range(0, 1001, 100)]


@pytest.mark.cas(13)
@pytest.mark.parametrize(("structure", "mot"), [('="1750000002"', "écrivez 1750000002"), ("1,75E+09", "E+")])
def test_what_a_spreadsheet_made_of_an_identifier_is_named(structure: str, mot: str) -> None:
    texte = f'Structure;Fin;Canal\n{structure};01/01/2026;IHM\n1750000002;01/01/2026;"=1"\n'
    parc = lire_suivi(texte)
    assert [c.ligne for c in parc.certificats] == [3]
    assert [(i.ligne, mot in i.message) for i in parc.lignes_illisibles] == [(2, True)]
