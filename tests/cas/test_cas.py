"""Every kind of input that people really had is made again by a test; here, those that take a whole day of a clerk."""

from __future__ import annotations

import ast
import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from segur_pha import avance, controler
from segur_pha.certificats import SuiviIllisible, lire_suivi
from segur_pha.cli import principal
from segur_pha.rapports.console import en_texte
from segur_pha.rapports.couleurs import en_couleurs
from tests.depot.fabrique_depot import pdf
from tests.outils import demande, fichier, modifier, octets
from tests.tableurs.classeurs import classeur, feuille, ligne, texte

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[1]
#: What people really had, after public reports and a clerk's days; the tenth turned out to be none.
CASES = {
    1: "a filter hides rows",
    2: "formulas that nobody calculated, in XML with a prefix",
    3: "PDFs spoiled on their way",
    4: "tables in MacRoman, a name that was encoded twice",
    5: "_x000D_ left by a .NET writer",
    6: "an answer of the portal in Latin-1, or with lost accents",
    7: "an answer whose words repeat names and numbers",
    8: "a CSV as Excel writes it, without its last empty cells",
    9: "a format on the last row of a sheet",
    11: "orders on two sheets, a hidden first sheet",
    12: "certificates with odd parts, bundles, UTF-16",
    13: '="00001" and 1,75E+09',
    14: "titles in decomposed accents, below a title, twice",
    15: "a zip made again by macOS",
    16: "days written month first",
    17: "a Strict Open XML workbook",
    18: "the profiles of IGC-Santé",
    19: "a revoked certificate that nothing replaces, two addresses, an amount of 401 digits",
    20: "a clerk's exports, as dirty and as large as they are",
}
NBSP = "\N{NO-BREAK SPACE}"


def marks() -> Iterator[int]:
    """Give the numbers of the marks that stand on tests."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.cas":
                    yield from (ast.literal_eval(number) for number in mark.args)


def test_every_case_is_made_again_by_a_test() -> None:
    assert set(marks()) == CASES.keys()


# --- A clerk's export, with what goes wrong in one (case 20) --------------------------------------------------------------

SETTINGS = """\
numero_ans = "LGO1234567"
siret = "73282932000074"
[defauts]
statut_admin_technique = "E"
numero_carte_cpx = "2234567890"
nom_admin_technique = "MARTIN"
tel_admin_technique = "0102030406"
email_admin_technique = "certificats@officilog.example"
has_bal_ms_sante_personnelle = true
[colonnes]
numero_editeur = "Réf. commande"
date_commande = "Date signature"
nom_responsable = "Nom titulaire"
finess_geo = "N° FINESS"
regime_tva = "TVA"
montant_segur_ht = "Montant € HT"
bon_commande = "Fichier bon"
telephone_responsable = "Tél."
"""
TITLES = (
    *(
        "Réf. commande",
        "Date signature",
        "Pharmacie",
        "Nom titulaire",
        "N° FINESS",
        "Ville",
        "Tél.",
        "TVA",
        "Montant € HT",
    ),
    *("Fichier bon", "Commentaire"),
)


def key(digits: str) -> str:
    """Give the last digit of a FINESS, by Luhn's rule worked out by hand."""
    doubled = [int(d) * (2 if k % 2 == 0 else 1) for k, d in enumerate(reversed(digits))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def finess(rank: int) -> str:
    # Every fourth pharmacy is in a department whose number begins with a zero.
    digits = f"{'01' if rank % 4 == 0 else '75'}{rank:06}"
    return digits + key(digits)


def orders(count: int) -> list[dict[str, str]]:
    return [
        dict(zip(TITLES, (f"{k:05}", "15/11/2022", f"Pharmacie {k}", "DURAND", finess(k), "Évreux", "0102030405", "TTC",
                          f"708,33{NBSP}€", f"bon {k}.pdf", ""), strict=True))
        for k in range(1, count + 1)
    ]  # fmt: skip


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("cp1252")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the settings and seventy order forms."""

    monkeypatch.chdir(tmp_path)
    (tmp_path / "editeur.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "pieces").mkdir()
    for k in range(1, 71):
        (tmp_path / "pieces" / f"bon {k}.pdf").write_bytes(pdf(f"bon {k}"))
    return tmp_path


PREPARE = "preparer {} --pieces pieces --sortie depot --jour 2022-11-20 --sans-concordance"


def prepare(name: str, more: str = "") -> int:
    return principal([*PREPARE.format(name).split(), *more.split()])


@pytest.mark.cas(20)
def test_a_dirty_export_is_read_in_few_lines_and_the_rest_could_go(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = orders(70)
    for row in rows[:40]:
        row["N° FINESS"] = row["N° FINESS"].lstrip("0")
    for k, day in ((50, "31/11/2022"), (51, "bientôt")):
        rows[k]["Date signature"] = day
    rows[52]["Montant € HT"] = ""
    for k in (53, 54, 55, 56, 57):
        rows[k]["Nom titulaire"] = "Durand"
    (office / "pieces" / "bon 60.pdf").unlink()
    (office / "e.csv").write_bytes(as_csv(rows))
    zeros = [k for k in range(1, 41) if k % 4 == 0]
    good = 70 - len(zeros) - 2 - 1 - 5 - 1
    pieces: list[object] = []
    monkeypatch.setattr("segur_pha.cli.fautes.montrer", lambda *said: pieces.extend(said))
    assert prepare("e.csv") == 1
    shown = "\n".join(map(en_texte, pieces))
    assert (
        f"{len(zeros)} commandes, colonne « N° FINESS »\n    le tableur a effacé les zéros de tête : écrivez …" in shown
    )
    assert f"      Ligne 5, commande 00004, Pharmacie 4 : {finess(4)}" in shown
    assert "5 commandes, colonne « Nom titulaire »\n    nomResponsable : format incorrect" in shown
    assert "Ligne 61, commande 00060, Pharmacie 60, colonne « Fichier bon », document « bon 60.pdf »" in shown
    due = f"{good * avance(Decimal('708.33'), 'TTC').montant:,.2f}".replace(",", NBSP).replace(".", ",")
    assert f"{good} commandes sur 70 sont prêtes ({due}{NBSP}€)" in capsys.readouterr().out
    for width in (60, 80, 120):
        screen = Console(file=io.StringIO(), width=width)
        for piece in pieces:
            screen.print(en_couleurs(piece), crop=False)
        lines = screen.file.getvalue().splitlines()
        assert len(lines) < 100
        assert max(map(len, lines)) <= width
    assert prepare("e.csv", "--zeros --majuscules --partiel") == 1
    assert f"{good + len(zeros) + 5} demandes pour" in capsys.readouterr().out


@pytest.mark.cas(20)
def test_an_export_without_numbers_gets_them(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{**row, "Réf. commande": ""} for row in orders(9)]
    (office / "e.csv").write_bytes(as_csv(rows))
    assert prepare("e.csv") == 1
    assert "9 commandes, colonne « Réf. commande »" in capsys.readouterr().out
    assert prepare("e.csv", "--premier-numero 00500") == 0
    report = controler(next((office / "depot").glob("JSON-*")))
    assert [line.numero_editeur for line in report.lignes] == [f"{k:05}" for k in range(500, 509)]


@pytest.mark.cas(20)
@pytest.mark.parametrize("above", [0, 2])
def test_a_workbook_of_numbers_shown_with_their_zeros_under_a_title(office: Path, above: int) -> None:
    def cell(title: str, value: str) -> str:
        if title in {"Réf. commande", "N° FINESS"}:
            return f'<c s="{1 if title == "N° FINESS" else 2}"><v>{int(value)}</v></c>'
        return texte(value)

    rows = orders(12)
    lines = [ligne(texte("Commandes Ségur")), ligne(texte(""))][:above]
    lines += [ligne(*map(texte, TITLES)), *(ligne(*(cell(t, row[t]) for t in TITLES)) for row in rows)]
    (office / "e.xlsx").write_bytes(classeur(feuille(*lines), formats=("000000000", "00000")))
    assert prepare("e.xlsx") == 0
    report = controler(next((office / "depot").glob("JSON-*")))
    assert [line.numero_editeur for line in report.lignes] == [row["Réf. commande"] for row in rows]
    assert [row["finess_geo"] for row in report.en_lignes()] == [row["N° FINESS"] for row in rows]


@pytest.mark.cas(20)
def test_an_export_of_another_office_is_told_by_its_titles(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{title.replace("Date signature", "Signé le"): value for title, value in row.items()} for row in orders(70)]
    (office / "e.csv").write_bytes(as_csv(rows))
    assert prepare("e.csv") == 1
    shown = capsys.readouterr().out
    assert "si c’est « Signé le », écrivez date_commande" in shown
    assert "« Réf. commande »" in shown
    assert len(shown.splitlines()) < 15


# --- Three hundred certificates on the columns of the screen (case 20) ----------------------------------------------------


@pytest.mark.cas(20)
def test_three_hundred_certificates_of_the_screen_need_a_second_table() -> None:
    screen = [
        {"N° produit": f"{374600 + k}", "Canal": "IHM", "Date début de validité": "14 mai 2024", "Fin de validité": "15 août 2027",
         "Offre": "SERV", "Usage": "SSL_SERV", "Etat": "Actif", "FQDN": f"pha-{k}.officilog.example", "Adresse": "a@officine.example"}
        for k in range(300)
    ]  # fmt: skip
    with pytest.raises(SuiviIllisible, match="--officines"):
        lire_suivi(as_csv(screen))
    offices = [{"finess": finess(k), "FQDN": f"PHA-{k}.officilog.example", "editeur": "Officilog"} for k in range(300)]
    fleet = lire_suivi(as_csv(screen), officines=offices)
    assert [c.finess for c in fleet.certificats] == [finess(k) for k in range(300)]
    assert {c.fin for c in fleet.certificats} == {date(2027, 8, 15)}
    assert fleet.lignes_illisibles == ()


# --- Smaller ones whose other tests look at the parts -----------------------------------------------------------------------


@pytest.mark.cas(19)
def test_an_amount_of_401_digits_is_told() -> None:
    # As people write a number, not as a text.
    written = octets(modifier(fichier(demande()), "/lignesImport/0/commande/montantSegurHT", "X"))
    report = controler(written.replace(b'"X"', b"9" * 401 + b".00"))
    assert "montant-invraisemblable" in {said.id for said in report.conseils}


@pytest.mark.cas(19)
def test_the_columns_of_the_webinar_s_screen_are_read_for_one_pharmacy() -> None:
    screen = (
        "N° produit;;;Canal;Date début de validité;Fin de validité;Offre;Usage;Etat;FQDN;Adresse mail\n"
        "374606;Historique;Detail;IHM;20 févr. 2024;20 févr. 2026;SERV;SSL_SERV;Actif;portail.exemple.fr;a@b.fr\n"
    )
    (certificate,) = lire_suivi(screen, finess="750000002").certificats
    assert (certificate.numero, certificate.fin, certificate.courriels) == ("374606", date(2026, 2, 20), ("a@b.fr",))


@pytest.mark.cas(13)
def test_identifiers_of_a_follow_up_that_a_spreadsheet_spoiled_are_named() -> None:
    fleet = lire_suivi('N° produit;Fin de validité;Structure\n1;28 mars 2026;="1750000002"\n2;28 mars 2026;1,75E+09\n')
    said = {found.ligne: found.message for found in fleet.lignes_illisibles}
    assert {c.ligne for c in fleet.certificats} | said.keys() == {2, 3}
    assert "E+" in said[3]
