"""What waits, in the ledger and on the command line: each request once, with what to type next; balances; what is found."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from atelier import ACCEPTED, ALTERED, DAY, MISSING, REJECTED, SILENT, answer_to, file_of, lived, name
from hypothesis import given, settings
from hypothesis import strategies as st
from mesure import DEAR
from test_suites import ADVANCE, NOTES

from segur_pha import VA1, en_json, lire
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.attentes import Attente, attente_de
from segur_pha.registre.evenements import Fait
from segur_pha.registre.notes import Note  # noqa: TC001 - hypothesis resolves the annotations
from segur_pha.table.roles import Role
from segur_pha.vagues.va1.avance import total_finance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATER = DAY + timedelta(days=500)


def one_of_each(registre: Registre) -> None:
    """Bring a ledger to where every wait has its request."""
    numbers = [f"000{k:02}" for k in range(1, 12)]
    registre.preparer({name(1): file_of(*numbers)}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    outcomes = [ALTERED, REJECTED, SILENT, ACCEPTED, SILENT, *([ACCEPTED] * 6)]
    registre.enregistrer_retour(answer_to(file_of(*numbers), outcomes), jour=DAY)
    registre.preparer({name(2): file_of("00020")}, jour=DAY)
    registre.preparer({name(4): file_of("00041", "00042")}, jour=DAY)
    registre.deposer(name(4), jour=DAY)
    registre.enregistrer_retour(answer_to(file_of("00041", "00042"), [SILENT, MISSING]), jour=DAY)
    registre.noter_incomplete("00003", jour=DAY)
    registre.noter_a_modifier("00004", jour=DAY)
    for number in numbers[6:]:
        registre.decider(number, favorable=True, jour=DAY)
    for number in numbers[7:]:
        registre.payer(number, ADVANCE, jour=DAY)
    for number in numbers[8:]:
        registre.noter_service(number, jour=DAY)
    registre.noter_facture("00010", jour=DAY)
    registre.demander_solde("00011", jour=DAY)


EACH = {
    Attente.A_VERIFIER: ["00001"],
    Attente.REPONSE_ABSENTE: ["00042"],
    Attente.A_RESOUMETTRE: ["00002"],
    Attente.INCOMPLETE: ["00003"],
    Attente.A_MODIFIER: ["00004"],
    Attente.A_DEPOSER: ["00020"],
    Attente.SANS_REPONSE: ["00005", "00041"],
    Attente.SANS_DECISION: ["00006"],
    Attente.NON_PAYEE: ["00007"],
    Attente.SANS_VA: ["00008"],
    Attente.SANS_FACTURE: ["00009"],
    Attente.SOLDE_A_DEMANDER: ["00010"],
    Attente.SOLDE_NON_PAYE: ["00011"],
}


def numbers(registre: Registre, days: int) -> dict[Attente, list[str]]:
    waiting = registre.attentes(jour=LATER, depuis=days)
    return {wait: [one.numero_editeur for one in some] for wait, some in waiting.items()}


def test_every_wait_has_its_category(registre: Registre) -> None:
    one_of_each(registre)
    assert numbers(registre, 15) == EACH
    assert list(numbers(registre, 15)) == list(Attente)
    # Where it is the agency's turn, only time makes it a matter.
    assert set(EACH) - set(numbers(registre, 501)) == {wait for wait in Attente if wait.de_duree}
    counted = {s.attente: (s.nombre, s.avance, s.paye, s.depuis) for s in registre.situation()}
    assert {wait: count for wait, (count, *_) in counted.items()} == {wait: len(some) for wait, some in EACH.items()}
    assert counted[Attente.SOLDE_A_DEMANDER] == (1, ADVANCE, ADVANCE, DAY)
    (seen,) = registre.attentes(jour=LATER, depuis=15)[Attente.A_RESOUMETTRE]
    assert (seen.libelle_traitement, seen.avance) == ("FINESSGeo inconnu", ADVANCE)
    assert registre.notes_depuis(DAY)["demande-incomplete"] == 1
    assert registre.notes_depuis(LATER) == {}


@settings(max_examples=settings.default.max_examples // 4)
@given(NOTES)
def test_the_database_and_the_state_agree_on_what_is_waited_for(notes: list[Note]) -> None:
    with Registre("sqlite://") as registre:
        lived(registre)
        registre.noter(notes, partiel=True)
        told = {
            one.numero_editeur: wait for wait, some in registre.attentes(jour=LATER, depuis=0).items() for one in some
        }
        absent = registre.absentes_des_reponses()
        assert told == {
            request.numero_editeur: wait
            for request in registre.demandes()
            if (wait := attente_de(request, absente=request in absent)) is not None
        }
        assert {s.attente: s.nombre for s in registre.situation()} == {
            wait: list(told.values()).count(wait) for wait in told.values()
        }


def test_the_balances_and_what_each_misses(registre: Registre) -> None:
    one_of_each(registre)
    missing = {s.numero_editeur: s.manque for s in registre.soldes()}
    assert missing["00010"] == ()
    assert missing["00009"] == ("facture",)
    assert missing["00007"] == ("avance", "VA", "facture")
    assert missing["00003"] == ("référence de l’ASP", "pièces", "décision", "avance", "VA", "facture")
    assert not missing.keys() & {"00002", "00011", "00020"}
    # 850.00 with tax, less the advance of 255.00.
    expected = {s.attendu(VA1) for s in registre.soldes()}
    assert expected == {Decimal("595.00")}
    assert {s.attendu(attrs.evolve(VA1, total_finance=None)) for s in registre.soldes()} == {None}
    # An amount that no wave can work out is not guessed.
    odd = attrs.evolve(VA1, total_finance=lambda amount, _: total_finance(amount, "autre"))
    assert {s.attendu(odd) for s in registre.soldes()} == {None}


# The command line


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger where every wait has its request: lived once, copied for each test."""
    path = tmp_path_factory.mktemp("lived") / "registre.sqlite"
    with Registre(path) as registre:
        one_of_each(registre)
    return path


@pytest.fixture
def run(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Any]:
    """Type a command in a folder with a ledger, and give its exit code and what it wrote."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ledger, "registre.sqlite")

    def type_in(line: str) -> tuple[int, str]:
        code = principal(line.split())
        captured = capsysbinary.readouterr()
        return code, (captured.out + captured.err).decode().replace("\xa0", " ")

    return type_in


def test_etat_tells_what_waits_and_what_to_type(run: Callable[..., Any], tmp_path: Path) -> None:
    code, shown = run("etat --jour 2024-03-29 --depuis 2022-11-15")
    assert code == 0
    for wait in Attente:
        assert wait.value in shown
        assert wait.suite in shown
    assert "500" in shown
    assert "Noté depuis le 15/11/2022" in shown
    code, text = run("etat --format json --jour 2024-03-29")
    told = json.loads(text)
    assert [(w["attente"], w["nombre_demandes"]) for w in told["attentes"]] == [
        (w.value, len(n)) for w, n in EACH.items()
    ]
    code, text = run("etat --format html --jour 2024-03-29 --depuis 2022-11-15")
    assert "<title>Demandes Ségur au 29/03/2024</title>" in text
    assert "solde à demander" in text
    openpyxl = pytest.importorskip("openpyxl")
    assert run("etat --xlsx etat.xlsx")[0] == 0
    book = openpyxl.load_workbook(BytesIO((tmp_path / "etat.xlsx").read_bytes()))
    assert book.sheetnames == ["Ce qui attend", "En attente", "Âge de ce qui attend", "Par mois et par phase"]
    sheet = book["En attente"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I15")
    assert (sheet["H2"].value, sheet["I2"].value.partition(",")[0]) == (name(1), "segur-pha registre montrer 00001")
    assert (sheet["E2"].value.date(), sheet["E2"].number_format) == (DAY, "dd/mm/yyyy")
    assert (sheet["F2"].value, sheet["F2"].number_format) == (255, "#,##0.00")
    assert run("etat --xlsx etat.xlsx")[0] == 2


def test_a_request_that_the_answer_leaves_out_is_claimed_at_once(run: Callable[..., Any]) -> None:
    # The answers were recorded on the day itself: nothing that the agency still has is late.
    for command in ("registre relancer", "etat"):
        _, shown = run(f"{command} --jour 2022-11-15")
        assert "réclamez sa réponse à l’ASP, puis segur-pha retour REPONSE --appliquer" in shown
    assert "00042" in run("registre relancer --jour 2022-11-15")[1]
    assert "Demande 00042 : absente de la réponse ; réclamez sa réponse" in run("registre montrer 00042")[1]
    assert "Demande 00041 : déposée, sans réponse ; segur-pha retour" in run("registre montrer 00041")[1]
    with Registre("registre.sqlite") as registre:
        registre.enregistrer_retour(answer_to(file_of("00041", "00042"), [SILENT, ACCEPTED]), jour=DAY)
    assert "réclamez sa réponse" not in run("etat")[1]


def test_how_long_it_has_waited(registre: Registre) -> None:
    one_of_each(registre)
    for days, age in [
        (0, 0),
        (14, 0),
        (15, 1),
        (29, 1),
        (30, 2),
        (89, 2),
        (90, 3),
        (180, 4),
        (364, 4),
        (365, 5),
        (500, 5),
    ]:
        counted = registre.anciennetes(jour=DAY + timedelta(days=days))
        assert {wait: some[age] for wait, some in counted.items()} == {wait: len(some) for wait, some in EACH.items()}
        assert sum(map(sum, counted.values())) == 14


def test_what_has_changed_since_a_day(registre: Registre) -> None:
    one_of_each(registre)
    registre.payer("00007", Decimal("25.50"), jour=DAY + timedelta(days=3))
    assert {(t.phase.value, t.nombre, t.paye) for t in registre.totaux(depuis=DAY + timedelta(days=1))} == {
        ("avance payée", 1, Decimal("25.50"))
    }
    assert registre.totaux(depuis=DAY) == registre.totaux()
    assert [d.numero_editeur for d in registre.ecarts_de_paiement()] == ["00007"]


@pytest.mark.parametrize(("paid", "told"), [("254.98", True), ("254.99", False), ("255.01", False), ("255.02", True)])
def test_one_cent_is_no_discrepancy(registre: Registre, paid: str, told: bool) -> None:  # noqa: FBT001 - a case
    one_of_each(registre)
    registre.payer("00007", Decimal(paid), jour=DAY)
    assert [d.numero_editeur for d in registre.ecarts_de_paiement()] == (["00007"] if told else [])


def test_etat_tells_what_has_changed_and_what_is_amiss(run: Callable[..., Any], tmp_path: Path) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.payer("00007", Decimal("25.50"), jour=DAY + timedelta(days=3))
    code, shown = run("etat --depuis 2022-11-16")
    assert code == 0
    assert "1 avance payée n’est pas celle qu’on attendait" in shown
    assert "Changé de phase depuis le 16/11/2022" in shown
    assert "avance payée 1 255,00 25,50 0,00" in " ".join(shown.split())
    told = json.loads(run("etat --depuis 2022-11-16 --format json --jour 2022-11-30")[1])
    assert told["ecarts_de_paiement"] == [{"numero_editeur": "00007", "avance": "255.00", "montant_paye": "25.50"}]
    assert [(t["phase"], t["nombre_demandes"]) for t in told["arrivees"]] == [("avance payée", 1)]
    assert told["attentes"][0]["anciennetes"][1] == {"jours": 15, "nombre_demandes": 1}
    text = run("etat --depuis 2022-11-16 --format html")[1]
    assert "Écarts de paiement" in text
    assert "Rien de noté depuis le 01/01/2030." in run("etat --depuis 2030-01-01 --format html")[1]


LISTS = {
    "registre lister": ["Demandes", "Plusieurs demandes en cours"],
    "registre lister --phase acceptée": ["Demandes", "Plusieurs demandes en cours"],
    "registre lister --totaux": ["Par mois et par phase"],
    "registre montrer 00007": ["Demandes", "Historique"],
    "registre montrer durand": ["Demandes"],
    "registre relancer": ["En attente", "Écarts de paiement"],
    "registre soldables": ["Soldables"],
    "registre soldes": ["Soldes"],
    "etat --depuis 2022-11-15": [
        *("Ce qui attend", "En attente", "Âge de ce qui attend", "Écarts de paiement", "Par mois et par phase"),
        *("Noté depuis le 15 11 2022", "Changé de phase depuis le 15 11"),
    ],
}


@pytest.mark.parametrize("line", LISTS)
def test_every_list_is_written_as_a_workbook(run: Callable[..., Any], tmp_path: Path, line: str) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.payer("00007", Decimal("25.50"), jour=DAY)
    assert run(line)[0] == run(f"{line} --xlsx a.xlsx")[0]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == LISTS[line]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        for column in sheet.iter_cols(min_row=2):
            of = {type(cell.value) for cell in column if cell.value is not None}
            assert len(of) <= 1 or of == {int, float}, column[0]
    assert run(f"{line} --xlsx a.xlsx")[0] == 2


def test_days_and_amounts_of_a_list_are_what_they_are(run: Callable[..., Any], tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    run("registre lister --xlsx a.xlsx")
    titles, *rows = openpyxl.load_workbook(tmp_path / "a.xlsx")["Demandes"].iter_rows()
    seen = {title.value: (cell.value, cell.number_format) for title, cell in zip(titles, rows[10], strict=True)}
    assert (seen["Demande"], seen["FINESS"]) == (("00011", "General"), ("750000037", "General"))
    assert seen["Déposée"][0].date() == DAY
    assert seen["Déposée"][1] == "dd/mm/yyyy"
    assert seen["Montant HT"] == (708.33, "#,##0.00")
    assert seen["Écart de paiement"] == (0, "#,##0.00")


def test_nothing_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Registre("registre.sqlite").fermer()
    assert principal(["etat"]) == 0
    assert "Rien n’attend." in capsys.readouterr().out
    assert principal(["registre", "relancer"]) == 0
    assert "Rien n’attend." in capsys.readouterr().out
    assert principal(["etat", "--format", "html", "--xlsx", "etat.xlsx"]) == 0
    assert "<p>Rien n’attend.</p>" in capsys.readouterr().out
    book = pytest.importorskip("openpyxl").load_workbook(tmp_path / "etat.xlsx")
    assert book.sheetnames == ["Ce qui attend", "En attente", "Par mois et par phase"]


def test_relancer_lists_each_once_and_groups_the_many(run: Callable[..., Any], tmp_path: Path) -> None:
    code, shown = run("registre relancer --jour 2024-03-29")
    assert code == 1
    assert [shown.count(f"\n{number} ") for some in EACH.values() for number in some] == [1] * 14
    assert "Avance payée, VA à recevoir : " in shown
    code, text = run("registre relancer --jour 2024-03-29 --format json")
    told = json.loads(text)
    assert {w["attente"]: w["numeros_editeur"] for w in told["attentes"]} == {w.value: n for w, n in EACH.items()}
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.preparer({name(3): file_of(*(f"001{k:02}" for k in range(11)))}, jour=DAY)
    _, shown = run("registre relancer --jour 2024-03-29")
    assert f"{name(3)}        11" in shown


def test_soldes_lists_what_can_be_asked_for(run: Callable[..., Any], tmp_path: Path) -> None:
    code, shown = run("registre soldes")
    assert code == 1
    missing = "référence de l’ASP, décision, avance, VA, facture, pièces"
    assert shown.endswith(
        f"11 soldes attendus (6 545,00 €), dont 1 solde à demander (595,00 €) ; il manque : {missing}.\n"
    )
    told = json.loads(run("registre soldes --format json")[1])
    assert (told["solde_attendu"], told["nombre_prets"], told["solde_pret"]) == ("6545.00", 1, "595.00")
    pytest.importorskip("openpyxl")
    run("registre soldes --xlsx soldes.xlsx")
    assert (tmp_path / "soldes.xlsx").stat().st_size > 1000
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.demander_solde("00010", jour=DAY)
    code, shown = run("registre soldes")
    assert code == 0
    assert "10 soldes attendus (5 950,00 €), aucun prêt ; il manque : " in shown


def test_etat_and_soldes_say_the_same_of_a_balance_that_misses_its_invoice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]
) -> None:
    _, shown = run("etat --jour 2024-03-29")
    assert re.search(r"Attente +Demandes +Avance attendue +Solde attendu +Depuis", shown)
    assert re.search(r"avance payée, VA à recevoir +1 +255,00 +15/11/2022", shown)
    assert re.search(r"VA reçue, facture à noter +1 +595,00 +15/11/2022", shown)
    assert re.search(r"solde à demander +1 +595,00 +15/11/2022", shown)
    _, shown = run("registre montrer 00009")
    assert "facture à noter ; segur-pha registre noter TABLEAU, avec la date de la facture" in shown
    (tmp_path / "autre").mkdir()
    monkeypatch.chdir(tmp_path / "autre")
    Registre("registre.sqlite").fermer()
    code, shown = run("registre soldes")
    assert (code, shown.splitlines()[-1]) == (0, "Aucun solde n’est attendu.")
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): file_of("00001")}, jour=DAY)
        registre.deposer(name(1), jour=DAY)
        registre.enregistrer_retour(answer_to(file_of("00001"), [ACCEPTED]), jour=DAY)
        registre.decider("00001", favorable=True, jour=DAY)
    assert "Solde attendu" not in run("etat")[1]
    with Registre("registre.sqlite") as registre:
        registre.payer("00001", ADVANCE, jour=DAY)
        registre.noter_service("00001", jour=DAY)
    assert run("registre soldes")[1].endswith("1 solde attendu (595,00 €), aucun prêt ; il manque : facture.\n")
    with Registre("registre.sqlite") as registre:
        registre.noter_facture("00001", jour=DAY)
    assert run("registre soldes")[1].endswith("1 solde attendu (595,00 €), dont 1 solde à demander (595,00 €).\n")


@pytest.mark.parametrize("key", ["00011", "ASP-00011", "750000037"])
def test_montrer_finds_by_what_is_at_hand(run: Callable[..., Any], key: str) -> None:
    code, shown = run(f"registre montrer {key}")
    assert code == 0
    assert "avance attendue 255,00 €, avance payée 255,00 €" in shown
    assert "Demande 00011 : solde demandé, non payé" in shown
    assert "attribuée" in shown


NAMES = {"00001": "LEFÈVRE-CŒUR", "00002": "D’ALMEIDA MARTIN", "00003": "MARTIN"}


def named() -> bytes:
    """Write a file of three requests, of owners with names of their own."""
    file = lire(file_of(*NAMES))
    return en_json(
        attrs.evolve(
            file,
            demandes=[
                attrs.evolve(d, beneficiaire=attrs.evolve(d.beneficiaire, nom_responsable=NAMES[d.numero_editeur]))
                for d in file.demandes
            ],
        )
    )


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("LEFÈVRE-CŒUR", ["00001"]),
        ("lefevre", ["00001"]),
        ("coeur", ["00001"]),
        ("Cœur  Lefe", ["00001"]),
        ("martin", ["00002", "00003"]),
        ("martin d'almeida", ["00002"]),
        ("artin", []),
        ("lef%", ["00001"]),
        ("l_fevre", []),
        ("martin durand", []),
        ("BON_COMMANDE", []),
        ("%", []),
        ("", []),
    ],
)
def test_a_pharmacy_is_found_by_its_owner_s_name(registre: Registre, key: str, found: list[str]) -> None:
    registre.preparer({name(1): named()}, jour=DAY)
    assert [d.numero_editeur for d in registre.chercher(key)] == found


@DEAR
@given(st.sampled_from(sorted(NAMES)), st.data())
def test_a_name_is_found_however_it_is_spelt(number: str, data: st.DataObject) -> None:
    words = re.findall(r"\w+", NAMES[number])
    some = data.draw(st.lists(st.sampled_from(words), min_size=1, unique=True))
    spelt = " ".join(
        data.draw(st.sampled_from([w, w.lower(), w.title(), w.replace("È", "E"), w.replace("Œ", "oe"), w[:3]]))
        for w in some
    )
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): named()}, jour=DAY)
        assert number in [d.numero_editeur for d in registre.chercher(spelt)]


@pytest.mark.parametrize("written", ["MILOŠEVIĆ", "ŁUKASZEWSKI", "ÐURIĆ", "BŘEZINA", "SØRENSEN", "ÅŽDAL"])
def test_a_name_of_other_latin_letters_is_found(written: str) -> None:
    file = lire(file_of("00001"))
    (request,) = file.demandes
    owner = attrs.evolve(request.beneficiaire, nom_responsable=written)
    with Registre("sqlite://") as registre:
        sent = en_json(attrs.evolve(file, demandes=[attrs.evolve(request, beneficiaire=owner)]))
        registre.preparer({name(1): sent}, jour=DAY)
        plain = written.translate(str.maketrans("ŠĆŁÐŘØÅŽ", "SCLDROAZ"))
        for spelt in (written, written.lower(), plain, plain.title()):
            assert [d.numero_editeur for d in registre.chercher(spelt)] == ["00001"], spelt
        assert registre.chercher("MILO ŠEV") == ()


def test_a_wave_without_owners_is_passed_over() -> None:
    roles = attrs.evolve(VA1)
    object.__setattr__(
        roles, "roles", {role: row for role, row in VA1.roles.items() if role is not Role.NOM_RESPONSABLE}
    )
    with Registre("sqlite://", specification=roles) as registre:
        registre.preparer({name(1): named()}, jour=DAY)
        assert registre.chercher("lefevre") == ()


def test_an_erased_name_is_found_no_more(registre: Registre) -> None:
    registre.preparer({name(1): named()}, jour=DAY)
    registre.effacer("750000001", jour=DAY)
    assert registre.chercher("lefevre") == ()


def test_several_pharmacies_of_one_name_are_listed(run: Callable[..., Any], tmp_path: Path) -> None:
    with Registre(tmp_path / "noms.sqlite") as registre:
        registre.preparer({name(1): named()}, jour=DAY)
    code, shown = run("registre montrer martin --registre noms.sqlite")
    assert code == 0
    assert "2 officines : indiquez le FINESS ou le numéro" in shown
    assert ("00002" in shown, "00003" in shown, "Historique" in shown, "MARTIN" in shown) == (True, True, False, False)
    assert "Historique" not in shown
    code, shown = run("registre montrer Lefèvre --registre noms.sqlite")
    assert "fichier préparé" in shown


def test_montrer_tells_what_is_to_be_looked_at(run: Callable[..., Any], tmp_path: Path) -> None:
    assert "une réponse n’a pas pu être suivie (acceptée ASP-00001)" in " ".join(
        run("registre montrer 00001")[1].split()
    )
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.payer("00007", Decimal("25.50"), jour=DAY)
        registre.annuler("00008", Fait.PAIEMENT, jour=DAY, motif="erreur")
        registre.decider("00006", favorable=False, jour=DAY, motif="hors délai")
    assert "229,50 € de moins que l’avance attendue" in " ".join(run("registre montrer 00007")[1].split())
    assert "hors délai" in run("registre lister --phase refusée")[1]
    assert "paiement, erreur" in run("registre montrer 00008")[1]
    code, shown = run("registre montrer inconnue")
    assert code == 2
    assert "ni responsable de ce nom" in shown


def test_a_pharmacy_is_found_by_the_finess_of_an_earlier_line(registre: Registre) -> None:
    registre.preparer({name(1): file_of("00001")}, jour=DAY)
    registre.abandonner(name(1), jour=DAY)
    registre.preparer({name(2): file_of("00001", finess={"00001": "750000099"})}, jour=DAY)
    for key in ("750000001", "750000099"):
        assert [d.numero_editeur for d in registre.chercher(key)] == ["00001"]
    assert registre.chercher("nothing") == ()


def test_regulariser_is_a_command(run: Callable[..., Any]) -> None:
    assert run("registre regulariser 00003")[0] == 0
    code, shown = run("registre regulariser 00003 --vague PHA-LGO-Va1")
    assert code == 2
    assert "ni incomplète ni à modifier" in shown
