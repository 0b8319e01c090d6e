"""The table of corrections: made by the ledger or cut out of an export, filled in, and read back as carefully as orders are."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from segur_pha import VA1, Editeur
from segur_pha.cli import principal
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Tableau
from segur_pha.rapports.xlsx import en_xlsx
from segur_pha.registre import Registre
from segur_pha.registre.corrections import est_inchangee, lire_les_corrections, modele_des_corrections
from segur_pha.registre.resoumission import CorrectionsRefusees, preparer_au_registre, resoumettre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from segur_pha.registre.corrections import CorrectionsLues

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY, LATER = date(2022, 11, 15), date(2022, 11, 22)
WORDS = "FINESSGeo inconnu"
AGENCY = ("Rejetée le", "Code de l’ASP", "Libellé de l’ASP", "Que faire")


def reject(sent: bytes, *numbers: str) -> bytes:
    tree = json.loads(sent)
    for line in tree["lignesImport"]:
        if line["numeroEditeur"] in numbers:
            line |= {"codeTraitement": "17", "libelleTraitement": WORDS}
        else:
            line |= {"numeroASP": f"ASP-{line['numeroEditeur']}", "libelleTraitement": "Demande acceptée"}
    return json.dumps(tree).encode()


@pytest.fixture(scope="module")
def deposited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples, their deposit and its ledger, where two requests were rejected: copied for each test."""
    folder = tmp_path_factory.mktemp("deposited")
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    with Registre(folder / "registre.sqlite") as registre:
        pieces = folder / "pieces"
        preparer_au_registre(registre, folder / "commandes.csv", EDITEUR, pieces, folder / "depot", jour=DAY)
        sent = next((folder / "depot").glob("JSON-*.json")).read_bytes()
        registre.enregistrer_retour(reject(sent, "00001", "00003"), jour=DAY)
    return folder


@pytest.fixture
def registre(deposited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registre]:
    """A ledger in which the three examples were deposited, and two of them rejected."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(deposited, tmp_path, dirs_exist_ok=True)
    with Registre("registre.sqlite") as ouvert:
        yield ouvert


def lines_of(folder: str) -> list[dict[str, Any]]:
    return list(json.loads(next(Path(folder).glob("JSON-*.json")).read_bytes())["lignesImport"])


def written(table: Any, form: str) -> Path:
    path = Path(f"corrections.{form}")
    path.write_bytes(en_csv(table) if form == "csv" else en_xlsx(table, a_remplir=True))
    return path


def filled_in(path: Path, changes: dict[tuple[str, str], object]) -> None:
    """Type into the cells of a table: (number, title) → value."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        sheet = book.active
        titles = [cell.value for cell in sheet[1]]
        for row in sheet.iter_rows(min_row=2):
            for (number, title), value in changes.items():
                if row[0].value == number:
                    row[titles.index(title)].value = value
        book.save(path)
        return
    titles, *rows = csv.reader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";")
    for row in rows:
        for (number, title), value in changes.items():
            if row[0] == number:
                row[titles.index(title)] = str(value)
    flow = io.StringIO()
    csv.writer(flow, delimiter=";").writerows([titles, *rows])
    path.write_text(flow.getvalue(), "utf-8")


# The table to fill in


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_round_the_table_is_written_filled_in_and_sent(registre: Registre, form: str) -> None:
    table = modele_des_corrections(registre, EDITEUR)
    assert table.colonnes[:5] == ("N° demande", *AGENCY)
    assert {"Date de signature", "Titulaire", "FINESS", "email_responsable", "Bon de commande"} <= {*table.colonnes}
    assert [row[:4] for row in table.rangees] == [
        ("00001", DAY, "17", WORDS),
        ("00003", DAY, "17", WORDS),
    ]
    assert all("Corrigez FINESSGeo" in row[4] for row in table.rangees)
    path = written(table, form)
    filled_in(path, {("00001", "Titulaire"): "DUPONT-LEROY", ("00003", "Titulaire"): "KELLER"})
    lues = lire_les_corrections(path, EDITEUR)
    assert (lues.fautes, lues.ignorees) == ((), AGENCY)
    done = resoumettre(registre, lues, EDITEUR, "depot", "depot-2", jour=LATER)
    assert list(done.remplace.values()) == ["00001", "00003"]
    before = {line["numeroEditeur"]: line for line in lines_of("depot")}
    for new, name in zip(lines_of("depot-2"), ("DUPONT-LEROY", "KELLER"), strict=True):
        old = before[done.remplace[new["numeroEditeur"]]]
        assert new["beneficiaire"] == old["beneficiaire"] | {"nomResponsable": name}
        assert [new[block] for block in ("commande", "certificatsServeur", "scenarioInstallation")] == [
            old[block] for block in ("commande", "certificatsServeur", "scenarioInstallation")
        ]
    assert modele_des_corrections(registre, EDITEUR).rangees == ()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_left_as_it_is_the_table_corrects_nothing(registre: Registre, form: str) -> None:
    lues = lire_les_corrections(written(modele_des_corrections(registre, EDITEUR), form), EDITEUR)
    resoumettre(registre, lues, EDITEUR, "depot", "depot-2", jour=LATER)
    sent, again = lines_of("depot"), lines_of("depot-2")
    for new, old in zip(again, (sent[0], sent[2]), strict=True):
        kept = ("commande", "certificatsServeur", "beneficiaire", "scenarioInstallation")
        assert [new[block] for block in kept] == [old[block] for block in kept]


# A control character has no place in a file of a spreadsheet.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(CELLS | st.booleans() | st.integers() | st.none(), st.sampled_from(["csv", "xlsx"]))
def test_a_cell_that_nobody_touched_is_known_as_such(value: object, form: str) -> None:
    cell = {True: "oui", False: "non"}[value] if isinstance(value, bool) else None if value is None else str(value)
    if form == "csv":
        rows = list(
            csv.reader(io.StringIO(en_csv(Tableau(("a",), [[cell]])).decode("utf-8-sig"), newline=""), delimiter=";")
        )
        back = rows[1][0] if len(rows) > 1 and rows[1] else ""
    else:
        back = cell or ""
    assert back == "" or est_inchangee(back, value)


def test_what_is_typed_into_the_workbook_keeps_its_zeros(registre: Registre) -> None:
    sheet = load_workbook(written(modele_des_corrections(registre, EDITEUR), "xlsx")).active
    titles = [cell.value for cell in sheet[1]]
    assert [sheet.cell(2, place + 1).number_format for place, title in enumerate(titles) if title not in AGENCY] == [
        "@"
    ] * (len(titles) - len(AGENCY))
    assert sheet.cell(2, 2).number_format == "dd/mm/yyyy"


@pytest.mark.usefixtures("registre")
def test_a_phone_that_begins_with_plus_goes_through_a_csv(tmp_path: Path) -> None:
    with Registre(tmp_path / "autre.sqlite") as autre:
        sent = next(Path("depot").glob("JSON-*.json")).read_text("utf-8")
        number = json.loads(sent)["lignesImport"][0]["certificatsServeur"]["telAdminTechnique"]
        octets = sent.replace(f'"{number}"', '"+33612345678"').encode()
        autre.preparer({"JSON-ANS0000001-20221115-001.json": octets}, jour=DAY)
        autre.enregistrer_retour(reject(octets, "00001"), jour=DAY)
        path = written(modele_des_corrections(autre, EDITEUR), "csv")
        assert "'+33612345678" in path.read_text("utf-8")
        resoumettre(autre, lire_les_corrections(path, EDITEUR), EDITEUR, "depot", "d2", jour=LATER, concordance=False)
        assert lines_of("d2")[0]["certificatsServeur"]["telAdminTechnique"] == "+33612345678"


def test_a_wave_s_table_holds_its_requests_only(registre: Registre) -> None:
    other = Editeur("ANS0000001", "12345678200010", specification=attrs.evolve(VA1, nom="PHA-LGO-Va9"))
    assert modele_des_corrections(registre, other).rangees == ()


# Rows of an export


def export(*rows: str) -> Path:
    title, *orders = Path("commandes.csv").read_text("utf-8").splitlines()
    Path("extrait.csv").write_text(
        "\n".join([title, *(orders[int(r) - 1] if r.isdigit() else r for r in rows)]) + "\n", "utf-8"
    )
    return Path("extrait.csv")


def test_filtered_rows_of_the_export_are_corrections(registre: Registre) -> None:
    path = export("1", "3")
    path.write_text(path.read_text("utf-8").replace(";DURAND;", ";DUPONT;"), "utf-8")
    lues = lire_les_corrections(path, EDITEUR)
    assert "Commercial" in lues.ignorees
    done = resoumettre(registre, lues, EDITEUR, "pieces", "depot-2", jour=LATER, concordance=False)
    assert list(done.remplace.values()) == ["00001", "00003"]
    assert lines_of("depot-2")[0]["beneficiaire"]["nomResponsable"] == "DUPONT"


def test_every_conflict_is_named_at_once_by_its_row(registre: Registre) -> None:
    resoumettre(registre, {"00003": {}}, EDITEUR, "depot", "depot-2", jour=LATER)
    titles, first, second, third = Path("commandes.csv").read_text("utf-8").splitlines()
    rows = [titles, second, third, first.replace("00001", "1", 1), first.replace("00001", "99999", 1), first, first,
            first.replace("00001", "", 1), f"{first};x"]  # fmt: skip
    Path("extrait.csv").write_text("\n".join(rows) + "\n", "utf-8")
    before = list(registre.exporter())
    with pytest.raises(CorrectionsRefusees) as refused:
        resoumettre(registre, lire_les_corrections("extrait.csv", EDITEUR), EDITEUR, "depot", "d3", jour=LATER)
    assert [(f.ligne, f.code) for f in refused.value.fautes] == [
        (2, "demande-non-rejetee"),
        (3, "demande-remplacee"),
        (4, "tableur-zeros"),
        (5, "demande-inconnue"),
        (7, "numero-double"),
        (8, "numero-absent"),
        (9, "ligne-decalee"),
    ]
    assert {f.colonne for f in refused.value.fautes[:-1]} == {"N° demande"}
    assert (refused.value.code, refused.value.balise) == ("demande-non-rejetee", "numeroEditeur")
    told = str(refused.value)
    assert "écrivez 00001" in told
    assert "00002 (acceptée)" in told
    assert "déjà remplacée par la demande 00004" in told
    assert "la ligne 6 corrige déjà la demande 00001" in told
    assert list(registre.exporter()) == before
    assert not Path("d3").exists()
    # From a program: the same, by rank.
    with pytest.raises(CorrectionsRefusees) as refused:
        resoumettre(registre, {"00002": {}, "99999": {}}, EDITEUR, "depot", "d3", jour=LATER)
    assert [(f.ligne, f.colonne, f.code) for f in refused.value.fautes] == [
        (1, "", "demande-non-rejetee"),
        (2, "", "demande-inconnue"),
    ]


def test_faults_bear_the_row_and_the_publisher_s_own_title(registre: Registre) -> None:
    Path("c.csv").write_text(
        "Liste\n\nN° demande;Titulaire;FINESS;Ville\n00003;leroy;;Metz\n00001;;69085736;Metz\n", "utf-8"
    )
    lues = lire_les_corrections("c.csv", EDITEUR)
    with pytest.raises(CommandesRefusees) as refused:
        resoumettre(registre, lues, EDITEUR, "depot", "d3", jour=LATER)
    assert [(f.ligne, f.colonne, f.balise) for f in refused.value.fautes] == [
        (4, "Titulaire", "nomResponsable"),
        (5, "FINESS", "FINESSGeo"),
    ]
    assert [f.numero for f in refused.value.fautes] == ["00003", "00001"]
    name, zeros = (f.message for f in refused.value.fautes)
    assert name.startswith("nomResponsable")
    assert zeros.startswith("le tableur a effacé les zéros de tête : écrivez 069085736")


@pytest.mark.usefixtures("registre")
def test_a_value_that_was_sent_wrong_is_told_with_the_column_to_add(tmp_path: Path) -> None:
    with Registre(tmp_path / "autre.sqlite") as autre:
        octets = next(Path("depot").glob("JSON-*.json")).read_bytes().replace(b'"DURAND"', b'"Durand"')
        autre.preparer({"JSON-ANS0000001-20221115-001.json": octets}, jour=DAY)
        autre.enregistrer_retour(reject(octets, "00001"), jour=DAY)
        Path("c.csv").write_text("N° demande;Ville;tranche;email_responsable\n00001;Metz;B;a@b.fr\n", "utf-8")
        lues = lire_les_corrections("c.csv", EDITEUR)
        assert lues.ignorees == ("Ville", "tranche")
        with pytest.raises(CommandesRefusees) as refused:
            resoumettre(autre, lues, EDITEUR, "depot", "d3", jour=LATER)
        (fault,) = refused.value.fautes
        assert (fault.ligne, fault.colonne) == (2, "Titulaire")
        assert fault.message.endswith("(la valeur est celle de l’envoi : ajoutez cette colonne pour la corriger)")


def test_two_values_of_one_column_of_the_settings_stay_two(registre: Registre) -> None:
    editeur = Editeur(
        EDITEUR.numero_ans,
        EDITEUR.siret,
        colonnes={**EDITEUR.colonnes, "nom_responsable": "Nom", "nom_admin_technique": "Nom"},
    )
    Path("c.csv").write_text("N° demande;finess_geo\n00001;\n", "utf-8")
    lues = lire_les_corrections("c.csv", editeur)
    resoumettre(registre, lues, editeur, "depot", "d3", jour=LATER)
    assert lines_of("d3")[0]["beneficiaire"]["nomResponsable"] == lines_of("depot")[0]["beneficiaire"]["nomResponsable"]


# As a clerk types it


@pytest.fixture
def run(registre: Registre, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    assert registre.a_resoumettre()

    def segur_pha(line: str) -> tuple[int, str, str]:
        code = principal(line.split())
        return (code, *capfd.readouterr())

    return segur_pha


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_clerk_s_round(run: Callable[..., tuple[int, str, str]], form: str) -> None:
    code, output, _ = run(f"resoumettre --modele c.{form}")
    assert (code, f"2 demandes rejetées dans c.{form}" in output) == (0, True)
    assert run(f"resoumettre --modele c.{form}")[0] == 2
    filled_in(Path(f"c.{form}"), {("00001", "Titulaire"): "DUPONT", ("00003", "telephone_responsable"): "null"})
    code, output, _ = run(f"resoumettre c.{form} --pieces depot --sortie depot-2 --jour 2022-11-22")
    assert code == 0
    assert "Colonnes laissées de côté, qui ne corrigent rien : « Rejetée le »" in output
    assert "Conseils" in output
    assert "Dossier prêt : depot-2" in output
    assert "2 demandes pour " in output
    assert "avance attendue" in output
    code, output, _ = run(f"resoumettre --modele d.{form}")
    assert (code, "rien n’a été écrit" in output, Path(f"d.{form}").exists()) == (0, True, False)


def test_a_day_more_than_a_year_ahead_is_told(run: Callable[..., tuple[int, str, str]]) -> None:
    run("resoumettre --modele c.csv")
    filled_in(Path("c.csv"), {("00001", "Titulaire"): "DUPONT"})
    code, output, _ = run("resoumettre c.csv --pieces depot --sortie depot-2 --jour 2091-11-22 --format json")
    assert (code, "jour-lointain" in {said["code"] for said in json.loads(output)["conseils"]}) == (0, True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_request_that_goes_again_as_it_was_rejected_is_told(
    run: Callable[..., tuple[int, str, str]], form: str
) -> None:
    run(f"resoumettre --modele c.{form}")
    filled_in(Path(f"c.{form}"), {("00001", "Titulaire"): "DUPONT"})
    code, output, _ = run(f"resoumettre c.{form} --pieces depot --sortie depot-2 --jour 2022-11-22")
    assert (code, output.count("rien n’a changé depuis le rejet")) == (0, 1)
    assert re.search(r"00003[^\n]*\n[^\n]*rien n’a changé depuis le rejet", output)


def advised(registre: Registre, corrections: Mapping[str, Mapping[str, object]] | CorrectionsLues) -> list[str | None]:
    done = resoumettre(registre, corrections, EDITEUR, "pieces", "depot-2", jour=LATER, concordance=False)
    return [advice.numero for advice in done.depot.conseils if advice.code == "rien-de-corrige"]


@pytest.mark.parametrize(
    ("corrections", "unchanged"),
    [
        ({}, ["00001"]),
        ({"nom_responsable": "DURAND"}, ["00001"]),
        ({"bon_commande": "Bon DURAND.pdf"}, ["00001"]),
        ({"nom_responsable": "DUPONT"}, []),
        ({"telephone_responsable": None}, ["00001"]),  # none was sent
        ({"telephone_responsable": "0612345678"}, []),
        ({"bon_commande": "Bon LEFEVRE.PDF"}, []),
    ],
)
def test_what_was_sent_is_compared_not_what_was_typed(
    registre: Registre, corrections: dict[str, object], unchanged: list[str]
) -> None:
    assert advised(registre, {"00001": corrections}) == unchanged


def test_the_same_rows_of_the_export_correct_nothing(registre: Registre) -> None:
    assert advised(registre, lire_les_corrections(export("1", "3"), EDITEUR)) == ["00001", "00003"]


def test_a_clerk_s_faults(run: Callable[..., tuple[int, str, str]]) -> None:
    Path("c.csv").write_text("N° demande;Titulaire\n00001;dupont\n00002;A\n", "utf-8")
    code, output, errors = run("resoumettre c.csv --pieces depot --sortie depot-2 --jour 2022-11-22")
    assert (code, "demande 00002 (acceptée)" in output, "Rien n’a été écrit : 1 faute." in errors) == (1, True, True)
    for line, words in (
        ("resoumettre c.csv --pieces depot", "Il manque --sortie et --jour"),
        ("resoumettre --modele c.pdf", "--modele : indiquez un fichier .csv ou .xlsx"),
    ):
        code, _, errors = run(line)
        assert (code, words in errors) == (64, True)
